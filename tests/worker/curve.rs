//! The exact curve: made on the side, of the night as it is, and never in anybody's way.

use std::sync::Arc;

use somnoscope::worker::{Command, Event, Goal, Moment, Traced};

use super::{Run, small_recipe};

impl Run {
    /// The last curve that was told.
    fn traced(&self) -> Option<Arc<Traced>> {
        self.told.iter().rev().find_map(|event| match event {
            Event::Traced(traced) => Some(Arc::clone(traced)),
            _ => None,
        })
    }

    /// Asks for a curve and waits for it.
    fn trace(&mut self, with_effects: bool) -> Arc<Traced> {
        self.told.retain(|event| !matches!(event, Event::Traced(_)));
        self.worker.send(Command::TraceCurve { with_effects });
        self.until("the curve is told", |run| run.traced().is_some());
        self.traced().expect("just waited for")
    }

    /// Every test of the night: steps slept and share of correct images.
    fn tests(&self) -> Vec<(u64, f64)> {
        let tests = self.told.iter().filter_map(|event| match event {
            Event::Evaluated(test) => Some((test.moment, test.evaluation.accuracy())),
            _ => None,
        });
        tests
            .filter_map(|(moment, accuracy)| match moment {
                Moment::Step(step) => Some((step, accuracy)),
                Moment::Batch(_) | Moment::Tuned(_) => None,
            })
            .collect()
    }
}

/// Catches a curve that disturbs the run it is made of, that stops where the run stands, or that is not what the tests of
/// the run say.
#[test]
fn the_curve_is_exact_and_changes_nothing() {
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    let bits = alone.final_bits();

    let mut run = Run::open(small_recipe());
    run.worker.send(Command::TraceCurve { with_effects: true });
    run.play(Goal::Trained);
    assert!(run.traced().is_none(), "there is no night yet");
    run.step(20);
    run.worker.send(Command::TraceCurve { with_effects: true });
    run.play(Goal::Woken);
    run.until("the curve is told", |run| run.traced().is_some());
    run.until("it is tested", |run| run.accuracy(Moment::Step(120)).is_some());
    assert_eq!(run.spikes(), alone.spikes());
    assert_eq!(run.final_bits(), bits);

    let traced = run.traced().expect("just waited for");
    let curve = &traced.curve;
    assert_eq!((curve.steps(), traced.with_effects), (120, true));
    let tests = run.tests();
    assert!(tests.len() > 10, "{} tests prove little", tests.len());
    for (step, accuracy) in tests {
        assert_eq!(curve.accuracy(step), Some(accuracy), "step {step}");
    }
    let spikes: Vec<(u64, usize)> = run
        .spikes()
        .into_iter()
        .map(|(step, unit)| (step + 1, unit as usize))
        .collect();
    let changing = spikes.iter().filter(|(_, unit)| *unit >= 784).count();
    assert_eq!(curve.effects().len(), changing);
    let plain = run.trace(false);
    assert!(plain.curve.effects().is_empty());
    assert!((0..=120).all(|step| plain.curve.correct(step) == curve.correct(step)));
}

/// Catches a curve of a night that is none any more, and one that comes although nobody wants it.
#[test]
fn a_curve_is_void_once_the_night_is_another() {
    let mut recipe = small_recipe();
    recipe.night.steps = 4000;
    let mut run = Run::open(recipe.clone());
    run.play(Goal::Trained);
    run.step(30);
    run.worker.send(Command::TraceCurve { with_effects: true });
    recipe.night.beta = vec![1.2, 0.8, 0.8];
    recipe.night.steps = 60;
    run.worker.send(Command::ChangeNight(Box::new(recipe.night.clone())));
    run.until("the change is told", |run| {
        run.told.iter().any(|event| matches!(event, Event::NightChanged(_)))
    });
    assert!(run.traced().is_none());
    let traced = run.trace(false);
    assert_eq!((traced.curve.steps(), traced.with_effects), (60, false));
    run.play(Goal::Woken);
    run.until("it is tested", |run| run.accuracy(Moment::Step(60)).is_some());
    assert_eq!(traced.curve.accuracy(60), run.accuracy(Moment::Step(60)));
    assert_eq!(traced.curve.accuracy(30), run.accuracy(Moment::Step(30)));
}

/// Catches a short question that waits behind a long one, and a curve that cannot be stopped.
#[test]
fn a_short_question_does_not_wait_for_a_curve() {
    let mut recipe = small_recipe();
    recipe.night.steps = 1_000_000;
    let mut run = Run::open(recipe);
    run.play(Goal::Trained);
    run.step(50);
    run.worker.send(Command::TraceCurve { with_effects: true });
    run.worker.send(Command::WatchPotentials(vec![(1, 5)]));
    run.until("the past is told", |run| {
        run.told.iter().any(|event| matches!(event, Event::PastPotentials(_)))
    });
    run.until("it has come some way", |run| {
        let way = |event: &Event| matches!(event, Event::Tracing(tracing) if tracing.steps > 0);
        run.told.iter().any(way)
    });
    assert!(run.traced().is_none(), "a million steps take longer");
    run.worker.send(Command::StopTracing);
    run.until("it is stopped", |run| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::TracingStopped(None)))
    });
    run.told.clear();
    run.step(10);
    let still = |event: &Event| matches!(event, Event::Tracing(_) | Event::Traced(_));
    assert!(!run.told.iter().any(still), "nobody wants it any more");
}
