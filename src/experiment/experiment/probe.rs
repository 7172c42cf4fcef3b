//! Judging a person's pictures, which changes nothing in a run.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::Experiment;
use crate::sim::Samples;
use crate::sim::evaluate::{Follower, ImageReading};
use crate::sim::mlp::Mlp;

/// Pictures that are judged along with the night.
#[derive(Debug)]
pub(super) struct Judged {
    pictures: Arc<Samples>,
    pub(super) follower: Follower,
}

impl Experiment {
    /// What pictures (of as many pixels as the images) are read as by the network of this moment. `None` if `stop` was set
    /// meanwhile. In the night only what changed since the last time is computed again, if the pictures are the same.
    pub fn judge(&mut self, pictures: &Arc<Samples>, stop: &AtomicBool) -> Option<Vec<ImageReading>> {
        if self.bed.is_none() {
            return Some(self.judge_awake(pictures));
        }
        // Out of the run for a moment, so that the network need not be copied.
        let mut evaluator = std::mem::take(&mut self.evaluator);
        let tuned = self.tuned_network();
        let readings = tuned.map(|tuned| evaluator.read_images(tuned, pictures, &every(pictures)));
        self.evaluator = evaluator;
        if readings.is_some() {
            return readings;
        }
        let known = self.bed.as_mut().and_then(|bed| bed.judged.take());
        let known = known.filter(|judged| Arc::ptr_eq(&judged.pictures, pictures));
        let mut judged = if let Some(judged) = known {
            judged
        } else {
            Judged {
                pictures: Arc::clone(pictures),
                follower: Follower::new(self.mlp_now(), self.steps(), Arc::clone(pictures), stop)?,
            }
        };
        let bed = self.bed.as_mut()?;
        let done = judged.follower.follow(&mut bed.course, stop);
        let readings = done.map(|()| judged.follower.readings());
        // One can go back to before the weights left the range of numbers, but not with these sums.
        bed.judged = Some(judged).filter(|judged| judged.follower.is_finite());
        readings
    }

    /// What pictures are read as by the network awake: of this moment, or the one that fell asleep.
    pub fn judge_awake(&mut self, pictures: &Samples) -> Vec<ImageReading> {
        self.evaluator.read_images(&self.mlp, pictures, &every(pictures))
    }

    /// The network of this moment, for somebody else to look at.
    pub fn network_now(&mut self) -> Mlp {
        self.mlp_now()
    }

    /// Width and height of an image in pixels.
    pub fn image_size(&self) -> (usize, usize) {
        self.image_size
    }
}

/// The number of every picture.
fn every(pictures: &Samples) -> Vec<usize> {
    (0..pictures.len()).collect()
}
