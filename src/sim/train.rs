//! Training by stochastic gradient descent (reference: `nntrain.m`, `nnbp.m`).

use std::sync::atomic::{AtomicBool, Ordering};

use faer::Accum;
use ndarray::Array2;
use rand::Rng as _;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Samples;
use super::mlp::Factor::{Plain, Transposed};
use super::mlp::{Activations, Mlp, Output, argmax, product, rectified};
use super::rng::{self, Stream};

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainParams {
    /// Passes over the chosen images.
    pub epochs: u32,
    /// Step along the gradient.
    pub learning_rate: f64,
    /// What is kept of the last change: `v <- momentum v + learning_rate g; w <- w - v`.
    pub momentum: f64,
    /// Images a change is computed from. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Share of the hidden activations set to zero while training.
    pub dropout: f64,
}

/// The state of a training: how far it is, and the momentum, which the next training or the morning after may go on with.
///
/// The order of the images and the units that are dropped depend on the seed and on the number of the epoch or batch
/// alone, so a training can be stopped anywhere and go on, or be done again from there, without a bit of difference.
#[derive(Clone, Debug)]
pub struct Trainer {
    params: TrainParams,
    seed: u64,
    /// Batches done.
    done: u64,
    /// Batches and epochs of earlier phases: those before the last [`Trainer::go_on_with`].
    before: (u64, u64),
    /// `momentum x v` of the formula in [`TrainParams::momentum`], shaped like the weights: what the next change begins
    /// with. Keeping it in this form lets the gradient be added to it by the matrix product itself.
    carried: Vec<Array2<f32>>,
    /// The order of the images in the epoch `order_of`.
    order: Vec<u32>,
    order_of: Option<u64>,
    room: Room,
}

/// Room for one batch, kept between batches.
#[derive(Clone, Debug, Default)]
struct Room {
    images: Array2<f32>,
    labels: Vec<u8>,
    activations: Activations,
    /// Derivative of the loss by each unit's sum, a layer each, images x units.
    deltas: Vec<Array2<f32>>,
    /// Random bits that decide which units are dropped.
    coins: Vec<u16>,
}

/// What happened in one batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchReport {
    /// Number of the batch, from 0.
    pub batch: u64,
    /// Mean loss of an image: half the squared error, or the cross entropy of a softmax output.
    pub loss: f32,
    /// Share of the images that were read correctly, with dropout.
    pub accuracy: f32,
}

/// A training whose numbers overflowed what a number can hold: at this batch, counted from the start of the training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow(pub u64);

impl Trainer {
    /// A training that has not begun.
    pub fn new(mlp: &Mlp, params: &TrainParams, seed: u64) -> Self {
        Self {
            params: params.clone(),
            seed,
            done: 0,
            before: (0, 0),
            carried: mlp.weights.iter().map(|layer| Array2::zeros(layer.dim())).collect(),
            order: Vec::new(),
            order_of: None,
            room: Room::default(),
        }
    }

    /// Takes so many batches for done, whose weights come from elsewhere. What momentum carries over is not known then.
    pub fn skip_to(&mut self, batches: u64) {
        self.done = batches;
    }

    /// Begins another phase of training, with other parameters and perhaps other images: fine-tuning after a night, the next
    /// of several tasks. Momentum is carried over, as in the reference, whose buffers live in the network; the order of the
    /// images and the dropped units are those of epochs and batches that no earlier phase had.
    pub fn go_on_with(&mut self, params: &TrainParams) {
        self.before = (self.done, self.before.1 + u64::from(self.params.epochs));
        self.params = params.clone();
        self.order_of = None;
    }

    /// Goes to where a training stood after so many batches, with what momentum carried over then; the weights are the caller's
    /// business.
    pub fn go_to(&mut self, batches: u64, momentum: &[Array2<f32>]) {
        self.done = batches;
        self.carried.clone_from_slice(momentum);
    }

    /// What momentum carries over to the next batch, shaped like the weights.
    pub fn momentum(&self) -> &[Array2<f32>] {
        &self.carried
    }

    /// Batches done.
    pub fn done(&self) -> u64 {
        self.done
    }

    /// Batches from the first to the last, for so many images.
    pub fn total_batches(params: &TrainParams, images: usize) -> u64 {
        u64::from(params.epochs) * Self::batches_per_epoch(params, images)
    }

    /// Batches in one pass over so many images; the last may be smaller.
    fn batches_per_epoch(params: &TrainParams, images: usize) -> u64 {
        images.div_ceil(params.batch.max(1)) as u64
    }

    /// Trains one batch. Returns `None`, and has changed nothing, if `stop` was set meanwhile.
    pub fn batch(&mut self, mlp: &mut Mlp, samples: &Samples, stop: &AtomicBool) -> Option<BatchReport> {
        self.choose_images(samples);
        let count = self.room.labels.len();
        if count == 0 {
            return None;
        }
        self.forward(mlp, stop)?;
        let (loss, correct) = self.output_delta(mlp);
        self.backward(mlp, stop)?;
        self.change_weights(mlp, count);
        let report = BatchReport {
            batch: self.done,
            loss: loss / count as f32,
            accuracy: correct as f32 / count as f32,
        };
        self.done += 1;
        Some(report)
    }

    /// Trains so many batches, for whoever does not look at each. Returns `None` if `stop` was set meanwhile.
    pub fn batches(
        &mut self,
        mlp: &mut Mlp,
        samples: &Samples,
        count: u64,
        stop: &AtomicBool,
    ) -> Option<Result<(), Overflow>> {
        for _ in 0..count {
            let report = self.batch(mlp, samples, stop)?;
            if !report.loss.is_finite() {
                return Some(Err(Overflow(report.batch)));
            }
        }
        Some(if mlp.is_finite() {
            Ok(())
        } else {
            Err(Overflow(self.done))
        })
    }

    /// Copies the images of the next batch to one place.
    fn choose_images(&mut self, samples: &Samples) {
        let per_epoch = Self::batches_per_epoch(&self.params, samples.len()).max(1);
        let (batches_before, epochs_before) = self.before;
        let done = self.done - batches_before;
        let epoch = epochs_before + done / per_epoch;
        if self.order_of != Some(epoch) || self.order.len() != samples.len() {
            self.order = (0..samples.len() as u32).collect();
            rng::shuffle(&mut self.order, &mut rng::stream(self.seed, Stream::Shuffle, epoch));
            self.order_of = Some(epoch);
        }
        let batch = self.params.batch.max(1);
        let first = (done % per_epoch) as usize * batch;
        let chosen = &self.order[first..(first + batch).min(samples.len())];
        let room = &mut self.room;
        if room.images.dim() != (chosen.len(), samples.images.ncols()) {
            room.images = Array2::zeros((chosen.len(), samples.images.ncols()));
        }
        room.labels.clear();
        for (mut row, &index) in room.images.rows_mut().into_iter().zip(chosen) {
            row.assign(&samples.images.row(index as usize));
            room.labels.push(samples.labels[index as usize]);
        }
    }

    /// Activations with dropout.
    fn forward(&mut self, mlp: &Mlp, stop: &AtomicBool) -> Option<()> {
        let room = &mut self.room;
        room.activations.shape_for(mlp, room.labels.len());
        let last = mlp.weights.len() - 1;
        let mut coins = rng::stream(self.seed, Stream::Dropout, self.done);
        let dropped_below = (self.params.dropout * 65_536.0).round() as u32;
        for (index, weights) in mlp.weights.iter().enumerate() {
            let (before, now) = room.activations.layers.split_at_mut(index);
            let input = before.last().map_or(room.images.view(), |layer| layer.view());
            let sums = &mut now[0];
            product(sums, Accum::Replace, Plain(input), Transposed(weights.view()), 1.0);
            if index == last {
                mlp.output.apply(sums);
            } else if dropped_below == 0 {
                sums.mapv_inplace(rectified);
            } else {
                room.coins.resize(sums.len(), 0);
                coins.fill_bytes(bytemuck::cast_slice_mut(&mut room.coins));
                for (sum, &coin) in sums.iter_mut().zip(&room.coins) {
                    *sum = if u32::from(u16::from_le(coin)) < dropped_below {
                        0.0
                    } else {
                        rectified(*sum)
                    };
                }
            }
            go_on(stop)?;
        }
        Some(())
    }

    /// The derivative at the outputs, `output - target` for every kind of output as in the reference; returns the summed
    /// loss and the number of images read correctly.
    fn output_delta(&mut self, mlp: &Mlp) -> (f32, usize) {
        let room = &mut self.room;
        room.deltas.resize_with(mlp.weights.len(), || Array2::zeros((0, 0)));
        let outputs = room
            .activations
            .layers
            .last()
            .expect("a network has at least one layer");
        let mut delta = outputs.clone();
        let (mut loss, mut correct) = (0.0, 0);
        for ((mut row, output), &label) in delta.rows_mut().into_iter().zip(outputs.rows()).zip(&room.labels) {
            let label = usize::from(label);
            correct += usize::from(argmax(output) == label);
            row[label] -= 1.0;
            loss += match mlp.output {
                Output::Relu | Output::Linear => 0.5 * row.iter().map(|error| error * error).sum::<f32>(),
                Output::Softmax => -output[label].max(f32::MIN_POSITIVE).ln(),
            };
        }
        let last = room.deltas.len() - 1;
        room.deltas[last] = delta;
        (loss, correct)
    }

    /// The derivative at every hidden unit.
    fn backward(&mut self, mlp: &Mlp, stop: &AtomicBool) -> Option<()> {
        let room = &mut self.room;
        for index in (1..mlp.weights.len()).rev() {
            let (below, above) = room.deltas.split_at_mut(index);
            let activations = &room.activations.layers[index - 1];
            let delta = &mut below[index - 1];
            if delta.dim() != activations.dim() {
                *delta = Array2::zeros(activations.dim());
            }
            product(
                delta,
                Accum::Replace,
                Plain(above[0].view()),
                Plain(mlp.weights[index].view()),
                1.0,
            );
            for (delta, &activation) in delta.iter_mut().zip(activations) {
                if activation <= 0.0 {
                    *delta = 0.0;
                }
            }
            go_on(stop)?;
        }
        Some(())
    }

    /// One step along the gradient, with momentum.
    fn change_weights(&mut self, mlp: &mut Mlp, count: usize) {
        let scale = (self.params.learning_rate / count as f64) as f32;
        let momentum = self.params.momentum as f32;
        for (index, weights) in mlp.weights.iter_mut().enumerate() {
            let below = if index == 0 {
                &self.room.images
            } else {
                &self.room.activations.layers[index - 1]
            };
            let velocity = &mut self.carried[index];
            product(
                velocity,
                Accum::Add,
                Transposed(self.room.deltas[index].view()),
                Plain(below.view()),
                scale,
            );
            let weights = weights.as_slice_mut().expect("weights are contiguous");
            let velocity = velocity.as_slice_mut().expect("the momentum is contiguous");
            weights
                .par_chunks_mut(PARALLEL_CHUNK)
                .zip(velocity.par_chunks_mut(PARALLEL_CHUNK))
                .for_each(|(w, v)| {
                    for (weight, velocity) in w.iter_mut().zip(v) {
                        *weight -= *velocity;
                        *velocity *= momentum;
                    }
                });
        }
    }
}

/// Numbers that one core changes at a time: a few hundred kilobytes, so that handing them out costs nothing.
const PARALLEL_CHUNK: usize = 1 << 16;

/// `None` if whoever runs this wants it to stop.
fn go_on(stop: &AtomicBool) -> Option<()> {
    (!stop.load(Ordering::Relaxed)).then_some(())
}
