//! The experiments and searches that there are, as a list or in one line, and the button that opens more.

use egui::{Label, RichText, ScrollArea, Ui};

use super::{Chosen, Experiments, ExperimentsAction};
use crate::app::action::Actions;
use crate::app::text::grouped;
use crate::app::theme::{self, CONTROL_RADIUS, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton};

/// Room beside that line for the button that opens a folder.
const OPEN: f32 = 148.0;
/// Most height of what is said of a folder that could not be opened.
const FAULT: f32 = 160.0;

impl Experiments {
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

    /// What there is in one line.
    pub(super) fn menu_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
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
    pub(super) fn fault_ui(&self, ui: &mut Ui) {
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
    pub(super) fn list_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
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
