//! What became of each class: a bar up for better, a bar down for worse.

use egui::{Align2, FontId, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

use super::{Tests, name_ui};
use crate::app::session::Session;
use crate::app::text::signed;
use crate::app::theme::{Tokens, faded, size};
use crate::app::widgets::{axis_text, key};

/// The bars, on a scale from -100 to +100 points that never changes.
pub fn ui(ui: &mut Ui, session: &Session) {
    let Some((before, (_, now))) = session.before().zip(session.now()) else {
        return;
    };
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        key(ui, tokens.better, "better");
        key(ui, tokens.worse, "worse");
        let text = RichText::new("now − before sleep, percentage points").size(size::SMALL);
        ui.add(egui::Label::new(text.color(tokens.text_weak)).truncate());
    });
    let tests = Tests::of(session, before);
    let (before, now) = (before.class_accuracy(), now.class_accuracy());
    let area = ui.available_rect_before_wrap();
    let plot = Rect::from_min_max(area.min + vec2(36.0, 8.0), area.max - vec2(4.0, 18.0));
    if plot.height() < 16.0 || before.is_empty() {
        return;
    }
    let y_of = |change: f64| plot.center().y - 0.5 * change as f32 * plot.height();
    for points in [-100, -50, 0, 50, 100] {
        let strength = if points == 0 { 1.0 } else { 0.5 };
        let stroke = Stroke::new(1.0, faded(tokens.grid, strength));
        let y = y_of(f64::from(points) / 100.0);
        ui.painter().hline(plot.x_range(), y, stroke);
        if plot.height() >= 80.0 || points % 100 == 0 {
            let at = pos2(plot.left() - 6.0, y);
            axis_text(ui, at, Align2::RIGHT_CENTER, signed(points.into()));
        }
    }
    let slot = plot.width() / before.len() as f32;
    let half = (0.3 * slot).min(16.0);
    for (class, &was) in before.iter().enumerate() {
        let middle = plot.left() + (class as f32 + 0.5) * slot;
        let is = now.get(class).copied().flatten();
        if let (Some(was), Some(is)) = (was, is) {
            bar_ui(ui, (middle, half), is - was, slot, y_of);
        }
        let name = session.class_name(class);
        name_ui(ui, pos2(middle, plot.bottom() + 3.0), slot, &name);
        let place = Rect::from_x_y_ranges(middle - 0.5 * slot..=middle + 0.5 * slot, area.y_range());
        let response = ui.interact(place, ui.scope_id().with(("difference", class)), Sense::hover());
        response.widget_info(|| {
            let points = match (was, is) {
                (Some(was), Some(is)) => format!("{} points", signed((100.0 * (is - was)).round())),
                _ => "no images".to_owned(),
            };
            egui::WidgetInfo::labeled(egui::Role::Label, true, format!("Class {name}: {points}"))
        });
        response.on_hover_ui_at_pointer(|ui| tests.numbers_ui(ui, &name, class));
    }
    ui.allocate_rect(area, Sense::hover());
}

/// The bar of a class, with its number at its end.
fn bar_ui(ui: &Ui, (middle, half): (f32, f32), change: f64, slot: f32, y_of: impl Fn(f64) -> f32) {
    let tokens = Tokens::of(ui);
    let color = if change < 0.0 { tokens.worse } else { tokens.better };
    let (zero, end) = (y_of(0.0), y_of(change));
    let bar = Rect::from_x_y_ranges(middle - half..=middle + half, zero.min(end)..=zero.max(end));
    ui.painter().rect_filled(bar, 2.0, color);
    let points = (100.0 * change).round();
    let ink = if points == 0.0 { tokens.text_weak } else { color };
    let font = FontId::proportional(size::SMALL);
    let galley = ui.painter().layout_no_wrap(signed(points), font, ink);
    // A number that does not fit says nothing; the pointer tells it. Where the bar leaves no room it stands beyond zero.
    if galley.size().x <= slot - 2.0 {
        let up = (change >= 0.0) == (change.abs() < 0.8);
        let y = if up {
            end.min(zero) - galley.size().y
        } else {
            end.max(zero)
        };
        ui.painter()
            .galley(pos2(middle - 0.5 * galley.size().x, y), galley, ink);
    }
}
