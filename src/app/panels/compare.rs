//! Nights side by side in numbers: curves over each other, settings that differ, confusion matrices, weights.

mod curves;
mod matrices;
mod settings;
mod table;
mod weights;

use egui::{ComboBox, RichText, ScrollArea, Ui};

use super::Seen;
use super::comparison::{Beside, Comparison, nights};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::empty_state;

pub use table::{accuracies, chart, unshared};

/// Most letters of a night's name in the choice of the baseline.
const NAME: usize = 24;

/// Which night the others are compared with.
pub fn header_ui(ui: &mut Ui, seen: Seen<'_>, comparison: &mut Comparison) {
    let tokens = Tokens::of(ui);
    let nights = nights(seen.session, tokens);
    let Some(baseline) = nights.iter().find(|night| night.which == comparison.baseline()) else {
        return;
    };
    if nights.len() < 2 {
        return;
    }
    ui.spacing_mut().interact_size.y = 20.0;
    ui.spacing_mut().button_padding.y = 1.0;
    let choice = ComboBox::from_id_salt("baseline").width(132.0).truncate();
    let choice = choice.selected_text(RichText::new(short(baseline.name)).size(size::SMALL));
    let mut chosen = comparison.baseline();
    let response = choice.show_ui(ui, |ui| {
        for night in &nights {
            ui.selectable_value(&mut chosen, night.which, short(night.name));
        }
    });
    let name = baseline.name;
    response
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Baseline: {name}")));
    response
        .response
        .on_hover_text("The night that the others are compared with");
    comparison.choose(chosen);
    ui.label(RichText::new("baseline").size(size::SMALL).color(tokens.text_weak));
}

/// A name that is not too long.
fn short(name: &str) -> String {
    if name.chars().count() <= NAME {
        return name.to_owned();
    }
    let begin: String = name.chars().take(NAME - 1).collect();
    format!("{begin}…")
}

/// The comparison.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, comparison: &Comparison) {
    let tokens = Tokens::of(ui);
    let nights = nights(seen.session, tokens);
    let baseline = nights.iter().find(|night| night.which == comparison.baseline());
    let Some(baseline) = baseline.filter(|_| nights.len() > 1) else {
        let text = "Here two to eight nights are compared: accuracy, settings, confusion matrices and weights.";
        return empty_state(ui, text, "Branch from the night, or add a saved run as a lane");
    };
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        curves::ui(ui, seen, &nights, baseline);
        heading_ui(ui, "Settings that differ");
        settings::ui(ui, &nights, baseline);
        heading_ui(ui, "Confusion: rows what the image shows, columns what it is read as");
        matrices::ui(ui, seen, &nights);
        heading_ui(
            ui,
            "Weights: what each night changed, and how far that is from the baseline's change",
        );
        weights::ui(ui, seen, &nights, baseline);
        ui.add_space(12.0);
    });
}

/// The heading of a part.
fn heading_ui(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui);
    ui.add_space(8.0);
    ui.add(egui::Label::new(theme::strong(text, size::BODY).color(tokens.text_strong)).wrap());
}

/// A night's name with its colour, in a cell of a table.
fn name_ui(ui: &mut Ui, night: &Beside<'_>, is_baseline: bool) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let (swatch, _) = ui.allocate_exact_size(egui::vec2(9.0, 9.0), egui::Sense::hover());
        ui.painter().rect_filled(swatch, 2.0, night.color);
        let text = RichText::new(short(night.name)).size(size::SMALL);
        let label = ui.label(if is_baseline {
            text.strong().color(tokens.text_strong)
        } else {
            text.color(tokens.text)
        });
        let role = if is_baseline { "the baseline, " } else { "" };
        label.on_hover_text(format!("{}: {role}{}", night.name, night.origin_words()));
    });
}
