//! Benches of the simulation at full size, 784-1200-1200-10, on the built-in digits.
//!
//! Each prints what the work has to touch, so that the distance to the machine's limit can be read: divide the bytes or
//! operations of one iteration by its time. `cargo bench` runs them all.

#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use somnoscope::data;
use somnoscope::experiment::{Experiment, Stage, find_preset};
use somnoscope::sim::Samples;
use somnoscope::sim::evaluate::{CurveTracer, Evaluation, Evaluator, LiveEvaluator};
use somnoscope::sim::mlp::Mlp;
use somnoscope::sim::night::{Course, DreamSource, Dreamer, LANES, Night, Scaling};
use somnoscope::sim::train::Trainer;

static NEVER: AtomicBool = AtomicBool::new(false);

/// A trained network of each preset with its night, made once.
fn trained(preset: &str) -> (Experiment, Night, Dreamer, u64) {
    let recipe = find_preset(preset).expect("a shipped preset").recipe;
    let dataset = data::load(&recipe.data).expect("the built-in digits");
    let mut experiment = Experiment::new(recipe, &dataset).expect("a sound recipe");
    while experiment.stage() == Stage::Training {
        experiment.train_batch(&NEVER).expect("training does not diverge");
    }
    experiment.fall_asleep(&NEVER).expect("the night can begin");
    let weights = experiment.before().expect("the night has begun").to_vec();
    let params = experiment.recipe().night.clone();
    let night = Night::new(&weights, &params, experiment.alpha());
    let dreamer = Dreamer::new(&params, experiment.mean_image(), (28, 28), experiment.recipe().seed);
    let steps = params.steps.min(2000);
    (experiment, night, dreamer, steps)
}

/// One whole night (the first 2,000 steps of a longer one); the time divided by the steps is the time of a step.
#[divan::bench(args = ["one_per_cent", "one_night_for_all", "authors_tasks", "whole_image_night"], sample_count = 20, sample_size = 1)]
fn night(bencher: Bencher<'_, '_>, preset: &str) {
    let (_experiment, night, dreamer, steps) = trained(preset);
    let (bytes, spikes) = touched(night.clone(), &dreamer, steps);
    let per_step = |count: u64| count as f64 / steps as f64;
    println!(
        "{preset}: {steps} steps, spikes a step by layer {:.2?}, {:.0} bytes a step",
        spikes.iter().map(|&count| per_step(count)).collect::<Vec<_>>(),
        per_step(bytes)
    );
    bencher
        .counter(ItemsCount::new(steps))
        .counter(BytesCount::new(bytes))
        .with_inputs(|| night.clone())
        .bench_local_values(|mut night| {
            for _ in 0..steps {
                night.step(&dreamer);
            }
            // The weights of the morning are part of the night.
            for layer in 0..night.layer_count() {
                black_box(night.synapses(layer));
            }
            night
        });
}

/// The weights a night must read and write at least, in bytes, and its spikes a layer.
fn touched(mut night: Night, dreamer: &Dreamer, steps: u64) -> (u64, Vec<u64>) {
    let mut bytes = 0;
    let mut spikes = vec![0; night.layer_count() + 1];
    for _ in 0..steps {
        night.step(dreamer);
        for (total, now) in spikes.iter_mut().zip(night.spikes()) {
            *total += now.len() as u64;
        }
        for (layer, units) in night.sizes().windows(2).enumerate() {
            let columns = night.spikes()[layer].len() * units[1];
            let rows = night.spikes()[layer + 1].len() * units[0];
            bytes += (columns + 2 * rows) as u64 * 4;
        }
    }
    (bytes, spikes)
}

/// Random images: the matrix products do not care what they show.
fn images(count: usize) -> Samples {
    static DIGITS: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    let (pixels, labels) = DIGITS.get_or_init(|| {
        let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
        let train = data::load(&recipe.data).expect("the built-in digits").train;
        (train.all_pixels().to_vec(), train.labels().to_vec())
    });
    let chosen: Vec<usize> = (0..count).map(|index| index % labels.len()).collect();
    Samples::gather(pixels, labels, 784, &chosen)
}

/// The untrained network of the presets.
fn newborn() -> Mlp {
    let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    let rng = &mut somnoscope::sim::rng::stream(1, somnoscope::sim::rng::Stream::Init, 0);
    Mlp::new(&[784, 1200, 1200, 10], 0.01, recipe.network.output, 0.75, rng)
}

/// One training batch of 100 images; items are multiply-adds.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn training_batch(bencher: Bencher<'_, '_>) {
    let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    let (mut mlp, samples) = (newborn(), images(6000));
    let mut trainer = Trainer::new(&mlp, &recipe.training, 1);
    // Forward and gradient touch every weight once an image, the way back all but the first layer's.
    let multiply_adds = 100 * (2 * mlp.weight_count() + 1200 * 1200 + 1200 * 10);
    bencher
        .counter(ItemsCount::new(multiply_adds))
        .bench_local(|| black_box(trainer.batch(&mut mlp, &samples, &NEVER)));
}

/// One test of 10,000 images; items are multiply-adds.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn evaluation_of_10_000(bencher: Bencher<'_, '_>) {
    let (mlp, samples) = (newborn(), images(10_000));
    let mut evaluator = Evaluator::default();
    bencher
        .counter(ItemsCount::new(10_000 * mlp.weight_count()))
        .bench_local(|| black_box(evaluator.evaluate(&mlp, &samples, &NEVER)));
}

/// What follows a night, for 3,000 images: the cost of so many changed neurons in one layer. Compare with
/// `evaluation_of_3_000`.
#[divan::bench(args = [(0, 1), (0, 4), (0, 16), (0, 64), (1, 1), (1, 4), (1, 16), (1, 64), (2, 1), (2, 4)], sample_count = 50, sample_size = 1)]
fn follow_3_000(bencher: Bencher<'_, '_>, (layer, neurons): (usize, u32)) {
    let (mut experiment, mut night, _dreamer, _steps) = trained("one_per_cent");
    let weights = experiment.weights();
    let mlp = Mlp { weights, ..newborn() };
    let mut live = LiveEvaluator::new(mlp, Arc::clone(experiment.test_samples()), &NEVER).expect("nobody stops it");
    let mut first = 0;
    bencher.bench_local(|| {
        first = (first + 7) % 200;
        let units = night.sizes()[layer + 1] as u32;
        let mut changed = vec![Vec::new(); 3];
        changed[layer] = (0..neurons).map(|index| (first + index * 37) % units).collect();
        changed[layer].sort_unstable();
        black_box(live.update(&mut night, &changed, &NEVER).map(Evaluation::correct))
    });
}

/// The exact accuracy of 3,000 images after every step of the night "One per cent", and what each of its spikes did to it.
#[divan::bench(args = [false, true], sample_count = 5, sample_size = 1)]
fn curve_of_3_000(bencher: Bencher<'_, '_>, with_effects: bool) {
    let (mut experiment, night, dreamer, steps) = trained("one_per_cent");
    let mlp = Mlp {
        weights: experiment.weights(),
        ..newborn()
    };
    let (_, spikes) = touched(night.clone(), &dreamer, steps);
    println!("{steps} steps, spikes by layer {spikes:?}");
    bencher
        .with_inputs(|| (mlp.clone(), night.clone()))
        .bench_local_values(|(mlp, mut night)| {
            let samples = Arc::clone(experiment.test_samples());
            let mut tracer = CurveTracer::new(mlp, samples, with_effects, &NEVER).expect("nobody stops it");
            for _ in 0..steps {
                night.step(&dreamer);
                tracer.add_step(&mut night, &NEVER).expect("nobody stops it");
            }
            tracer.finish(&NEVER)
        });
}

/// One test of 3,000 images from scratch.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn evaluation_of_3_000(bencher: Bencher<'_, '_>) {
    let (mut experiment, _night, _dreamer, _steps) = trained("one_per_cent");
    let mlp = Mlp {
        weights: experiment.weights(),
        ..newborn()
    };
    let samples = Arc::clone(experiment.test_samples());
    let mut evaluator = Evaluator::default();
    bencher.bench_local(|| black_box(evaluator.evaluate(&mlp, &samples, &NEVER)));
}

/// Finding the gains of a night from 600 images.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn alpha_from_600(bencher: Bencher<'_, '_>) {
    let (mlp, samples) = (newborn(), images(600));
    bencher.bench_local(|| black_box(Scaling::measure(&mlp, &samples, &NEVER)));
}

/// Going to a step of a night of 20,000 steps that is known to its end, with the key frames of the default budget: to its last
/// one from the start, and to where the way from a key frame is longest.
#[divan::bench(args = ["one_night_for_all", "authors_tasks", "whole_image_night"], sample_count = 20, sample_size = 1)]
fn seek(bencher: Bencher<'_, '_>, preset: &str) {
    let (experiment, _night, _dreamer, _steps) = trained(preset);
    let weights = experiment.before().expect("the night has begun").to_vec();
    let mut params = experiment.recipe().night.clone();
    params.steps = 20_000;
    let source = DreamSource {
        mean_image: experiment.mean_image().to_vec(),
        image_size: (28, 28),
        seed: experiment.recipe().seed,
    };
    let mut course = Course::new(&weights, params, experiment.alpha().to_vec(), source);
    assert!(course.seek(20_000, &NEVER));
    println!("{preset}: key frames take {} MB", course.key_frame_bytes() >> 20);
    let mut far = false;
    bencher.bench_local(|| {
        far = !far;
        // Just before a key frame, wherever they are, and far from where it stands.
        assert!(course.seek(if far { 19_999 } else { 3_999 }, &NEVER));
        course.steps()
    });
}

fn main() {
    println!("{LANES} neurons interleaved");
    divan::main();
}
