//! When the network is tested, and how the numbers keep up with the run.

use std::sync::Arc;
use std::time::Instant;

use super::event::{Evaluated, Event, Moment, Phase};
use super::thread::Loop;
use crate::experiment::{Experiment, ExperimentError, Stage};

/// Tests during training, at most; they fall on ends of epochs.
const TESTS_IN_TRAINING: u64 = 5;
/// Tests during a night, besides the one before it. They fall on the same steps at any speed.
const TESTS_IN_NIGHT: u64 = 30;
/// Tests during fine-tuning, at even distances.
const TESTS_IN_TUNING: u64 = 10;
/// Between two pictures of the night, a test waits for so many times as long as the last one took.
const TEST_SHARE: u32 = 1;

/// What to say where the images are needed and are not here.
pub(super) const NO_IMAGES: &str =
    "the held-out images of this run are not on this machine: fetch or import them, then open the run again";

impl Loop {
    /// When nothing else is to be done, the numbers on screen are brought up to the moment.
    pub(super) fn settle(&mut self) {
        let current = self.experiment.as_ref().map(moment);
        let has_images = self.experiment.as_ref().is_some_and(Experiment::has_images);
        self.settled = !has_images || self.tested_at() == current;
        if !self.settled {
            match self.test() {
                Ok(done) => self.settled = done,
                Err(error) => {
                    self.settled = true;
                    self.outbox.send(Event::Failed(error.to_string()));
                }
            }
        }
    }

    /// Tests the network if this is one of the moments at which it is tested. `false` if that was interrupted.
    pub(super) fn test_if_due(&mut self) -> Result<bool, ExperimentError> {
        let Some(experiment) = &self.experiment else {
            return Ok(true);
        };
        let now = moment(experiment);
        if self.tested_at() == Some(now) || !is_due(experiment, now) {
            return Ok(true);
        }
        self.test()
    }

    /// Between two pictures of the night the test follows it, as long as that takes a small part of the time.
    pub(super) fn test_between(&mut self) {
        let Some(now) = self
            .experiment
            .as_ref()
            .filter(|_| self.phase == Phase::Asleep && self.is_unhurried())
            .map(moment)
        else {
            return;
        };
        let (ended, took) = self.last_test;
        if self.tested_at() != Some(now)
            && ended.elapsed() >= took * TEST_SHARE
            && let Err(error) = self.test()
        {
            self.fail(&error);
        }
    }

    /// Tests the network. `false` if that was interrupted.
    pub(super) fn test(&mut self) -> Result<bool, ExperimentError> {
        let Some(experiment) = &mut self.experiment else {
            return Ok(true);
        };
        if !experiment.has_images() {
            return Ok(true);
        }
        let moment = moment(experiment);
        let began = Instant::now();
        let known = self
            .record
            .tests
            .get(&moment)
            .filter(|_| !matches!(moment, Moment::Step(_)));
        let evaluation = match &self.tested {
            // Training that is gone through again is the same.
            _ if known.is_some() => known.cloned(),
            // The network that falls asleep is the one that training left.
            Some(last) if moment == Moment::Step(0) && last.moment == Moment::Batch(experiment.batches()) => {
                Some(last.evaluation.clone())
            }
            _ => experiment.evaluate(&self.interrupt)?,
        };
        self.last_test = (Instant::now(), began.elapsed());
        let Some(evaluation) = evaluation else { return Ok(false) };
        let tested = Arc::new(Evaluated { moment, evaluation });
        self.record.tests.insert(moment, tested.evaluation.clone());
        self.outbox.send(Event::Evaluated(Arc::clone(&tested)));
        self.tested = Some(tested);
        Ok(true)
    }

    /// The moment of the last test.
    pub(super) fn tested_at(&self) -> Option<Moment> {
        self.tested.as_ref().map(|tested| tested.moment)
    }
}

/// The moment a run has reached.
pub(super) fn moment(experiment: &Experiment) -> Moment {
    match experiment.stage() {
        Stage::Training | Stage::Trained => Moment::Batch(experiment.batches()),
        Stage::Asleep | Stage::Woken => Moment::Step(experiment.steps()),
        Stage::Tuning | Stage::Tuned => Moment::Tuned(experiment.tuned()),
    }
}

/// Whether the network is tested at this moment: at birth, at ends of epochs, after training, and at even distances
/// through the night and through fine-tuning.
fn is_due(experiment: &Experiment, moment: Moment) -> bool {
    match moment {
        Moment::Batch(batch) => {
            let epochs = u64::from(experiment.recipe().training.epochs).max(1);
            let per_epoch = (experiment.total_batches() / epochs).max(1);
            let apart = per_epoch * epochs.div_ceil(TESTS_IN_TRAINING);
            batch % apart == 0 || batch == experiment.total_batches()
        }
        Moment::Step(step) => is_test_step(step, experiment.recipe().night.steps),
        Moment::Tuned(batch) => {
            let total = experiment.total_tuning();
            batch.is_multiple_of((total / TESTS_IN_TUNING).max(1)) || batch == total
        }
    }
}

/// Whether a network is tested after so many steps of a night of that length.
pub(super) fn is_test_step(step: u64, steps: u64) -> bool {
    step.is_multiple_of((steps / TESTS_IN_NIGHT).max(1)) || step == steps
}
