//! A night that can be gone back in.
//!
//! A night is a pure function of its start, its parameters and the step, so any moment of it can be made again: from the
//! nearest key frame, by doing the steps in between. Parameters may change under way; each change is written down with the
//! step from which it holds, and voids what was known beyond that step.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::journal::{Journal, Spike};
use super::{Anatomy, Dreamer, Night, NightParams};

/// Memory that key frames may take, in bytes, unless it is set otherwise.
pub const DEFAULT_BUDGET: usize = 256 << 20;
/// Steps between two key frames, until memory makes them thin out: few enough that going back takes a blink of the eye at
/// 784-1200-1200-10 (`benches/sim.rs`, `seek`), so many that 20,000 steps fit the budget without thinning out.
const SPACING: u64 = 1000;

/// The dream that all parameters share: its shape and its seed.
#[derive(Clone, Debug)]
pub struct DreamSource {
    /// The mean image, row by row: one intensity in `0..=1` a pixel.
    pub mean_image: Vec<f32>,
    /// Width and height of the image in pixels.
    pub image_size: (usize, usize),
    /// The seed of the noise.
    pub seed: u64,
}

/// Parameters, and the step from which they hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The first step they hold for, counted from 0.
    pub step: u64,
    /// The parameters.
    pub params: NightParams,
    /// Gain of each layer's input under these parameters, first hidden layer first.
    pub alpha: Vec<f64>,
}

/// A night, where it stands, and what is known of it.
#[derive(Clone, Debug)]
pub struct Course {
    source: Arc<DreamSource>,
    /// The night before its first step.
    start: Arc<Night>,
    /// Never empty; the first is from step 0, and steps rise.
    changes: Vec<Change>,
    /// Spikes that are kept from happening, rising, each once.
    without: Vec<Spike>,
    night: Night,
    dreamer: Dreamer,
    /// The change that `night` and `dreamer` have taken over.
    in_force: usize,
    journal: Journal,
    key_frames: BTreeMap<u64, Arc<Night>>,
    spacing: u64,
    budget: usize,
}

impl Course {
    /// A night before its first step. `alpha` has the gain of each layer under `params`.
    pub fn new(weights: &[ndarray::Array2<f32>], params: NightParams, alpha: Vec<f64>, source: DreamSource) -> Self {
        let night = Night::new(weights, &params, &alpha);
        let dreamer = Dreamer::new(&params, &source.mean_image, source.image_size, source.seed);
        Self {
            source: Arc::new(source),
            journal: Journal::new(&night.sizes()),
            start: Arc::new(night.clone()),
            changes: vec![Change { step: 0, params, alpha }],
            without: Vec::new(),
            night,
            dreamer,
            in_force: 0,
            key_frames: BTreeMap::new(),
            spacing: SPACING,
            budget: DEFAULT_BUDGET,
        }
    }

    /// A night before its first step of which more is known: its changes of parameters (at least one; the first from step 0,
    /// steps rising), the spikes that are kept from happening, and who spiked so.
    ///
    /// # Panics
    /// If there is no change.
    pub fn known(
        weights: &[ndarray::Array2<f32>],
        changes: Vec<Change>,
        mut without: Vec<Spike>,
        journal: Journal,
        source: DreamSource,
    ) -> Self {
        let first = changes[0].clone();
        without.sort_unstable();
        without.dedup();
        Self {
            changes,
            without,
            journal,
            ..Self::new(weights, first.params, first.alpha, source)
        }
    }

    /// A second night that is this one up to a step and stands there, with nothing known beyond it: to go on differently, with
    /// the same noise. Left alone it becomes the same night, later changes and all. Start, key frames and noise are shared.
    /// `None` if `stop` was set meanwhile.
    pub fn fork(&self, step: u64, stop: &AtomicBool) -> Option<Self> {
        let near = self.key_frames.range(..=step).next_back();
        let mut fork = Self {
            source: Arc::clone(&self.source),
            start: Arc::clone(&self.start),
            changes: self.changes.clone(),
            without: self.without.clone(),
            night: Night::clone(near.map_or(&self.start, |(_, frame)| frame)),
            dreamer: self.dreamer.clone(),
            in_force: usize::MAX,
            journal: self.journal.prefix(step),
            key_frames: self
                .key_frames
                .range(..=step)
                .map(|(&at, frame)| (at, Arc::clone(frame)))
                .collect(),
            spacing: self.spacing,
            budget: self.budget,
        };
        fork.take_over_changes();
        fork.seek(step, stop).then_some(fork)
    }

    /// The same night before its first step, with nothing known of it: for somebody else to go through. Shares memory.
    #[must_use]
    pub fn again(&self) -> Self {
        let first = &self.changes[0];
        let mut again = Self {
            source: Arc::clone(&self.source),
            start: Arc::clone(&self.start),
            changes: self.changes.clone(),
            without: self.without.clone(),
            night: Night::clone(&self.start),
            dreamer: self.dreamer_for(&first.params),
            in_force: usize::MAX,
            journal: Journal::new(&self.start.sizes()),
            key_frames: BTreeMap::new(),
            spacing: self.spacing,
            budget: 0,
        };
        again.take_over_changes();
        again
    }

    /// The night at the step where it stands.
    pub fn night(&self) -> &Night {
        &self.night
    }

    /// The same, for the weights, which are brought up to date when they are read. Nothing else of it can be changed.
    pub fn night_mut(&mut self) -> &mut Night {
        &mut self.night
    }

    /// Steps slept at the moment where it stands.
    pub fn steps(&self) -> u64 {
        self.night.steps()
    }

    /// Everybody who spiked, in every step that is known: from the first one to the last that was ever done under the present
    /// parameters, whether the night stands before it or behind.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Every change of the parameters, rising; the first one is what the night began with.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The spikes that are kept from happening, rising.
    pub fn without(&self) -> &[Spike] {
        &self.without
    }

    /// Keeps a spike from happening, and forgets what was known of its step and beyond; see [`Night::silence`] for what becomes
    /// of the neuron. A night that stands beyond the step goes back to it: `false` if `stop` was set meanwhile.
    pub fn leave_out(&mut self, spike: Spike, stop: &AtomicBool) -> bool {
        let Err(place) = self.without.binary_search(&spike) else {
            return true;
        };
        if self.steps() > spike.step && !self.seek(spike.step, stop) {
            return false;
        }
        self.without.insert(place, spike);
        self.journal.truncate(spike.step);
        self.key_frames.retain(|&at, _| at <= spike.step);
        true
    }

    /// The parameters of the next step.
    pub fn params(&self) -> &NightParams {
        &self.changes[self.change_at(self.steps())].params
    }

    /// The parameters of a step, known or to come.
    pub(super) fn params_of(&self, step: u64) -> &NightParams {
        &self.changes[self.change_at(step)].params
    }

    /// The night before its first step.
    pub(super) fn start(&self) -> &Night {
        &self.start
    }

    /// Gain of each layer's input in the next step.
    pub fn alpha(&self) -> &[f64] {
        &self.changes[self.change_at(self.steps())].alpha
    }

    /// The window on the mean image that a step shows: left, top and side in pixels. `None` where nothing is cut out.
    pub fn window(&self, step: u64) -> Option<(usize, usize, usize)> {
        let change = self.change_at(step);
        if change == self.in_force {
            self.dreamer.window(step)
        } else {
            self.dreamer_for(&self.changes[change].params).window(step)
        }
    }

    /// One step.
    pub fn step(&mut self) -> &Night {
        self.take_over_changes();
        self.silence();
        self.night.step(&self.dreamer);
        if self.night.steps() > self.journal.steps() {
            self.journal.push(self.night.spikes());
        }
        self.keep_key_frame();
        &self.night
    }

    /// Cuts the next step open at one unit, as [`Night::anatomy`] does. Changes nothing.
    pub fn anatomy(&mut self, unit: (usize, u32)) -> Option<Anatomy> {
        self.take_over_changes();
        self.silence();
        let mut input = Vec::new();
        self.dreamer.spikes(self.steps(), &mut input);
        self.night.anatomy(&input, unit)
    }

    /// Goes to a step, back or forth; steps that are not known yet are done. `false` if `stop` was set meanwhile: it then
    /// stands somewhere on the way.
    pub fn seek(&mut self, step: u64, stop: &AtomicBool) -> bool {
        let here = self.steps();
        let frame = self.key_frames.range(..=step).next_back();
        let (frame_step, frame) = frame.map_or((0, &self.start), |(&step, frame)| (step, frame));
        if step < here || frame_step > here {
            self.night = Night::clone(frame);
            self.in_force = usize::MAX;
        }
        while self.steps() < step {
            if stop.load(Ordering::Relaxed) {
                return false;
            }
            self.step();
        }
        self.take_over_changes();
        true
    }

    /// Whether the night goes on with these parameters from here to its end.
    pub fn goes_on_with(&self, params: &NightParams) -> bool {
        self.change_at(self.steps()) + 1 == self.changes.len() && self.params() == params
    }

    /// Changes the parameters from the next step on, and forgets what was known beyond it. Changes nothing if it
    /// [goes on with them](Self::goes_on_with) anyway.
    pub fn change(&mut self, params: NightParams, alpha: Vec<f64>) {
        if self.goes_on_with(&params) {
            return;
        }
        let step = self.steps();
        self.journal.truncate(step);
        self.key_frames.retain(|&at, _| at <= step);
        self.changes.retain(|change| change.step < step);
        // Where the parameters come back to what they were before, nothing changes here and nothing is written down.
        let before = self.changes.last();
        if before.is_none_or(|change| (&change.params, &change.alpha) != (&params, &alpha)) {
            self.changes.push(Change { step, params, alpha });
        }
        self.in_force = usize::MAX;
        self.take_over_changes();
    }

    /// Sets the memory that key frames may take, in bytes.
    pub fn set_budget(&mut self, bytes: usize) {
        if bytes > self.budget {
            // What is passed from here on is kept as densely as it can be.
            self.spacing = SPACING;
        }
        self.budget = bytes;
        self.thin_out();
    }

    /// The memory that key frames take, in bytes.
    pub fn key_frame_bytes(&self) -> usize {
        self.key_frames.len() * self.night.bytes()
    }

    /// The change that holds for a step.
    fn change_at(&self, step: u64) -> usize {
        self.changes
            .partition_point(|change| change.step <= step)
            .saturating_sub(1)
    }

    /// The dream under some parameters.
    fn dreamer_for(&self, params: &NightParams) -> Dreamer {
        Dreamer::new(
            params,
            &self.source.mean_image,
            self.source.image_size,
            self.source.seed,
        )
    }

    /// Makes the parameters of the next step those of the night.
    fn take_over_changes(&mut self) {
        let at = self.change_at(self.steps());
        if at == self.in_force {
            return;
        }
        let change = &self.changes[at];
        self.dreamer = self.dreamer_for(&change.params);
        self.night.set_params(&change.params, &change.alpha);
        self.in_force = at;
    }

    /// Keeps from happening in the next step what is not to happen.
    fn silence(&mut self) {
        let step = self.steps();
        let first = self.without.partition_point(|spike| spike.step < step);
        let here = self.without[first..].iter().take_while(|spike| spike.step == step);
        self.night.silence(here.map(|spike| (spike.layer, spike.unit)));
    }

    /// Keeps the moment where it stands, if it is time.
    fn keep_key_frame(&mut self) {
        let step = self.steps();
        if self.budget > 0 && step.is_multiple_of(self.spacing) && !self.key_frames.contains_key(&step) {
            self.key_frames.insert(step, Arc::new(self.night.clone()));
            self.thin_out();
        }
    }

    /// Doubles the distance of key frames until they fit in memory.
    fn thin_out(&mut self) {
        while !self.key_frames.is_empty() && self.key_frame_bytes() > self.budget {
            self.spacing = self.spacing.saturating_mul(2);
            let spacing = self.spacing;
            self.key_frames.retain(|step, _| step.is_multiple_of(spacing));
        }
    }
}
