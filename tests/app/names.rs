//! What a screen reader is told.

use std::collections::BTreeMap;

use egui::{Key, Modifiers, accesskit};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use somnoscope::app::layout::Named;
use somnoscope::app::panels::Pane;
use somnoscope::app::selection::Neuron;
use strum::IntoEnumIterator as _;

use super::layout::choose;
use super::panels::half_a_night;
use super::{MadeUp, Window};

/// The controls of the window that have no name, and the names that several controls of a kind have.
pub(super) fn nameless_and_alike(window: &Window) -> (Vec<String>, Vec<String>) {
    let mut nameless = Vec::new();
    let mut names: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut controls = 0;
    let mut windows = Vec::new();
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        if node.role() == accesskit::Role::Window {
            windows.push(node.bounding_box().map(|at| (at.x0.to_bits(), at.y0.to_bits())));
        }
    }
    for node in window.root().children_recursive() {
        let node = node.accesskit_node();
        let acts = node.data().supports_action(accesskit::Action::Click)
            || node.data().supports_action(accesskit::Action::Focus);
        // A card or a window holds controls and is none; a scroll bar is named by what it scrolls. The bar that a window is
        // moved by says nothing that its title does not say.
        let corner = node.bounding_box().map(|at| (at.x0.to_bits(), at.y0.to_bits()));
        let is_bar = node.role() == accesskit::Role::Unknown && windows.contains(&corner);
        let holds = is_bar
            || matches!(
                node.role(),
                accesskit::Role::GenericContainer | accesskit::Role::Window | accesskit::Role::ScrollBar
            );
        if !acts || holds || node.is_hidden() {
            continue;
        }
        controls += 1;
        let name = node.label().or_else(|| node.value()).unwrap_or_default();
        if name.trim().is_empty() {
            let at = node.bounding_box();
            nameless.push(format!("{:?} at {at:?}", node.role()));
        } else {
            *names.entry((format!("{:?}", node.role()), name)).or_default() += 1;
        }
    }
    assert!(controls > 40, "the walk goes through the window");
    let alike = names.into_iter().filter(|(_, count)| *count > 1);
    (nameless, alike.map(|(of, count)| format!("{count} × {of:?}")).collect())
}

/// Catches a control that a screen reader cannot name, and controls that it cannot tell apart: in every named layout and
/// with every pane, in the middle of a night.
#[test]
fn every_control_has_a_name_of_its_own() {
    let source = MadeUp::default();
    let mut window = source.window([1920.0, 1080.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let mut faults = Vec::new();
    let mut check = |window: &Window, shown: &str| {
        let (nameless, alike) = nameless_and_alike(window);
        faults.extend(nameless.into_iter().map(|at| format!("{shown}: no name: {at}")));
        faults.extend(alike.into_iter().map(|names| format!("{shown}: {names}")));
    };
    let mut seen = Vec::new();
    for named in Named::iter() {
        choose(&mut window, named.title());
        check(&window, named.title());
        seen.extend(Pane::iter().filter(|pane| window.query_by_label(&format!("Close {}", pane.title())).is_some()));
    }
    // What no layout has is added to the last one.
    for pane in Pane::iter().filter(|pane| !seen.contains(pane)) {
        window.key_press_modifiers(Modifiers::COMMAND, Key::K);
        window.run_steps(3);
        window.event(egui::Event::Text(format!("show or hide {}", pane.title())));
        window.run_steps(3);
        window.key_press(Key::Enter);
        window.run_steps(4);
        check(&window, pane.title());
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Catches nameless controls of what opens above the window, and of a selection.
#[test]
fn what_opens_has_names_too() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 1000.0]);
    window.run_steps(3);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    choose(&mut window, Named::OneNeuron.title());
    window.get_by_label_contains("Hidden 1 #6, ").click();
    window.run_steps(3);
    assert_eq!(window.state().selection().neurons(), [Neuron { layer: 1, unit: 6 }]);
    for (modifiers, key) in [(Modifiers::NONE, Key::F1), (Modifiers::COMMAND, Key::K)] {
        window.key_press_modifiers(modifiers, key);
        window.run_steps(4);
        let (nameless, _) = nameless_and_alike(&window);
        assert!(nameless.is_empty(), "{key:?}: {nameless:#?}");
        window.key_press(Key::Escape);
        window.run_steps(4);
    }
    window.get_by_label_contains("Layout: ").click();
    window.run_steps(3);
    let (nameless, _) = nameless_and_alike(&window);
    assert!(nameless.is_empty(), "the menu: {nameless:#?}");
}

/// Catches nameless controls, and controls that cannot be told apart, in the menus of the top bar and of panes, in the parts of
/// the settings that are closed at first, in the slow motion, and in the windows of runs and of images.
#[test]
fn menus_and_windows_have_names_too() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 1080.0]);
    window.run_steps(3);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    let mut faults = Vec::new();
    let mut check = |window: &Window, shown: &str| {
        let (nameless, alike) = nameless_and_alike(window);
        faults.extend(nameless.into_iter().map(|at| format!("{shown}: no name: {at}")));
        faults.extend(alike.into_iter().map(|names| format!("{shown}: {names}")));
    };
    let controls = |window: &Window| window.root().children_recursive().count();
    for menu in [
        "Breakpoints",
        "step 30 / 60",
        "Looks",
        "Rows: all",
        "Sort: index",
        "Export Spikes",
        "Runs",
    ] {
        let before = controls(&window);
        window.get_by_label(menu).click();
        window.run_steps(6);
        assert!(controls(&window) > before, "{menu} opens");
        check(&window, menu);
        window.key_press(Key::Escape);
        window.run_steps(4);
    }
    for heading in ["Network", "Training", "Thresholds from activity", "Slow motion"] {
        let of_this_name = window.query_all_by_label_contains(heading);
        let foremost = of_this_name.min_by(|a, b| a.rect().left().total_cmp(&b.rect().left()));
        foremost.expect("it is on screen").click();
        window.run_steps(12);
        check(&window, heading);
    }
    window.get_by_label("Aim: Each layer").click();
    window.run_steps(4);
    check(&window, "an aim for each layer");
    assert!(faults.is_empty(), "{faults:#?}");
}
