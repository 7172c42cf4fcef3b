//! What the window does about runs that are kept.

use std::path::PathBuf;

use crate::app::SomnoscopeApp;
use crate::app::action::UiAction;
use crate::app::export::{PaneFormat, Place, RunFormat, Wish};
use crate::app::panels::{Pane, Seen};
use crate::worker::{Command, Phase};

impl SomnoscopeApp {
    /// Does what was asked for about runs that are kept; gives everything else back.
    pub(in crate::app) fn about_runs(&mut self, action: UiAction) -> Option<UiAction> {
        match action {
            UiAction::ToggleRuns => self.runs.toggle(),
            UiAction::SaveRun => self.save_run(None),
            UiAction::SaveRunTo(path) => self.save_run(Some(path)),
            UiAction::SaveRunAs => self.runs.ask_where_to_save(),
            UiAction::BrowseRuns => self.runs.ask_what_to_open(),
            UiAction::OpenRun(path) => self.source.send(Command::OpenRecording(path)),
            UiAction::Export(Wish::Pane(pane, format)) => self.export_pane(pane, format),
            UiAction::Export(Wish::Run(RunFormat::Recipe)) => {
                if let Some(opened) = self.session.opened() {
                    self.exports.recipe(self.runs.title(), opened.recipe.clone());
                }
            }
            UiAction::Export(Wish::Run(format)) => {
                let title = self.runs.title().to_owned();
                self.exports.ask_for_run(&title, format);
            }
            UiAction::Export(Wish::Span(format)) => {
                if self.filming.is_under_way() {
                    self.complaint = Some("A span is being drawn already. Wait for it, or cancel it.".to_owned());
                } else if self.selection.span().is_some() {
                    self.exports.ask_for_span(self.runs.title(), format);
                }
            }
            UiAction::Export(Wish::StopSpan) => self.filming.stop(),
            UiAction::NoteExported(path) => self.exports.note(path),
            UiAction::Export(Wish::Dismiss) => self.exports.dismiss(),
            UiAction::ToggleBookmark => {
                if self.session.phase() >= Phase::Asleep {
                    self.runs.toggle_bookmark(self.session.steps());
                }
            }
            other => return self.about_left(other),
        }
        None
    }

    /// Writes a pane to a file that is asked for.
    fn export_pane(&mut self, pane: Pane, format: PaneFormat) {
        let seen = Seen {
            session: &self.session,
            selection: &self.selection,
            breakpoints: &self.breakpoints,
            activity: &self.activity,
            part: self.slow_motion.part(),
            draft: &self.settings.draft,
        };
        let has_any = match format {
            PaneFormat::Png => {
                self.exports.photograph(pane);
                true
            }
            PaneFormat::Svg => self
                .panels
                .figure(pane, seen)
                .map(|figure| self.exports.figure(figure))
                .is_some(),
            PaneFormat::Csv => self
                .panels
                .table(pane, seen)
                .map(|table| self.exports.table(table))
                .is_some(),
        };
        if !has_any {
            self.complaint = Some(format!("There is nothing to export in \"{}\" yet.", pane.title()));
        }
    }

    /// Takes in what became of exports.
    pub(in crate::app) fn take_in_exports(&mut self) {
        match self.exports.update() {
            Some(Ok(Place::Run(path))) => self.source.send(Command::Export {
                path,
                notes: Box::new(self.runs.notes().clone()),
            }),
            Some(Ok(Place::Span(format, path))) => self.begin_filming(format, path),
            Some(Err(fault)) => self.complaint = Some(fault),
            None => {}
        }
        self.go_on_filming();
        if let Some(path) = self.session.take_exported() {
            self.exports.note(path);
        }
    }

    /// Writes the run to its file, or to a new one.
    fn save_run(&mut self, chosen: Option<PathBuf>) {
        if self.session.phase() < Phase::Asleep {
            self.complaint = Some("There is no night to save yet. Play one first.".to_owned());
            return;
        }
        let Some((path, notes)) = self.runs.begin_saving(chosen) else {
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
