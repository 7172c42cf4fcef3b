//! Every spike of the night: all layers over one axis of time.
//!
//! Painted into a texture as large as the plot in physical pixels, so that no spike falls between two pixels.

mod axis;
mod canvas;
mod marks;

use egui::{Align2, FontId, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use self::axis::TimeAxis;
use self::canvas::Canvas;
use self::marks::Spot;
use super::{Seen, neuron_name};
use crate::app::action::{Actions, UiAction};
use crate::app::changes;
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{axis_text, empty_state, segmented, tooltip_rows};
use crate::sim::night::DT;

/// Room for the names of the layers.
const GUTTER: f32 = 84.0;
/// Room for the numbers of the steps.
const FOOT: f32 = 20.0;
/// Between two layers.
const GAP: f32 = 6.0;

/// The pane of the spikes.
#[derive(Default)]
pub struct RasterView {
    axis: TimeAxis,
    canvas: Canvas,
    run: u64,
}

impl RasterView {
    /// Follow and whole night.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.night().is_none() {
            return;
        }
        let view = if self.axis.is_whole() {
            Some(false)
        } else {
            self.axis.follows().then_some(true)
        };
        let choices = [
            (Some(false), "Whole night".to_owned()),
            (Some(true), "Follow".to_owned()),
        ];
        let help = |view| match view {
            Some(true) => "Keep the newest step in view, at the present zoom",
            _ => "Show the whole night (double-click does the same)",
        };
        match segmented(ui, "View", &choices, view, |view| help(view).to_owned()) {
            Some(Some(true)) => self.axis.set_follow(true, session.steps(), session.total_steps()),
            Some(_) => self.axis.show_whole(),
            None => {}
        }
        let busiest = self.canvas.busiest();
        if busiest > 1 {
            let tokens = Tokens::of(ui);
            let text = egui::RichText::new(format!("1 to {} spikes a pixel", grouped(busiest.into())));
            ui.label(text.size(size::SMALL).color(tokens.text_weak))
                .on_hover_text("Several steps or units share a pixel; the brighter, the more spikes.");
        }
    }

    /// First and last step in view.
    pub fn range(&self, session: &Session) -> (f64, f64) {
        let axis = if self.run == session.run() {
            self.axis.clone()
        } else {
            TimeAxis::default()
        };
        axis.range(session.total_steps())
    }

    /// The raster.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        if self.run != session.run() {
            self.run = session.run();
            self.axis = TimeAxis::default();
        }
        if session.night().is_none() {
            empty_state(
                ui,
                "Here every spike of the night appears, layer over layer, as soon as the network is asleep.",
                "Press Play",
            );
            return;
        }
        let area = ui.available_rect_before_wrap();
        let plot = Rect::from_min_max(area.min + vec2(GUTTER, 0.0), area.max - vec2(0.0, FOOT));
        let response = ui.allocate_rect(area, Sense::click_and_drag());
        if plot.width() < 32.0 || plot.height() < 32.0 {
            return;
        }
        let plot = egui::emath::GuiRounding::round_to_pixels(plot, ui.pixels_per_point());
        self.axis
            .interact(ui, &response, plot, session.total_steps(), session.steps());
        let range = self.axis.range(session.total_steps());
        let bands = bands(session, plot);
        backdrop_ui(ui, session, plot, &bands, range);
        self.canvas.update(ui, session, plot, &bands, range);
        self.canvas.paint(ui, plot);
        marks::selected_ui(ui, seen, plot, &bands);
        marks::lit_ui(ui, seen, plot, &bands, range);
        let x_of = |step: u64| plot.left() + axis::share(step as f64, range) as f32 * plot.width();
        changes::marks_ui(ui, session, plot, "raster", x_of);
        let now = plot.left() + axis::share(session.steps() as f64, range) as f32 * plot.width();
        if plot.x_range().contains(now) {
            ui.painter()
                .vline(now, plot.y_range(), Stroke::new(1.0, faded(Tokens::of(ui).accent, 0.7)));
        }
        let spot = response
            .hover_pos()
            .and_then(|pointer| Spot::find(session, plot, &bands, range, pointer));
        hover_ui(ui, &response, session, plot, spot.as_ref());
        if let Some(spot) = spot.filter(|spot| response.clicked() && spot.is_spike) {
            let adds = ui.input(|input| input.modifiers.command);
            actions.push(if adds {
                UiAction::ToggleSelected(spot.neuron)
            } else {
                UiAction::Select(spot.neuron)
            });
        }
        response.widget_info(|| {
            let steps = counted(session.steps(), "step");
            egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Spikes of {steps}"))
        });
    }
}

/// Bands, names and the axis of time.
fn backdrop_ui(ui: &Ui, session: &Session, plot: Rect, bands: &[Rect], range: (f64, f64)) {
    let tokens = Tokens::of(ui);
    let layers = session.layers();
    for (layer, band) in bands.iter().enumerate() {
        ui.painter().rect_filled(*band, 3.0, tokens.sunken);
        let color = tokens.layer(layer, layers.count());
        let bar = Rect::from_min_max(
            pos2(band.left() - 8.0, band.top()),
            pos2(band.left() - 5.0, band.bottom()),
        );
        ui.painter().rect_filled(bar, 1.5, color);
        let right = band.left() - 14.0;
        let name = layers.name(layer);
        let font = FontId::new(size::SMALL, theme::strong_family());
        if band.height() >= 30.0 {
            let middle = band.center().y;
            ui.painter()
                .text(pos2(right, middle - 1.0), Align2::RIGHT_BOTTOM, name, font, tokens.text);
            let units = counted(layers.size(layer) as u64, "unit");
            axis_text(ui, pos2(right, middle + 1.0), Align2::RIGHT_TOP, units);
        } else {
            ui.painter().text(
                pos2(right, band.center().y),
                Align2::RIGHT_CENTER,
                name,
                font,
                tokens.text,
            );
        }
        if band.height() >= 46.0 {
            let spikes = format!("{} spikes", grouped(session.spikes().total(layer)));
            axis_text(ui, pos2(right, band.center().y + 14.0), Align2::RIGHT_TOP, spikes);
        }
    }
    axis_text(
        ui,
        pos2(plot.left() - 14.0, plot.bottom() + 5.0),
        Align2::RIGHT_TOP,
        "step",
    );
    for step in axis::ticks(range, plot.width()) {
        let x = plot.left() + axis::share(step, range) as f32 * plot.width();
        ui.painter()
            .vline(x, plot.y_range(), Stroke::new(1.0, faded(tokens.grid, 0.35)));
        let align = if x > plot.right() - 20.0 {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        axis_text(ui, pos2(x, plot.bottom() + 5.0), align, grouped(step as u64));
    }
}

/// Where each layer goes: large layers get more room, small ones still enough.
fn bands(session: &Session, plot: Rect) -> Vec<Rect> {
    let layers = session.layers();
    let weights: Vec<f32> = (0..layers.count())
        .map(|layer| (layers.size(layer) as f32).sqrt().clamp(13.0, 40.0))
        .collect();
    let total: f32 = weights.iter().sum();
    let room = plot.height() - GAP * weights.len().saturating_sub(1) as f32;
    let mut top = plot.top();
    weights
        .iter()
        .map(|weight| {
            let height = (room * weight / total).floor();
            let band = Rect::from_min_size(pos2(plot.left(), top), vec2(plot.width(), height));
            top += height + GAP;
            band
        })
        .collect()
}

/// What the pointer is on: the step, the layer, and the unit that spiked nearest to it.
fn hover_ui(ui: &Ui, response: &Response, session: &Session, plot: Rect, spot: Option<&Spot>) {
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
    let units = session.layers().units(spot.neuron.layer);
    let spikes = session.spikes().step(spot.step).iter();
    let count = spikes.filter(|unit| units.contains(unit)).count() as u64;
    let name = neuron_name(session, spot.neuron);
    let title = if spot.is_spike { format!("{name} spikes") } else { name };
    response.clone().on_hover_ui_at_pointer(|ui| {
        let mut rows = vec![
            ("step", grouped(spot.step)),
            ("time", format!("{:.3} s", spot.step as f64 * DT)),
            (
                "spikes in the layer",
                format!("{} of {} units", grouped(count), grouped(units.len() as u64)),
            ),
        ];
        if spot.is_spike {
            rows.push(("click", "selects it, Ctrl-click adds it".to_owned()));
        }
        tooltip_rows(ui, &title, &rows);
    });
}
