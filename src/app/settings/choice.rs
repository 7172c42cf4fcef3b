//! A setting that is one of a few.

use egui::Ui;

use super::line::{back_ui, named};

/// A line with a list to choose from. Each choice has a word and a meaning; `preset` is the preset's. `true` if another
/// was chosen.
pub fn choice_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    help: &str,
    value: &mut T,
    choices: &[(T, &str, &str)],
    preset: &T,
    pending: bool,
) -> bool {
    let mut changed = false;
    named(ui, name, pending, |ui, label| {
        let word = |of: &T| {
            choices
                .iter()
                .find(|(choice, ..)| choice == of)
                .map(|(_, word, _)| *word)
        };
        let preset_word = word(preset);
        let help = match preset_word {
            Some(word) => format!("{help}.\n\nPreset: {word}. Double-click on the name for it."),
            None => format!("{help}."),
        };
        let label = label.on_hover_text(&help);
        let shown = word(value).unwrap_or_default();
        let combo = egui::ComboBox::from_id_salt(name)
            .width(ui.available_width() - 22.0)
            .selected_text(shown)
            .truncate();
        let response = combo.show_ui(ui, |ui| {
            for (choice, word, meaning) in choices {
                let row = ui.selectable_label(choice == value, *word);
                if row.on_hover_text(*meaning).clicked() && choice != value {
                    *value = choice.clone();
                    changed = true;
                }
            }
        });
        response.response.labelled_by(label.id).on_hover_text(help);
        let differs = preset_word.is_some() && preset != value;
        if back_ui(ui, name, differs, preset_word.map(str::to_owned)) || differs && label.double_clicked() {
            *value = preset.clone();
            changed = true;
        }
    });
    changed
}
