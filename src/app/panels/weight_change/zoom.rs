//! The part of a matrix that is in view.

use egui::{PointerButton, Rect, Response, Ui, Vec2};

use crate::app::widgets::canvas_keys;

/// Fewest rows or columns in view.
const CLOSEST: f64 = 4.0;

/// The part of a matrix that is in view, in columns and rows from its corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zoom {
    /// First and last column and row in view; all of them if `None`.
    range: Option<[(f64, f64); 2]>,
}

impl Zoom {
    /// First and last column, first and last row in view, of a matrix of so many columns and rows.
    pub fn range(&self, lengths: [usize; 2]) -> [(f64, f64); 2] {
        self.range.unwrap_or(lengths.map(|length| (0.0, length as f64)))
    }

    /// Whether all of the matrix is in view.
    pub fn is_whole(&self) -> bool {
        self.range.is_none()
    }

    /// Zooms around a point, given as shares of the view, by a factor; above 1 comes closer.
    pub fn zoom(&mut self, at: [f64; 2], factor: f64, lengths: [usize; 2]) {
        let range = self.range(lengths);
        self.place(
            std::array::from_fn(|axis| {
                let (from, to) = range[axis];
                let whole = lengths[axis] as f64;
                let width = ((to - from) / factor).clamp(CLOSEST.min(whole), whole);
                let from = from + at[axis] * (to - from - width);
                (from, from + width)
            }),
            lengths,
        );
    }

    /// Moves by shares of the view.
    pub fn pan(&mut self, by: [f64; 2], lengths: [usize; 2]) {
        if let Some(range) = self.range {
            self.place(
                std::array::from_fn(|axis| {
                    let (from, to) = range[axis];
                    let move_by = by[axis] * (to - from);
                    (from + move_by, to + move_by)
                }),
                lengths,
            );
        }
    }

    /// Sets the view, kept inside the matrix.
    fn place(&mut self, wanted: [(f64, f64); 2], lengths: [usize; 2]) {
        let range: [(f64, f64); 2] = std::array::from_fn(|axis| {
            let whole = lengths[axis] as f64;
            let width = (wanted[axis].1 - wanted[axis].0).min(whole);
            let from = wanted[axis].0.clamp(0.0, whole - width);
            (from, from + width)
        });
        let all = (0..2).all(|axis| range[axis].1 - range[axis].0 >= lengths[axis] as f64 - 1e-6);
        self.range = (!all).then_some(range);
    }

    /// Scroll zooms, drag moves, double-click shows all; so do plus and minus, arrows, Home.
    pub fn interact(&mut self, ui: &Ui, response: &Response, plot: Rect, lengths: [usize; 2]) {
        let shares = |v: Vec2| [f64::from(v.x / plot.width()), f64::from(v.y / plot.height())];
        if let Some(pointer) = response.hover_pos() {
            let (scroll, zoom) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
            let factor = f64::from(zoom) * f64::from(scroll.y / 200.0).exp();
            if (factor - 1.0).abs() > 1e-4 {
                self.zoom(shares(pointer - plot.min), factor, lengths);
            }
            if scroll.x != 0.0 {
                self.pan([-f64::from(scroll.x / plot.width()), 0.0], lengths);
            }
        }
        if response.dragged_by(PointerButton::Primary) {
            self.pan(shares(-response.drag_delta()), lengths);
        }
        if let Some(keys) = canvas_keys(ui, response) {
            if keys.closer != 0 {
                self.zoom([0.5, 0.5], keys.factor(), lengths);
            }
            self.pan(keys.shares(), lengths);
            if keys.whole {
                *self = Self::default();
            }
        }
        if response.double_clicked() {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a view that leaves the matrix, or a zoom that moves what the pointer is on.
    #[test]
    fn the_view_stays_inside_the_matrix() {
        let lengths = [100, 10];
        let mut zoom = Zoom::default();
        zoom.zoom([0.5, 0.0], 2.0, lengths);
        assert_eq!(zoom.range(lengths), [(25.0, 75.0), (0.0, 5.0)]);
        zoom.zoom([0.0, 1.0], 1e9, lengths);
        assert_eq!(zoom.range(lengths), [(25.0, 29.0), (1.0, 5.0)]);
        zoom.pan([-1e6, 1e6], lengths);
        assert_eq!(zoom.range(lengths), [(0.0, 4.0), (6.0, 10.0)]);
        zoom.zoom([0.5, 0.5], 1e-9, lengths);
        assert!(zoom.is_whole());
        zoom.pan([0.5, 0.5], lengths);
        assert!(zoom.is_whole());
    }
}
