//! What waits to be applied, the ways to apply it, and what holds at the moment that is shown.

use egui::{Frame, Label, Margin, RichText, Stroke, Ui};

use super::{Difference, Reach, Settings, reach, sentence};
use crate::app::action::{Actions, UiAction};
use crate::app::changes::{change_steps, night_differences};
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton};
use crate::worker::Phase;

/// A card at the lower end of the settings.
fn card(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    let card = Frame::new()
        .fill(tokens.raised)
        .stroke(Stroke::new(1.0, tokens.pending))
        .corner_radius(theme::RADIUS)
        .outer_margin(Margin::same(8))
        .inner_margin(Margin::symmetric(12, 10));
    card.show(ui, |ui| {
        ui.set_width(ui.available_width());
        contents(ui);
    });
}

impl Settings {
    /// What waits to be applied, and the buttons that apply it.
    pub(super) fn apply_ui(&self, ui: &mut Ui, session: &Session, pending: &[Difference], actions: &mut Actions) {
        earlier_ui(ui, session, actions);
        // What is run again at once does not wait.
        let of_night = |difference: &Difference| difference.reach == Reach::Night;
        let is_live = pending.iter().all(of_night) && self.live.takes_over(&self.draft, session);
        if pending.is_empty() || is_live {
            return;
        }
        let tokens = Tokens::of(ui);
        let tuning_only = reach(pending) == Reach::Tuning;
        let night_only = reach(pending) == Reach::Night && session.phase() >= Phase::Trained;
        card(ui, |ui| {
            let names: Vec<_> = pending.iter().map(|difference| difference.label.as_str()).collect();
            let changes = counted(pending.len() as u64, "change");
            let text = if session.is_untouched() {
                format!("{changes}, taken over by Play")
            } else {
                format!("{changes} not applied yet")
            };
            ui.label(theme::strong(text, size::BODY).color(tokens.text_strong))
                .on_hover_text(names.join(", "));
            let fault = self.draft.validate().err();
            if let Some(fault) = &fault {
                ui.add(Label::new(RichText::new(sentence(&fault.to_string())).color(tokens.error)).wrap());
            }
            let makes_sense = fault.is_none();
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let (name, help) = if tuning_only && self.draft.fine_tuning.is_none() {
                    (
                        "Leave fine-tuning out",
                        "Ends with the night. Keeps the trained network and the night",
                    )
                } else if tuning_only {
                    (
                        "Fine-tune with these",
                        "Fine-tunes so after the night; at once if it is over. Keeps the trained network and the night",
                    )
                } else if night_only {
                    (
                        "Sleep again with these",
                        "Another night with these settings, from its start. Keeps the trained network",
                    )
                } else if session.is_untouched() {
                    (
                        "Take over now",
                        "Opens the run with these settings; nothing is lost, for it has not begun",
                    )
                } else {
                    (
                        "Restart with these",
                        "Begins anew from birth: these settings change the training",
                    )
                };
                let button = ToolButton::text(name).emphasis(Emphasis::Primary);
                if ui.add_enabled(makes_sense, button).on_hover_text(help).clicked() {
                    actions.push(UiAction::Apply);
                }
                if night_only && session.phase() >= Phase::Asleep {
                    let has_more = self.draft.night.steps > session.steps();
                    let button = ToolButton::text("From the next step on").emphasis(Emphasis::Selected);
                    let here = grouped(session.steps());
                    let known = if session.steps() < session.known_steps() {
                        " What is known beyond it is forgotten."
                    } else {
                        ""
                    };
                    let response = ui
                        .add_enabled(makes_sense && has_more, button)
                        .on_hover_text(format!(
                            "The night goes on after step {here} with these settings.{known}"
                        ))
                        .on_disabled_hover_text("No steps are left: go back in the night first, or make it longer");
                    if response.clicked() {
                        actions.push(UiAction::ChangeNight);
                    }
                }
                let revert = ui.add(ToolButton::text("Revert").emphasis(Emphasis::Quiet));
                if revert
                    .on_hover_text("Back to the settings of the present run")
                    .clicked()
                {
                    actions.push(UiAction::Revert);
                }
            });
        });
    }
}

/// Where the moment that is shown lies before a change of the night: what holds there, and the way to leave it so.
fn earlier_ui(ui: &mut Ui, session: &Session, actions: &mut Actions) {
    let here = session.steps();
    let Some(next) = change_steps(session).find(|&step| step > here) else {
        return;
    };
    let Some((holds, later)) = session
        .params_at(here)
        .zip(session.opened().map(|opened| &opened.recipe.night))
    else {
        return;
    };
    let tokens = Tokens::of(ui);
    card(ui, |ui| {
        let text = format!(
            "Step {} is before the change after step {}",
            grouped(here),
            grouped(next)
        );
        ui.label(theme::strong(text, size::BODY).color(tokens.text_strong));
        for difference in night_differences(session, holds, later) {
            let Difference { label, from, to, .. } = difference;
            ui.label(RichText::new(format!("{label} is {from} here, {to} at the end")).size(size::SMALL));
        }
        let keep = ui.add(ToolButton::text("Leave it so to the end").emphasis(Emphasis::Selected));
        let help = "The night goes on from here with what holds here; the later changes are taken back, and what is known beyond this step is forgotten";
        if keep.on_hover_text(help).clicked() {
            actions.push(UiAction::KeepNight);
        }
    });
}
