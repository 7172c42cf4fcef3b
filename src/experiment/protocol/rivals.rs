//! What can be done to a trained network without a night.

use std::sync::atomic::AtomicBool;

use ndarray::Axis;

use super::Rival;
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
            | (Self::Settings(_) | Self::ForeignMean(_) | Self::ShuffledPixels | Self::EarlyStopping { .. }, _) => None,
        }
    }
}

/// Each output divided by its mean over the training images; one that is silent there stays as it is.
fn rescaled(mlp: &Mlp, train: &Samples) -> Mlp {
    let mut mlp = mlp.clone();
    let mut room = Activations::default();
    let outputs = mlp.forward(train.images.view(), &mut room).last().cloned();
    if let (Some(outputs), Some(weights)) = (outputs, mlp.weights.last_mut()) {
        for (output, mut row) in outputs.columns().into_iter().zip(weights.rows_mut()) {
            let mean = output.iter().map(|&value| f64::from(value)).sum::<f64>() / output.len().max(1) as f64;
            if mean > 0.0 {
                row.mapv_inplace(|weight| (f64::from(weight) / mean) as f32);
            }
        }
    }
    mlp
}

/// Every layer shrunk by one factor, by as much as the night changed it (Euclidean norm of the change).
fn decayed(mlp: &Mlp, after: &Mlp) -> Mlp {
    let mut mlp = mlp.clone();
    for (weights, after) in mlp.weights.iter_mut().zip(&after.weights) {
        let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
        let norm = squares(&mut weights.iter().map(|&weight| f64::from(weight))).sqrt();
        let changes = weights
            .iter()
            .zip(after)
            .map(|(&old, &new)| f64::from(new) - f64::from(old));
        let change = squares(&mut { changes }).sqrt();
        if norm > 0.0 {
            let kept = (1.0 - change / norm).max(0.0);
            weights.mapv_inplace(|weight| (f64::from(weight) * kept) as f32);
        }
    }
    mlp
}

/// How a training with early stopping ended.
pub(super) enum Stopped {
    /// With the network that read the validation images best, after so many epochs.
    Best(Mlp, u32),
    /// With numbers that overflowed at this batch.
    Diverged(u64),
}

/// How many of so many images are held back for validation, at least one and at most all but one.
pub(in crate::experiment) fn validation_images(images: usize, share: f64) -> usize {
    let wished = (share * images as f64).round() as usize;
    wished
        .clamp(1, images.saturating_sub(1).max(1))
        .min(images.saturating_sub(1))
}

/// Trains a newborn network on the chosen images but the last ones, which it is tested on after every epoch; the best of at
/// most `epochs` networks counts, the first of several that are equally good. `None` if `stop` was set meanwhile.
pub(super) fn stopped_early(
    newborn: &Mlp,
    recipe: &Recipe,
    chosen: &Samples,
    (share, epochs): (f64, u32),
    stop: &AtomicBool,
) -> Option<Stopped> {
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
            return Some(Stopped::Diverged(batch));
        }
        let correct = evaluator.evaluate(&mlp, &validation, stop)?.correct();
        if best.as_ref().is_none_or(|(most, ..)| correct > *most) {
            best = Some((correct, mlp.clone(), epoch));
        }
    }
    let (_, best, epoch) = best.unwrap_or_else(|| (0, newborn.clone(), 0));
    Some(Stopped::Best(best, epoch))
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

    /// Catches a decay of another size than the night's change, and one that differs between weights of a layer.
    #[test]
    fn a_decay_changes_a_layer_as_much_as_the_night() {
        let (mlp, _) = subject();
        let mut after = mlp.clone();
        after.weights[0][[0, 1]] = 0.5;
        let decayed = decayed(&mlp, &after);
        let changed: f32 = (&decayed.weights[0] - &mlp.weights[0])
            .iter()
            .map(|change| change * change)
            .sum();
        assert!((changed.sqrt() - 0.5).abs() < 1e-6);
        assert!((decayed.weights[0][[1, 1]] / decayed.weights[0][[0, 0]] - 2.0).abs() < 1e-6);
        assert_eq!(decayed.weights[1], mlp.weights[1]);
    }

    /// Catches a training that learns from the images it should be stopped by, and a network of another epoch than the one it
    /// names: whatever the held-back half is called, the network is that of so many epochs on the other half.
    #[test]
    fn training_stops_where_the_held_back_images_are_read_best() {
        let recipe = Recipe {
            training: TrainParams {
                epochs: 1,
                learning_rate: 0.5,
                momentum: 0.0,
                batch: 2,
                dropout: 0.0,
            },
            ..crate::experiment::presets().swap_remove(0).recipe
        };
        let newborn = Mlp {
            weights: vec![
                ndarray::array![[0.1, 0.1], [0.1, 0.1]],
                ndarray::array![[0.1, 0.2], [0.2, 0.1]],
            ],
            output: Output::Linear,
            keep: 1.0,
        };
        let right = [0_u8, 1, 0, 1, 0, 1, 0, 1];
        let images = ndarray::Array2::from_shape_fn((8, 2), |(image, pixel)| f32::from(u8::from(pixel == image % 2)));
        let never = AtomicBool::new(false);
        let best = |labels: Vec<u8>| {
            let chosen = Samples {
                images: images.clone(),
                labels,
            };
            match stopped_early(&newborn, &recipe, &chosen, (0.5, 60), &never) {
                Some(Stopped::Best(mlp, epoch)) => (mlp, epoch),
                _ => panic!("it neither diverges nor is stopped"),
            }
        };
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
    }
}
