//! What is known of the run: a model made from the worker's events, and from nothing else.
//!
//! Whether the events come from a worker or from a saved run, the model cannot tell; panels only read it.

mod day;
mod lanes;
mod map;
mod probes;
mod sample;
mod spike_log;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod traces;

use std::path::PathBuf;
use std::sync::Arc;

use crate::experiment::ImagesUsed;
use crate::sim::evaluate::Evaluation;
use crate::sim::night::{Anatomy, NightParams};
use crate::worker::{
    BatchPoint, CellImages, Evaluated, Event, Frame, Judged, Moment, NightChange, NightStart, Opened, Phase, Recalled,
    Saved, Stop, Traced, Tracing, WeightSnapshot,
};

pub use lanes::{Lane, Lanes, newest_test};
pub use map::Map;
pub use probes::{Probes, Strip};
pub use sample::Sample;
pub use spike_log::{Layers, SpikeLog};
pub use traces::{Trace, Traces};

/// A window on the mean image: left, top and side in pixels.
pub type DreamWindow = (usize, usize, usize);

/// What is known of the run.
#[derive(Clone, Debug, Default)]
pub struct Session {
    opened: Option<Arc<Opened>>,
    layers: Layers,
    phase: Phase,
    running: bool,
    batches: Vec<BatchPoint>,
    /// Batches of fine-tuning.
    tuned: Vec<BatchPoint>,
    night: Option<Arc<NightStart>>,
    spikes: SpikeLog,
    traces: Traces,
    evaluations: Vec<Arc<Evaluated>>,
    estimate: Option<Arc<Evaluated>>,
    tracing: Option<Tracing>,
    traced: Option<Arc<Traced>>,
    changes: Vec<Arc<NightChange>>,
    hit: Option<(Stop, u64)>,
    /// Steps slept wherever a breakpoint was hit, rising.
    hits: Vec<u64>,
    saved: Option<Arc<Saved>>,
    saves: u64,
    /// Counts the lanes that became the night.
    turns: u64,
    exported: Option<PathBuf>,
    copied: Option<Result<PathBuf, String>>,
    recalled: Option<Arc<Recalled>>,
    frame: Arc<Frame>,
    /// The images behind a cell, and the revision of the night that they were read in.
    images: Option<(Arc<CellImages>, u64)>,
    /// Counts the images that were told of, so that a view can tell when they are others.
    images_told: u64,
    probes: Probes,
    map: Map,
    images_used: Option<Arc<ImagesUsed>>,
    lanes: Lanes,
    failure: Option<String>,
    run: u64,
    revision: u64,
    /// The night that is known, while it stands in training before it.
    ahead: Option<Box<day::Ahead>>,
    /// What the training of the run before had told, in case the new run keeps the trained network.
    kept: Option<(Vec<BatchPoint>, Vec<Arc<Evaluated>>)>,
}

impl Session {
    /// Takes in an event.
    pub fn absorb(&mut self, event: Event) {
        match event {
            Event::Opened(opened) => {
                let mut evaluations = std::mem::take(&mut self.evaluations);
                evaluations.retain(|evaluated| matches!(evaluated.moment, Moment::Batch(_)));
                *self = Self {
                    layers: Layers::new(&opened.sizes),
                    opened: Some(opened),
                    phase: self.phase,
                    run: self.run + 1,
                    revision: self.revision + 1,
                    kept: Some((std::mem::take(&mut self.batches), evaluations)),
                    // Lanes that go with their run are closed one by one.
                    lanes: std::mem::take(&mut self.lanes).of_another_run(),
                    ..Self::default()
                };
            }
            Event::Entered(phase) => self.enter(phase),
            Event::LeftNight => self.leave_night(),
            Event::Running(running) => {
                self.running = running;
                if running {
                    self.hit = None;
                }
            }
            Event::Batches(batches) => self.batches.extend(batches),
            Event::TunedBatches(batches) => self.tuned.extend(batches),
            Event::FineTuning(params) => self.tune_otherwise(params.map(|params| *params)),
            Event::FellAsleep(night) => {
                self.revision += 1;
                self.night = Some(night);
                self.forget_tuning();
                self.spikes = SpikeLog::default();
                self.traces = Traces::default();
                self.forget_curve();
            }
            Event::Spikes(chunk) => self.spikes.push(chunk, &self.layers),
            Event::Potentials(chunk) => self.traces.push(&chunk),
            Event::PastPotentials(chunk) => self.traces.push_past(&chunk),
            Event::Forgot { from_step } => self.forget(from_step),
            Event::NightChanged(change) => self.take_change(change),
            Event::Hit { stop, step } => self.take_hit(stop, step),
            Event::Evaluated(evaluated) => self.take_test(evaluated),
            Event::Estimated(estimate) => self.estimate = Some(estimate),
            Event::Tracing(tracing) => self.tracing = Some(tracing),
            Event::Traced(traced) => {
                self.tracing = None;
                self.traced = Some(traced);
            }
            Event::TracingStopped(reason) => {
                self.tracing = None;
                self.failure = reason.or(self.failure.take());
            }
            // The settings and the window take them; nothing of the run is changed.
            Event::Thresholds(_) | Event::SetAside(_) => {}
            Event::LanePromoted(_) => self.turns += 1,
            Event::Images(images) => {
                self.images = Some((images, self.revision));
                self.images_told += 1;
            }
            Event::Saved(saved) => {
                self.saved = Some(saved);
                self.saves += 1;
            }
            Event::Exported(path) => self.exported = Some(path),
            Event::Copied(outcome) => self.copied = Some(outcome),
            Event::Recalled(recalled) => self.recalled = Some(recalled),
            Event::NightReadings(readings) => self.probes.take_readings(&readings),
            Event::HeldOut(image) => self.probes.take_held_out(image),
            Event::Stressed(stressed) => self.probes.take_stressed(stressed),
            Event::Controlled(controlled) => self.probes.take_controlled(controlled),
            Event::ImagesUsed(used) => self.images_used = Some(used),
            Event::MapBegun | Event::Mapped(_) | Event::MapStopped(_) => self.map.absorb(event),
            Event::LeftOut(_)
            | Event::LaneOpened(_)
            | Event::LaneAdvanced { .. }
            | Event::LaneTested { .. }
            | Event::LaneRenamed { .. }
            | Event::LaneClosed(_)
            | Event::LaneWeights(_) => self.revision += u64::from(self.lanes.absorb(event)),
            Event::Failed(sentence) => self.failure = Some(sentence),
        }
    }

    /// Which images are used for what, once somebody looked.
    pub fn images_used(&self) -> Option<&ImagesUsed> {
        self.images_used.as_deref()
    }

    /// What is known of nights with other settings.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// The run has entered a phase.
    fn enter(&mut self, phase: Phase) {
        // A run that begins with a trained network goes on from the training that was watched.
        if let Some((batches, evaluations)) = self.kept.take()
            && phase == Phase::Trained
        {
            self.batches = batches;
            self.evaluations = evaluations;
        }
        if phase >= Phase::Asleep {
            self.return_to_night();
        } else {
            self.night = None;
            self.tuned.clear();
            self.spikes = SpikeLog::default();
            self.traces = Traces::default();
            self.probes.forget_night();
            self.changes.clear();
            self.hits.clear();
            self.estimate = None;
            self.forget_curve();
        }
        self.phase = phase;
    }

    /// A breakpoint was hit.
    fn take_hit(&mut self, stop: Stop, step: u64) {
        self.hit = Some((stop, step));
        if let Err(place) = self.hits.binary_search(&step) {
            self.hits.insert(place, step);
        }
    }

    /// The night has other parameters from some step on.
    fn take_change(&mut self, change: Arc<NightChange>) {
        if let Some(opened) = &mut self.opened {
            Arc::make_mut(opened).recipe.night.clone_from(&change.params);
        }
        if self.phase >= Phase::Asleep {
            self.forget_curve();
            self.changes.retain(|earlier| earlier.step < change.step);
            let last = self.changes.last().map(|last| &last.params);
            let held = last.or(self.night.as_ref().map(|night| &night.params));
            // What held before a later change was taken back is no change of its own.
            if change.step == 0 || held != Some(&change.params) {
                self.changes.push(change);
            }
        }
    }

    /// Puts a test in its place in the order of time; a moment that is tested again gives the same again.
    fn take_test(&mut self, evaluated: Arc<Evaluated>) {
        let moment = evaluated.moment;
        let at = self.evaluations.partition_point(|other| other.moment < moment);
        match self.evaluations.get_mut(at).filter(|other| other.moment == moment) {
            Some(other) => *other = evaluated,
            None => self.evaluations.insert(at, evaluated),
        }
    }

    /// What was known of the night beyond so many steps is void.
    fn forget(&mut self, from_step: u64) {
        self.revision += 1;
        self.spikes.truncate(from_step, &self.layers);
        self.traces.truncate(from_step);
        self.probes.forget(from_step);
        self.evaluations
            .retain(|evaluated| evaluated.moment <= Moment::Step(from_step));
        self.tuned.clear();
        self.changes.retain(|change| change.step <= from_step);
        self.hits.retain(|&step| step <= from_step);
        self.turns += 1;
        self.estimate = None;
    }

    /// The exact curve is void: the night is another.
    fn forget_curve(&mut self) {
        self.tracing = None;
        self.traced = None;
    }

    /// Takes the newest picture of the run. A picture of an earlier run is not taken.
    pub fn show(&mut self, frame: Arc<Frame>) {
        self.frame = frame;
    }

    /// The run, if one was made ready.
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_deref()
    }

    /// Counts the runs that were made ready, so that a view can tell when all it kept is void.
    pub fn run(&self) -> u64 {
        self.run
    }

    /// Counts the times that anything known became void: with a run, and with a change of what was known of the night. The same
    /// revision and step is the same picture, so this is what a view keys with that it keeps.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Which unit belongs to which layer.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Where the run stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Whether nothing has happened to the network yet, now or before the moment that is shown.
    pub fn is_untouched(&self) -> bool {
        self.phase() < Phase::Trained && self.batches.is_empty() && self.night.is_none() && !self.is_running()
    }

    /// Whether steps are being done.
    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Every trained batch.
    pub fn batches(&self) -> &[BatchPoint] {
        &self.batches
    }

    /// Batches of the whole training.
    pub fn total_batches(&self) -> u64 {
        self.opened().map_or(0, |opened| opened.total_batches)
    }

    /// Steps slept at the moment that is shown; it may lie before what is [known](Self::known_steps).
    pub fn steps(&self) -> u64 {
        if self.phase >= Phase::Asleep {
            self.frame.steps
        } else {
            0
        }
    }

    /// Steps of the night that are known: up to the moment that is shown, and beyond it if it was gone back to.
    pub fn known_steps(&self) -> u64 {
        self.spikes.steps().max(self.steps())
    }

    /// Steps up to the moment that is shown whose spikes are known.
    pub fn slept(&self) -> u64 {
        self.steps().min(self.spikes.steps())
    }

    /// Steps of the whole night.
    pub fn total_steps(&self) -> u64 {
        self.opened().map_or(0, |opened| opened.recipe.night.steps)
    }

    /// Batches or steps a second at the moment.
    pub fn per_second(&self) -> f64 {
        if self.running { self.frame.per_second } else { 0.0 }
    }

    /// The start of the night, once it has begun.
    pub fn night(&self) -> Option<&NightStart> {
        self.night.as_deref()
    }

    /// The weights at some step of the night or batch of fine-tuning not long ago, if they were asked for.
    pub fn weights_now(&self) -> Option<&WeightSnapshot> {
        self.night.as_ref()?;
        let weights = self.frame.weights.as_ref();
        weights.filter(|weights| !matches!(weights.moment, Moment::Batch(_)))
    }

    /// The newest step that is seen, and the window on the mean image that it shows, if one is cut out.
    pub fn dream(&self) -> Option<(u64, Option<DreamWindow>)> {
        self.night.as_ref()?;
        Some((self.frame.steps.checked_sub(1)?, self.frame.window))
    }

    /// Every spike of the night.
    pub fn spikes(&self) -> &SpikeLog {
        &self.spikes
    }

    /// The potentials of the watched neurons, from when they were watched.
    pub fn traces(&self) -> &Traces {
        &self.traces
    }

    /// The newest potential of a neuron: layer, where 0 is the inputs, and number in the layer.
    pub fn potential(&self, layer: usize, unit: u32) -> Option<f32> {
        self.night.as_ref()?;
        let layer = self.frame.potentials.get(layer.checked_sub(1)?)?;
        layer.get(unit as usize).copied()
    }

    /// A step cut open at the unit that is inspected: the one that is shown or one not long before.
    pub fn anatomy(&self) -> Option<&Anatomy> {
        self.night.as_ref()?;
        self.frame.anatomy.as_deref()
    }

    /// The parameters of a step of the night.
    pub fn params_at(&self, step: u64) -> Option<&NightParams> {
        let changed = self.night_changes().iter().rev().find(|change| change.step <= step);
        let begun = self.known_night().map(|night| &night.params);
        changed.map(|change| &change.params).or(begun)
    }

    /// Every change of the night's parameters under way, in the order of time, whether it is gone through or waits.
    pub fn night_changes(&self) -> &[Arc<NightChange>] {
        self.ahead.as_ref().map_or(&self.changes, |ahead| ahead.changes())
    }

    /// The thresholds of a layer (0 is the inputs, which have none) in each stretch of the night: the first step that each
    /// holds for, rising.
    pub fn thresholds(&self, layer: usize) -> Vec<(u64, f64)> {
        let Some(layer) = layer.checked_sub(1) else {
            return Vec::new();
        };
        let begun = self.night.iter().map(|night| (0, &night.params));
        let changed = self.changes.iter().map(|change| (change.step, &change.params));
        let mut stretches: Vec<(u64, f64)> = Vec::new();
        for (step, params) in begun.chain(changed) {
            if let Some(&threshold) = params.beta.get(layer) {
                // A change at the very start replaces what the night began with.
                stretches.retain(|&(earlier, _)| earlier < step);
                stretches.push((step, threshold));
            }
        }
        stretches
    }

    /// The threshold of a layer at the moment that is shown; 0 is the inputs, which have none.
    pub fn threshold(&self, layer: usize) -> Option<f64> {
        // The last step that was done is the one before.
        let step = self.steps().saturating_sub(1);
        let stretches = self.thresholds(layer);
        let holding = stretches.iter().rev().find(|&&(from, _)| from <= step);
        holding.map(|&(_, threshold)| threshold)
    }

    /// Why it waits, if something that was waited for has happened: what, and after how many steps.
    pub fn hit(&self) -> Option<&(Stop, u64)> {
        self.hit.as_ref()
    }

    /// The person has read why it waits.
    pub fn dismiss_hit(&mut self) {
        self.hit = None;
    }

    /// Every test, in the order of time.
    pub fn evaluations(&self) -> &[Arc<Evaluated>] {
        &self.evaluations
    }

    /// The exact accuracy after every step of the whole night, if it was asked for.
    pub fn traced(&self) -> Option<&Arc<Traced>> {
        self.traced.as_ref()
    }

    /// How far an exact curve has come that was asked for.
    pub fn tracing(&self) -> Option<Tracing> {
        self.tracing
    }

    /// What the network could do when it fell asleep: the last test of the waking day, up to the moment that is shown of it.
    pub fn before(&self) -> Option<&Evaluation> {
        self.test_before().map(|test| &test.evaluation)
    }

    /// The newest test at the moment that is shown or before it, once the network has slept for at least a step: an
    /// [estimate](Self::estimate) if there is one. With the moment of it.
    pub fn now(&self) -> Option<(Moment, &Evaluation)> {
        if let Some(estimate) = self.estimate() {
            return Some((estimate.moment, &estimate.evaluation));
        }
        let here = self.shown();
        let last = self.evaluations.iter().rev().find(|e| e.moment <= here)?;
        (last.moment > Moment::Step(0)).then_some((last.moment, &last.evaluation))
    }

    /// The newest estimate from a sample, as long as there is no test of that moment yet.
    pub fn estimate(&self) -> Option<&Evaluated> {
        let estimate = self.estimate.as_deref()?;
        let is_tested = self.evaluations.iter().any(|e| e.moment == estimate.moment);
        (!is_tested && estimate.moment == self.shown()).then_some(estimate)
    }

    /// The images behind a cell of a confusion matrix, if they were asked for.
    pub fn images(&self) -> Option<&CellImages> {
        self.images.as_ref().map(|(images, _)| &**images)
    }

    /// Whether the images behind a cell are of another moment than the one that is shown, or of a night that is not any more.
    pub fn images_are_old(&self) -> bool {
        let Some((images, revision)) = &self.images else {
            return false;
        };
        let here = match images.moment {
            Moment::Batch(batch) => self.phase < Phase::Asleep && self.trained() == batch,
            Moment::Step(step) => (Phase::Trained..=Phase::Woken).contains(&self.phase) && self.steps() == step,
            Moment::Tuned(_) => self.shown() == images.moment,
        };
        !images.cell.before_sleep && (!here || *revision != self.revision)
    }

    /// Counts the times that images were told of in this run.
    pub fn images_told(&self) -> u64 {
        self.images_told
    }

    /// The person has seen enough of the images.
    pub fn close_images(&mut self) {
        self.images = None;
    }

    /// Steps slept wherever a breakpoint was hit, rising.
    pub fn hits(&self) -> &[u64] {
        &self.hits
    }

    /// The file that the run was last written to.
    pub fn saved(&self) -> Option<&Saved> {
        self.saved.as_deref()
    }

    /// Counts the files that the run was written to.
    pub fn saves(&self) -> u64 {
        self.saves
    }

    /// Counts how often the night became another than it was: a lane took its place, or it goes on otherwise from some step.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// The file that the run was exported to, once.
    pub fn take_exported(&mut self) -> Option<PathBuf> {
        self.exported.take()
    }

    /// The file that the run was written to for another part of the program, or why it was not; once.
    pub fn take_copied(&mut self) -> Option<Result<PathBuf, String>> {
        self.copied.take()
    }

    /// The file that the run comes from, and what was written about it.
    pub fn recalled(&self) -> Option<&Recalled> {
        self.recalled.as_deref()
    }

    /// What is known of probes.
    pub fn probes(&self) -> &Probes {
        &self.probes
    }

    /// The nights beside this one.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What pictures are read as, if somebody asked.
    pub fn judged(&self) -> Option<&Judged> {
        self.frame.judged.as_deref()
    }

    /// Whether there are held-out images to test on: a run from elsewhere may be open without its images.
    pub fn has_held_out(&self) -> bool {
        self.opened().is_some_and(|opened| opened.test_images > 0)
    }

    /// Name of a class.
    pub fn class_name(&self, class: usize) -> String {
        let named = self.opened().and_then(|opened| opened.class_names.get(class));
        named.cloned().unwrap_or_else(|| class.to_string())
    }

    /// The class whose images, awake and before sleep, drive a neuron most in the mean. An output stands for its class;
    /// an input, or a neuron that is silent for all classes, prefers none.
    pub fn preferred_class(&self, layer: usize, unit: u32) -> Option<usize> {
        if layer > 0 && layer + 1 == self.layers.count() {
            return Some(unit as usize);
        }
        let means = self.night()?.class_means.get(layer.checked_sub(1)?)?;
        let activity = (0..means.nrows()).filter_map(|class| Some((class, *means.get((class, unit as usize))?)));
        let most = activity.reduce(|most, next| if next.1 > most.1 { next } else { most })?;
        (most.1 > 0.0).then_some(most.0)
    }

    /// What did not work, in a sentence.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The person has read what did not work.
    pub fn dismiss_failure(&mut self) {
        self.failure = None;
    }
}
