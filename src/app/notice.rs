//! What the window says about the moment: why it waits, or that it is on its way.

use egui::{Align2, Area, Frame, Margin, Order, ProgressBar, RichText, Ui, vec2};

use super::SomnoscopeApp;
use super::action::UiAction;
use super::breakpoints::stop_words;
use super::export::{Wish, words};
use super::text::grouped;
use super::theme::{self, RADIUS, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::worker::{Goal, Phase, Stop};

impl SomnoscopeApp {
    /// Why it waits, in one line over the lower edge of the panes, as long as that moment is shown.
    pub(super) fn notice_ui(&mut self, ui: &Ui) {
        let Some(text) = self.notice() else { return };
        line_ui(ui, |ui| {
            ui.label(RichText::new(text).color(Tokens::of(ui).text_strong));
            if !self.session.is_over() {
                let on = ToolButton::new(Icon::Play, "Go on");
                if ui.add(on).on_hover_text("Play on from here").clicked() {
                    self.actions.push(UiAction::Play(Goal::Tuned));
                }
            }
            let close = ToolButton::new(Icon::Close, "Dismiss the notice").icon_only();
            if ui.add(close.emphasis(Emphasis::Quiet)).clicked() {
                self.actions.push(UiAction::DismissNotice);
            }
        });
    }

    /// Where a file was exported to, until it is read. `false` if nothing was.
    pub(super) fn exported_ui(&mut self, ui: &Ui) -> bool {
        let text = match self.exports.written() {
            Some(path) if !self.exports.is_photographing() => words(path),
            _ => return false,
        };
        let mut is_read = false;
        line_ui(ui, |ui| {
            ui.label(RichText::new(&text).color(Tokens::of(ui).text_strong));
            let close = ToolButton::new(Icon::Close, "Dismiss the notice").icon_only();
            is_read = ui.add(close.emphasis(Emphasis::Quiet)).clicked();
        });
        if is_read {
            self.actions.push(UiAction::Export(Wish::Dismiss));
        }
        true
    }

    /// What there is to say about the moment that is shown.
    fn notice(&self) -> Option<String> {
        if self.session.is_running() || self.session.phase() > Phase::Woken {
            return None;
        }
        let here = self.session.steps();
        if let Some(text) = self.steering.notice(here) {
            return Some(text.to_owned());
        }
        let (stop, step) = self.session.hit()?;
        (*step == here && self.breakpoints.has(stop)).then(|| match stop {
            Stop::Step(_) => format!("Breakpoint: step {}", grouped(*step)),
            other => format!(
                "Breakpoint at step {}: {}",
                grouped(*step),
                stop_words(other, &self.session)
            ),
        })
    }

    /// It has been read.
    pub(super) fn dismiss_notice(&mut self) {
        self.steering.clear();
        self.session.dismiss_hit();
    }

    /// Instead of the panes, while the run is on a long way to some moment: how far it is, and the way to stop it. Nothing is
    /// drawn, so the machine does nothing else. `false` if the panes are to be shown.
    pub(super) fn under_way_ui(&mut self, ui: &mut Ui) -> bool {
        if !(self.session.is_running() && self.steering.is_blind()) || self.session.phase() < Phase::Asleep {
            return false;
        }
        let tokens = Tokens::of(ui);
        let (here, total) = (self.session.steps(), self.session.total_steps().max(1));
        let top = 0.4 * ui.available_height();
        ui.add_space(top);
        ui.vertical_centered(|ui| {
            let text = format!("On the way: step {} of {}", grouped(here), grouped(total));
            ui.label(theme::strong(text, size::FIGURE).color(tokens.text_strong));
            ui.add_space(8.0);
            let share = here as f32 / total as f32;
            ui.add(
                ProgressBar::new(share)
                    .desired_width(320.0)
                    .desired_height(6.0)
                    .fill(tokens.accent),
            );
            ui.add_space(8.0);
            ui.label(RichText::new("The panes are drawn again when it is there.").color(tokens.text_weak));
            ui.add_space(12.0);
            if ui.add(ToolButton::new(Icon::Pause, "Stop here")).clicked() {
                self.actions.push(UiAction::Pause);
            }
        });
        true
    }
}

/// One line over the lower edge of the panes.
pub(super) fn line_ui(ui: &Ui, contents: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    let frame = Frame::new()
        .fill(tokens.raised)
        .stroke(egui::Stroke::new(1.0, tokens.accent))
        .corner_radius(RADIUS)
        .shadow(ui.visuals().popup_shadow)
        .inner_margin(Margin::symmetric(12, 6));
    let below = ui.max_rect().center_bottom() - vec2(0.0, 8.0);
    Area::new(ui.scope_id().with("notice"))
        .order(Order::Foreground)
        .pivot(Align2::CENTER_BOTTOM)
        .fixed_pos(below)
        .show(ui.ctx(), |ui| {
            frame.show(ui, |ui| ui.horizontal(contents));
        });
}
