//! Going about in training, and back to the night that was known.

use super::command::Goal;
use super::event::{Event, Moment, Phase};
use super::stop::Fall;
use super::thread::{Loop, Mode};

/// What to say where training cannot be made again.
pub(super) const NO_TRAINING: &str = "the images of this run are not on this machine, so its training cannot be made again: fetch or import \
                           them, then open the run again";

impl Loop {
    /// Goes to a batch of training that is known and waits there: on the way, batches are trained as fast as possible.
    pub(super) fn seek_batch(&mut self, batch: u64) {
        self.silence.clear();
        self.fall = Fall::default();
        let Some(experiment) = &mut self.experiment else { return };
        let was_asleep = experiment.night().is_some();
        if was_asleep && batch >= experiment.known_batches() {
            // The network after the last batch is the one that falls asleep.
            return self.seek(0);
        }
        let Some(target) = experiment.go_back_to(batch) else {
            return self.outbox.send(Event::Failed(NO_TRAINING.to_owned()));
        };
        let (is_there, is_asleep) = (experiment.batches() == target, experiment.night().is_some());
        if was_asleep {
            self.leave_night();
        }
        self.snapshot = None;
        self.set_mode(if is_there {
            Mode::Waiting
        } else {
            Mode::Back(Moment::Batch(target))
        });
        if is_asleep && !was_asleep {
            self.night_is_back();
        } else {
            self.enter(self.phase_of_run());
        }
    }

    /// Goes back to the night that is known, if it stands in training before one: to its start.
    pub(super) fn return_to_night(&mut self) {
        if let Some(experiment) = self
            .experiment
            .as_mut()
            .filter(|experiment| experiment.has_night_ahead())
        {
            experiment.come_back();
            self.night_is_back();
        }
    }

    /// The night that was known is there again, at its start.
    pub(super) fn night_is_back(&mut self) {
        self.enter(self.phase_of_run());
        self.forget_place();
        self.recall_potentials();
        if matches!(self.mode, Mode::Playing(Goal::Trained) | Mode::Back(_)) {
            self.set_mode(Mode::Waiting);
        }
    }

    /// It stands before a night that is known.
    fn leave_night(&mut self) {
        self.outbox.send(Event::LeftNight);
        self.enter(Phase::Training);
        self.forget_place();
    }

    /// What was asked for the place where it stood is void.
    fn forget_place(&mut self) {
        self.forget_questions(0);
        self.probing.forget_run();
        self.lanes.forget_place();
        self.snapshot = None;
        self.settled = false;
    }
}
