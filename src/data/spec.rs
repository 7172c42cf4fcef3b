//! The words in which settings and saved runs ask for images.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::set::Set;

/// Which images an experiment trains on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// The image set.
    pub set: Set,
    /// Where its files are.
    pub from: Origin,
    /// How many of its training images are used.
    pub images: Amount,
    /// How they are drawn.
    pub draw: Draw,
}

/// Where the files of a set are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// In the program: 7,000 training and 3,000 test images.
    BuiltIn,
    /// The full set, wherever [`super::search_folders`] finds it.
    Full,
    /// In this folder.
    Folder(PathBuf),
}

/// How many of the training images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Amount {
    /// So many images, at least 1.
    Count(usize),
    /// This share of the images, above 0 and at most 1.
    Fraction(f64),
}

/// How images are drawn, always without replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
pub enum Draw {
    /// Each image equally likely.
    Random,
    /// Each class with its share of the whole set, the images of a class equally likely.
    Stratified,
}
