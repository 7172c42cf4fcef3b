//! The runs that come with the program, and a file of every version of the format: each is opened and proves itself.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use somnoscope::data::{self, Origin};
use somnoscope::run::{Recording, Verdict, When, is_recording};

/// A folder of the repository.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The recorded runs of a folder, by name.
fn runs(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder(name)).expect("a folder of the repository");
    let mut runs: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable entry").path()).collect();
    runs.retain(|path| is_recording(path));
    runs.sort();
    runs
}

/// Goes through a night again, with all tests that are recorded of it.
fn proves_itself(recording: &Recording) -> bool {
    let verdict = recording.verify(|_| {}, &AtomicBool::new(false));
    let of_night = recording.tests_of_night().count() as u64;
    matches!(verdict, Some(Verdict::Identical { tests, .. })
        if tests.repeated >= of_night && (tests.left_out, tests.without_images) == (0, 0))
}

/// Catches accuracies that nobody measured and that are called proved: those of the night, in the middle of it, and that of falling
/// asleep.
#[test]
fn forged_accuracies_are_found() {
    let whole = Recording::read(&runs("tests/fixtures/runs")[0]).unwrap();
    let verify = |recording: &Recording| recording.verify(|_| {}, &AtomicBool::new(false)).unwrap();
    let of_night: Vec<usize> = (0..whole.manifest.tests.len())
        .filter(|&test| matches!(whole.manifest.tests[test].when, When::Step(_)))
        .collect();
    for place in [of_night[0], of_night[of_night.len() / 2], of_night[of_night.len() - 1]] {
        let mut forged = whole.clone();
        let test = &mut forged.manifest.tests[place];
        let wrong = (0..10)
            .find(|&read| read != 3 && test.confusion[30 + read] > 0)
            .unwrap();
        test.confusion[30 + wrong] -= 1;
        test.confusion[33] += 1;
        let wanted = test.when;
        let verdict = verify(&forged);
        let Verdict::OtherTest { when, recorded, now } = &verdict else {
            panic!("{verdict}");
        };
        assert!(*when == wanted && now.unwrap() < *recorded);
        let said = verdict.to_string();
        assert!(
            said.contains("but the test after step") && said.contains("when it is repeated"),
            "{said}"
        );
    }
    // Tests of steps that were never slept are not proved either.
    let mut forged = whole.clone();
    forged.manifest.tests[of_night[1]].when = When::Step(u64::MAX);
    let Verdict::Identical { tests, .. } = verify(&forged) else {
        panic!("nothing else is wrong");
    };
    assert_eq!(tests.left_out, 1);
}

/// The accuracy after each tested step of the night, in per cent.
fn course(recording: &Recording) -> Vec<(u64, f64)> {
    let tests = recording.tests_of_night();
    tests
        .map(|(step, test)| (step, 100.0 * test.evaluation(10).accuracy()))
        .collect()
}

/// Catches an example that this program cannot open, that is another night than it says, that needs images nobody has, that does
/// not say what to look at, or that tells another story.
#[test]
fn the_examples_prove_themselves_and_tell_their_stories() {
    let paths = runs("saved_runs");
    let mut names = Vec::new();
    let mut bytes = 0;
    for path in &paths {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap().to_owned();
        bytes += std::fs::metadata(path).unwrap().len();
        let recording = Recording::read(path).unwrap();
        let manifest = &recording.manifest;
        assert!(proves_itself(&recording), "{name}");
        assert_eq!(manifest.recipe.data.from, Origin::BuiltIn, "{name}");
        let dataset = data::load(&manifest.recipe.data).unwrap();
        assert_eq!(manifest.data.sha256, dataset.sha256, "{name}");
        assert!(manifest.notes.len() > 200, "{name}");
        assert!(manifest.bookmarks.len() >= 4, "{name}");
        assert!(manifest.bookmarks.iter().all(|mark| !mark.name.starts_with("step ")));
        let text = std::fs::read_to_string(folder("saved_runs/recipes").join(format!("{name}.ron"))).unwrap();
        let recipe = somnoscope::experiment::Recipe::from_ron(&text).unwrap();
        assert_eq!(recipe, manifest.recipe, "{name}: the recipe that it was made from");
        let course = course(&recording);
        let (first, last) = (course[0].1, course[course.len() - 1].1);
        let best = course.iter().map(|test| test.1).fold(0.0, f64::max);
        if name == "threshold_too_low" {
            assert!(best > first + 20.0 && last < first + 2.0, "{course:?}");
        } else {
            assert!(last > first + 25.0, "{course:?}");
        }
        names.push(name);
    }
    assert_eq!(names, ["fashion_rescued", "one_per_cent_rescued", "threshold_too_low"]);
    assert!(bytes < 10_000_000, "{bytes} bytes");
}

/// Catches a change of the program after which files of an earlier version are not read, or give another night. The samples are
/// kept for ever: they are never written anew, a new version of the format adds one.
#[test]
fn files_of_every_version_are_read() {
    let paths = runs("tests/fixtures/runs");
    let versions: Vec<u32> = paths
        .iter()
        .map(|path| {
            let recording = Recording::read(path).unwrap();
            assert!(proves_itself(&recording), "{}", path.display());
            recording.manifest.format
        })
        .collect();
    assert_eq!(
        versions,
        [1],
        "one of each version that a plain night was ever written in"
    );
    let first = Recording::read(&paths[0]).unwrap();
    let manifest = &first.manifest;
    assert_eq!(manifest.title, "A small night of format 1");
    assert_eq!((&manifest.sizes[..], first.journal.steps()), (&[784, 8, 6, 10][..], 60));
    let spikes: usize = (0..60).map(|step| first.journal.step(step).len()).sum();
    assert_eq!(spikes, 308);
    assert_eq!(manifest.bookmarks[0].name, "half time");
}
