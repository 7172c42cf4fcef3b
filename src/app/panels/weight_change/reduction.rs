//! A matrix of changes made as small as the screen, by what changed most.

use ndarray::ArrayView2;

/// Weights before and now, outputs x inputs.
pub struct Change<'a> {
    /// Before sleep.
    pub before: ArrayView2<'a, f32>,
    /// Now; of the same shape.
    pub now: ArrayView2<'a, f32>,
}

/// A matrix of changes made smaller.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduced {
    /// The change of largest magnitude in each cell, row-major.
    pub values: Vec<f32>,
    /// All changes together.
    pub summary: Summary,
}

/// All changes of a matrix together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Number of weights.
    pub count: usize,
    /// Weights that are larger than before.
    pub raised: usize,
    /// Weights that are smaller than before.
    pub lowered: usize,
    /// The largest magnitude of a change.
    pub largest: f32,
}

/// The part of `length` that cell `cell` of `cells` stands for; never empty if there are not more cells than `length`.
fn part(cell: usize, cells: usize, length: usize) -> std::ops::Range<usize> {
    // The first index that is mapped to the cell or a later one: index * cells / length >= cell.
    let from = |cell: usize| (cell * length).div_ceil(cells);
    from(cell)..from(cell + 1).min(length)
}

impl Change<'_> {
    /// Output and input of the weight that changed most among those of a cell.
    pub fn strongest(&self, x: usize, y: usize, [width, height]: [usize; 2]) -> (usize, usize) {
        let (outputs, inputs) = self.before.dim();
        let (rows, columns) = (part(y, height, outputs), part(x, width, inputs));
        let mut best = (rows.start.min(outputs - 1), columns.start.min(inputs - 1));
        let mut most = -1.0;
        for output in rows {
            for input in columns.clone() {
                let change = (self.now[(output, input)] - self.before[(output, input)]).abs();
                if change > most {
                    (best, most) = ((output, input), change);
                }
            }
        }
        best
    }
}

impl Reduced {
    /// Reduces to `width` x `height` cells, neither more than the matrix has.
    pub fn new(change: &Change<'_>, [width, height]: [usize; 2]) -> Self {
        let (outputs, inputs) = change.before.dim();
        let mut values = vec![0.0_f32; width * height];
        let mut summary = Summary {
            count: outputs * inputs,
            ..Summary::default()
        };
        let columns: Vec<u32> = (0..inputs)
            .map(|input| (input * width / inputs.max(1)) as u32)
            .collect();
        for (output, (before, now)) in change.before.rows().into_iter().zip(change.now.rows()).enumerate() {
            let y = output * height / outputs;
            let row = &mut values[y * width..(y + 1) * width];
            for ((&before, &now), &x) in before.iter().zip(now).zip(&columns) {
                let change = now - before;
                if change == 0.0 {
                    continue;
                }
                summary.raised += usize::from(change > 0.0);
                summary.lowered += usize::from(change < 0.0);
                let cell = &mut row[x as usize];
                if change.abs() > cell.abs() {
                    *cell = change;
                    summary.largest = summary.largest.max(change.abs());
                }
            }
        }
        Self { values, summary }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    proptest! {
        /// Catches a weight that is lost between two pixels, and a pointer that reads another weight than it shows.
        #[test]
        fn no_change_is_lost(
            outputs in 1_usize..40, inputs in 1_usize..40, width in 1_usize..40, height in 1_usize..40, seed in 0_u64..999
        ) {
            let size = [width.min(inputs), height.min(outputs)];
            let before = Array2::zeros((outputs, inputs));
            let mut now = before.clone();
            let mut state = seed;
            for value in &mut now {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                *value = if state >> 61 == 0 { (state >> 40) as f32 / 1e6 - 8.0 } else { 0.0 };
            }
            let change = Change { before: before.view(), now: now.view() };
            let reduced = Reduced::new(&change, size);
            let largest = now.iter().fold(0.0_f32, |most, value: &f32| most.max(value.abs()));
            prop_assert_eq!(reduced.summary.largest.to_bits(), largest.to_bits());
            prop_assert_eq!(reduced.summary.raised + reduced.summary.lowered, now.iter().filter(|v| **v != 0.0).count());
            for y in 0..size[1] {
                for x in 0..size[0] {
                    let (output, input) = change.strongest(x, y, size);
                    let shown = reduced.values[y * size[0] + x];
                    prop_assert_eq!(now[(output, input)].abs().to_bits(), shown.abs().to_bits());
                }
            }
        }
    }
}
