//! The panes of the weights, looked at as a person would.

use egui::Modifiers;
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::selection::Neuron;

use super::layout::choose;
use super::panels::half_a_night;
use super::{MadeUp, Window, until};

/// The window in the middle of a night: every weight was raised from 0 by 0.004, neuron 6 of the first layer spikes.
fn window() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    (source, window)
}

/// Catches a choice that shows something else, and a zoom that does not come closer or back.
#[test]
fn the_weight_map_shows_what_is_chosen_and_zooms() {
    let (_source, mut window) = window();
    window.get_by_label("Show Now").click();
    window.run_steps(2);
    window.get_by_label("Weights now of layer 1");
    window.get_by_label("Show Before").click();
    window.run_steps(2);
    window.get_by_label("Weights before sleep of layer 1");
    window.get_by_label("Show Change").click();
    window.run_steps(2);
    let middle = window.get_by_label("Weight change of layer 1").rect().center();
    assert!(window.query_by_label("All").is_none());
    window.hover_at(middle);
    for _ in 0..30 {
        window.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, 4.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(4);
    }
    window.get_by_label("All").click();
    window.run_steps(3);
    assert!(window.query_by_label("All").is_none());
    window.get_by_label("Fit the scale to the map").click();
    window.run_steps(2);
}

/// Catches an order that is not the one chosen, a sheet that hides how many are left out, and a neuron that does not
/// open or close.
#[test]
fn the_receptive_fields_are_sorted_and_open() {
    let (_source, mut window) = window();
    choose(&mut window, "Weights");
    window.get_by_label_contains("of 64 shown");
    window.get_by_label("Field of Hidden 1 #0");
    let corner = |window: &Window, neuron: usize| {
        let rect = window.get_by_label(&format!("Field of Hidden 1 #{neuron}")).rect();
        (rect.top().round() as i32, rect.left().round() as i32)
    };
    assert!(corner(&window, 0) < corner(&window, 6));
    window.get_by_label("Sort by Spikes").click();
    window.run_steps(3);
    assert!(corner(&window, 6) < corner(&window, 0));
    window.get_by_label("Field of Hidden 1 #6").click();
    window.run_steps(3);
    window.get_by_label("Large field of Hidden 1 #6");
    let of_first = |unit| [Neuron { layer: 1, unit }];
    assert_eq!(window.state().selection().neurons(), of_first(6), "a click selects");
    window.get_by_label("30 spikes");
    window.get_by_label("1 of 64 shown");
    window.get_by_label(">").click();
    window.run_steps(3);
    window.get_by_label("Large field of Hidden 1 #7");
    assert_eq!(window.state().selection().neurons(), of_first(7));
    window.get_by_label("All neurons").click();
    window.run_steps(3);
    window.get_by_label("Field of Hidden 1 #6");
}

/// Catches a histogram that is never counted, or numbers that are not those of the weights.
#[test]
fn the_distribution_counts_every_layer() {
    let (_source, mut window) = window();
    choose(&mut window, "Weights");
    let begun = std::time::Instant::now();
    while window.query_by_label("grown 100.0 %").is_none() {
        assert!(begun.elapsed() < super::PATIENCE, "the weights are never counted");
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.step();
    }
    window.get_by_label("shrunk 0.0 %");
    window.get_by_label("mean |change| 0.004");
    window.get_by_label("|w| < 0.001: 100.0 → 0.0 %");
    window.get_by_label("Distribution of layer 3").click();
    window.run_steps(2);
    window.get_by_label("untouched 0.0 %");
}

/// Catches panes of weights that are not told the weights.
#[test]
fn the_panes_get_their_weights_from_a_real_run() {
    let mut window = super::window();
    window.get_by_label("To the end").click();
    until(&mut window, "the panes are there", |app| {
        !app.session().batches().is_empty()
    });
    choose(&mut window, "Weights");
    until(&mut window, "it has woken", |app| {
        app.session().phase() == somnoscope::worker::Phase::Woken && app.session().weights_now().is_some()
    });
    window.run_steps(4);
    window.get_by_label_contains("of 64 shown");
}

/// Catches a click in the map that selects another neuron than the row it is on, a Ctrl-click that does not add, and a
/// drag that selects.
#[test]
fn a_click_in_the_weight_map_selects_the_neuron_of_the_row() {
    let (_source, mut window) = window();
    let map = window.get_by_label("Weight change of layer 1").rect();
    // The first layer has 64 neurons; the middle of the row of number 16 and that of number 48.
    let row = |unit: f32| egui::pos2(map.center().x, map.top() + (unit + 0.5) / 64.0 * map.height());
    let click = |window: &mut Window, at: egui::Pos2, modifiers: Modifiers| {
        window.hover_at(at);
        window.run_steps(2);
        for pressed in [true, false] {
            window.event_modifiers(
                egui::Event::PointerButton {
                    pos: at,
                    button: egui::PointerButton::Primary,
                    pressed,
                    modifiers,
                },
                modifiers,
            );
        }
        window.run_steps(3);
    };
    let neuron = |unit| Neuron { layer: 1, unit };
    click(&mut window, row(16.0), Modifiers::NONE);
    assert_eq!(window.state().selection().neurons(), [neuron(16)]);
    click(&mut window, row(48.0), Modifiers::COMMAND);
    assert_eq!(window.state().selection().neurons(), [neuron(16), neuron(48)]);
    window.drag_at(row(20.0));
    window.run_steps(2);
    window.hover_at(row(30.0));
    window.run_steps(2);
    window.drop_at(row(30.0));
    window.run_steps(3);
    assert_eq!(window.state().selection().neurons(), [neuron(16), neuron(48)]);
}
