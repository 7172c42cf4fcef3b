//! The pop-up of the images behind a cell of a confusion matrix, each with what the outputs say to it.

use egui::{Color32, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{counted, grouped, number};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, MAX_SIDE, Picture, ToolButton, key, tooltip_rows};
use crate::worker::{CellImage, CellImages, Moment, Opened};

/// Images in a row.
const COLUMNS: usize = 8;
/// Side of an image on screen.
const SIDE: f32 = 48.0;
/// Height of the bars of its outputs.
const BARS: f32 = 26.0;

/// The pop-up.
#[derive(Default)]
pub struct ImagesView {
    /// All images in one picture; the key is the run, how often images were told of in it, and the theme.
    picture: Picture<(u64, u64, bool)>,
}

impl ImagesView {
    /// Shows the images that were asked for until the pop-up is closed.
    pub fn ui(&mut self, ui: &Ui, session: &Session, actions: &mut Actions) {
        let (Some(shown), Some(opened)) = (session.images(), session.opened()) else {
            return;
        };
        let mut open = true;
        let title = format!(
            "{} read as {}",
            session.class_name(shown.cell.truth),
            session.class_name(shown.cell.read)
        );
        let tokens = Tokens::of(ui);
        egui::Window::new(theme::strong(title, size::TITLE).color(tokens.text_strong))
            .id(egui::Id::unique("images of a cell"))
            .open(&mut open)
            .collapsible(false)
            .resizable(false)
            .default_pos(ui.max_rect().left_top() + vec2(24.0, 24.0))
            .show(ui.ctx(), |ui| self.content_ui(ui, session, shown, opened, actions));
        if !open || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            actions.push(UiAction::CloseImages);
        }
    }

    /// What is in the pop-up.
    fn content_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        shown: &CellImages,
        opened: &Opened,
        actions: &mut Actions,
    ) {
        let tokens = Tokens::of(ui);
        let weak = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        let network = if shown.cell.before_sleep {
            "the network that fell asleep".to_owned()
        } else {
            format!("the network {}", moment_words(shown.moment))
        };
        let sample = session.sample().map_or_else(String::new, |sample| {
            format!(" of a sample of {}", grouped(sample.images.into()))
        });
        let text = format!(
            "{} of {}{sample}, read by {network}",
            grouped(shown.images.len() as u64),
            counted(shown.total as u64, "held-out image")
        );
        ui.label(weak(text));
        if session.images_are_old() {
            ui.horizontal(|ui| {
                ui.label(RichText::new("The window shows another moment now.").color(tokens.pending));
                if ui
                    .add(ToolButton::text("Read them again").emphasis(Emphasis::Quiet))
                    .clicked()
                {
                    actions.push(UiAction::ShowCell(shown.cell));
                }
            });
        }
        if shown.images.is_empty() {
            ui.add_space(8.0);
            ui.label(RichText::new("No image is in this cell. Click on one with a number.").color(tokens.text));
            return;
        }
        let outputs = || shown.images.iter().flat_map(|image| image.outputs.iter().copied());
        let highest = outputs().fold(0.0_f32, f32::max);
        ui.horizontal(|ui| {
            key(
                ui,
                tokens.accent,
                &format!("read as {}", session.class_name(shown.cell.read)),
            );
            if shown.cell.truth != shown.cell.read {
                key(
                    ui,
                    tokens.pending,
                    &format!("shows {}", session.class_name(shown.cell.truth)),
                );
            }
            key(ui, tokens.before, "other outputs");
            let scale = format!("bars: 0 to {}, by class from left to right", number(highest.into()));
            ui.label(weak(scale));
        });
        self.upload(ui, session, shown, opened);
        let most = (ui.ctx().content_rect().height() - 240.0).max(160.0);
        egui::ScrollArea::vertical().max_height(most).show(ui, |ui| {
            ui.spacing_mut().item_spacing = vec2(10.0, 8.0);
            // The frames stand outside of their images.
            ui.add_space(1.0);
            for (row, images) in shown.images.chunks(COLUMNS).enumerate() {
                ui.horizontal(|ui| {
                    for (column, image) in images.iter().enumerate() {
                        self.image_ui(ui, session, shown, image, [column, row], highest);
                    }
                });
            }
        });
    }

    /// Puts all images into one picture.
    fn upload(&mut self, ui: &Ui, session: &Session, shown: &CellImages, opened: &Opened) {
        let (width, height) = opened.image_size;
        let rows = shown.images.len().div_ceil(COLUMNS);
        let all = [COLUMNS * width, rows * height];
        let key = (session.run(), session.images_told(), ui.visuals().dark_mode);
        if self.picture.is_current(&key) || all[0].max(all[1]) > MAX_SIDE {
            return;
        }
        let lut = Tokens::of(ui).amount.lut();
        let mut colors = vec![Color32::TRANSPARENT; all[0] * all[1]];
        for (index, image) in shown.images.iter().enumerate() {
            let corner = (index / COLUMNS) * height * all[0] + (index % COLUMNS) * width;
            for (y, row) in image.pixels.chunks(width.max(1)).take(height).enumerate() {
                for (x, &grey) in row.iter().enumerate() {
                    colors[corner + y * all[0] + x] = lut.color(f32::from(grey) / 255.0);
                }
            }
        }
        self.picture.set(ui.ctx(), "images of a cell", key, all, colors);
    }

    /// One image over the bars of its outputs.
    fn image_ui(
        &self,
        ui: &mut Ui,
        session: &Session,
        shown: &CellImages,
        image: &CellImage,
        [column, row]: [usize; 2],
        highest: f32,
    ) {
        let tokens = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE + 4.0 + BARS), Sense::hover());
        let name = format!("Held-out image #{}", grouped(image.index as u64));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
        let place = Rect::from_min_size(rect.min, vec2(SIDE, SIDE));
        let rows = shown.images.len().div_ceil(COLUMNS) as f32;
        let share = vec2(1.0 / COLUMNS as f32, 1.0 / rows);
        let corner = pos2(column as f32 * share.x, row as f32 * share.y);
        self.picture.paint_part(ui, place, Rect::from_min_size(corner, share));
        ui.painter()
            .rect_stroke(place, 2.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Outside);
        let slot = SIDE / image.outputs.len().max(1) as f32;
        for (class, &output) in image.outputs.iter().enumerate() {
            let color = match class {
                class if class == shown.cell.read => tokens.accent,
                class if class == shown.cell.truth => tokens.pending,
                _ => tokens.before,
            };
            let tall = (output / highest.max(1e-9)).clamp(0.0, 1.0) * BARS;
            let left = rect.left() + class as f32 * slot;
            let bar = Rect::from_min_max(
                pos2(left, rect.bottom() - tall.max(1.0)),
                pos2(left + (slot - 1.0).max(1.0), rect.bottom()),
            );
            ui.painter().rect_filled(bar, 0.0, color);
        }
        response.on_hover_ui_at_pointer(|ui| {
            let names: Vec<String> = (0..image.outputs.len())
                .map(|class| session.class_name(class))
                .collect();
            let rows: Vec<(&str, String)> = names
                .iter()
                .zip(&image.outputs)
                .map(|(name, &output)| (name.as_str(), number(output.into())))
                .collect();
            tooltip_rows(ui, &format!("{name}, outputs"), &rows);
        });
    }
}

/// A moment in words, after "the network".
fn moment_words(moment: Moment) -> String {
    match moment {
        Moment::Batch(batch) => format!("after batch {}", grouped(batch)),
        Moment::Step(step) => format!("after {}", counted(step, "step")),
        Moment::Tuned(batch) => format!("after {} of fine-tuning", counted(batch, "batch")),
    }
}
