//! Sixteen images side by side: their sums in every layer, and what changed weights do to them.
//!
//! One number of sixteen images fills a cache line, and a unit's weight meets all sixteen at once. A neuron is one line in
//! each block, and a whole block stays in the cache while any number of changes is applied to it.

use std::array::from_fn;

use pulp::{Simd, WithSimd};

use super::reading::{ERROR, read};
use super::script::Change;
use super::wide::{GROUP, WIDTH, Wide, magnitude, spread, weigh, weigh_one};
use crate::sim::mlp::Output;

/// Outputs that are summed up at a time: as many as the registers of common processors hold sums for.
const OUTPUTS: usize = 5;

/// Stands for a class that has still to be read in double precision.
pub(super) const DOUBTFUL: u16 = u16::MAX;

/// An image is read as another class than before, or is to be read in double precision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// After which change of the script.
    pub(super) change: u32,
    /// Number of the image.
    pub(super) image: u32,
    /// The class, or [`DOUBTFUL`].
    pub(super) class: u16,
}

/// What all blocks share of the network.
#[derive(Clone, Debug)]
pub(super) struct Net<'a> {
    /// Hidden layers, 1 or 2.
    pub(super) hidden: usize,
    /// What hidden activations are multiplied by.
    pub(super) keep: f32,
    pub(super) output: Output,
    /// The weights of each output unit before the script.
    pub(super) rows: Vec<&'a [f32]>,
    /// The largest magnitude of an output weight before the script.
    pub(super) largest: f32,
    /// Number of images in all blocks.
    pub(super) images: usize,
}

/// The state of [`WIDTH`] images.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Number of the first image.
    pub(super) first_image: usize,
    /// One entry a pixel.
    pub(super) pixels: Vec<Wide>,
    /// Activations of the first of two hidden layers; empty if there is one.
    pub(super) first: Vec<Wide>,
    /// Sums, before rectification, of the last hidden layer.
    pub(super) last: Vec<Wide>,
    /// Sums of the outputs.
    pub(super) outputs: Vec<Wide>,
    /// Sum of the magnitudes of `last`.
    pub(super) total: Wide,
    /// The largest that `total` times the largest output weight has been since everything was computed anew.
    pub(super) worst: Wide,
    /// What each image was read as last.
    pub(super) classes: [u16; WIDTH],
}

impl Block {
    /// Goes through a script change by change, and reads the images after those changes that ask for it.
    #[inline(always)]
    fn play<'a, S: Simd>(&mut self, simd: S, net: &Net<'a>, script: &'a [Change], events: &mut Vec<Event>) {
        let mut rows = net.rows.clone();
        let mut largest = net.largest;
        // Whether the outputs have to be summed anew before they are used.
        let mut is_due = false;
        let mut at = 0;
        while at < script.len() {
            let run = run(&script[at..]);
            at += run.len();
            let layer = run[0].layer;
            if layer + 1 < net.hidden {
                for group in run.chunks(GROUP) {
                    is_due |= self.change_first(simd, group, net.keep);
                }
            } else if layer < net.hidden {
                for group in run.chunks(GROUP) {
                    self.change_last(simd, group, net, &rows, is_due);
                }
            } else {
                for change in run {
                    let neuron = change.neuron as usize;
                    rows[neuron] = &change.weights;
                    largest = largest_of(&change.weights).max(largest);
                    if !is_due {
                        self.outputs[neuron] =
                            scaled(weigh_one::<S, true>(simd, &change.weights, &self.last), net.keep);
                    }
                }
            }
            let ends_here = at == script.len();
            if is_due && (ends_here || script[at - 1].is_read) {
                self.sum_outputs(simd, &rows, net.keep);
                is_due = false;
            }
            if script[at - 1].is_read {
                self.read(net, largest, (at - 1) as u32, events);
            }
        }
    }

    /// Sums the outputs and the magnitudes anew.
    #[inline(always)]
    fn sum_outputs<S: Simd>(&mut self, simd: S, rows: &[&[f32]], keep: f32) {
        for (group, outputs) in self.outputs.chunks_mut(OUTPUTS).enumerate() {
            // Where outputs are missing from the last group, one is summed several times.
            let rows = from_fn(
                #[inline(always)]
                |index| rows[(group * OUTPUTS + index).min(rows.len() - 1)],
            );
            let sums = weigh::<S, OUTPUTS, true>(simd, rows, &self.last);
            for (output, sum) in outputs.iter_mut().zip(sums) {
                *output = scaled(sum, keep);
            }
        }
        self.total = magnitude(simd, &self.last);
    }

    /// Changes at most [`GROUP`] neurons of the first of two hidden layers. Whether that changed an activation.
    #[inline(always)]
    fn change_first<S: Simd>(&mut self, simd: S, group: &[Change], keep: f32) -> bool {
        let sums = weigh_group(simd, group, &self.pixels);
        let mut deltas = [Wide::ZERO; GROUP];
        let mut is_changed = false;
        for ((change, sum), delta) in group.iter().zip(&sums).zip(&mut deltas) {
            let activation = &mut self.first[change.neuron as usize];
            for lane in 0..WIDTH {
                let now = sum.0[lane].max(0.0) * keep;
                delta.0[lane] = now - activation.0[lane];
                activation.0[lane] = now;
            }
            is_changed |= *delta != Wide::ZERO;
        }
        if is_changed && group.len() == 1 {
            spread(simd, [&group[0].outgoing], [deltas[0]], &mut self.last);
        } else if is_changed {
            let columns = from_fn(
                #[inline(always)]
                |index: usize| &group[index.min(group.len() - 1)].outgoing[..],
            );
            spread::<S, GROUP>(simd, columns, deltas, &mut self.last);
        }
        is_changed
    }

    /// Changes at most [`GROUP`] neurons of the last hidden layer, and the outputs unless they are due to be summed anew.
    #[inline(always)]
    fn change_last<S: Simd>(&mut self, simd: S, group: &[Change], net: &Net<'_>, rows: &[&[f32]], is_due: bool) {
        let inputs = if net.hidden == 1 { &self.pixels } else { &self.first };
        let sums = weigh_group(simd, group, inputs);
        for (change, now) in group.iter().zip(sums) {
            let neuron = change.neuron as usize;
            let before = std::mem::replace(&mut self.last[neuron], now);
            if is_due {
                continue;
            }
            let mut delta = Wide::ZERO;
            for lane in 0..WIDTH {
                delta.0[lane] = (now.0[lane].max(0.0) - before.0[lane].max(0.0)) * net.keep;
                self.total.0[lane] += now.0[lane].abs() - before.0[lane].abs();
            }
            for (output, row) in self.outputs.iter_mut().zip(rows) {
                for lane in 0..WIDTH {
                    output.0[lane] += row[neuron] * delta.0[lane];
                }
            }
        }
    }

    /// Reads every image, and tells of those that are read as another class than before or cannot be read.
    #[inline(always)]
    fn read(&mut self, net: &Net<'_>, largest: f32, change: u32, events: &mut Vec<Event>) {
        let leaders = Leaders::of(&self.outputs, net.output);
        for lane in 0..WIDTH.min(net.images - self.first_image) {
            // What was added and taken away again leaves a trace of its size, so the uncertainty only grows until
            // everything is computed anew.
            self.worst.0[lane] = self.worst.0[lane].max(self.total.0[lane] * largest);
            let uncertainty = ERROR * self.worst.0[lane];
            // What is no number is never clear.
            let lead = leaders.best.0[lane] - leaders.second.0[lane];
            let class = if lead > 2.0 * uncertainty && self.total.0[lane].is_finite() {
                leaders.classes[lane] as u16
            } else if self.is_silent(lane) {
                0
            } else {
                let sums: Vec<f32> = self.outputs.iter().map(|output| output.0[lane]).collect();
                read(&sums, net.output, uncertainty).map_or(DOUBTFUL, |class| class as u16)
            };
            if class != self.classes[lane] || class == DOUBTFUL {
                self.classes[lane] = class;
                events.push(Event {
                    change,
                    image: (self.first_image + lane) as u32,
                    class,
                });
            }
        }
    }
}

impl Block {
    /// Whether an image moves no unit of a hidden layer, so that all outputs are 0 and the first class is read. Sums that
    /// single precision could have on the wrong side of 0 do not count as silent.
    fn is_silent(&self, lane: usize) -> bool {
        let is_dark = !self.first.is_empty() && self.first.iter().all(|unit| unit.0[lane] == 0.0);
        let margin = ERROR * self.total.0[lane];
        is_dark || self.last.iter().all(|sum| sum.0[lane] < -margin)
    }
}

/// The two largest outputs of each image.
struct Leaders {
    best: Wide,
    second: Wide,
    /// Which output is the largest, the first one on ties.
    classes: [u32; WIDTH],
}

impl Leaders {
    /// Finds them among the sums of the outputs.
    #[inline(always)]
    fn of(outputs: &[Wide], output: Output) -> Self {
        let floor = if output == Output::Relu { 0.0 } else { f32::NEG_INFINITY };
        let mut leaders = Self {
            best: Wide([f32::NEG_INFINITY; WIDTH]),
            second: Wide([f32::NEG_INFINITY; WIDTH]),
            classes: [0; WIDTH],
        };
        for (class, sums) in outputs.iter().enumerate() {
            for lane in 0..WIDTH {
                let said = sums.0[lane].max(floor);
                let (best, second) = (leaders.best.0[lane], leaders.second.0[lane]);
                let leads = said > best;
                leaders.second.0[lane] = if leads { best } else { said.max(second) };
                leaders.best.0[lane] = if leads { said } else { best };
                leaders.classes[lane] = if leads { class as u32 } else { leaders.classes[lane] };
            }
        }
        leaders
    }
}

/// The first changes of a script that can be applied together: they are in one layer, and nobody reads in between.
fn run(script: &[Change]) -> &[Change] {
    let same_layer = script
        .iter()
        .take_while(|change| change.layer == script[0].layer)
        .count();
    let read = script[..same_layer].iter().position(|change| change.is_read);
    &script[..read.map_or(same_layer, |read| read + 1)]
}

/// The largest magnitude.
pub(super) fn largest_of(weights: &[f32]) -> f32 {
    weights.iter().fold(0.0, |most, weight| weight.abs().max(most))
}

/// Every number times a factor.
#[inline(always)]
fn scaled(wide: Wide, factor: f32) -> Wide {
    Wide(wide.0.map(|number| number * factor))
}

/// What at most [`GROUP`] neurons receive from inputs.
#[inline(always)]
fn weigh_group<S: Simd>(simd: S, group: &[Change], inputs: &[Wide]) -> [Wide; GROUP] {
    if let [one] = group {
        let mut sums = [Wide::ZERO; GROUP];
        sums[0] = weigh_one::<S, false>(simd, &one.weights, inputs);
        sums
    } else {
        let rows = from_fn(
            #[inline(always)]
            |index: usize| &group[index.min(group.len() - 1)].weights[..],
        );
        weigh::<S, GROUP, false>(simd, rows, inputs)
    }
}

/// A script for a block, as work for the vectors of any processor.
pub(super) struct Play<'a, 'b> {
    pub(super) block: &'a mut Block,
    pub(super) net: &'a Net<'b>,
    pub(super) script: &'b [Change],
    pub(super) events: &'a mut Vec<Event>,
}

impl WithSimd for Play<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.block.play(simd, self.net, self.script, self.events);
    }
}

/// Outputs and readings of a block whose hidden sums were computed anew.
pub(super) struct ReadAnew<'a, 'b> {
    pub(super) block: &'a mut Block,
    pub(super) net: &'a Net<'b>,
    pub(super) events: &'a mut Vec<Event>,
}

impl WithSimd for ReadAnew<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        self.block.worst = Wide::ZERO;
        self.block.classes = [DOUBTFUL; WIDTH];
        self.block.sum_outputs(simd, &self.net.rows, self.net.keep);
        self.block.read(self.net, self.net.largest, 0, self.events);
    }
}
