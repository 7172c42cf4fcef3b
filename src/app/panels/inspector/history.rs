//! When one unit spiked.

use crate::app::selection::Neuron;
use crate::app::session::Session;

/// The steps in which one unit spiked, as far as they are known. Only new steps are read.
#[derive(Debug, Default)]
pub struct History {
    /// The revision of the session and the unit that it is of.
    key: Option<(u64, Neuron)>,
    /// Steps below this are read.
    done: u64,
    steps: Vec<u64>,
}

impl History {
    /// Reads what is new, or all of it for another unit.
    pub fn update(&mut self, session: &Session, neuron: Neuron) {
        let key = Some((session.revision(), neuron));
        let known = session.spikes().steps();
        if self.key != key || known < self.done {
            *self = Self { key, ..Self::default() };
        }
        let unit = session.layers().units(neuron.layer).start + neuron.unit;
        let new = session.spikes().range(self.done..known);
        // The units of a step rise.
        let spiking = new.filter(|(_, units)| units.binary_search(&unit).is_ok());
        self.steps.extend(spiking.map(|(step, _)| step));
        self.done = known;
    }

    /// The last spike before a step.
    pub fn before(&self, step: u64) -> Option<u64> {
        let at = self.steps.partition_point(|&spike| spike < step);
        self.steps.get(at.checked_sub(1)?).copied()
    }

    /// The first known spike after a step.
    pub fn after(&self, step: u64) -> Option<u64> {
        let at = self.steps.partition_point(|&spike| spike <= step);
        self.steps.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a spike of the very step that is taken for the one before or after it.
    #[test]
    fn neighbours_are_others_than_the_step_itself() {
        let history = History {
            steps: vec![3, 8, 9],
            ..History::default()
        };
        assert_eq!(
            [3, 4, 8, 20].map(|step| history.before(step)),
            [None, Some(3), Some(3), Some(9)]
        );
        assert_eq!(
            [0, 3, 8, 9].map(|step| history.after(step)),
            [Some(3), Some(8), Some(9), None]
        );
    }
}
