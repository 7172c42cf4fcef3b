//! Experiments of many trials: which there are, what they found, and the threads that do more of them.

mod chart;
mod curves;
mod doing;
mod study;
mod study_ui;
mod table;

use std::path::PathBuf;

use egui::{Align, Align2, Context, Label, Layout, RichText, ScrollArea, Ui, vec2};

use self::study::Study;
use super::action::Actions;
use super::settings::sentence;
use super::text::grouped;
use super::theme::{self, CONTROL_RADIUS, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::experiment::{Protocol, protocols};
use crate::run::user_experiments_folder;
use crate::worker::{SweepNews, Sweeper};

pub use self::doing::ExperimentsAction;

/// Width of the list.
const LIST: f32 = 208.0;
/// In a window that is less wide, the list is one line that opens.
const ROOMY: f32 = 640.0;
/// Size of the window where there is room.
const SIZE: egui::Vec2 = vec2(1080.0, 760.0);

/// Everything about experiments that a person has set or sees.
pub struct Experiments {
    ctx: Context,
    is_open: bool,
    /// The protocols: those that come with the program, then those of folders that were opened.
    studies: Vec<Study>,
    /// The one that is looked at.
    chosen: usize,
    /// Where full sets are taken from, if a person named a folder.
    images: Option<PathBuf>,
    /// Trials that are done side by side.
    side_by_side: usize,
    /// A folder of results that is being read.
    opening: Option<(PathBuf, Sweeper)>,
}

impl Experiments {
    /// The shipped protocols. Threads wake this context when they have something to tell.
    pub fn new(ctx: Context) -> Self {
        let mut experiments = Self {
            ctx,
            is_open: false,
            studies: Vec::new(),
            chosen: 0,
            images: None,
            side_by_side: std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1)),
            opening: None,
        };
        experiments.keep_in(user_experiments_folder());
        experiments
    }

    /// From now on results are kept in this folder, each protocol in its own.
    pub fn keep_in(&mut self, folder: Option<PathBuf>) {
        let place = |protocol: &Protocol| folder.as_ref().map(|folder| folder.join(&protocol.name));
        let study = |protocol: Protocol| {
            let place = place(&protocol);
            Study::new(protocol, place)
        };
        self.studies = protocols().into_iter().map(study).collect();
        self.chosen = 0;
    }

    /// Opens the window, or closes it. What is being done goes on either way.
    pub fn toggle(&mut self) {
        self.is_open = !self.is_open;
    }

    /// Takes full sets from a folder.
    pub fn use_images(&mut self, folder: PathBuf) {
        self.images = Some(folder);
    }

    /// Opens a folder of results, whoever made it.
    pub fn open(&mut self, folder: PathBuf) -> Result<(), String> {
        let ctx = self.ctx.clone();
        let sweeper = Sweeper::look(folder.clone(), move || ctx.request_repaint())
            .map_err(|error| format!("No thread could be started: {error}."))?;
        self.opening = Some((folder, sweeper));
        self.is_open = true;
        Ok(())
    }

    /// Keeps up with what the threads tell. What did not work is said, once.
    pub fn update(&mut self) -> Option<String> {
        let fault = self.take_opened();
        for study in &mut self.studies {
            study.update();
        }
        fault
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
            let alike = |study: &Study| !study.runs() && protocol.finds_the_same(&study.protocol);
            self.chosen = if let Some(place) = self.studies.iter().position(alike) {
                place
            } else {
                self.studies.push(Study::new(protocol, Some(folder.clone())));
                self.studies.len() - 1
            };
            if let Some(study) = self.studies.get_mut(self.chosen) {
                study.take_results(folder, trials, finished);
            }
        }
        fault.map(|text| sentence(&text))
    }

    /// The protocol that is looked at.
    pub fn chosen(&self) -> Option<&Study> {
        self.studies.get(self.chosen)
    }

    /// The window, if it is open.
    pub fn ui(&mut self, ui: &Ui, actions: &mut Actions) {
        if !self.is_open {
            return;
        }
        let tokens = Tokens::of(ui);
        let room = ui.ctx().content_rect();
        let mut is_open = true;
        egui::Window::new(theme::strong("Experiments", size::TITLE).color(tokens.text_strong))
            .id(egui::Id::unique("experiments"))
            .open(&mut is_open)
            .collapsible(false)
            .pivot(Align2::CENTER_CENTER)
            .default_pos(room.center())
            .default_size(SIZE.min(room.size() - vec2(48.0, 72.0)))
            .show(ui.ctx(), |ui| {
                if ui.available_width() < ROOMY {
                    self.menu_ui(ui);
                    self.chosen_ui(ui, actions);
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
                        self.chosen_ui(ui, actions);
                    });
                });
            });
        let closes = ui.input(|input| input.key_pressed(egui::Key::Escape)) && !egui::Popup::is_any_open(ui.ctx());
        self.is_open = is_open && !closes;
    }

    /// The protocols in one line.
    fn menu_ui(&mut self, ui: &mut Ui) {
        let title = self
            .chosen()
            .map_or_else(String::new, |study| study.protocol.title.clone());
        let menu = egui::ComboBox::from_id_salt("which experiment")
            .selected_text(title)
            .width(ui.available_width() - 8.0);
        let shown = menu.show_ui(ui, |ui| {
            for (place, study) in self.studies.iter().enumerate() {
                if ui
                    .selectable_label(place == self.chosen, &study.protocol.title)
                    .clicked()
                {
                    self.chosen = place;
                }
            }
        });
        shown.response.on_hover_text("Which experiment");
    }

    /// The protocols one under the other, with how far each is.
    fn list_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let below = 40.0;
        let height = (ui.available_height() - below).max(60.0);
        ScrollArea::vertical()
            .id_salt("experiments")
            .max_height(height)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                for place in 0..self.studies.len() {
                    let study = &self.studies[place];
                    let is_chosen = place == self.chosen;
                    let (done, all) = study.done();
                    let state = match () {
                        () if study.runs() => format!("running, {} of {}", grouped(done as u64), grouped(all as u64)),
                        () if done > 0 => format!("{} of {} trials", grouped(done as u64), grouped(all as u64)),
                        () => format!("{} trials", grouped(all as u64)),
                    };
                    let fill = if is_chosen { tokens.accent_soft } else { tokens.surface };
                    let frame = egui::Frame::new()
                        .fill(fill)
                        .corner_radius(CONTROL_RADIUS)
                        .inner_margin(8);
                    let inner = frame.show(ui, |ui| {
                        ui.set_width(ui.available_width());
                        ui.spacing_mut().item_spacing.y = 1.0;
                        let title = theme::strong(&study.protocol.title, size::BODY).color(tokens.text_strong);
                        ui.add(Label::new(title).truncate().selectable(false));
                        let color = if study.runs() { tokens.accent } else { tokens.text_weak };
                        let text = RichText::new(&state).size(size::SMALL).color(color);
                        ui.add(Label::new(text).truncate().selectable(false));
                    });
                    let response = inner.response.interact(egui::Sense::click());
                    let name = format!("{}, {state}", study.protocol.title);
                    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, is_chosen, &name));
                    if response.has_focus() {
                        let ring = egui::Stroke::new(2.0, tokens.focus);
                        ui.painter()
                            .rect_stroke(response.rect, CONTROL_RADIUS, ring, egui::StrokeKind::Inside);
                    }
                    if response.on_hover_text(&study.protocol.note).clicked() {
                        self.chosen = place;
                    }
                }
            });
        ui.add_space(6.0);
        let open = ToolButton::new(Icon::Folder, "Open results…").emphasis(Emphasis::Quiet);
        let help = "Choose a folder with results, as \"somnoscope experiment\" and \"merge\" write them";
        if ui.add(open).on_hover_text(help).clicked() {
            actions.push(ExperimentsAction::BrowseResults.into());
        }
    }
}
