//! Accuracy over the day and the night.

use egui::{Align2, FontId, Ui, vec2};
use egui_plot::{HLine, HoverPosition, Line, LineStyle, PlotPoint, PlotPoints, Points, Span, VLine};

use super::training::whole;
use crate::app::session::Session;
use crate::app::text::{grouped, percent};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{delta_figure, empty_state, figure, fixed_plot, key, reduce};
use crate::worker::{Moment, Phase};

/// Share of the plot's width that the day takes.
const DAY: f64 = 0.18;

/// The accuracy pane.
#[derive(Default)]
pub struct AccuracyView;

impl AccuracyView {
    /// Before and now, as numbers.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(before) = session.before() else { return };
        let now = session.now();
        delta_figure(ui, before.accuracy(), now.map(|(_, evaluation)| evaluation.accuracy()));
        ui.add_space(8.0);
        figure(ui, "test images", grouped(before.images().into()));
    }

    /// The curve.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(before) = session.before() else {
            empty_state(
                ui,
                "Here the accuracy on the held-out images climbs or falls while the network sleeps.",
                "Press Play",
            );
            return;
        };
        let tokens = Tokens::of(ui);
        let night = (session.total_steps() as f64).max(1.0);
        let (start, batches) = (-night * DAY / (1.0 - DAY), (session.total_batches() as f64).max(1.0));
        let x_of = |moment: Moment| match moment {
            Moment::Batch(batch) => start * (1.0 - batch as f64 / batches),
            Moment::Step(step) => step as f64,
        };
        let points: Vec<_> =
            session.evaluations().iter().map(|e| [x_of(e.moment), 100.0 * e.evaluation.accuracy()]).collect();
        ui.horizontal(|ui| {
            key(ui, tokens.accent, "now");
            key(ui, tokens.before, "before sleep");
            key(ui, tokens.grid, "chance");
        });
        ui.add_space(2.0);
        let area = ui.available_size();
        let base = 100.0 * before.accuracy();
        let chance = 100.0 / before.classes.max(1) as f64;
        let line = reduce(points.iter().copied(), area.x as usize);
        let asleep = session.phase() >= Phase::Asleep;
        let y_text = |value: f64| format!("{} %", value.round());
        let response = fixed_plot(("accuracy", session.run()), area, tokens, y_text, whole)
            .label_formatter(move |hover| match hover {
                HoverPosition::NearDataPoint { position, plot_name, .. } if *plot_name == "accuracy" => {
                    let moment = if position.x < 0.0 {
                        format!("batch {}", grouped(((1.0 - position.x / start) * batches).round() as u64))
                    } else {
                        format!("step {}", grouped(position.x as u64))
                    };
                    Some(format!("{moment}\n{:.1} % of the test images", position.y))
                }
                _ => None,
            })
            .show(ui, |plot| {
                plot.set_plot_bounds_x(start..=night);
                plot.set_plot_bounds_y(0.0..=100.0);
                plot.span(Span::new("", start..=0.0).fill(tokens.phase_training).border_width(0.0));
                plot.span(Span::new("", 0.0..=night).fill(tokens.phase_night).border_width(0.0));
                let dotted = LineStyle::Dotted { spacing: 5.0 };
                plot.hline(HLine::new("chance", chance).color(tokens.grid).style(dotted).allow_hover(false));
                let dashed = LineStyle::Dashed { length: 5.0 };
                plot.hline(HLine::new("before", base).color(tokens.before).style(dashed).width(1.2).allow_hover(false));
                if asleep {
                    let here = session.steps() as f64;
                    plot.vline(VLine::new("step", here).color(tokens.grid).width(1.0).allow_hover(false));
                }
                let last = line.last().copied();
                plot.line(Line::new("accuracy", PlotPoints::from(line)).color(tokens.accent).width(2.0));
                if let Some(last) = last {
                    plot.points(Points::new("last", vec![last]).radius(3.5).color(tokens.accent).allow_hover(false));
                }
            });
        let frame = response.transform.frame();
        let label = |x: f64, text: &str, align: Align2| {
            let at = response.transform.position_from_point(&PlotPoint::new(x, 100.0)) + vec2(4.0, 3.0);
            let painter = ui.painter().with_clip_rect(*frame);
            painter.text(at, align, text, FontId::proportional(size::SMALL), tokens.text_weak);
        };
        label(start, "day", Align2::LEFT_TOP);
        label(0.0, "night, steps", Align2::LEFT_TOP);
        let text = format!("before {} %", percent(before.accuracy()));
        let at = response.transform.position_from_point(&PlotPoint::new(night, base)) + vec2(-4.0, -2.0);
        let align = if base > 85.0 { Align2::RIGHT_TOP } else { Align2::RIGHT_BOTTOM };
        ui.painter().with_clip_rect(*frame).text(at, align, text, FontId::proportional(size::SMALL), tokens.text_weak);
    }
}
