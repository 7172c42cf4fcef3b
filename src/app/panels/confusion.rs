//! Which class is read as which: before sleep, now, and what became of it.

mod matrix;

use egui::{Align2, FontId, Rect, Sense, Ui, pos2, vec2};

use self::matrix::{Matrix, matrix_ui};
use super::exactness::sample_figure;
use crate::app::action::Actions;
use crate::app::session::Session;
use crate::app::text::{capitalised, counted};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{color_bar, empty_state, segmented};
use crate::worker::Moment;

pub use self::matrix::{Names, cells_ui, names_ui};

/// Between two matrices.
const GAP: f32 = 16.0;
/// Height of a caption.
const CAPTION: f32 = 18.0;
/// Three matrices are shown if each is at least this large.
const ROOM: f32 = 150.0;

/// The pane of the confusion matrices.
#[derive(Default)]
pub struct ConfusionView {
    /// Whether the second matrix is the difference, where there is no room for three.
    difference: bool,
    /// Whether there was room for three.
    three: bool,
}

impl ConfusionView {
    /// What the second matrix is, and the scales.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.before().is_none() {
            return;
        }
        let tokens = Tokens::of(ui);
        if let Some(sample) = session.sample() {
            sample_figure(ui, &sample);
            ui.add_space(6.0);
        }
        if !self.three && session.now().is_some() {
            let choices = [(false, "Now".to_owned()), (true, "Difference".to_owned())];
            let help = |difference| {
                if difference {
                    "The second matrix: now minus before, in percentage points of the row"
                } else {
                    "The second matrix: what the images are read as now"
                }
                .to_owned()
            };
            if let Some(difference) = segmented(ui, "Second matrix", &choices, self.difference, help) {
                self.difference = difference;
            }
        }
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            let signed = session.now().is_some() && (self.three || self.difference);
            let both = signed && ui.available_width() >= 310.0;
            let wanted = if both { 310.0 } else { 148.0 };
            // Half a scale says nothing.
            if ui.available_width() < wanted {
                return;
            }
            ui.add_space((ui.available_width() - wanted).max(0.0));
            if !signed || both {
                color_bar(ui, tokens.amount, "0", "100 %");
            }
            if both {
                ui.add_space(6.0);
            }
            if signed {
                color_bar(ui, tokens.signed, "−100", "+100");
            }
        });
    }

    /// The matrices.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let Some(before) = session.before() else {
            empty_state(
                ui,
                "What the images show and what they are read as: before sleep, now, and the difference.",
                "Press Play",
            );
            return;
        };
        let area = ui.available_rect_before_wrap();
        let now = session.now();
        let names = Names::new(session, before.classes);
        let side_of = |count: f32| {
            let width = (area.width() - (count - 1.0) * GAP) / count - names.left;
            width.min(area.height() - CAPTION - names.foot).max(10.0).floor()
        };
        self.three = side_of(3.0) >= ROOM;
        let slept = now.filter(|(_, now)| now.classes == before.classes);
        let first = (capitalised(&session.before_name()), Some(Matrix::Before(before)));
        let second = (
            slept.map_or_else(
                || "Now".to_owned(),
                |(moment, _)| {
                    let about = if session.sample().is_some() { ", sample" } else { "" };
                    match moment {
                        Moment::Tuned(batch) => format!("Fine-tuned, {}{about}", counted(batch, "batch")),
                        Moment::Batch(step) | Moment::Step(step) => format!("After {}{about}", counted(step, "step")),
                    }
                },
            ),
            slept.map(|(_, now)| Matrix::Now(now)),
        );
        let third = (
            "Difference, points".to_owned(),
            slept.map(|(_, now)| Matrix::Difference(before, now)),
        );
        let shown = match (self.three, self.difference) {
            (true, _) => vec![first, second, third],
            (false, false) => vec![first, second],
            (false, true) => vec![first, third],
        };
        let count = shown.len() as f32;
        let side = side_of(count);
        let block = names.left + side;
        let left = area.left() + (0.5 * (area.width() - count * block - (count - 1.0) * GAP)).max(0.0);
        for (index, (caption, matrix)) in shown.into_iter().enumerate() {
            let x = left + index as f32 * (block + GAP) + names.left;
            let grid = Rect::from_min_size(pos2(x, area.top() + CAPTION), vec2(side, side));
            let tokens = Tokens::of(ui);
            let font = FontId::new(size::SMALL, theme::strong_family());
            let at = pos2(grid.left(), area.top() + 1.0);
            ui.painter().text(at, Align2::LEFT_TOP, caption, font, tokens.text);
            if let Some(matrix) = matrix {
                matrix_ui(ui, session, matrix, grid, &names, actions);
            } else {
                ui.painter().rect_filled(grid, 4.0, tokens.sunken);
                let font = FontId::proportional(size::SMALL);
                let middle = Align2::CENTER_CENTER;
                // A night that was run again is known before it is tested.
                let words = if session.steps() > 0 {
                    "not tested yet"
                } else {
                    "not slept yet"
                };
                ui.painter().text(grid.center(), middle, words, font, tokens.text_weak);
            }
        }
        ui.allocate_rect(area, Sense::hover());
    }
}
