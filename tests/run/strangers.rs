//! Files from strangers: recordings, weights, images, recipes, and the files of experiments and searches, torn, altered and lying.
//! Each is read or refused in one sentence.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use somnoscope::data::idx;
use somnoscope::experiment::{Recipe, presets};
use somnoscope::run::{Recording, read_intensities, read_weights, write_weights};
use tempfile::TempDir;

use super::folders;
use super::recording::{recording, with_manifest};
use crate::worker::strangers::open_and_leave;

/// How long the search at length takes if nothing else is said, in seconds.
const AT_LENGTH: u64 = 600;
/// The variable that says how long it takes instead.
const SECONDS: &str = "SOMNOSCOPE_FUZZ_SECONDS";
/// The variable that says which files are tried: those of a search that found something.
const SEED: &str = "SOMNOSCOPE_FUZZ_SEED";

/// Something that reads a stranger's bytes: from the file at the path, where they stand. The sentence says why not.
pub(super) type Reader = fn(&Path, &[u8]) -> Result<(), String>;

/// A kind of file: its name, bytes that are sound, and what reads them.
pub(super) struct Kind {
    pub file: &'static str,
    pub sound: Vec<u8>,
    pub read: Reader,
}

/// Every kind of file that a person may be given.
fn kinds(folder: &TempDir) -> Vec<Kind> {
    let at = |name: &str| folder.path().join(name);
    let network = [Array2::from_elem((4, 6), 0.25_f32), Array2::from_elem((3, 4), -0.5)];
    let written = |name: &str| {
        write_weights(&at(name), &network).unwrap();
        std::fs::read(at(name)).unwrap()
    };
    recording().write(&at("whole.somno")).unwrap();
    let mut npy = Cursor::new(Vec::new());
    ndarray_npy::WriteNpyExt::write_npy(&Array2::from_elem((3, 3), 0.5_f32), &mut npy).unwrap();
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        let numbers = std::iter::once(&magic).chain(sizes);
        numbers.flat_map(|number| number.to_be_bytes()).collect()
    };
    let mut images = header(2051, &[3, 4, 4]);
    images.extend(0..48);
    let mut labels = header(2049, &[5]);
    labels.extend([0, 1, 2, 1, 0]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&images).unwrap();
    let mut kinds = vec![
        Kind {
            file: "run.somno",
            sound: std::fs::read(at("whole.somno")).unwrap(),
            read: |path, _| Recording::read(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "net.npz",
            sound: written("whole.npz"),
            read: |path, _| read_weights(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "net.safetensors",
            sound: written("whole.safetensors"),
            read: |path, _| read_weights(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "mean.npy",
            sound: npy.into_inner(),
            read: |path, _| read_intensities(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "images-idx3-ubyte",
            sound: images,
            read: |path, _| idx::read_images(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "images-idx3-ubyte.gz",
            sound: gzip.finish().unwrap(),
            read: |path, _| idx::read_images(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "labels-idx1-ubyte",
            sound: labels,
            read: |path, _| idx::read_labels(path).map(drop).map_err(|error| error.to_string()),
        },
        Kind {
            file: "night.ron",
            sound: presets().remove(0).recipe.to_ron().into_bytes(),
            read: |_, bytes| {
                let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
                let recipe = Recipe::from_ron(text).map_err(|error| error.to_string())?;
                recipe.validate().map_err(|error| error.to_string())
            },
        },
    ];
    kinds.extend(folders::kinds(folder.path()));
    kinds
}

impl Kind {
    /// Whether its name has this ending.
    fn ends_in(&self, ending: &str) -> bool {
        Path::new(self.file).extension().is_some_and(|it| it == ending)
    }

    /// Reads bytes as this kind of file.
    fn try_on(&self, path: &PathBuf, bytes: &[u8]) -> Result<(), String> {
        std::fs::write(path, bytes).unwrap();
        let outcome = (self.read)(path, bytes);
        if let Err(sentence) = &outcome {
            assert!(
                !sentence.is_empty() && !sentence.contains('\n') && sentence.len() < 1000,
                "{}: {sentence:?} is no sentence",
                self.file
            );
        }
        outcome
    }
}

/// Catches a torn file that is read as whole, and one that ends in a panic: every kind, cut off at every length.
#[test]
fn every_kind_is_refused_when_it_is_torn() {
    let folder = TempDir::new().unwrap();
    for kind in kinds(&folder) {
        let path = folder.path().join(kind.file);
        assert_eq!(kind.try_on(&path, &kind.sound), Ok(()), "{}", kind.file);
        // What ends in white space is whole without it.
        let whole = kind.sound.trim_ascii_end().len();
        for length in 0..whole {
            let outcome = kind.try_on(&path, &kind.sound[..length]);
            // A table that ends early is a shorter table.
            assert!(
                outcome.is_err() || kind.ends_in("csv"),
                "{} was read from {length} bytes",
                kind.file
            );
        }
    }
}

/// Catches a byte that ends in a panic or takes a sentence of many lines: every kind, each byte turned over in turn, and a bit of
/// it.
#[test]
fn every_kind_survives_a_changed_byte() {
    let folder = TempDir::new().unwrap();
    for kind in kinds(&folder) {
        let path = folder.path().join(kind.file);
        for place in 0..kind.sound.len() {
            for turn in [0xff, 1 << (place % 8)] {
                let mut altered = kind.sound.clone();
                altered[place] ^= turn;
                let _ = kind.try_on(&path, &altered);
            }
        }
    }
}

/// Catches a recipe nested without end that takes the stack.
#[test]
fn a_recipe_without_end_is_refused() {
    for open in ["(", "[", "{", "Some(", "(name:", "\"", "/*"] {
        let deep = format!("(name: {}", open.repeat(300_000));
        let sentence = Recipe::from_ron(&deep).expect_err("it has no end").to_string();
        assert!(!sentence.contains('\n') && sentence.len() < 1000, "{sentence}");
    }
}

/// Changes some bytes: one, a number at the edge of its range, a stretch taken out, doubled, or put elsewhere.
fn change(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    let edges: [&[u8]; 8] = [
        &[0; 8],
        &[0xff; 8],
        &[0x7f, 0xff, 0xff, 0xff],
        &[0xff, 0xff, 0xff, 0x7f],
        &[0, 0, 0, 0x80],
        b"18446744073709551615",
        b"-1",
        b"NaN",
    ];
    for _ in 0..random.random_range(1..6) {
        if bytes.is_empty() {
            return bytes.extend_from_slice(edges[random.random_range(0..edges.len())]);
        }
        let place = random.random_range(0..bytes.len());
        let length = random.random_range(1..=64.min(bytes.len() - place));
        match random.random_range(0..6) {
            0 => bytes[place] ^= 1 << random.random_range(0..8),
            1 => bytes[place] = random.next_u32() as u8,
            2 => {
                let edge = edges[random.random_range(0..edges.len())];
                let end = (place + edge.len()).min(bytes.len());
                bytes.splice(place..end, edge.iter().copied());
            }
            3 => drop(bytes.drain(place..place + length)),
            4 => {
                let twice = bytes[place..place + length].to_vec();
                let at = random.random_range(0..=bytes.len());
                bytes.splice(at..at, twice);
            }
            _ => bytes.truncate(place),
        }
    }
}

/// Changes a few numbers of a text: each becomes one at the edge of what it can be, or nearly what it was. What makes no sense is
/// refused by more than its grammar then, and some of it is not.
fn change_numbers(text: &str, random: &mut ChaCha8Rng) -> String {
    let edges = [
        "0",
        "1",
        "2",
        "3",
        "7",
        "79",
        "81",
        "65536",
        "4294967295",
        "18446744073709551615",
        "-1",
        "0.0",
        "1e30",
        "1e-30",
        "inf",
        "NaN",
        "None",
    ];
    let mut text = text.to_owned();
    for _ in 0..random.random_range(1..4) {
        let starts: Vec<usize> = text
            .char_indices()
            .zip(std::iter::once(' ').chain(text.chars()))
            .filter(|((_, letter), before)| letter.is_ascii_digit() && !before.is_alphanumeric() && *before != '.')
            .map(|((place, _), _)| place)
            .collect();
        let start = starts[random.random_range(0..starts.len())];
        let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let length = text[start..]
            .find(|letter| !is_of_number(letter))
            .unwrap_or(text.len() - start);
        let new = match text[start..start + length].parse::<u64>() {
            Ok(number) if random.random_bool(0.5) => number
                .wrapping_add(random.random_range(0..3))
                .wrapping_sub(1)
                .to_string(),
            _ => edges[random.random_range(0..edges.len())].to_owned(),
        };
        text.replace_range(start..start + length, &new);
    }
    text
}

/// An archive that is sound around a manifest that is not.
fn around_another_manifest(whole: &[u8], manifest: &str, random: &mut ChaCha8Rng) -> Vec<u8> {
    if random.random_bool(0.7) {
        return with_manifest(whole, &change_numbers(manifest, random));
    }
    let mut text = manifest.as_bytes().to_vec();
    change(&mut text, random);
    with_manifest(whole, &String::from_utf8_lossy(&text))
}

/// Catches a recording that is read and then ends, stops or holds up a worker that opens it or puts it beside a night. The same
/// files each time; the search at length tries others.
#[test]
fn what_is_read_harms_no_worker() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run.somno");
    let sound = recording();
    sound.write(&path).unwrap();
    let whole = std::fs::read(&path).unwrap();
    let manifest = super::recording::manifest(&whole);
    open_and_leave(&path);
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut opened = 0;
    for _ in 0..400 {
        let bytes = around_another_manifest(&whole, &manifest, &mut random);
        std::fs::write(&path, bytes).unwrap();
        if Recording::read(&path).is_ok_and(|read| read != sound) {
            open_and_leave(&path);
            opened += 1;
        }
    }
    assert!(opened > 20, "only {opened} were opened: the search looks at nothing");
}

/// Most memory that this program has held so far, in kilobytes; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Catches, given time, a panic, a reader that takes minutes or gigabytes, and an answer that is no sentence. Not run with the other
/// tests: `cargo test --test somnoscope strangers_at_length -- --ignored --nocapture`; `SOMNOSCOPE_FUZZ_SECONDS` says how long.
#[test]
#[ignore = "takes ten minutes"]
fn strangers_at_length() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number(SECONDS);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let seed = number(SEED).unwrap_or(now.as_nanos() as u64);
    println!("the seed of this search is {seed}: {SEED}={seed} tries the same files");
    let until = Instant::now() + Duration::from_secs(seconds.unwrap_or(AT_LENGTH));
    let folder = TempDir::new().unwrap();
    let kinds = kinds(&folder);
    let manifest = super::recording::manifest(&kinds[0].sound);
    let sound = recording();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut counts: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    let mut slowest = (Duration::ZERO, "");
    let mut opened = 0;
    while Instant::now() < until {
        for kind in &kinds {
            let mut bytes = kind.sound.clone();
            change(&mut bytes, &mut random);
            if kind.file == "run.somno" && random.random_bool(0.6) {
                bytes = around_another_manifest(&kind.sound, &manifest, &mut random);
            }
            if (kind.ends_in("ron") || kind.ends_in("csv")) && random.random_bool(0.5) {
                let text = std::str::from_utf8(&kind.sound).unwrap();
                bytes = change_numbers(text, &mut random).into_bytes();
            }
            let begun = Instant::now();
            let path = folder.path().join(kind.file);
            let outcome = kind.try_on(&path, &bytes);
            slowest = slowest.max((begun.elapsed(), kind.file));
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{} takes too long",
                kind.file
            );
            counts.entry(kind.file).or_default()[usize::from(outcome.is_err())] += 1;
            if kind.file == "run.somno" && Recording::read(&path).is_ok_and(|read| read != sound) {
                open_and_leave(&path);
                opened += 1;
            }
        }
    }
    for (file, [read, refused]) in counts {
        println!("{file}: {read} read, {refused} refused");
    }
    let peak = peak_memory();
    println!(
        "{opened} recordings that were read and are not the sound one were opened, put beside themselves and left"
    );
    println!("slowest to read {slowest:?}, memory {peak:?} kB");
    assert!(peak.is_none_or(|peak| peak < 4 << 20), "four gigabytes were taken");
}
