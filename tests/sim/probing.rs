//! Pictures judged along a night, and tests under harder conditions.

use std::sync::Arc;

use proptest::prelude::*;
use somnoscope::sim::conditions::{Conditions, Damage, Fog, Hardship};
use somnoscope::sim::evaluate::{Evaluator, Follower};
use somnoscope::sim::mlp::Mlp;
use strum::IntoEnumIterator as _;

use super::course::straight;
use super::night::network;
use super::{NEVER, patches};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Catches pictures that are judged by the weights of another step, back or forth in a night that was changed under way.
    #[test]
    fn pictures_are_judged_by_the_network_of_the_step(stops in prop::collection::vec(0_u64..=120, 1..10)) {
        let (mut course, _) = straight();
        course.seek(0, &NEVER);
        let pictures = Arc::new(patches(7, 4, 64, 5));
        let mut follower = Follower::new(network(1), 0, Arc::clone(&pictures), &NEVER).expect("nobody stops it");
        for stop in stops {
            course.seek(stop, &NEVER);
            follower.follow(&mut course, &NEVER).expect("nobody stops it");
            let now = Mlp { weights: course.night_mut().weights(), ..network(1) };
            let wanted = Evaluator::default().read_images(&now, &pictures, &[0, 1, 2, 3, 4, 5, 6]);
            for (reading, wanted) in follower.readings().into_iter().zip(wanted) {
                prop_assert_eq!((reading.image, reading.class), (wanted.image, wanted.class), "step {}", stop);
                for (output, wanted) in reading.outputs.iter().zip(&wanted.outputs) {
                    prop_assert!((output - wanted).abs() <= 1e-4 * wanted.abs().max(1.0), "{} {}", output, wanted);
                }
            }
        }
    }
}

/// Catches a condition that is set and not applied, one that changes another, and no condition that changes the result.
#[test]
fn each_condition_makes_itself_felt() {
    let samples = patches(600, 4, 64, 2);
    let network = network(1);
    let test = |conditions: Conditions| {
        let mut evaluator = Evaluator::default();
        conditions
            .test(&network, &samples, (8, 8), 4, &mut evaluator, &NEVER)
            .expect("nobody stops it")
    };
    let clear = test(Conditions::default());
    assert_eq!(
        Some(&clear),
        Evaluator::default().evaluate(&network, &samples, &NEVER).as_ref()
    );
    for hardship in Hardship::iter() {
        let base = Conditions {
            damage: Damage {
                layer: 1,
                ..Damage::default()
            },
            ..Conditions::default()
        };
        let hard = base.with(hardship, 3.0);
        assert!((hard.strength(hardship) - 3.0).abs() < 1e-9);
        let others = Hardship::iter().filter(|&other| other != hardship);
        assert!(others.clone().all(|other| hard.strength(other) == 0.0), "{hardship:?}");
        assert_ne!(test(hard), clear, "{hardship:?}");
        assert_eq!(test(hard.with(hardship, 0.0)), clear, "{hardship:?}");
    }
    let both = Conditions {
        fog: Fog {
            noise: 0.4,
            ..Fog::default()
        },
        damage: Damage {
            weight_noise: 1.0,
            ..Damage::default()
        },
    };
    assert_ne!(
        test(both),
        test(Conditions {
            fog: both.fog,
            ..Conditions::default()
        })
    );
}
