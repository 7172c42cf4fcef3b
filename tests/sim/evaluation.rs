//! The test that follows a night is the test from scratch.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use somnoscope::sim::Samples;
use somnoscope::sim::evaluate::{CurveTracer, Evaluation, Evaluator, ExactCurve, LiveEvaluator};
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

fn same_as_from_scratch(live: &LiveEvaluator, samples: &Samples) {
    let scratch = Evaluator::default()
        .evaluate(live.mlp(), samples, &NEVER)
        .expect("nobody stops it");
    assert_eq!(live.evaluation(), &scratch);
}

/// What makes the readings of a network hard.
#[derive(Clone, Copy, Debug)]
enum Hard {
    /// Nothing.
    Nothing,
    /// The first two outputs are so close that single precision cannot tell which is larger.
    Close,
    /// They are the same.
    Same,
    /// Nothing moves the last hidden layer until the night has changed it, so all outputs are 0.
    Silent,
}

/// A network whose readings are hard, or not.
fn network(sizes: &[usize], output: Output, hard: Hard, seed: u64) -> Mlp {
    let mut mlp = Mlp::new(sizes, 0.4, output, 0.75, &mut rng::stream(seed, Stream::Init, 0));
    let layers = mlp.weights.len();
    let factor = match hard {
        Hard::Nothing => return mlp,
        Hard::Close => 1.0 + 1.2e-7,
        Hard::Same => 1.0,
        Hard::Silent => {
            mlp.weights[layers.saturating_sub(2)].mapv_inplace(|weight| -weight.abs());
            return mlp;
        }
    };
    let last = &mut mlp.weights[layers - 1];
    let twin = last.row(0).mapv(|weight| weight * factor);
    last.row_mut(1).assign(&twin);
    mlp
}

fn any_hard() -> impl Strategy<Value = Hard> {
    prop_oneof![2 => Just(Hard::Nothing), 1 => Just(Hard::Close), 1 => Just(Hard::Same), 1 => Just(Hard::Silent)]
}

fn any_output() -> impl Strategy<Value = Output> {
    prop_oneof![Just(Output::Relu), Just(Output::Linear), Just(Output::Softmax)]
}

/// The lively night of a network, before its first step.
fn lively_night(mlp: &Mlp) -> Night {
    let layers = mlp.weights.len();
    let mut params = lively();
    params.beta = vec![0.4; layers];
    Night::new(&mlp.weights, &params, &vec![4.0; layers])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Catches a change that is forgotten, counted twice or drifts: after any night, in updates of any size, for none to
    /// three hidden layers and every output, whether readings are clear, need double precision or are ties, the counts are
    /// those of a full test.
    #[test]
    fn follows_any_night(
        hidden in proptest::collection::vec(3_usize..50, 0..4),
        output in any_output(),
        hard in any_hard(),
        images in 1_usize..150,
        steps in 1_u32..60,
        every in 1_u32..7,
        seed in 0_u64..1000,
    ) {
        let sizes: Vec<usize> = [64].into_iter().chain(hidden).chain([6]).collect();
        let mlp = network(&sizes, output, hard, seed);
        let samples = Arc::new(patches(images, 6, 64, seed));
        let layers = sizes.len() - 1;
        let mut night = lively_night(&mlp);
        let mut live = LiveEvaluator::new(mlp, Arc::clone(&samples), &NEVER).expect("nobody stops it");
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
                live.update(&mut night, &list, &NEVER).expect("nobody stops it");
                prop_assert_eq!(&live.mlp().weights, &night.weights());
                same_as_from_scratch(&live, &samples);
            }
        }
    }

    /// Catches a step that is left out, tested with the weights of another, or a spike whose effect is told of another: the
    /// curve is that of full tests after every step, with and without what each spike did, and what each spike did is the
    /// difference of two full tests, before and after its row of weights is changed.
    #[test]
    fn curves_are_full_tests(
        hidden in proptest::collection::vec(3_usize..40, 1..4),
        output in any_output(),
        hard in any_hard(),
        images in 1_usize..100,
        steps in 1_u32..30,
        seed in 0_u64..1000,
    ) {
        let sizes: Vec<usize> = [64].into_iter().chain(hidden).chain([6]).collect();
        let mlp = network(&sizes, output, hard, seed);
        let samples = Arc::new(patches(images, 6, 64, seed));
        let tracer = |effects| CurveTracer::new(mlp.clone(), Arc::clone(&samples), effects, &NEVER).expect("not stopped");
        let (mut plain, mut attributed) = (tracer(false), tracer(true));
        let (mut night, mut then) = (lively_night(&mlp), mlp.clone());
        let test = |mlp: &Mlp| Evaluator::default().evaluate(mlp, &samples, &NEVER).expect("not stopped");
        let correct = |test: &Evaluation| -> Vec<u32> { (0..6).map(|class| test.count(class, class)).collect() };
        let (mut tests, mut effects) = (vec![correct(&test(&mlp))], Vec::new());
        let mut rng = rng::stream(seed, Stream::Evaluation, 2);
        for step in 1..=u64::from(steps) {
            night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < 0.1));
            plain.add_step(&mut night, &NEVER).expect("not stopped");
            attributed.add_step(&mut night, &NEVER).expect("not stopped");
            let weights = night.weights();
            let mut last = tests[tests.len() - 1].clone();
            for (layer, spikes) in night.spikes()[1..].iter().enumerate() {
                for &neuron in spikes {
                    then.weights[layer].row_mut(neuron as usize).assign(&weights[layer].row(neuron as usize));
                    let now = correct(&test(&then));
                    let by_class: Vec<i32> = now.iter().zip(&last).map(|(&now, &last)| now as i32 - last as i32).collect();
                    effects.push((step, layer + 1, neuron, by_class));
                    last = now;
                }
            }
            tests.push(last);
            prop_assert_eq!(&then.weights, &weights);
        }
        let (plain, attributed) = (plain.finish(&NEVER).expect("not stopped"), attributed.finish(&NEVER).expect("not stopped"));
        let told = |curve: &ExactCurve| -> Vec<Vec<u32>> {
            (0..=curve.steps()).map(|step| curve.correct(step).to_vec()).collect()
        };
        prop_assert_eq!(told(&plain), &tests[..]);
        prop_assert_eq!(told(&attributed), &tests[..]);
        prop_assert!(plain.effects().is_empty());
        let told: Vec<_> = attributed.effects().iter().enumerate().map(|(index, effect)| {
            let by_class = attributed.by_class(index).to_vec();
            assert_eq!(effect.change, by_class.iter().sum::<i32>());
            (effect.step, effect.layer, effect.neuron, by_class)
        }).collect();
        prop_assert_eq!(told, effects);
    }
}

/// Catches a wrong test where more neurons of a layer spike together than are followed one by one, and a way back to
/// following that begins from other sums.
#[test]
fn hundreds_of_changes_at_once_are_tested_as_well() {
    let mlp = network(&[64, 300, 200, 6], Output::Relu, Hard::Nothing, 4);
    let samples = Arc::new(patches(90, 6, 64, 4));
    let mut night = lively_night(&mlp);
    let mut live = LiveEvaluator::new(mlp.clone(), Arc::clone(&samples), &NEVER).expect("nobody stops it");
    let mut tracer = CurveTracer::new(mlp, Arc::clone(&samples), false, &NEVER).expect("nobody stops it");
    let mut rng = rng::stream(4, Stream::Evaluation, 2);
    let (mut tests, mut most, mut least) = (vec![live.evaluation().correct()], 0, usize::MAX);
    for step in 0..24 {
        let share = if step % 3 == 0 { 0.5 } else { 0.02 };
        night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < share));
        let changed = night.spikes()[1..].to_vec();
        let largest = changed.iter().map(Vec::len).max().unwrap_or(0);
        (most, least) = (most.max(largest), least.min(largest));
        live.update(&mut night, &changed, &NEVER).expect("nobody stops it");
        same_as_from_scratch(&live, &samples);
        tests.push(live.evaluation().correct());
        tracer.add_step(&mut night, &NEVER).expect("nobody stops it");
    }
    assert!(
        most > 128 && least < 128,
        "{least} to {most} spikes of a layer in a step"
    );
    let curve = tracer.finish(&NEVER).expect("nobody stops it");
    let traced: Vec<u32> = (0..=24).map(|step| curve.correct(step).iter().sum()).collect();
    assert_eq!(traced, tests);
}

/// Catches a wish to stop that is not heard, or that leaves a wrong result behind: the next test makes up for it.
#[test]
fn a_stopped_test_is_made_up_for() {
    let mlp = network(&[64, 40, 30, 6], Output::Relu, Hard::Nothing, 8);
    let samples = Arc::new(patches(200, 6, 64, 8));
    let mut night = lively_night(&mlp);
    let always = AtomicBool::new(true);
    assert!(LiveEvaluator::new(mlp.clone(), Arc::clone(&samples), &always).is_none());
    assert!(CurveTracer::new(mlp.clone(), Arc::clone(&samples), true, &always).is_none());
    let mut live = LiveEvaluator::new(mlp, Arc::clone(&samples), &NEVER).expect("nobody stops it");
    let mut rng = rng::stream(8, Stream::Evaluation, 2);
    for step in 0..12 {
        night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < 0.2));
        let changed = night.spikes()[1..].to_vec();
        let is_stopped = step % 3 == 1 && changed.iter().any(|layer| !layer.is_empty());
        let stop = if is_stopped { &always } else { &NEVER };
        assert_eq!(live.update(&mut night, &changed, stop).is_none(), is_stopped);
        assert_eq!(live.mlp().weights, night.weights());
        if !is_stopped {
            same_as_from_scratch(&live, &samples);
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
    let mut live = LiveEvaluator::new(mlp, Arc::clone(&samples), &NEVER).expect("nobody stops it");
    let mut rng = rng::stream(3, Stream::Evaluation, 2);
    let (mut spikes, mut moved) = (0, 0);
    for step in 0..3000 {
        night.step_with((0..64).filter(|_| rng::unit_f32(&mut rng) < 0.1));
        let changed = night.spikes()[1..].to_vec();
        spikes += changed.iter().map(Vec::len).sum::<usize>();
        let before = live.evaluation().clone();
        live.update(&mut night, &changed, &NEVER).expect("nobody stops it");
        moved += usize::from(&before != live.evaluation());
        if step % 97 == 0 {
            same_as_from_scratch(&live, &samples);
        }
    }
    same_as_from_scratch(&live, &samples);
    assert!(
        spikes > 5000 && moved > 100,
        "{spikes} spikes and {moved} changed results prove little"
    );
}
