//! The IDX reader: good files, and every way in which a file can be bad.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use somnoscope::data::DataError;
use somnoscope::data::idx::{IdxImages, Kind, images_from, labels_from, read_header, read_images, read_labels};

use super::{assert_sentence, gzip, idx_images, idx_labels};

/// The name in errors.
const NAME: &str = "some-file";

fn images(bytes: &[u8]) -> Result<IdxImages, DataError> {
    images_from(Path::new(NAME), bytes, bytes.len() as u64)
}

fn labels(bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    labels_from(Path::new(NAME), bytes, bytes.len() as u64)
}

/// A few small images: height, width and pixels.
fn some_images() -> impl Strategy<Value = (u32, u32, u32, Vec<u8>)> {
    (1_u32..6, 1_u32..9, 1_u32..9).prop_flat_map(|(count, height, width)| {
        let n = (count * height * width) as usize;
        (
            Just(count),
            Just(height),
            Just(width),
            proptest::collection::vec(any::<u8>(), n),
        )
    })
}

proptest! {
    /// Catches exchanged dimensions, lost bytes, and a difference between raw and gzip.
    #[test]
    fn what_is_written_is_read((count, height, width, pixels) in some_images(), tags in proptest::collection::vec(any::<u8>(), 1..50)) {
        let bytes = idx_images(count, height, width, &pixels);
        for bytes in [gzip(&bytes), bytes] {
            let read = images(&bytes).unwrap();
            prop_assert_eq!((read.height as u32, read.width as u32, read.count() as u32), (height, width, count));
            prop_assert_eq!(&read.pixels, &pixels);
        }
        let bytes = idx_labels(&tags);
        prop_assert_eq!(&labels(&gzip(&bytes)).unwrap(), &tags);
        prop_assert_eq!(&labels(&bytes).unwrap(), &tags);
    }

    /// Catches a file that passes though it is cut, at every length, raw and gzip.
    #[test]
    fn no_truncated_file_passes((count, height, width, pixels) in some_images()) {
        let raw = idx_images(count, height, width, &pixels);
        for bytes in [gzip(&raw), raw, ] {
            for length in 0..bytes.len() {
                let message = images(&bytes[..length]).expect_err("cut").to_string();
                assert_sentence(&message, &[NAME]);
            }
        }
        let tags = idx_labels(&pixels);
        for length in 0..tags.len() {
            prop_assert!(labels(&tags[..length]).is_err(), "cut to {}", length);
        }
    }

    /// Catches a header that passes though a byte of it is wrong: with one number altered, no header fits the length.
    #[test]
    fn no_altered_header_passes((count, height, width, pixels) in some_images(), place in 0_usize..16, change in 1_u8..=255) {
        let mut bytes = idx_images(count, height, width, &pixels);
        bytes[place] ^= change;
        match images(&bytes) {
            Err(error) => assert_sentence(&error.to_string(), &[NAME]),
            Ok(read) => prop_assert!(false, "byte {} passed: {} x {} x {}", place, read.count(), read.height, read.width),
        }
        let mut bytes = gzip(&idx_images(count, height, width, &pixels));
        // Magic number and method; the flags after them may say something harmless, like "this is text".
        bytes[place % 3] ^= change;
        prop_assert!(images(&bytes).is_err());
    }

    /// Catches a panic on any input whatever.
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), is_gzip: bool, has_magic: bool) {
        let mut bytes = bytes;
        if has_magic && bytes.len() >= 4 {
            bytes[..4].copy_from_slice(&[0, 0, 8, 3]);
        }
        if is_gzip {
            bytes = gzip(&bytes);
        }
        let _ = images(&bytes);
        let _ = labels(&bytes);
    }

    /// Catches a panic inside a damaged gzip file, and a damaged one that passes with altered pixels.
    #[test]
    fn damaged_gzip_never_passes_altered((count, height, width, pixels) in some_images(), place in any::<prop::sample::Index>(), change in 1_u8..=255) {
        let mut bytes = gzip(&idx_images(count, height, width, &pixels));
        let place = place.index(bytes.len());
        bytes[place] ^= change;
        if let Ok(read) = images(&bytes) {
            prop_assert_eq!(read.pixels, pixels, "the byte {} of gzip's own header may change", place);
        }
    }
}

/// Catches a header of 100 GB that is believed: memory for it would end the program.
#[test]
fn a_giant_header_is_refused_before_memory_is_taken() {
    let raw = idx_images(24_414_063, 64, 64, &[0; 1000]);
    assert_sentence(
        &images(&raw).unwrap_err().to_string(),
        &[NAME, "cut short", "1016 of the 100000002064 bytes"],
    );
    let packed = gzip(&raw);
    let message = images(&packed).unwrap_err().to_string();
    assert_sentence(&message, &[NAME, "promises 100000002064 bytes", "compressed"]);
    let most = idx_images(u32::MAX, 64, 64, &[]);
    assert!(matches!(images(&most), Err(DataError::CutShort { .. })));
    // A claimed length that makes it possible: the limit of memory decides.
    let huge = images_from(Path::new(NAME), packed.as_slice(), 1 << 40).unwrap_err();
    assert_sentence(&huge.to_string(), &[NAME, "more than the 1073741824 that fit"]);
}

/// Catches a wrong or vague sentence for each of the ways a file can be bad.
#[test]
fn each_fault_has_its_sentence() {
    let good = idx_images(2, 2, 3, &[7; 12]);
    let with = |place: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[place] = byte;
        bytes
    };
    let longer = [good.as_slice(), &[0]].concat();
    let mut checksum = gzip(&good);
    let n = checksum.len();
    checksum[n - 6] ^= 1;
    let packed = gzip(&good);
    let cases: [(&str, Vec<u8>, &[&str]); 14] = [
        ("empty", vec![], &["is empty"]),
        ("one byte", vec![0], &["ends after 1 bytes", "header of 16"]),
        (
            "header cut",
            good[..15].to_vec(),
            &["ends after 15 bytes", "header of 16"],
        ),
        (
            "labels instead",
            idx_labels(&[1, 2]),
            &["0x00000801 instead of 0x00000803", "IDX file of images"],
        ),
        ("signed bytes", with(2, 9), &["0x00000903"]),
        ("text", b"<html>not found</html>".to_vec(), &["0x3c68746d"]),
        ("payload cut", good[..27].to_vec(), &["cut short", "27 of the 28 bytes"]),
        (
            "payload cut, gzip",
            gzip(&good[..27]),
            &["cut short", "27 of the 28 bytes"],
        ),
        ("one byte more", longer.clone(), &["goes on after the 28 bytes"]),
        ("one byte more, gzip", gzip(&longer), &["goes on after the 28 bytes"]),
        (
            "gzip cut",
            packed[..packed.len() - 9].to_vec(),
            &["damaged gzip", "it breaks off"],
        ),
        ("checksum", checksum, &["damaged gzip"]),
        (
            "too wide",
            idx_images(1, 2, 65, &[0; 130]),
            &["65 x 2 pixels", "64 x 64"],
        ),
        ("no images", idx_images(0, 28, 28, &[]), &["holds no images"]),
    ];
    for (what, bytes, parts) in cases {
        let message = images(&bytes).expect_err(what).to_string();
        assert_sentence(&message, &[&[NAME], parts].concat());
    }
    assert_sentence(
        &images(&idx_images(3, 0, 28, &[])).unwrap_err().to_string(),
        &[NAME, "28 x 0 pixels"],
    );
    assert_sentence(
        &labels(&idx_labels(&[])).unwrap_err().to_string(),
        &[NAME, "holds no labels"],
    );
    assert_sentence(
        &labels(&good).unwrap_err().to_string(),
        &[NAME, "0x00000803", "IDX file of labels"],
    );
}

/// Catches a hang or a vague message when something else stands where a file belongs.
#[test]
fn only_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train-images-idx3-ubyte");
    let missing = read_images(&path).unwrap_err().to_string();
    assert_sentence(&missing, &["train-images-idx3-ubyte", "cannot be read"]);
    fs::create_dir(&path).unwrap();
    let message = read_labels(&path).unwrap_err().to_string();
    assert_sentence(&message, &["train-images-idx3-ubyte", "not a file but a folder"]);
}

/// Catches gzip told by name instead of content, and a header reader that differs from the full one.
#[test]
fn gzip_is_told_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = idx_images(2, 2, 3, &[7; 12]);
    for (name, bytes) in [("packed", gzip(&bytes)), ("raw.gz", bytes)] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert_eq!(read_images(&path).unwrap().pixels, [7; 12], "{name}");
        let header = read_header(&path, Kind::Images).unwrap();
        assert_eq!((header.count, header.height, header.width), (2, 2, 3), "{name}");
    }
}
