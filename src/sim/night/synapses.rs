//! The weights of one layer, laid out for sleep.
//!
//! A step reads the columns of the inputs that spiked (what each neuron gets from them) and rewrites the rows of the
//! neurons that spiked. The rows of [`LANES`] neurons are interleaved: for each input their weights stand side by side.
//! A column is then read in runs of [`LANES`], and a row is a walk of short strides through one stretch of memory.
//! Measured against other widths and against two copies of the matrix in `benches/sim.rs`.

use ndarray::Array2;
use pulp::Arch;

use super::gate::teach;
use super::params::Gate;

/// Neurons whose weights are interleaved.
pub const LANES: usize = 8;

/// The weights of one layer, laid out for sleep.
#[derive(Clone, Debug)]
pub struct Synapses {
    inputs: usize,
    outputs: usize,
    /// `blocks[block * inputs + input][lane]` is the weight from `input` to neuron `block * LANES + lane`. Lanes beyond
    /// the last neuron hold zeros.
    blocks: Vec<[f32; LANES]>,
}

impl Synapses {
    /// Lays out weights of shape outputs x inputs.
    pub fn new(weights: &Array2<f32>) -> Self {
        let (outputs, inputs) = weights.dim();
        let mut blocks = vec![[0.0; LANES]; outputs.div_ceil(LANES) * inputs];
        for (output, row) in weights.rows().into_iter().enumerate() {
            let block = &mut blocks[output / LANES * inputs..][..inputs];
            for (cell, &weight) in block.iter_mut().zip(row) {
                cell[output % LANES] = weight;
            }
        }
        Self {
            inputs,
            outputs,
            blocks,
        }
    }

    /// Number of input units.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of neurons.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The weights of one neuron, one an input.
    pub fn row(&self, output: usize) -> impl Iterator<Item = f32> + '_ {
        self.blocks[output / LANES * self.inputs..][..self.inputs]
            .iter()
            .map(move |cell| cell[output % LANES])
    }

    /// The weights in the order of the network awake, outputs x inputs.
    pub fn to_array(&self) -> Array2<f32> {
        let mut weights = Array2::zeros((self.outputs, self.inputs));
        self.copy_to(&mut weights);
        weights
    }

    /// Writes the weights into an array of shape outputs x inputs.
    pub fn copy_to(&self, weights: &mut Array2<f32>) {
        for (output, mut row) in weights.rows_mut().into_iter().enumerate() {
            for (weight, now) in row.iter_mut().zip(self.row(output)) {
                *weight = now;
            }
        }
    }

    /// Sums the weights from the inputs that spiked, for each neuron: `sums` has room for the neurons rounded up to a
    /// multiple of [`LANES`]. Each sum runs in the order of `spikes`, whatever the processor.
    pub fn gather(&self, arch: Arch, spikes: &[u32], sums: &mut [f32]) {
        arch.dispatch(
            #[inline(always)]
            || {
                let blocks = self.blocks.chunks_exact(self.inputs.max(1));
                for (block, sums) in blocks.zip(sums.chunks_exact_mut(LANES)) {
                    let mut total = [0.0_f32; LANES];
                    for &input in spikes {
                        let cell = &block[input as usize];
                        for lane in 0..LANES {
                            total[lane] += cell[lane];
                        }
                    }
                    sums.copy_from_slice(&total);
                }
            },
        );
    }

    /// Changes the weights of a neuron that spiked; `changes` as in [`teach`], `row` is room for one row.
    pub fn teach(&mut self, arch: Arch, output: usize, gate: Gate, changes: &[f32], row: &mut [f32]) {
        let lane = output % LANES;
        let block = &mut self.blocks[output / LANES * self.inputs..][..self.inputs];
        arch.dispatch(
            #[inline(always)]
            || {
                for (weight, cell) in row.iter_mut().zip(block.iter()) {
                    *weight = cell[lane];
                }
                teach(gate, row, changes);
                for (weight, cell) in row.iter().zip(block.iter_mut()) {
                    cell[lane] = *weight;
                }
            },
        );
    }
}
