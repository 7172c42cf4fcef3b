//! The keyboard: shortcuts, the palette, undo, and a run without a mouse.

use egui::{Event, Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use somnoscope::app::layout::Named;
use somnoscope::app::selection::Neuron;
use somnoscope::worker::{Command, Phase};

use super::panels::half_a_night;
use super::{MadeUp, Window, until, window_on_a_long_night};

const CTRL: Modifiers = Modifiers::COMMAND;

/// A window in the middle of a night.
fn window() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    (source, window)
}

/// Presses a key and shows what comes of it.
fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.key_press_modifiers(modifiers, key);
    window.run_steps(4);
}

/// Types into what has the keyboard.
fn type_in(window: &mut Window, text: &str) {
    window.event(Event::Text(text.to_owned()));
    window.run_steps(3);
}

/// Does a command by its name.
fn command(window: &mut Window, words: &str) {
    press(window, CTRL, Key::K);
    type_in(window, words);
    press(window, Modifiers::NONE, Key::Enter);
}

/// What has the keyboard: its role and name.
fn focused(window: &Window) -> Option<(Role, String)> {
    let node = window.root().children_recursive().find(|node| {
        let node = node.accesskit_node();
        node.is_focused()
    })?;
    let node = node.accesskit_node();
    Some((node.role(), node.label().unwrap_or_default()))
}

/// Presses Tab until the control of this name has the keyboard.
fn tab_to(window: &mut Window, name: &str) {
    let mut seen = Vec::new();
    for _ in 0..300 {
        press(window, Modifiers::NONE, Key::Tab);
        let at = focused(window).map_or_else(String::new, |(_, name)| name);
        if at.starts_with(name) {
            return;
        }
        seen.push(at);
    }
    panic!("Tab does not reach {name}: {seen:?}");
}

/// Catches a shortcut that does nothing or something else, and one that fires while a number is typed.
#[test]
fn shortcuts_do_what_the_table_says() {
    let (source, mut window) = window();
    let last = |source: &MadeUp| format!("{:?}", source.commands.borrow().last());
    for (modifiers, key, told) in [
        (Modifiers::NONE, Key::ArrowRight, "Step(1)"),
        (Modifiers::SHIFT, Key::ArrowRight, "Step(10)"),
        (CTRL, Key::ArrowRight, "Step(100)"),
        (CTRL.plus(Modifiers::SHIFT), Key::ArrowRight, "Step(1000)"),
        (Modifiers::NONE, Key::ArrowLeft, "Seek(29)"),
        (Modifiers::SHIFT, Key::ArrowLeft, "Seek(20)"),
        (Modifiers::NONE, Key::Home, "Seek(0)"),
        (Modifiers::NONE, Key::End, "Seek(30)"),
        (Modifiers::NONE, Key::Minus, "SetSpeed(PerSecond(60.0))"),
        (Modifiers::NONE, Key::Plus, "SetSpeed(PerSecond(120.0))"),
        (Modifiers::NONE, Key::Space, "Play(Tuned)"),
    ] {
        press(&mut window, modifiers, key);
        assert_eq!(last(&source), format!("Some({told})"), "{key:?}");
    }
    let count = source.commands.borrow().len();
    command(&mut window, "set threshold 1");
    press(&mut window, Modifiers::NONE, Key::Space);
    press(&mut window, Modifiers::NONE, Key::Home);
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(source.commands.borrow().len(), count, "a number was being typed");
    press(&mut window, CTRL, Key::Num4);
    window.get_by_label(&format!("Layout: {}", Named::Weights.title()));
}

/// Catches a palette that finds nothing, does the wrong thing, or does what cannot be done, and a sheet without keys.
#[test]
fn the_palette_and_the_sheet() {
    let (source, mut window) = window();
    press(&mut window, CTRL, Key::P);
    type_in(&mut window, "sleep");
    window.get_by_label("Run: Sleep");
    window.get_by_label("Begin anew: Sleep again");
    type_in(&mut window, " agin");
    assert!(window.query_by_label("Run: Sleep").is_none());
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label("Begin anew: Sleep again").is_none());
    // Space would play if the palette were still there without being seen.
    let count = source.commands.borrow().len();
    command(&mut window, "train");
    assert_eq!(source.commands.borrow().len(), count, "it is trained already");
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, CTRL, Key::K);
    type_in(&mut window, "layout");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.get_by_label(&format!("Layout: {}", Named::OneNeuron.title()));
    press(&mut window, Modifiers::NONE, Key::F1);
    for words in ["Ctrl+Shift+Z, Ctrl+Y", "Mouse in panes", "Double-click"] {
        window.get_by_label(words);
    }
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert!(window.query_by_label("Mouse in panes").is_none());
}

/// Catches panes and settings that do not come back, and buttons that do not say what they take back.
#[test]
fn changes_are_taken_back_and_done_again() {
    let (_, mut window) = window();
    let threshold = |window: &Window| {
        let slider = window.get_by_role_and_label(Role::Slider, "Threshold 1");
        slider.accesskit_node().numeric_value().expect("a slider has a value")
    };
    let first = threshold(&window);
    window
        .get_by_role_and_label(Role::Slider, "Threshold 1")
        .set_value_accesskit(9.0);
    window.run_steps(3);
    window.get_by_label("Close Training").click();
    window.run_steps(4);
    assert!(window.query_by_label("Close Training").is_none());
    press(&mut window, CTRL, Key::Z);
    window.get_by_label("Close Training");
    assert!((threshold(&window) - 9.0).abs() < 1e-9);
    press(&mut window, CTRL, Key::Z);
    assert!((threshold(&window) - first).abs() < 1e-9);
    assert!(window.query_by_label_contains("not applied yet").is_none());
    press(&mut window, CTRL, Key::Y);
    assert!((threshold(&window) - 9.0).abs() < 1e-9);
    press(&mut window, CTRL.plus(Modifiers::SHIFT), Key::Z);
    assert!(window.query_by_label("Close Training").is_none());
    window.get_by_label("Undo").click();
    window.run_steps(4);
    window.get_by_label("Close Training");
}

/// Catches a value that the palette does not go to, or that is added to instead of replaced.
#[test]
fn a_value_is_set_from_the_palette() {
    let (_, mut window) = window();
    for (words, name, typed) in [("set threshold 2", "Threshold 2", 8.5), ("set decay", "as decay", 0.95)] {
        command(&mut window, words);
        type_in(&mut window, &typed.to_string());
        press(&mut window, Modifiers::NONE, Key::Enter);
        let field = window.get_by_role_and_label(Role::SpinButton, name);
        let value = field.accesskit_node().numeric_value().expect("a field has a value");
        assert!((value - typed).abs() < 1e-9, "{name} is {value}");
    }
}

/// Catches canvases and cells that only a mouse reaches.
#[test]
fn panes_are_moved_by_keys() {
    let (source, mut window) = window();
    tab_to(&mut window, "Weight change of layer 1");
    press(&mut window, Modifiers::NONE, Key::Plus);
    window.get_by_label("All");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::Home);
    assert!(window.query_by_label("All").is_none());
    assert_eq!(focused(&window).unwrap().1, "Weight change of layer 1");
    tab_to(&mut window, "Confusion matrix");
    press(&mut window, Modifiers::NONE, Key::ArrowDown);
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    let (_, name) = focused(&window).unwrap();
    assert!(name.contains("1 read as 2: images"), "{name}");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let asked = source
        .commands
        .borrow()
        .iter()
        .any(|command| matches!(command, Command::ShowCell(cell) if (cell.truth, cell.read) == (1, 2)));
    assert!(asked, "Enter asks for the images of the cell");
}

/// Catches strips of time that a person without a mouse cannot go along, and keys of theirs that reach the run instead.
#[test]
fn strips_of_time_are_gone_along_by_keys() {
    let (source, mut window) = window();
    tab_to(&mut window, "Timeline");
    for (modifiers, key, told) in [
        (Modifiers::NONE, Key::ArrowLeft, "Seek(29)"),
        (Modifiers::SHIFT, Key::ArrowLeft, "Seek(20)"),
        (Modifiers::NONE, Key::Home, "SeekBatch(0)"),
    ] {
        press(&mut window, modifiers, key);
        assert_eq!(
            format!("{:?}", source.commands.borrow().last()),
            format!("Some({told})"),
            "{key:?}"
        );
        assert!(focused(&window).is_some_and(|(_, name)| name.starts_with("Timeline")));
    }
    let count = source.commands.borrow().len();
    press(&mut window, Modifiers::NONE, Key::ArrowRight);
    press(&mut window, Modifiers::NONE, Key::End);
    assert_eq!(
        source.commands.borrow().len(),
        count,
        "nothing is known beyond this moment"
    );
}

/// Catches a part of the program that only a mouse reaches: from the start to a changed threshold, a chosen layout, a
/// selected neuron, a digit that is drawn and judged along the night, and back.
#[test]
fn the_whole_program_by_keyboard_alone() {
    let mut window = window_on_a_long_night();
    press(&mut window, CTRL, Key::T);
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    press(&mut window, Modifiers::NONE, Key::Space);
    until(&mut window, "it sleeps", |app| app.session().steps() > 3);
    press(&mut window, Modifiers::NONE, Key::Space);
    until(&mut window, "it waits", |app| !app.session().is_running());

    tab_to(&mut window, "Threshold 1");
    while focused(&window).map(|(role, _)| role) == Some(Role::Slider) {
        press(&mut window, Modifiers::NONE, Key::Tab);
    }
    press(&mut window, CTRL, Key::A);
    type_in(&mut window, "9.5");
    press(&mut window, Modifiers::NONE, Key::Enter);
    window.get_by_label("1 change not applied yet");
    let run = window.state().session().run();
    press(&mut window, CTRL, Key::Enter);
    until(&mut window, "another night begins", |app| {
        app.session().run() > run && app.session().steps() > 0 && app.session().is_running()
    });
    let beta = |window: &Window| window.state().session().opened().unwrap().recipe.night.beta[0];
    assert!((beta(&window) - 9.5).abs() < 1e-9);
    press(&mut window, Modifiers::NONE, Key::Space);
    until(&mut window, "it waits", |app| !app.session().is_running());

    command(&mut window, "layout one neuron");
    tab_to(&mut window, "Hidden");
    let (_, name) = focused(&window).unwrap();
    press(&mut window, Modifiers::NONE, Key::Space);
    let selected = window.state().selection().neurons().to_vec();
    let [Neuron { layer, unit }] = selected[..] else {
        panic!("one neuron is selected: {selected:?}")
    };
    assert!(name.starts_with(&format!("Hidden {layer} #{unit},")), "{name}");

    probe_by_keyboard(&mut window);

    let unchanged = window.query_by_label_contains("not applied yet").is_none();
    assert!(unchanged, "Tab went through every setting and changed none");
    press(&mut window, Modifiers::NONE, Key::Escape);
    press(&mut window, CTRL, Key::Z);
    window.get_by_label("1 change not applied yet");
    press(&mut window, CTRL, Key::Enter);
    let run = window.state().session().run();
    until(&mut window, "the night of before", |app| {
        app.session().run() > run
            || app
                .session()
                .opened()
                .is_some_and(|o| (o.recipe.night.beta[0] - 9.5).abs() > 0.1)
    });
}

/// Draws a stroke with the keys and goes along the night with it.
fn probe_by_keyboard(window: &mut Window) {
    command(window, "layout probe");
    tab_to(window, "Drawing canvas");
    window.key_down(Key::Space);
    window.run_steps(2);
    for _ in 0..8 {
        press(window, Modifiers::NONE, Key::ArrowDown);
    }
    window.key_up(Key::Space);
    window.run_steps(2);
    until(window, "the drawing is judged", |app| {
        app.session().judged().is_some_and(|judged| !judged.pictures.is_empty())
    });
    window.get_by_label_contains("Drawing, read as ");
    tab_to(window, "Picture along the night");
    let known = window.state().session().known_steps();
    assert!(known > 3, "it has slept");
    for (key, step) in [
        (Key::Home, 0),
        (Key::ArrowRight, 1),
        (Key::End, known),
        (Key::ArrowLeft, known - 1),
    ] {
        press(window, Modifiers::NONE, key);
        until(window, "it stands there", |app| {
            app.session().steps() == step && !app.session().is_running()
        });
    }
    let (role, name) = focused(window).expect("the strip keeps the keyboard");
    assert!(
        role == Role::Slider && name.starts_with("Picture along the night"),
        "{name}"
    );
    until(window, "it is judged there", |app| {
        let judged = app.session().judged().map(|judged| judged.moment);
        judged == Some(somnoscope::worker::Moment::Step(known - 1))
    });
    window.get_by_label_contains(&format!("after step {}", known - 1));
}
