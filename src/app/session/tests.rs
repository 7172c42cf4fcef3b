//! The model of a run, told of made-up events.

use super::*;
use crate::experiment::presets;
use crate::worker::SpikeChunk;

fn opened() -> Event {
    let recipe = presets().remove(0).recipe;
    Event::Opened(Arc::new(Opened {
        recipe,
        data_title: "MNIST".to_owned(),
        data_origin: "made up".to_owned(),
        class_names: vec!["zero".to_owned()],
        image_size: (2, 2),
        train_images: 6,
        train_available: 8,
        class_images: Vec::new(),
        class_available: Vec::new(),
        test_images: 4,
        test_available: 4,
        sizes: vec![4, 3, 2],
        total_batches: 9,
        mean_image: vec![0.0; 4],
    }))
}

fn evaluated(moment: Moment, correct: u32) -> Event {
    let evaluation = Evaluation {
        classes: 2,
        confusion: vec![correct, 10 - correct, 0, 0],
    };
    Event::Evaluated(Arc::new(Evaluated { moment, evaluation }))
}

/// Catches a run whose numbers survive into the next one.
#[test]
fn opening_a_run_voids_the_one_before() {
    let mut session = Session::default();
    session.absorb(opened());
    session.absorb(Event::Batches(vec![BatchPoint {
        batch: 0,
        loss: 1.0,
        accuracy: 0.5,
    }]));
    session.absorb(evaluated(Moment::Batch(9), 4));
    session.absorb(Event::Failed("no".to_owned()));
    session.absorb(opened());
    assert_eq!(session.run(), 2);
    assert!(session.batches().is_empty() && session.evaluations().is_empty() && session.failure().is_none());
}

/// Catches a second night that forgets the training it comes from, and a new run that keeps it.
#[test]
fn sleeping_again_keeps_the_training() {
    let mut session = Session::default();
    for (phase, kept) in [(Phase::Trained, 1), (Phase::Newborn, 0)] {
        session.absorb(opened());
        session.absorb(Event::Batches(vec![BatchPoint {
            batch: 0,
            loss: 1.0,
            accuracy: 0.5,
        }]));
        session.absorb(evaluated(Moment::Batch(1), 4));
        session.absorb(evaluated(Moment::Step(9), 5));
        session.absorb(opened());
        session.absorb(Event::Entered(phase));
        assert_eq!((session.batches().len(), session.evaluations().len()), (kept, kept));
    }
}

/// Catches a "before" that moves with the night, or a "now" without sleep.
#[test]
fn before_stays_and_now_needs_sleep() {
    let mut session = Session::default();
    session.absorb(opened());
    session.absorb(evaluated(Moment::Batch(9), 3));
    assert!(session.now().is_none());
    session.absorb(evaluated(Moment::Step(0), 3));
    session.absorb(evaluated(Moment::Step(40), 7));
    show(&mut session, 45);
    assert_eq!(session.before().map(Evaluation::correct), Some(3));
    assert_eq!(
        session.now().map(|(step, e)| (step, e.correct())),
        Some((Moment::Step(40), 7))
    );
}

fn show(session: &mut Session, steps: u64) {
    session.absorb(Event::Entered(Phase::Asleep));
    session.show(Arc::new(Frame {
        steps,
        ..Frame::default()
    }));
}

/// Catches a moment gone back to that shows what came later, and tests that stay when what they tested is void.
#[test]
fn going_back_shows_the_moment_and_forgetting_forgets() {
    let mut session = Session::default();
    session.absorb(opened());
    for (step, correct) in [(0, 3), (40, 7), (20, 5)] {
        session.absorb(evaluated(Moment::Step(step), correct));
    }
    show(&mut session, 40);
    assert_eq!(
        session.now().map(|(step, e)| (step, e.correct())),
        Some((Moment::Step(40), 7))
    );
    show(&mut session, 25);
    assert_eq!(
        session.now().map(|(step, e)| (step, e.correct())),
        Some((Moment::Step(20), 5))
    );
    session.absorb(evaluated(Moment::Step(20), 6));
    assert_eq!(session.evaluations().len(), 3, "the same moment again");
    let hit = |step| Event::Hit {
        stop: Stop::Step(step),
        step,
    };
    for step in [35, 10, 35] {
        session.absorb(hit(step));
    }
    // Training is gone back in, and the night is there again.
    session.absorb(Event::LeftNight);
    session.absorb(Event::Entered(Phase::Training));
    assert!(session.hits().is_empty());
    session.absorb(Event::Entered(Phase::Asleep));
    assert_eq!(session.hits(), [10, 35]);
    session.absorb(Event::Forgot { from_step: 30 });
    assert_eq!(session.hits(), [10]);
    show(&mut session, 50);
    assert_eq!(
        session.now().map(|(step, e)| (step, e.correct())),
        Some((Moment::Step(20), 6))
    );
}

/// Catches a threshold that is not the one of the moment shown.
#[test]
fn thresholds_are_those_of_the_moment() {
    let mut session = Session::default();
    session.absorb(opened());
    let mut params = presets().remove(0).recipe.night;
    params.beta = vec![5.0, 6.0, 7.0];
    session.absorb(Event::FellAsleep(Arc::new(NightStart {
        params: params.clone(),
        weights: Arc::new(Vec::new()),
        alpha: Vec::new(),
        class_means: Vec::new(),
    })));
    show(&mut session, 30);
    params.beta[1] = 60.0;
    session.absorb(Event::NightChanged(Arc::new(NightChange {
        step: 30,
        params,
        alpha: Vec::new(),
    })));
    assert_eq!(session.thresholds(2), [(0, 6.0), (30, 60.0)]);
    let at = |session: &mut Session, steps| {
        show(session, steps);
        session.threshold(2)
    };
    assert_eq!(
        at(&mut session, 30),
        Some(6.0),
        "the last step was done under the old one"
    );
    assert_eq!(at(&mut session, 31), Some(60.0));
    assert_eq!(session.threshold(0), None, "inputs have none");
}

/// Catches spikes of a former night that stay on screen after the network was woken and put to sleep again.
#[test]
fn a_new_night_forgets_the_old_one() {
    let mut session = Session::default();
    session.absorb(opened());
    let night = || {
        Event::FellAsleep(Arc::new(NightStart {
            params: presets().remove(0).recipe.night,
            weights: Arc::new(Vec::new()),
            alpha: Vec::new(),
            class_means: Vec::new(),
        }))
    };
    session.absorb(night());
    session.absorb(Event::Entered(Phase::Asleep));
    session.absorb(Event::Spikes(Arc::new(SpikeChunk {
        first_step: 0,
        ends: vec![2, 3],
        units: vec![0, 5, 8],
    })));
    assert_eq!((session.known_steps(), session.spikes().total(2)), (2, 1));
    session.absorb(night());
    assert_eq!((session.known_steps(), session.spikes().total(2)), (0, 0));
}
