//! A search: settings of the night that are bred for several situations at once, written down so that everybody can do it
//! again.
//!
//! A search is a recipe, some situations in which its night is to be good, and the parameters that may vary. Each situation has
//! a network for every seed, trained once. A *candidate* is one setting of the parameters; it is scored by putting each of these
//! networks to sleep with it, always with the same noise, and reading *validation images* afterwards: images of the training
//! part that the network was not trained on. Held-out images are never touched. The candidates of a generation follow from the
//! search and from the scores of the generations before alone, so a search is the same bit for bit however many threads do it,
//! and one that was cut short goes on where it was.

mod breeder;
mod check;
mod checkpoint;
mod images;
mod score;
mod space;

use serde::{Deserialize, Serialize};

use super::written::{self, Unreadable};
use super::{Recipe, RecipeError};
use crate::sim::night::NightParams;

pub use breeder::Breeder;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use score::{Candidate, Network, Outcome, Standing};

/// Most candidates that a search can have.
pub const MAX_CANDIDATES: usize = 1_000_000;

/// A search for settings of the night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Its name in files and on the command line: lower-case letters, digits and underscores.
    pub name: String,
    /// Its title for a person to read.
    pub title: String,
    /// What is looked for, and why so.
    pub note: String,
    /// What is common to all situations, with the night that the search begins with.
    pub recipe: Recipe,
    /// Decides which candidates are tried.
    pub seed: u64,
    /// In which situations the night is to be good.
    pub situations: Vec<Situation>,
    /// The seeds of the networks of each situation: their images, training, and the noise of their nights.
    pub seeds: Vec<u64>,
    /// What candidates are scored on.
    pub validation: Validation,
    /// What is varied.
    pub parameters: Vec<Searched>,
    /// Candidates of a generation.
    pub population: usize,
    /// Generations.
    pub generations: u32,
    /// How far the first generation spreads, as a share of each parameter's range (a standard deviation).
    pub first_step: f64,
    /// How much the worst loss of a situation takes from the score: 0 counts the mean alone, and with 1 a point that the worst
    /// situation loses takes a point.
    #[serde(default)]
    pub punish_loss: f64,
    /// A night whose neurons spike more often than this, a step on average, runs away: it is ended and counts as failed. So no
    /// candidate takes much longer than another.
    pub most_spikes: f64,
}

/// A situation in which the night is to be good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// What it is called.
    pub name: String,
    /// What it changes in the recipe: `path=value` as for [`Recipe::set`].
    pub set: Vec<String>,
    /// How much it counts.
    #[serde(default = "one")]
    pub weight: f64,
}

/// The weight of a situation that says none.
fn one() -> f64 {
    1.0
}

/// Which images candidates are scored on. All are of the training part of a set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Validation {
    /// So many images that the network was not trained on, drawn from the rest of the training part. The score is sure, but
    /// somebody who has few images does not have these.
    Others(usize),
    /// This share of the chosen images, which the network is then not trained on: what somebody who has no other images can do.
    /// The network sees fewer images, and the score is less sure.
    Share(f64),
}

/// A parameter of the night that is varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Searched {
    /// Which one: a path as in [`super::PARAMETERS`].
    pub path: String,
    /// Of which layer, the first hidden one being 1, where there is one for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<usize>,
    /// The smallest value that is tried.
    pub from: f64,
    /// The largest.
    pub to: f64,
    /// Whether steps are factors; as the slider of the parameter if it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
}

/// How a parameter is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// In steps.
    Linear,
    /// In factors.
    Log,
}

/// A search that cannot be done.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SearchError {
    /// The text is no search.
    #[error("the search {0}")]
    Unreadable(#[from] Unreadable),
    /// Something in it makes no sense.
    #[error("{place} {fault}")]
    Senseless {
        /// Where in the search.
        place: String,
        /// What is wrong, and what would be right.
        fault: String,
    },
    /// One of its recipes makes no sense.
    #[error("in the situation {situation:?}, {fault}")]
    Recipe {
        /// The situation.
        situation: String,
        /// What is wrong with its recipe.
        fault: RecipeError,
    },
}

/// The searches that come with the program.
const FILES: [&str; 5] = [
    include_str!("../../assets/searches/four_situations.ron"),
    include_str!("../../assets/searches/four_situations_whole_image.ron"),
    include_str!("../../assets/searches/one_per_cent_whole_image.ron"),
    include_str!("../../assets/searches/careful_night.ron"),
    include_str!("../../assets/searches/first_steps.ron"),
];

/// Every search that comes with the program.
pub fn searches() -> Vec<Search> {
    FILES
        .iter()
        .map(|text| Search::from_ron(text).expect("the shipped searches are checked by a test"))
        .collect()
}

impl Search {
    /// Reads a search from RON and checks it.
    pub fn from_ron(text: &str) -> Result<Self, SearchError> {
        let search: Self = written::from_ron(text)?;
        search.validate()?;
        Ok(search)
    }

    /// Writes the search as RON that a person can read and edit.
    pub fn to_ron(&self) -> String {
        written::to_ron(self)
    }

    /// Every network: its situation and its seed, in the order of the search.
    pub fn networks(&self) -> Vec<(usize, u64)> {
        let situations = 0..self.situations.len();
        situations
            .flat_map(|situation| self.seeds.iter().map(move |&seed| (situation, seed)))
            .collect()
    }

    /// The recipe of a network, with the night that the search begins with.
    ///
    /// # Errors
    /// If what the situation changes makes no sense.
    pub fn recipe_of(&self, situation: usize, seed: u64) -> Result<Recipe, SearchError> {
        let situation = &self.situations[situation];
        let fault = |fault| SearchError::Recipe {
            situation: situation.name.clone(),
            fault,
        };
        let mut recipe = self.recipe.clone();
        for assignment in &situation.set {
            recipe.set(assignment).map_err(fault)?;
        }
        recipe.seed = seed;
        recipe.validate().map_err(fault)?;
        Ok(recipe)
    }

    /// The night of a candidate.
    pub fn night_of(&self, values: &[f64]) -> NightParams {
        let mut recipe = self.recipe.clone();
        for (parameter, &value) in self.parameters.iter().zip(values) {
            parameter.put(&mut recipe, value);
        }
        recipe.night
    }

    /// The values of the parameters in the night that the search begins with.
    pub fn first_values(&self) -> Vec<f64> {
        let parameters = self.parameters.iter();
        parameters
            .map(|parameter| parameter.value_in(&self.recipe).unwrap_or(parameter.from))
            .collect()
    }

    /// Candidates of all generations, the night that the search begins with among them.
    pub fn candidates(&self) -> usize {
        1 + self.population * self.generations as usize
    }

    /// The numbers of a generation's candidates, the first generation being 1. Number 0 is the night that the search begins
    /// with.
    pub fn numbers(&self, generation: u32) -> std::ops::Range<usize> {
        let first = 1 + self.population * (generation.max(1) - 1) as usize;
        first..first + self.population
    }

    /// The generation of a candidate; 0 for the night that the search begins with.
    pub fn generation_of(&self, number: usize) -> u32 {
        number.div_ceil(self.population.max(1)) as u32
    }

    /// Whether it finds the same candidates and scores as another one: only words, and how many generations, may differ.
    pub fn finds_the_same(&self, other: &Self) -> bool {
        let bare = |search: &Self| Self {
            title: String::new(),
            note: String::new(),
            generations: 1,
            recipe: Recipe {
                name: String::new(),
                note: String::new(),
                ..search.recipe.clone()
            },
            ..search.clone()
        };
        bare(self) == bare(other)
    }

    /// A candidate as a recipe of its own: the first situation, with its night, and a note that says where it comes from.
    ///
    /// # Errors
    /// If the first situation makes no sense.
    pub fn preset(&self, candidate: &Candidate) -> Result<Recipe, SearchError> {
        let recipe = self.recipe_of(0, self.recipe.seed)?;
        let score = candidate.score.map_or_else(
            || "failed".to_owned(),
            |score| format!("scored {:.2} % on validation images", 100.0 * score),
        );
        Ok(Recipe {
            name: format!("{}, candidate {}", self.title, candidate.number),
            note: format!(
                "Candidate {} of the search {} (seed {}, generation {}), found by CMA-ES with version {} of the program; it {score} \
                 of the training part that its networks were not trained on, never on held-out images.",
                candidate.number,
                self.name,
                self.seed,
                self.generation_of(candidate.number),
                candidate.version,
            ),
            night: self.night_of(&candidate.values),
            ..recipe
        })
    }
}
