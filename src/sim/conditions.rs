//! Conditions under which a network is tested: distorted images, a damaged copy of its weights.

use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::Samples;
use super::evaluate::{Evaluation, Evaluator};
use super::mlp::Mlp;

pub use super::damage::Damage;
pub use super::distort::Fog;

/// What a network is tested under.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Conditions {
    /// What is done to the images.
    pub fog: Fog,
    /// What is done to the network.
    pub damage: Damage,
}

/// One of the conditions, to be made stronger by and by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter)]
pub enum Hardship {
    /// Gaussian noise on the images.
    #[default]
    Noise,
    /// Gaussian blur of the images.
    Blur,
    /// A block on the images.
    Occlusion,
    /// Noise on the weights.
    WeightNoise,
    /// Silent neurons.
    Silence,
}

impl Conditions {
    /// How strong one of them is, in its own unit.
    pub fn strength(&self, of: Hardship) -> f64 {
        match of {
            Hardship::Noise => self.fog.noise,
            Hardship::Blur => self.fog.blur,
            Hardship::Occlusion => self.fog.occlusion as f64,
            Hardship::WeightNoise => self.damage.weight_noise,
            Hardship::Silence => self.damage.silenced as f64,
        }
    }

    /// Makes one of them this strong; counts are rounded.
    pub fn set(&mut self, of: Hardship, strength: f64) {
        let count = strength.round().max(0.0) as usize;
        match of {
            Hardship::Noise => self.fog.noise = strength,
            Hardship::Blur => self.fog.blur = strength,
            Hardship::Occlusion => self.fog.occlusion = count,
            Hardship::WeightNoise => self.damage.weight_noise = strength,
            Hardship::Silence => self.damage.silenced = count,
        }
    }

    /// The same with one of them this strong.
    #[must_use]
    pub fn with(mut self, of: Hardship, strength: f64) -> Self {
        self.set(of, strength);
        self
    }

    /// Tests a network under these conditions, on images of this width and height. `None` if `stop` was set meanwhile.
    pub fn test(
        &self,
        mlp: &Mlp,
        samples: &Samples,
        size: (usize, usize),
        seed: u64,
        evaluator: &mut Evaluator,
        stop: &AtomicBool,
    ) -> Option<Evaluation> {
        let fogged = if self.fog.is_clear() {
            None
        } else {
            Some(self.fog.over(samples, size, seed, stop)?)
        };
        let samples = fogged.as_ref().unwrap_or(samples);
        if self.damage.is_none() {
            return evaluator.evaluate(mlp, samples, stop);
        }
        let mut damaged = mlp.clone();
        self.damage.apply(&mut damaged.weights, seed);
        evaluator.evaluate(&damaged, samples, stop)
    }
}
