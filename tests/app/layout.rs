//! The menu of layouts, and panes that are closed and added.

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::layout::Named;
use somnoscope::app::panels::Pane;
use strum::IntoEnumIterator as _;

use super::panels::half_a_night;
use super::{MadeUp, Window};

/// A window in the middle of a night.
fn window() -> Window {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    window
}

/// Opens the menu and presses an entry.
pub(super) fn choose(window: &mut Window, entry: &str) {
    window.get_by_label_contains("Layout: ").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, entry).click();
    window.run_steps(3);
}

/// Whether a pane has its header on screen.
fn is_there(window: &Window, pane: Pane) -> bool {
    window.query_by_label(&format!("Close {}", pane.title())).is_some()
}

/// Catches a named layout that shows nothing of what it is named after, or panics at the smallest size.
#[test]
fn every_layout_can_be_chosen() {
    let mut window = window();
    for named in Named::iter() {
        choose(&mut window, named.title());
        window.get_by_label(&format!("Layout: {}", named.title()));
        let telling = match named {
            Named::Overview => Pane::Training,
            Named::OneNeuron => Pane::Potentials,
            Named::Network => Pane::Activity,
            Named::Weights => Pane::WeightChange,
            Named::Dream => Pane::Dream,
            Named::BeforeAndAfter => Pane::Classes,
            Named::Probe => Pane::Probe,
            Named::Compare => Pane::Lanes,
            Named::Explore => Pane::NightMap,
        };
        assert!(is_there(&window, telling), "{named:?}");
        window.set_size(egui::vec2(1024.0, 640.0));
        window.run_steps(3);
        window.set_size(egui::vec2(1280.0, 800.0));
        window.run_steps(3);
    }
}

/// Catches a pane that cannot be closed, does not come back, or a default that is none.
#[test]
fn a_pane_is_closed_and_added_again() {
    let mut window = window();
    window.get_by_label("Close Training").click();
    window.run_steps(3);
    assert!(!is_there(&window, Pane::Training));
    window.get_by_label_contains("Layout: ").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::CheckBox, "Training").click();
    window.run_steps(3);
    assert!(is_there(&window, Pane::Training));
    window.get_by_label("Close Spikes").click();
    window.run_steps(3);
    assert!(!is_there(&window, Pane::Raster));
    choose(&mut window, "Default layout");
    assert!(is_there(&window, Pane::Raster));
}
