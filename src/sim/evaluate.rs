//! What a network can do: accuracy and confusion on held-out images.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Axis, Slice};

use super::Samples;
use super::mlp::{Activations, Mlp, argmax};

/// Images that go through the network at a time: few enough for their activations to stay in the cache and for a wish to
/// stop to be heard, enough for the matrix products to be fast.
const CHUNK: usize = 500;

/// Tests networks; keeps its memory between tests.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    room: Activations,
}

impl Evaluator {
    /// Reads every image and counts what was read as what. `None` if `stop` was set meanwhile.
    pub fn evaluate(&mut self, mlp: &Mlp, samples: &Samples, stop: &AtomicBool) -> Option<Evaluation> {
        let classes = mlp.classes();
        let mut confusion = vec![0; classes * classes];
        for first in (0..samples.len()).step_by(CHUNK) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let chunk = first..(first + CHUNK).min(samples.len());
            let layers = mlp.forward(
                samples.images.slice_axis(Axis(0), Slice::from(chunk.clone())),
                &mut self.room,
            );
            let outputs = layers.last()?;
            for (output, &label) in outputs.rows().into_iter().zip(&samples.labels[chunk]) {
                confusion[usize::from(label) * classes + argmax(output)] += 1;
            }
        }
        Some(Evaluation { classes, confusion })
    }
}

/// The result of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Number of classes.
    pub classes: usize,
    /// Images of class `row` that were read as class `column`, row-major, classes x classes.
    pub confusion: Vec<u32>,
}

impl Evaluation {
    /// Images of class `truth` that were read as class `read`.
    pub fn count(&self, truth: usize, read: usize) -> u32 {
        self.confusion[truth * self.classes + read]
    }

    /// Images tested.
    pub fn images(&self) -> u32 {
        self.confusion.iter().sum()
    }

    /// Images read correctly.
    pub fn correct(&self) -> u32 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Share of the images read correctly, 0 without images.
    pub fn accuracy(&self) -> f64 {
        share(self.correct(), self.images())
    }

    /// Share of the images of each class read correctly (recall), `None` for a class without images.
    pub fn class_accuracy(&self) -> Vec<Option<f64>> {
        (0..self.classes)
            .map(|class| {
                let images: u32 = (0..self.classes).map(|read| self.count(class, read)).sum();
                (images > 0).then(|| share(self.count(class, class), images))
            })
            .collect()
    }
}

/// `part` of `whole`, 0 of nothing.
fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}
