//! Training: right gradients, the same run for the same seed, and a stop that loses nothing.

use std::sync::atomic::AtomicBool;

use somnoscope::sim::Samples;
use somnoscope::sim::evaluate::Evaluator;
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::rng::{self, Stream};
use somnoscope::sim::train::{TrainParams, Trainer};

use super::{NEVER, patches};

fn params() -> TrainParams {
    TrainParams {
        epochs: 4,
        learning_rate: 0.1,
        momentum: 0.5,
        batch: 32,
        dropout: 0.25,
    }
}

fn network(output: Output) -> Mlp {
    Mlp::new(
        &[40, 24, 16, 5],
        0.2,
        output,
        0.75,
        &mut rng::stream(1, Stream::Init, 0),
    )
}

fn train(params: &TrainParams, samples: &Samples, mlp: &mut Mlp) {
    let mut trainer = Trainer::new(mlp, params, 9);
    while trainer.done() < Trainer::total_batches(params, samples.len()) {
        trainer.batch(mlp, samples, &NEVER).expect("nobody stops it");
    }
}

/// Summed loss over the batch, the slow way, in f64.
fn loss(mlp: &Mlp, samples: &Samples) -> f64 {
    let mut activations = samples.images.mapv(f64::from);
    for (layer, weights) in mlp.weights.iter().enumerate() {
        activations = activations.dot(&weights.mapv(f64::from).t());
        if layer + 1 < mlp.weights.len() {
            activations.mapv_inplace(|sum| sum.max(0.0));
        }
    }
    let rows = activations.rows().into_iter().zip(&samples.labels);
    rows.map(|(row, &label)| {
        let label = usize::from(label);
        if mlp.output == Output::Softmax {
            row.iter().map(|sum| sum.exp()).sum::<f64>().ln() - row[label]
        } else {
            row.iter()
                .enumerate()
                .map(|(c, a)| 0.5 * (a - f64::from(u8::from(c == label))).powi(2))
                .sum()
        }
    })
    .sum()
}

/// Catches a second phase of training that draws the orders or the dropped units of the first again, or forgets its momentum:
/// with the same parameters, two phases of two epochs are one of four; and images of its own are learned in it.
#[test]
fn another_phase_goes_on_where_the_last_one_ended() {
    let samples = patches(70, 5, 40, 3);
    let mut whole = network(Output::Relu);
    train(&params(), &samples, &mut whole);
    let half = TrainParams { epochs: 2, ..params() };
    let mut halves = network(Output::Relu);
    let mut trainer = Trainer::new(&halves, &half, 9);
    for phase in 0..2 {
        if phase > 0 {
            trainer.go_on_with(&half);
        }
        for _ in 0..Trainer::total_batches(&half, samples.len()) {
            trainer.batch(&mut halves, &samples, &NEVER).expect("nobody stops it");
        }
    }
    assert_eq!(halves, whole);
    // Fewer images, and another rate: as many batches as these have.
    let few = patches(33, 5, 40, 4);
    let slow = TrainParams {
        epochs: 1,
        learning_rate: 0.0,
        momentum: 0.0,
        ..params()
    };
    trainer.go_on_with(&slow);
    let done = trainer.done();
    for _ in 0..Trainer::total_batches(&slow, few.len()) {
        trainer.batch(&mut halves, &few, &NEVER).expect("nobody stops it");
    }
    assert_eq!(trainer.done() - done, 2);
}

/// Catches a wrong gradient: one batch without dropout and momentum moves each weight by the slope of the loss. (A
/// rectified output is left out: the reference leaves its derivative out on purpose.)
#[test]
fn gradients_agree_with_finite_differences() {
    for output in [Output::Linear, Output::Softmax] {
        let plain = TrainParams {
            epochs: 1,
            learning_rate: 1.0,
            momentum: 0.0,
            batch: 20,
            dropout: 0.0,
        };
        let samples = patches(20, 5, 40, 3);
        let before = network(output);
        let mut after = before.clone();
        Trainer::new(&before, &plain, 1)
            .batch(&mut after, &samples, &NEVER)
            .expect("nobody stops it");
        for layer in 0..3 {
            for (place, (&old, &new)) in before.weights[layer].iter().zip(&after.weights[layer]).enumerate() {
                if place % 7 != 0 {
                    continue;
                }
                let shifted = |by: f32| {
                    let mut mlp = before.clone();
                    let weights = mlp.weights[layer].as_slice_mut().expect("contiguous");
                    weights[place] += by;
                    let place = f64::from(weights[place]);
                    (loss(&mlp, &samples), place)
                };
                let ((up, high), (down, low)) = (shifted(1e-3), shifted(-1e-3));
                let slope = (up - down) / (high - low) / 20.0;
                let moved = f64::from(old) - f64::from(new);
                assert!(
                    (moved - slope).abs() < 2e-4 + 0.01 * slope.abs(),
                    "{output} layer {layer}: {moved} not {slope}"
                );
            }
        }
    }
}

#[test]
fn momentum_is_the_formula() {
    let samples = patches(10, 5, 40, 3);
    let params = TrainParams {
        epochs: 3,
        learning_rate: 0.2,
        momentum: 0.5,
        batch: 10,
        dropout: 0.0,
    };
    let (mut fast, mut slow) = (network(Output::Linear), network(Output::Linear));
    train(&params, &samples, &mut fast);
    let mut velocity: Vec<ndarray::Array2<f32>> =
        slow.weights.iter().map(|w| ndarray::Array2::zeros(w.dim())).collect();
    for _ in 0..3 {
        // One batch without momentum gives learning rate times gradient.
        let mut probe = slow.clone();
        let once = TrainParams {
            momentum: 0.0,
            epochs: 1,
            ..params.clone()
        };
        train(&once, &samples, &mut probe);
        for (layer, velocity) in velocity.iter_mut().enumerate() {
            let change = &slow.weights[layer] - &probe.weights[layer];
            *velocity = &*velocity * 0.5 + change;
            slow.weights[layer] -= &*velocity;
        }
    }
    for (fast, slow) in fast.weights.iter().zip(&slow.weights) {
        let worst = fast.iter().zip(slow).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-5, "off by {worst}");
    }
}

#[test]
fn learns_what_can_be_learned() {
    let mut mlp = network(Output::Relu);
    train(
        &TrainParams { epochs: 60, ..params() },
        &patches(500, 5, 40, 1),
        &mut mlp,
    );
    let test = Evaluator::default()
        .evaluate(&mlp, &patches(300, 5, 40, 2), &NEVER)
        .expect("nobody stops it");
    assert!(test.accuracy() > 0.95, "{}", test.accuracy());
}

#[test]
fn same_seed_is_the_same_training() {
    let samples = patches(150, 5, 40, 1);
    let (mut one, mut other) = (network(Output::Relu), network(Output::Relu));
    train(&params(), &samples, &mut one);
    train(&params(), &samples, &mut other);
    assert_eq!(one, other);
    assert_ne!(one, network(Output::Relu));
}

/// Catches a stop that leaves a batch half done: the training goes on as if it had never been stopped.
#[test]
fn a_stopped_batch_changes_nothing() {
    let samples = patches(150, 5, 40, 1);
    let (mut smooth, mut jerky) = (network(Output::Relu), network(Output::Relu));
    train(&params(), &samples, &mut smooth);
    let mut trainer = Trainer::new(&jerky, &params(), 9);
    while trainer.done() < Trainer::total_batches(&params(), 150) {
        assert_eq!(trainer.batch(&mut jerky, &samples, &AtomicBool::new(true)), None);
        trainer.batch(&mut jerky, &samples, &NEVER).expect("nobody stops it");
    }
    assert_eq!(smooth, jerky);
}

/// Catches images that are never shown: an epoch of 150 images in batches of 32 has a last batch of 22.
#[test]
fn the_last_batch_may_be_smaller() {
    assert_eq!(Trainer::total_batches(&params(), 150), 4 * 5);
    assert_eq!(Trainer::total_batches(&params(), 7), 4);
    let mut mlp = network(Output::Relu);
    let report = Trainer::new(&mlp, &params(), 1)
        .batch(&mut mlp, &patches(7, 5, 40, 1), &NEVER)
        .expect("trained");
    assert!(
        (report.accuracy * 7.0).fract().abs() < 1e-5,
        "the batch did not hold 7 images"
    );
}

/// Catches a tie that is not broken towards the first class, and counts in the wrong cell.
#[test]
fn confusion_counts_truth_by_row() {
    let weights = vec![ndarray::arr2(&[[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])];
    let mlp = Mlp {
        weights,
        output: Output::Relu,
        keep: 1.0,
    };
    let images = ndarray::arr2(&[[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]);
    let samples = Samples {
        images,
        labels: vec![1, 2, 2],
    };
    let test = Evaluator::default()
        .evaluate(&mlp, &samples, &NEVER)
        .expect("nobody stops it");
    assert_eq!(test.confusion, [0, 0, 0, 1, 0, 0, 1, 0, 1]);
    assert_eq!((test.correct(), test.images()), (1, 3));
    assert_eq!(test.class_accuracy(), [None, Some(0.0), Some(0.5)]);
}
