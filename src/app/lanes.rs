//! What a person can do with nights that stand side by side.

use super::SomnoscopeApp;
use super::action::LaneAction;
use super::changes::night_differences;
use super::layout::Named;
use super::panels::Pane;
use super::session::Session;
use super::settings::{Settings, sentence};
use super::tasks::Wanted;
use super::text::grouped;
use crate::sim::night::Spike;
use crate::worker::{Branching, Command};

/// Why a branch would be no other night.
pub(super) const NOTHING_CHANGED: &str = "change a setting of the night first, or the branch is the same night";

/// Why a branch would have no steps.
pub(super) const NO_STEPS: &str = "no steps are left: go back to where the branch is to begin";

/// What a branch from the moment that is shown would be called: what it changes; `None` if it changes nothing.
pub(super) fn branch_name(session: &Session, settings: &Settings) -> Option<String> {
    let present = session.params_at(session.steps())?;
    let changes = night_differences(session, present, &settings.draft.night);
    let first = changes.first()?;
    let more = match changes.len() {
        1 => String::new(),
        many => format!(" and {} more", many - 1),
    };
    Some(format!("{} = {}{more}", first.label, first.to))
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
            LaneAction::Close(id) => self.source.send(Command::CloseLane(id)),
        }
    }

    /// A lane that goes on from here with what the settings say.
    fn branch(&mut self) {
        let Some(name) = branch_name(&self.session, &self.settings) else {
            let reason = if self.session.night().is_some() {
                NOTHING_CHANGED
            } else {
                "there is no night yet to branch from: play one first"
            };
            self.complaint = Some(sentence(reason));
            return;
        };
        if self.session.steps() >= self.settings.draft.night.steps {
            self.complaint = Some(sentence(NO_STEPS));
            return;
        }
        self.send_branch(Branching {
            name,
            step: self.session.steps(),
            params: Some(Box::new(self.settings.draft.night.clone())),
            without: None,
        });
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
