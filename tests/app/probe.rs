//! Pictures of a person's own, drawn and judged through the real window.

use std::path::PathBuf;

use egui::{Key, Role, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::{Command, Event, HeldOut, Phase};

use super::layout::choose;
use super::panels::{half_a_night, opened};
use super::{MadeUp, Window, until, window};

/// The label of the canvas begins so.
const CANVAS: &str = "Drawing canvas";

/// Moves the pressed pointer over the canvas: points in shares of its sides.
pub(super) fn draw(window: &mut Window, points: &[(f32, f32)]) {
    let place = window.get_by_label_contains(CANVAS).rect();
    let at = |&(x, y): &(f32, f32)| place.min + vec2(x * place.width(), y * place.height());
    let first = at(&points[0]);
    window.hover_at(first);
    window.run_steps(1);
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    window.event(button(first, true));
    window.run_steps(1);
    for pair in points.windows(2) {
        let (from, to) = (at(&pair[0]), at(&pair[1]));
        for step in 1..=8 {
            window.hover_at(from + (to - from) * (step as f32 / 8.0));
            window.run_steps(1);
        }
    }
    window.event(button(at(&points[points.len() - 1]), false));
    window.run_steps(2);
}

/// Shows frames until something is so on screen.
fn wait(window: &mut Window, what: &str, is_so: &dyn Fn(&Window) -> bool) {
    for _ in 0..4000 {
        window.run_steps(1);
        if is_so(window) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("waited too long until {what}");
}

/// The picture that was asked about last, if there is one.
fn asked(source: &MadeUp) -> Option<Vec<u8>> {
    let commands = source.commands.borrow();
    let last = commands.iter().rev().find_map(|command| match command {
        Command::JudgePictures(pictures) => Some(pictures.first().map(|picture| picture.pixels.to_vec())),
        _ => None,
    });
    last.flatten()
}

/// A window in the middle of a made-up night, on the layout of the probe.
fn made_up() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    choose(&mut window, "Probe");
    (source, window)
}

/// Catches a drawing that nobody judges, bars and a night that do not appear, and a place on the strip that leads elsewhere.
#[test]
fn a_drawn_digit_is_judged_along_the_night() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    choose(&mut window, "Probe");
    window.get_by_label_contains("Draw on the canvas");
    draw(&mut window, &[(0.3, 0.2), (0.7, 0.2), (0.45, 0.85)]);
    wait(&mut window, "it is judged", &|window| {
        window.query_by_label_contains("Output 7: ").is_some()
    });
    window.get_by_label_contains("Drawing, read as ");
    let whole = "Picture along the night, judged at 61 steps";
    wait(&mut window, "the night was gone through", &|window| {
        window.query_by_label(whole).is_some()
    });
    let strip = window.get_by_label(whole).rect();
    window.get_by_label("Pin").click();
    window.run_steps(2);
    window.get_by_label_contains("Pinned picture 1, read as ");
    let at = pos2(strip.left() + 0.5 * strip.width(), strip.center().y);
    window.hover_at(at);
    window.run_steps(1);
    window.drag_at(at);
    window.run_steps(1);
    window.drop_at(at);
    until(&mut window, "it has gone there", |app| app.session().steps() == 30);
    until(&mut window, "the middle is judged", |app| {
        let judged = app.session().judged().map(|judged| judged.moment);
        judged == Some(somnoscope::worker::Moment::Step(30))
    });
    window.get_by_label("after step 30");
}

/// Catches a canvas that the keys cannot draw on, keys that leave it or reach the run, and a stroke that is not taken back.
#[test]
fn the_keys_draw() {
    let (source, mut window) = made_up();
    let before = source.commands.borrow().len();
    window.get_by_label_contains(CANVAS).focus();
    window.run_steps(2);
    window.key_press(Key::Space);
    window.run_steps(2);
    let dot = asked(&source).expect("a dot was painted");
    window.key_down(Key::Space);
    window.run_steps(1);
    for _ in 0..9 {
        window.key_press(Key::ArrowDown);
        window.run_steps(1);
    }
    window.key_up(Key::Space);
    window.run_steps(1);
    for _ in 0..5 {
        window.key_press(Key::ArrowRight);
        window.run_steps(1);
    }
    assert!(
        window.get_by_label_contains(CANVAS).is_focused(),
        "the arrows left the canvas"
    );
    let line = asked(&source).expect("a line was painted");
    assert_ne!(line, dot);
    // Higher than wide: a line downwards, and nothing to the right of it without Space.
    let rows = |pixels: &[u8]| {
        pixels
            .chunks(28)
            .filter(|row| row.iter().any(|&grey| grey > 60))
            .count()
    };
    let columns = |pixels: &[u8]| (0..28).filter(|x| (0..28).any(|y| pixels[y * 28 + x] > 60)).count();
    assert!(
        rows(&line) >= 18 && columns(&line) < 12,
        "{} {}",
        rows(&line),
        columns(&line)
    );
    let others = source.commands.borrow()[before..]
        .iter()
        .filter(|command| matches!(command, Command::Play(_) | Command::Step(_)))
        .count();
    assert_eq!(others, 0, "the keys reached the run");
    window.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    window.run_steps(2);
    assert_eq!(asked(&source), Some(dot));
    window.key_press(Key::Delete);
    window.run_steps(2);
    assert_eq!(asked(&source), None);
}

/// Catches an eraser that draws, a clear canvas that is still judged, and strokes that do not come back.
#[test]
fn strokes_are_erased_cleared_and_brought_back() {
    let (source, mut window) = made_up();
    draw(&mut window, &[(0.2, 0.5), (0.8, 0.5)]);
    draw(&mut window, &[(0.5, 0.2), (0.5, 0.8)]);
    let cross = asked(&source).expect("something is drawn");
    window.get_by_label("Tool: Eraser").click();
    window.run_steps(2);
    draw(&mut window, &[(0.5, 0.1), (0.5, 0.9)]);
    let erased = asked(&source).expect("something is left");
    assert_ne!(erased, cross);
    window.get_by_label("Undo stroke").click();
    window.run_steps(2);
    assert_eq!(asked(&source).as_ref(), Some(&cross));
    window.get_by_label("Clear").click();
    window.run_steps(2);
    assert_eq!(asked(&source), None);
    window.get_by_label("Undo stroke").click();
    window.run_steps(2);
    assert_eq!(asked(&source).as_ref(), Some(&cross));
    window.get_by_label("Picture: As drawn").click();
    window.run_steps(2);
    assert_ne!(asked(&source), Some(cross), "it is not fitted any more");
    choose(&mut window, "Overview");
    let last = source.commands.borrow().last().cloned();
    let told = source.commands.borrow().iter().rev().find_map(|command| match command {
        Command::JudgePictures(pictures) => Some(pictures.len()),
        _ => None,
    });
    assert_eq!(told, Some(0), "nobody looks any more: {last:?}");
}

/// Catches a held-out image that is another on the canvas, more than ten pins, and a pin that cannot be taken away.
#[test]
fn held_out_images_are_taken_and_pinned() {
    let (source, mut window) = made_up();
    let image = |index: usize| -> Vec<u8> { (0..784).map(|pixel| ((pixel * (index + 3)) % 256) as u8).collect() };
    for index in 0..11 {
        window.get_by_label(if index == 0 { "Take" } else { "Next" }).click();
        window.run_steps(2);
        let wish = source.commands.borrow().iter().rev().find_map(|command| match command {
            Command::ShowHeldOut(index) => Some(*index),
            _ => None,
        });
        assert_eq!(wish, Some(index));
        source.say([Event::HeldOut(std::sync::Arc::new(HeldOut {
            index,
            label: 3,
            pixels: image(index).into(),
        }))]);
        window.run_steps(3);
        assert_eq!(asked(&source), Some(image(index)), "bit for bit");
        if index < 10 {
            window.get_by_label("Pin").click();
            window.run_steps(2);
        }
    }
    window.get_by_label("Pin").click();
    window.run_steps(2);
    assert!(window.query_by_label_contains("Pinned picture 11").is_none());
    window.get_by_label_contains("Pinned picture 4, ").click();
    window.run_steps(2);
    window.get_by_label("Outputs: Pinned picture 4");
    window.get_by_label("Unpin Pinned picture 4").click();
    window.run_steps(2);
    assert!(window.query_by_label_contains("Pinned picture 10").is_none());
    window.get_by_label("Outputs: Drawing");
}

/// Catches a PNG that does not reach the canvas, by its path or dropped on the window, and a bad one that is not told of.
#[test]
fn a_png_is_loaded_or_told_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let seven = image::GrayImage::from_fn(60, 80, |x, y| {
        image::Luma([if (10..20).contains(&y) || (40..50).contains(&x) && y > 10 && y < 70 {
            0
        } else {
            255
        }])
    });
    seven.save(path("seven.png")).unwrap();
    std::fs::write(path("words.png"), "not a picture").unwrap();
    // Before anything was played: the window shows what was dropped.
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    source.say([opened(Vec::new()), Event::Entered(Phase::Newborn)]);
    window.run_steps(3);
    drop_file(&mut window, path("seven.png"));
    wait(&mut window, "the dropped picture is there", &|_| {
        asked(&source).is_some()
    });
    window.get_by_label("Layout: Probe");
    let dropped = asked(&source).unwrap();
    let inked = dropped.iter().filter(|&&grey| grey > 128).count();
    assert!((40..250).contains(&inked), "dark ink on white is ink: {inked}");

    window.get_by_role_and_label(Role::TextInput, "PNG").focus();
    window.run_steps(2);
    window
        .get_by_role_and_label(Role::TextInput, "PNG")
        .type_text(&path("words.png").display().to_string());
    window.run_steps(2);
    window.get_by_label("Load").click();
    wait(&mut window, "it is told what is wrong", &|window| {
        window.query_by_label_contains("is not a PNG picture").is_some()
    });
    assert_eq!(asked(&source), Some(dropped), "what was there stays");
}

/// A file that is dropped.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Drops a file on the window.
pub fn drop_file(window: &mut Window, path: PathBuf) {
    window
        .input_mut()
        .dropped_files
        .push(std::sync::Arc::new(Dropped(path)));
    window.run_steps(1);
}

/// Catches conditions that are set and not tested, numbers of other conditions that stay, and tests that nobody looks at.
#[test]
fn harder_conditions_are_set_and_shown() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    choose(&mut window, "Probe");
    let is_whole = |app: &somnoscope::app::SomnoscopeApp| {
        let stressed = app.session().probes().stressed();
        stressed.is_some_and(|stressed| stressed.is_whole() && stressed.here.before.is_some())
    };
    until(&mut window, "clear images are tested", is_whole);
    let clear = window.state().session().probes().stressed().unwrap().clone();
    let now = window
        .state()
        .session()
        .now()
        .map(|(_, evaluation)| evaluation.accuracy());
    assert_eq!(Some(clear.here.now), now);
    window.get_by_label("correct of 3,000 images, step 60");
    window.get_by_label_contains("Held-out image #0 as it is tested, shows ");
    window
        .get_by_role_and_label(Role::Slider, "Noise")
        .set_value_accesskit(0.8);
    window.run_steps(2);
    until(&mut window, "noisy images are tested", |app| {
        let stressed = app.session().probes().stressed();
        stressed.is_some_and(|stressed| stressed.stress.conditions.fog.noise > 0.5 && stressed.is_whole())
    });
    let noisy = window.state().session().probes().stressed().unwrap().clone();
    assert_ne!(noisy.here, clear.here);
    assert_eq!(noisy.curve, clear.curve, "the curve over the noise is the same");
    window.get_by_label("Curve over: Silence").click();
    until(&mut window, "silent neurons are tested", |app| {
        let stressed = app.session().probes().stressed();
        stressed.is_some_and(|s| s.is_whole() && s.stress.varied == somnoscope::sim::conditions::Hardship::Silence)
    });
    window.get_by_label("All to 0").click();
    until(&mut window, "all is clear again", |app| {
        let stressed = app.session().probes().stressed();
        stressed.is_some_and(|s| s.here == clear.here && s.is_whole())
    });
}
