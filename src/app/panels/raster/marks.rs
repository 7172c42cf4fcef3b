//! What the pointer is on in the raster, and the rows of the selected neurons.

use egui::{Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::{GAP, axis};
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
    pub fn find(session: &Session, plot: Rect, bands: &[Rect], range: (f64, f64), pointer: Pos2) -> Option<Self> {
        if !plot.contains(pointer) {
            return None;
        }
        let per_point = (range.1 - range.0) / f64::from(plot.width());
        let step = (range.0 + f64::from(pointer.x - plot.left()) * per_point).max(0.0) as u64;
        let layer = bands.iter().position(|band| band.expand(0.5 * GAP).contains(pointer))?;
        if step >= session.steps() {
            return None;
        }
        let units = session.layers().units(layer);
        let band = bands[layer];
        let under = ((pointer.y - band.top()) / band.height()).clamp(0.0, 0.999_9) * units.len() as f32;
        let steps = (REACH * per_point).ceil() as u64;
        let rows = (REACH as f32 * units.len() as f32 / band.height()).max(0.5);
        let near = session.spikes().range(step.saturating_sub(steps)..step + steps + 1);
        let nearest = near
            .flat_map(|(step, spikes)| spikes.iter().map(move |&unit| (step, unit)))
            .filter(|(_, unit)| units.contains(unit))
            .map(|(at, unit)| {
                let unit = unit - units.start;
                let across = at.abs_diff(step) as f64 / per_point.max(1e-9);
                let down = f64::from((unit as f32 + 0.5 - under).abs() * band.height()) / units.len() as f64;
                (across.hypot(down), at, unit)
            })
            .filter(|(_, _, unit)| (*unit as f32 + 0.5 - under).abs() <= rows)
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let (step, unit) = nearest.map_or((step, under as u32), |(_, at, unit)| (at, unit));
        Some(Self {
            step,
            neuron: Neuron { layer, unit },
            is_spike: nearest.is_some(),
        })
    }
}

/// The rows of the selected neurons: a faint line, and a mark at its left end.
pub fn selected_ui(ui: &Ui, seen: Seen<'_>, plot: Rect, bands: &[Rect]) {
    let tokens = Tokens::of(ui);
    for (place, neuron) in seen.selection.neurons().iter().enumerate() {
        let Some(band) = bands.get(neuron.layer) else { continue };
        let size = seen.session.layers().size(neuron.layer).max(1);
        let y = band.top() + (neuron.unit as f32 + 0.5) / size as f32 * band.height();
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
pub fn lit_ui(ui: &Ui, seen: Seen<'_>, plot: Rect, bands: &[Rect], range: (f64, f64)) {
    let color = Tokens::of(ui).accent;
    let step = seen.session.steps().saturating_sub(1) as f64 + 0.5;
    let x = plot.left() + axis::share(step, range) as f32 * plot.width();
    for neuron in seen.selection.lit() {
        let Some(band) = bands.get(neuron.layer) else { continue };
        let size = seen.session.layers().size(neuron.layer).max(1);
        let y = band.top() + (neuron.unit as f32 + 0.5) / size as f32 * band.height();
        ui.painter()
            .hline(plot.left()..=plot.left() + 8.0, y, Stroke::new(2.0, color));
        if plot.x_range().contains(x) {
            ui.painter().circle_stroke(pos2(x, y), 4.0, Stroke::new(1.5, color));
        }
    }
}
