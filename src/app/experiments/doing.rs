//! What the window does about experiments.

use super::{chart, night_figure, population, table};
use crate::app::SomnoscopeApp;
use crate::app::action::UiAction;
use crate::app::panels::images_table;
use crate::app::tasks::Wanted;
use crate::run::candidates_table;

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
    /// Write what the night of the point did that is looked at, as a plot.
    ExportNight,
    /// Put the night of the candidate that is looked at into the settings.
    UseNight,
    /// Write which images the point that was listed uses.
    ExportImages,
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
                let experiments = &self.experiments;
                let of_search = |hunt: &super::Hunt| {
                    let tried = hunt.candidates().values();
                    let mut table = candidates_table(&hunt.search, hunt.networks(), tried);
                    table.name.clone_from(&hunt.search.name);
                    table
                };
                let of_trials = experiments.chosen().and_then(table::table);
                if let Some(table) = of_trials.or_else(|| experiments.chosen_hunt().map(of_search)) {
                    self.exports.table(table);
                }
            }
            ExperimentsAction::ExportImages => {
                let study = self.experiments.chosen();
                let used = study.and_then(|study| Some((study, study.usage.known()?)));
                if let Some((study, used)) = used {
                    let name = format!("{}_images", study.protocol.name);
                    self.exports.table(images_table(&name, used));
                }
            }
            ExperimentsAction::ExportPlot => {
                let of_trials = self.experiments.chosen().and_then(chart::figure);
                match of_trials.or_else(|| self.experiments.chosen_hunt().and_then(population::figure)) {
                    Some(figure) => self.exports.figure(figure),
                    None => self.complaint = Some("There is no trial yet of what the plot shows.".to_owned()),
                }
            }
            ExperimentsAction::ExportNight => {
                if let Some(figure) = self.experiments.chosen().and_then(night_figure::figure) {
                    self.exports.figure(figure);
                }
            }
            ExperimentsAction::UseNight => self.use_found_night(),
        }
    }

    /// The night of the candidate that is looked at becomes that of the settings, where it waits to be applied.
    fn use_found_night(&mut self) {
        let Some(night) = self.experiments.found_night() else {
            return;
        };
        let draft = &mut self.settings.draft;
        let (layers, wanted) = (draft.network.hidden.len() + 1, night.beta.len());
        if layers == wanted {
            draft.night = night;
        } else {
            self.complaint = Some(format!(
                "The night is for {wanted} layers, and the network of the settings has {layers}: give it {} hidden layers first.",
                wanted.saturating_sub(1)
            ));
        }
    }
}
