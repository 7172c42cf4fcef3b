//! What the network can do when the images are worse, or a copy of it is damaged.

mod curve;

use egui::{Align, DragValue, Layout, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};
use strum::IntoEnumIterator as _;

use super::exactness::sample_figure;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::settings::{Rail, Row};
use crate::app::text::{counted, grouped, moment_name, percent};
use crate::app::theme::{CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, Picture, ToolButton, delta_figure, empty_state, helped, segmented};
use crate::sim::conditions::{Conditions, Damage, Fog, Hardship};
use crate::worker::{Opened, Phase, Stress, Stressed};

/// Strengths along the curve, both ends among them.
const POINTS: usize = 7;
/// Side of the example.
const SIDE: f32 = 92.0;
/// Least height of the curve; in less room the pane is scrolled.
const CURVE: f32 = 130.0;

/// The pane.
pub struct FogView {
    conditions: Conditions,
    varied: Hardship,
    /// The held-out image that is shown as an example.
    example: usize,
    /// The key is the run, the image, the conditions, and the theme.
    picture: Picture<(u64, usize, Fog, bool)>,
    /// The example that was asked for last, and in which run.
    asked: Option<(u64, usize)>,
}

impl Default for FogView {
    fn default() -> Self {
        Self {
            conditions: Conditions {
                fog: Fog::default(),
                damage: Damage {
                    layer: 1,
                    ..Damage::default()
                },
            },
            varied: Hardship::default(),
            example: 0,
            picture: Picture::default(),
            asked: None,
        }
    }
}

impl FogView {
    /// What the network can do under the conditions that are set.
    pub fn header_ui(&self, ui: &mut Ui, session: &Session) {
        if let Some(answer) = self.answer(session) {
            delta_figure(
                ui,
                answer.here.before.unwrap_or(answer.here.now),
                answer.here.before.map(|_| answer.here.now),
            );
            if let Some(sample) = session.sample() {
                sample_figure(ui, &sample);
            }
        }
    }

    /// The conditions to test under.
    pub fn stress(&self, session: &Session) -> Option<Stress> {
        let opened = session.opened()?;
        let most = strongest(self.varied, opened, self.conditions.damage.layer);
        let counted = matches!(self.varied, Hardship::Occlusion | Hardship::Silence);
        let strength = |point: usize| {
            let strength = most * point as f64 / (POINTS - 1) as f64;
            if counted { strength.round() } else { strength }
        };
        let mut strengths: Vec<f64> = (0..POINTS).map(strength).collect();
        strengths.dedup();
        Some(Stress {
            conditions: self.conditions,
            varied: self.varied,
            strengths,
        })
    }

    /// What is known of what was asked for; nothing that belongs to other conditions.
    pub fn answer<'a>(&self, session: &'a Session) -> Option<&'a Stressed> {
        let asked = self.stress(session)?;
        session.probes().stressed().filter(|answer| answer.stress == asked)
    }

    /// Everything.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let Some(opened) = session.opened() else {
            empty_state(
                ui,
                "Here the network is tested on noisy, blurred and covered images, and damaged.",
                "Wait for the images",
            );
            return;
        };
        if !session.has_held_out() {
            let what = "Here the network is tested on worse images, and damaged. The held-out images of this run are not on this machine.";
            empty_state(ui, what, "Fetch or import them, then open the run again");
            return;
        }
        self.keep_within(opened);
        let asked = (self.conditions, self.varied);
        let room = ui.available_height();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let top = ui.cursor().top();
            ui.spacing_mut().item_spacing.y = 3.0;
            let wide = ui.available_width() >= 350.0;
            if wide {
                ui.horizontal_top(|ui| {
                    let width = ui.available_width() - SIDE - 16.0;
                    ui.allocate_ui(vec2(width, 0.0), |ui| ui.vertical(|ui| self.sliders_ui(ui, opened)));
                    ui.vertical(|ui| self.example_ui(ui, session, opened, actions));
                });
            } else {
                self.sliders_ui(ui, opened);
                self.example_ui(ui, session, opened, actions);
            }
            ui.add_space(4.0);
            self.choice_ui(ui, session);
            let status = self.status(session);
            let left = (room - (ui.cursor().top() - top)).max(CURVE);
            let known = self.answer(session);
            curve::ui(ui, session, self.stress(session).as_ref(), known, &status, left);
        });
        if asked != (self.conditions, self.varied) {
            // It is asked about before the next frame.
            ui.ctx().request_repaint();
        }
    }

    /// Conditions that this network and these images cannot have are cut down.
    fn keep_within(&mut self, opened: &Opened) {
        let hidden = opened.sizes.len().saturating_sub(2);
        self.conditions.damage.layer = self.conditions.damage.layer.clamp(1, hidden.max(1));
        for hardship in Hardship::iter() {
            let most = strongest(hardship, opened, self.conditions.damage.layer);
            if self.conditions.strength(hardship) > most {
                self.conditions.set(hardship, most);
            }
        }
        self.example = self.example.min(opened.test_images.saturating_sub(1));
    }

    /// A line for each condition.
    fn sliders_ui(&mut self, ui: &mut Ui, opened: &Opened) {
        let layer = self.conditions.damage.layer;
        for hardship in Hardship::iter() {
            let most = strongest(hardship, opened, layer);
            if most <= 0.0 {
                continue;
            }
            let whole = matches!(hardship, Hardship::Occlusion | Hardship::Silence);
            let row = Row {
                name: title(hardship),
                unit: unit(hardship),
                help: help(hardship),
                range: 0.0..=most,
                allowed: 0.0..=most,
                source: "",
                rail: Rail::Linear,
                wanted: false,
                whole,
            };
            let mut strength = self.conditions.strength(hardship);
            if row.ui(ui, &mut strength, Some(0.0), false) {
                self.conditions.set(hardship, strength.clamp(0.0, most));
                self.varied = hardship;
            }
        }
        let hidden = opened.sizes.len().saturating_sub(2);
        if hidden > 1 {
            let room = vec2(ui.available_width(), CONTROL_HEIGHT + 4.0);
            ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(RichText::new("Silent in hidden").color(Tokens::of(ui).text));
                let choices: Vec<(usize, String)> = (1..=hidden).map(|layer| (layer, layer.to_string())).collect();
                let help = |layer: usize| {
                    let units = opened.sizes.get(layer).copied().unwrap_or(0);
                    format!(
                        "Neurons of hidden layer {layer} fall silent, of {} in all",
                        grouped(units as u64)
                    )
                };
                if let Some(layer) = segmented(ui, "Silent neurons in hidden layer", &choices, layer, help) {
                    self.conditions.damage.layer = layer;
                }
                self.reset_ui(ui);
            });
        } else {
            ui.horizontal(|ui| self.reset_ui(ui));
        }
    }

    /// Back to clear images and a whole network.
    fn reset_ui(&mut self, ui: &mut Ui) {
        let clear = self.conditions.fog.is_clear() && self.conditions.damage.is_none();
        let button = ui.add_enabled(!clear, ToolButton::text("All to 0").emphasis(Emphasis::Quiet));
        if helped(button, "Clear images, a whole network").clicked() {
            for hardship in Hardship::iter() {
                self.conditions.set(hardship, 0.0);
            }
        }
    }

    /// A held-out image as the network gets to see it.
    fn example_ui(&mut self, ui: &mut Ui, session: &Session, opened: &Opened, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let (width, height) = opened.image_size;
        let wanted = Some((session.run(), self.example));
        if self.asked != wanted && opened.test_images > 0 {
            self.asked = wanted;
            actions.push(UiAction::ShowHeldOut(self.example));
        }
        let (place, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
        let longer = width.max(height).max(1) as f32;
        let place = Rect::from_center_size(
            place.center(),
            vec2(width as f32, height as f32) / longer * (SIDE - 2.0),
        );
        let image = session.probes().held_out(self.example);
        if let Some(image) = image {
            let key = (session.run(), self.example, self.conditions.fog, tokens.dark);
            if !self.picture.is_current(&key) {
                let mut pixels: Vec<f32> = image.pixels.iter().map(|&grey| f32::from(grey) / 255.0).collect();
                let fog = self.conditions.fog;
                // The very picture that is tested: the same seed, the same number.
                fog.apply(&mut pixels, opened.image_size, opened.recipe.seed, self.example);
                let lut = tokens.amount.lut();
                let colors = pixels.into_iter().map(|grey| lut.color(grey)).collect();
                self.picture
                    .set(ui.ctx(), "distorted example", key, [width, height], colors);
            }
            self.picture.paint(ui, place);
        }
        ui.painter()
            .rect_stroke(place, 2.0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
        let shows = image.map_or_else(String::new, |image| {
            format!(", shows {}", session.class_name(image.label.into()))
        });
        let words = format!(
            "Held-out image #{} as it is tested{shows}",
            grouped(self.example as u64)
        );
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
        response.on_hover_text(words);
        ui.allocate_ui_with_layout(vec2(SIDE, CONTROL_HEIGHT), Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            let label = ui.label(RichText::new("image #").size(size::SMALL).color(tokens.text_weak));
            let most = opened.test_images.saturating_sub(1);
            let drag = DragValue::new(&mut self.example).range(0..=most).speed(0.2);
            ui.add_sized([46.0, CONTROL_HEIGHT - 4.0], drag)
                .labelled_by(label.id)
                .on_hover_text("Which held-out image is shown as an example");
        });
    }

    /// Which condition makes the curve.
    fn choice_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(opened) = session.opened() else { return };
        let layer = self.conditions.damage.layer;
        let choices: Vec<(Hardship, String)> = Hardship::iter()
            .filter(|&hardship| strongest(hardship, opened, layer) > 0.0)
            .map(|hardship| (hardship, title(hardship).to_owned()))
            .collect();
        let help = |hardship| format!("The curve makes it stronger, the others stay: {}", help(hardship));
        if let Some(varied) = segmented(ui, "Curve over:", &choices, self.varied, help) {
            self.varied = varied;
        }
    }

    /// What was tested, or how far the test is.
    fn status(&self, session: &Session) -> String {
        let Some(answer) = self.answer(session) else {
            return if session.is_running() && session.phase() <= Phase::Training {
                "tested once it has learned".to_owned()
            } else {
                "testing …".to_owned()
            };
        };
        let moment = moment_name(answer.moment);
        if answer.is_whole() {
            format!("correct of {}, {moment}", counted(answer.images as u64, "image"))
        } else {
            let (done, all) = (answer.curve.len(), answer.stress.strengths.len());
            format!("testing, {done} of {all}, {moment}")
        }
    }
}

/// The strongest that makes sense for a network and its images.
fn strongest(of: Hardship, opened: &Opened, layer: usize) -> f64 {
    let side = opened.image_size.0.min(opened.image_size.1) as f64;
    match of {
        Hardship::Noise => 1.0,
        Hardship::Blur => (side / 7.0 * 10.0).round() / 10.0,
        Hardship::Occlusion => (0.75 * side).round(),
        Hardship::WeightNoise => 2.0,
        Hardship::Silence => {
            let hidden = 1..opened.sizes.len().saturating_sub(1);
            let units = opened.sizes.get(layer).filter(|_| hidden.contains(&layer));
            units.map_or(0.0, |&units| units as f64)
        }
    }
}

/// What a condition is called.
pub fn title(of: Hardship) -> &'static str {
    match of {
        Hardship::Noise => "Noise",
        Hardship::Blur => "Blur",
        Hardship::Occlusion => "Block",
        Hardship::WeightNoise => "Weight noise",
        Hardship::Silence => "Silence",
    }
}

/// Its unit.
pub fn unit(of: Hardship) -> &'static str {
    match of {
        Hardship::Noise => "SD",
        Hardship::Blur | Hardship::Occlusion => "px",
        Hardship::WeightNoise => "× SD",
        Hardship::Silence => "neurons",
    }
}

/// What it does.
fn help(of: Hardship) -> &'static str {
    match of {
        Hardship::Noise => "Standard deviation of Gaussian noise on each pixel, where black is 0 and white is 1.",
        Hardship::Blur => "Standard deviation of the Gaussian blur of each image.",
        Hardship::Occlusion => "Side of a black square at a random place on each image.",
        Hardship::WeightNoise => {
            "Gaussian noise on every weight of a copy of the network, as a multiple of the standard deviation of the layer's weights."
        }
        Hardship::Silence => {
            "So many neurons of a hidden layer, chosen at random, fall silent in a copy of the network: their outgoing weights are 0."
        }
    }
}

/// A share as text.
fn share_text(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{} %", percent(share)))
}
