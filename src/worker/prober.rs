//! A third thread, which looks at copies of the network: what pictures were read as all along the night, and what it can do
//! under harder conditions.
//!
//! The newest wish wins: an older one is dropped half-way. The run neither waits for it nor is changed by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use super::event::{Event, Moment};
use super::probe::{NightReadings, Shares, Stress, Stressed};
use crate::sim::Samples;
use crate::sim::conditions::Conditions;
use crate::sim::evaluate::{Evaluator, Follower};
use crate::sim::mlp::Mlp;
use crate::sim::night::Course;

/// Orders that can wait. The worker gives at most a few for each picture it hands over.
const WAITING: usize = 256;
/// Longest stretch of going through a night before what was found is told.
const STRETCH: Duration = Duration::from_millis(40);

/// What the thread is told.
enum Order {
    /// Go through this night with these pictures, instead of any other.
    Night(Box<NightJob>),
    /// So many steps of the night are known.
    Known(u64),
    /// Test under these conditions, instead of any others.
    Stress(Box<StressJob>),
}

/// A night to go through.
pub(super) struct NightJob {
    /// The night before its first step.
    pub course: Course,
    /// The network before its first step.
    pub start: Mlp,
    /// Numbers of the pictures.
    pub ids: Vec<u64>,
    /// The pictures.
    pub pictures: Arc<Samples>,
    /// Steps that are known.
    pub known: u64,
    /// Steps of the whole night.
    pub total: u64,
}

/// Conditions to test under.
pub(super) struct StressJob {
    /// What is wanted.
    pub stress: Stress,
    /// The moment of `now`.
    pub moment: Moment,
    /// The network of the moment.
    pub now: Arc<Mlp>,
    /// The network that fell asleep, once it has.
    pub before: Option<Arc<Mlp>>,
    /// The held-out images.
    pub samples: Arc<Samples>,
    /// Their width and height in pixels.
    pub size: (usize, usize),
    /// The seed of the run.
    pub seed: u64,
    /// Whether every number is told as soon as it is known, or all at the end.
    pub at_once: bool,
}

/// A void mark and an event, as the worker takes them.
type Answer = (Arc<AtomicBool>, Event);

/// The third thread. Dropping it ends the thread.
pub(super) struct Prober {
    /// `None` only while it is dropped.
    orders: Option<Sender<(Arc<AtomicBool>, Order)>>,
    answers: Receiver<Answer>,
    night_is_void: Arc<AtomicBool>,
    stress_is_void: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Prober {
    /// Starts the thread.
    pub(super) fn spawn() -> std::io::Result<Self> {
        let (orders, orders_in) = crossbeam_channel::bounded(WAITING);
        let (answers_out, answers) = crossbeam_channel::bounded(WAITING);
        let body = Body {
            orders: orders_in,
            answers: answers_out,
            night: None,
            stress: None,
            evaluator: Evaluator::default(),
            before: None,
        };
        let thread = std::thread::Builder::new()
            .name("prober".to_owned())
            .spawn(move || body.run())?;
        Ok(Self {
            orders: Some(orders),
            answers,
            night_is_void: Arc::default(),
            stress_is_void: Arc::default(),
            thread: Some(thread),
        })
    }

    /// No thread: what is ordered comes to nothing, and nothing is answered.
    pub(super) fn none() -> Self {
        Self {
            orders: None,
            answers: crossbeam_channel::never(),
            night_is_void: Arc::default(),
            stress_is_void: Arc::default(),
            thread: None,
        }
    }

    /// Has pictures judged all along a night.
    pub(super) fn go_through(&mut self, job: NightJob) {
        self.forget_night();
        self.order(Arc::clone(&self.night_is_void), Order::Night(Box::new(job)));
    }

    /// Tells how far the night is known.
    pub(super) fn tell_known(&self, steps: u64) {
        self.order(Arc::clone(&self.night_is_void), Order::Known(steps));
    }

    /// Has the network tested under harder conditions.
    pub(super) fn test(&mut self, job: StressJob) {
        self.forget_stress();
        self.order(Arc::clone(&self.stress_is_void), Order::Stress(Box::new(job)));
    }

    /// Nobody wants to know about pictures any more.
    pub(super) fn forget_night(&mut self) {
        self.night_is_void.store(true, Ordering::Relaxed);
        self.night_is_void = Arc::default();
    }

    /// Nobody wants to know about harder conditions any more.
    pub(super) fn forget_stress(&mut self) {
        self.stress_is_void.store(true, Ordering::Relaxed);
        self.stress_is_void = Arc::default();
    }

    /// Where the answers come from, each with a mark that says whether nobody wants it any more.
    pub(super) fn answers(&self) -> &Receiver<Answer> {
        &self.answers
    }

    /// Gives an order.
    fn order(&self, is_void: Arc<AtomicBool>, order: Order) {
        if self
            .orders
            .as_ref()
            .is_some_and(|orders| orders.try_send((is_void, order)).is_err())
        {
            log::warn!("a probe could not be handed over");
        }
    }
}

impl Drop for Prober {
    fn drop(&mut self) {
        self.forget_night();
        self.forget_stress();
        self.orders = None;
        // Nobody listens any more: answers that wait to be handed over come to nothing.
        self.answers = crossbeam_channel::never();
        if let Some(thread) = self.thread.take() {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}

/// The thread's side.
struct Body {
    orders: Receiver<(Arc<AtomicBool>, Order)>,
    answers: Sender<Answer>,
    night: Option<NightWork>,
    stress: Option<StressWork>,
    evaluator: Evaluator,
    /// What the network before sleep could do under conditions that were asked for: it stays the same while the night goes on.
    before: Option<Before>,
}

/// A network, and the share of the held-out images that it reads correctly under some conditions.
type Before = (Arc<Mlp>, Vec<(Conditions, f64)>);

/// A night half gone through.
struct NightWork {
    is_void: Arc<AtomicBool>,
    job: Box<NightJob>,
    /// `None` until the first stretch.
    follower: Option<Follower>,
}

/// Conditions half tested.
struct StressWork {
    is_void: Arc<AtomicBool>,
    job: Box<StressJob>,
    /// What is known so far, from the first number on.
    answer: Option<Stressed>,
}

impl Body {
    /// Works until nobody gives orders any more.
    fn run(mut self) {
        loop {
            self.night = self.night.take_if(|work| !is_set(&work.is_void));
            self.stress = self.stress.take_if(|work| !is_set(&work.is_void));
            let is_idle = self.stress.is_none() && self.night.as_ref().is_none_or(NightWork::has_caught_up);
            if is_idle {
                match self.orders.recv() {
                    Ok((is_void, order)) => self.take(is_void, order),
                    Err(_) => return,
                }
            }
            loop {
                match self.orders.try_recv() {
                    Ok((is_void, order)) => self.take(is_void, order),
                    Err(crossbeam_channel::TryRecvError::Empty) => break,
                    Err(crossbeam_channel::TryRecvError::Disconnected) => return,
                }
            }
            if !self.work() {
                return;
            }
        }
    }

    /// Takes an order.
    fn take(&mut self, is_void: Arc<AtomicBool>, order: Order) {
        match order {
            Order::Night(job) => {
                self.night = Some(NightWork {
                    is_void,
                    job,
                    follower: None,
                });
            }
            Order::Known(steps) => {
                if let Some(work) = &mut self.night
                    && Arc::ptr_eq(&work.is_void, &is_void)
                {
                    work.job.known = steps;
                }
            }
            Order::Stress(job) => {
                self.stress = Some(StressWork {
                    is_void,
                    job,
                    answer: None,
                });
            }
        }
    }

    /// A stretch of the night and one test. `false` if nobody listens any more.
    fn work(&mut self) -> bool {
        if let Some(work) = &mut self.night
            && let Some(readings) = work.stretch()
        {
            let event = Event::NightReadings(Arc::new(readings));
            if self.answers.send((Arc::clone(&work.is_void), event)).is_err() {
                return false;
            }
        }
        let Some(mut work) = self.stress.take() else {
            return true;
        };
        let Some(is_whole) = self.next_number(&mut work) else {
            // It is void.
            return true;
        };
        if (is_whole || work.job.at_once)
            && let Some(answer) = &work.answer
        {
            let event = Event::Stressed(Arc::new(answer.clone()));
            if self.answers.send((Arc::clone(&work.is_void), event)).is_err() {
                return false;
            }
        }
        self.stress = (!is_whole).then_some(work);
        true
    }

    /// The next of the numbers that are wanted. Whether it was the last one; `None` if nobody wants it any more.
    fn next_number(&mut self, work: &mut StressWork) -> Option<bool> {
        let stress = &work.job.stress;
        let Some(answer) = &mut work.answer else {
            let here = self.shares(&work.job, stress.conditions, &work.is_void)?;
            let answer = Stressed {
                stress: stress.clone(),
                moment: work.job.moment,
                images: work.job.samples.len(),
                here,
                curve: Vec::new(),
            };
            return Some(work.answer.insert(answer).is_whole());
        };
        if let Some(&strength) = stress.strengths.get(answer.curve.len()) {
            let conditions = stress.conditions.with(stress.varied, strength);
            let shares = if conditions == stress.conditions {
                answer.here
            } else {
                self.shares(&work.job, conditions, &work.is_void)?
            };
            answer.curve.push(shares);
        }
        Some(answer.is_whole())
    }

    /// What the networks can do under some conditions. `None` if nobody wants to know any more.
    fn shares(&mut self, job: &StressJob, conditions: Conditions, stop: &AtomicBool) -> Option<Shares> {
        let evaluator = &mut self.evaluator;
        let mut test = |mlp: &Mlp| {
            let outcome = conditions.test(mlp, &job.samples, job.size, job.seed, evaluator, stop)?;
            Some(outcome.accuracy())
        };
        let now = test(&job.now)?;
        let Some(before) = &job.before else {
            return Some(Shares { before: None, now });
        };
        let is_other = |(known, _): &Before| !Arc::ptr_eq(known, before);
        if self.before.as_ref().is_none_or(is_other) {
            self.before = Some((Arc::clone(before), Vec::new()));
        }
        let known = self.before.as_mut().map(|(_, known)| known)?;
        let found = known.iter().find(|(of, _)| *of == conditions).map(|&(_, share)| share);
        let share = if let Some(share) = found {
            share
        } else {
            /// Numbers that are kept at most: many curves.
            const MOST: usize = 200;
            let share = test(before)?;
            if known.len() >= MOST {
                known.clear();
            }
            known.push((conditions, share));
            share
        };
        Some(Shares {
            before: Some(share),
            now,
        })
    }
}

impl NightWork {
    /// Whether everything that is known of the night has been gone through.
    fn has_caught_up(&self) -> bool {
        self.follower.is_some() && self.job.course.steps() >= self.job.known
    }

    /// Goes on for a while. What was found, if anything was.
    fn stretch(&mut self) -> Option<NightReadings> {
        let until = Instant::now() + STRETCH;
        let job = &mut *self.job;
        let mut found = NightReadings {
            ids: job.ids.clone(),
            classes: job.start.classes(),
            ..NightReadings::default()
        };
        if self.follower.is_none() {
            let mut follower = Follower::new(job.start.clone(), 0, Arc::clone(&job.pictures), &self.is_void)?;
            note(&mut found, &mut follower);
            self.follower = Some(follower);
        }
        let follower = self.follower.as_mut()?;
        let spacing = NightReadings::spacing(job.total);
        while job.course.steps() < job.known && Instant::now() < until {
            if is_set(&self.is_void) {
                return None;
            }
            let steps = job.course.step().steps();
            if steps.is_multiple_of(spacing) || steps == job.total {
                follower.follow(&mut job.course, &self.is_void)?;
                note(&mut found, follower);
            }
        }
        (!found.steps.is_empty()).then_some(found)
    }
}

/// Writes down what the pictures are read as at the step where a follower stands.
fn note(found: &mut NightReadings, follower: &mut Follower) {
    found.steps.push(follower.at());
    for reading in follower.readings() {
        found.read.push(reading.class as u16);
        found.outputs.extend(reading.outputs);
    }
}

/// Whether a mark is set.
fn is_set(mark: &AtomicBool) -> bool {
    mark.load(Ordering::Relaxed)
}
