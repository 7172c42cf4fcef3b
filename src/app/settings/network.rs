//! The network at birth.

use egui::Ui;

use super::choice::choice_ui;
use super::line::named;
use super::row::{Against, Rail, Row, parameter_ui};
use crate::app::widgets::{Emphasis, ToolButton};
use crate::experiment::Recipe;
use crate::sim::mlp::Output;
use crate::sim::night::Alpha;

/// Most hidden layers one can add here.
const MOST_LAYERS: usize = 8;
/// Most units of a layer.
const MOST_UNITS: f64 = 8192.0;

/// Hidden layers, output, weights at birth.
pub fn ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let count = draft.network.hidden.len();
    for layer in 0..count {
        let pending = against
            .applied
            .is_some_and(|applied| applied.network.hidden.get(layer) != draft.network.hidden.get(layer));
        let range = 1.0..=MOST_UNITS;
        let row = Row {
            name: &format!("Hidden {}", layer + 1),
            unit: "units",
            help: "Units of this hidden layer.",
            source: "Two layers of 1,200 units are those of the reference code.",
            rail: Rail::None,
            range: range.clone(),
            allowed: range,
            whole: true,
            wanted: false,
        };
        let mut units = draft.network.hidden[layer] as f64;
        let preset = against.preset.network.hidden.get(layer).map(|units| *units as f64);
        if row.ui(ui, &mut units, preset, pending) {
            draft.network.hidden[layer] = units.round().clamp(1.0, MOST_UNITS) as usize;
        }
    }
    named(ui, "", false, |ui, _| {
        let more = ui.add_enabled(
            count < MOST_LAYERS,
            ToolButton::text("Add layer").emphasis(Emphasis::Quiet),
        );
        if more
            .on_hover_text("One more hidden layer, with the threshold and gain of the one before it")
            .clicked()
        {
            add_layer(draft);
        }
        let fewer = ui.add_enabled(count > 1, ToolButton::text("Remove layer").emphasis(Emphasis::Quiet));
        if fewer.on_hover_text("Without the last hidden layer").clicked() {
            remove_layer(draft);
        }
    });
    let pending = against
        .applied
        .is_some_and(|applied| applied.network.output != draft.network.output);
    let choices = [
        (Output::Relu, "Rectified", "Never below zero, as in the reference"),
        (Output::Linear, "Linear", "The plain sum"),
        (
            Output::Softmax,
            "Softmax",
            "Normalised exponentials: the outputs add up to one",
        ),
    ];
    choice_ui(
        ui,
        "Output",
        "What the output units do with their sums",
        &mut draft.network.output,
        &choices,
        &against.preset.network.output,
        pending,
    );
    parameter_ui(ui, "network.start_weights", draft, against);
}

/// One more hidden layer before the output; thresholds and gains keep one value a layer.
fn add_layer(draft: &mut Recipe) {
    let at = draft.network.hidden.len();
    let units = draft.network.hidden.last().copied().unwrap_or(1200);
    draft.network.hidden.push(units);
    let mut lists = vec![&mut draft.night.beta];
    if let Alpha::Given(gains) = &mut draft.night.alpha {
        lists.push(gains);
    }
    for list in lists {
        let value = list.get(at.saturating_sub(1)).copied().unwrap_or(1.0);
        list.insert(at.min(list.len()), value);
    }
}

/// Without the last hidden layer.
fn remove_layer(draft: &mut Recipe) {
    draft.network.hidden.pop();
    let at = draft.network.hidden.len();
    let mut lists = vec![&mut draft.night.beta];
    if let Alpha::Given(gains) = &mut draft.night.alpha {
        lists.push(gains);
    }
    for list in lists {
        if at < list.len() {
            list.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a layer without a threshold, or the output's threshold going to a hidden layer.
    #[test]
    fn thresholds_follow_the_layers() {
        let before = presets().remove(0).recipe;
        let mut recipe = before.clone();
        add_layer(&mut recipe);
        recipe.validate().unwrap();
        assert_eq!(recipe.night.beta.last(), before.night.beta.last());
        remove_layer(&mut recipe);
        assert_eq!(recipe, before);
    }
}
