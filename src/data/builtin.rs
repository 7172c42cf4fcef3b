//! The two image sets inside the program; `assets/data/README.md` says where they come from.

use std::path::Path;

use super::dataset::Dataset;
use super::error::DataError;
use super::folder::{classes_of, paired};
use super::idx::{images_from, labels_from};
use super::images::Images;
use super::set::Set;

/// How many of the 10,000 images are for training: the first ones. Both files are in an order that gives the two parts
/// nearly the same share of each class.
const N_TRAIN: usize = 7_000;

/// An IDX file inside the program.
struct Embedded {
    /// Its name in `assets/data`, for errors.
    name: &'static str,
    /// Its content, gzip.
    bytes: &'static [u8],
}

macro_rules! embedded {
    ($name:literal) => {
        Embedded {
            name: concat!("assets/data/", $name),
            bytes: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/data/", $name)),
        }
    };
}

const MNIST_IMAGES: Embedded = embedded!("mnist-images-idx3-ubyte.gz");
const MNIST_LABELS: Embedded = embedded!("mnist-labels-idx1-ubyte.gz");
const FASHION_IMAGES: Embedded = embedded!("fashion-mnist-images-idx3-ubyte.gz");
const FASHION_LABELS: Embedded = embedded!("fashion-mnist-labels-idx1-ubyte.gz");

/// The built-in part of a published set.
///
/// # Errors
/// [`DataError::NotBuiltIn`] for own images.
pub fn load(set: Set) -> Result<Dataset, DataError> {
    let (images, labels) = match set {
        Set::Mnist => (MNIST_IMAGES, MNIST_LABELS),
        Set::FashionMnist => (FASHION_IMAGES, FASHION_LABELS),
        Set::Own => return Err(DataError::NotBuiltIn),
    };
    let (train, test) = read(&images, &labels)?.split_at(N_TRAIN)?;
    let classes = classes_of(set, &train, Path::new(labels.name))?;
    Ok(Dataset::new(set, "built in", classes, train, test))
}

/// Unpacks a pair of files.
fn read(images: &Embedded, labels: &Embedded) -> Result<Images, DataError> {
    let (images_path, labels_path) = (Path::new(images.name), Path::new(labels.name));
    paired(
        images_path,
        images_from(images_path, images.bytes, images.bytes.len() as u64)?,
        labels_path,
        labels_from(labels_path, labels.bytes, labels.bytes.len() as u64)?,
    )
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    /// Catches an altered asset, and a README that no longer says what is in the files.
    #[test]
    fn the_files_are_those_of_the_readme() {
        let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/data/README.md"));
        for file in [MNIST_IMAGES, MNIST_LABELS, FASHION_IMAGES, FASHION_LABELS] {
            let name = file.name.strip_prefix("assets/data/").unwrap();
            let sha256 = hex::encode(Sha256::digest(file.bytes));
            let row = readme
                .lines()
                .find(|line| line.contains(name))
                .expect("a row for each file");
            assert!(
                row.contains(&sha256),
                "{name} has SHA-256 {sha256}, and the README says: {row}"
            );
        }
    }
}
