//! Lanes as the worker sees them: it makes them, hands them to their thread, and puts one in the place of the present night.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::event::{Evaluated, Event, Moment, NightChange, NightStart, Phase};
use super::lane::{Branching, LaneId, LaneOrigin, MAX_LANES, Which};
use super::lanes::{Exam, HeldOutSet, Here, Lane, LaneAnswer, Lanes, chunk_of};
use super::thread::{Loop, Mode};
use crate::experiment::{ExperimentError, MAX_TEST_IMAGES};
use crate::sim::night::{Course, NightParams};

/// What the worker knows of lanes.
pub(super) struct LaneDesk {
    pub(super) thread: Lanes,
    /// The lanes there are.
    open: Vec<LaneId>,
    /// Lanes made so far, in all runs.
    made: LaneId,
    /// What weights are compared with, if they are.
    compares: Option<Which>,
    /// The lane that became the night, as long as the rest of its tests may still come.
    finishes: Option<LaneId>,
    /// The step that the thread was last told to stand at.
    told: Option<u64>,
}

impl LaneDesk {
    /// Starts the thread of the lanes.
    pub(super) fn spawn() -> std::io::Result<Self> {
        Ok(Self {
            thread: Lanes::spawn()?,
            open: Vec::new(),
            made: 0,
            compares: None,
            finishes: None,
            told: None,
        })
    }

    /// The present night is another: what was told of it is void.
    pub(super) fn forget_place(&mut self) {
        self.told = None;
        self.finishes = None;
    }

    /// A run was made ready: its night is not the one that branches left.
    pub(super) fn forget_branches(&mut self) {
        self.thread.close_branches();
        self.forget_place();
    }

    /// A new name, if there is room for a lane.
    fn next_id(&mut self) -> Option<LaneId> {
        if self.open.len() >= MAX_LANES {
            return None;
        }
        self.made += 1;
        self.open.push(self.made);
        self.told = None;
        Some(self.made)
    }
}

impl Loop {
    /// Makes a lane that leaves the present night.
    pub(super) fn branch(&mut self, wanted: Branching) {
        if let Err(error) = self.try_to_branch(wanted) {
            self.outbox.send(Event::Failed(error.to_string()));
        }
    }

    /// The same, or why not.
    fn try_to_branch(&mut self, wanted: Branching) -> Result<(), ExperimentError> {
        let Some(experiment) = &mut self.experiment else {
            return Ok(());
        };
        let Branching {
            name,
            step,
            params,
            without,
        } = wanted;
        // Not interrupted: it is over in the blink of an eye, and half a lane would be none.
        let branched = experiment.branch(step, params.as_deref(), without, &AtomicBool::new(false))?;
        let Some((course, recipe)) = branched else {
            self.outbox.send(Event::Failed(
                "there is no night yet to branch from: play one first".to_owned(),
            ));
            return Ok(());
        };
        let before = experiment.before().map(Arc::clone).unwrap_or_default();
        let exam = self.exam();
        let mut tests = self.record.tests.clone();
        tests.retain(|&moment, _| moment <= Moment::Step(step));
        let Some(id) = self.lane_id() else { return Ok(()) };
        self.lanes.thread.open(Lane {
            id,
            name,
            origin: LaneOrigin::Branch(step),
            recipe,
            course,
            before,
            exam,
            tests,
        });
        Ok(())
    }

    /// What lanes of this run are tested with; `None` without held-out images.
    fn exam(&self) -> Option<Exam> {
        let experiment = self.experiment.as_ref()?;
        let samples = Arc::clone(experiment.test_samples());
        let mlp = experiment.awake();
        (!samples.is_empty()).then(|| Exam {
            output: mlp.output,
            keep: mlp.keep,
            samples,
        })
    }

    /// A name for a lane; says so if there is no room for one.
    fn lane_id(&mut self) -> Option<LaneId> {
        let id = self.lanes.next_id();
        if id.is_none() {
            self.outbox.send(Event::Failed(no_room()));
        }
        id
    }

    /// Takes a recorded run in as a lane.
    pub(super) fn add_run(&mut self, path: PathBuf) {
        let Some(id) = self.lane_id() else { return };
        let known = self.experiment.as_ref().zip(self.dataset.as_ref());
        let known = known
            .filter(|(experiment, _)| experiment.has_images())
            .map(|(experiment, (_, dataset))| HeldOutSet {
                sha256: dataset.sha256.clone(),
                classes: dataset.classes,
                seed: (dataset.test.len() > MAX_TEST_IMAGES).then_some(experiment.recipe().seed),
                samples: Arc::clone(experiment.test_samples()),
            });
        self.lanes.thread.recall(id, path, known);
    }

    /// Brings the lane back that was taken away last.
    pub(super) fn reopen_lane(&mut self) {
        if self.lanes.open.len() < MAX_LANES {
            self.lanes.told = None;
            self.lanes.thread.reopen();
        } else {
            self.outbox.send(Event::Failed(no_room()));
        }
    }

    /// A lane goes on with other parameters from where it left the night.
    pub(super) fn change_lane(&mut self, id: LaneId, params: NightParams) {
        let exam = self.exam();
        let Some(experiment) = &mut self.experiment else { return };
        match experiment.gains(&params, &AtomicBool::new(false)) {
            Ok(Some(alpha)) => {
                self.lanes.told = None;
                self.lanes.thread.change(id, params, alpha, exam);
            }
            Ok(None) => {}
            Err(error) => self.outbox.send(Event::Failed(error.to_string())),
        }
    }

    /// Weights are compared with those of a night, or no longer.
    pub(super) fn compare_weights(&mut self, baseline: Option<Which>) {
        self.lanes.compares = baseline;
        self.lanes.thread.compare(baseline);
        self.lanes.told = None;
    }

    /// Puts a lane in the place of the present night, once its thread has handed it over.
    pub(super) fn promote(&mut self, id: LaneId) {
        if self.lanes.open.contains(&id) && self.phase >= Phase::Asleep {
            self.set_mode(Mode::Waiting);
            self.lanes.thread.take(id);
        }
    }

    /// Takes in what the thread of the lanes says.
    pub(super) fn heed_lanes(&mut self, answer: LaneAnswer) {
        match answer {
            LaneAnswer::Event(event) => {
                if let Event::LaneOpened(opened) = &event
                    && !self.lanes.open.contains(&opened.id)
                {
                    self.lanes.open.push(opened.id);
                }
                if let Event::LaneClosed(id) = event {
                    self.lanes.open.retain(|&other| other != id);
                    // What was compared with it is to be compared with the present night.
                    if self.lanes.compares == Some(Which::Lane(id)) {
                        self.compare_weights(Some(Which::Present));
                    }
                }
                self.outbox.send(event);
            }
            LaneAnswer::Taken(lane) => self.take_place(*lane),
            LaneAnswer::Finished(id, test)
                if self.lanes.finishes == Some(id) && !self.record.tests.contains_key(&test.moment) =>
            {
                self.record.tests.insert(test.moment, test.evaluation.clone());
                self.outbox.send(Event::Evaluated(test));
            }
            LaneAnswer::Finished(..) => {}
        }
    }

    /// The thread of the lanes has ended, which only a fault of the program does: its lanes are gone, and another takes its place.
    pub(super) fn replace_lanes(&mut self) {
        let thread = match Lanes::spawn() {
            Ok(thread) => {
                thread.set_memory(self.memory);
                thread
            }
            Err(error) => {
                log::error!("no thread for lanes could be started: {error}");
                Lanes::none()
            }
        };
        self.lanes.thread = thread;
        for id in std::mem::take(&mut self.lanes.open) {
            self.outbox.send(Event::LaneClosed(id));
        }
        self.lanes.forget_place();
        self.lanes.compares = None;
        let text = "the lanes were closed through a fault of the program, and the night beside them goes on unharmed: put them \
                    beside it again, and if it happens again, report the run that was put beside it last";
        self.outbox.send(Event::Failed(text.to_owned()));
    }

    /// The lane becomes the night that all panes show, and the night becomes a lane.
    fn take_place(&mut self, lane: Lane) {
        let promoted = lane.id;
        // The run may have gone to its training meanwhile.
        self.return_to_night();
        let exam = self.exam();
        let Some(experiment) = &mut self.experiment else { return };
        let here = experiment.steps();
        let before = Arc::clone(&lane.before);
        if !experiment.before().is_some_and(|own| Arc::ptr_eq(own, &before)) {
            // Another run was made ready meanwhile.
            return;
        }
        let Some((course, recipe)) = experiment.exchange_night(lane.course, lane.recipe) else {
            return;
        };
        self.record.forget_tuning();
        let tests = std::mem::replace(&mut self.record.tests, lane.tests);
        let name = format!("Before {}", lane.name);
        self.tell_night(&before);
        self.outbox.send(Event::LanePromoted(promoted));
        if let Some(id) = self.lane_id() {
            self.lanes.thread.open(Lane {
                id,
                name,
                origin: LaneOrigin::Night,
                recipe,
                course,
                before,
                exam,
                tests,
            });
        }
        self.lanes.finishes = Some(promoted);
        self.seek(here);
    }

    /// Tells the whole present night anew, in the place of what was told of it.
    fn tell_night(&mut self, before: &Arc<Vec<ndarray::Array2<f32>>>) {
        let Some(course) = self.experiment.as_ref().and_then(|experiment| experiment.course()) else {
            return;
        };
        let (changes, without) = (changes_of(course), course.without().to_vec());
        let known = chunk_of(course, 0, course.journal().steps());
        self.outbox.send(Event::Forgot { from_step: 0 });
        if let Some(first) = changes.first() {
            self.outbox.send(Event::FellAsleep(Arc::new(NightStart {
                params: first.params.clone(),
                weights: Arc::clone(before),
                alpha: first.alpha.clone(),
                class_means: self.record.class_means.clone(),
            })));
        }
        for change in changes {
            self.outbox.send(Event::NightChanged(Arc::new(change)));
        }
        self.outbox.send(Event::LeftOut(without));
        self.outbox.send(Event::Spikes(Arc::new(known)));
        for (&moment, evaluation) in &self.record.tests {
            self.outbox.send(Event::Evaluated(Arc::new(Evaluated {
                moment,
                evaluation: evaluation.clone(),
            })));
        }
        self.safe.begin_change();
        self.forget_questions(0);
        self.probing.forget_night();
        self.snapshot = None;
        self.tested = None;
        self.settled = false;
        self.recall_potentials();
    }

    /// While it waits, the lanes stand where it stands.
    pub(super) fn place_lanes(&mut self) {
        let is_wanted = self.mode == Mode::Waiting && self.phase >= Phase::Asleep && !self.lanes.open.is_empty();
        let Some(experiment) = self.experiment.as_mut().filter(|_| is_wanted) else {
            return;
        };
        let step = experiment.steps();
        if self.lanes.told == Some(step) {
            return;
        }
        let weights = if self.lanes.compares.is_some() {
            let shown = self.snapshot.as_ref().map(|(snapshot, _)| snapshot);
            let now = match shown.filter(|snapshot| snapshot.moment == Moment::Step(step)) {
                Some(snapshot) => Arc::clone(&snapshot.weights),
                None => Arc::new(experiment.slept_weights()),
            };
            experiment.before().map(|before| (Arc::clone(before), now))
        } else {
            None
        };
        self.lanes.told = Some(step);
        self.lanes.thread.stand_at(Here { step, weights });
    }
}

/// What to say where one lane more is one too many.
fn no_room() -> String {
    format!("there are {MAX_LANES} lanes, and more would not be told apart: close one first")
}

/// The parameters of a night, from step 0 on, as they are told.
pub(super) fn changes_of(course: &Course) -> Vec<NightChange> {
    let changes = course.changes().iter().map(|change| NightChange {
        step: change.step,
        params: change.params.clone(),
        alpha: change.alpha.iter().map(|&gain| gain as f32).collect(),
    });
    changes.collect()
}
