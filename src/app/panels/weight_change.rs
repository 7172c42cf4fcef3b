//! The weights of a layer as a heat map: now, before sleep, and what became of them.

mod marks;
mod pointer;
mod reduction;
mod zoom;

use std::ops::Range;

use egui::{Align2, FontId, Rect, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use self::reduction::{Change, Summary, parts};
use self::zoom::Zoom;
use super::Seen;
use super::weight_scale::WeightScale;
use crate::app::action::Actions;
use crate::app::session::Session;
use crate::app::text::{grouped, number, percent};
use crate::app::theme::{Tokens, readable_on, size};
use crate::app::widgets::{Emphasis, MAX_SIDE, Picture, ToolButton, axis_text, empty_state, rotated_text, segmented};

pub use self::reduction::Shown;

/// Shortest time between two pictures while the night runs, in seconds: a million weights are worth a look, not thirty.
const EVERY: f64 = 0.1;
/// Header width from which the choice of what is shown fits into it.
const ROOMY: f32 = 250.0;
/// Header width from which the choice of the layer fits into it.
const NARROW: f32 = 84.0;
/// Smallest cell that its value is written into.
const CELL: egui::Vec2 = vec2(58.0, 14.0);

/// The pane of the weights.
#[derive(Default)]
pub struct WeightChangeView {
    /// Index of the layer of weights, from 0.
    layer: usize,
    shown: Shown,
    zoom: Zoom,
    /// Whether the header had no room for the choice of what is shown.
    is_narrow: bool,
    /// Whether it had no room for the choice of the layer either.
    is_slim: bool,
    reduced: Option<(Key, Reduced)>,
    summary: Option<((u64, usize, u64), Summary)>,
    picture: Picture<(Key, u64, bool)>,
    run: u64,
    made_at: f64,
}

/// What a reduction belongs to.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    run: u64,
    layer: usize,
    shown: Shown,
    /// The number of the snapshot of the weights.
    snapshot: u64,
    range: [(f64, f64); 2],
    size: [usize; 2],
}

/// The part of a matrix in view, as pixels.
struct Reduced {
    columns: Vec<Range<usize>>,
    rows: Vec<Range<usize>>,
    values: Vec<f32>,
}

/// What to do where there are no weights to show: they come with the night, or a moment after they were asked for.
pub fn todo(session: &Session) -> &'static str {
    if session.night().is_some() {
        "Fetching the weights …"
    } else {
        "Press Play"
    }
}

/// Chooses what is shown of the weights. `group` is what a screen reader says before each choice.
pub fn shown_ui(ui: &mut Ui, group: &str, shown: &mut Shown, choices: &[Shown]) {
    let word = |shown| match shown {
        Shown::Change => "Change",
        Shown::Now => "Now",
        Shown::Before => "Before",
    };
    let choices: Vec<_> = choices.iter().map(|&shown| (shown, word(shown).to_owned())).collect();
    let help = |shown| match shown {
        Shown::Change => "Each weight now minus the same weight before sleep",
        Shown::Now => "The weights as they are now",
        Shown::Before => "The weights when the network fell asleep",
    };
    if let Some(chosen) = segmented(ui, group, &choices, *shown, |shown| help(shown).to_owned()) {
        *shown = chosen;
    }
}

/// Chooses a layer of weights.
pub fn layer_ui(ui: &mut Ui, session: &Session, group: &str, layer: &mut usize) {
    let count = session.layers().count().saturating_sub(1);
    let choices: Vec<_> = (0..count).map(|layer| (layer, (layer + 1).to_string())).collect();
    let layers = session.layers();
    let chosen = segmented(ui, group, &choices, *layer, |layer| {
        format!("{} to {}", layers.name(layer), layers.name(layer + 1))
    });
    *layer = chosen.unwrap_or(*layer);
}

impl WeightChangeView {
    /// The layer of weights that is shown, counted from 0, and what of it.
    pub fn looks_at(&self) -> (usize, Shown) {
        (self.layer, self.shown)
    }

    /// Which layer, and what of it.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.weights_shown().is_none() {
            return;
        }
        self.is_narrow = ui.available_width() < ROOMY;
        self.is_slim = ui.available_width() < NARROW;
        if !self.is_slim {
            self.layer_ui(ui, session);
        }
        if !self.is_narrow && session.night().is_some() {
            self.choice_ui(ui);
        }
    }

    /// Which layer. Another one is shown whole.
    fn layer_ui(&mut self, ui: &mut Ui, session: &Session) {
        let layer = self.layer;
        layer_ui(ui, session, "Weights of layer", &mut self.layer);
        if layer != self.layer {
            self.zoom = Zoom::default();
        }
    }

    /// What is shown.
    fn choice_ui(&mut self, ui: &mut Ui) {
        shown_ui(ui, "Show", &mut self.shown, &[Shown::Change, Shown::Now, Shown::Before]);
    }

    /// The heat map. In training nothing has changed in sleep yet: the weights themselves are shown.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, scales: &mut WeightScale, actions: &mut Actions) {
        let chosen = self.shown;
        if seen.session.night().is_none() {
            self.shown = Shown::Now;
        }
        self.map_ui(ui, seen, scales, actions);
        if seen.session.night().is_none() {
            self.shown = chosen;
        }
    }

    /// The heat map of what is shown.
    fn map_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, scales: &mut WeightScale, actions: &mut Actions) {
        let session = seen.session;
        if self.run != session.run() {
            *self = Self {
                run: session.run(),
                layer: self.layer,
                shown: self.shown,
                ..Self::default()
            };
        }
        let Some((weights_before, snapshot)) = session.weights_shown() else {
            let what = "Here the weights that sleep raises turn red, and those it lowers turn blue.";
            empty_state(ui, what, todo(session));
            return;
        };
        self.layer = self.layer.min(weights_before.len().saturating_sub(1));
        let (Some(before), Some(now)) = (weights_before.get(self.layer), snapshot.weights.get(self.layer)) else {
            return;
        };
        if before.dim() != now.dim() || before.is_empty() {
            return;
        }
        let change = Change {
            before: before.view(),
            now: now.view(),
        };
        if self.is_narrow {
            ui.horizontal(|ui| {
                if self.is_slim {
                    self.layer_ui(ui, session);
                }
                if session.night().is_some() {
                    self.choice_ui(ui);
                    summary_ui(ui, self.summary.map_or_else(Summary::default, |(_, summary)| summary));
                }
            });
        }
        let area = ui.available_rect_before_wrap();
        let foot = 24.0;
        let plot = Rect::from_min_max(area.min + vec2(18.0, 0.0), area.max - vec2(0.0, foot + 16.0));
        if plot.width() < 16.0 || plot.height() < 16.0 {
            return;
        }
        let plot = egui::emath::GuiRounding::round_to_pixels(plot, ui.pixels_per_point());
        let response = ui.interact(plot, ui.scope_id().with("weights"), Sense::click_and_drag());
        let (outputs, inputs) = before.dim();
        self.zoom.interact(ui, &response, plot, [inputs, outputs]);
        self.reduce(ui, session, snapshot.number, &change, plot);
        let summary = self.summarize(session.run(), &change);
        let scale = scales.bound(session, self.shown);
        self.upload(ui, scale);
        self.picture.paint(ui, plot);
        let tokens = Tokens::of(ui);
        self.cells_ui(ui, plot, scale);
        ui.painter()
            .rect_stroke(plot, 2.0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
        marks::selected_ui(ui, seen, self.layer, plot, self.zoom.range([inputs, outputs]));
        self.axes_ui(ui, session, area, plot, [inputs, outputs]);
        let line = Rect::from_min_max(pos2(area.left(), area.bottom() - foot), area.max);
        ui.scope_builder(egui::UiBuilder::new().max_rect(line), |ui| {
            ui.horizontal_centered(|ui| {
                let largest = match self.shown {
                    Shown::Change => summary.largest_change,
                    Shown::Now | Shown::Before => summary.largest_weight,
                };
                scales.ui(ui, session, self.shown, "map", largest);
                let all = ToolButton::text("All").emphasis(Emphasis::Quiet);
                let help = "Show the whole layer (double-click does the same)";
                if !self.zoom.is_whole() && ui.add(all).on_hover_text(help).clicked() {
                    self.zoom = Zoom::default();
                }
                if !self.is_narrow && session.night().is_some() {
                    summary_ui(ui, summary);
                }
            });
        });
        self.name_ui(&response);
        if let Some(spot) = self.spot(&response, &change, plot) {
            self.pointed_ui(ui, session, &response, &change, plot, (&spot, snapshot.moment));
            self.click(ui, &response, &spot, actions);
        }
        ui.allocate_rect(area, Sense::hover());
    }

    /// Reduces the weights in view to the pixels of the plot, if they changed; if only time went on, then not too often.
    fn reduce(&mut self, ui: &Ui, session: &Session, snapshot: u64, change: &Change<'_>, plot: Rect) {
        let scale = ui.pixels_per_point();
        let pixels = |points: f32| ((points * scale).round() as usize).clamp(1, MAX_SIDE);
        let (outputs, inputs) = change.before.dim();
        let key = Key {
            run: session.run(),
            layer: self.layer,
            shown: self.shown,
            snapshot,
            range: self.zoom.range([inputs, outputs]),
            size: [pixels(plot.width()), pixels(plot.height())],
        };
        if let Some((made, _)) = &self.reduced {
            if *made == key {
                return;
            }
            let (now, only_time) = (
                ui.input(|input| input.time),
                Key {
                    snapshot,
                    ..made.clone()
                } == key,
            );
            let wait = EVERY - (now - self.made_at);
            if only_time && wait > 0.0 {
                ui.ctx().request_repaint_after_secs(wait as f32);
                return;
            }
        }
        self.made_at = ui.input(|input| input.time);
        let columns = parts(key.range[0], key.size[0], inputs);
        let rows = parts(key.range[1], key.size[1], outputs);
        let values = change.reduced(self.shown, &rows, &columns);
        let reduced = Reduced { columns, rows, values };
        self.reduced = Some((key, reduced));
    }

    /// All weights of the layer together, as old as the picture.
    fn summarize(&mut self, run: u64, change: &Change<'_>) -> Summary {
        let snapshot = self.reduced.as_ref().map_or(0, |(key, _)| key.snapshot);
        let key = (run, self.layer, snapshot);
        match self.summary {
            Some((made, summary)) if made == key => summary,
            _ => self.summary.insert((key, change.summary())).1,
        }
    }

    /// Colours the reduction, if it or the scale changed.
    fn upload(&mut self, ui: &Ui, scale: f64) {
        let Some((key, reduced)) = &self.reduced else { return };
        let picture_key = (key.clone(), scale.to_bits(), ui.visuals().dark_mode);
        if !self.picture.is_current(&picture_key) {
            let lut = Tokens::of(ui).signed.lut();
            let factor = (1.0 / scale) as f32;
            let colors = reduced.values.iter().map(|value| lut.color(value * factor)).collect();
            self.picture.set(ui.ctx(), "weights", picture_key, key.size, colors);
        }
    }

    /// The values of the cells, once they are large enough to be written into.
    fn cells_ui(&self, ui: &Ui, plot: Rect, scale: f64) {
        let Some((key, reduced)) = &self.reduced else { return };
        let [(left, right), (top, bottom)] = key.range;
        let cell = vec2(
            plot.width() / (right - left) as f32,
            plot.height() / (bottom - top) as f32,
        );
        if cell.x < CELL.x || cell.y < CELL.y {
            return;
        }
        let painter = ui.painter().with_clip_rect(plot);
        let map = Tokens::of(ui).signed;
        for row in top as usize..bottom.ceil() as usize {
            for column in left as usize..right.ceil() as usize {
                let at = vec2((column as f64 - left) as f32 + 0.5, (row as f64 - top) as f32 + 0.5) * cell;
                let x = reduced.columns.iter().position(|part| part.start == column);
                let y = reduced.rows.iter().position(|part| part.start == row);
                let Some((x, y)) = x.zip(y) else { continue };
                let value = reduced.values[y * key.size[0] + x];
                let ink = readable_on(map.color((f64::from(value) / scale) as f32));
                let font = FontId::proportional(size::SMALL);
                painter.text(plot.min + at, Align2::CENTER_CENTER, short(value), font, ink);
            }
        }
    }

    /// Which units are in view.
    fn axes_ui(&self, ui: &Ui, session: &Session, area: Rect, plot: Rect, lengths: [usize; 2]) {
        let layers = session.layers();
        let range = self.zoom.range(lengths);
        let text = |axis: usize, name: String| {
            let (from, to) = (range[axis].0 as u64, (range[axis].1 - 1e-6) as u64);
            let all = grouped(lengths[axis] as u64);
            if self.zoom.is_whole() {
                format!("{name}: {all} units")
            } else {
                format!("{name} #{}–{} of {all}", grouped(from), grouped(to))
            }
        };
        let across = text(0, format!("from {}", layers.name(self.layer)));
        axis_text(ui, pos2(plot.left(), plot.bottom() + 3.0), Align2::LEFT_TOP, across);
        let rising = text(1, format!("to {}", layers.name(self.layer + 1)));
        rotated_text(ui, pos2(area.left(), plot.center().y), &rising);
    }
}

/// A value with three significant digits, for a cell.
fn short(value: f32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if value.abs() < 0.01 {
        return format!("{value:+.2e}").replace('-', "−");
    }
    let decimals = (2 - value.abs().log10().floor() as i32).clamp(0, 4) as usize;
    format!("{value:+.decimals$}").replace('-', "−")
}

/// How many weights changed.
fn summary_ui(ui: &mut Ui, summary: Summary) {
    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
        let share = |count: usize| percent(count as f64 / summary.count.max(1) as f64);
        let text = format!("↑ {} %  ↓ {} %", share(summary.raised), share(summary.lowered));
        let label = RichText::new(text).size(size::SMALL).color(Tokens::of(ui).text_weak);
        ui.add(egui::Label::new(label).truncate()).on_hover_text(format!(
            "Of {} weights: {} raised, {} lowered, {} as before. Largest change {}.",
            grouped(summary.count as u64),
            grouped(summary.raised as u64),
            grouped(summary.lowered as u64),
            grouped((summary.count - summary.raised - summary.lowered) as u64),
            number(summary.largest_change.into()),
        ));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches the value of a weight that is cut down to a digit or two.
    #[test]
    fn a_cell_says_three_digits() {
        let texts = [0.0, 0.000_423, -2.34e-7, 0.012_34, -0.1234, 12.34].map(short);
        assert_eq!(texts, ["0", "+4.23e−4", "−2.34e−7", "+0.0123", "−0.123", "+12.3"]);
    }
}
