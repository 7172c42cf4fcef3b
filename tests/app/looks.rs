//! Theme, scale, small windows, one pane in all the room.

use egui::{Key, Modifiers, Rect, Role, Theme, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use somnoscope::app::layout::Named;
use strum::IntoEnumIterator as _;

use super::layout::choose;
use super::panels::half_a_night;
use super::{MadeUp, Window};

/// A window of this size in the middle of a night.
fn window(size: [f32; 2]) -> Window {
    let source = MadeUp::default();
    let mut window = source.window(size);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    window
}

/// Presses an entry of the menu of looks.
fn choose_look(window: &mut Window, entry: &str) {
    window.get_by_label("Looks").click();
    window.run_steps(2);
    window.get_by_role_and_label(Role::Button, entry).click();
    window.run_steps(3);
}

/// How much larger than plain everything is, in percent.
fn zoom(window: &Window) -> i32 {
    (window.ctx.zoom_factor() * 100.0).floor() as i32
}

/// Catches a theme that is not shown, a projector that is no larger than the rest, and a way back that stays large.
#[test]
fn themes_and_scales_are_chosen_in_one_menu() {
    let mut window = window([1280.0, 800.0]);
    choose_look(&mut window, "Projector");
    assert_eq!((window.ctx.theme(), zoom(&window)), (Theme::Light, 150));
    let ink = window
        .ctx
        .style_of(Theme::Light)
        .visuals
        .widgets
        .noninteractive
        .fg_stroke
        .color;
    choose_look(&mut window, "Scale 125");
    assert_eq!(zoom(&window), 187);
    choose_look(&mut window, "Light");
    assert_eq!((window.ctx.theme(), zoom(&window)), (Theme::Light, 125));
    let light = window
        .ctx
        .style_of(Theme::Light)
        .visuals
        .widgets
        .noninteractive
        .fg_stroke
        .color;
    assert_ne!(ink, light, "the light theme is itself again");
    choose_look(&mut window, "Dark");
    assert_eq!(window.ctx.theme(), Theme::Dark);
}

/// Catches keys that scale nothing, scale while they should not, or scale without an end.
#[test]
fn the_keys_scale_the_window() {
    let mut window = window([1280.0, 800.0]);
    for (key, wanted) in [
        (Key::Plus, 110),
        (Key::Equals, 125),
        (Key::Minus, 110),
        (Key::Num0, 100),
        (Key::Minus, 100),
    ] {
        window.key_press_modifiers(Modifiers::COMMAND, key);
        window.run_steps(3);
        assert_eq!(zoom(&window), wanted, "{key:?}");
    }
    window.key_press(Key::Minus);
    window.run_steps(3);
    assert_eq!(zoom(&window), 100);
}

/// Catches buttons of the top bar that lie on each other or outside the window: at 1280 x 800 from 100 to 200 per cent,
/// and for the projector.
#[test]
fn nothing_overlaps_in_the_top_bar_at_any_scale() {
    for zoom in [1.0, 1.1, 1.25, 1.5, 1.75, 2.0] {
        let size = [1280.0 / zoom, 800.0 / zoom];
        let mut window = window(size);
        window.run_steps(2);
        let screen = Rect::from_min_max(pos2(0.0, 0.0), pos2(size[0], size[1])).expand(0.5);
        let bar = window.get_by_label("Looks").rect().top()..=window.get_by_label("Step by 100").rect().bottom() + 40.0;
        let buttons: Vec<(String, Rect)> = window
            .root()
            .query_all_by_role(Role::Button)
            .filter(|node| bar.contains(&node.rect().center().y))
            .filter_map(|node| Some((node.accesskit_node().label()?, node.rect())))
            .filter(|(name, _)| !name.contains("Enlarge") && !name.contains("Close"))
            .collect();
        for name in ["Play", "Step", "New seed", "Looks", "Sleep again"] {
            let button = buttons.iter().find(|(label, _)| label == name);
            let (_, rect) = button.unwrap_or_else(|| panic!("{name} is missing at {zoom}"));
            assert!(screen.contains_rect(*rect), "{name} reaches out at {zoom}: {rect:?}");
        }
        let top: Vec<_> = buttons.iter().filter(|(_, rect)| rect.height() > 20.0).collect();
        for (index, (name, rect)) in top.iter().enumerate() {
            for (other, place) in &top[index + 1..] {
                let both = rect.shrink(0.5).intersect(*place);
                assert!(!both.is_positive(), "{name} and {other} overlap at {zoom}");
            }
        }
    }
}

/// Catches a layout that panics, or leaves panes out, where there is little room.
#[test]
fn every_layout_can_be_scrolled_in_a_small_window() {
    for size in [[640.0, 400.0], [853.0, 533.0]] {
        let mut window = window(size);
        for named in Named::iter() {
            choose(&mut window, named.title());
            for pane in window.root().query_all_by_role(Role::Button) {
                let label = pane.accesskit_node().label().unwrap_or_default();
                if label.starts_with("Close ") {
                    assert!(pane.rect().is_finite(), "{label} in {named:?}");
                }
            }
        }
        window.get_by_label("Show the settings").click();
        window.run_steps(3);
        window.get_by_label("Hide the settings").click();
        window.run_steps(3);
    }
}

/// Catches a pane that does not fill the room, or others that do not come back.
#[test]
fn one_pane_fills_the_room_and_gives_it_back() {
    let mut window = window([1280.0, 800.0]);
    let before = window.get_by_label("Spikes of 30 steps").rect();
    window.get_by_label("Enlarge Spikes").click();
    window.run_steps(3);
    let rect = window.get_by_label("Spikes of 30 steps").rect();
    assert!(rect.width() > 1.5 * before.width() && rect.height() > 1.5 * before.height());
    assert!(window.query_by_label("Close Confusion").is_none());
    window.get_by_label("Shrink Spikes").click();
    window.run_steps(3);
    assert_eq!(window.get_by_label("Spikes of 30 steps").rect(), before);
    window.get_by_label("Close Confusion");
}
