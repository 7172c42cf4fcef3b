//! Plots that look like the rest: few marks, small numbers, quiet grid, fixed bounds.

use std::ops::{Range, RangeInclusive};

use egui::{FontId, Rangef, Vec2, vec2};
use egui_plot::{Axis, AxisHints, GridInput, GridMark, Plot, PlotUi, Span};

use crate::app::text::nice_ceiling;
use crate::app::theme::{Tokens, faded, size};

/// A plot with fixed bounds that nobody can move, with about one mark every 72 points across and 28 points upwards.
/// Its bounds must still be set inside, as egui remembers them otherwise.
pub fn fixed_plot<'a>(
    id: impl std::hash::Hash + std::fmt::Debug,
    size: Vec2,
    tokens: &'static Tokens,
    y_text: impl Fn(f64) -> String + 'a,
    x_text: impl Fn(f64) -> String + 'a,
) -> Plot<'a> {
    let font = FontId::proportional(size::SMALL);
    // Every mark has its label and its line in full strength; the spacers below see to it that there are few.
    let all = Rangef::new(1.0, 2.0);
    let hints = |hints: AxisHints<'a>| {
        hints
            .label_spacing(all)
            .tick_label_font(font.clone())
            .tick_label_color(tokens.text_weak)
    };
    let text = |text: Box<dyn Fn(f64) -> String + 'a>| move |mark: GridMark, _: &RangeInclusive<f64>| text(mark.value);
    Plot::new(id)
        // The last number of the axis reaches beyond the frame.
        .width(size.x - 10.0)
        .height(size.y.max(24.0))
        .show_background(false)
        .allow_scroll(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false)
        // Nobody can move it: it is no control, and the keyboard passes it by.
        .sense(egui::Sense::hover())
        .set_margin_fraction(vec2(0.0, 0.0))
        .grid_spacing(all)
        .grid_color(faded(tokens.grid, 0.45))
        .cursor_color(faded(tokens.text_weak, 0.5))
        .x_grid_spacer(move |input| marks(input, size.x / 72.0))
        .y_grid_spacer(move |input| marks(input, size.y / 28.0))
        .custom_x_axes(vec![hints(AxisHints::new_x()).formatter(text(Box::new(x_text)))])
        .custom_y_axes(vec![
            hints(AxisHints::new_y())
                .min_thickness(34.0)
                .formatter(text(Box::new(y_text))),
        ])
}

/// The brushed span of the night, behind the curves of a plot whose axis across counts steps; nothing where none is brushed.
pub fn brushed(plot: &mut PlotUi<'_>, tokens: &Tokens, span: Option<Range<u64>>) {
    if let Some(span) = span {
        let place = Span::new("", span.start as f64..=span.end as f64).axis(Axis::X);
        let place = place.fill(faded(tokens.accent, 0.16));
        plot.span(place.border_color(faded(tokens.accent, 0.8)).border_width(1.0));
    }
}

/// Round marks within the bounds, about as many as wanted and at least two: from one alone nothing can be read off.
fn marks(input: GridInput, wanted: f32) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    let within = |apart: f64| ((low / apart - 1e-9).ceil(), (high / apart + 1e-9).floor());
    let mut apart = nice_ceiling((high - low) / f64::from(wanted.clamp(2.0, 5.0)));
    if within(apart).1 - within(apart).0 < 1.0 {
        apart *= 0.5;
    }
    let (first, last) = within(apart);
    let count = (last - first).clamp(0.0, 100.0) as u32;
    (0..=count)
        .map(|mark| GridMark {
            value: (first + f64::from(mark)) * apart,
            step_size: apart,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an axis with a single mark, and one with more than fit.
    #[test]
    fn an_axis_has_marks_to_read_from() {
        for (low, high) in [
            (-0.0123, -0.006),
            (0.0, 114.0),
            (0.4, 0.9),
            (3.1, 3.2),
            (-5.0, 7.0),
            (12.0, 1e6),
        ] {
            for wanted in [0.0, 1.4, 3.0, 9.0] {
                let bounds = GridInput {
                    bounds: (low, high),
                    base_step_size: 1.0,
                };
                let marks = marks(bounds, wanted);
                assert!(
                    (2..=7).contains(&marks.len()),
                    "{low} to {high}, {wanted}: {}",
                    marks.len()
                );
                assert!(marks.iter().all(|mark| (low..=high).contains(&(mark.value + 0.0))));
            }
        }
    }
}
