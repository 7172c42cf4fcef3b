//! Whether the night looks like a class seen awake: the numbers behind the replay meter.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Array2, Axis};

use crate::sim::Samples;
use crate::sim::mlp::{Activations, Mlp};
use crate::sim::rng::{self, Stream};

/// Images of a class that a mean is taken over at most.
const MOST: usize = 500;
/// Images that go through the network at a time.
const CHUNK: usize = 500;
/// The first event of [`Stream::Evaluation`] that shuffles neurons; the layers follow each other from here.
const SHUFFLES: u64 = 1;

/// The mean activity of each hidden layer for the images of each class (the first [`MOST`] of them): one array a layer,
/// classes x units, zeros for a class without images. `None` if `stop` was set meanwhile.
pub fn class_means(mlp: &Mlp, samples: &Samples, stop: &AtomicBool) -> Option<Vec<Array2<f32>>> {
    let classes = mlp.classes();
    let sizes = mlp.sizes();
    let hidden = sizes.get(1..sizes.len().saturating_sub(1)).unwrap_or_default();
    let mut sums: Vec<Array2<f64>> = hidden.iter().map(|&units| Array2::zeros((classes, units))).collect();
    let mut counts = vec![0_usize; classes];
    let chosen: Vec<usize> = (0..samples.len())
        .filter(|&image| {
            let count = counts.get_mut(usize::from(samples.labels[image]));
            count.is_some_and(|count| {
                *count += 1;
                *count <= MOST
            })
        })
        .collect();
    let mut room = Activations::default();
    for chosen in chosen.chunks(CHUNK) {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let pixels = samples.images.select(Axis(0), chosen);
        for (sums, layer) in sums.iter_mut().zip(mlp.forward(pixels.view(), &mut room)) {
            for (&image, activity) in chosen.iter().zip(layer.rows()) {
                let mut sum = sums.row_mut(usize::from(samples.labels[image]));
                sum.zip_mut_with(&activity, |sum, &activity| *sum += f64::from(activity));
            }
        }
    }
    let means = sums.into_iter().map(|mut sums| {
        for (mut sum, &count) in sums.rows_mut().into_iter().zip(&counts) {
            sum /= count.clamp(1, MOST) as f64;
        }
        sums.mapv(|mean| mean as f32)
    });
    Some(means.collect())
}

/// The Pearson correlation of two series, `None` if one does not vary, is no number, or their lengths differ.
pub fn correlation(one: &[f32], other: &[f32]) -> Option<f64> {
    if one.len() != other.len() || one.is_empty() {
        return None;
    }
    let mean = |series: &[f32]| series.iter().map(|&value| f64::from(value)).sum::<f64>() / series.len() as f64;
    let (mean_one, mean_other) = (mean(one), mean(other));
    let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
    for (&a, &b) in one.iter().zip(other) {
        let (a, b) = (f64::from(a) - mean_one, f64::from(b) - mean_other);
        both += a * b;
        of_one += a * a;
        of_other += b * b;
    }
    let r = both / (of_one * of_other).sqrt();
    r.is_finite().then_some(r.clamp(-1.0, 1.0))
}

/// The numbers of a layer's units in a random order that depends on the seed and the layer alone: the control of the
/// replay meter, which must show no replay.
pub fn shuffled(seed: u64, layer: usize, units: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..units as u32).collect();
    rng::shuffle(
        &mut order,
        &mut rng::stream(seed, Stream::Evaluation, SHUFFLES + layer as u64),
    );
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::mlp::Output;

    /// Catches a wrong sign or scale, and a number where there is no correlation.
    #[test]
    fn correlation_is_pearsons() {
        let one = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(correlation(&one, &[10.0, 20.0, 30.0, 40.0]), Some(1.0));
        assert_eq!(correlation(&one, &[0.0, -1.0, -2.0, -3.0]), Some(-1.0));
        let r = correlation(&one, &[1.0, 3.0, 2.0, 5.0]).expect("both vary");
        assert!((r - 0.831_521_84).abs() < 1e-6, "{r}");
        assert_eq!(correlation(&one, &[2.0; 4]), None, "what does not vary is like nothing");
        assert_eq!(correlation(&one, &[1.0, f32::NAN, 2.0, 3.0]), None);
        assert_eq!(correlation(&one, &[1.0]), None);
        assert_eq!(correlation(&[], &[]), None);
    }

    /// Catches means over the wrong images, and a layer too many or too few.
    #[test]
    fn means_are_those_of_each_class() {
        let mlp = Mlp {
            weights: vec![
                ndarray::array![[1.0, 0.0], [0.0, 2.0]],
                ndarray::array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]],
            ],
            output: Output::Relu,
            keep: 1.0,
        };
        let samples = Samples {
            images: ndarray::array![[0.2, 0.0], [0.4, 1.0], [1.0, 0.5]],
            labels: vec![0, 0, 1],
        };
        let means = class_means(&mlp, &samples, &AtomicBool::new(false)).expect("not stopped");
        assert_eq!(means.len(), 1);
        let wanted = ndarray::array![[0.3, 1.0], [1.0, 1.0], [0.0, 0.0]];
        assert!(
            means[0]
                .iter()
                .zip(&wanted)
                .all(|(mean, wanted): (&f32, &f32)| (mean - wanted).abs() < 1e-6)
        );
        assert!(class_means(&mlp, &samples, &AtomicBool::new(true)).is_none());
    }

    /// Catches a control that is not the same each time, loses a neuron, or leaves them where they are.
    #[test]
    fn the_control_is_a_fixed_shuffle() {
        let order = shuffled(1, 0, 50);
        assert_eq!(order, shuffled(1, 0, 50));
        assert_ne!(order, shuffled(1, 1, 50));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_ne!(order, sorted);
        assert_eq!(sorted, (0..50).collect::<Vec<_>>());
    }
}
