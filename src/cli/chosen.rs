//! The recipe that the arguments name: a preset or a file, with the changes asked for.

use std::path::{Path, PathBuf};

use super::RecipeArgs;
use super::failure::Failure;
use crate::data::Origin;
use crate::experiment::{Recipe, find_preset, presets};
use crate::run::{read_recipe, read_text};

/// The preset that is taken if none is named.
pub const DEFAULT: &str = "one_per_cent";
/// The longest text that is taken for a recipe or a config, in bytes.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// The recipe of a preset or of a file, with its images from a folder if one is given. A preset comes before a file of
/// the same name; `./name` is the file.
pub fn recipe(name: &str, data: Option<&PathBuf>) -> Result<Recipe, Failure> {
    let mut recipe = if let Some(preset) = find_preset(name) {
        preset.recipe
    } else {
        let path = Path::new(name);
        if !path.exists() {
            let ids: Vec<&str> = presets().iter().map(|preset| preset.id).collect();
            return Err(Failure::wrong(format!(
                "{name} is neither a file nor a preset; the presets are {}",
                ids.join(", ")
            )));
        }
        read_recipe(path).map_err(Failure::wrong)?
    };
    if let Some(folder) = data {
        recipe.data.from = Origin::Folder(folder.clone());
    }
    Ok(recipe)
}

/// The recipe with every change asked for, checked.
pub fn changed(args: &RecipeArgs) -> Result<Recipe, Failure> {
    let mut recipe = recipe(&args.recipe, args.data.as_ref())?;
    if let Some(seed) = args.seed {
        recipe.seed = seed;
    }
    for assignment in &args.set {
        recipe.set(assignment)?;
    }
    recipe.validate()?;
    Ok(recipe)
}

/// The text of a small file.
pub fn text(path: &Path) -> Result<String, Failure> {
    read_text(path, MAX_TEXT_BYTES)
        .map_err(|reason| Failure::wrong(format!("{} cannot be read: {reason}", path.display())))
}
