//! Spikes counted into the pixels of the plot: each into exactly one, so that none is lost.

use std::ops::Range;

use crate::app::session::SpikeLog;

/// Widest mark of one spike in pixels, however few steps are in view.
const WIDEST: f64 = 4.0;
/// The row of pixels of a unit that is not in view.
pub const UNSEEN: u32 = u32::MAX;

/// What the counts belong to. While it holds, only new steps are counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    /// Counts the times that anything known became void.
    pub revision: u64,
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// First and last step in view.
    pub range: (f64, f64),
    /// The row of pixels in which the mark of each unit begins; units are counted over all layers.
    pub rows: Vec<u32>,
}

impl Grid {
    /// Pixels a step.
    fn per_step(&self) -> f64 {
        self.size[0] as f64 / (self.range.1 - self.range.0).max(1e-9)
    }

    /// Width of the mark of a spike in pixels.
    pub fn mark(&self) -> usize {
        let per_step = self.per_step();
        if per_step >= 2.0 {
            (per_step - 1.0).floor().min(WIDEST) as usize
        } else {
            1
        }
    }

    /// Whether a pixel holds more than one step.
    pub fn is_dense(&self) -> bool {
        self.per_step() < 1.0
    }

    /// The column of pixels in which the mark of a step begins. A step that is cut by the edge is drawn at the edge.
    fn column(&self, step: u64) -> usize {
        let middle = (step as f64 + 0.5 - self.range.0) * self.per_step();
        let left = match self.mark() {
            1 => middle.floor(),
            mark => (middle - 0.5 * mark as f64).round(),
        };
        (left.max(0.0) as usize).min(self.size[0].saturating_sub(1))
    }

    /// The steps that are at least partly in view.
    fn steps(&self) -> Range<u64> {
        self.range.0.floor().max(0.0) as u64..self.range.1.ceil().max(0.0) as u64
    }
}

/// Spikes counted into pixels.
#[derive(Debug, Default)]
pub struct Density {
    grid: Grid,
    counts: Vec<u32>,
    busiest: u32,
    /// Steps below this are counted.
    done: u64,
    /// Counts the times that the counting was begun anew.
    beginning: u64,
    /// Columns in which something was counted that nobody has taken notice of.
    changed: Range<usize>,
}

impl Density {
    /// Counts what is new; all of it, if the counts belong to something else.
    pub fn update(&mut self, grid: Grid, spikes: &SpikeLog) {
        if grid != self.grid || spikes.steps() < self.done {
            self.counts.clear();
            self.counts.resize(grid.size[0] * grid.size[1], 0);
            self.busiest = 0;
            self.done = 0;
            self.beginning += 1;
            self.changed = 0..0;
            self.grid = grid;
        }
        let view = self.grid.steps();
        let new = self.done.max(view.start)..spikes.steps().min(view.end);
        if !new.is_empty() {
            let width = self.grid.size[0];
            let columns = self.grid.column(new.start)..self.grid.column(new.end - 1) + 1;
            self.changed = if self.changed.is_empty() {
                columns
            } else {
                self.changed.start.min(columns.start)..self.changed.end.max(columns.end)
            };
            for (step, units) in spikes.range(new) {
                let column = self.grid.column(step);
                for &unit in units {
                    let row = self.grid.rows.get(unit as usize).copied().unwrap_or(UNSEEN);
                    if let Some(count) = self.counts.get_mut(row as usize * width + column) {
                        *count += 1;
                        self.busiest = self.busiest.max(*count);
                    }
                }
            }
        }
        self.done = spikes.steps();
    }

    /// What the counts belong to.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Spikes in each pixel, row by row.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    /// Most spikes in a pixel.
    pub fn busiest(&self) -> u32 {
        self.busiest
    }

    /// Counts the times that the counting was begun anew.
    pub fn beginning(&self) -> u64 {
        self.beginning
    }

    /// The columns in which something was counted since this was last asked.
    pub fn take_changed(&mut self) -> Range<usize> {
        std::mem::take(&mut self.changed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::app::session::testing::session;

    proptest! {
        /// Catches a spike that falls between two pixels, over an edge, or into two of them; and one that is counted twice when
        /// the night goes on.
        #[test]
        fn no_spike_is_lost(
            steps in prop::collection::vec(prop::collection::btree_set(0_u32..9, 0..9), 1..120),
            width in 1_usize..70,
            from in 0.0_f64..40.0,
            length in 0.5_f64..160.0,
            seen in prop::collection::vec(0_u32..13, 9),
            cut in 0_usize..120,
        ) {
            let units: Vec<Vec<u32>> = steps.iter().map(|units| units.iter().copied().collect()).collect();
            let spikes: Vec<(u64, &[u32])> = units.iter().zip(0..).map(|(units, step)| (step, units.as_slice())).collect();
            let grid = Grid {
                revision: 1,
                size: [width, 12],
                range: (from, from + length),
                rows: seen.iter().map(|&row| if row == 12 { UNSEEN } else { row }).collect(),
            };
            let mut density = Density::default();
            density.update(grid.clone(), session(&spikes[..cut.min(spikes.len())]).spikes());
            density.update(grid, session(&spikes).spikes());
            let in_view = |step: u64| (step + 1) as f64 > from && (step as f64) < from + length;
            let wanted: usize = spikes
                .iter()
                .filter(|(step, _)| in_view(*step))
                .map(|(_, units)| units.iter().filter(|&&unit| seen[unit as usize] < 12).count())
                .sum();
            let counted: u32 = density.counts().iter().sum();
            prop_assert_eq!(counted as usize, wanted);
            prop_assert_eq!(density.busiest(), density.counts().iter().copied().max().unwrap_or(0));
        }
    }

    /// Catches counting all over again where nothing is new, and counts that outlive the night they belong to.
    #[test]
    fn only_what_is_new_is_counted() {
        let night = session(&[(0, &[0, 4]), (1, &[4])]);
        let grid = Grid {
            revision: night.revision(),
            size: [10, 9],
            range: (0.0, 5.0),
            rows: (0..9).collect(),
        };
        let mut density = Density::default();
        density.update(grid.clone(), night.spikes());
        assert_eq!(density.take_changed(), 1..4);
        density.update(grid.clone(), night.spikes());
        assert_eq!((density.beginning(), density.take_changed()), (1, 0..0));
        assert_eq!((density.grid().mark(), density.counts()[41]), (1, 1));
        density.update(grid, session(&[]).spikes());
        assert_eq!((density.beginning(), density.counts().iter().sum::<u32>()), (2, 0));
    }
}
