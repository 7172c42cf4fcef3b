//! A protocol: an experiment of many trials, written down so that everybody can do it again.
//!
//! A protocol is a recipe, some axes along which the recipe is varied, and a plan of what is done with each variant. A
//! *point* is one variant; a *job* is one trial of one point. A job depends on the protocol, its point and its seed alone,
//! so jobs can be done in any order, on any number of cores or machines.

mod change;
mod check;
mod curriculum;
mod evening;
mod finding;
mod images;
mod job;
mod library;
mod measure;
mod phase;
mod rivals;
mod scarce;
mod sleep;
mod summary;
mod tasks;
mod usage;

use serde::{Deserialize, Serialize};

use super::written::{self, Unreadable};
use super::{Recipe, RecipeError};
use crate::data::Set;
use crate::sim::conditions::Hardship;
use crate::sim::train::TrainParams;

pub use change::ChangeControl;
pub use evening::{Evening, Made};
pub use finding::{ACCURACY, EPOCHS, Finding, findings_of};
pub use job::{Job, JobError, run_job};
pub use library::Library;
pub use measure::{Unit, unit_of};
pub use phase::{AFTER, BEFORE, GAIN, NIGHT, SLEEP, TUNING_GAIN, against, arm_of, difference};
pub(super) use rivals::validation_images;
pub(super) use sleep::sleep_through;
pub use sleep::{Dreamland, Morning};
pub use summary::{RISING, Row, Values, summarise, values};
pub use usage::{ImageUse, Leak, Part, Purpose, leaks};

/// Most jobs that a protocol can have.
pub const MAX_JOBS: usize = 100_000;

/// An experiment of many trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protocol {
    /// Its name in files and on the command line: lower-case letters, digits and underscores.
    pub name: String,
    /// Its title for a person to read.
    pub title: String,
    /// What is asked, and where it was asked before.
    pub note: String,
    /// Trials of each point; their seeds are that of the recipe, the next one, and so on.
    pub trials: u32,
    /// What is varied along the axes.
    pub recipe: Recipe,
    /// The axes; the points are all combinations, the last axis fastest.
    pub axes: Vec<Axis>,
    /// What is done with each variant.
    pub plan: Plan,
    /// Numbers that others published, to stand beside ours.
    #[serde(default)]
    pub published: Vec<Published>,
}

/// One thing that is varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Axis {
    /// What it is called, as the head of a column.
    pub name: String,
    /// Its values.
    pub levels: Vec<Level>,
}

/// One value on an axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What it is called.
    pub name: String,
    /// What it changes in the recipe: `path=value` as for [`Recipe::set`].
    pub set: Vec<String>,
}

/// What is done with each variant of the recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Plan {
    /// One network, one night: tested before, after, and in its place under each control.
    Night {
        /// Training on the same images, after the night and, as a control, without it; that of the recipe if it is none.
        #[serde(default)]
        fine_tuning: Option<TrainParams>,
        /// What else is done to the trained network in place of the night.
        #[serde(default)]
        controls: Vec<Control>,
        /// Held-out images made harder to read, each in turn, before and after the night.
        #[serde(default)]
        conditions: Vec<Condition>,
        /// The images to train on are distorted: a condition on images, not on networks.
        #[serde(default)]
        trained_under: Option<Condition>,
        /// Whether weights and activations are looked at before and after.
        #[serde(default)]
        look: bool,
    },
    /// One task after another, each with some of the classes.
    Tasks {
        /// The classes of each task.
        tasks: Vec<Vec<u8>>,
        /// Training images of each task; all there are if there are fewer.
        images: usize,
        /// Steps that a night is longer for every task after the first.
        longer: u64,
        /// The ways it is done, each from the newborn network.
        arms: Vec<Arm>,
    },
}

/// A condition under which networks are tested.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What makes the test harder.
    pub of: Hardship,
    /// How strong, in its own unit.
    pub strength: f64,
}

impl Condition {
    /// What is measured under it.
    pub fn measure(self) -> String {
        format!("accuracy under {:?} {}", self.of, self.strength)
    }
}

/// Something done to the trained network in place of the night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub by: Rival,
}

/// What is done in place of the night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Rival {
    /// A night with some settings changed: `path=value` as for [`Recipe::set`].
    Settings(Vec<String>),
    /// The same night, with the mean image of another set (the whole training part of it), at the same total rate.
    ForeignMean(Set),
    /// The same night, with the pixels of its mean image shuffled.
    ShuffledPixels,
    /// What the night changed, put elsewhere.
    Change(ChangeControl),
    /// No night: each output divided by its mean over the training images.
    RescaledOutputs,
    /// No night: every weight of a layer moved towards 0 by the same amount, and no further than 0, such that the layer changes
    /// by as much as in the night. (Shrinking a layer by one factor would change no reading of a network without biases.)
    WeightDecay,
    /// No night: the training goes on on the same images, as fine-tuning after a night does.
    FineTuning(TrainParams),
    /// No night: another training of the newborn network, on the chosen images but a share of them, stopped where these are
    /// read best.
    EarlyStopping {
        /// Share of the chosen images that is held back, above 0 and below 1.
        share: f64,
        /// Most epochs.
        epochs: u32,
        /// Epochs without a better one after which it ends; with `None` it goes on to the last.
        #[serde(default)]
        patience: Option<u32>,
    },
}

/// One way to learn several tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// What it is called.
    pub name: String,
    /// The night after each task, if there is one.
    #[serde(default)]
    pub sleep: Option<Dreamt>,
    /// Share of the images of each earlier task that is mixed into the training on a later one, 0 to 1.
    #[serde(default)]
    pub rehearsal: f64,
    /// All tasks are learned together, as one.
    #[serde(default)]
    pub at_once: bool,
    /// What the night changed is put elsewhere before it counts.
    #[serde(default)]
    pub change: Option<ChangeControl>,
    /// What its nights have otherwise: `night.path=value` as for [`Recipe::set`].
    #[serde(default)]
    pub night: Vec<String>,
    /// For tests alone, the outputs of the classes seen so far are divided by their mean over the images seen so far.
    #[serde(default)]
    pub rescaled: bool,
}

/// Whose mean image is dreamt of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dreamt {
    /// Of all images seen so far, as in the reference.
    Seen,
    /// Of the images of the last task only.
    Current,
    /// Of all images seen so far, with every pixel alike.
    Uniform,
    /// Of all images seen so far, with the pixels of the mean shuffled.
    ShuffledPixels,
    /// Of the whole training part of another set, at the same total rate.
    Foreign(Set),
}

/// A number that somebody published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// The level on each axis that it belongs to, in the order of the axes; an empty name stands for any.
    pub at: Vec<String>,
    /// The phase, as in [`Finding::phase`], or the difference of two: "sleep and fine-tuning against before".
    pub phase: String,
    /// The measure, as in [`Finding::measure`].
    pub measure: String,
    /// What was published, in words and per cent.
    pub value: String,
    /// Between which bounds our mean is what was published, in the unit of the measure; `None` where words say no number.
    #[serde(default)]
    pub within: Option<(f64, f64)>,
    /// Where.
    pub source: String,
}

/// A protocol that cannot be run.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ProtocolError {
    /// The text is no protocol.
    #[error("the protocol {0}")]
    Unreadable(#[from] Unreadable),
    /// Something in it makes no sense.
    #[error("{place} {fault}")]
    Senseless {
        /// Where in the protocol.
        place: String,
        /// What is wrong, and what would be right.
        fault: String,
    },
    /// One of its recipes makes no sense.
    #[error("at {point}, {fault}")]
    Recipe {
        /// The point, or the control.
        point: String,
        /// What is wrong with the recipe.
        fault: RecipeError,
    },
}

/// The protocols that come with the program.
const FILES: [&str; 11] = [
    include_str!("../../assets/protocols/built_in_images.ron"),
    include_str!("../../assets/protocols/limited_data.ron"),
    include_str!("../../assets/protocols/first_look.ron"),
    include_str!("../../assets/protocols/imbalance.ron"),
    include_str!("../../assets/protocols/forgetting.ron"),
    include_str!("../../assets/protocols/forgetting_rehearsal.ron"),
    include_str!("../../assets/protocols/forgetting_controls.ron"),
    include_str!("../../assets/protocols/forgetting_halves.ron"),
    include_str!("../../assets/protocols/noise_and_blur.ron"),
    include_str!("../../assets/protocols/trained_on_noise.ron"),
    include_str!("../../assets/protocols/controls.ron"),
];

/// Every protocol that comes with the program.
pub fn protocols() -> Vec<Protocol> {
    FILES
        .iter()
        .map(|text| Protocol::from_ron(text).expect("the shipped protocols are checked by a test"))
        .collect()
}

impl Published {
    /// Whether it belongs to the point with these levels.
    pub fn is_of(&self, levels: &[&Level]) -> bool {
        let mut at = self.at.iter().zip(levels);
        at.all(|(wanted, level)| wanted.is_empty() || *wanted == level.name)
    }
}

impl Protocol {
    /// Reads a protocol from RON and checks it.
    pub fn from_ron(text: &str) -> Result<Self, ProtocolError> {
        let protocol: Self = written::from_ron(text)?;
        protocol.validate()?;
        Ok(protocol)
    }

    /// Writes the protocol as RON that a person can read and edit.
    pub fn to_ron(&self) -> String {
        written::to_ron(self)
    }

    /// Number of points.
    pub fn points(&self) -> usize {
        self.axes.iter().map(|axis| axis.levels.len()).product()
    }

    /// The levels of a point, one an axis.
    ///
    /// # Panics
    /// If there are not so many points.
    pub fn levels(&self, point: usize) -> Vec<&Level> {
        assert!(point < self.points(), "there are {} points", self.points());
        let places = self.places(point).into_iter().zip(&self.axes);
        places.map(|(place, axis)| &axis.levels[place]).collect()
    }

    /// The place of a point's level on each axis, counted from 0: the last axis is the one that is gone through first.
    pub fn places(&self, point: usize) -> Vec<usize> {
        let mut left = point;
        let mut places = vec![0; self.axes.len()];
        for (place, axis) in places.iter_mut().zip(&self.axes).rev() {
            let levels = axis.levels.len().max(1);
            *place = left % levels;
            left /= levels;
        }
        places
    }

    /// The recipe of a trial of a point.
    pub fn recipe_of(&self, job: Job) -> Result<Recipe, ProtocolError> {
        let mut recipe = self.recipe.clone();
        let levels = self.levels(job.point);
        let place = || {
            let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
            if names.is_empty() {
                "the recipe".to_owned()
            } else {
                names.join(", ")
            }
        };
        let fault = |fault| ProtocolError::Recipe { point: place(), fault };
        for assignment in levels.iter().flat_map(|level| &level.set) {
            recipe.set(assignment).map_err(fault)?;
        }
        recipe.seed = self.seed_of(job.trial);
        recipe.validate().map_err(fault)?;
        Ok(recipe)
    }

    /// Most trials that each point can have: there are only so many jobs, and so many seeds.
    pub fn most_trials(&self) -> u32 {
        let trials = (MAX_JOBS / self.points().max(1)) as u64;
        u32::try_from(trials.min(u64::MAX - self.recipe.seed)).unwrap_or(u32::MAX)
    }

    /// The sets whose mean images are dreamt of in place of the one that the network was trained on.
    pub fn foreign_sets(&self) -> Vec<Set> {
        match &self.plan {
            Plan::Night { controls, .. } => {
                let foreign = controls.iter().filter_map(|control| match control.by {
                    Rival::ForeignMean(set) => Some(set),
                    _ => None,
                });
                foreign.collect()
            }
            Plan::Tasks { arms, .. } => {
                let foreign = arms.iter().filter_map(|arm| match arm.sleep {
                    Some(Dreamt::Foreign(set)) => Some(set),
                    _ => None,
                });
                foreign.collect()
            }
        }
    }

    /// Whether it finds the same numbers as another one, trial by trial: only words, and how many trials, may differ.
    pub fn finds_the_same(&self, other: &Self) -> bool {
        let bare = |protocol: &Self| Self {
            title: String::new(),
            note: String::new(),
            trials: 1,
            published: Vec::new(),
            recipe: Recipe {
                name: String::new(),
                note: String::new(),
                ..protocol.recipe.clone()
            },
            ..protocol.clone()
        };
        bare(self) == bare(other)
    }

    /// Whether the same seeds learn the same tasks as in another one: its ways of learning may differ.
    pub fn learns_the_same(&self, other: &Self) -> bool {
        let without_arms = |protocol: &Self| {
            let mut bare = Self {
                name: String::new(),
                ..protocol.clone()
            };
            if let Plan::Tasks { arms, .. } = &mut bare.plan {
                arms.clear();
            }
            bare
        };
        without_arms(self).finds_the_same(&without_arms(other))
    }

    /// The seed of a trial.
    pub fn seed_of(&self, trial: u32) -> u64 {
        self.recipe.seed.saturating_add(u64::from(trial))
    }

    /// Every job, point by point.
    pub fn jobs(&self) -> impl Iterator<Item = Job> + use<> {
        let trials = self.trials;
        (0..self.points()).flat_map(move |point| (0..trials).map(move |trial| Job { point, trial }))
    }
}
