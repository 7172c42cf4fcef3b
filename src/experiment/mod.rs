//! What is done in which order: recipes, presets, and trials over seeds.
