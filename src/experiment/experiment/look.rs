//! Looking closer at a run, which changes nothing in it.

use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::Experiment;
use crate::sim::evaluate::{ImageReading, class_means};
use crate::sim::mlp::Mlp;

impl Experiment {
    /// How each held-out image of class `truth` is read: by the network of this moment, or by the one that fell asleep.
    pub fn readings(&mut self, truth: usize, before_sleep: bool) -> Vec<ImageReading> {
        let images: Vec<usize> = (0..self.test.len())
            .filter(|&image| usize::from(self.test.labels[image]) == truth)
            .collect();
        if before_sleep || self.bed.is_none() {
            // The network awake is not touched by the night.
            return self.evaluator.read_images(&self.mlp, &self.test, &images);
        }
        let now = self.mlp_now();
        self.evaluator.read_images(&now, &self.test, &images)
    }

    /// The network awake, as training left it. The night does not touch it.
    pub fn awake(&self) -> &Mlp {
        &self.mlp
    }

    /// The mean activity of each hidden layer for the images of each class that were trained on, awake and before sleep:
    /// one array a layer, classes x units. `None` if `stop` was set meanwhile.
    pub fn class_means(&self, stop: &AtomicBool) -> Option<Vec<Array2<f32>>> {
        match &self.absent {
            Some(absent) => Some(absent.class_means.clone()),
            None => class_means(&self.mlp, &self.train, stop),
        }
    }

    /// The window on the mean image that the last step of the night showed: left, top and side in pixels. `None` before
    /// the first step, and where nothing is cut out.
    pub fn dream_window(&self) -> Option<(usize, usize, usize)> {
        let bed = self.bed.as_ref()?;
        bed.course.window(bed.course.steps().checked_sub(1)?)
    }
}
