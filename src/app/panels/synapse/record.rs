//! The course of one weight, as far as the session knows the night.

use crate::app::panels::Seen;
use crate::app::selection::Synapse;
use crate::app::session::Session;
use crate::sim::night::SynapseHistory;

/// The course of one weight. Only new steps are read.
#[derive(Debug, Default)]
pub struct Record {
    /// The revision of the session and the synapse that it is of.
    key: Option<(u64, Synapse)>,
    /// Steps below this are read.
    done: u64,
    history: Option<SynapseHistory>,
}

impl Record {
    /// What was read last, if it is of the synapse that is looked at.
    pub fn history(&self, seen: Seen<'_>) -> Option<&SynapseHistory> {
        let key = (seen.session.revision(), seen.selection.synapse()?);
        self.history.as_ref().filter(|_| self.key == Some(key))
    }

    /// Reads what is new, or all of it for another synapse. `None` before the night and for a synapse that is not there.
    pub fn update(&mut self, session: &Session, synapse: Synapse) -> Option<&SynapseHistory> {
        let Synapse { neuron, input } = synapse;
        let night = session.night()?;
        let below = neuron.layer.checked_sub(1)?;
        let at = [neuron.unit as usize, input as usize];
        let start = *night.weights.get(below)?.get(at)?;
        let key = Some((session.revision(), synapse));
        let known = session.spikes().steps();
        if self.key != key || known < self.done {
            *self = Self {
                key,
                done: 0,
                history: None,
            };
        }
        let history = self.history.get_or_insert_with(|| SynapseHistory::new(start));
        let (from, to) = (
            session.layers().units(below).start + input,
            session.layers().units(neuron.layer).start + neuron.unit,
        );
        for (step, units) in session.spikes().range(self.done..known) {
            // The units of a step rise.
            if units.binary_search(&to).is_ok()
                && let Some(params) = session.params_at(step)
            {
                history.add(step, units.binary_search(&from).is_ok(), params);
            }
        }
        self.done = known;
        self.history.as_ref()
    }
}
