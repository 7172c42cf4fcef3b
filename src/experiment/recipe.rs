//! A recipe: everything that decides a run, and nothing else.

use serde::{Deserialize, Serialize};

use super::written::{self, Unreadable};
use super::{PARAMETERS, presets};
use crate::data::{self, Balance, DataError, DataSpec, Dataset};
use crate::sim::mlp::Output;
use crate::sim::night::{Alpha, Gate, NightParams};
use crate::sim::rng::{self, Stream};
use crate::sim::train::TrainParams;

/// Most hidden layers a network can have.
pub const MAX_HIDDEN_LAYERS: usize = 8;
/// Most units a hidden layer can have.
pub const MAX_UNITS: usize = 8192;

/// Everything that decides a run. The same recipe on the same data is the same run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// What a person calls it.
    pub name: String,
    /// A sentence or two: what it shows, where its values come from.
    #[serde(default)]
    pub note: String,
    /// Decides every random number of the run.
    pub seed: u64,
    /// The images, and how many of them.
    pub data: DataSpec,
    /// The network at birth.
    pub network: NetworkSpec,
    /// The training.
    pub training: TrainParams,
    /// The night.
    pub night: NightParams,
    /// Training on the same images after the night, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_tuning: Option<TrainParams>,
}

/// The network at birth. The data decide the number of inputs and outputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Weights are born uniform in `[-start_weights, start_weights]`.
    pub start_weights: f64,
    /// What the output units do.
    #[serde(default)]
    pub output: Output,
}

/// A recipe that cannot be run.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum RecipeError {
    /// A value lies outside what makes sense.
    #[error("{path} is {value}, but must be {allowed}")]
    OutOfRange {
        /// Where in the recipe.
        path: String,
        /// What stands there.
        value: String,
        /// What could stand there, in words.
        allowed: String,
    },
    /// The text is no recipe.
    #[error("the recipe {0}")]
    Unreadable(#[from] Unreadable),
    /// A setting that does not exist, or a value it cannot take.
    #[error("cannot set {path}: {reason}")]
    Setting {
        /// Where in the recipe.
        path: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

impl Recipe {
    /// The fine-tuning that one begins with: gentler than the training, and short.
    pub fn usual_fine_tuning() -> TrainParams {
        TrainParams {
            epochs: 1,
            learning_rate: 0.03,
            momentum: 0.5,
            batch: 100,
            dropout: 0.25,
        }
    }

    /// Reads a recipe from RON and checks it.
    pub fn from_ron(text: &str) -> Result<Self, RecipeError> {
        let recipe: Self = written::from_ron(text)?;
        recipe.validate()?;
        Ok(recipe)
    }

    /// Writes the recipe as RON that a person can read and edit.
    pub fn to_ron(&self) -> String {
        written::to_ron(self)
    }

    /// The positions of the training images that a run of this recipe is trained on.
    ///
    /// # Errors
    /// If the set does not have such images.
    pub fn training_images(&self, dataset: &Dataset) -> Result<Vec<usize>, DataError> {
        let rng = &mut rng::stream(self.seed, Stream::Subset, 0);
        data::choose_for(&dataset.train, dataset.classes, &self.data, rng)
    }

    /// Checks every value; the first that makes no sense is named.
    pub fn validate(&self) -> Result<(), RecipeError> {
        self.check_ranges("")?;
        let hidden = &self.network.hidden;
        if !(1..=MAX_HIDDEN_LAYERS).contains(&hidden.len()) {
            return refuse(
                "network.hidden",
                format!("{} layers", hidden.len()),
                format!("1 to {MAX_HIDDEN_LAYERS} layers"),
            );
        }
        if let Some(units) = hidden.iter().find(|&&units| !(1..=MAX_UNITS).contains(&units)) {
            return refuse(
                "network.hidden",
                format!("{units} units"),
                format!("1 to {MAX_UNITS} units a layer"),
            );
        }
        self.check_balance()?;
        check_layers(&self.night, hidden.len() + 1)
    }

    /// Checks how many images each class is to have, as far as that can be done without the images.
    fn check_balance(&self) -> Result<(), RecipeError> {
        let classes = self.data.set.classes();
        let refuse = |value: String, allowed: String| refuse("data.balance", value, allowed);
        match &self.data.balance {
            Balance::OneRare { share, .. } if !(*share > 0.0 && *share <= 1.0) => refuse(
                format!("a share of {share}"),
                "a share above 0 and at most 1 of the images of a class".to_owned(),
            ),
            Balance::OneRare { class, .. } if classes.is_some_and(|classes| usize::from(*class) >= classes) => {
                let last = classes.unwrap_or_default().saturating_sub(1);
                refuse(format!("class {class}"), format!("a class from 0 to {last}"))
            }
            Balance::LongTail { ratio } if !(1.0..=1e6).contains(ratio) => refuse(
                format!("{ratio} times more images of one class than of another"),
                "1 to 1000000 times".to_owned(),
            ),
            Balance::Counts(counts) if classes.is_some_and(|classes| counts.len() != classes) => refuse(
                format!("numbers of images for {} classes", counts.len()),
                format!("{} numbers, one for each class", classes.unwrap_or_default()),
            ),
            Balance::Counts(counts) if counts.iter().all(|&count| count == 0) => {
                refuse("no image of any class".to_owned(), "at least one image".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Checks the numbers whose path begins with `prefix` against their ranges.
    fn check_ranges(&self, prefix: &str) -> Result<(), RecipeError> {
        for parameter in PARAMETERS.iter().filter(|parameter| parameter.path.starts_with(prefix)) {
            for value in parameter.values(self) {
                if !parameter.range.contains(&value) {
                    let (low, high) = (parameter.range.start(), parameter.range.end());
                    return refuse(parameter.path, value.to_string(), format!("from {low} to {high}"));
                }
            }
        }
        Ok(())
    }
}

/// Checks a night that is not part of a recipe, for a network of so many layers after the input.
pub fn check_night(night: &NightParams, layers: usize) -> Result<(), RecipeError> {
    // The table of ranges speaks of recipes; what else is in this one does not matter.
    let carrier = Recipe {
        night: night.clone(),
        ..presets().swap_remove(0).recipe
    };
    carrier.check_ranges("night.")?;
    check_layers(night, layers)
}

/// Checks what of a night depends on the number of layers, and its gate.
fn check_layers(night: &NightParams, layers: usize) -> Result<(), RecipeError> {
    if night.beta.len() != layers {
        return refuse(
            "night.beta",
            format!("{} thresholds", night.beta.len()),
            format!("{layers} thresholds, one for each layer after the input"),
        );
    }
    if let Alpha::Given(alpha) = &night.alpha
        && (alpha.len() != layers || alpha.iter().any(|gain| !(0.0..=1e6).contains(gain)))
    {
        return refuse(
            "night.alpha",
            format!("{alpha:?}"),
            format!("{layers} gains from 0 to 1000000, one a layer"),
        );
    }
    if let Gate::SoftBounds { bound } = night.gate
        && night.inc.max(night.dec) > f64::from(bound)
    {
        return refuse(
            "night.gate",
            format!("a bound of {bound}"),
            "at least as large as night.inc and night.dec, or one change could pass it".to_owned(),
        );
    }
    if let Gate::SoftBounds { bound } = night.gate
        && !(1e-6..=1e6).contains(&bound)
    {
        return refuse(
            "night.gate",
            format!("a bound of {bound}"),
            "a bound from 0.000001 to 1000000".to_owned(),
        );
    }
    Ok(())
}

/// Says that a value lies outside what makes sense.
fn refuse(path: &str, value: String, allowed: String) -> Result<(), RecipeError> {
    Err(RecipeError::OutOfRange {
        path: path.to_owned(),
        value,
        allowed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches numbers of images that cannot be and are found out only when the images are there.
    #[test]
    fn images_of_classes_are_checked_before_there_are_any() {
        let mut recipe = presets().swap_remove(0).recipe;
        for (balance, says) in [
            (
                Balance::OneRare { class: 3, share: 0.0 },
                "a share of 0, but must be a share above 0",
            ),
            (
                Balance::OneRare { class: 10, share: 0.5 },
                "class 10, but must be a class from 0 to 9",
            ),
            (Balance::LongTail { ratio: f64::NAN }, "1 to 1000000 times"),
            (
                Balance::Counts(vec![5; 9]),
                "numbers of images for 9 classes, but must be 10 numbers",
            ),
            (Balance::Counts(vec![0; 10]), "at least one image"),
        ] {
            recipe.data.balance = balance;
            let error = recipe.validate().unwrap_err().to_string();
            assert!(error.starts_with("data.balance is ") && error.contains(says), "{error}");
        }
        for balance in [
            Balance::OneRare { class: 9, share: 1.0 },
            Balance::LongTail { ratio: 20.0 },
            Balance::Counts(vec![0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ] {
            recipe.data.balance = balance;
            recipe.validate().unwrap();
        }
    }
}
