//! The leak guard, through the real widgets.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use somnoscope::experiment::{Part, Purpose};

use super::{Window, until, window};

/// Does what the palette calls so.
fn command(window: &mut Window, name: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text(name.to_owned()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(4);
}

/// Catches a pane that stays empty, numbers that are not those of the run, a verdict that is not there, and a list that stays that of
/// another run.
#[test]
fn the_guard_lists_every_phase_of_the_run() {
    let mut window = window();
    window.set_size(egui::vec2(1920.0, 1080.0));
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == somnoscope::worker::Phase::Trained && !app.session().is_running()
    });
    assert!(window.state().session().images_used().is_none(), "nobody looks");
    command(&mut window, "layout explore");
    until(&mut window, "the images are told", |app| {
        app.session().images_used().is_some()
    });
    window.get_by_label_contains("No held-out image is used for anything but tests, and no validation image");
    window.get_by_label_contains("training, training: 200 of 7,000 training images of MNIST, from position");
    window.get_by_label_contains("map of nights, validation: 500 of 7,000 training images");
    window.get_by_label_contains("tests in the night, test: 3,000 of 3,000 held-out images");
    let used = window.state().session().images_used().unwrap();
    let held_out = used.rows.iter().filter(|row| row.part == Part::HeldOut);
    assert!(held_out.clone().count() >= 4 && held_out.clone().all(|row| row.purpose == Purpose::Test));
    let run = window.state().session().run();
    let before = used.clone();
    command(&mut window, "new seed");
    until(&mut window, "another run is open", |app| {
        app.session().run() > run && app.session().images_used().is_some()
    });
    assert_ne!(
        window.state().session().images_used(),
        Some(&before),
        "other images are drawn"
    );
}
