//! A span of the night that is brushed over with Shift held.

use std::ops::Range;

use egui::{PointerButton, Rect, Response, Stroke, Ui};

use super::axis::share;
use crate::app::theme::{Tokens, faded};

/// The brush: where it was put down, while it is moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Brush {
    /// The place on the axis, in steps.
    anchor: Option<f64>,
}

impl Brush {
    /// The span that is being brushed, of a night of `total` steps; nothing while nobody brushes.
    pub fn interact(
        &mut self,
        ui: &Ui,
        response: &Response,
        plot: Rect,
        range: (f64, f64),
        total: u64,
    ) -> Option<Range<u64>> {
        let step_at = |x: f32| range.0 + f64::from((x - plot.left()) / plot.width()) * (range.1 - range.0);
        if response.drag_started_by(PointerButton::Primary) && ui.input(|input| input.modifiers.shift) {
            let origin = ui.input(|input| input.pointer.press_origin());
            self.anchor = origin.filter(|at| plot.contains(*at)).map(|at| step_at(at.x));
        }
        let pointer = response.interact_pointer_pos();
        let span = self
            .anchor
            .zip(pointer)
            .map(|(anchor, pointer)| span(anchor, step_at(pointer.x), total));
        if response.drag_stopped() || !response.dragged() {
            self.anchor = None;
        }
        span
    }

    /// Whether somebody brushes.
    pub fn is_down(self) -> bool {
        self.anchor.is_some()
    }
}

/// The whole steps between two places on the axis: at least one, inside the night.
fn span(a: f64, b: f64, total: u64) -> Range<u64> {
    let last = total.max(1) - 1;
    let first = (a.min(b).max(0.0) as u64).min(last);
    let end = (a.max(b).max(0.0).ceil() as u64).min(last + 1);
    first..end.max(first + 1)
}

/// The span behind the spikes.
pub fn span_ui(ui: &Ui, plot: Rect, range: (f64, f64), span: &Range<u64>) {
    let tokens = Tokens::of(ui);
    let x_of = |step: u64| plot.left() + share(step as f64, range) as f32 * plot.width();
    let place = Rect::from_x_y_ranges(x_of(span.start)..=x_of(span.end), plot.y_range()).intersect(plot);
    if !place.is_positive() {
        return;
    }
    ui.painter().rect_filled(place, 0.0, faded(tokens.accent, 0.16));
    for (step, x) in [(span.start, x_of(span.start)), (span.end, x_of(span.end))] {
        if step as f64 >= range.0 && step as f64 <= range.1 {
            ui.painter()
                .vline(x, plot.y_range(), Stroke::new(1.0, faded(tokens.accent, 0.8)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a span that leaves the night, holds no step, or hangs on the way it was brushed.
    #[test]
    fn a_span_is_whole_steps_of_the_night() {
        assert_eq!(span(3.2, 7.1, 100), 3..8);
        assert_eq!(span(7.1, 3.2, 100), 3..8);
        assert_eq!(span(5.0, 5.0, 100), 5..6);
        assert_eq!(span(-9.0, 400.0, 100), 0..100);
        assert_eq!(span(300.0, 400.0, 100), 99..100);
        assert_eq!(span(0.0, 0.0, 0), 0..1);
    }
}
