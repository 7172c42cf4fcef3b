//! Which images each of several tasks has: what is learned in each round, what is dreamt of after it, what is tested.

use super::tasks::Plan;
use super::{Arm, Dreamt, JobError};
use crate::data::{self, Dataset};
use crate::sim::rng::{self, Stream};

/// The images of a trial: the same for every arm.
pub(super) struct Curriculum {
    /// Positions of the training images of each task.
    chosen: Vec<Vec<usize>>,
    /// Positions of the held-out images of the classes of any task.
    pub(super) tested: Vec<usize>,
}

impl Curriculum {
    /// Draws the images of every task.
    ///
    /// # Errors
    /// If there are no images of the classes of a task.
    pub fn new(plan: &Plan<'_>, dataset: &Dataset) -> Result<Self, JobError> {
        let chosen: Vec<Vec<usize>> = (0_u64..)
            .zip(plan.tasks)
            .map(|(task, classes)| {
                let rng = &mut rng::stream(plan.recipe.seed, Stream::Subset, task);
                data::choose_of_classes(&dataset.train, classes, plan.images, rng)
            })
            .collect();
        if let Some(task) = chosen.iter().position(Vec::is_empty) {
            return Err(JobError::NoImages { task: task + 1 });
        }
        let labels = dataset.test.labels();
        let is_tested = |&image: &usize| plan.tasks.iter().any(|task| task.contains(&labels[image]));
        Ok(Self {
            chosen,
            tested: (0..labels.len()).filter(is_tested).collect(),
        })
    }

    /// How many rounds of training an arm has: one for each task, or one for all.
    pub fn rounds(&self, arm: &Arm) -> usize {
        if arm.at_once { 1 } else { self.chosen.len() }
    }

    /// The training images of a round, counted from 0: those of its task and some of each earlier one.
    pub fn learned(&self, arm: &Arm, round: usize) -> Vec<usize> {
        if arm.at_once {
            return self.chosen.concat();
        }
        let mut images = self.chosen[round].clone();
        for earlier in &self.chosen[..round] {
            let again = (arm.rehearsal * earlier.len() as f64).round() as usize;
            images.extend(&earlier[..again.min(earlier.len())]);
        }
        images
    }

    /// The images whose mean is dreamt of after a round, or gives the rate of what is, and whose activations set the gains.
    pub fn dreamt(&self, arm: &Arm, dreamt: Dreamt, round: usize) -> Vec<usize> {
        match dreamt {
            _ if arm.at_once => self.chosen.concat(),
            Dreamt::Current => self.chosen[round].clone(),
            Dreamt::Seen | Dreamt::Uniform | Dreamt::ShuffledPixels | Dreamt::Foreign(_) => {
                self.chosen[..=round].concat()
            }
        }
    }

    /// What a round is called, at its end or after its night.
    pub fn phase(arm: &Arm, round: usize, when: &str) -> String {
        if arm.at_once {
            format!("{}, {when}", arm.name)
        } else {
            format!("{}, task {} {when}", arm.name, round + 1)
        }
    }
}
