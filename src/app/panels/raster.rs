//! Every spike of the night: all layers over one axis of time.
//!
//! Painted into a texture as large as the plot in physical pixels, so that no spike falls between two pixels.

mod axis;
mod canvas;

use egui::{Align2, FontId, Rect, Response, Sense, Stroke, Ui, pos2, vec2};

use self::axis::TimeAxis;
use self::canvas::Canvas;
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

    /// The raster.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
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
        let now = plot.left() + axis::share(session.steps() as f64, range) as f32 * plot.width();
        if plot.x_range().contains(now) {
            ui.painter()
                .vline(now, plot.y_range(), Stroke::new(1.0, faded(Tokens::of(ui).accent, 0.7)));
        }
        hover_ui(ui, &response, session, plot, &bands, range);
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
fn hover_ui(ui: &Ui, response: &Response, session: &Session, plot: Rect, bands: &[Rect], range: (f64, f64)) {
    let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer)) else {
        return;
    };
    let tokens = Tokens::of(ui);
    let time = range.0 + f64::from((pointer.x - plot.left()) / plot.width()) * (range.1 - range.0);
    let step = time.max(0.0) as u64;
    ui.painter().vline(
        pointer.x,
        plot.y_range(),
        Stroke::new(1.0, faded(tokens.text_weak, 0.5)),
    );
    let Some(layer) = bands.iter().position(|band| band.expand(0.5 * GAP).contains(pointer)) else {
        return;
    };
    if step >= session.steps() {
        return;
    }
    let units = session.layers().units(layer);
    let band = bands[layer];
    let under = ((pointer.y - band.top()) / band.height()).clamp(0.0, 0.999_9) * units.len() as f32;
    // Within three points of the pointer, in steps and in units.
    let reach_steps = (3.0 * (range.1 - range.0) / f64::from(plot.width())).ceil() as u64;
    let reach_units = (3.0 * units.len() as f32 / band.height()).max(0.5);
    let nearest = session
        .spikes()
        .range(step.saturating_sub(reach_steps)..step + reach_steps + 1)
        .flat_map(|(step, spikes)| spikes.iter().map(move |&unit| (step, unit)))
        .filter(|(_, unit)| units.contains(unit))
        .map(|(at, unit)| (at, unit - units.start))
        .map(|(at, unit)| (at.abs_diff(step), (unit as f32 + 0.5 - under).abs(), at, unit))
        .filter(|(_, distance, _, _)| *distance <= reach_units)
        .min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (shown, unit) = nearest.map_or((step, under as u32), |(_, _, at, unit)| (at, unit));
    let count = session
        .spikes()
        .step(shown)
        .iter()
        .filter(|unit| units.contains(unit))
        .count() as u64;
    let title = format!(
        "{} #{}{}",
        session.layers().name(layer),
        grouped(unit.into()),
        if nearest.is_some() { " spikes" } else { "" }
    );
    response.clone().on_hover_ui_at_pointer(|ui| {
        let rows = [
            ("step", grouped(shown)),
            ("time", format!("{:.3} s", shown as f64 * DT)),
            (
                "spikes in the layer",
                format!("{} of {} units", grouped(count), grouped(units.len() as u64)),
            ),
        ];
        tooltip_rows(ui, &title, &rows);
    });
}
