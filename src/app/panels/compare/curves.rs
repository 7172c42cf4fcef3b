//! The accuracy of all nights over each other.

use egui::{Ui, vec2};
use egui_plot::{HoverPosition, Line, LineStyle, PlotPoints, Points, VLine};

use crate::app::panels::Seen;
use crate::app::panels::comparison::Beside;
use crate::app::panels::training::whole;
use crate::app::text::{grouped, percent};
use crate::app::theme::Tokens;
use crate::app::widgets::{fixed_plot, key};

/// Height of the plot.
const HEIGHT: f32 = 168.0;

/// The curves, with their key. The baseline is dashed.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, nights: &[Beside<'_>], baseline: &Beside<'_>) {
    let tokens = Tokens::of(ui);
    let here = seen.session.steps();
    ui.horizontal_wrapped(|ui| {
        for night in nights {
            let now = night.test_at(here.min(night.total));
            let now = now.map_or_else(String::new, |(_, test)| format!(" {} %", percent(test.accuracy())));
            key(ui, night.color, &format!("{}{now}", super::short(night.name)));
        }
    });
    let steps = nights.iter().map(|night| night.total).max().unwrap_or(1).max(1) as f64;
    let area = vec2(ui.available_width(), HEIGHT);
    let y_text = |value: f64| format!("{} %", value.round());
    let label = |hover: &HoverPosition<'_>| match hover {
        HoverPosition::NearDataPoint {
            position, plot_name, ..
        } if !plot_name.is_empty() => Some(format!(
            "{plot_name}\nstep {}\n{:.1} % read correctly",
            grouped(position.x.max(0.0) as u64),
            position.y
        )),
        _ => None,
    };
    let lines: Vec<(&Beside<'_>, Vec<[f64; 2]>)> = nights
        .iter()
        .map(|night| {
            let points = night.slept_tests();
            let points = points.map(|(step, test)| [step as f64, 100.0 * test.accuracy()]);
            (night, points.collect())
        })
        .collect();
    let values = lines.iter().flat_map(|(_, points)| points.iter().map(|point| point[1]));
    let top = values.fold(10.0, f64::max);
    let top = (top / 10.0 + 0.2).ceil() * 10.0;
    fixed_plot(("compared", seen.session.run()), area, tokens, y_text, whole)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(0.0..=steps);
            plot.set_plot_bounds_y(0.0..=top.min(104.0));
            let now = VLine::new("", here as f64).color(tokens.grid).width(tokens.pen(1.0));
            plot.vline(now.allow_hover(false));
            for (night, points) in lines {
                let last = points.iter().rev().find(|point| point[0] <= here as f64).copied();
                let line = Line::new(night.name, PlotPoints::from(points))
                    .color(night.color)
                    .width(tokens.pen(1.8));
                let style = if night.which == baseline.which {
                    LineStyle::Dashed { length: 6.0 }
                } else {
                    LineStyle::Solid
                };
                plot.line(line.style(style));
                if let Some(last) = last {
                    let mark = Points::new("", vec![last]).radius(tokens.pen(3.2));
                    plot.points(mark.color(night.color).allow_hover(false));
                }
            }
        });
}
