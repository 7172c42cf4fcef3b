//! Recorded runs of strangers in a worker: opened, put beside a night, and left.

use std::path::Path;
use std::sync::Arc;

use ndarray::Axis;
use somnoscope::run::{Recording, hash_of_weights};
use somnoscope::worker::{Command, Event, Goal, Phase, RunNotes};
use tempfile::TempDir;

use super::{Run, small_recipe};

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
