//! Which class is read as which: before sleep and now, side by side, on one scale.

use egui::{Align2, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::app::session::Session;
use crate::app::text::{counted, grouped, percent};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{axis_text, color_bar, empty_state, rotated_text, tooltip_rows};
use crate::sim::evaluate::Evaluation;

/// Room for the names of the rows and columns, and for what they are.
const AXIS: f32 = 32.0;

/// The scale.
pub fn header_ui(ui: &mut Ui, session: &Session) {
    if session.before().is_some() {
        let map = Tokens::of(ui).amount;
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.add_space((ui.available_width() - 148.0).max(0.0));
            color_bar(ui, map, "0", "100 %");
        });
    }
}

/// The two matrices.
pub fn ui(ui: &mut Ui, session: &Session) {
    let Some(before) = session.before() else {
        empty_state(
            ui,
            "Two matrices: what the images show and what they are read as, before sleep and now.",
            "Press Play",
        );
        return;
    };
    let area = ui.available_rect_before_wrap();
    let gap = 16.0;
    let width = 0.5 * (area.width() - gap);
    let caption = 18.0;
    let side = (width - AXIS).min(area.height() - caption - AXIS).max(10.0).floor();
    let block = AXIS + side;
    let left = area.left() + 0.5 * (area.width() - 2.0 * block - gap);
    let now = session.now();
    let captions = [
        "Before sleep".to_owned(),
        now.map_or_else(
            || "Now".to_owned(),
            |(step, _)| format!("After {}", counted(step, "step")),
        ),
    ];
    let evaluations = [Some(before), now.map(|(_, evaluation)| evaluation)];
    for (index, (caption_text, evaluation)) in captions.into_iter().zip(evaluations).enumerate() {
        let x = left + index as f32 * (block + gap);
        let grid = Rect::from_min_size(pos2(x + AXIS, area.top() + caption), vec2(side, side));
        let tokens = Tokens::of(ui);
        let at = pos2(grid.left(), area.top() + 1.0);
        ui.painter().text(
            at,
            Align2::LEFT_TOP,
            caption_text,
            FontId::new(size::SMALL, theme::strong_family()),
            tokens.text,
        );
        if let Some(evaluation) = evaluation {
            matrix_ui(ui, session, evaluation, grid, index);
        } else {
            ui.painter().rect_filled(grid, 4.0, tokens.sunken);
            let font = FontId::proportional(size::SMALL);
            let middle = Align2::CENTER_CENTER;
            ui.painter()
                .text(grid.center(), middle, "not slept yet", font, tokens.text_weak);
        }
    }
    ui.allocate_rect(area, Sense::hover());
}

/// One matrix in `grid`, with the names of its classes left of it and below.
fn matrix_ui(ui: &mut Ui, session: &Session, evaluation: &Evaluation, grid: Rect, index: usize) {
    let tokens = Tokens::of(ui);
    let classes = evaluation.classes.max(1);
    let cell = grid.width() / classes as f32;
    let place = |row: usize, column: usize| {
        Rect::from_min_size(grid.min + vec2(column as f32, row as f32) * cell, vec2(cell, cell)).shrink(0.5)
    };
    for row in 0..evaluation.classes {
        let images: u32 = (0..evaluation.classes)
            .map(|column| evaluation.count(row, column))
            .sum();
        for column in 0..evaluation.classes {
            let count = evaluation.count(row, column);
            let share = count as f32 / images.max(1) as f32;
            let fill = tokens.amount.color(share);
            let rect = place(row, column);
            ui.painter().rect_filled(rect, 1.5, fill);
            let says = if row == column {
                cell >= 14.0
            } else {
                cell >= 24.0 && count > 0
            };
            if says {
                let text = format!("{:.0}", 100.0 * share);
                let font = FontId::proportional((0.42 * cell).clamp(7.5, size::SMALL));
                ui.painter().text(
                    rect.center(),
                    Align2::CENTER_CENTER,
                    text,
                    font,
                    theme::readable_on(fill),
                );
            }
            if row == column {
                ui.painter()
                    .rect_stroke(rect, 1.5, Stroke::new(1.0, tokens.grid), egui::StrokeKind::Inside);
            }
        }
        let short: String = session.class_name(row).chars().take(2).collect();
        axis_text(
            ui,
            pos2(grid.left() - 5.0, place(row, 0).center().y),
            Align2::RIGHT_CENTER,
            &short,
        );
        axis_text(
            ui,
            pos2(place(0, row).center().x, grid.bottom() + 3.0),
            Align2::CENTER_TOP,
            &short,
        );
    }
    rotated_text(ui, pos2(grid.left() - AXIS, grid.center().y), "image shows");
    axis_text(
        ui,
        pos2(grid.center().x, grid.bottom() + 16.0),
        Align2::CENTER_TOP,
        "read as",
    );
    let response = ui.interact(grid, ui.scope_id().with(("confusion", index)), Sense::hover());
    response.widget_info(|| {
        let accuracy = percent(evaluation.accuracy());
        egui::WidgetInfo::labeled(
            egui::Role::Image,
            true,
            format!("Confusion matrix, {accuracy} % correct"),
        )
    });
    let Some(pointer) = response.hover_pos() else { return };
    let at = ((pointer - grid.min) / cell).floor();
    let (row, column) = (at.y as usize, at.x as usize);
    if row >= evaluation.classes || column >= evaluation.classes {
        return;
    }
    ui.painter().rect_stroke(
        place(row, column),
        1.5,
        Stroke::new(1.5, tokens.text_strong),
        egui::StrokeKind::Outside,
    );
    let images: u32 = (0..evaluation.classes).map(|c| evaluation.count(row, c)).sum();
    let count = evaluation.count(row, column);
    let title = format!("{} read as {}", session.class_name(row), session.class_name(column));
    response.on_hover_ui_at_pointer(|ui| {
        let of = format!("{} of {}", grouped(count.into()), grouped(images.into()));
        let share = format!("{} %", percent(f64::from(count) / f64::from(images.max(1))));
        tooltip_rows(ui, &title, &[("images", of), ("of the row", share)]);
    });
}
