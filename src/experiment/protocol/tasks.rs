//! One task after another: what is forgotten, and what a night after each task brings back (Tadros et al. 2022).

use std::sync::atomic::AtomicBool;

use super::curriculum::Curriculum;
use super::finding::{DIVERGED, RECALL};
use super::sleep::{Dreamland, Morning, dream_seed};
use super::{Arm, Dreamt, Finding, JobError, findings_of};
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
        let mut learner = Learner::new(plan, arm, &material, stop);
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
    mlp: Mlp,
    trainer: Trainer,
    evaluator: Evaluator,
    findings: Vec<Finding>,
}

impl<'a> Learner<'a> {
    /// A newborn network; all arms of a trial begin with the same one.
    fn new(plan: &'a Plan<'a>, arm: &'a Arm, material: &'a Material<'a>, stop: &'a AtomicBool) -> Self {
        let (recipe, mlp) = (plan.recipe, material.newborn.clone());
        Self {
            trainer: Trainer::new(&mlp, &recipe.training, recipe.seed),
            plan,
            arm,
            material,
            stop,
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
            if !self.train(&curriculum.learned(arm, round), &phase("trained"))? {
                return Some(());
            }
            if let Some(dreamt) = arm.sleep {
                let images = curriculum.dreamt(arm, dreamt, round);
                if !self.sleep(dreamt, &images, round as u64, &phase("slept"))? {
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
    fn train(&mut self, images: &[usize], phase: &str) -> Option<bool> {
        let samples = self.gather(images);
        let batches = Trainer::total_batches(&self.plan.recipe.training, samples.len());
        if let Err(Overflow(batch)) = self.trainer.batches(&mut self.mlp, &samples, batches, self.stop)? {
            self.findings.push(Finding::new(phase, DIVERGED, batch as f64));
            return Some(false);
        }
        self.test(phase)?;
        Some(true)
    }

    /// Sleeps and tests; whether it stayed finite.
    fn sleep(&mut self, dreamt: Dreamt, images: &[usize], night: u64, phase: &str) -> Option<bool> {
        let recipe = self.plan.recipe;
        let samples = self.gather(images);
        let params = NightParams {
            steps: recipe.night.steps + self.plan.longer * night,
            dream: if dreamt == Dreamt::Uniform {
                Dream::Uniform
            } else {
                recipe.night.dream
            },
            ..recipe.night.clone()
        };
        let train = &self.material.dataset.train;
        let dreamland = Dreamland {
            scaled_by: &samples,
            mean_image: &samples.mean_image(),
            image_size: (train.width(), train.height()),
            seed: dream_seed(recipe.seed, night),
        };
        match dreamland.sleep(&self.mlp, &params, self.stop)? {
            Morning::Woken(woken, _) => {
                self.mlp.weights = match self.arm.change {
                    Some(change) => change.apply(&self.mlp.weights, &woken.weights, dreamland.seed),
                    None => woken.weights,
                };
                self.test(phase)?;
                Some(true)
            }
            Morning::Diverged(step) => {
                self.findings.push(Finding::new(phase, DIVERGED, step as f64));
                Some(false)
            }
        }
    }

    /// Tests on all held-out images, and says how much of each task is known.
    fn test(&mut self, phase: &str) -> Option<()> {
        let test = self.evaluator.evaluate(&self.mlp, &self.material.test, self.stop)?;
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
