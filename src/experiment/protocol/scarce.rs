//! One network and one night: what the night does, and what would have been done in its place.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Axis;
use rand::Rng as _;

use super::finding::{ACCURACY, DIVERGED, confusion};
use super::images::{mean_of, same_total};
use super::rivals::{self, Stopped};
use super::sleep::{Dreamland, Morning, rival_recipe};
use super::{Condition, Control, Finding, JobError, Library, Rival, findings_of};
use crate::data::{DataSpec, Dataset};
use crate::experiment::{Experiment, ExperimentError, Recipe, Stage, newborn};
use crate::sim::Samples;
use crate::sim::conditions::Conditions;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::{Activations, Mlp};
use crate::sim::rng::{self, Stream};
use crate::sim::train::{Overflow, TrainParams, Trainer};

/// The phase before the night.
pub(super) const BEFORE: &str = "before";
/// The phase after the night.
pub(super) const AFTER: &str = "after";

/// The event of [`Stream::Control`] that shuffles the pixels of the mean image; smaller ones shuffle layers.
const PIXELS: u64 = u32::MAX as u64;
/// The event of [`Stream::Control`] that noise on training images has its seed from.
const TRAINING_NOISE: u64 = PIXELS - 1;

/// What is done.
pub(super) struct Plan<'a> {
    pub recipe: &'a Recipe,
    pub fine_tuning: Option<&'a TrainParams>,
    pub controls: &'a [Control],
    pub conditions: &'a [Condition],
    pub trained_under: Option<Condition>,
    pub look: bool,
}

/// A trained network, and what it is tested and put to sleep with.
struct Subject<'a> {
    plan: &'a Plan<'a>,
    library: &'a Library,
    train: &'a Samples,
    test: Arc<Samples>,
    mean_image: &'a [f32],
    image_size: (usize, usize),
    /// The network before it was trained.
    newborn: Mlp,
    mlp: &'a Mlp,
    trainer: &'a Trainer,
    stop: &'a AtomicBool,
    evaluator: Evaluator,
    findings: Vec<Finding>,
}

/// What came of something that may diverge.
enum Outcome<T> {
    Finite(T),
    Diverged,
}

/// Does one trial. `None` if `stop` was set meanwhile.
pub(super) fn run(
    plan: &Plan<'_>,
    dataset: &Dataset,
    library: &Library,
    stop: &AtomicBool,
) -> Result<Option<Vec<Finding>>, JobError> {
    let mut experiment = Experiment::new(plan.recipe.clone(), dataset)?;
    if let Some(condition) = plan.trained_under {
        let fog = Conditions::default().with(condition.of, condition.strength).fog;
        // Noise of its own: that of the held-out images must not be known from training.
        let seed = rng::stream(plan.recipe.seed, Stream::Control, TRAINING_NOISE).next_u64();
        if experiment.distort_training(&fog, seed, stop).is_none() {
            return Ok(None);
        }
    }
    while experiment.stage() == Stage::Training {
        match experiment.train_batch(stop) {
            Ok(Some(_)) => {}
            Ok(None) => return Ok(None),
            Err(ExperimentError::Diverged { at, .. }) => {
                return Ok(Some(vec![Finding::new(BEFORE, DIVERGED, at as f64)]));
            }
            Err(other) => return Err(other.into()),
        }
    }
    let (mlp, trainer) = experiment.trained();
    if !mlp.is_finite() {
        return Ok(Some(vec![Finding::new(BEFORE, DIVERGED, trainer.done() as f64)]));
    }
    let subject = Subject {
        plan,
        library,
        train: experiment.train_samples(),
        test: Arc::clone(experiment.test_samples()),
        mean_image: experiment.mean_image(),
        image_size: experiment.image_size(),
        newborn: newborn(plan.recipe, dataset).map_err(ExperimentError::Recipe)?,
        mlp,
        trainer,
        stop,
        evaluator: Evaluator::default(),
        findings: Vec::new(),
    };
    subject.examine()
}

impl Subject<'_> {
    /// Tests, sleeps, tests again, and goes through the controls.
    fn examine(mut self) -> Result<Option<Vec<Finding>>, JobError> {
        let after = match self.night_and_fine_tuning() {
            Some(Outcome::Finite(after)) => Some(after),
            Some(Outcome::Diverged) => None,
            None => return Ok(None),
        };
        for control in self.plan.controls {
            if self.control(control, after.as_ref())?.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(self.findings))
    }

    /// The night itself, and fine-tuning. `None` if `stop` was set meanwhile.
    fn night_and_fine_tuning(&mut self) -> Option<Outcome<Mlp>> {
        let before = self.test(BEFORE, self.mlp)?;
        let morning = self
            .dreamland(self.mean_image)
            .sleep(self.mlp, &self.plan.recipe.night, self.stop)?;
        let after = match morning {
            Morning::Woken(after, spikes) => {
                for (layer, count) in spikes.into_iter().enumerate() {
                    self.find("night", format!("spikes of layer {layer}"), count as f64);
                }
                let accuracy = self.test(AFTER, &after)?;
                self.find("gain of the night", ACCURACY, accuracy - before);
                Outcome::Finite(after)
            }
            Morning::Diverged(step) => {
                self.find(AFTER, DIVERGED, step as f64);
                Outcome::Diverged
            }
        };
        if self.plan.look {
            self.look(BEFORE, self.mlp)?;
            if let Outcome::Finite(after) = &after {
                self.look(AFTER, after)?;
                self.look_at_change(after);
            }
        }
        if let Some(params) = self.plan.fine_tuning {
            let tuned = self.fine_tune("fine-tuning without sleep", self.mlp, params)?;
            if let Outcome::Finite(after) = &after {
                let slept = self.fine_tune("sleep and fine-tuning", after, params)?;
                if let (Outcome::Finite(tuned), Outcome::Finite(slept)) = (tuned, slept) {
                    self.find("gain of sleep before fine-tuning", ACCURACY, slept - tuned);
                }
            }
        }
        Some(after)
    }

    /// Notes a number.
    fn find(&mut self, phase: &str, measure: impl Into<String>, value: f64) {
        self.findings.push(Finding::new(phase, measure, value));
    }

    /// What a night dreams of, with this mean image.
    fn dreamland<'b>(&'b self, mean_image: &'b [f32]) -> Dreamland<'b> {
        Dreamland {
            scaled_by: self.train,
            mean_image,
            image_size: self.image_size,
            seed: self.plan.recipe.seed,
        }
    }

    /// Tests a network, under all conditions; gives its accuracy.
    fn test(&mut self, phase: &str, mlp: &Mlp) -> Option<f64> {
        let evaluation = self.evaluator.evaluate(mlp, &self.test, self.stop)?;
        self.findings.extend(findings_of(phase, &evaluation));
        if self.plan.look {
            self.findings.extend(confusion(phase, &evaluation));
        }
        for condition in self.plan.conditions {
            let conditions = Conditions::default().with(condition.of, condition.strength);
            let seed = self.plan.recipe.seed;
            let test = conditions.test(mlp, &self.test, self.image_size, seed, &mut self.evaluator, self.stop)?;
            let measure = format!("accuracy under {:?} {}", condition.of, condition.strength);
            self.find(phase, measure, test.accuracy());
        }
        Some(evaluation.accuracy())
    }

    /// Trains a copy on the same images again, then tests it; gives its accuracy if it did not diverge.
    fn fine_tune(&mut self, phase: &str, mlp: &Mlp, params: &TrainParams) -> Option<Outcome<f64>> {
        let (mut mlp, mut trainer) = (mlp.clone(), self.trainer.clone());
        trainer.go_on_with(params);
        let batches = Trainer::total_batches(params, self.train.len());
        if let Err(Overflow(batch)) = trainer.batches(&mut mlp, self.train, batches, self.stop)? {
            self.find(phase, DIVERGED, batch as f64);
            return Some(Outcome::Diverged);
        }
        Some(Outcome::Finite(self.test(phase, &mlp)?))
    }

    /// Does something else to the trained network, and tests it. `None` if `stop` was set meanwhile.
    fn control(&mut self, control: &Control, after: Option<&Mlp>) -> Result<Option<()>, JobError> {
        let rival = match &control.by {
            Rival::EarlyStopping { share, epochs } => {
                match rivals::stopped_early(
                    &self.newborn,
                    self.plan.recipe,
                    self.train,
                    (*share, *epochs),
                    self.stop,
                ) {
                    Some(Stopped::Best(mlp, epoch)) => {
                        self.find(&control.name, "epochs", f64::from(epoch));
                        Some(mlp)
                    }
                    Some(Stopped::Diverged(batch)) => {
                        self.find(&control.name, DIVERGED, batch as f64);
                        return Ok(Some(()));
                    }
                    None => return Ok(None),
                }
            }
            Rival::Settings(_) | Rival::ForeignMean(_) | Rival::ShuffledPixels => {
                match self.other_night(&control.by)? {
                    Some(Morning::Woken(woken, _)) => Some(woken),
                    Some(Morning::Diverged(step)) => {
                        self.find(&control.name, DIVERGED, step as f64);
                        return Ok(Some(()));
                    }
                    None => return Ok(None),
                }
            }
            Rival::RescaledOutputs | Rival::Change(_) | Rival::WeightDecay => {
                control.by.network(self.mlp, after, self.train, self.plan.recipe.seed)
            }
        };
        if let Some(mlp) = rival {
            return Ok(self.test(&control.name, &mlp).map(|_| ()));
        }
        self.find(&control.name, DIVERGED, self.plan.recipe.night.steps as f64);
        Ok(Some(()))
    }

    /// A night that dreams of something else.
    fn other_night(&self, rival: &Rival) -> Result<Option<Morning>, JobError> {
        let recipe = rival_recipe(self.plan.recipe, rival).map_err(ExperimentError::Recipe)?;
        let window = self.plan.recipe.night.window;
        let image = match rival {
            Rival::ForeignMean(set) => {
                let spec = DataSpec {
                    set: *set,
                    ..recipe.data.clone()
                };
                let foreign = self.library.get(&spec)?;
                if (foreign.train.width(), foreign.train.height()) != self.image_size {
                    return Err(ExperimentError::OtherImages.into());
                }
                same_total(&mean_of(&foreign), self.mean_image, self.image_size, window)
            }
            Rival::ShuffledPixels => {
                let mut image = self.mean_image.to_vec();
                let rng = &mut rng::stream(recipe.seed, Stream::Control, PIXELS);
                rng::shuffle(&mut image, rng);
                same_total(&image, self.mean_image, self.image_size, window)
            }
            _ => self.mean_image.to_vec(),
        };
        Ok(self.dreamland(&image).sleep(self.mlp, &recipe.night, self.stop))
    }

    /// How sparse a network's responses to the held-out images are: the share of each hidden layer's activations that are 0.
    fn look(&mut self, phase: &str, mlp: &Mlp) -> Option<()> {
        const CHUNK: usize = 500;
        let mut room = Activations::default();
        let hidden = mlp.weights.len().saturating_sub(1);
        let mut silent = vec![0_u64; hidden];
        for images in self.test.images.axis_chunks_iter(Axis(0), CHUNK) {
            if self.stop.load(std::sync::atomic::Ordering::Relaxed) {
                return None;
            }
            for (silent, layer) in silent.iter_mut().zip(mlp.forward(images, &mut room)) {
                *silent += layer.iter().filter(|&&activation| activation == 0.0).count() as u64;
            }
        }
        for (layer, silent) in silent.into_iter().enumerate() {
            let all = mlp.weights[layer].nrows() * self.test.len();
            let share = silent as f64 / all.max(1) as f64;
            self.find(phase, format!("silent activations, layer {}", layer + 1), share);
        }
        Some(())
    }

    /// Which synapses grew and shrank in the night, by layer and by the sign that they had.
    fn look_at_change(&mut self, after: &Mlp) {
        for (layer, (before, after)) in self.mlp.weights.iter().zip(&after.weights).enumerate() {
            let layer = layer + 1;
            for (sign, positive) in [("positive", true), ("negative", false)] {
                let (mut all, mut grown, mut shrunk) = (0_u64, 0_u64, 0_u64);
                for (&old, &new) in before.iter().zip(after).filter(|&(&old, _)| (old > 0.0) == positive) {
                    all += 1;
                    grown += u64::from(new > old);
                    shrunk += u64::from(new < old);
                }
                for (what, count) in [("grown", grown), ("shrunk", shrunk)] {
                    let share = count as f64 / all.max(1) as f64;
                    self.findings.push(Finding::new(
                        "night",
                        format!("{sign} synapses {what}, layer {layer}"),
                        share,
                    ));
                }
            }
        }
    }
}
