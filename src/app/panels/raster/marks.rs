//! What the pointer is on in the raster, and the rows of the selected neurons.

use egui::{Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::axis;
use super::bands::{Band, band_at};
use super::rows::Rows;
use crate::app::panels::Seen;
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::theme::{Tokens, faded};

/// How near the pointer must be to a spike, in points.
const REACH: f64 = 4.0;

/// What the pointer is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The step.
    pub step: u64,
    /// The unit.
    pub neuron: Neuron,
    /// Whether the unit spiked in that step.
    pub is_spike: bool,
}

impl Spot {
    /// The spike nearest to the pointer, or the unit under it. Nothing beyond the steps that are known.
    pub fn find(
        session: &Session,
        rows: &Rows,
        plot: Rect,
        (bands, range): (&[Band], (f64, f64)),
        pointer: Pos2,
    ) -> Option<Self> {
        if !plot.contains(pointer) {
            return None;
        }
        let per_point = (range.1 - range.0) / f64::from(plot.width());
        let at = range.0 + f64::from(pointer.x - plot.left()) * per_point;
        let step = at.max(0.0) as u64;
        let band = band_at(bands, pointer.y).filter(|band| band.of > 0)?;
        let rows = rows.of(band.layer)?;
        if step >= session.spikes().steps() {
            return None;
        }
        let units = session.layers().units(band.layer);
        let under = band.row_at(pointer.y).min(rows.len() as f64 - 1e-6);
        let steps = (REACH * per_point).ceil() as u64;
        let reach = (REACH / f64::from(band.row_height())).max(0.5);
        let near = session.spikes().range(step.saturating_sub(steps)..step + steps + 1);
        let nearest = near
            .flat_map(|(step, spikes)| spikes.iter().map(move |&unit| (step, unit)))
            .filter(|(_, unit)| units.contains(unit))
            .filter_map(|(step, unit)| {
                let unit = unit - units.start;
                let down = f64::from(rows.place(unit)?) + 0.5 - under;
                let across = (step as f64 + 0.5 - at) / per_point.max(1e-9);
                let distance = across.hypot(down * f64::from(band.row_height()));
                (down.abs() <= reach).then_some((distance, step, unit))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let (step, unit) = match nearest {
            Some((_, step, unit)) => (step, unit),
            None => (step, rows.unit(under as usize)?),
        };
        Some(Self {
            step,
            neuron: Neuron {
                layer: band.layer,
                unit,
            },
            is_spike: nearest.is_some(),
        })
    }
}

/// The rows of the selected neurons: a faint line, and a mark at its left end.
pub fn selected_ui(ui: &Ui, seen: Seen<'_>, rows: &Rows, plot: Rect, bands: &[Band]) {
    let tokens = Tokens::of(ui);
    for (place, neuron) in seen.selection.neurons().iter().enumerate() {
        let Some(y) = middle_of(rows, bands, *neuron) else {
            continue;
        };
        let color = tokens.selected(place);
        ui.painter()
            .hline(plot.x_range(), y, Stroke::new(1.0, faded(color, 0.55)));
        let tip = pos2(plot.left() + 1.0, y);
        let points = vec![tip, tip + vec2(-7.0, -4.5), tip + vec2(-7.0, 4.5)];
        ui.painter()
            .add(egui::Shape::convex_polygon(points, color, Stroke::NONE));
    }
}

/// The units that are lit: a ring at their place in the last step that is shown, and a mark at the left end of their row.
pub fn lit_ui(ui: &Ui, seen: Seen<'_>, rows: &Rows, plot: Rect, (bands, range): (&[Band], (f64, f64))) {
    let color = Tokens::of(ui).accent;
    let step = seen.session.steps().saturating_sub(1) as f64 + 0.5;
    let x = plot.left() + axis::share(step, range) as f32 * plot.width();
    for &neuron in seen.selection.lit() {
        let Some(y) = middle_of(rows, bands, neuron) else {
            continue;
        };
        ui.painter()
            .hline(plot.left()..=plot.left() + 8.0, y, Stroke::new(2.0, color));
        if plot.x_range().contains(x) {
            ui.painter().circle_stroke(pos2(x, y), 4.0, Stroke::new(1.5, color));
        }
    }
}

/// The middle of the row of a neuron, if it has one and that is in view.
fn middle_of(rows: &Rows, bands: &[Band], neuron: Neuron) -> Option<f32> {
    let band = bands.iter().find(|band| band.layer == neuron.layer)?;
    band.middle_of(rows.of(neuron.layer)?.place(neuron.unit)?)
}

#[cfg(test)]
mod tests {
    use super::super::bands::RowView;
    use super::*;
    use crate::app::session::testing::session;

    /// Catches a spike found under another unit once rows are sorted or left out, and one that lies beyond what is known.
    #[test]
    fn spikes_are_found_in_their_rows() {
        let night = session(&[(0, &[]), (1, &[3]), (2, &[0, 5])]);
        let mut rows = Rows::plain(&[4, 3, 2]);
        rows.reorder(0, &[3, 1]);
        let plot = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 120.0));
        let bands = RowView::default().bands(&night, &rows, plot);
        let find = |x: f32, y: f32| Spot::find(&night, &rows, plot, (&bands, (0.0, 10.0)), pos2(x, y));
        let row = |band: usize, row: f64| bands[band].y_of(row + 0.5);
        let spot = |step, layer, unit, is_spike| {
            Some(Spot {
                step,
                neuron: Neuron { layer, unit },
                is_spike,
            })
        };
        assert_eq!(find(16.0, row(0, 0.0)), spot(1, 0, 3, true));
        assert_eq!(find(26.0, row(0, 1.0)), spot(2, 0, 1, false), "unit 0 has no row");
        assert_eq!(find(24.0, row(1, 1.0)), spot(2, 1, 1, true));
        assert_eq!(find(45.0, row(1, 1.0)), None, "not known yet");
    }
}
