//! The gain of each layer's input, from the data (reference: `normalize_nn_data.m`).

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Axis, Slice};

use crate::sim::Samples;
use crate::sim::mlp::{Activations, Mlp};

/// Images that go through the network at a time.
const CHUNK: usize = 500;

/// The gains of the data-based weight normalisation, times `scale`; first hidden layer first.
///
/// For each layer the larger of its largest weight and its largest activation on the given images (both at least 0) is
/// divided by the factor that was applied to the layer before, and the gain is one over that. The chain of divisions by
/// applied factors is what the reference code does. A layer that is as good as silent and has as good as no positive
/// weight would get a gain beyond all numbers; it gets 0, for its input is nothing either way. `None` if `stop` was set meanwhile.
pub fn alpha_from_data(mlp: &Mlp, samples: &Samples, scale: f64, stop: &AtomicBool) -> Option<Vec<f64>> {
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
    let mut applied = 1.0;
    let gains = largest.into_iter().map(|largest| {
        let factor = f64::from(largest) / applied;
        if factor > 0.0 && scale / factor < f64::from(f32::MAX) {
            applied = factor;
            scale / factor
        } else {
            0.0
        }
    });
    Some(gains.collect())
}
