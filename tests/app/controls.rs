//! The real night between its controls, through the real widgets.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use somnoscope::experiment::Rival;

use super::{Window, lively_night, until, window};

/// Shows the pane, as a person does from the palette.
fn show(window: &mut Window) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text("show or hide controls".to_owned()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(4);
}

/// Catches a pane that stays empty after a night, a switch that changes nothing, and numbers that are not those of the night.
#[test]
fn the_night_stands_between_its_controls() {
    let mut window = lively_night();
    window.set_size(egui::vec2(1920.0, 1080.0));
    show(&mut window);
    until(&mut window, "the controls are tested", |app| {
        let answer = app.session().probes().controlled();
        answer.is_some_and(|answer| answer.found.len() == answer.wanted.len())
    });
    let answer = window.state().session().probes().controlled().unwrap();
    let night = format!("the night: {:.1}", 100.0 * answer.night.accuracy());
    // Three ways to put the change elsewhere, three layers, two that need no night, three other dreams, shuffled pixels, a foreign
    // mean and three gates; what trains is switched off.
    assert_eq!((answer.steps, answer.wanted.len()), (60, 16));
    assert!(answer.wanted.contains(&Rival::WeightDecay));
    window.get_by_label_contains(&night);
    window.get_by_label_contains("weight decay: ");
    window.get_by_label("Controls: 16 of 18").click();
    window.run_steps(3);
    window.get_by_label("weight decay").click();
    until(&mut window, "it is switched off", |app| {
        let answer = app.session().probes().controlled();
        answer.is_some_and(|answer| answer.wanted.len() == 15 && answer.found.len() == 15)
    });
    assert!(window.query_by_label_contains("weight decay: ").is_none());
    window.get_by_label("Controls: 15 of 18");
    window.get_by_label("fine-tuning, no sleep").click();
    until(&mut window, "it is switched on", |app| {
        let answer = app.session().probes().controlled();
        answer.is_some_and(|answer| answer.wanted.len() == 16 && answer.found.len() == 16)
    });
    window.get_by_label_contains("fine-tuning, no sleep: ");
}

/// Catches a pane that says nothing while there is no night.
#[test]
fn without_a_night_there_is_a_word_of_what_to_do() {
    let mut window = window();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == somnoscope::worker::Phase::Trained && !app.session().is_running()
    });
    show(&mut window);
    window.get_by_label_contains("Press Play Here the real night stands");
}
