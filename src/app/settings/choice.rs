//! A setting that is one of a few.

use egui::Ui;

use super::row::named;

/// A line with a list to choose from. Each choice has a word and a meaning. `true` if another was chosen.
pub fn choice_ui<T: PartialEq + Clone>(
    ui: &mut Ui,
    name: &str,
    help: &str,
    value: &mut T,
    choices: &[(T, &str, &str)],
    pending: bool,
) -> bool {
    let mut changed = false;
    named(ui, name, pending, |ui, label| {
        let label = label.on_hover_text(help);
        let shown = choices
            .iter()
            .find(|(choice, ..)| choice == value)
            .map_or("", |(_, word, _)| word);
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
    });
    changed
}
