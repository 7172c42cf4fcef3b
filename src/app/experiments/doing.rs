//! What the window does about experiments.

use super::{chart, table};
use crate::app::SomnoscopeApp;
use crate::app::action::UiAction;
use crate::app::tasks::Wanted;

/// What a person can do about experiments outside their window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExperimentsAction {
    /// Open the window of the experiments, or close it.
    Toggle,
    /// Ask for a folder with results.
    BrowseResults,
    /// Ask for the folder that full sets are taken from.
    BrowseImages,
    /// Write the table of the experiment that is looked at.
    ExportTable,
    /// Write its plot.
    ExportPlot,
}

impl From<ExperimentsAction> for UiAction {
    fn from(action: ExperimentsAction) -> Self {
        Self::Experiments(action)
    }
}

impl SomnoscopeApp {
    /// Does what was asked for about experiments.
    pub(in crate::app) fn about_experiments(&mut self, action: ExperimentsAction) {
        match action {
            ExperimentsAction::Toggle => self.experiments.toggle(),
            ExperimentsAction::BrowseResults => self.tasks.pick(Wanted::Results),
            ExperimentsAction::BrowseImages => self.tasks.pick(Wanted::TrialImages),
            ExperimentsAction::ExportTable => {
                if let Some(table) = self.experiments.chosen().and_then(table::table) {
                    self.exports.table(table);
                }
            }
            ExperimentsAction::ExportPlot => match self.experiments.chosen().and_then(chart::figure) {
                Some(figure) => self.exports.figure(figure),
                None => self.complaint = Some("There is no trial yet of what the plot shows.".to_owned()),
            },
        }
    }
}
