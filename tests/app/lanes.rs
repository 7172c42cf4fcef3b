//! Nights side by side: branches by button and key, spikes left out, lanes that are named, promoted and closed, saved runs beside
//! the night, and what is compared.

use std::sync::Arc;

use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::Queryable as _;
use somnoscope::sim::night::Spike;
use somnoscope::worker::{Command, Event, LaneOpened, LaneOrigin, SpikeChunk, Which};

use super::layout::choose;
use super::panels::half_a_night;
use super::{MadeUp, Window, lively_night, small_recipe, spikes, until};

/// A window whose night is lively and over, standing at step 20, with another threshold set.
fn at_a_fork() -> Window {
    let mut window = lively_night();
    window.get_by_label("To the start").click();
    until(&mut window, "it is at the start", |app| app.session().steps() == 0);
    window.get_by_label("Step by 10").click();
    window.run_steps(2);
    for step in [10, 20] {
        window.get_by_label("Step").click();
        until(&mut window, "it has stepped", |app| {
            app.session().steps() == step && !app.session().is_running()
        });
    }
    set_threshold(&mut window, 3.0);
    window
}

/// Moves the slider of the first threshold.
fn set_threshold(window: &mut Window, value: f64) {
    window
        .get_by_role_and_label(Role::Slider, "Threshold 1")
        .set_value_accesskit(value);
    window.run_steps(2);
}

/// Waits until there are so many lanes, each gone through to its end.
fn lanes(window: &mut Window, count: usize) {
    until(window, &format!("there are {count} lanes"), |app| {
        let lanes = app.session().lanes().list();
        lanes.len() == count && lanes.iter().all(|lane| lane.spikes().steps() == lane.total_steps())
    });
}

/// Catches a branch that takes other parameters than those that are set, or begins elsewhere, one that changes the night, a lane
/// that cannot be promoted or closed, and a night that is lost when it is.
#[test]
fn a_branch_is_made_promoted_and_closed() {
    let mut window = at_a_fork();
    let night = spikes(&window);
    window.key_press_modifiers(Modifiers::SHIFT, Key::B);
    lanes(&mut window, 1);
    let session = window.state().session();
    let lane = &session.lanes().list()[0];
    assert_eq!(
        (lane.name(), &lane.opened().origin),
        ("Threshold 1 = 3", &LaneOrigin::Branch(20))
    );
    assert_eq!((lane.opened().recipe.night.beta[0], session.steps()), (3.0, 20));
    let known = spikes(&window);
    assert_eq!(known[..], night[..known.len()]);
    // Its pane came by itself, and tells where they part.
    let other: Vec<_> = window.state().session().lanes().list()[0]
        .spikes()
        .range(0..u64::MAX)
        .map(|(step, units)| (step, units.to_vec()))
        .collect();
    let first = night
        .iter()
        .zip(&other)
        .find(|(own, theirs)| own != theirs)
        .map(|(own, _)| own.0);
    let first = first.expect("a higher threshold makes another night");
    assert!(first >= 20);
    let mark = format!("Threshold 1 = 3 parts from the baseline in step {}", first + 1);
    window.get_by_label(&mark).click();
    until(&mut window, "it stands where they part", |app| {
        app.session().steps() == first + 1
    });
    window.get_by_label("Promote: Threshold 1 = 3").click();
    until(&mut window, "they have changed places", |app| {
        let lanes = app.session().lanes().list();
        lanes.len() == 1 && lanes[0].opened().origin == LaneOrigin::Night
    });
    lanes(&mut window, 1);
    assert_eq!(spikes(&window), other[..spikes(&window).len()]);
    let old = &window.state().session().lanes().list()[0];
    let kept: Vec<_> = old
        .spikes()
        .range(0..u64::MAX)
        .map(|(step, units)| (step, units.to_vec()))
        .collect();
    assert_eq!(kept, night);
    assert!(
        window.query_by_label("1 change not applied yet").is_none(),
        "the settings are those of the night"
    );
    window.get_by_label("Close: Before Threshold 1 = 3").click();
    until(&mut window, "it is closed", |app| {
        app.session().lanes().list().is_empty()
    });
}

/// Catches a branch that is the same night so far and cannot be made another, and one from where no steps are left without a word,
/// or with one that calls it a fault.
#[test]
fn a_branch_is_made_first_and_changed_then() {
    let mut window = at_a_fork();
    set_threshold(&mut window, 1.5);
    window.get_by_label("Branch here").click();
    lanes(&mut window, 1);
    window.get_by_label_contains("it is the same night until");
    assert_eq!(window.state().session().lanes().list()[0].name(), "Branch at step 20");
    set_threshold(&mut window, 3.0);
    window.get_by_label("Take the settings: Branch at step 20").click();
    until(&mut window, "it has them", |app| {
        app.session().lanes().list()[0].name() == "Threshold 1 = 3"
    });
    lanes(&mut window, 1);
    let night = &window.state().session().lanes().list()[0].opened().recipe.night;
    assert!((night.beta[0] - 3.0).abs() < 1e-9);
    window.get_by_label("Close: Threshold 1 = 3").click();
    until(&mut window, "it is closed", |app| {
        app.session().lanes().list().is_empty()
    });
    window.get_by_label("Bring it back").click();
    lanes(&mut window, 1);
    window.get_by_label("Close: Threshold 1 = 3").click();
    until(&mut window, "it is closed again", |app| {
        app.session().lanes().list().is_empty()
    });
    window.get_by_label("Dismiss the notice").click();
    window.run_steps(2);
    // What is read is gone, but the lane can be brought back all the same.
    assert!(window.query_by_label("Bring it back").is_none());
    window.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    lanes(&mut window, 1);
    window.get_by_label("Close: Threshold 1 = 3").click();
    until(&mut window, "it is closed for good", |app| {
        app.session().lanes().list().is_empty()
    });
    window.get_by_label("Dismiss the notice").click();
    window.get_by_label("To the end of what is known").click();
    until(&mut window, "it is at the end", |app| app.session().steps() == 60);
    window.get_by_label("Branch here").click();
    window.run_steps(2);
    window.get_by_label_contains("No steps are left");
    // The key says so too, and does not do what it would do without Shift.
    window.get_by_label("Dismiss the notice").click();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::SHIFT, Key::B);
    window.run_steps(2);
    window.get_by_label_contains("no steps are left");
    window.get_by_label_contains("0 bookmarks");
    assert!(window.state().session().lanes().list().is_empty());
}

/// Catches a spike that is left out of another step or of another unit than the one that was named, and an inspector that does
/// not offer it.
#[test]
fn a_spike_is_left_out_from_the_inspector() {
    let mut window = at_a_fork();
    let layers = window.state().session().layers().clone();
    let spikes = spikes(&window).into_iter().filter(|(step, _)| *step >= 20);
    let mut hidden = spikes.filter_map(|(step, units)| {
        let unit = units.into_iter().find(|unit| layers.layer_of(*unit) == Some(1))?;
        Some((step, unit))
    });
    let (step, hidden) = hidden.next().expect("a lively night");
    window.get_by_label("Step by 1").click();
    window.run_steps(2);
    while window.state().session().steps() <= step {
        let next = window.state().session().steps() + 1;
        window.key_press(Key::ArrowRight);
        until(&mut window, "it has stepped", |app| {
            app.session().steps() >= next && !app.session().is_running()
        });
    }
    let unit = hidden - layers.units(1).start;
    choose(&mut window, "One neuron");
    let filter = window.get_by_role_and_label(Role::TextInput, "Filter");
    filter.focus();
    filter.type_text(&format!("layer = 1 and index = {unit}"));
    window.run_steps(3);
    window.get_by_label_contains(&format!("Hidden 1 #{unit}, ")).click();
    until(&mut window, "it is cut open", |app| {
        app.session()
            .anatomy()
            .is_some_and(|anatomy| anatomy.step == step && anatomy.unit == (1, unit))
    });
    window.get_by_label("Inspect What it did").click();
    window.run_steps(3);
    window.get_by_label("Without this one spike").click();
    lanes(&mut window, 1);
    let lane = &window.state().session().lanes().list()[0];
    assert_eq!(lane.opened().without, [Spike { step, layer: 1, unit }]);
    assert!(!lane.spikes().step(step).contains(&hidden));
    window.get_by_label_contains("parts in step");
}

/// A lane of a night made up for a test: it has the night's spikes but for one unit in the 13th step.
fn made_up_lane(id: u64, sizes: Vec<usize>) -> [Event; 2] {
    let mut recipe = small_recipe();
    recipe.night.decay = 0.5;
    let opened = LaneOpened {
        id,
        name: format!("lane {id}"),
        origin: LaneOrigin::Branch(10),
        recipe,
        sizes,
        changes: Vec::new(),
        without: Vec::new(),
        is_tested: true,
    };
    let mut units = [3, 790, 860, 885].repeat(30);
    units[4 * 12 + 1] = 791;
    let chunk = SpikeChunk {
        first_step: 0,
        ends: (1..=30).map(|step| 4 * step).collect(),
        units,
    };
    [
        Event::LaneOpened(Arc::new(opened)),
        Event::LaneAdvanced {
            id,
            chunk: Arc::new(chunk),
        },
    ]
}

/// Catches nights that part in another step than the first that differs, spikes that are counted on the wrong side, layers that
/// cannot be compared and are, a baseline that nobody can choose, and a name that is not sent.
#[test]
fn what_nights_do_not_share_is_told_against_the_baseline() {
    let source = MadeUp::default();
    let mut window = source.window([1920.0, 1080.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    source.say(made_up_lane(1, vec![784, 64, 32, 10]));
    source.say(made_up_lane(2, vec![784, 65, 32, 10]));
    choose(&mut window, "Compare");
    window.run_steps(3);
    window.get_by_label("lane 1: parts in step 13: 1 only here, 1 only there");
    window.get_by_label("lane 2: other layers than the baseline: its spikes cannot be compared");
    let compares =
        |which| move |command: &Command| matches!(command, Command::CompareWeights(Some(to)) if *to == which);
    assert!(source.commands.borrow().iter().any(compares(Which::Present)));
    window.get_by_label("Baseline: lane 1").click();
    window.run_steps(3);
    window.get_by_label("This night: parts in step 13: 1 only here, 1 only there");
    assert!(source.commands.borrow().iter().any(compares(Which::Lane(1))));
    window.get_by_label("Rename: lane 1").click();
    window.run_steps(3);
    window.get_by_role(Role::TextInput);
    window.event(egui::Event::Text(" the second".to_owned()));
    window.run_steps(2);
    window.key_press(Key::Enter);
    window.run_steps(3);
    let is_renamed = |command: &Command| matches!(command, Command::RenameLane(1, name) if name.contains("the second"));
    assert!(source.commands.borrow().iter().any(is_renamed));
    // The baseline goes: the present night takes its place.
    source.say([Event::LaneClosed(1)]);
    window.run_steps(3);
    assert_eq!(
        source.commands.borrow().iter().rev().find_map(|command| match command {
            Command::CompareWeights(baseline) => Some(*baseline),
            _ => None,
        }),
        Some(Some(Which::Present))
    );
}
