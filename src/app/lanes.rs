//! What a person can do with nights that stand side by side.

use egui::{RichText, Ui};

use super::SomnoscopeApp;
use super::action::{LaneAction, UiAction};
use super::changes::night_differences;
use super::commands::Deed;
use super::layout::Named;
use super::notice::line_ui;
use super::panels::Pane;
use super::session::Session;
use super::settings::{Settings, sentence};
use super::tasks::Wanted;
use super::text::grouped;
use super::theme::Tokens;
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::sim::night::Spike;
use crate::worker::{Branching, Command, LaneId, LaneOrigin, MAX_CLOSED_LANES};

/// Why a branch would have no steps.
pub(super) const NO_STEPS: &str = "no steps are left: go back to where the branch is to begin";

/// What there is to say of a branch that is still the same night.
const SAME_SO_FAR: &str = "Branched: it is the same night until a setting of the night is changed and given to the lane with \"Take the settings\"";

/// What a branch after so many steps would be called: what it changes, or where it begins if it changes nothing.
fn branch_name(session: &Session, settings: &Settings, step: u64) -> Option<String> {
    let changes = night_differences(session, session.params_at(step)?, &settings.draft.night);
    let Some(first) = changes.first() else {
        return Some(format!("Branch at step {}", grouped(step)));
    };
    let more = match changes.len() {
        1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    Some(format!("{} = {}{more}", first.label, first.to))
}

/// The names of the lanes that were closed and can be brought back, the one closed last at the end.
#[derive(Default)]
pub struct ClosedLanes {
    names: Vec<String>,
    /// Whether the window still says so: a notice that was read is gone, but the lane can be brought back all the same.
    is_told: bool,
}

impl ClosedLanes {
    /// One more was closed; the worker keeps no more of them than this either.
    fn push(&mut self, name: String) {
        self.names.push(name);
        let spare = self.names.len().saturating_sub(MAX_CLOSED_LANES);
        self.names.drain(..spare);
        self.is_told = true;
    }

    /// The last one comes back.
    fn pop(&mut self) {
        self.names.pop();
        self.is_told = false;
    }

    /// The name of the one that would come back.
    pub fn last(&self) -> Option<&str> {
        self.names.last().map(String::as_str)
    }
}

impl SomnoscopeApp {
    /// Does what was asked for.
    pub(super) fn about_lanes(&mut self, action: LaneAction) {
        match action {
            LaneAction::Branch => self.branch(),
            LaneAction::Without(spike) => self.branch_without(spike),
            LaneAction::Browse => self.tasks.pick(Wanted::Lane),
            LaneAction::Add(path) => {
                self.source.send(Command::AddRun(path));
                self.show_lanes();
            }
            LaneAction::Promote(id) => self.source.send(Command::PromoteLane(id)),
            LaneAction::Rename(id, name) => self.source.send(Command::RenameLane(id, name)),
            LaneAction::TakeSettings(id) => self.give_settings_to(id),
            LaneAction::Close(id) => {
                if let Some(lane) = self.session.lanes().get(id) {
                    self.closed_lanes.push(lane.name().to_owned());
                }
                self.source.send(Command::CloseLane(id));
            }
            LaneAction::Reopen => {
                self.closed_lanes.pop();
                self.source.send(Command::ReopenLane);
                self.show_lanes();
            }
            LaneAction::DismissClosed => self.closed_lanes.is_told = false,
        }
    }

    /// A lane that goes on from here with what the settings say.
    fn branch(&mut self) {
        let step = self.session.steps();
        let Some(name) = branch_name(&self.session, &self.settings, step).filter(|_| self.session.night().is_some())
        else {
            return self.say("There is no night yet to branch from: play one first".to_owned());
        };
        let present = self.session.params_at(step);
        if step >= self.settings.draft.night.steps {
            return self.say(sentence(NO_STEPS));
        }
        let is_same = present == Some(&self.settings.draft.night);
        self.send_branch(Branching {
            name,
            step,
            params: (!is_same).then(|| Box::new(self.settings.draft.night.clone())),
            without: None,
        });
        if is_same {
            self.say(SAME_SO_FAR.to_owned());
        }
    }

    /// A lane goes on from where it left the night with what the settings say.
    fn give_settings_to(&mut self, id: LaneId) {
        let Some(lane) = self.session.lanes().get(id) else {
            return;
        };
        let LaneOrigin::Branch(step) = lane.opened().origin else {
            return;
        };
        let night = &self.settings.draft.night;
        if lane.opened().recipe.night == *night {
            return self.say("The lane goes on with these settings already: change one of the night first".to_owned());
        }
        let name = branch_name(&self.session, &self.settings, step);
        self.source.send(Command::ChangeLane(id, Box::new(night.clone())));
        if let Some(name) = name {
            self.source.send(Command::RenameLane(id, name));
        }
    }

    /// Which lane was closed, and the way to take that back, until it is read. `false` if none was.
    pub(super) fn closed_lane_ui(&mut self, ui: &Ui) -> bool {
        let Some(name) = self.closed_lanes.last().filter(|_| self.closed_lanes.is_told) else {
            return false;
        };
        let text = format!("Closed the lane \"{name}\"");
        line_ui(ui, |ui| {
            ui.label(RichText::new(&text).color(Tokens::of(ui).text_strong));
            let undo = ToolButton::new(Icon::Undo, "Bring it back");
            let help = Deed::ReopenLane.hint("The lane comes back as it was");
            if ui.add(undo).on_hover_text(help).clicked() {
                self.actions.push(UiAction::Lane(LaneAction::Reopen));
            }
            let close = ToolButton::new(Icon::Close, "Dismiss the notice").icon_only();
            if ui.add(close.emphasis(Emphasis::Quiet)).clicked() {
                self.actions.push(UiAction::Lane(LaneAction::DismissClosed));
            }
        });
        true
    }

    /// A lane in which a spike does not happen.
    fn branch_without(&mut self, spike: Spike) {
        let layer = self.session.layers().name(spike.layer);
        self.send_branch(Branching {
            name: format!(
                "without {layer} #{}, step {}",
                grouped(spike.unit.into()),
                grouped(spike.step + 1)
            ),
            step: spike.step,
            params: None,
            without: Some(spike),
        });
    }

    /// Makes a lane, and shows the lanes.
    fn send_branch(&mut self, wanted: Branching) {
        self.source.send(Command::Branch(Box::new(wanted)));
        self.show_lanes();
    }

    /// Shows the lanes, unless they are on screen.
    fn show_lanes(&mut self) {
        if !self.layout.shows(Pane::Lanes) {
            self.layout.choose(Named::Compare);
        }
    }

    /// What a selected neuron did in the step that is shown, if it spiked.
    pub(super) fn shown_spike(session: &Session, selection: &super::selection::Selection) -> Option<Spike> {
        let step = session.steps().checked_sub(1)?;
        let neuron = selection.neurons().last()?;
        let first = session.layers().units(neuron.layer).start;
        let spikes = session.spikes().step(step);
        spikes.binary_search(&(first + neuron.unit)).ok().map(|_| Spike {
            step,
            layer: neuron.layer,
            unit: neuron.unit,
        })
    }
}
