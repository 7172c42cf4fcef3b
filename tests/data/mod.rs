//! The module `data`, from outside.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests too")]

mod builtin;
mod fetch;
mod folder;
mod idx;
mod server;
mod subset;

use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

/// An IDX file of images.
fn idx_images(count: u32, height: u32, width: u32, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in [0x803, count, height, width] {
        bytes.extend(word.to_be_bytes());
    }
    bytes.extend(pixels);
    bytes
}

/// An IDX file of labels.
fn idx_labels(labels: &[u8]) -> Vec<u8> {
    let mut bytes = 0x801_u32.to_be_bytes().to_vec();
    bytes.extend((labels.len() as u32).to_be_bytes());
    bytes.extend(labels);
    bytes
}

/// The bytes as a gzip file.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Writes a pair of files with images of 2 x 2 pixels, each full of its position.
fn write_pair(folder: &Path, part: &str, labels: &[u8]) {
    let pixels: Vec<u8> = (0..labels.len()).flat_map(|i| [i as u8; 4]).collect();
    std::fs::write(
        folder.join(format!("{part}-images-idx3-ubyte")),
        idx_images(labels.len() as u32, 2, 2, &pixels),
    )
    .unwrap();
    std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), idx_labels(labels)).unwrap();
}

/// Catches a message without the name of the file or the fault, or that is more than one sentence.
#[track_caller]
fn assert_sentence(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "“{part}” is missing in: {message}");
    }
    assert!(
        message.ends_with('.') && !message.contains('\n') && !message.contains(". "),
        "not a sentence: {message}"
    );
}
