//! The settings, moved and applied.

use egui::{Event, Modifiers, PointerButton, Role, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use somnoscope::app::SomnoscopeApp;
use somnoscope::run::write_recipe;
use somnoscope::worker::{Command, Phase};

use super::panels::half_a_night;
use super::probe::drop_file;
use super::{MadeUp, Window, small_recipe, until, window};

/// Catches a night setting that throws the trained network away, or one that is applied unseen.
#[test]
fn a_night_setting_waits_and_then_sleeps_again() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let batches = window.state().session().batches().to_vec();
    let run = window.state().session().run();

    window
        .get_by_role_and_label(Role::Slider, "Threshold 1")
        .set_value_accesskit(9.0);
    window.run_steps(3);
    window.get_by_label("1 change not applied yet");
    assert!((window.state().session().opened().unwrap().recipe.night.beta[0] - 9.0).abs() > 1.0);

    window.get_by_label("Sleep again with these").click();
    until(&mut window, "it has woken again", |app| {
        app.session().run() > run && app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    let session = window.state().session();
    assert!((session.opened().unwrap().recipe.night.beta[0] - 9.0).abs() < 1e-9);
    assert_eq!(session.batches(), batches);
    assert!(window.query_by_label_contains("not applied yet").is_none());
}

/// Catches a recipe that is dropped on the window and not set, or run before it is applied, and a file that is none and no word of it.
#[test]
fn a_dropped_recipe_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, broken) = (folder.path().join("mine.ron"), folder.path().join("broken.ron"));
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let mut recipe = window.state().session().opened().unwrap().recipe.clone();
    recipe.night.beta[0] = 9.0;
    write_recipe(&mine, &recipe).unwrap();
    std::fs::write(&broken, "(seed: one)").unwrap();
    let told = source.commands.borrow().len();
    drop_file(&mut window, mine);
    window.run_steps(3);
    window.get_by_label("1 change not applied yet");
    drop_file(&mut window, broken);
    window.run_steps(3);
    window.get_by_label_contains("broken.ron: the recipe cannot be read at line 1");
    window.get_by_label("1 change not applied yet");
    let opens = |command: &Command| matches!(command, Command::Open { .. });
    assert!(!source.commands.borrow()[told..].iter().any(opens));

    // While no run is open yet, there is nothing to wait for.
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    window.run_steps(3);
    let told = source.commands.borrow().len();
    drop_file(&mut window, folder.path().join("mine.ron"));
    window.run_steps(3);
    assert!(source.commands.borrow()[told..].iter().any(opens), "it is opened");
}

/// Catches a training setting that does not begin anew, and a "Revert" that forgets nothing.
#[test]
fn a_training_setting_restarts_and_revert_takes_it_back() {
    let mut window = window();
    window
        .get_by_role_and_label(Role::SpinButton, "Seed")
        .set_value_accesskit(5.0);
    window.run_steps(3);
    window.get_by_label("Take over now");
    window.get_by_label("Revert").click();
    window.run_steps(3);
    assert!(window.query_by_label("Take over now").is_none());
    window
        .get_by_role_and_label(Role::SpinButton, "Seed")
        .set_value_accesskit(7.0);
    window.run_steps(3);
    window.get_by_label("Take over now").click();
    until(&mut window, "it is born anew", |app| {
        app.session().opened().is_some_and(|opened| opened.recipe.seed == 7)
    });
    window.get_by_label("One per cent · seed 7");
}

/// Catches an explanation that stands in front of what one watches while a value is dragged, and one that does not come back.
#[test]
fn what_is_dragged_explains_itself_afterwards() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 1600.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let at = window
        .get_by_role_and_label(Role::Slider, "Threshold 1")
        .rect()
        .center();
    window.hover_at(at);
    window.run_steps(12);
    window.get_by_label_contains("Double-click on the");
    window.drag_at(at);
    window.run_steps(12);
    assert!(window.query_by_label_contains("Double-click on the").is_none());
    window.drop_at(at);
    window.hover_at(at + egui::vec2(2.0, 0.0));
    window.run_steps(12);
    window.get_by_label_contains("Double-click on the");
}

/// Catches a slider that does not go back to the preset's value when it is double-clicked, and a way back that is two steps to
/// undo.
#[test]
fn a_double_click_on_a_slider_is_the_way_back() {
    let source = MadeUp::default();
    // Pictures follow each other as on a screen: two clicks half a second apart are not one double-click.
    let told = Box::new(source.clone());
    let mut window = egui_kittest::Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |creation| SomnoscopeApp::new(creation, told, small_recipe()));
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let value = |window: &Window| {
        let slider = window.get_by_role_and_label(Role::Slider, "Threshold 1");
        slider.accesskit_node().numeric_value().expect("a slider has a value")
    };
    let first = value(&window);
    let rail = window.get_by_role_and_label(Role::Slider, "Threshold 1").rect();
    let at = pos2(rail.left() + 0.2 * rail.width(), rail.center().y);
    window.hover_at(at);
    window.run_steps(2);
    let click = |window: &mut Window| {
        for pressed in [true, false] {
            window.event(Event::PointerButton {
                pos: at,
                button: PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            window.run_steps(1);
        }
    };
    click(&mut window);
    assert!((value(&window) - first).abs() > 0.1, "a click moves it");
    click(&mut window);
    window.run_steps(2);
    assert!(
        (value(&window) - first).abs() < 1e-9,
        "{} is not {first}",
        value(&window)
    );
    let undo = window.get_by_role_and_label(Role::Button, "Undo");
    assert!(undo.accesskit_node().is_disabled(), "nothing is left to take back");
}

/// Catches a choice of classes that changes nothing, bars that do not say how many images come of it, numbers that are lost on the
/// way to the run, and balanced accuracy that is not told.
#[test]
fn the_images_of_each_class_are_chosen() {
    let mut window = window();
    let choose = |window: &mut Window, what: &str| {
        window.get_by_role_and_label(Role::ComboBox, "Classes").click();
        window.run_steps(4);
        window.get_by_label(what).click();
        window.run_steps(4);
    };
    assert!(window.query_by_label_contains("class 8: ").is_none());
    choose(&mut window, "One class fewer");
    window.get_by_label("class 8: ≈ 2 images");
    window.get_by_label_contains("class 7: ≈ 2");
    choose(&mut window, "Own numbers");
    window
        .get_by_role_and_label(Role::Slider, "Images of 0")
        .set_value_accesskit(70.0);
    window.run_steps(4);
    window.get_by_label("Take over now").click();
    until(&mut window, "it is born anew", |app| {
        let opened = app.session().opened();
        opened.is_some_and(|opened| opened.class_images.first() == Some(&70))
    });
    let counts = window.state().session().opened().unwrap().class_images.clone();
    assert_eq!(
        (counts[8], counts.iter().sum::<usize>()),
        (2, window.state().session().opened().unwrap().train_images)
    );
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running() && app.session().now().is_some()
    });
    window.run_steps(3);
    let session = window.state().session();
    let (_, now) = session.balanced().expect("the classes differ on purpose");
    assert_eq!(
        now.map(f64::to_bits),
        session.now().map(|(_, now)| now.balanced_accuracy().to_bits())
    );
    let chip = format!(", balanced {:.1} %", 100.0 * now.unwrap());
    window.get_by_label_contains(&chip);
    // A change of the classes can be taken back.
    choose(&mut window, "As drawn");
    window.get_by_label("Restart with these");
    window.key_press_modifiers(Modifiers::COMMAND, egui::Key::Z);
    window.run_steps(4);
    assert!(window.query_by_label("Restart with these").is_none());
}
