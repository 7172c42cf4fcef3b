//! The training of a run, gone back in: from the nearest checkpoint, batch by batch, as it was.
//!
//! Checkpoints are kept at ends of epochs, as many as memory allows. The order of the images and what dropout drops depend on the
//! number of the epoch and of the batch alone, so on the same machine the same batches give the same network, bit for bit. What
//! was done already is not lost meanwhile: the newest moment is put aside, with its night if it has one.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::checkpoints::{Checkpoint, Checkpoints};
use super::night::Bed;
use super::tuning::Tuning;
use super::{Experiment, born};
use crate::sim::night::DEFAULT_BUDGET;
use crate::sim::train::Trainer;

/// The newest moment of a run, put aside while it stands before it.
#[derive(Debug)]
struct Ahead {
    /// Batches trained then.
    batches: u64,
    checkpoint: Checkpoint,
    /// The night, if it had begun.
    bed: Option<Bed>,
}

/// What is kept of the training, to go back in it.
#[derive(Debug)]
pub(super) struct Day {
    checkpoints: Checkpoints,
    /// Memory for going back, in the day and in the night, in bytes.
    budget: usize,
    /// Batches that are known, whether it stands before them or behind.
    known: u64,
    ahead: Option<Ahead>,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            checkpoints: Checkpoints::default(),
            budget: DEFAULT_BUDGET,
            known: 0,
            ahead: None,
        }
    }
}

impl Day {
    /// So many batches are known.
    pub(super) fn know(&mut self, batches: u64) {
        self.known = self.known.max(batches);
    }

    /// Memory for going back, in the day, in the night and in fine-tuning, in bytes.
    pub(super) fn budget(&self) -> usize {
        self.budget
    }
}

impl Experiment {
    /// Batches that are known, whether it stands before them or behind.
    pub fn known_batches(&self) -> u64 {
        self.day.known.max(self.batches())
    }

    /// Whether it stands before a night that is known already.
    pub fn has_night_ahead(&self) -> bool {
        self.day.ahead.as_ref().is_some_and(|ahead| ahead.bed.is_some())
    }

    /// The batches whose networks are kept, rising.
    pub fn checkpoints(&self) -> Vec<u64> {
        self.day.checkpoints.batches()
    }

    /// Batches in one pass over the images.
    pub fn batches_per_epoch(&self) -> u64 {
        (self.total_batches / u64::from(self.recipe.training.epochs).max(1)).max(1)
    }

    /// The night, in force or put aside.
    pub(super) fn known_bed(&self) -> Option<&Bed> {
        let aside = self.day.ahead.as_ref().and_then(|ahead| ahead.bed.as_ref());
        self.bed.as_ref().or(aside)
    }

    /// Goes to a moment from which training comes to be after so many batches: the nearest one before it that is kept. The batch to
    /// go on to, which is at most the last one that is known: the batches in between are to be [trained](Self::train_batch). `None`
    /// if there are no images to train on: nothing has changed then.
    pub fn go_back_to(&mut self, batch: u64) -> Option<u64> {
        if self.absent.is_some() {
            return None;
        }
        self.leave_tuning();
        let target = batch.min(self.known_batches());
        let newest = self.day.ahead.as_ref().map(|ahead| ahead.batches);
        if newest.unwrap_or_else(|| self.batches()) == target {
            self.come_back();
            return Some(target);
        }
        if newest.is_none() {
            self.put_aside();
        }
        let here = self.batches();
        let kept = self.day.checkpoints.before(target);
        let from = kept.as_ref().map_or(0, |(batch, _)| *batch);
        if here > target || here < from {
            if let Some((_, checkpoint)) = kept {
                self.stand_at(from, &checkpoint);
            } else {
                self.mlp = born(&self.recipe, &self.sizes());
                self.trainer = Trainer::new(&self.mlp, &self.recipe.training, self.recipe.seed);
            }
        }
        Some(target)
    }

    /// Goes to the newest moment, if it stands before it; to the start of the night, if that has begun.
    pub fn come_back(&mut self) {
        let Some(ahead) = self.day.ahead.take() else { return };
        self.stand_at(ahead.batches, &ahead.checkpoint);
        self.bed = ahead.bed;
        if let Some(bed) = &mut self.bed {
            // Back to the start is one copy.
            bed.course.seek(0, &AtomicBool::new(false));
        }
        self.share_memory();
    }

    /// Sets the memory for going back, in bytes: the checkpoints of the training and the key frames of the night.
    pub fn set_memory(&mut self, bytes: usize) {
        let more = bytes > self.day.budget;
        self.day.budget = bytes;
        let (each, per_epoch) = (self.checkpoint_bytes(), self.batches_per_epoch());
        self.day.checkpoints.set_room(bytes, more, (each, per_epoch));
        if let Some(tuning) = &mut self.tuning {
            tuning.set_room(bytes, more, each);
        }
        self.share_memory();
    }

    /// The memory that going back takes, in bytes.
    pub fn memory(&self) -> usize {
        let frames = self.known_bed().map_or(0, |bed| bed.course.key_frame_bytes());
        frames + self.checkpoints_bytes()
    }

    /// The memory that the checkpoints of training and of fine-tuning take, in bytes.
    fn checkpoints_bytes(&self) -> usize {
        let tuning = self.tuning.as_ref().map_or(0, Tuning::checkpoints);
        (self.day.checkpoints.len() + tuning) * self.checkpoint_bytes()
    }

    /// Gives the night the memory that the checkpoints leave.
    pub(super) fn share_memory(&mut self) {
        let left = self.day.budget.saturating_sub(self.checkpoints_bytes());
        let aside = self.day.ahead.as_mut().and_then(|ahead| ahead.bed.as_mut());
        if let Some(bed) = self.bed.as_mut().or(aside) {
            bed.course.set_budget(left);
        }
    }

    /// A batch was trained: keeps the network if it is time, and goes on as it did before once the newest moment is reached.
    pub(super) fn note_batch(&mut self) {
        let done = self.batches();
        self.day.know(done);
        if self.day.ahead.as_ref().is_some_and(|ahead| ahead.batches <= done) {
            return self.come_back();
        }
        let per_epoch = self.batches_per_epoch();
        // The last network is kept by the night itself.
        if done < self.total_batches && self.day.checkpoints.wants(done, per_epoch) {
            let (checkpoint, each) = (self.checkpoint(), self.checkpoint_bytes());
            let budget = self.day.budget;
            self.day.checkpoints.keep(done, checkpoint, budget, (each, per_epoch));
        }
    }

    /// This moment of training.
    fn checkpoint(&self) -> Checkpoint {
        let weights = self.bed.as_ref().map(|bed| Arc::clone(&bed.before));
        Checkpoint {
            weights: weights.unwrap_or_else(|| Arc::new(self.mlp.weights.clone())),
            momentum: Arc::new(self.trainer.momentum().to_vec()),
        }
    }

    /// What momentum carries over from the newest batch that is known.
    pub(super) fn known_momentum(&self) -> Arc<Vec<Array2<f32>>> {
        match &self.day.ahead {
            Some(ahead) => Arc::clone(&ahead.checkpoint.momentum),
            None => Arc::new(self.trainer.momentum().to_vec()),
        }
    }

    /// The memory of a moment of training, in bytes.
    pub(super) fn checkpoint_bytes(&self) -> usize {
        let weights: usize = self.mlp.weights.iter().map(Array2::len).sum();
        2 * weights * size_of::<f32>()
    }

    /// Puts the newest moment aside, with its night.
    fn put_aside(&mut self) {
        let checkpoint = self.checkpoint();
        self.day.ahead = Some(Ahead {
            batches: self.batches(),
            checkpoint,
            bed: self.bed.take(),
        });
    }

    /// Stands at a moment of training.
    fn stand_at(&mut self, batches: u64, checkpoint: &Checkpoint) {
        self.mlp.weights.clone_from_slice(&checkpoint.weights);
        self.trainer.go_to(batches, &checkpoint.momentum);
    }
}
