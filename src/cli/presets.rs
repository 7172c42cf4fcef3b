//! `somnoscope presets`: the recipes that come with the program.

use super::failure::Failure;
use super::output::{say, table};
use crate::experiment::{find_preset, presets};

/// Lists them.
pub fn list() -> Result<(), Failure> {
    let mut table = table(&["name", "for the command line", "what it is"]);
    for preset in presets() {
        table.add_row([preset.recipe.name.as_str(), preset.id, preset.recipe.note.as_str()]);
    }
    Ok(say(&table.to_string())?)
}

/// Prints one as RON.
pub fn show(name: &str) -> Result<(), Failure> {
    let Some(preset) = find_preset(name) else {
        let ids: Vec<&str> = presets().iter().map(|preset| preset.id).collect();
        let ids = ids.join(", ");
        return Err(Failure::wrong(format!(
            "there is no preset {name}; the presets are {ids}"
        )));
    };
    Ok(say(&preset.recipe.to_ron())?)
}
