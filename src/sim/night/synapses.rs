//! The weights of one layer, laid out for sleep, and the rule that changes them.
//!
//! A spike of a neuron drops the weights of all its silent inputs, but nobody reads a weight before its input spikes. So a
//! drop is only noted, as a number a neuron, and a weight catches up with the drops it has missed when its input spikes or
//! when all weights are wanted. The order of the changes of each weight stays what it was, and a change depends on the
//! weight alone, so every bit is that of a rule that changes everything at once; the work, a whole row at every spike
//! before, becomes the columns of the inputs that spike, which have to be read anyway.
//!
//! The rows of [`LANES`] neurons are interleaved: for each input their weights stand side by side, one cache line of them.
//! Both ways through the matrix, along a column and along a row, then use whole cache lines.

use ndarray::Array2;
use pulp::Arch;

use super::gate::{Learning, Rule};

/// Neurons whose weights stand side by side.
pub const LANES: usize = 16;

/// The weights from one input to [`LANES`] neurons, and how many of the drops of each neuron they have seen.
type Cell = [f32; LANES];
type Seen = [u16; LANES];

/// The weights of one layer, laid out for sleep.
#[derive(Clone, Debug)]
pub struct Synapses {
    inputs: usize,
    outputs: usize,
    learning: Learning,
    /// `cells[block * inputs + input][lane]` is the weight from `input` to neuron `block * LANES + lane`. Lanes beyond the
    /// last neuron hold zeros.
    cells: Vec<Cell>,
    /// Drops that each weight has seen, laid out like the weights.
    seen: Vec<Seen>,
    /// Drops that each neuron has made, a block each.
    made: Vec<Seen>,
    /// Drops that every weight of a neuron has seen.
    settled: Vec<Seen>,
    /// Room for one row.
    row: Vec<f32>,
    row_missed: Vec<u16>,
}

impl Synapses {
    /// Lays out weights of shape outputs x inputs.
    pub fn new(weights: &Array2<f32>, learning: Learning) -> Self {
        let (outputs, inputs) = weights.dim();
        let blocks = outputs.div_ceil(LANES);
        let mut cells = vec![[0.0; LANES]; blocks * inputs];
        for (output, row) in weights.rows().into_iter().enumerate() {
            let block = &mut cells[output / LANES * inputs..][..inputs];
            for (cell, &weight) in block.iter_mut().zip(row) {
                cell[output % LANES] = weight;
            }
        }
        Self {
            inputs,
            outputs,
            learning,
            seen: vec![[0; LANES]; cells.len()],
            cells,
            made: vec![[0; LANES]; blocks],
            settled: vec![[0; LANES]; blocks],
            row: vec![0.0; inputs],
            row_missed: vec![0; inputs],
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

    /// Sums the weights from the inputs that spiked, for each neuron: `sums` has room for the neurons rounded up to a
    /// multiple of [`LANES`]. Each sum runs in the order of `spikes`, whatever the processor.
    pub fn receive(&mut self, arch: Arch, spikes: &[u32], sums: &mut [f32]) {
        struct Receive<'a>(Arch, &'a mut Synapses, &'a [u32], &'a mut [f32]);
        impl super::gate::WithRule for Receive<'_> {
            fn run(self, rule: impl Rule) {
                let Self(arch, synapses, spikes, sums) = self;
                arch.dispatch(
                    #[inline(always)]
                    || synapses.receive_with(rule, spikes, sums),
                );
            }
        }
        self.learning.with_rule(Receive(arch, self, spikes, sums));
    }

    /// [`Synapses::receive`] for one rule.
    #[inline(always)]
    fn receive_with(&mut self, rule: impl Rule, spikes: &[u32], sums: &mut [f32]) {
        let inputs = self.inputs.max(1);
        let blocks = self
            .cells
            .chunks_exact_mut(inputs)
            .zip(self.seen.chunks_exact_mut(inputs));
        for (((cells, seen), made), sums) in blocks.zip(&self.made).zip(sums.chunks_exact_mut(LANES)) {
            let mut total = [0.0_f32; LANES];
            for &input in spikes {
                let (cell, seen) = (&mut cells[input as usize], &mut seen[input as usize]);
                let mut missed = [0_u16; LANES];
                let mut most = 0;
                for lane in 0..LANES {
                    missed[lane] = made[lane] - seen[lane];
                    most = most.max(missed[lane]);
                }
                if most > 0 {
                    catch_up(rule, cell, &missed, most);
                    *seen = *made;
                }
                for lane in 0..LANES {
                    total[lane] += cell[lane];
                }
            }
            sums.copy_from_slice(&total);
        }
    }

    /// A neuron spiked: raises the weights of the inputs that spiked, which have just been [received](Synapses::receive),
    /// and notes a drop for all others.
    pub fn learn(&mut self, arch: Arch, output: usize, spikes: &[u32]) {
        let (block, lane) = (output / LANES, output % LANES);
        if self.made[block][lane] == u16::MAX {
            self.settle(arch);
            self.forget_counts();
        }
        self.made[block][lane] += 1;
        let made = self.made[block][lane];
        for &input in spikes {
            let place = block * self.inputs + input as usize;
            let weight = &mut self.cells[place][lane];
            *weight = self.learning.raise(*weight);
            self.seen[place][lane] = made;
        }
    }

    /// Brings every weight up to date.
    pub fn settle(&mut self, arch: Arch) {
        struct Settle<'a>(Arch, &'a mut Synapses);
        impl super::gate::WithRule for Settle<'_> {
            fn run(self, rule: impl Rule) {
                let Self(arch, synapses) = self;
                arch.dispatch(
                    #[inline(always)]
                    || synapses.settle_with(rule),
                );
            }
        }
        self.learning.with_rule(Settle(arch, self));
    }

    /// [`Synapses::settle`] for one rule. Goes neuron by neuron, because the weights of one neuron have mostly missed the
    /// same number of drops.
    #[inline(always)]
    fn settle_with(&mut self, rule: impl Rule) {
        for block in 0..self.made.len() {
            for lane in 0..LANES {
                let made = self.made[block][lane];
                if self.settled[block][lane] == made {
                    continue;
                }
                self.settled[block][lane] = made;
                let cells = &mut self.cells[block * self.inputs..][..self.inputs];
                let seen = &mut self.seen[block * self.inputs..][..self.inputs];
                let row = self.row.iter_mut().zip(&mut self.row_missed);
                for ((weight, missed), (cell, seen)) in row.zip(cells.iter().zip(seen.iter_mut())) {
                    *weight = cell[lane];
                    *missed = made - seen[lane];
                    seen[lane] = made;
                }
                let (whole, rest) = self.row.as_chunks_mut::<LANES>();
                let (whole_missed, rest_missed) = self.row_missed.as_chunks::<LANES>();
                for (weights, missed) in whole.iter_mut().zip(whole_missed) {
                    let most = missed.iter().fold(0, |most, &missed| missed.max(most));
                    catch_up(rule, weights, missed, most);
                }
                for (weight, &missed) in rest.iter_mut().zip(rest_missed) {
                    for _ in 0..missed {
                        *weight = rule.drop(*weight);
                    }
                }
                for (cell, &weight) in cells.iter_mut().zip(&self.row) {
                    cell[lane] = weight;
                }
            }
        }
    }

    /// Starts counting drops from 0 again; every weight must be up to date.
    fn forget_counts(&mut self) {
        self.seen.fill([0; LANES]);
        self.made.fill([0; LANES]);
        self.settled.fill([0; LANES]);
    }

    /// The weights of one neuron, one an input, as of the last [`Synapses::settle`].
    pub fn row(&self, output: usize) -> impl Iterator<Item = f32> + '_ {
        self.cells[output / LANES * self.inputs..][..self.inputs]
            .iter()
            .map(move |cell| cell[output % LANES])
    }

    /// Writes the weights, as of the last [`Synapses::settle`], into an array of shape outputs x inputs.
    pub fn copy_to(&self, weights: &mut Array2<f32>) {
        for (output, mut row) in weights.rows_mut().into_iter().enumerate() {
            for (weight, now) in row.iter_mut().zip(self.row(output)) {
                *weight = now;
            }
        }
    }
}

/// Does the drops that weights have missed, at most `most` of them.
#[inline(always)]
fn catch_up(rule: impl Rule, weights: &mut Cell, missed: &Seen, most: u16) {
    for done in 0..most {
        for lane in 0..LANES {
            let dropped = rule.drop(weights[lane]);
            weights[lane] = if done < missed[lane] { dropped } else { weights[lane] };
        }
    }
}
