//! The thread that goes through the lanes: one job after another, what is looked at first.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TryRecvError};

use super::super::event::{Evaluated, Event, Moment};
use super::super::keep::moment_of;
use super::super::lane::{LaneId, LaneOrigin, LayerShift, WeightShifts, Which};
use super::{BUDGET, Here, Lane, LaneAnswer, Order, STRETCH, Weights, chunk_of};
use crate::run::Recording;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Mlp;

/// The thread's side.
pub(super) struct Body {
    pub(super) orders: Receiver<Order>,
    pub(super) answers: Sender<LaneAnswer>,
    /// Set whenever an order was given.
    pub(super) interrupt: Arc<AtomicBool>,
    pub(super) lanes: Vec<Lane>,
    pub(super) here: Option<Here>,
    /// What weights are compared with, if they are.
    pub(super) baseline: Option<Which>,
    /// The baseline's weights before sleep and at the step where the present night is.
    pub(super) base_weights: Option<(Weights, Weights)>,
    /// The nights that were compared.
    pub(super) compared: Vec<Which>,
    pub(super) evaluator: Evaluator,
}

/// What is to be done next: lanes by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// Go on through a lane that has not come to its end.
    Advance(usize),
    /// Test a lane at a step.
    Test(usize, u64),
    /// Compare the weights of a lane, or of the present night, with those of the baseline.
    Compare(Option<usize>),
}

impl Body {
    /// Does what there is to do until nobody gives orders any more.
    pub(super) fn run(mut self) {
        loop {
            if self.next_job().is_none() {
                let Ok(order) = self.orders.recv() else { return };
                self.obey(order);
            }
            // Lowered before the orders are read, so that one given from here on is not overlooked.
            self.interrupt.store(false, Ordering::Relaxed);
            loop {
                match self.orders.try_recv() {
                    Ok(order) => self.obey(order),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            match self.next_job() {
                Some(Job::Advance(lane)) => self.advance(lane),
                Some(Job::Test(lane, step)) => self.test(lane, step),
                Some(Job::Compare(lane)) => self.compare(lane),
                None => {}
            }
        }
    }

    /// The night at a place; `None` is the place of the present one.
    fn which(&self, place: Option<usize>) -> Which {
        place.map_or(Which::Present, |place| Which::Lane(self.lanes[place].id))
    }

    /// The place of a night, if it is there.
    #[expect(clippy::option_option, reason = "whether it is there, and which place it has")]
    fn place(&self, night: Which) -> Option<Option<usize>> {
        match night {
            Which::Present => Some(None),
            Which::Lane(id) => self.lanes.iter().position(|lane| lane.id == id).map(Some),
        }
    }

    /// What is looked at comes first: spikes, the step where the present night is, weights; then the rest of the curves.
    fn next_job(&self) -> Option<Job> {
        let unfinished = (0..self.lanes.len()).filter(|&lane| {
            let lane = &self.lanes[lane];
            lane.course.journal().steps() < lane.total()
        });
        if let Some(lane) = unfinished.min_by_key(|&lane| self.lanes[lane].course.journal().steps()) {
            return Some(Job::Advance(lane));
        }
        if let Some(here) = &self.here {
            for (index, lane) in self.lanes.iter().enumerate() {
                let step = here.step.min(lane.total());
                if lane.exam.is_some() && !lane.tests.contains_key(&Moment::Step(step)) {
                    return Some(Job::Test(index, step));
                }
            }
            if let (Some(baseline), true) = (self.baseline, here.weights.is_some()) {
                let places = std::iter::once(None).chain((0..self.lanes.len()).map(Some));
                let mut open = places.filter(|place| !self.compared.contains(&self.which(*place)));
                if let Some(place) = open.next().filter(|_| self.place(baseline).is_some()) {
                    return Some(Job::Compare(place));
                }
            }
        }
        let due = self
            .lanes
            .iter()
            .enumerate()
            .filter_map(|(index, lane)| Some((index, lane.due()?)));
        due.min_by_key(|&(_, step)| step)
            .map(|(lane, step)| Job::Test(lane, step))
    }

    /// Carries an order out.
    fn obey(&mut self, order: Order) {
        match order {
            Order::Open(mut lane) => {
                lane.course.set_budget(BUDGET);
                self.tell(Event::LaneOpened(Arc::new(lane.opened())));
                self.tell_known(&lane);
                self.lanes.push(*lane);
            }
            Order::Recall(id, path) => self.recall(id, path),
            Order::Close(id) => {
                self.lanes.retain(|lane| lane.id != id);
                self.tell(Event::LaneClosed(id));
            }
            Order::Rename(id, name) => {
                if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.id == id) {
                    lane.name.clone_from(&name);
                    self.tell(Event::LaneRenamed { id, name });
                }
            }
            Order::Take(id) => {
                if let Some(place) = self.lanes.iter().position(|lane| lane.id == id) {
                    let lane = Box::new(self.lanes.remove(place));
                    self.tell(Event::LaneClosed(id));
                    self.say(LaneAnswer::Taken(lane));
                }
            }
            Order::CloseBranches => {
                let is_kept = |lane: &Lane| matches!(lane.origin, LaneOrigin::File(_));
                let closed: Vec<_> = self
                    .lanes
                    .iter()
                    .filter(|lane| !is_kept(lane))
                    .map(|lane| lane.id)
                    .collect();
                self.lanes.retain(is_kept);
                for id in closed {
                    self.tell(Event::LaneClosed(id));
                }
                self.here = None;
            }
            Order::Here(here) => {
                self.here = Some(here);
                self.forget_comparison();
            }
            Order::Compare(baseline) => {
                self.baseline = baseline;
                self.forget_comparison();
            }
        }
    }

    /// What was compared is void.
    fn forget_comparison(&mut self) {
        self.base_weights = None;
        self.compared.clear();
    }

    /// Reads a recorded run and takes it in.
    fn recall(&mut self, id: LaneId, path: PathBuf) {
        match Recording::read(&path) {
            Ok(recording) => {
                let classes = recording.manifest.sizes.last().copied().unwrap_or_default();
                let tests = recording.manifest.tests.iter();
                let lane = Lane {
                    id,
                    name: recording.manifest.title.clone(),
                    origin: LaneOrigin::File(path),
                    recipe: recording.manifest.recipe.clone(),
                    course: recording.course(),
                    before: Arc::clone(&recording.weights),
                    exam: None,
                    tests: tests
                        .map(|test| (moment_of(test.when), test.evaluation(classes)))
                        .collect(),
                };
                self.obey(Order::Open(Box::new(lane)));
            }
            Err(error) => {
                self.tell(Event::LaneClosed(id));
                self.tell(Event::Failed(error.to_string()));
            }
        }
    }

    /// Tells what is known of a lane when it is taken in.
    fn tell_known(&self, lane: &Lane) {
        let steps = lane.course.journal().steps();
        if steps > 0 {
            let chunk = Arc::new(chunk_of(&lane.course, 0, steps));
            self.tell(Event::LaneAdvanced { id: lane.id, chunk });
        }
        for (&moment, evaluation) in &lane.tests {
            self.tell_test(lane.id, moment, evaluation);
        }
    }

    /// Goes on through a lane for a short time.
    fn advance(&mut self, place: usize) {
        let lane = &mut self.lanes[place];
        let (first, total) = (lane.course.journal().steps(), lane.total());
        if lane.course.steps() != first && !lane.course.seek(first, &self.interrupt) {
            return;
        }
        let begun = Instant::now();
        while lane.course.steps() < total && begun.elapsed() < STRETCH {
            lane.course.step();
        }
        let chunk = Arc::new(chunk_of(&lane.course, first, lane.course.steps()));
        let id = lane.id;
        self.tell(Event::LaneAdvanced { id, chunk });
    }

    /// Tests a lane at a step, unless an order comes meanwhile.
    fn test(&mut self, place: usize, step: u64) {
        let lane = &mut self.lanes[place];
        let Some(exam) = lane.exam.clone() else { return };
        if !lane.course.seek(step, &self.interrupt) {
            return;
        }
        let mlp = Mlp {
            weights: lane.course.night_mut().weights(),
            output: exam.output,
            keep: exam.keep,
        };
        if !mlp.is_finite() {
            // It would fail again at every later step.
            lane.exam = None;
            let text = format!(
                "the lane {} cannot be tested at step {step}: a weight is no longer a finite number; try a smaller raise or drop",
                lane.name
            );
            return self.tell(Event::Failed(text));
        }
        let Some(evaluation) = self.evaluator.evaluate(&mlp, &exam.samples, &self.interrupt) else {
            return;
        };
        let (id, moment) = (lane.id, Moment::Step(step));
        lane.tests.insert(moment, evaluation.clone());
        self.tell_test(id, moment, &evaluation);
    }

    /// Compares the weights of a lane, or of the present night, with those of the baseline.
    fn compare(&mut self, place: Option<usize>) {
        let (Some(baseline), Some(here)) = (self.baseline, self.here.clone()) else {
            return;
        };
        if self.base_weights.is_none() {
            let Some(base) = self.place(baseline) else { return };
            let Some(weights) = self.weights(base, &here) else {
                return;
            };
            self.base_weights = Some(weights);
        }
        let Some((before, now)) = self.weights(place, &here) else {
            return;
        };
        let Some((base_before, base_now)) = &self.base_weights else {
            return;
        };
        let layers = before.iter().zip(now.iter()).enumerate().map(|(layer, own)| {
            let theirs = base_before.get(layer).zip(base_now.get(layer));
            LayerShift::of(own, theirs)
        });
        let night = self.which(place);
        let shifts = WeightShifts {
            night,
            baseline,
            step: here.step,
            layers: layers.collect(),
        };
        self.compared.push(night);
        self.tell(Event::LaneWeights(Arc::new(shifts)));
    }

    /// The weights of a lane, or of the present night, before sleep and at the step where the present night is. `None` if an
    /// order has come meanwhile.
    fn weights(&mut self, place: Option<usize>, here: &Here) -> Option<(Weights, Weights)> {
        let Some(place) = place else {
            return here.weights.clone();
        };
        let lane = &mut self.lanes[place];
        let step = here.step.min(lane.total());
        let is_there = lane.course.seek(step, &self.interrupt);
        is_there.then(|| (Arc::clone(&lane.before), Arc::new(lane.course.night_mut().weights())))
    }

    /// Tells of a test.
    fn tell_test(&self, id: LaneId, moment: Moment, evaluation: &Evaluation) {
        let evaluation = evaluation.clone();
        let test = Arc::new(Evaluated { moment, evaluation });
        self.tell(Event::LaneTested { id, test });
    }

    /// Tells something.
    fn tell(&self, event: Event) {
        self.say(LaneAnswer::Event(event));
    }

    /// Says something; nobody listens any more when the program ends.
    fn say(&self, answer: LaneAnswer) {
        let _ = self.answers.send(answer);
    }
}
