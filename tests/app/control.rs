//! The night taken in hand: back and forth, on to what happens next, breakpoints, changes under way.

use std::sync::Arc;

use egui::{Key, Role};
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::layout::Named;
use somnoscope::worker::{Command, Event, Frame, Moment, NightChange, Phase, Stop};
use strum::IntoEnumIterator as _;

use super::panels::half_a_night;
use super::{MadeUp, Window, small_recipe, spikes, until, window_on};

/// A window whose night is lively and over.
fn woken() -> Window {
    let mut recipe = small_recipe();
    recipe.night.beta = vec![3.0, 2.0, 4.0];
    let mut window = window_on(recipe);
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        let session = app.session();
        session.phase() == Phase::Woken
            && !session.is_running()
            && session.now().is_some_and(|(at, _)| at == Moment::Step(60))
    });
    window
}

/// Waits until a step is shown and nothing runs.
fn stands_at(window: &mut Window, step: u64) {
    until(window, &format!("it stands at step {step}"), |app| {
        app.session().steps() == step && !app.session().is_running()
    });
}

/// The bits of the weights that are shown.
fn bits(window: &Window) -> Vec<u32> {
    let session = window.state().session();
    let snapshot = session.weights_now().expect("a pane of weights is open");
    assert_eq!(snapshot.steps, session.steps());
    let weights = snapshot.weights.iter().flat_map(|layer| layer.iter());
    weights.map(|weight| weight.to_bits()).collect()
}

/// Catches buttons that go to another step than they say, a counter that hides what is known, and a night that is another one
/// after all the going about.
#[test]
fn back_and_forth_by_the_buttons_is_the_same_night() {
    let mut window = woken();
    until(&mut window, "the weights of the morning are shown", |app| {
        app.session().weights_now().is_some_and(|weights| weights.steps == 60)
    });
    let (morning, all) = (bits(&window), spikes(&window));
    window.get_by_label("Step by 10").click();
    window.run_steps(2);
    window.get_by_label("Step back").click();
    stands_at(&mut window, 50);
    window.get_by_label("step 50 / 60, known to 60");
    window.key_press(Key::ArrowLeft);
    stands_at(&mut window, 40);
    window.get_by_label("Step").click();
    stands_at(&mut window, 50);
    window.get_by_label("To the start").click();
    stands_at(&mut window, 0);
    window.get_by_label("To the end of what is known").click();
    stands_at(&mut window, 60);
    window.get_by_label("step 60 / 60").click();
    window.run_steps(2);
    window
        .get_by_role_and_label(Role::SpinButton, "Go to step")
        .set_value_accesskit(7.0);
    window.run_steps(2);
    window.get_by_label("Go").click();
    stands_at(&mut window, 7);
    assert!(window.query_by_label("Go").is_none(), "the counter closes");
    window.get_by_label("Play").click();
    until(&mut window, "it has woken again", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    until(&mut window, "the weights are shown", |app| {
        app.session().weights_now().is_some_and(|weights| weights.steps == 60)
    });
    assert_eq!(bits(&window), morning);
    assert_eq!(spikes(&window), all);
}

/// Catches jumps that miss a spike, stop beside it, or say nothing where there is none.
#[test]
fn jumps_go_to_what_happens_next() {
    let mut window = woken();
    let hidden = window.state().session().layers().units(1);
    let all = spikes(&window);
    super::layout::choose(&mut window, "One neuron");
    let filter = window.get_by_role_and_label(Role::TextInput, "Filter");
    filter.focus();
    filter.type_text("layer = 1 and spikes > 0");
    window.run_steps(3);
    let rows = window.query_all_by_label_contains("Hidden 1 #");
    rows.into_iter().next().expect("a lively night").click();
    window.run_steps(3);
    let neuron = window.state().selection().neurons()[0];
    let unit = hidden.start + neuron.unit;
    let of_unit: Vec<u64> = all
        .iter()
        .filter(|(_, units)| units.contains(&unit))
        .map(|(step, _)| step + 1)
        .collect();
    assert!(neuron.layer == 1 && !of_unit.is_empty());
    window.get_by_label("To the start").click();
    stands_at(&mut window, 0);
    for step in &of_unit {
        window.get_by_label("Next spike").click();
        stands_at(&mut window, *step);
    }
    if of_unit.last() < Some(&60) {
        window.get_by_label("Next spike").click();
        window.run_steps(3);
        window.get_by_label("It does not happen again in this night");
        window.get_by_label("Dismiss the notice").click();
        window.run_steps(3);
        assert!(
            window
                .query_by_label("It does not happen again in this night")
                .is_none()
        );
    }
    window.get_by_label("To the start").click();
    stands_at(&mut window, 0);
    let changes = all
        .iter()
        .find(|(_, units)| units.last() >= Some(&hidden.start))
        .map(|(step, _)| step + 1);
    window.get_by_label("Next weight change").click();
    stands_at(&mut window, changes.expect("a lively night"));
}

/// Catches a breakpoint that is set and not heeded, that is heeded when it is off, or that nobody is told of.
#[test]
fn breakpoints_are_set_heeded_and_taken_away() {
    let mut window = woken();
    window.get_by_label("To the start").click();
    stands_at(&mut window, 0);
    window.get_by_label("Breakpoints").click();
    window.run_steps(2);
    window
        .get_by_role_and_label(Role::SpinButton, "Step")
        .set_value_accesskit(23.0);
    window.run_steps(2);
    window.get_by_label("Add step").click();
    window.run_steps(2);
    window.get_by_label("Add accuracy below").click();
    window.run_steps(2);
    window.get_by_label("accuracy below 50 %").click();
    window.run_steps(2);
    window.key_press(Key::Escape);
    window.run_steps(2);
    window.get_by_label("Breakpoint at step 23");
    window.get_by_label("Breakpoints: 1");
    window.get_by_label("Play").click();
    stands_at(&mut window, 23);
    window.get_by_label("Breakpoint: step 23");
    window.get_by_label("Go on").click();
    stands_at(&mut window, 60);
    assert!(window.query_by_label("Breakpoint: step 23").is_none(), "that is over");
    window.get_by_label("Breakpoints: 1").click();
    window.run_steps(2);
    window.get_by_label("Remove step 23").click();
    window.run_steps(2);
    window.get_by_label("Remove accuracy below 50 %").click();
    window.run_steps(2);
    assert!(window.state().breakpoints().list().is_empty());
}

/// Catches a change under way that is not offered, holds from another step, is not marked, or cannot be taken back.
#[test]
fn parameters_change_from_the_next_step_on() {
    let mut window = woken();
    let all = spikes(&window);
    window.get_by_label("Step by 10").click();
    window.run_steps(2);
    for step in [50, 40, 30] {
        window.get_by_label("Step back").click();
        stands_at(&mut window, step);
    }
    window
        .get_by_role_and_label(Role::Slider, "Threshold 1")
        .set_value_accesskit(1.5);
    window.run_steps(3);
    window.get_by_label("From the next step on").click();
    until(&mut window, "it is changed", |app| {
        app.session().night_changes().len() == 1
    });
    assert_eq!(window.state().session().night_changes()[0].step, 30);
    assert!(window.query_by_label_contains("not applied yet").is_none());
    assert_eq!(window.state().session().known_steps(), 30);
    window.get_by_label("Play").click();
    stands_at(&mut window, 60);
    let changed = spikes(&window);
    assert_eq!(changed[..30], all[..30]);
    assert_ne!(changed, all);
    let marks = window.query_all_by_label("Changed from step 31 on: Threshold 1 3 → 1.5");
    assert!(marks.count() >= 2, "in the raster and over the accuracy");
    assert!(window.query_by_label("Leave it so to the end").is_none());
    for step in [50, 40, 30, 20] {
        window.get_by_label("Step back").click();
        stands_at(&mut window, step);
    }
    window.get_by_label("Step 20 is before the change after step 30");
    window.get_by_label("Threshold 1 is 3 here, 1.5 at the end");
    window.get_by_label("Leave it so to the end").click();
    until(&mut window, "it is taken back", |app| app.session().known_steps() == 20);
    assert!(
        window.query_by_label_contains("not applied yet").is_none(),
        "the settings follow"
    );
    window.get_by_label("Play").click();
    stands_at(&mut window, 60);
    assert_eq!(spikes(&window), all);
}

/// Catches a seek that is asked for before there is a night, a notice about a moment that is not shown any more, and a mark of a
/// change that is no change.
#[test]
fn what_is_said_is_about_the_moment_that_is_shown() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    window.get_by_label("Breakpoints").click();
    window.run_steps(2);
    window.get_by_label("Add weight change").click();
    window.run_steps(3);
    window.key_press(Key::Escape);
    let told = |source: &MadeUp| {
        let commands = source.commands.borrow();
        commands
            .iter()
            .rev()
            .find_map(|command| match command {
                Command::SetBreakpoints(stops) => Some(stops.clone()),
                _ => None,
            })
            .unwrap_or_default()
    };
    window.run_steps(2);
    assert_eq!(told(&source), [Stop::WeightChange]);
    source.say([Event::Hit {
        stop: Stop::WeightChange,
        step: 30,
    }]);
    window.run_steps(3);
    window.get_by_label("Breakpoint at step 30: a weight change");
    let shown = Frame::clone(&source.frame.borrow());
    *source.frame.borrow_mut() = Arc::new(Frame { steps: 29, ..shown });
    window.run_steps(3);
    assert!(window.query_by_label_contains("Breakpoint at step 30").is_none());
    let mut params = small_recipe().night;
    params.decay = 0.9;
    source.say([Event::NightChanged(Arc::new(NightChange {
        step: 0,
        params,
        alpha: Vec::new(),
    }))]);
    window.run_steps(3);
    assert!(window.query_by_label_contains("Changed from step").is_none());
}

/// Catches a night that is another one because of how it is played or what is looked at: by single steps with every layout in
/// turn, a neuron selected and a picture drawn, or played at one speed and another with no pane of weights open.
#[test]
fn looked_at_from_all_sides_it_is_the_same_night() {
    let shown = |window: &mut Window| {
        until(window, "the weights of the morning are shown", |app| {
            app.session().weights_now().is_some_and(|weights| weights.steps == 60)
        });
        (bits(window), spikes(window))
    };
    let mut straight = woken();
    let wanted = shown(&mut straight);
    drop(straight);

    let trained = || {
        let mut recipe = small_recipe();
        recipe.night.beta = vec![3.0, 2.0, 4.0];
        let mut window = window_on(recipe);
        window.get_by_label("Train").click();
        until(&mut window, "it is trained", |app| {
            app.session().phase() == Phase::Trained && !app.session().is_running()
        });
        window
    };
    let mut stepped = trained();
    let mut layouts = Named::iter().cycle();
    for step in 1..=60 {
        if step % 5 == 1 {
            let layout = layouts.next().expect("they go round");
            super::layout::choose(&mut stepped, layout.title());
            if layout == Named::Probe {
                super::probe::draw(&mut stepped, &[(0.3, 0.2), (0.7, 0.2), (0.45, 0.85)]);
            }
            let row = stepped.query_all_by_label_contains("Hidden 1 #").next();
            if let Some(row) = row.filter(|_| layout == Named::OneNeuron) {
                row.click();
                stepped.run_steps(2);
            }
        }
        stepped.key_press(Key::ArrowRight);
        stands_at(&mut stepped, step);
    }
    assert!(
        !stepped.state().selection().is_empty(),
        "a neuron was selected on the way"
    );
    super::layout::choose(&mut stepped, Named::Overview.title());
    assert_eq!(shown(&mut stepped), wanted);
    drop(stepped);

    let mut played = trained();
    super::layout::choose(&mut played, Named::Probe.title());
    played.get_by_label("Hide the settings").click();
    played.run_steps(2);
    played.get_by_label("Play").click();
    until(&mut played, "it sleeps", |app| app.session().steps() > 5);
    for _ in 0..8 {
        played.key_press(Key::Plus);
        played.run_steps(1);
    }
    stands_at(&mut played, 60);
    assert!(
        played.state().session().weights_now().is_none(),
        "nobody looks at weights"
    );
    super::layout::choose(&mut played, Named::Overview.title());
    assert_eq!(shown(&mut played), wanted);
}
