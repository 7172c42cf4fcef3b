//! Looking closer at a run, which changes nothing in it.

use super::Experiment;
use crate::sim::evaluate::ImageReading;
use crate::sim::mlp::Mlp;

impl Experiment {
    /// How each held-out image of class `truth` is read: by the network of this moment, or by the one that fell asleep.
    pub fn readings(&mut self, truth: usize, before_sleep: bool) -> Vec<ImageReading> {
        let images: Vec<usize> = (0..self.test.len())
            .filter(|&image| usize::from(self.test.labels[image]) == truth)
            .collect();
        let asleep = self.bed.as_mut().filter(|_| !before_sleep);
        match asleep.map(|bed| bed.night.weights()) {
            Some(weights) => {
                let now = Mlp {
                    weights,
                    ..self.mlp.clone()
                };
                self.evaluator.read_images(&now, &self.test, &images)
            }
            // The network awake is not touched by the night.
            None => self.evaluator.read_images(&self.mlp, &self.test, &images),
        }
    }
}
