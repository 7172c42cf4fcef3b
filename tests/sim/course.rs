//! Nights that are gone back in: any moment, by any road, bit for bit.

use proptest::prelude::*;
use somnoscope::sim::night::{Course, DreamSource, Night, NightParams};

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
    assert_eq!(all, 15 * long.night().bytes(), "one every 2,000 steps");
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
        [0, 30]
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
