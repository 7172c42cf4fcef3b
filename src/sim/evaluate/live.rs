//! A test that follows a night: after each change only what the change touches is computed again.
//!
//! A spike of a neuron changes the weights into that neuron and no others. With the sums of every image kept, a change in
//! the first of two hidden layers costs one unit's sums there, a multiple of one weight column added to the next layer's
//! sums, and the outputs; a change further up costs one unit's sums and a multiple of one weight column added to the
//! outputs. Sums of sixteen images stand side by side (see `block.rs`), and a block of them stays in the cache while all
//! changes of a [`Script`] are applied to it, so many changes, read together or one by one, are cheaper than as many tests.
//!
//! What is added up this way drifts by rounding; after [`REFRESH`] changes everything is computed anew, and readings that
//! rounding could decide are made in double precision (see `reading.rs` and `precise.rs`), so the result is that of a
//! full test at every moment.
//!
//! Memory: 4 bytes for each image and unit, inputs and all, which is 38 MB for 3,000 images and 128 MB for 10,000 at
//! 784-1200-1200-10, and a copy of the weights. Networks without a hidden layer, or with more than two, are tested from
//! scratch each time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use faer::Accum;
use ndarray::{Array2, Axis, Slice};
use pulp::Arch;
use rayon::prelude::*;

use super::block::{Block, DOUBTFUL, Event, Net, Play, ReadAnew, largest_of};
use super::full::{image_of, largest_output_weight};
use super::precise::Precise;
use super::reading::read_exactly;
use super::script::Script;
use super::wide::{WIDTH, Wide};
use super::{Evaluation, Evaluator, ImageReading};
use crate::sim::Samples;
use crate::sim::mlp::Factor::{Plain, Transposed};
use crate::sim::mlp::{Mlp, product};
use crate::sim::night::Night;

/// Changes after which all sums are computed anew. Roundings add up like a random walk: after so many they come to some
/// 50 times that of a single sum in each unit, and spread over a thousand units to a tenth of what a reading allows for.
const REFRESH: usize = 2048;
/// Changes in one layer at a time beyond which computing everything anew is faster.
const MANY: usize = 128;
/// Blocks that one core works on at least before the other is asked for help.
const BLOCKS: usize = 4;
/// Images whose sums are computed anew at a time: few enough for a wish to stop to be heard, enough for the matrix products
/// to be fast.
const CHUNK: usize = 32 * WIDTH;
/// Images kept in double precision at most, 25 kB each at 784-1200-1200-10.
const PRECISE: usize = 256;
/// Changes that an image is kept in double precision without being read. Following it for so long costs about as much as
/// carrying it through the whole network again.
const UNREAD: usize = 256;

/// A test on the held-out images that is kept up to date while the weights change.
#[derive(Clone, Debug)]
pub struct LiveEvaluator {
    arch: Arch,
    samples: Arc<Samples>,
    mlp: Mlp,
    /// The state of every image; empty for networks that are tested from scratch.
    blocks: Vec<Block>,
    /// Images that had to be read in double precision.
    precise: Vec<Precise>,
    /// What tests from scratch.
    scratch: Evaluator,
    /// What each image is read as; empty for networks that are tested from scratch.
    classes: Vec<u16>,
    evaluation: Evaluation,
    is_finite: bool,
    /// Whether a test was stopped half-way.
    is_stale: bool,
    changes_since_refresh: usize,
}

impl LiveEvaluator {
    /// Tests a network from scratch and keeps what later changes need. `None` if `stop` was set meanwhile.
    pub fn new(mlp: Mlp, samples: Arc<Samples>, stop: &AtomicBool) -> Option<Self> {
        let mut evaluator = Self {
            arch: Arch::new(),
            blocks: Vec::new(),
            precise: Vec::new(),
            scratch: Evaluator::default(),
            classes: Vec::new(),
            evaluation: Evaluation::empty(mlp.classes()),
            is_finite: mlp.is_finite(),
            is_stale: true,
            changes_since_refresh: 0,
            mlp,
            samples,
        };
        if evaluator.is_followed() {
            evaluator.blocks = blocks(&evaluator.mlp, &evaluator.samples);
        }
        evaluator.refresh(stop)?;
        Some(evaluator)
    }

    /// What the network could do at the last test that was not stopped.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// What each image was read as at the last test that was not stopped, and what each output said.
    pub fn readings(&mut self) -> Vec<ImageReading> {
        if !self.is_followed() {
            let all: Vec<usize> = (0..self.samples.len()).collect();
            return self.scratch.read_images(&self.mlp, &self.samples, &all);
        }
        let sum_of = |image: usize, class: usize| self.blocks[image / WIDTH].outputs[class].0[image % WIDTH];
        let shape = (self.samples.len(), self.mlp.classes());
        let mut outputs = Array2::from_shape_fn(shape, |(image, class)| sum_of(image, class));
        self.mlp.output.apply(&mut outputs);
        let rows = outputs.rows().into_iter().zip(&self.classes).enumerate();
        rows.map(|(image, (outputs, &class))| ImageReading {
            image,
            class: usize::from(class),
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
        let is_anew = self.is_stale
            || !self.is_followed()
            || changed.iter().any(|neurons| neurons.len() > MANY)
            || self.changes_since_refresh + count > REFRESH;
        if is_anew {
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
            self.refresh(stop)?;
        } else {
            let mut script = Script::default();
            for (layer, neurons) in changed.iter().enumerate() {
                for &neuron in neurons {
                    self.append(&mut script, night, layer, neuron);
                }
            }
            script.read_here();
            self.play(&script, stop)?;
        }
        Some(&self.evaluation)
    }

    /// Adds the present weights of a neuron of a night to a script that [`LiveEvaluator::play`] will be given next. Weights
    /// lead into layer 0, the first after the inputs, and so on.
    pub fn append(&self, script: &mut Script, night: &mut Night, layer: usize, neuron: u32) {
        script.push(&self.mlp, night, layer, neuron);
    }

    /// Goes through a script and tests after each change that asks for it, in order. `None` if `stop` was set meanwhile; the
    /// weights are taken over then, and the next test makes up for it.
    pub fn play(&mut self, script: &Script, stop: &AtomicBool) -> Option<Vec<Evaluation>> {
        if script.is_empty() && !self.is_stale {
            return Some(Vec::new());
        }
        let is_due = self.is_stale || self.changes_since_refresh + script.len() > REFRESH;
        let tests = if !self.is_followed() {
            self.play_from_scratch(script, stop)
        } else if is_due && self.refresh(stop).is_none() {
            None
        } else {
            self.follow(script, stop)
        };
        script.apply(script.len(), &mut self.mlp.weights);
        let mut weights = script.changes.iter().flat_map(|change| &change.weights);
        self.is_finite &= weights.all(|weight| weight.is_finite());
        self.changes_since_refresh += script.len();
        self.is_stale = tests.is_none();
        tests
    }

    /// Whether changes can be followed. With one or two hidden layers a change stays a handful of columns; where it would
    /// spread through a further one, the matrix products of a full test are faster.
    fn is_followed(&self) -> bool {
        (2..=3).contains(&self.mlp.weights.len())
    }

    /// Computes everything anew.
    fn refresh(&mut self, stop: &AtomicBool) -> Option<()> {
        self.is_stale = true;
        if !self.is_followed() {
            self.evaluation = self.scratch.evaluate(&self.mlp, &self.samples, stop)?;
            self.is_stale = false;
            return Some(());
        }
        self.changes_since_refresh = 0;
        self.precise.clear();
        for first in (0..self.samples.len()).step_by(CHUNK) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            self.refresh_sums(first, (first + CHUNK).min(self.samples.len()));
        }
        let net = net(&self.mlp, self.samples.len());
        let arch = self.arch;
        let events = self.blocks.par_iter_mut().with_min_len(BLOCKS).map(|block| {
            let (net, mut events) = (&net, Vec::new());
            arch.dispatch(ReadAnew {
                block,
                net,
                events: &mut events,
            });
            events
        });
        let events: Vec<Event> = events.flatten_iter().collect();
        self.classes = vec![0; self.samples.len()];
        for event in &events {
            self.classes[event.image as usize] = event.class;
        }
        let doubtful: Vec<usize> = (0..self.classes.len())
            .filter(|&image| self.classes[image] == DOUBTFUL)
            .collect();
        let classes = read_exactly(&self.mlp, &self.samples, &doubtful, stop)?;
        for (image, class) in doubtful.into_iter().zip(classes) {
            self.classes[image] = class as u16;
        }
        self.evaluation = Evaluation::empty(self.mlp.classes());
        for (&class, &label) in self.classes.iter().zip(&self.samples.labels) {
            self.evaluation.add(label, usize::from(class));
        }
        self.is_stale = false;
        Some(())
    }

    /// Computes the hidden sums of some images, from the first of a block on, anew.
    fn refresh_sums(&mut self, first: usize, end: usize) {
        let images = self.samples.images.slice_axis(Axis(0), Slice::from(first..end));
        let blocks = first / WIDTH..end.div_ceil(WIDTH);
        let mut below: Option<Array2<f32>> = None;
        let hidden = self.mlp.weights.len() - 1;
        for (layer, weights) in self.mlp.weights[..hidden].iter().enumerate() {
            // Units x images, so that the images of a block stand side by side.
            let mut sums = Array2::zeros((weights.nrows(), images.nrows()));
            let input = below.as_ref().map_or(Transposed(images), |below| Plain(below.view()));
            product(&mut sums, Accum::Replace, Plain(weights.view()), input, 1.0);
            let is_last = layer + 1 == hidden;
            if !is_last {
                let keep = self.mlp.keep;
                sums.mapv_inplace(|sum| sum.max(0.0) * keep);
            }
            for (block, columns) in self.blocks[blocks.clone()]
                .iter_mut()
                .zip(sums.axis_chunks_iter(Axis(1), WIDTH))
            {
                let state = if is_last { &mut block.last } else { &mut block.first };
                for (wide, sums) in state.iter_mut().zip(columns.rows()) {
                    for (lane, &sum) in wide.0.iter_mut().zip(sums) {
                        *lane = sum;
                    }
                }
            }
            below = Some(sums);
        }
    }

    /// Tests from scratch wherever a script asks for a test.
    fn play_from_scratch(&mut self, script: &Script, stop: &AtomicBool) -> Option<Vec<Evaluation>> {
        let mut mlp = self.mlp.clone();
        let mut tests = Vec::new();
        let mut from = 0;
        for (index, change) in script.changes.iter().enumerate() {
            if change.is_read {
                let mut part = Script::default();
                part.changes.extend_from_slice(&script.changes[from..=index]);
                part.apply(part.len(), &mut mlp.weights);
                from = index + 1;
                self.evaluation = self.scratch.evaluate(&mlp, &self.samples, stop)?;
                tests.push(self.evaluation.clone());
            }
        }
        Some(tests)
    }

    /// Carries a script through the sums of every image, for a network of one or two hidden layers.
    fn follow(&mut self, script: &Script, stop: &AtomicBool) -> Option<Vec<Evaluation>> {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let (net, arch) = (net(&self.mlp, self.samples.len()), self.arch);
        let changes = &script.changes[..];
        let events = self.blocks.par_iter_mut().with_min_len(BLOCKS).map(|block| {
            let (net, mut events) = (&net, Vec::new());
            arch.dispatch(Play {
                block,
                net,
                script: changes,
                events: &mut events,
            });
            events
        });
        let mut events: Vec<Event> = events.flatten_iter().collect();
        self.read_doubtful(script, &mut events, stop)?;
        events.sort_by_key(|event| event.change);
        let mut tests = Vec::new();
        let mut next = events.into_iter().peekable();
        for (index, _) in changes.iter().enumerate().filter(|(_, change)| change.is_read) {
            while let Some(event) = next.next_if(|event| event.change as usize == index) {
                let image = event.image as usize;
                let label = self.samples.labels[image];
                let before = std::mem::replace(&mut self.classes[image], event.class);
                self.evaluation.remove(label, usize::from(before));
                self.evaluation.add(label, usize::from(event.class));
            }
            tests.push(self.evaluation.clone());
        }
        Some(tests)
    }

    /// Reads in double precision what rounding could decide, and brings the images that are kept in it up to date.
    fn read_doubtful(&mut self, script: &Script, events: &mut [Event], stop: &AtomicBool) -> Option<()> {
        let mut doubts: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (index, event) in events.iter().enumerate().filter(|(_, event)| event.class == DOUBTFUL) {
            doubts.entry(event.image).or_default().push(index);
        }
        let mut kept: BTreeMap<u32, Option<Precise>> = doubts.keys().map(|&image| (image, None)).collect();
        for precise in self.precise.drain(..) {
            kept.insert(precise.image, Some(precise));
        }
        let (mlp, samples, arch) = (&self.mlp, &*self.samples, self.arch);
        let net = net(mlp, samples.len());
        let (told, none) = (&*events, Vec::new());
        let images: Vec<(u32, Option<Precise>)> = kept.into_iter().collect();
        let read = images.into_par_iter().map(|(image, precise)| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let wanted = doubts.get(&image).unwrap_or(&none);
            let net = &net;
            Some(arch.dispatch(
                // Uses up what it captures, so that its body is what is compiled for this processor.
                #[inline(always)]
                move || {
                    let pixels = image_of(samples, image as usize);
                    let mut precise = precise.unwrap_or_else(
                        #[inline(always)]
                        || Precise::new(mlp, image, pixels),
                    );
                    let readings = go_through(&mut precise, net, script, wanted, told);
                    (precise, readings)
                },
            ))
        });
        let read = read.collect::<Option<Vec<_>>>()?;
        let mut undecided = Vec::new();
        for (precise, readings) in read {
            for (index, class) in readings {
                match class {
                    Some(class) => events[index].class = class,
                    None => undecided.push(index),
                }
            }
            self.precise.push(precise);
        }
        for precise in &mut self.precise {
            let is_read = doubts.contains_key(&precise.image);
            precise.unread = if is_read { 0 } else { precise.unread + script.len() };
        }
        self.precise.retain(|precise| precise.unread <= UNREAD);
        self.precise.truncate(PRECISE);
        self.read_undecided(script, &undecided, events, stop)
    }

    /// Reads what even double precision does not decide as a test from scratch would.
    fn read_undecided(
        &self,
        script: &Script,
        undecided: &[usize],
        events: &mut [Event],
        stop: &AtomicBool,
    ) -> Option<()> {
        let mut by_change: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for &index in undecided {
            by_change.entry(events[index].change).or_default().push(index);
        }
        if by_change.is_empty() {
            return Some(());
        }
        let mut then = self.mlp.clone();
        for (change, indices) in by_change {
            script.apply(change as usize + 1, &mut then.weights);
            let images: Vec<usize> = indices.iter().map(|&index| events[index].image as usize).collect();
            let classes = read_exactly(&then, &self.samples, &images, stop)?;
            for (index, class) in indices.into_iter().zip(classes) {
                events[index].class = class as u16;
            }
        }
        Some(())
    }
}

/// Takes an image in double precision through a script and reads it where that is wanted: at the changes of the events with
/// these numbers.
#[inline(always)]
fn go_through(
    precise: &mut Precise,
    net: &Net<'_>,
    script: &Script,
    wanted: &[usize],
    events: &[Event],
) -> Vec<(usize, Option<u16>)> {
    let (mut rows, mut largest) = (net.rows.clone(), net.largest);
    let mut wanted = wanted.iter().copied().peekable();
    let mut readings = Vec::new();
    for (index, change) in script.changes.iter().enumerate() {
        if change.layer == net.hidden {
            rows[change.neuron as usize] = &change.weights;
            largest = largest_of(&change.weights).max(largest);
        } else {
            precise.apply(change, net.keep);
        }
        while let Some(event) = wanted.next_if(|&event| events[event].change as usize == index) {
            readings.push((event, precise.read(&rows, largest, net.output, net.keep)));
        }
    }
    readings
}

/// What all blocks share of a network.
fn net(mlp: &Mlp, images: usize) -> Net<'_> {
    let last = mlp.weights.last().map(|weights| (weights, weights.ncols()));
    Net {
        hidden: mlp.weights.len().saturating_sub(1),
        keep: mlp.keep,
        output: mlp.output,
        rows: last.map_or_else(Vec::new, |(weights, inputs)| {
            weights
                .as_slice()
                .map_or_else(Vec::new, |all| all.chunks_exact(inputs.max(1)).collect())
        }),
        largest: largest_output_weight(mlp),
        images,
    }
}

/// Blocks of the images, their sums still empty.
fn blocks(mlp: &Mlp, samples: &Samples) -> Vec<Block> {
    let sizes = mlp.sizes();
    let (last, classes) = (sizes[sizes.len() - 2], mlp.classes());
    let first = if sizes.len() > 3 { sizes[1] } else { 0 };
    let chunks = samples.images.axis_chunks_iter(Axis(0), WIDTH).enumerate();
    chunks
        .map(|(block, images)| {
            let mut pixels = vec![Wide::ZERO; images.ncols()];
            for (lane, image) in images.rows().into_iter().enumerate() {
                for (wide, &pixel) in pixels.iter_mut().zip(image) {
                    wide.0[lane] = pixel;
                }
            }
            Block {
                first_image: block * WIDTH,
                pixels,
                first: vec![Wide::ZERO; first],
                last: vec![Wide::ZERO; last],
                outputs: vec![Wide::ZERO; classes],
                total: Wide::ZERO,
                worst: Wide::ZERO,
                classes: [DOUBTFUL; WIDTH],
            }
        })
        .collect()
}
