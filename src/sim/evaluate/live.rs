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
use std::sync::atomic::{AtomicBool, Ordering};

use faer::Accum;
use ndarray::{Array2, Axis, Slice};
use pulp::Arch;
use rayon::prelude::*;

use super::full::{image_of, largest_output_weight};
use super::lanes::{LANES, Lanes};
use super::reading::{read, read_exactly, uncertainty};
use super::{Evaluation, ImageReading};
use crate::sim::Samples;
use crate::sim::mlp::Factor::{Plain, Transposed};
use crate::sim::mlp::{Mlp, product};
use crate::sim::night::Night;

/// Changes after which all sums are computed anew.
const REFRESH: usize = 512;
/// Changes in one layer at a time beyond which computing everything anew is faster.
const MANY: usize = 64;
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
    is_finite: bool,
    /// Whether a test was stopped half-way.
    is_stale: bool,
    changes_since_refresh: usize,
}

/// Stands for a class that has still to be read in double precision.
const DOUBTFUL: u16 = u16::MAX;

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
    /// Tests a network from scratch and keeps what later changes need. `None` if `stop` was set meanwhile.
    pub fn new(mlp: Mlp, samples: Arc<Samples>, stop: &AtomicBool) -> Option<Self> {
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
            is_finite: mlp.is_finite(),
            is_stale: true,
            changes_since_refresh: 0,
            mlp,
            samples,
        };
        evaluator.refresh(stop)?;
        Some(evaluator)
    }

    /// What the network could do at the last test that was not stopped.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// What each image was read as at the last test that was not stopped, and what each output said.
    pub fn readings(&self) -> Vec<ImageReading> {
        let mut outputs = self.sums.last().cloned().unwrap_or_default();
        self.mlp.output.apply(&mut outputs);
        let rows = outputs.rows().into_iter().zip(&self.readings).enumerate();
        rows.map(|(image, (outputs, reading))| ImageReading {
            image,
            class: usize::from(reading.class),
            outputs: outputs.to_vec(),
        })
        .collect()
    }

    /// The network as it was tested last.
    pub fn mlp(&self) -> &Mlp {
        &self.mlp
    }

    /// Whether every weight is a finite number.
    pub fn is_finite(&self) -> bool {
        self.is_finite
    }

    /// Takes over the weights of the given neurons (for each layer, rising) from a night, and tests. `None` if `stop` was
    /// set meanwhile; the weights are taken over then, and the next update makes up for the test.
    pub fn update(&mut self, night: &mut Night, changed: &[Vec<u32>], stop: &AtomicBool) -> Option<&Evaluation> {
        let count: usize = changed.iter().map(Vec::len).sum();
        if count == 0 && !self.is_stale {
            return Some(&self.evaluation);
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
        self.take_over(night, changed);
        self.changes_since_refresh += count;
        // With few layers above the input a change stays a handful of columns. Where it would spread through a further
        // hidden layer, or touches much of a layer, the matrix products of a full test are faster.
        let is_deep = !(2..=3).contains(&self.mlp.weights.len());
        let is_much = changed.iter().any(|neurons| neurons.len() > MANY);
        if self.is_stale || is_deep || is_much || self.changes_since_refresh > REFRESH {
            self.refresh(stop)?;
        } else {
            self.propagate(&layers, stop)?;
        }
        Some(&self.evaluation)
    }

    /// Copies the weights of neurons from a night.
    fn take_over(&mut self, night: &mut Night, changed: &[Vec<u32>]) {
        for (layer, neurons) in changed.iter().enumerate().filter(|(_, neurons)| !neurons.is_empty()) {
            let synapses = night.synapses(layer);
            for &neuron in neurons {
                let mut row = self.mlp.weights[layer].row_mut(neuron as usize);
                for (weight, now) in row.iter_mut().zip(synapses.row(neuron as usize)) {
                    self.is_finite &= now.is_finite();
                    *weight = now;
                }
            }
        }
        self.largest_weight = largest_output_weight(&self.mlp);
    }

    /// The outgoing weights of the given units of the layer below `layer`.
    fn columns(&self, layer: usize, units: &[u32]) -> Vec<Vec<f32>> {
        units
            .iter()
            .map(|&unit| self.mlp.weights[layer].column(unit as usize).to_vec())
            .collect()
    }

    /// Computes everything anew.
    fn refresh(&mut self, stop: &AtomicBool) -> Option<()> {
        self.is_stale = true;
        self.changes_since_refresh = 0;
        self.largest_weight = largest_output_weight(&self.mlp);
        for first in (0..self.samples.len()).step_by(8 * CHUNK) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            self.refresh_sums(Slice::from(first..(first + 8 * CHUNK).min(self.samples.len())));
        }
        for image in 0..self.samples.len() {
            let last_hidden = match self.sums.len() {
                0 | 1 => image_of(&self.samples, image),
                layers => row_of(&self.sums[layers - 2], image),
            };
            let uncertainty = uncertainty(last_hidden, self.largest_weight);
            let sums = self.sums.last().map_or(&[][..], |sums| row_of(sums, image));
            let class = read(sums, self.mlp.output, uncertainty);
            self.readings[image] = Reading {
                uncertainty,
                class: class.map_or(DOUBTFUL, |class| class as u16),
            };
        }
        self.read_doubtful(stop)?;
        self.evaluation = Evaluation::empty(self.mlp.classes());
        for (reading, &label) in self.readings.iter().zip(&self.samples.labels) {
            self.evaluation.add(label, usize::from(reading.class));
        }
        self.is_stale = false;
        Some(())
    }

    /// Reads the images anew whose reading rounding could decide.
    fn read_doubtful(&mut self, stop: &AtomicBool) -> Option<()> {
        let is_doubtful = |&image: &usize| self.readings[image].class == DOUBTFUL;
        let images: Vec<usize> = (0..self.readings.len()).filter(is_doubtful).collect();
        let classes = read_exactly(&self.mlp, &self.samples, &images, stop)?;
        for (image, class) in images.into_iter().zip(classes) {
            self.readings[image].class = class as u16;
        }
        Some(())
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

    /// Carries changed weights through the sums of every image, for a network of one or two hidden layers.
    fn propagate(&mut self, layers: &[LayerChange<'_>], stop: &AtomicBool) -> Option<()> {
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
        let chunks = parts
            .par_iter_mut()
            .zip(self.readings.par_chunks_mut(CHUNK))
            .enumerate();
        chunks.for_each(|(chunk, (sums, readings))| {
            let work = ImageWork::new(mlp, layers, largest_weight);
            let readings = readings.iter_mut().enumerate();
            arch.dispatch(
                // Uses up what it captures, so that its body is what is compiled for this processor.
                #[inline(always)]
                move || {
                    let mut work = work;
                    for (index, reading) in readings {
                        work.image(image_of(samples, chunk * CHUNK + index), sums, index, reading);
                    }
                },
            );
        });
        // Until the doubtful ones are read, the counts are not those of the sums.
        self.is_stale = true;
        self.read_doubtful(stop)?;
        self.is_stale = false;
        for ((old, reading), &label) in before.into_iter().zip(&self.readings).zip(&self.samples.labels) {
            if old != reading.class {
                self.evaluation.remove(label, usize::from(old));
                self.evaluation.add(label, usize::from(reading.class));
            }
        }
        Some(())
    }
}

/// The changes of one image's sums.
struct ImageWork<'a> {
    mlp: &'a Mlp,
    layers: &'a [LayerChange<'a>],
    largest_weight: f32,
    /// Change of each changed unit's activation in the layer below.
    deltas: Vec<f32>,
    /// Sums of the changed neurons as they were.
    old: Vec<f32>,
    activations: Vec<f32>,
}

impl<'a> ImageWork<'a> {
    /// No image yet.
    fn new(mlp: &'a Mlp, layers: &'a [LayerChange<'a>], largest_weight: f32) -> Self {
        Self {
            mlp,
            layers,
            largest_weight,
            deltas: Vec::new(),
            old: Vec::new(),
            activations: Vec::new(),
        }
    }

    /// Brings the sums of image `index` of a chunk, and its reading, up to the new weights.
    #[inline(always)]
    fn image(&mut self, pixels: &[f32], sums: &mut [&mut [f32]], index: usize, reading: &mut Reading) {
        let Some((last, hidden)) = self.layers.split_last() else {
            return;
        };
        self.deltas.clear();
        let mut touched = false;
        for (layer, change) in hidden.iter().enumerate() {
            touched |= self.hidden_layer(layer, change, pixels, sums, index);
        }
        if touched || !last.neurons.is_empty() {
            self.outputs(touched, last.neurons, sums, index, reading);
            let outputs = self.mlp.classes();
            let row = &sums[hidden.len()][index * outputs..(index + 1) * outputs];
            let class = read(row, self.mlp.output, reading.uncertainty);
            reading.class = class.map_or(DOUBTFUL, |class| class as u16);
        }
    }

    /// Brings one hidden layer up to date; whether an activation of it changed.
    #[inline(always)]
    fn hidden_layer(
        &mut self,
        layer: usize,
        change: &LayerChange<'_>,
        pixels: &[f32],
        sums: &mut [&mut [f32]],
        index: usize,
    ) -> bool {
        let weights = &self.mlp.weights[layer];
        let keep = self.mlp.keep;
        let (below, here) = sums.split_at_mut(layer);
        let row = &mut here[0][index * weights.nrows()..(index + 1) * weights.nrows()];
        self.old.clear();
        self.old
            .extend(change.neurons.iter().map(|&neuron| row[neuron as usize]));
        let mut touched = false;
        for (&delta, column) in self.deltas.iter().zip(&change.columns) {
            if delta != 0.0 {
                touched = true;
                for (sum, &weight) in row.iter_mut().zip(column) {
                    *sum += delta * weight;
                }
            }
        }
        if !change.neurons.is_empty() {
            if layer > 0 {
                rectify(
                    &below[layer - 1][index * weights.ncols()..(index + 1) * weights.ncols()],
                    keep,
                    &mut self.activations,
                );
            }
            let input = if layer == 0 { pixels } else { &self.activations };
            for &neuron in change.neurons {
                row[neuron as usize] = dot(input, row_of(weights, neuron as usize));
            }
        }
        self.deltas.clear();
        for (&old, &neuron) in self.old.iter().zip(change.neurons) {
            let delta = (row[neuron as usize].max(0.0) - old.max(0.0)) * keep;
            touched |= delta != 0.0;
            self.deltas.push(delta);
        }
        touched
    }

    /// Sums the outputs anew: all of them, or those whose weights changed.
    #[inline(always)]
    fn outputs(&mut self, all: bool, neurons: &[u32], sums: &mut [&mut [f32]], index: usize, reading: &mut Reading) {
        let (below, here) = sums.split_at_mut(self.layers.len() - 1);
        let (Some(below), Some(weights)) = (below.last(), self.mlp.weights.last()) else {
            return;
        };
        let hidden = &below[index * weights.ncols()..(index + 1) * weights.ncols()];
        rectify(hidden, self.mlp.keep, &mut self.activations);
        let row = &mut here[0][index * weights.nrows()..(index + 1) * weights.nrows()];
        if all {
            for (output, sum) in row.iter_mut().enumerate() {
                *sum = dot(&self.activations, row_of(weights, output));
            }
        } else {
            for &output in neurons {
                row[output as usize] = dot(&self.activations, row_of(weights, output as usize));
            }
        }
        // What was added and taken away again leaves a trace of its size, so the uncertainty only grows until everything
        // is computed anew.
        reading.uncertainty = reading.uncertainty.max(uncertainty(hidden, self.largest_weight));
    }
}

/// The weights of one neuron.
#[inline(always)]
fn row_of(weights: &Array2<f32>, neuron: usize) -> &[f32] {
    let inputs = weights.ncols();
    weights
        .as_slice()
        .map_or(&[], |all| &all[neuron * inputs..(neuron + 1) * inputs])
}

/// Activations from sums.
#[inline(always)]
fn rectify(sums: &[f32], keep: f32, activations: &mut Vec<f32>) {
    activations.resize(sums.len(), 0.0);
    for (activation, &sum) in activations.iter_mut().zip(sums) {
        *activation = sum.max(0.0) * keep;
    }
}

/// The sum of products.
#[inline(always)]
fn dot(left: &[f32], right: &[f32]) -> f32 {
    let mut lanes = Lanes::default();
    let (lefts, rights) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let rest: f32 = lefts
        .remainder()
        .iter()
        .zip(rights.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (left, right) in lefts.zip(rights) {
        for lane in 0..LANES {
            lanes.0[lane] += left[lane] * right[lane];
        }
    }
    lanes.total() + rest
}
