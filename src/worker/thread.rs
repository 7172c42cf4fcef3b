//! The loop of the worker: commands, work, publication, in turn.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;

use super::FRAMES_PER_SECOND;
use super::analyst::Analyst;
use super::branching::LaneDesk;
use super::command::{Command, Goal, Speed};
use super::controls::Controls;
use super::event::{Evaluated, Event, Frame, Moment, NightStart, Phase, WeightSnapshot};
use super::finding::Search;
use super::inspection::Inspection;
use super::keep::Record;
use super::listing::Listing;
use super::mapping::Mapping;
use super::outbox::Outbox;
use super::pace::Pace;
use super::probing::Probing;
use super::safe::Safe;
use super::stop::{Fall, Silence, Stop};
use super::testing::moment;
use crate::data::{DataSpec, Dataset};
use crate::experiment::{Experiment, ExperimentError, Stage};
use crate::sim::night::DEFAULT_BUDGET;

/// Shortest time between two pictures while running.
pub(super) const BETWEEN_FRAMES: Duration = Duration::from_micros(1_000_000 / FRAMES_PER_SECOND);
/// Shortest time between two snapshots of the weights while running.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_millis(100);

/// What the worker is doing.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mode {
    /// Nothing, until told.
    Waiting,
    /// Going on to a goal.
    Playing(Goal),
    /// Going on in training or in fine-tuning as fast as possible, to this moment of it.
    Back(Moment),
    /// Going on for so many batches or steps.
    Stepping(u64),
    /// Going on as fast as possible, without tests on the way, until something happens.
    Until(Stop),
}

/// The worker's side of the thread.
pub(super) struct Loop {
    pub(super) commands: Receiver<Command>,
    /// Commands that were looked at before their turn.
    pub(super) waiting: VecDeque<Command>,
    /// Set by the sender of a command that cannot wait for a long calculation to end.
    pub(super) interrupt: Arc<AtomicBool>,
    pub(super) outbox: Outbox,
    pub(super) mode: Mode,
    pub(super) pace: Pace,
    pub(super) watch_weights: bool,
    pub(super) dataset: Option<(DataSpec, Dataset)>,
    pub(super) experiment: Option<Experiment>,
    pub(super) phase: Phase,
    /// Whether, while waiting, the numbers on screen are those of the moment.
    pub(super) settled: bool,
    /// The moment of the last test, and what came out.
    pub(super) tested: Option<Arc<Evaluated>>,
    /// When the last test ended, and how long it took.
    pub(super) last_test: (Instant, Duration),
    /// When the last picture was handed over, and whether anything was done since.
    published: Instant,
    pub(super) unpublished: bool,
    /// The last snapshot of the weights, and when it was made.
    pub(super) snapshot: Option<(WeightSnapshot, Instant)>,
    /// Snapshots made so far, in all runs.
    snapshots: u64,
    /// The search for thresholds; before the analyst, who waits for its thread when the program ends.
    pub(super) search: Option<Search>,
    pub(super) analyst: Analyst,
    pub(super) inspection: Inspection,
    /// The controls of the night that are wanted.
    pub(super) controls: Controls,
    /// The map of nights.
    pub(super) mapping: Mapping,
    /// Which images are used for what.
    pub(super) listing: Listing,
    /// What is known of the run besides its night.
    pub(super) record: Record,
    pub(super) probing: Probing,
    /// The nights beside this one.
    pub(super) lanes: LaneDesk,
    /// The moments between which it plays over and over, as steps slept, if it does.
    pub(super) repeated: Option<Range<u64>>,
    /// The memory that going back may take, in bytes.
    pub(super) memory: usize,
    pub(super) breakpoints: Vec<Stop>,
    pub(super) silence: Silence,
    pub(super) fall: Fall,
    pub(super) safe: Safe,
}

impl Loop {
    /// A worker with nothing to do.
    pub(super) fn new(
        commands: Receiver<Command>,
        interrupt: Arc<AtomicBool>,
        outbox: Outbox,
        analyst: Analyst,
        probing: Probing,
        lanes: LaneDesk,
    ) -> Self {
        Self {
            commands,
            waiting: VecDeque::new(),
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
            snapshots: 0,
            search: None,
            analyst,
            inspection: Inspection::default(),
            controls: Controls::default(),
            mapping: Mapping::default(),
            listing: Listing::default(),
            record: Record::default(),
            probing,
            lanes,
            repeated: None,
            memory: DEFAULT_BUDGET,
            breakpoints: Vec::new(),
            silence: Silence::default(),
            fall: Fall::default(),
            safe: Safe::default(),
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
            self.keep_safe();
        }
    }

    /// Whether the chosen speed is kept to.
    pub(super) fn is_unhurried(&self) -> bool {
        matches!(self.mode, Mode::Playing(_) | Mode::Stepping(_))
    }

    /// Where the run stands, in the words of the window.
    pub(super) fn phase_of_run(&self) -> Phase {
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
            Some((Stage::Tuning, _)) => Phase::Tuning,
            Some((Stage::Tuned, _)) => Phase::Tuned,
        }
    }

    /// Notes the phase and tells it.
    pub(super) fn enter(&mut self, phase: Phase) {
        if self.phase != phase {
            self.phase = phase;
            self.pace.restart();
            self.share_cores();
        }
        self.outbox.send(Event::Entered(phase));
    }

    /// Starts or stops the work.
    pub(super) fn set_mode(&mut self, mode: Mode) {
        let mode = if self.experiment.is_none() { Mode::Waiting } else { mode };
        self.settled = false;
        if (self.mode == Mode::Waiting) != (mode == Mode::Waiting) {
            self.outbox.send(Event::Running(mode != Mode::Waiting));
            self.pace.restart();
        }
        self.mode = mode;
        self.share_cores();
    }

    /// Says what went wrong and waits.
    pub(super) fn fail(&mut self, error: &ExperimentError) {
        self.refuse(error.to_string());
    }

    /// Says what cannot be done, in a sentence, and waits.
    pub(super) fn refuse(&mut self, sentence: String) {
        self.outbox.send(Event::Failed(sentence));
        self.set_mode(Mode::Waiting);
        self.enter(self.phase_of_run());
        // What failed would fail again if it were tested.
        self.settled = true;
    }

    /// Works until it is time to publish, a command has come, or the speed allows no more.
    fn work(&mut self) {
        let until = Instant::now() + BETWEEN_FRAMES;
        while self.mode != Mode::Waiting && !self.has_command() && (!self.is_unhurried() || self.pace.allows()) {
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
    pub(super) fn work_once(&mut self) -> Result<bool, ExperimentError> {
        self.unpublished = true;
        if let Mode::Back(target) = self.mode
            && self
                .experiment
                .as_ref()
                .is_none_or(|experiment| moment(experiment) >= target)
        {
            self.set_mode(Mode::Waiting);
            return Ok(true);
        }
        let is_asleep = self.phase == Phase::Asleep;
        if (self.is_unhurried() || !is_asleep) && !self.test_if_due()? {
            return Ok(false);
        }
        if is_asleep && !self.know_what_falls()? {
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
                let known = experiment.known_batches();
                let Some(report) = experiment.train_batch(&self.interrupt)? else {
                    return Ok(false);
                };
                if report.batch >= known {
                    self.record.batches.push((report.loss, report.accuracy));
                    self.outbox.add_batch(report);
                }
                match experiment.stage() {
                    Stage::Training => {}
                    Stage::Trained => self.enter(Phase::Trained),
                    Stage::Asleep | Stage::Woken | Stage::Tuning | Stage::Tuned => self.night_is_back(),
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
                self.record.class_means.clone_from(&class_means);
                if let Some(before) = experiment.before() {
                    let alpha = experiment.alpha().iter().map(|&gain| gain as f32).collect();
                    let weights = Arc::clone(before);
                    let params = experiment.recipe().night.clone();
                    self.outbox.send(Event::FellAsleep(Arc::new(NightStart {
                        params,
                        weights,
                        alpha,
                        class_means,
                    })));
                }
                // The test before sleep is the test after training, of the same weights.
                self.enter(Phase::Asleep);
            }
            Stage::Asleep => {
                let known = experiment.known_steps();
                if let Some(night) = experiment.sleep_step() {
                    if night.steps() > known {
                        self.outbox.add_spikes(night);
                    }
                    self.outbox.add_potentials(night);
                    if let Some(course) = experiment.course() {
                        self.silence.count(course.night(), course.journal());
                    }
                }
                self.count();
                self.heed_stops()?;
                if self.is_at_end_of_loop() {
                    return Ok(self.loop_back());
                }
                if self.phase_of_run() == Phase::Woken {
                    self.enter(Phase::Woken);
                }
            }
            Stage::Woken | Stage::Tuning if self.goes_on_tuning() => return self.tune(),
            Stage::Woken | Stage::Tuning | Stage::Tuned => self.set_mode(Mode::Waiting),
        }
        Ok(true)
    }

    /// Counts one batch or step.
    pub(super) fn count(&mut self) {
        self.pace.count();
        if let Mode::Stepping(left) = self.mode {
            if left <= 1 {
                self.set_mode(Mode::Waiting);
            } else {
                self.mode = Mode::Stepping(left - 1);
            }
        }
    }

    /// Hands over what there is to tell, and the newest picture.
    pub(super) fn publish(&mut self) {
        self.look_closer();
        let running = self.mode != Mode::Waiting;
        let mut frame = Frame {
            phase: self.phase,
            running,
            per_second: if running { self.pace.measured() } else { 0.0 },
            anatomy: self.inspection.found(),
            ..Frame::default()
        };
        if let Some(experiment) = &mut self.experiment {
            frame.batches = experiment.batches();
            frame.known_batches = experiment.known_batches();
            frame.checkpoints = experiment.checkpoints();
            frame.tuned = experiment.tuned();
            frame.known_tuned = experiment.known_tuned();
            frame.tuning_checkpoints = experiment.tuning_checkpoints();
            frame.memory = experiment.memory();
            frame.steps = experiment.steps();
            frame.known_steps = experiment.known_steps();
            frame.window = experiment.dream_window();
            if let Some(night) = experiment.night() {
                frame.potentials = (0..night.layer_count())
                    .map(|layer| night.potentials(layer).to_vec())
                    .collect();
            }
            let here = moment(experiment);
            let stale = self.snapshot.as_ref().is_none_or(|(snapshot, made)| {
                snapshot.moment != here && (!running || made.elapsed() >= BETWEEN_SNAPSHOTS)
            });
            if self.watch_weights && stale {
                self.snapshots += 1;
                let snapshot = WeightSnapshot {
                    number: self.snapshots,
                    moment: here,
                    steps: experiment.steps(),
                    weights: Arc::new(experiment.weights()),
                };
                self.snapshot = Some((snapshot, Instant::now()));
            }
            frame.weights = self.snapshot.as_ref().map(|(snapshot, _)| snapshot.clone());
        }
        self.probe(&mut frame);
        self.place_controls();
        self.place_list();
        self.place_lanes();
        self.outbox.publish(frame);
        self.published = Instant::now();
        self.unpublished = false;
    }
}
