//! One run of a recipe, from the newborn network to the morning, a batch or a step at a time.

mod absent;
mod branch;
mod checkpoints;
mod day;
mod look;
mod night;
mod probe;
mod resume;
mod tuning;

pub use resume::KeptNight;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::{Recipe, RecipeError};
use crate::data::{DataError, Dataset};
use crate::sim::Samples;
use crate::sim::conditions::Fog;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::Mlp;
use crate::sim::night::{Night, NightParams};
use crate::sim::rng::{self, Stream};
use crate::sim::train::{BatchReport, Trainer};

/// Held-out images that a network is tested on at most: the published sets have as many, and a test that follows the night
/// keeps 10 kB for each at 1200-1200-10.
pub const MAX_TEST_IMAGES: usize = 10_000;

/// Weights that a network can have at most. A run keeps half a dozen copies of them, 4 bytes each.
pub const MAX_WEIGHTS: usize = 64_000_000;

/// A run that cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum ExperimentError {
    /// The recipe makes no sense.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// The images cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The images do not fit a network that was kept.
    #[error("the images are of another size, or of other classes, than those that the kept network was trained on")]
    OtherImages,
    /// The numbers outgrew what a number can hold.
    #[error("{phase} diverged at {unit} {at}: a weight is no longer a finite number; try a smaller {remedy}")]
    Diverged {
        /// "training", "the night" or "fine-tuning".
        phase: &'static str,
        /// "batch" or "step".
        unit: &'static str,
        /// Which one.
        at: u64,
        /// The setting to look at first.
        remedy: &'static str,
    },
    /// One of several trials diverged.
    #[error("in the trial with seed {seed}, {fault}")]
    InTrial {
        /// The seed of the trial.
        seed: u64,
        /// What happened in it.
        fault: Box<Self>,
    },
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// There are batches left to train.
    Training,
    /// Training is over, the night has not begun.
    Trained,
    /// In the night.
    Asleep,
    /// The night is over; fine-tuning, if there is one, has not begun.
    Woken,
    /// There are batches left to fine-tune, and one at least was.
    Tuning,
    /// Fine-tuning is over.
    Tuned,
}

/// One run of a recipe.
#[derive(Debug)]
pub struct Experiment {
    recipe: Recipe,
    train: Arc<Samples>,
    test: Arc<Samples>,
    image_size: (usize, usize),
    mean_image: Vec<f32>,
    mlp: Mlp,
    trainer: Trainer,
    total_batches: u64,
    /// What is kept of the training, to go back in it.
    day: day::Day,
    bed: Option<night::Bed>,
    /// The fine-tuning after the night, once it has begun.
    tuning: Option<tuning::Tuning>,
    evaluator: Evaluator,
    /// The held-out images that an estimate is made from, once one was wanted.
    sample: Option<Samples>,
    /// What stands in for the images, if they are not here.
    absent: Option<absent::Absent>,
}

impl Experiment {
    /// Chooses the images and makes a newborn network.
    pub fn new(recipe: Recipe, dataset: &Dataset) -> Result<Self, ExperimentError> {
        recipe.validate()?;
        let mlp = newborn(&recipe, dataset)?;
        let image_size = (dataset.train.width(), dataset.train.height());
        let pixels = dataset.train.pixel_count();
        let chosen = recipe.training_images(dataset)?;
        let train = Samples::gather(dataset.train.all_pixels(), dataset.train.labels(), pixels, &chosen);
        let test = Arc::new(held_out(dataset, recipe.seed));
        Ok(Self {
            trainer: Trainer::new(&mlp, &recipe.training, recipe.seed),
            total_batches: Trainer::total_batches(&recipe.training, train.len()),
            mean_image: train.mean_image(),
            recipe,
            train: Arc::new(train),
            test,
            image_size,
            mlp,
            day: day::Day::default(),
            bed: None,
            tuning: None,
            evaluator: Evaluator::default(),
            sample: None,
            absent: None,
        })
    }

    /// Distorts the images to train on, and with them the mean image; to be done before the first batch. `None` if `stop` was
    /// set meanwhile: nothing has changed then.
    pub(super) fn distort_training(&mut self, fog: &Fog, seed: u64, stop: &AtomicBool) -> Option<()> {
        self.train = Arc::new(fog.over(&self.train, self.image_size, seed, stop)?);
        self.mean_image = self.train.mean_image();
        Some(())
    }

    /// What is run.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The images trained on.
    pub fn train_samples(&self) -> &Samples {
        &self.train
    }

    /// The same, for somebody else to keep.
    pub fn shared_train_samples(&self) -> Arc<Samples> {
        Arc::clone(&self.train)
    }

    /// The images held out for testing.
    pub fn test_samples(&self) -> &Arc<Samples> {
        &self.test
    }

    /// The mean of the images trained on, one intensity in `0..=1` a pixel.
    pub fn mean_image(&self) -> &[f32] {
        &self.mean_image
    }

    /// The network at the end of what was trained so far, without the night, and the training that may go on from there.
    pub fn trained(&self) -> (&Mlp, &Trainer) {
        (&self.mlp, &self.trainer)
    }

    /// The network at birth.
    pub fn newborn(&self) -> Mlp {
        born(&self.recipe, &self.sizes())
    }

    /// Units from the inputs to the outputs.
    pub fn sizes(&self) -> Vec<usize> {
        self.mlp.sizes()
    }

    /// Batches from birth to the end of training.
    pub fn total_batches(&self) -> u64 {
        self.total_batches
    }

    /// Batches trained.
    pub fn batches(&self) -> u64 {
        self.trainer.done()
    }

    /// Steps slept.
    pub fn steps(&self) -> u64 {
        self.bed.as_ref().map_or(0, |bed| bed.course.steps())
    }

    /// Steps of the night that are known, whether it stands before them or behind.
    pub fn known_steps(&self) -> u64 {
        self.known_bed().map_or(0, |bed| bed.course.journal().steps())
    }

    /// The night, once it has begun.
    pub fn night(&self) -> Option<&Night> {
        self.bed.as_ref().map(|bed| bed.course.night())
    }

    /// The weights of this moment, layer by layer, outputs x inputs.
    pub fn weights(&mut self) -> Vec<Array2<f32>> {
        match self.tuned_network() {
            Some(tuned) => tuned.weights.clone(),
            None => self.slept_weights(),
        }
    }

    /// The weights of this moment of the night, in fine-tuning those of its end; before the night those of this moment.
    pub fn slept_weights(&mut self) -> Vec<Array2<f32>> {
        match &mut self.bed {
            Some(bed) => bed.course.night_mut().weights(),
            None => self.mlp.weights.clone(),
        }
    }

    /// The weights before sleep, once the night has begun; also while it is [gone back](Self::has_night_ahead) before it.
    pub fn before(&self) -> Option<&Arc<Vec<Array2<f32>>>> {
        self.known_bed().map(|bed| &bed.before)
    }

    /// Gain of each layer's input, once the night has begun.
    pub fn alpha(&self) -> &[f64] {
        self.bed.as_ref().map_or(&[], |bed| bed.course.alpha())
    }

    /// Where the run stands.
    pub fn stage(&self) -> Stage {
        match &self.bed {
            Some(bed) if bed.course.steps() >= self.recipe.night.steps => self.morning(),
            Some(_) => Stage::Asleep,
            None if self.trainer.done() >= self.total_batches => Stage::Trained,
            None => Stage::Training,
        }
    }

    /// Trains one batch. `None` if `stop` was set meanwhile: nothing has changed then.
    pub fn train_batch(&mut self, stop: &AtomicBool) -> Result<Option<BatchReport>, ExperimentError> {
        let report = self.trainer.batch(&mut self.mlp, &self.train, stop);
        match report {
            Some(report) if !report.loss.is_finite() => Err(training_diverged(report.batch)),
            Some(report) => {
                self.note_batch();
                Ok(Some(report))
            }
            None => Ok(None),
        }
    }
}

/// The held-out images that a run with this seed is tested on.
pub fn held_out(dataset: &Dataset, seed: u64) -> Samples {
    let (test, pixels) = (&dataset.test, dataset.train.pixel_count());
    Samples::gather(
        test.all_pixels(),
        test.labels(),
        pixels,
        &tested_images(test.len(), seed),
    )
}

/// The network of a recipe at birth, for the images of a set.
///
/// # Errors
/// If the recipe does not go with such images: too many weights, or a window larger than an image.
pub(super) fn newborn(recipe: &Recipe, dataset: &Dataset) -> Result<Mlp, RecipeError> {
    check_window(&recipe.night, (dataset.train.width(), dataset.train.height()))?;
    let sizes: Vec<usize> = [dataset.train.pixel_count()]
        .into_iter()
        .chain(recipe.network.hidden.iter().copied())
        .chain([dataset.classes])
        .collect();
    check_size(&sizes)?;
    Ok(born(recipe, &sizes))
}

/// The network of a recipe at birth, with so many units from the inputs to the outputs.
fn born(recipe: &Recipe, sizes: &[usize]) -> Mlp {
    Mlp::new(
        sizes,
        recipe.network.start_weights as f32,
        recipe.network.output,
        1.0 - recipe.training.dropout as f32,
        &mut rng::stream(recipe.seed, Stream::Init, 0),
    )
}

/// A network that would not fit a desktop computer's memory several times over is refused.
fn check_size(sizes: &[usize]) -> Result<(), RecipeError> {
    let weights: usize = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
    if weights > MAX_WEIGHTS {
        return Err(RecipeError::OutOfRange {
            path: "network.hidden".to_owned(),
            value: format!("{:?}, {weights} weights with these images", &sizes[1..sizes.len() - 1]),
            allowed: format!("so small that there are at most {MAX_WEIGHTS} weights"),
        });
    }
    Ok(())
}

/// Which of the held-out images are tested on: all of them, or a random sample where there are more than
/// [`MAX_TEST_IMAGES`].
pub(super) fn tested_images(available: usize, seed: u64) -> Vec<usize> {
    let mut images: Vec<usize> = (0..available).collect();
    if available > MAX_TEST_IMAGES {
        rng::shuffle(&mut images, &mut rng::stream(seed, Stream::Evaluation, 0));
        images.truncate(MAX_TEST_IMAGES);
        images.sort_unstable();
    }
    images
}

/// A window larger than the image is a mistake, and is said.
pub(super) fn check_window(night: &NightParams, (width, height): (usize, usize)) -> Result<(), RecipeError> {
    if night.window > width.min(height) {
        return Err(RecipeError::OutOfRange {
            path: "night.window".to_owned(),
            value: night.window.to_string(),
            allowed: format!(
                "at most {}, for these images are {width} x {height} pixels",
                width.min(height)
            ),
        });
    }
    Ok(())
}

/// What to say when the weights overflow in training.
pub(super) fn training_diverged(batch: u64) -> ExperimentError {
    ExperimentError::Diverged {
        phase: "training",
        unit: "batch",
        at: batch,
        remedy: "learning rate",
    }
}
