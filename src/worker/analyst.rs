//! A second thread that goes through a night again to find what was not written down the first time.
//!
//! It has a night of its own, so the run neither waits for it nor is changed by it. What it finds is void once the night is
//! changed or another run is opened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use super::event::{Event, PotentialChunk};
use crate::sim::night::{Course, Night};

/// Questions that can wait. The worker asks at most once for each command of a person.
const WAITING: usize = 64;

/// What can be asked.
pub(super) enum Question {
    /// The potentials of these neurons: (layer, number in the layer), where layer 0 is the inputs.
    Potentials(Vec<(usize, u32)>),
}

/// A question about the first steps of a night.
struct Job {
    /// The night before its first step.
    course: Course,
    steps: u64,
    question: Question,
    /// Set when nobody wants the answer any more.
    is_void: Arc<AtomicBool>,
}

/// The second thread. Dropping it ends the thread.
pub(super) struct Analyst {
    /// `None` only while it is dropped.
    jobs: Option<Sender<Job>>,
    answers: Receiver<(Arc<AtomicBool>, Event)>,
    /// Shared by all questions since the last [`Analyst::forget`].
    is_void: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    /// Given to threads that do something aside.
    answers_out: Sender<(Arc<AtomicBool>, Event)>,
    aside: Vec<JoinHandle<()>>,
}

impl Analyst {
    /// Starts the thread.
    pub(super) fn spawn() -> std::io::Result<Self> {
        let (jobs, jobs_in) = crossbeam_channel::bounded::<Job>(WAITING);
        let (answers_out, answers) = crossbeam_channel::bounded(WAITING);
        let answers_aside = answers_out.clone();
        let thread = std::thread::Builder::new().name("analyst".to_owned()).spawn(move || {
            for job in jobs_in {
                let is_void = Arc::clone(&job.is_void);
                let Some(event) = answer(job) else { continue };
                if answers_out.send((is_void, event)).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self {
            jobs: Some(jobs),
            answers,
            is_void: Arc::default(),
            thread: Some(thread),
            answers_out: answers_aside,
            aside: Vec::new(),
        })
    }

    /// Asks about the first `steps` steps of a night, which is given before its first one.
    pub(super) fn ask(&self, course: Course, steps: u64, question: Question) {
        let job = Job {
            course,
            steps,
            question,
            is_void: Arc::clone(&self.is_void),
        };
        if self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_err()) {
            log::warn!("a question about the night could not be asked");
        }
    }

    /// Does something on a thread of its own; what it says is wanted whatever happens to the run, and it is waited for when the
    /// program ends.
    pub(super) fn aside(&mut self, work: impl FnOnce() -> Event + Send + 'static) -> std::io::Result<()> {
        self.aside.retain(|thread| !thread.is_finished());
        let answers = self.answers_out.clone();
        let thread = std::thread::Builder::new().name("aside".to_owned()).spawn(move || {
            // Nobody listens any more when the program ends.
            let _ = answers.try_send((Arc::default(), work()));
        })?;
        self.aside.push(thread);
        Ok(())
    }

    /// Makes everything asked so far void.
    pub(super) fn forget(&mut self) {
        self.is_void.store(true, Ordering::Relaxed);
        self.is_void = Arc::default();
    }

    /// Where the answers come from; see [`Analyst::is_wanted`].
    pub(super) fn answers(&self) -> &Receiver<(Arc<AtomicBool>, Event)> {
        &self.answers
    }
}

impl Drop for Analyst {
    fn drop(&mut self) {
        self.forget();
        self.jobs = None;
        // Makes room for an answer that waits to be handed over.
        while self.answers.try_recv().is_ok() {}
        for thread in self.thread.take().into_iter().chain(self.aside.drain(..)) {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}

/// Goes through the night. `None` if the answer is not wanted any more.
fn answer(mut job: Job) -> Option<Event> {
    let Question::Potentials(neurons) = job.question;
    let mut values = Vec::new();
    for _ in 0..job.steps {
        if job.is_void.load(Ordering::Relaxed) {
            return None;
        }
        let night = job.course.step();
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
