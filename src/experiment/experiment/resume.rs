//! Going on from a night that was kept.

use std::sync::Arc;

use ndarray::Array2;

use super::absent::Absent;
use super::day::Day;
use super::night::Bed;
use super::{Experiment, ExperimentError, check_size, check_window};
use crate::data::Dataset;
use crate::experiment::Recipe;
use crate::sim::Samples;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::Mlp;
use crate::sim::night::Course;
use crate::sim::train::Trainer;

/// A night that was kept, with what it was made from.
#[derive(Clone, Debug)]
pub struct KeptNight {
    /// What was run; its night is the one that it went on with at last.
    pub recipe: Recipe,
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
    /// The mean of the images trained on.
    pub mean_image: Vec<f32>,
    /// Mean activity of each hidden layer for each class, awake before sleep, classes x units.
    pub class_means: Vec<Array2<f32>>,
    /// Batches that were trained.
    pub batches: u64,
    /// What momentum carried over from the last of them, if it was kept; fine-tuning begins at rest otherwise.
    pub momentum: Option<Arc<Vec<Array2<f32>>>>,
    /// The night before its first step, with all that is known of it.
    pub course: Course,
}

impl Experiment {
    /// A run that was trained before and stands at the start of a kept night, on the images it was on. The trained weights
    /// are those that were kept: training again gives the same only on the same kind of processor. Where the images are
    /// [absent](Dataset::is_absent), it can sleep but not be trained or tested.
    ///
    /// # Errors
    /// If the recipe makes no sense or its images cannot be drawn. Whether the images are the same set is the caller's
    /// business; if they do not even fit the network, that is an error.
    pub fn resume(kept: KeptNight, dataset: &Dataset) -> Result<Self, ExperimentError> {
        let mut experiment = if dataset.is_absent() {
            Self::without_images(&kept, dataset)?
        } else {
            Self::new(kept.recipe, dataset)?
        };
        let shapes = |weights: &[Array2<f32>]| weights.iter().map(Array2::dim).collect::<Vec<_>>();
        if shapes(&experiment.mlp.weights) != shapes(&kept.weights) {
            return Err(ExperimentError::OtherImages);
        }
        experiment.mlp.weights.clone_from(&kept.weights);
        match &kept.momentum {
            Some(momentum) if shapes(momentum) == shapes(&kept.weights) => {
                experiment.trainer.go_to(experiment.total_batches, momentum);
            }
            _ => experiment.trainer.skip_to(experiment.total_batches),
        }
        experiment.mean_image = kept.mean_image;
        let scaling = experiment.absent.as_ref().and_then(|absent| absent.scaling.clone());
        experiment.bed = Some(Bed::new(kept.course, scaling, kept.weights));
        experiment.day.know(experiment.total_batches);
        experiment.share_memory();
        Ok(experiment)
    }

    /// A trained network without images.
    fn without_images(kept: &KeptNight, dataset: &Dataset) -> Result<Self, ExperimentError> {
        let recipe = kept.recipe.clone();
        recipe.validate()?;
        let image_size = (dataset.train.width(), dataset.train.height());
        check_window(&recipe.night, image_size)?;
        let inputs = kept.weights.first().map(Array2::ncols);
        let sizes: Vec<usize> = inputs
            .into_iter()
            .chain(kept.weights.iter().map(Array2::nrows))
            .collect();
        check_size(&sizes)?;
        let pixels = dataset.train.pixel_count();
        if inputs != Some(pixels) || sizes.last() != Some(&dataset.classes) {
            return Err(ExperimentError::OtherImages);
        }
        let none = || Samples::gather(&[], &[], pixels, &[]);
        let mlp = Mlp {
            weights: kept.weights.to_vec(),
            output: recipe.network.output,
            keep: 1.0 - recipe.training.dropout as f32,
        };
        Ok(Self {
            trainer: Trainer::new(&mlp, &recipe.training, recipe.seed),
            total_batches: kept.batches,
            mean_image: kept.mean_image.clone(),
            recipe,
            train: Arc::new(none()),
            test: Arc::new(none()),
            image_size,
            mlp,
            day: Day::default(),
            bed: None,
            tuning: None,
            evaluator: Evaluator::default(),
            sample: None,
            absent: Some(Absent::of(kept)),
        })
    }
}
