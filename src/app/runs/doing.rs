//! What the window does about runs that are kept.

use crate::app::SomnoscopeApp;
use crate::app::action::UiAction;
use crate::worker::{Command, Phase};

impl SomnoscopeApp {
    /// Does what was asked for about runs that are kept; gives everything else back.
    pub(in crate::app) fn about_runs(&mut self, action: UiAction) -> Option<UiAction> {
        match action {
            UiAction::ToggleRuns => self.runs.toggle(),
            UiAction::SaveRun => self.save_run(),
            UiAction::SaveRunAs => self.runs.ask_where_to_save(),
            UiAction::BrowseRuns => self.runs.ask_what_to_open(),
            UiAction::OpenRun(path) => self.source.send(Command::OpenRecording(path)),
            UiAction::ToggleBookmark => {
                if self.session.phase() >= Phase::Asleep {
                    self.runs.toggle_bookmark(self.session.steps());
                }
            }
            other => return Some(other),
        }
        None
    }

    /// Writes the run to its file, or to a new one.
    fn save_run(&mut self) {
        if self.session.phase() < Phase::Asleep {
            self.complaint = Some("There is no night to save yet. Play one first.".to_owned());
            return;
        }
        let Some((path, notes)) = self.runs.begin_saving() else {
            let text = "There is no home folder to keep runs in. Choose a file with \"Save as…\".";
            self.complaint = Some(text.to_owned());
            return;
        };
        self.source.send(Command::Save {
            path,
            notes: Box::new(notes),
        });
    }
}
