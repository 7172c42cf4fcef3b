//! Going on from a night that was kept.

use std::sync::Arc;

use ndarray::Array2;

use super::night::Bed;
use super::{Experiment, ExperimentError};
use crate::data::Dataset;
use crate::experiment::Recipe;
use crate::sim::night::Course;

/// A night that was kept, with what it was made from.
#[derive(Clone, Debug)]
pub struct KeptNight {
    /// What was run; its night is the one that it went on with at last.
    pub recipe: Recipe,
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
    /// The mean of the images trained on.
    pub mean_image: Vec<f32>,
    /// The night before its first step, with all that is known of it.
    pub course: Course,
}

impl Experiment {
    /// A run that was trained before and stands at the start of a kept night, on the images it was on. The trained weights
    /// are those that were kept: training again gives the same only on the same kind of processor.
    ///
    /// # Errors
    /// If the recipe makes no sense or its images cannot be drawn. Whether the images are the same set is the caller's
    /// business; if they do not even fit the network, that is an error.
    pub fn resume(kept: KeptNight, dataset: &Dataset) -> Result<Self, ExperimentError> {
        let mut experiment = Self::new(kept.recipe, dataset)?;
        let shapes = |weights: &[Array2<f32>]| weights.iter().map(Array2::dim).collect::<Vec<_>>();
        if shapes(&experiment.mlp.weights) != shapes(&kept.weights) {
            return Err(ExperimentError::OtherImages);
        }
        experiment.mlp.weights.clone_from(&kept.weights);
        experiment.trainer.skip_to(experiment.total_batches);
        experiment.mean_image = kept.mean_image;
        experiment.bed = Some(Bed::new(kept.course, kept.weights));
        Ok(experiment)
    }
}
