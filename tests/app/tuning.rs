//! Fine-tuning in the window: switched on, gone on into, and gone about in.

use egui::{Key, Role, pos2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::experiment::Recipe;
use somnoscope::sim::train::TrainParams;
use somnoscope::worker::{Moment, Phase};

use super::{Window, small_recipe, until, window, window_on};

/// The small run with five epochs of fine-tuning: ten batches.
fn tuned_window() -> Window {
    let mut recipe = small_recipe();
    recipe.fine_tuning = Some(TrainParams {
        epochs: 5,
        ..Recipe::usual_fine_tuning()
    });
    window_on(recipe)
}

/// Clicks on the timeline, at a share of its width.
fn click(window: &mut Window, share: f32) {
    let timeline = window.get_by_label_contains("Timeline: ").rect();
    let at = pos2(timeline.left() + share * timeline.width(), timeline.center().y);
    window.hover_at(at);
    window.run_steps(1);
    window.drag_at(at);
    window.drop_at(at);
}

/// Catches a run that ends with its night although it is to be fine-tuned, panes that go on showing the morning, and moments of
/// fine-tuning that cannot be gone to on the timeline or by the keys.
#[test]
fn the_run_goes_on_into_fine_tuning() {
    let mut window = tuned_window();
    window.get_by_label("fine-tune 5 epochs");
    window.get_by_label("To the end").click();
    until(&mut window, "it is fine-tuned and tested", |app| {
        let session = app.session();
        let is_tested = session.now().is_some_and(|(at, _)| at == Moment::Tuned(10));
        session.phase() == Phase::Tuned && !session.is_running() && is_tested
    });
    window.get_by_label("tuning batch 10 / 10");
    window.get_by_label_contains("Timeline: tuning batch 10 of 10, known to tuning batch 10");
    let end = window.state().session().now().unwrap().1.clone();
    let (before, weights) = {
        let session = window.state().session();
        let weights = session.weights_now().map(|weights| (weights.moment, weights.number));
        (session.before().cloned().unwrap(), weights)
    };
    assert_ne!(end, before);
    // What the night did stands beside what both did.
    let session = window.state().session();
    let morning = session
        .evaluations()
        .iter()
        .rfind(|test| test.moment == Moment::Step(60));
    let shares = [&before, &morning.unwrap().evaluation, &end].map(|test| format!("{:.1}", 100.0 * test.accuracy()));
    window.get_by_label(&format!("{} %", shares.join(" → ")));
    if let Some((moment, _)) = weights {
        assert_eq!(moment, Moment::Tuned(10), "the panes show the fine-tuned network");
    }
    // Half-way back: fine-tuning takes the last 12 parts in 100.
    click(&mut window, 0.94);
    until(&mut window, "it stands half-way", |app| {
        app.session().shown() == Moment::Tuned(5) && !app.session().is_running()
    });
    window.get_by_label("tuning batch 5 / 10, known to 10");
    window.key_press(Key::ArrowLeft);
    until(&mut window, "it stands a batch before", |app| {
        app.session().shown() == Moment::Tuned(4)
    });
    window.get_by_label("Step").click();
    until(&mut window, "it is a batch further", |app| {
        app.session().shown() == Moment::Tuned(5) && !app.session().is_running()
    });
    // Into the night, into training, and back to the end.
    click(&mut window, 0.18 + 0.35);
    until(&mut window, "it stands in the night", |app| {
        app.session().shown() == Moment::Step(30)
    });
    assert_eq!(window.state().session().tuned_batches().len(), 10);
    click(&mut window, 0.09);
    until(&mut window, "it stands in training", |app| {
        app.session().shown() == Moment::Batch(1) && !app.session().is_running()
    });
    assert_eq!(window.state().session().newest(), Moment::Tuned(10));
    window.key_press(Key::End);
    until(&mut window, "it is there again", |app| {
        let session = app.session();
        session.shown() == Moment::Tuned(10) && session.now().is_some_and(|(at, _)| at == Moment::Tuned(10))
    });
    assert_eq!(window.state().session().now().unwrap().1, &end);
    assert_eq!(window.state().session().tuned_batches().len(), 10);
}

/// Catches a run that begins without what was set before its first batch, and one that is begun anew by Play later on.
#[test]
fn play_takes_over_what_was_set_before() {
    let mut window = window();
    let run = window.state().session().run();
    window.get_by_label_contains("Fine-tuning").scroll_to_me();
    window.run_steps(8);
    window.get_by_label_contains("Fine-tuning").click();
    window.run_steps(8);
    let switch = "Fine-tune after the night";
    window.get_by_role_and_label(Role::CheckBox, switch).scroll_to_me();
    window.run_steps(8);
    window.get_by_role_and_label(Role::CheckBox, switch).click();
    window.run_steps(3);
    window.get_by_label("1 change, taken over by Play");
    window.get_by_label("To the end").click();
    until(&mut window, "it is fine-tuned", |app| {
        app.session().phase() == Phase::Tuned && !app.session().is_running()
    });
    assert_eq!(window.state().session().run(), run);
}

/// Catches a switch that throws the night away or does nothing, and one that cannot be taken back.
#[test]
fn fine_tuning_is_switched_on_after_the_night() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let run = window.state().session().run();
    let night = window.state().session().spikes().clone();
    window.get_by_label_contains("Fine-tuning").scroll_to_me();
    window.run_steps(8);
    window.get_by_label_contains("Fine-tuning").click();
    window.run_steps(8);
    window
        .get_by_role_and_label(Role::CheckBox, "Fine-tune after the night")
        .scroll_to_me();
    window.run_steps(8);
    window
        .get_by_role_and_label(Role::CheckBox, "Fine-tune after the night")
        .click();
    window.run_steps(3);
    window.get_by_label("1 change not applied yet");
    window.get_by_label("Fine-tune with these").click();
    until(&mut window, "it is fine-tuned", |app| {
        app.session().phase() == Phase::Tuned && !app.session().is_running()
    });
    let session = window.state().session();
    assert_eq!(
        (session.run(), session.tuned_batches().len()),
        (run, 2),
        "the night is kept"
    );
    assert_eq!(session.spikes().steps(), night.steps());
    assert!(window.query_by_label_contains("not applied yet").is_none());
    window
        .get_by_role_and_label(Role::CheckBox, "Fine-tune after the night")
        .click();
    window.run_steps(3);
    window.get_by_label("Leave fine-tuning out").click();
    until(&mut window, "it stands in the morning", |app| {
        app.session().phase() == Phase::Woken
    });
    assert!(window.state().session().tuned_batches().is_empty());
    assert!(window.state().session().is_over());
}
