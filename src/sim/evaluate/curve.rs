//! The exact accuracy after every step of a night, and what each spike did to it.
//!
//! A spike changes the weights of the neuron that spiked. Within a step these changes are applied one after the other, layer
//! by layer and within a layer in rising order, as the spikes travel. What a spike is said to have done is the difference
//! that its change makes at its place in that order (its marginal contribution); in another order it could be another. The
//! differences of a step add up to what the whole step did.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::script::Script;
use super::{Evaluation, LiveEvaluator};
use crate::sim::Samples;
use crate::sim::mlp::Mlp;
use crate::sim::night::Night;

/// Changes that go through the images together: enough for a block of images to stay in the cache meanwhile, few enough
/// for progress to be seen and a wish to stop to be heard.
const TOGETHER: usize = 64;
/// Changes of one step beyond which a test from scratch is faster, where nobody asks what each of them did.
const MANY: usize = 128;

/// The exact accuracy after every step of a night.
///
/// Memory: 4 bytes a step and class; with what each spike did, 24 bytes and 4 for each class more a spike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExactCurve {
    /// Images of each class.
    images: Vec<u32>,
    /// Images of each class that are read correctly, steps + 1 x classes: before the first step, after it, and so on.
    correct: Vec<u32>,
    /// Who spiked, in the order of the night.
    effects: Vec<SpikeEffect>,
    /// What each of `effects` changed in each class, spikes x classes.
    by_class: Vec<i32>,
}

/// What one spike did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpikeEffect {
    /// The step it belongs to, counted from 1: steps slept once it is over.
    pub step: u64,
    /// Layer of the neuron, where 0 is the inputs.
    pub layer: usize,
    /// Number of the neuron in its layer.
    pub neuron: u32,
    /// Images read correctly after it less those before it.
    pub change: i32,
}

impl ExactCurve {
    /// Steps that are covered.
    pub fn steps(&self) -> u64 {
        (self.correct.len() / self.classes().max(1)).saturating_sub(1) as u64
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.images.len()
    }

    /// Images tested.
    pub fn images(&self) -> u32 {
        self.images.iter().sum()
    }

    /// Images tested of each class.
    pub fn class_images(&self) -> &[u32] {
        &self.images
    }

    /// Images of each class that are read correctly after so many steps; none beyond the last step.
    pub fn correct(&self, steps: u64) -> &[u32] {
        let classes = self.classes();
        let first = usize::try_from(steps).unwrap_or(usize::MAX).saturating_mul(classes);
        self.correct.get(first..first.saturating_add(classes)).unwrap_or(&[])
    }

    /// Share of the images that are read correctly after so many steps. `None` beyond the last step and without images.
    pub fn accuracy(&self, steps: u64) -> Option<f64> {
        let correct = self.correct(steps);
        let images = self.images();
        (images > 0 && !correct.is_empty()).then(|| f64::from(correct.iter().sum::<u32>()) / f64::from(images))
    }

    /// Share of the images of one class that are read correctly after so many steps. `None` beyond the last step and for a
    /// class without images.
    pub fn class_accuracy(&self, steps: u64, class: usize) -> Option<f64> {
        let (&correct, &images) = (self.correct(steps).get(class)?, self.images.get(class)?);
        (images > 0).then(|| f64::from(correct) / f64::from(images))
    }

    /// What each spike did, in the order of the night; empty if it was not asked for.
    pub fn effects(&self) -> &[SpikeEffect] {
        &self.effects
    }

    /// For each class, the images read correctly after the `index`-th of [`ExactCurve::effects`] less those before it.
    pub fn by_class(&self, index: usize) -> &[i32] {
        let classes = self.classes();
        self.by_class.get(index * classes..(index + 1) * classes).unwrap_or(&[])
    }
}

/// Follows a night step by step and writes down its exact accuracy.
#[derive(Debug)]
pub struct CurveTracer {
    live: LiveEvaluator,
    /// Whether it writes down what each spike did.
    with_effects: bool,
    curve: ExactCurve,
    /// What has not been tested yet.
    script: Script,
    /// Changes of each step that has not been tested yet.
    waiting: Vec<usize>,
    /// The last test.
    last: Evaluation,
}

impl CurveTracer {
    /// Begins with the network that fell asleep. `None` if `stop` was set meanwhile.
    pub fn new(mlp: Mlp, samples: Arc<Samples>, with_effects: bool, stop: &AtomicBool) -> Option<Self> {
        let mut images = vec![0; mlp.classes()];
        for &label in &samples.labels {
            if let Some(count) = images.get_mut(usize::from(label)) {
                *count += 1;
            }
        }
        let live = LiveEvaluator::new(mlp, samples, stop)?;
        let last = live.evaluation().clone();
        Some(Self {
            curve: ExactCurve {
                images,
                correct: last.class_correct().collect(),
                effects: Vec::new(),
                by_class: Vec::new(),
            },
            live,
            with_effects,
            script: Script::default(),
            waiting: Vec::new(),
            last,
        })
    }

    /// Steps that are tested: some of the last ones that were [added](CurveTracer::add_step) wait to be tested together.
    pub fn steps(&self) -> u64 {
        self.curve.steps()
    }

    /// Whether every weight so far was a finite number. A curve beyond that means nothing.
    pub fn is_finite(&self) -> bool {
        self.live.is_finite()
    }

    /// Takes in the last step of a night; every step has to be given, in order. `None` if `stop` was set meanwhile, and the
    /// tracer is of no further use then.
    pub fn add_step(&mut self, night: &mut Night, stop: &AtomicBool) -> Option<()> {
        let spikes: Vec<Vec<u32>> = night.spikes().iter().skip(1).cloned().collect();
        if !self.with_effects && spikes.iter().any(|layer| layer.len() > MANY) {
            self.catch_up(stop)?;
            self.last.clone_from(self.live.update(night, &spikes, stop)?);
            self.curve.correct.extend(self.last.class_correct());
            return Some(());
        }
        let before = self.script.len();
        for (layer, neurons) in spikes.iter().enumerate() {
            for &neuron in neurons {
                self.live.append(&mut self.script, night, layer, neuron);
                if self.with_effects {
                    self.script.read_here();
                    self.curve.effects.push(SpikeEffect {
                        step: night.steps(),
                        layer: layer + 1,
                        neuron,
                        change: 0,
                    });
                }
            }
        }
        self.waiting.push(self.script.len() - before);
        if self.script.len() > before {
            self.script.read_here();
        }
        if self.script.len() >= TOGETHER {
            self.catch_up(stop)?;
        }
        Some(())
    }

    /// The curve of all steps that were added. `None` if `stop` was set meanwhile.
    pub fn finish(mut self, stop: &AtomicBool) -> Option<ExactCurve> {
        self.catch_up(stop)?;
        Some(self.curve)
    }

    /// Tests all steps that were added. `None` if `stop` was set meanwhile, and the tracer is of no further use then.
    pub fn catch_up(&mut self, stop: &AtomicBool) -> Option<()> {
        let script = std::mem::take(&mut self.script);
        let mut tests = self.live.play(&script, stop)?.into_iter();
        for changes in self.waiting.drain(..) {
            let tests_of_step = if self.with_effects { changes } else { changes.min(1) };
            for test in tests.by_ref().take(tests_of_step) {
                if self.with_effects {
                    let index = self.curve.by_class.len() / self.curve.images.len().max(1);
                    let differences = test.class_correct().zip(self.last.class_correct());
                    self.curve
                        .by_class
                        .extend(differences.map(|(now, before)| now.cast_signed() - before.cast_signed()));
                    if let Some(effect) = self.curve.effects.get_mut(index) {
                        effect.change = test.correct().cast_signed() - self.last.correct().cast_signed();
                    }
                }
                self.last = test;
            }
            self.curve.correct.extend(self.last.class_correct());
        }
        Some(())
    }
}
