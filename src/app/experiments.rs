//! Experiments of many trials, and searches: which there are, what they found, and the threads that do more of them.

mod chart;
mod curves;
mod doing;
mod hunt;
mod hunt_ui;
mod list;
mod night;
mod night_figure;
mod night_ui;
mod parts;
mod place;
mod population;
mod study;
mod study_ui;
mod table;
mod usage;
mod work;

use std::collections::BTreeMap;
use std::path::PathBuf;

use egui::{Align, Align2, Context, Layout, Ui, vec2};

use self::hunt::Hunt;
use self::place::Place;
use self::study::Study;
use super::action::Actions;
use super::settings::sentence;
use super::theme::{self, Tokens, size};
use crate::experiment::{protocols, searches};
use crate::run::{SearchFolder, user_experiments_folder};
use crate::sim::night::NightParams;
use crate::worker::{SearchNews, Searcher, SweepNews, Sweeper};

pub use self::doing::ExperimentsAction;

/// Width of the list.
const LIST: f32 = 208.0;
/// In a window that is less wide, the list is one line that opens.
const ROOMY: f32 = 640.0;

/// Everything about experiments that a person has set or sees.
pub struct Experiments {
    ctx: Context,
    is_open: bool,
    /// Where the window stands.
    place: Place,
    /// The protocols: those that come with the program, then those of folders that were opened.
    studies: Vec<Study>,
    /// The searches: those that come with the program, then those of folders that were opened.
    hunts: Vec<Hunt>,
    /// What is looked at.
    chosen: Chosen,
    /// Where full sets are taken from, if a person named a folder.
    images: Option<PathBuf>,
    /// Trials that are done side by side.
    side_by_side: usize,
    /// A folder of results that is being read.
    opening: Option<(PathBuf, Sweeper)>,
    /// A folder of a search that is being read.
    opening_search: Option<(PathBuf, Searcher)>,
    /// Why the folder that was opened last was not, until another one is opened or something is chosen.
    fault: Option<String>,
}

/// What is looked at: its place in its list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Study(usize),
    Hunt(usize),
}

impl Experiments {
    /// The shipped protocols. Threads wake this context when they have something to tell.
    pub fn new(ctx: Context) -> Self {
        let mut experiments = Self {
            ctx,
            is_open: false,
            place: Place::default(),
            studies: Vec::new(),
            hunts: Vec::new(),
            chosen: Chosen::Study(0),
            images: None,
            side_by_side: std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1)),
            opening: None,
            opening_search: None,
            fault: None,
        };
        experiments.keep_in(user_experiments_folder());
        experiments
    }

    /// From now on results are kept in this folder, each protocol and each search in its own.
    pub fn keep_in(&mut self, folder: Option<PathBuf>) {
        let place = |name: &str| folder.as_ref().map(|folder| folder.join(name));
        self.studies = protocols()
            .into_iter()
            .map(|protocol| {
                let place = place(&protocol.name);
                Study::new(protocol, place)
            })
            .collect();
        self.hunts = searches()
            .into_iter()
            .map(|search| {
                let place = place(&search.name);
                Hunt::new(search, place)
            })
            .collect();
        self.chosen = Chosen::Study(0);
    }

    /// Opens the window, or closes it. What is being done goes on either way.
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
    }

    /// Takes full sets from a folder.
    pub fn use_images(&mut self, folder: PathBuf) {
        self.images = Some(folder);
    }

    /// Opens a folder of results, whoever made it. An empty one takes the results of the experiment that is looked at.
    pub fn open(&mut self, folder: PathBuf) {
        self.is_open = true;
        self.fault = self.begin_to_open(folder).err();
    }

    /// Begins to read a folder.
    fn begin_to_open(&mut self, folder: PathBuf) -> Result<(), String> {
        if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none()) {
            return self.take_empty(folder);
        }
        let ctx = self.ctx.clone();
        let wake = move || ctx.request_repaint();
        let fault = |error: std::io::Error| format!("No thread could be started: {error}.");
        if SearchFolder::is_in(&folder) {
            let searcher = Searcher::look(folder.clone(), wake).map_err(fault)?;
            self.opening_search = Some((folder, searcher));
        } else {
            let sweeper = Sweeper::look(folder.clone(), wake).map_err(fault)?;
            self.opening = Some((folder, sweeper));
        }
        Ok(())
    }

    /// An empty folder takes the results of what is looked at from now on.
    fn take_empty(&mut self, folder: PathBuf) -> Result<(), String> {
        let busy = |title: &str| {
            Err(format!(
                "{title} is running, and keeps its folder until it ends: stop it first, then choose the other folder."
            ))
        };
        match self.chosen {
            Chosen::Study(place) => match self.studies.get_mut(place) {
                Some(study) if study.work.runs() => busy(&study.protocol.title),
                Some(study) => {
                    study.take_results(folder, study.protocol.trials, BTreeMap::new());
                    Ok(())
                }
                None => Ok(()),
            },
            Chosen::Hunt(place) => match self.hunts.get_mut(place) {
                Some(hunt) if hunt.work.runs() => busy(&hunt.search.title),
                Some(hunt) => {
                    hunt.take(folder, hunt.search.generations, Vec::new(), BTreeMap::new());
                    Ok(())
                }
                None => Ok(()),
            },
        }
    }

    /// Keeps up with what the threads tell. A folder that could not be opened is spoken of in the window, or told once if that was
    /// closed meanwhile.
    pub fn update(&mut self) -> Option<String> {
        let fault = [self.take_opened(), self.take_opened_search()]
            .into_iter()
            .flatten()
            .next();
        for study in &mut self.studies {
            study.update();
        }
        for hunt in &mut self.hunts {
            hunt.update();
        }
        if !self.is_open {
            return fault;
        }
        self.fault = fault.or_else(|| self.fault.take());
        None
    }

    /// Looks at something else from now on.
    fn choose(&mut self, at: Chosen) {
        self.chosen = at;
        self.fault = None;
    }

    /// Takes in a folder that was opened: it belongs to a protocol that is known, or becomes one more in the list.
    fn take_opened(&mut self) -> Option<String> {
        let (folder, sweeper) = self.opening.as_ref()?;
        let (mut opened, mut fault, mut ended) = (None, None, false);
        for piece in sweeper.news() {
            match piece {
                SweepNews::Known(protocol, finished) => opened = Some((folder.clone(), *protocol, finished)),
                SweepNews::Ended(outcome) => {
                    ended = true;
                    fault = outcome.err();
                }
                SweepNews::Begun(_) | SweepNews::Done(..) => {}
            }
        }
        if ended {
            self.opening = None;
        }
        if let Some((folder, protocol, finished)) = opened {
            let trials = protocol.trials;
            let alike = |study: &Study| !study.work.runs() && protocol.finds_the_same(&study.protocol);
            let place = self.studies.iter().position(alike).unwrap_or_else(|| {
                self.studies.push(Study::new(protocol, Some(folder.clone())));
                self.studies.len() - 1
            });
            self.chosen = Chosen::Study(place);
            if let Some(study) = self.studies.get_mut(place) {
                study.take_results(folder, trials, finished);
            }
        }
        fault.map(|text| sentence(&text))
    }

    /// Takes in the folder of a search that was opened: it belongs to a search that is known, or becomes one more in the list.
    fn take_opened_search(&mut self) -> Option<String> {
        let (folder, searcher) = self.opening_search.as_ref()?;
        let (mut opened, mut fault, mut ended) = (None, None, false);
        for piece in searcher.news() {
            match piece {
                SearchNews::Known(search, networks, tried) => opened = Some((folder.clone(), *search, networks, tried)),
                SearchNews::Ended(outcome) => {
                    ended = true;
                    fault = outcome.err();
                }
                SearchNews::Training(..) | SearchNews::Trained(_) | SearchNews::Tried(_) => {}
            }
        }
        if ended {
            self.opening_search = None;
        }
        if let Some((folder, search, networks, tried)) = opened {
            let generations = search.generations;
            let alike = |hunt: &Hunt| !hunt.work.runs() && search.finds_the_same(&hunt.search);
            let place = self.hunts.iter().position(alike).unwrap_or_else(|| {
                self.hunts.push(Hunt::new(search, Some(folder.clone())));
                self.hunts.len() - 1
            });
            self.chosen = Chosen::Hunt(place);
            if let Some(hunt) = self.hunts.get_mut(place) {
                hunt.take(folder, generations, networks, tried);
            }
        }
        fault.map(|text| sentence(&text))
    }

    /// Looks into the folders, one after the other, each once: the list says what they hold.
    fn look_around(&mut self) {
        let ctx = self.ctx.clone();
        let mut reads = self.studies.iter().any(|it| it.work.is_reading());
        reads |= self.hunts.iter().any(|it| it.work.is_reading());
        for study in &mut self.studies {
            if !reads {
                study.look(&ctx);
                reads = study.work.is_reading();
            }
        }
        for hunt in &mut self.hunts {
            if !reads {
                hunt.look(&ctx);
                reads = hunt.work.is_reading();
            }
        }
    }

    /// How many trials and candidates are done, of how many, of all that is being done; `None` while nothing is.
    pub fn under_way(&self) -> Option<(usize, usize)> {
        let studies = self.studies.iter().filter(|it| it.work.runs()).map(Study::done);
        let hunts = self.hunts.iter().filter(|it| it.work.runs()).map(Hunt::done);
        studies.chain(hunts).reduce(|all, it| (all.0 + it.0, all.1 + it.1))
    }

    /// The protocol that is looked at, if none of the searches is.
    pub fn chosen(&self) -> Option<&Study> {
        match self.chosen {
            Chosen::Study(place) => self.studies.get(place),
            Chosen::Hunt(_) => None,
        }
    }

    /// The search that is looked at, if one is.
    pub fn chosen_hunt(&self) -> Option<&Hunt> {
        match self.chosen {
            Chosen::Study(_) => None,
            Chosen::Hunt(place) => self.hunts.get(place),
        }
    }

    /// The night of the candidate that is looked at.
    pub fn found_night(&self) -> Option<NightParams> {
        self.chosen_hunt().and_then(Hunt::night)
    }

    /// What is looked at.
    fn look_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        match self.chosen {
            Chosen::Study(place) => self.study_ui(ui, place, actions),
            Chosen::Hunt(place) => self.hunt_ui(ui, place, actions),
        }
    }

    /// The window, if it is open.
    pub fn ui(&mut self, ui: &Ui, actions: &mut Actions) {
        if !self.is_open {
            return;
        }
        self.look_around();
        let tokens = Tokens::of(ui);
        let mut is_open = true;
        // The key closes a menu of the window before it closes the window.
        let has_menu = egui::Popup::is_any_open(ui.ctx());
        let window = egui::Window::new(theme::strong("Experiments", size::TITLE).color(tokens.text_strong))
            .id(egui::Id::unique("experiments"))
            .open(&mut is_open)
            .collapsible(false)
            .pivot(Align2::CENTER_CENTER);
        let window = self.place.put(window, ui.ctx().content_rect());
        let shown = window.show(ui.ctx(), |ui| {
            place::within(ui, |ui| self.contents_ui(ui, actions));
        });
        if let Some(shown) = shown {
            self.place
                .note(shown.response.rect, ui.input(|input| input.pointer.any_down()));
        }
        let closes = ui.input(|input| input.key_pressed(egui::Key::Escape)) && !has_menu;
        self.is_open = is_open && !closes;
    }

    /// The list, and beside it what is looked at.
    fn contents_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        if ui.available_width() < ROOMY {
            self.menu_ui(ui, actions);
            self.fault_ui(ui);
            self.look_ui(ui, actions);
            return;
        }
        let height = ui.available_height();
        ui.horizontal_top(|ui| {
            ui.allocate_ui_with_layout(vec2(LIST, height), Layout::top_down(Align::LEFT), |ui| {
                ui.set_min_size(vec2(LIST, height));
                self.list_ui(ui, actions);
            });
            ui.separator();
            let width = ui.available_width();
            ui.allocate_ui_with_layout(vec2(width, height), Layout::top_down(Align::LEFT), |ui| {
                self.look_ui(ui, actions);
            });
        });
    }
}
