//! Numbers one under the other on one scale: a name, a dot and its interval in each line.

use egui::{Align2, Color32, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::axis_text;
use crate::app::text::{nice_ceiling, number};
use crate::app::theme::{Tokens, faded, size};

/// Height of a line at least, where there is little room, and at most.
const LINE: (f32, f32) = (17.0, 20.0);
/// Height of the scale under the lines, with its unit.
const SCALE: f32 = 32.0;
/// Most of the width that the names get.
const NAMES: f32 = 0.45;

/// A number with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Dot {
    /// Its name.
    pub name: String,
    /// Where it lies; `None` as long as it is not known.
    pub value: Option<f64>,
    /// The same as it is written beside the dot.
    pub number: String,
    /// The ends of its interval, if it has one.
    pub interval: Option<(f64, f64)>,
    /// The colour of the dot.
    pub color: Color32,
    /// What the pointer and a screen reader tell, after the name.
    pub words: String,
}

/// The lines over a scale from `range.0` to `range.1` with its unit; vertical marks at `lines`, for what others are measured
/// against.
pub fn dots(ui: &mut Ui, dots: &[Dot], range: (f64, f64), unit: &str, lines: &[(f64, Color32)]) {
    let tokens = Tokens::of(ui);
    let width = ui.available_width();
    // A scale out of sight is worse than lines that are a little closer.
    let high = ((ui.clip_rect().height() - SCALE) / dots.len().max(1) as f32).clamp(LINE.0, LINE.1);
    let height = dots.len() as f32 * high + SCALE;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let font = FontId::proportional(size::BODY);
    let measure = |text: &str| {
        let galley = ui.painter().layout_no_wrap(text.to_owned(), font.clone(), tokens.text);
        galley.size().x
    };
    let widest = dots.iter().map(|dot| measure(&dot.name)).fold(0.0, f32::max);
    let names = (widest + 12.0).min(NAMES * width);
    let plot = Rect::from_min_max(
        pos2(rect.left() + names, rect.top()),
        pos2(rect.right() - 20.0, rect.bottom() - SCALE),
    );
    let span = (range.1 - range.0).max(f64::MIN_POSITIVE);
    let x_of = |value: f64| plot.left() + (((value - range.0) / span).clamp(0.0, 1.0) as f32) * plot.width();
    let apart = nice_ceiling(span / f64::from((plot.width() / 72.0).clamp(2.0, 10.0)));
    let first = (range.0 / apart - 1e-9).ceil() as i64;
    let last = (range.1 / apart + 1e-9).floor() as i64;
    for mark in first..=last.min(first + 20) {
        let value = mark as f64 * apart;
        let x = x_of(value);
        ui.painter()
            .vline(x, plot.y_range(), Stroke::new(1.0, faded(tokens.grid, 0.45)));
        axis_text(ui, pos2(x, plot.bottom() + 3.0), Align2::CENTER_TOP, number(value));
    }
    axis_text(ui, pos2(plot.center().x, rect.bottom()), Align2::CENTER_BOTTOM, unit);
    for &(value, color) in lines {
        let stroke = Stroke::new(tokens.pen(1.2), faded(color, 0.7));
        let (from, to) = (pos2(x_of(value), plot.top()), pos2(x_of(value), plot.bottom()));
        ui.painter()
            .extend(egui::Shape::dashed_line(&[from, to], stroke, 4.0, 4.0));
    }
    for (place, dot) in dots.iter().enumerate() {
        let top = plot.top() + place as f32 * high;
        let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + high));
        let y = line.center().y;
        let response = ui.interact(line, ui.scope_id().with(("dot", place)), Sense::hover());
        if response.hovered() {
            ui.painter().rect_filled(line, 2.0, faded(tokens.raised_hover, 0.5));
        }
        let words = format!("{}: {}", dot.name, dot.words);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
        response.on_hover_text(&words);
        let mut job = egui::text::LayoutJob::single_section(
            dot.name.clone(),
            egui::TextFormat::simple(font.clone(), tokens.text),
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width((names - 10.0).max(20.0));
        let galley = ui.painter().layout_job(job);
        ui.painter()
            .galley(pos2(line.left(), y - 0.5 * galley.size().y), galley, tokens.text);
        let Some(value) = dot.value else { continue };
        if let Some((low, high)) = dot.interval {
            let bar = Stroke::new(tokens.pen(1.5), dot.color);
            ui.painter().hline(x_of(low)..=x_of(high), y, bar);
            for end in [low, high] {
                ui.painter().vline(x_of(end), y - 3.0..=y + 3.0, bar);
            }
        }
        ui.painter()
            .circle_filled(pos2(x_of(value), y), tokens.pen(4.0), dot.color);
        // The scale may be out of sight, and a number is what one reads aloud.
        let ends = dot
            .interval
            .map_or((value, value), |(low, high)| (low.min(value), high.max(value)));
        let text = dot.number.clone();
        let small = FontId::proportional(size::SMALL);
        let width = ui
            .painter()
            .layout_no_wrap(text.clone(), small.clone(), tokens.text)
            .size()
            .x;
        let beside = tokens.pen(4.0) + 5.0;
        let right = x_of(ends.1) + beside;
        let (at, anchor) = if right + width <= rect.right() {
            (right, Align2::LEFT_CENTER)
        } else {
            (x_of(ends.0) - beside, Align2::RIGHT_CENTER)
        };
        let ground = anchor
            .anchor_size(pos2(at, y), vec2(width, size::SMALL))
            .expand2(vec2(2.0, 1.0));
        ui.painter().rect_filled(ground, 2.0, faded(tokens.surface, 0.85));
        ui.painter().text(pos2(at, y), anchor, text, small, tokens.text_weak);
    }
}
