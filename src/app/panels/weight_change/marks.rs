//! The rows and columns of the selected neurons in the map.

use egui::{Color32, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

use crate::app::panels::Seen;
use crate::app::theme::Tokens;

/// Length and half the width of a mark.
const MARK: Vec2 = vec2(6.0, 4.0);
/// Rows and columns of at least this size get an outline; smaller ones would be covered by it.
const OUTLINED: f32 = 5.0;

/// Marks the rows (neurons that the weights of this layer lead to) and columns (neurons they come from) of the selected
/// neurons that are in view, at both ends, in their colours. `layer` is the layer of weights, `range` what is in view.
pub fn selected_ui(ui: &Ui, seen: Seen<'_>, layer: usize, plot: Rect, range: [(f64, f64); 2]) {
    let tokens = Tokens::of(ui);
    for (place, neuron) in seen.selection.neurons().iter().enumerate() {
        let color = tokens.selected(place);
        if neuron.layer == layer + 1 {
            let (from, to) = along(range[1], neuron.unit, (plot.top(), plot.bottom()));
            row_ui(ui, plot, (from, to), color);
        }
        if neuron.layer == layer {
            let (from, to) = along(range[0], neuron.unit, (plot.left(), plot.right()));
            column_ui(ui, plot, (from, to), color);
        }
    }
}

/// From where to where a unit reaches on an axis.
fn along((from, to): (f64, f64), unit: u32, (start, end): (f32, f32)) -> (f32, f32) {
    let at = |index: f64| start + ((index - from) / (to - from).max(1e-9)) as f32 * (end - start);
    (at(f64::from(unit)), at(f64::from(unit) + 1.0))
}

/// A row: a triangle at either end, and an outline where there is room for one.
fn row_ui(ui: &Ui, plot: Rect, (top, bottom): (f32, f32), color: Color32) {
    let y = 0.5 * (top + bottom);
    if !plot.y_range().contains(y) {
        return;
    }
    triangle(ui, pos2(plot.left(), y), vec2(-1.0, 0.0), color);
    triangle(ui, pos2(plot.right(), y), vec2(1.0, 0.0), color);
    let row = Rect::from_x_y_ranges(plot.x_range(), top..=bottom);
    outline(ui, plot, row, bottom - top, color);
}

/// A column: a triangle at either end, and an outline where there is room for one.
fn column_ui(ui: &Ui, plot: Rect, (left, right): (f32, f32), color: Color32) {
    let x = 0.5 * (left + right);
    if !plot.x_range().contains(x) {
        return;
    }
    triangle(ui, pos2(x, plot.top()), vec2(0.0, -1.0), color);
    triangle(ui, pos2(x, plot.bottom()), vec2(0.0, 1.0), color);
    let column = Rect::from_x_y_ranges(left..=right, plot.y_range());
    outline(ui, plot, column, right - left, color);
}

/// A triangle whose tip points at the map from outside.
fn triangle(ui: &Ui, tip: egui::Pos2, outwards: Vec2, color: Color32) {
    let base = tip + MARK.x * outwards;
    let across = MARK.y * outwards.rot90();
    let points = vec![tip, base + across, base - across];
    ui.painter().add(Shape::convex_polygon(points, color, Stroke::NONE));
}

/// The outline of a row or a column, if it is not too thin for one.
fn outline(ui: &Ui, plot: Rect, rect: Rect, thickness: f32, color: Color32) {
    if thickness >= OUTLINED {
        let stroke = Stroke::new(1.0, color);
        let painter = ui.painter().with_clip_rect(plot);
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a mark beside the row of its neuron, whole or zoomed.
    #[test]
    fn a_unit_lies_where_its_row_is() {
        assert_eq!(along((0.0, 10.0), 0, (100.0, 200.0)), (100.0, 110.0));
        assert_eq!(along((0.0, 10.0), 9, (100.0, 200.0)), (190.0, 200.0));
        assert_eq!(along((4.0, 6.0), 5, (100.0, 200.0)), (150.0, 200.0));
        assert_eq!(along((4.0, 6.0), 2, (100.0, 200.0)), (0.0, 50.0));
    }
}
