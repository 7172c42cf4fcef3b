//! The night of a running worker is kept safe.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use somnoscope::experiment::Recipe;
use somnoscope::run::{Manifest, Recording, Slot, left_behind};
use somnoscope::worker::{Command, Event, Goal, RunNotes, Start, Worker};
use tempfile::TempDir;

use super::going::livelier;
use super::{Run, small_recipe};

/// Sleeps, and from then on changes the night and saves it, again and again. For a child that is killed.
pub fn sleep_and_save_for_ever(root: &Path) {
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::KeepSafe(Arc::new(
        Slot::claim(root).expect("a folder to write to"),
    )));
    run.play(Goal::Woken);
    for round in 0.. {
        run.go(Command::Seek(40), 40);
        let params = if round % 2 == 0 {
            livelier()
        } else {
            small_recipe().night
        };
        run.worker.send(Command::ChangeNight(Box::new(params)));
        run.play(Goal::Woken);
        run.told.clear();
        run.worker.send(Command::Save {
            path: root.join("shelf.somno"),
            notes: Box::new(RunNotes::default()),
        });
        run.until("it is saved", |run| {
            run.told.iter().any(|event| matches!(event, Event::Saved(_)))
        });
    }
}

/// Keeps a night safe and saves it where no file can become longer than a kilobyte. For a child.
pub fn save_where_there_is_no_room(root: &Path) {
    let slot = Arc::new(Slot::claim(root).expect("a folder to write to"));
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::KeepSafe(slot));
    run.play(Goal::Woken);
    let fails = |run: &Run, words: &str| {
        let is_so = |event: &Event| matches!(event, Event::Failed(text) if text.contains(words));
        run.told.iter().any(is_so)
    };
    run.until("it is told that it is not kept", |run| {
        fails(run, "not kept safe in case the program is killed")
    });
    run.worker.send(Command::Save {
        path: root.join("shelf.somno"),
        notes: Box::new(RunNotes::default()),
    });
    run.until("it is told that it is not saved", |run| {
        fails(run, "shelf.somno cannot be written, and nothing was changed")
    });
    run.go(Command::Seek(60), 60);
}

/// The night that is kept at a place, if it can be read.
fn kept(path: &Path) -> Option<Manifest> {
    Recording::read_manifest(path).ok()
}

/// Catches a night that is not kept, or not as it stands, whose notes are lost, that cannot be gone on with, or that is offered
/// although the program was closed.
#[test]
fn a_night_is_kept_and_gone_on_with() {
    let folder = TempDir::new().unwrap();
    let slot = Arc::new(Slot::claim(folder.path()).unwrap());
    let path = slot.path();
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::KeepSafe(slot));
    run.play(Goal::Woken);
    run.until("the whole night is kept", |_| {
        kept(&path).is_some_and(|kept| kept.stood_at == 120)
    });
    run.worker.send(Command::Note(Box::new(RunNotes {
        title: "Mine".to_owned(),
        ..RunNotes::default()
    })));
    let night = Recording::read(&path).unwrap();
    assert_eq!(night.journal.steps(), 120);

    // As a killed program leaves it.
    let other = TempDir::new().unwrap();
    std::fs::create_dir(other.path().join("1-0")).unwrap();
    std::fs::copy(&path, other.path().join("1-0").join("night.somno")).unwrap();
    let left = Arc::new(left_behind(other.path()).remove(0));
    let slot = Arc::new(Slot::claim(other.path()).unwrap());
    let mut second = Run {
        worker: Worker::spawn(|| {}).unwrap(),
        told: Vec::new(),
    };
    let place = slot.path();
    second.worker.send(Command::KeepSafe(slot));
    second.worker.send(Command::TakeUp(Arc::clone(&left)));
    second.until("it stands where it stood", |run| {
        run.worker.frame().steps == 120 && run.worker.frame().known_steps == 120
    });
    second.until("it is kept anew and the old one goes", |_| !left.path().exists());
    assert_eq!(Recording::read(&place).unwrap().journal, night.journal);

    run.go(Command::Seek(70), 70);
    drop((run, second));
    let stood = [&folder, &other].map(|folder| {
        let left = left_behind(folder.path());
        assert_eq!(left.len(), 1, "what nobody has saved is offered");
        let left = Recording::read(&left[0].path()).unwrap();
        assert_eq!(left.journal, night.journal);
        (left.manifest.stood_at, left.manifest.title)
    });
    assert_eq!(
        stood[0],
        (70, "Mine".to_owned()),
        "as it stood, with what was written about it"
    );
    assert_eq!(stood[1].0, 120);
}

/// Catches a whole night that is written every second while somebody only looks about in it or types, and one that is not written
/// soon after it became another.
#[test]
fn looking_and_typing_write_nothing() {
    let folder = TempDir::new().unwrap();
    let slot = Arc::new(Slot::claim(folder.path()).unwrap());
    let path = slot.path();
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::KeepSafe(slot));
    run.play(Goal::Woken);
    run.until("the whole night is kept", |_| {
        kept(&path).is_some_and(|kept| kept.stood_at == 120)
    });
    let written = || std::fs::metadata(&path).and_then(|found| found.modified()).unwrap();
    let before = written();
    for step in 0..30 {
        run.go(Command::Seek(2 * step), 2 * step);
        run.worker.send(Command::Note(Box::new(RunNotes {
            title: format!("Title {step}"),
            ..RunNotes::default()
        })));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(written(), before, "nothing of it is new");
    let changed = Instant::now();
    run.worker.send(Command::ChangeNight(Box::new(livelier())));
    run.until("the other night is kept", |_| {
        kept(&path).is_some_and(|kept| kept.nights.len() == 2)
    });
    assert!(changed.elapsed() < Duration::from_secs(15), "a change is kept soon");
}

/// Catches a saved night that is offered again after the program was closed, one that was changed since and is lost, and a run from
/// a file that counts as work.
#[test]
fn what_is_saved_is_not_offered_again() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("mine.somno");
    let root = folder.path().join("root");
    let left = || left_behind(&root).len();
    let safely = |mut run: Run| {
        run.worker
            .send(Command::KeepSafe(Arc::new(Slot::claim(&root).unwrap())));
        run.play(Goal::Woken);
        run
    };
    let save = |run: &mut Run| {
        let notes = Box::new(RunNotes::default());
        run.worker.send(Command::Save {
            path: file.clone(),
            notes,
        });
        run.until("it is saved", |run| {
            run.told.iter().any(|event| matches!(event, Event::Saved(_)))
        });
    };
    let mut run = safely(Run::open(small_recipe()));
    save(&mut run);
    drop(run);
    assert_eq!(left(), 0, "it is in its file");
    let mut recalled = Run {
        worker: Worker::spawn(|| {}).unwrap(),
        told: Vec::new(),
    };
    recalled
        .worker
        .send(Command::KeepSafe(Arc::new(Slot::claim(&root).unwrap())));
    recalled.worker.send(Command::OpenRecording(file.clone()));
    recalled.until("it is open", |run| run.worker.frame().known_steps == 120);
    recalled.worker.send(Command::Seek(30));
    recalled.until("it has gone back", |run| run.worker.frame().steps == 30);
    drop(recalled);
    assert_eq!(left(), 0, "nothing of it is new");
    let mut run = safely(Run::open(small_recipe()));
    save(&mut run);
    run.worker.send(Command::Seek(50));
    let mut night = small_recipe().night;
    night.beta = vec![2.0, 1.0, 1.0];
    run.worker.send(Command::ChangeNight(Box::new(night)));
    run.until("it is changed", |run| run.worker.frame().known_steps == 50);
    drop(run);
    assert_eq!(left(), 1, "what was changed since is not saved");
}

/// Catches an unsaved night that is gone once another run takes its place, one that cannot be brought back, a saved one that is
/// set aside, and places that pile up.
#[test]
fn a_night_that_is_replaced_can_be_brought_back() {
    let root = TempDir::new().unwrap();
    let mut run = Run::open(small_recipe());
    run.worker
        .send(Command::KeepSafe(Arc::new(Slot::claim(root.path()).unwrap())));
    run.play(Goal::Woken);
    run.worker.send(Command::Note(Box::new(RunNotes {
        title: "First".to_owned(),
        ..RunNotes::default()
    })));
    let first = run.spikes();
    let aside = |run: &Run| {
        run.told.iter().rev().find_map(|event| match event {
            Event::SetAside(left) => Some(Arc::clone(left)),
            _ => None,
        })
    };
    let again = |run: &mut Run, seed| {
        run.told.clear();
        run.worker.send(Command::Open {
            recipe: Box::new(Recipe { seed, ..small_recipe() }),
            from: Start::Newborn,
        });
        run.until("another run is open", |run| {
            run.told.iter().any(|event| matches!(event, Event::Opened(_)))
        });
    };
    again(&mut run, 2);
    run.until("the night is set aside", |run| aside(run).is_some());
    let left = aside(&run).expect("just waited for");
    assert_eq!((&*left.manifest.title, left.manifest.stood_at), ("First", 120));
    run.play(Goal::Woken);
    assert_ne!(run.spikes(), first);
    run.told.clear();
    run.worker.send(Command::TakeUp(left));
    run.until("it is back", |run| run.worker.frame().known_steps == 120);
    run.until("all of it is told", |run| run.spikes() == first);
    run.until("the second one is set aside for it", |run| aside(run).is_some());

    // What the person has in a file needs no other place.
    let file = root.path().join("mine.somno");
    run.worker.send(Command::Save {
        path: file,
        notes: Box::new(RunNotes::default()),
    });
    run.until("it is saved", |run| {
        run.told.iter().any(|event| matches!(event, Event::Saved(_)))
    });
    again(&mut run, 3);
    run.play(Goal::Trained);
    assert!(aside(&run).is_none());
    let mut lefts = Vec::new();
    for seed in 4..9 {
        run.play(Goal::Woken);
        again(&mut run, seed);
        run.until("it is set aside", |run| aside(run).is_some());
        lefts.extend(aside(&run));
    }
    let places = || {
        std::fs::read_dir(root.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().is_dir())
    };
    run.until("its own place and three others are left", |_| places().count() <= 4);
    // One that is brought back makes room for the one that it replaces: no third one goes.
    run.play(Goal::Woken);
    let newest = lefts.pop().expect("five were set aside");
    run.told.clear();
    run.worker.send(Command::TakeUp(newest));
    run.until("the present one is set aside for it", |run| aside(run).is_some());
    assert!(lefts[lefts.len() - 2..].iter().all(|left| left.path().exists()));
    again(&mut run, 20);
    drop(run);
    assert_eq!(
        left_behind(root.path()).len(),
        0,
        "the program was closed, and its last run has no night"
    );
}

/// Removes a folder that somebody may be writing into.
fn remove(folder: &Path) {
    while std::fs::remove_dir_all(folder).is_err() && folder.exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Catches a night that is kept no more once a file was removed underneath, and a place that takes nothing without a word or
/// with one at every try.
#[test]
fn what_is_removed_underneath_is_written_again() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("root");
    let slot = Arc::new(Slot::claim(&root).unwrap());
    let path = slot.path();
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::KeepSafe(slot));
    run.play(Goal::Woken);
    run.until("it is kept", |_| kept(&path).is_some());
    remove(&root);
    run.go(Command::Seek(60), 60);
    run.worker.send(Command::ChangeNight(Box::new(livelier())));
    run.until("it is kept again", |_| {
        kept(&path).is_some_and(|kept| kept.stood_at == 60)
    });
    assert!(left_behind(&root).is_empty(), "it still runs");
    remove(&root);
    std::fs::write(&root, "no folder any more").unwrap();
    run.go(Command::Seek(50), 50);
    run.worker.send(Command::ChangeNight(Box::new(small_recipe().night)));
    run.until("it is told", |run| run.failure().is_some());
    assert!(run.failure().is_some_and(|text| text.contains("not kept safe")));
    run.go(Command::Seek(40), 40);
}
