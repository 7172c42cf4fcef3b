//! The loop of the worker: commands, work, publication, in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError};

use super::FRAMES_PER_SECOND;
use super::command::{Command, Goal, Speed, Start};
use super::event::{Evaluated, Event, Frame, Moment, NightStart, Opened, Phase, WeightSnapshot};
use super::look::cell_images;
use super::outbox::Outbox;
use super::pace::Pace;
use crate::data::{self, DataSpec, Dataset};
use crate::experiment::{Experiment, ExperimentError, Recipe, Stage};

/// Tests during training, at most; they fall on ends of epochs.
const TESTS_IN_TRAINING: u64 = 5;
/// Tests during a night, besides the one before it. They fall on the same steps at any speed.
const TESTS_IN_NIGHT: u64 = 30;
/// Between two pictures of the night, a test waits for so many times as long as the last one took.
const TEST_SHARE: u32 = 1;
/// Shortest time between two pictures while running.
const BETWEEN_FRAMES: Duration = Duration::from_micros(1_000_000 / FRAMES_PER_SECOND);
/// Shortest time between two snapshots of the weights while running.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(100);

/// What the worker is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    /// Nothing, until told.
    Waiting,
    /// Going on to a goal.
    Playing(Goal),
    /// Going on for so many batches or steps.
    Stepping(u64),
}

/// The worker's side of the thread.
pub(super) struct Loop {
    commands: Receiver<Command>,
    /// Set by the sender of a command that cannot wait for a long calculation to end.
    interrupt: Arc<AtomicBool>,
    outbox: Outbox,
    mode: Mode,
    pace: Pace,
    watch_weights: bool,
    dataset: Option<(DataSpec, Dataset)>,
    experiment: Option<Experiment>,
    phase: Phase,
    /// Whether, while waiting, the numbers on screen are those of the moment.
    settled: bool,
    /// The moment of the last test, and what came out.
    tested: Option<Arc<Evaluated>>,
    /// When the last test ended, and how long it took.
    last_test: (Instant, Duration),
    /// When the last picture was handed over, and whether anything was done since.
    published: Instant,
    unpublished: bool,
    /// The last snapshot of the weights, and when it was made.
    snapshot: Option<(WeightSnapshot, Instant)>,
}

impl Loop {
    /// A worker with nothing to do.
    pub(super) fn new(commands: Receiver<Command>, interrupt: Arc<AtomicBool>, outbox: Outbox) -> Self {
        Self {
            commands,
            interrupt,
            outbox,
            mode: Mode::Waiting,
            pace: Pace::new(Speed::Unlimited),
            watch_weights: false,
            dataset: None,
            experiment: None,
            phase: Phase::Empty,
            settled: true,
            tested: None,
            last_test: (Instant::now(), Duration::ZERO),
            published: Instant::now(),
            unpublished: false,
            snapshot: None,
        }
    }

    /// Runs until told to end, or until nobody listens any more.
    pub(super) fn run(mut self) {
        while self.take_commands() && self.outbox.has_listener() {
            if self.mode == Mode::Waiting {
                if !self.settled {
                    // That it waits is told before the numbers are brought up to the moment, which can take a while.
                    self.publish();
                    self.settle();
                }
                self.publish();
            } else {
                self.work();
                self.test_between();
                if self.unpublished && self.published.elapsed() >= BETWEEN_FRAMES {
                    self.publish();
                }
            }
        }
    }

    /// Carries out the commands that have come; waits for one if there is nothing else to do. `false` to end.
    fn take_commands(&mut self) -> bool {
        let patience = if self.mode != Mode::Waiting {
            if self.unpublished {
                self.pace.wait().min(BETWEEN_FRAMES)
            } else {
                self.pace.wait()
            }
        } else if !self.settled {
            Duration::ZERO
        } else if self.outbox.is_clear() {
            Duration::MAX
        } else {
            BETWEEN_FRAMES
        };
        let first = if patience == Duration::MAX {
            self.commands.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            self.commands.recv_timeout(patience)
        };
        // Lowered before the commands are read, so that one sent from here on is not overlooked.
        self.interrupt.store(false, Ordering::Relaxed);
        match first {
            Ok(command) => {
                if !self.obey(command) {
                    return false;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        loop {
            match self.commands.try_recv() {
                Ok(command) => {
                    if !self.obey(command) {
                        return false;
                    }
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Carries out one command. `false` to end.
    fn obey(&mut self, command: Command) -> bool {
        match command {
            Command::Open { recipe, from } => {
                self.set_mode(Mode::Waiting);
                if let Err(error) = self.open(*recipe, from) {
                    self.fail(&error);
                }
            }
            Command::Play(goal) => self.set_mode(Mode::Playing(goal)),
            Command::Step(0) => {}
            Command::Step(count) => self.set_mode(Mode::Stepping(count)),
            Command::Pause => self.set_mode(Mode::Waiting),
            Command::SetSpeed(speed) => self.pace.set_speed(speed),
            Command::WatchWeights(watch) => self.watch_weights = watch,
            Command::WatchPotentials(neurons) => self.outbox.watch(neurons),
            Command::ShowCell(cell) => {
                if let Some(experiment) = &mut self.experiment {
                    let moment = moment(experiment);
                    let images = cell_images(experiment, cell, moment);
                    self.outbox.send(Event::Images(Arc::new(images)));
                }
            }
            Command::Shutdown => return false,
        }
        true
    }

    /// Makes a run ready.
    fn open(&mut self, recipe: Recipe, from: Start) -> Result<(), ExperimentError> {
        recipe.validate()?;
        let kept = self.experiment.take_if(|experiment| {
            from == Start::Trained
                && experiment.stage() != Stage::Training
                && same_training(experiment.recipe(), &recipe)
        });
        let experiment = if let Some(mut kept) = kept {
            // The trained network is not lost if the new night makes no sense: it goes back to where it was.
            let outcome = kept.sleep_again(&recipe);
            self.experiment = Some(kept);
            outcome?;
            self.experiment.take()
        } else {
            let spec = recipe.data.clone();
            let known = self.dataset.take_if(|(known, _)| same_images(known, &spec));
            let known = if let Some(known) = known {
                known
            } else {
                self.outbox.send(Event::Entered(Phase::Loading));
                self.publish();
                (spec.clone(), data::load(&spec)?)
            };
            let experiment = Experiment::new(recipe, &known.1);
            // Kept for the next try, unless the run that stays is on other images.
            if experiment.is_ok() || self.experiment.is_none() || self.dataset.is_none() {
                self.dataset = Some(known);
            }
            Some(experiment?)
        };
        let (Some(experiment), Some((_, dataset))) = (experiment, &self.dataset) else {
            return Ok(());
        };
        self.outbox.send(Event::Opened(Arc::new(Opened {
            recipe: experiment.recipe().clone(),
            data_title: dataset.title.clone(),
            data_origin: dataset.origin.clone(),
            class_names: dataset.class_names.clone(),
            image_size: (dataset.train.width(), dataset.train.height()),
            train_images: experiment.train_samples().len(),
            train_available: dataset.train.len(),
            test_images: experiment.test_samples().len(),
            test_available: dataset.test.len(),
            sizes: experiment.sizes(),
            total_batches: experiment.total_batches(),
            mean_image: experiment.mean_image().to_vec(),
        })));
        self.tested = None;
        self.settled = false;
        self.snapshot = None;
        self.experiment = Some(experiment);
        self.enter(self.phase_of_run());
        Ok(())
    }

    /// Where the run stands, in the words of the window.
    fn phase_of_run(&self) -> Phase {
        match self
            .experiment
            .as_ref()
            .map(|experiment| (experiment.stage(), experiment.batches()))
        {
            None => Phase::Empty,
            Some((Stage::Training, 0)) => Phase::Newborn,
            Some((Stage::Training, _)) => Phase::Training,
            Some((Stage::Trained, _)) => Phase::Trained,
            Some((Stage::Asleep, _)) => Phase::Asleep,
            Some((Stage::Woken, _)) => Phase::Woken,
        }
    }

    /// Notes the phase and tells it.
    fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.pace.restart();
        }
        self.outbox.send(Event::Entered(phase));
    }

    /// Starts or stops the work.
    fn set_mode(&mut self, mode: Mode) {
        let mode = if self.experiment.is_none() { Mode::Waiting } else { mode };
        self.settled = false;
        if (self.mode == Mode::Waiting) != (mode == Mode::Waiting) {
            self.outbox.send(Event::Running(mode != Mode::Waiting));
            self.pace.restart();
        }
        self.mode = mode;
    }

    /// Says what went wrong and waits.
    fn fail(&mut self, error: &ExperimentError) {
        self.outbox.send(Event::Failed(error.to_string()));
        self.set_mode(Mode::Waiting);
        self.enter(self.phase_of_run());
        // What failed would fail again if it were tested.
        self.settled = true;
    }

    /// Works until it is time to publish, a command has come, or the speed allows no more.
    fn work(&mut self) {
        let until = Instant::now() + BETWEEN_FRAMES;
        while self.mode != Mode::Waiting && self.commands.is_empty() && self.pace.allows() {
            match self.work_once() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return self.fail(&error),
            }
            if Instant::now() >= until {
                break;
            }
        }
    }

    /// One batch, one step, or one change of phase. `false` if it was interrupted or there is nothing to do.
    fn work_once(&mut self) -> Result<bool, ExperimentError> {
        self.unpublished = true;
        if !self.test_if_due()? {
            return Ok(false);
        }
        let Some(experiment) = &mut self.experiment else {
            return Ok(false);
        };
        match experiment.stage() {
            Stage::Training => {
                if self.phase != Phase::Training {
                    self.enter(Phase::Training);
                }
                let Some(experiment) = &mut self.experiment else {
                    return Ok(false);
                };
                let Some(report) = experiment.train_batch(&self.interrupt)? else {
                    return Ok(false);
                };
                self.outbox.add_batch(report);
                if experiment.stage() == Stage::Trained {
                    self.enter(Phase::Trained);
                }
                self.count();
            }
            Stage::Trained if self.mode == Mode::Playing(Goal::Trained) => self.set_mode(Mode::Waiting),
            Stage::Trained => {
                let Some(class_means) = experiment.class_means(&self.interrupt) else {
                    return Ok(false);
                };
                let Some(()) = experiment.fall_asleep(&self.interrupt)? else {
                    return Ok(false);
                };
                if let Some(before) = experiment.before() {
                    let alpha = experiment.alpha().iter().map(|&gain| gain as f32).collect();
                    let weights = Arc::clone(before);
                    self.outbox.send(Event::FellAsleep(Arc::new(NightStart {
                        weights,
                        alpha,
                        class_means,
                    })));
                }
                // The test before sleep is the test after training, of the same weights.
                self.enter(Phase::Asleep);
            }
            Stage::Asleep => {
                if let Some(night) = experiment.sleep_step() {
                    self.outbox.add_spikes(night);
                    self.outbox.add_potentials(night);
                }
                if experiment.stage() == Stage::Woken {
                    self.enter(Phase::Woken);
                }
                self.count();
            }
            Stage::Woken => self.set_mode(Mode::Waiting),
        }
        Ok(true)
    }

    /// Counts one batch or step.
    fn count(&mut self) {
        self.pace.count();
        if let Mode::Stepping(left) = self.mode {
            if left <= 1 {
                self.set_mode(Mode::Waiting);
            } else {
                self.mode = Mode::Stepping(left - 1);
            }
        }
    }

    /// When nothing else is to be done, the numbers on screen are brought up to the moment.
    fn settle(&mut self) {
        let current = self.experiment.as_ref().map(moment);
        self.settled = current.is_none() || self.tested_at() == current;
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
    fn test_if_due(&mut self) -> Result<bool, ExperimentError> {
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
    fn test_between(&mut self) {
        let Some(now) = self
            .experiment
            .as_ref()
            .filter(|_| self.phase == Phase::Asleep)
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
    fn test(&mut self) -> Result<bool, ExperimentError> {
        let Some(experiment) = &mut self.experiment else {
            return Ok(true);
        };
        let moment = moment(experiment);
        let began = Instant::now();
        let evaluation = match &self.tested {
            // The network that falls asleep is the one that training left.
            Some(last) if moment == Moment::Step(0) && last.moment == Moment::Batch(experiment.batches()) => {
                Some(last.evaluation.clone())
            }
            _ => experiment.evaluate(&self.interrupt)?,
        };
        self.last_test = (Instant::now(), began.elapsed());
        let Some(evaluation) = evaluation else { return Ok(false) };
        let tested = Arc::new(Evaluated { moment, evaluation });
        self.outbox.send(Event::Evaluated(Arc::clone(&tested)));
        self.tested = Some(tested);
        Ok(true)
    }

    /// The moment of the last test.
    fn tested_at(&self) -> Option<Moment> {
        self.tested.as_ref().map(|tested| tested.moment)
    }

    /// Hands over what there is to tell, and the newest picture.
    fn publish(&mut self) {
        let running = self.mode != Mode::Waiting;
        let mut frame = Frame {
            phase: self.phase,
            running,
            per_second: if running { self.pace.measured() } else { 0.0 },
            ..Frame::default()
        };
        if let Some(experiment) = &mut self.experiment {
            frame.batches = experiment.batches();
            frame.steps = experiment.steps();
            frame.window = experiment.dream_window();
            if let Some(night) = experiment.night() {
                frame.potentials = (0..night.layer_count())
                    .map(|layer| night.potentials(layer).to_vec())
                    .collect();
                let steps = night.steps();
                let stale = self.snapshot.as_ref().is_none_or(|(snapshot, made)| {
                    snapshot.steps != steps && (!running || made.elapsed() >= BETWEEN_SNAPSHOTS)
                });
                if self.watch_weights && stale {
                    let weights = Arc::new(experiment.weights());
                    self.snapshot = Some((WeightSnapshot { steps, weights }, Instant::now()));
                }
                frame.weights = self.snapshot.as_ref().map(|(snapshot, _)| snapshot.clone());
            }
        }
        self.outbox.publish(frame);
        self.published = Instant::now();
        self.unpublished = false;
    }
}

/// The moment a run has reached.
fn moment(experiment: &Experiment) -> Moment {
    match experiment.stage() {
        Stage::Training | Stage::Trained => Moment::Batch(experiment.batches()),
        Stage::Asleep | Stage::Woken => Moment::Step(experiment.steps()),
    }
}

/// Whether the network is tested at this moment: at birth, at ends of epochs, after training, and at even distances
/// through the night.
fn is_due(experiment: &Experiment, moment: Moment) -> bool {
    match moment {
        Moment::Batch(batch) => {
            let epochs = u64::from(experiment.recipe().training.epochs).max(1);
            let per_epoch = (experiment.total_batches() / epochs).max(1);
            let apart = per_epoch * epochs.div_ceil(TESTS_IN_TRAINING);
            batch % apart == 0 || batch == experiment.total_batches()
        }
        Moment::Step(step) => {
            let steps = experiment.recipe().night.steps;
            step % (steps / TESTS_IN_NIGHT).max(1) == 0 || step == steps
        }
    }
}

/// Whether two recipes train the same network on the same images.
fn same_training(one: &Recipe, other: &Recipe) -> bool {
    one.seed == other.seed && one.data == other.data && one.network == other.network && one.training == other.training
}

/// Whether two recipes draw from the same images.
fn same_images(one: &DataSpec, other: &DataSpec) -> bool {
    one.set == other.set && one.from == other.from
}
