//! Fine-tuning after the night: the run goes on into it, and any moment of it is brought back.

use somnoscope::data;
use somnoscope::experiment::{Library, Plan, Protocol, run_job, run_trial};
use somnoscope::run::{Recording, Verdict};
use somnoscope::sim::train::TrainParams;
use somnoscope::worker::RunNotes;

use super::*;

/// The small run, with two epochs of fine-tuning: 20 batches.
fn tuned_recipe() -> Recipe {
    let mut recipe = small_recipe();
    recipe.fine_tuning = Some(TrainParams {
        epochs: 2,
        batch: 20,
        ..Recipe::usual_fine_tuning()
    });
    recipe
}

impl Run {
    /// Batches of fine-tuning that were told of.
    fn tuned(&self) -> Vec<BatchPoint> {
        let told = self.told.iter().filter_map(|event| match event {
            Event::TunedBatches(batches) => Some(batches.clone()),
            _ => None,
        });
        told.flatten().collect()
    }
}

/// Catches a fine-tuning that the window does otherwise than trials and protocols do: with other batches, another order of the
/// images, or without the momentum of training; and a control that sleeps.
#[test]
fn window_trials_and_protocols_fine_tune_alike() {
    let recipe = tuned_recipe();
    let mut run = Run::open(recipe.clone());
    run.play(Goal::Tuned);
    assert_eq!(run.phase(), Some(Phase::Tuned));
    run.until("it is tested", |run| run.accuracy(Moment::Tuned(20)).is_some());
    let never = std::sync::atomic::AtomicBool::new(false);
    let dataset = data::load(&recipe.data).unwrap();
    let trial = run_trial(&recipe, &dataset, &mut |_| {}, &never).unwrap().unwrap();
    let tuned = trial.tuned.expect("the recipe has fine-tuning");
    let same = |one: Option<f64>, other: f64| assert_eq!(one.map(f64::to_bits), Some(other.to_bits()));
    same(run.accuracy(Moment::Step(120)), trial.after.accuracy());
    same(run.accuracy(Moment::Tuned(20)), tuned.slept.accuracy());
    let protocol = Protocol {
        name: "tuned".to_owned(),
        title: String::new(),
        note: String::new(),
        trials: 1,
        recipe,
        axes: Vec::new(),
        plan: Plan::Night {
            fine_tuning: None,
            controls: Vec::new(),
            conditions: Vec::new(),
            trained_under: None,
            look: false,
        },
        published: Vec::new(),
    };
    let job = protocol.jobs().next().unwrap();
    let findings = run_job(&protocol, job, &Library::default(), &never).unwrap().unwrap();
    let found = |phase: &str| {
        let of_phase = |it: &&somnoscope::experiment::Finding| it.phase == phase && it.measure == "accuracy";
        findings.iter().find(of_phase).map(|it| it.value)
    };
    same(found("sleep and fine-tuning"), tuned.slept.accuracy());
    same(found("fine-tuning without sleep"), tuned.awake.accuracy());
    assert!(
        tuned.slept != trial.after && tuned.awake != trial.before,
        "fine-tuning changes something"
    );
}

/// Catches a moment of fine-tuning that comes back as another network, a night or a training that is lost by it, and a run that
/// goes on otherwise afterwards.
#[test]
fn any_batch_of_fine_tuning_is_brought_back() {
    let mut run = Run::open(tuned_recipe());
    run.play(Goal::Woken);
    assert_eq!(
        run.phase(),
        Some(Phase::Woken),
        "whoever asks for the night gets no more"
    );
    let morning = run.bits_at(Moment::Step(120));
    run.step(7);
    let seventh = run.bits_at(Moment::Tuned(7));
    assert_eq!(run.phase(), Some(Phase::Tuning));
    run.step(6);
    let thirteenth = run.bits_at(Moment::Tuned(13));
    let frame = run.worker.frame();
    assert_eq!((frame.tuned, frame.known_tuned, frame.steps), (13, 13, 120));
    assert_eq!(frame.tuning_checkpoints, [10]);
    // Back within it, into the night, into training, and to the newest moment again.
    run.worker.send(Command::SeekTuned(7));
    assert!(run.bits_at(Moment::Tuned(7)) == seventh);
    run.until("it is tested there", |run| run.accuracy(Moment::Tuned(7)).is_some());
    run.worker.send(Command::Seek(40));
    run.bits_at(Moment::Step(40));
    run.until("it sleeps", |run| run.phase() == Some(Phase::Asleep));
    run.worker.send(Command::SeekTuned(13));
    assert!(run.bits_at(Moment::Tuned(13)) == thirteenth);
    run.worker.send(Command::SeekBatch(4));
    run.bits_at(Moment::Batch(4));
    run.worker.send(Command::SeekTuned(7));
    assert!(run.bits_at(Moment::Tuned(7)) == seventh);
    run.worker.send(Command::SeekTuned(0));
    assert!(run.bits_at(Moment::Step(120)) == morning);
    assert_eq!(run.worker.frame().known_tuned, 13);
    // Beyond what is known it goes on, at most to the end.
    run.worker.send(Command::SeekTuned(500));
    let end = run.bits_at(Moment::Tuned(20));
    run.until("its end is told", |run| run.phase() == Some(Phase::Tuned));
    let mut straight = Run::open(tuned_recipe());
    straight.play(Goal::Tuned);
    assert!(straight.bits_at(Moment::Tuned(20)) == end);
    run.until("every batch is told", |run| run.tuned().len() >= 20);
    straight.until("every batch is told", |run| run.tuned().len() >= 20);
    assert_eq!(run.tuned(), straight.tuned(), "once each, as on the straight way");
    assert_eq!(run.failure(), None);
}

/// Catches controls that are not tested while the run stands in fine-tuning, or that take the fine-tuned network for the night's.
#[test]
fn the_night_stands_between_its_controls_in_fine_tuning() {
    let mut run = Run::open(tuned_recipe());
    run.play(Goal::Tuned);
    run.until("the morning is tested", |run| run.accuracy(Moment::Step(120)).is_some());
    run.worker
        .send(Command::Control(vec![somnoscope::experiment::Rival::WeightDecay]));
    let found = |run: &Run| {
        let told = run.told.iter().rev().find_map(|event| match event {
            Event::Controlled(controlled) if controlled.found.len() == 1 => Some(controlled.night.accuracy()),
            _ => None,
        });
        told.map(f64::to_bits)
    };
    run.until("the controls are tested", |run| found(run).is_some());
    assert_eq!(found(&run), run.accuracy(Moment::Step(120)).map(f64::to_bits));
}

/// Catches a fine-tuning that outlives the night or the settings it was made from, and one that cannot be switched on, changed or
/// left out afterwards.
#[test]
fn another_night_or_other_settings_make_it_void() {
    let recipe = tuned_recipe();
    let mut run = Run::open(small_recipe());
    run.play(Goal::Tuned);
    assert_eq!(run.phase(), Some(Phase::Woken), "without fine-tuning the run ends here");
    let morning = run.bits_at(Moment::Step(120));
    run.worker.send(Command::SeekTuned(3));
    run.until("it is refused", |run| run.failure().is_some());
    assert!(run.failure().is_some_and(|text| text.contains("switch fine-tuning on")));
    let set = |params: &Option<TrainParams>| Command::SetFineTuning(params.clone().map(Box::new));
    run.worker.send(set(&recipe.fine_tuning));
    run.play(Goal::Tuned);
    let end = run.bits_at(Moment::Tuned(20));
    let mut straight = Run::open(recipe.clone());
    straight.play(Goal::Tuned);
    assert!(
        straight.bits_at(Moment::Tuned(20)) == end,
        "as if it had been so from birth"
    );
    // Other settings: back to the morning, and another network.
    let mut gentler = recipe.clone();
    if let Some(tuning) = &mut gentler.fine_tuning {
        tuning.learning_rate = 0.001;
    }
    run.worker.send(set(&gentler.fine_tuning));
    run.until("it stands in the morning", |run| run.phase() == Some(Phase::Woken));
    assert!(run.bits_at(Moment::Step(120)) == morning);
    run.play(Goal::Tuned);
    assert!(run.bits_at(Moment::Tuned(20)) != end);
    // Settings that make no sense change nothing.
    let mut senseless = gentler.fine_tuning.clone();
    if let Some(tuning) = &mut senseless {
        tuning.batch = 0;
    }
    run.worker.send(set(&senseless));
    run.until("it is refused", |run| {
        run.failure().is_some_and(|text| text.contains("fine_tuning.batch"))
    });
    assert_eq!(run.phase(), Some(Phase::Tuned));
    // Another night.
    let mut longer = gentler.night.clone();
    longer.steps = 130;
    run.worker.send(Command::ChangeNight(Box::new(longer.clone())));
    run.until("it sleeps on", |run| run.phase() == Some(Phase::Asleep));
    assert_eq!(run.worker.frame().known_tuned, 0);
    run.play(Goal::Tuned);
    let other = run.bits_at(Moment::Tuned(20));
    gentler.night = longer;
    let mut straight = Run::open(gentler);
    straight.play(Goal::Tuned);
    assert!(straight.bits_at(Moment::Tuned(20)) == other);
    // None at all.
    run.worker.send(Command::SetFineTuning(None));
    run.until("it stands in the morning", |run| run.phase() == Some(Phase::Woken));
    run.bits_at(Moment::Step(130));
}

/// Catches a file from which another fine-tuning is made than the one it had, or which is not the night that it says.
#[test]
fn a_saved_night_is_fine_tuned_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tuned.somno");
    let mut run = Run::open(tuned_recipe());
    run.play(Goal::Tuned);
    let end = run.bits_at(Moment::Tuned(20));
    // Also while it stands in training.
    run.worker.send(Command::SeekBatch(4));
    run.bits_at(Moment::Batch(4));
    run.worker.send(Command::Save {
        path: path.clone(),
        notes: Box::new(RunNotes::default()),
    });
    run.until("it is saved", |run| {
        run.told.iter().any(|event| matches!(event, Event::Saved(_)))
    });
    let recording = Recording::read(&path).unwrap();
    assert_eq!(recording.manifest.format, 3);
    let verdict = recording.verify(|_| {}, &std::sync::atomic::AtomicBool::new(false));
    assert!(matches!(verdict, Some(Verdict::Identical { steps: 120, .. })));
    let mut recalled = Run::open(small_recipe());
    recalled.worker.send(Command::OpenRecording(path));
    recalled.until("it is open", |run| run.phase() >= Some(Phase::Asleep));
    recalled.worker.send(Command::Seek(120));
    recalled.until("it has woken", |run| run.phase() == Some(Phase::Woken));
    recalled.play(Goal::Tuned);
    assert!(recalled.bits_at(Moment::Tuned(20)) == end);
}

/// Catches weights that overflow in fine-tuning and are called by another phase, or by none.
#[test]
fn a_fine_tuning_that_overflows_says_so() {
    let mut recipe = tuned_recipe();
    if let Some(tuning) = &mut recipe.fine_tuning {
        tuning.learning_rate = 10.0;
    }
    // Large weights, which training leaves alone.
    (recipe.network.start_weights, recipe.training.learning_rate) = (1.0, 0.0);
    let mut run = Run::open(recipe);
    run.play(Goal::Tuned);
    run.until("it says so", |run| run.failure().is_some());
    assert!(
        run.failure()
            .is_some_and(|text| text.starts_with("fine-tuning diverged at batch"))
    );
    run.worker.send(Command::Seek(60));
    run.bits_at(Moment::Step(60));
}
