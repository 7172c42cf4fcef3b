//! The present run: its name, its notes, its bookmarks, and where it is kept.

use egui::{Label, RichText, TextEdit, Ui, vec2};

use super::Runs;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, in_room};
use crate::worker::Phase;

/// Width of the words in front of a line.
const WORD: f32 = 64.0;
/// Bookmarks that are shown without scrolling.
const BOOKMARKS: f32 = 4.0;

impl Runs {
    /// The present run.
    pub(super) fn tonight_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        ui.label(theme::strong("This run", size::TITLE).color(tokens.text_strong));
        line(ui, "Title", |ui, label| {
            let edit = TextEdit::singleline(&mut self.notes.title).desired_width(f32::INFINITY);
            ui.add(edit).labelled_by(label);
        });
        line(ui, "Notes", |ui, label| {
            let edit = TextEdit::multiline(&mut self.notes.text)
                .desired_rows(2)
                .desired_width(f32::INFINITY)
                .hint_text("What this run shows, what to look at");
            ui.add(edit).labelled_by(label);
        });
        self.bookmarks_ui(ui, session, actions);
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let asleep = session.phase() >= Phase::Asleep;
            let save = ToolButton::new(Icon::Download, "Save").emphasis(Emphasis::Primary);
            let help =
                "Write the whole night to one file, from which every moment can be made again. It goes on meanwhile";
            let save = ui.add_enabled(asleep && !self.saves, save).on_hover_text(help);
            if save
                .on_disabled_hover_text("There is a night to save once the network sleeps")
                .clicked()
            {
                actions.push(UiAction::SaveRun);
            }
            let elsewhere = ui.add_enabled(asleep && !self.saves, ToolButton::text("Save as…"));
            if elsewhere.on_hover_text("Choose the file").clicked() {
                actions.push(UiAction::SaveRunAs);
            }
            let text = if self.saves {
                "writing …".to_owned()
            } else if let (Some(place), Some(saved)) = (&self.place, session.saved()) {
                let kilobytes = grouped(saved.bytes.div_ceil(1000));
                format!(
                    "{} · {} in {kilobytes} kB",
                    place.display(),
                    counted(saved.steps, "step")
                )
            } else if let Some(place) = &self.place {
                place.display().to_string()
            } else {
                "not saved yet".to_owned()
            };
            ui.add(Label::new(RichText::new(text).size(size::SMALL).color(tokens.text_weak)).truncate());
        });
    }

    /// The bookmarks, each with its way there.
    fn bookmarks_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        line(ui, "Marks", |ui, _| {
            let asleep = session.phase() >= Phase::Asleep;
            let mark = ui.add_enabled(asleep, ToolButton::new(Icon::Add, "Mark this moment"));
            let help = "A bookmark at the step that is shown (B); once more takes it away";
            if mark.on_hover_text(help).clicked() {
                actions.push(UiAction::ToggleBookmark);
            }
            let count = counted(self.notes.bookmarks.len() as u64, "bookmark");
            ui.label(RichText::new(count).size(size::SMALL).color(tokens.text_weak));
        });
        let mut gone = None;
        let height = ui.spacing().interact_size.y + ui.spacing().item_spacing.y;
        egui::ScrollArea::vertical()
            .id_salt("bookmarks")
            .max_height(BOOKMARKS * height)
            .show(ui, |ui| {
                for (index, bookmark) in self.notes.bookmarks.iter_mut().enumerate() {
                    ui.horizontal(|ui| {
                        ui.add_space(WORD + 8.0);
                        let step = grouped(bookmark.step);
                        let name = format!("Go to step {step}");
                        let go = ui.add_sized(vec2(84.0, 20.0), egui::Button::new(format!("step {step}")));
                        go.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &name));
                        if go.on_hover_text(&name).clicked() {
                            actions.push(UiAction::Seek(bookmark.step));
                        }
                        let room = ui.available_width() - 32.0;
                        let edit = TextEdit::singleline(&mut bookmark.name).desired_width(0.4 * room);
                        let edit = ui.add(edit);
                        edit.widget_info(|| text_info(&format!("Name of the bookmark at step {step}")));
                        let note = TextEdit::singleline(&mut bookmark.note)
                            .desired_width(0.55 * room)
                            .hint_text("note");
                        let note = ui.add(note);
                        note.widget_info(|| text_info(&format!("Note on the bookmark at step {step}")));
                        let name = format!("Remove the bookmark at step {step}");
                        let away = ToolButton::new(Icon::Close, &name)
                            .icon_only()
                            .emphasis(Emphasis::Quiet);
                        if ui.add(away).on_hover_text(&name).clicked() {
                            gone = Some(index);
                        }
                    });
                }
            });
        if let Some(index) = gone {
            self.notes.bookmarks.remove(index);
        }
    }
}

/// The name of a text field for screen readers.
fn text_info(name: &str) -> egui::WidgetInfo {
    egui::WidgetInfo::labeled(egui::Role::TextInput, true, name)
}

/// A line with a word in front.
fn line(ui: &mut Ui, word: &str, contents: impl FnOnce(&mut Ui, egui::Id)) {
    ui.horizontal(|ui| {
        let label = in_room(ui, vec2(WORD, 20.0), |ui| ui.label(word));
        contents(ui, label.id);
    });
}
