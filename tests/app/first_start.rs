//! The first thing a person sees and presses.

use egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use somnoscope::app::layout::Named;
use somnoscope::app::looks::{Look, Looks};
use somnoscope::worker::Phase;
use strum::IntoEnumIterator as _;

use super::{MadeUp, until, window, window_on_a_long_night};

/// Catches a first start without its one button, or a button that does not lead through the whole run.
#[test]
fn one_press_leads_from_birth_to_waking() {
    let mut window = window();
    window.get_by_label("One per cent · seed 1");
    window.get_by_label("Play the night").click();
    until(&mut window, "the network has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running() && app.session().now().is_some()
    });
    window.get_by_label("step 60 / 60");
    let now = window.state().session().now().unwrap().1.accuracy();
    window.get_by_label(&format!("test {:.1} %", 100.0 * now));
    assert!(window.query_by_label("Play the night").is_none());
}

/// Catches a Space bar that does not play and pause.
#[test]
fn space_plays_and_pauses() {
    let mut window = window_on_a_long_night();
    window.key_press(Key::Space);
    until(&mut window, "it runs", |app| app.session().is_running());
    window.key_press(Key::Space);
    until(&mut window, "it waits", |app| !app.session().is_running());
    assert_ne!(window.state().session().phase(), Phase::Woken);
}

/// Catches a window that repaints while nothing happens, before a run and after one.
#[test]
fn a_window_at_rest_paints_nothing() {
    let mut window = window();
    assert!(rests(&mut window), "before the run");
    window.get_by_label("Play the night").click();
    until(&mut window, "the network has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    assert!(rests(&mut window), "after the run");
}

/// Catches a card whose button is out of sight, in a small window or on a projector.
#[test]
fn the_first_card_is_whole_in_every_look() {
    for look in [Look::Dark, Look::Light, Look::Projector] {
        let source = MadeUp::default();
        let mut window = source.window([1280.0, 800.0]);
        Looks::new(look, 100).show(&window.ctx);
        source.say([super::panels::opened((0..10).map(|class| class.to_string()).collect())]);
        window.run_steps(6);
        let bottom = window.ctx.content_rect().bottom();
        for label in ["Play the night", "or press Space"] {
            let rect = window.get_by_label(label).rect();
            assert!(
                rect.bottom() < bottom - 8.0,
                "{look:?}: {label} ends at {} of {bottom}",
                rect.bottom()
            );
        }
        let (button, hint) = (
            window.get_by_label("Play the night").rect(),
            window.get_by_label("or press Space").rect(),
        );
        assert!(button.bottom() <= hint.top(), "{look:?}: one covers the other");
    }
}

/// Whether the window comes to rest: a frame after which it wants no other.
fn rests(window: &mut super::Window) -> bool {
    for _ in 0..200 {
        window.step();
        if !window.ctx.has_requested_repaint() {
            return true;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    false
}

/// Catches a pane that keeps a paused window painting.
#[test]
fn a_paused_night_paints_nothing_in_any_layout() {
    let mut window = window_on_a_long_night();
    window.key_press(Key::Space);
    until(&mut window, "it sleeps", |app| app.session().steps() > 30);
    window.key_press(Key::Space);
    until(&mut window, "it waits", |app| !app.session().is_running());
    for named in Named::iter() {
        super::layout::choose(&mut window, named.title());
        assert!(rests(&mut window), "{named:?}");
    }
}

/// Catches a worker that dies without a word.
#[test]
fn a_dead_worker_is_noticed() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    window.run_steps(2);
    *source.is_dead.borrow_mut() = true;
    window.run_steps(3);
    let complaint = window.get_by_label_contains("through a fault of the program");
    assert!(complaint.accesskit_node().label().is_some() || complaint.value().is_some());
    window.get_by_label("Dismiss").click();
    window.run_steps(1);
}
