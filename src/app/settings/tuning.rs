//! Fine-tuning: whether, and how.

use egui::Ui;

use super::line::named;
use super::row::{Against, parameter_ui};
use crate::experiment::Recipe;

/// The switch, and what there is to set while it is on.
pub fn ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let mut on = draft.fine_tuning.is_some();
    let pending = against
        .applied
        .is_some_and(|applied| applied.fine_tuning.is_some() != on);
    named(ui, "", pending, |ui, _| {
        let help = "After the night the network is trained again on the same images, more gently. Whether the night was worth it shows against fine-tuning without sleep: `somnoscope run` does both.";
        if ui
            .checkbox(&mut on, "Fine-tune after the night")
            .on_hover_text(help)
            .changed()
        {
            let usual = against.preset.fine_tuning.clone();
            draft.fine_tuning = on.then(|| usual.unwrap_or_else(Recipe::usual_fine_tuning));
        }
    });
    for path in [
        "fine_tuning.epochs",
        "fine_tuning.learning_rate",
        "fine_tuning.momentum",
        "fine_tuning.batch",
        "fine_tuning.dropout",
    ] {
        parameter_ui(ui, path, draft, against);
    }
}
