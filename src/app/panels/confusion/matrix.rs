//! One confusion matrix.

use egui::{Align2, Color32, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{grouped, percent, points, signed};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{axis_text, canvas_keys, rotated_text, tooltip_rows};
use crate::sim::evaluate::Evaluation;
use crate::worker::Cell;

/// What a matrix shows.
#[derive(Clone, Copy)]
pub enum Matrix<'a> {
    /// The network that fell asleep.
    Before(&'a Evaluation),
    /// The network now.
    Now(&'a Evaluation),
    /// Now minus before.
    Difference(&'a Evaluation, &'a Evaluation),
}

impl Matrix<'_> {
    /// Number of classes.
    fn classes(self) -> usize {
        match self {
            Self::Before(test) | Self::Now(test) | Self::Difference(test, _) => test.classes,
        }
    }

    /// The number of a cell: a share of its row, or the change of that share.
    fn value(self, truth: usize, read: usize) -> f64 {
        match self {
            Self::Before(test) | Self::Now(test) => test.share_of_class(truth, read),
            Self::Difference(before, now) => difference(before, now, truth, read),
        }
    }

    /// What a number is written as, in whole percent or points.
    fn word(self, value: f64) -> String {
        let whole = (100.0 * value).round();
        match self {
            Self::Before(_) | Self::Now(_) => format!("{whole:.0}"),
            Self::Difference(..) => signed(whole),
        }
    }

    /// The colour of a number.
    fn color(self, tokens: &Tokens, value: f64) -> Color32 {
        match self {
            Self::Before(_) | Self::Now(_) => tokens.amount.color(value as f32),
            Self::Difference(..) => tokens.signed.color(value as f32),
        }
    }

    /// What tells it from the others, whatever it shows: a press and its release must find the same one.
    fn salt(self) -> &'static str {
        match self {
            Self::Before(_) => "before",
            Self::Now(_) => "now",
            Self::Difference(..) => "difference",
        }
    }

    /// What a screen reader says of it.
    fn name(self) -> String {
        let correct = |test: &Evaluation| percent(test.accuracy());
        match self {
            Self::Before(test) => format!("Confusion matrix before sleep, {} % correct", correct(test)),
            Self::Now(test) => format!("Confusion matrix now, {} % correct", correct(test)),
            Self::Difference(..) => "Confusion matrix, now minus before".to_owned(),
        }
    }
}

/// What became of a cell: the share of its row now minus the share before.
fn difference(before: &Evaluation, now: &Evaluation, truth: usize, read: usize) -> f64 {
    now.share_of_class(truth, read) - before.share_of_class(truth, read)
}

/// The names of the classes beside and under a matrix, and the room they take.
pub struct Names {
    /// As short as they must be, with the whole name.
    shown: Vec<(String, String)>,
    /// Whether they stand upright under the matrix.
    upright: bool,
    /// Room left of a matrix.
    pub left: f32,
    /// Room under a matrix.
    pub foot: f32,
}

impl Names {
    /// The names of so many classes of a run.
    pub fn new(session: &Session, classes: usize) -> Self {
        Self::of((0..classes).map(|class| session.class_name(class)).collect())
    }

    /// The numbers of so many classes.
    pub fn numbers(classes: usize) -> Self {
        Self::of((0..classes).map(|class| class.to_string()).collect())
    }

    /// These names.
    fn of(whole: Vec<String>) -> Self {
        let upright = whole.iter().any(|name| name.chars().count() > 2);
        let shown = whole
            .into_iter()
            .map(|name| (name.chars().take(4).collect(), name))
            .collect();
        let (left, foot) = if upright { (43.0, 46.0) } else { (32.0, 32.0) };
        Self {
            shown,
            upright,
            left,
            foot,
        }
    }
}

/// The place of a cell of this side.
fn place(grid: Rect, cell: f32, row: usize, column: usize) -> Rect {
    Rect::from_min_size(grid.min + vec2(column as f32, row as f32) * cell, vec2(cell, cell)).shrink(0.5)
}

/// The cells of a matrix. `of` tells what is in a cell: its number, its colour, and the word for it, which is written where there
/// is room; in the diagonal, in cells of the side `room`.
pub fn cells_ui(ui: &Ui, grid: Rect, classes: usize, room: f32, of: impl Fn(usize, usize) -> (f64, Color32, String)) {
    let tokens = Tokens::of(ui);
    let cell = grid.width() / classes.max(1) as f32;
    for row in 0..classes {
        for column in 0..classes {
            let (value, fill, word) = of(row, column);
            let rect = place(grid, cell, row, column);
            ui.painter().rect_filled(rect, 1.5, fill);
            let counts = (100.0 * value).abs() >= 0.5;
            if (row == column && cell >= room) || (cell >= 24.0 && counts) {
                let font = FontId::proportional((0.42 * cell).clamp(7.5, size::SMALL));
                let (middle, ink) = (Align2::CENTER_CENTER, theme::readable_on(fill));
                ui.painter().text(rect.center(), middle, word, font, ink);
            }
            if row == column {
                ui.painter()
                    .rect_stroke(rect, 1.5, Stroke::new(1.0, tokens.grid), egui::StrokeKind::Inside);
            }
        }
    }
}

/// A matrix in `grid`, with the names of its classes left of it and below. A click on a cell asks for its images.
pub fn matrix_ui(ui: &mut Ui, session: &Session, matrix: Matrix<'_>, grid: Rect, names: &Names, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let classes = matrix.classes();
    let cell = grid.width() / classes.max(1) as f32;
    let room = if matches!(matrix, Matrix::Difference(..)) {
        20.0
    } else {
        13.0
    };
    cells_ui(ui, grid, classes, room, |row, column| {
        let value = matrix.value(row, column);
        (value, matrix.color(tokens, value), matrix.word(value))
    });
    names_ui(ui, grid, names, cell, matrix.salt());
    let response = ui.interact(grid, ui.scope_id().with(("confusion", matrix.salt())), Sense::click());
    let keyed = keyed_cell(ui, &response, classes);
    let title = |(row, column)| format!("{} read as {}", session.class_name(row), session.class_name(column));
    response.widget_info(|| {
        let name = match keyed {
            Some(cell) => {
                let numbers = hover_rows(matrix, cell.0, cell.1);
                let numbers: Vec<String> = numbers.iter().map(|(what, much)| format!("{what} {much}")).collect();
                format!("{}. {}: {}", matrix.name(), title(cell), numbers.join(", "))
            }
            None => matrix.name(),
        };
        egui::WidgetInfo::labeled(egui::Role::Image, true, name)
    });
    let pointed = response
        .interact_pointer_pos()
        .or(response.hover_pos())
        .map(|pointer| ((pointer - grid.min) / cell).floor())
        .filter(|at| at.x >= 0.0 && at.y >= 0.0 && at.x < classes as f32 && at.y < classes as f32)
        .map(|at| (at.y as usize, at.x as usize));
    let Some((row, column)) = pointed.or(keyed) else {
        return;
    };
    if response.clicked() {
        actions.push(UiAction::ShowCell(Cell {
            truth: row,
            read: column,
            before_sleep: matches!(matrix, Matrix::Before(_)),
        }));
    }
    let outline = Stroke::new(1.5, tokens.text_strong);
    ui.painter()
        .rect_stroke(place(grid, cell, row, column), 1.5, outline, egui::StrokeKind::Outside);
    let numbers = |ui: &mut Ui| tooltip_rows(ui, &title((row, column)), &hover_rows(matrix, row, column));
    if pointed.is_none() {
        response.show_tooltip_ui(numbers);
        return;
    }
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_ui_at_pointer(numbers);
}

/// The cell that the arrows have gone to, row and column, while the matrix has the keyboard.
fn keyed_cell(ui: &Ui, response: &egui::Response, classes: usize) -> Option<(usize, usize)> {
    let keys = canvas_keys(ui, response).unwrap_or_default();
    let last = classes.checked_sub(1).filter(|_| response.has_focus())?;
    let id = response.id.with("cell");
    let (row, column) = ui.data(|data| data.get_temp(id)).unwrap_or((0_usize, 0_usize));
    let moved = |at: usize, steps: i32| at.saturating_add_signed(steps as isize).min(last);
    let cell = if keys.whole {
        (0, 0)
    } else {
        (moved(row, keys.steps[1]), moved(column, keys.steps[0]))
    };
    ui.data_mut(|data| data.insert_temp(id, cell));
    Some(cell)
}

/// What the pointer tells of a cell.
fn hover_rows(matrix: Matrix<'_>, row: usize, column: usize) -> Vec<(&'static str, String)> {
    let share = |test: &Evaluation| {
        let images: u32 = (0..test.classes).map(|read| test.count(row, read)).sum();
        let of = format!(
            "{} of {}",
            grouped(test.count(row, column).into()),
            grouped(images.into())
        );
        format!("{of}, {} %", percent(test.share_of_class(row, column)))
    };
    let mut rows = match matrix {
        Matrix::Before(test) | Matrix::Now(test) => vec![("images", share(test))],
        Matrix::Difference(before, now) => {
            let points = points(difference(before, now, row, column));
            vec![
                ("before", share(before)),
                ("now", share(now)),
                ("change", format!("{} points", signed(points))),
            ]
        }
    };
    rows.push(("click", "shows the images".to_owned()));
    rows
}

/// The names beside and under a matrix, whole under the pointer, and what the axes are.
pub fn names_ui(ui: &Ui, grid: Rect, names: &Names, cell: f32, salt: &'static str) {
    let tokens = Tokens::of(ui);
    let font = FontId::proportional(size::SMALL.min(cell.max(8.0)));
    for (class, (short, whole)) in names.shown.iter().enumerate() {
        let middle = (class as f32 + 0.5) * cell;
        let row = pos2(grid.left() - 5.0, grid.top() + middle);
        let column = pos2(grid.left() + middle, grid.bottom() + 3.0);
        let galley = ui
            .painter()
            .layout_no_wrap(short.clone(), font.clone(), tokens.text_weak);
        let size = galley.size();
        let at = row - vec2(size.x, 0.5 * size.y);
        ui.painter()
            .galley(at, std::sync::Arc::clone(&galley), tokens.text_weak);
        if names.upright {
            let at = column + vec2(-0.5 * size.y, size.x);
            let shape = egui::epaint::TextShape::new(at, galley, tokens.text_weak);
            ui.painter().add(shape.with_angle(-std::f32::consts::FRAC_PI_2));
            let half = 0.5 * cell;
            for (part, place) in [
                Rect::from_min_max(pos2(row.x - 30.0, row.y - half), pos2(row.x, row.y + half)),
                Rect::from_min_max(pos2(column.x - half, column.y), pos2(column.x + half, column.y + 28.0)),
            ]
            .into_iter()
            .enumerate()
            {
                let id = ui.scope_id().with((salt, class, part));
                ui.interact(place, id, Sense::hover()).on_hover_text(whole);
            }
        } else {
            ui.painter()
                .galley(column - vec2(0.5 * size.x, 0.0), galley, tokens.text_weak);
        }
    }
    rotated_text(ui, pos2(grid.left() - names.left, grid.center().y), "image shows");
    let under = pos2(grid.center().x, grid.bottom() + names.foot - 16.0);
    axis_text(ui, under, Align2::CENTER_TOP, "read as");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a difference of counts instead of shares, the wrong sign, and a class without images.
    #[test]
    fn a_difference_is_the_change_of_the_share_of_the_row() {
        let test = |confusion: [u32; 9]| Evaluation {
            classes: 3,
            confusion: confusion.to_vec(),
        };
        let before = test([8, 2, 0, 10, 0, 0, 0, 0, 0]);
        let now = test([4, 16, 0, 5, 5, 0, 0, 0, 0]);
        let seen = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2)].map(|(row, column)| difference(&before, &now, row, column));
        for (seen, wanted) in seen.into_iter().zip([-0.6, 0.6, -0.5, 0.5, 0.0]) {
            assert!((seen - wanted).abs() < 1e-12, "{seen} instead of {wanted}");
        }
        assert_eq!(Matrix::Difference(&before, &now).word(-0.6), "−60");
    }
}
