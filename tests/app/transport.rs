//! The buttons of the top bar, pressed.

use egui::Key;
use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::{Event, Moment, Phase};

use super::panels::half_a_night;
use super::{MadeUp, until, window, window_on_a_long_night};

/// Catches buttons that do not do what they say: train and stop there, sleep and stop there, again the same night.
#[test]
fn train_then_sleep_then_sleep_again() {
    let mut window = window();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    window.get_by_label("step 0 / 60");
    let batches = window.state().session().batches().to_vec();
    assert_eq!(batches.len(), 2, "200 images, 100 a batch");

    let woken = |app: &somnoscope::app::SomnoscopeApp| {
        let session = app.session();
        let is_tested = session.now().is_some_and(|(at, _)| at == Moment::Step(60));
        session.phase() == Phase::Woken && !session.is_running() && is_tested
    };
    window.get_by_label("Sleep").click();
    until(&mut window, "it has woken", woken);
    let first = window.state().session().now().unwrap().1.clone();
    let run = window.state().session().run();

    window.get_by_label("Sleep again").click();
    until(&mut window, "it has woken again", |app| {
        app.session().run() > run && woken(app)
    });
    let session = window.state().session();
    assert_eq!(session.now().unwrap().1, &first, "the same settings are the same night");
    assert_eq!(session.batches(), batches, "the training is kept, and stays on screen");
}

/// Catches a "Restart" that changes the seed, and a "New seed" that does not.
#[test]
fn restart_keeps_the_seed_and_new_seed_takes_the_next() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let run = window.state().session().run();
    window.get_by_label("Restart").click();
    until(&mut window, "it is born again", |app| {
        app.session().run() > run && app.session().phase() == Phase::Newborn
    });
    window.get_by_label("One per cent · seed 1");
    window.get_by_label("batch 0 / 2");
    window.get_by_label("New seed").click();
    until(&mut window, "another is born", |app| app.session().run() > run + 1);
    window.get_by_label("One per cent · seed 2");
}

/// Catches a step that does more or less than it says.
#[test]
fn a_step_is_a_step() {
    let mut window = window();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    window.get_by_label("Step by 10").click();
    window.run_steps(2);
    window.get_by_label("Step").click();
    until(&mut window, "ten steps are done", |app| {
        !app.session().is_running() && app.session().steps() == 10
    });
    window.get_by_label("step 10 / 60");
    window.get_by_label("Step by 1").click();
    window.run_steps(2);
    window.key_press(Key::ArrowRight);
    until(&mut window, "one more is done", |app| {
        !app.session().is_running() && app.session().steps() == 11
    });
}

/// Catches a pause that does not pause.
#[test]
fn pause_stops_the_night() {
    let mut window = window_on_a_long_night();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    window.get_by_label("Sleep").click();
    until(&mut window, "it sleeps", |app| app.session().is_running());
    window.get_by_label("Pause").click();
    until(&mut window, "it waits", |app| !app.session().is_running());
    let steps = window.state().session().steps();
    assert!(steps < 20_000, "the night was over");
    std::thread::sleep(std::time::Duration::from_millis(100));
    window.run_steps(3);
    assert_eq!(window.state().session().steps(), steps);
}

/// Catches a label that names the chosen speed while the run hurries to its end.
#[test]
fn to_the_end_says_that_it_hurries() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    source.say([Event::Running(true)]);
    window.run_steps(3);
    window.get_by_label("120/s · real 0/s");
    window.get_by_label("To the end").click();
    window.run_steps(3);
    window.get_by_label("fastest · real 0/s");
    source.say([Event::Running(false)]);
    window.run_steps(3);
    window.get_by_label("120/s");
}

/// Catches an icon that cannot be pressed and does not say what it would do: before anything has slept.
#[test]
fn what_cannot_be_pressed_says_what_it_is() {
    let mut window = window();
    for (name, words) in [
        ("To the start", "to the newborn network (Home)"),
        ("Step back", "1 batch back"),
        ("Next weight change", "on to where a neuron spikes next"),
        ("Slow motion", "Changes nothing in the run (M)"),
        ("Undo", "Take the last change"),
    ] {
        assert!(window.query_by_label_contains(words).is_none());
        let place = window.get_by_label(name).rect().center();
        window.hover_at(place);
        // The pointer has to rest.
        window.run_steps(40);
        window.get_by_label_contains(words);
    }
}
