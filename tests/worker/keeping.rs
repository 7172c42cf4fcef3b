//! Runs that are written to a file and opened again.

use std::path::PathBuf;
use std::sync::Arc;

use somnoscope::data::Origin;
use somnoscope::run::{Bookmark, Drawing, Recording, Verdict};
use somnoscope::sim::night::Alpha;
use somnoscope::worker::{Command, Event, Goal, Moment, Phase, RunNotes, Saved, Start, Worker};
use tempfile::TempDir;

use super::going::livelier;
use super::{Run, small_recipe};

/// What is written about the run of these tests.
fn notes() -> RunNotes {
    RunNotes {
        title: "A changed night".to_owned(),
        text: "It changes half-way.".to_owned(),
        bookmarks: vec![Bookmark {
            step: 50,
            name: "change".to_owned(),
            note: String::new(),
        }],
        drawings: vec![Drawing { pixels: vec![9; 784] }],
    }
}

impl Run {
    /// Saves the run.
    fn save(&mut self, path: &std::path::Path) -> Saved {
        self.told.retain(|event| !matches!(event, Event::Saved(_)));
        self.worker.send(Command::Save {
            path: path.to_owned(),
            notes: Box::new(notes()),
        });
        let saved = |run: &Self| {
            run.told.iter().find_map(|event| match event {
                Event::Saved(saved) => Some(saved.as_ref().clone()),
                _ => None,
            })
        };
        self.until("it is saved", |run| saved(run).is_some());
        saved(self).expect("just waited for")
    }

    /// A worker that opens a recorded run and nothing else.
    fn recall(path: &std::path::Path) -> Self {
        let worker = Worker::spawn(|| {}).expect("a thread can be started");
        worker.send(Command::WatchWeights(true));
        worker.send(Command::OpenRecording(path.to_owned()));
        let mut run = Self {
            worker,
            told: Vec::new(),
        };
        run.until("it is recalled or refused", |run| {
            run.failure().is_some() || run.phase() >= Some(Phase::Asleep)
        });
        run
    }
}

/// Catches a recorded run that forgets something, stands elsewhere, or goes on differently from the one that was saved.
#[test]
fn a_recalled_run_goes_on_as_if_it_had_never_been_away() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("runs").join("night.somno");
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    run.step(50);
    run.worker.send(Command::ChangeNight(Box::new(livelier())));
    run.step(40);
    run.go(Command::Seek(70), 70);
    run.until("it is tested", |run| run.accuracy(Moment::Step(70)).is_some());
    let saved = run.save(&path);
    assert_eq!((saved.steps, &saved.path), (90, &path));
    assert_eq!(saved.bytes, std::fs::metadata(&path).expect("it is there").len());
    let recording = Recording::read(&path).expect("a whole file");
    assert!(matches!(
        recording.verify(|_| {}, &std::sync::atomic::AtomicBool::new(false)),
        Some(Verdict::Identical { steps: 90, .. })
    ));

    let mut recalled = Run::recall(&path);
    recalled.until("it stands where it stood", |run| {
        run.worker.frame().steps == 70 && !run.running()
    });
    recalled.listen();
    let told = recalled.told.iter().find_map(|event| match event {
        Event::Recalled(recalled) => Some(recalled.notes.clone()),
        _ => None,
    });
    assert_eq!(told, Some(notes()));
    assert_eq!(recalled.worker.frame().known_steps, 90);
    assert_eq!(recalled.known_spikes(), run.known_spikes());
    for moment in [Moment::Batch(30), Moment::Step(0), Moment::Step(70)] {
        assert!(
            run.accuracy(moment).is_some() && recalled.accuracy(moment) == run.accuracy(moment),
            "{moment:?}"
        );
    }
    run.play(Goal::Woken);
    recalled.play(Goal::Woken);
    assert_eq!(recalled.known_spikes(), run.known_spikes());
    assert_eq!(recalled.final_bits(), run.final_bits());
    assert_eq!(recalled.accuracy(Moment::Step(120)), run.accuracy(Moment::Step(120)));

    // And another night on the same trained network.
    recalled.told.clear();
    let mut recipe = small_recipe();
    recipe.night = livelier();
    recalled.worker.send(Command::Open {
        recipe: Box::new(recipe),
        from: Start::Trained,
    });
    recalled.until("it is ready", |run| run.phase() == Some(Phase::Trained));
    assert!(!recalled.told.iter().any(|event| matches!(event, Event::Batches(_))));
}

/// Catches a save that disturbs the night it is made in.
#[test]
fn saving_under_way_changes_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut recipe = small_recipe();
    recipe.night.steps = 20_000;
    let mut plain = Run::open(recipe.clone());
    plain.play(Goal::Woken);
    let mut saving = Run::open(recipe);
    saving.worker.send(Command::Play(Goal::Woken));
    saving.until("it sleeps", |run| run.phase() == Some(Phase::Asleep));
    for number in 0..3 {
        let saved = saving.save(&folder.path().join(format!("{number}.somno")));
        let recording = Recording::read(&saved.path).expect("a whole file");
        assert_eq!(recording.journal.steps(), saved.steps);
    }
    saving.until("it has woken", |run| {
        run.phase() == Some(Phase::Woken) && !run.running()
    });
    assert_eq!(plain.known_spikes(), saving.known_spikes());
    assert_eq!(plain.final_bits(), saving.final_bits());
}

/// Catches a file that cannot be opened and takes the present run with it, and a sentence that does not say why.
#[test]
fn what_cannot_be_opened_or_saved_loses_nothing() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut run = Run::open(small_recipe());
    let to = |name: &str| Command::Save {
        path: folder.path().join(name),
        notes: Box::default(),
    };
    let refused = |run: &mut Run, command: Command, wanted: &str| {
        run.told.retain(|event| !matches!(event, Event::Failed(_)));
        run.worker.send(command);
        run.until("it says no", |run| run.failure().is_some());
        let sentence = run.failure().expect("just waited for").to_owned();
        assert!(sentence.contains(wanted) && !sentence.contains('\n'), "{sentence}");
    };
    refused(&mut run, to("early.somno"), "no night to save");
    run.play(Goal::Woken);
    let (spikes, bits) = (run.known_spikes(), run.final_bits());
    run.save(&folder.path().join("good.somno"));
    std::fs::write(folder.path().join("file"), "in the way").expect("a file can be written");
    refused(&mut run, to("file/night.somno"), "cannot be written");
    refused(
        &mut run,
        Command::OpenRecording(PathBuf::from("nowhere.somno")),
        "nowhere.somno",
    );

    assert_eq!((run.known_spikes(), run.final_bits()), (spikes, bits));
    assert_eq!(run.phase(), Some(Phase::Woken));
}

/// Catches a run of somebody else's images that cannot be opened, or can and is another: its night must be seen, gone back in,
/// changed and slept again as where the images are, and nothing may be called a test that is none.
#[test]
fn a_run_without_its_images_sleeps_like_one_with_them() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let good = run.save(&folder.path().join("good.somno")).path;
    let mut elsewhere = Recording::read(&good).expect("a whole file");
    elsewhere.manifest.data.sha256 = "1".repeat(64);
    elsewhere.manifest.recipe.data.from = Origin::Full;
    let path = folder.path().join("elsewhere.somno");
    elsewhere.write(&path).expect("it can be written");

    let mut stranger = Run::recall(&path);
    stranger.until("it stands where it stood", |run| {
        run.worker.frame().steps == 120 && !run.running()
    });
    stranger.listen();
    let sentence = stranger.failure().expect("it says what is missing").to_owned();
    assert!(
        sentence.contains("somnoscope data fetch mnist") && !sentence.contains('\n'),
        "{sentence}"
    );
    assert_eq!(stranger.known_spikes(), run.known_spikes());
    let tests = stranger
        .told
        .iter()
        .filter(|event| matches!(event, Event::Evaluated(_)));
    assert_eq!(tests.count(), elsewhere.manifest.tests.len(), "those of the file");
    assert_eq!(stranger.accuracy(Moment::Step(120)), run.accuracy(Moment::Step(120)));
    let opened = stranger.told.iter().find_map(|event| match event {
        Event::Opened(opened) => Some(Arc::clone(opened)),
        _ => None,
    });
    let opened = opened.expect("it is open");
    assert_eq!(
        (opened.train_images, opened.test_images, opened.class_names.len()),
        (200, 0, 10)
    );

    // The same change in both: gains that are made from the data must be the same without them.
    let mut changed = small_recipe().night;
    changed.alpha = Alpha::FromData { scale: 9.25 };
    changed.steps = 120;
    for run in [&mut run, &mut stranger] {
        run.go(Command::Seek(40), 40);
        run.worker.send(Command::ChangeNight(Box::new(changed.clone())));
        run.play(Goal::Woken);
    }
    assert_eq!(stranger.known_spikes(), run.known_spikes());
    assert_eq!(stranger.final_bits(), run.final_bits());
    let tests = |run: &Run| {
        let tests = run.told.iter().filter_map(|event| match event {
            Event::Evaluated(test) => Some(test.moment),
            _ => None,
        });
        tests.filter(|&moment| moment > Moment::Step(40)).count()
    };
    assert!(tests(&run) > tests(&stranger), "{} {}", tests(&run), tests(&stranger));

    // What needs the images is refused in a sentence, and saving keeps what they were.
    stranger.told.clear();
    stranger.worker.send(Command::TraceCurve { with_effects: false });
    stranger.until("it says no", |run| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::TracingStopped(Some(_))))
    });
    let saved = stranger.save(&folder.path().join("again.somno"));
    let again = Recording::read(&saved.path).expect("a whole file");
    assert_eq!(again.manifest.data, elsewhere.manifest.data);

    // Another night on the same trained network needs none.
    stranger.told.clear();
    let mut recipe = elsewhere.manifest.recipe.clone();
    recipe.night = livelier();
    stranger.worker.send(Command::Open {
        recipe: Box::new(recipe),
        from: Start::Trained,
    });
    stranger.until("it is ready", |run| run.phase() == Some(Phase::Trained));
    stranger.play(Goal::Woken);
    let mut known = small_recipe();
    known.night = livelier();
    run.told.clear();
    run.worker.send(Command::Open {
        recipe: Box::new(known),
        from: Start::Trained,
    });
    run.until("it is ready", |run| run.phase() == Some(Phase::Trained));
    run.play(Goal::Woken);
    assert_eq!(stranger.final_bits(), run.final_bits());
}
