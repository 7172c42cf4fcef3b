//! The confusion matrices of all nights at the moment that is shown, with one locked scale.

use egui::{Align2, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::app::panels::Seen;
use crate::app::panels::comparison::Beside;
use crate::app::text::{grouped, percent};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{axis_text, color_bar, tooltip_rows};
use crate::sim::evaluate::Evaluation;

/// Side of a matrix at least.
const SIDE: f32 = 128.0;
/// Side of a matrix at most.
const LARGEST: f32 = 260.0;
/// Between two matrices.
const GAP: f32 = 12.0;
/// Room for the numbers of the classes, on the left and below.
const NUMBERS: f32 = 14.0;
/// Height of a caption: two lines.
const CAPTION: f32 = 30.0;

/// As many side by side as there is room for.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, nights: &[Beside<'_>]) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        color_bar(ui, tokens.amount, "0", "100 % of the row, in every matrix");
    });
    let width = ui.available_width() - 12.0;
    let fit = ((width + GAP) / (SIDE + GAP)).floor().max(1.0);
    let columns = fit.min(nights.len() as f32);
    let side = ((width + GAP) / columns - GAP - NUMBERS).clamp(48.0, LARGEST).floor();
    ui.spacing_mut().item_spacing = vec2(GAP, 8.0);
    for line in nights.chunks(columns as usize) {
        ui.horizontal(|ui| {
            for night in line {
                matrix_ui(ui, seen, night, side);
            }
        });
    }
}

/// A night's matrix.
fn matrix_ui(ui: &mut Ui, seen: Seen<'_>, night: &Beside<'_>, side: f32) {
    let tokens = Tokens::of(ui);
    let (place, response) = ui.allocate_exact_size(vec2(NUMBERS + side, CAPTION + side + NUMBERS), Sense::hover());
    let test = night.test_at(seen.session.steps().min(night.total));
    let name_font = FontId::new(size::SMALL, theme::strong_family());
    let painter = ui.painter().with_clip_rect(place);
    painter.rect_filled(
        Rect::from_min_size(place.min + vec2(0.0, 3.0), vec2(9.0, 9.0)),
        2.0,
        night.color,
    );
    painter.text(
        place.min + vec2(14.0, 0.0),
        Align2::LEFT_TOP,
        night.name,
        name_font,
        tokens.text,
    );
    let grid = Rect::from_min_size(place.min + vec2(NUMBERS, CAPTION), vec2(side, side));
    let small = FontId::proportional(size::SMALL);
    let caption = test.map_or_else(
        || "not tested".to_owned(),
        |(at, test)| format!("{} %, step {}", percent(test.accuracy()), grouped(at)),
    );
    painter.text(
        place.min + vec2(0.0, 14.0),
        Align2::LEFT_TOP,
        &caption,
        small,
        tokens.text_weak,
    );
    response.widget_info(|| {
        let text = format!("Confusion matrix of {}: {caption}", night.name);
        egui::WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    let Some((_, test)) = test else {
        painter.rect_filled(grid, 3.0, tokens.sunken);
        return;
    };
    let cell = side / test.classes.max(1) as f32;
    // As many numbers as have room.
    let every = (9.0 / cell).ceil().max(1.0) as usize;
    for class in (0..test.classes).step_by(every) {
        let middle = (class as f32 + 0.5) * cell;
        let left = pos2(grid.left() - 4.0, grid.top() + middle);
        axis_text(ui, left, Align2::RIGHT_CENTER, class);
        let under = pos2(grid.left() + middle, grid.bottom() + 1.0);
        axis_text(ui, under, Align2::CENTER_TOP, class);
    }
    for truth in 0..test.classes {
        for read in 0..test.classes {
            let at = grid.min + vec2(read as f32, truth as f32) * cell;
            let share = test.share_of_class(truth, read);
            let rect = Rect::from_min_size(at, vec2(cell, cell)).shrink(0.5);
            let fill = tokens.amount.color(share as f32);
            painter.rect_filled(rect, 1.0, fill);
            if cell >= 15.0 && truth == read {
                let font = FontId::proportional((0.42 * cell).clamp(7.5, size::SMALL));
                let text = format!("{:.0}", 100.0 * share);
                painter.text(
                    rect.center(),
                    Align2::CENTER_CENTER,
                    text,
                    font,
                    theme::readable_on(fill),
                );
            }
        }
    }
    painter.rect_stroke(grid, 1.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Inside);
    let pointed = response
        .hover_pos()
        .filter(|at| grid.contains(*at))
        .map(|at| ((at - grid.min) / cell).floor());
    let inside = |at: f32| (at as usize).min(test.classes.saturating_sub(1));
    if let Some((truth, read)) = pointed.map(|at| (inside(at.y), inside(at.x))) {
        response.on_hover_ui_at_pointer(|ui| hover_ui(ui, seen, test, (truth, read)));
    }
}

/// What there is in a cell.
fn hover_ui(ui: &mut Ui, seen: Seen<'_>, test: &Evaluation, (truth, read): (usize, usize)) {
    let session = seen.session;
    let images: u32 = (0..test.classes).map(|read| test.count(truth, read)).sum();
    let share = format!(
        "{} of {}, {} %",
        grouped(test.count(truth, read).into()),
        grouped(images.into()),
        percent(test.share_of_class(truth, read))
    );
    let title = format!("{} read as {}", session.class_name(truth), session.class_name(read));
    tooltip_rows(ui, &title, &[("images", share)]);
}
