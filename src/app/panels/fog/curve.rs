//! Accuracy against the strength of one condition, before sleep and now.

use egui::{Align, Align2, Layout, RichText, Ui, vec2};
use egui_plot::{HoverPosition, Line, PlotPoints, Points, VLine};

use super::{share_text, title, unit};
use crate::app::session::Session;
use crate::app::text::number;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{axis_text, fixed_plot, key};
use crate::worker::{Shares, Stress, Stressed};

/// The curve, as far as it is known.
pub fn ui(ui: &mut Ui, session: &Session, asked: Option<&Stress>, known: Option<&Stressed>, status: &str, height: f32) {
    let tokens = Tokens::of(ui);
    let Some(asked) = asked else { return };
    let varied = asked.varied;
    let most = asked.strengths.last().copied().unwrap_or(1.0).max(1e-9);
    let curve = known.map_or(&[][..], |known| &known.curve);
    ui.horizontal(|ui| {
        key(ui, tokens.accent, "now");
        if session.night().is_some() {
            key(ui, tokens.before, "before sleep");
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(status).size(size::SMALL).color(tokens.text_weak));
        });
    });
    let points = |of: fn(&Shares) -> Option<f64>| -> Vec<[f64; 2]> {
        let pairs = asked.strengths.iter().zip(curve);
        pairs
            .filter_map(|(&strength, shares)| Some([strength, 100.0 * of(shares)?]))
            .collect()
    };
    let (now, before) = (points(|shares| Some(shares.now)), points(|shares| shares.before));
    let highest = now.iter().chain(&before).map(|point| point[1]).fold(20.0, f64::max);
    let top = (10.0 * (highest / 10.0).ceil()).min(100.0) + 4.0;
    let here = asked.conditions.strength(varied);
    let label = |hover: &HoverPosition<'_>| {
        let HoverPosition::NearDataPoint { position, .. } = hover else {
            return None;
        };
        let at = asked
            .strengths
            .iter()
            .position(|&strength| (strength - position.x).abs() < 1e-9 * most)?;
        let shares = curve.get(at)?;
        Some(format!(
            "{} {} {}\nnow {}\nbefore sleep {}",
            title(varied),
            number(position.x),
            unit(varied),
            share_text(Some(shares.now)),
            share_text(shares.before)
        ))
    };
    let area = vec2(ui.available_width(), (height - 34.0).max(80.0));
    let y_text = |value: f64| format!("{value:.0} %");
    let response = fixed_plot(("fog", session.run()), area, tokens, y_text, number)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(-0.02 * most..=1.02 * most);
            plot.set_plot_bounds_y(0.0..=top);
            plot.vline(VLine::new("set", here).color(tokens.grid).width(1.0).allow_hover(false));
            for (name, line, color) in [("before", before, tokens.before), ("now", now, tokens.accent)] {
                let dots = Points::new(name, line.clone()).radius(3.0).color(color);
                plot.line(
                    Line::new(name, PlotPoints::from(line))
                        .color(color)
                        .width(2.0)
                        .allow_hover(false),
                );
                plot.points(dots);
            }
        });
    let frame = *response.transform.frame();
    let words = format!("{}, {}", title(varied).to_lowercase(), unit(varied));
    axis_text(ui, frame.right_bottom() - vec2(4.0, 3.0), Align2::RIGHT_BOTTOM, words);
}
