//! Go, stop, and what to begin anew.

use egui::Ui;

use super::button;
use crate::app::action::{Actions, UiAction};
use crate::app::commands::Deed;
use crate::app::panels::Seen;
use crate::app::session::Session;
use crate::app::widgets::{Emphasis, Icon, ToolButton, helped};
use crate::worker::{Goal, Phase};

/// Play or pause, train, sleep, to the end.
pub(super) fn go_ui(ui: &mut Ui, seen: Seen<'_>, wide: bool, actions: &mut Actions) {
    let session = seen.session;
    let (phase, open) = (session.phase(), session.opened().is_some());
    if session.is_running() {
        let pause = ToolButton::new(Icon::Pause, "Pause").emphasis(Emphasis::Primary);
        if ui
            .add(pause)
            .on_hover_text(Deed::PlayOrPause.hint("Stop before the next step"))
            .clicked()
        {
            actions.push(UiAction::Pause);
        }
    } else {
        let loops = seen.selection.looped().is_some();
        let emphasis = if !session.is_over() || loops {
            Emphasis::Primary
        } else {
            Emphasis::Plain
        };
        let play = ToolButton::new(Icon::Play, "Play").emphasis(emphasis);
        let help = if loops {
            "Play the span over and over, at the speed chosen here"
        } else if session.steps() < session.known_steps() {
            "Go on from the step that is shown, at the speed chosen here"
        } else if session.total_tuning() > 0 {
            "Train, sleep, wake and fine-tune, at the speed chosen here"
        } else {
            "Train, sleep and wake, at the speed chosen here"
        };
        let play = ui.add_enabled(open && (!session.is_over() || loops), play);
        if helped(play, Deed::PlayOrPause.hint(help)).clicked() {
            actions.push(UiAction::Play(Goal::Tuned));
        }
    }
    let can_train = open && phase < Phase::Trained && !session.is_running();
    let train = ui.add_enabled(can_train, button(Icon::Train, "Train", wide));
    let help = "Train: to the end of the training, then wait: the network stays awake";
    if helped(train, Deed::Train.hint(help)).clicked() {
        actions.push(UiAction::Play(Goal::Trained));
    }
    let can_sleep = matches!(phase, Phase::Trained | Phase::Asleep) && !session.is_running();
    let sleep = ui.add_enabled(can_sleep, button(Icon::Moon, "Sleep", wide));
    if helped(sleep, Deed::Sleep.hint("Sleep: on from here until the network wakes")).clicked() {
        actions.push(UiAction::Play(Goal::Woken));
    }
    let end = ui.add_enabled(open && !session.is_over(), button(Icon::ToTheEnd, "To the end", wide));
    let help = if session.total_tuning() > 0 {
        "To the end: on through the night and fine-tuning as fast as the machine can, with its tests on the way"
    } else {
        "To the end: on to waking as fast as the machine can, with its tests on the way"
    };
    if helped(end, Deed::ToTheEnd.hint(help)).clicked() {
        actions.push(UiAction::ToTheEnd);
    }
}

/// What to begin anew; each says what it keeps.
pub(super) fn again_ui(ui: &mut Ui, session: &Session, wide: bool, actions: &mut Actions) {
    let open = session.opened().is_some();
    let dice = ui.add_enabled(open, button(Icon::Dice, "New seed", wide));
    let help =
        "New seed: begins a new run with the next seed: other images, weights and noise. Keeps all other settings";
    if helped(dice, Deed::NewSeed.hint(help)).clicked() {
        actions.push(UiAction::NewSeed);
    }
    // After waking, another night is what comes next.
    let emphasis = if session.is_over() {
        Emphasis::Primary
    } else {
        Emphasis::Plain
    };
    let again = button(Icon::Moon, "Sleep again", wide).emphasis(emphasis);
    let again = ui.add_enabled(session.phase() >= Phase::Trained, again);
    let help = "Sleep again: another night from its start. Keeps the trained network and the seed: with the same settings it is the same night";
    if helped(again, Deed::SleepAgain.hint(help)).clicked() {
        actions.push(UiAction::SleepAgain);
    }
    let restart = ui.add_enabled(open, button(Icon::Restart, "Restart", wide));
    let help = "Restart: back to the newborn network. Keeps the seed and all settings: it becomes the very same run";
    if helped(restart, Deed::Restart.hint(help)).clicked() {
        actions.push(UiAction::Restart);
    }
}
