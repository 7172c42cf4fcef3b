//! The nights of programs that were killed, or closed before they were saved: a card that offers to go on with them, the newest first.

use std::path::Path;
use std::sync::Arc;

use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::SomnoscopeApp;
use super::action::UiAction;
use super::text::grouped;
use super::theme::{self, Tokens};
use super::widgets::{Emphasis, ToolButton};
use crate::run::{Left, Slot, left_behind};
use crate::worker::Command;

impl SomnoscopeApp {
    /// Keeps the nights of this window safe in a folder, and offers what was left there.
    pub fn keep_nights_in(&mut self, root: &Path) {
        self.left = left_behind(root).into_iter().map(Arc::new).collect();
        match Slot::claim(root) {
            Ok(slot) => {
                self.source.send(Command::KeepSafe(Arc::new(slot)));
                self.keeps_safe = true;
            }
            Err(error) => {
                self.complaint = Some(format!(
                    "Nights are not kept safe in case the program is killed: nothing can be written to {}: {error}.",
                    root.display()
                ));
            }
        }
    }

    /// Does what was asked for about nights that were left; gives everything else back.
    pub(super) fn about_left(&mut self, action: UiAction) -> Option<UiAction> {
        match action {
            UiAction::GoOnWithLeft if !self.left.is_empty() => {
                let left = self.left.remove(0);
                self.runs.set_unshelved(left.path());
                self.source.send(Command::TakeUp(left));
            }
            UiAction::DiscardLeft if !self.left.is_empty() => self.left.remove(0).discard(),
            UiAction::GoOnWithLeft | UiAction::DiscardLeft => {}
            other => return self.about_asides(other),
        }
        None
    }

    /// What was written about the run is kept with it.
    pub(super) fn tell_notes(&mut self) {
        if self.keeps_safe && self.notes_told.as_ref() != Some(self.runs.notes()) {
            self.notes_told = Some(self.runs.notes().clone());
            self.source.send(Command::Note(Box::new(self.runs.notes().clone())));
        }
    }

    /// The card, if something was left.
    pub(super) fn left_ui(&mut self, ui: &mut Ui) {
        let Some(left) = self.left.first() else { return };
        let tokens = Tokens::of(ui);
        let frame = Frame::new()
            .fill(tokens.accent_soft)
            .inner_margin(Margin::symmetric(16, 8));
        Panel::top("left behind").frame(frame).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let discard = ui.add(ToolButton::text("Discard").emphasis(Emphasis::Plain));
                    if discard.on_hover_text("That night is not wanted any more").clicked() {
                        self.actions.push(UiAction::DiscardLeft);
                    }
                    let go_on = ui.add(ToolButton::text("Go on with it").emphasis(Emphasis::Primary));
                    if go_on
                        .on_hover_text("Stand where that night stood, with all that is known of it")
                        .clicked()
                    {
                        self.actions.push(UiAction::GoOnWithLeft);
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        let title = theme::strong("Not saved last time", theme::size::BODY).color(tokens.text_strong);
                        ui.label(title);
                        let text = RichText::new(words(left, self.left.len())).color(tokens.text);
                        ui.add(Label::new(text).truncate());
                    });
                });
            });
        });
    }
}

/// Which night it is, in words; of `count` nights that were left.
fn words(left: &Left, count: usize) -> String {
    let manifest = &left.manifest;
    let zone = TimeZone::system();
    let when = left.written.and_then(|written| Timestamp::try_from(written).ok());
    let when = when.map(|when| clock(&when.to_zoned(zone.clone()), &Timestamp::now().to_zoned(zone)));
    let others = match count {
        0 | 1 => String::new(),
        count => format!(" · 1 of {count} nights"),
    };
    format!(
        "The night{} \"{}\", step {} of {}{others}",
        when.map_or_else(String::new, |when| format!(" of {when},")),
        manifest.title,
        grouped(manifest.stood_at),
        grouped(manifest.recipe.night.steps)
    )
}

/// The time of day, with the date if it was not today.
fn clock(when: &Zoned, now: &Zoned) -> String {
    let format = if when.date() == now.date() {
        "%H:%M"
    } else {
        "%Y-%m-%d, %H:%M"
    };
    when.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a time without its day.
    #[test]
    fn a_night_of_another_day_has_its_date() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC);
        let now = at("2026-03-02T15:00:00Z");
        assert_eq!(clock(&at("2026-03-02T14:02:59Z"), &now), "14:02");
        assert_eq!(clock(&at("2026-03-01T23:59:00Z"), &now), "2026-03-01, 23:59");
    }
}
