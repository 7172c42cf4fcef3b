//! One neuron, large, with its numbers.

use egui::{Key, Rect, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{FieldsView, First};
use crate::app::panels::weight_scale::WeightScale;
use crate::app::session::Session;
use crate::app::text::{counted, grouped, moment_name, number, signed};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{ToolButton, tooltip_rows};

/// Width of the numbers beside the image.
const NUMBERS: f32 = 110.0;

impl FieldsView {
    /// One neuron, large, with its numbers.
    pub(super) fn detail_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        first: &First<'_>,
        scales: &mut WeightScale,
        neuron: usize,
    ) {
        let tokens = Tokens::of(ui);
        let area = ui.available_rect_before_wrap();
        let count = first.before.nrows();
        ui.horizontal(|ui| {
            let back = ui
                .add(ToolButton::text("All neurons"))
                .on_hover_text("Back to all (Escape)");
            if back.clicked() || (ui.rect_contains_pointer(area) && ui.input(|input| input.key_pressed(Key::Escape))) {
                self.chosen = None;
            }
            for (word, to) in [
                ("<", neuron.checked_sub(1)),
                (">", Some(neuron + 1).filter(|next| *next < count)),
            ] {
                let help = if word == "<" { "Neuron before" } else { "Next neuron" };
                let button = ui.add_enabled(to.is_some(), ToolButton::text(word)).on_hover_text(help);
                if button.clicked() {
                    self.chosen = to;
                }
            }
            let text = format!("1 of {} shown", grouped(count as u64));
            ui.add(egui::Label::new(RichText::new(text).size(size::SMALL).color(tokens.text_weak)).truncate());
        });
        let foot = Rect::from_min_max(pos2(area.left(), area.bottom() - 24.0), area.max);
        let room = Rect::from_min_max(
            pos2(area.left(), area.top() + 36.0),
            pos2(area.right(), foot.top() - 4.0),
        );
        let pixels = vec2(first.tile[0] as f32, first.tile[1] as f32);
        let scale = ((room.width() - NUMBERS - 12.0) / pixels.x).min(room.height() / pixels.y);
        if scale * pixels.min_elem() < 8.0 {
            return;
        }
        let rect = Rect::from_min_size(room.min, pixels * scale);
        self.image_ui(ui, session, first, scales, neuron, rect);
        let numbers = Rect::from_min_max(pos2(rect.right() + 12.0, room.top()), room.max);
        ui.scope_builder(egui::UiBuilder::new().max_rect(numbers).id_salt("numbers"), |ui| {
            ui.set_clip_rect(numbers.intersect(ui.clip_rect()));
            self.numbers_ui(ui, session, first, neuron);
        });
        ui.scope_builder(egui::UiBuilder::new().max_rect(foot).id_salt("foot"), |ui| {
            ui.horizontal_centered(|ui| scales.ui(ui, session, self.shown, "fields", self.largest()));
        });
        ui.allocate_rect(area, Sense::hover());
    }

    /// The image, and the weight under the pointer.
    fn image_ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        first: &First<'_>,
        scales: &mut WeightScale,
        neuron: usize,
        rect: Rect,
    ) {
        let tokens = Tokens::of(ui);
        let bound = scales.bound(session, self.shown);
        let key = self.atlas_key(ui, session, bound, &[neuron]);
        let (lut, shown, factor) = (tokens.signed.lut(), self.shown, (1.0 / bound) as f32);
        let color = |_, pixel: usize| lut.color(first.value(shown, neuron, pixel) * factor);
        self.large.update(ui, key, 1, first.tile, color);
        self.large.paint(ui, 0, rect);
        let stroke = Stroke::new(1.0, tokens.line);
        ui.painter().rect_stroke(rect, 2.0, stroke, StrokeKind::Outside);
        let response = ui.interact(rect, ui.scope_id().with("large"), Sense::hover());
        let name = format!("{} #{}", session.layers().name(1), grouped(neuron as u64));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Large field of {name}")));
        let Some(pointer) = response.hover_pos() else { return };
        let cell = |at: f32, cells: usize| ((at.clamp(0.0, 0.999_99)) * cells as f32) as usize;
        let x = cell((pointer.x - rect.left()) / rect.width(), first.tile[0]);
        let y = cell((pointer.y - rect.top()) / rect.height(), first.tile[1]);
        let at = (neuron, y * first.tile[0] + x);
        let (before, now) = (first.before[at], first.now[at]);
        response.on_hover_ui_at_pointer(|ui| {
            let rows = [
                ("pixel", format!("column {x}, row {y}, input #{}", grouped(at.1 as u64))),
                ("before sleep", signed(before.into())),
                ("now", signed(now.into())),
                ("change", signed(f64::from(now) - f64::from(before))),
            ];
            tooltip_rows(ui, &name, &rows);
        });
    }

    /// What is known of the neuron.
    fn numbers_ui(&self, ui: &mut Ui, session: &Session, first: &First<'_>, neuron: usize) {
        let tokens = Tokens::of(ui);
        let rows = || first.before.row(neuron).into_iter().zip(first.now.row(neuron));
        let count = first.before.ncols();
        let sum: f64 = rows().map(|(b, n)| f64::from((n - b).abs())).sum();
        let largest = rows().map(|(b, n)| n - b).fold(
            0.0_f32,
            |most, change| {
                if change.abs() > most.abs() { change } else { most }
            },
        );
        let raised = rows().filter(|(b, n)| n > b).count();
        let lowered = rows().filter(|(b, n)| n < b).count();
        let name = format!("{} #{}", session.layers().name(1), grouped(neuron as u64));
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.label(theme::strong(name, size::BODY).color(tokens.text_strong));
        for line in [
            counted(self.spikes.of(neuron), "spike"),
            counted(count as u64, "weight"),
            format!("↑ {}  ↓ {}", grouped(raised as u64), grouped(lowered as u64)),
            "mean |change|".to_owned(),
            format!("  {}", number(sum / count.max(1) as f64)),
            "largest change".to_owned(),
            format!("  {}", signed(largest.into())),
            format!("at {}", moment_name(first.moment)),
        ] {
            ui.label(RichText::new(line).size(size::SMALL).color(tokens.text));
        }
    }
}
