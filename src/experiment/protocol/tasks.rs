//! One task after another: what is forgotten, and what a night after each task brings back (Tadros et al. 2022).

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use super::curriculum::Curriculum;
use super::evening::shuffled;
use super::finding::{DIVERGED, RECALL};
use super::images::same_total;
use super::rivals::rescaled_outputs;
use super::sleep::{Dreamland, Morning, arm_night, dream_seed};
use super::{Arm, Dreamt, Finding, JobError, Library, findings_of};
use crate::data::Dataset;
use crate::experiment::{ExperimentError, Recipe, newborn};
use crate::sim::Samples;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::mlp::Mlp;
use crate::sim::night::{Dream, NightParams};
use crate::sim::train::{Overflow, Trainer};

/// What is done.
pub(super) struct Plan<'a> {
    pub recipe: &'a Recipe,
    pub tasks: &'a [Vec<u8>],
    pub images: usize,
    pub longer: u64,
}

/// The images of a trial: the same for every arm.
struct Material<'a> {
    dataset: &'a Dataset,
    /// The network before the first task.
    newborn: Mlp,
    /// Which images each task has.
    curriculum: Curriculum,
    /// All held-out images of the classes of any task.
    test: Samples,
}

/// Does one trial of every arm. `None` if `stop` was set meanwhile.
///
/// # Errors
/// If the recipe does not go with the images, or if there are no images of the classes of a task.
pub(super) fn run(
    plan: &Plan<'_>,
    arms: &[Arm],
    dataset: &Dataset,
    library: &Library,
    stop: &AtomicBool,
) -> Result<Option<Vec<Finding>>, JobError> {
    let curriculum = Curriculum::new(plan, dataset)?;
    let material = Material {
        dataset,
        newborn: newborn(plan.recipe, dataset).map_err(ExperimentError::Recipe)?,
        test: Samples::gather(
            dataset.test.all_pixels(),
            dataset.test.labels(),
            dataset.test.pixel_count(),
            &curriculum.tested,
        ),
        curriculum,
    };
    let mut findings = Vec::new();
    for arm in arms {
        let foreign = match arm.sleep {
            Some(Dreamt::Foreign(set)) => {
                let size = (dataset.train.width(), dataset.train.height());
                Some(library.foreign_mean(&plan.recipe.data, set, size)?)
            }
            _ => None,
        };
        let night = arm_night(plan.recipe, arm).map_err(ExperimentError::Recipe)?;
        let mut learner = Learner::new(plan, arm, (night, foreign), &material, stop);
        if learner.learn_all().is_none() {
            return Ok(None);
        }
        findings.append(&mut learner.findings);
    }
    Ok(Some(findings))
}

/// A network on its way through the tasks.
struct Learner<'a> {
    plan: &'a Plan<'a>,
    arm: &'a Arm,
    material: &'a Material<'a>,
    stop: &'a AtomicBool,
    /// The nights, but for their length.
    night: NightParams,
    /// The mean image of another set, if that is dreamt of.
    foreign: Option<Vec<f32>>,
    mlp: Mlp,
    trainer: Trainer,
    evaluator: Evaluator,
    findings: Vec<Finding>,
}

impl<'a> Learner<'a> {
    /// A newborn network; all arms of a trial begin with the same one.
    fn new(
        plan: &'a Plan<'a>,
        arm: &'a Arm,
        (night, foreign): (NightParams, Option<Vec<f32>>),
        material: &'a Material<'a>,
        stop: &'a AtomicBool,
    ) -> Self {
        let (recipe, mlp) = (plan.recipe, material.newborn.clone());
        Self {
            trainer: Trainer::new(&mlp, &recipe.training, recipe.seed),
            plan,
            arm,
            material,
            stop,
            night,
            foreign,
            mlp,
            evaluator: Evaluator::default(),
            findings: Vec::new(),
        }
    }

    /// Goes through the tasks, with a night after each if the arm has nights. `None` if `stop` was set meanwhile.
    fn learn_all(&mut self) -> Option<()> {
        let (curriculum, arm) = (&self.material.curriculum, self.arm);
        for round in 0..curriculum.rounds(arm) {
            if round > 0 {
                self.trainer.go_on_with(&self.plan.recipe.training);
            }
            let phase = |when| Curriculum::phase(arm, round, when);
            if !self.train(&curriculum.learned(arm, round), round, &phase("trained"))? {
                return Some(());
            }
            if let Some(dreamt) = arm.sleep {
                let images = curriculum.dreamt(arm, dreamt, round);
                if !self.sleep(dreamt, &images, round, &phase("slept"))? {
                    return Some(());
                }
            }
        }
        Some(())
    }

    /// Takes images of the training part.
    fn gather(&self, images: &[usize]) -> Samples {
        let train = &self.material.dataset.train;
        Samples::gather(train.all_pixels(), train.labels(), train.pixel_count(), images)
    }

    /// Trains on some images and tests; whether it stayed finite.
    fn train(&mut self, images: &[usize], round: usize, phase: &str) -> Option<bool> {
        let samples = self.gather(images);
        let batches = Trainer::total_batches(&self.plan.recipe.training, samples.len());
        if let Err(Overflow(batch)) = self.trainer.batches(&mut self.mlp, &samples, batches, self.stop)? {
            self.findings.push(Finding::new(phase, DIVERGED, batch as f64));
            return Some(false);
        }
        self.test(round, phase)?;
        Some(true)
    }

    /// What is dreamt of after a round, with these images to take the mean of.
    fn image(&self, dreamt: Dreamt, samples: &Samples, size: (usize, usize)) -> Vec<f32> {
        let mean = samples.mean_image();
        let image = match (dreamt, &self.foreign) {
            (Dreamt::Foreign(_), Some(foreign)) => foreign.clone(),
            (Dreamt::ShuffledPixels, _) => shuffled(&mean, self.plan.recipe.seed),
            _ => return mean,
        };
        same_total(&image, &mean, size, self.night.window)
    }

    /// Sleeps and tests; whether it stayed finite.
    fn sleep(&mut self, dreamt: Dreamt, images: &[usize], round: usize, phase: &str) -> Option<bool> {
        let samples = self.gather(images);
        let params = NightParams {
            steps: self.night.steps + self.plan.longer * round as u64,
            dream: if dreamt == Dreamt::Uniform {
                Dream::Uniform
            } else {
                self.night.dream
            },
            ..self.night.clone()
        };
        let train = &self.material.dataset.train;
        let image_size = (train.width(), train.height());
        let dreamland = Dreamland {
            scaled_by: &samples,
            mean_image: &self.image(dreamt, &samples, image_size),
            image_size,
            seed: dream_seed(self.plan.recipe.seed, round as u64),
        };
        match dreamland.sleep(&self.mlp, &params, self.stop)? {
            Morning::Woken(woken, _) => {
                self.mlp.weights = match self.arm.change {
                    Some(change) => change.apply(&self.mlp.weights, &woken.weights, dreamland.seed),
                    None => woken.weights,
                };
                self.test(round, phase)?;
                Some(true)
            }
            Morning::Diverged(step) => {
                self.findings.push(Finding::new(phase, DIVERGED, step as f64));
                Some(false)
            }
        }
    }

    /// The network as it is tested after a round.
    fn tested(&self, round: usize) -> Cow<'_, Mlp> {
        if !self.arm.rescaled {
            return Cow::Borrowed(&self.mlp);
        }
        let curriculum = &self.material.curriculum;
        let seen = self.gather(&curriculum.dreamt(self.arm, Dreamt::Seen, round));
        let rounds = if self.arm.at_once {
            self.plan.tasks.len()
        } else {
            round + 1
        };
        let classes = self.plan.tasks[..rounds].concat();
        let outputs: BTreeSet<usize> = classes.into_iter().map(usize::from).collect();
        let outputs: Vec<usize> = outputs.into_iter().collect();
        Cow::Owned(rescaled_outputs(&self.mlp, &seen, &outputs))
    }

    /// Tests after a round on all held-out images, and says how much of each task is known.
    fn test(&mut self, round: usize, phase: &str) -> Option<()> {
        let mut evaluator = std::mem::take(&mut self.evaluator);
        let test = evaluator.evaluate(&self.tested(round), &self.material.test, self.stop);
        self.evaluator = evaluator;
        let test = test?;
        let whole = findings_of(phase, &test).into_iter();
        self.findings
            .extend(whole.filter(|finding| !finding.measure.starts_with(RECALL)));
        for (task, classes) in self.plan.tasks.iter().enumerate() {
            let measure = format!("accuracy of task {}", task + 1);
            self.findings
                .push(Finding::new(phase, measure, share_of(classes, &test)));
        }
        Some(())
    }
}

/// The share of the images of some classes that are read correctly, 0 without such images.
fn share_of(classes: &[u8], test: &Evaluation) -> f64 {
    let (mut correct, mut all) = (0, 0);
    for truth in classes
        .iter()
        .map(|&class| usize::from(class))
        .filter(|&class| class < test.classes)
    {
        correct += test.count(truth, truth);
        all += test.class_images(truth);
    }
    f64::from(correct) / f64::from(all.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a task's accuracy that is the mean of its classes, or that counts images of other tasks.
    #[test]
    fn a_task_is_known_as_far_as_its_images_are() {
        let test = Evaluation {
            classes: 3,
            confusion: vec![8, 2, 0, 20, 10, 0, 7, 0, 0],
        };
        assert!((share_of(&[0, 1], &test) - 18.0 / 40.0).abs() < 1e-12);
        assert!(share_of(&[2], &test).abs() < 1e-12);
    }
}
