//! What playing a night can be stopped by.

use crate::sim::night::Night;

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
    /// Counts the night's last step.
    pub(super) fn count(&mut self, night: &Night) {
        self.0.resize(night.spikes().len(), 0);
        for (silent, spikes) in self.0.iter_mut().zip(night.spikes()) {
            *silent = if spikes.is_empty() { *silent + 1 } else { 0 };
        }
    }

    /// Begins to count anew.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Steps of silence, layer by layer, inputs first.
    pub(super) fn steps(&self) -> &[u64] {
        &self.0
    }
}
