//! Recorded runs: what is written is read, what is torn or altered is said, and a night proves itself.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

use ndarray::Array2;
use proptest::prelude::*;
use somnoscope::data::{Amount, Balance, DataSpec, Draw, Origin, Set};
use somnoscope::experiment::{Recipe, find_preset};
use somnoscope::run::{
    Bookmark, DataIdentity, Drawing, Recorded, RecordedTest, Recording, RecordingError, Verdict, When,
};
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{Alpha, Course, DreamSource, NightParams, Spike};
use somnoscope::sim::rng::{self, Stream};
use tempfile::TempDir;

static NEVER: AtomicBool = AtomicBool::new(false);

/// A recipe for images of 6 x 6 pixels and three classes.
fn recipe() -> Recipe {
    let mut recipe = find_preset("one_per_cent").unwrap().recipe;
    recipe.data = DataSpec {
        set: Set::Own,
        from: Origin::Folder(PathBuf::from("images")),
        images: Amount::Count(20),
        draw: Draw::Random,
        balance: Balance::AsDrawn,
    };
    recipe.network.hidden = vec![8, 6];
    recipe.night = NightParams {
        steps: 80,
        rate: 300.0,
        beta: vec![1.2, 0.8, 0.6],
        alpha: Alpha::Given(vec![8.0, 6.0, 5.0]),
        window: 4,
        ..recipe.night
    };
    recipe
}

/// A night of 80 steps that changed in step 50, standing at step 60.
pub fn recording() -> Recording {
    let mut recipe = recipe();
    let weights = Mlp::new(
        &[36, 8, 6, 3],
        0.2,
        Output::Relu,
        0.75,
        &mut rng::stream(2, Stream::Init, 0),
    )
    .weights;
    let mean_image: Vec<f32> = (0..36).map(|pixel| (pixel % 7) as f32 / 7.0).collect();
    let source = DreamSource {
        mean_image: mean_image.clone(),
        image_size: (6, 6),
        seed: recipe.seed,
    };
    let alpha = vec![8.0, 6.0, 5.0];
    let mut course = Course::new(&weights, recipe.night.clone(), alpha.clone(), source);
    course.seek(50, &NEVER);
    recipe.night.beta[1] = 0.5;
    course.change(recipe.night.clone(), alpha);
    course.seek(80, &NEVER);
    course.seek(60, &NEVER);
    let recorded = Recorded {
        title: "A night of 36 pixels".to_owned(),
        notes: "With notes\nof two lines.".to_owned(),
        recipe,
        data: DataIdentity {
            title: "Own images".to_owned(),
            sha256: "0".repeat(64),
        },
        image_size: (6, 6),
        weights: Arc::new(weights),
        mean_image,
        class_means: vec![Array2::zeros((3, 8)), Array2::ones((3, 6))],
        batches: vec![(0.5, 0.1), (0.25, 0.7)],
        momentum: Arc::default(),
        tests: vec![RecordedTest {
            when: When::Step(0),
            confusion: vec![1, 2, 3, 4, 5, 6, 7, 8, 9],
        }],
        bookmarks: vec![Bookmark {
            step: 50,
            name: "it changes".to_owned(),
            note: String::new(),
        }],
        drawings: vec![Drawing {
            pixels: (0..36).map(|pixel| 7 * pixel).collect(),
        }],
    };
    Recording::of(&recorded, course, &NEVER).expect("nobody stops it")
}

/// The bytes of a recorded run.
fn bytes(recording: &Recording, folder: &TempDir) -> Vec<u8> {
    let path = folder.path().join("whole.somno");
    recording.write(&path).unwrap();
    std::fs::read(path).unwrap()
}

/// What comes of reading these bytes.
fn read(path: &Path, bytes: &[u8]) -> Result<Recording, RecordingError> {
    std::fs::write(path, bytes).unwrap();
    Recording::read(path)
}

/// Catches anything that is lost or changed on the way to the disk and back, and bytes that depend on the time.
#[test]
fn what_is_written_is_read() {
    let folder = TempDir::new().unwrap();
    let recording = recording();
    assert!(recording.journal.steps() == 80 && recording.manifest.stood_at == 60);
    let first = bytes(&recording, &folder);
    assert_eq!(Recording::read(&folder.path().join("whole.somno")).unwrap(), recording);
    assert_eq!(bytes(&recording, &folder), first, "the same run is the same bytes");
    let manifest = Recording::read_manifest(&folder.path().join("whole.somno")).unwrap();
    assert_eq!(manifest, recording.manifest);
}

/// Catches a verdict that is always the same: a spike too many, one that is missing, and other weights are told apart.
#[test]
fn a_night_proves_itself() {
    let mut recording = recording();
    let verify = |recording: &Recording| recording.verify(|_| {}, &NEVER).unwrap();
    let Verdict::Identical { steps, spikes, tests } = verify(&recording) else {
        panic!("an honest night is called a forgery")
    };
    assert!(steps == 80 && spikes > 50, "{spikes} spikes are no night");
    assert_eq!((tests.repeated, tests.without_images), (0, 1), "its images are nowhere");
    let said = verify(&recording).to_string();
    assert!(
        said.ends_with("and every weight at their end; not repeated: 1 recorded test, for the images are not here; 2 batches of training"),
        "{said}"
    );

    let whole = recording.journal.clone();
    recording.journal.truncate(70);
    let forged: Vec<u32> = whole
        .step(70)
        .iter()
        .copied()
        .filter(|unit| *unit != whole.step(70)[0])
        .collect();
    recording.journal.push_units(&forged);
    let Verdict::Differs {
        step,
        only_recorded,
        only_now,
    } = verify(&recording)
    else {
        panic!("a spike was taken away")
    };
    assert_eq!((step, only_recorded, only_now), (70, vec![], vec![whole.step(70)[0]]));

    recording.journal = whole;
    recording.manifest.weights_after = "f".repeat(64);
    assert_eq!(verify(&recording), Verdict::OtherWeights);
}

/// Catches a torn file that is read as if it were whole, or that ends in a panic: cut off at every length.
#[test]
fn a_torn_file_is_refused_at_every_length() {
    let folder = TempDir::new().unwrap();
    let whole = bytes(&recording(), &folder);
    let path = folder.path().join("torn.somno");
    for length in 0..whole.len() {
        let error = read(&path, &whole[..length]).expect_err("a torn file was read");
        let sentence = error.to_string();
        assert!(
            sentence.contains("torn.somno") && !sentence.contains('\n'),
            "{sentence}"
        );
    }
}

/// Catches words of a library where a person is to be told what is wrong with a file and what to do.
#[test]
fn the_commonest_damage_is_told_in_plain_words() {
    let folder = TempDir::new().unwrap();
    let whole = bytes(&recording(), &folder);
    let path = folder.path().join("night.somno");
    for (bytes, wanted) in [
        (
            &whole[..whole.len() - 1000],
            "its end is missing or damaged; copy or download it again",
        ),
        (
            &b"Dear diary"[..],
            "it is a file of another kind; choose the one that was saved",
        ),
        (&b"PK"[..], "it is a file of another kind"),
        (&b""[..], "it is empty; take another copy of it"),
    ] {
        let error = read(&path, bytes).expect_err(wanted).to_string();
        assert!(error.contains("night.somno") && error.contains(wanted), "{error}");
    }
    #[cfg(unix)]
    {
        let error = Recording::read(Path::new("/dev/null")).unwrap_err().to_string();
        assert!(error.contains("no file that is kept on a disk"), "{error}");
    }
    let mut altered = whole.clone();
    let place = whole.len() / 3;
    altered[place..place + 20].fill(0x55);
    let error = read(&path, &altered).expect_err("it is damaged").to_string();
    assert!(error.contains("in it is damaged") && error.contains("again"), "{error}");
}

/// Catches an altered byte that changes what is read without a word: each byte in turn, its lowest or its highest bit.
#[test]
fn an_altered_byte_is_noticed_or_harmless() {
    let folder = TempDir::new().unwrap();
    let recording = recording();
    let whole = bytes(&recording, &folder);
    let path = folder.path().join("altered.somno");
    let mut harmless = 0;
    for place in 0..whole.len() {
        let mut altered = whole.clone();
        altered[place] ^= if place % 2 == 0 { 0x01 } else { 0x80 };
        match read(&path, &altered) {
            // Dates, attributes and other bytes of the archive that nobody reads.
            Ok(same) => {
                assert_eq!(same, recording, "byte {place} changed the run without a word");
                harmless += 1;
            }
            Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
        }
    }
    assert!(
        harmless < whole.len() / 4,
        "{harmless} of {} changes were not noticed",
        whole.len()
    );
}

/// The archive again with another manifest.
pub fn with_manifest(whole: &[u8], text: &str) -> Vec<u8> {
    with_entry(whole, "run.ron", text.as_bytes())
}

/// The archive again with other bytes in an entry.
fn with_entry(whole: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    let mut new = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for index in 0..old.len() {
        let entry = old.by_index_raw(index).unwrap();
        if entry.name() != name {
            new.raw_copy_file(entry).unwrap();
        }
    }
    let options = zip::write::SimpleFileOptions::default();
    new.start_file(name, options).unwrap();
    std::io::Write::write_all(&mut new, bytes).unwrap();
    new.finish().unwrap().into_inner()
}

/// The manifest as text.
pub fn manifest(whole: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(whole)).unwrap();
    std::io::read_to_string(archive.by_name("run.ron").unwrap()).unwrap()
}

/// Catches files that lie: a newer format, sizes, a change of weights that its hash does not know, RON without end.
#[test]
fn a_file_that_lies_is_told_so_in_one_sentence() {
    let folder = TempDir::new().unwrap();
    let whole = bytes(&recording(), &folder);
    let honest = manifest(&whole);
    let path = folder.path().join("lying.somno");
    let deep = format!("(format: 1, title: {}{})", "[".repeat(200_000), "]".repeat(200_000));
    for (text, wanted) in [
        (honest.replace("format: 1", "format: 4"), "newer version"),
        (
            honest.replace("format: 1", "format: 4").replace("stood_at", "future"),
            "newer version",
        ),
        (honest.replace("[36, 8, 6, 3]", "[36, 8000000000, 6, 3]"), "layers"),
        (
            honest
                .replace("hidden: [8, 6]", "hidden: [8, 7]")
                .replace("[36, 8, 6, 3]", "[36, 8, 7, 3]"),
            "shape",
        ),
        (
            honest
                .replace("image_size: (6, 6)", "image_size: (9, 4)")
                .replace("window: 4", "window: 5"),
            "window",
        ),
        (
            honest.replace("image_size: (6, 6)", "image_size: (18446744073709551615, 2)"),
            "images",
        ),
        (honest.replace("stood_at: 60", "stood_at: 81"), "length of the night"),
        (honest.replace("steps: 80", "steps: 79"), "length of the night"),
        (honest.replace("pixels: \"00", "pixels: \""), "a drawing in it"),
        (honest.replace("pixels: \"00", "pixels: \"zz"), "run.ron"),
        (honest.replacen("step: 50", "step: 0", 1), "disorder"),
        (honest.replace("beta: [1.2", "beta: [-1.2"), "night.beta"),
        (
            honest.replace("weights_before: \"", "weights_before: \"0"),
            "weights before sleep",
        ),
        (
            honest.replace("stood_at", "without: [(step: 3, layer: 1, unit: 8)], stood_at"),
            "leaves out",
        ),
        (
            honest.replace("stood_at", "without: [(step: 3, layer: 9, unit: 0)], stood_at"),
            "leaves out",
        ),
        (
            honest.replace("confusion: [1, 2, ", "confusion: [4294967295, 4294967295, "),
            "images",
        ),
        (deep, "run.ron"),
        ("(format: 1".to_owned(), "run.ron"),
        (String::new(), "run.ron"),
    ] {
        assert_ne!(text, honest, "nothing was replaced for: {wanted}");
        let error = read(&path, &with_manifest(&whole, &text))
            .expect_err(wanted)
            .to_string();
        assert!(
            error.contains(wanted) && error.contains("lying.somno") && !error.contains('\n'),
            "{wanted}: {error}"
        );
    }
    assert!(
        read(&path, &with_manifest(&whole, &honest)).is_ok(),
        "the honest one is read"
    );
}

/// Catches a small file that takes gigabytes: arrays of zeros that are longer than the network and the night allow are not
/// unpacked to their end.
#[test]
fn what_is_unpacked_is_bounded_by_what_the_manifest_says() {
    let folder = TempDir::new().unwrap();
    let whole = bytes(&recording(), &folder);
    let path = folder.path().join("bomb.somno");
    let zeros = |count: usize, axes: usize| {
        let mut npy = std::io::Cursor::new(Vec::new());
        let written = match axes {
            1 => ndarray_npy::WriteNpyExt::write_npy(&ndarray::Array1::<u32>::zeros(count), &mut npy),
            _ => ndarray_npy::WriteNpyExt::write_npy(&Array2::<f32>::zeros((count / 2, 2)), &mut npy),
        };
        written.unwrap();
        npy.into_inner()
    };
    for (name, axes) in [
        ("spike_units", 1),
        ("spike_counts", 1),
        ("w2", 2),
        ("mean_image", 2),
        ("class_means1", 2),
    ] {
        let bomb = with_entry(&whole, &format!("{name}.npy"), &zeros(100_000, axes));
        let error = read(&path, &bomb).expect_err(name).to_string();
        assert!(
            error.contains(&format!("{name}.npy is larger than it can be")),
            "{error}"
        );
    }
    // Counts that ask for more than the network can give.
    let counts = ndarray::Array1::<u32>::from_elem(80, 54);
    let mut npy = std::io::Cursor::new(Vec::new());
    ndarray_npy::WriteNpyExt::write_npy(&counts, &mut npy).unwrap();
    let lying = with_entry(&whole, "spike_counts.npy", &npy.into_inner());
    let error = read(&path, &lying).expect_err("54 of 53 units").to_string();
    assert!(error.contains("more units spike in a step"), "{error}");
}

/// The run of these tests without its first spike of a hidden neuron from step 20 on.
fn without_a_spike() -> (Recording, Spike) {
    let whole = recording();
    let spike = (20..80)
        .find_map(|step| {
            let unit = whole.journal.layer(step, 1).next()?;
            Some(Spike { step, layer: 1, unit })
        })
        .expect("the night is not silent");
    let mut course = whole.course();
    assert!(course.leave_out(spike, &NEVER) && course.seek(80, &NEVER));
    let recorded = Recorded {
        title: whole.manifest.title.clone(),
        notes: whole.manifest.notes.clone(),
        recipe: whole.manifest.recipe.clone(),
        data: whole.manifest.data.clone(),
        image_size: whole.manifest.image_size,
        weights: Arc::clone(&whole.weights),
        mean_image: whole.mean_image.clone(),
        class_means: whole.class_means.clone(),
        batches: whole.batches.clone(),
        momentum: Arc::default(),
        tests: whole.manifest.tests.clone(),
        bookmarks: whole.manifest.bookmarks.clone(),
        drawings: whole.manifest.drawings.clone(),
    };
    (
        Recording::of(&recorded, course, &NEVER).expect("nobody stops it"),
        spike,
    )
}

/// Catches a spike that is left out and comes back on the way to the disk, and a run that says it is older or newer than it need
/// be.
#[test]
fn a_spike_that_is_left_out_stays_out() {
    let folder = TempDir::new().unwrap();
    let (recording, spike) = without_a_spike();
    assert_eq!(recording.manifest.without, [spike]);
    assert!(!recording.journal.layer(spike.step, 1).any(|unit| unit == spike.unit));
    let bytes = bytes(&recording, &folder);
    let again = read(&folder.path().join("again.somno"), &bytes).unwrap();
    assert_eq!(again, recording);
    assert!(matches!(
        again.verify(|_| {}, &NEVER),
        Some(Verdict::Identical { steps: 80, .. })
    ));
    let text = manifest(&bytes);
    assert!(text.contains("format: 2") && manifest(&self::bytes(&self::recording(), &folder)).contains("format: 1"));
    let forgetful = text.replace("format: 2", "format: 1").replace("without:", "forgotten:");
    let forgetful = read(
        &folder.path().join("forgetful.somno"),
        &with_manifest(&bytes, &forgetful),
    )
    .unwrap();
    assert!(matches!(
        forgetful.verify(|_| {}, &NEVER),
        Some(Verdict::Differs { step, .. }) if step == spike.step
    ));
}

/// The same night of a recipe with fine-tuning, and the momentum that it needs.
fn with_fine_tuning() -> Recording {
    let whole = recording();
    let mut recipe = whole.manifest.recipe.clone();
    recipe.fine_tuning = Some(Recipe::usual_fine_tuning());
    let momentum = whole.weights.iter().map(|layer| layer * 0.125).collect();
    let recorded = Recorded {
        title: "A night before fine-tuning".to_owned(),
        notes: String::new(),
        recipe,
        data: whole.manifest.data.clone(),
        image_size: whole.manifest.image_size,
        weights: Arc::clone(&whole.weights),
        mean_image: whole.mean_image.clone(),
        class_means: whole.class_means.clone(),
        batches: whole.batches.clone(),
        momentum: Arc::new(momentum),
        tests: whole.manifest.tests.clone(),
        bookmarks: Vec::new(),
        drawings: Vec::new(),
    };
    Recording::of(&recorded, whole.course(), &NEVER).expect("nobody stops it")
}

/// Catches a file without the momentum that its fine-tuning begins with, one of a night that says it is newer than it need be, and
/// a momentum of other layers that is taken.
#[test]
fn a_night_before_fine_tuning_keeps_the_momentum() {
    let folder = TempDir::new().unwrap();
    let recording = with_fine_tuning();
    assert_eq!((recording.manifest.format, self::recording().manifest.format), (3, 1));
    let whole = bytes(&recording, &folder);
    let path = folder.path().join("again.somno");
    let again = read(&path, &whole).unwrap();
    assert_eq!(again, recording);
    assert!(matches!(
        again.verify(|_| {}, &NEVER),
        Some(Verdict::Identical { steps: 80, .. })
    ));
    // Only a recipe that is fine-tuned has one.
    assert!(self::recording().momentum.is_none());
    let text = manifest(&whole);
    let at = text.find("    fine_tuning: Some((").expect("it stands in the recipe");
    let end = at + text[at..].find(")),").expect("it ends there") + 3;
    let plain = [&text[..at], &text[end..]].concat();
    assert!(read(&path, &with_manifest(&whole, &plain)).unwrap().momentum.is_none());
    let mut shapeless = recording.clone();
    shapeless.momentum = Some(Arc::new(vec![Array2::zeros((8, 35))]));
    let error = read(&path, &bytes(&shapeless, &folder)).unwrap_err().to_string();
    assert!(
        error.contains("momentum1 has the shape [8, 35], not (8, 36)"),
        "{error}"
    );
}

/// Catches a version of the format that can no longer be read, or a night that has become another: these files stay as they
/// were written by the version of the program that first wrote their format.
#[test]
fn every_version_of_the_format_is_read_for_ever() {
    for (version, without) in [(1, 0), (2, 1), (3, 0)] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/recordings/format_{version}.somno"));
        let recording = Recording::read(&path).unwrap();
        assert_eq!(
            (recording.manifest.format, recording.manifest.without.len()),
            (version, without)
        );
        let verdict = recording.verify(|_| {}, &NEVER);
        assert!(
            matches!(verdict, Some(Verdict::Identical { steps: 80, .. })),
            "{version}: {verdict:?}"
        );
    }
}

/// Catches a new title that changes anything else, or that is not there.
#[test]
fn a_new_title_changes_nothing_else() {
    let folder = TempDir::new().unwrap();
    let mut recording = recording();
    bytes(&recording, &folder);
    let path = folder.path().join("whole.somno");
    Recording::annotate(&path, |manifest| manifest.title = "Another title".to_owned()).unwrap();
    recording.manifest.title = "Another title".to_owned();
    assert_eq!(Recording::read(&path).unwrap(), recording);
    let error = Recording::annotate(&folder.path().join("none.somno"), |_| {}).unwrap_err();
    assert!(error.to_string().contains("none.somno"));
}

/// Catches a write that loses what stood there when it cannot be done.
#[test]
fn a_failed_write_loses_nothing() {
    let folder = TempDir::new().unwrap();
    let recording = recording();
    let path = folder.path().join("kept.somno");
    recording.write(&path).unwrap();
    let before = std::fs::read(&path).unwrap();
    let missing = folder.path().join("missing").join("run.somno");
    let error = recording.write(&missing).unwrap_err().to_string();
    assert!(error.contains("nothing was changed"), "{error}");
    // A folder where the file should be: everything is written and only the last move fails.
    let taken = folder.path().join("taken.somno");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("inside"), "mine").unwrap();
    assert!(matches!(
        recording.write(&taken),
        Err(RecordingError::Unwritable { .. })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "something is left behind: {left:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Catches a panic or a hang on bytes that are anything: random ones, and parts of a whole file in disorder.
    #[test]
    fn anything_is_read_or_refused(noise in prop::collection::vec(any::<u8>(), 0..400), at in 0.0_f64..1.0, keep in any::<bool>()) {
        static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| bytes(&recording(), &TempDir::new().unwrap()));
        let folder = TempDir::new().unwrap();
        let mut file = WHOLE.clone();
        let place = (at * file.len() as f64) as usize;
        if keep {
            file.splice(place..place, noise);
        } else {
            let end = (place + noise.len()).min(file.len());
            file.splice(place..end, noise);
        }
        let _ = read(&folder.path().join("any.somno"), &file);
    }
}
