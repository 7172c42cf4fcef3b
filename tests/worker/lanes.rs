//! Lanes beside the night: they share its noise, change nothing in it, and can take its place.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use somnoscope::run::{Recording, Verdict};
use somnoscope::sim::night::Spike;
use somnoscope::worker::{
    Branching, Command, Event, Goal, LaneId, LaneOpened, LaneOrigin, MAX_LANES, Moment, RunNotes, WeightShifts, Which,
};
use tempfile::TempDir;

use super::going::livelier;
use super::{Run, small_recipe};

/// A branch that goes on as the night does.
fn branching(step: u64) -> Branching {
    Branching {
        name: "other".to_owned(),
        step,
        params: None,
        without: None,
    }
}

impl Run {
    /// Makes a lane and waits until it was gone through to its end and tested there.
    fn branch(&mut self, wanted: Branching) -> Arc<LaneOpened> {
        let known = self.lanes().len();
        self.worker.send(Command::Branch(Box::new(wanted)));
        self.until("there is a lane", |run| run.lanes().len() > known);
        let opened = self.lanes().pop().expect("just waited for");
        let end = Moment::Step(opened.recipe.night.steps);
        self.until("it is tested at its end", |run| {
            run.lane_accuracy(opened.id, end).is_some()
        });
        opened
    }

    /// Every lane that was ever made.
    fn lanes(&self) -> Vec<Arc<LaneOpened>> {
        let opened = self.told.iter().filter_map(|event| match event {
            Event::LaneOpened(opened) => Some(Arc::clone(opened)),
            _ => None,
        });
        opened.collect()
    }

    /// The spikes of a lane, as step and unit; each step must be told once and in order.
    fn lane_spikes(&self, lane: LaneId) -> Vec<(u64, u32)> {
        let (mut spikes, mut known) = (Vec::new(), 0);
        for event in &self.told {
            if let Event::LaneAdvanced { id, chunk } = event
                && *id == lane
            {
                assert_eq!(chunk.first_step, known);
                for (step, index) in (chunk.first_step..).zip(0..chunk.steps()) {
                    spikes.extend(chunk.step(index).iter().map(|&unit| (step, unit)));
                }
                known += chunk.steps() as u64;
            }
        }
        spikes
    }

    /// Share of correct images of a lane at a moment.
    fn lane_accuracy(&self, lane: LaneId, moment: Moment) -> Option<f64> {
        self.told.iter().rev().find_map(|event| match event {
            Event::LaneTested { id, test } if *id == lane && test.moment == moment => Some(test.evaluation.accuracy()),
            _ => None,
        })
    }

    /// How far the weights of a night are at a step, as last told.
    fn shifts(&self, night: Which, baseline: Which, step: u64) -> Option<Arc<WeightShifts>> {
        self.told.iter().rev().find_map(|event| match event {
            Event::LaneWeights(shifts) if (shifts.night, shifts.baseline, shifts.step) == (night, baseline, step) => {
                Some(Arc::clone(shifts))
            }
            _ => None,
        })
    }
}

/// Catches a lane left alone that is another night, a curve of it that is not the night's, and a night that a lane changes.
#[test]
fn a_lane_left_alone_is_the_night_itself() {
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    run.step(50);
    let lane = run.branch(branching(40));
    assert_eq!(lane.origin, LaneOrigin::Branch(40));
    run.play(Goal::Woken);
    assert_eq!(run.spikes(), alone.spikes());
    assert_eq!(run.lane_spikes(lane.id), alone.spikes());
    for moment in [0, 40, 60, 120].map(Moment::Step) {
        assert_eq!(run.lane_accuracy(lane.id, moment), alone.accuracy(moment), "{moment:?}");
    }
    assert_eq!(run.final_bits(), alone.final_bits());
}

/// Catches a lane with other parameters that is the same night, one that parts too early, one that does not stand where the night
/// is sought, and weights that are compared with themselves.
#[test]
fn a_lane_goes_on_with_other_parameters_and_stands_where_the_night_stands() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let lane = run.branch(Branching {
        params: Some(Box::new(livelier())),
        ..branching(40)
    });
    let (night, other) = (run.spikes(), run.lane_spikes(lane.id));
    let upto = |spikes: &[(u64, u32)], end| {
        spikes
            .iter()
            .copied()
            .filter(|&(step, _)| step < end)
            .collect::<Vec<_>>()
    };
    assert!(upto(&night, 40) == upto(&other, 40) && night != other);
    assert_eq!(
        lane.changes.iter().map(|change| change.step).collect::<Vec<_>>(),
        [0, 40]
    );
    let which = Which::Lane(lane.id);
    run.worker.send(Command::CompareWeights(Some(Which::Present)));
    run.until("weights are compared", |run| {
        run.shifts(which, Which::Present, 120).is_some()
    });
    let apart = |run: &Run, step| {
        let shifts = run.shifts(which, Which::Present, step).expect("waited for");
        let layers = shifts
            .layers
            .iter()
            .map(|layer| layer.apart.expect("the same shape").differing);
        layers.sum::<u64>()
    };
    assert!(apart(&run, 120) > 0);
    run.go(Command::Seek(37), 37);
    run.until("the lane is tested there", |run| {
        run.lane_accuracy(lane.id, Moment::Step(37)).is_some()
    });
    run.until("weights are compared there", |run| {
        run.shifts(which, Which::Present, 37).is_some()
    });
    assert_eq!(apart(&run, 37), 0, "they have not parted yet");
    assert_eq!(
        run.lane_accuracy(lane.id, Moment::Step(37)),
        run.accuracy(Moment::Step(37))
    );
}

/// Catches a promoted lane that is not the night that all panes show, a night that is lost by it, and a spike left out that comes
/// back when the run is saved.
#[test]
fn a_promoted_lane_changes_places_with_the_night() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let (first, bits) = (run.spikes(), run.final_bits());
    let hidden = |&(step, unit): &(u64, u32)| (step > 20 && (784..832).contains(&unit)).then(|| (step, unit - 784));
    let (step, unit) = first.iter().find_map(hidden).expect("the night is not silent");
    let spike = Spike { step, layer: 1, unit };
    let lane = run.branch(Branching {
        without: Some(spike),
        ..branching(step)
    });
    assert_eq!(lane.without, [spike]);
    let second = run.lane_spikes(lane.id);
    let is_spike = |&(at, unit): &(u64, u32)| at == step && unit == spike.unit + 784;
    assert!(first.iter().any(is_spike) && !second.iter().any(is_spike));
    run.told.clear();
    run.worker.send(Command::PromoteLane(lane.id));
    run.until("they have changed places", |run| run.lanes().len() == 1);
    run.until("it stands there", |run| run.accuracy(Moment::Step(120)).is_some());
    assert!(
        run.told
            .iter()
            .any(|event| matches!(event, Event::LeftOut(spikes) if *spikes == [spike]))
    );
    assert_eq!(run.spikes(), second);
    let old = run.lanes().pop().expect("the night before");
    run.until("all of it is told", |run| {
        run.lane_accuracy(old.id, Moment::Step(120)).is_some()
    });
    assert_eq!(
        (&old.origin, run.lane_spikes(old.id)),
        (&LaneOrigin::Night, first.clone())
    );
    assert_ne!(run.final_bits(), bits);

    let path = folder.path().join("promoted.somno");
    run.worker.send(Command::Save {
        path: path.clone(),
        notes: Box::new(RunNotes::default()),
    });
    run.until("it is saved", |run| {
        run.told.iter().any(|event| matches!(event, Event::Saved(_)))
    });
    let recording = Recording::read(&path).expect("a whole file");
    assert_eq!(recording.manifest.without, [spike]);
    let verdict = recording.verify(|_| {}, &AtomicBool::new(false));
    assert!(
        matches!(verdict, Some(Verdict::Identical { steps: 120, .. })),
        "{verdict:?}"
    );

    run.told.clear();
    run.worker.send(Command::PromoteLane(old.id));
    run.until("they have changed places again", |run| run.lanes().len() == 1);
    run.until("it stands there", |run| run.accuracy(Moment::Step(120)).is_some());
    assert_eq!(run.spikes(), first);
    assert_eq!(run.final_bits(), bits);
    // The file itself as a lane: it keeps its own night.
    run.worker.send(Command::AddRun(path.clone()));
    run.until("the file is a lane", |run| run.lanes().len() == 2);
    let file = run.lanes().pop().expect("just waited for");
    run.until("its tests are told", |run| {
        run.lane_accuracy(file.id, Moment::Step(120)).is_some()
    });
    assert_eq!(
        (&file.origin, run.lane_spikes(file.id)),
        (&LaneOrigin::File(path), second)
    );
    // It stands where the night stands, as the lane does from which it was saved.
    let twin = run.lanes()[0].id;
    for step in [50, 21] {
        run.go(Command::Seek(step), step);
        let moment = Moment::Step(step);
        run.until("both are tested there", |run| {
            run.lane_accuracy(twin, moment).is_some() && run.lane_accuracy(file.id, moment).is_some()
        });
        assert_eq!(run.lane_accuracy(file.id, moment), run.lane_accuracy(twin, moment));
    }
}

/// Catches lanes without end, a sentence that is not said, a lane that stays when it is closed or when its run is gone, and a file
/// that is none.
#[test]
fn lanes_come_to_an_end() {
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::Branch(Box::new(branching(0))));
    run.until("it is refused before the night", |run| run.failure().is_some());
    run.play(Goal::Trained);
    run.step(10);
    for _ in 0..MAX_LANES {
        run.branch(branching(5));
    }
    run.told.retain(|event| !matches!(event, Event::Failed(_)));
    run.worker.send(Command::Branch(Box::new(branching(5))));
    run.until("one too many is refused", |run| {
        run.failure().is_some_and(|text| text.contains("close one first"))
    });
    let first = run.lanes()[0].id;
    let is_closed = |run: &Run, lane| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::LaneClosed(id) if *id == lane))
    };
    run.worker.send(Command::CloseLane(first));
    run.until("it is closed", |run| is_closed(run, first));
    run.told.retain(|event| !matches!(event, Event::Failed(_)));
    run.worker.send(Command::AddRun("no such file.somno".into()));
    run.until("a file that is none is refused", |run| {
        run.failure().is_some_and(|text| text.contains("no such file"))
    });
    let all: Vec<LaneId> = run.lanes().iter().map(|lane| lane.id).collect();
    run.worker.send(Command::Open {
        recipe: Box::new(small_recipe()),
        from: somnoscope::worker::Start::Trained,
    });
    run.until("all have gone with their run", |run| {
        all.iter().all(|&lane| is_closed(run, lane))
    });
}

/// Catches a lane that does not come back as it was, or is forgotten too early; and one that cannot be given other settings, or is
/// then another night than a branch with them.
#[test]
fn a_lane_is_brought_back_and_given_other_settings() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let same = run.branch(branching(40));
    let spikes = run.lane_spikes(same.id);
    run.worker.send(Command::CloseLane(same.id));
    run.until("it is closed", |run| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::LaneClosed(id) if *id == same.id))
    });
    run.told.clear();
    run.worker.send(Command::ReopenLane);
    run.until("it is back", |run| !run.lanes().is_empty());
    run.until("all of it is told", |run| {
        run.lane_accuracy(same.id, Moment::Step(120)).is_some()
    });
    assert_eq!(run.lane_spikes(same.id), spikes);
    run.told.clear();
    let mut params = small_recipe().night;
    params.beta[0] = 3.0;
    run.worker.send(Command::ChangeLane(same.id, Box::new(params.clone())));
    run.until("it is told anew", |run| !run.lanes().is_empty());
    assert_eq!(run.lanes()[0].recipe.night, params);
    run.until("it is tested at its end", |run| {
        run.lane_accuracy(same.id, Moment::Step(120)).is_some()
    });
    let changed = run.lane_spikes(same.id);
    run.told.clear();
    let other = run.branch(Branching {
        params: Some(Box::new(params)),
        ..branching(40)
    });
    assert_eq!(changed, run.lane_spikes(other.id));
    assert_ne!(changed, spikes);
    assert_eq!(run.failure(), None);
}

/// Catches a curve that stays thin once a lane has become the night: the tests that it was still to have come all the same.
#[test]
fn a_promoted_lane_is_tested_to_its_end() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let mut params = small_recipe().night;
    params.beta[0] = 3.0;
    let known = run.lanes().len();
    run.worker.send(Command::Branch(Box::new(Branching {
        params: Some(Box::new(params)),
        ..branching(20)
    })));
    run.until("there is a lane", |run| run.lanes().len() > known);
    let lane = run.lanes().pop().expect("just waited for").id;
    run.worker.send(Command::PromoteLane(lane));
    run.until("it is the night", |run| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::LanePromoted(id) if *id == lane))
    });
    let begun = run
        .told
        .iter()
        .rposition(|event| matches!(event, Event::LanePromoted(_)))
        .unwrap_or_default();
    // Before, a part of its tests is told as known; the rest follows.
    let forgot = run.told[..begun]
        .iter()
        .rposition(|event| matches!(event, Event::Forgot { .. }))
        .unwrap_or_default();
    run.until("every fourth step is tested", |run| {
        let tested = |step: u64| {
            run.told[forgot..]
                .iter()
                .any(|event| matches!(event, Event::Evaluated(test) if test.moment == Moment::Step(step)))
        };
        (0..=120).step_by(4).all(tested)
    });
}
