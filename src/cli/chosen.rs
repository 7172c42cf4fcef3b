//! What the arguments name: a recipe with the changes asked for, a protocol or a search, each shipped or in a file.

use std::fmt::Display;
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
            return Err(neither(name, ["preset", "presets"], &ids));
        }
        read_recipe(path).map_err(Failure::wrong)?
    };
    if let Some(folder) = data {
        recipe.data.from = Origin::Folder(folder.clone());
    }
    Ok(recipe)
}

/// What comes with the program under this name, or stands in this file, read from RON. `words` is what it is called, one of them and
/// many.
pub fn find<T, E: Display>(
    name: &str,
    words: [&str; 2],
    mut shipped: Vec<T>,
    name_of: fn(&T) -> &str,
    from_ron: fn(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let path = Path::new(name);
    if let Some(place) = shipped.iter().position(|it| name_of(it) == name) {
        return Ok(shipped.swap_remove(place));
    }
    if !path.exists() {
        let names: Vec<&str> = shipped.iter().map(name_of).collect();
        return Err(neither(name, words, &names));
    }
    from_ron(&text(path)?).map_err(|error| Failure::wrong(format!("{}: {error}", path.display())))
}

/// What to say of a name that is neither known nor a file.
fn neither(name: &str, [one, many]: [&str; 2], known: &[&str]) -> Failure {
    Failure::wrong(format!(
        "{name} is neither a file nor a {one}; the {many} are {}",
        known.join(", ")
    ))
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
