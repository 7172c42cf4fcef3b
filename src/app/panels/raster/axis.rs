//! The part of the night that is in view.

use egui::{PointerButton, Rect, Response, Ui};

use crate::app::text::nice_ceiling;
use crate::app::widgets::canvas_keys;

/// Fewest steps in view.
const CLOSEST: f64 = 10.0;

/// The part of the night that is in view. Knows steps only.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TimeAxis {
    /// The whole night if `None`.
    range: Option<(f64, f64)>,
    follow: bool,
}

impl TimeAxis {
    /// First and last step in view, of a night of `total` steps.
    pub fn range(&self, total: u64) -> (f64, f64) {
        self.range.unwrap_or((0.0, (total as f64).max(1.0)))
    }

    /// Whether the whole night is in view.
    pub fn is_whole(&self) -> bool {
        self.range.is_none()
    }

    /// Whether the newest step is kept in view.
    pub fn follows(&self) -> bool {
        self.follow
    }

    /// Shows the whole night.
    pub fn show_whole(&mut self) {
        *self = Self::default();
    }

    /// Keeps the newest of `steps` in view, or stops doing so.
    pub fn set_follow(&mut self, follow: bool, steps: u64, total: u64) {
        self.follow = follow;
        if follow {
            // Following means nothing while everything is in view: come closer.
            if self.range.is_none() {
                self.range = Some((0.0, (0.25 * total as f64).max(CLOSEST)));
            }
            self.move_to(steps, total);
        }
    }

    /// Moves the view so that the newest step is at its right end.
    fn move_to(&mut self, steps: u64, total: u64) {
        if let Some((from, to)) = self.range {
            let width = to - from;
            let end = (steps as f64).clamp(width.min(total as f64), total as f64);
            self.range = Some((end - width, end));
        }
    }

    /// Zooms around a step by a factor; above 1 comes closer.
    pub fn zoom(&mut self, around: f64, factor: f64, total: u64) {
        let (from, to) = self.range(total);
        let whole = (total as f64).max(1.0);
        let width = ((to - from) / factor).clamp(CLOSEST.min(whole), whole);
        let share = (around - from) / (to - from);
        self.place(around - share * width, width, total);
    }

    /// Moves by so many steps.
    pub fn pan(&mut self, steps: f64, total: u64) {
        if let Some((from, to)) = self.range {
            self.follow = false;
            self.place(from + steps, to - from, total);
        }
    }

    /// Sets the view, kept inside the night; all of it is the whole night again.
    fn place(&mut self, from: f64, width: f64, total: u64) {
        let whole = (total as f64).max(1.0);
        if width >= whole {
            self.show_whole();
        } else {
            let from = from.clamp(0.0, whole - width);
            self.range = Some((from, from + width));
        }
    }

    /// Scroll zooms, drag moves where it `may_move`, double-click shows the whole night; so do plus and minus, arrows, Home.
    /// Whether everything is to be shown.
    pub fn interact(
        &mut self,
        ui: &Ui,
        response: &Response,
        plot: Rect,
        (total, steps): (u64, u64),
        may_move: bool,
    ) -> bool {
        let (from, to) = self.range(total);
        let mut is_whole = response.double_clicked();
        // With Alt, the rows are zoomed.
        let alt = ui.input(|input| input.modifiers.alt);
        if let Some(pointer) = response.hover_pos().filter(|pointer| plot.contains(*pointer) && !alt) {
            let (scroll, zoom) = ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
            let factor = f64::from(zoom) * f64::from(scroll.y / 200.0).exp();
            if (factor - 1.0).abs() > 1e-4 {
                let around = from + f64::from((pointer.x - plot.left()) / plot.width()) * (to - from);
                self.zoom(around, factor, total);
            }
            if scroll.x != 0.0 {
                self.pan(-f64::from(scroll.x / plot.width()) * (to - from), total);
            }
        }
        if response.dragged_by(PointerButton::Primary) && may_move {
            self.pan(-f64::from(response.drag_delta().x / plot.width()) * (to - from), total);
        }
        if let Some(keys) = canvas_keys(ui, response) {
            if keys.closer != 0 {
                let newest = steps as f64;
                let middle = 0.5 * (from + to);
                // The newest step stays where it is if it is in view.
                let around = if (from..=to).contains(&newest) { newest } else { middle };
                self.zoom(around, keys.factor(), total);
            }
            self.pan(keys.shares()[0] * (to - from), total);
            is_whole |= keys.whole;
        }
        if is_whole {
            self.show_whole();
        }
        if self.follow {
            self.move_to(steps, total);
        }
        is_whole
    }
}

/// Where a step lies in the range, from 0 to 1.
pub fn share(step: f64, range: (f64, f64)) -> f64 {
    (step - range.0) / (range.1 - range.0).max(1e-9)
}

/// Whole steps to name under a plot of this width.
pub fn ticks(range: (f64, f64), width: f32) -> Vec<f64> {
    let wanted = f64::from((width / 72.0).max(1.0));
    let every = nice_ceiling((range.1 - range.0) / wanted).max(1.0);
    let first = (range.0 / every).ceil();
    let last = (range.1 / every).floor();
    (0..=(last - first).clamp(0.0, 1000.0) as u64)
        .map(|tick| (first + tick as f64) * every)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a view that leaves the night, or a zoom that moves what the pointer is on.
    #[test]
    fn the_view_stays_inside_the_night() {
        let mut axis = TimeAxis::default();
        assert_eq!(axis.range(500), (0.0, 500.0));
        axis.zoom(100.0, 5.0, 500);
        let (from, to) = axis.range(500);
        assert!((to - from - 100.0).abs() < 1e-9);
        assert!(
            (share(100.0, (from, to)) - 0.2).abs() < 1e-9,
            "the step under the pointer stays there"
        );
        axis.pan(-1e6, 500);
        assert_eq!(axis.range(500), (0.0, 100.0));
        axis.pan(1e6, 500);
        assert_eq!(axis.range(500), (400.0, 500.0));
        axis.zoom(450.0, 1e-9, 500);
        assert!(axis.is_whole());
        axis.set_follow(true, 300, 500);
        assert_eq!(axis.range(500), (175.0, 300.0));
    }

    /// Catches ticks between steps, or so many that their names overlap.
    #[test]
    fn ticks_are_whole_steps() {
        assert_eq!(ticks((0.0, 566.0), 600.0), [0.0, 100.0, 200.0, 300.0, 400.0, 500.0]);
        assert_eq!(ticks((10.0, 14.0), 600.0), [10.0, 11.0, 12.0, 13.0, 14.0]);
        assert!(ticks((0.0, 1e6), 600.0).len() <= 9);
    }
}
