//! Where each layer goes in the plot, and which of its rows are in view.

use egui::{Rect, pos2, vec2};

use super::rows::Rows;
use crate::app::session::{Layers, Session};

/// Between two layers.
pub const GAP: f32 = 6.0;
/// Fewest rows in view.
const CLOSEST: f64 = 4.0;

/// A layer in the plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The layer; 0 is the inputs.
    pub layer: usize,
    /// Its place.
    pub rect: Rect,
    /// Its rows in view, counted from the top of all of them: from where to where.
    pub rows: (f64, f64),
    /// Its rows.
    pub of: usize,
}

impl Band {
    /// Height of a row in points.
    pub fn row_height(&self) -> f32 {
        self.rect.height() / (self.rows.1 - self.rows.0).max(1e-9) as f32
    }

    /// Where a row begins, counted from the top.
    pub fn y_of(&self, row: f64) -> f32 {
        self.rect.top() + (row - self.rows.0) as f32 * self.row_height()
    }

    /// The place among the rows at some height, 0 at the top of the first.
    pub fn row_at(&self, y: f32) -> f64 {
        let share = f64::from(((y - self.rect.top()) / self.rect.height().max(1e-6)).clamp(0.0, 1.0));
        self.rows.0 + share * (self.rows.1 - self.rows.0)
    }

    /// The middle of a row, if it is in view.
    pub fn middle_of(&self, row: u32) -> Option<f32> {
        let middle = f64::from(row) + 0.5;
        (middle >= self.rows.0 && middle <= self.rows.1).then(|| self.y_of(middle))
    }

    /// Rows in view, those that are cut by the edge among them.
    pub fn shown(&self) -> u64 {
        (self.rows.1.min(self.of as f64).ceil() - self.rows.0.floor()).max(0.0) as u64
    }
}

/// Which layers and rows are in view: all, until a person comes closer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowView {
    /// From which to which row, layer by layer; all of them where there is nothing.
    zooms: Vec<Option<(f64, f64)>>,
    /// The layer that has all the room.
    alone: Option<usize>,
}

impl RowView {
    /// Gives all the room to a layer; once more, gives it back to all.
    pub fn toggle_alone(&mut self, layer: usize) {
        self.alone = (self.alone != Some(layer)).then_some(layer);
    }

    /// Gives all the room to a layer, with all its rows.
    pub fn show_alone(&mut self, layer: usize) {
        *self = Self {
            alone: Some(layer),
            ..Self::default()
        };
    }

    /// The layer that has all the room, if one has.
    pub fn alone(&self) -> Option<usize> {
        self.alone
    }

    /// Shows all rows of all layers.
    pub fn show_whole(&mut self) {
        *self = Self::default();
    }

    /// Zooms into the rows of a band around a place among them; above 1 comes closer.
    pub fn zoom(&mut self, band: &Band, around: f64, factor: f64) {
        let (from, to) = band.rows;
        let whole = band.of as f64;
        let width = ((to - from) / factor).clamp(CLOSEST.min(whole), whole.max(CLOSEST.min(whole)));
        let share = (around - from) / (to - from).max(1e-9);
        self.place(band, around - share * width, width);
    }

    /// Moves by so many rows.
    pub fn pan(&mut self, band: &Band, rows: f64) {
        let (from, to) = band.rows;
        if to - from < band.of as f64 - 1e-6 {
            self.place(band, from + rows, to - from);
        }
    }

    /// Sets the rows in view, kept inside the layer.
    fn place(&mut self, band: &Band, from: f64, width: f64) {
        if self.zooms.len() <= band.layer {
            self.zooms.resize(band.layer + 1, None);
        }
        let whole = band.of as f64;
        let from = from.clamp(0.0, (whole - width).max(0.0));
        self.zooms[band.layer] = (width < whole - 1e-6).then_some((from, from + width));
    }

    /// The bands of the layers in view: large layers get more room, small ones still enough.
    pub fn bands(&self, session: &Session, rows: &Rows, plot: Rect) -> Vec<Band> {
        let layers = session.layers();
        let shown: Vec<usize> = match self.alone.filter(|&layer| layer < layers.count()) {
            Some(layer) => vec![layer],
            None => (0..layers.count()).collect(),
        };
        let weights: Vec<f32> = shown.iter().map(|&layer| weight(layers, layer)).collect();
        let total: f32 = weights.iter().sum();
        let room = plot.height() - GAP * weights.len().saturating_sub(1) as f32;
        let mut top = plot.top();
        let mut bands = Vec::with_capacity(shown.len());
        for (layer, weight) in shown.into_iter().zip(weights) {
            let height = (room * weight / total).floor();
            let of = rows.of(layer).map_or(0, super::rows::LayerRows::len);
            // A filter may have left fewer rows than were in view.
            let zoomed = self.zooms.get(layer).copied().flatten();
            let in_view = zoomed.filter(|(_, to)| *to <= of as f64).unwrap_or((0.0, of as f64));
            bands.push(Band {
                layer,
                rect: Rect::from_min_size(pos2(plot.left(), top), vec2(plot.width(), height)),
                rows: in_view,
                of,
            });
            top += height + GAP;
        }
        bands
    }
}

/// How much of the height a layer gets.
fn weight(layers: &Layers, layer: usize) -> f32 {
    (layers.size(layer) as f32).sqrt().clamp(13.0, 40.0)
}

/// The band at a height; the gaps belong to the bands beside them.
pub fn band_at(bands: &[Band], y: f32) -> Option<&Band> {
    bands
        .iter()
        .find(|band| band.rect.y_range().expand(0.5 * GAP).contains(y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::testing::session;

    fn plot() -> Rect {
        Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 200.0))
    }

    /// Catches bands that overlap or leave the plot, and a layer alone that does not get all the room.
    #[test]
    fn bands_share_the_plot() {
        let session = session(&[]);
        let rows = Rows::plain(&[4, 3, 2]);
        let mut view = RowView::default();
        let bands = view.bands(&session, &rows, plot());
        assert_eq!(bands.len(), 3);
        for pair in bands.windows(2) {
            assert!(pair[0].rect.bottom() + GAP <= pair[1].rect.top() + 1e-3);
        }
        assert!(bands.iter().all(|band| plot().contains_rect(band.rect)));
        view.toggle_alone(1);
        let alone = view.bands(&session, &rows, plot());
        assert_eq!((alone.len(), alone[0].layer, alone[0].rect), (1, 1, plot()));
        view.toggle_alone(1);
        assert_eq!(view.bands(&session, &rows, plot()), bands);
    }

    /// Catches a view that leaves the rows, a zoom that moves what the pointer is on, and rows in view that a filter has taken.
    #[test]
    fn the_view_stays_inside_the_rows() {
        let session = session(&[]);
        let mut rows = Rows::plain(&[400, 3, 2]);
        let mut view = RowView::default();
        let first = |view: &RowView, rows: &Rows| view.bands(&session, rows, plot()).remove(0);
        let band = first(&view, &rows);
        assert_eq!((band.rows, band.shown()), ((0.0, 400.0), 400));
        view.zoom(&band, 100.0, 4.0);
        let band = first(&view, &rows);
        assert_eq!((band.rows, band.shown()), ((75.0, 175.0), 100));
        assert_eq!(band.middle_of(74), None);
        assert!((band.row_at(band.y_of(100.0)) - 100.0).abs() < 1e-3);
        view.pan(&band, 1e6);
        let band = first(&view, &rows);
        assert_eq!(band.rows, (300.0, 400.0));
        view.zoom(&band, 350.0, 1e9);
        assert_eq!(first(&view, &rows).shown(), 4);
        rows.reorder(0, &[7, 3]);
        assert_eq!(first(&view, &rows).rows, (0.0, 2.0));
    }
}
