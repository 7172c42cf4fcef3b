//! A test that follows a night: after each change only what the change touches is computed again.
//!
//! A spike of a neuron changes the weights into that neuron and no others. With the sums of every image kept, a change in
//! the first hidden layer costs one new column there, a multiple of one weight column added to the next layer's sums, and
//! the outputs; a change further up costs less. What is added up this way drifts by rounding; after [`REFRESH`] changes
//! everything is computed anew, and readings that rounding could decide are made in double precision (see `reading.rs`),
//! so the result is that of a full test at every moment.
//!
//! Memory: 4 bytes for each image and hidden or output unit, 29 MB for 3,000 images at 1200-1200-10, and a copy of the
//! weights.

use std::sync::Arc;

use faer::Accum;
use ndarray::{Array2, Axis, Slice};
use pulp::Arch;
use rayon::prelude::*;

use super::Evaluation;
use super::full::{image_of, largest_output_weight};
use super::reading::{read, read_exactly, uncertainty};
use crate::sim::Samples;
use crate::sim::mlp::Factor::{Plain, Transposed};
use crate::sim::mlp::{Mlp, product};
use crate::sim::night::Night;

/// Changes after which all sums are computed anew.
const REFRESH: usize = 512;
/// Images that one core works on at a time.
const CHUNK: usize = 64;

/// A test on the held-out images that is kept up to date while the weights change.
#[derive(Clone, Debug)]
pub struct LiveEvaluator {
    arch: Arch,
    samples: Arc<Samples>,
    mlp: Mlp,
    /// Sums before rectification, a layer each, images x units.
    sums: Vec<Array2<f32>>,
    /// How far an image's output sums may be wrong, and what it is read as.
    readings: Vec<Reading>,
    largest_weight: f32,
    evaluation: Evaluation,
    changes_since_refresh: usize,
}

/// What an image is read as.
#[derive(Clone, Copy, Debug, Default)]
struct Reading {
    uncertainty: f32,
    class: u16,
}

/// What changes in one layer.
struct LayerChange<'a> {
    /// Neurons whose weights changed, rising.
    neurons: &'a [u32],
    /// For each unit of the layer below whose activation changes, rising: its outgoing weights, one a neuron.
    columns: Vec<Vec<f32>>,
}

impl LiveEvaluator {
    /// Tests a network from scratch and keeps what later changes need.
    pub fn new(mlp: Mlp, samples: Arc<Samples>) -> Self {
        let mut evaluator = Self {
            arch: Arch::new(),
            sums: mlp
                .weights
                .iter()
                .map(|layer| Array2::zeros((samples.len(), layer.nrows())))
                .collect(),
            readings: vec![Reading::default(); samples.len()],
            largest_weight: 0.0,
            evaluation: Evaluation::empty(mlp.classes()),
            changes_since_refresh: 0,
            mlp,
            samples,
        };
        evaluator.refresh();
        evaluator
    }

    /// What the network can do with the weights of the last update.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// What each image is read as.
    pub fn readings(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.readings.iter().map(|reading| usize::from(reading.class))
    }

    /// The network as it was tested last.
    pub fn mlp(&self) -> &Mlp {
        &self.mlp
    }

    /// Bytes that are kept.
    pub fn memory(&self) -> usize {
        let numbers = self.sums.iter().map(Array2::len).sum::<usize>() + self.mlp.weight_count();
        numbers * size_of::<f32>() + self.readings.len() * size_of::<Reading>()
    }

    /// Takes over the weights of the given neurons (for each layer, rising) from a night, and tests.
    pub fn update(&mut self, night: &mut Night, changed: &[Vec<u32>]) -> &Evaluation {
        let count: usize = changed.iter().map(Vec::len).sum();
        if count == 0 {
            return &self.evaluation;
        }
        // Columns are read before the rows change: what is added to a sum must be what the old weights gave.
        let layers: Vec<LayerChange<'_>> = changed
            .iter()
            .enumerate()
            .map(|(layer, neurons)| LayerChange {
                neurons,
                columns: if layer == 0 {
                    Vec::new()
                } else {
                    self.columns(layer, &changed[layer - 1])
                },
            })
            .collect();
        for (layer, neurons) in changed.iter().enumerate().filter(|(_, neurons)| !neurons.is_empty()) {
            let synapses = night.synapses(layer);
            for &neuron in neurons {
                let mut row = self.mlp.weights[layer].row_mut(neuron as usize);
                for (weight, now) in row.iter_mut().zip(synapses.row(neuron as usize)) {
                    *weight = now;
                }
            }
        }
        self.largest_weight = largest_output_weight(&self.mlp);
        self.changes_since_refresh += count;
        // With few layers above the input a change stays a handful of columns. Where it would spread through a further
        // hidden layer, or touches much of a layer, the matrix products of a full test are faster.
        let spreads = self.mlp.weights.len() > 3;
        let is_much = changed
            .iter()
            .zip(&self.mlp.weights)
            .any(|(neurons, layer)| neurons.len() * 6 > layer.nrows());
        if self.changes_since_refresh > REFRESH || self.mlp.weights.len() < 2 || spreads || (is_much && count > 16) {
            self.refresh();
        } else {
            self.propagate(&layers);
        }
        &self.evaluation
    }

    /// The outgoing weights of the given units of the layer below `layer`.
    fn columns(&self, layer: usize, units: &[u32]) -> Vec<Vec<f32>> {
        units
            .iter()
            .map(|&unit| self.mlp.weights[layer].column(unit as usize).to_vec())
            .collect()
    }

    /// Computes everything anew.
    fn refresh(&mut self) {
        self.changes_since_refresh = 0;
        self.largest_weight = largest_output_weight(&self.mlp);
        self.evaluation = Evaluation::empty(self.mlp.classes());
        for first in (0..self.samples.len()).step_by(8 * CHUNK) {
            self.refresh_sums(Slice::from(first..(first + 8 * CHUNK).min(self.samples.len())));
        }
        let keep = self.mlp.keep;
        let mut activations = Vec::new();
        for image in 0..self.samples.len() {
            activations.clear();
            match self.sums.len() {
                0 => {}
                1 => activations.extend_from_slice(image_of(&self.samples, image)),
                layers => activations.extend(self.sums[layers - 2].row(image).iter().map(|sum| sum.max(0.0) * keep)),
            }
            self.readings[image].uncertainty = uncertainty(&activations, self.largest_weight);
            let class = self.read(image);
            self.readings[image].class = class as u16;
            self.evaluation.add(self.samples.labels[image], class);
        }
    }

    /// Computes the sums of some images anew.
    fn refresh_sums(&mut self, images: Slice) {
        let keep = self.mlp.keep;
        let mut input = self.samples.images.slice_axis(Axis(0), images).to_owned();
        for (sums, weights) in self.sums.iter_mut().zip(&self.mlp.weights) {
            let mut fresh = Array2::zeros((input.nrows(), weights.nrows()));
            product(
                &mut fresh,
                Accum::Replace,
                Plain(input.view()),
                Transposed(weights.view()),
                1.0,
            );
            sums.slice_axis_mut(Axis(0), images).assign(&fresh);
            fresh.mapv_inplace(|sum| sum.max(0.0) * keep);
            input = fresh;
        }
    }

    /// What an image is read as, from its output sums.
    fn read(&self, image: usize) -> usize {
        let sums = self.sums.last().map(|sums| sums.row(image));
        let sums = sums.as_ref().and_then(|row| row.as_slice()).unwrap_or(&[]);
        read(sums, self.mlp.output, self.readings[image].uncertainty)
            .unwrap_or_else(|| read_exactly(&self.mlp, image_of(&self.samples, image)))
    }

    /// Carries changed weights through the sums of every image, for a network of one or two hidden layers.
    fn propagate(&mut self, layers: &[LayerChange<'_>]) {
        let before: Vec<u16> = self.readings.iter().map(|reading| reading.class).collect();
        let (mlp, samples, arch, largest_weight) = (&self.mlp, &*self.samples, self.arch, self.largest_weight);
        let mut parts: Vec<Vec<&mut [f32]>> = (0..samples.len().div_ceil(CHUNK)).map(|_| Vec::new()).collect();
        for (layer, sums) in self.sums.iter_mut().enumerate() {
            let units = mlp.weights[layer].nrows();
            let sums = sums.as_slice_mut().expect("sums are stored image by image");
            for (part, sums) in parts.iter_mut().zip(sums.chunks_mut(CHUNK * units)) {
                part.push(sums);
            }
        }
        parts
            .par_iter_mut()
            .zip(self.readings.par_chunks_mut(CHUNK))
            .enumerate()
            .for_each(|(chunk, (sums, readings))| {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        let mut work = ImageWork {
                            mlp,
                            layers,
                            largest_weight,
                            deltas: Vec::new(),
                            activations: Vec::new(),
                        };
                        for (index, reading) in readings.iter_mut().enumerate() {
                            work.image(image_of(samples, chunk * CHUNK + index), sums, index, reading);
                        }
                    },
                );
            });
        for image in 0..self.readings.len() {
            let (old, new) = (usize::from(before[image]), usize::from(self.readings[image].class));
            if old != new {
                let label = self.samples.labels[image];
                self.evaluation.remove(label, old);
                self.evaluation.add(label, new);
            }
        }
    }
}

/// The changes of one image's sums.
struct ImageWork<'a> {
    mlp: &'a Mlp,
    layers: &'a [LayerChange<'a>],
    largest_weight: f32,
    /// Change of each changed unit's activation in the layer below.
    deltas: Vec<f32>,
    activations: Vec<f32>,
}

impl ImageWork<'_> {
    /// Brings the sums of image `index` of a chunk, and its reading, up to the new weights.
    #[inline(always)]
    fn image(&mut self, pixels: &[f32], sums: &mut [&mut [f32]], index: usize, reading: &mut Reading) {
        let Some(last) = self.layers.len().checked_sub(1) else {
            return;
        };
        let keep = self.mlp.keep;
        let mut dense = false;
        let mut touched = false;
        self.deltas.clear();
        for layer in 0..=last {
            let change = &self.layers[layer];
            let weights = &self.mlp.weights[layer];
            let units = weights.nrows();
            let (below, here) = sums.split_at_mut(layer);
            let row = &mut here[0][index * units..(index + 1) * units];
            let some_input_changed = self.deltas.iter().any(|&delta| delta != 0.0);
            if layer == last && dense {
                // Every unit below may have changed: the outputs are few, so they are summed anew.
                rectified(below, self.mlp, layer, index, keep, &mut self.activations);
                for (sum, weights) in row.iter_mut().zip(weights.rows()) {
                    *sum = dot(&self.activations, weights.to_slice().unwrap_or(&[]));
                }
                reading.uncertainty = uncertainty(&self.activations, self.largest_weight);
                touched = true;
                continue;
            }
            let old: Vec<f32> = change.neurons.iter().map(|&neuron| row[neuron as usize]).collect();
            if some_input_changed {
                for (&delta, column) in self.deltas.iter().zip(&change.columns) {
                    if delta != 0.0 {
                        for (sum, &weight) in row.iter_mut().zip(column) {
                            *sum += delta * weight;
                        }
                    }
                }
                touched |= layer == last;
            }
            if !change.neurons.is_empty() {
                let input: &[f32] = if layer == 0 {
                    pixels
                } else {
                    rectified(below, self.mlp, layer, index, keep, &mut self.activations);
                    &self.activations
                };
                for &neuron in change.neurons {
                    let weights = weights.row(neuron as usize);
                    row[neuron as usize] = dot(input, weights.to_slice().unwrap_or(&[]));
                }
                touched |= layer == last;
            }
            dense = layer > 0 && some_input_changed;
            self.deltas.clear();
            let new = change.neurons.iter().map(|&neuron| row[neuron as usize]);
            self.deltas
                .extend(new.zip(old).map(|(new, old)| (new.max(0.0) - old.max(0.0)) * keep));
        }
        if touched {
            let outputs = self.mlp.classes();
            let row = &sums[last][index * outputs..(index + 1) * outputs];
            let class = read(row, self.mlp.output, reading.uncertainty);
            reading.class = class.unwrap_or_else(|| read_exactly(self.mlp, pixels)) as u16;
        }
    }
}

/// The activations of the layer below `layer` for an image of the chunk.
#[inline(always)]
fn rectified(below: &[&mut [f32]], mlp: &Mlp, layer: usize, index: usize, keep: f32, activations: &mut Vec<f32>) {
    let units = mlp.weights[layer - 1].nrows();
    activations.clear();
    activations.extend(
        below[layer - 1][index * units..(index + 1) * units]
            .iter()
            .map(|sum| sum.max(0.0) * keep),
    );
}

/// The sum of products, in 32 partial sums that the compiler can keep side by side.
#[inline(always)]
fn dot(left: &[f32], right: &[f32]) -> f32 {
    const LANES: usize = 32;
    let mut totals = [0.0_f32; LANES];
    let (lefts, rights) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 = lefts
        .remainder()
        .iter()
        .zip(rights.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (left, right) in lefts.zip(rights) {
        for lane in 0..LANES {
            totals[lane] += left[lane] * right[lane];
        }
    }
    totals.iter().sum::<f32>() + rest
}
