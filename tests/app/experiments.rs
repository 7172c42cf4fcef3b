//! Experiments of many trials in the window: run, stopped, gone on with, looked at, and taken out.

use std::path::Path;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use somnoscope::experiment::{Library, Protocol, Search};
use somnoscope::run::{SearchFolder, Sweep};
use tempfile::TempDir;

use super::experiments_window::shows;
use super::{MadeUp, Window, until};

/// A protocol on the built-in digits whose trials take a moment: two shares, two trials, a control.
pub(super) const TINY: &str = concat!(
    r#"(
    name: "tiny", title: "Tiny night", note: "Whether anything happens at all.", trials: 2,"#,
    tiny_recipe!(),
    r#"
    axes: [
        (name: "share of the images", levels: [
            (name: "1 %", set: ["data.images=Count(60)"]),
            (name: "10 %", set: ["data.images=Count(120)"]),
        ]),
    ],
    plan: Night(controls: [(name: "each neuron's mean change", by: Change(NeuronMean))]),
    published: [
        (at: ["10 %"], phase: "after", measure: "accuracy", value: "above 90", source: "Fig. 9"),
    ],
)"#
);

/// The tiny protocol.
fn tiny() -> Protocol {
    Protocol::from_ron(TINY).expect("a protocol")
}

/// A window with the tiny experiment open; its results go into the folder.
fn opened(folder: &Path) -> Window {
    Sweep::begin(folder, &tiny()).expect("a folder of results");
    let source = MadeUp::default();
    let mut window = source.window([1920.0, 1080.0]);
    window.run_steps(3);
    window.state_mut().open_results(folder.to_owned());
    shows(&mut window, "Whether anything happens at all.");
    window
}

/// Catches a window that does other trials than the command line and its shards do, does any twice, or writes another format:
/// identical seeds must give identical numbers, byte for byte in the tables.
#[test]
fn window_command_line_and_shards_find_the_same() {
    let place = TempDir::new().unwrap();
    let [own, alone] = ["own", "alone"].map(|name| place.path().join(name));
    let mut window = opened(&own);
    window.get_by_label("Run").click();
    shows(&mut window, "4 of 4 trials done");
    until(&mut window, "the tables are written", |_| {
        own.join("findings.csv").is_file()
    });
    std::fs::write(place.path().join("tiny.ron"), TINY).unwrap();
    let does = |args: &[&str]| {
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_somnoscope"))
            .args(args)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
    };
    does(&["experiment", "tiny.ron", "--out", "alone", "--jobs", "2"]);
    does(&["experiment", "tiny.ron", "--out", "1of2", "--shard", "1/2"]);
    does(&["experiment", "tiny.ron", "--out", "2of2", "--shard", "2/2"]);
    does(&["merge", "merged", "1of2", "2of2"]);
    let text = |folder: &Path, table: &str| std::fs::read_to_string(folder.join(table)).unwrap();
    for table in ["findings.csv", "summary.csv", "protocol.ron"] {
        let from_window = text(&own, table);
        assert!(from_window.lines().count() > 5, "{from_window}");
        assert_eq!(from_window, text(&alone, table));
        assert_eq!(from_window, text(&place.path().join("merged"), table));
    }
    // And the command line has nothing left to do in the folder of the window.
    let times = text(&own, "times.csv");
    does(&["experiment", "tiny.ron", "--out", "own"]);
    assert_eq!(times, text(&own, "times.csv"));
}

/// Catches trials of others that are not shown, or done again; a table without its numbers or the published one; and a file that
/// holds something else than the window.
#[test]
fn results_of_others_are_shown_gone_on_with_and_exported() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("results");
    let mut sweep = Sweep::begin(&folder, &tiny()).unwrap();
    let first = sweep.pending(|_| true, 1, 1)[..2].to_vec();
    let (library, stop) = (Library::new(None), std::sync::atomic::AtomicBool::new(false));
    somnoscope::worker::do_jobs(&tiny(), &first, &library, 1, &stop, &mut |job, done| {
        sweep.keep(job, done).map_err(|error| panic!("{error}"))
    })
    .unwrap_or_else(|error: somnoscope::experiment::JobError| panic!("{error}"));
    let known = folder.join("jobs/point-0000-trial-0000.ron");
    let stamp = || std::fs::metadata(&known).unwrap().modified().unwrap();
    let before = stamp();
    let mut window = opened(&folder);
    window.state_mut().export_into(place.path().to_owned());
    shows(&mut window, "2 of 4 trials done");
    window.get_by_label("above 90 (Fig. 9)");
    window.get_by_label_contains("accuracy, % over share of the images: before");
    window.get_by_label("Go on").click();
    shows(&mut window, "4 of 4 trials done");
    assert_eq!(stamp(), before);
    shows(&mut window, "bars: 95 % interval of the mean");
    for (button, file) in [("Data (CSV) …", "tiny.csv"), ("Plot (SVG) …", "tiny.svg")] {
        shows(&mut window, button);
        window.get_by_label(button).click();
        window.run_steps(2);
        let wanted = place.path().join(file);
        until(&mut window, "it is exported", |_| wanted.is_file());
    }
    let mut reader = csv::Reader::from_path(place.path().join("tiny.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let row = rows
        .iter()
        .find(|row| (&row[0], &row[1], &row[2]) == ("10 %", "after", "accuracy"))
        .unwrap();
    let found = Sweep::open(&folder).unwrap().found();
    let accuracies: Vec<f64> = found
        .iter()
        .filter(|(job, _)| job.point == 1)
        .flat_map(|(_, findings)| findings)
        .filter(|it| it.phase == "after" && it.measure == "accuracy")
        .map(|it| it.value)
        .collect();
    let mean: f64 = row[5].parse().unwrap();
    assert!((mean - 0.5 * (accuracies[0] + accuracies[1])).abs() < 1e-12);
    assert_eq!((&row[3], &row[4], &row[9]), ("2", "0", "above 90 (Fig. 9)"));
    let svg = std::fs::read_to_string(place.path().join("tiny.svg")).unwrap();
    assert!(svg.contains("Tiny night") && svg.contains("accuracy, %"), "{svg}");
}

/// Catches experiments that cannot be reached by button, key or palette, controls without a name, and a window without the
/// shipped protocols.
#[test]
fn the_shipped_experiments_are_listed() {
    let place = TempDir::new().unwrap();
    let source = MadeUp::default();
    for size in [[1280.0, 800.0], [700.0, 600.0], [1920.0, 1080.0]] {
        let mut window = source.window(size);
        window.state_mut().keep_experiments_in(place.path().to_owned());
        window.run_steps(3);
        window.key_press(Key::X);
        window.run_steps(3);
        window.get_by_label("Run");
        let (mut nameless, alike) = super::names::nameless_and_alike(&window);
        // The bar that a window is dragged by has the window's name.
        nameless.retain(|at| !at.starts_with("Unknown"));
        assert!(
            nameless.is_empty() && alike.is_empty(),
            "{size:?}: {nameless:#?} {alike:#?}"
        );
        if size[0] > 1000.0 {
            for protocol in somnoscope::experiment::protocols() {
                window.get_by_label_contains(&format!("{}, ", protocol.title)).click();
                window.run_steps(3);
                window.get_by_label_contains(&protocol.note);
                window.get_by_label_contains("No trial is done yet.");
            }
            for search in somnoscope::experiment::searches() {
                let entry = format!("{}, ", search.title);
                window.get_by_label_contains(&entry).scroll_to_me();
                window.run_steps(12);
                window.get_by_label_contains(&entry).click();
                window.run_steps(3);
                window.get_by_label_contains(&search.note);
                window.get_by_label_contains("No candidate was tried yet.");
            }
        }
        window.key_press(Key::Escape);
        window.run_steps(3);
        assert!(window.query_by_label("Run").is_none());
    }
    let mut window = source.window([1280.0, 800.0]);
    window.state_mut().keep_experiments_in(place.path().to_owned());
    window.run_steps(3);
    window.key_press_modifiers(Modifiers::COMMAND, Key::K);
    window.run_steps(3);
    window.event(egui::Event::Text("show or hide experiments".to_owned()));
    window.run_steps(3);
    window.key_press(Key::Enter);
    window.run_steps(4);
    window.get_by_label("Run");
    // Looking alone makes no folder.
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
}

/// Catches a stop that loses what is done, and a sweep that does not go on after it.
#[test]
fn a_stopped_experiment_goes_on() {
    let place = TempDir::new().unwrap();
    let folder = place.path().join("results");
    let long = TINY.replace("trials: 2", "trials: 400");
    Sweep::begin(&folder, &Protocol::from_ron(&long).unwrap()).unwrap();
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    window.run_steps(3);
    window.state_mut().open_results(folder.clone());
    shows(&mut window, "0 of 800 trials done");
    window.get_by_label("Run").click();
    shows(&mut window, "in this run, about");
    window.get_by_label("Stop").click();
    shows(&mut window, "Go on");
    let done = Sweep::open(&folder).unwrap().finished().len();
    assert!((1..800).contains(&done), "{done}");
    shows(&mut window, &format!("{done} of 800 trials done"));
    window.get_by_label("Go on").click();
    until(&mut window, "more is done", |_| {
        Sweep::open(&folder).is_ok_and(|sweep| sweep.finished().len() > done)
    });
    window.get_by_label("Stop").click();
    shows(&mut window, "Go on");
}

/// A search on the built-in digits whose candidates take a moment.
const TINY_SEARCH: &str = concat!(
    r#"(
    name: "tiny_search", title: "Tiny search", note: "Whether any night is better.","#,
    tiny_recipe!(),
    r#"
    seed: 5,
    situations: [(name: "digits", set: []), (name: "clothes", set: ["data.set=FashionMnist"])],
    seeds: [11],
    validation: Others(200),
    parameters: [
        (path: "night.beta", layer: Some(1), from: 0.2, to: 20.0),
        (path: "night.inc", from: 0.0001, to: 0.1),
    ],
    population: 6, generations: 2, first_step: 0.3, most_spikes: 6.0,
)"#
);

/// Catches a search of the window that tries other candidates than the command line does or is not gone on with there, a picture
/// without its candidates, and a night in the settings that is not the one that was looked at.
#[test]
fn a_search_is_done_looked_at_and_its_night_used() {
    let place = TempDir::new().unwrap();
    let [own, alone] = ["own", "alone"].map(|name| place.path().join(name));
    std::fs::write(place.path().join("tiny.ron"), TINY_SEARCH).unwrap();
    let does = |args: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_somnoscope"))
            .args(args)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    does(&["search", "tiny.ron", "--out", "alone"]);
    does(&["search", "tiny.ron", "--out", "own", "--generations", "1"]);
    let source = MadeUp::default();
    let mut window = source.window([1920.0, 1080.0]);
    window.run_steps(3);
    window.state_mut().open_results(own.clone());
    window.state_mut().export_into(place.path().to_owned());
    shows(&mut window, "Whether any night is better.");
    shows(&mut window, "7 of 7 candidates tried, generation 1 of 1");
    window.get_by_label_contains("7 candidates across threshold 1, raise");
    let (mut nameless, alike) = super::names::nameless_and_alike(&window);
    nameless.retain(|at| !at.starts_with("Unknown"));
    assert!(nameless.is_empty() && alike.is_empty(), "{nameless:#?} {alike:#?}");
    // More generations are asked for, and the window goes on where the command line stopped.
    let folder = SearchFolder::open(&own).unwrap();
    let search = Search::from_ron(TINY_SEARCH).unwrap();
    drop(SearchFolder::begin(&own, &search).unwrap());
    window.state_mut().open_results(own.clone());
    shows(&mut window, "7 of 13 candidates tried");
    window.get_by_label("Go on").click();
    shows(&mut window, "13 of 13 candidates tried");
    until(&mut window, "the tables are written", |_| {
        let text = |folder: &Path| std::fs::read_to_string(folder.join("candidates.csv")).unwrap_or_default();
        text(&own) == text(&alone)
    });
    assert_eq!(folder.candidates().len(), 7);
    let folder = SearchFolder::open(&own).unwrap();
    let best = folder.search().best(folder.candidates().values()).unwrap();
    shows(&mut window, &format!("Candidate {}: score", best.number));
    window.get_by_label("Use this night").click();
    window.run_steps(3);
    assert_eq!(window.state().draft().night, search.night_of(&best.values));
    for (button, file, says) in [
        ("Data (CSV) …", "tiny_search.csv", "night.beta.1"),
        ("Plot (SVG) …", "tiny_search.svg", "generation"),
    ] {
        window.get_by_label(button).click();
        window.run_steps(2);
        let wanted = place.path().join(file);
        until(&mut window, "it is exported", |_| {
            std::fs::read_to_string(&wanted).is_ok_and(|text| text.contains(says))
        });
    }
}

/// Catches a point whose images are not listed, or are those of another point, and a list that cannot be taken out.
#[test]
fn the_images_of_a_point_are_listed() {
    let folder = TempDir::new().expect("a folder");
    let out = TempDir::new().expect("a folder");
    let mut window = opened(folder.path());
    window.state_mut().export_into(out.path().to_owned());
    window.get_by_label("Images used").click();
    window.run_steps(8);
    window.get_by_label("List the images").scroll_to_me();
    window.run_steps(8);
    window.get_by_label("List the images").click();
    shows(&mut window, "No held-out image is used for anything but tests");
    window.get_by_label_contains("training, training: 60 of 7,000 training images");
    window.get_by_label("Images (CSV) …").click();
    until(&mut window, "the list is written", |app| app.exported().is_some());
    let written = window.state().exported().expect("just waited for");
    let text = std::fs::read_to_string(written).expect("a file");
    assert!(
        text.contains("every test,test,MNIST,held-out,3000,3000,0,2999,0"),
        "{text}"
    );
}

/// Catches an empty folder that cannot be chosen, or results that do not go there.
#[test]
fn an_empty_folder_takes_the_results() {
    let place = TempDir::new().unwrap();
    let [results, empty, other] = ["results", "empty", "other"].map(|name| place.path().join(name));
    let mut window = opened(&results);
    for folder in [&empty, &other] {
        std::fs::create_dir(folder).unwrap();
    }
    window.state_mut().open_results(empty.clone());
    window.run_steps(3);
    window.get_by_label_contains(&format!("Results in {}", empty.display()));
    window.get_by_label("Run").click();
    shows(&mut window, "4 of 4 trials done");
    assert_eq!(Sweep::open(&empty).unwrap().finished().len(), 4);
    assert!(Sweep::open(&results).unwrap().finished().is_empty());
    // One that holds something else is still refused.
    std::fs::write(other.join("notes.txt"), "mine").unwrap();
    window.state_mut().open_results(other.clone());
    shows(&mut window, "holds no results of an experiment");
}

/// Catches a folder that cannot be opened of which is only spoken behind the window, and a sentence that stays when something else
/// is looked at or opened.
#[test]
fn what_cannot_be_opened_is_said_in_the_window() {
    let place = TempDir::new().unwrap();
    let other = place.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("notes.txt"), "mine").unwrap();
    let says = "holds no results of an experiment";
    let source = MadeUp::default();
    for (size, chooser) in [([1280.0, 800.0], "Imbalance, "), ([700.0, 600.0], "Limited data")] {
        let mut window = source.window(size);
        window.state_mut().keep_experiments_in(place.path().join("own"));
        window.run_steps(3);
        window.state_mut().open_results(other.clone());
        shows(&mut window, says);
        let sentence = window.get_by_label_contains(says).rect();
        // Among the parts of the window: over its last button, or under the line that chooses.
        let button = window.get_by_label("Open results…").rect();
        assert!(
            (sentence.bottom() - button.center().y).abs() < 100.0,
            "{sentence:?} {button:?}"
        );
        // It goes once something else is opened.
        let results = place.path().join(format!("results {}", size[0]));
        Sweep::begin(&results, &tiny()).unwrap();
        window.state_mut().open_results(results);
        shows(&mut window, "Whether anything happens at all.");
        assert!(window.query_by_label_contains(says).is_none());
        window.state_mut().open_results(other.clone());
        shows(&mut window, says);
        if size[0] > 1000.0 {
            window.get_by_label_contains(chooser).click();
            window.run_steps(3);
            assert!(window.query_by_label_contains(says).is_none());
        }
    }
}
