//! A handful of pictures judged all along a night.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{ImageReading, LiveEvaluator};
use crate::sim::Samples;
use crate::sim::mlp::Mlp;
use crate::sim::night::Course;

/// What pictures are read as, kept up to date while a night goes back and forth.
#[derive(Clone, Debug)]
pub struct Follower {
    live: LiveEvaluator,
    /// The step whose weights it has.
    at: u64,
}

impl Follower {
    /// Judges the pictures by the network of step `at` of a night. `None` if `stop` was set meanwhile.
    pub fn new(mlp: Mlp, at: u64, pictures: Arc<Samples>, stop: &AtomicBool) -> Option<Self> {
        let live = LiveEvaluator::new(mlp, pictures, stop)?;
        Some(Self { live, at })
    }

    /// The step whose weights it has.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Judges them by the network of the step where the night stands: the same night as before, and all steps in between are
    /// known. `None` if `stop` was set meanwhile; the next time makes up for it.
    pub fn follow(&mut self, course: &mut Course, stop: &AtomicBool) -> Option<()> {
        let here = course.steps();
        let changed = course.journal().changed(self.at.min(here)..self.at.max(here));
        self.at = here;
        self.live.update(course.night_mut(), &changed, stop)?;
        Some(())
    }

    /// Whether every weight is a finite number; if not, it cannot go back.
    pub fn is_finite(&self) -> bool {
        self.live.is_finite()
    }

    /// What each picture is read as, and what each output says to it.
    pub fn readings(&mut self) -> Vec<ImageReading> {
        self.live.readings()
    }
}
