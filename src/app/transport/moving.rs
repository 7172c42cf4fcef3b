//! About in the night: by steps, back and forth, to its ends, to what happens next.

use egui::Ui;

use super::{STEP_SIZES, Transport, button};
use crate::app::action::{Actions, UiAction};
use crate::app::commands::Deed;
use crate::app::panels::Seen;
use crate::app::session::Session;
use crate::app::text::{counted, grouped, moment_name};
use crate::app::widgets::{Emphasis, Icon, helped, segmented};
use crate::worker::{Moment, Phase};

impl Transport {
    /// By steps, back and forth, and to the ends of what is known.
    pub(super) fn step_ui(&mut self, ui: &mut Ui, session: &Session, wide: bool, actions: &mut Actions) {
        let waits = session.opened().is_some() && !session.is_running();
        let (here, newest) = (session.shown(), session.newest());
        let size = self.step_size;
        let (noun, many) = if session.phase() < Phase::Trained || session.phase() > Phase::Woken {
            ("batch", "batches")
        } else {
            ("step", "steps")
        };
        let mut press = |ui: &mut Ui,
                         can: bool,
                         deed: Deed,
                         (icon, name): (Icon, &str),
                         wide: bool,
                         help: String,
                         action: UiAction| {
            let pressed = ui.add_enabled(waits && can, button(icon, name, wide));
            if helped(pressed, deed.hint(&format!("{name}: {help}"))).clicked() {
                actions.push(action);
            }
        };
        let (start, help) = if session.steps() > 0 {
            (Moment::Step(0), "to the moment of falling asleep")
        } else {
            (Moment::Batch(0), "to the newborn network")
        };
        press(
            ui,
            here > Moment::Batch(0),
            Deed::ToStart,
            (Icon::ToStart, "To the start"),
            false,
            help.to_owned(),
            UiAction::go_to(start),
        );
        let help = format!("{} {} back", grouped(size), if size == 1 { noun } else { many });
        press(
            ui,
            here > Moment::Batch(0),
            Deed::StepBack,
            (Icon::Back, "Step back"),
            false,
            help,
            UiAction::StepBack,
        );
        let help = format!("one press does this many, now {size}, a {noun} each");
        let can = !session.is_over();
        press(ui, can, Deed::Step, (Icon::Step, "Step"), wide, help, UiAction::Step);
        // It can be pressed while what is known is played again.
        let is_live = here >= newest;
        let name = "To the end of what is known";
        let emphasis = if is_live && session.is_running() {
            Emphasis::Selected
        } else {
            Emphasis::Plain
        };
        let live = ui.add_enabled(
            session.opened().is_some() && (!is_live || session.is_running()),
            button(Icon::ToKnown, name, false).emphasis(emphasis),
        );
        let help = format!(
            "{name}: to {}, the last one that was done. Lit while the newest step is followed; what played when it was left plays on",
            moment_name(newest)
        );
        if helped(live, Deed::ToKnown.hint(&help)).clicked() {
            actions.push(UiAction::FollowLive);
        }
        let choices = STEP_SIZES.map(|steps| (steps, steps.to_string()));
        let help = |steps: u64| format!("One press of \"Step\" or \"Step back\" does {}", counted(steps, "step"));
        if let Some(steps) = segmented(ui, "Step by", &choices, size, help) {
            actions.push(UiAction::SetStepSize(steps));
        }
    }
}

/// To the next spike of the selection, and to the next change of a weight.
pub(super) fn jump_ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    let session = seen.session;
    let has_more = session.steps() < session.total_steps().max(session.known_steps());
    let can = session.phase() >= Phase::Trained && has_more && !session.is_running();
    let selected = !seen.selection.neurons().is_empty();
    let spike = ui.add_enabled(can && selected, button(Icon::Spike, "Next spike", false));
    let help = "Next spike: on to where a selected neuron spikes next, as fast as possible";
    let spike = spike
        .on_hover_text(Deed::NextSpike.hint(help))
        .on_disabled_hover_text(if selected {
            "Next spike: in the night, while it waits and there are steps left"
        } else {
            "Next spike: select a neuron first; click a spike or a row of the neuron table"
        });
    if spike.clicked() {
        actions.push(UiAction::NextSpike);
    }
    let change = ui.add_enabled(can, button(Icon::Change, "Next weight change", false));
    let help = "Next weight change: on to where a neuron spikes next and so changes its weights, as fast as possible";
    if helped(change, Deed::NextChange.hint(help)).clicked() {
        actions.push(UiAction::NextChange);
    }
    let slept = session.phase() >= Phase::Asleep && session.steps() > 0;
    let slow = button(Icon::Slow, "Slow motion", false).emphasis(if seen.part.is_some() {
        Emphasis::Selected
    } else {
        Emphasis::Plain
    });
    let slow = ui.add_enabled(slept, slow);
    let help = "Slow motion: walk through the step that is shown in its parts, from the input to the reset. Changes nothing in the run";
    if helped(slow, Deed::SlowMotion.hint(help)).clicked() {
        actions.push(UiAction::ToggleSlowMotion);
    }
}
