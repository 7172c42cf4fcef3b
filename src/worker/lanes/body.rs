//! The thread that goes through the lanes: one job after another, what is looked at first.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TryRecvError};

use super::super::event::{Evaluated, Event, Moment};
use super::super::keep::moment_of;
use super::super::lane::{LaneId, LaneOrigin, LayerShift, MAX_CLOSED_LANES, WeightShifts, Which};
use super::{Exam, HeldOutSet, Here, Lane, LaneAnswer, Order, PART, STRETCH, Weights, chunk_of};
use crate::data;
use crate::experiment::held_out;
use crate::run::Recording;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Mlp;
use crate::sim::night::NightParams;
use crate::text::one_line;

/// The thread's side.
pub(super) struct Body {
    pub(super) orders: Receiver<Order>,
    pub(super) answers: Sender<LaneAnswer>,
    /// Set whenever an order was given.
    pub(super) interrupt: Arc<AtomicBool>,
    pub(super) lanes: Vec<Lane>,
    /// Those that were taken away, the last one last.
    pub(super) closed: Vec<Lane>,
    /// The lane that became the present night, while it still has tests to come.
    pub(super) finishing: Option<Lane>,
    pub(super) here: Option<Here>,
    /// What weights are compared with, if they are.
    pub(super) baseline: Option<Which>,
    /// The baseline's weights before sleep and at the step where the present night is.
    pub(super) base_weights: Option<(Weights, Weights)>,
    /// The nights that were compared.
    pub(super) compared: Vec<Which>,
    /// Memory that the key frames of a lane may take, in bytes.
    pub(super) budget: usize,
    pub(super) evaluator: Evaluator,
}

/// What is to be done next: lanes by their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    /// Go on through a lane that has not come to its end.
    Advance(usize),
    /// Test a lane at a step.
    Test(usize, u64),
    /// Test the lane that became the present night at a step.
    Finish(u64),
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
                Some(Job::Finish(step)) => self.finish(step),
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
        if let Some(step) = self.finishing.as_ref().and_then(Lane::due) {
            return Some(Job::Finish(step));
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
                lane.course.set_budget(self.budget);
                self.tell(Event::LaneOpened(Arc::new(lane.opened())));
                self.tell_known(&lane);
                self.lanes.push(*lane);
            }
            Order::Recall(id, path, known) => self.recall(id, path, known.as_ref()),
            Order::Close(id) => {
                if let Some(place) = self.lanes.iter().position(|lane| lane.id == id) {
                    let mut lane = self.lanes.remove(place);
                    lane.course.set_budget(0);
                    self.closed.push(lane);
                    let spare = self.closed.len().saturating_sub(MAX_CLOSED_LANES);
                    self.closed.drain(..spare);
                }
                self.tell(Event::LaneClosed(id));
            }
            Order::Reopen => {
                if let Some(lane) = self.closed.pop() {
                    self.obey(Order::Open(Box::new(lane)));
                }
            }
            Order::Change(id, params, alpha, exam) => self.change(id, *params, alpha, exam),
            Order::Rename(id, name) => {
                if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.id == id) {
                    lane.name.clone_from(&name);
                    self.tell(Event::LaneRenamed { id, name });
                }
            }
            Order::Take(id) => {
                if let Some(place) = self.lanes.iter().position(|lane| lane.id == id) {
                    let lane = Box::new(self.lanes.remove(place));
                    self.finishing = Some(Lane::clone(&lane));
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
                self.closed.retain(is_kept);
                self.finishing = None;
                for id in closed {
                    self.tell(Event::LaneClosed(id));
                }
                self.here = None;
            }
            Order::Here(here) => {
                self.here = Some(here);
                self.forget_comparison();
            }
            Order::Memory(bytes) => {
                self.budget = bytes / PART;
                for lane in &mut self.lanes {
                    lane.course.set_budget(self.budget);
                }
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
    fn recall(&mut self, id: LaneId, path: PathBuf, known: Option<&HeldOutSet>) {
        match Recording::read(&path) {
            Ok(recording) => {
                let exam = exam_of(&recording, known).unwrap_or_else(|reason| {
                    let text = format!("{} is not tested beside the night: {reason}", path.display());
                    self.tell(Event::Failed(text));
                    None
                });
                let classes = recording.manifest.sizes.last().copied().unwrap_or_default();
                let tests = recording.manifest.tests.iter();
                let lane = Lane {
                    id,
                    name: recording.manifest.title.clone(),
                    origin: LaneOrigin::File(path),
                    recipe: recording.manifest.recipe.clone(),
                    course: recording.course(),
                    before: Arc::clone(&recording.weights),
                    exam,
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

    /// A lane goes on from where it left the night with other parameters; what was told of it is told anew.
    fn change(&mut self, id: LaneId, params: NightParams, alpha: Vec<f64>, exam: Option<Exam>) {
        let Some(place) = self.lanes.iter().position(|lane| lane.id == id) else {
            return;
        };
        let lane = &mut self.lanes[place];
        let LaneOrigin::Branch(step) = lane.origin else { return };
        if params.steps < step {
            let text = format!("the lane begins after step {step}, and its night cannot end before that");
            return self.tell(Event::Failed(text));
        }
        // Not interrupted: it is over in the blink of an eye, and half a change would be none.
        lane.course.seek(step, &AtomicBool::new(false));
        lane.recipe.night = params.clone();
        lane.course.change(params, alpha);
        lane.tests.retain(|&moment, _| moment <= Moment::Step(step));
        lane.exam = exam;
        self.forget_comparison();
        let lane = &self.lanes[place];
        self.tell(Event::LaneOpened(Arc::new(lane.opened())));
        self.tell_known(lane);
    }

    /// Tests a lane at a step, unless an order comes meanwhile.
    fn test(&mut self, place: usize, step: u64) {
        let lane = &mut self.lanes[place];
        match examine(lane, step, &mut self.evaluator, &self.interrupt) {
            Ok(Some(evaluation)) => {
                let id = lane.id;
                self.tell_test(id, Moment::Step(step), &evaluation);
            }
            Ok(None) => {}
            Err(text) => self.tell(Event::Failed(text)),
        }
    }

    /// Tests the lane that became the present night at a step, unless an order comes meanwhile.
    fn finish(&mut self, step: u64) {
        let Some(lane) = &mut self.finishing else { return };
        // Whatever is wrong with it, the night itself says so.
        if let Ok(Some(evaluation)) = examine(lane, step, &mut self.evaluator, &self.interrupt) {
            let (id, moment) = (lane.id, Moment::Step(step));
            self.say(LaneAnswer::Finished(id, Arc::new(Evaluated { moment, evaluation })));
        }
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

/// Tests a lane at a step and writes it down. `None` if it is not tested, or an order came meanwhile.
fn examine(
    lane: &mut Lane,
    step: u64,
    evaluator: &mut Evaluator,
    interrupt: &AtomicBool,
) -> Result<Option<Evaluation>, String> {
    let Some(exam) = lane.exam.clone() else { return Ok(None) };
    if !lane.course.seek(step, interrupt) {
        return Ok(None);
    }
    let mlp = Mlp {
        weights: lane.course.night_mut().weights(),
        output: exam.output,
        keep: exam.keep,
    };
    if !mlp.is_finite() {
        // It would fail again at every later step.
        lane.exam = None;
        return Err(format!(
            "the lane {} cannot be tested at step {step}: a weight is no longer a finite number; try a smaller raise or drop",
            one_line(&lane.name)
        ));
    }
    let evaluation = evaluator.evaluate(&mlp, &exam.samples, interrupt);
    if let Some(evaluation) = &evaluation {
        lane.tests.insert(Moment::Step(step), evaluation.clone());
    }
    Ok(evaluation)
}

/// What a recorded run is tested with, if its images are here: in memory already, or anywhere on this machine. The sentence says
/// why images that are here cannot be shown to it.
fn exam_of(recording: &Recording, known: Option<&HeldOutSet>) -> Result<Option<Exam>, String> {
    let manifest = &recording.manifest;
    let recipe = &manifest.recipe;
    let is_its_own =
        |set: &&HeldOutSet| set.sha256 == manifest.data.sha256 && set.seed.is_none_or(|seed| seed == recipe.seed);
    let (samples, classes) = if let Some(set) = known.filter(is_its_own) {
        (Arc::clone(&set.samples), set.classes)
    } else if let Some((_, dataset)) = data::find_set(&recipe.data, &manifest.data.sha256) {
        (Arc::new(held_out(&dataset, recipe.seed)), dataset.classes)
    } else {
        return Ok(None);
    };
    let (theirs, own) = (
        (samples.images.ncols(), classes),
        (manifest.sizes.first(), manifest.sizes.last()),
    );
    if own != (Some(&theirs.0), Some(&theirs.1)) {
        return Err(format!(
            "its network has {} inputs and {} outputs, and the images that it names have {} pixels and {} classes",
            own.0.copied().unwrap_or_default(),
            own.1.copied().unwrap_or_default(),
            theirs.0,
            theirs.1
        ));
    }
    Ok((!samples.is_empty()).then_some(Exam {
        output: recipe.network.output,
        keep: 1.0 - recipe.training.dropout as f32,
        samples,
    }))
}
