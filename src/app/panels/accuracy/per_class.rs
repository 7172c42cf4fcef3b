//! The accuracy of each class over the day and the night, a line each with its name at its end.

use egui::{Align2, FontId, Stroke, Ui, pos2, vec2};
use egui_plot::{HoverPosition, Line, LineStyle, PlotPoint, PlotPoints, PlotTransform};

use super::{TOP, Time};
use crate::app::session::Session;
use crate::app::theme::{Tokens, faded, size};
use crate::app::widgets::{brushed, fixed_plot, reduce};

/// Room for the names right of the lines, as a share of the time from falling asleep.
const NAMES: f64 = 0.1;
/// Least distance of two names.
const APART: f32 = 11.0;

/// The lines.
pub fn curves_ui(ui: &mut Ui, session: &Session, time: &Time, classes: usize) -> PlotTransform {
    let tokens = Tokens::of(ui);
    let area = ui.available_size();
    let percent = |share: f64| 100.0 * share;
    let lines: Vec<Vec<[f64; 2]>> = (0..classes)
        .map(|class| {
            time.points(
                session,
                |test| test.class_accuracy().get(class).copied().flatten().map(percent),
                |curve, step| curve.class_accuracy(step, class).map(percent),
            )
        })
        .collect();
    let names: Vec<String> = (0..classes).map(|class| session.class_name(class)).collect();
    let label = |hover: &HoverPosition<'_>| match hover {
        HoverPosition::NearDataPoint {
            position, plot_name, ..
        } if !plot_name.is_empty() => Some(format!(
            "class {plot_name}\n{}\n{:.1} % read correctly",
            time.name(position.x),
            position.y
        )),
        _ => None,
    };
    let y_text = |value: f64| format!("{} %", value.round());
    let x_text = |value: f64| time.mark(value);
    let mut ends = Vec::new();
    let response = fixed_plot(("accuracy of classes", session.run()), area, tokens, y_text, x_text)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(time.start()..=time.end() * (1.0 + NAMES));
            plot.set_plot_bounds_y(0.0..=TOP);
            time.phases(plot, tokens);
            brushed(plot, tokens, time.span.clone());
            for (class, points) in lines.into_iter().enumerate() {
                let line = reduce(points.into_iter(), area.x as usize);
                ends.extend(line.last().map(|&end| (class, end)));
                let (color, dashed) = tokens.class_line(class);
                let style = if dashed {
                    LineStyle::Dashed { length: 6.0 }
                } else {
                    LineStyle::Solid
                };
                plot.line(
                    Line::new(names[class].clone(), PlotPoints::from(line))
                        .color(color)
                        .style(style)
                        .width(tokens.pen(1.6)),
                );
            }
        });
    names_ui(ui, &response.transform, &names, &ends);
    response.transform
}

/// The names at the ends of the lines, moved apart where they would lie on each other.
fn names_ui(ui: &Ui, transform: &PlotTransform, names: &[String], ends: &[(usize, [f64; 2])]) {
    let tokens = Tokens::of(ui);
    let frame = *transform.frame();
    let mut places: Vec<(usize, egui::Pos2)> = ends
        .iter()
        .map(|&(class, [x, y])| (class, transform.position_from_point(&PlotPoint::new(x, y))))
        .collect();
    places.sort_by(|a, b| a.1.y.total_cmp(&b.1.y));
    let wanted: Vec<f32> = places.iter().map(|(_, at)| at.y).collect();
    let heights = spread(&wanted, frame.top() + 5.0, frame.bottom() - 5.0);
    let painter = ui.painter().with_clip_rect(frame.expand(4.0));
    for ((class, end), y) in places.into_iter().zip(heights) {
        let (color, _) = tokens.class_line(class);
        let at = pos2(end.x + 9.0, y);
        painter.line_segment([end, at + vec2(-1.0, 0.0)], Stroke::new(1.0, faded(color, 0.6)));
        let short: String = names[class].chars().take(5).collect();
        painter.text(at, Align2::LEFT_CENTER, short, FontId::proportional(size::SMALL), color);
    }
}

/// Heights as near as can be to the wanted ones (rising), a name apart, within the frame.
fn spread(wanted: &[f32], top: f32, bottom: f32) -> Vec<f32> {
    let gaps = wanted.len().saturating_sub(1).max(1) as f32;
    let apart = APART.min((bottom - top).max(0.0) / gaps);
    let mut heights = Vec::with_capacity(wanted.len());
    let mut least = top;
    for &height in wanted {
        let height = height.max(least);
        heights.push(height);
        least = height + apart;
    }
    let mut most = bottom;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - apart;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches names on top of each other, out of order or outside the frame.
    #[test]
    fn names_are_moved_apart() {
        let heights = spread(&[10.0, 10.0, 12.0, 60.0, 99.0, 99.0], 0.0, 100.0);
        assert_eq!(heights, [10.0, 21.0, 32.0, 60.0, 89.0, 100.0]);
        let crowded = spread(&[50.0; 10], 0.0, 45.0);
        assert!(crowded.windows(2).all(|pair| pair[1] - pair[0] > 4.9));
        assert!(crowded[0] >= -1e-3 && crowded[9] <= 45.001);
    }
}
