//! The raster: brushed, sorted, filtered, picked from, jumped about in.

use std::sync::Arc;

use egui::{Event as Input, Key, Modifiers, PointerButton, Pos2, Rect, Role, pos2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::selection::Neuron;
use somnoscope::worker::{Command, Frame, Phase, Stop};

use super::panels::half_a_night;
use super::{MadeUp, Window};

/// Room for the names of the layers at the left.
const GUTTER: f32 = 94.0;

/// A window in the middle of a night of 60 steps, of which 30 are known.
fn mid_night() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    (source, window)
}

/// Where the spikes are, without the names beside them.
fn plot(window: &Window) -> Rect {
    let raster = window.get_by_label_contains("Spikes of ").rect();
    Rect::from_min_max(raster.min + egui::vec2(GUTTER, 0.0), raster.max)
}

/// The place of a step, at the height of a layer.
pub fn place(window: &Window, step: f32, layer: &str, share: f32) -> Pos2 {
    let (plot, band) = (plot(window), window.get_by_label_contains(&format!("{layer}: ")).rect());
    pos2(
        plot.left() + step / 60.0 * plot.width(),
        band.top() + share * band.height(),
    )
}

/// Drags from one place to another.
pub fn drag(window: &mut Window, from: Pos2, to: Pos2, modifiers: Modifiers) {
    window.hover_at(from);
    window.event(Input::ModifiersChanged(modifiers));
    window.run_steps(1);
    window.drag_at(from);
    window.run_steps(1);
    for part in [0.3, 1.0] {
        window.hover_at(from.lerp(to, part));
        window.run_steps(1);
    }
    window.event(Input::PointerButton {
        pos: to,
        button: PointerButton::Primary,
        pressed: false,
        modifiers,
    });
    window.event(Input::ModifiersChanged(Modifiers::NONE));
    window.run_steps(2);
}

/// Clicks on a place.
pub fn click(window: &mut Window, at: Pos2, modifiers: Modifiers) {
    window.hover_at(at);
    window.event(Input::ModifiersChanged(modifiers));
    window.run_steps(1);
    window.drag_at(at);
    window.drop_at(at);
    window.run_steps(1);
    window.event(Input::ModifiersChanged(Modifiers::NONE));
    window.run_steps(2);
}

/// Catches a brush that moves the view, a span that is off by a step, counts of another part, and a span that cannot be
/// cleared.
#[test]
fn a_span_is_brushed_counted_and_cleared() {
    let (_, mut window) = mid_night();
    window.get_by_label("In view: steps 1–30, 30 steps, 30 ms, 120 spikes");
    for clears in [0, 1] {
        let (from, to) = (place(&window, 10.3, "Input", 0.5), place(&window, 19.6, "Input", 0.5));
        drag(&mut window, from, to, Modifiers::SHIFT);
        assert_eq!(window.state().selection().span(), Some(10..20));
        window.get_by_label("Span: steps 11–20, 10 steps, 10 ms, 40 spikes");
        // 10 spikes of 64 units in 10 ms; one of the 64 spiked.
        window.get_by_label("Layer Hidden 1: 64 of 64 units shown, 10 spikes, 15.6 Hz, 1.6 % spiked");
        if clears == 0 {
            window.get_by_label("Clear the span").click();
        } else {
            window.key_press(Key::Escape);
        }
        window.run_steps(3);
        assert_eq!(window.state().selection().span(), None);
        window.get_by_label("In view: steps 1–30, 30 steps, 30 ms, 120 spikes");
    }
    let (from, to) = (place(&window, 40.2, "Output", 0.5), place(&window, 25.2, "Output", 0.5));
    drag(&mut window, from, to, Modifiers::SHIFT);
    window.get_by_label("Span: steps 26–41, 16 steps, 16 ms, 20 spikes in the 5 known");
}

/// Catches an order that is shown and not followed, by the spikes or by the pointer.
#[test]
fn rows_are_sorted_as_chosen() {
    let (_, mut window) = mid_night();
    let top = |window: &Window| place(window, 5.4, "Output", 0.05);
    let at = top(&window);
    click(&mut window, at, Modifiers::NONE);
    assert!(window.state().selection().neurons().is_empty(), "#0 is silent");
    window.get_by_label("Sort: index").click();
    window.run_steps(2);
    window.get_by_label("By rate").click();
    window.run_steps(3);
    window.get_by_label("Sort: rate");
    let at = top(&window);
    click(&mut window, at, Modifiers::NONE);
    assert_eq!(
        window.state().selection().neurons(),
        [Neuron { layer: 3, unit: 5 }],
        "#5 spikes most"
    );
    for (order, name) in [("By change", "Sort: change"), ("By class", "Sort: class")] {
        window.get_by_label_contains("Sort: ").click();
        window.run_steps(2);
        window.get_by_label(order).click();
        window.run_steps(3);
        window.get_by_label(name);
    }
}

/// Catches rows that are left out without a word, a filter that is not explained, and one that is not that of the table.
#[test]
fn rows_are_filtered_and_counted() {
    let (_, mut window) = mid_night();
    window.get_by_label_contains("Input: 784 of 784 units shown");
    window.get_by_label("Rows: all").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Filter rows").focus();
    window
        .get_by_role_and_label(Role::TextInput, "Filter rows")
        .type_text("layer = 1 and spikes > 10");
    window.run_steps(3);
    window.get_by_label("Rows: some");
    window.get_by_label_contains("Hidden 1: 1 of 64 units shown, 30 spikes");
    window.get_by_label_contains("Input: 0 of 784 units shown, 30 spikes");
    window
        .get_by_role_and_label(Role::TextInput, "Filter rows")
        .type_text(" and loudness > 3");
    window.run_steps(3);
    window.get_by_label("Rows: mistake");
    window.get_by_label_contains("\"loudness\" is no column");
    window.get_by_label_contains("Input: 784 of 784 units shown");
    window.get_by_label("All rows").click();
    window.run_steps(2);
    window.get_by_label("Only those that spiked").click();
    window.run_steps(3);
    window.get_by_label_contains("Input: 1 of 784 units shown");
    window.get_by_label_contains("Output: 1 of 10 units shown");
    window.get_by_label("Only the selection").click();
    window.run_steps(3);
    window.get_by_label_contains("Output: 0 of 10 units shown");
    window.get_by_label("All rows").click();
    window.run_steps(3);
    window.get_by_label("Rows: all");
    window.get_by_label_contains("Output: 10 of 10 units shown");
}

/// Catches a filter whose spikes are those of the night although a span is brushed.
#[test]
fn a_filter_counts_the_span() {
    let (_, mut window) = mid_night();
    let (from, to) = (place(&window, 10.3, "Input", 0.5), place(&window, 19.6, "Input", 0.5));
    drag(&mut window, from, to, Modifiers::SHIFT);
    window.get_by_label("Rows: all").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::TextInput, "Filter rows").focus();
    window
        .get_by_role_and_label(Role::TextInput, "Filter rows")
        .type_text("spikes = 10");
    window.run_steps(3);
    window.get_by_label_contains("Hidden 1: 1 of 64 units shown, 10 spikes");
}

/// Catches a spike that cannot be picked, and Ctrl that does not add.
#[test]
fn spikes_are_picked() {
    let (_, mut window) = mid_night();
    // The middle of the rows of #5 of 10 outputs and of #6 of 64 hidden units.
    let at = place(&window, 7.5, "Output", 0.55);
    click(&mut window, at, Modifiers::NONE);
    let output = Neuron { layer: 3, unit: 5 };
    assert_eq!(window.state().selection().neurons(), [output]);
    let at = place(&window, 7.5, "Hidden 1", 6.5 / 64.0);
    click(&mut window, at, Modifiers::COMMAND);
    assert_eq!(
        window.state().selection().neurons(),
        [output, Neuron { layer: 1, unit: 6 }]
    );
}

/// Catches jumps that miss the known spike, or that do not let the night go on where none is known.
#[test]
fn jumps_go_from_spike_to_spike() {
    let (source, mut window) = mid_night();
    let at = place(&window, 7.5, "Output", 0.55);
    click(&mut window, at, Modifiers::NONE);
    window.get_by_label("To the previous spike of the selection").click();
    window.run_steps(3);
    window.get_by_label("To the next spike of the selection").click();
    window.run_steps(3);
    let commands = source.commands.borrow();
    let sent = |wanted: &Command| {
        commands
            .iter()
            .any(|command| format!("{command:?}") == format!("{wanted:?}"))
    };
    assert!(sent(&Command::Seek(29)), "{commands:?}");
    assert!(sent(&Command::PlayUntil(Stop::Spike(vec![(3, 5)]))), "{commands:?}");
}

/// Catches a moment that was gone back to and is taken for the newest, and an axis that leads nowhere.
#[test]
fn what_lies_after_the_moment_is_not_counted() {
    let (source, mut window) = mid_night();
    *source.frame.borrow_mut() = Arc::new(Frame {
        phase: Phase::Asleep,
        steps: 10,
        known_steps: 30,
        ..Frame::default()
    });
    window.run_steps(3);
    window.get_by_label("Spikes of 10 steps");
    window.get_by_label("In view: steps 1–10, 10 steps, 10 ms, 40 spikes");
    let plot = plot(&window);
    for (share, step) in [(0.3334, 20), (0.9, 30)] {
        let at = pos2(plot.left() + share * plot.width(), plot.bottom() - 6.0);
        click(&mut window, at, Modifiers::NONE);
        let commands = source.commands.borrow();
        assert!(
            matches!(commands.last(), Some(Command::Seek(to)) if *to == step),
            "{commands:?}"
        );
    }
}

/// Catches a layer that cannot be seen alone, and rows that cannot be come closer to.
#[test]
fn rows_can_be_come_closer_to() {
    let (_, mut window) = mid_night();
    let all = window.get_by_label_contains("Hidden 1: ").rect().height();
    window.get_by_label_contains("Hidden 1: ").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("Input: ").is_none());
    let alone = window.get_by_label_contains("Hidden 1: ").rect();
    assert!(alone.height() > 2.5 * all);
    for _ in 0..10 {
        window.hover_at(alone.center());
        window.event(Input::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, 3.0),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        window.run_steps(10);
    }
    window.get_by_label_contains("Hidden 1: 4 of 64 units shown");
    window.get_by_label_contains("Hidden 1: ").click();
    window.run_steps(3);
    window.get_by_label_contains("Input: 784 of 784");
}

/// Catches a texture that is made anew with every picture.
#[test]
fn nothing_new_is_not_painted_anew() {
    let (_, mut window) = mid_night();
    window.run_steps(5);
    for _ in 0..3 {
        window.run_steps(1);
        assert!(window.output().textures_delta.set.is_empty());
    }
}
