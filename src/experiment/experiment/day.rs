//! The training of a run, gone back in: from the nearest checkpoint, batch by batch, as it was.
//!
//! Checkpoints are kept at ends of epochs, as many as memory allows. The order of the images and what dropout drops depend on the
//! number of the epoch and of the batch alone, so on the same machine the same batches give the same network, bit for bit. What
//! was done already is not lost meanwhile: the newest moment is put aside, with its night if it has one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::night::Bed;
use super::{Experiment, born};
use crate::sim::night::DEFAULT_BUDGET;
use crate::sim::train::Trainer;

/// Checkpoints of training take at most one part in so many of the memory for going back; the night has the rest.
const PART: usize = 3;

/// A moment of training.
#[derive(Clone, Debug)]
struct Checkpoint {
    /// The weights, layer by layer, outputs x inputs.
    weights: Arc<Vec<Array2<f32>>>,
    /// What momentum carries over, shaped like the weights.
    momentum: Arc<Vec<Array2<f32>>>,
}

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
    checkpoints: BTreeMap<u64, Checkpoint>,
    /// Epochs between two checkpoints.
    spacing: u64,
    /// Memory for going back, in the day and in the night, in bytes.
    budget: usize,
    /// Batches that are known, whether it stands before them or behind.
    known: u64,
    ahead: Option<Ahead>,
}

impl Default for Day {
    fn default() -> Self {
        Self {
            checkpoints: BTreeMap::new(),
            spacing: 1,
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

    /// The memory that checkpoints take, where each takes so much; in bytes.
    fn bytes(&self, each: usize) -> usize {
        self.checkpoints.len() * each
    }

    /// Doubles the distance of checkpoints, in epochs of so many batches, until they fit in their memory.
    fn thin_out(&mut self, each: usize, per_epoch: u64) {
        while !self.checkpoints.is_empty() && self.bytes(each) > self.budget / PART {
            self.spacing = self.spacing.saturating_mul(2);
            let apart = self.spacing.saturating_mul(per_epoch);
            self.checkpoints.retain(|batch, _| batch.is_multiple_of(apart));
        }
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
        self.day.checkpoints.keys().copied().collect()
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
        let kept = self.day.checkpoints.range(..=target).next_back();
        let from = kept.map_or(0, |(&batch, _)| batch);
        if here > target || here < from {
            if let Some((_, checkpoint)) = kept {
                let checkpoint = checkpoint.clone();
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
        if bytes > self.day.budget {
            // What is done from here on is kept as densely as it can be.
            self.day.spacing = 1;
        }
        self.day.budget = bytes;
        let (each, per_epoch) = (self.checkpoint_bytes(), self.batches_per_epoch());
        self.day.thin_out(each, per_epoch);
        self.share_memory();
    }

    /// The memory that going back takes, in bytes.
    pub fn memory(&self) -> usize {
        let frames = self.known_bed().map_or(0, |bed| bed.course.key_frame_bytes());
        frames + self.day.bytes(self.checkpoint_bytes())
    }

    /// Gives the night the memory that the day leaves.
    pub(super) fn share_memory(&mut self) {
        let left = self.day.budget.saturating_sub(self.day.bytes(self.checkpoint_bytes()));
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
        let is_time = done.is_multiple_of(per_epoch.saturating_mul(self.day.spacing));
        // The last network is kept by the night itself.
        if is_time && done < self.total_batches && !self.day.checkpoints.contains_key(&done) {
            let (checkpoint, each) = (self.checkpoint(), self.checkpoint_bytes());
            self.day.checkpoints.insert(done, checkpoint);
            self.day.thin_out(each, per_epoch);
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

    /// The memory of a moment of training, in bytes.
    fn checkpoint_bytes(&self) -> usize {
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
