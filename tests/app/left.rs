//! Nights that a program left which ended without being closed.

use egui_kittest::kittest::Queryable as _;
use somnoscope::run::left_behind;
use somnoscope::worker::Command;
use tempfile::TempDir;

use super::MadeUp;
use super::panels::half_a_night;
use crate::run::recording::recording;

/// A folder in which programs have left so many nights.
fn folder(nights: usize) -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    for number in 0..nights {
        let place = folder.path().join(format!("9-{number}"));
        std::fs::create_dir(&place).expect("a folder can be made");
        recording()
            .write(&place.join("night.somno"))
            .expect("a file can be written");
    }
    folder
}

/// Catches a night that is not offered, that another one is opened for, or that stays on screen or on the disk when it is not
/// wanted; and notes that are not kept with the night.
#[test]
fn what_was_left_is_offered() {
    let folder = folder(2);
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.state_mut().keep_nights_in(folder.path());
    window.run_steps(3);
    window.get_by_label_contains("\"A night of 36 pixels\", step 60 of 80 · 1 of 2 nights");
    window.get_by_label("Discard").click();
    window.run_steps(3);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        3,
        "a gate, a place, a night"
    );
    window.get_by_label_contains("step 60 of 80");
    assert!(window.query_by_label_contains("1 of ").is_none());
    window.get_by_label("Go on with it").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("step 60 of 80").is_none());
    let commands = source.commands.borrow();
    let taken = commands.iter().find_map(|command| match command {
        Command::TakeUp(left) => Some(left.path()),
        _ => None,
    });
    assert!(
        taken.expect("it is taken up").exists(),
        "it stays until it is written again"
    );
    let noted = commands
        .iter()
        .any(|command| matches!(command, Command::Note(notes) if notes.title == "One per cent"));
    assert!(noted && commands.iter().any(|command| matches!(command, Command::KeepSafe(_))));
    assert!(left_behind(folder.path()).is_empty(), "nobody else is offered it");
}

/// Catches a window that does not open where nothing can be kept.
#[test]
fn a_place_that_takes_nothing_is_told_of() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no folder").unwrap();
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.state_mut().keep_nights_in(&file);
    window.run_steps(3);
    window.get_by_label_contains("Nights are not kept safe");
}
