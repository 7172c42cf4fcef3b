//! The gain of each layer's input, from the data (reference: `normalize_nn_data.m`).

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Axis, Slice};

use crate::sim::Samples;
use crate::sim::mlp::{Activations, Mlp};

/// Images that go through the network at a time.
const CHUNK: usize = 500;

/// What the gains of a night are made from: how large each layer's weights and activations get on the images trained on.
/// Measured once for a network; every scale then gives its gains at no cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// The larger of a layer's largest weight and its largest activation, both at least 0.
    largest: Vec<f32>,
}

impl Scaling {
    /// Runs the images forward. `None` if `stop` was set meanwhile.
    pub fn measure(mlp: &Mlp, samples: &Samples, stop: &AtomicBool) -> Option<Self> {
        let mut largest: Vec<f32> = mlp
            .weights
            .iter()
            .map(|layer| layer.iter().fold(0.0, |most, &weight| weight.max(most)))
            .collect();
        let mut room = Activations::default();
        for first in (0..samples.len()).step_by(CHUNK) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let chunk = Slice::from(first..(first + CHUNK).min(samples.len()));
            let chunk = samples.images.slice_axis(Axis(0), chunk);
            for (largest, layer) in largest.iter_mut().zip(mlp.forward(chunk, &mut room)) {
                *largest = layer.iter().fold(*largest, |most, &activation| activation.max(most));
            }
        }
        Some(Self { largest })
    }

    /// What these gains were made from at this scale; `None` if they cannot be such gains.
    pub fn of_gains(gains: &[f64], scale: f64) -> Option<Self> {
        if !(scale > 0.0 && scale.is_finite()) {
            return None;
        }
        let mut applied = 1.0;
        let largest = gains.iter().map(|&gain| {
            if gain > 0.0 && gain.is_finite() {
                let factor = scale / gain;
                let largest = factor * applied;
                applied = factor;
                largest as f32
            } else {
                0.0
            }
        });
        Some(Self {
            largest: largest.collect(),
        })
    }

    /// The gains of the data-based weight normalisation, times `scale`; first hidden layer first.
    ///
    /// For each layer what was measured is divided by the factor that was applied to the layer before, and the gain is one
    /// over that. The chain of divisions by applied factors is what the reference code does. A layer that is as good as silent
    /// and has as good as no positive weight would get a gain beyond all numbers; it gets 0, for its input is nothing either
    /// way.
    pub fn gains(&self, scale: f64) -> Vec<f64> {
        let mut applied = 1.0;
        let gains = self.largest.iter().map(|&largest| {
            let factor = f64::from(largest) / applied;
            if factor > 0.0 && scale / factor < f64::from(f32::MAX) {
                applied = factor;
                scale / factor
            } else {
                0.0
            }
        });
        gains.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches gains from which another measurement is found than the one they were made from, so that a night of somebody
    /// without the images would differ.
    #[test]
    fn gains_tell_what_they_were_made_from() {
        for largest in [[1.37_f32, 0.041, 0.93], [0.2, 0.0, 0.7], [3.25, 1e-3, 17.0]] {
            let scaling = Scaling {
                largest: largest.to_vec(),
            };
            for scale in [7.7, 0.31, 55.882_454] {
                let found = Scaling::of_gains(&scaling.gains(scale), scale).unwrap();
                assert_eq!(found, scaling, "at {scale}");
            }
        }
        assert_eq!(Scaling::of_gains(&[1.0], 0.0), None);
    }
}
