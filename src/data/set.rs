//! The image sets by name, and the names of their classes.

use serde::{Deserialize, Serialize};

/// Which image set: one of the two published ones, or a person's own.
///
/// Parsed from either of its names, in any case.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantArray,
)]
#[strum(ascii_case_insensitive)]
pub enum Set {
    /// Handwritten digits (`LeCun` et al. 1998).
    #[strum(to_string = "MNIST")]
    Mnist,
    /// Pictures of clothes (Xiao, Rasul and Vollgraf 2017).
    #[strum(to_string = "Fashion-MNIST", serialize = "fashion-mnist")]
    FashionMnist,
    /// A person's own IDX files.
    #[strum(to_string = "Own images", serialize = "own")]
    Own,
}

impl Set {
    /// The name in commands and folders: `mnist`, `fashion-mnist` or `own`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Own => "own",
        }
    }

    /// The name for a person to read; also what `Display` writes.
    pub fn title(self) -> &'static str {
        match self {
            Self::Mnist => "MNIST",
            Self::FashionMnist => "Fashion-MNIST",
            Self::Own => "Own images",
        }
    }

    /// How many classes the published set has; `None` for own images, whose labels say it.
    pub fn classes(self) -> Option<usize> {
        match self {
            Self::Mnist | Self::FashionMnist => Some(10),
            Self::Own => None,
        }
    }

    /// The names of the first `classes` classes, in the order of their labels.
    pub fn class_names(self, classes: usize) -> Vec<String> {
        const CLOTHES: [&str; 10] = [
            "T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot",
        ];
        (0..classes)
            .map(|class| match (self, CLOTHES.get(class)) {
                (Self::FashionMnist, Some(name)) => (*name).to_owned(),
                _ => class.to_string(),
            })
            .collect()
    }
}
