//! How far the run is, and the way to any step of the night.

use egui::{Button, DragValue, Key, Popup, PopupCloseBehavior, RichText, Ui, vec2};

use super::Transport;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton};
use crate::worker::{Moment, Phase};

impl Transport {
    /// How far it is; pressed, it asks for a step to go to.
    pub(super) fn counter_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let Some(text) = words(session) else { return };
        let text = theme::strong(text, 15.0).color(tokens.text_strong);
        if session.phase() < Phase::Trained {
            self.target = None;
            ui.label(text);
            return;
        }
        let response = ui.add(Button::new(text).frame(false));
        let response = response.on_hover_text("The step that is shown. Click to go to any step of the night");
        let popup = Popup::from_toggle_button_response(&response);
        let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        let shown = popup.show(|ui| self.target_ui(ui, session, actions));
        if shown.is_none() {
            self.target = None;
        }
    }

    /// To any step of the night.
    fn target_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let (known, total) = (session.known_steps(), session.total_steps());
        let target = self.target.get_or_insert(session.steps());
        ui.set_width(256.0);
        let mut goes_to = None;
        ui.horizontal(|ui| {
            let label = ui.label(theme::strong("Go to step", size::BODY).color(tokens.text_strong));
            let drag = DragValue::new(target).range(0..=total).speed(total as f64 / 400.0);
            let typed = ui.add_sized(vec2(76.0, CONTROL_HEIGHT), drag).labelled_by(label.id);
            let entered = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.label(RichText::new(format!("of {}", grouped(total))).color(tokens.text_weak));
            let go = ui.add(ToolButton::text("Go").emphasis(Emphasis::Primary));
            if go.clicked() || entered {
                goes_to = Some(*target);
            }
        });
        let text = format!(
            "As fast as the machine can, without drawing and without tests on the way. Known to step {}: up to there it is there at once.",
            grouped(known)
        );
        ui.add(egui::Label::new(RichText::new(text).size(size::SMALL).color(tokens.text_weak)).wrap());
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            for (name, step) in [("Start", 0), ("Last known step", known), ("Morning", total)] {
                let there = session.night().is_some() && session.shown() == Moment::Step(step);
                if ui.add_enabled(!there, ToolButton::text(name)).clicked() {
                    goes_to = Some(step);
                }
            }
        });
        if let Some(step) = goes_to {
            actions.push(UiAction::Seek(step));
            ui.close();
        }
    }
}

/// How far it is, in words; nothing while no run is open.
fn words(session: &Session) -> Option<String> {
    let (noun, done, of) = match session.phase() {
        Phase::Empty | Phase::Loading => return None,
        Phase::Newborn | Phase::Training => ("batch", session.trained(), session.total_batches()),
        Phase::Trained | Phase::Asleep | Phase::Woken => ("step", session.steps(), session.total_steps()),
        Phase::Tuning | Phase::Tuned => ("tuning batch", session.tuned(), session.total_tuning()),
    };
    let known = if session.phase() > Phase::Woken {
        session.tuned_batches().len() as u64
    } else if session.phase() >= Phase::Asleep {
        session.known_steps()
    } else {
        session.batches().len() as u64
    };
    let beyond = if done < known && session.phase() != Phase::Trained {
        format!(", known to {}", grouped(known))
    } else {
        String::new()
    };
    Some(format!("{noun} {} / {}{beyond}", grouped(done), grouped(of)))
}
