//! What stands around and behind the spikes: the names and numbers of the layers, and the axis of time.

use egui::{Align2, FontId, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, pos2};

use super::axis;
use super::bands::Band;
use super::counts::{Counts, LayerCount};
use crate::app::session::Session;
use crate::app::text::{grouped, percent};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{axis_text, tooltip_rows};

/// Height of a line of text beside a band.
const LINE: f32 = 13.0;
/// Between the text of a layer and the plot: its bar is there.
const BAR: f32 = 14.0;

/// The bands with their bars, and the axis of time.
pub fn ui(ui: &Ui, session: &Session, plot: Rect, bands: &[Band], range: (f64, f64)) {
    let tokens = Tokens::of(ui);
    let layers = session.layers();
    for band in bands {
        ui.painter().rect_filled(band.rect, 3.0, tokens.sunken);
        let color = tokens.layer(band.layer, layers.count());
        let bar = Rect::from_x_y_ranges(band.rect.left() - 8.0..=band.rect.left() - 5.0, band.rect.y_range());
        ui.painter().rect_filled(bar, 1.5, color);
        if band.of == 0 && band.rect.height() >= LINE {
            let text = "no unit of this layer is like that";
            axis_text(ui, band.rect.center(), Align2::CENTER_CENTER, text);
        }
    }
    let foot = plot.bottom() + 5.0;
    axis_text(ui, pos2(plot.left() - BAR, foot), Align2::RIGHT_TOP, "step");
    for step in axis::ticks(range, plot.width()) {
        let x = plot.left() + axis::share(step, range) as f32 * plot.width();
        ui.painter()
            .vline(x, plot.y_range(), Stroke::new(1.0, faded(tokens.grid, 0.35)));
        let align = if x > plot.right() - 20.0 {
            Align2::RIGHT_TOP
        } else {
            Align2::CENTER_TOP
        };
        axis_text(ui, pos2(x, foot), align, grouped(step as u64));
    }
}

/// The names and numbers of the layers. A press on one gives it all the room: that layer is returned.
pub fn layers_ui(ui: &Ui, session: &Session, left: f32, bands: &[Band], counts: &Counts, alone: bool) -> Option<usize> {
    let mut pressed = None;
    for band in bands {
        let count = counts.of_layer(band.layer);
        let name = session.layers().name(band.layer);
        let place = Rect::from_x_y_ranges(left..=band.rect.left() - 2.0, band.rect.y_range());
        let response = ui.interact(place, ui.scope_id().with(("layer", band.layer)), Sense::click());
        response.widget_info(|| {
            let text = format!(
                "Layer {name}: {} of {} units shown, {} spikes, {:.1} Hz, {} % spiked",
                grouped(band.shown()),
                grouped(count.units),
                grouped(count.spikes),
                count.rate,
                percent(count.sparsity())
            );
            WidgetInfo::selected(egui::Role::Button, true, alone, text)
        });
        let is_lit = response.hovered() || response.has_focus();
        text_ui(ui, band, &name, &count, is_lit);
        let rows = [
            (
                "shown",
                format!("{} of {} units", grouped(band.shown()), grouped(count.units)),
            ),
            ("spikes", grouped(count.spikes)),
            ("mean rate of a unit", format!("{:.2} Hz", count.rate)),
            (
                "units that spiked",
                format!(
                    "{} of {}, {} %",
                    grouped(count.spiking),
                    grouped(count.units),
                    percent(count.sparsity())
                ),
            ),
            ("scroll", "zooms its rows".to_owned()),
            (
                "click",
                if alone { "shows all layers" } else { "shows it alone" }.to_owned(),
            ),
        ];
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_ui(|ui| tooltip_rows(ui, &name, &rows)).clicked() {
            pressed = Some(band.layer);
        }
    }
    pressed
}

/// As many lines about a layer as there is room for.
fn text_ui(ui: &Ui, band: &Band, name: &str, count: &LayerCount, is_lit: bool) {
    let tokens = Tokens::of(ui);
    let shown = format!("{} of {}", grouped(band.shown()), grouped(count.units));
    let left_out = band.shown() < count.units;
    let (rate, sparsity) = (
        format!("{:.1} Hz", count.rate),
        format!("{} % spiked", percent(count.sparsity())),
    );
    let room = (band.rect.height() / LINE) as usize;
    let mut lines = match room {
        // Where there is one line only, what is left out matters more than the name.
        0 | 1 if left_out => vec![shown],
        // In short: the column is narrow.
        0 | 1 if count.units < 100 => vec![format!("{name} {}/{}", grouped(band.shown()), grouped(count.units))],
        0 | 1 => vec![format!("{name}, all")],
        2 => vec![name.to_owned(), shown],
        3 => vec![name.to_owned(), shown, rate],
        _ => vec![name.to_owned(), shown, rate, sparsity],
    };
    let right = band.rect.left() - BAR;
    let mut top = band.rect.center().y - 0.5 * LINE * lines.len() as f32;
    let first = lines.remove(0);
    let ink = if is_lit { tokens.accent } else { tokens.text };
    let font = FontId::new(size::SMALL, theme::strong_family());
    line_ui(ui, pos2(right, top), first, font, ink);
    for (index, line) in lines.into_iter().enumerate() {
        top += LINE;
        let ink = if index == 0 && left_out {
            tokens.text_strong
        } else {
            tokens.text_weak
        };
        line_ui(ui, pos2(right, top), line, FontId::proportional(size::SMALL), ink);
    }
}

/// A line of text that ends at a place.
fn line_ui(ui: &Ui, at: Pos2, text: String, font: FontId, ink: egui::Color32) {
    ui.painter().text(at, Align2::RIGHT_TOP, text, font, ink);
}
