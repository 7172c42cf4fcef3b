//! Each weight now minus the same weight before sleep.

mod reduction;

use egui::{Rect, RichText, Sense, Ui, pos2, vec2};

use self::reduction::{Change, Reduced, Summary};
use crate::app::session::Session;
use crate::app::text::{counted, grouped, nice_ceiling, number, percent, signed};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{
    Emphasis, MAX_SIDE, Picture, ToolButton, axis_text, color_bar, empty_state, rotated_text, segmented, tooltip_rows,
};

/// Shortest time between two pictures while the night runs, in seconds: a million weights are worth a look, not thirty.
const EVERY: f64 = 0.1;

/// The pane of the weights.
#[derive(Default)]
pub struct WeightChangeView {
    /// Index of the layer of weights, from 0.
    layer: usize,
    /// The change at either end of the scale; chosen once a run, then only by hand.
    scale: Option<f64>,
    reduced: Option<(Key, Reduced)>,
    picture: Picture<(Key, u64, bool)>,
    run: u64,
    made_at: f64,
}

/// What a reduction belongs to.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    run: u64,
    layer: usize,
    steps: u64,
    size: [usize; 2],
}

impl WeightChangeView {
    /// Which layer, and the scale.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        let Some(night) = session.night() else { return };
        let choices: Vec<_> = (0..night.weights.len())
            .map(|layer| (layer, (layer + 1).to_string()))
            .collect();
        let layers = session.layers();
        let chosen = segmented(ui, "Weights of layer", &choices, self.layer, |layer| {
            format!("{} to {}", layers.name(layer), layers.name(layer + 1))
        });
        if let Some(layer) = chosen {
            self.layer = layer;
        }
        let largest = self
            .reduced
            .as_ref()
            .map_or(0.0, |(_, reduced)| reduced.summary.largest);
        let fit = ui.add_enabled(largest > 0.0, ToolButton::text("Fit").emphasis(Emphasis::Quiet));
        let help =
            "The scale is locked, so that pictures can be compared. This fits it to the largest change of this layer";
        if fit.on_hover_text(help).clicked() {
            self.scale = Some(nice_ceiling(largest.into()));
        }
    }

    /// The heat map.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        if self.run != session.run() {
            *self = Self {
                run: session.run(),
                layer: self.layer,
                ..Self::default()
            };
        }
        let Some((night, snapshot)) = session.night().zip(session.weights_now()) else {
            empty_state(
                ui,
                "Here the weights that sleep raises turn red, and those it lowers turn blue.",
                "Press Play",
            );
            return;
        };
        self.layer = self.layer.min(night.weights.len().saturating_sub(1));
        let (Some(before), Some(now)) = (night.weights.get(self.layer), snapshot.weights.get(self.layer)) else {
            return;
        };
        if before.dim() != now.dim() || before.is_empty() {
            return;
        }
        let change = Change {
            before: before.view(),
            now: now.view(),
        };
        let area = ui.available_rect_before_wrap();
        let foot = 24.0;
        let plot = Rect::from_min_max(area.min + vec2(18.0, 0.0), area.max - vec2(0.0, foot + 16.0));
        if plot.width() < 16.0 || plot.height() < 16.0 {
            return;
        }
        let plot = egui::emath::GuiRounding::round_to_pixels(plot, ui.pixels_per_point());
        self.reduce(ui, session, snapshot.steps, &change, plot);
        let Some(summary) = self.reduced.as_ref().map(|(_, reduced)| reduced.summary) else {
            return;
        };
        let scale = *self.scale.get_or_insert_with(|| {
            // One raise of a weight whose gate is open: the scale depends on the settings, not on what happens.
            nice_ceiling((2.0 * session.opened().map_or(0.0, |o| o.recipe.night.inc)).max(1e-4))
        });
        let tokens = Tokens::of(ui);
        self.upload(ui, scale);
        self.picture.paint(ui, plot);
        ui.painter().rect_stroke(
            plot,
            2.0,
            egui::Stroke::new(1.0, tokens.line),
            egui::StrokeKind::Outside,
        );
        let (outputs, inputs) = before.dim();
        let layers = session.layers();
        let across = format!("{} of {}", counted(inputs as u64, "unit"), layers.name(self.layer));
        axis_text(
            ui,
            pos2(plot.left(), plot.bottom() + 3.0),
            egui::Align2::LEFT_TOP,
            across,
        );
        let rising = format!("{} of {}", counted(outputs as u64, "unit"), layers.name(self.layer + 1));
        rotated_text(ui, pos2(area.left(), plot.center().y), &rising);
        let line = Rect::from_min_max(pos2(area.left(), area.bottom() - foot), area.max);
        ui.scope_builder(egui::UiBuilder::new().max_rect(line), |ui| {
            ui.horizontal_centered(|ui| Self::scale_ui(ui, scale, summary));
        });
        self.hover_ui(ui, session, &change, plot, snapshot.steps);
        ui.allocate_rect(area, Sense::hover());
    }

    /// Reduces the weights to the pixels of the plot, if they changed and the last time was long enough ago.
    fn reduce(&mut self, ui: &Ui, session: &Session, steps: u64, change: &Change<'_>, plot: Rect) {
        let scale = ui.pixels_per_point();
        let pixels = |points: f32| ((points * scale).round() as usize).clamp(1, MAX_SIDE);
        let (outputs, inputs) = change.before.dim();
        let size = [pixels(plot.width()).min(inputs), pixels(plot.height()).min(outputs)];
        let key = Key {
            run: session.run(),
            layer: self.layer,
            steps,
            size,
        };
        if let Some((made, _)) = &self.reduced {
            if *made == key {
                return;
            }
            let (now, only_steps) = (ui.input(|input| input.time), Key { steps, ..made.clone() } == key);
            let wait = EVERY - (now - self.made_at);
            if only_steps && wait > 0.0 {
                ui.ctx().request_repaint_after_secs(wait as f32);
                return;
            }
        }
        self.made_at = ui.input(|input| input.time);
        self.reduced = Some((key, Reduced::new(change, size)));
    }

    /// Colours the reduction, if it or the scale changed.
    fn upload(&mut self, ui: &Ui, scale: f64) {
        let Some((key, reduced)) = &self.reduced else { return };
        let picture_key = (key.clone(), scale.to_bits(), ui.visuals().dark_mode);
        if !self.picture.is_current(&picture_key) {
            let lut = Tokens::of(ui).signed.lut();
            let factor = (1.0 / scale) as f32;
            let colors = reduced.values.iter().map(|value| lut.color(value * factor)).collect();
            self.picture
                .set(ui.ctx(), "weight change", picture_key, key.size, colors);
        }
    }

    /// The legend, and how many weights changed.
    fn scale_ui(ui: &mut Ui, scale: f64, reduced: Summary) {
        let tokens = Tokens::of(ui);
        let bound = number(scale);
        color_bar(ui, tokens.signed, &format!("−{bound}"), &format!("+{bound}"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let share = |count: usize| percent(count as f64 / reduced.count.max(1) as f64);
            let text = format!("↑ {} %  ↓ {} %", share(reduced.raised), share(reduced.lowered));
            let label = RichText::new(text).size(size::SMALL).color(tokens.text_weak);
            ui.add(egui::Label::new(label).truncate()).on_hover_text(format!(
                "Of {} weights: {} raised, {} lowered, {} as before. Largest change {}.",
                grouped(reduced.count as u64),
                grouped(reduced.raised as u64),
                grouped(reduced.lowered as u64),
                grouped((reduced.count - reduced.raised - reduced.lowered) as u64),
                number(reduced.largest.into()),
            ));
        });
    }

    /// The weight under the pointer, exactly.
    fn hover_ui(&self, ui: &Ui, session: &Session, change: &Change<'_>, plot: Rect, steps: u64) {
        let response = ui.interact(plot, ui.scope_id().with("weights"), Sense::hover());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Image,
                true,
                format!("Weight change of layer {}", self.layer + 1),
            )
        });
        let (Some(pointer), Some((key, _))) = (response.hover_pos(), &self.reduced) else {
            return;
        };
        let cell = |at: f32, cells: usize| ((at.clamp(0.0, 0.999_99)) * cells as f32) as usize;
        let (x, y) = (
            cell((pointer.x - plot.left()) / plot.width(), key.size[0]),
            cell((pointer.y - plot.top()) / plot.height(), key.size[1]),
        );
        let (output, input) = change.strongest(x, y, key.size);
        let (before, now) = (change.before[(output, input)], change.now[(output, input)]);
        let layers = session.layers();
        let title = format!(
            "{} #{} → {} #{}",
            layers.name(self.layer),
            grouped(input as u64),
            layers.name(self.layer + 1),
            grouped(output as u64)
        );
        response.on_hover_ui_at_pointer(|ui| {
            let rows = [
                ("before sleep", signed(before.into())),
                ("now", signed(now.into())),
                ("change", signed(f64::from(now) - f64::from(before))),
                ("at step", grouped(steps)),
            ];
            tooltip_rows(ui, &title, &rows);
        });
    }
}
