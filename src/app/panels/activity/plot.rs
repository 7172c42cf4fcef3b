//! The rate of each layer over the night, on a logarithmic scale.

use egui::{RichText, Ui, vec2};
use egui_plot::{Axis, GridInput, GridMark, HoverPosition, Line, PlotPoints, Span, VLine};

use crate::app::activity::Band;
use crate::app::changes::marks_ui;
use crate::app::panels::Seen;
use crate::app::panels::training::whole;
use crate::app::text::{grouped, number};
use crate::app::theme::{Tokens, faded, size};
use crate::app::widgets::{brushed, fixed_plot};
use crate::sim::night::DT;

/// The highest decade is never below this: 100 Hz.
const TOP: f64 = 2.0;

/// The curves. A piece of the night without a spike lies on the lowest line, which stands for 0.
pub fn ui(ui: &mut Ui, seen: Seen<'_>) {
    let (session, activity) = (seen.session, seen.activity);
    let tokens = Tokens::of(ui);
    let piece = activity.piece();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let text = if piece == 1 {
            "rate of each layer, Hz, step by step".to_owned()
        } else {
            format!("rate of each layer, Hz, over {} steps each", grouped(piece))
        };
        let text = RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        ui.add(egui::Label::new(text).truncate()).on_hover_text(
            "In the colours of the layers. The band is where hidden neurons spike in the published nights.",
        );
    });
    let floor = activity.least_rate().log10().floor() - 1.0;
    let layers = session.layers();
    let height = |rate: f64| if rate > 0.0 { rate.log10() } else { floor };
    let lines: Vec<Vec<[f64; 2]>> = (0..layers.count())
        .map(|layer| {
            let rates = activity.rates(layer);
            rates
                .map(|(from, to, rate)| [0.5 * (from + to) as f64, height(rate)])
                .collect()
        })
        .collect();
    let highest = lines.iter().flatten().map(|point| point[1]).fold(TOP, f64::max);
    let end = (session.total_steps().max(activity.piece()) as f64).max(1.0);
    let y_text = move |decade: f64| {
        if (decade - floor).abs() < 1e-6 {
            "0".to_owned()
        } else if (decade - decade.round()).abs() < 1e-6 {
            number(10.0_f64.powf(decade))
        } else {
            String::new()
        }
    };
    let label = move |hover: &HoverPosition<'_>| match hover {
        HoverPosition::NearDataPoint {
            position, plot_name, ..
        } => {
            let rate = if (position.y - floor).abs() < 1e-6 {
                "no spike".to_owned()
            } else {
                format!("{} Hz", number(10.0_f64.powf(position.y)))
            };
            Some(format!(
                "{plot_name}\naround step {}\n{rate}",
                grouped(position.x as u64)
            ))
        }
        HoverPosition::Elsewhere { .. } => None,
    };
    let area = vec2(ui.available_width(), ui.available_height());
    let decades = move |input: GridInput| decade_marks(input.bounds, floor, area.y);
    let response = fixed_plot(("activity", session.run()), area, tokens, y_text, whole)
        .y_grid_spacer(decades)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(0.0..=end);
            plot.set_plot_bounds_y(floor..=highest.ceil());
            let decade = |share: f64| (share / DT).log10();
            let band = decade(Band::HIDDEN.least)..=decade(Band::HIDDEN.most);
            let fill = faded(tokens.better, 0.1);
            plot.span(Span::new("", band).axis(Axis::Y).fill(fill).border_width(0.0));
            brushed(plot, tokens, seen.selection.span());
            let here = VLine::new("step", session.steps() as f64).color(tokens.grid);
            plot.vline(here.width(tokens.pen(1.0)).allow_hover(false));
            for (layer, points) in lines.into_iter().enumerate() {
                let line = Line::new(layers.name(layer), PlotPoints::from(points));
                let color = tokens.layer(layer, layers.count());
                plot.line(line.color(color).width(tokens.pen(1.5)));
            }
        });
    let x_of = |step: u64| response.transform.position_from_point_x(step as f64);
    marks_ui(ui, session, *response.transform.frame(), "activity", x_of);
}

/// Marks at whole decades from the lowest line up, as many as a plot of this height has room for.
fn decade_marks((low, high): (f64, f64), floor: f64, height: f32) -> Vec<GridMark> {
    let count = (high - floor).max(1.0);
    let fit = f64::from((height / 22.0).floor().max(1.0));
    let apart = (count / fit).ceil().max(1.0);
    let mut marks = Vec::new();
    let mut value = floor;
    while value <= high + 1e-9 {
        if value >= low - 1e-9 {
            marks.push(GridMark {
                value,
                step_size: apart,
            });
        }
        value += apart;
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a low plot without a mark to read a rate from, and a high one whose marks run into each other.
    #[test]
    fn decades_are_marked_as_there_is_room() {
        let at = |height| -> Vec<f64> {
            let marks = decade_marks((-2.0, 3.0), -2.0, height);
            marks.iter().map(|mark| mark.value).collect()
        };
        assert_eq!(at(150.0), [-2.0, -1.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(at(66.0), [-2.0, 0.0, 2.0]);
        assert_eq!(at(40.0).len(), 2);
        assert!(decade_marks((-2.0, 3.0), -2.0, 0.0).len() <= 2);
    }
}
