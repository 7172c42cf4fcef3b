//! A step cut open: its numbers are those of the simulation, its parts add up, and looking changes nothing.

use ndarray::Array2;
use proptest::prelude::*;
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{Alpha, Dream, Gate, Night, NightParams};
use somnoscope::sim::rng::{self, Stream};

use super::oracle::Recorded;

/// The bits of a list of numbers.
fn bits<'a>(values: impl IntoIterator<Item = &'a f32>) -> Vec<u32> {
    values.into_iter().map(|value| value.to_bits()).collect()
}

/// Cuts every step of a recorded night open at some units and compares with the step itself.
fn agrees_with_the_step(name: &str, every: usize) {
    let recorded = Recorded::read(name);
    let mut night = Night::new(&recorded.weights, &recorded.params, &recorded.alpha);
    let mut alone = night.clone();
    let (mut spikes, mut taught) = (0, 0);
    for (step, input) in recorded.input.iter().enumerate() {
        let before = night.clone().weights();
        let cuts: Vec<_> = night.sizes().into_iter().enumerate().collect();
        let cuts = cuts.into_iter().flat_map(|(layer, size)| {
            let first = step * 7 % every.min(size);
            (first..size).step_by(every).map(move |unit| (layer, unit as u32))
        });
        let cuts: Vec<_> = cuts
            .map(|unit| night.anatomy(input, unit).expect("the network has it"))
            .collect();
        alone.step_with(input.iter().copied());
        night.step_with(input.iter().copied());
        let after = night.clone().weights();
        for cut in cuts {
            let (layer, unit) = cut.unit;
            assert_eq!(cut.step, step as u64);
            assert_eq!(cut.spiked, night.spikes()[layer].contains(&unit), "{name}: step {step}");
            if let Some(integration) = &cut.integration {
                let row = unit as usize;
                let potential = night.potentials(layer - 1)[row];
                assert_eq!(integration.after.to_bits(), potential.to_bits(), "{name}: step {step}");
                assert_eq!(
                    (integration.rule.alpha * integration.sum - integration.taken).to_bits(),
                    integration.impulse.to_bits(),
                    "{name}: the sum of step {step} is not that of the simulation"
                );
                assert_eq!(
                    bits(before[layer - 1].row(row)),
                    bits(&integration.weights),
                    "{name}: step {step}"
                );
                assert_eq!(integration.lesson.is_some(), cut.spiked);
                for (input, &now) in (0..).zip(after[layer - 1].row(row)) {
                    let change = integration.synapse(input).expect("there is such an input");
                    let expected = if cut.spiked { change.after } else { change.before };
                    assert_eq!(expected.to_bits(), now.to_bits(), "{name}: step {step}");
                }
                spikes += usize::from(cut.spiked);
            }
            if let Some(effect) = &cut.effect {
                let post = &night.spikes()[layer + 1];
                assert_eq!(
                    &effect.taught.iter().map(|change| change.unit).collect::<Vec<_>>(),
                    post
                );
                for change in &effect.taught {
                    let at = [change.unit as usize, unit as usize];
                    assert_eq!(change.before.to_bits(), before[layer][at].to_bits());
                    assert_eq!(
                        change.after.to_bits(),
                        after[layer][at].to_bits(),
                        "{name}: step {step}"
                    );
                    taught += 1;
                }
                assert_eq!(effect.fed.len(), if cut.spiked { effect.neurons } else { 0 });
                for fed in &effect.fed {
                    assert_eq!(fed.spiked, post.contains(&fed.neuron));
                    let potential = night.potentials(layer)[fed.neuron as usize];
                    let expected = if fed.spiked { 0.0 } else { fed.reached };
                    assert_eq!(expected.to_bits(), potential.to_bits(), "{name}: step {step}");
                }
            }
        }
    }
    assert!(
        spikes > 20 && taught > 100,
        "{name}: {spikes} spikes and {taught} changes prove little"
    );
    for (watched, alone) in night.weights().iter().zip(&alone.weights()) {
        assert_eq!(bits(watched), bits(alone), "{name}: looking has changed the night");
    }
}

/// Catches numbers that differ from those of the simulation in any bit, and a look that changes the night.
#[test]
fn a_step_cut_open_is_the_step_itself() {
    agrees_with_the_step("src_oracle_small.npz", 3);
    agrees_with_the_step("src_oracle_inhibition.npz", 3);
}

/// Catches an answer about a unit that the network does not have, and input units beyond the last.
#[test]
fn what_there_is_not_is_not_told() {
    let weights = [Array2::from_elem((3, 4), 1.0_f32)];
    let mut night = Night::new(&weights, &params(0.0, Gate::Reference), &[1.0]);
    for unit in [(0, 4), (1, 3), (2, 0)] {
        assert!(night.anatomy(&[0], unit).is_none(), "{unit:?}");
    }
    let cut = night.anatomy(&[2, 9], (1, 1)).expect("the network has it");
    assert_eq!(cut.integration.expect("a neuron").arrivals.len(), 1);
    assert!(cut.effect.is_none(), "an output has nobody behind it");
    assert!(night.anatomy(&[2], (0, 0)).expect("an input").integration.is_none());
}

/// A night for networks of 20-9-5.
fn params(w_inh: f64, gate: Gate) -> NightParams {
    NightParams {
        steps: 0,
        rate: 0.0,
        inc: 0.01,
        dec: 0.004,
        beta: vec![0.5, 0.3],
        alpha: Alpha::Given(vec![2.0, 3.0]),
        decay: 0.9,
        w_inh,
        gate,
        dream: Dream::Silence,
        window: 1,
    }
}

proptest! {
    /// Catches parts that do not add up to the whole, and a spike that is said to have tipped a neuron which spikes without
    /// it all the same: the step is done again without it.
    #[test]
    fn parts_add_up_and_what_tipped_is_true(
        seed in 0_u64..500,
        steps in prop::collection::vec(prop::collection::btree_set(0_u32..20, 0..12), 1..5),
        last in prop::collection::btree_set(0_u32..20, 1..12),
        inhibits: bool,
        plain: bool,
    ) {
        let gate = if plain { Gate::PlainSigmoid } else { Gate::Reference };
        let params = params(if inhibits { 0.7 } else { 0.0 }, gate);
        let mut rng = rng::stream(seed, Stream::Init, 0);
        let network = Mlp::new(&[20, 9, 5], 0.5, Output::Relu, 1.0, &mut rng);
        let mut night = Night::new(&network.weights, &params, &[2.0, 3.0]);
        for input in steps {
            night.step_with(input);
        }
        let input: Vec<u32> = last.into_iter().collect();
        let near = |a: f64, b: f64| (a - b).abs() < 1e-4;
        for neuron in 0..9 {
            let cut = night.anatomy(&input, (1, neuron)).expect("the network has it");
            let integration = cut.integration.expect("a neuron");
            let parts: f64 = integration.arrivals.iter().map(|arrival| arrival.part).sum();
            prop_assert!(near(parts, integration.impulse.into()), "{} is not {}", parts, integration.impulse);
            let shares: f64 = integration.arrivals.iter().map(|arrival| arrival.share.abs()).sum();
            prop_assert!(near(shares, 1.0), "the shares make {}", shares);
            prop_assert_eq!(cut.spiked, integration.margin() >= 0.0);
            if let Some(lesson) = &integration.lesson {
                prop_assert_eq!(lesson.raised.len() + lesson.lowered, 20);
                let mut rest: Vec<f64> = (0..20)
                    .filter(|input| !integration.arrives(*input))
                    .filter_map(|input| Some(integration.synapse(input)?.by()))
                    .collect();
                prop_assert!((lesson.lowered_by - rest.iter().sum::<f64>()).abs() < 1e-9);
                rest.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
                let strongest: Vec<f64> = lesson.strongest.iter().map(|change| change.by()).collect();
                prop_assert_eq!(&rest[..strongest.len()], &strongest[..]);
            }
        }
        let mut with = night.clone();
        with.step_with(input.iter().copied());
        for &unit in &input {
            let effect = night.anatomy(&input, (0, unit)).expect("an input").effect.expect("a layer behind it");
            let mut without = night.clone();
            without.step_with(input.iter().copied().filter(|&other| other != unit));
            for fed in &effect.fed {
                prop_assert_eq!(fed.would_spike, without.spikes()[1].contains(&fed.neuron));
                let is_tipped = with.spikes()[1].contains(&fed.neuron) && !fed.would_spike;
                prop_assert_eq!(fed.is_tipped(), is_tipped);
                prop_assert_eq!(fed.is_held_back(), !fed.spiked && fed.would_spike);
                let difference = f64::from(fed.reached) - f64::from(fed.without);
                prop_assert!(near(fed.part, difference), "{} is not {}", fed.part, difference);
            }
        }
    }
}
