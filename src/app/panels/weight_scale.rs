//! The colour scales of weights: the same in every pane, locked until someone fits them.

use egui::Ui;
use ndarray::Array2;

use super::weight_change::Shown;
use crate::app::session::Session;
use crate::app::text::{nice_ceiling, number};
use crate::app::theme::Tokens;
use crate::app::widgets::{Emphasis, ToolButton, color_bar};

/// The values at the ends of the scales, for weights and for changes of weights.
#[derive(Clone, Debug, Default)]
pub struct WeightScale {
    run: u64,
    weights: Option<f64>,
    change: Option<f64>,
    /// For the weights in training, which are others than those that sleep.
    day: Option<f64>,
}

impl WeightScale {
    /// The value at the upper end of the scale; chosen once a run, then only by hand.
    pub fn bound(&mut self, session: &Session, shown: Shown) -> f64 {
        if self.run != session.run() {
            *self = Self {
                run: session.run(),
                ..Self::default()
            };
        }
        if shown == Shown::Change {
            // One raise of a weight whose gate is open: the scale depends on the settings, not on what happens.
            let inc = session.opened().map_or(0.0, |opened| opened.recipe.night.inc);
            return *self.change.get_or_insert_with(|| nice_ceiling((2.0 * inc).max(1e-4)));
        }
        let Some(night) = session.night() else {
            let shown = session.weights_shown();
            let Some((weights, _)) = shown else { return 1.0 };
            return *self.day.get_or_insert_with(|| typical(weights));
        };
        *self.weights.get_or_insert_with(|| typical(&night.weights))
    }

    /// Fits the scale to a largest value.
    fn fit(&mut self, shown: Shown, largest: f32, in_training: bool) {
        let bound = Some(nice_ceiling(largest.into()));
        match shown {
            Shown::Change => self.change = bound,
            Shown::Now | Shown::Before if in_training => self.day = bound,
            Shown::Now | Shown::Before => self.weights = bound,
        }
    }

    /// The legend, and the button that fits the scale to `largest` of `what` is shown, in the words of a screen reader.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, shown: Shown, what: &str, largest: f32) {
        let bound = number(self.bound(session, shown));
        color_bar(ui, Tokens::of(ui).signed, &format!("−{bound}"), &format!("+{bound}"));
        let name = format!("Fit the scale to the {what}");
        let fit = ToolButton::text("Fit").called(&name).emphasis(Emphasis::Quiet);
        let fit = ui.add_enabled(largest > 0.0 && largest.is_finite(), fit);
        let help = format!(
            "The scale is locked, so that pictures can be compared; what lies beyond has the colour of the end. This fits it to the largest {} here, {}",
            if shown == Shown::Change { "change" } else { "weight" },
            number(largest.into())
        );
        if fit.on_hover_text(help).clicked() {
            self.fit(shown, largest, session.night().is_none());
        }
    }
}

/// A bound that most weights lie within: four times their root mean square, rounded up.
fn typical(weights: &[Array2<f32>]) -> f64 {
    let finite = || weights.iter().flatten().filter(|weight| weight.is_finite());
    let (count, squares) = finite().fold((0_u64, 0.0), |(count, sum), &w| {
        (count + 1, sum + f64::from(w) * f64::from(w))
    });
    let bound = 4.0 * (squares / count.max(1) as f64).sqrt();
    if bound > 0.0 { nice_ceiling(bound) } else { 1.0 }
}
