//! What playing a night can be stopped by.

use crate::sim::night::{Journal, Night};

/// Something that can happen in a night.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// So many steps were slept.
    Step(u64),
    /// One of these units spikes: (layer, number in the layer), where layer 0 is the inputs.
    Spike(Vec<(usize, u32)>),
    /// A weight changes: any neuron after the inputs spikes.
    WeightChange,
    /// The share of held-out images that are read correctly falls below this: it was at least this before. While it is waited
    /// for, the network is tested after every step that changed a weight.
    AccuracyBelow(f64),
    /// A layer (0 is the inputs) has been silent for so many steps.
    Silent {
        /// The layer.
        layer: usize,
        /// Steps without a spike.
        steps: u64,
    },
}

impl Stop {
    /// Whether it has happened in the night's last step. `accuracy` is that before the step and that after it, where they are
    /// known.
    pub(super) fn is_hit(&self, night: &Night, silent: &[u64], accuracy: Option<(f64, f64)>) -> bool {
        let spikes = night.spikes();
        match self {
            Self::Step(step) => night.steps() == *step,
            Self::Spike(units) => units.iter().any(|(layer, unit)| {
                spikes
                    .get(*layer)
                    .is_some_and(|layer| layer.binary_search(unit).is_ok())
            }),
            Self::WeightChange => spikes.iter().skip(1).any(|layer| !layer.is_empty()),
            // Hit once, when it falls through the bound; below it the night goes on.
            Self::AccuracyBelow(bound) => accuracy.is_some_and(|(before, after)| before >= *bound && after < *bound),
            // Hit once, when the silence has become so long.
            Self::Silent { layer, steps } => silent.get(*layer).is_some_and(|silent| silent == steps),
        }
    }
}

/// The accuracy while a fall of it is waited for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fall {
    /// The last one that is known of the steps done in a row; `None` if none was tested since the night was gone about in.
    pub(super) last: Option<f64>,
    /// Whether weights have changed since.
    pub(super) changed: bool,
}

/// How many steps each layer has been silent for.
#[derive(Clone, Debug, Default)]
pub(super) struct Silence(Vec<u64>);

impl Silence {
    /// Counts the night's last step. Where the night was gone about in before, the silence that led up to it is read from what
    /// was written down, so a stop is the same from wherever one comes.
    pub(super) fn count(&mut self, night: &Night, journal: &Journal) {
        if self.0.is_empty() {
            let before = night.steps().saturating_sub(1);
            let is_silent = |layer: usize, step: u64| journal.layer(step, layer).len() == 0;
            let silence = |layer| (0..before).rev().take_while(|&step| is_silent(layer, step)).count() as u64;
            self.0 = (0..night.spikes().len()).map(silence).collect();
        }
        for (silent, spikes) in self.0.iter_mut().zip(night.spikes()) {
            *silent = if spikes.is_empty() { *silent + 1 } else { 0 };
        }
    }

    /// The night was gone about in: what was counted is void.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Steps of silence, layer by layer, inputs first.
    pub(super) fn steps(&self) -> &[u64] {
        &self.0
    }
}
