//! The potentials of the selected neurons, one strip each, over the time that the raster shows.

use egui::{Align2, FontId, Label, RichText, ScrollArea, Ui, vec2};
use egui_plot::{Line, LineStyle, PlotPoint, PlotPoints, Points, VLine};

use super::inspector::term::plain;
use super::training::whole;
use super::{Seen, neuron_name};
use crate::app::changes::marks_ui;
use crate::app::selection::Neuron;
use crate::app::session::{Session, Trace};
use crate::app::text::{counted, grouped, number};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{brushed, empty_state, fixed_plot, key, reduce};

/// What to do where nothing is selected.
pub(super) const SELECT: &str = "Select a neuron: click a spike or a row of the neuron table";
/// Least height of a strip; where there are more than fit, one scrolls.
const LEAST: f32 = 104.0;
/// Height of the line over a strip.
const HEAD: f32 = 20.0;

/// The strips. `range` is the first and the last step in view.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, range: (f64, f64)) {
    let neurons = seen.selection.neurons();
    if seen.session.night().is_none() || neurons.is_empty() {
        let what = "Here the potential of each selected neuron climbs to its threshold, step by step.";
        // Before the night there is no spike to click.
        let is_awake = seen.session.night().is_none();
        empty_state(ui, what, if is_awake { "Press Play" } else { SELECT });
        return;
    }
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        key(ui, tokens.worse, "threshold");
        key(ui, tokens.text_strong, "spike");
        let text = RichText::new("potential upwards, steps to the right").size(size::SMALL);
        ui.add(Label::new(text.color(tokens.text_weak)).truncate());
    });
    let room = ui.available_height();
    let height = (room / neurons.len() as f32 - 6.0).max(LEAST.min(room));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (place, &neuron) in neurons.iter().enumerate() {
            let trace = seen.session.traces().get((neuron.layer, neuron.unit));
            head_ui(ui, seen.session, neuron, place, trace);
            strip_ui(ui, seen, (neuron, place), trace, range, height - HEAD);
        }
    });
}

/// The name of the neuron, and its numbers of this moment.
fn head_ui(ui: &mut Ui, session: &Session, neuron: Neuron, place: usize, trace: Option<&Trace>) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.set_height(HEAD - 4.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        let (swatch, _) = ui.allocate_exact_size(vec2(4.0, 12.0), egui::Sense::hover());
        ui.painter().rect_filled(swatch, 2.0, tokens.selected(place));
        ui.label(theme::strong(neuron_name(session, neuron), size::BODY).color(tokens.text_strong));
        let numbers = match (session.threshold(neuron.layer), now(session, neuron, trace)) {
            (Some(threshold), Some(potential)) => {
                let distance = plain(threshold - f64::from(potential));
                let (potential, threshold) = (plain(potential.into()), plain(threshold));
                let long = format!("potential {potential}   threshold {threshold}   distance to threshold {distance}");
                let font = FontId::proportional(size::SMALL);
                let galley = ui.painter().layout_no_wrap(long.clone(), font, tokens.text);
                // The plot has the threshold as a line; a distance that is cut off is told nowhere else.
                if galley.size().x <= ui.available_width() {
                    long
                } else {
                    format!("potential {potential}   {distance} to threshold")
                }
            }
            (Some(threshold), None) => format!("threshold {}", number(threshold)),
            (None, _) => {
                "an input has no potential: it spikes by chance, the more often the brighter its pixel".to_owned()
            }
        };
        ui.add(Label::new(RichText::new(numbers).size(size::SMALL).color(tokens.text)).truncate());
    });
}

/// The newest potential that is known.
fn now(session: &Session, neuron: Neuron, trace: Option<&Trace>) -> Option<f32> {
    session
        .potential(neuron.layer, neuron.unit)
        .or_else(|| trace.and_then(Trace::last))
}

/// One strip.
fn strip_ui(
    ui: &mut Ui,
    seen: Seen<'_>,
    (neuron, place): (Neuron, usize),
    trace: Option<&Trace>,
    (from, to): (f64, f64),
    height: f32,
) {
    let (tokens, session) = (Tokens::of(ui), seen.session);
    let area = vec2(ui.available_width(), height);
    let steps = from.max(0.0) as u64..to.max(0.0).ceil() as u64 + 1;
    let thresholds = session.thresholds(neuron.layer);
    let points: Vec<[f64; 2]> = trace.map_or_else(Vec::new, |trace| {
        let known = trace.range(steps.clone());
        reduce(
            known.map(|(step, value)| [(step + 1) as f64, value.into()]),
            area.x as usize,
        )
    });
    let spikes = spike_marks(session, neuron, steps);
    let lines = stretches(&thresholds, session.total_steps().max(session.known_steps()));
    let seen_lines = lines.iter().filter(|[start, end]| start[0] <= to && end[0] >= from);
    let top = seen_lines.map(|[start, _]| start[1]).fold(0.0_f64, f64::max);
    let top = if top > 0.0 { top } else { 1.0 };
    let reach = points.iter().map(|point| point[1]);
    let (low, high) = reach.fold((0.0_f64, top), |(low, high), y| (low.min(y), high.max(y)));
    let room = 0.12 * (high - low).max(1e-6);
    let response = fixed_plot(("potential", session.run(), neuron), area, tokens, plain, whole)
        .show_crosshair(false)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(from..=to);
            plot.set_plot_bounds_y(low - if low < 0.0 { room } else { 0.0 }..=high + room);
            brushed(plot, tokens, seen.selection.span());
            for ends in lines {
                let line = Line::new("threshold", PlotPoints::from(ends.to_vec()));
                let line = line.color(tokens.worse).allow_hover(false);
                plot.line(line.style(LineStyle::Dashed { length: 6.0 }).width(tokens.pen(1.2)));
            }
            let here = VLine::new("step", session.steps() as f64).color(tokens.grid).width(1.0);
            plot.vline(here.allow_hover(false));
            let line = Line::new("potential", PlotPoints::from(points.clone()));
            plot.line(line.color(tokens.selected(place)).width(tokens.pen(1.6)));
            let marks = Points::new("spike", spikes)
                .radius(tokens.pen(3.0))
                .color(tokens.text_strong);
            plot.points(marks.allow_hover(false));
        });
    let x_of = |step: u64| response.transform.position_from_point_x(step as f64);
    marks_ui(ui, session, *response.transform.frame(), neuron, x_of);
    let first = trace.map(Trace::first_step);
    let lacks = match first {
        _ if thresholds.is_empty() => None,
        None => Some("going through the night for it …".to_owned()),
        Some(0) => None,
        Some(first) => Some(format!("known from step {}", grouped(first + 1))),
    };
    if let Some(text) = lacks {
        let at = response.transform.position_from_point(&PlotPoint::new(from, low)) + vec2(6.0, -6.0);
        let font = FontId::proportional(size::SMALL);
        let painter = ui.painter().with_clip_rect(response.response.rect);
        painter.text(at, Align2::LEFT_BOTTOM, text, font, tokens.text_weak);
    }
    let known = counted(points.len() as u64, "point");
    response.response.widget_info(|| {
        let name = neuron_name(session, neuron);
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Potential of {name}: {known}"))
    });
}

/// The ends of the line that each threshold is drawn as: from the moment it was set to the next, or to the end of the night.
fn stretches(thresholds: &[(u64, f64)], end: u64) -> Vec<[[f64; 2]; 2]> {
    let until = thresholds.iter().skip(1).map(|next| next.0).chain([end]);
    thresholds
        .iter()
        .zip(until)
        .map(|(&(from, value), to)| [[from as f64, value], [to.max(from) as f64, value]])
        .collect()
}

/// The spikes of a range of steps, each at the threshold that held in its step.
fn spike_marks(session: &Session, neuron: Neuron, steps: std::ops::Range<u64>) -> Vec<[f64; 2]> {
    let thresholds = session.thresholds(neuron.layer);
    let at = |step| thresholds.iter().rev().find(|&&(from, _)| from <= step);
    spike_steps(session, neuron, steps)
        // An input has no threshold: its spikes stand at 1.
        .map(|step| [(step + 1) as f64, at(step).map_or(1.0, |&(_, threshold)| threshold)])
        .collect()
}

/// The steps of a range in which a neuron spiked.
pub(super) fn spike_steps(
    session: &Session,
    neuron: Neuron,
    steps: std::ops::Range<u64>,
) -> impl Iterator<Item = u64> + use<'_> {
    let unit = session.layers().units(neuron.layer).start + neuron.unit;
    // The units of a step rise.
    let spiked = move |units: &[u32]| units.binary_search(&unit).is_ok();
    session
        .spikes()
        .range(steps)
        .filter_map(move |(step, units)| spiked(units).then_some(step))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::session::testing;
    use crate::worker::{Event, NightChange};

    /// Catches spikes that are drawn at a threshold of another time, and a threshold that is drawn over steps it did not hold.
    #[test]
    fn what_was_done_under_the_old_threshold_stays_there() {
        let mut session = testing::session(&[(0, &[5]), (1, &[]), (2, &[5])]);
        let mut params = session.night().unwrap().params.clone();
        let old = params.beta[0];
        params.beta[0] = old + 3.0;
        session.absorb(Event::NightChanged(Arc::new(NightChange {
            step: 2,
            params,
            alpha: Vec::new(),
        })));
        let neuron = Neuron { layer: 1, unit: 1 };
        assert_eq!(spike_marks(&session, neuron, 0..9), [[1.0, old], [3.0, old + 3.0]]);
        let lines = stretches(&session.thresholds(1), 9);
        assert_eq!(lines, [[[0.0, old], [2.0, old]], [[2.0, old + 3.0], [9.0, old + 3.0]]]);
        let input = Neuron { layer: 0, unit: 2 };
        assert!(spike_marks(&session, input, 0..9).is_empty());
    }
}
