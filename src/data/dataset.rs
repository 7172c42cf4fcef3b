//! A whole image set in memory, with its names and its identity.

use sha2::{Digest, Sha256};

use super::error::DataError;
use super::images::Images;
use super::set::Set;
use crate::text::grouped;

/// Training and test images of one set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// Which set it is.
    pub set: Set,
    /// Its name for a person to read.
    pub title: String,
    /// Where it comes from, and how many images: `built in: 7,000 + 3,000 images`.
    pub origin: String,
    /// How many classes: every label is below.
    pub classes: usize,
    /// The name of each class, in the order of the labels.
    pub class_names: Vec<String>,
    /// The images to train on.
    pub train: Images,
    /// The images to test with, as large as those of `train`.
    pub test: Images,
    /// The SHA-256 of sizes, pixels and labels of both parts, as 64 hexadecimal digits; names do not count.
    pub sha256: String,
}

impl Dataset {
    /// Stands in for a set that is not here: everything is known of it but its images.
    ///
    /// # Errors
    /// [`DataError::NotImages`] if images cannot have this size.
    pub fn absent(
        set: Set,
        identity: (&str, &str),
        classes: usize,
        (width, height): (usize, usize),
    ) -> Result<Self, DataError> {
        let (title, sha256) = identity;
        Ok(Self {
            set,
            title: title.to_owned(),
            origin: "not on this machine".to_owned(),
            classes,
            class_names: set.class_names(classes),
            train: Images::none(width, height)?,
            test: Images::none(width, height)?,
            sha256: sha256.to_owned(),
        })
    }

    /// Whether its images are not here.
    pub fn is_absent(&self) -> bool {
        self.train.is_empty()
    }

    /// Puts a set together: names its classes, describes it and works out its identity. `place` is `built in` or a
    /// folder.
    pub(crate) fn new(set: Set, place: &str, classes: usize, train: Images, test: Images) -> Self {
        let mut hash = Sha256::new();
        for part in [&train, &test] {
            for number in [part.len(), part.height(), part.width()] {
                hash.update((number as u64).to_be_bytes());
            }
            hash.update(part.all_pixels());
            hash.update(part.labels());
        }
        Self {
            set,
            title: set.title().to_owned(),
            origin: format!(
                "{place}: {} + {} images",
                grouped(train.len() as u64),
                grouped(test.len() as u64)
            ),
            classes,
            class_names: set.class_names(classes),
            train,
            test,
            sha256: hex::encode(hash.finalize()),
        }
    }
}
