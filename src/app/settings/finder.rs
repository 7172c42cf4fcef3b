//! Thresholds found from activity: how lively each layer is to be, the search, and what came of it.

use std::sync::Arc;

use egui::{CollapsingHeader, DragValue, Label, RichText, Ui};

use super::line::{hint, named};
use super::sentence;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{counted, number};
use crate::app::theme::{CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{ToolButton, segmented};
use crate::experiment::Recipe;
use crate::sim::night::{FoundThresholds, TOLERANCE};
use crate::worker::Phase;

/// What is aimed at unless something is typed, in percent of a layer's neurons a step: as lively as the published nights.
const AIM: f64 = 0.2;

/// What is typed, and what came of it.
#[derive(Debug)]
pub struct Finder {
    /// Whether each layer has its own aim.
    each: bool,
    /// What all layers aim at, in percent.
    all: f64,
    /// What each layer aims at, in percent.
    aims: Vec<f64>,
    /// The recipe that is searched for, while the search goes on, and afterwards with what was found.
    of: Option<Recipe>,
    /// Whether the search goes on.
    searches: bool,
    outcome: Option<Result<Arc<FoundThresholds>, String>>,
}

impl Default for Finder {
    fn default() -> Self {
        Self {
            each: false,
            all: AIM,
            aims: Vec::new(),
            of: None,
            searches: false,
            outcome: None,
        }
    }
}

impl Finder {
    /// The search for a recipe has begun, or was called off.
    pub fn begin(&mut self, of: Option<&Recipe>) {
        self.searches = of.is_some();
        self.of = of.cloned();
        self.outcome = None;
    }

    /// The search is over. Gives the thresholds, if they were found and are still wanted: in the meantime the settings may have
    /// become those of another network.
    pub(super) fn take(&mut self, outcome: Result<Arc<FoundThresholds>, String>, draft: &Recipe) -> Option<Vec<f64>> {
        let of = self.of.as_mut()?;
        if !std::mem::take(&mut self.searches) || of.network != draft.network {
            self.of = None;
            return None;
        }
        let beta = outcome.as_ref().ok().map(|found| found.beta.clone());
        if let Some(beta) = &beta {
            of.night.beta.clone_from(beta);
        }
        self.outcome = Some(outcome);
        beta
    }

    /// What is aimed at and the button, behind a heading that is closed at first.
    pub(super) fn ui(&mut self, ui: &mut Ui, draft: &Recipe, session: &Session, actions: &mut Actions) {
        let heading = RichText::new("Thresholds from activity").size(size::SMALL);
        CollapsingHeader::new(heading)
            .id_salt("thresholds from activity")
            .show_unindented(ui, |ui| {
                self.aims_ui(ui, draft);
                self.button_ui(ui, draft, session, actions);
                self.outcome_ui(ui, draft, session);
            });
    }

    /// One aim, or one for each layer.
    fn aims_ui(&mut self, ui: &mut Ui, draft: &Recipe) {
        let layers = draft.network.hidden.len() + 1;
        self.aims.resize(layers, self.all);
        let help = "Share of a layer's neurons that is to spike in a step, on average over the night. The thresholds are set from activity alone: no label is asked.";
        named(ui, "Aim for", false, |ui, label| {
            label.on_hover_text(help);
            let choices = [(false, "All alike".to_owned()), (true, "Each layer".to_owned())];
            let chosen = segmented(ui, "Aim:", &choices, self.each, |_| help.to_owned());
            self.each = chosen.unwrap_or(self.each);
        });
        let aim = |ui: &mut Ui, name: &str, value: &mut f64| {
            named(ui, name, false, |ui, label| {
                let speed = (*value * 0.01).max(1e-4);
                let drag = DragValue::new(value)
                    .range(0.0001..=100.0)
                    .speed(speed)
                    .suffix(" % a step")
                    .custom_formatter(|value, _| number(value));
                ui.add_sized([ui.available_width() - 22.0, CONTROL_HEIGHT - 2.0], drag)
                    .labelled_by(label.on_hover_text(help).id);
            });
        };
        if self.each {
            for (layer, value) in self.aims.iter_mut().enumerate() {
                let name = if layer + 1 == layers {
                    "Aim out".to_owned()
                } else {
                    format!("Aim {}", layer + 1)
                };
                aim(ui, &name, value);
            }
        } else {
            aim(ui, "Each layer", &mut self.all);
        }
    }

    /// The button that begins the search, or calls it off.
    fn button_ui(&self, ui: &mut Ui, draft: &Recipe, session: &Session, actions: &mut Actions) {
        named(ui, "", false, |ui, _| {
            if self.searches {
                let stop = ui.add(ToolButton::text("Stop the search"));
                ui.spinner();
                if stop.clicked() {
                    actions.push(UiAction::StopFinding);
                }
                return;
            }
            let same = session
                .opened()
                .is_some_and(|opened| opened.recipe.network == draft.network);
            let can = same && session.phase() >= Phase::Trained && draft.validate().is_ok();
            let response = ui
                .add_enabled(can, ToolButton::text("Find thresholds"))
                .on_hover_text("Sleeps the layers one after the other, as often as it takes, and writes the thresholds above. Nothing is applied yet, and the run goes on.")
                .on_disabled_hover_text("For a trained network, with the settings of its layers: train first");
            if response.clicked() {
                let percents = if self.each {
                    self.aims.clone()
                } else {
                    vec![self.all; draft.network.hidden.len() + 1]
                };
                actions.push(UiAction::FindThresholds(
                    percents.iter().map(|percent| 0.01 * percent).collect(),
                ));
            }
        });
    }

    /// What came of it, as long as the settings of the night are those it was found for.
    fn outcome_ui(&self, ui: &mut Ui, draft: &Recipe, session: &Session) {
        match &self.outcome {
            Some(Ok(found)) if self.of.as_ref().is_some_and(|of| of.night == draft.night) => {
                let layers = session.layers();
                let each = found.reached.iter().enumerate();
                let each: Vec<_> = each
                    .map(|(layer, &rate)| format!("{} {} %", layers.name(layer + 1), number(100.0 * rate)))
                    .collect();
                let text = format!(
                    "Reached over {}, within {} % or one spike: {}",
                    counted(found.steps, "step"),
                    number(100.0 * TOLERANCE),
                    each.join(", ")
                );
                hint(ui, &text);
            }
            Some(Err(fault)) => {
                let text = RichText::new(sentence(fault)).color(Tokens::of(ui).error);
                ui.add(Label::new(text).wrap());
            }
            Some(Ok(_)) | None => {}
        }
    }
}
