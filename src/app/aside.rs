//! Nights that another run took the place of before anybody saved them: a line says so for a while, and a command brings them back.

use std::sync::Arc;
use std::time::Duration;

use egui::{RichText, Ui};

use super::SomnoscopeApp;
use super::action::UiAction;
use super::commands::Deed;
use super::notice::line_ui;
use super::text::grouped;
use super::theme::Tokens;
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::run::Left;
use crate::worker::{Command, MAX_ASIDES};

/// How long the line stays, in seconds: the night can be brought back after that, too.
const TOLD: f64 = 12.0;

/// The nights that can be brought back.
#[derive(Default)]
pub struct Asides {
    /// The newest last.
    nights: Vec<Arc<Left>>,
    /// Whether there is one that has not been told of, and since when it is.
    is_new: bool,
    since: Option<f64>,
}

impl Asides {
    /// One more.
    pub(super) fn push(&mut self, left: Arc<Left>) {
        self.nights.push(left);
        // The worker keeps no more of them either.
        let spare = self.nights.len().saturating_sub(MAX_ASIDES);
        self.nights.drain(..spare);
        self.is_new = true;
        self.since = None;
    }

    /// Whether there is one.
    pub fn has_any(&self) -> bool {
        !self.nights.is_empty()
    }

    /// The newest one is taken.
    fn pop(&mut self) -> Option<Arc<Left>> {
        self.is_new = false;
        self.nights.pop()
    }
}

impl SomnoscopeApp {
    /// Does what was asked for about nights that were set aside; gives everything else back.
    pub(super) fn about_asides(&mut self, action: UiAction) -> Option<UiAction> {
        match action {
            UiAction::BringNightBack => {
                if let Some(left) = self.asides.pop() {
                    self.runs.set_unshelved(left.path());
                    self.source.send(Command::TakeUp(left));
                }
            }
            UiAction::DismissAside => self.asides.is_new = false,
            other => return Some(other),
        }
        None
    }

    /// Which night was set aside, and the way back, for a while. `false` if there is nothing to say.
    pub(super) fn aside_ui(&mut self, ui: &Ui) -> bool {
        if !self.asides.is_new {
            return false;
        }
        let now = ui.input(|input| input.time);
        let since = *self.asides.since.get_or_insert(now);
        let Some(left) = self.asides.nights.last().filter(|_| now < since + TOLD) else {
            self.asides.is_new = false;
            return false;
        };
        let manifest = &left.manifest;
        let text = format!(
            "The night before, \"{}\", step {} of {}, was not saved",
            manifest.title,
            grouped(manifest.stood_at),
            grouped(manifest.recipe.night.steps)
        );
        line_ui(ui, |ui| {
            ui.label(RichText::new(&text).color(Tokens::of(ui).text_strong));
            let back = ToolButton::new(Icon::Undo, "Bring the night back");
            let help = Deed::BringNightBack.hint(&Deed::BringNightBack.row().help);
            if ui.add(back).on_hover_text(help).clicked() {
                self.actions.push(UiAction::BringNightBack);
            }
            let close = ToolButton::new(Icon::Close, "Dismiss the notice").icon_only();
            if ui.add(close.emphasis(Emphasis::Quiet)).clicked() {
                self.actions.push(UiAction::DismissAside);
            }
        });
        ui.ctx()
            .request_repaint_after(Duration::from_secs_f64((since + TOLD - now).max(0.0)));
        true
    }
}
