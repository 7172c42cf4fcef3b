//! Beside the canvas: the drawing as the network sees it and reads it, and what a drawing is begun from and done with.

use std::path::PathBuf;

use egui::{DragValue, Rect, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui, vec2};

use super::ProbeView;
use super::canvas::Tool;
use super::outputs::reading;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, helped, segmented};
use crate::worker::MAX_PICTURES;

/// Side of the picture as the network sees it.
const SEEN: f32 = 84.0;

impl ProbeView {
    /// What the network sees and reads, and what can be done.
    pub(super) fn tools_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        ui.spacing_mut().item_spacing.y = 5.0;
        ui.horizontal_top(|ui| {
            self.seen_ui(ui);
            ui.add_space(4.0);
            ui.vertical(|ui| self.verdict_ui(ui, session));
        });
        ui.horizontal(|ui| {
            let choices = [(Tool::Pen, "Pen".to_owned()), (Tool::Eraser, "Eraser".to_owned())];
            let help = |tool| match tool {
                Tool::Pen => "Leaves ink. A swift stroke is thinner",
                Tool::Eraser => "Takes ink away",
            };
            if let Some(tool) = segmented(ui, "Tool:", &choices, self.easel.tool, |tool| help(tool).to_owned()) {
                self.easel.tool = tool;
            }
            let choices = [2_u8, 3, 4, 6].map(|width| (width, width.to_string()));
            let help = |width: u8| format!("{width} pixels of the image wide");
            let width = self.easel.width as u8;
            if let Some(width) = segmented(ui, "Width in pixels:", &choices, width, help) {
                self.easel.width = f32::from(width);
            }
        });
        ui.horizontal(|ui| {
            let choices = [(true, "Fit as MNIST".to_owned()), (false, "As drawn".to_owned())];
            let help = |fits| {
                if fits {
                    "Prepared as the digits of MNIST were: what is drawn is fitted into 20 of the 28 pixels of a side, and its centre of mass moved to the middle"
                } else {
                    "The canvas as it is, made smaller"
                }
                .to_owned()
            };
            if let Some(fits) = segmented(ui, "Picture:", &choices, self.fits, help) {
                self.fits = fits;
            }
        });
        ui.horizontal(|ui| self.buttons_ui(ui));
        ui.horizontal(|ui| self.held_out_ui(ui, session, actions));
        ui.horizontal(|ui| self.file_ui(ui, actions));
    }

    /// The drawing as the network sees it.
    fn seen_ui(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let (width, height) = self.easel.canvas.size();
        let longer = width.max(height).max(1) as f32;
        let (place, response) = ui.allocate_exact_size(vec2(SEEN, SEEN), Sense::hover());
        let place = Rect::from_center_size(
            place.center(),
            vec2(width as f32, height as f32) / longer * (SEEN - 2.0),
        );
        let key = (self.drawing.as_ref().map_or(0, |drawing| drawing.id), tokens.dark);
        if !self.seen.is_current(&key) {
            let lut = tokens.amount.lut();
            let pixels = self.drawing.as_ref().map_or(&[][..], |drawing| &drawing.pixels);
            let mut colors: Vec<_> = pixels.iter().map(|&grey| lut.color(f32::from(grey) / 255.0)).collect();
            colors.resize(width * height, lut.color(0.0));
            self.seen
                .set(ui.ctx(), "as the network sees it", key, [width, height], colors);
        }
        self.seen.paint(ui, place);
        ui.painter()
            .rect_stroke(place, 2.0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
        let words = format!("The drawing as the network sees it: {width} × {height} pixels");
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
        response.on_hover_text(words);
    }

    /// What the drawing is read as.
    fn verdict_ui(&self, ui: &mut Ui, session: &Session) {
        let tokens = Tokens::of(ui);
        ui.spacing_mut().item_spacing.y = 1.0;
        let weak = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        ui.label(weak("as the network sees it"));
        let Some(judged) = &self.judged else {
            ui.add_space(4.0);
            let words = RichText::new("Draw, load a PNG, or take a held-out image.").color(tokens.text);
            ui.add(egui::Label::new(words).wrap());
            return;
        };
        ui.add_space(2.0);
        let now = reading(session, &judged.now);
        ui.label(theme::strong(format!("reads {now}"), size::FIGURE).color(tokens.text_strong));
        let moment = if session.night().is_none() {
            "awake".to_owned()
        } else {
            format!("after step {}", grouped(session.steps()))
        };
        ui.label(weak(&moment));
        if let Some(before) = &judged.before {
            let words = format!("before sleep: {}", reading(session, before));
            ui.label(RichText::new(words).size(size::SMALL).color(tokens.text));
        }
    }

    /// Undo, clear, pin.
    fn buttons_ui(&mut self, ui: &mut Ui) {
        let button = |name| ToolButton::text(name).emphasis(Emphasis::Plain);
        let can_undo = self.easel.canvas.can_undo();
        let undo = ui.add_enabled(can_undo, button("Undo stroke"));
        if helped(undo, "Take the last stroke back (Ctrl+Z on the canvas)").clicked() {
            self.easel.canvas.undo();
        }
        let clear = ui.add_enabled(!self.easel.canvas.is_blank(), button("Clear"));
        if helped(clear, "Take all ink away (Delete on the canvas)").clicked() {
            self.easel.canvas.clear();
        }
        let new = self
            .drawing
            .clone()
            .filter(|drawing| self.pinned.iter().all(|pinned| pinned.id != drawing.id));
        let is_full = self.pinned.len() + 1 >= MAX_PICTURES;
        let pin = ui.add_enabled(new.is_some() && !is_full, button("Pin"));
        let help = if is_full {
            "Ten pictures are pinned: unpin one to make room"
        } else {
            "Keep this picture on the shelf below"
        };
        if let Some(drawing) = new.filter(|_| helped(pin, help).clicked()) {
            self.pinned.push(drawing);
        }
    }

    /// A held-out image to begin with.
    fn held_out_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let images = session.opened().map_or(0, |opened| opened.test_images);
        ui.set_min_height(CONTROL_HEIGHT + 4.0);
        let label = ui.label(RichText::new("Held-out image #").color(tokens.text));
        let most = images.saturating_sub(1);
        let drag = DragValue::new(&mut self.held_out).range(0..=most).speed(0.2);
        ui.add_sized([64.0, CONTROL_HEIGHT - 2.0], drag)
            .labelled_by(label.id)
            .on_hover_text(format!("0 to {}", grouped(most as u64)));
        let take = ui.add_enabled(images > 0, ToolButton::text("Take").emphasis(Emphasis::Plain));
        if helped(take, "Put this image on the canvas").clicked() {
            self.awaits = Some(self.held_out);
            actions.push(UiAction::ShowHeldOut(self.held_out));
        }
        let next = ui.add_enabled(images > 0, ToolButton::text("Next").emphasis(Emphasis::Quiet));
        if helped(next, "Put the next image on the canvas").clicked() {
            self.held_out = if self.held_out >= most { 0 } else { self.held_out + 1 };
            self.awaits = Some(self.held_out);
            actions.push(UiAction::ShowHeldOut(self.held_out));
        }
    }

    /// A PNG, by its path or by a dialog.
    fn file_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        ui.set_min_height(CONTROL_HEIGHT + 4.0);
        let label = ui.label(RichText::new("PNG").color(Tokens::of(ui).text));
        let edit = TextEdit::singleline(&mut self.path)
            .hint_text("path, or drop it on the window")
            .desired_width(150.0);
        let response = ui.add(edit).labelled_by(label.id);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let path = self.path.trim();
        let load = ui.add_enabled(!path.is_empty(), ToolButton::text("Load").emphasis(Emphasis::Plain));
        let load = helped(load, "Put the picture of this file on the canvas");
        if (load.clicked() || entered) && !path.is_empty() {
            actions.push(UiAction::OpenPicture(PathBuf::from(path)));
        }
        let browse = ToolButton::new(Icon::Folder, "Choose a PNG …").icon_only();
        if ui.add(browse).on_hover_text("Choose a PNG …").clicked() {
            actions.push(UiAction::BrowsePicture);
        }
    }
}
