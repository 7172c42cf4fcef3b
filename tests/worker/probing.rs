//! Probes beside the run: the right answers, and the same run.

use std::sync::Arc;

use somnoscope::sim::conditions::{Conditions, Damage, Fog, Hardship};
use somnoscope::worker::{
    Command, Event, Goal, HeldOut, Judged, Moment, NightReadings, Phase, ProbePicture, Stress, Stressed,
};

use super::{Run, small_recipe};

fn picture(id: u64, pixels: &[u8]) -> ProbePicture {
    ProbePicture {
        id,
        pixels: pixels.into(),
    }
}

fn stress(noise: f64) -> Stress {
    Stress {
        conditions: Conditions {
            fog: Fog {
                noise,
                ..Fog::default()
            },
            damage: Damage {
                layer: 1,
                ..Damage::default()
            },
        },
        varied: Hardship::Noise,
        strengths: vec![0.0, 0.5, 1.0],
    }
}

impl Run {
    fn held_out(&mut self, index: usize) -> Arc<HeldOut> {
        self.worker.send(Command::ShowHeldOut(index));
        let found = move |event: &Event| match event {
            Event::HeldOut(image) if image.index == index => Some(Arc::clone(image)),
            _ => None,
        };
        self.until("the image is told", |run| {
            run.told.iter().any(|event| found(event).is_some())
        });
        self.told.iter().find_map(found).expect("it was told")
    }

    fn judged_at(&mut self, moment: Moment, pictures: usize) -> Arc<Judged> {
        let is_it = move |judged: &Arc<Judged>| judged.moment == moment && judged.pictures.len() == pictures;
        self.until("it is judged", |run| {
            run.worker.frame().judged.as_ref().is_some_and(is_it)
        });
        self.worker.frame().judged.clone().expect("it was judged")
    }

    /// What was told of the night from event number `from` on, by step, of each picture: the class and the outputs.
    fn along(&self, from: usize, id: u64) -> std::collections::BTreeMap<u64, (u16, Vec<f32>)> {
        let mut along = std::collections::BTreeMap::new();
        for event in &self.told[from..] {
            let Event::NightReadings(told) = event else { continue };
            let NightReadings {
                ids,
                classes,
                steps,
                outputs,
                read,
            } = &**told;
            let Some(place) = ids.iter().position(|other| *other == id) else {
                continue;
            };
            for (index, &step) in steps.iter().enumerate() {
                let at = index * ids.len() + place;
                along.insert(step, (read[at], outputs[at * classes..(at + 1) * classes].to_vec()));
            }
        }
        along
    }

    fn stressed(&mut self, stress: &Stress, moment: Moment) -> Stressed {
        let is_it = |event: &Event| match event {
            Event::Stressed(told) if told.stress == *stress && told.moment == moment && told.is_whole() => {
                Some(Stressed::clone(told))
            }
            _ => None,
        };
        self.until("it is tested", |run| {
            run.told.iter().any(|event| is_it(event).is_some())
        });
        self.told.iter().find_map(is_it).expect("it was told")
    }
}

/// Catches a run that is another because somebody probed it: pictures, harder conditions, again and again while it goes on.
#[test]
fn probing_changes_no_bit() {
    let mut plain = Run::open(small_recipe());
    plain.play(Goal::Woken);
    let mut probed = Run::open(small_recipe());
    let image = probed.held_out(7);
    let blank = vec![0; image.pixels.len()];
    probed.worker.send(Command::JudgePictures(vec![
        picture(1, &image.pixels),
        picture(2, &blank),
    ]));
    probed.worker.send(Command::Stress(Some(Box::new(stress(0.3)))));
    probed.play(Goal::Trained);
    for steps in [1, 30, 9] {
        probed.step(steps);
        probed
            .worker
            .send(Command::JudgePictures(vec![picture(steps, &image.pixels)]));
        probed
            .worker
            .send(Command::Stress(Some(Box::new(stress(0.1 * steps as f64)))));
    }
    probed.worker.send(Command::Seek(12));
    probed.play(Goal::Woken);
    assert_eq!(probed.spikes(), plain.spikes());
    assert_eq!(probed.final_bits(), plain.final_bits());
    assert!(probed.failure().is_none());
}

/// Catches pictures judged by another network than that of the step, a night with holes or without its ends, one that does
/// not go on when the run does, and a picture that is no image of the set.
#[test]
fn pictures_are_judged_all_along_the_night() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    let images: Vec<_> = [3, 4].map(|index| run.held_out(index)).into();
    run.worker.send(Command::JudgePictures(vec![
        picture(31, &images[0].pixels),
        picture(5, &[1, 2, 3]),
        picture(41, &images[1].pixels),
    ]));
    let batches = run.moment_after_training();
    let awake = run.judged_at(batches, 2);
    assert!(awake.pictures.iter().all(|judged| judged.before.is_none()));
    run.step(40);
    run.until("the first steps are judged", |run| run.along(0, 41).contains_key(&40));
    run.play(Goal::Woken);
    run.until("the last step is judged", |run| run.along(0, 41).contains_key(&120));
    let along = run.along(0, 41);
    assert!(along.keys().copied().eq(0..=120), "{:?}", along.keys());
    let morning = run.judged_at(Moment::Step(120), 2);
    let close = |one: &[f32], other: &[f32]| {
        assert!(
            one.iter()
                .zip(other)
                .all(|(a, b)| (a - b).abs() < 1e-4 * b.abs().max(1.0)),
            "{one:?} {other:?}"
        );
    };
    for (place, judged) in morning.pictures.iter().enumerate() {
        let along = run.along(0, judged.id);
        let before = judged.before.as_ref().expect("it has slept");
        assert_eq!(before.values, awake.pictures[place].now.values);
        assert_eq!(usize::from(along[&0].0), before.class);
        assert_eq!(usize::from(along[&120].0), judged.now.class);
        close(&along[&0].1, &before.values);
        close(&along[&120].1, &judged.now.values);
    }
    run.worker.send(Command::Seek(60));
    let middle = run.judged_at(Moment::Step(60), 2);
    close(&along[&60].1, &middle.pictures[1].now.values);
    assert_ne!(along[&0].1, along[&120].1, "nothing has happened");
    // Another night from here: what was found beyond is found anew.
    let mut params = small_recipe().night;
    params.inc *= 2.0;
    let told = run.told.len();
    run.worker.send(Command::ChangeNight(Box::new(params)));
    run.play(Goal::Woken);
    run.until("the other night is judged", |run| {
        run.along(told, 41).contains_key(&120)
    });
    let other = run.along(told, 41);
    assert_eq!(other[&60], along[&60]);
    assert_ne!(other[&120].1, along[&120].1);
    let morning = run.judged_at(Moment::Step(120), 2);
    close(&other[&120].1, &morning.pictures[1].now.values);
}

/// Catches accuracies of another network, of some images only, that go with other conditions, or that do not follow the run.
#[test]
fn harder_conditions_are_tested_before_and_now() {
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::Stress(Some(Box::new(stress(0.0)))));
    run.play(Goal::Trained);
    let batches = run.moment_after_training();
    let awake = run.stressed(&stress(0.0), batches);
    assert_eq!((awake.images, awake.here.before), (3000, None));
    assert_eq!(
        Some(awake.here.now),
        run.accuracy_at(batches),
        "clear images are those of the test"
    );
    run.play(Goal::Woken);
    let moment = Moment::Step(120);
    let clear = run.stressed(&stress(0.0), moment);
    assert_eq!(clear.here.before, Some(awake.here.now));
    assert_eq!(Some(clear.here.now), run.accuracy_at(moment));
    assert_eq!(clear.curve[0], clear.here, "no strength is no noise");
    assert_ne!(clear.curve[2], clear.here, "noise as strong as the image is not felt");
    // Many wishes: the last one counts.
    for wish in 0..20 {
        run.worker
            .send(Command::Stress(Some(Box::new(stress(0.02 * f64::from(wish))))));
    }
    let last = stress(0.5);
    run.worker.send(Command::Stress(Some(Box::new(last.clone()))));
    let noisy = run.stressed(&last, moment);
    assert_eq!(noisy.here, clear.curve[1], "the same noise, by either road");
    let mut silent = stress(0.0);
    silent.conditions.damage.silenced = 1_000_000;
    run.worker.send(Command::Stress(Some(Box::new(silent.clone()))));
    let silent = run.stressed(&silent, moment);
    // Nobody speaks: all outputs are 0, and everything counts as the first class.
    assert!(silent.here.now < 0.2, "{silent:?}");
    assert_eq!(run.phase(), Some(Phase::Woken));
}

impl Run {
    fn moment_after_training(&self) -> Moment {
        let opened = self.told.iter().rev().find_map(|event| match event {
            Event::Opened(opened) => Some(opened.total_batches),
            _ => None,
        });
        Moment::Batch(opened.expect("a run is open"))
    }

    fn accuracy_at(&mut self, moment: Moment) -> Option<f64> {
        let is_it = move |event: &Event| match event {
            Event::Evaluated(told) if told.moment == moment => Some(told.evaluation.accuracy()),
            _ => None,
        };
        self.until("it is tested", |run| {
            run.told.iter().any(|event| is_it(event).is_some())
        });
        self.told.iter().find_map(is_it)
    }
}
