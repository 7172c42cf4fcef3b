//! Which class an image is read as.
//!
//! Sums of thousands of rounded numbers are right to some digits only. Where two outputs are closer than that, the order
//! of the additions would decide, and two ways of computing the same network could disagree. Such images are computed
//! again in double precision. So a reading does not depend on how it was come by. (How far a sum may be off is estimated, not
//! proven: see [`ERROR`].)

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Axis;

use super::lanes::{LANES, Lanes};
use crate::sim::Samples;
use crate::sim::mlp::{Mlp, Output, argmax};

/// The error of an output sum is below this part of the sum of all its terms' magnitudes. Rounding errors of 1,000 terms
/// add up like a random walk to about 30 x 6e-8 of a typical term; the bound takes every term at its largest.
pub(super) const ERROR: f32 = 1e-6;

/// The largest error that an output sum can have, from the sums (rectified or not) of the last hidden layer and the
/// largest magnitude of the output weights.
#[inline(always)]
pub(super) fn uncertainty(hidden: &[f32], largest_weight: f32) -> f32 {
    let mut lanes = Lanes::default();
    let chunks = hidden.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|sum| sum.abs()).sum();
    for chunk in chunks {
        for (total, sum) in lanes.0.iter_mut().zip(chunk) {
            *total += sum.abs();
        }
    }
    ERROR * largest_weight * (lanes.total() + rest)
}

/// The class an image is read as from its output sums, or `None` if an error of `uncertainty` could change it.
pub(super) fn read<T: Copy + Into<f64>>(sums: &[T], output: Output, uncertainty: impl Into<f64>) -> Option<usize> {
    let uncertainty = uncertainty.into();
    let sums = || sums.iter().map(|&sum| sum.into());
    if !uncertainty.is_finite() || sums().any(|sum: f64| !sum.is_finite()) {
        return None;
    }
    // Softmax keeps the order of the sums, so they can be compared as they are.
    let floor = if output == Output::Relu { 0.0 } else { f64::NEG_INFINITY };
    let at_least = |sum: f64| (sum - uncertainty).max(floor);
    let at_most = |sum: f64| (sum + uncertainty).max(floor);
    let mut leader: Option<(usize, f64)> = None;
    for (class, sum) in sums().enumerate() {
        if leader.is_none_or(|(_, most)| sum.max(floor) > most.max(floor)) {
            leader = Some((class, sum));
        }
    }
    let (best, sum) = leader?;
    let sure = at_least(sum);
    // A rival after the best may tie with it, for the first class wins a tie; one before it may not.
    let beaten = |class: usize, sum: f64| at_most(sum) < sure || (class > best && at_most(sum) <= sure);
    sums()
        .enumerate()
        .all(|(class, sum)| class == best || beaten(class, sum))
        .then_some(best)
}

/// The classes that images are read as, computed in double precision. `None` if `stop` was set meanwhile.
pub(super) fn read_exactly(mlp: &Mlp, samples: &Samples, images: &[usize], stop: &AtomicBool) -> Option<Vec<usize>> {
    /// Images at a time: enough for the products to be fast, few enough for a wish to stop to be heard.
    const CHUNK: usize = 128;
    let mut classes = Vec::with_capacity(images.len());
    for chunk in images.chunks(CHUNK) {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let mut activations = samples.images.select(Axis(0), chunk).mapv(f64::from);
        let last = mlp.weights.len().saturating_sub(1);
        for (layer, weights) in mlp.weights.iter().enumerate() {
            activations = activations.dot(&weights.mapv(f64::from).t());
            if layer < last {
                let keep = f64::from(mlp.keep);
                activations.mapv_inplace(|sum| sum.max(0.0) * keep);
            } else if mlp.output == Output::Relu {
                activations.mapv_inplace(|sum| sum.max(0.0));
            }
        }
        classes.extend(activations.rows().into_iter().map(argmax));
    }
    Some(classes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_readings_are_clear_and_close_ones_are_not() {
        let relu = |sums: &[f32]| read(sums, Output::Relu, 0.01_f32);
        assert_eq!(relu(&[0.1, 0.9, 0.3]), Some(1));
        assert_eq!(relu(&[0.1, 0.9, 0.895]), None, "the two largest are within the error");
        assert_eq!(
            relu(&[-0.5, -0.2, -0.3]),
            Some(0),
            "all rectified to 0: the first class"
        );
        assert_eq!(relu(&[-0.5, -0.001, -0.3]), None, "this one may be above 0");
        assert_eq!(relu(&[-0.001, -0.5]), Some(0), "above 0 or not, it is the first");
        assert_eq!(read(&[-0.5_f32, -0.2, -0.3], Output::Linear, 0.01), Some(1));
        assert_eq!(read::<f32>(&[], Output::Linear, 0.01), None);
        assert_eq!(relu(&[f32::NAN, 0.5]), None, "what is no number is never clear");
    }
}
