//! Fine-tuning: training on the same images after the night, with settings of its own, and gone back in as the day is.
//!
//! It is the training gone on with, as in protocols of many trials: momentum carries over from the last batch of training, and the
//! order of the images and what dropout drops are those of epochs and batches that training did not have. So it is a function of
//! the network that woke, of that momentum and of its own settings. A night that changes makes it void.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::checkpoints::{Checkpoint, Checkpoints};
use super::{Experiment, ExperimentError, Stage};
use crate::experiment::Recipe;
use crate::sim::mlp::Mlp;
use crate::sim::train::{BatchReport, TrainParams, Trainer};

/// A fine-tuning that has begun.
#[derive(Debug)]
pub(super) struct Tuning {
    /// The network of the moment at which it stands, or last stood.
    mlp: Mlp,
    trainer: Trainer,
    /// Whether the run stands in it: after at least one of its batches.
    is_here: bool,
    checkpoints: Checkpoints,
    /// The newest moment, put aside while it stands before it, and the batches trained then.
    newest: Option<(u64, Checkpoint)>,
    /// Batches that are known, whether it stands before them or behind.
    known: u64,
    /// Batches of the training before it, from which its trainer counts on.
    before: u64,
    per_epoch: u64,
}

impl Tuning {
    /// Batches trained at its moment.
    fn done(&self) -> u64 {
        self.trainer.done() - self.before
    }

    /// How many networks it keeps.
    pub(super) fn checkpoints(&self) -> usize {
        self.checkpoints.len()
    }

    /// The memory for going back is another.
    pub(super) fn set_room(&mut self, budget: usize, more: bool, each: usize) {
        self.checkpoints.set_room(budget, more, (each, self.per_epoch));
    }

    /// This moment of it.
    fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            weights: Arc::new(self.mlp.weights.clone()),
            momentum: Arc::new(self.trainer.momentum().to_vec()),
        }
    }

    /// Stands at a moment of it.
    fn stand_at(&mut self, batches: u64, checkpoint: &Checkpoint) {
        self.mlp.weights.clone_from_slice(&checkpoint.weights);
        self.trainer.go_to(self.before + batches, &checkpoint.momentum);
    }

    /// Before it goes back: the newest moment is not lost.
    fn put_aside(&mut self) {
        if self.is_here
            && self.done() == self.known
            && self.newest.as_ref().is_none_or(|(batch, _)| *batch < self.known)
        {
            self.newest = Some((self.known, self.checkpoint()));
        }
    }
}

impl Experiment {
    /// Batches of the whole fine-tuning: 0 if there is none, or if there are no images for it.
    pub fn total_tuning(&self) -> u64 {
        let params = self.recipe.fine_tuning.as_ref();
        params.map_or(0, |params| Trainer::total_batches(params, self.train.len()))
    }

    /// Batches of fine-tuning at this moment; 0 outside of it.
    pub fn tuned(&self) -> u64 {
        self.tuning_here().map_or(0, Tuning::done)
    }

    /// Batches of fine-tuning that are known, whether it stands before them or behind.
    pub fn known_tuned(&self) -> u64 {
        self.tuning.as_ref().map_or(0, |tuning| tuning.known)
    }

    /// The batches of fine-tuning whose networks are kept, rising.
    pub fn tuning_checkpoints(&self) -> Vec<u64> {
        self.tuning
            .as_ref()
            .map_or_else(Vec::new, |tuning| tuning.checkpoints.batches())
    }

    /// What momentum carried over from the last batch of training, for the fine-tuning of a network that has slept, if there is to
    /// be one; also while it stands elsewhere.
    pub fn momentum_of_training(&self) -> Option<Arc<Vec<ndarray::Array2<f32>>>> {
        let is_wanted = self.known_bed().is_some() && self.recipe.fine_tuning.is_some();
        is_wanted.then(|| self.known_momentum())
    }

    /// The fine-tuning, if the run stands in it.
    fn tuning_here(&self) -> Option<&Tuning> {
        self.tuning.as_ref().filter(|tuning| tuning.is_here)
    }

    /// The network of this moment, if that is one of fine-tuning.
    pub(super) fn tuned_network(&self) -> Option<&Mlp> {
        self.tuning_here().map(|tuning| &tuning.mlp)
    }

    /// Where the run stands once its night is over.
    pub(super) fn morning(&self) -> Stage {
        match self.tuning_here() {
            Some(tuning) if tuning.done() >= self.total_tuning() => Stage::Tuned,
            Some(_) => Stage::Tuning,
            None => Stage::Woken,
        }
    }

    /// Trains one batch of fine-tuning; the report counts from the first one of it. `None` if `stop` was set meanwhile, and where
    /// there is none to train: nothing has changed then.
    pub fn tune_batch(&mut self, stop: &AtomicBool) -> Result<Option<BatchReport>, ExperimentError> {
        if !matches!(self.stage(), Stage::Woken | Stage::Tuning) || self.total_tuning() == 0 {
            return Ok(None);
        }
        if self.stage() == Stage::Woken {
            self.go_to_tuned(0);
        }
        let (each, budget) = (self.checkpoint_bytes(), self.day.budget());
        let total = self.total_tuning();
        let Some(tuning) = &mut self.tuning else {
            return Ok(None);
        };
        let Some(report) = tuning.trainer.batch(&mut tuning.mlp, &self.train, stop) else {
            return Ok(None);
        };
        tuning.is_here = true;
        let done = tuning.done();
        let report = BatchReport {
            batch: done - 1,
            ..report
        };
        if !report.loss.is_finite() {
            return Err(tuning_diverged(done));
        }
        tuning.known = tuning.known.max(done);
        if done < total && tuning.checkpoints.wants(done, tuning.per_epoch) {
            let checkpoint = tuning.checkpoint();
            tuning
                .checkpoints
                .keep(done, checkpoint, budget, (each, tuning.per_epoch));
            self.share_memory();
        }
        Ok(Some(report))
    }

    /// Goes from the end of the night, or from within fine-tuning, to a moment from which fine-tuning comes to be after so many
    /// batches: the nearest one before it that is kept. The batch to go on to, which is at most its last one: the batches in between
    /// are to be [trained](Self::tune_batch). `None` if the night is not over, and without fine-tuning: nothing has changed then.
    pub fn go_to_tuned(&mut self, batch: u64) -> Option<u64> {
        let is_over = self.stage() >= Stage::Woken;
        let target = batch.min(self.total_tuning());
        let params = self.recipe.fine_tuning.clone().filter(|_| is_over)?;
        if self.tuning.is_none() {
            self.tuning = Some(self.begin_tuning(&params));
        }
        let (Some(bed), Some(tuning)) = (&mut self.bed, &mut self.tuning) else {
            return None;
        };
        tuning.put_aside();
        let newest = tuning.newest.clone().filter(|(batch, _)| *batch <= target);
        let kept = newest.into_iter().chain(tuning.checkpoints.before(target));
        let kept = kept.max_by_key(|(batch, _)| *batch);
        let (here, from) = (tuning.done(), kept.as_ref().map_or(0, |(batch, _)| *batch));
        if !tuning.is_here || here > target || here < from {
            // Before its first batch: the network that woke, with the momentum of the last batch of training.
            let start = || Checkpoint {
                weights: Arc::new(bed.course.night_mut().weights()),
                momentum: Arc::new(self.trainer.momentum().to_vec()),
            };
            let checkpoint = kept.map_or_else(start, |(_, checkpoint)| checkpoint);
            tuning.stand_at(from, &checkpoint);
        }
        // Before its first batch there is only the network that woke.
        tuning.is_here = tuning.done() > 0;
        Some(target)
    }

    /// Stands at the end of the night again if it stood in fine-tuning, which stays known.
    pub(super) fn leave_tuning(&mut self) {
        if let Some(tuning) = self.tuning.as_mut().filter(|tuning| tuning.is_here) {
            tuning.put_aside();
            tuning.is_here = false;
        }
    }

    /// Fine-tunes otherwise from now on, or not at all. What was known of it is forgotten; a run that stood in it stands at the end
    /// of the night.
    ///
    /// # Errors
    /// If the parameters make no sense: nothing has changed then.
    pub fn set_fine_tuning(&mut self, params: Option<TrainParams>) -> Result<(), ExperimentError> {
        let changed = Recipe {
            fine_tuning: params,
            ..self.recipe.clone()
        };
        changed.validate()?;
        self.forget_tuning();
        self.recipe = changed;
        Ok(())
    }

    /// What was known of fine-tuning is void.
    pub(super) fn forget_tuning(&mut self) {
        if self.tuning.take().is_some() {
            self.share_memory();
        }
    }

    /// A fine-tuning that stands nowhere yet.
    fn begin_tuning(&self, params: &TrainParams) -> Tuning {
        let mut trainer = self.trainer.clone();
        trainer.go_on_with(params);
        Tuning {
            mlp: self.mlp.clone(),
            before: trainer.done(),
            trainer,
            is_here: false,
            checkpoints: Checkpoints::default(),
            newest: None,
            known: 0,
            per_epoch: (self.total_tuning() / u64::from(params.epochs).max(1)).max(1),
        }
    }
}

/// What to say when the weights overflow in fine-tuning.
pub(super) fn tuning_diverged(batch: u64) -> ExperimentError {
    ExperimentError::Diverged {
        phase: "fine-tuning",
        unit: "batch",
        at: batch,
        remedy: "learning rate",
    }
}
