//! The exact curve in the accuracy pane, and the spikes that mattered.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use egui_kittest::kittest::Queryable as _;
use ndarray::Array2;
use somnoscope::app::selection::Neuron;
use somnoscope::sim::Samples;
use somnoscope::sim::evaluate::CurveTracer;
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{Gate, Night, NightParams};
use somnoscope::worker::{Command, Event, NightChange, Opened, Phase, Traced, Tracing};

use super::layout::choose;
use super::panels::{half_a_night, half_a_night_without_opening, opened};
use super::{MadeUp, Window, small_recipe, until, window};

/// A night of three steps. In the first, output 1 rises above the others, which wins the four images of class 1 and loses
/// the one of class 0; in the second, output 0 rises above it, which takes that back; the third is silent.
fn traced(with_effects: bool) -> Event {
    let never = AtomicBool::new(false);
    let mut weights = Array2::zeros((10, 3));
    weights[[0, 1]] = 0.5;
    weights[[1, 0]] = 1.0;
    weights[[1, 1]] = -2.0;
    let mlp = Mlp {
        weights: vec![weights],
        output: Output::Linear,
        keep: 1.0,
    };
    let labels = vec![1, 1, 1, 1, 2, 0];
    let samples = Samples {
        images: Array2::ones((labels.len(), 3)),
        labels,
    };
    let params = NightParams {
        beta: vec![0.1],
        gate: Gate::None,
        inc: 2.0,
        dec: 0.0,
        ..small_recipe().night
    };
    let mut night = Night::new(&mlp.weights, &params, &[1.0]);
    let mut tracer = CurveTracer::new(mlp, Arc::new(samples), with_effects, &never).expect("not stopped");
    for input in [vec![0], vec![1], vec![]] {
        night.step_with(input);
        tracer.add_step(&mut night, &never).expect("not stopped");
    }
    Event::Traced(Arc::new(Traced {
        curve: tracer.finish(&never).expect("not stopped"),
        with_effects,
        took: Duration::from_secs(1),
    }))
}

/// A window in the middle of a night, in the layout "Before and after".
fn before_and_after() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    choose(&mut window, "Before and after");
    (source, window)
}

/// Whether the source was told something.
fn is_told(source: &MadeUp, is_it: impl Fn(&Command) -> bool) -> bool {
    source.commands.borrow().iter().any(is_it)
}

/// Catches a table that cannot be asked for or stopped, tells of other spikes than there were, or of none without a word;
/// and a row that leads elsewhere.
#[test]
fn the_spikes_that_mattered_lead_to_their_steps() {
    let (source, mut window) = before_and_after();
    window.get_by_label("Find the spikes that mattered").click();
    window.run_steps(2);
    assert!(is_told(&source, |command| matches!(
        command,
        Command::TraceCurve { with_effects: true }
    )));
    let tracing = Tracing {
        steps: 10,
        total: 120,
        with_effects: true,
    };
    source.say([Event::Tracing(tracing)]);
    window.run_steps(3);
    assert!(window.query_by_label("Find the spikes that mattered").is_none());
    window
        .get_all_by_label("Stop testing")
        .next()
        .expect("it can be stopped")
        .click();
    window.run_steps(2);
    assert!(is_told(&source, |command| matches!(command, Command::StopTracing)));
    source.say([Event::TracingStopped(None)]);
    window.run_steps(3);
    window.get_by_label("Find the spikes that mattered");

    source.say([traced(true)]);
    window.run_steps(3);
    window.get_by_label("2 of 2 spikes shown");
    window.get_by_label("Step 1, Hidden 1 #1, +3 images");
    window.get_by_label("Spikes: Losses").click();
    window.run_steps(3);
    window.get_by_label("1 of 2 spikes shown");
    assert!(window.query_by_label("Step 1, Hidden 1 #1, +3 images").is_none());
    window.get_by_label("Sort spikes by step").click();
    window.run_steps(3);
    window.get_by_label("Step 2, Hidden 1 #0, −3 images").click();
    window.run_steps(3);
    assert!(is_told(&source, |command| matches!(command, Command::Seek(2))));
    assert_eq!(window.state().selection().neurons(), [Neuron { layer: 1, unit: 0 }]);
}

/// Catches a sampled line that passes for an exact one, an exact one that outlives its night, and a sample of the images
/// that passes for all of them.
#[test]
fn the_accuracy_says_how_exact_it_is() {
    let (source, mut window) = before_and_after();
    window.get_by_label("Exact at 1 tested step, straight in between");
    window.get_by_label("Test every step").click();
    window.run_steps(2);
    assert!(is_told(&source, |command| matches!(
        command,
        Command::TraceCurve { with_effects: false }
    )));
    source.say([traced(false)]);
    window.run_steps(3);
    window.get_by_label("Exact at each of 3 steps");
    assert!(window.query_by_label("Test every step").is_none());
    window.get_by_label("Accuracy: All classes").click();
    window.run_steps(3);
    window.get_by_label("Exact at each of 3 steps");
    window.get_by_label("Find the spikes that mattered");
    source.say([Event::NightChanged(Arc::new(NightChange {
        step: 30,
        params: small_recipe().night,
        alpha: vec![1.0; 3],
    }))]);
    window.run_steps(3);
    window.get_by_label("Exact at 1 tested step, straight in between");

    let Event::Opened(all) = opened(Vec::new()) else {
        panic!("it was opened");
    };
    let part = Opened {
        test_available: 9000,
        ..(*all).clone()
    };
    source.say([Event::Opened(Arc::new(part))]);
    half_a_night_without_opening(&source);
    window.run_steps(3);
    window.get_by_label_contains("On a sample of 3,000 of 9,000 held-out images: ± ");
}

/// Catches a curve that does not arrive from a real run.
#[test]
fn a_real_night_tells_its_spikes() {
    let mut window = window();
    choose(&mut window, "Before and after");
    window.get_by_label("Play").click();
    until(&mut window, "it has woken", |app| app.session().phase() == Phase::Woken);
    window.run_steps(2);
    window.get_by_label("Find the spikes that mattered").click();
    until(&mut window, "the spikes are told", |app| {
        app.session().traced().is_some()
    });
    window.run_steps(2);
    window.get_by_label_contains(" spikes shown");
    window.get_by_label_contains("Exact at each of ");
}
