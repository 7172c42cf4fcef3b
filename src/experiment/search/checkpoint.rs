//! A network of a search: trained once, and put to sleep with every candidate.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{Network, Outcome, Search, SearchError};
use crate::data::DataError;
use crate::experiment::protocol::{Morning, sleep_through};
use crate::experiment::{ExperimentError, Library, Rival, newborn, training_diverged};
use crate::sim::Samples;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::Mlp;
use crate::sim::night::{Dreamer, NightParams, Scaling};
use crate::sim::train::{Overflow, Trainer};

/// Steps between two looks at whether to stop.
const PATIENCE: u64 = 64;

/// A network of a search that cannot be trained.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The search makes no sense.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The network cannot be made or trained.
    #[error("in {network}, {fault}")]
    Training {
        /// The situation and the seed.
        network: String,
        /// What happened.
        fault: Box<ExperimentError>,
    },
    /// The images cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// A trained network, with all that its nights and their scores need.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    mlp: Mlp,
    seed: u64,
    /// What data-based gains are made from.
    scaling: Scaling,
    mean_image: Vec<f32>,
    image_size: (usize, usize),
    validation: Samples,
    network: Network,
}

impl Checkpoint {
    /// What a network is called: its situation and its seed.
    pub fn name_of(search: &Search, situation: usize, seed: u64) -> String {
        format!("{}, seed {seed}", search.situations[situation].name)
    }

    /// Trains a network of a search. `None` if `stop` was set meanwhile.
    ///
    /// # Errors
    /// If the images cannot be had, and if the training diverges: nothing can be scored without it.
    pub fn train(
        search: &Search,
        (situation, seed): (usize, u64),
        library: &Library,
        stop: &AtomicBool,
    ) -> Result<Option<Self>, CheckpointError> {
        let recipe = search.recipe_of(situation, seed)?;
        let dataset = library.get(&recipe.data)?;
        let fault = |fault: ExperimentError| CheckpointError::Training {
            network: Self::name_of(search, situation, seed),
            fault: Box::new(fault),
        };
        let split = search.split(&recipe, &dataset)?;
        // Only the training part of the set is at hand from here on.
        let images = &dataset.train;
        let gather =
            |chosen: &[usize]| Samples::gather(images.all_pixels(), images.labels(), images.pixel_count(), chosen);
        let (train, validation) = (gather(&split.train), gather(&split.validation));
        let mut mlp = newborn(&recipe, &dataset).map_err(|error| fault(error.into()))?;
        let mut trainer = Trainer::new(&mlp, &recipe.training, recipe.seed);
        let count = Trainer::total_batches(&recipe.training, train.len());
        match trainer.batches(&mut mlp, &train, count, stop) {
            None => return Ok(None),
            Some(Err(Overflow(batch))) => return Err(fault(training_diverged(batch))),
            Some(Ok(())) => {}
        }
        let rescaled = Rival::RescaledOutputs.network(&mlp, None, &train, seed);
        let mut evaluator = Evaluator::default();
        let mut accuracy = |mlp: &Mlp| Some(evaluator.evaluate(mlp, &validation, stop)?.accuracy());
        let (Some(before), Some(rescaled), Some(scaling)) = (
            accuracy(&mlp),
            rescaled.as_ref().and_then(&mut accuracy),
            Scaling::measure(&mlp, &train, stop),
        ) else {
            return Ok(None);
        };
        Ok(Some(Self {
            seed,
            scaling,
            mean_image: train.mean_image(),
            image_size: (images.width(), images.height()),
            network: Network {
                situation: search.situations[situation].name.clone(),
                seed,
                images: dataset.sha256.clone(),
                trained_on: train.len(),
                scored_on: validation.len(),
                before,
                rescaled,
            },
            validation,
            mlp,
        }))
    }

    /// What it could do before any night.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The weights before any night.
    pub fn mlp(&self) -> &Mlp {
        &self.mlp
    }

    /// A night of the network with these parameters, and what it can read afterwards. `None` if `stop` was set meanwhile.
    pub fn score(&self, night: &NightParams, most_spikes: f64, stop: &AtomicBool) -> Option<Outcome> {
        let alpha = night.alpha.gains(|| Some(&self.scaling))?;
        let dreamer = Dreamer::new(night, &self.mean_image, self.image_size, self.seed);
        let limit = most_spikes * night.steps as f64;
        let mut ran_away = None;
        let mut all = 0_u64;
        let morning = sleep_through(&self.mlp, night, &alpha, &dreamer, &mut |step, spikes| {
            all += spikes;
            if all as f64 > limit {
                ran_away = Some(step);
            }
            ran_away.is_none() && (step % PATIENCE != 0 || !stop.load(Ordering::Relaxed))
        });
        match morning {
            None => ran_away.map(Outcome::RanAway),
            Some(Morning::Diverged(step)) => Some(Outcome::Diverged(step)),
            Some(Morning::Woken(woken, _)) => {
                let test = Evaluator::default().evaluate(&woken, &self.validation, stop)?;
                Some(Outcome::Read(test.accuracy()))
            }
        }
    }
}
