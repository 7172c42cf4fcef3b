//! A matrix of weights made as small as the screen, by what is largest.

use std::ops::Range;

use ndarray::ArrayView2;

/// What is shown of the weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Now minus before sleep.
    #[default]
    Change,
    /// Now.
    Now,
    /// Before sleep.
    Before,
}

impl Shown {
    /// The value shown for a weight that was `before` and is `now`.
    pub fn of(self, before: f32, now: f32) -> f32 {
        match self {
            Self::Change => now - before,
            Self::Now => now,
            Self::Before => before,
        }
    }
}

/// Weights before and now, outputs x inputs.
pub struct Change<'a> {
    /// Before sleep.
    pub before: ArrayView2<'a, f32>,
    /// Now; of the same shape.
    pub now: ArrayView2<'a, f32>,
}

/// All weights of a matrix together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Number of weights.
    pub count: usize,
    /// Weights that are larger than before.
    pub raised: usize,
    /// Weights that are smaller than before.
    pub lowered: usize,
    /// The largest magnitude of a change.
    pub largest_change: f32,
    /// The largest magnitude of a weight, before or now.
    pub largest_weight: f32,
}

/// The indices that each pixel of an axis stands for: the range `from..to` of indices, which may begin and end within
/// an index, cut into `pixels` parts. No index between two pixels is left out, and no pixel is empty.
pub fn parts((from, to): (f64, f64), pixels: usize, length: usize) -> Vec<Range<usize>> {
    let edge = |pixel: usize| from + (to - from) * pixel as f64 / pixels as f64;
    let last = length.saturating_sub(1);
    (0..pixels)
        .map(|pixel| {
            let begin = ((edge(pixel) + 1e-9).floor().max(0.0) as usize).min(last);
            let end = if pixel + 1 == pixels {
                (to - 1e-9).ceil()
            } else {
                (edge(pixel + 1) + 1e-9).floor()
            };
            begin..(end.max(0.0) as usize).clamp(begin + 1, length.max(begin + 1))
        })
        .collect()
}

impl Change<'_> {
    /// All weights together.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            count: self.before.len(),
            ..Summary::default()
        };
        for (before, now) in self.before.rows().into_iter().zip(self.now.rows()) {
            for (&before, &now) in before.iter().zip(now) {
                let change = now - before;
                summary.raised += usize::from(change > 0.0);
                summary.lowered += usize::from(change < 0.0);
                summary.largest_change = summary.largest_change.max(change.abs());
                summary.largest_weight = summary.largest_weight.max(now.abs()).max(before.abs());
            }
        }
        summary
    }

    /// Output and input of the weight whose shown value is largest in magnitude within a cell.
    pub fn strongest(&self, shown: Shown, rows: Range<usize>, columns: Range<usize>) -> (usize, usize) {
        let mut best = (rows.start, columns.start);
        let mut most = -1.0;
        for output in rows {
            for input in columns.clone() {
                let value = shown.of(self.before[(output, input)], self.now[(output, input)]).abs();
                if value > most {
                    (best, most) = ((output, input), value);
                }
            }
        }
        best
    }

    /// The shown value of largest magnitude in each cell, with its sign, row-major.
    pub fn reduced(&self, shown: Shown, rows: &[Range<usize>], columns: &[Range<usize>]) -> Vec<f32> {
        let width = columns.len();
        let mut values = vec![0.0_f32; width * rows.len()];
        for (y, range) in rows.iter().enumerate() {
            if y > 0 && rows[y - 1] == *range {
                values.copy_within((y - 1) * width..y * width, y * width);
                continue;
            }
            let line = &mut values[y * width..(y + 1) * width];
            for output in range.clone() {
                let (before, now) = (self.before.row(output), self.now.row(output));
                for (cell, column) in line.iter_mut().zip(columns) {
                    for input in column.clone() {
                        let value = shown.of(before[input], now[input]);
                        if value.abs() > cell.abs() {
                            *cell = value;
                        }
                    }
                }
            }
        }
        values
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
            outputs in 1_usize..40, inputs in 1_usize..40, width in 1_usize..60, height in 1_usize..60, seed in 0_u64..999
        ) {
            let before = Array2::zeros((outputs, inputs));
            let mut now = before.clone();
            let mut state = seed;
            for value in &mut now {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
                *value = if state >> 61 == 0 { (state >> 40) as f32 / 1e6 - 8.0 } else { 0.0 };
            }
            let change = Change { before: before.view(), now: now.view() };
            let rows = parts((0.0, outputs as f64), height, outputs);
            let columns = parts((0.0, inputs as f64), width, inputs);
            let values = change.reduced(Shown::Change, &rows, &columns);
            let largest = now.iter().fold(0.0_f32, |most, value: &f32| most.max(value.abs()));
            let shown = values.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            prop_assert_eq!(shown.to_bits(), largest.to_bits());
            let summary = change.summary();
            prop_assert_eq!(summary.largest_change.to_bits(), largest.to_bits());
            prop_assert_eq!(summary.raised + summary.lowered, now.iter().filter(|v| **v != 0.0).count());
            for (y, row) in rows.iter().enumerate() {
                for (x, column) in columns.iter().enumerate() {
                    let at = change.strongest(Shown::Change, row.clone(), column.clone());
                    prop_assert_eq!(now[at].to_bits(), values[y * width + x].to_bits());
                }
            }
        }

        /// Catches an index that no pixel stands for, or a pixel beyond the matrix, in any view.
        #[test]
        fn every_index_in_view_has_a_pixel(
            length in 1_usize..300, pixels in 1_usize..200, from in 0.0_f64..0.9, share in 0.01_f64..1.0
        ) {
            let from = from * length as f64;
            let to = (from + share * length as f64).min(length as f64);
            let parts = parts((from, to), pixels, length);
            prop_assert_eq!(parts.len(), pixels);
            prop_assert!(parts.iter().all(|part| part.start < part.end && part.end <= length));
            for pair in parts.windows(2) {
                prop_assert!(pair[1].start <= pair[0].end && pair[1].start >= pair[0].start);
            }
            prop_assert_eq!(parts[0].start, from as usize);
            prop_assert_eq!(parts[pixels - 1].end, ((to - 1e-9).ceil() as usize).max(parts[pixels - 1].start + 1));
        }
    }

    /// Catches a reduction that loses the sign, and a magnified cell that is not the exact weight.
    #[test]
    fn the_sign_is_kept_and_a_cell_is_exact() {
        let before = Array2::from_shape_vec((2, 2), vec![0.1, 0.2, 0.3, 0.4]).unwrap();
        let now = Array2::from_shape_vec((2, 2), vec![0.1, -0.7, 0.5, 0.4]).unwrap();
        let change = Change {
            before: before.view(),
            now: now.view(),
        };
        let all = parts((0.0, 2.0), 1, 2);
        assert_eq!(change.reduced(Shown::Now, &all, &all), [-0.7]);
        assert_eq!(change.reduced(Shown::Before, &all, &all), [0.4]);
        let one = parts((1.0, 2.0), 3, 2);
        assert_eq!(change.reduced(Shown::Now, &one, &one), [0.4; 9]);
    }
}
