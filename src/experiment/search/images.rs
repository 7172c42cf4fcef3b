//! Which images a network of a search is trained on, and which it is scored on.

use super::{Checkpoint, Search, Validation};
use crate::data::Dataset;
use crate::experiment::protocol::validation_images;
use crate::experiment::{CheckpointError, ImageUse, Library, Part, Purpose, Recipe, SearchError};
use crate::sim::night::Alpha;
use crate::text::grouped;

/// Positions in the training part of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Split {
    /// What the network is trained on, and what sets the mean image and the gains of its nights.
    pub train: Vec<usize>,
    /// What candidates are scored on.
    pub validation: Vec<usize>,
}

impl Search {
    /// The images of a network. Only the training part of the set is looked at.
    pub(super) fn split(&self, recipe: &Recipe, dataset: &Dataset) -> Result<Split, CheckpointError> {
        let mut train = recipe.training_images(dataset)?;
        let validation = match self.validation {
            Validation::Others(count) => others(recipe, dataset, count)?,
            Validation::Share(share) => {
                let kept = train.len() - validation_images(train.len(), share);
                train.split_off(kept)
            }
        };
        if train.is_empty() || validation.is_empty() {
            let fault = format!("leaves no image to train on or to score on, of {}", train.len());
            return Err(senseless(fault));
        }
        Ok(Split { train, validation })
    }

    /// Which images a network uses for what: none of them is held out.
    ///
    /// # Errors
    /// If the situation makes no sense, or if the images cannot be had.
    pub fn image_use(&self, situation: usize, seed: u64, library: &Library) -> Result<Vec<ImageUse>, CheckpointError> {
        let recipe = self.recipe_of(situation, seed)?;
        let dataset = library.get(&recipe.data)?;
        let split = self.split(&recipe, &dataset)?;
        let phase = Checkpoint::name_of(self, situation, seed);
        let note = |purpose, images: &[usize]| ImageUse {
            phase: phase.clone(),
            purpose,
            set: dataset.set,
            part: Part::Training,
            images: images.to_vec(),
        };
        let mut uses = vec![
            note(Purpose::Training, &split.train),
            note(Purpose::MeanImage, &split.train),
            note(Purpose::Validation, &split.validation),
        ];
        if matches!(recipe.night.alpha, Alpha::FromData { .. }) {
            uses.push(note(Purpose::Scaling, &split.train));
        }
        Ok(uses)
    }
}

/// So many of the images that were not chosen, each equally likely.
fn others(recipe: &Recipe, dataset: &Dataset, count: usize) -> Result<Vec<usize>, CheckpointError> {
    let mut others = recipe.validation_images(dataset)?;
    if others.len() < count {
        let (count, left) = (grouped(count as u64), grouped(others.len() as u64));
        let fault = format!("wants {count} images, but the set has {left} beside those trained on: take fewer");
        return Err(senseless(fault));
    }
    others.truncate(count);
    Ok(others)
}

/// What to say of a validation that the images do not give.
fn senseless(fault: String) -> CheckpointError {
    CheckpointError::Search(SearchError::Senseless {
        place: "validation".to_owned(),
        fault,
    })
}
