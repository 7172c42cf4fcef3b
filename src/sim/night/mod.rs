//! The night: the network's units spike, and a local Hebbian rule changes its weights (reference: `sleepnn_old.m`).
//!
//! A step costs what spikes: it adds the weight columns of the inputs that fired, and a neuron that fired notes what its
//! spike does to its weights (see `synapses.rs`). Every sum runs in a fixed order and nothing is fused, so a night is the same on every machine.

mod anatomy;
mod course;
mod dream;
mod gate;
mod history;
mod journal;
mod params;
mod scaling;
mod synapses;
mod thresholds;

use ndarray::Array2;
use pulp::Arch;

pub use anatomy::{Anatomy, Arrival, Effect, Fed, Integration, Lesson, Rule, SynapseChange};
pub use course::{Change, Course, DEFAULT_BUDGET, DreamSource};
pub use dream::Dreamer;
pub use gate::{Learning, gate_factor};
pub use history::{Cause, SynapseHistory, WeightStep};
pub use journal::{Journal, Spike};
pub use params::{Alpha, DT, Dream, Gate, NightParams, decay_from_tau, tau_from_decay};
pub use scaling::Scaling;
pub use synapses::{LANES, Synapses};
pub use thresholds::{FoundThresholds, MOST_STEPS, NoThresholds, TOLERANCE, ThresholdSearch};

/// A night under way: spiking neurons, their potentials and their weights.
#[derive(Clone, Debug)]
pub struct Night {
    arch: Arch,
    layers: Vec<Layer>,
    decay: f32,
    inhibition: f32,
    /// Steps done.
    steps: u64,
    /// Who spiked in the last step: inputs first, then layer after layer.
    spikes: Vec<Vec<u32>>,
    /// Who will not spike in the next step whatever reaches it, as (layer, number in the layer), where layer 0 is the inputs.
    silenced: Vec<(usize, u32)>,
}

/// One layer asleep.
#[derive(Clone, Debug)]
struct Layer {
    synapses: Synapses,
    potentials: Vec<f32>,
    alpha: f32,
    threshold: f32,
    /// Room for what the neurons receive in a step.
    impulses: Vec<f32>,
}

impl Night {
    /// The start of a night: weights layer by layer (outputs x inputs), all potentials 0.
    ///
    /// `alpha` and the thresholds of `params` have an entry for each layer; layers without one get 0, which makes them
    /// deaf, and 1. Callers check the counts: a recipe is validated before it gets here.
    pub fn new(weights: &[Array2<f32>], params: &NightParams, alpha: &[f64]) -> Self {
        let learning = learning(params);
        let layers: Vec<Layer> = weights
            .iter()
            .enumerate()
            .map(|(index, weights)| {
                let synapses = Synapses::new(weights, learning);
                Layer {
                    potentials: vec![0.0; synapses.outputs()],
                    alpha: alpha.get(index).map_or(0.0, |&alpha| alpha as f32),
                    threshold: params.beta.get(index).map_or(1.0, |&beta| beta as f32),
                    impulses: vec![0.0; synapses.outputs().next_multiple_of(LANES)],
                    synapses,
                }
            })
            .collect();
        let inputs = layers.first().map_or(0, |layer| layer.synapses.inputs());
        let sizes = std::iter::once(inputs).chain(layers.iter().map(|layer| layer.synapses.outputs()));
        Self {
            arch: Arch::new(),
            spikes: sizes.map(Vec::with_capacity).collect(),
            layers,
            decay: params.decay as f32,
            inhibition: params.w_inh as f32,
            steps: 0,
            silenced: Vec::new(),
        }
    }

    /// Keeps units from spiking in the next step and no other: (layer, number in the layer), where layer 0 is the inputs.
    ///
    /// A neuron that would have spiked is spent all the same: its potential is 0 again. So the neuron itself goes on as it
    /// would have, and all that is missing is what its spike did: nobody receives it and no weight learns from it. With its
    /// potential kept it would spike a step later, and one would see a late spike instead of none. Replaces what was said
    /// before.
    pub fn silence(&mut self, units: impl IntoIterator<Item = (usize, u32)>) {
        self.silenced.clear();
        self.silenced.extend(units);
    }

    /// Changes the parameters from the next step on; potentials and weights stay. Counts as in [`Night::new`].
    pub fn set_params(&mut self, params: &NightParams, alpha: &[f64]) {
        let learning = learning(params);
        for (index, layer) in self.layers.iter_mut().enumerate() {
            layer.alpha = alpha.get(index).map_or(0.0, |&alpha| alpha as f32);
            layer.threshold = params.beta.get(index).map_or(1.0, |&beta| beta as f32);
            layer.synapses.set_learning(self.arch, learning);
        }
        self.decay = params.decay as f32;
        self.inhibition = params.w_inh as f32;
    }

    /// The memory that a copy takes, in bytes; what is small beside the weights is not counted.
    pub fn bytes(&self) -> usize {
        self.layers.iter().map(|layer| layer.synapses.bytes()).sum()
    }

    /// One step driven by noise. The noise depends on the dreamer's seed and on the number of the step alone.
    pub fn step(&mut self, dreamer: &Dreamer) {
        dreamer.spikes(self.steps, &mut self.spikes[0]);
        self.propagate();
    }

    /// One step driven by given input spikes: numbers of input neurons, rising. Numbers beyond the last are left out.
    pub fn step_with(&mut self, input: impl IntoIterator<Item = u32>) {
        let inputs = self.layers.first().map_or(0, |layer| layer.synapses.inputs());
        let spikes = &mut self.spikes[0];
        spikes.clear();
        spikes.extend(input.into_iter().filter(|&unit| (unit as usize) < inputs));
        self.propagate();
    }

    /// Carries the input spikes through all layers, learning as it goes.
    fn propagate(&mut self) {
        strike_out(&mut self.spikes[0], 0, &self.silenced);
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let (before, now) = self.spikes.split_at_mut(index + 1);
            let (pre, post) = (&before[index], &mut now[0]);
            layer.receive(self.arch, pre, self.inhibition);
            layer.fire(self.arch, self.decay, post);
            strike_out(post, index + 1, &self.silenced);
            for &neuron in post.iter() {
                layer.synapses.learn(self.arch, neuron as usize, pre);
            }
        }
        self.silenced.clear();
        self.steps += 1;
    }

    /// Steps done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Who spiked in the last step, rising: `spikes()[0]` are input neurons, then layer after layer.
    pub fn spikes(&self) -> &[Vec<u32>] {
        &self.spikes
    }

    /// Number of layers of neurons, the inputs not counted.
    pub fn layer_count(&self) -> usize {
        self.layers.len()
    }

    /// The potentials of a layer after the last step.
    pub fn potentials(&self, layer: usize) -> &[f32] {
        &self.layers[layer].potentials
    }

    /// The weights of a layer, up to date.
    pub fn synapses(&mut self, layer: usize) -> &Synapses {
        let layer = &mut self.layers[layer];
        layer.synapses.settle(self.arch);
        &layer.synapses
    }

    /// Units from the inputs to the outputs.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = self.layers.first().map(|layer| layer.synapses.inputs());
        inputs
            .into_iter()
            .chain(self.layers.iter().map(|layer| layer.synapses.outputs()))
            .collect()
    }

    /// All weights as the network awake keeps them: layer by layer, outputs x inputs.
    pub fn weights(&mut self) -> Vec<Array2<f32>> {
        let sizes = self.sizes();
        let mut weights: Vec<_> = sizes.windows(2).map(|pair| Array2::zeros((pair[1], pair[0]))).collect();
        self.copy_weights_to(&mut weights);
        weights
    }

    /// Writes all weights into arrays of the shape that [`Night::weights`] gives.
    pub fn copy_weights_to(&mut self, weights: &mut [Array2<f32>]) {
        for (layer, weights) in weights.iter_mut().enumerate().take(self.layers.len()) {
            self.synapses(layer).copy_to(weights);
        }
    }
}

/// Takes those of a layer who are silenced out of a list of its units.
fn strike_out(units: &mut Vec<u32>, layer: usize, silenced: &[(usize, u32)]) {
    if !silenced.is_empty() {
        units.retain(|&unit| !silenced.contains(&(layer, unit)));
    }
}

/// The learning rule of a night.
fn learning(params: &NightParams) -> Learning {
    Learning {
        gate: params.gate,
        inc: params.inc as f32,
        dec: params.dec as f32,
    }
}

impl Layer {
    /// What the neurons receive from the spikes of the layer before, with global inhibition. Returns what that takes from
    /// each neuron.
    fn receive(&mut self, arch: Arch, pre: &[u32], inhibition: f32) -> f32 {
        if pre.is_empty() {
            self.impulses.fill(0.0);
            return 0.0;
        }
        self.synapses.receive(arch, pre, &mut self.impulses);
        let alpha = self.alpha;
        for impulse in &mut self.impulses {
            *impulse *= alpha;
        }
        if inhibition == 0.0 {
            return 0.0;
        }
        let impulses = &mut self.impulses[..self.potentials.len()];
        let total: f64 = impulses.iter().map(|&impulse| f64::from(impulse)).sum();
        let taken = (total / impulses.len().max(1) as f64) as f32 * inhibition;
        for impulse in impulses {
            *impulse -= taken;
        }
        taken
    }

    /// The potentials decay and take in what was received; neurons at or above the threshold spike, and their potential is
    /// 0 again.
    fn fire(&mut self, arch: Arch, decay: f32, spikes: &mut Vec<u32>) {
        /// Few neurons spike, so groups of them are asked first.
        const GROUP: usize = 64;
        spikes.clear();
        let threshold = self.threshold;
        let groups = self
            .potentials
            .chunks_mut(GROUP)
            .zip(self.impulses.chunks(GROUP))
            .enumerate();
        arch.dispatch(
            #[inline(always)]
            move || {
                for (group, (potentials, impulses)) in groups {
                    let mut highest = f32::NEG_INFINITY;
                    for (potential, &impulse) in potentials.iter_mut().zip(impulses) {
                        *potential = decay * *potential + impulse;
                        highest = if *potential > highest { *potential } else { highest };
                    }
                    if highest < threshold {
                        continue;
                    }
                    for (index, potential) in potentials.iter_mut().enumerate() {
                        if *potential >= threshold {
                            spikes.push((group * GROUP + index) as u32);
                            *potential = 0.0;
                        }
                    }
                }
            },
        );
    }
}
