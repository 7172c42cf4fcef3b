//! A run whose images are not here: what is left to stand in for them.

use ndarray::Array2;

use super::{Experiment, KeptNight};
use crate::data::Amount;
use crate::experiment::Recipe;
use crate::sim::night::{Alpha, Scaling};

/// What a kept run remembers of images that are not here.
#[derive(Clone, Debug)]
pub(super) struct Absent {
    /// Mean activity of each hidden layer for each class, awake before sleep, classes x units.
    pub(super) class_means: Vec<Array2<f32>>,
    /// What data-based gains are made from, if the night had such.
    pub(super) scaling: Option<Scaling>,
    /// Images trained on, as far as the recipe says it.
    pub(super) train_images: usize,
}

impl Absent {
    /// What a kept night remembers.
    pub(super) fn of(kept: &KeptNight) -> Self {
        let scaling = kept
            .course
            .changes()
            .iter()
            .find_map(|change| match change.params.alpha {
                Alpha::FromData { scale } => Scaling::of_gains(&change.alpha, scale),
                Alpha::Given(_) => None,
            });
        Self {
            class_means: kept.class_means.clone(),
            scaling,
            train_images: train_images(&kept.recipe, kept.batches),
        }
    }
}

/// How many images were trained on in so many batches: the last batch of an epoch may have been smaller.
fn train_images(recipe: &Recipe, batches: u64) -> usize {
    match recipe.data.images {
        Amount::Count(count) => count,
        Amount::Fraction(_) => {
            let epochs = u64::from(recipe.training.epochs).max(1);
            (batches / epochs) as usize * recipe.training.batch
        }
    }
}

impl Experiment {
    /// Whether its images are here: without them it sleeps like any other run, but cannot be trained or tested.
    pub fn has_images(&self) -> bool {
        self.absent.is_none()
    }

    /// How many images it was trained on.
    pub fn train_count(&self) -> usize {
        match &self.absent {
            Some(absent) => absent.train_images,
            None => self.train.len(),
        }
    }
}
