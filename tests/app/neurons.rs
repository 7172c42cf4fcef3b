//! The selection: in the raster, in the table, in the potentials.

use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::selection::Neuron;
use somnoscope::worker::{Command, Event, Phase, PotentialChunk};

use super::panels::half_a_night;
use super::{MadeUp, Window, until, window};

const SPIKING: Neuron = Neuron { layer: 1, unit: 6 };

/// A window in the middle of a night, in the layout "One neuron".
fn one_neuron() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    choose_one_neuron(&mut window);
    (source, window)
}

fn choose_one_neuron(window: &mut Window) {
    window.get_by_label_contains("Layout: ").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, "One neuron").click();
    window.run_steps(3);
}

/// Catches a table that shows other neurons than it says, and a filter that is not explained.
#[test]
fn the_table_is_filtered_and_sorted() {
    let (_, mut window) = one_neuron();
    window.get_by_label("890 of 890 shown");
    let filter = window.get_by_role_and_label(Role::TextInput, "Filter");
    filter.focus();
    filter.type_text("layer = 1 and spikes > 10");
    window.run_steps(3);
    window.get_by_label("1 of 890 shown");
    window.get_by_label("Hidden 1 #6, 30 spikes");
    window
        .get_by_role_and_label(Role::TextInput, "Filter")
        .type_text(" and loudness > 3");
    window.run_steps(3);
    window.get_by_label_contains("\"loudness\" is no column");
    window.get_by_label("890 of 890 shown");
    window.get_by_label("Sort by spikes").click();
    window.run_steps(3);
    window.get_by_label("Input #3, 30 spikes");
    window.get_by_label("Output #5, 30 spikes");
}

/// Catches a click that selects nothing, Ctrl that does not add, and Escape that does not clear; and a source that is not
/// told.
#[test]
fn rows_select_and_escape_clears() {
    let (source, mut window) = one_neuron();
    window.get_by_label_contains("Here the potential of each selected neuron climbs");
    window.get_by_label("Sort by spikes").click();
    window.run_steps(3);
    window.get_by_label("Hidden 1 #6, 30 spikes").click();
    window.run_steps(3);
    assert_eq!(window.state().selection().neurons(), [SPIKING]);
    window
        .get_by_label("Hidden 2 #12, 30 spikes")
        .click_modifiers(Modifiers::COMMAND);
    window.run_steps(3);
    let other = Neuron { layer: 2, unit: 12 };
    assert_eq!(window.state().selection().neurons(), [SPIKING, other]);
    source.say([Event::Potentials(Arc::new(PotentialChunk {
        first_step: 30,
        neurons: vec![(1, 6), (2, 12)],
        values: vec![0.5, 0.25, 0.75, 0.0, f32::NAN, 0.1],
    }))]);
    window.run_steps(3);
    window.get_by_label_contains("Potential of Hidden 1 #6: 2 points");
    window.get_by_label_contains("Potential of Hidden 2 #12: 3 points");
    window.key_press(Key::Escape);
    window.run_steps(3);
    assert!(window.state().selection().neurons().is_empty());
    let told: Vec<_> = source
        .commands
        .borrow()
        .iter()
        .filter_map(|command| match command {
            Command::WatchPotentials(neurons) => Some(neurons.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(told, [vec![], vec![(1, 6)], vec![(1, 6), (2, 12)], vec![]]);
}

/// Catches a spike that cannot be clicked.
#[test]
fn a_spike_in_the_raster_selects_its_neuron() {
    let (_, mut window) = one_neuron();
    let raster = window.get_by_label("Spikes of 30 steps").rect();
    let mut y = raster.top() + 4.0;
    while y < raster.bottom() && window.state().selection().neurons() != [SPIKING] {
        // The steps that are known are in the left half.
        let at = egui::pos2(raster.left() + 94.0 + 0.2 * raster.width(), y);
        window.hover_at(at);
        window.run_steps(1);
        window.drag_at(at);
        window.drop_at(at);
        window.run_steps(2);
        y += 3.0;
    }
    assert_eq!(window.state().selection().neurons(), [SPIKING]);
}

/// Catches potentials that a real night does not record.
#[test]
fn a_selected_neuron_is_recorded_through_the_night() {
    let mut window = window();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    choose_one_neuron(&mut window);
    window.get_by_label("Step").click();
    until(&mut window, "it sleeps", |app| app.session().steps() == 1);
    window.get_by_label("Sort by spikes").click();
    window.get_by_role_and_label(Role::TextInput, "Filter").focus();
    window
        .get_by_role_and_label(Role::TextInput, "Filter")
        .type_text("layer = 3");
    window.run_steps(3);
    window.get_by_label_contains("Output #4, ").click();
    window.run_steps(3);
    until(&mut window, "its past is known", |app| {
        let trace = app.session().traces().get((3, 4));
        trace.is_some_and(|trace| trace.range(0..u64::MAX).len() == 1)
    });
    window.get_by_label("Sleep").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let trace = window.state().session().traces().get((3, 4)).expect("it was watched");
    assert_eq!(trace.range(0..u64::MAX).len(), 60);
}

/// Catches a class that a neuron does not prefer, and an output that does not stand for its own.
#[test]
fn neurons_know_the_class_they_prefer() {
    let (_, mut window) = one_neuron();
    let session = window.state().session();
    // In the made-up night unit 6 of a hidden layer is most active for class 3.
    assert_eq!(session.preferred_class(1, 6), Some(3));
    assert_eq!(session.preferred_class(2, 6), Some(3));
    assert_eq!(
        (session.preferred_class(3, 4), session.preferred_class(0, 4)),
        (Some(4), None)
    );
    assert_eq!(
        (session.preferred_class(1, 9999), session.preferred_class(9, 0)),
        (None, None)
    );
    let filter = window.get_by_role_and_label(Role::TextInput, "Filter");
    filter.focus();
    filter.type_text("layer = 1 and prefers = 3");
    window.run_steps(3);
    window.get_by_label("6 of 890 shown");
}
