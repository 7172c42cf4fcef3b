//! What the worker has to tell and could not yet hand over.

use std::collections::VecDeque;
use std::sync::Arc;

use arc_swap::ArcSwap;
use crossbeam_channel::{Sender, TrySendError};

use super::MAX_WATCHED;
use super::analyst::potential;
use super::event::{BatchPoint, Event, Frame, PotentialChunk, SpikeChunk};
use crate::sim::night::Night;
use crate::sim::train::BatchReport;

/// Collects events and hands them over without ever waiting. Batches and spikes are merged until they can be handed over,
/// so a listener that sleeps costs the memory of the run itself and no more.
pub(super) struct Outbox {
    events: Sender<Event>,
    frame: Arc<ArcSwap<Frame>>,
    wake: Box<dyn Fn() + Send>,
    waiting: VecDeque<Event>,
    batches: Vec<BatchPoint>,
    tuned: Vec<BatchPoint>,
    spikes: SpikeChunk,
    /// Its neurons are those that are watched.
    potentials: PotentialChunk,
    listener: bool,
}

impl Outbox {
    /// An outbox that hands events to a channel and pictures to a place, and calls `wake` when it has.
    pub(super) fn new(events: Sender<Event>, frame: Arc<ArcSwap<Frame>>, wake: impl Fn() + Send + 'static) -> Self {
        Self {
            events,
            frame,
            wake: Box::new(wake),
            waiting: VecDeque::new(),
            batches: Vec::new(),
            tuned: Vec::new(),
            spikes: SpikeChunk::default(),
            potentials: PotentialChunk::default(),
            listener: true,
        }
    }

    /// Tells something, after everything told before.
    pub(super) fn send(&mut self, event: Event) {
        self.close_merged();
        self.waiting.push_back(event);
    }

    /// Tells of a batch.
    pub(super) fn add_batch(&mut self, report: BatchReport) {
        let BatchReport { batch, loss, accuracy } = report;
        self.batches.push(BatchPoint { batch, loss, accuracy });
    }

    /// Tells of a batch of fine-tuning.
    pub(super) fn add_tuned(&mut self, report: BatchReport) {
        let BatchReport { batch, loss, accuracy } = report;
        self.tuned.push(BatchPoint { batch, loss, accuracy });
    }

    /// Tells of the spikes of the night's last step.
    pub(super) fn add_spikes(&mut self, night: &Night) {
        let chunk = &mut self.spikes;
        if chunk.ends.is_empty() {
            chunk.first_step = night.steps().saturating_sub(1);
        }
        let mut first_unit = 0;
        for (spikes, units) in night.spikes().iter().zip(night.sizes()) {
            chunk.units.extend(spikes.iter().map(|unit| first_unit + unit));
            first_unit += units as u32;
        }
        chunk.ends.push(chunk.units.len() as u32);
    }

    /// Records the potentials of these neurons from now on. Whether they are others than before.
    pub(super) fn watch(&mut self, mut neurons: Vec<(usize, u32)>) -> bool {
        neurons.retain(|&(layer, _)| layer > 0);
        neurons.truncate(MAX_WATCHED);
        let differs = neurons != self.potentials.neurons;
        if differs {
            self.close_merged();
            self.potentials.neurons = neurons;
        }
        differs
    }

    /// The neurons whose potentials are recorded.
    pub(super) fn watched(&self) -> &[(usize, u32)] {
        &self.potentials.neurons
    }

    /// Tells of the watched potentials after the night's last step. A few numbers a step: they wait, like the spikes, at
    /// the cost of what they are.
    pub(super) fn add_potentials(&mut self, night: &Night) {
        let chunk = &mut self.potentials;
        if chunk.neurons.is_empty() {
            return;
        }
        let step = night.steps().saturating_sub(1);
        if !chunk.values.is_empty() && chunk.first_step + chunk.steps() as u64 != step {
            // It has gone elsewhere in between.
            self.close_merged();
        }
        let chunk = &mut self.potentials;
        if chunk.values.is_empty() {
            chunk.first_step = step;
        }
        chunk
            .values
            .extend(chunk.neurons.iter().map(|&neuron| potential(night, neuron)));
    }

    /// Turns what was merged into events.
    fn close_merged(&mut self) {
        if !self.batches.is_empty() {
            self.waiting
                .push_back(Event::Batches(std::mem::take(&mut self.batches)));
        }
        if !self.tuned.is_empty() {
            self.waiting
                .push_back(Event::TunedBatches(std::mem::take(&mut self.tuned)));
        }
        if !self.spikes.ends.is_empty() {
            self.waiting
                .push_back(Event::Spikes(Arc::new(std::mem::take(&mut self.spikes))));
        }
        if !self.potentials.values.is_empty() {
            let chunk = PotentialChunk {
                first_step: self.potentials.first_step,
                neurons: self.potentials.neurons.clone(),
                values: std::mem::take(&mut self.potentials.values),
            };
            self.waiting.push_back(Event::Potentials(Arc::new(chunk)));
        }
    }

    /// Hands over what the channel takes, and the newest picture, and wakes the listener.
    pub(super) fn publish(&mut self, frame: Frame) {
        if self.waiting.is_empty() {
            self.close_merged();
        }
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => {}
                Err(TrySendError::Full(event)) => {
                    self.waiting.push_front(event);
                    break;
                }
                Err(TrySendError::Disconnected(_)) => {
                    self.listener = false;
                    break;
                }
            }
        }
        self.frame.store(Arc::new(frame));
        (self.wake)();
    }

    /// Whether everything has been handed over.
    pub(super) fn is_clear(&self) -> bool {
        self.waiting.is_empty()
            && self.batches.is_empty()
            && self.tuned.is_empty()
            && self.spikes.ends.is_empty()
            && self.potentials.values.is_empty()
    }

    /// Whether somebody listens.
    pub(super) fn has_listener(&self) -> bool {
        self.listener
    }
}
