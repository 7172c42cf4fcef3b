//! Short tables of units.

use egui::{Align2, FontId, Rect, Response, Sense, Ui, pos2, vec2};

use crate::app::theme::{self, Tokens, faded, size};

/// Height of a row.
pub const ROW: f32 = 18.0;
/// Room at the right, over which the bar of a scroll area floats.
const MARGIN: f32 = 10.0;

/// A column of a table.
pub struct Column {
    /// What stands over it.
    pub title: &'static str,
    /// What it says, in a sentence.
    pub help: &'static str,
    /// Its share of the width.
    pub share: f32,
}

/// What a row looks like.
#[derive(Clone, Copy, Default)]
pub struct Look {
    /// Whether what the pointer is on comes from it.
    pub lit: bool,
    /// Whether it is the one that is looked at.
    pub picked: bool,
    /// A column, and what its bar shows, from -1 to 1.
    pub bar: Option<(usize, f32)>,
}

/// The names of the columns.
pub fn head_ui(ui: &mut Ui, columns: &[Column]) {
    let tokens = Tokens::of(ui);
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let font = FontId::new(size::SMALL, theme::strong_family());
    for (index, column) in columns.iter().enumerate() {
        let place = cell(line, columns, index);
        text_ui(
            ui,
            place,
            index,
            column.title.to_owned(),
            font.clone(),
            tokens.text_weak,
        );
        let response = ui.interact(place, ui.scope_id().with(("head", index)), Sense::hover());
        response.on_hover_text(column.help);
    }
    let stroke = egui::Stroke::new(1.0, tokens.line);
    ui.painter().hline(line.x_range(), line.bottom(), stroke);
}

/// A row that can be clicked. `name` is what a screen reader says.
pub fn row_ui(ui: &mut Ui, columns: &[Column], cells: Vec<String>, look: Look, name: &str) -> Response {
    let tokens = Tokens::of(ui);
    let (line, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, look.picked, name));
    if !ui.is_rect_visible(line) {
        return response;
    }
    let fill = if look.lit || look.picked {
        tokens.accent_soft
    } else if response.hovered() || response.has_focus() {
        tokens.raised
    } else {
        egui::Color32::TRANSPARENT
    };
    ui.painter().rect_filled(line, 3.0, fill);
    if let Some((index, share)) = look.bar.filter(|(_, share)| share.is_finite()) {
        let place = cell(line, columns, index).shrink2(vec2(0.0, 3.0));
        // From the middle, so that what is taken away points to the left.
        let middle = place.center().x;
        let end = middle + share.clamp(-1.0, 1.0) * 0.5 * place.width();
        let bar = Rect::from_x_y_ranges(middle.min(end)..=middle.max(end), place.y_range());
        let color = if share < 0.0 { tokens.worse } else { tokens.accent };
        ui.painter().rect_filled(bar, 1.0, faded(color, 0.35));
        ui.painter()
            .vline(middle, place.y_range(), egui::Stroke::new(1.0, tokens.grid));
    }
    let ink = if look.lit || look.picked {
        tokens.text_strong
    } else {
        tokens.text
    };
    for (index, text) in cells.into_iter().enumerate() {
        let font = FontId::proportional(size::BODY);
        text_ui(ui, cell(line, columns, index), index, text, font, ink);
    }
    response
}

/// The part of a line that belongs to a column.
fn cell(line: Rect, columns: &[Column], index: usize) -> Rect {
    let share = |columns: &[Column]| columns.iter().map(|column| column.share).sum::<f32>();
    let width = line.width() - MARGIN;
    let left = line.left() + 4.0 + share(&columns[..index]) / share(columns) * width;
    let right = left + columns[index].share / share(columns) * width - 8.0;
    Rect::from_min_max(pos2(left, line.top()), pos2(right.max(left), line.bottom()))
}

/// Words to the left, numbers to the right.
fn text_ui(ui: &Ui, place: Rect, index: usize, text: String, font: FontId, ink: egui::Color32) {
    let painter = ui.painter().with_clip_rect(place.expand(2.0).intersect(ui.clip_rect()));
    if index == 0 {
        painter.text(place.left_center(), Align2::LEFT_CENTER, text, font, ink);
    } else {
        painter.text(place.right_center(), Align2::RIGHT_CENTER, text, font, ink);
    }
}
