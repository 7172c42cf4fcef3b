//! The whole course of one weight, made again from who spiked.
//!
//! A weight changes only when the neuron that it leads to spikes: it is raised if its input spiked in the same step, and
//! lowered if not, by an amount that depends on the weight itself and the rule alone (reference: `sleepnn_old.m`). So the
//! weight before sleep, the spikes of its two ends and the parameters of each step give every later value, bit for bit,
//! without going through the night again.

use super::anatomy::SynapseChange;
use super::{Course, NightParams, learning};

/// Why a weight changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its input and its neuron spiked: it was raised.
    Both,
    /// Only its neuron spiked, after an input that was silent: it was lowered.
    OnlyLater,
}

/// A change of a weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeightStep {
    /// The step, counted from 0.
    pub step: u64,
    /// Why.
    pub cause: Cause,
    /// The weight before the step.
    pub before: f32,
    /// The factor by which its own value scaled the change.
    pub gate: f32,
    /// The weight after the step.
    pub after: f32,
}

impl WeightStep {
    /// After minus before.
    pub fn by(self) -> f64 {
        f64::from(self.after) - f64::from(self.before)
    }
}

/// The course of one weight from before sleep on.
///
/// Memory: 24 bytes a change.
#[derive(Clone, Debug, PartialEq)]
pub struct SynapseHistory {
    start: f32,
    changes: Vec<WeightStep>,
}

impl SynapseHistory {
    /// A weight before sleep.
    pub fn new(start: f32) -> Self {
        Self {
            start,
            changes: Vec::new(),
        }
    }

    /// Takes in a spike of the neuron that the weight leads to: in a step later than all before, with or without a spike of
    /// its input, under the parameters of that step.
    pub fn add(&mut self, step: u64, input_spiked: bool, params: &NightParams) {
        let change = SynapseChange::of(learning(params), 0, self.now(), input_spiked);
        self.changes.push(WeightStep {
            step,
            cause: if input_spiked { Cause::Both } else { Cause::OnlyLater },
            before: change.before,
            gate: change.gate,
            after: change.after,
        });
    }

    /// The weight before sleep.
    pub fn start(&self) -> f32 {
        self.start
    }

    /// The weight after all changes.
    pub fn now(&self) -> f32 {
        self.changes.last().map_or(self.start, |change| change.after)
    }

    /// The weight after so many steps of the night.
    pub fn at(&self, steps: u64) -> f32 {
        let known = self.until(steps);
        known.last().map_or(self.start, |change| change.after)
    }

    /// Every change, in the order of time.
    pub fn changes(&self) -> &[WeightStep] {
        &self.changes
    }

    /// The changes of the first so many steps.
    pub fn until(&self, steps: u64) -> &[WeightStep] {
        &self.changes[..self.changes.partition_point(|change| change.step < steps)]
    }
}

impl Course {
    /// The course of the weight from an input to a neuron (its layer, where 0 is the inputs, and its number) over all steps that
    /// are known. `None` for a weight that the network does not have.
    pub fn synapse_history(&self, (layer, neuron): (usize, u32), input: u32) -> Option<SynapseHistory> {
        let below = layer.checked_sub(1)?;
        let synapses = &self.start().layers.get(below)?.synapses;
        if neuron as usize >= synapses.outputs() {
            return None;
        }
        let mut history = SynapseHistory::new(synapses.row(neuron as usize).nth(input as usize)?);
        for step in 0..self.journal().steps() {
            if self.journal().layer(step, layer).any(|unit| unit == neuron) {
                let input_spiked = self.journal().layer(step, below).any(|unit| unit == input);
                history.add(step, input_spiked, self.params_of(step));
            }
        }
        Some(history)
    }
}
