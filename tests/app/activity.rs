//! The activity of the layers: the pane, and the lights in the top bar.

use std::sync::Arc;

use egui::{Theme, vec2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::{Event, Frame, Phase, SpikeChunk};

use super::layout::choose;
use super::panels::{half_a_night, opened};
use super::{MadeUp, Window, small_recipe, until, window_on};

/// A window after so many steps; `spikes` says who spikes in a step.
fn after(steps: u64, spikes: impl Fn(u64) -> Vec<u32>) -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    source.say([Event::Forgot { from_step: 0 }]);
    let mut chunk = SpikeChunk::default();
    for step in 0..steps {
        chunk.units.extend(spikes(step));
        chunk.ends.push(chunk.units.len() as u32);
    }
    source.say([Event::Spikes(Arc::new(chunk))]);
    show(&source, steps);
    window.run_steps(3);
    (source, window)
}

fn show(source: &MadeUp, steps: u64) {
    let frame = Frame {
        steps,
        ..(**source.frame.borrow()).clone()
    };
    *source.frame.borrow_mut() = Arc::new(frame);
}

/// Catches a light that is wrong, one that shows another layer or none when it is pressed, one that stays what it was when the night is gone back in, and numbers that are not those
/// of the spikes.
#[test]
fn a_light_a_layer_and_numbers_that_can_be_counted() {
    // 64 + 32 + 10 neurons: the first hidden layer spikes once in ten steps, the second always, the outputs never.
    let spikes = |step: u64| {
        let mut units = vec![3];
        if step.is_multiple_of(10) {
            units.push(790);
        }
        units.extend(848..880);
        units
    };
    let (source, mut window) = after(1000, spikes);
    window.get_by_label("Layers: Hidden 1 healthy, Hidden 2 runaway, Output silent");
    choose(&mut window, "Network");
    window.get_by_label("lights: last");
    // 100 spikes of 64 units in a second: 1.5625 Hz; the same neuron always, a clock of 10 ms.
    window.get_by_label(
        "Hidden 1, healthy: Lately, Hz 1.56, Night, Hz 1.56, A step, % 0.156, Ever, % 1.6, ISI, ms 10, CV 0.00",
    );
    window.get_by_label(
        "Hidden 2, runaway: Lately, Hz 1000, Night, Hz 1000, A step, % 100, Ever, % 100.0, ISI, ms 1, CV 0.00",
    );
    window.get_by_label("Output, silent: Lately, Hz 0, Night, Hz 0, A step, % 0, Ever, % 0.0, ISI, ms –, CV –");
    window.get_by_label_contains("Input, driven by noise: ");
    let lights = window.get_by_label_contains("Layers: ").rect();
    window.hover_at(lights.center());
    window.run_steps(6);
    window.get_by_label("healthy · healthy 0.001 to 1 %");
    window.get_by_label("silent · healthy 0.03 to 5 %");
    window.get_by_label_contains("hidden neurons spiked in 0.001 to 1 % of the steps of the published nights");
    window
        .get_by_label("Light of Hidden 2, runaway: show its spikes")
        .click();
    window.run_steps(3);
    window.get_by_label_contains("Layer Hidden 2: ");
    assert!(
        window.query_by_label_contains("Layer Hidden 1: ").is_none(),
        "it is shown alone"
    );
    show(&source, 12);
    window.run_steps(3);
    window.get_by_label("Layers: Hidden 1 healthy, Hidden 2 runaway, Output too early");
    show(&source, 0);
    window.run_steps(3);
    assert!(
        window.query_by_label_contains("Layers: ").is_none(),
        "before the first step"
    );
    window.get_by_label_contains("Press Step No step was slept yet");
}

/// Catches an empty pane that does not say what to do, and rates that cannot be read at some size or theme.
#[test]
fn the_pane_is_there_empty_and_full() {
    for (size, theme) in [([1024.0, 640.0], Theme::Dark), ([1920.0, 1080.0], Theme::Light)] {
        let source = MadeUp::default();
        let mut window = source.window(size);
        window.ctx.set_theme(theme);
        source.say([
            opened(Vec::new()),
            Event::Entered(Phase::Training),
            Event::Running(true),
        ]);
        window.run_steps(3);
        choose(&mut window, "Network");
        window.get_by_label_contains("Press Play Here a light says of each layer");
        half_a_night(&source, Vec::new());
        window.run_steps(3);
        window.get_by_label_contains("Hidden 2, runaway: Lately");
        window.get_by_label("Enlarge Activity").click();
        window.run_steps(3);
        // In the smaller window there is room for the numbers alone until then.
        window.get_by_label("rate of each layer, Hz, step by step");
        window.set_size(vec2(700.0, 500.0));
        window.run_steps(3);
    }
}

/// Catches numbers of a real night that differ from its spikes.
#[test]
fn a_real_night_is_counted_right() {
    let mut window = window_on(small_recipe());
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    choose(&mut window, "Network");
    let session = window.state().session();
    let (spikes, units) = (session.spikes().total(0), session.layers().size(0));
    let rate = spikes as f64 / (units as f64 * 0.060);
    let rate = format!("{rate:.2}");
    let rate = rate.trim_end_matches('0').trim_end_matches('.');
    // The whole night is shorter than the lights look back.
    window.get_by_label_contains(&format!("Input, driven by noise: Lately, Hz {rate}, Night, Hz {rate}"));
}
