//! How often each unit spiked in a part of the night.

use std::ops::Range;

use crate::app::session::Session;
use crate::sim::night::DT;

/// What a layer did in a part of the night.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LayerCount {
    /// Spikes.
    pub spikes: u64,
    /// Units that spiked at least once.
    pub spiking: u64,
    /// Units.
    pub units: u64,
    /// Mean rate of a unit in Hz; 0 of no steps.
    pub rate: f64,
}

impl LayerCount {
    /// The share of the units that spiked.
    pub fn sparsity(&self) -> f64 {
        self.spiking as f64 / self.units.max(1) as f64
    }
}

/// Spikes of every unit in a part of the night. Only new steps are counted, as long as the part begins at the same step.
#[derive(Debug, Default)]
pub struct Counts {
    revision: u64,
    part: Range<u64>,
    /// Spikes of each unit, counted over all layers.
    of_unit: Vec<u32>,
    of_layer: Vec<LayerCount>,
    version: u64,
}

impl Counts {
    /// Counts the spikes of these steps.
    pub fn update(&mut self, session: &Session, part: Range<u64>) {
        let is_same_night = self.revision == session.revision() && !self.of_unit.is_empty();
        if is_same_night && self.part == part {
            return;
        }
        let layers = session.layers();
        let first = if is_same_night && self.part.start == part.start && self.part.end <= part.end {
            self.part.end
        } else {
            let units = (0..layers.count()).map(|layer| layers.size(layer)).sum();
            self.of_unit.clear();
            self.of_unit.resize(units, 0);
            part.start
        };
        for (_, units) in session.spikes().range(first..part.end) {
            for &unit in units {
                if let Some(count) = self.of_unit.get_mut(unit as usize) {
                    *count += 1;
                }
            }
        }
        let seconds = part.end.saturating_sub(part.start) as f64 * DT;
        self.of_layer.clear();
        self.of_layer.extend((0..layers.count()).map(|layer| {
            let units = layers.units(layer);
            let counts = &self.of_unit[units.start as usize..units.end as usize];
            let spikes: u64 = counts.iter().map(|&count| u64::from(count)).sum();
            let time = counts.len() as f64 * seconds;
            LayerCount {
                spikes,
                spiking: counts.iter().filter(|&&count| count > 0).count() as u64,
                units: counts.len() as u64,
                rate: if time > 0.0 { spikes as f64 / time } else { 0.0 },
            }
        }));
        self.revision = session.revision();
        self.part = part;
        self.version += 1;
    }

    /// The steps that were counted.
    pub fn part(&self) -> Range<u64> {
        self.part.clone()
    }

    /// How long they are, in seconds.
    pub fn seconds(&self) -> f64 {
        self.part.end.saturating_sub(self.part.start) as f64 * DT
    }

    /// Spikes of a unit, counted over all layers.
    pub fn of_unit(&self, unit: u32) -> u32 {
        self.of_unit.get(unit as usize).copied().unwrap_or(0)
    }

    /// What a layer did.
    pub fn of_layer(&self, layer: usize) -> LayerCount {
        self.of_layer.get(layer).copied().unwrap_or_default()
    }

    /// Spikes of all layers.
    pub fn total(&self) -> u64 {
        self.of_layer.iter().map(|layer| layer.spikes).sum()
    }

    /// Counts the times that anything was counted.
    pub fn version(&self) -> u64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::testing::session;

    /// Catches a step that is counted twice or not at all when the part grows, moves or shrinks, and rates of another length.
    #[test]
    fn counts_keep_up_with_the_part() {
        let session = session(&[(0, &[0, 4]), (1, &[4]), (2, &[]), (3, &[1, 4, 7])]);
        let mut counts = Counts::default();
        for (part, unit, layer) in [(0..1, 1, 1), (0..4, 3, 3), (1..4, 2, 2), (1..2, 1, 1), (2..3, 0, 0)] {
            counts.update(&session, part.clone());
            assert_eq!(counts.of_unit(4), unit, "{part:?}");
            assert_eq!(counts.of_layer(1).spikes, layer, "{part:?}");
        }
        counts.update(&session, 0..4);
        let inputs = counts.of_layer(0);
        assert_eq!((inputs.spikes, inputs.spiking, inputs.units), (2, 2, 4));
        assert!((inputs.rate - 125.0).abs() < 1e-9 && (inputs.sparsity() - 0.5).abs() < 1e-9);
        assert_eq!(counts.total(), 6);
        counts.update(&session, 3..3);
        assert_eq!((counts.total(), counts.of_layer(0).rate), (0, 0.0));
    }
}
