//! A recorded run at a glance: how busy its layers were along the night, small enough for a picture in a list.

use crate::sim::night::Journal;

/// Columns of a glance: stretches of the night.
const COLUMNS: usize = 96;
/// Rows of a glance that a layer has.
const ROWS: usize = 8;

/// How busy the parts of each layer were along the night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Layers, the inputs among them.
    layers: usize,
    /// Spikes of each cell, row by row, layer after layer.
    spikes: Vec<u32>,
}

impl Glance {
    /// Counts the spikes of a night of so many steps in layers of these sizes.
    pub(super) fn of(journal: &Journal, sizes: &[usize], steps: u64) -> Self {
        let mut spikes = vec![0; sizes.len() * ROWS * COLUMNS];
        for step in 0..journal.steps() {
            let column = (step as u128 * COLUMNS as u128 / u128::from(steps.max(1))) as usize;
            for &unit in journal.step(step) {
                let (mut layer, mut unit) = (0, unit as usize);
                while layer + 1 < sizes.len() && unit >= sizes[layer] {
                    unit -= sizes[layer];
                    layer += 1;
                }
                let row = layer * ROWS + (unit * ROWS / sizes[layer].max(1)).min(ROWS - 1);
                spikes[row * COLUMNS + column.min(COLUMNS - 1)] += 1;
            }
        }
        Self {
            layers: sizes.len(),
            spikes,
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (COLUMNS, self.layers * ROWS)
    }

    /// Layers, the inputs among them.
    pub fn layers(&self) -> usize {
        self.layers
    }

    /// The cells in which something spiked: column, row, layer, and how busy it was, from 0 to the busiest of its layer at 1.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize, usize, f32)> {
        let each = ROWS * COLUMNS;
        self.spikes.chunks(each).enumerate().flat_map(move |(layer, cells)| {
            let most = cells.iter().copied().max().unwrap_or(0).max(1);
            let busy = cells.iter().enumerate().filter(|(_, count)| **count > 0);
            busy.map(move |(cell, &count)| {
                let share = count as f32 / most as f32;
                (cell % COLUMNS, layer * ROWS + cell / COLUMNS, layer, share)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a spike in the picture of another layer, part or time than it was in.
    #[test]
    fn spikes_are_where_they_were() {
        let sizes = [16, 8, 2];
        let mut journal = Journal::new(&sizes);
        for step in 0..192_u32 {
            match step {
                0 => journal.push_units(&[0, 15]),
                96 => journal.push_units(&[17]),
                191 => journal.push_units(&[24, 25]),
                _ => journal.push_units(&[]),
            }
        }
        let glance = Glance::of(&journal, &sizes, 192);
        assert_eq!(glance.size(), (96, 24));
        let cells: Vec<_> = glance.cells().collect();
        let places: Vec<_> = cells.iter().map(|cell| (cell.0, cell.1, cell.2)).collect();
        assert_eq!(places, [(0, 0, 0), (0, 7, 0), (48, 9, 1), (95, 16, 2), (95, 20, 2)]);
        assert!(cells.iter().all(|cell| cell.3 > 0.99));
    }
}
