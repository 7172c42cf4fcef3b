//! Nights: the same seed is the same night, and looking changes nothing.

use std::sync::atomic::AtomicBool;

use ndarray::Array2;
use proptest::prelude::*;
use somnoscope::sim::evaluate::Evaluator;
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{
    Alpha, Dream, Dreamer, Gate, Learning, Night, NightParams, Scaling, Synapses, decay_from_tau, tau_from_decay,
};
use somnoscope::sim::rng::{self, Stream};

use super::{NEVER, patches};

/// A lively night for a network of 64-30-20-4.
pub fn params() -> NightParams {
    NightParams {
        steps: 300,
        rate: 200.0,
        inc: 0.004,
        dec: 0.001,
        beta: vec![1.5, 0.8, 0.6],
        alpha: Alpha::Given(vec![6.0, 5.0, 4.0]),
        decay: 0.99,
        w_inh: 0.0,
        gate: Gate::Reference,
        dream: Dream::Windows,
        window: 5,
    }
}

pub fn network(seed: u64) -> Mlp {
    Mlp::new(
        &[64, 30, 20, 4],
        0.2,
        Output::Relu,
        0.75,
        &mut rng::stream(seed, Stream::Init, 0),
    )
}

/// A mean image that is bright in the middle.
pub fn mean_image() -> Vec<f32> {
    (0..64)
        .map(|pixel| 1.0 - ((pixel % 8) as f32 - 3.5).abs() / 4.0)
        .collect()
}

/// The gains that the parameters give.
pub fn gains(params: &NightParams) -> Vec<f64> {
    let Alpha::Given(alpha) = &params.alpha else {
        panic!("the gains are given here")
    };
    alpha.clone()
}

fn start(params: &NightParams, seed: u64) -> (Night, Dreamer) {
    let dreamer = Dreamer::new(params, &mean_image(), (8, 8), seed);
    (Night::new(&network(1).weights, params, &gains(params)), dreamer)
}

/// The bits of all weights and potentials.
pub fn bits(night: &mut Night) -> Vec<u32> {
    let weights = night.weights();
    let weights = weights
        .iter()
        .flat_map(|layer| layer.iter().map(|weight| weight.to_bits()));
    let potentials = (0..night.layer_count()).flat_map(|l| night.potentials(l).iter().map(|p| p.to_bits()));
    weights.chain(potentials).collect()
}

#[test]
fn same_seed_is_the_same_night_and_another_seed_is_not() {
    let sleep = |seed| {
        let (mut night, dreamer) = start(&params(), seed);
        (0..300).for_each(|_| night.step(&dreamer));
        bits(&mut night)
    };
    assert_eq!(sleep(7), sleep(7));
    assert_ne!(sleep(7), sleep(8));
}

/// Catches any path by which a look at the night could reach back into it.
#[test]
fn looking_and_testing_change_no_bit() {
    let (mut watched, dreamer) = start(&params(), 3);
    let (mut alone, _) = start(&params(), 3);
    let samples = patches(40, 4, 64, 2);
    let mut evaluator = Evaluator::default();
    for _ in 0..300 {
        alone.step(&dreamer);
        watched.step(&dreamer);
        let mlp = Mlp {
            weights: watched.weights(),
            output: Output::Relu,
            keep: 0.75,
        };
        evaluator.evaluate(&mlp, &samples, &NEVER).expect("nobody stops it");
        let _ = (
            watched.potentials(0).to_vec(),
            watched.spikes().to_vec(),
            dreamer.window(watched.steps()),
        );
    }
    assert_eq!(bits(&mut watched), bits(&mut alone));
    assert_ne!(
        bits(&mut alone),
        bits(&mut start(&params(), 3).0),
        "nothing was learned, so this proved nothing"
    );
}

/// Catches noise that depends on what was drawn before: any step can be made alone.
#[test]
fn noise_depends_on_seed_and_step_only() {
    for dream in [Dream::Windows, Dream::WholeImage, Dream::Uniform] {
        let dreamer = Dreamer::new(&NightParams { dream, ..params() }, &mean_image(), (8, 8), 5);
        let (mut first, mut again) = (Vec::new(), Vec::new());
        dreamer.spikes(200, &mut first);
        for step in [0, 17, 200] {
            dreamer.spikes(step, &mut again);
        }
        assert_eq!(first, again, "{dream}");
        assert!(first.is_sorted(), "{dream}");
    }
}

/// Catches windows that reach outside their frame and a wrong place in the image.
#[test]
fn windows_hold_all_spikes() {
    let bright = NightParams {
        rate: 1000.0,
        ..params()
    };
    let dreamer = Dreamer::new(&bright, &[1.0; 64], (8, 8), 9);
    let mut spikes = Vec::new();
    let mut corners = std::collections::BTreeSet::new();
    for step in 0..400 {
        dreamer.spikes(step, &mut spikes);
        let (left, top, side) = dreamer.window(step).expect("windows are dreamt");
        corners.insert((left, top));
        let inside = |pixel: u32| {
            let (x, y) = (pixel as usize % 8, pixel as usize / 8);
            (left..left + side).contains(&x) && (top..top + side).contains(&y)
        };
        assert!(spikes.iter().all(|&pixel| inside(pixel)));
        assert_eq!(spikes.len(), side * side, "a pixel that spikes for certain was silent");
    }
    assert_eq!(corners.len(), 16, "a window of 5 has 4 x 4 places on 8 x 8 pixels");
}

/// Catches a uniform noise that is stronger or weaker than the windows it is compared with.
#[test]
fn uniform_noise_has_the_total_of_the_windows() {
    let total = |dream| {
        let dreamer = Dreamer::new(
            &NightParams {
                dream,
                rate: 100.0,
                ..params()
            },
            &mean_image(),
            (8, 8),
            4,
        );
        let mut spikes = Vec::new();
        let mut count = 0;
        for step in 0..40_000 {
            dreamer.spikes(step, &mut spikes);
            count += spikes.len();
        }
        count as f64 / 40_000.0
    };
    let (windows, uniform) = (total(Dream::Windows), total(Dream::Uniform));
    assert!(
        (windows / uniform - 1.0).abs() < 0.03,
        "{windows} against {uniform} spikes a step"
    );
    assert!(total(Dream::Silence).abs() < f64::EPSILON);
}

/// Catches a silent night that learns: without input nothing may change.
#[test]
fn silence_changes_nothing() {
    let silent = NightParams {
        dream: Dream::Silence,
        ..params()
    };
    let (mut night, dreamer) = start(&silent, 1);
    (0..50).for_each(|_| night.step(&dreamer));
    assert_eq!(night.weights(), network(1).weights);
}

/// Catches a gain that is not the chain of `normalize_nn_data.m`, computed here the slow way.
#[test]
fn gains_follow_the_chain_of_applied_factors() {
    let mlp = network(2);
    let samples = patches(700, 4, 64, 6);
    let alpha = Scaling::measure(&mlp, &samples, &NEVER)
        .expect("nobody stops it")
        .gains(2.0);
    let mut activations = samples.images.mapv(f64::from);
    let mut applied = 1.0;
    for (layer, (weights, alpha)) in mlp.weights.iter().zip(&alpha).enumerate() {
        let keep = if layer == 2 { 1.0 } else { 0.75 };
        activations = activations
            .dot(&weights.mapv(f64::from).t())
            .mapv(|sum| sum.max(0.0) * keep);
        let largest = activations
            .iter()
            .copied()
            .chain(weights.iter().map(|&w| f64::from(w)))
            .fold(0.0, f64::max);
        applied = largest / applied;
        assert!((alpha * applied / 2.0 - 1.0).abs() < 1e-4, "layer {layer}: {alpha}");
    }
    assert_eq!(
        Scaling::measure(&mlp, &samples, &AtomicBool::new(true)),
        None,
        "a wish to stop was not heard"
    );
}

/// Catches a weight that catches up with its drops wrongly: weights that are brought up to date at every step must be the
/// bits of weights that are brought up to date once, through more spikes than the counters hold.
#[test]
fn when_weights_are_looked_at_changes_no_bit() {
    // The reference gate moves only weights near 0.
    let gates = [
        (Gate::Reference, 0.004),
        (Gate::PlainSigmoid, 0.05),
        (Gate::None, 0.05),
        (Gate::SoftBounds { bound: 0.3 }, 0.05),
    ];
    for (gate, start) in gates {
        let params = NightParams {
            gate,
            inc: 0.0004,
            dec: 0.000_02,
            decay: 1.0,
            ..params()
        };
        let weights = vec![Array2::from_elem((3, 2), start)];
        let (mut eager, mut lazy) = (
            Night::new(&weights, &params, &[40.0]),
            Night::new(&weights, &params, &[40.0]),
        );
        for step in 0..70_000_u32 {
            // The second input is silent for a long time and then is not.
            let input = [0_u32, 1].into_iter().take(if step % 9973 == 9972 { 2 } else { 1 });
            eager.step_with(input.clone());
            lazy.step_with(input);
            if step % 3 == 0 {
                eager.synapses(0);
            }
        }
        assert_eq!(bits(&mut eager), bits(&mut lazy), "{gate}");
        assert_ne!(
            eager.weights(),
            weights,
            "{gate}: nothing was learned, so this proved nothing"
        );
    }
}

#[test]
fn decay_and_time_constant_are_two_words_for_one_thing() {
    assert!((tau_from_decay(0.999) - 0.9995).abs() < 1e-4);
    assert!((decay_from_tau(tau_from_decay(0.97)) - 0.97).abs() < 1e-12);
    assert!(tau_from_decay(1.0).is_infinite());
}

proptest! {
    /// Catches a layout that mixes up weights, for any size of layer.
    #[test]
    fn layout_for_sleep_keeps_every_weight(outputs in 1_usize..40, inputs in 1_usize..40, seed in 0_u64..1000) {
        let mut rng = rng::stream(seed, Stream::Init, 0);
        let weights = Array2::from_shape_simple_fn((outputs, inputs), || rng::unit_f32(&mut rng));
        let mut copy = Array2::zeros(weights.dim());
        let learning = Learning { gate: Gate::Reference, inc: 0.1, dec: 0.1 };
        Synapses::new(&weights, learning).copy_to(&mut copy);
        prop_assert_eq!(copy, weights);
    }

    /// Catches a step whose sums or changes differ from the plain reading of the algorithm.
    #[test]
    fn a_step_is_what_the_algorithm_says(spiking in proptest::collection::btree_set(0_u32..64, 0..30), seed in 0_u64..50) {
        let params = NightParams { beta: vec![0.4, 0.2, 0.1], ..params() };
        let mut weights = network(seed).weights;
        let mut night = Night::new(&weights, &params, &[6.0, 5.0, 4.0]);
        night.step_with(spiking.iter().copied());
        let mut pre: Vec<u32> = spiking.into_iter().collect();
        for (layer, weights) in weights.iter_mut().enumerate() {
            let alpha = [6.0_f32, 5.0, 4.0][layer];
            let mut post = Vec::new();
            for (neuron, mut row) in weights.rows_mut().into_iter().enumerate() {
                let mut sum = 0.0_f32;
                for &input in &pre {
                    sum += row[input as usize];
                }
                if sum * alpha >= params.beta[layer] as f32 {
                    post.push(neuron as u32);
                    for (input, weight) in row.iter_mut().enumerate() {
                        let gate = 2.0 / (1.0 + (f64::from(*weight) / 0.001).exp());
                        let change = if pre.contains(&(input as u32)) { params.inc } else { -params.dec };
                        *weight += (change * gate) as f32;
                    }
                }
            }
            prop_assert_eq!(&night.spikes()[layer + 1], &post);
            let now = &night.weights()[layer];
            let worst = now.iter().zip(weights.iter()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            prop_assert!(worst < 1e-7, "layer {} is off by {}", layer, worst);
            pre = post;
        }
    }
}
