//! How exact the accuracy on screen is, in a line, and the button that makes it exact at every step.

use egui::{Align, Layout, RichText, Ui};

use crate::app::action::{Actions, UiAction};
use crate::app::session::{Sample, Session};
use crate::app::text::{counted, grouped, moment_name};
use crate::app::theme::{CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton, figure};
use crate::worker::{Moment, Tracing};

/// The line: which moments were tested and on what, and the button.
pub fn line_ui(ui: &mut Ui, session: &Session, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let small = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    ui.horizontal(|ui| {
        ui.set_min_height(CONTROL_HEIGHT);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if let Some(tracing) = session.tracing() {
                stop_ui(ui, actions);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| progress_ui(ui, tracing));
                return;
            }
            if session.night().is_some() && session.traced().is_none() && session.has_held_out() {
                let button = ui.add(ToolButton::text("Test every step").emphasis(Emphasis::Quiet));
                let help = format!(
                    "Go through the whole night once more in the background, and test after every step{}",
                    work_ahead(session).map_or_else(String::new, |work| format!(": {work} so far; it can be stopped"))
                );
                if button.on_hover_text(help).clicked() {
                    actions.push(UiAction::TraceCurve { with_effects: false });
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let mut text = if let Some(traced) = session.traced() {
                    format!("Exact at each of {}", counted(traced.curve.steps(), "step"))
                } else {
                    let is_of_night = |moment| matches!(moment, Moment::Step(_));
                    let tests = session.evaluations().iter().filter(|e| is_of_night(e.moment)).count();
                    match tests {
                        0 => "No step tested yet".to_owned(),
                        _ => format!("Exact at {}, straight in between", counted(tests as u64, "tested step")),
                    }
                };
                if let Some(balanced) = session.balanced_words() {
                    text = format!("Balanced {balanced}. {text}");
                }
                if !session.has_held_out() {
                    text.push_str(". The held-out images are not here");
                }
                if let Some(sample) = session.sample() {
                    text = format!("On a {}. {text}", sample.words());
                }
                ui.add(egui::Label::new(small(text)).truncate());
            });
        });
    });
}

/// How far it has come.
pub fn progress_ui(ui: &mut Ui, tracing: Tracing) {
    let done = tracing.steps as f32 / tracing.total.max(1) as f32;
    let what = if tracing.with_effects {
        "every spike"
    } else {
        "every step"
    };
    let text = format!(
        "Testing {what}: step {} of {}",
        grouped(tracing.steps),
        grouped(tracing.total)
    );
    let bar = egui::ProgressBar::new(done)
        .desired_height(CONTROL_HEIGHT - 4.0)
        .fill(Tokens::of(ui).accent_soft)
        .text(RichText::new(text).size(size::SMALL));
    ui.add(bar);
}

/// The button that makes it stop.
pub fn stop_ui(ui: &mut Ui, actions: &mut Actions) {
    let button = ui.add(ToolButton::text("Stop testing").emphasis(Emphasis::Quiet));
    if button.clicked() {
        actions.push(UiAction::StopTracing);
    }
}

/// What "now" is: the newest test may be of a step before the one that is shown, and then that step is named.
pub fn now_word(session: &Session) -> String {
    match session.now() {
        Some((moment, _)) if moment != session.shown() => format!("at {}", moment_name(moment)),
        _ => "now".to_owned(),
    }
}

/// That the numbers come from a sample, and how far off they may be, in the header of a pane.
pub fn sample_figure(ui: &mut Ui, sample: &Sample) {
    let word = format!("sample of {}", grouped(sample.images.into()));
    figure(ui, &word, sample.error_words());
}

/// How much there is to test, in words: the spikes of the night so far that changed weights.
pub fn work_ahead(session: &Session) -> Option<String> {
    let layers = session.layers();
    let spikes: u64 = (1..layers.count()).map(|layer| session.spikes().total(layer)).sum();
    (session.known_steps() > 0).then(|| counted(spikes, "spike"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an amount of work that is told before anything is known of the night.
    #[test]
    fn no_work_is_told_without_a_night() {
        assert_eq!(work_ahead(&Session::default()), None);
    }
}
