//! A trained network in the evening: what it becomes if something else is done to it than its own night.
//!
//! Protocols and the window make rivals of the night here: the same rival of the same run is the same network in both.

use std::sync::atomic::AtomicBool;

use super::images::same_total;
use super::rivals::stopped_early;
use super::sleep::{Dreamland, Morning, rival_recipe};
use super::{JobError, Rival};
use crate::data::Set;
use crate::experiment::{ExperimentError, Recipe};
use crate::sim::Samples;
use crate::sim::mlp::Mlp;
use crate::sim::rng::{self, Stream};
use crate::sim::train::{Overflow, TrainParams, Trainer};

/// The event of [`Stream::Control`] that shuffles the pixels of a mean image; smaller ones shuffle layers.
pub(super) const PIXELS: u64 = u32::MAX as u64;

/// A trained network, and what it was made from.
pub struct Evening<'a> {
    /// What was run, with the night that the rivals stand in for.
    pub recipe: &'a Recipe,
    /// The images it was trained on.
    pub train: &'a Samples,
    /// Their mean, row by row.
    pub mean_image: &'a [f32],
    /// Its width and height in pixels.
    pub image_size: (usize, usize),
    /// The network before it was trained.
    pub newborn: &'a Mlp,
    /// The network that falls asleep.
    pub mlp: &'a Mlp,
    /// Its training, at its end.
    pub trainer: &'a Trainer,
}

/// What a rival made of a network.
pub enum Made {
    /// This network.
    Network(Mlp),
    /// This network, the best of a training that was stopped early, after so many epochs.
    Stopped(Mlp, u32),
    /// Weights that are no finite numbers, at this step or batch.
    Diverged(u64),
}

impl Evening<'_> {
    /// What the night dreams of, with a mean image of this size.
    pub fn dreamland<'b>(&'b self, mean_image: &'b [f32]) -> Dreamland<'b> {
        Dreamland {
            scaled_by: self.train,
            mean_image,
            image_size: self.image_size,
            seed: self.recipe.seed,
        }
    }

    /// What a rival makes of the network; `woken` is the network after the real night, if that ended well. `foreign` gives the mean
    /// image of another set, of the same size. `None` if `stop` was set meanwhile.
    ///
    /// # Errors
    /// If the rival's settings make no sense, or if there is no such mean image.
    pub fn make(
        &self,
        rival: &Rival,
        woken: Option<&Mlp>,
        foreign: &dyn Fn(Set) -> Result<Vec<f32>, JobError>,
        stop: &AtomicBool,
    ) -> Result<Option<Made>, JobError> {
        let of = |overflown: Result<Mlp, Overflow>| match overflown {
            Ok(mlp) => Made::Network(mlp),
            Err(Overflow(batch)) => Made::Diverged(batch),
        };
        Ok(match rival {
            Rival::EarlyStopping {
                share,
                epochs,
                patience,
            } => stopped_early(
                self.newborn,
                self.recipe,
                self.train,
                (*share, *epochs, *patience),
                stop,
            ),
            Rival::FineTuning(params) => self.fine_tuned(self.mlp, params, stop).map(of),
            Rival::Settings(_) | Rival::ForeignMean(_) | Rival::ShuffledPixels => {
                self.other_night(rival, foreign, stop)?
            }
            Rival::RescaledOutputs | Rival::Change(_) | Rival::WeightDecay => {
                let network = rival.network(self.mlp, woken, self.train, self.recipe.seed);
                Some(network.map_or(Made::Diverged(self.recipe.night.steps), Made::Network))
            }
        })
    }

    /// Trains a copy of a network on the same images again, with what momentum carried over. `None` if `stop` was set meanwhile.
    pub fn fine_tuned(&self, mlp: &Mlp, params: &TrainParams, stop: &AtomicBool) -> Option<Result<Mlp, Overflow>> {
        let (mut mlp, mut trainer) = (mlp.clone(), self.trainer.clone());
        trainer.go_on_with(params);
        let batches = Trainer::total_batches(params, self.train.len());
        Some(trainer.batches(&mut mlp, self.train, batches, stop)?.map(|()| mlp))
    }

    /// A night that dreams of something else, or with other settings.
    fn other_night(
        &self,
        rival: &Rival,
        foreign: &dyn Fn(Set) -> Result<Vec<f32>, JobError>,
        stop: &AtomicBool,
    ) -> Result<Option<Made>, JobError> {
        let recipe = rival_recipe(self.recipe, rival).map_err(ExperimentError::Recipe)?;
        let image = match rival {
            Rival::ForeignMean(set) => Some(foreign(*set)?),
            Rival::ShuffledPixels => Some(shuffled(self.mean_image, recipe.seed)),
            _ => None,
        };
        let image = match image {
            Some(image) => same_total(&image, self.mean_image, self.image_size, recipe.night.window),
            None => self.mean_image.to_vec(),
        };
        let morning = self.dreamland(&image).sleep(self.mlp, &recipe.night, stop);
        Ok(morning.map(|morning| match morning {
            Morning::Woken(woken, _) => Made::Network(woken),
            Morning::Diverged(step) => Made::Diverged(step),
        }))
    }
}

/// An image with its pixels shuffled.
pub(super) fn shuffled(image: &[f32], seed: u64) -> Vec<f32> {
    let mut image = image.to_vec();
    rng::shuffle(&mut image, &mut rng::stream(seed, Stream::Control, PIXELS));
    image
}
