//! What the pointer is on in the map: the exact weight, and the neuron and the synapse that a click selects.

use egui::{Rect, Response, Stroke, StrokeKind, Ui, vec2};

use super::reduction::{Change, Shown};
use super::{Key, WeightChangeView};
use crate::app::action::{Actions, UiAction};
use crate::app::selection::{Neuron, Synapse};
use crate::app::session::Session;
use crate::app::text::{grouped, moment_name, signed};
use crate::app::theme::Tokens;
use crate::app::widgets::tooltip_rows;
use crate::worker::Moment;

/// A weight under the pointer.
pub struct Spot {
    /// The neuron it leads to, and the one it comes from.
    output: usize,
    input: usize,
    /// Weights that share its pixel.
    shared: usize,
}

impl WeightChangeView {
    /// What a screen reader says of the map.
    pub(super) fn name_ui(&self, response: &Response) {
        response.widget_info(|| {
            let what = match self.shown {
                Shown::Change => "Weight change",
                Shown::Now => "Weights now",
                Shown::Before => "Weights before sleep",
            };
            egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{what} of layer {}", self.layer + 1))
        });
    }

    /// The weight under the pointer; where several share the pixel, the one that gives it its colour.
    pub(super) fn spot(&self, response: &Response, change: &Change<'_>, plot: Rect) -> Option<Spot> {
        let pointer = response.interact_pointer_pos().or(response.hover_pos())?;
        let (key, reduced) = self.reduced.as_ref().filter(|_| plot.contains(pointer))?;
        let cell = |at: f32, cells: usize| ((at.clamp(0.0, 0.999_99)) * cells as f32) as usize;
        let columns = reduced.columns[cell((pointer.x - plot.left()) / plot.width(), key.size[0])].clone();
        let rows = reduced.rows[cell((pointer.y - plot.top()) / plot.height(), key.size[1])].clone();
        let (outputs, inputs) = change.before.dim();
        if columns.end > inputs || rows.end > outputs {
            return None;
        }
        let shared = columns.len() * rows.len();
        let (output, input) = change.strongest(key.shown, rows, columns);
        Some(Spot { output, input, shared })
    }

    /// Tells of the weight, and frames it where it is large enough. `moment` is the moment it is of.
    pub(super) fn pointed_ui(
        &self,
        ui: &Ui,
        session: &Session,
        response: &Response,
        change: &Change<'_>,
        plot: Rect,
        (spot, moment): (&Spot, Moment),
    ) {
        if let Some((key, _)) = &self.reduced {
            frame_ui(ui, key, plot, spot);
        }
        let at = (spot.output, spot.input);
        let (before, now) = (change.before[at], change.now[at]);
        let layers = session.layers();
        let name = |layer: usize, unit: usize| format!("{} #{}", layers.name(layer), grouped(unit as u64));
        let target = name(self.layer + 1, spot.output);
        let title = format!("{} → {target}", name(self.layer, spot.input));
        response.clone().on_hover_ui_at_pointer(|ui| {
            let mut rows = vec![
                ("before sleep", signed(before.into())),
                ("now", signed(now.into())),
                ("change", signed(f64::from(now) - f64::from(before))),
                ("at", moment_name(moment)),
            ];
            if spot.shared > 1 {
                rows.push((
                    "the largest of",
                    format!("{} weights here", grouped(spot.shared as u64)),
                ));
            }
            rows.push((
                "click",
                format!("selects {target} and this synapse, Ctrl-click adds it"),
            ));
            tooltip_rows(ui, &title, &rows);
        });
    }

    /// A click selects the neuron that the weight leads to, and picks the weight.
    pub(super) fn click(&self, ui: &Ui, response: &Response, spot: &Spot, actions: &mut Actions) {
        if !response.clicked() {
            return;
        }
        let neuron = Neuron {
            layer: self.layer + 1,
            unit: spot.output as u32,
        };
        actions.push(UiAction::PickSynapse(Synapse {
            neuron,
            input: spot.input as u32,
        }));
        actions.push(if ui.input(|input| input.modifiers.command) {
            UiAction::ToggleSelected(neuron)
        } else {
            UiAction::Select(neuron)
        });
    }
}

/// A frame around the weight, if its cell is large enough for one.
fn frame_ui(ui: &Ui, key: &Key, plot: Rect, spot: &Spot) {
    let [(left, right), (top, bottom)] = key.range;
    let unit = vec2(
        plot.width() / (right - left) as f32,
        plot.height() / (bottom - top) as f32,
    );
    if unit.min_elem() < 6.0 {
        return;
    }
    let corner = vec2((spot.input as f64 - left) as f32, (spot.output as f64 - top) as f32) * unit;
    ui.painter().with_clip_rect(plot).rect_stroke(
        Rect::from_min_size(plot.min + corner, unit),
        0.0,
        Stroke::new(1.5, Tokens::of(ui).text_strong),
        StrokeKind::Inside,
    );
}
