//! Experiments of many trials, and searches: which there are, what they found, and the threads that do more of them.

mod chart;
mod curves;
mod doing;
mod hunt;
mod hunt_ui;
mod night;
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

use egui::{Align, Align2, Context, Label, Layout, RichText, ScrollArea, Ui, vec2};

use self::hunt::Hunt;
use self::place::Place;
use self::study::Study;
use super::action::Actions;
use super::settings::sentence;
use super::text::grouped;
use super::theme::{self, CONTROL_RADIUS, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::experiment::{protocols, searches};
use crate::run::{SearchFolder, user_experiments_folder};
use crate::sim::night::NightParams;
use crate::worker::{SearchNews, Searcher, SweepNews, Sweeper};

pub use self::doing::ExperimentsAction;

/// Width of the list.
const LIST: f32 = 208.0;
/// In a window that is less wide, the list is one line that opens.
const ROOMY: f32 = 640.0;
/// Room beside that line for the button that opens a folder.
const OPEN: f32 = 148.0;
/// Most height of what is said of a folder that could not be opened.
const FAULT: f32 = 160.0;

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

    /// What there is: its place, its title, how far it is, whether it runs, and what it asks. Where several have one title, the
    /// folders tell them apart.
    fn entries(&self) -> Vec<Entry> {
        let state = |runs: bool, (done, all): (usize, usize), what: &str| match () {
            () if runs => format!("running, {} of {}", grouped(done as u64), grouped(all as u64)),
            () if done > 0 => format!("{} of {} {what}", grouped(done as u64), grouped(all as u64)),
            () => format!("{} {what}", grouped(all as u64)),
        };
        let studies = self.studies.iter().enumerate().map(|(place, it)| Entry {
            at: Chosen::Study(place),
            title: it.protocol.title.clone(),
            folder: None,
            state: state(it.work.runs(), it.done(), "trials"),
            runs: it.work.runs(),
            note: it.protocol.note.clone(),
        });
        let hunts = self.hunts.iter().enumerate().map(|(place, it)| Entry {
            at: Chosen::Hunt(place),
            title: it.search.title.clone(),
            folder: None,
            state: state(it.work.runs(), it.done(), "candidates"),
            runs: it.work.runs(),
            note: it.search.note.clone(),
        });
        let mut entries: Vec<Entry> = studies.chain(hunts).collect();
        let titles: Vec<String> = entries.iter().map(|entry| entry.title.clone()).collect();
        for entry in &mut entries {
            if titles.iter().filter(|title| **title == entry.title).count() > 1 {
                entry.folder = self.folder_name(entry.at);
            }
        }
        entries
    }

    /// The name of the folder of an entry.
    fn folder_name(&self, at: Chosen) -> Option<String> {
        let folder = match at {
            Chosen::Study(place) => self.studies.get(place)?.folder.as_ref()?,
            Chosen::Hunt(place) => self.hunts.get(place)?.folder.as_ref()?,
        };
        Some(folder.file_name()?.to_string_lossy().into_owned())
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

    /// What there is in one line.
    fn menu_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let entries = self.entries();
        let title = entries.iter().find(|entry| entry.at == self.chosen);
        ui.horizontal(|ui| {
            let menu = egui::ComboBox::from_id_salt("which experiment")
                .selected_text(title.map_or_else(String::new, Entry::name))
                .width((ui.available_width() - OPEN).max(120.0))
                .truncate();
            let shown = menu.show_ui(ui, |ui| {
                for entry in &entries {
                    if ui.selectable_label(entry.at == self.chosen, entry.name()).clicked() {
                        self.choose(entry.at);
                    }
                }
            });
            shown.response.on_hover_text("Which experiment");
            open_ui(ui, actions);
        });
    }

    /// Why the folder that was opened last was not.
    fn fault_ui(&self, ui: &mut Ui) {
        let Some(fault) = &self.fault else { return };
        let text = RichText::new(fault).color(Tokens::of(ui).error);
        ScrollArea::vertical()
            .id_salt("not opened")
            .max_height(FAULT)
            .show(ui, |ui| ui.add(Label::new(text).wrap()));
        ui.add_space(6.0);
    }

    /// Height of that.
    fn fault_height(&self, ui: &Ui) -> f32 {
        let font = egui::TextStyle::Body.resolve(ui.style());
        let lines = |fault: &String| {
            let galley = ui
                .painter()
                .layout(fault.clone(), font, Tokens::of(ui).error, ui.available_width());
            galley.size().y.min(FAULT) + 12.0
        };
        self.fault.as_ref().map_or(0.0, lines)
    }

    /// What there is one under the other, with how far each is.
    fn list_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let below = 40.0 + self.fault_height(ui);
        let height = (ui.available_height() - below).max(60.0);
        ScrollArea::vertical()
            .id_salt("experiments")
            .max_height(height)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for entry in self.entries() {
                    if entry.at == Chosen::Hunt(0) {
                        ui.add_space(8.0);
                        let text = RichText::new("Searches for a better night").size(size::SMALL);
                        ui.label(text.color(tokens.text_weak));
                    }
                    if entry_ui(ui, &entry, entry.at == self.chosen) {
                        self.choose(entry.at);
                    }
                }
            });
        ui.add_space(6.0);
        self.fault_ui(ui);
        open_ui(ui, actions);
    }
}

/// The button that asks for a folder with results.
fn open_ui(ui: &mut Ui, actions: &mut Actions) {
    let open = ToolButton::new(Icon::Folder, "Open results…").emphasis(Emphasis::Quiet);
    let help = "Choose a folder with results, as \"somnoscope experiment\", \"merge\" and \"search\" write them, or an empty one for the results of this experiment";
    if ui.add(open).on_hover_text(help).clicked() {
        actions.push(ExperimentsAction::BrowseResults.into());
    }
}

/// An experiment or a search in the list.
struct Entry {
    at: Chosen,
    title: String,
    /// The name of its folder, where the title does not tell it from others.
    folder: Option<String>,
    /// How far it is, in words.
    state: String,
    runs: bool,
    /// What it asks.
    note: String,
}

impl Entry {
    /// Its title, with its folder where that is needed.
    fn name(&self) -> String {
        match &self.folder {
            Some(folder) => format!("{} ({folder})", self.title),
            None => self.title.clone(),
        }
    }
}

/// A line of the list; says whether it was pressed.
fn entry_ui(ui: &mut Ui, entry: &Entry, is_chosen: bool) -> bool {
    let tokens = Tokens::of(ui);
    let fill = if is_chosen { tokens.accent_soft } else { tokens.surface };
    let frame = egui::Frame::new()
        .fill(fill)
        .corner_radius(CONTROL_RADIUS)
        .inner_margin(8);
    let inner = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 1.0;
        let title = theme::strong(&entry.title, size::BODY).color(tokens.text_strong);
        ui.add(Label::new(title).truncate().selectable(false));
        let color = if entry.runs { tokens.accent } else { tokens.text_weak };
        let state = match &entry.folder {
            Some(folder) => format!("{folder}: {}", entry.state),
            None => entry.state.clone(),
        };
        let text = RichText::new(state).size(size::SMALL).color(color);
        ui.add(Label::new(text).truncate().selectable(false));
    });
    let response = inner.response.interact(egui::Sense::click());
    let name = format!("{}, {}", entry.name(), entry.state);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
    if response.has_focus() {
        let ring = egui::Stroke::new(2.0, tokens.focus);
        ui.painter()
            .rect_stroke(response.rect, CONTROL_RADIUS, ring, egui::StrokeKind::Inside);
    }
    response
        .on_hover_text(format!("{}\n{}", entry.name(), entry.note))
        .clicked()
}
