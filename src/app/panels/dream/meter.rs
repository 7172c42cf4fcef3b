//! The replay meter: does the hidden activity of the last steps look like a class seen awake?

use egui::{Align2, FontId, Rect, Sense, Stroke, Ui, pos2, vec2};

use ndarray::Axis;

use crate::app::session::Session;
use crate::app::text::{counted, nice_ceiling, number, signed};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{axis_text, tooltip_rows};
use crate::sim::evaluate::{correlation, shuffled};

/// The meter of every hidden layer.
pub struct Meter {
    /// Steps it looks back.
    pub steps: u64,
    /// Whether what all classes share is taken off their means.
    pub own: bool,
    /// What was worked out last, and for what.
    last: Option<(Key, Vec<LayerReplay>)>,
    /// Ends of the scale. They only grow within a run, so that bars can be compared.
    scale: (f64, f64),
    run: u64,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            steps: 100,
            own: false,
            last: None,
            scale: SMALLEST,
            run: 0,
        }
    }
}

/// What a replay belongs to: the run, the newest step, how many steps, and whether of the classes' own part.
type Key = (u64, u64, u64, bool);

/// The scale that a run begins with.
const SMALLEST: (f64, f64) = (-0.1, 0.2);

/// How much the recent activity of a hidden layer is like each class seen awake.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerReplay {
    /// The layer; 1 is the first hidden one.
    pub layer: usize,
    /// Spikes of the layer in the steps looked at.
    pub spikes: u64,
    /// For each class the correlation, and that of the control.
    pub classes: Vec<(Option<f64>, Option<f64>)>,
}

/// The replay of every hidden layer over the last `steps` known steps; with `own`, what all classes share is taken off
/// their means.
fn replay(session: &Session, steps: u64, own: bool) -> Vec<LayerReplay> {
    let (Some(night), Some(opened)) = (session.night(), session.opened()) else {
        return Vec::new();
    };
    let layers = session.layers();
    let end = session.slept();
    let mut counts: Vec<Vec<f32>> = (0..layers.count()).map(|layer| vec![0.0; layers.size(layer)]).collect();
    for (_, units) in session.spikes().range(end.saturating_sub(steps)..end) {
        for &unit in units {
            if let Some(layer) = layers.layer_of(unit) {
                counts[layer][(unit - layers.units(layer).start) as usize] += 1.0;
            }
        }
    }
    let hidden = counts.iter().enumerate().skip(1);
    let replays = hidden.zip(&night.class_means).map(|((layer, counts), means)| {
        let order = shuffled(opened.recipe.seed, layer, counts.len());
        let control: Vec<f32> = order.iter().map(|&unit| counts[unit as usize]).collect();
        let shared = means.mean_axis(Axis(0)).filter(|_| own);
        LayerReplay {
            layer,
            spikes: counts.iter().map(|&count| count as u64).sum(),
            classes: means
                .rows()
                .into_iter()
                .map(|mean| {
                    let mean = match &shared {
                        Some(shared) => (&mean - shared).to_vec(),
                        None => mean.to_vec(),
                    };
                    (correlation(counts, &mean), correlation(&control, &mean))
                })
                .collect(),
        }
    });
    replays.collect()
}

impl Meter {
    /// What the meter shows at the moment that is shown.
    pub fn replays(&self, session: &Session) -> Vec<LayerReplay> {
        replay(session, self.steps, self.own)
    }

    /// The meters side by side.
    pub fn ui(&mut self, ui: &Ui, session: &Session, area: Rect) {
        let key = (session.revision(), session.slept(), self.steps, self.own);
        if self.last.as_ref().is_none_or(|(made, _)| *made != key) {
            self.last = Some((key, replay(session, self.steps, self.own)));
        }
        let Some((_, replays)) = &self.last else { return };
        if self.run != session.run() {
            self.run = session.run();
            self.scale = SMALLEST;
        }
        for r in replays.iter().flat_map(|replay| &replay.classes) {
            for r in [r.0, r.1].into_iter().flatten() {
                self.scale.0 = self
                    .scale
                    .0
                    .min(-nice_ceiling(-r).min(1.0) * f64::from(u8::from(r < 0.0)));
                self.scale.1 = self
                    .scale
                    .1
                    .max(nice_ceiling(r).min(1.0) * f64::from(u8::from(r > 0.0)));
            }
        }
        let count = replays.len().max(1) as f32;
        let width = (area.width() - (count - 1.0) * 12.0) / count;
        for (index, replay) in replays.iter().enumerate() {
            let left = area.left() + index as f32 * (width + 12.0);
            let place = Rect::from_min_size(pos2(left, area.top()), vec2(width, area.height()));
            layer_ui(ui, session, replay, place, self.scale);
        }
    }
}

/// The meter of one layer.
fn layer_ui(ui: &Ui, session: &Session, replay: &LayerReplay, area: Rect, scale: (f64, f64)) {
    let tokens = Tokens::of(ui);
    let name = session.layers().name(replay.layer);
    let title = format!("{name} · {}", counted(replay.spikes, "spike"));
    let font = FontId::new(size::SMALL, theme::strong_family());
    let painter = ui.painter().with_clip_rect(area.expand(4.0).intersect(ui.clip_rect()));
    painter.text(
        pos2(area.left(), area.top() + 13.0),
        Align2::LEFT_BOTTOM,
        title,
        font,
        tokens.text,
    );
    let plot = Rect::from_min_max(area.min + vec2(32.0, 20.0), area.max - vec2(0.0, 18.0));
    if plot.height() < 16.0 || replay.classes.is_empty() {
        return;
    }
    let (low, high) = scale;
    let y_of = |r: f64| plot.bottom() - ((r - low) / (high - low)) as f32 * plot.height();
    for tick in [low, 0.0, high] {
        let strength = if tick == 0.0 { 1.0 } else { 0.4 };
        ui.painter().hline(
            plot.x_range(),
            y_of(tick),
            Stroke::new(1.0, faded(tokens.grid, strength)),
        );
        let at = pos2(plot.left() - 5.0, y_of(tick));
        if tick == 0.0 || (y_of(tick) - y_of(0.0)).abs() >= size::SMALL {
            axis_text(ui, at, Align2::RIGHT_CENTER, signed(tick));
        }
    }
    let beside = pos2(area.left() + 4.0, 0.5 * (y_of(0.0) + y_of(high)));
    axis_text(ui, beside, Align2::LEFT_CENTER, "r");
    let slot = plot.width() / replay.classes.len() as f32;
    let bar = (0.4 * slot).min(10.0);
    for (class, &(real, control)) in replay.classes.iter().enumerate() {
        let middle = plot.left() + (class as f32 + 0.5) * slot;
        for (left, r, color) in [
            (middle - bar, real, tokens.accent),
            (middle + 0.5, control, tokens.before),
        ] {
            let Some(r) = r else { continue };
            let (top, bottom) = (y_of(r.max(0.0)), y_of(r.min(0.0)));
            let rect = Rect::from_min_max(pos2(left, top), pos2(left + bar - 0.5, bottom.max(top + 1.0)));
            ui.painter().rect_filled(rect, 0.0, color);
        }
        let whole = session.class_name(class);
        let letters = ((slot / 7.0) as usize).max(1);
        let short: String = whole.chars().take(letters).collect();
        axis_text(ui, pos2(middle, plot.bottom() + 3.0), Align2::CENTER_TOP, short);
        let place = Rect::from_x_y_ranges(middle - 0.5 * slot..=middle + 0.5 * slot, plot.top()..=area.bottom());
        let response = ui.interact(
            place,
            ui.scope_id().with(("replay", replay.layer, class)),
            Sense::hover(),
        );
        response.on_hover_ui_at_pointer(|ui| {
            let word = |r: Option<f64>| r.map_or_else(|| "no spikes yet".to_owned(), |r| format!("r = {}", rounded(r)));
            let rows = [
                ("replay", word(real)),
                ("control", word(control)),
                ("over", format!("{} neurons", session.layers().size(replay.layer))),
            ];
            tooltip_rows(ui, &format!("{name}, like class {whole} awake"), &rows);
        });
    }
    let response = ui.interact(
        Rect::from_min_max(area.min, pos2(area.right(), plot.top())),
        ui.scope_id().with(("replay", replay.layer)),
        Sense::hover(),
    );
    let label = format!("Replay meter of {name}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &label));
}

/// A correlation with three decimals at most.
fn rounded(r: f64) -> String {
    let r = (1000.0 * r).round() / 1000.0;
    if r < 0.0 { signed(r) } else { number(r) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ndarray::array;

    use super::*;
    use crate::app::session::testing;
    use crate::worker::{Event, Frame, NightStart, Phase, SpikeChunk};

    /// Catches a meter over other steps, of another layer, with the means of another class, whose own part keeps what all
    /// share, or whose control is not the same spikes on other neurons.
    #[test]
    fn the_meter_correlates_the_last_steps_with_each_class() {
        let mut session = testing::session(&[]);
        let night = session.night().expect("it sleeps").clone();
        session.absorb(Event::FellAsleep(Arc::new(NightStart {
            class_means: vec![array![[2.0, 1.0, 0.0], [5.0, 0.0, 1.0]]],
            ..night
        })));
        // Hidden neurons #0, #0 and #1, an output and inputs.
        session.absorb(Event::Spikes(Arc::new(SpikeChunk {
            first_step: 0,
            ends: vec![2, 4, 5],
            units: vec![1, 4, 4, 8, 5],
        })));
        session.show(Arc::new(Frame {
            phase: Phase::Asleep,
            steps: 3,
            ..Frame::default()
        }));
        let of = |steps, own| {
            let replays = replay(&session, steps, own);
            assert_eq!((replays.len(), replays[0].layer), (1, 1), "the one hidden layer");
            replays[0].clone()
        };
        let near =
            |r: Option<f64>, wanted: f64| assert!((r.expect("it spiked") - wanted).abs() < 1e-6, "{r:?}, {wanted}");
        let all = of(100, false);
        assert_eq!(all.spikes, 3);
        near(all.classes[0].0, 1.0);
        near(all.classes[1].0, 4.0 / (2.0_f64 * 14.0).sqrt());
        let order = shuffled(session.opened().expect("it is open").recipe.seed, 1, 3);
        let control: Vec<f32> = order.iter().map(|&unit| [2.0, 1.0, 0.0][unit as usize]).collect();
        assert_eq!(all.classes[1].1, correlation(&control, &[5.0, 0.0, 1.0]));
        let last = of(1, false);
        assert_eq!(last.spikes, 1, "the last step alone");
        near(last.classes[0].0, 0.0);
        near(of(100, true).classes[0].0, -0.5);
        near(of(100, true).classes[1].0, 0.5);
    }
}
