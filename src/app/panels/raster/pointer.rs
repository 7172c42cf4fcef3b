//! What the pointer does in the raster, and what it is told.

use egui::{CursorIcon, PointerButton, Rect, Response, Stroke, Ui};

use super::axis;
use super::bands::{Band, RowView, band_at};
use super::counts::Counts;
use super::intervals::Intervals;
use super::marks::Spot;
use crate::app::action::{Actions, LaneAction, UiAction};
use crate::app::panels::potentials::spike_steps;
use crate::app::panels::{Seen, neuron_name};
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::tooltip_rows;
use crate::sim::night::{DT, Spike};

/// Scrolling over the names, or with Alt, zooms the rows; dragging moves them where it `may_move`.
pub fn rows(ui: &Ui, response: &Response, plot: Rect, view: &mut RowView, bands: &[Band], may_move: bool) {
    let (pointer, alt, scroll) = ui.input(|input| {
        (
            input.pointer.hover_pos(),
            input.modifiers.alt,
            input.smooth_scroll_delta().y,
        )
    });
    let over = pointer.filter(|at| ui.rect_contains_pointer(response.rect) && (alt || at.x < plot.left()));
    if let Some(at) = over.filter(|_| scroll != 0.0)
        && let Some(band) = band_at(bands, at.y)
    {
        view.zoom(band, band.row_at(at.y), f64::from(scroll / 200.0).exp());
    }
    if response.dragged_by(PointerButton::Primary) && may_move {
        let origin = ui.input(|input| input.pointer.press_origin());
        if let Some(band) = origin.and_then(|at| band_at(bands, at.y)) {
            view.pan(band, -f64::from(response.drag_delta().y / band.row_height()));
        }
    }
}

/// A click on a spike selects its neuron.
pub fn pick(ui: &Ui, response: &Response, spot: Option<&Spot>, actions: &mut Actions) {
    if let Some(spot) = spot.filter(|spot| response.clicked() && spot.is_spike) {
        let adds = ui.input(|input| input.modifiers.command);
        actions.push(if adds {
            UiAction::ToggleSelected(spot.neuron)
        } else {
            UiAction::Select(spot.neuron)
        });
    }
}

/// A menu on a spike: what can be done with it.
pub fn menu_ui(
    response: &Response,
    session: &Session,
    spot: Option<Spot>,
    about: &mut Option<Spot>,
    actions: &mut Actions,
) {
    if response.secondary_clicked() {
        *about = spot.filter(|spot| spot.is_spike);
    }
    if about.is_none() && !response.context_menu_opened() {
        return;
    }
    response.context_menu(|ui| {
        let Some(spot) = *about else {
            ui.label("Right-click a spike");
            return;
        };
        let Neuron { layer, unit } = spot.neuron;
        ui.label(format!(
            "{}, step {}",
            neuron_name(session, spot.neuron),
            grouped(spot.step)
        ));
        let step = spot.step;
        for (text, action) in [
            (
                "Without this one spike",
                UiAction::Lane(LaneAction::Without(Spike { step, layer, unit })),
            ),
            ("Go to this step", UiAction::Seek(step + 1)),
            ("Select its neuron", UiAction::Select(spot.neuron)),
        ] {
            if ui.button(text).clicked() {
                actions.push(action);
                ui.close();
            }
        }
    });
}

/// A click on the axis under the plot goes to that step, as far as the night is known.
pub fn seek(seen: Seen<'_>, response: &Response, plot: Rect, range: (f64, f64), actions: &mut Actions) {
    let on_axis = |at: &egui::Pos2| at.y > plot.bottom() && plot.x_range().contains(at.x);
    let Some(at) = response.interact_pointer_pos().or(response.hover_pos()).filter(on_axis) else {
        return;
    };
    let step = range.0 + f64::from((at.x - plot.left()) / plot.width()) * (range.1 - range.0);
    let step = (step.round().max(0.0) as u64).min(seen.session.known_steps());
    if response.clicked() {
        actions.push(UiAction::Seek(step));
    }
    response
        .clone()
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text_at_pointer(format!("Click: to step {}", grouped(step)));
}

/// What the pointer is on: the step, the layer, and the unit that spiked nearest to it.
pub fn hover_ui(ui: &Ui, response: &Response, seen: Seen<'_>, plot: Rect, spot: Option<&Spot>, counts: &Counts) {
    let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer)) else {
        return;
    };
    let tokens = Tokens::of(ui);
    ui.painter().vline(
        pointer.x,
        plot.y_range(),
        Stroke::new(1.0, faded(tokens.text_weak, 0.5)),
    );
    let Some(spot) = spot else { return };
    let session = seen.session;
    let units = session.layers().units(spot.neuron.layer);
    let name = neuron_name(session, spot.neuron);
    let title = if spot.is_spike { format!("{name} spikes") } else { name };
    response.clone().on_hover_ui_at_pointer(|ui| {
        let spikes = session.spikes().step(spot.step).iter();
        let count = spikes.filter(|unit| units.contains(unit)).count() as u64;
        let intervals = Intervals::of(spike_steps(session, spot.neuron, counts.part()));
        let part = if seen.selection.span().is_some() {
            "its spikes in the span"
        } else {
            "its spikes in view"
        };
        let mut rows = vec![
            ("step", grouped(spot.step + 1)),
            ("time", format!("{:.3} s", (spot.step + 1) as f64 * DT)),
            (
                "spikes in the layer",
                format!("{} of {}", grouped(count), counted(units.len() as u64, "unit")),
            ),
            (
                part,
                format!(
                    "{}, {:.1} Hz",
                    grouped(intervals.spikes),
                    intervals.spikes as f64 / counts.seconds().max(DT)
                ),
            ),
            ("interval (ISI)", intervals.text()),
        ];
        if let Some(class) = session.preferred_class(spot.neuron.layer, spot.neuron.unit) {
            rows.push(("prefers", session.class_name(class)));
        }
        if spot.step >= session.steps() {
            rows.push(("known", "but after the moment that is shown".to_owned()));
        }
        if spot.is_spike {
            rows.push(("click", "selects it, Ctrl-click adds it".to_owned()));
        }
        tooltip_rows(ui, &title, &rows);
    });
}

/// The moment that is shown: a line through the plot.
pub fn now_ui(ui: &Ui, plot: Rect, range: (f64, f64), step: u64) {
    let now = plot.left() + axis::share(step as f64, range) as f32 * plot.width();
    if plot.x_range().contains(now) {
        let tokens = Tokens::of(ui);
        ui.painter().vline(
            now,
            plot.y_range(),
            Stroke::new(tokens.pen(1.2), faded(tokens.accent, 0.85)),
        );
    }
}
