//! What can be done to a trained network without a night.

use std::sync::atomic::AtomicBool;

use ndarray::{Array2, Axis};

use super::{Made, Rival};
use crate::experiment::Recipe;
use crate::sim::Samples;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::{Activations, Mlp};
use crate::sim::train::{Overflow, TrainParams, Trainer};

impl Rival {
    /// The network that this makes of the one that fell asleep and, if the night ended well, the one that woke. `train` are the
    /// images it learned from; what is shuffled depends on the seed. `None` without a night to take the change from, and for
    /// what sleeps or trains on its own.
    pub fn network(&self, asleep: &Mlp, woken: Option<&Mlp>, train: &Samples, seed: u64) -> Option<Mlp> {
        match (self, woken) {
            (Self::RescaledOutputs, _) => Some(rescaled(asleep, train)),
            (Self::Change(change), Some(woken)) => Some(Mlp {
                weights: change.apply(&asleep.weights, &woken.weights, seed),
                ..asleep.clone()
            }),
            (Self::WeightDecay, Some(woken)) => Some(decayed(asleep, woken)),
            (Self::Change(_) | Self::WeightDecay, None)
            | (
                Self::Settings(_)
                | Self::ForeignMean(_)
                | Self::ShuffledPixels
                | Self::FineTuning(_)
                | Self::EarlyStopping { .. },
                _,
            ) => None,
        }
    }
}

/// Each output divided by its mean over the training images; one that is silent there stays as it is.
fn rescaled(mlp: &Mlp, train: &Samples) -> Mlp {
    let all: Vec<usize> = (0..mlp.weights.last().map_or(0, Array2::nrows)).collect();
    rescaled_outputs(mlp, train, &all)
}

/// Some outputs divided by their means over some images; one that is silent there stays as it is.
pub(super) fn rescaled_outputs(mlp: &Mlp, images: &Samples, outputs: &[usize]) -> Mlp {
    let mut mlp = mlp.clone();
    let mut room = Activations::default();
    let active = mlp.forward(images.images.view(), &mut room).last().cloned();
    if let (Some(active), Some(weights)) = (active, mlp.weights.last_mut()) {
        for &output in outputs.iter().filter(|&&output| output < active.ncols()) {
            let active = active.column(output);
            let mean = active.iter().map(|&value| f64::from(value)).sum::<f64>() / active.len().max(1) as f64;
            if mean > 0.0 {
                let mut row = weights.row_mut(output);
                row.mapv_inplace(|weight| (f64::from(weight) / mean) as f32);
            }
        }
    }
    mlp
}

/// Every weight moved towards 0 by one amount a layer, and no further, such that the layer changes by as much as in the night
/// (Euclidean norm of the change): the decay of a penalty on the sum of all |w|.
fn decayed(mlp: &Mlp, after: &Mlp) -> Mlp {
    let mut mlp = mlp.clone();
    for (weights, after) in mlp.weights.iter_mut().zip(&after.weights) {
        let changes = weights
            .iter()
            .zip(after)
            .map(|(&old, &new)| f64::from(new) - f64::from(old));
        let amount = amount_of(weights, changes.map(|change| change * change).sum());
        weights.mapv_inplace(|weight| {
            let size = (f64::from(weight.abs()) - amount).max(0.0);
            (size as f32).copysign(weight)
        });
    }
    mlp
}

/// By how much every weight has to be moved towards 0, and no further, for the squares of all moves to sum up to this; the largest
/// |w| if they cannot.
fn amount_of(weights: &Array2<f32>, squares: f64) -> f64 {
    let mut sizes: Vec<f64> = weights.iter().map(|&weight| f64::from(weight.abs())).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    // Weights below the amount move by all they are, the others by the amount.
    let mut below = 0.0;
    for (place, &size) in sizes.iter().enumerate() {
        let others = (sizes.len() - place) as f64;
        if below + others * size * size >= squares {
            return ((squares - below).max(0.0) / others).sqrt();
        }
        below += size * size;
    }
    sizes.last().copied().unwrap_or(0.0)
}

/// How many of so many images are held back for validation, at least one and at most all but one.
pub(in crate::experiment) fn validation_images(images: usize, share: f64) -> usize {
    let wished = (share * images as f64).round() as usize;
    wished
        .clamp(1, images.saturating_sub(1).max(1))
        .min(images.saturating_sub(1))
}

/// Trains a newborn network on the chosen images but the last ones, which it is tested on after every epoch; the best of at
/// most `epochs` networks counts, the first of several that are equally good, and it ends after `patience` epochs without a better
/// one. `None` if `stop` was set meanwhile.
pub(super) fn stopped_early(
    newborn: &Mlp,
    recipe: &Recipe,
    chosen: &Samples,
    (share, epochs, patience): (f64, u32, Option<u32>),
    stop: &AtomicBool,
) -> Option<Made> {
    let kept = chosen.len() - validation_images(chosen.len(), share);
    let part = |images: std::ops::Range<usize>| Samples {
        images: chosen.images.select(Axis(0), &images.clone().collect::<Vec<_>>()),
        labels: chosen.labels[images].to_vec(),
    };
    let (train, validation) = (part(0..kept), part(kept..chosen.len()));
    let params = TrainParams {
        epochs,
        ..recipe.training.clone()
    };
    let (mut mlp, mut trainer) = (newborn.clone(), Trainer::new(newborn, &params, recipe.seed));
    let mut evaluator = Evaluator::default();
    let mut best: Option<(u32, Mlp, u32)> = None;
    let batches = Trainer::total_batches(&params, train.len()) / u64::from(epochs.max(1));
    for epoch in 1..=epochs {
        if let Err(Overflow(batch)) = trainer.batches(&mut mlp, &train, batches, stop)? {
            return Some(Made::Diverged(batch));
        }
        let correct = evaluator.evaluate(&mlp, &validation, stop)?.correct();
        if best.as_ref().is_none_or(|(most, ..)| correct > *most) {
            best = Some((correct, mlp.clone(), epoch));
        }
        let waited = best.as_ref().map_or(0, |(.., best)| epoch - best);
        if patience.is_some_and(|patience| waited >= patience) {
            break;
        }
    }
    let (_, best, epoch) = best.unwrap_or_else(|| (0, newborn.clone(), 0));
    Some(Made::Stopped(best, epoch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::mlp::Output;

    /// Catches a validation slice that is empty, or that leaves nothing to train on.
    #[test]
    fn something_is_left_on_both_sides() {
        assert_eq!(validation_images(600, 0.2), 120);
        assert_eq!(validation_images(3, 0.01), 1);
        assert_eq!(validation_images(3, 1.0), 2);
        assert_eq!(validation_images(1, 0.5), 0);
    }

    /// A network of two layers whose outputs are easy to know: every image of it lights one input.
    fn subject() -> (Mlp, Samples) {
        let mlp = Mlp {
            weights: vec![
                ndarray::array![[1.0, 0.0], [0.0, 2.0]],
                ndarray::array![[3.0, 0.0], [0.0, 0.5], [-1.0, -1.0]],
            ],
            output: Output::Relu,
            keep: 1.0,
        };
        let images = ndarray::array![[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]];
        let labels = vec![0, 0, 0, 1];
        (mlp, Samples { images, labels })
    }

    /// Catches outputs divided by something else than their mean over all images, and one that is silent and becomes infinite:
    /// the means are 9/4, 1/4 and 0.
    #[test]
    fn outputs_are_divided_by_their_means() {
        let (mlp, train) = subject();
        let rescaled = rescaled(&mlp, &train);
        assert_eq!(rescaled.weights[0], mlp.weights[0]);
        let expected = ndarray::array![[3.0 / 2.25, 0.0], [0.0, 0.5 / 0.25], [-1.0, -1.0]];
        let differences = &rescaled.weights[1] - &expected;
        assert!(differences.iter().all(|difference: &f32| difference.abs() < 1e-6));
    }

    /// Catches a decay of another size than the night's change, one that differs between weights of a layer, and one that goes
    /// beyond 0: of the weights 1, 0, 0 and 2, the smaller is gone and the larger has lost the rest.
    #[test]
    fn a_decay_changes_a_layer_as_much_as_the_night() {
        let (mlp, _) = subject();
        let decayed_by = |change: f32| {
            let mut after = mlp.clone();
            after.weights[0][[0, 1]] = change;
            decayed(&mlp, &after).weights
        };
        let half = 0.5_f32.sqrt() * 0.5;
        let little = &decayed_by(0.5)[0] - &ndarray::array![[1.0 - half, 0.0], [0.0, 2.0 - half]];
        assert!(little.iter().all(|difference| difference.abs() < 1e-6), "{little}");
        let much = &decayed_by(1.5)[0] - &ndarray::array![[0.0, 0.0], [0.0, 2.0 - 1.25_f32.sqrt()]];
        assert!(much.iter().all(|difference| difference.abs() < 1e-6), "{much}");
        assert!(decayed_by(9.0)[0].iter().all(|&weight| weight == 0.0));
        assert_eq!(decayed_by(0.5)[1], mlp.weights[1]);
    }

    /// Catches a training that learns from the images it should be stopped by, and a network of another epoch than the one it
    /// names: whatever the held-back half is called, the network is that of so many epochs on the other half.
    #[test]
    fn training_stops_where_the_held_back_images_are_read_best() {
        let recipe = Recipe {
            training: TrainParams {
                epochs: 1,
                learning_rate: 0.2,
                momentum: 0.0,
                batch: 2,
                dropout: 0.0,
            },
            ..crate::experiment::presets().swap_remove(0).recipe
        };
        let newborn = Mlp {
            weights: vec![
                ndarray::array![[0.3, 0.1], [0.1, 0.3]],
                ndarray::array![[0.1, 0.1], [0.9, 0.9]],
            ],
            output: Output::Linear,
            keep: 1.0,
        };
        let right = [0_u8, 1, 0, 1, 0, 1, 0, 1];
        let images = Array2::from_shape_fn((8, 2), |(image, pixel)| f32::from(u8::from(pixel == image % 2)));
        let never = AtomicBool::new(false);
        let best_within = |labels: Vec<u8>, patience: Option<u32>| {
            let chosen = Samples {
                images: images.clone(),
                labels,
            };
            match stopped_early(&newborn, &recipe, &chosen, (0.5, 60, patience), &never) {
                Some(Made::Stopped(mlp, epoch)) => (mlp, epoch),
                _ => panic!("it neither diverges nor is stopped"),
            }
        };
        let best = |labels: Vec<u8>| best_within(labels, None);
        let turned = right.iter().enumerate().map(|(i, &l)| if i < 4 { l } else { 1 - l });
        for labels in [right.to_vec(), turned.collect()] {
            let (stopped, epoch) = best(labels);
            assert!((1..=60).contains(&epoch));
            let (mut mlp, mut trainer) = (newborn.clone(), Trainer::new(&newborn, &recipe.training, recipe.seed));
            let half = Samples {
                images: images.select(Axis(0), &[0, 1, 2, 3]),
                labels: right[..4].to_vec(),
            };
            for _ in 0..2 * epoch {
                trainer.batch(&mut mlp, &half, &never);
            }
            assert_eq!(mlp, stopped);
        }
        // At first all images are read as 1, for some epochs: whoever does not wait longer never sees better.
        let patient = best_within(right.to_vec(), Some(60));
        assert_eq!(patient, best(right.to_vec()));
        assert!(best_within(right.to_vec(), Some(1)).1 < patient.1);
    }
}
