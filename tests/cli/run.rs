//! `run`, `presets` and `data`, end to end.

use std::sync::atomic::AtomicBool;

use predicates::prelude::*;
use somnoscope::data;
use somnoscope::experiment::{Recipe, find_preset, presets, run_trials};

use super::Place;

/// A recipe that takes a moment.
const TINY: [&str; 10] = [
    "--set",
    "network.hidden=[32, 16]",
    "--set",
    "data.images=Count(100)",
    "--set",
    "training.epochs=1",
    "--set",
    "night.steps=30",
    "--seed",
    "5",
];

fn tiny(more: &[&'static str]) -> Vec<&'static str> {
    [&["run"], &TINY[..], more].concat()
}

/// The same recipe through the library.
fn tiny_recipe() -> Recipe {
    let mut recipe = find_preset("one_per_cent").unwrap().recipe;
    for assignment in TINY.iter().filter(|arg| arg.contains('=')) {
        recipe.set(assignment).unwrap();
    }
    recipe.seed = 5;
    recipe
}

/// Catches results that are not those of the library, and files that cannot be read back.
#[test]
fn results_are_those_of_the_trials() {
    let place = Place::new();
    let said = place.does(&tiny(&["--trials", "3", "--out", "new/results"]));
    assert!(said.contains("3 trials, seeds 5 to 7"), "{said}");
    assert!(said.contains("95 % interval"), "{said}");

    let recipe = tiny_recipe();
    assert_eq!(Recipe::from_ron(&place.text("new/results/recipe.ron")).unwrap(), recipe);
    let dataset = data::load(&recipe.data).unwrap();
    let trials = run_trials(&recipe, 3, &dataset, &mut |_, _| {}, &AtomicBool::new(false))
        .unwrap()
        .expect("nobody stops it");

    let mut table = csv::Reader::from_path(place.path("new/results/trials.csv")).unwrap();
    let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(head[..5], ["seed", "before", "after", "before 0", "before 1"]);
    assert_eq!(
        head[23..],
        ["spikes inputs", "spikes layer 1", "spikes layer 2", "spikes layer 3"]
    );
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    for (row, trial) in rows.iter().zip(&trials) {
        assert_eq!(row[0], trial.seed.to_string());
        assert_eq!(
            row[1].parse::<f64>().unwrap().to_bits(),
            trial.before.accuracy().to_bits()
        );
        assert_eq!(
            row[2].parse::<f64>().unwrap().to_bits(),
            trial.after.accuracy().to_bits()
        );
        assert_eq!(row[23], trial.spikes[0].to_string());
    }

    let mut table = csv::Reader::from_path(place.path("new/results/confusion.csv")).unwrap();
    let images: u32 = table.records().map(|row| row.unwrap()[4].parse::<u32>().unwrap()).sum();
    assert_eq!(images, 3 * 2 * 3_000, "each trial tests 3,000 images twice");

    let mut table = csv::Reader::from_path(place.path("new/results/summary.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 11);
    let mean = trials.iter().map(|trial| trial.after.accuracy()).sum::<f64>() / 3.0;
    assert!((rows[0][4].parse::<f64>().unwrap() - mean).abs() < 1e-12);
}

/// Catches anything in a result that depends on the hour or the run, and a saved recipe that is not the one that ran.
#[test]
fn the_same_recipe_gives_the_same_files() {
    let place = Place::new();
    place.does(&tiny(&["--out", "one"]));
    place.does(&["run", "one/recipe.ron", "--out", "two"]);
    for file in ["recipe.ron", "trials.csv", "confusion.csv", "summary.csv"] {
        assert_eq!(
            place.text(&format!("one/{file}")),
            place.text(&format!("two/{file}")),
            "{file}"
        );
    }
    assert_eq!(
        std::fs::read_dir(place.path("one")).unwrap().count(),
        4,
        "something was left behind"
    );
    // The same recipe again, with more trials, replaces its results.
    place.does(&tiny(&["--out", "one", "--trials", "2"]));
    assert_eq!(place.text("one/trials.csv").lines().count(), 3);
}

/// Catches fine-tuning that is not done or not told, without its control, and balanced accuracy that is missing where classes are
/// rare on purpose or told where they are not.
#[test]
fn fine_tuning_and_rare_classes_have_their_numbers() {
    let place = Place::new();
    let plain = place.does(&tiny(&["--out", "plain"]));
    assert!(!plain.contains("fine-tun") && !plain.contains("balanced"), "{plain}");
    let said = place.does(&tiny(&[
        "--trials",
        "2",
        "--set",
        "fine_tuning.epochs=2",
        "--set",
        "data.balance=OneRare(class: 3, share: 0.1)",
        "--out",
        "tuned",
    ]));
    for words in ["fine-tuned for 2 epochs", "without sleep", "gain of sleep", "balanced"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let recipe = Recipe::from_ron(&place.text("tuned/recipe.ron")).unwrap();
    assert_eq!(recipe.fine_tuning.as_ref().map(|tuning| tuning.epochs), Some(2));
    let dataset = data::load(&recipe.data).unwrap();
    let trials = run_trials(&recipe, 2, &dataset, &mut |_, _| {}, &AtomicBool::new(false));
    let trials = trials.unwrap().expect("nobody stops it");
    let mut table = csv::Reader::from_path(place.path("tuned/trials.csv")).unwrap();
    let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(
        head[..9],
        [
            "seed",
            "before",
            "after",
            "fine-tuned without sleep",
            "fine-tuned after sleep",
            "before, balanced",
            "after, balanced",
            "fine-tuned without sleep, balanced",
            "fine-tuned after sleep, balanced",
        ]
    );
    for (row, trial) in table.records().map(Result::unwrap).zip(&trials) {
        let tuned = trial.tuned.as_ref().unwrap();
        let value = |column: usize| row[column].parse::<f64>().unwrap().to_bits();
        assert_eq!(value(3), tuned.awake.accuracy().to_bits());
        assert_eq!(value(4), tuned.slept.accuracy().to_bits());
        assert_eq!(value(6), trial.after.balanced_accuracy().to_bits());
    }
    let summary = place.text("tuned/summary.csv");
    for row in [
        "balanced accuracy,2,",
        "\"accuracy, fine-tuned without and after sleep\",2,",
    ] {
        assert!(summary.contains(row), "{summary}");
    }
    assert_eq!(summary.lines().count(), 1 + 2 * (2 + 10));
    let confusion = place.text("tuned/confusion.csv");
    assert_eq!(confusion.lines().count(), 1 + 2 * 4 * 100);
}

/// Catches results of another recipe that are overwritten, and other files that are taken for results.
#[test]
fn other_results_are_not_overwritten() {
    let place = Place::new();
    place.does(&tiny(&["--out", "one"]));
    let before = place.files();
    place
        .somnoscope(&tiny(&["--set", "night.steps=31", "--out", "one"]))
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "one already holds the results of another recipe",
        ));
    assert_eq!(place.files(), before);

    std::fs::create_dir(place.path("notes")).unwrap();
    place.write("notes/notes.txt", "mine");
    place.does(&tiny(&["--out", "notes"]));
    assert_eq!(place.text("notes/notes.txt"), "mine");
}

#[test]
fn a_single_trial_claims_no_interval() {
    let said = Place::new().does(&tiny(&[]));
    assert!(said.contains("seed 5"), "{said}");
    assert!(!said.contains('±') && !said.contains("interval"), "{said}");
}

/// Catches progress that reaches a file or a pipe.
#[test]
fn nothing_but_faults_goes_to_stderr() {
    Place::new().somnoscope(&tiny(&[])).assert().success().stderr("");
}

/// Catches a trial that is averaged in although its numbers left the range of numbers.
#[test]
fn a_divergent_trial_is_named() {
    let place = Place::new();
    let mut args = tiny(&["--trials", "2", "--out", "results"]);
    for assignment in [
        "training.learning_rate=1",
        "training.epochs=10",
        "training.dropout=0",
        "network.start_weights=1",
        "network.output=Linear",
    ] {
        args.extend(["--set", assignment]);
    }
    place
        .somnoscope(&args)
        .assert()
        .code(1)
        .stderr(predicate::str::is_match("^somnoscope: in the trial with seed 5, .* diverged at .*\n$").unwrap());
    assert!(place.files().is_empty());
}

/// Catches a preset that cannot be shown, saved and run again.
#[test]
fn presets_are_listed_and_shown() {
    let place = Place::new();
    let list = place.does(&["presets"]);
    for preset in presets() {
        assert!(list.contains(preset.id), "{list}");
        let shown = place.does(&["presets", "show", preset.id]);
        assert_eq!(Recipe::from_ron(&shown).unwrap(), preset.recipe);
    }
}

/// Bytes of IDX files: magic number, sizes, content.
fn idx(magic: u32, sizes: &[u32], content: &[u8]) -> Vec<u8> {
    let numbers = std::iter::once(magic).chain(sizes.iter().copied());
    numbers
        .flat_map(u32::to_be_bytes)
        .chain(content.iter().copied())
        .collect()
}

/// Catches `--data` that is not heard, and an import that the list does not show.
#[test]
fn own_images_are_imported_listed_and_run() {
    let place = Place::new();
    std::fs::create_dir(place.path("mine")).unwrap();
    let labels: Vec<u8> = (0..60).map(|image| image % 3).collect();
    let pixels: Vec<u8> = (0..60 * 12 * 12).map(|pixel: u32| (pixel * 7 % 251) as u8).collect();
    place.write("mine/train-images-idx3-ubyte", idx(0x803, &[60, 12, 12], &pixels));
    place.write("mine/train-labels-idx1-ubyte", idx(0x801, &[60], &labels));

    let own = ["--set", "data.set=Own", "--set", "data.images=Fraction(1)"];
    let args = [&tiny(&[])[..], &own, &["--data", "mine"]].concat();
    let said = place.does(&args);
    assert!(said.contains("42 images"), "{said}");
    assert!(said.contains("tested on 18 images"), "{said}");

    let said = place.does(&["data", "import", "mine", "--set", "own"]);
    assert!(said.contains("42 training and 18 test images of 3 classes"), "{said}");
    let list = place.does(&["data", "list"]);
    assert!(list.contains("own") && list.contains("in the program"), "{list}");
}
