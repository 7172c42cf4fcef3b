//! Networks kept at ends of epochs, as many as memory allows.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::Array2;

/// The checkpoints of training, and those of fine-tuning, take at most one part in so many of the memory for going back each; the
/// night has the rest.
const PART: usize = 3;

/// A moment of training.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint {
    /// The weights, layer by layer, outputs x inputs.
    pub(super) weights: Arc<Vec<Array2<f32>>>,
    /// What momentum carries over, shaped like the weights.
    pub(super) momentum: Arc<Vec<Array2<f32>>>,
}

/// The checkpoints of a phase of training, by the number of batches after which they were made.
#[derive(Debug)]
pub(super) struct Checkpoints {
    kept: BTreeMap<u64, Checkpoint>,
    /// Epochs between two checkpoints.
    spacing: u64,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self {
            kept: BTreeMap::new(),
            spacing: 1,
        }
    }
}

impl Checkpoints {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    /// The batches whose networks are kept, rising.
    pub(super) fn batches(&self) -> Vec<u64> {
        self.kept.keys().copied().collect()
    }

    /// The last one that is not later than a batch.
    pub(super) fn before(&self, batch: u64) -> Option<(u64, Checkpoint)> {
        let (&batch, checkpoint) = self.kept.range(..=batch).next_back()?;
        Some((batch, checkpoint.clone()))
    }

    /// Whether the network after so many batches is one to keep and not kept yet, where an epoch has so many.
    pub(super) fn wants(&self, done: u64, per_epoch: u64) -> bool {
        done.is_multiple_of(per_epoch.saturating_mul(self.spacing)) && !self.kept.contains_key(&done)
    }

    /// Keeps one, and fewer of the others if the memory for going back would not hold them: each takes so many bytes, and an
    /// epoch has so many batches.
    pub(super) fn keep(&mut self, done: u64, checkpoint: Checkpoint, budget: usize, sizes: (usize, u64)) {
        self.kept.insert(done, checkpoint);
        self.thin_out(budget, sizes);
    }

    /// The memory for going back is another, `more` than before or less.
    pub(super) fn set_room(&mut self, budget: usize, more: bool, sizes: (usize, u64)) {
        if more {
            // What is done from here on is kept as densely as it can be.
            self.spacing = 1;
        }
        self.thin_out(budget, sizes);
    }

    /// Doubles the distance of checkpoints until they fit in their part of the memory.
    fn thin_out(&mut self, budget: usize, (each, per_epoch): (usize, u64)) {
        while !self.kept.is_empty() && self.len() * each > budget / PART {
            self.spacing = self.spacing.saturating_mul(2);
            let apart = self.spacing.saturating_mul(per_epoch);
            self.kept.retain(|batch, _| batch.is_multiple_of(apart));
        }
    }
}
