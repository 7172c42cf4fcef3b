//! The settings in which nights differ, as a table.

use egui::{Grid, RichText, ScrollArea, Ui};

use super::name_ui;
use crate::app::panels::comparison::Beside;
use crate::app::theme::{Tokens, size};
use crate::worker::LaneOrigin;

/// A row: what is set, and to what in each night; `None` as in the baseline.
type Row = (String, Vec<Option<String>>, String);

/// The table: a column a night, a row a setting that is not the same in all.
pub fn ui(ui: &mut Ui, nights: &[Beside<'_>], baseline: &Beside<'_>) {
    let tokens = Tokens::of(ui);
    let rows = rows(nights, baseline);
    let weak = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    if rows.is_empty() {
        ui.label(weak("None: all nights end with the same settings."));
        return;
    }
    ScrollArea::horizontal().id_salt("settings that differ").show(ui, |ui| {
        Grid::new("settings that differ")
            .num_columns(nights.len() + 1)
            .spacing([14.0, 3.0])
            .striped(true)
            .show(ui, |ui| {
                ui.label("");
                for night in nights {
                    name_ui(ui, night, night.which == baseline.which);
                }
                ui.end_row();
                for (label, values, base) in rows {
                    ui.label(RichText::new(label).size(size::SMALL).color(tokens.text));
                    for value in values {
                        match value {
                            Some(value) => ui.label(RichText::new(value).size(size::SMALL).color(tokens.pending)),
                            None => ui.label(weak(&base)),
                        };
                    }
                    ui.end_row();
                }
            });
    });
}

/// The rows, in the order of the settings.
fn rows(nights: &[Beside<'_>], baseline: &Beside<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (column, night) in nights.iter().enumerate() {
        for change in night.differs_from(baseline) {
            let place = rows.iter().position(|(label, ..)| *label == change.label);
            let place = place.unwrap_or_else(|| {
                rows.push((change.label, vec![None; nights.len()], change.from));
                rows.len() - 1
            });
            rows[place].1[column] = Some(change.to);
        }
    }
    let mut further = |label: &str, word: &dyn Fn(&Beside<'_>) -> String| {
        let base = word(baseline);
        let values = nights.iter().map(word);
        let values: Vec<_> = values.map(|value| (value != base).then_some(value)).collect();
        if values.iter().any(Option::is_some) {
            rows.push((label.to_owned(), values, base));
        }
    };
    further("Left out spikes", &|night| {
        let words = night.left_out_words();
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(", ")
        }
    });
    further("Branches at step", &|night| match night.origin {
        Some(LaneOrigin::Branch(step)) => step.to_string(),
        _ => "–".to_owned(),
    });
    rows
}

#[cfg(test)]
mod tests {
    use egui::Color32;

    use super::*;
    use crate::app::session::{Layers, SpikeLog};
    use crate::experiment::{Recipe, presets};
    use crate::sim::night::Spike;
    use crate::worker::Which;

    /// Catches a setting that differs and is not told, one that is told for the wrong night, and one that is the same in all.
    #[test]
    fn only_what_differs_is_told_and_of_the_right_night() {
        let base = presets().remove(0).recipe;
        let mut other = base.clone();
        other.night.decay = 0.5;
        let (layers, spikes) = (Layers::new(&[4, 3, 2]), SpikeLog::default());
        let night = |recipe, left_out| Beside {
            which: Which::Present,
            name: "",
            color: Color32::WHITE,
            origin: None,
            recipe,
            layers: &layers,
            spikes: &spikes,
            tests: &[],
            total: 1,
            left_out,
        };
        let silent = [Spike {
            step: 7,
            layer: 1,
            unit: 2,
        }];
        let nights: [(&Recipe, &[Spike]); 3] = [(&base, &[]), (&other, &[]), (&base, &silent)];
        let nights = nights.map(|(recipe, left_out)| night(recipe, left_out));
        let rows = rows(&nights, &nights[0]);
        let decay = Some("0.5".to_owned());
        assert_eq!((rows[0].0.as_str(), &rows[0].1), ("Decay", &vec![None, decay, None]));
        let spike = Some("Hidden 1 #2 in step 8".to_owned());
        assert_eq!((rows[1].2.as_str(), &rows[1].1), ("none", &vec![None, None, spike]));
        assert_eq!(rows.len(), 2);
    }
}
