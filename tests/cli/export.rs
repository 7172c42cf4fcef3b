//! `somnoscope export`.

use ndarray::{Array1, Array2};
use ndarray_npy::NpzReader;
use predicates::str::contains;
use safetensors::SafeTensors;
use somnoscope::run::{Recording, hash_of_weights, read_recipe, read_weights};

use super::Place;
use super::record::SMALL;

/// A recorded night of a second.
fn recorded(place: &Place) -> Recording {
    let mut args = vec!["record", "one_per_cent", "--out", "night.somno"];
    args.extend(SMALL);
    place.does(&args);
    Recording::read(&place.path("night.somno")).unwrap()
}

/// Catches arrays that are not those of the run: weights of another moment, spikes of other layers, an accuracy in per cent.
#[test]
fn an_exported_run_is_the_run() {
    let place = Place::new();
    let recording = recorded(&place);
    place.does(&["export", "night.somno", "--out", "mine.ron"]);
    assert_eq!(read_recipe(&place.path("mine.ron")).unwrap(), recording.manifest.recipe);
    place.does(&["export", "night.somno", "--out", "run.npz"]);
    let mut npz = NpzReader::new(std::fs::File::open(place.path("run.npz")).unwrap()).unwrap();
    let weights = |npz: &mut NpzReader<std::fs::File>, word: &str| -> Vec<Array2<f32>> {
        (1..=3)
            .map(|layer| npz.by_name(&format!("{word}{layer}")).unwrap())
            .collect()
    };
    assert_eq!(&weights(&mut npz, "before"), &*recording.weights);
    let after = weights(&mut npz, "w");
    assert_eq!(hash_of_weights(&after), recording.manifest.weights_after);
    assert_ne!(&after, &*recording.weights, "the night did something");
    let list = |npz: &mut NpzReader<std::fs::File>, name: &str| -> Array1<u32> { npz.by_name(name).unwrap() };
    let (steps, layers, units) = (
        list(&mut npz, "spike_step"),
        list(&mut npz, "spike_layer"),
        list(&mut npz, "spike_unit"),
    );
    let starts = [0, 784, 784 + 24, 784 + 24 + 16];
    let mut spikes = steps.iter().zip(&layers).zip(&units);
    for step in 0..60 {
        for &unit in recording.journal.step(step) {
            let ((&at, &layer), &number) = spikes.next().unwrap();
            assert_eq!((u64::from(at), starts[layer as usize] + number), (step, unit));
        }
    }
    assert!(spikes.next().is_none());
    let accuracy: Array1<f32> = npz.by_name("accuracy").unwrap();
    let last = recording.manifest.tests.last().unwrap().evaluation(10).accuracy();
    assert!((f64::from(accuracy[accuracy.len() - 1]) - last).abs() < 1e-6);
    let text: Array1<u8> = npz.by_name("run_ron").unwrap();
    assert_eq!(String::from_utf8(text.to_vec()).unwrap(), recording.manifest.text());

    place.does(&[
        "export",
        "night.somno",
        "--format",
        "safetensors",
        "--out",
        "run.safetensors",
    ]);
    let bytes = std::fs::read(place.path("run.safetensors")).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().as_ref().unwrap();
    assert_eq!(metadata["run_ron"], recording.manifest.text());
    assert_eq!(read_weights(&place.path("run.safetensors")).unwrap(), after);
}

/// Catches tables with a row too few or too many, or with a unit that is counted over all layers.
#[test]
fn exported_tables_hold_every_spike_and_test() {
    let place = Place::new();
    let recording = recorded(&place);
    place.does(&["export", "night.somno", "--format", "csv", "--out", "tables"]);
    let rows = |name: &str| -> Vec<csv::StringRecord> {
        let mut reader = csv::Reader::from_path(place.path("tables").join(name)).unwrap();
        reader.records().map(Result::unwrap).collect()
    };
    let spikes = rows("spikes.csv");
    let total: usize = (0..60).map(|step| recording.journal.step(step).len()).sum();
    assert_eq!(spikes.len(), total);
    for step in 0..60 {
        let name = (step + 1).to_string();
        let rows = spikes.iter().filter(|row| row[0] == name).count();
        assert_eq!(rows, recording.journal.step(step).len(), "step {name}");
    }
    for row in &spikes {
        let unit: usize = row[2].parse().unwrap();
        let size = match &row[1] {
            "Input" => 784,
            "Hidden 1" => 24,
            "Hidden 2" => 16,
            "Output" => 10,
            other => panic!("{other}"),
        };
        assert!(unit < size, "{row:?}");
    }
    let accuracy = rows("accuracy.csv");
    assert_eq!(accuracy.len(), recording.manifest.tests.len());
    let last = recording.manifest.tests.last().unwrap().evaluation(10);
    let row = &accuracy[accuracy.len() - 1];
    assert_eq!(&row[1], "60");
    assert!((row[2].parse::<f64>().unwrap() - 100.0 * last.accuracy()).abs() < 1e-9);
    assert_eq!(rows("training.csv").len(), 1);
}

/// Catches a wrong wish that is half fulfilled, or said in more than a sentence.
#[test]
fn wrong_wishes_are_said() {
    let place = Place::new();
    recorded(&place);
    for (args, wanted) in [
        (vec!["export", "night.somno", "--out", "run.txt"], "add --format"),
        (
            vec!["export", "night.somno", "--format", "npz", "--out", "run.csv"],
            "does not end in .npz",
        ),
        (
            vec!["export", "night.somno", "--format", "csv", "--out", "a/b"],
            "a is not a folder",
        ),
        (
            vec!["export", "none.somno", "--out", "run.npz"],
            "none.somno cannot be read",
        ),
        (
            vec!["export", "night.somno", "--out", "none/run.npz"],
            "none/run.npz cannot be written: there is no folder none to write to; make it first",
        ),
        (
            vec!["export", "night.somno", "--format", "csv", "--out", "run.npz"],
            "run.npz is the name of a file",
        ),
        (
            vec!["export", "night.somno", "--format", "csv", "--out", "night.somno"],
            "night.somno is the name of a file",
        ),
    ] {
        let before = place.files();
        let done = place.somnoscope(&args).assert().failure().stderr(contains(wanted));
        let stderr = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(place.files(), before, "{args:?}");
    }
}
