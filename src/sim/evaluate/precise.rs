//! Single images in double precision, kept up to date while the weights change.
//!
//! An image whose two likeliest classes are close stays close for many steps. Its sums are kept, so that it need not go
//! through the whole network each time.

use super::reading::read;
use super::script::Change;
use crate::sim::mlp::{Mlp, Output};

/// The error of an output sum is below this part of the sum of all its terms' magnitudes: a thousand times what the
/// roundings of a thousand terms come to.
const ERROR: f64 = 1e-13;

/// Partial sums that do not wait for each other.
const LANES: usize = 16;

/// One image in double precision, in a network of one or two hidden layers.
#[derive(Clone, Debug)]
pub(super) struct Precise {
    /// Number of the image.
    pub(super) image: u32,
    pixels: Vec<f64>,
    /// Activations of the first of two hidden layers; empty if there is one.
    first: Vec<f64>,
    /// Sums of the last hidden layer.
    last: Vec<f64>,
    /// The largest that the sum of the magnitudes of `last` has been.
    most: f64,
    /// Changes since the image had to be read last.
    pub(super) unread: usize,
}

impl Precise {
    /// Carries an image through a network.
    #[inline(always)]
    pub(super) fn new(mlp: &Mlp, image: u32, pixels: &[f32]) -> Self {
        let pixels: Vec<f64> = pixels.iter().map(|&pixel| f64::from(pixel)).collect();
        let sums = |layer: usize, inputs: &[f64]| -> Vec<f64> {
            let weights = mlp.weights[layer].as_slice().unwrap_or(&[]);
            weights
                .chunks_exact(inputs.len().max(1))
                .map(|row| dot(row, inputs))
                .collect()
        };
        let mut first = Vec::new();
        let mut last = sums(0, &pixels);
        if mlp.weights.len() > 2 {
            first = last.iter().map(|&sum| activation(sum, mlp.keep)).collect();
            last = sums(1, &first);
        }
        let mut precise = Self {
            image,
            pixels,
            first,
            last,
            most: 0.0,
            unread: 0,
        };
        precise.note_size();
        precise
    }

    /// Takes over a change in a hidden layer.
    #[inline(always)]
    pub(super) fn apply(&mut self, change: &Change, keep: f32) {
        let neuron = change.neuron as usize;
        if self.first.is_empty() {
            self.last[neuron] = dot(&change.weights, &self.pixels);
        } else if change.layer == 0 {
            let now = activation(dot(&change.weights, &self.pixels), keep);
            let delta = now - std::mem::replace(&mut self.first[neuron], now);
            for (sum, &weight) in self.last.iter_mut().zip(&change.outgoing) {
                *sum += delta * f64::from(weight);
            }
        } else {
            self.last[neuron] = dot(&change.weights, &self.first);
        }
        self.note_size();
    }

    /// The class the image is read as, `rows` being the weights of the outputs and `largest` the largest magnitude among them
    /// so far; `None` if even double precision does not decide.
    #[inline(always)]
    pub(super) fn read(&self, rows: &[&[f32]], largest: f32, output: Output, keep: f32) -> Option<u16> {
        let hidden: Vec<f64> = self.last.iter().map(|&sum| activation(sum, keep)).collect();
        let sums: Vec<f64> = rows.iter().map(|row| dot(row, &hidden)).collect();
        read(&sums, output, ERROR * f64::from(largest) * self.most).map(|class| class as u16)
    }

    /// Notes how large the sums are.
    #[inline(always)]
    fn note_size(&mut self) {
        let mut parts = [0.0; LANES];
        let sums = self.last.chunks_exact(LANES);
        let rest: f64 = sums.remainder().iter().map(|sum| sum.abs()).sum();
        for sums in sums {
            for (part, sum) in parts.iter_mut().zip(sums) {
                *part += sum.abs();
            }
        }
        let size = parts.iter().sum::<f64>() + rest;
        self.most = if size <= self.most { self.most } else { size };
    }
}

/// A hidden unit's activation.
#[inline(always)]
fn activation(sum: f64, keep: f32) -> f64 {
    sum.max(0.0) * f64::from(keep)
}

/// The sum of products.
#[inline(always)]
fn dot(weights: &[f32], inputs: &[f64]) -> f64 {
    let mut parts = [0.0; LANES];
    let (left, right) = (weights.chunks_exact(LANES), inputs.chunks_exact(LANES));
    let rest = left.remainder().iter().zip(right.remainder());
    let rest: f64 = rest.map(|(&weight, &input)| f64::from(weight) * input).sum();
    for (weights, inputs) in left.zip(right) {
        for lane in 0..LANES {
            parts[lane] += f64::from(weights[lane]) * inputs[lane];
        }
    }
    parts.iter().sum::<f64>() + rest
}
