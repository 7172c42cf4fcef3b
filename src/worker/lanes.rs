//! A fourth thread, which owns the lanes: it goes through each to its end, tests it on the way, and stands with all of them at the
//! step where the present night is.
//!
//! A lane is short of nothing it needs: it has its course, its start weights and its held-out images. So the run neither waits for
//! it nor is changed by it, and it stays what it is when the run becomes another. The newest wish wins.

mod body;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use ndarray::Array2;

use self::body::Body;
use super::event::{Evaluated, Event, Moment, SpikeChunk};
use super::lane::{LaneId, LaneOpened, LaneOrigin, Which};
use super::testing::is_test_step;
use crate::experiment::Recipe;
use crate::sim::Samples;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Output;
use crate::sim::night::{Course, DEFAULT_BUDGET, NightParams};

/// Orders and answers that can wait.
const WAITING: usize = 256;
/// Longest stretch of going through a lane before what was found is told.
const STRETCH: Duration = Duration::from_millis(30);
/// The key frames of a lane may take one part in so many of the memory that the run may take.
const PART: usize = 6;

/// The weights of a layer stack, layer by layer, outputs x inputs.
type Weights = Arc<Vec<Array2<f32>>>;

/// What a lane is tested with.
#[derive(Clone, Debug)]
pub(super) struct Exam {
    /// How the outputs are read.
    pub output: Output,
    /// What dropout let through, by which the awake network scales.
    pub keep: f32,
    /// The held-out images.
    pub samples: Arc<Samples>,
}

/// Held-out images that are in memory already.
#[derive(Clone, Debug)]
pub(super) struct HeldOutSet {
    /// The SHA-256 of the whole set.
    pub sha256: String,
    /// How many classes the whole set has.
    pub classes: usize,
    /// The seed that they were drawn with, where they are not all there are.
    pub seed: Option<u64>,
    /// The images.
    pub samples: Arc<Samples>,
}

/// A night beside the present one.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub id: LaneId,
    pub name: String,
    pub origin: LaneOrigin,
    /// What is run.
    pub recipe: Recipe,
    pub course: Course,
    /// The weights before sleep.
    pub before: Weights,
    /// `None` for a lane whose tests are those that were recorded, for its images are not here.
    pub exam: Option<Exam>,
    pub tests: BTreeMap<Moment, Evaluation>,
}

impl Lane {
    /// Steps of its whole night: what was recorded of a run from a file is all there is.
    fn total(&self) -> u64 {
        match self.origin {
            LaneOrigin::File(_) => self.course.journal().steps(),
            LaneOrigin::Branch(_) | LaneOrigin::Night => self.recipe.night.steps,
        }
    }

    /// What is told when it is made.
    fn opened(&self) -> LaneOpened {
        LaneOpened {
            id: self.id,
            name: self.name.clone(),
            origin: self.origin.clone(),
            recipe: self.recipe.clone(),
            sizes: self.course.night().sizes(),
            changes: super::branching::changes_of(&self.course),
            without: self.course.without().to_vec(),
            is_tested: self.exam.is_some(),
        }
    }

    /// The next step of the night at which it is to be tested, besides the one where the present night is.
    fn due(&self) -> Option<u64> {
        self.exam.as_ref()?;
        let total = self.total();
        let is_due = |step: &u64| is_test_step(*step, total) && !self.tests.contains_key(&Moment::Step(*step));
        (0..=total).find(is_due)
    }
}

/// What the thread is told.
enum Order {
    /// Take this lane in.
    Open(Box<Lane>),
    /// Read a recorded run and take it in as a lane. It may be tested on these images, if they are its own.
    Recall(LaneId, PathBuf, Option<HeldOutSet>),
    /// Take a lane away.
    Close(LaneId),
    /// Bring back the lane that was taken away last.
    Reopen,
    /// A lane goes on from where it left the night with other parameters, under which the layers have these gains.
    Change(LaneId, Box<NightParams>, Vec<f64>, Option<Exam>),
    /// Call a lane this.
    Rename(LaneId, String),
    /// Hand a lane over.
    Take(LaneId),
    /// Forget all lanes but those from files.
    CloseBranches,
    /// The present night waits at this step.
    Here(Here),
    /// The run may take so much memory for going back, in bytes.
    Memory(usize),
    /// Compare weights with those of this night, or not at all.
    Compare(Option<Which>),
}

/// Where the present night waits.
#[derive(Clone)]
pub(super) struct Here {
    /// Steps slept.
    pub step: u64,
    /// Its weights before sleep and at this step, if weights are compared.
    pub weights: Option<(Weights, Weights)>,
}

/// What the thread says.
pub(super) enum LaneAnswer {
    /// Something to tell.
    Event(Event),
    /// The lane that was asked for.
    Taken(Box<Lane>),
    /// A test that the lane was still to have when it was taken.
    Finished(LaneId, Arc<Evaluated>),
}

/// The fourth thread. Dropping it ends the thread.
pub(super) struct Lanes {
    /// `None` only while it is dropped.
    orders: Option<Sender<Order>>,
    answers: Receiver<LaneAnswer>,
    interrupt: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lanes {
    /// Starts the thread.
    pub(super) fn spawn() -> std::io::Result<Self> {
        let (orders, orders_in) = crossbeam_channel::bounded(WAITING);
        let (answers_out, answers) = crossbeam_channel::bounded(WAITING);
        let interrupt = Arc::new(AtomicBool::new(false));
        let body = Body {
            orders: orders_in,
            answers: answers_out,
            interrupt: Arc::clone(&interrupt),
            lanes: Vec::new(),
            closed: Vec::new(),
            finishing: None,
            here: None,
            baseline: None,
            base_weights: None,
            compared: Vec::new(),
            budget: DEFAULT_BUDGET / PART,
            evaluator: Evaluator::default(),
        };
        let thread = std::thread::Builder::new()
            .name("lanes".to_owned())
            .spawn(move || body.run())?;
        Ok(Self {
            orders: Some(orders),
            answers,
            interrupt,
            thread: Some(thread),
        })
    }

    /// No thread: what is ordered comes to nothing, and nothing is answered.
    pub(super) fn none() -> Self {
        Self {
            orders: None,
            answers: crossbeam_channel::never(),
            interrupt: Arc::default(),
            thread: None,
        }
    }

    /// Takes a lane in.
    pub(super) fn open(&self, lane: Lane) {
        self.order(Order::Open(Box::new(lane)));
    }

    /// Reads a recorded run and takes it in as a lane.
    pub(super) fn recall(&self, id: LaneId, path: PathBuf, known: Option<HeldOutSet>) {
        self.order(Order::Recall(id, path, known));
    }

    /// Brings back the lane that was taken away last.
    pub(super) fn reopen(&self) {
        self.order(Order::Reopen);
    }

    /// A lane goes on with other parameters.
    pub(super) fn change(&self, id: LaneId, params: NightParams, alpha: Vec<f64>, exam: Option<Exam>) {
        self.order(Order::Change(id, Box::new(params), alpha, exam));
    }

    /// Takes a lane away.
    pub(super) fn close(&self, id: LaneId) {
        self.order(Order::Close(id));
    }

    /// Calls a lane something else.
    pub(super) fn rename(&self, id: LaneId, name: String) {
        self.order(Order::Rename(id, name));
    }

    /// Asks for a lane, which is none of its any more.
    pub(super) fn take(&self, id: LaneId) {
        self.order(Order::Take(id));
    }

    /// Forgets all lanes but those from files.
    pub(super) fn close_branches(&self) {
        self.order(Order::CloseBranches);
    }

    /// Tells where the present night waits.
    pub(super) fn stand_at(&self, here: Here) {
        self.order(Order::Here(here));
    }

    /// Has weights compared with those of a night, or no longer.
    pub(super) fn compare(&self, baseline: Option<Which>) {
        self.order(Order::Compare(baseline));
    }

    /// The run may take so much memory for going back, in bytes; lanes take a part of it more.
    pub(super) fn set_memory(&self, bytes: usize) {
        self.order(Order::Memory(bytes));
    }

    /// Where the answers come from.
    pub(super) fn answers(&self) -> &Receiver<LaneAnswer> {
        &self.answers
    }

    /// Gives an order, and has what takes long put aside for it.
    fn order(&self, order: Order) {
        if self
            .orders
            .as_ref()
            .is_some_and(|orders| orders.try_send(order).is_err())
        {
            log::warn!("an order about lanes could not be handed over");
        }
        self.interrupt.store(true, Ordering::Relaxed);
    }
}

impl Drop for Lanes {
    fn drop(&mut self) {
        self.orders = None;
        self.interrupt.store(true, Ordering::Relaxed);
        // Nobody listens any more: an answer that waits to be handed over, and all that would follow it, comes to nothing.
        self.answers = crossbeam_channel::never();
        if let Some(thread) = self.thread.take() {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}

/// The spikes of the steps from one to before another, as they are told.
pub(super) fn chunk_of(course: &Course, first_step: u64, end: u64) -> SpikeChunk {
    let mut chunk = SpikeChunk {
        first_step,
        ..SpikeChunk::default()
    };
    for step in first_step..end {
        chunk.units.extend(course.journal().step(step));
        chunk.ends.push(chunk.units.len() as u32);
    }
    chunk
}
