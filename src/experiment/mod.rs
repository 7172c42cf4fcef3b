//! What is done in which order: recipes, presets, and trials over seeds.

mod parameter;
mod preset;
mod recipe;

pub use parameter::{Access, PARAMETERS, Parameter, parameter};
pub use preset::{Preset, find_preset, presets};
pub use recipe::{NetworkSpec, Recipe, RecipeError};
