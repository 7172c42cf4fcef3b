//! Nights that are gone back in: any moment, by any road, bit for bit.

use proptest::prelude::*;
use somnoscope::sim::night::{Cause, Course, DreamSource, Gate, Night, NightParams, Spike};

use super::NEVER;
use super::night::{bits, gains, mean_image, network, params};

/// A night that can be gone back in.
fn course(params: &NightParams) -> Course {
    let source = DreamSource {
        mean_image: mean_image(),
        image_size: (8, 8),
        seed: 3,
    };
    Course::new(&network(1).weights, params.clone(), gains(params), source)
}

/// The bits of all weights and potentials, and the last spikes.
pub type Moment = (Vec<u32>, Vec<Vec<u32>>);

/// A moment of a night.
fn moment(night: &Night) -> Moment {
    (bits(&mut night.clone()), night.spikes().to_vec())
}

/// The parameters from the middle of the night on.
fn livelier() -> NightParams {
    NightParams {
        beta: vec![1.1, 0.7, 0.6],
        inc: 0.006,
        decay: 0.97,
        ..params()
    }
}

/// A night whose parameters change after 60 steps, straight through, and every moment of it.
pub fn straight() -> (Course, Vec<Moment>) {
    let mut course = course(&params());
    let mut moments = vec![moment(course.night())];
    for step in 0..120 {
        if step == 60 {
            course.change(livelier(), gains(&livelier()));
        }
        course.step();
        moments.push(moment(course.night()));
    }
    (course, moments)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Catches a moment that is not the one that was gone through: a key frame of the wrong step, parameters of the wrong
    /// stretch, a potential that was not put back.
    #[test]
    fn any_road_leads_to_the_same_moment(stops in prop::collection::vec(0_u64..=120, 1..12), budget in 0_usize..200_000) {
        let (mut course, moments) = straight();
        course.set_budget(budget);
        let journal = course.journal().clone();
        for stop in stops {
            prop_assert!(course.seek(stop, &NEVER));
            prop_assert_eq!(course.steps(), stop);
            prop_assert_eq!(&moment(course.night()), &moments[stop as usize], "step {}", stop);
        }
        prop_assert_eq!(course.journal(), &journal, "going about changed what is known");
    }
}

/// Catches a change that is put down to the wrong cause, is made in the wrong step or with the parameters of another stretch,
/// or is left out: the course of every weight of the network is that of the night itself, bit for bit, with every gate and
/// through a change of the parameters.
#[test]
fn the_course_of_every_weight_is_made_again_from_the_spikes() {
    let gates = [
        Gate::Reference,
        Gate::PlainSigmoid,
        Gate::None,
        Gate::SoftBounds { bound: 0.3 },
    ];
    let mut causes = [0, 0];
    for gate in gates {
        let with_gate = |params: NightParams| NightParams { gate, ..params };
        let mut night = course(&with_gate(params()));
        let mut moments = vec![night.night_mut().weights()];
        for step in 0..60 {
            if step == 35 {
                night.change(with_gate(livelier()), gains(&livelier()));
            }
            night.step();
            moments.push(night.night_mut().weights());
        }
        // What is known lies on both sides of where it stands.
        assert!(night.seek(20, &NEVER));
        for (below, weights) in moments[0].iter().enumerate() {
            for ((neuron, input), start) in weights.indexed_iter() {
                let history = night
                    .synapse_history((below + 1, neuron as u32), input as u32)
                    .expect("it is there");
                assert_eq!(history.start().to_bits(), start.to_bits());
                for (steps, moment) in moments.iter().enumerate() {
                    let (told, is) = (history.at(steps as u64), moment[below][[neuron, input]]);
                    assert_eq!(
                        told.to_bits(),
                        is.to_bits(),
                        "{gate}, layer {below}, {input} to {neuron}, {steps}"
                    );
                }
                for change in history.changes() {
                    let both = night
                        .journal()
                        .layer(change.step, below)
                        .any(|unit| unit as usize == input);
                    assert_eq!(change.cause == Cause::Both, both);
                    causes[usize::from(both)] += 1;
                }
            }
        }
        assert!(night.synapse_history((0, 0), 0).is_none(), "an input has no weights");
        assert!(night.synapse_history((1, 30), 0).is_none() && night.synapse_history((1, 0), 64).is_none());
        assert!(night.synapse_history((4, 0), 0).is_none());
    }
    assert!(causes.iter().all(|&count| count > 1000), "{causes:?} prove little");
}

/// Catches a copy for somebody else that runs another night, and key frames that break a promise about memory.
#[test]
fn the_same_night_again_is_the_same_night() {
    let (straight, moments) = straight();
    let mut again = straight.again();
    assert_eq!((again.steps(), again.journal().steps()), (0, 0));
    assert!(again.seek(120, &NEVER));
    assert_eq!(moment(again.night()), moments[120]);
    assert_eq!(again.journal(), straight.journal());
    assert_eq!(again.key_frame_bytes(), 0, "a copy keeps no key frames");

    let mut long = course(&NightParams {
        steps: 30_000,
        ..params()
    });
    assert!(long.seek(30_000, &NEVER));
    let all = long.key_frame_bytes();
    assert_eq!(all, 30 * long.night().bytes(), "one every 1,000 steps");
    let end = moment(long.night());
    long.set_budget(all / 3);
    assert!(long.key_frame_bytes() <= all / 3 && long.key_frame_bytes() > 0);
    assert!(long.seek(12_345, &NEVER) && long.seek(30_000, &NEVER));
    assert_eq!(moment(long.night()), end);
}

/// Catches a change that keeps a future it voids, one that voids a future for nothing, and one that stays when the night is
/// changed before it.
#[test]
fn a_change_voids_what_comes_after_it() {
    let (mut course, moments) = straight();
    let changes = course.changes().len();
    assert_eq!(changes, 2);
    course.seek(90, &NEVER);
    course.change(livelier(), gains(&livelier()));
    assert_eq!(course.journal().steps(), 120, "nothing was changed");
    course.seek(30, &NEVER);
    course.change(params(), gains(&params()));
    assert_eq!(
        course.journal().steps(),
        30,
        "these parameters were to hold to step 60 only"
    );
    assert_eq!(
        course.changes().iter().map(|change| change.step).collect::<Vec<_>>(),
        [0],
        "at step 30 nothing changes"
    );
    assert!(course.seek(60, &NEVER));
    assert_eq!(moment(course.night()), moments[60]);
    assert!(course.seek(70, &NEVER));
    assert_ne!(moment(course.night()), moments[70]);
    course.seek(0, &NEVER);
    course.change(livelier(), gains(&livelier()));
    assert_eq!(course.changes().len(), 1, "the night begins with these");
    assert_eq!(course.params(), &livelier());
}

/// Catches a second night that is not the first one up to where it leaves it or, left alone, beyond; one that knows what has not
/// happened in it; and one that changes the night it leaves.
#[test]
fn a_night_left_alone_beside_another_is_the_same_night() {
    let (straight, moments) = straight();
    for (step, budget) in [(0, 0), (37, 0), (60, 200_000), (120, 200_000)] {
        let mut first = straight.clone();
        first.set_budget(budget);
        let mut second = first.fork(step, &NEVER).expect("nobody stops it");
        assert_eq!((second.steps(), second.journal().steps()), (step, step));
        assert_eq!(moment(second.night()), moments[step as usize]);
        while second.steps() < 120 {
            second.step();
            assert_eq!(moment(second.night()), moments[second.steps() as usize]);
        }
        assert_eq!(second.journal(), straight.journal());
    }
}

/// Catches noise that depends on the parameters: the inputs of two nights that differ in a threshold are the same.
#[test]
fn nights_that_part_share_their_noise() {
    let (straight, _) = straight();
    let mut other = straight.fork(30, &NEVER).expect("nobody stops it");
    other.change(livelier(), gains(&livelier()));
    assert!(other.seek(120, &NEVER));
    let inputs = |course: &Course, step| course.journal().layer(step, 0).collect::<Vec<_>>();
    assert!((0..120).all(|step| inputs(&straight, step) == inputs(&other, step)));
    assert_ne!(straight.journal(), other.journal());
    assert_eq!(straight.journal().prefix(30), other.journal().prefix(30));
}

/// A spike of a layer in a night, and who would follow it.
fn spike_of(course: &Course, layer: usize) -> Spike {
    let spikes = (10..120).find_map(|step| {
        let unit = course.journal().layer(step, layer).next()?;
        Some(Spike { step, layer, unit })
    });
    spikes.expect("the night is not silent")
}

/// Catches a spike that is left out and changes more than it did: an output has no successors, so where nothing is learnt the
/// rest of the night, its own potential included, stays as it was, bit for bit.
#[test]
fn a_spike_without_successors_changes_nothing_else() {
    let still = NightParams {
        inc: 0.0,
        dec: 0.0,
        ..params()
    };
    let mut whole = course(&still);
    let mut moments = vec![moment(whole.night())];
    while whole.steps() < 120 {
        whole.step();
        moments.push(moment(whole.night()));
    }
    let last = whole.night().layer_count();
    let spike = spike_of(&whole, last);
    let mut without = whole.fork(spike.step, &NEVER).expect("nobody stops it");
    assert!(without.leave_out(spike, &NEVER));
    while without.steps() < 120 {
        without.step();
        let (bits, mut spikes) = moment(without.night());
        let (their_bits, theirs) = &moments[without.steps() as usize];
        if without.steps() == spike.step + 1 {
            spikes[last].push(spike.unit);
            spikes[last].sort_unstable();
        }
        assert_eq!((&bits, &spikes), (their_bits, theirs), "step {}", without.steps());
    }
}

/// Catches a spike that is left out and still teaches, feeds, or comes back when the night is gone through again; what the
/// anatomy of that step says; and a spike that is left out twice.
#[test]
fn a_spike_that_is_left_out_has_no_consequences() {
    let (straight, moments) = straight();
    let spike = spike_of(&straight, 1);
    let (step, unit) = (spike.step, spike.unit as usize);
    let mut without = straight.clone();
    assert!(without.leave_out(spike, &NEVER), "it stands beyond it and goes back");
    assert_eq!((without.steps(), without.journal().steps()), (step, step));
    let anatomy = without.anatomy((1, spike.unit)).expect("it is there");
    let integration = anatomy.integration.expect("it is no input");
    assert!(!anatomy.spiked && integration.lesson.is_none());
    assert!(integration.reached >= integration.rule.threshold && integration.after.to_bits() == 0);
    without.step();
    assert_eq!(
        without.night().potentials(0)[unit].to_bits(),
        0,
        "it is spent all the same"
    );
    let row = |night: &Night| -> Vec<u32> {
        night.clone().weights()[0]
            .row(unit)
            .iter()
            .map(|w| w.to_bits())
            .collect()
    };
    let mut before = straight.fork(step, &NEVER).expect("nobody stops it");
    assert_eq!(row(without.night()), row(before.night()), "nothing was learnt");
    before.step();
    assert_ne!(
        row(without.night()),
        row(before.night()),
        "with the spike something was"
    );
    assert!(without.seek(120, &NEVER));
    let end = moment(without.night());
    assert_ne!(end, moments[120]);
    assert!(without.seek(step / 2, &NEVER) && without.seek(120, &NEVER));
    assert_eq!(moment(without.night()), end, "it stays out whichever way one goes");
    let mut again = without.again();
    assert!(again.seek(120, &NEVER));
    assert_eq!((moment(again.night()), again.without()), (end, &[spike][..]));
    let known = without.journal().steps();
    assert!(without.leave_out(spike, &NEVER));
    assert_eq!(without.journal().steps(), known, "it was left out already");
}
