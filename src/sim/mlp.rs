//! The network awake: a multi-layer perceptron without biases (reference: `nnff.m`).

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use ndarray::{Array2, ArrayView2};
use rand::rngs::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use self::Factor::{Plain, Transposed};
use super::rng;

/// Cores a matrix product is spread over. Fixed, so that the shape of the work does not depend on the machine; the
/// products are split over rows and columns only, never inside a sum.
pub const THREADS: usize = 2;

/// What the output units do with their sums. Hidden units are always rectified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter, strum::Display)]
pub enum Output {
    /// Rectified, as in the reference.
    #[default]
    Relu,
    /// The plain sum.
    Linear,
    /// Normalised exponentials.
    Softmax,
}

/// A multi-layer perceptron: rectified hidden units, no biases.
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    /// The weights of each layer, shape outputs x inputs.
    pub weights: Vec<Array2<f32>>,
    /// What the output units do.
    pub output: Output,
    /// Hidden activations are multiplied by this outside training: one minus the dropout of training.
    pub keep: f32,
}

impl Mlp {
    /// A newborn network: weights uniform in `[-start, start]`, drawn layer by layer, row by row.
    ///
    /// `sizes` counts the units from the inputs to the outputs.
    pub fn new(sizes: &[usize], start: f32, output: Output, keep: f32, rng: &mut ChaCha8Rng) -> Self {
        let weights = sizes
            .windows(2)
            .map(|pair| Array2::from_shape_simple_fn((pair[1], pair[0]), || (2.0 * rng::unit_f32(rng) - 1.0) * start))
            .collect();
        Self { weights, output, keep }
    }

    /// Units from the inputs to the outputs.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = self.weights.first().map(Array2::ncols);
        inputs
            .into_iter()
            .chain(self.weights.iter().map(Array2::nrows))
            .collect()
    }

    /// Number of classes: the units of the last layer.
    pub fn classes(&self) -> usize {
        self.weights.last().map_or(0, Array2::nrows)
    }

    /// Number of weights.
    pub fn weight_count(&self) -> usize {
        self.weights.iter().map(Array2::len).sum()
    }

    /// The activations of every layer for the given images (images x pixels), as outside training: hidden ones
    /// rectified and multiplied by [`Mlp::keep`]. The last layer holds the outputs, shape images x classes.
    pub fn forward<'a>(&self, images: ArrayView2<'_, f32>, room: &'a mut Activations) -> &'a [Array2<f32>] {
        self.forward_to_sums(images, room);
        if let Some(outputs) = room.layers.last_mut() {
            self.output.apply(outputs);
        }
        &room.layers
    }

    /// Like [`Mlp::forward`], but the last layer holds the sums that the output units receive.
    pub fn forward_to_sums<'a>(&self, images: ArrayView2<'_, f32>, room: &'a mut Activations) -> &'a [Array2<f32>] {
        let last = self.weights.len().saturating_sub(1);
        room.shape_for(self, images.nrows());
        for (index, weights) in self.weights.iter().enumerate() {
            let (before, now) = room.layers.split_at_mut(index);
            let input = before.last().map_or(images, |layer| layer.view());
            let sums = &mut now[0];
            product(sums, Accum::Replace, Plain(input), Transposed(weights.view()), 1.0);
            if index != last {
                let keep = self.keep;
                for sum in sums.iter_mut() {
                    *sum = rectified(*sum) * keep;
                }
            }
        }
        &room.layers
    }

    /// Whether every weight is a finite number; a night or a training that overflows must be noticed.
    pub fn is_finite(&self) -> bool {
        self.weights
            .iter()
            .all(|layer| layer.iter().all(|weight| weight.is_finite()))
    }
}

impl Output {
    /// Turns the sums of the output units (images x classes) into their activations.
    pub fn apply(self, sums: &mut Array2<f32>) {
        match self {
            Self::Relu => sums.mapv_inplace(rectified),
            Self::Linear => {}
            Self::Softmax => {
                for mut row in sums.rows_mut() {
                    let largest = row.fold(f32::NEG_INFINITY, |a, &b| a.max(b));
                    row.mapv_inplace(|sum| (sum - largest).exp());
                    let total = row.sum();
                    row.mapv_inplace(|sum| sum / total);
                }
            }
        }
    }
}

/// The rectified sum. What is no number stays none, so that a network that has overflowed does not pass for a silent one.
#[inline(always)]
pub(super) fn rectified(sum: f32) -> f32 {
    if sum < 0.0 { 0.0 } else { sum }
}

/// The class with the largest output, the first one on ties; the first one of all if nothing is a number.
pub fn argmax<'a, T: PartialOrd + 'a>(outputs: impl IntoIterator<Item = &'a T>) -> usize {
    let mut best: Option<(usize, &T)> = None;
    for (class, output) in outputs.into_iter().enumerate() {
        let is_number = output.partial_cmp(output).is_some();
        if is_number && best.is_none_or(|(_, most)| output > most) {
            best = Some((class, output));
        }
    }
    best.map_or(0, |(class, _)| class)
}

/// Room for the activations of every layer, kept between calls: fresh memory costs more than filling it.
#[derive(Clone, Debug, Default)]
pub struct Activations {
    /// One array a layer, images x units.
    pub layers: Vec<Array2<f32>>,
}

impl Activations {
    /// Makes the arrays fit a network and a number of images. What they hold is then undefined.
    pub fn shape_for(&mut self, mlp: &Mlp, images: usize) {
        self.layers.resize_with(mlp.weights.len(), || Array2::zeros((0, 0)));
        for (layer, weights) in self.layers.iter_mut().zip(&mlp.weights) {
            let shape = (images, weights.nrows());
            if layer.dim() != shape {
                *layer = Array2::zeros(shape);
            }
        }
    }
}

/// A matrix as it enters a product: as it is, or with rows and columns exchanged.
pub(super) enum Factor<'a> {
    /// As it is.
    Plain(ArrayView2<'a, f32>),
    /// Rows and columns exchanged.
    Transposed(ArrayView2<'a, f32>),
}

/// `target (+)= scale * left * right`, on [`THREADS`] cores.
pub(super) fn product(target: &mut Array2<f32>, accumulate: Accum, left: Factor<'_>, right: Factor<'_>, scale: f32) {
    let (rows, columns) = target.dim();
    if rows == 0 || columns == 0 {
        return;
    }
    let target = target.as_slice_mut().expect("arrays made here are contiguous");
    let target = MatMut::from_row_major_slice_mut(target, rows, columns);
    matmul(
        target,
        accumulate,
        left.as_faer(),
        right.as_faer(),
        scale,
        Par::rayon(THREADS),
    );
}

impl Factor<'_> {
    /// The same matrix in the words of the matrix library.
    fn as_faer(&self) -> MatRef<'_, f32> {
        let (Plain(matrix) | Transposed(matrix)) = self;
        let slice = matrix.as_slice().expect("weights and activations are contiguous");
        let plain = MatRef::from_row_major_slice(slice, matrix.nrows(), matrix.ncols());
        match self {
            Plain(_) => plain,
            Transposed(_) => plain.transpose(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::rng::{Stream, stream};

    /// Catches a matrix product whose bits depend on how many threads there are to do it: trials that are done side by side have fewer
    /// of them than one alone.
    #[test]
    fn a_product_does_not_depend_on_the_threads() {
        let matrix = |rows, columns, event| {
            let rng = &mut stream(5, Stream::Distortion, event);
            Array2::from_shape_simple_fn((rows, columns), || 2.0 * rng::unit_f32(rng) - 1.0)
        };
        for (rows, inner, columns) in [(100, 784, 1200), (100, 1200, 10), (7, 3, 5), (1200, 100, 784)] {
            let (left, right) = (matrix(rows, inner, 0), matrix(columns, inner, 1));
            let bits = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut target = Array2::zeros((rows, columns));
                let (left, right) = (Plain(left.view()), Transposed(right.view()));
                pool.install(|| product(&mut target, Accum::Replace, left, right, 0.5));
                target.iter().map(|value| value.to_bits()).collect::<Vec<_>>()
            };
            let alone = bits(1);
            for threads in [2, 5] {
                assert!(
                    bits(threads) == alone,
                    "{rows} x {inner} x {columns} on {threads} threads"
                );
            }
        }
    }
}
