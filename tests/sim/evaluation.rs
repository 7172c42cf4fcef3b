//! The test that follows a night is the test from scratch.

use std::sync::Arc;

use proptest::prelude::*;
use somnoscope::sim::evaluate::{Evaluator, LiveEvaluator};
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{Alpha, Dream, Gate, Night, NightParams};
use somnoscope::sim::rng::{self, Stream};

use super::{NEVER, patches};

/// A night in which a neuron spikes for almost any input.
fn lively() -> NightParams {
    NightParams {
        steps: 1000,
        rate: 0.0,
        inc: 0.03,
        dec: 0.01,
        beta: vec![0.5, 0.3, 0.2],
        alpha: Alpha::Given(vec![4.0; 3]),
        decay: 0.9,
        w_inh: 0.0,
        gate: Gate::None,
        dream: Dream::Silence,
        window: 1,
    }
}

fn same_as_from_scratch(live: &LiveEvaluator, samples: &somnoscope::sim::Samples) {
    let scratch = Evaluator::default()
        .evaluate(live.mlp(), samples, &NEVER)
        .expect("nobody stops it");
    assert_eq!(live.evaluation(), &scratch);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Catches a change that is forgotten, counted twice or drifts: after any night, in updates of any size, for one to
    /// three hidden layers and every output, the counts are those of a full test.
    #[test]
    fn follows_any_night(
        hidden in proptest::collection::vec(3_usize..50, 1..4),
        output in prop_oneof![Just(Output::Relu), Just(Output::Linear), Just(Output::Softmax)],
        steps in 1_u32..60,
        every in 1_u32..7,
        seed in 0_u64..1000,
    ) {
        let sizes: Vec<usize> = [64].into_iter().chain(hidden).chain([6]).collect();
        let mlp = Mlp::new(&sizes, 0.4, output, 0.75, &mut rng::stream(seed, Stream::Init, 0));
        let samples = Arc::new(patches(150, 6, 64, seed));
        let layers = sizes.len() - 1;
        let mut params = lively();
        params.beta = vec![0.4; layers];
        let mut night = Night::new(&mlp.weights, &params, &vec![4.0; layers]);
        let mut live = LiveEvaluator::new(mlp, Arc::clone(&samples));
        same_as_from_scratch(&live, &samples);
        let mut changed = vec![std::collections::BTreeSet::new(); layers];
        let mut rng = rng::stream(seed, Stream::Evaluation, 2);
        for step in 1..=steps {
            night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < 0.1));
            for (changed, spikes) in changed.iter_mut().zip(&night.spikes()[1..]) {
                changed.extend(spikes.iter().copied());
            }
            if step % every == 0 {
                let list: Vec<Vec<u32>> =
                    changed.iter_mut().map(|layer| std::mem::take(layer).into_iter().collect()).collect();
                live.update(&mut night, &list);
                prop_assert_eq!(&live.mlp().weights, &night.weights());
                same_as_from_scratch(&live, &samples);
            }
        }
    }
}

/// Catches drift that builds up over many updates before everything is computed anew.
#[test]
fn does_not_drift_over_thousands_of_changes() {
    let mlp = Mlp::new(
        &[64, 40, 30, 6],
        0.4,
        Output::Relu,
        0.75,
        &mut rng::stream(3, Stream::Init, 0),
    );
    let samples = Arc::new(patches(300, 6, 64, 5));
    let params = NightParams {
        inc: 0.001,
        dec: 0.0004,
        gate: Gate::Reference,
        ..lively()
    };
    let mut night = Night::new(&mlp.weights, &params, &[4.0; 3]);
    let mut live = LiveEvaluator::new(mlp, Arc::clone(&samples));
    let mut rng = rng::stream(3, Stream::Evaluation, 2);
    let (mut spikes, mut moved) = (0, 0);
    for step in 0..2000 {
        night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < 0.1));
        let changed = night.spikes()[1..].to_vec();
        spikes += changed.iter().map(Vec::len).sum::<usize>();
        let before = live.evaluation().clone();
        live.update(&mut night, &changed);
        moved += usize::from(&before != live.evaluation());
        if step % 97 == 0 {
            same_as_from_scratch(&live, &samples);
        }
    }
    same_as_from_scratch(&live, &samples);
    assert!(
        spikes > 2000 && moved > 100,
        "{spikes} spikes and {moved} changed results prove little"
    );
}
