//! Saved runs: the present one with its name, notes and bookmarks, and the shelf of those that were kept.

mod doing;
mod errand;
mod shelf;
mod tonight;

use std::path::PathBuf;

use egui::{Align2, Context, Ui, vec2};

use self::errand::{Errand, Errands};
use self::shelf::ShelfView;
use super::action::{Actions, UiAction};
use super::session::Session;
use super::settings::sentence;
use super::text::counted;
use super::theme::{self, Tokens, size};
use crate::run::{Bookmark, Drawing, free_place, is_example, user_runs_folder};
use crate::worker::RunNotes;

/// Everything about saved runs that a person has set or sees.
pub struct Runs {
    errands: Errands,
    is_open: bool,
    /// What is written about the present run.
    notes: RunNotes,
    /// The file of the present run, once it has one.
    place: Option<PathBuf>,
    /// Drawings that came with a run and are not on the shelf of the probe yet.
    recalled_drawings: Option<Vec<Drawing>>,
    /// A file that the present run may come from and that is not its place: nobody chose it.
    unshelved: Option<PathBuf>,
    shelf: ShelfView,
    /// The run that the notes are about.
    run: u64,
    /// Whether a file is being written.
    saves: bool,
    /// Files that were written, as the session counts them.
    saved: u64,
    /// How often the night became another, as the session counts it.
    turns: u64,
}

impl Runs {
    /// Nothing kept yet. Threads wake this context when they have something to tell.
    pub fn new(ctx: Context) -> Self {
        Self {
            errands: Errands::new(ctx),
            is_open: false,
            notes: RunNotes::default(),
            place: None,
            recalled_drawings: None,
            unshelved: None,
            shelf: ShelfView::default(),
            run: 0,
            saves: false,
            saved: 0,
            turns: 0,
        }
    }

    /// The moments of the night that a person wants to find again, rising.
    pub fn bookmarks(&self) -> &[Bookmark] {
        &self.notes.bookmarks
    }

    /// What the present run is called.
    pub fn title(&self) -> &str {
        &self.notes.title
    }

    /// What is written about the present run.
    pub fn notes(&self) -> &RunNotes {
        &self.notes
    }

    /// A run that is opened from this file has no place yet: nobody chose it.
    pub fn set_unshelved(&mut self, path: PathBuf) {
        self.unshelved = Some(path);
    }

    /// The drawings of a run that was just opened from a file, once.
    pub fn take_recalled_drawings(&mut self) -> Option<Vec<Drawing>> {
        self.recalled_drawings.take()
    }

    /// The drawings that are kept with the present run.
    pub fn set_drawings<'a>(&mut self, drawings: impl Iterator<Item = &'a [u8]> + Clone) {
        if !drawings
            .clone()
            .eq(self.notes.drawings.iter().map(|drawing| &*drawing.pixels))
        {
            let kept = drawings.map(|pixels| Drawing {
                pixels: pixels.to_vec(),
            });
            self.notes.drawings = kept.collect();
        }
    }

    /// Opens the window of saved runs, or closes it.
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
        if self.is_open {
            self.errands.list();
        }
    }

    /// A bookmark at a step; if there is one already it goes.
    pub fn toggle_bookmark(&mut self, step: u64) {
        let bookmarks = &mut self.notes.bookmarks;
        match bookmarks.binary_search_by_key(&step, |bookmark| bookmark.step) {
            Ok(at) => drop(bookmarks.remove(at)),
            Err(at) => bookmarks.insert(
                at,
                Bookmark {
                    step,
                    name: format!("step {step}"),
                    note: String::new(),
                },
            ),
        }
    }

    /// Where the present run is written, and with which notes; to its place, unless another is chosen. `None` if there is no folder
    /// to write to.
    pub fn begin_saving(&mut self, chosen: Option<PathBuf>) -> Option<(PathBuf, RunNotes)> {
        let place = match chosen.as_ref().or(self.place.as_ref()) {
            Some(place) => place.clone(),
            None => free_place(&user_runs_folder()?, &self.notes.title),
        };
        self.saves = true;
        Some((place, self.notes.clone()))
    }

    /// Asks for a file to write the present run to.
    pub fn ask_where_to_save(&mut self) {
        let folder = self.place.as_ref().and_then(|place| Some(place.parent()?.to_owned()));
        self.errands
            .ask_where_to_save(folder.or_else(user_runs_folder), &self.notes.title);
    }

    /// Asks for a recorded run to open.
    pub fn ask_what_to_open(&mut self) {
        self.errands.ask_what_to_open(user_runs_folder());
    }

    /// Keeps up with the session and with what the threads have done; pushes what follows from it, and tells what did not work.
    pub fn update(&mut self, session: &Session, actions: &mut Actions) -> Option<String> {
        if self.run != session.run() {
            self.run = session.run();
            self.place = None;
            self.saves = false;
            self.saved = session.saves();
            self.turns = session.turns();
            let title = session.opened().map(|opened| opened.recipe.name.clone());
            self.notes = RunNotes {
                title: title.unwrap_or_default(),
                ..RunNotes::default()
            };
            self.shelf.recalled = None;
        }
        if let Some(recalled) = session.recalled().filter(|_| self.shelf.recalled.is_none()) {
            self.shelf.recalled = Some(recalled.path.clone());
            self.notes = recalled.notes.clone();
            self.recalled_drawings = Some(self.notes.drawings.clone());
            let is_own = |path: &PathBuf| self.unshelved.as_ref() != Some(path) && !is_example(path);
            self.place = Some(recalled.path.clone()).filter(is_own);
        }
        if self.turns != session.turns() {
            self.turns = session.turns();
            // Its file holds the night that it was: what became of it is another run.
            self.place = None;
        }
        if self.saved != session.saves() {
            self.saved = session.saves();
            self.saves = false;
            if let Some(saved) = session.saved() {
                self.place = Some(saved.path.clone());
                let steps = counted(saved.steps, "step");
                actions.push(UiAction::Tell(format!("Saved {steps} to {}", saved.path.display())));
            }
            self.errands.list();
        }
        if session.failure().is_some() {
            self.saves = false;
        }
        let mut fault = None;
        while let Some(errand) = self.errands.done() {
            match errand {
                Errand::Listed(runs) => self.shelf.fill(runs),
                Errand::Changed(outcome) => {
                    fault = outcome.err().map(|error| sentence(&error.to_string()));
                    self.errands.list();
                }
                Errand::Verified(path, verdict) => self.shelf.take_verdict(path, verdict),
                Errand::Exported(Ok(path)) => actions.push(UiAction::NoteExported(path)),
                Errand::Exported(Err(error)) => fault = Some(sentence(&error.to_string())),
                Errand::ToOpen(path) => actions.push(UiAction::OpenRun(path)),
                Errand::ToSave(path) => {
                    // It is the run's place once it is written.
                    actions.push(UiAction::SaveRunTo(path));
                }
                Errand::Fault(text) => fault = Some(text),
            }
        }
        fault
    }

    /// The window of saved runs, if it is open.
    pub fn ui(&mut self, ui: &Ui, session: &Session, actions: &mut Actions) {
        if !self.is_open {
            return;
        }
        let tokens = Tokens::of(ui);
        let room = ui.ctx().content_rect();
        let mut is_open = true;
        egui::Window::new(theme::strong("Runs", size::TITLE).color(tokens.text_strong))
            .id(egui::Id::unique("runs"))
            .open(&mut is_open)
            .collapsible(false)
            .pivot(Align2::CENTER_CENTER)
            .default_pos(room.center())
            .default_size(vec2(720.0, 700.0).min(room.size() - vec2(48.0, 72.0)))
            .show(ui.ctx(), |ui| {
                self.tonight_ui(ui, session, actions);
                ui.add_space(6.0);
                ui.separator();
                self.shelf.has_night = session.night().is_some();
                self.shelf.ui(ui, &self.errands, actions);
            });
        self.is_open = is_open && !ui.input(|input| input.key_pressed(egui::Key::Escape));
    }
}
