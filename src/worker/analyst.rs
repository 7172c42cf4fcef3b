//! A second thread that goes through a night again to find what was not written down the first time.
//!
//! It has a night of its own, so the run neither waits for it nor is changed by it. What it finds is void once the night is
//! changed or another run is opened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use super::event::{Event, PotentialChunk};
use crate::sim::night::{Anatomy, Course, Night};

/// Questions that can wait. The worker asks at most once for each command of a person, and once for each picture.
const WAITING: usize = 64;
/// Memory that key frames of the night that is kept may take, in bytes: it makes going back quick.
const KEPT_BUDGET: usize = 64 << 20;

/// What can be asked.
pub(super) enum Question {
    /// The potentials of these neurons in the first steps: (layer, number in the layer), where layer 0 is the inputs.
    Potentials(Vec<(usize, u32)>),
    /// A step cut open at a unit. The night that comes with it is kept for the next such question.
    Step((usize, u32)),
    /// Nothing: the night that was kept is not needed any more.
    Rest,
}

/// What is answered.
pub(super) enum Answer {
    /// Something to tell.
    Event(Event),
    /// A step cut open; `None` if the unit is not there.
    Step(Option<Arc<Anatomy>>),
}

/// What takes long, of which one of each kind is done at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Long {
    /// The exact accuracy after every step.
    Curve,
    /// The controls of a night.
    Controls,
    /// A map of nights.
    Map,
}

/// How many kinds there are.
const LONG: usize = 3;

/// A question about a night.
struct Job {
    /// The night before its first step; `None` for the one that is kept.
    course: Option<Course>,
    /// How many steps, or which one.
    steps: u64,
    question: Question,
    /// Set when nobody wants the answer any more.
    is_void: Arc<AtomicBool>,
}

/// The second thread. Dropping it ends the thread.
pub(super) struct Analyst {
    /// `None` only while it is dropped.
    jobs: Option<Sender<Job>>,
    answers: Receiver<(Arc<AtomicBool>, Answer)>,
    /// Shared by all questions since the last [`Analyst::forget`].
    is_void: Arc<AtomicBool>,
    /// The marks of what takes long, one a kind.
    is_long_void: [Arc<AtomicBool>; LONG],
    thread: Option<JoinHandle<()>>,
    /// Given to threads that do something aside.
    answers_out: Sender<(Arc<AtomicBool>, Answer)>,
    aside: Vec<JoinHandle<()>>,
}

impl Analyst {
    /// Starts the thread.
    pub(super) fn spawn() -> std::io::Result<Self> {
        let (jobs, jobs_in) = crossbeam_channel::bounded::<Job>(WAITING);
        let (answers_out, answers) = crossbeam_channel::bounded(WAITING);
        let answers_aside = answers_out.clone();
        let thread = std::thread::Builder::new().name("analyst".to_owned()).spawn(move || {
            let mut kept = None;
            for job in jobs_in {
                let is_void = Arc::clone(&job.is_void);
                let Some(answer) = answer(job, &mut kept) else { continue };
                if answers_out.send((is_void, answer)).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self {
            jobs: Some(jobs),
            answers,
            is_void: Arc::default(),
            is_long_void: Default::default(),
            thread: Some(thread),
            answers_out: answers_aside,
            aside: Vec::new(),
        })
    }

    /// Asks about the first `steps` steps of a night, or about the step of that number. The night is given before its first
    /// one, or is the one that is kept. Whether the question was handed over.
    pub(super) fn ask(&self, course: Option<Course>, steps: u64, question: Question) -> bool {
        let job = Job {
            course,
            steps,
            question,
            is_void: Arc::clone(&self.is_void),
        };
        let is_asked = self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok());
        if !is_asked {
            log::warn!("a question about the night could not be asked");
        }
        is_asked
    }

    /// Does something on a thread of its own; what it says is wanted whatever happens to the run, and it is waited for when the
    /// program ends.
    pub(super) fn aside(&mut self, work: impl FnOnce() -> Event + Send + 'static) -> std::io::Result<()> {
        self.aside.retain(|thread| !thread.is_finished());
        let answers = self.answers_out.clone();
        let thread = std::thread::Builder::new().name("aside".to_owned()).spawn(move || {
            // Nobody listens any more when the program ends.
            let _ = answers.send((Arc::default(), Answer::Event(work())));
        })?;
        self.aside.push(thread);
        Ok(())
    }

    /// Does something that takes long on a thread of its own, so that no short question waits behind it. It is given the mark
    /// to look at now and then, for it is void with everything that was asked and when something else of the kind is asked;
    /// and a way to say how far it has come, of which words may be lost.
    pub(super) fn at_length(
        &mut self,
        long: Long,
        work: impl FnOnce(&AtomicBool, &mut dyn FnMut(Event)) -> Option<Event> + Send + 'static,
    ) -> std::io::Result<()> {
        self.forget_long(long);
        self.aside.retain(|thread| !thread.is_finished());
        let (answers, is_void) = (self.answers_out.clone(), Arc::clone(&self.is_long_void[long as usize]));
        let thread = std::thread::Builder::new()
            .name("at length".to_owned())
            .spawn(move || {
                let mut tell = |event| _ = answers.try_send((Arc::clone(&is_void), Answer::Event(event)));
                if let Some(event) = work(&is_void, &mut tell) {
                    // Nobody listens any more when the program ends.
                    let _ = answers.send((is_void, Answer::Event(event)));
                }
            })?;
        self.aside.push(thread);
        Ok(())
    }

    /// Makes what takes long void, if something of the kind was asked.
    pub(super) fn forget_long(&mut self, long: Long) {
        let mark = &mut self.is_long_void[long as usize];
        mark.store(true, Ordering::Relaxed);
        *mark = Arc::default();
    }

    /// Makes everything void that was asked so far about the night that goes on.
    pub(super) fn forget(&mut self) {
        self.is_void.store(true, Ordering::Relaxed);
        self.is_void = Arc::default();
        self.forget_long(Long::Curve);
        self.forget_long(Long::Controls);
    }

    /// Where the answers come from, each with a mark that says whether it is void.
    pub(super) fn answers(&self) -> &Receiver<(Arc<AtomicBool>, Answer)> {
        &self.answers
    }
}

impl Drop for Analyst {
    fn drop(&mut self) {
        self.forget();
        self.forget_long(Long::Map);
        self.jobs = None;
        // Nobody listens any more: answers that wait to be handed over come to nothing.
        self.answers = crossbeam_channel::never();
        for thread in self.thread.take().into_iter().chain(self.aside.drain(..)) {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}

/// Finds the answer. `None` if it is not wanted any more.
fn answer(job: Job, kept: &mut Option<Course>) -> Option<Answer> {
    let Job {
        course,
        steps,
        question,
        is_void,
    } = job;
    match question {
        Question::Potentials(neurons) => potentials(course?, steps, neurons, &is_void).map(Answer::Event),
        Question::Step(unit) => {
            if let Some(mut course) = course {
                course.set_budget(KEPT_BUDGET);
                *kept = Some(course);
            }
            let course = kept.as_mut()?;
            let is_there = course.seek(steps, &is_void);
            is_there.then(|| Answer::Step(course.anatomy(unit).map(Arc::new)))
        }
        Question::Rest => {
            *kept = None;
            None
        }
    }
}

/// Goes through the first steps of a night for the potentials of some neurons.
fn potentials(mut course: Course, steps: u64, neurons: Vec<(usize, u32)>, is_void: &AtomicBool) -> Option<Event> {
    let mut values = Vec::new();
    for _ in 0..steps {
        if is_void.load(Ordering::Relaxed) {
            return None;
        }
        let night = course.step();
        values.extend(neurons.iter().map(|&neuron| potential(night, neuron)));
    }
    Some(Event::PastPotentials(Arc::new(PotentialChunk {
        first_step: 0,
        neurons,
        values,
    })))
}

/// The potential of a neuron after the night's last step. A neuron that the network does not have is silent.
pub(super) fn potential(night: &Night, (layer, unit): (usize, u32)) -> f32 {
    let known = (1..=night.layer_count())
        .contains(&layer)
        .then(|| night.potentials(layer - 1));
    known
        .and_then(|potentials| potentials.get(unit as usize))
        .copied()
        .unwrap_or(0.0)
}
