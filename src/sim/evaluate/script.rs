//! Changed weights in the order in which they take effect.

use ndarray::Array2;

use crate::sim::mlp::Mlp;
use crate::sim::night::Night;

/// The new weights of one neuron.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// Which layer of weights: 0 leads into the first hidden layer.
    pub(super) layer: usize,
    /// Number of the neuron in its layer.
    pub(super) neuron: u32,
    /// Its weights from now on, one an input.
    pub(super) weights: Vec<f32>,
    /// What it sends to each unit of the next layer as this change takes effect; empty where nobody needs it.
    pub(super) outgoing: Vec<f32>,
    /// Whether the images are read after this change.
    pub(super) is_read: bool,
}

/// Changed weights in the order in which they take effect, from the weights that a network had before.
#[derive(Clone, Debug, Default)]
pub struct Script {
    pub(super) changes: Vec<Change>,
}

impl Script {
    /// Number of changes.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Adds the present weights of a neuron of a night. `mlp` is the network before the whole script.
    pub(super) fn push(&mut self, mlp: &Mlp, night: &mut Night, layer: usize, neuron: u32) {
        let weights = night.synapses(layer).row(neuron as usize).collect();
        // Only the first of two hidden layers spreads its changes one unit at a time.
        let mut outgoing = Vec::new();
        if layer + 2 < mlp.weights.len() {
            outgoing = mlp.weights[layer + 1].column(neuron as usize).to_vec();
            for earlier in self.changes.iter().filter(|earlier| earlier.layer == layer + 1) {
                outgoing[earlier.neuron as usize] = earlier.weights[neuron as usize];
            }
        }
        self.changes.push(Change {
            layer,
            neuron,
            weights,
            outgoing,
            is_read: false,
        });
    }

    /// Has the images read after the last change. Nothing happens without one.
    pub(super) fn read_here(&mut self) {
        if let Some(last) = self.changes.last_mut() {
            last.is_read = true;
        }
    }

    /// Writes the first `count` changes into weights.
    pub(super) fn apply(&self, count: usize, weights: &mut [Array2<f32>]) {
        for change in &self.changes[..count] {
            let mut row = weights[change.layer].row_mut(change.neuron as usize);
            for (weight, &now) in row.iter_mut().zip(&change.weights) {
                *weight = now;
            }
        }
    }
}
