//! What would have been, had the night's change been put elsewhere, or had something else been done in its place: tested on
//! copies of the network, on a thread of its own, whenever the run waits in its night.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::analyst::Long;
use super::event::Event;
use super::thread::{Loop, Mode};
use crate::experiment::Rival;
use crate::sim::Samples;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Mlp;

/// Most rivals that are tested at a time.
pub const MAX_RIVALS: usize = 32;

/// The real night between its controls, as far as it is known.
#[derive(Clone, Debug)]
pub struct Controlled {
    /// Steps slept.
    pub steps: u64,
    /// The network that fell asleep.
    pub before: Evaluation,
    /// The network as the night left it.
    pub night: Evaluation,
    /// What is asked for.
    pub wanted: Vec<Rival>,
    /// What came of the first of them: `None` where the weights are no finite numbers.
    pub found: Vec<Option<Evaluation>>,
}

/// What is wanted, and for which moment it was last asked.
#[derive(Debug, Default)]
pub(super) struct Controls {
    wanted: Vec<Rival>,
    asked: Option<u64>,
}

impl Controls {
    /// What was found is void.
    pub(super) fn forget(&mut self) {
        self.asked = None;
    }
}

impl Loop {
    /// Tests these from now on; none if the list is empty.
    pub(super) fn control(&mut self, mut wanted: Vec<Rival>) {
        wanted.truncate(MAX_RIVALS);
        if self.controls.wanted != wanted {
            self.analyst.forget_long(Long::Controls);
            self.controls.wanted = wanted;
            self.controls.asked = None;
        }
    }

    /// Has the controls of this moment tested, if somebody wants them and they were not asked for yet.
    pub(super) fn place_controls(&mut self) {
        let Some(experiment) = &mut self.experiment else { return };
        let steps = experiment.steps();
        let is_due = self.mode == Mode::Waiting && steps > 0 && self.controls.asked != Some(steps);
        if !is_due || self.controls.wanted.is_empty() || experiment.course().is_none() || !experiment.has_images() {
            return;
        }
        self.controls.asked = Some(steps);
        let job = Job {
            steps,
            before: experiment.awake().clone(),
            // In fine-tuning it is the end of the night that stands between its controls.
            night: Mlp {
                weights: experiment.slept_weights(),
                ..experiment.awake().clone()
            },
            train: experiment.shared_train_samples(),
            test: Arc::clone(experiment.test_samples()),
            seed: experiment.recipe().seed,
            wanted: self.controls.wanted.clone(),
        };
        let work = move |is_void: &AtomicBool, tell: &mut dyn FnMut(Event)| job.test(is_void, tell);
        if let Err(reason) = self.analyst.at_length(Long::Controls, work) {
            self.outbox
                .send(Event::Failed(format!("The controls cannot be tested: {reason}")));
        }
    }
}

/// Everything that the tests need, for the thread to keep.
struct Job {
    steps: u64,
    before: Mlp,
    night: Mlp,
    train: Arc<Samples>,
    test: Arc<Samples>,
    seed: u64,
    wanted: Vec<Rival>,
}

impl Job {
    /// Tests one after the other, and tells after each. `None` if nobody wants it any more.
    fn test(self, is_void: &AtomicBool, tell: &mut dyn FnMut(Event)) -> Option<Event> {
        let mut evaluator = Evaluator::default();
        let woken = self.night.is_finite().then_some(&self.night);
        let mut controlled = Controlled {
            steps: self.steps,
            before: evaluator.evaluate(&self.before, &self.test, is_void)?,
            night: evaluator.evaluate(&self.night, &self.test, is_void)?,
            wanted: self.wanted.clone(),
            found: Vec::new(),
        };
        for rival in &self.wanted {
            tell(Event::Controlled(Arc::new(controlled.clone())));
            let made = rival.network(&self.before, woken, &self.train, self.seed);
            controlled.found.push(match made.filter(Mlp::is_finite) {
                Some(mlp) => Some(evaluator.evaluate(&mlp, &self.test, is_void)?),
                None => None,
            });
        }
        Some(Event::Controlled(Arc::new(controlled)))
    }
}
