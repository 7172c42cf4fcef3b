//! Fine-tuning after the night: going on into it, about in it, and with other settings.

use super::command::Goal;
use super::day::NO_TRAINING;
use super::event::{Event, Moment, Phase};
use super::stop::Fall;
use super::thread::{Loop, Mode};
use crate::experiment::{ExperimentError, Stage};
use crate::sim::train::TrainParams;

/// What to say where there is none.
const NO_TUNING: &str = "this run is not fine-tuned: switch fine-tuning on in its settings first";
/// What to say where the night is not known to its end.
const STILL_NIGHT: &str = "the network is fine-tuned once its night is over: let it sleep to the end first";

impl Loop {
    /// Whether it goes on from the end of the night, or from within fine-tuning, with a batch of it.
    pub(super) fn goes_on_tuning(&self) -> bool {
        let Some(experiment) = &self.experiment else {
            return false;
        };
        let wants = match self.mode {
            Mode::Waiting | Mode::Until(_) | Mode::Playing(Goal::Trained) => false,
            // Whoever asked for the end of the night has it.
            Mode::Playing(Goal::Woken) => experiment.stage() > Stage::Woken,
            Mode::Playing(Goal::Tuned) | Mode::Back(_) | Mode::Stepping(_) => true,
        };
        wants && experiment.total_tuning() > 0
    }

    /// One batch of fine-tuning. `false` if it was interrupted.
    pub(super) fn tune(&mut self) -> Result<bool, ExperimentError> {
        let Some(experiment) = &mut self.experiment else {
            return Ok(false);
        };
        let known = experiment.known_tuned();
        let Some(report) = experiment.tune_batch(&self.interrupt)? else {
            return Ok(false);
        };
        let phase = self.phase_of_run();
        if self.phase != phase {
            self.enter(phase);
        }
        if report.batch >= known {
            self.outbox.add_tuned(report);
        }
        self.count();
        Ok(true)
    }

    /// Goes to a batch of fine-tuning and waits there: on the way, batches are trained as fast as possible.
    pub(super) fn seek_tuned(&mut self, batch: u64) {
        let Some(experiment) = &self.experiment else { return };
        let end = experiment.recipe().night.steps;
        if batch == 0 {
            return self.seek(end);
        }
        let refused = if experiment.recipe().fine_tuning.is_none() {
            Some(NO_TUNING)
        } else if !experiment.has_images() {
            Some(NO_TRAINING)
        } else if experiment.known_steps() < end {
            Some(STILL_NIGHT)
        } else {
            None
        };
        if let Some(sentence) = refused {
            return self.outbox.send(Event::Failed(sentence.to_owned()));
        }
        self.silence.clear();
        self.fall = Fall::default();
        self.return_to_night();
        let target = if self.phase_of_run() >= Phase::Woken || self.go_to(end) {
            self.experiment
                .as_mut()
                .and_then(|experiment| experiment.go_to_tuned(batch))
        } else {
            // Interrupted, it stands on the way: whoever interrupted says where to go next.
            None
        };
        let here = self.experiment.as_ref().map_or(0, crate::experiment::Experiment::tuned);
        self.set_mode(match target.filter(|&target| target > here) {
            Some(target) => Mode::Back(Moment::Tuned(target)),
            None => Mode::Waiting,
        });
        self.enter(self.phase_of_run());
    }

    /// The run is fine-tuned otherwise from now on.
    pub(super) fn set_fine_tuning(&mut self, params: Option<TrainParams>) {
        let Some(experiment) = &mut self.experiment else { return };
        if experiment.recipe().fine_tuning == params {
            return;
        }
        if let Err(error) = experiment.set_fine_tuning(params.clone()) {
            return self.fail(&error);
        }
        self.record.forget_tuning();
        self.tested = self
            .tested
            .take()
            .filter(|tested| !matches!(tested.moment, Moment::Tuned(_)));
        self.outbox.send(Event::FineTuning(params.map(Box::new)));
        self.safe.begin_change();
        self.snapshot = None;
        self.probing.forget_moment();
        self.settled = false;
        self.enter(self.phase_of_run());
    }
}
