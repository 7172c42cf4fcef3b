//! The recipes that come with the program.

use super::Recipe;

/// A recipe that comes with the program.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Its file name without the ending, for the command line.
    pub id: &'static str,
    /// The recipe.
    pub recipe: Recipe,
}

/// File names and texts, the default first.
const FILES: [(&str, &str); 7] = [
    ("one_per_cent", include_str!("../../assets/presets/one_per_cent.ron")),
    (
        "one_night_for_all",
        include_str!("../../assets/presets/one_night_for_all.ron"),
    ),
    (
        "whole_image_night",
        include_str!("../../assets/presets/whole_image_night.ron"),
    ),
    ("careful_night", include_str!("../../assets/presets/careful_night.ron")),
    ("authors_tasks", include_str!("../../assets/presets/authors_tasks.ron")),
    ("rare_class", include_str!("../../assets/presets/rare_class.ron")),
    ("long_tail", include_str!("../../assets/presets/long_tail.ron")),
];

/// Every recipe that comes with the program, the default first.
pub fn presets() -> Vec<Preset> {
    FILES
        .iter()
        .map(|&(id, text)| Preset {
            id,
            recipe: Recipe::from_ron(text).expect("the shipped presets are checked by a test"),
        })
        .collect()
}

/// The preset called so, by name or by file name, without regard to case.
pub fn find_preset(name: &str) -> Option<Preset> {
    presets()
        .into_iter()
        .find(|preset| preset.id.eq_ignore_ascii_case(name) || preset.recipe.name.eq_ignore_ascii_case(name))
}
