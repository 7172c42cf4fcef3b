//! The words in which settings and saved runs ask for images.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::error::DataError;
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
    /// Which classes have fewer images than were drawn.
    #[serde(default, skip_serializing_if = "Balance::is_as_drawn")]
    pub balance: Balance,
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

/// How many of the drawn images of each class are used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Balance {
    /// All that were drawn.
    #[default]
    AsDrawn,
    /// Of one class only a share, of the others all.
    OneRare {
        /// The class, from 0.
        class: u8,
        /// The share that is kept, above 0 and at most 1.
        share: f64,
    },
    /// A geometric long tail: all of class 0, and of each further class the same factor less.
    LongTail {
        /// How many times more is kept of the first class than of the last, at least 1.
        ratio: f64,
    },
    /// So many images of each class, drawn from the whole set: the number of images and the draw do not count then.
    Counts(Vec<usize>),
}

impl Balance {
    /// Whether all images are used that were drawn.
    pub fn is_as_drawn(&self) -> bool {
        *self == Self::AsDrawn
    }

    /// The share of its drawn images that each of so many classes keeps.
    ///
    /// # Errors
    /// One sentence if there is no such class, or if a share or ratio makes no sense.
    pub fn shares(&self, classes: usize) -> Result<Vec<f64>, DataError> {
        let refuse = |reason: String| Err(DataError::BadBalance { reason });
        match *self {
            Self::AsDrawn | Self::Counts(_) => Ok(vec![1.0; classes]),
            Self::OneRare { class, .. } if usize::from(class) >= classes => refuse(format!(
                "there is no class {class}: choose one from 0 to {}",
                classes.saturating_sub(1)
            )),
            Self::OneRare { share, .. } if !(share > 0.0 && share <= 1.0) => refuse(format!(
                "{share} is not a share of the images of a class: choose more than 0 and at most 1"
            )),
            Self::OneRare { class, share } => {
                let share_of = |this| if this == usize::from(class) { share } else { 1.0 };
                Ok((0..classes).map(share_of).collect())
            }
            Self::LongTail { ratio } if !(1.0..=1e6).contains(&ratio) => refuse(format!(
                "a class cannot have {ratio} times more images than another: choose 1 to 1000000"
            )),
            Self::LongTail { ratio } => {
                let last = classes.saturating_sub(1).max(1) as f64;
                Ok((0..classes).map(|class| ratio.powf(-(class as f64) / last)).collect())
            }
        }
    }
}
