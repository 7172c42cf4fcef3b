//! Going about in a night: to any step, until something happens, and differently.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::analyst::Question;
use super::event::{Evaluated, Event, Moment, NightChange, Phase};
use super::stop::{Fall, Stop};
use super::testing::moment;
use super::thread::{Loop, Mode};
use crate::experiment::ExperimentError;
use crate::sim::night::NightParams;

/// A night that is run again is not interrupted by the next wish for so long, so that something is seen while a slider is
/// dragged.
const RERUN_AT_LEAST: Duration = Duration::from_millis(150);
/// Held-out images that an estimate is made from.
const ESTIMATED_ON: usize = 500;

impl Loop {
    /// Goes to a step of the night and waits there.
    pub(super) fn seek(&mut self, step: u64) {
        self.silence.clear();
        self.fall = Fall::default();
        self.return_to_night();
        let Some(experiment) = self
            .experiment
            .as_mut()
            .filter(|experiment| experiment.course().is_some())
        else {
            return;
        };
        if step > experiment.known_steps() {
            // What is not known yet is done step by step, and shown on the way.
            let known = experiment.known_steps();
            let target = step.min(experiment.recipe().night.steps);
            if self.go_to(known) {
                let is_there = target <= known;
                self.enter(self.phase_of_run());
                self.set_mode(if is_there {
                    Mode::Waiting
                } else {
                    Mode::Until(Stop::Step(target))
                });
                return;
            }
        } else {
            // Interrupted, it stands on the way: whoever interrupted says where to go next.
            self.go_to(step);
        }
        self.set_mode(Mode::Waiting);
        self.enter(self.phase_of_run());
    }

    /// Goes to a step that is known. `false` if a command has come meanwhile that cannot wait: it then stands somewhere on the
    /// way. Other commands do not keep it from getting there.
    pub(super) fn go_to(&mut self, step: u64) -> bool {
        while let Some(experiment) = &mut self.experiment {
            if experiment.seek(step, &self.interrupt).is_some() {
                return true;
            }
            if self.is_called_away() {
                return false;
            }
            // Whoever sent the command that is being carried out raises the flag only after sending it.
            self.interrupt.store(false, Ordering::Relaxed);
        }
        false
    }

    /// The night goes on with other parameters.
    pub(super) fn change_night(&mut self, params: &NightParams) {
        self.return_to_night();
        if let Err(error) = self.try_to_change(params) {
            self.fail(&error);
        }
    }

    /// The night is run again with other parameters, to where it stands.
    pub(super) fn rerun(&mut self, params: &NightParams) {
        self.return_to_night();
        let Some(experiment) = &mut self.experiment else { return };
        // A run that is still on its way is to come as far as it was meant to.
        let here = match self.mode {
            Mode::Until(Stop::Step(target)) => target,
            _ => experiment.steps(),
        };
        let was_over = self.phase >= Phase::Woken || here >= experiment.recipe().night.steps;
        if experiment.seek(0, &AtomicBool::new(false)).is_some() {
            self.silence.clear();
            self.fall = Fall::default();
        }
        match self.try_to_change(params) {
            Err(error) => {
                // What cannot be run again stays as it was.
                if let Some(experiment) = &mut self.experiment {
                    experiment.seek(here, &AtomicBool::new(false));
                }
                return self.fail(&error);
            }
            Ok(false) => return,
            Ok(true) => {}
        }
        let target = if was_over { params.steps } else { here.min(params.steps) };
        if target == 0 || self.phase < Phase::Asleep {
            return;
        }
        self.enter(self.phase_of_run());
        self.set_mode(Mode::Until(Stop::Step(target)));
        let begun = Instant::now();
        while self.mode != Mode::Waiting && begun.elapsed() < RERUN_AT_LEAST {
            match self.work_once() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return self.fail(&error),
            }
        }
        if self.mode == Mode::Waiting {
            self.estimate();
        }
    }

    /// Changes the parameters from the next step on, and tells so. `false` if it was interrupted.
    fn try_to_change(&mut self, params: &NightParams) -> Result<bool, ExperimentError> {
        let Some(experiment) = &mut self.experiment else {
            return Ok(false);
        };
        if experiment.goes_on_with(params) {
            return Ok(true);
        }
        let (known, step) = (experiment.known_steps(), experiment.steps());
        let is_more_known = known > step || experiment.known_tuned() > 0;
        // Not interrupted: it is over in the blink of an eye, and half a change would be none.
        if experiment.change_night(params, &AtomicBool::new(false))?.is_none() {
            return Ok(false);
        }
        if is_more_known {
            self.outbox.send(Event::Forgot { from_step: step });
            self.record.forget(step);
            let tested = self.tested.take();
            self.tested = tested.filter(|tested| tested.moment <= Moment::Step(step));
        }
        let alpha = experiment.alpha().iter().map(|&gain| gain as f32).collect();
        self.outbox.send(Event::NightChanged(Arc::new(NightChange {
            step,
            params: params.clone(),
            alpha,
        })));
        self.safe.begin_change();
        self.snapshot = None;
        self.forget_questions(step);
        self.probing.forget_night();
        self.lanes.forget_place();
        self.recall_potentials();
        self.settled = false;
        self.enter(self.phase_of_run());
        Ok(true)
    }

    /// Has the potentials of the watched neurons made again, for the steps that are known.
    pub(super) fn recall_potentials(&mut self) {
        let neurons = self.outbox.watched().to_vec();
        let Some(course) = self.experiment.as_ref().and_then(|experiment| experiment.course()) else {
            return;
        };
        let steps = course.journal().steps();
        if steps > 0 && !neurons.is_empty() {
            self.analyst
                .ask(Some(course.again()), steps, Question::Potentials(neurons));
        }
    }

    /// Tests the network on a sample of the held-out images, for a first impression.
    fn estimate(&mut self) {
        let Some(experiment) = self.experiment.as_mut().filter(|experiment| experiment.has_images()) else {
            return;
        };
        let moment = moment(experiment);
        match experiment.estimate(ESTIMATED_ON, &AtomicBool::new(false)) {
            Ok(Some(evaluation)) => self
                .outbox
                .send(Event::Estimated(Arc::new(Evaluated { moment, evaluation }))),
            Ok(None) => {}
            Err(error) => self.fail(&error),
        }
    }

    /// What the night is being played until, if something is to happen in it.
    fn goal(&self) -> Option<&Stop> {
        if let Mode::Until(stop) = &self.mode {
            Some(stop)
        } else {
            None
        }
    }

    /// Whether a fall of the accuracy is waited for.
    fn awaits_fall(&self) -> bool {
        let is_fall = |stop: &Stop| matches!(stop, Stop::AccuracyBelow(_));
        // Going to a step is not playing: nothing stands in its way.
        !matches!(self.goal(), Some(Stop::Step(_))) && self.goal().into_iter().chain(&self.breakpoints).any(is_fall)
    }

    /// Tests the network before a step, if a fall of the accuracy is waited for and nothing is known yet that it could fall
    /// from. `false` if that was interrupted.
    pub(super) fn know_what_falls(&mut self) -> Result<bool, ExperimentError> {
        if !self.awaits_fall() {
            self.fall = Fall::default();
        } else if self.fall.last.is_none() {
            let here = self.experiment.as_ref().map(moment);
            if self.tested_at() != here && !self.test()? {
                return Ok(false);
            }
            self.fall.last = self.tested.as_ref().map(|tested| tested.evaluation.accuracy());
        }
        Ok(true)
    }

    /// Tests the network after a step if a fall of the accuracy is waited for and weights have changed: the accuracy before and
    /// now, if it is known now.
    fn follow_fall(&mut self) -> Result<Option<(f64, f64)>, ExperimentError> {
        let night = self.experiment.as_ref().and_then(|experiment| experiment.night());
        self.fall.changed |= night.is_some_and(|night| Stop::WeightChange.is_hit(night, &[], None));
        // A test that was interrupted is made after the next step.
        if !self.awaits_fall() || !self.fall.changed || !self.test()? {
            return Ok(None);
        }
        let now = self.tested.as_ref().map(|tested| tested.evaluation.accuracy());
        let before = self.fall.last;
        self.fall = Fall {
            last: now,
            changed: false,
        };
        Ok(before.zip(now))
    }

    /// Waits if what was waited for has happened, or a breakpoint is hit.
    pub(super) fn heed_stops(&mut self) -> Result<(), ExperimentError> {
        if self.goal().is_none() && self.breakpoints.is_empty() {
            return Ok(());
        }
        let accuracy = self.follow_fall()?;
        let Some(night) = self.experiment.as_ref().and_then(|experiment| experiment.night()) else {
            return Ok(());
        };
        let goal = self.goal();
        let is_hit = |stop: &&Stop| stop.is_hit(night, self.silence.steps(), accuracy);
        let is_goal = goal.is_some_and(|stop| is_hit(&stop));
        // Going to a step is not playing: nothing stands in its way.
        let is_going = matches!(goal, Some(Stop::Step(_)));
        let breakpoint = self.breakpoints.iter().find(is_hit).filter(|_| !is_going).cloned();
        let step = night.steps();
        let hit = breakpoint.or_else(|| goal.filter(|_| is_goal && !is_going).cloned());
        if let Some(stop) = hit {
            self.outbox.send(Event::Hit { stop, step });
            self.set_mode(Mode::Waiting);
        } else if is_goal {
            self.set_mode(Mode::Waiting);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use arc_swap::ArcSwap;

    use super::super::analyst::Analyst;
    use super::super::branching::LaneDesk;
    use super::super::command::{Command, Goal};
    use super::super::event::Frame;
    use super::super::outbox::Outbox;
    use super::*;
    use crate::data::Amount;
    use crate::experiment::{Experiment, presets};
    use crate::worker::probing::Probing;

    /// Catches a jump that ends on the way because its own command was sent first and marked as urgent a moment later.
    #[test]
    fn a_jump_does_not_interrupt_itself() {
        let mut recipe = presets().remove(0).recipe;
        recipe.data.images = Amount::Count(50);
        recipe.network.hidden = vec![20];
        recipe.night.beta.truncate(2);
        recipe.training.epochs = 1;
        recipe.night.steps = 30;
        let (commands, commands_in) = crossbeam_channel::bounded(1);
        let (events, _told) = crossbeam_channel::bounded(1);
        let interrupt = Arc::new(AtomicBool::new(false));
        let outbox = Outbox::new(events, Arc::new(ArcSwap::from_pointee(Frame::default())), || {});
        let analyst = Analyst::spawn().unwrap();
        let probing = Probing::spawn().unwrap();
        let lanes = LaneDesk::spawn().unwrap();
        let mut worker = Loop::new(commands_in, Arc::clone(&interrupt), outbox, analyst, probing, lanes);
        worker.open(recipe, super::super::Start::Newborn).unwrap();
        worker.set_mode(Mode::Playing(Goal::Woken));
        while worker.mode != Mode::Waiting {
            worker.work_once().unwrap();
        }
        for step in [20, 3, 29] {
            interrupt.store(true, Ordering::Relaxed);
            worker.seek(step);
            assert_eq!(worker.experiment.as_ref().map(Experiment::steps), Some(step));
        }
        // Nor does it end on the way because somebody wants to see the weights.
        commands.send(Command::WatchWeights(true)).unwrap();
        interrupt.store(true, Ordering::Relaxed);
        worker.seek(7);
        assert_eq!(worker.experiment.as_ref().map(Experiment::steps), Some(7));
        // Whoever wants to be elsewhere is heard at once.
        commands.send(Command::Seek(25)).unwrap();
        interrupt.store(true, Ordering::Relaxed);
        worker.seek(3);
        assert_ne!(worker.experiment.as_ref().map(Experiment::steps), Some(3));
    }
}
