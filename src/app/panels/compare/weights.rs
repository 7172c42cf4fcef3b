//! How far the weights of the nights are from each other, layer by layer.

use egui::{Grid, RichText, ScrollArea, Ui};

use super::name_ui;
use crate::app::panels::Seen;
use crate::app::panels::comparison::Beside;
use crate::app::text::{grouped, number, signed};
use crate::app::theme::{Tokens, size};
use crate::worker::{LayerShift, Which};

/// The table: a row a night, a column a layer.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, nights: &[Beside<'_>], baseline: &Beside<'_>) {
    let tokens = Tokens::of(ui);
    let step = seen.session.steps();
    let weak = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    let shifts = |which: Which| seen.session.lanes().shifts(which, baseline.which, step);
    if seen.session.is_running() {
        ui.label(weak("The weights are compared when the night waits."));
        return;
    }
    let layers = nights.iter().map(|night| night.layers.count().saturating_sub(1)).max();
    ScrollArea::horizontal().id_salt("weights compared").show(ui, |ui| {
        Grid::new("weights compared")
            .num_columns(layers.unwrap_or(0) + 1)
            .spacing([18.0, 4.0])
            .striped(true)
            .show(ui, |ui| {
                ui.label(weak("layer of weights into"));
                for layer in 0..layers.unwrap_or(0) {
                    let name = baseline
                        .layers
                        .name((layer + 1).min(baseline.layers.count().saturating_sub(1)));
                    ui.label(weak(&name));
                }
                ui.end_row();
                for night in nights {
                    let is_baseline = night.which == baseline.which;
                    name_ui(ui, night, is_baseline);
                    match shifts(night.which) {
                        Some(shifts) => {
                            for shift in &shifts.layers {
                                let (text, help) = words(shift, is_baseline);
                                ui.label(RichText::new(text).size(size::SMALL).color(tokens.text))
                                    .on_hover_text(help);
                            }
                        }
                        None => _ = ui.label(weak("being compared …")),
                    }
                    ui.end_row();
                }
            });
    });
}

/// A layer in a few words, and in a sentence.
fn words(shift: &LayerShift, is_baseline: bool) -> (String, String) {
    let changed = format!("|Δw| {}", number(shift.changed));
    let all = grouped(shift.weights);
    let mean = format!(
        "Mean magnitude of what the night changed in its {all} weights: {}",
        number(shift.changed)
    );
    match &shift.apart {
        _ if is_baseline => (changed, mean),
        None => (
            format!("{changed}\nother shape"),
            format!(
                "{mean}. The layer has another shape in the baseline, so its weights cannot be told apart one by one."
            ),
        ),
        Some(apart) if apart.differing == 0 => (
            format!("{changed}\nas the baseline"),
            format!("{mean}. Every weight changed as in the baseline."),
        ),
        Some(apart) => (
            format!("{changed}\napart {}", number(apart.mean)),
            format!(
                "{mean}. {} of {all} weights changed otherwise than in the baseline: by {} in the mean of all, at most by {}.",
                grouped(apart.differing),
                number(apart.mean),
                signed(apart.largest)
            ),
        ),
    }
}
