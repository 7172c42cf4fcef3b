//! Sixteen images side by side: their sums in every layer, and what changed weights do to them.
//!
//! One number of sixteen images fills a cache line, and a unit's weight meets all sixteen at once. A neuron is one line in
//! each block, and a whole block stays in the cache while any number of changes is applied to it.

use super::reading::{ERROR, read};
use super::script::Change;
use crate::sim::mlp::Output;

/// Images side by side: a cache line of numbers.
pub(super) const WIDTH: usize = 16;

/// Outputs that are summed up at a time: as many as the registers of common processors hold sums for.
const OUTPUTS: usize = 5;
/// Neurons or columns that are taken at a time.
const GROUP: usize = 4;

/// One number for each of [`WIDTH`] images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Wide(pub(super) [f32; WIDTH]);

impl Wide {
    /// Nothing for every image.
    pub(super) const ZERO: Self = Self([0.0; WIDTH]);
}

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
    pub(super) fn play<'a>(&mut self, net: &Net<'a>, script: &'a [Change], events: &mut Vec<Event>) {
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
                    is_due |= self.change_first(group, net.keep);
                }
            } else if layer < net.hidden {
                for group in run.chunks(GROUP) {
                    self.change_last(group, net, &rows, is_due);
                }
            } else {
                for change in run {
                    let neuron = change.neuron as usize;
                    rows[neuron] = &change.weights;
                    largest = largest_of(&change.weights).max(largest);
                    if !is_due {
                        self.outputs[neuron] = scaled(weigh_one::<true>(&change.weights, &self.last), net.keep);
                    }
                }
            }
            let ends_here = at == script.len();
            if is_due && (ends_here || script[at - 1].is_read) {
                self.sum_outputs(&rows, net.keep);
                is_due = false;
            }
            if script[at - 1].is_read {
                self.read(net, largest, (at - 1) as u32, events);
            }
        }
    }

    /// Sums the outputs and the magnitudes anew.
    #[inline(always)]
    pub(super) fn sum_outputs(&mut self, rows: &[&[f32]], keep: f32) {
        for (group, outputs) in self.outputs.chunks_mut(OUTPUTS).enumerate() {
            // Where outputs are missing from the last group, one is summed several times.
            let of = |index: usize| rows[(group * OUTPUTS + index).min(rows.len() - 1)];
            let sums = weigh::<OUTPUTS, true>(std::array::from_fn(of), &self.last);
            for (output, sum) in outputs.iter_mut().zip(sums) {
                *output = scaled(sum, keep);
            }
        }
        let mut total = Wide::ZERO;
        for sum in &self.last {
            for lane in 0..WIDTH {
                total.0[lane] += sum.0[lane].abs();
            }
        }
        self.total = total;
    }

    /// Changes at most [`GROUP`] neurons of the first of two hidden layers. Whether that changed an activation.
    #[inline(always)]
    fn change_first(&mut self, group: &[Change], keep: f32) -> bool {
        let sums = weigh_group(group, &self.pixels);
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
            spread([&group[0].outgoing], [deltas[0]], &mut self.last);
        } else if is_changed {
            let of = |index: usize| &group[index.min(group.len() - 1)].outgoing[..];
            spread::<GROUP>(std::array::from_fn(of), deltas, &mut self.last);
        }
        is_changed
    }

    /// Changes at most [`GROUP`] neurons of the last hidden layer, and the outputs unless they are due to be summed anew.
    #[inline(always)]
    fn change_last(&mut self, group: &[Change], net: &Net<'_>, rows: &[&[f32]], is_due: bool) {
        let inputs = if net.hidden == 1 { &self.pixels } else { &self.first };
        let sums = weigh_group(group, inputs);
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
    pub(super) fn read(&mut self, net: &Net<'_>, largest: f32, change: u32, events: &mut Vec<Event>) {
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
fn weigh_group(group: &[Change], inputs: &[Wide]) -> [Wide; GROUP] {
    if let [one] = group {
        let mut sums = [Wide::ZERO; GROUP];
        sums[0] = weigh_one::<false>(&one.weights, inputs);
        sums
    } else {
        let of = |index: usize| &group[index.min(group.len() - 1)].weights[..];
        weigh::<GROUP, false>(std::array::from_fn(of), inputs)
    }
}

/// For each of some rows of weights, one an input, the weighted sum of the inputs, rectified first or not.
#[inline(always)]
fn weigh<const ROWS: usize, const RECTIFY: bool>(rows: [&[f32]; ROWS], inputs: &[Wide]) -> [Wide; ROWS] {
    let rows = rows.map(|row| &row[..inputs.len()]);
    let mut sums = [Wide::ZERO; ROWS];
    for (index, input) in inputs.iter().enumerate() {
        let input = if RECTIFY {
            Wide(input.0.map(|sum| sum.max(0.0)))
        } else {
            *input
        };
        for (sum, row) in sums.iter_mut().zip(&rows) {
            let weight = row[index];
            for lane in 0..WIDTH {
                sum.0[lane] += weight * input.0[lane];
            }
        }
    }
    sums
}

/// The same for one row, in partial sums that do not wait for each other.
#[inline(always)]
fn weigh_one<const RECTIFY: bool>(row: &[f32], inputs: &[Wide]) -> Wide {
    let mut parts = [Wide::ZERO; GROUP];
    let (weights, four) = (row.chunks_exact(GROUP), inputs.chunks_exact(GROUP));
    let rest = weigh::<1, RECTIFY>([weights.remainder()], four.remainder());
    for (weights, inputs) in weights.zip(four) {
        for ((part, weight), input) in parts.iter_mut().zip(weights).zip(inputs) {
            for lane in 0..WIDTH {
                let input = if RECTIFY { input.0[lane].max(0.0) } else { input.0[lane] };
                part.0[lane] += weight * input;
            }
        }
    }
    let mut sum = rest[0];
    for part in parts {
        for lane in 0..WIDTH {
            sum.0[lane] += part.0[lane];
        }
    }
    sum
}

/// Adds some units' changes of activation, each times its outgoing weights, to the sums of the next layer.
#[inline(always)]
fn spread<const COLUMNS: usize>(columns: [&[f32]; COLUMNS], deltas: [Wide; COLUMNS], sums: &mut [Wide]) {
    let columns = columns.map(|column| &column[..sums.len()]);
    for (unit, sum) in sums.iter_mut().enumerate() {
        for (column, delta) in columns.iter().zip(&deltas) {
            let weight = column[unit];
            for lane in 0..WIDTH {
                sum.0[lane] += weight * delta.0[lane];
            }
        }
    }
}
