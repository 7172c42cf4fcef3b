//! How the weights of a layer are distributed, before sleep and now.

mod count;

pub use self::count::{BINS, Counts};

use std::sync::Arc;

use egui::{Align2, FontId, Label, RichText, TextWrapMode, Ui, vec2};
use egui_plot::{HoverPosition, Line, PlotPoint, Span, VLine};

use self::count::{Counter, Key};
use super::weight_change::{layer_ui, todo};
use crate::app::session::Session;
use crate::app::text::{grouped, number, percent, signed};
use crate::app::theme::{Tokens, mix, size};
use crate::app::widgets::{empty_state, fixed_plot, key};

/// Shortest time between two counts while the night runs, in seconds.
const EVERY: f64 = 0.25;

/// Height of the axis across and of the names of the sides, in points.
const NAMES: f32 = 36.0;

/// The pane of the distribution of the weights.
#[derive(Default)]
pub struct HistogramView {
    layer: usize,
    counter: Option<Counter>,
    counted: Option<(Key, Vec<Counts>)>,
    asked_at: f64,
}

impl HistogramView {
    /// The layer of weights that is shown, counted from 0, and its counts at the moment that is shown.
    pub fn counts(&self, session: &Session) -> Option<(usize, Counts)> {
        let (night, now) = session.night().zip(session.weights_now())?;
        let (before, now) = night.weights.get(self.layer).zip(now.weights.get(self.layer))?;
        (before.dim() == now.dim()).then(|| (self.layer, Counts::new(before, now)))
    }

    /// Which layer.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.night().is_some() {
            layer_ui(ui, session, "Distribution of layer", &mut self.layer);
        }
    }

    /// The histogram and its numbers.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        let what = "Here the weights of a layer are counted by their value, before sleep and now.";
        if session.night().is_none() || session.weights_now().is_none() {
            self.counted = None;
            empty_state(ui, what, todo(session));
            return;
        }
        self.update(ui, session);
        let counts = self.counted.as_ref().filter(|(key, _)| key.0 == session.run());
        let Some(((.., step), layers)) = counts else {
            empty_state(ui, what, "Counting …");
            return;
        };
        self.layer = self.layer.min(layers.len().saturating_sub(1));
        let Some(counts) = layers.get(self.layer).filter(|counts| counts.count > 0) else {
            return;
        };
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            key(ui, tokens.before, "before sleep");
            key(ui, tokens.accent, "now");
            let text = format!("step {}", grouped(*step));
            ui.label(RichText::new(text).size(size::SMALL).color(tokens.text_weak));
        });
        let lines = match ui.available_width() {
            width if width < 320.0 => 3.0,
            width if width < 520.0 => 2.0,
            _ => 1.0,
        };
        let room = ui.available_size() - vec2(0.0, lines * 17.0 + 8.0);
        plot_ui(ui, session.run(), self.layer, counts, room);
        numbers_ui(ui, counts);
    }

    /// Takes what was counted, and asks for what is new; while the weights keep changing, not too often.
    fn update(&mut self, ui: &Ui, session: &Session) {
        let Some((night, snapshot)) = session.night().zip(session.weights_now()) else {
            return;
        };
        if self.counter.is_none() {
            self.counter = Counter::start(ui.ctx().clone());
        }
        let Some(counter) = &mut self.counter else { return };
        if let Some(done) = counter.take() {
            self.counted = Some(done);
        }
        let key = (session.run(), snapshot.number, snapshot.steps);
        let made = self.counted.as_ref().map(|(key, _)| *key);
        if made == Some(key) || counter.is_busy() {
            return;
        }
        let time = ui.input(|input| input.time);
        let wait = EVERY - (time - self.asked_at);
        if made.is_some_and(|made| made.0 == key.0) && session.is_running() && wait > 0.0 {
            ui.ctx().request_repaint_after_secs(wait as f32);
            return;
        }
        self.asked_at = time;
        counter.ask(key, Arc::clone(&night.weights), Arc::clone(&snapshot.weights));
    }
}

/// How high a count stands: nothing at 0, one at 1, ten at 2, a hundred at 3.
pub fn height(count: u64) -> f64 {
    if count == 0 { 0.0 } else { 1.0 + (count as f64).log10() }
}

/// What a height stands for.
fn height_text(height: f64) -> String {
    if height < -1e-6 || (height - height.round()).abs() > 1e-6 {
        String::new()
    } else if height < 0.5 {
        "0".to_owned()
    } else {
        grouped(10_u64.saturating_pow(height.round() as u32 - 1))
    }
}

/// Before as a filled shape, now as a line of steps over them.
fn plot_ui(ui: &mut Ui, run: u64, layer: usize, counts: &Counts, room: egui::Vec2) {
    let tokens = Tokens::of(ui);
    let bound = counts.bound;
    let width = 2.0 * bound / BINS as f64;
    let left = |bin: usize| -bound + width * bin as f64;
    let most = counts.before.iter().chain(&counts.now).copied().max().unwrap_or(1);
    // The names of the sides stand over the curves, however low the plot is.
    let names = f64::from((room.y / (room.y - NAMES).max(0.25 * room.y)).max(1.25));
    let top = (names * height(most)).max(1.0);
    let steps = |counts: &[u64]| -> Vec<[f64; 2]> {
        (0..BINS)
            .flat_map(|bin| [left(bin), left(bin + 1)].map(|x| [x, height(counts[bin])]))
            .collect()
    };
    let label = |hover: &HoverPosition<'_>| {
        let (HoverPosition::NearDataPoint { position, .. } | HoverPosition::Elsewhere { position }) = hover;
        let bin = ((position.x + bound) / width).floor();
        (bin >= 0.0 && bin < BINS as f64).then(|| {
            let bin = bin as usize;
            format!(
                "weights {} to {}\nbefore {}\nnow {}",
                signed(left(bin)),
                signed(left(bin + 1)),
                grouped(counts.before[bin]),
                grouped(counts.now[bin])
            )
        })
    };
    let x_text = |value: f64| {
        if value < -0.99 * bound {
            // It would stand on the 0 of the counts.
            String::new()
        } else if value.abs() < 1e-12 {
            "0".to_owned()
        } else {
            signed(value)
        }
    };
    let response = fixed_plot(("weight histogram", layer, run), room, tokens, height_text, x_text)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(-bound..=bound);
            plot.set_plot_bounds_y(0.0..=top);
            for (range, side) in [(-bound..=0.0, -0.6), (0.0..=bound, 0.6)] {
                let fill = mix(tokens.surface, tokens.signed.color(side), 0.10);
                plot.span(Span::new("", range).fill(fill).border_width(0.0));
            }
            // One filled shape: bars side by side would show their seams.
            let before = Line::new("before", steps(&counts.before)).color(tokens.before);
            plot.line(before.width(0.0).fill(0.0).fill_alpha(0.5).allow_hover(false));
            plot.vline(VLine::new("zero", 0.0).color(tokens.grid).width(1.0).allow_hover(false));
            plot.line(
                Line::new("now", steps(&counts.now))
                    .color(tokens.accent)
                    .width(tokens.pen(1.6))
                    .allow_hover(false),
            );
        });
    let painter = ui.painter().with_clip_rect(*response.transform.frame());
    let share = |side: usize| percent(counts.positive[side] as f64 / counts.count as f64);
    let texts = [
        (-bound, vec2(4.0, 2.0), Align2::LEFT_TOP, "negative".to_owned()),
        (
            bound,
            vec2(-4.0, 2.0),
            Align2::RIGHT_TOP,
            format!("positive {} → {} %", share(0), share(1)),
        ),
    ];
    for (x, by, align, text) in texts {
        let at = response.transform.position_from_point(&PlotPoint::new(x, top)) + by;
        painter.text(at, align, text, FontId::proportional(size::SMALL), tokens.text_weak);
    }
}

/// What became of the weights, in numbers.
fn numbers_ui(ui: &mut Ui, counts: &Counts) {
    let tokens = Tokens::of(ui);
    let share = |part: u64| percent(part as f64 / counts.count.max(1) as f64);
    let untouched = counts.count - (counts.grown + counts.shrunk).min(counts.count);
    ui.spacing_mut().interact_size.y = 0.0;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for (text, help) in [
            (
                format!("grown {} %", share(counts.grown)),
                "Weights that are larger than before sleep",
            ),
            (
                format!("shrunk {} %", share(counts.shrunk)),
                "Weights that are smaller than before sleep",
            ),
            (
                format!("untouched {} %", share(untouched)),
                "Weights that are exactly as before sleep",
            ),
            (
                format!("mean |change| {}", number(counts.mean_change)),
                "Mean magnitude of the change of all weights of the layer",
            ),
            (
                format!(
                    "|w| < 0.001: {} → {} %",
                    share(counts.sparse[0]),
                    share(counts.sparse[1])
                ),
                "Sparsity: weights of a magnitude below 0.001, before sleep and now",
            ),
        ] {
            let text = RichText::new(text).size(size::SMALL).color(tokens.text);
            ui.add(Label::new(text).wrap_mode(TextWrapMode::Extend))
                .on_hover_text(help);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a mark of the axis that names another count than the one that stands there.
    #[test]
    fn heights_and_marks_agree() {
        for count in [0, 1, 10, 100, 1_000_000] {
            assert_eq!(height_text(height(count)), grouped(count));
        }
        assert_eq!(height_text(1.5), "");
    }
}
