//! Going about in a night through the worker: to any step, until something happens, and differently.

use somnoscope::sim::night::NightParams;
use somnoscope::worker::{Command, Event, Goal, Moment, Phase, Speed, Stop};

use super::{Run, small_recipe};

impl Run {
    /// Sends a command and waits until the picture stands at a step.
    pub fn go(&mut self, command: Command, step: u64) {
        self.worker.send(command);
        self.until("it stands there", |run| {
            let frame = run.worker.frame();
            frame.steps == step && !frame.running
        });
        self.listen();
    }

    /// Takes in what was told before the newest picture.
    pub fn listen(&mut self) {
        while let Some(event) = self.worker.next_event() {
            self.told.push(event);
        }
    }

    /// Every spike that is known at the end, later words overruling earlier ones.
    pub fn known_spikes(&self) -> Vec<(u64, u32)> {
        let mut spikes: Vec<(u64, u32)> = Vec::new();
        for event in &self.told {
            match event {
                Event::Spikes(chunk) => {
                    for index in 0..chunk.steps() {
                        let step = chunk.first_step + index as u64;
                        spikes.extend(chunk.step(index).iter().map(|&unit| (step, unit)));
                    }
                }
                Event::Forgot { from_step } => spikes.retain(|&(step, _)| step < *from_step),
                _ => {}
            }
        }
        spikes
    }

    fn hits(&self) -> Vec<(Stop, u64)> {
        let hit = |event: &Event| match event {
            Event::Hit { stop, step } => Some((stop.clone(), *step)),
            _ => None,
        };
        self.told.iter().filter_map(hit).collect()
    }
}

/// A night of other parameters.
pub fn livelier() -> NightParams {
    NightParams {
        beta: vec![1.2, 0.8, 0.8],
        ..small_recipe().night
    }
}

/// Catches going back and forth that changes the night, tells a step twice, or shows the accuracy of another moment.
#[test]
fn going_back_and_forth_changes_nothing() {
    let mut straight = Run::open(small_recipe());
    straight.play(Goal::Woken);
    let bits = straight.final_bits();

    let mut winding = Run::open(small_recipe());
    winding.worker.send(Command::Seek(5));
    winding.play(Goal::Trained);
    winding.step(40);
    winding.until("it is tested", |run| run.accuracy(Moment::Step(40)).is_some());
    let at_forty = winding.accuracy(Moment::Step(40));
    winding.go(Command::Seek(11), 11);
    assert_eq!(winding.worker.frame().known_steps, 40);
    assert_eq!(winding.phase(), Some(Phase::Asleep));
    winding.go(Command::Seek(100), 100);
    winding.until("it is tested there", |run| run.accuracy(Moment::Step(100)).is_some());
    winding.told.retain(|event| !matches!(event, Event::Evaluated(_)));
    winding.go(Command::Seek(40), 40);
    winding.until("it is tested again", |run| run.accuracy(Moment::Step(40)).is_some());
    assert_eq!(winding.accuracy(Moment::Step(40)), at_forty);
    winding.go(Command::Seek(99_999), 120);
    winding.until("it has woken", |run| run.phase() == Some(Phase::Woken));
    assert_eq!(winding.spikes(), straight.spikes());
    assert_eq!(winding.final_bits(), bits);
    winding.go(Command::Seek(0), 0);
    assert_eq!(winding.phase(), Some(Phase::Asleep), "one can go on from here");
    winding.play(Goal::Woken);
    assert_eq!((winding.spikes(), winding.final_bits()), (straight.spikes(), bits));
}

/// Catches a live re-run that is not the night that these parameters give, or that keeps what it voids.
#[test]
fn a_rerun_is_the_night_that_the_new_parameters_give() {
    let mut recipe = small_recipe();
    recipe.night = livelier();
    let mut fresh = Run::open(recipe);
    fresh.play(Goal::Woken);

    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let first = run.known_spikes();
    run.worker.send(Command::Rerun(Box::new(livelier())));
    run.until("an estimate is told", |run| {
        run.told.iter().any(|event| matches!(event, Event::Estimated(_)))
    });
    run.until("it is woken again and tested", |run| {
        run.phase() == Some(Phase::Woken) && run.accuracy(Moment::Step(120)) == fresh.accuracy(Moment::Step(120))
    });
    assert_ne!(run.known_spikes(), first);
    assert_eq!(run.known_spikes(), fresh.known_spikes());
    assert_eq!(run.final_bits(), fresh.final_bits());
    let estimate = run.told.iter().find_map(|event| match event {
        Event::Estimated(test) => Some(test.evaluation.images()),
        _ => None,
    });
    assert_eq!(estimate, Some(500));
}

/// Catches a re-run that is cut short by the next one and leaves the night where it was cut, and one that begins another night.
#[test]
fn many_reruns_are_the_last_one() {
    let mut fresh = Run::open(small_recipe());
    fresh.play(Goal::Woken);
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    for dragged in 0_u32..40 {
        let mut params = livelier();
        params.beta[0] += 0.01 * f64::from(dragged);
        run.worker.send(Command::Rerun(Box::new(params)));
        if dragged % 8 == 0 {
            std::thread::sleep(std::time::Duration::from_millis(3));
        }
    }
    run.worker.send(Command::Rerun(Box::new(small_recipe().night)));
    run.until("it is as it was", |run| {
        let changed = run.told.iter().rev().find_map(|event| match event {
            Event::NightChanged(change) => Some(change.params == small_recipe().night),
            _ => None,
        });
        let frame = run.worker.frame();
        changed == Some(true) && frame.steps == 120 && !frame.running
    });
    while let Some(event) = run.worker.next_event() {
        run.told.push(event);
    }
    assert_eq!(run.phase(), Some(Phase::Woken));
    assert_eq!(run.known_spikes(), fresh.known_spikes());
    assert_eq!(run.final_bits(), fresh.final_bits());
}

/// Catches any road through a night, by single steps, back and forth, from breakpoint to breakpoint, at any speed and looked at
/// from all sides, that ends at other weights than the straight one.
#[test]
fn every_road_through_the_night_is_the_same_night() {
    let mut straight = Run::open(small_recipe());
    straight.play(Goal::Woken);
    let (spikes, bits) = (straight.known_spikes(), straight.final_bits());

    let mut winding = Run::open(small_recipe());
    winding.worker.send(Command::WatchWeights(true));
    winding.worker.send(Command::WatchPotentials(vec![(1, 3), (3, 0)]));
    winding
        .worker
        .send(Command::SetBreakpoints(vec![Stop::Step(37), Stop::WeightChange]));
    winding.play(Goal::Trained);
    winding.worker.send(Command::SetSpeed(Speed::PerSecond(900.0)));
    for _ in 0..200 {
        winding.worker.send(Command::Play(Goal::Woken));
        winding.until("it waits somewhere", |run| {
            !run.worker.frame().running && run.worker.frame().steps > 0
        });
        if winding.worker.frame().steps == 37 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    winding.go(Command::Seek(12), 12);
    winding
        .worker
        .send(Command::SetBreakpoints(vec![Stop::AccuracyBelow(2.0)]));
    for step in 13..=20 {
        winding.go(Command::Step(1), step);
    }
    winding.worker.send(Command::SetBreakpoints(Vec::new()));
    winding.worker.send(Command::Rerun(Box::new(livelier())));
    winding.worker.send(Command::FindThresholds {
        params: Box::new(livelier()),
        wanted: vec![0.01, 0.01, 0.01],
    });
    winding.worker.send(Command::Rerun(Box::new(small_recipe().night)));
    winding.go(Command::Seek(90), 90);
    winding.worker.send(Command::SetSpeed(Speed::Unlimited));
    winding.go(Command::Seek(0), 0);
    winding.worker.send(Command::Play(Goal::Woken));
    winding.until("it has woken", |run| {
        run.worker.frame().steps == 120 && !run.worker.frame().running
    });
    while let Some(event) = winding.worker.next_event() {
        winding.told.push(event);
    }
    assert_eq!(winding.known_spikes(), spikes);
    assert_eq!(winding.final_bits(), bits);
}

/// Catches a change that holds from the wrong step, is not told, or differs from the same change on another road.
#[test]
fn a_change_holds_from_the_next_step_on() {
    let mut first = Run::open(small_recipe());
    first.play(Goal::Trained);
    first.step(50);
    first.worker.send(Command::ChangeNight(Box::new(livelier())));
    first.play(Goal::Woken);
    let told = first.told.iter().find_map(|event| match event {
        Event::NightChanged(change) => Some((change.step, change.params.clone())),
        _ => None,
    });
    assert_eq!(told, Some((50, livelier())));

    let mut second = Run::open(small_recipe());
    second.play(Goal::Woken);
    let unchanged = second.known_spikes();
    second.go(Command::Seek(50), 50);
    second.worker.send(Command::ChangeNight(Box::new(livelier())));
    second.play(Goal::Woken);
    assert_eq!(first.known_spikes(), second.known_spikes());
    assert_eq!(first.final_bits(), second.final_bits());
    let until = |spikes: &[(u64, u32)]| spikes.iter().filter(|&&(step, _)| step < 50).count();
    assert_eq!(until(&unchanged), until(&second.known_spikes()));
    assert_ne!(unchanged, second.known_spikes());

    // A second thought at the very same moment replaces the first.
    second.go(Command::Seek(50), 50);
    second.worker.send(Command::ChangeNight(Box::new(small_recipe().night)));
    second.play(Goal::Woken);
    assert_eq!(second.known_spikes(), unchanged);
}

/// Catches parameters that make no sense and are taken, or that take the night with them.
#[test]
fn a_change_that_makes_no_sense_is_refused_and_loses_nothing() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let (spikes, bits) = (run.known_spikes(), run.final_bits());
    for command in [Command::ChangeNight, Command::Rerun] {
        run.told.retain(|event| !matches!(event, Event::Failed(_)));
        run.worker.send(command(Box::new(NightParams {
            beta: vec![1.0],
            ..livelier()
        })));
        run.until("it says no", |run| run.failure().is_some());
        assert!(run.failure().is_some_and(|text| text.contains("night.beta")));
    }
    assert_eq!((run.known_spikes(), run.final_bits()), (spikes, bits));
    assert_eq!(run.phase(), Some(Phase::Woken));
}

/// Catches a stop that is run past, hit a step late, or that keeps a night from going on.
#[test]
fn it_stops_where_it_was_told_to() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let spikes = run.known_spikes();
    let hidden = 784..784 + 48;
    let (fires, unit) = *spikes
        .iter()
        .find(|(step, unit)| *step > 10 && hidden.contains(unit))
        .expect("a lively night");
    let changes = spikes
        .iter()
        .find(|(step, unit)| *step >= fires + 3 && *unit >= 784)
        .expect("a lively night")
        .0;

    run.go(Command::Seek(10), 10);
    let spike = Stop::Spike(vec![(1, unit - 784)]);
    run.go(Command::PlayUntil(spike.clone()), fires + 1);
    assert_eq!(run.hits(), [(spike.clone(), fires + 1)]);

    run.go(Command::Seek(fires + 3), fires + 3);
    run.worker
        .send(Command::SetBreakpoints(vec![Stop::Step(9_999), Stop::WeightChange]));
    run.go(Command::Play(Goal::Woken), changes + 1);
    assert_eq!(run.hits().last(), Some(&(Stop::WeightChange, changes + 1)));

    run.worker.send(Command::SetBreakpoints(Vec::new()));
    run.play(Goal::Woken);
    assert_eq!(run.known_spikes(), spikes);
}

/// Catches a silence that is counted from where somebody began to play instead of from the last spike.
#[test]
fn silence_is_counted_from_the_last_spike() {
    let mut recipe = small_recipe();
    // The outputs never spike.
    recipe.night.beta[2] = 100.0;
    let mut run = Run::open(recipe);
    run.play(Goal::Woken);
    let stop = Stop::Silent { layer: 3, steps: 40 };
    run.worker.send(Command::SetBreakpoints(vec![stop.clone()]));
    for from in [0, 25, 39] {
        run.go(Command::Seek(from), from);
        run.go(Command::Play(Goal::Woken), 40);
        assert_eq!(run.hits().last(), Some(&(stop.clone(), 40)), "from {from}");
    }
}

/// Catches a wait at every weight change below the bound instead of where the accuracy falls through it, and a fall that is
/// missed after going about in the night.
#[test]
fn it_waits_where_the_accuracy_falls_through_the_bound() {
    let mut recipe = small_recipe();
    recipe.night = livelier();
    let mut run = Run::open(recipe);
    run.play(Goal::Woken);
    run.worker.send(Command::TraceCurve { with_effects: false });
    run.until("every step is tested", |run| {
        run.told.iter().any(|event| matches!(event, Event::Traced(_)))
    });
    let exact = run.told.iter().find_map(|event| match event {
        Event::Traced(traced) => (0..=120).map(|step| traced.curve.accuracy(step)).collect(),
        _ => None,
    });
    let exact: Vec<f64> = exact.expect("just waited for");
    let falls = |bound: f64| -> Vec<u64> {
        let is_fall = |step: &u64| exact[*step as usize - 1] >= bound && exact[*step as usize] < bound;
        (1..=120).filter(is_fall).collect()
    };
    // A bound that is fallen through, and that the accuracy changes below of afterwards.
    let changes_below = |bound: f64| {
        exact
            .windows(2)
            .filter(|pair| pair[0].to_bits() != pair[1].to_bits() && pair[0] < bound)
            .count()
    };
    let is_telling = |bound: &&f64| (1..=8).contains(&falls(**bound).len()) && changes_below(**bound) > 4;
    let bound = *exact.iter().find(is_telling).expect("a night with a bad hour");
    let stop = Stop::AccuracyBelow(bound);
    run.worker.send(Command::SetBreakpoints(vec![stop.clone()]));
    run.go(Command::Seek(0), 0);
    let falls = falls(bound);
    for &fall in &falls {
        run.go(Command::Play(Goal::Woken), fall);
    }
    run.go(Command::Play(Goal::Woken), 120);
    let hits: Vec<u64> = run.hits().into_iter().map(|(_, step)| step).collect();
    assert_eq!(hits, falls, "each fall once, and no wait below");
    let last = falls[falls.len() - 1];
    run.go(Command::Seek(last - 1), last - 1);
    run.go(Command::Step(1), last);
    run.until("it is told", |run| run.hits().len() == falls.len() + 1);
    run.worker.send(Command::SetBreakpoints(vec![Stop::AccuracyBelow(2.0)]));
    run.go(Command::Seek(0), 0);
    run.go(Command::Play(Goal::Woken), 120);
    assert_eq!(run.hits().len(), falls.len() + 1, "it was never above two");
}

/// Catches a history that differs from what was recorded as it happened.
#[test]
fn the_past_of_a_neuron_is_what_it_was() {
    let mut recorded = Run::open(small_recipe());
    recorded.worker.send(Command::WatchPotentials(vec![(1, 5), (2, 7)]));
    recorded.play(Goal::Woken);
    let mut values = Vec::new();
    for event in &recorded.told {
        if let Event::Potentials(chunk) = event {
            values.extend(chunk.values.iter().map(|value| value.to_bits()));
        }
    }

    let mut late = Run::open(small_recipe());
    late.play(Goal::Woken);
    late.worker.send(Command::WatchPotentials(vec![(1, 5), (2, 7)]));
    late.until("the past is told", |run| {
        run.told.iter().any(|event| matches!(event, Event::PastPotentials(_)))
    });
    let past = late.told.iter().find_map(|event| match event {
        Event::PastPotentials(chunk) => Some(chunk.clone()),
        _ => None,
    });
    let past = past.expect("just waited for");
    assert_eq!((past.first_step, past.steps()), (0, 120));
    let past: Vec<u32> = past.values.iter().map(|value| value.to_bits()).collect();
    assert_eq!(past, values);
}
