//! What would have been, had the night's change been put elsewhere, or had something else been done in its place: tested on
//! copies of the network, on a thread of its own, whenever the run waits in its night.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::analyst::Long;
use super::event::Event;
use super::thread::{Loop, Mode};
use crate::data::{DataSpec, Origin, Set};
use crate::experiment::{Evening, JobError, Library, Made, Recipe, Rival};
use crate::sim::Samples;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Mlp;
use crate::sim::train::Trainer;

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
        // In fine-tuning it is the end of the night that stands between its controls.
        let night = Mlp {
            weights: experiment.slept_weights(),
            ..experiment.awake().clone()
        };
        let mut recipe = experiment.recipe().clone();
        // Other nights are as long as this one so far.
        recipe.night.steps = steps;
        let job = Job {
            recipe,
            newborn: experiment.newborn(),
            before: experiment.awake().clone(),
            night,
            trainer: experiment.trained().1.clone(),
            train: experiment.shared_train_samples(),
            mean_image: experiment.mean_image().to_vec(),
            image_size: experiment.image_size(),
            test: Arc::clone(experiment.test_samples()),
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
    /// What is run, with a night as long as it is so far.
    recipe: Recipe,
    newborn: Mlp,
    before: Mlp,
    night: Mlp,
    trainer: Trainer,
    train: Arc<Samples>,
    mean_image: Vec<f32>,
    image_size: (usize, usize),
    test: Arc<Samples>,
    wanted: Vec<Rival>,
}

impl Job {
    /// Tests one after the other, and tells after each. `None` if nobody wants it any more.
    fn test(self, is_void: &AtomicBool, tell: &mut dyn FnMut(Event)) -> Option<Event> {
        let mut evaluator = Evaluator::default();
        let woken = self.night.is_finite().then_some(&self.night);
        let evening = Evening {
            recipe: &self.recipe,
            train: &self.train,
            mean_image: &self.mean_image,
            image_size: self.image_size,
            newborn: &self.newborn,
            mlp: &self.before,
            trainer: &self.trainer,
        };
        let foreign = |set| self.foreign_mean(set);
        let mut controlled = Controlled {
            steps: self.recipe.night.steps,
            before: evaluator.evaluate(&self.before, &self.test, is_void)?,
            night: evaluator.evaluate(&self.night, &self.test, is_void)?,
            wanted: self.wanted.clone(),
            found: Vec::new(),
        };
        for rival in &self.wanted {
            tell(Event::Controlled(Arc::new(controlled.clone())));
            let made = match evening.make(rival, woken, &foreign, is_void) {
                Ok(made) => made?,
                Err(error) => {
                    return Some(Event::Failed(format!("The controls cannot be tested: {error}")));
                }
            };
            controlled.found.push(match made {
                Made::Network(mlp) | Made::Stopped(mlp, _) if mlp.is_finite() => {
                    Some(evaluator.evaluate(&mlp, &self.test, is_void)?)
                }
                Made::Network(_) | Made::Stopped(..) | Made::Diverged(_) => None,
            });
        }
        Some(Event::Controlled(Arc::new(controlled)))
    }

    /// The mean of another set's images that come with the program: the full set may not be here.
    fn foreign_mean(&self, set: Set) -> Result<Vec<f32>, JobError> {
        let built_in = DataSpec {
            from: Origin::BuiltIn,
            ..self.recipe.data.clone()
        };
        Library::default().foreign_mean(&built_in, set, self.image_size)
    }
}
