//! One network and one night: what the night does, and what would have been done in its place.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Axis;
use rand::Rng as _;

use super::evening::{Evening, Made, PIXELS};
use super::finding::{ACCURACY, DIVERGED, EPOCHS, confusion};
use super::phase::{AFTER, BEFORE, GAIN, NIGHT, SLEPT_AND_TUNED, TUNED, TUNING_GAIN};
use super::sleep::Morning;
use super::{Condition, Control, Finding, JobError, Library, findings_of};
use crate::data::Dataset;
use crate::experiment::{Experiment, ExperimentError, Recipe, Stage};
use crate::sim::Samples;
use crate::sim::conditions::Conditions;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::{Activations, Mlp};
use crate::sim::rng::{self, Stream};
use crate::sim::train::{Overflow, TrainParams};

/// Below this |w| a weight is next to 0: a tenth of the range of the start weights, as in the window.
const NEXT_TO_0: f32 = 0.001;
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
    evening: Evening<'a>,
    test: Arc<Samples>,
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
        evening: Evening {
            recipe: plan.recipe,
            train: experiment.train_samples(),
            mean_image: experiment.mean_image(),
            image_size: experiment.image_size(),
            newborn: &experiment.newborn(),
            mlp,
            trainer,
        },
        test: Arc::clone(experiment.test_samples()),
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
        let asleep = self.evening.mlp;
        let before = self.test(BEFORE, asleep)?;
        let dreamland = self.evening.dreamland(self.evening.mean_image);
        let morning = dreamland.sleep(asleep, &self.plan.recipe.night, self.stop)?;
        let after = match morning {
            Morning::Woken(after, spikes) => {
                for (layer, count) in spikes.into_iter().enumerate() {
                    self.find(NIGHT, format!("spikes of layer {layer}"), count as f64);
                }
                let accuracy = self.test(AFTER, &after)?;
                self.find(GAIN, ACCURACY, accuracy - before);
                Outcome::Finite(after)
            }
            Morning::Diverged(step) => {
                self.find(AFTER, DIVERGED, step as f64);
                Outcome::Diverged
            }
        };
        if self.plan.look {
            self.look(BEFORE, asleep)?;
            if let Outcome::Finite(after) = &after {
                self.look(AFTER, after)?;
                self.look_at_change(after);
            }
        }
        if let Some(params) = self.plan.fine_tuning {
            let tuned = self.fine_tune(TUNED, asleep, params)?;
            if let Outcome::Finite(after) = &after {
                let slept = self.fine_tune(SLEPT_AND_TUNED, after, params)?;
                if let (Outcome::Finite(tuned), Outcome::Finite(slept)) = (tuned, slept) {
                    self.find(TUNING_GAIN, ACCURACY, slept - tuned);
                }
            }
        }
        Some(after)
    }

    /// Notes a number.
    fn find(&mut self, phase: &str, measure: impl Into<String>, value: f64) {
        self.findings.push(Finding::new(phase, measure, value));
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
            let test = conditions.test(
                mlp,
                &self.test,
                self.evening.image_size,
                seed,
                &mut self.evaluator,
                self.stop,
            )?;
            self.find(phase, condition.measure(), test.accuracy());
        }
        Some(evaluation.accuracy())
    }

    /// Trains a copy on the same images again, then tests it; gives its accuracy if it did not diverge.
    fn fine_tune(&mut self, phase: &str, mlp: &Mlp, params: &TrainParams) -> Option<Outcome<f64>> {
        match self.evening.fine_tuned(mlp, params, self.stop)? {
            Ok(mlp) => Some(Outcome::Finite(self.test(phase, &mlp)?)),
            Err(Overflow(batch)) => {
                self.find(phase, DIVERGED, batch as f64);
                Some(Outcome::Diverged)
            }
        }
    }

    /// Does something else to the trained network, and tests it. `None` if `stop` was set meanwhile.
    fn control(&mut self, control: &Control, after: Option<&Mlp>) -> Result<Option<()>, JobError> {
        let foreign = |set| {
            let data = &self.plan.recipe.data;
            self.library.foreign_mean(data, set, self.evening.image_size)
        };
        let mlp = match self.evening.make(&control.by, after, &foreign, self.stop)? {
            Some(Made::Network(mlp)) => mlp,
            Some(Made::Stopped(mlp, epoch)) => {
                self.find(&control.name, EPOCHS, f64::from(epoch));
                mlp
            }
            Some(Made::Diverged(at)) => {
                self.find(&control.name, DIVERGED, at as f64);
                return Ok(Some(()));
            }
            None => return Ok(None),
        };
        Ok(self.test(&control.name, &mlp).map(|_| ()))
    }

    /// How sparse a network is: the share of each layer's weights that are next to 0, and of each hidden layer's responses to the
    /// held-out images that are 0.
    fn look(&mut self, phase: &str, mlp: &Mlp) -> Option<()> {
        const CHUNK: usize = 500;
        for (layer, weights) in mlp.weights.iter().enumerate() {
            let small = weights.iter().filter(|weight| weight.abs() < NEXT_TO_0).count();
            let share = small as f64 / weights.len().max(1) as f64;
            self.find(phase, format!("weights next to 0, layer {}", layer + 1), share);
        }
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

    /// Which synapses grew and shrank in the night, by layer, and by the sign that they had.
    fn look_at_change(&mut self, after: &Mlp) {
        for (layer, (before, after)) in self.evening.mlp.weights.iter().zip(&after.weights).enumerate() {
            let layer = layer + 1;
            let mut found = Vec::new();
            for (sign, positive) in [("positive ", true), ("negative ", false)] {
                let (mut all, mut grown, mut shrunk) = (0_u64, 0_u64, 0_u64);
                for (&old, &new) in before.iter().zip(after).filter(|&(&old, _)| (old > 0.0) == positive) {
                    all += 1;
                    grown += u64::from(new > old);
                    shrunk += u64::from(new < old);
                }
                found.push((sign, all, grown, shrunk));
            }
            let sum = |of: fn(&(&str, u64, u64, u64)) -> u64| found.iter().map(of).sum();
            found.push(("", sum(|it| it.1), sum(|it| it.2), sum(|it| it.3)));
            for (sign, all, grown, shrunk) in found {
                for (what, count) in [("grown", grown), ("shrunk", shrunk)] {
                    let share = count as f64 / all.max(1) as f64;
                    self.findings.push(Finding::new(
                        NIGHT,
                        format!("{sign}synapses {what}, layer {layer}"),
                        share,
                    ));
                }
            }
        }
    }
}
