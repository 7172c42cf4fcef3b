//! Slow motion: one step of the night, walked through in its parts, each with its numbers in a sentence. It looks at a step that
//! was done already, so nothing in the run changes.

mod caption;

use std::time::Duration;

use egui::{Align2, Area, Frame, Label, Margin, Order, RichText, Slider, Stroke, Ui, vec2};
use strum::IntoEnumIterator as _;

use super::SomnoscopeApp;
use super::action::UiAction;
use super::panels::Pane;
use super::text::grouped;
use super::theme::{self, RADIUS, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton, segmented};
use crate::worker::Command;

/// Seconds that a part is shown for, unless it is set otherwise.
const SECONDS: f64 = 3.0;
/// Width of the card.
const WIDTH: f32 = 640.0;

/// The parts of a step, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumIter)]
pub enum Part {
    /// Which inputs spike.
    #[default]
    Input,
    /// What their spikes bring.
    Sum,
    /// What is left of the potential.
    Decay,
    /// The potential against the threshold.
    Compare,
    /// Who spikes.
    Spike,
    /// What the spikes do to the weights.
    Learn,
    /// The potentials after it.
    Reset,
}

impl Part {
    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::Input => "Input",
            Self::Sum => "Sum",
            Self::Decay => "Decay",
            Self::Compare => "Compare",
            Self::Spike => "Spike",
            Self::Learn => "Learn",
            Self::Reset => "Reset",
        }
    }

    /// The panes that show it.
    pub fn panes(self) -> &'static [Pane] {
        match self {
            Self::Input => &[Pane::Dream, Pane::Raster],
            Self::Sum => &[Pane::Inspector, Pane::Fields],
            Self::Decay | Self::Compare | Self::Reset => &[Pane::Potentials, Pane::Inspector],
            Self::Spike => &[Pane::Raster, Pane::Neurons],
            Self::Learn => &[Pane::WeightChange, Pane::Fields, Pane::Histogram, Pane::Inspector],
        }
    }

    /// The part after it; none after the last.
    fn next(self) -> Option<Self> {
        Self::iter().nth(self as usize + 1)
    }
}

/// The walk through a step.
#[derive(Clone, Debug)]
pub(super) struct SlowMotion {
    /// The part that is shown, while it walks.
    part: Option<Part>,
    /// Seconds for which it was shown.
    shown_for: f64,
    /// Whether it walks by itself.
    goes: bool,
    /// Seconds that each part is shown for.
    seconds: f64,
}

impl Default for SlowMotion {
    fn default() -> Self {
        Self {
            part: None,
            shown_for: 0.0,
            goes: true,
            seconds: SECONDS,
        }
    }
}

impl SlowMotion {
    /// The part that is shown.
    pub(super) fn part(&self) -> Option<Part> {
        self.part
    }

    /// Begins with the first part, or ends.
    pub(super) fn toggle(&mut self) {
        self.part = if self.part.is_some() {
            None
        } else {
            Some(Part::default())
        };
        self.shown_for = 0.0;
        self.goes = true;
    }

    /// Shows a part and stays there.
    fn stay_at(&mut self, part: Part) {
        self.part = Some(part);
        self.shown_for = 0.0;
        self.goes = false;
    }

    /// Lets time pass. The last part stays until something is pressed.
    fn pass(&mut self, seconds: f64) {
        let Some(part) = self.part.filter(|_| self.goes) else {
            return;
        };
        self.shown_for += seconds;
        if self.shown_for >= self.seconds {
            self.shown_for = 0.0;
            match part.next() {
                Some(next) => self.part = Some(next),
                None => self.goes = false,
            }
        }
    }
}

impl SomnoscopeApp {
    /// Walks through the step that is shown, or ends that. A night that goes on waits for it.
    pub(super) fn toggle_slow_motion(&mut self) {
        if self.session.is_running() {
            self.source.send(Command::Pause);
        }
        self.slow_motion.toggle();
    }

    /// The card of the slow motion over the lower edge of the panes, while it walks. `false` if it does not.
    pub(super) fn slow_motion_ui(&mut self, ui: &Ui) -> bool {
        let Some(part) = self.slow_motion.part.filter(|_| !self.session.is_running()) else {
            return false;
        };
        let Some(step) = self.session.steps().checked_sub(1) else {
            return false;
        };
        let tokens = Tokens::of(ui);
        if self.slow_motion.goes {
            // A long pause between two pictures is not part of the walk.
            self.slow_motion
                .pass(ui.input(|input| f64::from(input.stable_dt.min(0.1))));
            ui.ctx().request_repaint_after(Duration::from_millis(50));
        }
        let frame = Frame::new()
            .fill(tokens.raised)
            .stroke(Stroke::new(1.0, tokens.accent))
            .corner_radius(RADIUS)
            .shadow(ui.visuals().popup_shadow)
            .inner_margin(Margin::symmetric(12, 10));
        let below = ui.max_rect().center_bottom() - vec2(0.0, 8.0);
        let width = WIDTH.min(ui.max_rect().width() - 48.0);
        let caption = caption::caption(part, &self.session, &self.selection, step);
        Area::new(ui.scope_id().with("slow motion"))
            .order(Order::Foreground)
            .pivot(Align2::CENTER_BOTTOM)
            .fixed_pos(below)
            .show(ui.ctx(), |ui| {
                frame.show(ui, |ui| {
                    ui.set_width(width);
                    ui.horizontal(|ui| {
                        let title = format!("Step {} in slow motion", grouped(step + 1));
                        ui.label(theme::strong(title, size::TITLE).color(tokens.text_strong));
                        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                            let close = ToolButton::new(Icon::Close, "End the slow motion").icon_only();
                            if ui.add(close.emphasis(Emphasis::Quiet)).clicked() {
                                self.actions.push(UiAction::ToggleSlowMotion);
                            }
                        });
                    });
                    ui.add(Label::new(RichText::new(caption).size(14.0).color(tokens.text_strong)).wrap());
                    ui.add_space(4.0);
                    self.walk_ui(ui, part);
                });
            });
        true
    }

    /// The parts, and how the walk goes on.
    fn walk_ui(&mut self, ui: &mut Ui, part: Part) {
        ui.horizontal_wrapped(|ui| {
            let choices: Vec<_> = Part::iter().map(|part| (part, part.title().to_owned())).collect();
            let help = |part: Part| format!("Show this part of the step: {}", part.title().to_lowercase());
            if let Some(chosen) = segmented(ui, "Part", &choices, part, help) {
                self.slow_motion.stay_at(chosen);
            }
            let walk = &mut self.slow_motion;
            let (icon, name) = if walk.goes {
                (Icon::Pause, "Hold the slow motion")
            } else {
                (Icon::Play, "Walk on")
            };
            if ui
                .add(ToolButton::new(icon, name).icon_only())
                .on_hover_text(name)
                .clicked()
            {
                walk.goes = !walk.goes;
                if walk.goes && part == Part::Reset {
                    walk.part = Some(Part::default());
                }
            }
            let label = ui.label(RichText::new("Tempo").size(size::SMALL));
            theme::slim_sliders(ui);
            ui.spacing_mut().slider_width = 72.0;
            let help = format!("Seconds a part, now {:.1}", walk.seconds);
            let slider = Slider::new(&mut walk.seconds, 0.5..=10.0).show_value(false);
            ui.add(slider).labelled_by(label.id).on_hover_text(help);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a walk that skips a part, goes round for ever, or goes on while it is held.
    #[test]
    fn the_walk_goes_through_every_part_and_ends() {
        let mut walk = SlowMotion::default();
        walk.toggle();
        let mut seen = vec![Part::Input];
        for _ in 0..1000 {
            walk.pass(0.1);
            let part = walk.part.expect("it goes on");
            if seen.last() != Some(&part) {
                seen.push(part);
            }
        }
        assert_eq!(seen, Part::iter().collect::<Vec<_>>());
        assert!(!walk.goes);
        walk.stay_at(Part::Decay);
        walk.pass(99.0);
        assert_eq!(walk.part(), Some(Part::Decay));
        walk.toggle();
        assert_eq!(walk.part(), None);
    }
}
