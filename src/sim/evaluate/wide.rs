//! One number of sixteen images at a time, and the three sums that everything is made of.
//!
//! Written with the vectors of the processor in hand: left to itself, the compiler turns some of these loops inside out for
//! processors with long vectors, which makes them twenty times slower.

use std::array::from_fn;

use pulp::Simd;

/// Images side by side: a cache line of numbers.
pub(super) const WIDTH: usize = 16;

/// Rows or columns of weights that are taken at a time.
pub(super) const GROUP: usize = 4;

/// One number for each of [`WIDTH`] images.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C, align(64))]
pub(super) struct Wide(pub(super) [f32; WIDTH]);

impl Wide {
    /// Nothing for every image.
    pub(super) const ZERO: Self = Self([0.0; WIDTH]);

    /// The same as vectors of a processor, whose lengths divide [`WIDTH`].
    #[inline(always)]
    fn parts<S: Simd>(&self) -> &[S::f32s] {
        S::as_simd_f32s(&self.0).0
    }

    /// The same, to be changed.
    #[inline(always)]
    fn parts_mut<S: Simd>(&mut self) -> &mut [S::f32s] {
        S::as_mut_simd_f32s(&mut self.0).0
    }
}

/// For each of some rows of weights, one an input, the weighted sum of the inputs, rectified first or not.
#[inline(always)]
pub(super) fn weigh<S: Simd, const ROWS: usize, const RECTIFY: bool>(
    simd: S,
    rows: [&[f32]; ROWS],
    inputs: &[Wide],
) -> [Wide; ROWS] {
    let rows = rows.map(
        #[inline(always)]
        |row| &row[..inputs.len()],
    );
    let mut sums = [Wide::ZERO; ROWS];
    if S::F32_LANES == WIDTH {
        weigh_parts::<S, ROWS, 1, RECTIFY>(simd, rows, inputs, 0, &mut sums);
    } else {
        // Two vectors at a time, so that each weight is fetched once for both.
        for first in (0..WIDTH / S::F32_LANES).step_by(2) {
            weigh_parts::<S, ROWS, 2, RECTIFY>(simd, rows, inputs, first, &mut sums);
        }
    }
    sums
}

/// The same for some of the vectors that a [`Wide`] is made of, from the first of them on.
#[inline(always)]
fn weigh_parts<S: Simd, const ROWS: usize, const PARTS: usize, const RECTIFY: bool>(
    simd: S,
    rows: [&[f32]; ROWS],
    inputs: &[Wide],
    first: usize,
    sums: &mut [Wide; ROWS],
) {
    let zero = simd.splat_f32s(0.0);
    let mut totals = [[zero; PARTS]; ROWS];
    for (index, input) in inputs.iter().enumerate() {
        let parts: [S::f32s; PARTS] = from_fn(
            #[inline(always)]
            |part| {
                let part = input.parts::<S>()[first + part];
                if RECTIFY { simd.max_f32s(part, zero) } else { part }
            },
        );
        for (totals, row) in totals.iter_mut().zip(&rows) {
            let weight = simd.splat_f32s(row[index]);
            for (total, &part) in totals.iter_mut().zip(&parts) {
                *total = simd.add_f32s(*total, simd.mul_f32s(weight, part));
            }
        }
    }
    for (sum, totals) in sums.iter_mut().zip(totals) {
        sum.parts_mut::<S>()[first..first + PARTS].copy_from_slice(&totals);
    }
}

/// The same for one row, in partial sums that do not wait for each other.
#[inline(always)]
pub(super) fn weigh_one<S: Simd, const RECTIFY: bool>(simd: S, row: &[f32], inputs: &[Wide]) -> Wide {
    let (weights, rest_of_weights) = row[..inputs.len()].as_chunks::<GROUP>();
    let (groups, rest) = inputs.as_chunks::<GROUP>();
    let mut sum = Wide::ZERO;
    for (part, sum) in sum.parts_mut::<S>().iter_mut().enumerate() {
        let mut totals = [simd.splat_f32s(0.0); GROUP];
        for (weights, group) in weights.iter().zip(groups) {
            for ((total, &weight), input) in totals.iter_mut().zip(weights).zip(group) {
                *total = simd.add_f32s(*total, weighed::<S, RECTIFY>(simd, weight, input.parts::<S>()[part]));
            }
        }
        for (&weight, input) in rest_of_weights.iter().zip(rest) {
            totals[0] = simd.add_f32s(totals[0], weighed::<S, RECTIFY>(simd, weight, input.parts::<S>()[part]));
        }
        let [a, b, c, d] = totals;
        *sum = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
    }
    sum
}

/// A weight times a number of some images, rectified first or not.
#[inline(always)]
fn weighed<S: Simd, const RECTIFY: bool>(simd: S, weight: f32, input: S::f32s) -> S::f32s {
    let input = if RECTIFY {
        simd.max_f32s(input, simd.splat_f32s(0.0))
    } else {
        input
    };
    simd.mul_f32s(simd.splat_f32s(weight), input)
}

/// Adds some units' changes of activation, each times its outgoing weights, to the sums of the next layer.
#[inline(always)]
pub(super) fn spread<S: Simd, const COLUMNS: usize>(
    simd: S,
    columns: [&[f32]; COLUMNS],
    deltas: [Wide; COLUMNS],
    sums: &mut [Wide],
) {
    let columns = columns.map(
        #[inline(always)]
        |column| &column[..sums.len()],
    );
    for part in 0..WIDTH / S::F32_LANES {
        let deltas = deltas.each_ref().map(
            #[inline(always)]
            |delta| delta.parts::<S>()[part],
        );
        for (unit, sum) in sums.iter_mut().enumerate() {
            let sum = &mut sum.parts_mut::<S>()[part];
            for (column, &delta) in columns.iter().zip(&deltas) {
                *sum = simd.add_f32s(*sum, simd.mul_f32s(simd.splat_f32s(column[unit]), delta));
            }
        }
    }
}

/// The sum of the magnitudes.
#[inline(always)]
pub(super) fn magnitude<S: Simd>(simd: S, numbers: &[Wide]) -> Wide {
    let mut sum = Wide::ZERO;
    for (part, sum) in sum.parts_mut::<S>().iter_mut().enumerate() {
        let mut totals = [simd.splat_f32s(0.0); GROUP];
        let (groups, rest) = numbers.as_chunks::<GROUP>();
        for group in groups {
            for (total, number) in totals.iter_mut().zip(group) {
                *total = simd.add_f32s(*total, absolute::<S>(simd, number.parts::<S>()[part]));
            }
        }
        for number in rest {
            totals[0] = simd.add_f32s(totals[0], absolute::<S>(simd, number.parts::<S>()[part]));
        }
        let [a, b, c, d] = totals;
        *sum = simd.add_f32s(simd.add_f32s(a, b), simd.add_f32s(c, d));
    }
    sum
}

/// The magnitude of each number. (Not `abs_f32s`, which is made of calls that are not inlined for the longest vectors.)
#[inline(always)]
fn absolute<S: Simd>(simd: S, numbers: S::f32s) -> S::f32s {
    simd.max_f32s(numbers, simd.sub_f32s(simd.splat_f32s(0.0), numbers))
}
