//! What is done in which order: recipes, presets, and trials over seeds.

#[expect(clippy::module_inception, reason = "the run itself is what the module is called for")]
mod experiment;
mod parameter;
mod preset;
mod recipe;

pub use experiment::{Experiment, ExperimentError, Stage};
pub use parameter::{Access, PARAMETERS, Parameter, parameter};
pub use preset::{Preset, find_preset, presets};
pub use recipe::{NetworkSpec, Recipe, RecipeError};
