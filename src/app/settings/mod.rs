//! The left side: every setting in the order of the story, what differs from the preset, and what waits to be applied.

mod apply;
mod choice;
mod classes;
mod data;
mod difference;
mod finder;
mod line;
mod network;
mod night;
mod row;
mod tuning;
mod typed;

use egui::text::{LayoutJob, TextFormat};
use egui::{FontId, Frame, Margin, RichText, ScrollArea, Stroke, Ui};

use super::action::{Actions, UiAction};
use super::live::Live;
use super::session::Session;
use super::text::{counted, grouped, number};
use super::theme::{self, GRID, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::experiment::{Preset, Recipe, find_preset, presets};
use crate::sim::night::NightParams;
use crate::worker::Event;

pub use difference::{Difference, Reach, differences, reach, value_name};
pub use row::{Rail, Row};

/// The settings as the person left them, and what they began from.
pub struct Settings {
    /// What the person has set.
    pub draft: Recipe,
    preset: Recipe,
    all: Vec<Preset>,
    data: data::DataView,
    /// The value that is to get the keyboard when it is next shown: its path and its layer.
    wanted: Option<(&'static str, usize)>,
    /// The switch of the live re-run.
    pub live: Live,
    /// The search for thresholds.
    pub finder: finder::Finder,
}

impl Settings {
    /// Begins from a recipe; the preset of the same name is what it is compared with.
    pub fn new(recipe: Recipe) -> Self {
        let preset = find_preset(&recipe.name).map_or_else(|| recipe.clone(), |preset| preset.recipe);
        Self {
            data: data::DataView::new(&recipe),
            draft: recipe,
            preset,
            all: presets(),
            wanted: None,
            live: Live::default(),
            finder: finder::Finder::default(),
        }
    }

    /// Takes everything from a recipe.
    pub fn set(&mut self, recipe: Recipe) {
        *self = Self {
            all: std::mem::take(&mut self.all),
            live: std::mem::take(&mut self.live),
            finder: std::mem::take(&mut self.finder),
            ..Self::new(recipe)
        };
    }

    /// The presets there are.
    pub fn presets(&self) -> &[Preset] {
        &self.all
    }

    /// Gives the keyboard to a value.
    pub fn edit(&mut self, path: &'static str, layer: usize) {
        self.wanted = Some((path, layer));
    }

    /// Takes note of what was told: answers to the live re-run, and thresholds that were found.
    pub fn heed(&mut self, event: &Event) {
        self.live.heed(event);
        match event {
            Event::Thresholds(Some(outcome)) => {
                if let Some(beta) = self.finder.take(outcome.clone(), &self.draft) {
                    self.draft.night.beta = beta;
                }
            }
            Event::Opened(_) => self.finder.begin(None),
            _ => {}
        }
    }

    /// The night that is to be run again now, if the live re-run is on and something was changed.
    pub fn next_night(&mut self, session: &Session) -> Option<NightParams> {
        self.live.next(&self.draft, session)
    }

    /// The night was changed by other means: the live re-run need not do it again.
    pub fn expect_night(&mut self, params: &NightParams, session: &Session) {
        self.live.expect(params, session);
    }

    /// Thresholds are searched for, for the night of the settings.
    pub fn search_thresholds(&mut self) {
        self.finder.begin(Some(&self.draft));
    }

    /// Takes the images from a folder.
    pub fn use_folder(&mut self, folder: std::path::PathBuf) {
        self.data.show_folder(&folder);
        self.draft.data.from = crate::data::Origin::Folder(folder);
    }

    /// What differs from what is being run; nothing if nothing is run.
    pub fn pending(&self, session: &Session) -> Vec<Difference> {
        session
            .opened()
            .map_or_else(Vec::new, |opened| differences(&opened.recipe, &self.draft))
    }

    /// The whole side.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, download: Option<&str>, actions: &mut Actions) {
        let pending = self.pending(session);
        // On a low window the night, which is what it is all about, should be seen without scrolling.
        let tall = ui.available_height() > 900.0;
        egui::Panel::bottom("apply")
            .frame(Frame::new())
            .show_separator_line(false)
            .show(ui, |ui| {
                self.apply_ui(ui, session, &pending, actions);
            });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 4.0;
            // Room for the scroll bar, which floats.
            Frame::new()
                .inner_margin(Margin {
                    left: 12,
                    right: 14,
                    top: 10,
                    bottom: 16,
                })
                .show(ui, |ui| {
                    self.preset_ui(ui, actions);
                    let applied = session.opened().map(|opened| &opened.recipe);
                    let against = row::Against {
                        preset: &self.preset,
                        applied,
                        wanted: self.wanted,
                    };
                    let wanted = self.wanted.map_or("", |(path, _)| path);
                    section(ui, "Data", "", true, false, |ui| {
                        self.data.ui(ui, &mut self.draft, against, session, download, actions);
                        classes::ui(ui, &mut self.draft, against, session);
                        row::seed_ui(ui, &mut self.draft, against);
                    });
                    let layers = self
                        .draft
                        .network
                        .hidden
                        .iter()
                        .map(|units| grouped(*units as u64))
                        .collect::<Vec<_>>();
                    section(
                        ui,
                        "Network",
                        &format!("{} hidden units", layers.join(" + ")),
                        tall,
                        wanted.starts_with("network."),
                        |ui| {
                            network::ui(ui, &mut self.draft, against);
                        },
                    );
                    let training = &self.draft.training;
                    let summary = format!(
                        "{}, rate {}",
                        counted(training.epochs.into(), "epoch"),
                        number(training.learning_rate)
                    );
                    section(ui, "Training", &summary, tall, wanted.starts_with("training."), |ui| {
                        for path in [
                            "training.epochs",
                            "training.learning_rate",
                            "training.momentum",
                            "training.batch",
                            "training.dropout",
                        ] {
                            row::parameter_ui(ui, path, &mut self.draft, against);
                        }
                    });
                    let summary = counted(self.draft.night.steps, "step");
                    section(ui, "Night", &summary, true, wanted.starts_with("night."), |ui| {
                        live_ui(ui, &self.live, actions);
                        night::ui(ui, &mut self.draft, against, |ui, draft| {
                            self.finder.ui(ui, draft, session, actions);
                        });
                    });
                    let summary = match &self.draft.fine_tuning {
                        Some(tuning) => counted(tuning.epochs.into(), "epoch"),
                        None => "off".to_owned(),
                    };
                    let wanted = wanted.starts_with("fine_tuning.");
                    section(ui, "Fine-tuning", &summary, tall, wanted, |ui| {
                        tuning::ui(ui, &mut self.draft, against);
                    });
                });
        });
        self.wanted = None;
    }

    /// The preset, what it is about, and what differs from it.
    fn preset_ui(&mut self, ui: &mut Ui, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let label = ui.label(theme::strong("Preset", size::TITLE).color(tokens.text_strong));
        let combo = egui::ComboBox::from_id_salt("preset")
            .width(ui.available_width() - line::BACK - 6.0)
            .selected_text(&self.preset.name);
        let response = combo.show_ui(ui, |ui| {
            for preset in &self.all {
                let on = preset.recipe.name == self.preset.name;
                if ui
                    .selectable_label(on, &preset.recipe.name)
                    .on_hover_text(&preset.recipe.note)
                    .clicked()
                {
                    actions.push(UiAction::ChoosePreset(preset.id));
                }
            }
        });
        response.response.labelled_by(label.id).on_hover_text(&self.preset.note);
        let different = differences(&self.preset, &self.draft);
        if different.is_empty() {
            ui.label(
                RichText::new("All settings as in the preset")
                    .size(size::SMALL)
                    .color(tokens.text_weak),
            );
            return;
        }
        let count = different.len() as u64;
        let verb = if count == 1 { "differs" } else { "differ" };
        let head = RichText::new(format!("{} {verb} from the preset", counted(count, "setting"))).size(size::SMALL);
        egui::CollapsingHeader::new(head).id_salt("differences").show(ui, |ui| {
            egui::Grid::new("differences")
                .num_columns(2)
                .spacing([8.0, 2.0])
                .show(ui, |ui| {
                    for difference in &different {
                        ui.label(RichText::new(&difference.label).size(size::SMALL));
                        let text = format!("{} → {}", difference.from, difference.to);
                        ui.add(
                            egui::Label::new(RichText::new(text).size(size::SMALL).color(tokens.text_weak)).truncate(),
                        );
                        ui.end_row();
                    }
                });
            if ui
                .add(ToolButton::new(Icon::Restart, "Back to the preset").emphasis(Emphasis::Quiet))
                .clicked()
            {
                self.draft = self.preset.clone();
                self.data = data::DataView::new(&self.draft);
            }
        });
    }
}

/// A part of the story, under its heading; closed, the heading sums it up. `wanted` opens it, whatever it was.
fn section(ui: &mut Ui, title: &str, summary: &str, open: bool, wanted: bool, contents: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui);
    ui.add_space(GRID);
    let line = ui.available_rect_before_wrap();
    ui.painter().hline(
        line.left()..=line.right() - line::BACK - 6.0,
        line.top(),
        Stroke::new(1.0, tokens.line),
    );
    ui.add_space(GRID);
    let mut heading = LayoutJob::default();
    let format = |font, color| TextFormat {
        font_id: font,
        color,
        valign: egui::Align::Center,
        ..TextFormat::default()
    };
    heading.append(
        title,
        0.0,
        format(FontId::new(size::TITLE, theme::strong_family()), tokens.text_strong),
    );
    heading.append(
        summary,
        10.0,
        format(FontId::proportional(size::SMALL), tokens.text_weak),
    );
    egui::CollapsingHeader::new(heading)
        .id_salt(title)
        .default_open(open)
        .open(wanted.then_some(true))
        .show_unindented(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 3.0;
            contents(ui);
        });
}

/// The switch of the live re-run.
fn live_ui(ui: &mut Ui, live: &Live, actions: &mut Actions) {
    let mut on = live.on;
    let help = "While this is on, every change of the night runs it again at once, to the step that is shown: first an estimate of the accuracy on some of the images, then the exact one. What a change under way had set is replaced.";
    let check = ui.checkbox(&mut on, "Live re-run").on_hover_text(help);
    if check.changed() {
        actions.push(UiAction::SetLive(on));
    }
}

/// A message as a sentence: its first letter large, a full stop at its end.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.push_str(letters.as_str());
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
