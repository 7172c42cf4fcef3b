//! What the worker is told: commands in the order in which they come, and what the other threads answer meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::RecvTimeoutError;

use super::analyst::Answer;
use super::command::Command;
use super::event::Event;
use super::keep::Purpose;
use super::look::cell_images;
use super::probing::Probing;
use super::testing::{NO_IMAGES, moment};
use super::thread::{BETWEEN_FRAMES, Loop, Mode};

/// Answers about lanes that are heard out at a time, at most.
const ANSWERS: usize = 1024;

impl Loop {
    /// Carries out the commands that have come; waits for one if there is nothing else to do. `false` to end.
    pub(super) fn take_commands(&mut self) -> bool {
        let patience = if self.is_unhurried() {
            if self.unpublished {
                self.pace.wait().min(BETWEEN_FRAMES)
            } else {
                self.pace.wait()
            }
        } else if self.mode != Mode::Waiting || !self.settled {
            Duration::ZERO
        } else if self.outbox.is_clear() {
            Duration::MAX
        } else {
            BETWEEN_FRAMES
        };
        let patience = self.probes_patience().map_or(patience, |until| patience.min(until));
        let patience = self.safe_patience().map_or(patience, |until| patience.min(until));
        let first = match self.waiting.pop_front() {
            Some(command) => Ok(command),
            None => self.listen(patience),
        };
        // Lowered before the commands are read, so that one sent from here on is not overlooked.
        self.interrupt.store(false, Ordering::Relaxed);
        let mut commands = Vec::new();
        match first {
            Ok(command) => commands.push(command),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        // Who has hung up is heard of the next time; what was said before that counts.
        commands.extend(self.waiting.drain(..));
        while let Ok(command) = self.commands.try_recv() {
            commands.push(command);
        }
        let mut commands = commands.into_iter().peekable();
        while let Some(command) = commands.next() {
            let is_overtaken = commands.peek().is_some_and(|next| overtakes(next, &command));
            if !is_overtaken && !self.obey(command) {
                return false;
            }
        }
        true
    }

    /// The next command, if one comes in time; hears out the other threads meanwhile.
    fn listen(&mut self, patience: Duration) -> Result<Command, RecvTimeoutError> {
        crossbeam_channel::select! {
            recv(self.commands) -> command => command.map_err(|_| RecvTimeoutError::Disconnected),
            recv(self.analyst.answers()) -> answer => {
                if let Ok((is_void, answer)) = answer
                    && !is_void.load(Ordering::Relaxed)
                {
                    match answer {
                        Answer::Event(event) => {
                            if matches!(event, Event::Saved(_)) {
                                self.note_saved();
                            }
                            self.mapping.heed(&event);
                            self.outbox.send(event);
                        }
                        Answer::Step(anatomy) => self.inspection.take(anatomy),
                    }
                    self.unpublished = true;
                }
                Err(RecvTimeoutError::Timeout)
            }
            recv(self.probing.prober.answers()) -> answer => {
                match answer {
                    Ok(answer) => self.pass_on(answer),
                    Err(_) => self.replace_prober(),
                }
                Err(RecvTimeoutError::Timeout)
            }
            recv(self.lanes.thread.answers()) -> answer => {
                match answer {
                    Ok(answer) => self.heed_lanes(answer),
                    Err(_) => self.replace_lanes(),
                }
                // What has come meanwhile is told in the same picture.
                let waiting: Vec<_> = self.lanes.thread.answers().try_iter().take(ANSWERS).collect();
                for answer in waiting {
                    self.heed_lanes(answer);
                }
                self.unpublished = true;
                Err(RecvTimeoutError::Timeout)
            }
            default(patience) => Err(RecvTimeoutError::Timeout),
        }
    }

    /// Whether a command waits to be carried out.
    pub(super) fn has_command(&self) -> bool {
        !(self.waiting.is_empty() && self.commands.is_empty())
    }

    /// Whether a command waits that cannot wait for a long calculation to end.
    pub(super) fn is_called_away(&mut self) -> bool {
        self.waiting.extend(self.commands.try_iter());
        self.waiting.iter().any(Command::is_urgent)
    }

    /// Hands an answer about probes on, unless nobody wants it any more.
    fn pass_on(&mut self, (is_void, event): (Arc<AtomicBool>, Event)) {
        if !is_void.load(Ordering::Relaxed) {
            self.probing.heed(&event);
            self.outbox.send(event);
            self.unpublished = true;
        }
    }

    /// The thread of the probes has ended, which only a fault of the program does: another takes its place.
    fn replace_prober(&mut self) {
        self.probing = Probing::anew();
        let text = "probing ended through a fault of the program, and the night goes on unharmed: draw or choose the picture again, \
                    and if it happens again, report what was probed";
        self.outbox.send(Event::Failed(text.to_owned()));
        self.unpublished = true;
    }

    /// Carries out one command. `false` to end.
    fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Open { recipe, from } => {
                self.set_mode(Mode::Waiting);
                if let Err(error) = self.replacing(|this| this.open(*recipe, from)) {
                    self.fail(&error);
                }
            }
            Command::Play(goal) => {
                self.enter_loop();
                self.set_mode(Mode::Playing(goal));
            }
            Command::Loop(span) => self.repeated = span.filter(|span| !span.is_empty()),
            Command::SetMemory(bytes) => self.set_memory(bytes),
            Command::Step(0) => {}
            Command::Step(count) => self.set_mode(Mode::Stepping(count)),
            Command::Pause => self.set_mode(Mode::Waiting),
            Command::Seek(step) => self.seek(step),
            Command::SeekBatch(batch) => self.seek_batch(batch),
            Command::SeekTuned(batch) => self.seek_tuned(batch),
            Command::SetFineTuning(params) => self.set_fine_tuning(params.map(|params| *params)),
            Command::PlayUntil(stop) => self.set_mode(Mode::Until(stop)),
            Command::SetBreakpoints(stops) => self.breakpoints = stops,
            Command::ChangeNight(params) => self.change_night(&params),
            Command::Rerun(params) => self.rerun(&params),
            Command::Save { path, notes } => self.save(path, *notes, Purpose::Keeping),
            Command::Export { path, notes } => self.save(path, *notes, Purpose::Others),
            Command::Copy { path, notes } => self.save(path, *notes, Purpose::Looking),
            Command::OpenRecording(path) => {
                self.set_mode(Mode::Waiting);
                if let Err(sentence) = self.replacing(|this| this.open_recording(&path)) {
                    self.refuse(sentence);
                }
            }
            Command::Branch(wanted) => self.branch(*wanted),
            Command::AddRun(path) => self.add_run(path),
            Command::CloseLane(id) => self.lanes.thread.close(id),
            Command::ReopenLane => self.reopen_lane(),
            Command::ChangeLane(id, params) => self.change_lane(id, *params),
            Command::RenameLane(id, name) => self.lanes.thread.rename(id, name),
            Command::PromoteLane(id) => self.promote(id),
            Command::CompareWeights(baseline) => self.compare_weights(baseline),
            Command::FindThresholds { params, wanted } => self.find_thresholds(&params, wanted),
            Command::StopFinding => self.search = None,
            Command::MapNights(grid) => self.map_nights(*grid),
            Command::ListImages(is_wanted) => self.list_images(is_wanted),
            Command::StopMapping => self.stop_mapping(),
            Command::SetSpeed(speed) => self.pace.set_speed(speed),
            Command::WatchWeights(watch) => self.watch_weights = watch,
            Command::WatchPotentials(neurons) => {
                if self.outbox.watch(neurons) {
                    self.recall_potentials();
                }
            }
            Command::Inspect(unit) => self.inspect(unit),
            Command::ShowCell(cell) => {
                if self
                    .experiment
                    .as_ref()
                    .is_some_and(|experiment| !experiment.has_images())
                {
                    self.outbox.send(Event::Failed(NO_IMAGES.to_owned()));
                } else if let Some(experiment) = &mut self.experiment {
                    let moment = moment(experiment);
                    let images = cell_images(experiment, cell, moment);
                    self.outbox.send(Event::Images(Arc::new(images)));
                }
            }
            Command::TraceCurve { with_effects } => self.trace_curve(with_effects),
            Command::StopTracing => self.stop_tracing(),
            Command::JudgePictures(pictures) => self.judge_pictures(pictures),
            Command::ShowHeldOut(index) => self.show_held_out(index),
            Command::Stress(stress) => self.stress(stress),
            Command::Control(wanted) => self.control(wanted),
            Command::KeepSafe(slot) => self.keep_safe_in(slot),
            Command::TakeUp(left) => {
                self.set_mode(Mode::Waiting);
                // It makes room for the night that is set aside for it.
                let was_aside = self.safe.take_from_asides(&left);
                match self.replacing(|this| this.open_recording(&left.path())) {
                    Ok(()) => {
                        self.comes_from_nowhere();
                        self.safe.take_over(left);
                    }
                    Err(sentence) => {
                        if was_aside {
                            self.safe.put_aside(left);
                        }
                        self.refuse(sentence);
                    }
                }
            }
            Command::Note(notes) => self.note(*notes),
            Command::Shutdown => {
                self.release_safe();
                return false;
            }
        }
        true
    }
}

/// Whether a command makes the one before it pointless: while something is dragged, only the last place counts.
fn overtakes(next: &Command, command: &Command) -> bool {
    matches!(
        (next, command),
        (
            Command::Seek(_) | Command::SeekBatch(_) | Command::SeekTuned(_),
            Command::Seek(_) | Command::SeekBatch(_) | Command::SeekTuned(_)
        ) | (Command::Rerun(_), Command::Rerun(_))
            | (Command::JudgePictures(_), Command::JudgePictures(_))
            | (Command::Stress(_), Command::Stress(_))
    )
}
