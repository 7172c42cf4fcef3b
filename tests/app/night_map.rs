//! The map of nights, through the real widgets.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::{NightMap, Phase};

use super::{Window, lively_night, until, window};

/// Does what the palette calls so.
fn command(window: &mut Window, name: &str) {
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text(name.to_owned()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(4);
}

/// Whether the map is whole.
fn is_whole(app: &somnoscope::app::SomnoscopeApp) -> bool {
    let map = app.session().map();
    !map.is_under_way() && map.known().is_some_and(NightMap::is_whole)
}

/// Catches a map that is not made, values of a cell that do not arrive in the settings or are no change that can be taken back, and a
/// map that is gone with the night it was made beside.
#[test]
fn a_cell_of_the_map_becomes_the_settings() {
    let mut window = lively_night();
    window.set_size(egui::vec2(1920.0, 1080.0));
    command(&mut window, "layout explore");
    window.get_by_label_contains("Press \"Make the map\"");
    window.get_by_label("Cells: 5 × 5").click();
    window.run_steps(3);
    window.get_by_label("Make the map").click();
    until(&mut window, "the map is whole", is_whole);
    window.get_by_label_contains("training images that the run is not trained on, and on no held-out image");
    let map = window.state().session().map().known().unwrap().clone();
    assert_eq!((map.cells.len(), map.images), (25, 500));
    let before = window.state().draft().clone();
    assert_eq!(map.grid.place(&before), Some((2.0, 2.0)));
    // The map has the keyboard: from its first cell one to the right and one up.
    window
        .get_by_role_and_label(egui::accesskit::Role::Image, "Map of nights")
        .focus();
    window.run_steps(2);
    window.key_press(Key::ArrowRight);
    window.key_press(Key::ArrowUp);
    window.run_steps(3);
    window.get_by_label_contains("Map of nights. Thresholds ×0.7071");
    window.key_press(Key::Enter);
    window.run_steps(3);
    let mut wanted = before.clone();
    map.grid.put(6, &mut wanted);
    assert_eq!(window.state().draft(), &wanted);
    assert_ne!(wanted, before);
    window.get_by_label("Sleep again with these").click();
    until(&mut window, "it has woken again", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    assert_eq!(window.state().session().map().known().unwrap().cells, map.cells);
    command(&mut window, "undo");
    assert_eq!(window.state().draft(), &before);
    command(&mut window, "use the highest");
    let best = map.best().unwrap();
    let mut wanted = before;
    map.grid.put(best, &mut wanted);
    assert_eq!(window.state().draft(), &wanted);
}

/// Catches a map that cannot be called off, and a pane that says nothing while there is nothing to map.
#[test]
fn a_map_is_called_off_and_waits_for_a_trained_network() {
    let mut window = window();
    command(&mut window, "show or hide map of nights");
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    command(&mut window, "layout explore");
    window.get_by_label("Cells: 17 × 17").click();
    window.run_steps(2);
    command(&mut window, "make or stop the map");
    until(&mut window, "some of it is known", |app| {
        app.session().map().known().is_some_and(|map| map.done() > 0)
    });
    window.get_by_label("Stop the map").click();
    until(&mut window, "it has stopped", |app| !app.session().map().is_under_way());
    window.get_by_label_contains("then stopped");
    assert!(!is_whole(window.state()));
}
