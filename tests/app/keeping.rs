//! Saved runs and the timeline, through the real widgets.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use somnoscope::run::{Bookmark, Drawing};
use somnoscope::worker::{Command, Event, Moment, Phase, Recalled, RunNotes, Saved};

use super::layout::choose;
use super::panels::half_a_night;
use super::{MadeUp, Window, lively_night, spikes, until, window};

/// A window in the middle of a made-up night.
fn asleep() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(4);
    (source, window)
}

/// Catches a save without the title, the notes or the bookmarks, and one that is not confirmed.
#[test]
fn a_run_is_saved_with_what_was_written_about_it() {
    let (source, mut window) = asleep();
    window.key_press(Key::B);
    window.run_steps(2);
    window.get_by_label_contains("step 30 of 60, known to step 30, 1 bookmark,");
    window.get_by_label("Runs").click();
    window.run_steps(3);
    window.get_by_label("Go to step 30");
    window.get_by_label("not saved yet");
    window.get_by_label("Save").click();
    window.run_steps(3);
    let saved = source.commands.borrow().iter().rev().find_map(|command| match command {
        Command::Save { path, notes } => Some((path.clone(), notes.clone())),
        _ => None,
    });
    let (path, notes) = saved.expect("it is told to save");
    assert!(
        path.extension().is_some_and(|ending| ending == "somno"),
        "{}",
        path.display()
    );
    assert_eq!((&*notes.title, notes.bookmarks.len()), ("One per cent", 1));
    window.get_by_label("writing …");
    source.say([Event::Saved(Arc::new(Saved {
        path,
        bytes: 8_944_639,
        steps: 30,
    }))]);
    window.run_steps(3);
    window.get_by_label_contains("30 steps in 8,945 kB");
}

/// Catches a recalled run whose notes and bookmarks do not come back, or whose settings are taken for changed.
#[test]
fn a_recalled_run_brings_its_notes_back() {
    let (source, mut window) = asleep();
    source.say([Event::Recalled(Arc::new(Recalled {
        path: PathBuf::from("runs/night.somno"),
        notes: RunNotes {
            title: "Another title".to_owned(),
            text: "What to look at".to_owned(),
            bookmarks: vec![Bookmark {
                step: 12,
                name: "here it turns".to_owned(),
                note: String::new(),
            }],
            drawings: vec![Drawing { pixels: vec![90; 784] }],
        },
    }))]);
    window.run_steps(3);
    window.get_by_label("Runs").click();
    window.run_steps(3);
    window.get_by_label("Go to step 12").click();
    window.run_steps(2);
    assert!(matches!(source.commands.borrow().last(), Some(Command::Seek(12))));
    window.get_by_label("runs/night.somno");
    assert!(window.query_by_label_contains("not applied yet").is_none());
    window.key_press(Key::Escape);
    window.run_steps(3);
    // The drawing is on the shelf of the probe, and is written with the run again.
    choose(&mut window, "Probe");
    window.get_by_label_contains("Pinned picture 1");
    window.key_press_modifiers(Modifiers::COMMAND, Key::S);
    window.run_steps(3);
    let drawings = source.commands.borrow().iter().rev().find_map(|command| match command {
        Command::Save { notes, .. } => Some(notes.drawings.clone()),
        _ => None,
    });
    assert_eq!(drawings, Some(vec![Drawing { pixels: vec![90; 784] }]));
}

/// Catches a timeline that goes to another moment than the one that was clicked, and bookmarks where there is no night.
#[test]
fn a_click_on_the_timeline_goes_there() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let timeline = window.get_by_label_contains("Timeline: step 60 of 60").rect();
    // The night takes what the day leaves.
    let night = timeline.left() + 0.18 * timeline.width();
    let x = night + 0.5 * (timeline.right() - night);
    let at = egui::pos2(x, timeline.center().y);
    window.hover_at(at);
    window.run_steps(1);
    window.drag_at(at);
    window.drop_at(at);
    until(&mut window, "it stands half-way", |app| app.session().steps() == 30);
    window.get_by_label_contains("Timeline: step 30 of 60, known to step 60");
}

/// Catches a click into training that brings no network back, panes that still show the night there, and a night that is gone
/// after it.
#[test]
fn a_click_into_training_brings_its_network_back() {
    let mut window = lively_night();
    let known = spikes(&window);
    let timeline = window.get_by_label_contains("Timeline: step 60 of 60").rect();
    let click = |window: &mut Window, share: f32| {
        let at = egui::pos2(timeline.left() + share * timeline.width(), timeline.center().y);
        window.hover_at(at);
        window.run_steps(1);
        window.drag_at(at);
        window.drop_at(at);
    };
    click(&mut window, 0.09);
    until(&mut window, "it stands in training", |app| {
        app.session().shown() == Moment::Batch(1) && !app.session().is_running()
    });
    window.get_by_label_contains("Timeline: batch 1 of 2, known to step 60");
    assert!(window.state().session().night().is_none());
    assert_eq!(window.state().session().dreamt(), Some(60));
    assert!(spikes(&window).is_empty());
    click(&mut window, 0.18 + 0.5 * 0.82);
    until(&mut window, "it stands half-way", |app| {
        app.session().shown() == Moment::Step(30)
    });
    assert_eq!(spikes(&window), known);
}

/// Catches a lane that became the night and is written over the file of the night that it left.
#[test]
fn a_promoted_lane_is_not_saved_over_the_run_that_it_left() {
    let (source, mut window) = asleep();
    let file = PathBuf::from("runs/night.somno");
    source.say([Event::Recalled(Arc::new(Recalled {
        path: file.clone(),
        notes: RunNotes::default(),
    }))]);
    window.run_steps(3);
    let saved = |window: &mut Window| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::S);
        window.run_steps(3);
        let commands = source.commands.borrow();
        commands.iter().rev().find_map(|command| match command {
            Command::Save { path, .. } => Some(path.clone()),
            _ => None,
        })
    };
    assert_eq!(saved(&mut window), Some(file.clone()));
    source.say([Event::LanePromoted(1)]);
    window.run_steps(3);
    let other = saved(&mut window).expect("it is saved");
    assert_ne!(other, file);
}

/// Catches a run that is written over its file although it goes on otherwise within what the file holds, one that came with the
/// program and is written over, and a save that is not told of.
#[test]
fn a_changed_run_is_not_saved_over_what_it_was() {
    let saved = |source: &MadeUp, window: &mut Window| {
        window.key_press_modifiers(Modifiers::COMMAND, Key::S);
        window.run_steps(3);
        let path = source.commands.borrow().iter().rev().find_map(|command| match command {
            Command::Save { path, .. } => Some(path.clone()),
            _ => None,
        });
        let path = path.expect("it is told to save");
        source.say([Event::Saved(Arc::new(Saved {
            path: path.clone(),
            bytes: 1000,
            steps: 30,
        }))]);
        window.run_steps(3);
        window.get_by_label_contains("Saved 30 steps to");
        path
    };
    for (came_from, is_own) in [
        ("runs/night.somno", true),
        ("saved_runs/one_per_cent_rescued.somno", false),
    ] {
        let (source, mut window) = asleep();
        let file = PathBuf::from(came_from);
        source.say([Event::Recalled(Arc::new(Recalled {
            path: file.clone(),
            notes: RunNotes::default(),
        }))]);
        window.run_steps(3);
        let first = saved(&source, &mut window);
        assert_eq!(first == file, is_own, "{}", first.display());
        assert_eq!(saved(&source, &mut window), first);
        if is_own {
            source.say([Event::Forgot { from_step: 12 }]);
            window.run_steps(3);
            assert_ne!(saved(&source, &mut window), first);
        }
    }
}

/// Catches a drag along the timeline that ends where the pointer was a picture before it was let go.
#[test]
fn a_drag_ends_where_it_is_let_go() {
    let mut window = lively_night();
    let timeline = window.get_by_label_contains("Timeline: step 60 of 60").rect();
    let night = timeline.left() + 0.18 * timeline.width();
    let at = |share: f32| egui::pos2(night + share * (timeline.right() - night), timeline.center().y);
    window.hover_at(at(0.9));
    window.run_steps(1);
    window.drag_at(at(0.9));
    window.run_steps(1);
    window.hover_at(at(0.75));
    window.run_steps(1);
    window.hover_at(at(0.5));
    window.drop_at(at(0.5));
    until(&mut window, "it stands half-way", |app| app.session().steps() == 30);
}
