//! In which order the neurons are shown, and what is known of each.

use ndarray::ArrayView2;

use crate::app::session::Session;

/// By what the neurons are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// By their number.
    #[default]
    Index,
    /// Those whose weights changed most first.
    Changed,
    /// Those that spiked most first.
    Spikes,
}

/// How many spikes each neuron of the first layer has fired, counted on as they come.
#[derive(Default)]
pub struct SpikeCounts {
    run: u64,
    done: u64,
    counts: Vec<u64>,
}

impl SpikeCounts {
    /// Counts what is new.
    pub fn update(&mut self, session: &Session) {
        if session.layers().count() < 2 {
            return;
        }
        let units = session.layers().units(1);
        if self.run != session.revision() || session.slept() < self.done || self.counts.len() != units.len() {
            *self = Self {
                run: session.revision(),
                done: 0,
                counts: vec![0; units.len()],
            };
        }
        for (_, spikes) in session.spikes().range(self.done..session.slept()) {
            for unit in spikes.iter().filter(|unit| units.contains(unit)) {
                self.counts[(unit - units.start) as usize] += 1;
            }
        }
        self.done = session.slept();
    }

    /// Spikes of a neuron.
    pub fn of(&self, neuron: usize) -> u64 {
        self.counts.get(neuron).copied().unwrap_or(0)
    }
}

/// Mean magnitude of the change of each neuron's weights.
pub fn mean_changes(before: ArrayView2<'_, f32>, now: ArrayView2<'_, f32>) -> Vec<f64> {
    let rows = before.rows().into_iter().zip(now.rows());
    rows.map(|(before, now)| {
        let sum: f64 = before.iter().zip(now).map(|(b, n)| f64::from((n - b).abs())).sum();
        sum / before.len().max(1) as f64
    })
    .collect()
}

/// The neurons in order; among equals the lower number comes first.
pub fn sorted(sort: Sort, changes: &[f64], spikes: &SpikeCounts) -> Vec<usize> {
    let mut order: Vec<usize> = (0..changes.len()).collect();
    match sort {
        Sort::Index => {}
        Sort::Changed => order.sort_by(|&a, &b| changes[b].total_cmp(&changes[a])),
        Sort::Spikes => order.sort_by_key(|&neuron| std::cmp::Reverse(spikes.of(neuron))),
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Catches an order that is upside down, or that shuffles equals.
    #[test]
    fn what_changed_or_spiked_most_comes_first() {
        let before = array![[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [0.0, 0.0]];
        let now = array![[0.0, 0.0], [0.0, 1.0], [0.5, 0.75], [0.0, 0.0]];
        let changes = mean_changes(before.view(), now.view());
        assert_eq!(changes, [0.0, 0.5, 0.125, 0.0]);
        let spikes = SpikeCounts {
            counts: vec![3, 0, 9, 3],
            ..SpikeCounts::default()
        };
        assert_eq!(sorted(Sort::Index, &changes, &spikes), [0, 1, 2, 3]);
        assert_eq!(sorted(Sort::Changed, &changes, &spikes), [1, 2, 0, 3]);
        assert_eq!(sorted(Sort::Spikes, &changes, &spikes), [2, 0, 3, 1]);
    }
}
