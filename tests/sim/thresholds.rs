//! Thresholds found from activity alone.

use std::sync::atomic::AtomicBool;

use somnoscope::data;
use somnoscope::experiment::{Experiment, Stage, find_preset};
use somnoscope::sim::night::{Dream, DreamSource, Night, NightParams, NoThresholds, TOLERANCE, ThresholdSearch};

use super::NEVER;
use super::night::{gains, mean_image, network, params};

/// A search on the lively night of a small network.
fn search(params: &NightParams) -> ThresholdSearch {
    ThresholdSearch {
        weights: network(1).weights,
        params: params.clone(),
        alpha: gains(params),
        source: DreamSource {
            mean_image: mean_image(),
            image_size: (8, 8),
            seed: 3,
        },
    }
}

/// The share of each layer's neurons that spikes in a step of the whole night with these thresholds.
fn rates(search: &ThresholdSearch, beta: &[f64], steps: u64) -> Vec<f64> {
    let params = NightParams {
        beta: beta.to_vec(),
        ..search.params.clone()
    };
    let source = &search.source;
    let dreamer = somnoscope::sim::night::Dreamer::new(&params, &source.mean_image, source.image_size, source.seed);
    let mut night = Night::new(&search.weights, &params, &search.alpha);
    let mut counts = vec![0_usize; search.weights.len()];
    for _ in 0..steps {
        night.step(&dreamer);
        for (count, spikes) in counts.iter_mut().zip(&night.spikes()[1..]) {
            *count += spikes.len();
        }
    }
    let sizes = night.sizes();
    let shares = counts.iter().zip(&sizes[1..]);
    shares
        .map(|(&count, &units)| count as f64 / (units as u64 * steps) as f64)
        .collect()
}

/// Catches a layer that is tuned to another rate than the one wanted, and a rate that is told but is not that of the night, on the
/// network and the night that the program opens with.
#[test]
fn the_night_has_the_rates_that_were_wanted() {
    let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    let dataset = data::load(&recipe.data).expect("the built-in digits");
    let mut experiment = Experiment::new(recipe, &dataset).expect("a sound recipe");
    while experiment.stage() == Stage::Training {
        experiment.train_batch(&NEVER).expect("it does not diverge");
    }
    let night = experiment.recipe().night.clone();
    let search = experiment
        .threshold_search(&night, &NEVER)
        .expect("it makes sense")
        .expect("nobody stops it");
    for wanted in [[0.002, 0.001, 0.004], [0.0005, 0.003, 0.01]] {
        let found = search
            .find(&wanted, &NEVER)
            .expect("there are such")
            .expect("nobody stops it");
        assert_eq!(found.steps, 566);
        assert_eq!(
            found.reached,
            rates(&search, &found.beta, found.steps),
            "the whole night says so"
        );
        for ((reached, wanted), units) in found.reached.iter().zip(wanted).zip([1200.0, 1200.0, 10.0]) {
            let one_spike = 1.0 / (units * 566.0);
            assert!(
                (reached - wanted).abs() <= (TOLERANCE * wanted).max(one_spike) + 1e-12,
                "{found:?}"
            );
        }
        // The weights were tuned to nothing: another search begins from other thresholds and ends at the same rates.
        let elsewhere = ThresholdSearch {
            params: NightParams {
                beta: vec![500.0, 0.01, 70.0],
                ..search.params.clone()
            },
            ..search.clone()
        };
        let other = elsewhere
            .find(&wanted, &NEVER)
            .expect("there are such")
            .expect("nobody stops it");
        for (one, other) in found.reached.iter().zip(&other.reached) {
            assert!((one - other).abs() <= 0.12 * one.max(1e-3), "{found:?} {other:?}");
        }
    }
}

/// Catches a search that goes on for ever or ends in nonsense where there is nothing to find.
#[test]
fn what_cannot_be_is_said() {
    let silent = NightParams {
        dream: Dream::Silence,
        ..params()
    };
    let all = [0.01; 3];
    assert_eq!(
        search(&silent).find(&all, &NEVER),
        Err(NoThresholds::SilentInput { steps: 300 })
    );
    let lively = search(&params());
    for wrong in [
        &[0.01, 0.01][..],
        &[0.01, 0.0, 0.01],
        &[0.01, f64::NAN, 0.01],
        &[1.5, 0.1, 0.1],
    ] {
        assert!(matches!(
            lively.find(wrong, &NEVER),
            Err(NoThresholds::Rates { layers: 3, .. })
        ));
    }
    let rare = lively.find(&[0.05, 0.05, 1e-4], &NEVER);
    assert!(matches!(rare, Err(NoThresholds::TooRare { layer: 3, .. })), "{rare:?}");
    let busy = lively.find(&[0.001, 0.9, 0.1], &NEVER);
    assert!(matches!(busy, Err(NoThresholds::TooQuiet { layer: 2, .. })), "{busy:?}");
    let sentence = busy.expect_err("just seen").to_string();
    assert!(
        sentence.starts_with("layer 2 cannot be brought to 90 %: even at the lowest threshold"),
        "{sentence}"
    );
    assert_eq!(lively.find(&all, &AtomicBool::new(true)), Ok(None));
}
