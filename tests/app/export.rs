//! What leaves the window: pictures, plots and tables of the panes, and the whole run.

use std::path::PathBuf;

use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::SomnoscopeApp;
use somnoscope::worker::{Moment, Phase};
use tempfile::TempDir;

use super::raster::drag;
use super::{Window, until, window};

/// A window after a whole small night, whose exports go into a folder.
fn woken() -> (Window, TempDir) {
    let folder = TempDir::new().expect("a temporary folder");
    let mut window = window();
    window.state_mut().export_into(folder.path().to_owned());
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        let session = app.session();
        let is_tested = session.evaluations().last().map(|test| test.moment) == Some(Moment::Step(60));
        let has_weights = session.weights_now().is_some_and(|weights| weights.steps == 60);
        session.phase() == Phase::Woken && !session.is_running() && is_tested && has_weights
    });
    (window, folder)
}

/// Presses an entry of the menu of a pane, and waits for its file.
fn export(window: &mut Window, pane: &str, entry: &str) -> PathBuf {
    window.get_by_label(&format!("Export {pane}")).click();
    window.run_steps(3);
    window.get_by_label(entry).click();
    window.run_steps(2);
    until(window, "it is exported", |app| app.exported().is_some());
    let path = window.state().exported().expect("just waited for").to_owned();
    window.get_by_label_contains("Exported to");
    window.get_by_label("Dismiss the notice").click();
    window.run_steps(3);
    assert!(window.state().exported().is_none());
    path
}

/// The rows of a table, and its head.
fn table(path: &PathBuf) -> (Vec<String>, Vec<csv::StringRecord>) {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let head = reader.headers().expect("a head").iter().map(str::to_owned).collect();
    let rows = reader.records().collect::<Result<_, _>>().expect("whole rows");
    (head, rows)
}

/// Catches a table with other numbers than the window shows: spikes left out, weights of another moment or turned over, an
/// accuracy of another test.
#[test]
fn an_exported_table_is_what_the_session_holds() {
    let (mut window, _folder) = woken();
    let path = export(&mut window, "Spikes", "Data (CSV) …");
    let (head, rows) = table(&path);
    assert_eq!(head, ["step", "time (s)", "layer", "unit"]);
    {
        let session = window.state().session();
        let mut rows = rows.iter();
        for (step, units) in session.spikes().range(0..60) {
            for &unit in units {
                let layer = session.layers().layer_of(unit).unwrap();
                let row = rows.next().unwrap();
                assert_eq!(row[0].parse::<u64>().unwrap(), step + 1);
                assert_eq!(row[2], session.layers().name(layer));
                assert_eq!(
                    row[3].parse::<u32>().unwrap(),
                    unit - session.layers().units(layer).start
                );
            }
        }
        assert!(rows.next().is_none());
    }
    let path = export(&mut window, "Weight map", "Data (CSV) …");
    let (head, rows) = table(&path);
    assert!(path.ends_with("weight_changes_1_step_60.csv"), "{}", path.display());
    {
        let session = window.state().session();
        let (before, now) = (
            &session.night().unwrap().weights[0],
            &session.weights_now().unwrap().weights[0],
        );
        assert_eq!((rows.len(), head.len()), (before.nrows(), before.ncols() + 1));
        let mut moved = 0;
        for (neuron, row) in rows.iter().enumerate() {
            for input in 0..before.ncols() {
                let change = now[(neuron, input)] - before[(neuron, input)];
                assert_eq!(row[input + 1].parse::<f32>().unwrap().to_bits(), change.to_bits());
                moved += usize::from(change != 0.0);
            }
        }
        assert!(moved > 0, "the night did something");
    }
    let path = export(&mut window, "Accuracy", "Data (CSV) …");
    let (head, rows) = table(&path);
    assert_eq!(head[..4], ["batch", "step", "tuning batch", "accuracy (%)"]);
    let session = window.state().session();
    assert_eq!(rows.len(), session.evaluations().len());
    let last = session.evaluations().last().unwrap();
    let row = rows.last().unwrap();
    assert_eq!(&row[1], "60");
    assert!((row[3].parse::<f64>().unwrap() - 100.0 * last.evaluation.accuracy()).abs() < 1e-9);
    let path = export(&mut window, "Confusion", "Data (CSV) …");
    let images: u32 = table(&path)
        .1
        .iter()
        .filter(|row| &row[0] == "now")
        .map(|row| row[4].parse::<u32>().unwrap())
        .sum();
    assert_eq!(
        images,
        window
            .state()
            .session()
            .evaluations()
            .last()
            .unwrap()
            .evaluation
            .images()
    );
}

/// Catches a plot without its axis, its unit or its key, and a menu that offers a plot where there is none.
#[test]
fn an_exported_plot_has_axes_units_and_a_key() {
    let (mut window, _folder) = woken();
    for (pane, wanted) in [
        ("Spikes", vec!["step of the night, 1 ms each", "Hidden 1", "<circle"]),
        ("Accuracy", vec!["correct, %", "all held-out images", "<polyline"]),
        ("Confusion", vec!["class shown", "read as, % of the class shown"]),
        ("Per class", vec!["correct, %", "before sleep", "now"]),
    ] {
        let path = export(&mut window, pane, "Plot (SVG) …");
        let svg = std::fs::read_to_string(&path).unwrap();
        for wanted in wanted {
            assert!(svg.contains(wanted), "{wanted} is missing in {}", path.display());
        }
    }
    window.get_by_label("Export Weight map").click();
    window.run_steps(3);
    assert!(window.query_by_label("Plot (SVG) …").is_none());
    window.get_by_label("Picture (PNG) …");
}

/// Catches a picture of another part of the window, of nothing, or with the menu above it.
#[test]
fn an_exported_picture_is_of_its_pane() {
    let (mut window, _folder) = woken();
    let path = export(&mut window, "Spikes", "Picture (PNG) …");
    let picture = image::open(&path).unwrap().to_rgb8();
    let pane = window.get_by_label("Export Spikes").rect();
    assert!(
        picture.width() > 300 && picture.height() > 150,
        "{:?}",
        picture.dimensions()
    );
    assert!(picture.width() < 1280 && f64::from(picture.width()) > f64::from(pane.width()) * 10.0);
    let mut colors: Vec<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    colors.sort_unstable();
    colors.dedup();
    assert!(colors.len() > 20, "{} colours", colors.len());
}

/// Catches a whole run that is written without its weights, or a saved run whose place is taken for the exported one.
#[test]
fn the_whole_run_is_exported() {
    let (mut window, _folder) = woken();
    let path = export(&mut window, "Accuracy", "Whole run (NPZ) …");
    assert!(path.ends_with("One per cent.npz"), "{}", path.display());
    let after = somnoscope::run::read_weights(&path).unwrap();
    assert_eq!(&after, &*window.state().session().weights_now().unwrap().weights);
    window.get_by_label("Runs").click();
    window.run_steps(3);
    window.get_by_label("not saved yet");
}

/// Catches a span that is not drawn, that lacks a step, or that is drawn on after it was stopped; a loop that plays something else
/// than the brushed span, and one that outlives it.
#[test]
fn a_brushed_span_is_drawn_and_played_over_and_over() {
    let (mut window, folder) = woken();
    assert_eq!(window.state().selection().looped(), None);
    let timeline = window.get_by_label_contains("Timeline: step 60 of 60").rect();
    let at = |step: f32| {
        let night = timeline.left() + 0.18 * timeline.width();
        pos2(night + step / 60.0 * (timeline.right() - night), timeline.center().y)
    };
    drag(&mut window, at(20.1), at(22.9), Modifiers::SHIFT);
    assert_eq!(window.state().selection().span(), Some(20..23));
    let path = export(&mut window, "Spikes", "Span as pictures (PNG) …");
    let mut names: Vec<String> = std::fs::read_dir(&path)
        .expect("a folder")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["step_000021.png", "step_000022.png", "step_000023.png"]);
    // Stopped, an animation leaves nothing.
    window.get_by_label("Export Spikes").click();
    window.run_steps(3);
    window.get_by_label("Span as animation (GIF) …").click();
    until(&mut window, "it is being drawn", SomnoscopeApp::is_filming);
    window.get_by_label("Cancel").click();
    until(&mut window, "it has stopped", |app| !app.is_filming());
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    window.key_press(Key::L);
    window.run_steps(2);
    assert_eq!(window.state().selection().looped(), Some(20..23));
    window.key_press(Key::Space);
    until(&mut window, "it plays in the span", |app| {
        app.session().is_running() && (20..=23).contains(&app.session().steps())
    });
    window.key_press(Key::Space);
    until(&mut window, "it waits", |app| !app.session().is_running());
    window.key_press(Key::Escape);
    window.run_steps(2);
    assert_eq!(window.state().selection().looped(), None);
}
