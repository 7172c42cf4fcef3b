//! Recorded runs of strangers in a worker: opened, put beside a night, and left.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use ndarray::Axis;
use somnoscope::run::{Recording, When, hash_of_weights};
use somnoscope::worker::{Command, Event, Goal, Phase, RunNotes, Worker};
use tempfile::TempDir;

use super::{Run, small_recipe};

/// Longest that a file of a stranger may keep anybody waiting.
const PATIENCE: Duration = Duration::from_mins(1);

/// Opens a recorded run in a worker, goes a few steps, puts it beside itself, and leaves in the middle of it.
///
/// # Panics
/// If a thread of the worker dies or has not ended after a minute.
pub fn open_and_leave(path: &Path) {
    let worker = Worker::spawn(|| {}).expect("a thread can be started");
    let until = |is_so: &dyn Fn(&Event) -> bool| {
        let begun = Instant::now();
        loop {
            assert!(worker.is_alive(), "{} ends the worker", path.display());
            assert!(begun.elapsed() < PATIENCE, "{} takes too long", path.display());
            let Some(event) = worker.next_event() else {
                std::thread::sleep(Duration::from_millis(1));
                continue;
            };
            if let Event::Failed(text) = &event {
                assert!(!text.contains("fault of the program"), "{}: {text}", path.display());
                assert!(!text.contains('\n') && text.len() < 1000, "{text:?} is no sentence");
            }
            if is_so(&event) {
                return;
            }
        }
    };
    worker.send(Command::OpenRecording(path.to_owned()));
    until(&|event| matches!(event, Event::Recalled(_) | Event::Failed(_)));
    worker.send(Command::Step(3));
    worker.send(Command::AddRun(path.to_owned()));
    until(&|event| matches!(event, Event::LaneOpened(_) | Event::LaneClosed(_)));
    let (gone, is_gone) = mpsc::channel();
    let leave = move || {
        drop(worker);
        // Nobody waits any more after a minute.
        let _ = gone.send(());
    };
    let leaving = std::thread::Builder::new().name("leaving".to_owned()).spawn(leave);
    assert!(
        leaving.is_ok() && is_gone.recv_timeout(PATIENCE).is_ok(),
        "{} keeps the worker from ending",
        path.display()
    );
}

/// A sound recording of the small recipe.
fn saved(folder: &Path) -> Recording {
    let path = folder.join("sound.somno");
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    run.worker.send(Command::Save {
        path: path.clone(),
        notes: Box::new(RunNotes::default()),
    });
    run.until("it is saved", |run| {
        run.told.iter().any(|event| matches!(event, Event::Saved(_)))
    });
    Recording::read(&path).expect("a whole file")
}

/// The same with five outputs, on images of ten classes.
fn of_five_classes(mut recording: Recording) -> Recording {
    let mut weights = recording.weights.to_vec();
    let last = weights.pop().expect("a network has layers");
    weights.push(last.select(Axis(0), &[0, 1, 2, 3, 4]));
    for means in &mut recording.class_means {
        *means = means.select(Axis(0), &[0, 1, 2, 3, 4]);
    }
    let manifest = &mut recording.manifest;
    if let Some(outputs) = manifest.sizes.last_mut() {
        *outputs = 5;
    }
    manifest.tests.clear();
    manifest.stood_at = 0;
    manifest.weights_before = hash_of_weights(&weights);
    recording.journal.truncate(0);
    recording.weights = Arc::new(weights);
    recording
}

/// Catches a network with fewer outputs than its images have classes that ends the thread of the lanes, and a refusal that does not
/// name the file.
#[test]
fn a_network_of_other_classes_than_its_images_is_told_by_name() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("five.somno");
    of_five_classes(saved(folder.path()))
        .write(&path)
        .expect("it can be written");
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::OpenRecording(path.clone()));
    run.until("it is refused", |run| run.failure().is_some());
    let sentence = run.failure().expect("just waited for");
    assert!(sentence.contains("five.somno cannot be opened"), "{sentence}");
    run.until("what was open still is", |run| run.phase() == Some(Phase::Newborn));

    run.play(Goal::Woken);
    run.told.clear();
    run.worker.send(Command::AddRun(path));
    run.until("it is told", |run| run.failure().is_some());
    let sentence = run.failure().expect("just waited for");
    assert!(
        sentence.contains("five.somno is not tested")
            && sentence.contains("5 outputs")
            && sentence.contains("10 classes"),
        "{sentence}"
    );
    let opened = |run: &Run, is_tested: bool| {
        let is_so = |event: &Event| matches!(event, Event::LaneOpened(lane) if lane.is_tested == is_tested);
        run.told.iter().any(is_so)
    };
    run.until("it is a lane all the same", |run| opened(run, false));
    // The thread still takes lanes.
    run.worker.send(Command::AddRun(folder.path().join("sound.somno")));
    run.until("so is a sound one", |run| opened(run, true));
}

/// Catches a file with more tests than can wait to be told that ends the program while it is told, and a night that is taken for a
/// longer one.
#[test]
fn a_run_of_very_many_tests_is_opened_and_left() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("tests.somno");
    let mut recording = saved(folder.path());
    let mut test = recording.manifest.tests.remove(0);
    recording.manifest.tests = (0..5000)
        .map(|batch| {
            test.when = When::Batch(batch);
            test.clone()
        })
        .collect();
    recording.write(&path).expect("it can be written");
    open_and_leave(&path);
}

/// Catches the words of a stranger that make a sentence of several lines, or one without end: what its images are called where they
/// are not here.
#[test]
fn a_strangers_words_are_one_line_of_a_sentence() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("title.somno");
    let mut recording = saved(folder.path());
    recording.manifest.data.title = format!("Mine\n\tand\n{}", "others ".repeat(10_000));
    recording.manifest.data.sha256 = "\n".repeat(64);
    recording.write(&path).expect("it can be written");
    open_and_leave(&path);
}
