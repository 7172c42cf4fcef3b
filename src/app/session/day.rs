//! Training gone back in: the moment of it that is shown, and the night that waits meanwhile.

use std::sync::Arc;

use ndarray::Array2;

use super::{Session, SpikeLog};
use crate::sim::train::{TrainParams, Trainer};
use crate::text::grouped;
use crate::worker::{BatchPoint, Evaluated, Moment, NightChange, NightStart, Phase, Traced, WeightSnapshot};

/// A night that is known, while the run stands before it.
#[derive(Clone, Debug)]
pub struct Ahead {
    night: Option<Arc<NightStart>>,
    spikes: SpikeLog,
    tuned: Vec<BatchPoint>,
    changes: Vec<Arc<NightChange>>,
    hits: Vec<u64>,
    traced: Option<Arc<Traced>>,
}

impl Ahead {
    /// Every change of its parameters under way.
    pub(super) fn changes(&self) -> &Vec<Arc<NightChange>> {
        &self.changes
    }
}

impl Session {
    /// The run stands in training from now on: the night is put aside.
    pub(super) fn leave_night(&mut self) {
        self.revision += 1;
        self.ahead = Some(Box::new(Ahead {
            night: self.night.take(),
            spikes: std::mem::take(&mut self.spikes),
            tuned: std::mem::take(&mut self.tuned),
            changes: std::mem::take(&mut self.changes),
            hits: std::mem::take(&mut self.hits),
            traced: self.traced.take(),
        }));
        self.tracing = None;
        self.images = None;
    }

    /// The night that was put aside is there again, if there is one.
    pub(super) fn return_to_night(&mut self) {
        let Some(ahead) = self.ahead.take() else { return };
        self.revision += 1;
        self.night = ahead.night;
        self.spikes = ahead.spikes;
        self.tuned = ahead.tuned;
        self.changes = ahead.changes;
        self.hits = ahead.hits;
        self.traced = ahead.traced;
        self.images = None;
    }

    /// Batches trained at the moment that is shown; it may lie before what is [known](Self::batches).
    pub fn trained(&self) -> u64 {
        let known = self.batches().len() as u64;
        if self.is_gone_back() {
            self.frame.batches.min(known)
        } else {
            known
        }
    }

    /// Whether a moment of training is shown behind which more is known.
    pub fn is_gone_back(&self) -> bool {
        self.phase < Phase::Asleep && (self.frame.batches < self.frame.known_batches || self.ahead.is_some())
    }

    /// The last test of the waking day, up to the moment that is shown of it.
    pub fn test_before(&self) -> Option<&Arc<Evaluated>> {
        let end = match self.shown() {
            Moment::Batch(batch) if self.is_gone_back() => Moment::Batch(batch),
            _ => Moment::Step(0),
        };
        self.evaluations.iter().rev().find(|test| test.moment <= end)
    }

    /// What the last test of the waking day is called: that of falling asleep, or while it trains that of a batch.
    pub fn before_name(&self) -> String {
        match self.test_before().map(|test| test.moment) {
            Some(Moment::Batch(0)) if self.phase < Phase::Trained => "at birth".to_owned(),
            Some(Moment::Batch(batch)) if self.phase < Phase::Trained => format!("after batch {}", grouped(batch)),
            _ => "before sleep".to_owned(),
        }
    }

    /// The moment that is shown.
    pub fn shown(&self) -> Moment {
        match self.phase {
            Phase::Tuning | Phase::Tuned => Moment::Tuned(self.frame.tuned.max(1)),
            Phase::Asleep | Phase::Woken => Moment::Step(self.steps()),
            _ => Moment::Batch(self.trained()),
        }
    }

    /// Batches of the whole fine-tuning: 0 if there is none, or if its images are not here.
    pub fn total_tuning(&self) -> u64 {
        let opened = self.opened().filter(|_| self.has_held_out());
        let params = opened.and_then(|opened| Some((opened.recipe.fine_tuning.as_ref()?, opened.train_images)));
        params.map_or(0, |(params, images)| Trainer::total_batches(params, images))
    }

    /// Batches of fine-tuning at the moment that is shown, 0 outside of it.
    pub fn tuned(&self) -> u64 {
        match self.shown() {
            Moment::Tuned(batch) => batch,
            Moment::Batch(_) | Moment::Step(_) => 0,
        }
    }

    /// Every batch of fine-tuning that is known, whether it is gone through or waits for somebody to come back.
    pub fn tuned_batches(&self) -> &[BatchPoint] {
        self.ahead.as_ref().map_or(&self.tuned, |ahead| &ahead.tuned)
    }

    /// The batches of fine-tuning whose networks are kept for going back, rising.
    pub fn tuning_checkpoints(&self) -> &[u64] {
        &self.frame.tuning_checkpoints
    }

    /// Whether nothing of the run is left to be done from the moment that is shown: the night is over, and fine-tuning too if there
    /// is one.
    pub fn is_over(&self) -> bool {
        match self.phase {
            Phase::Woken => self.total_tuning() == 0,
            phase => phase == Phase::Tuned,
        }
    }

    /// The run is fine-tuned otherwise from now on, or not at all.
    pub(super) fn tune_otherwise(&mut self, params: Option<TrainParams>) {
        self.revision += 1;
        if let Some(opened) = &mut self.opened {
            Arc::make_mut(opened).recipe.fine_tuning = params;
        }
        self.forget_tuning();
    }

    /// What was known of fine-tuning is void.
    pub(super) fn forget_tuning(&mut self) {
        self.tuned.clear();
        if let Some(ahead) = &mut self.ahead {
            ahead.tuned.clear();
        }
        self.evaluations.retain(|test| !matches!(test.moment, Moment::Tuned(_)));
    }

    /// The moment so many steps before the one that is shown, or batches where the night has fewer steps: from the start of the night
    /// one goes back into training, and from that of fine-tuning into the night.
    pub fn moment_before(&self, steps: u64) -> Moment {
        match self.shown() {
            Moment::Tuned(batch) if batch > steps => Moment::Tuned(batch - steps),
            Moment::Tuned(_) => Moment::Step(self.steps()),
            Moment::Step(0) => Moment::Batch((self.batches().len() as u64).saturating_sub(steps)),
            Moment::Step(step) => Moment::Step(step.saturating_sub(steps)),
            Moment::Batch(batch) => Moment::Batch(batch.saturating_sub(steps)),
        }
    }

    /// The newest moment that is known.
    pub fn newest(&self) -> Moment {
        match self.dreamt() {
            Some(_) if !self.tuned_batches().is_empty() => Moment::Tuned(self.tuned_batches().len() as u64),
            Some(steps) => Moment::Step(steps),
            None => Moment::Batch(self.batches().len() as u64),
        }
    }

    /// Steps that are known of the night, whether it is gone through or waits for somebody to come back from training; `None` before
    /// it has begun.
    pub fn dreamt(&self) -> Option<u64> {
        match &self.ahead {
            Some(ahead) => Some(ahead.spikes.steps()),
            None => self.night.as_ref().map(|_| self.known_steps()),
        }
    }

    /// The start of the night, whether it is gone through or waits.
    pub(super) fn known_night(&self) -> Option<&NightStart> {
        let waits = self.ahead.as_ref().and_then(|ahead| ahead.night.as_deref());
        self.night().or(waits)
    }

    /// The batches whose networks are kept for going back, rising.
    pub fn checkpoints(&self) -> &[u64] {
        &self.frame.checkpoints
    }

    /// The memory that going back takes, in bytes.
    pub fn memory(&self) -> usize {
        self.frame.memory
    }

    /// Batches in one pass over the images.
    pub fn batches_per_epoch(&self) -> u64 {
        let epochs = self.opened().map_or(1, |opened| opened.recipe.training.epochs);
        (self.total_batches() / u64::from(epochs).max(1)).max(1)
    }

    /// The weights at some moment not long ago, if they were asked for, and those before sleep to compare them with; in training
    /// there is nothing to compare with yet, and they are the same.
    pub fn weights_shown(&self) -> Option<(&[Array2<f32>], &WeightSnapshot)> {
        if let Some((night, now)) = self.night().zip(self.weights_now()) {
            return Some((&night.weights, now));
        }
        let of_day = self.frame.weights.as_ref().filter(|_| self.phase < Phase::Asleep)?;
        matches!(of_day.moment, Moment::Batch(_)).then_some((&of_day.weights, of_day))
    }
}
