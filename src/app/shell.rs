//! The frame around the panes: bars, settings, and the invitation of the first start.

use egui::{Align2, CentralPanel, Frame, Margin, Panel, RichText, Stroke, Ui, vec2};

use super::SomnoscopeApp;
use super::action::{Actions, UiAction};
use super::commands::Outcome;
use super::panels::Seen;
use super::settings::sentence;
use super::text::{counted, grouped};
use super::theme::{self, RADIUS, Tokens, size};
use super::timeline::{self, Marks};
use super::transport::{Chosen, sentence_ui};
use super::widgets::{Emphasis, Icon, MAX_SIDE, Picture, ToolButton};
use crate::worker::{Goal, Opened, Phase};

/// Width of the settings.
const SETTINGS: f32 = 304.0;
/// A window of this width has room for the settings beside the panes.
const ROOMY: f32 = 1000.0;
/// Height of the invitation, until it was drawn once; in less room than that it has small margins.
const CARD: f32 = 600.0;

impl SomnoscopeApp {
    /// The whole window.
    pub fn show(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let bar = Frame::new().fill(tokens.surface).inner_margin(Margin {
            left: 12,
            right: 12,
            top: 8,
            bottom: 8,
        });
        Panel::top("transport")
            .frame(bar)
            .show_separator_line(true)
            .show(ui, |ui| {
                let settings = self.shows_settings(ui.ctx());
                let shown = Chosen {
                    layout: &self.layout,
                    history: &self.history,
                    looks: self.looks,
                    memory: self.memory,
                    settings,
                    experiments: self.experiments.under_way(),
                };
                sentence_ui(ui, &self.session, shown, &mut self.actions);
                ui.add_space(4.0);
                let seen = Seen {
                    session: &self.session,
                    selection: &self.selection,
                    breakpoints: &self.breakpoints,
                    activity: &self.activity,
                    part: self.slow_motion.part(),
                    draft: &self.settings.draft,
                };
                self.transport.ui(ui, seen, self.hurries, &mut self.actions);
            });
        self.failure_ui(ui);
        self.left_ui(ui);
        if self.shows_settings(ui.ctx()) {
            let side = Frame::new().fill(tokens.surface);
            Panel::left("settings")
                .frame(side)
                .default_size(SETTINGS)
                .size_range(272.0..=420.0)
                .show(ui, |ui| {
                    let download = self.tasks.download_progress();
                    self.settings
                        .ui(ui, &self.session, download.as_deref(), &mut self.actions);
                });
        }
        self.panels.comparison.update(&self.session);
        self.timeline_ui(ui);
        let center = Frame::new().fill(tokens.window).inner_margin(8);
        CentralPanel::default().frame(center).show(ui, |ui| {
            if self.has_played || self.session.phase() > Phase::Newborn {
                if !self.under_way_ui(ui) {
                    let seen = Seen {
                        session: &self.session,
                        selection: &self.selection,
                        breakpoints: &self.breakpoints,
                        activity: &self.activity,
                        part: self.slow_motion.part(),
                        draft: &self.settings.draft,
                    };
                    self.layout.ui(ui, &mut self.panels, seen, &mut self.actions);
                    self.relight(ui.ctx());
                    self.panels.overlay_ui(ui, &self.session, &mut self.actions);
                    if !self.filming_ui(ui)
                        && !self.slow_motion_ui(ui)
                        && !self.exported_ui(ui)
                        && !self.closed_lane_ui(ui)
                        && !self.aside_ui(ui)
                    {
                        self.notice_ui(ui);
                    }
                }
            } else {
                self.invitation_ui(ui);
            }
            self.runs.ui(ui, &self.session, &mut self.actions);
            self.experiments.ui(ui, &mut self.actions);
        });
        self.overlay_ui(ui);
        self.exports.end_frame(|pane| self.layout.place(pane));
        self.focus.end_frame(ui.ctx());
        let (held, time) = ui.input(|input| (input.pointer.any_down(), input.time));
        self.history.observe(&self.settings.draft, &self.layout, held, time);
    }

    /// The timeline, once there is something on it and where there is room for it.
    fn timeline_ui(&mut self, ui: &mut Ui) {
        let is_empty = !self.has_played && self.session.phase() <= Phase::Newborn;
        let height = match ui.available_height() {
            room if room >= 8.0 * timeline::HEIGHT => timeline::HEIGHT,
            room if room >= 8.0 * timeline::SLIM => timeline::SLIM,
            _ => return,
        };
        if is_empty {
            return;
        }
        let fill = Tokens::of(ui).surface;
        let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(8, 6));
        Panel::bottom("timeline").frame(frame).show(ui, |ui| {
            let marks = Marks {
                bookmarks: self.runs.bookmarks(),
                breakpoints: &self.breakpoints,
                comparison: &self.panels.comparison,
                selection: &self.selection,
            };
            timeline::ui(ui, &self.session, marks, height, &mut self.actions);
        });
    }

    /// The palette or the sheet of shortcuts, if one of them was asked for.
    fn overlay_ui(&mut self, ui: &Ui) {
        let mut overlay = std::mem::take(&mut self.overlay);
        let mut actions = Actions::new();
        let outcome = overlay.ui(ui, &self.situation(), &mut actions);
        self.actions.append(&mut actions);
        if outcome == Outcome::Open {
            self.overlay = overlay;
        }
    }

    /// Whether the settings are on screen: as the person has said, otherwise where they leave enough to the panes.
    pub(super) fn shows_settings(&self, ctx: &egui::Context) -> bool {
        self.settings_shown
            .unwrap_or_else(|| ctx.content_rect().width() >= ROOMY)
    }

    /// What the pointer has come to, or has left, is lit or not in the next picture: it must come.
    fn relight(&self, ctx: &egui::Context) {
        let lit = self.actions.iter().rev().find_map(|action| match action {
            UiAction::Light(units) => Some(units.len()),
            _ => None,
        });
        if lit.unwrap_or(0) != self.selection.lit().len() {
            ctx.request_repaint();
        }
    }

    /// What did not work, in a sentence, until it is read.
    fn failure_ui(&mut self, ui: &mut Ui) {
        let Some(failure) = self.complaint.as_deref().or(self.session.failure()) else {
            return;
        };
        let tokens = Tokens::of(ui);
        let fill = theme::mix(tokens.surface, tokens.error, 0.12);
        let frame = Frame::new().fill(fill).inner_margin(Margin::symmetric(16, 8));
        Panel::top("failure").frame(frame).show(ui, |ui| {
            ui.horizontal(|ui| {
                let dismiss = ToolButton::text("Dismiss").emphasis(Emphasis::Plain);
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.add(dismiss).clicked() {
                        self.actions.push(UiAction::DismissFailure);
                    }
                    ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                        let text = RichText::new(sentence(failure)).color(tokens.text_strong);
                        ui.add(egui::Label::new(text).wrap());
                    });
                });
            });
        });
    }

    /// The first thing one sees: what will happen, and one button.
    fn invitation_ui(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let area = ui.available_rect_before_wrap();
        let is_low = area.height() < CARD;
        let margin = if is_low { 16 } else { 40 };
        let card = Frame::new()
            .fill(tokens.surface)
            .stroke(Stroke::new(1.0, tokens.line))
            .corner_radius(RADIUS * 2)
            .inner_margin(Margin::symmetric(margin + 8, margin));
        // As high as it turned out to be: fonts, themes and recipes differ.
        let id = ui.scope_id().with("invitation");
        let height = ui.data(|data| data.get_temp(id)).unwrap_or(CARD);
        let wanted = vec2(620.0_f32.min(area.width() - 32.0), height.min(area.height()));
        let place = Align2::CENTER_CENTER.align_size_within_rect(wanted, area);
        ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| {
                let shown = card.show(ui, |ui| {
                    ui.vertical_centered(|ui| self.invitation_card_ui(ui, is_low));
                });
                let is = shown.response.rect.height();
                if (is - height).abs() > 0.5 {
                    ui.data_mut(|data| data.insert_temp(id, is));
                    ui.ctx().request_repaint();
                }
            });
        });
    }

    /// What is on the card.
    fn invitation_card_ui(&mut self, ui: &mut Ui, is_low: bool) {
        let tokens = Tokens::of(ui);
        let Some(opened) = self.session.opened() else {
            let text = if self.session.phase() == Phase::Loading {
                "Reading the images …"
            } else {
                "Making ready …"
            };
            ui.label(RichText::new(text).color(tokens.text_weak));
            return;
        };
        let recipe = &opened.recipe;
        ui.label(theme::strong(&recipe.name, size::HERO).color(tokens.text_strong));
        ui.add_space(8.0);
        ui.label(RichText::new(&recipe.note).size(14.0).color(tokens.text));
        let run = self.session.run();
        if is_low {
            // The button must be in sight: what stood one under the other stands side by side.
            ui.add_space(12.0);
            ui.horizontal_top(|ui| {
                mean_image_ui(ui, opened, run, &mut self.mean_image);
                ui.add_space(20.0);
                ui.vertical(|ui| {
                    ui.add_space(14.0);
                    story_ui(ui, opened);
                });
            });
            ui.add_space(12.0);
        } else {
            ui.add_space(20.0);
            mean_image_ui(ui, opened, run, &mut self.mean_image);
            ui.add_space(4.0);
            let caption = "the mean image, which drives the dream";
            ui.label(RichText::new(caption).size(size::SMALL).color(tokens.text_weak));
            ui.add_space(20.0);
            story_ui(ui, opened);
            ui.add_space(28.0);
        }
        let play = ToolButton::new(Icon::Play, "Play the night")
            .large()
            .emphasis(Emphasis::Primary);
        if ui.add(play).clicked() {
            self.actions.push(UiAction::Play(Goal::Tuned));
        }
        ui.add_space(10.0);
        ui.label(
            RichText::new("or press Space")
                .size(size::SMALL)
                .color(tokens.text_weak),
        );
    }
}

/// What will happen, in a few lines.
fn story_ui(ui: &mut Ui, opened: &Opened) {
    let tokens = Tokens::of(ui);
    let recipe = &opened.recipe;
    let layers = opened
        .sizes
        .iter()
        .map(|size| grouped(*size as u64))
        .collect::<Vec<_>>()
        .join(" – ");
    let tuning = recipe.fine_tuning.as_ref().map(|tuning| {
        let epochs = counted(tuning.epochs.into(), "epoch");
        ("4", "Fine-tune", format!("{epochs} on the same images"))
    });
    let story = [
        (
            "1",
            "Learn",
            format!(
                "{} of {}, {}",
                counted(opened.train_images as u64, "image"),
                opened.data_title,
                counted(recipe.training.epochs.into(), "epoch")
            ),
        ),
        (
            "2",
            "Sleep",
            format!("{} of noise, network {layers}", counted(recipe.night.steps, "step")),
        ),
        (
            "3",
            "Wake",
            format!("tested on {}", counted(opened.test_images as u64, "held-out image")),
        ),
    ];
    egui::Grid::new("story")
        .num_columns(3)
        .min_col_width(0.0)
        .spacing([14.0, 8.0])
        .show(ui, |ui| {
            for (number, verb, what) in story.into_iter().chain(tuning) {
                ui.label(theme::strong(number, 14.0).color(tokens.accent));
                ui.label(theme::strong(verb, 14.0).color(tokens.text_strong));
                ui.label(RichText::new(what).size(14.0).color(tokens.text));
                ui.end_row();
            }
        });
}

/// The mean of the chosen images: what the network will dream of.
fn mean_image_ui(ui: &mut Ui, opened: &Opened, run: u64, picture: &mut Picture<(u64, bool)>) {
    let (width, height) = opened.image_size;
    if width == 0 || height == 0 || width.max(height) > MAX_SIDE || opened.mean_image.len() != width * height {
        return;
    }
    let tokens = Tokens::of(ui);
    let key = (run, tokens.dark);
    if !picture.is_current(&key) {
        let brightest = opened.mean_image.iter().copied().fold(0.0_f32, f32::max).max(1e-6);
        let lut = tokens.amount.lut();
        let pixels = opened
            .mean_image
            .iter()
            .map(|value| lut.color(value / brightest))
            .collect();
        picture.set(ui.ctx(), "mean image", key, [width, height], pixels);
    }
    let side = 112.0;
    let scale = side / width.max(height) as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width as f32, height as f32) * scale, egui::Sense::hover());
    picture.paint(ui, rect);
    ui.painter()
        .rect_stroke(rect, 2.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Outside);
    let words = format!(
        "The mean of the {} chosen images: its pixels drive the dream",
        grouped(opened.train_images as u64)
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
    response.on_hover_text(words);
}
