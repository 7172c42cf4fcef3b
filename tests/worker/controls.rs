//! The controls of a night beside the run: the numbers of the protocols, and the same run.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use somnoscope::data::Set;
use somnoscope::experiment::{ChangeControl, Control, Job, Library, Plan, Protocol, Recipe, Rival, run_job};
use somnoscope::sim::evaluate::Evaluation;
use somnoscope::worker::{Command, Controlled, Event, Goal};

use super::{Run, small_recipe};

/// Everything that can be switched on.
fn rivals() -> Vec<Rival> {
    vec![
        Rival::Change(ChangeControl::ShuffledWithinNeuron),
        Rival::Change(ChangeControl::ShuffledOverLayer),
        Rival::Change(ChangeControl::NeuronMean),
        Rival::Change(ChangeControl::OnlyLayer(2)),
        Rival::RescaledOutputs,
        Rival::WeightDecay,
        Rival::Settings(vec!["night.dream=WholeImage".to_owned()]),
        Rival::Settings(vec!["night.gate=None".to_owned()]),
        Rival::ShuffledPixels,
        Rival::ForeignMean(Set::FashionMnist),
        Rival::FineTuning(Recipe::usual_fine_tuning()),
        Rival::EarlyStopping {
            share: 0.2,
            epochs: 8,
            patience: Some(3),
        },
    ]
}

impl Run {
    /// The last answer about the controls, once it is whole and of this step.
    fn controlled(&mut self, steps: u64) -> Arc<Controlled> {
        let find = move |event: &Event| match event {
            Event::Controlled(found) if found.steps == steps && found.found.len() == found.wanted.len() => {
                Some(Arc::clone(found))
            }
            _ => None,
        };
        self.until("the controls are tested", |run| {
            run.told.iter().any(|event| find(event).is_some())
        });
        self.told.iter().rev().find_map(find).expect("it was told")
    }
}

/// Catches switches in the window that do something else than the protocol of the same name, and a night of another moment.
#[test]
fn the_switches_find_what_the_protocol_finds() {
    let recipe = small_recipe();
    let steps = recipe.night.steps;
    let mut run = Run::open(recipe.clone());
    run.worker.send(Command::Control(rivals()));
    run.play(Goal::Woken);
    let controlled = run.controlled(steps);
    let controls = rivals().into_iter().enumerate().map(|(place, by)| Control {
        name: place.to_string(),
        by,
    });
    let protocol = Protocol {
        name: "switches".to_owned(),
        title: String::new(),
        note: String::new(),
        trials: 1,
        recipe,
        axes: Vec::new(),
        plan: Plan::Night {
            fine_tuning: None,
            controls: controls.collect(),
            conditions: Vec::new(),
            look: false,
            trained_under: None,
        },
        published: Vec::new(),
    };
    let job = Job { point: 0, trial: 0 };
    let findings = run_job(&protocol, job, &Library::new(None), &AtomicBool::new(false))
        .unwrap()
        .unwrap();
    let accuracy = |phase: &str| {
        let found = findings.iter().find(|it| it.phase == phase && it.measure == "accuracy");
        found.expect("a finding").value.to_bits()
    };
    assert_eq!(controlled.before.accuracy().to_bits(), accuracy("before"));
    assert_eq!(controlled.night.accuracy().to_bits(), accuracy("after"));
    let mut networks = vec![controlled.before.clone(), controlled.night.clone()];
    for (place, found) in controlled.found.iter().enumerate() {
        let found = found.as_ref().expect("finite weights");
        assert_eq!(
            found.accuracy().to_bits(),
            accuracy(&place.to_string()),
            "{:?}",
            controlled.wanted[place]
        );
        networks.push(found.clone());
    }
    // A switch that does nothing leaves the network as it fell asleep, one that is of no effect as it woke.
    let other = |test: &Evaluation| *test != controlled.before && *test != controlled.night;
    let acting = networks.iter().filter(|test| other(test)).count();
    assert!(acting >= rivals().len() - 2, "{acting} controls do something");
}

/// Catches controls that change the run they are made of, that are tested although nobody wants them, and that stay what they were
/// when the night goes on.
#[test]
fn controls_leave_the_run_alone() {
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    assert!(!alone.told.iter().any(|event| matches!(event, Event::Controlled(_))));
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::Control(rivals()));
    run.play(Goal::Trained);
    run.step(40);
    let early = run.controlled(40);
    run.worker.send(Command::Control(rivals()[..1].to_vec()));
    run.play(Goal::Woken);
    let late = run.controlled(small_recipe().night.steps);
    assert_eq!((early.wanted.len(), late.wanted.len()), (rivals().len(), 1));
    assert_ne!(early.night, late.night);
    assert_eq!(early.before, late.before);
    assert_eq!(run.spikes(), alone.spikes());
}
