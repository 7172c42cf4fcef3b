//! A part of the night that is played over and over.

use super::command::Goal;
use super::event::Phase;
use super::stop::Fall;
use super::thread::{Loop, Mode};

impl Loop {
    /// Before it plays: to the start of the part that is repeated, unless it stands in it or has not come so far yet.
    pub(super) fn enter_loop(&mut self) {
        let Some(part) = self.repeated.clone().filter(|_| self.phase >= Phase::Asleep) else {
            return;
        };
        let place = self.experiment.as_ref().map(|one| (one.steps(), one.known_steps()));
        if place.is_some_and(|(here, known)| !part.contains(&here) && part.start <= known) {
            self.seek(part.start);
        }
    }

    /// Whether it plays and has come to the end of the part that is repeated.
    pub(super) fn is_at_end_of_loop(&self) -> bool {
        let here = self.experiment.as_ref().map(crate::experiment::Experiment::steps);
        let plays = matches!(self.mode, Mode::Playing(Goal::Woken | Goal::Tuned));
        plays && self.repeated.as_ref().is_some_and(|part| Some(part.end) == here)
    }

    /// Back to the start of the part that is repeated. `false` if a command has come meanwhile that cannot wait.
    pub(super) fn loop_back(&mut self) -> bool {
        self.silence.clear();
        self.fall = Fall::default();
        let start = self.repeated.as_ref().map_or(0, |part| part.start);
        self.go_to(start)
    }
}
