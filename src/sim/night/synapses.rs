//! The weights of one layer, laid out for sleep, and the rule that changes them.
//!
//! A step reads the columns of the inputs that spiked and rewrites the rows of the neurons that spiked. The rows of
//! [`LANES`] neurons are interleaved: for each input their weights stand side by side, one cache line of them. A column is
//! then read line by line, and a row is a walk through one stretch of memory.
//!
//! Many inputs never spike in a night: pixels at the border, hidden neurons far from their threshold. Nobody reads their
//! weights, so the drops that a spike causes there are only counted, and made up for when such an input spikes for the
//! first time or when all weights are wanted. The changes of each weight keep their order and depend on that weight alone,
//! so every bit is that of a rule that changes everything at once.

use ndarray::Array2;
use pulp::Arch;

use super::gate::Learning;

/// Neurons whose weights stand side by side.
pub const LANES: usize = 16;

/// The weights from one input to [`LANES`] neurons.
pub(super) type Cell = [f32; LANES];

/// The weights of one layer, laid out for sleep.
#[derive(Clone, Debug)]
pub struct Synapses {
    inputs: usize,
    outputs: usize,
    learning: Learning,
    /// `cells[block * inputs + input][lane]` is the weight from `input` to neuron `block * LANES + lane`. Lanes beyond the
    /// last neuron hold zeros.
    cells: Vec<Cell>,
    /// Inputs that have spiked since the start, rising. Their weights are up to date.
    awake: Vec<u32>,
    /// Whether an input is in `awake`.
    is_awake: Vec<bool>,
    /// Drops that the weights of the other inputs have missed.
    missed: Missed,
    /// Room for the weights of one neuron or of one input, side by side, in whole [`LANES`].
    room: Vec<f32>,
    /// Room for the raised weights of one neuron.
    raised: Vec<f32>,
}

/// How many drops of each neuron were missed, with the neurons in falling order of it.
#[derive(Clone, Debug)]
struct Missed {
    of: Vec<u32>,
    /// All neurons, those that missed most first, and where each stands.
    order: Vec<u32>,
    place: Vec<u32>,
    /// `counts[n]` neurons missed more than `n`.
    counts: Vec<u32>,
}

impl Missed {
    /// None yet.
    fn new(neurons: usize) -> Self {
        let order: Vec<u32> = (0..neurons as u32).collect();
        Self {
            of: vec![0; neurons],
            place: order.clone(),
            order,
            counts: Vec::new(),
        }
    }

    /// One more of a neuron: it changes places with the first that missed as many as it had.
    fn add(&mut self, neuron: u32) {
        let had = self.of[neuron as usize] as usize;
        if self.counts.len() <= had {
            self.counts.push(0);
        }
        let (from, to) = (self.place[neuron as usize], self.counts[had]);
        let other = self.order[to as usize];
        self.order.swap(from as usize, to as usize);
        self.place[neuron as usize] = to;
        self.place[other as usize] = from;
        self.counts[had] += 1;
        self.of[neuron as usize] += 1;
    }

    /// How many were missed of a neuron.
    fn of(&self, neuron: u32) -> u32 {
        self.of[neuron as usize]
    }

    /// The neurons of which any were missed, those with most first.
    fn neurons(&self) -> &[u32] {
        &self.order[..self.counts.first().map_or(0, |&count| count as usize)]
    }

    /// For each number from 0 on, how many neurons missed more than it.
    fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// None any more.
    fn clear(&mut self) {
        for &neuron in &self.order[..self.counts.first().map_or(0, |&count| count as usize)] {
            self.of[neuron as usize] = 0;
        }
        self.counts.clear();
    }
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
            cells,
            awake: Vec::with_capacity(inputs),
            is_awake: vec![false; inputs],
            missed: Missed::new(outputs),
            room: vec![0.0; inputs.max(outputs).next_multiple_of(LANES)],
            raised: Vec::with_capacity(inputs),
        }
    }

    /// Changes the rule for the spikes to come. What was missed under the old rule is made up for first.
    pub(super) fn set_learning(&mut self, arch: Arch, learning: Learning) {
        if learning != self.learning {
            self.settle(arch);
            self.learning = learning;
        }
    }

    /// The memory that the weights take, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.cells.as_slice())
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
        for &input in spikes {
            if !self.is_awake[input as usize] {
                self.wake(arch, input);
            }
        }
        let blocks = self
            .cells
            .chunks_exact(self.inputs.max(1))
            .zip(sums.chunks_exact_mut(LANES));
        arch.dispatch(
            #[inline(always)]
            move || {
                for (block, sums) in blocks {
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

    /// An input spikes for the first time: its weights make up for what they have missed.
    fn wake(&mut self, arch: Arch, input: u32) {
        let place = self.awake.partition_point(|&other| other < input);
        self.awake.insert(place, input);
        self.is_awake[input as usize] = true;
        let neurons = self.missed.neurons();
        let cell_of = |neuron: u32| neuron as usize / LANES * self.inputs + input as usize;
        for (weight, &neuron) in self.room.iter_mut().zip(neurons) {
            *weight = self.cells[cell_of(neuron)][neuron as usize % LANES];
        }
        // One drop for all that missed one, another for all that missed two, and so on.
        for &count in self.missed.counts() {
            let (whole, rest) = (count as usize / LANES * LANES, count as usize % LANES);
            self.learning.drop_all(arch, &mut self.room[..whole], 1);
            if rest > 0 {
                let mut last: Cell = std::array::from_fn(|lane| self.room[whole + lane]);
                self.learning.drop_all(arch, &mut last, 1);
                self.room[whole..whole + rest].copy_from_slice(&last[..rest]);
            }
        }
        for (&weight, &neuron) in self.room.iter().zip(neurons) {
            self.cells[cell_of(neuron)][neuron as usize % LANES] = weight;
        }
    }

    /// A neuron spiked: raises the weights of the inputs that spiked, which have just been [received](Synapses::receive),
    /// and drops all others.
    pub fn learn(&mut self, arch: Arch, output: usize, spikes: &[u32]) {
        let (block, lane) = (output / LANES, output % LANES);
        let cells = &mut self.cells[block * self.inputs..][..self.inputs];
        self.missed.add(output as u32);
        self.raised.clear();
        self.raised.extend(
            spikes
                .iter()
                .map(|&input| self.learning.raise(cells[input as usize][lane])),
        );
        change_row(cells, &self.awake, lane, &mut self.room, |row| {
            self.learning.drop_all(arch, row, 1);
        });
        for (&input, &weight) in spikes.iter().zip(&self.raised) {
            cells[input as usize][lane] = weight;
        }
    }

    /// Brings every weight up to date.
    pub fn settle(&mut self, arch: Arch) {
        let asleep: Vec<u32> = (0..self.inputs as u32)
            .filter(|&input| !self.is_awake[input as usize])
            .collect();
        // In order, so that a block is in the cache for all of its neurons.
        for neuron in 0..self.outputs as u32 {
            let times = self.missed.of(neuron);
            if times > 0 {
                let (block, lane) = (neuron as usize / LANES, neuron as usize % LANES);
                let cells = &mut self.cells[block * self.inputs..][..self.inputs];
                change_row(cells, &asleep, lane, &mut self.room, |row| {
                    self.learning.drop_all(arch, row, times);
                });
            }
        }
        self.missed.clear();
    }

    /// The weights of one neuron, one an input, as of the last [`Synapses::settle`].
    pub fn row(&self, output: usize) -> impl Iterator<Item = f32> + '_ {
        self.cells[output / LANES * self.inputs..][..self.inputs]
            .iter()
            .map(move |cell| cell[output % LANES])
    }

    /// The weights from one input, one a neuron, as of the last [`Synapses::settle`].
    pub fn column(&self, input: usize) -> impl Iterator<Item = f32> + '_ {
        let blocks = self.cells.chunks_exact(self.inputs.max(1));
        let cells = blocks.flat_map(move |block| block[input]);
        cells.take(self.outputs)
    }

    /// The rule that changes them.
    pub(super) fn learning(&self) -> Learning {
        self.learning
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

/// Takes the weights from some inputs to the neuron in one lane of a block, changes them, and puts them back. They are
/// copied side by side in between, so that many can be changed at a time; `room` holds a few more, to whole [`LANES`].
#[inline(always)]
fn change_row(cells: &mut [Cell], inputs: &[u32], lane: usize, room: &mut [f32], change: impl FnOnce(&mut [f32])) {
    let row = &mut room[..inputs.len().next_multiple_of(LANES)];
    for (weight, &input) in row.iter_mut().zip(inputs) {
        *weight = cells[input as usize][lane];
    }
    row[inputs.len()..].fill(0.0);
    change(row);
    for (&weight, &input) in row.iter().zip(inputs) {
        cells[input as usize][lane] = weight;
    }
}
