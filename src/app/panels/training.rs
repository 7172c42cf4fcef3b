//! Loss and accuracy per batch.

use egui::{Color32, Ui, vec2};
use egui_plot::{HoverPosition, Line, Span, VLine};

use crate::app::session::Session;
use crate::app::text::{grouped, moment_name, number, percent};
use crate::app::theme::Tokens;
use crate::app::widgets::{empty_state, figure, fixed_plot, key, reduce};
use crate::worker::{BatchPoint, Moment};

/// Width below which the two curves stand one above the other.
const SIDE_BY_SIDE: f32 = 420.0;

/// Loss and accuracy of the last batch.
pub fn header_ui(ui: &mut Ui, session: &Session) {
    let (noun, done, batches, total) = match session.tuned() {
        0 => ("batch", session.trained(), session.batches(), session.total_batches()),
        tuned => ("tuning batch", tuned, session.tuned_batches(), session.total_tuning()),
    };
    let last = done.checked_sub(1).and_then(|last| batches.get(last as usize));
    let Some(last) = last else { return };
    figure(ui, "accuracy", format!("{} %", percent(f64::from(last.accuracy))));
    ui.add_space(8.0);
    figure(ui, "loss", number(f64::from(last.loss)));
    ui.add_space(8.0);
    figure(ui, noun, format!("{} / {}", grouped(done), grouped(total)));
}

/// The curves.
pub fn ui(ui: &mut Ui, session: &Session) {
    if session.batches().is_empty() {
        empty_state(
            ui,
            "Here the loss falls while the network learns, batch by batch.",
            "Press Play or Train",
        );
        return;
    }
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        key(ui, tokens.layer(2, 9), "loss");
        key(ui, tokens.layer(3, 9), "accuracy, over batches");
        if session.total_tuning() > 0 {
            key(ui, tokens.phase_tuning, "fine-tuning");
        }
    });
    ui.add_space(2.0);
    let area = ui.available_size();
    let loss = |point: &BatchPoint| f64::from(point.loss);
    let accuracy = |point: &BatchPoint| 100.0 * f64::from(point.accuracy);
    let gap = ui.spacing().item_spacing;
    if area.x >= SIDE_BY_SIDE {
        let size = vec2(0.5 * (area.x - gap.x), area.y);
        ui.horizontal_top(|ui| {
            curve(ui, "loss", size, session, tokens.layer(2, 9), loss, None);
            curve(ui, "accuracy", size, session, tokens.layer(3, 9), accuracy, Some(100.0));
        });
    } else {
        let size = vec2(area.x, 0.5 * (area.y - gap.y));
        curve(ui, "loss", size, session, tokens.layer(2, 9), loss, None);
        curve(ui, "accuracy", size, session, tokens.layer(3, 9), accuracy, Some(100.0));
    }
}

/// One curve over the batches.
fn curve(
    ui: &mut Ui,
    what: &'static str,
    size: egui::Vec2,
    session: &Session,
    color: Color32,
    value: impl Fn(&BatchPoint) -> f64,
    top: Option<f64>,
) {
    let line = |batches: &[BatchPoint], before: f64| {
        let points = batches.iter().map(|b| [before + b.batch as f64 + 1.0, value(b)]);
        reduce(points, size.x as usize)
    };
    let points = line(session.batches(), 0.0);
    let border = (session.total_batches() as f64).max(points.last().map_or(1.0, |p| p[0]));
    let tuned = line(session.tuned_batches(), border);
    let highest = points.iter().chain(&tuned).map(|p| p[1]).fold(0.0, f64::max);
    let end = border + session.total_tuning() as f64;
    let unit = if top.is_some() { " %" } else { "" };
    let tokens = Tokens::of(ui);
    let y_text = move |value: f64| {
        if top.is_some() {
            format!("{} %", number(value))
        } else {
            number(value)
        }
    };
    fixed_plot(("training", what, session.run()), size, tokens, y_text, whole)
        .label_formatter(move |hover| match hover {
            HoverPosition::NearDataPoint { position, .. } => {
                let moment = if position.x > border {
                    Moment::Tuned((position.x - border) as u64)
                } else {
                    Moment::Batch(position.x as u64)
                };
                let value = number(position.y);
                Some(format!("{}\n{what} {value}{unit}", moment_name(moment)))
            }
            HoverPosition::Elsewhere { .. } => None,
        })
        .show(ui, |plot| {
            plot.set_plot_bounds_x(0.0..=end);
            plot.set_plot_bounds_y(0.0..=top.unwrap_or(highest * 1.05).max(1e-6));
            if end > border {
                // Fine-tuning goes on from another network: the night lies in between.
                let place = Span::new("", border..=end).fill(tokens.phase_tuning);
                plot.span(place.border_width(0.0));
            }
            for points in [points, tuned] {
                plot.line(Line::new(what, points).color(color).width(tokens.pen(1.6)));
            }
            let is_tuning_back = session.tuned() > 0 && session.shown() < session.newest();
            if session.is_gone_back() || is_tuning_back {
                let here = session.trained() as f64 + session.tuned() as f64;
                let here = VLine::new("shown", here);
                plot.vline(here.color(tokens.text_strong).width(tokens.pen(1.0)).allow_hover(false));
            }
        });
}

/// A mark of an axis that counts: nothing between whole numbers.
pub fn whole(value: f64) -> String {
    if value < 0.0 || (value - value.round()).abs() > 1e-6 {
        String::new()
    } else {
        grouped(value.round() as u64)
    }
}
