//! What every panel has: figures in its header, a key, an empty state, a table for the pointer.

use egui::{Align, Align2, Color32, FontId, Layout, Response, RichText, Stroke, Ui, Vec2, vec2};

use crate::app::text::percent;
use crate::app::theme::{self, Tokens, size};

/// A figure with a word in front of it.
pub fn figure(ui: &mut Ui, word: &str, value: impl Into<String>) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing.x = 4.0;
    let width = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, tokens.text).size().x;
    let value: String = value.into();
    // Half a word says nothing: what has no room is left out.
    let wanted =
        width(word, FontId::proportional(size::SMALL)) + width(&value, FontId::new(size::BODY, theme::strong_family()));
    if wanted + 6.0 > ui.available_width() {
        return;
    }
    let word = RichText::new(word).size(size::SMALL).color(tokens.text_weak);
    let value = theme::strong(value, size::BODY).color(tokens.text_strong);
    in_order(ui, |ui| ui.label(word), |ui| ui.label(value));
}

/// Two shares of one, and what became of the first: `28.6 → 59.7 %` and `+31.1`.
pub fn delta_figure(ui: &mut Ui, before: f64, now: Option<f64>) {
    course_figure(ui, before, None, now);
}

/// The same, over a share on the way if there is one: that of the morning, where there is more than the night.
pub fn course_figure(ui: &mut Ui, before: f64, morning: Option<f64>, now: Option<f64>) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing.x = 6.0;
    let Some(now) = now else {
        ui.label(theme::strong(format!("{} %", percent(before)), size::FIGURE).color(tokens.text_strong));
        return;
    };
    let way: Vec<String> = [Some(before), morning, Some(now)]
        .into_iter()
        .flatten()
        .map(percent)
        .collect();
    let both = format!("{} %", way.join(" → "));
    let both = theme::strong(both, size::FIGURE).color(tokens.text_strong);
    let points = 100.0 * (now - before);
    let (sign, color) = if points >= 0.05 {
        ("+", tokens.better)
    } else if points <= -0.05 {
        ("−", tokens.worse)
    } else {
        ("±", tokens.text_weak)
    };
    let text = format!("{sign}{:.1}", points.abs());
    let change = theme::strong(text, size::BODY).color(color);
    let help = match morning {
        Some(_) => "Before sleep, after the night, now; percentage points since falling asleep",
        None => "Percentage points since falling asleep",
    };
    in_order(ui, |ui| ui.label(both), |ui| ui.label(change).on_hover_text(help));
}

/// Two widgets that read from left to right, in a row that is filled from either side.
fn in_order(ui: &mut Ui, first: impl FnOnce(&mut Ui) -> Response, second: impl FnOnce(&mut Ui) -> Response) {
    if ui.layout().prefer_right_to_left() {
        second(ui);
        first(ui);
    } else {
        first(ui);
        second(ui);
    }
}

/// A word, or what else has a room of its own, at the left of it: things that stand below each other begin at the same place. A widget
/// that is given a size would stand in the middle of it.
pub fn in_room<R>(ui: &mut Ui, room: Vec2, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let placed = ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(room.x);
        contents(ui)
    });
    placed.inner
}

/// An entry of a key: a swatch and what it stands for. What has no room goes to the next row where rows wrap, and is
/// left out elsewhere.
pub fn key(ui: &mut Ui, color: Color32, word: &str) {
    entry(ui, 9.0, word, |painter, rect| {
        painter.rect_filled(rect, 2.0, color);
    });
}

/// An entry of a key for cells of a colour so near to the pane's that they need a frame.
pub fn frame_key(ui: &mut Ui, color: Color32, word: &str) {
    let frame = Stroke::new(1.0, Tokens::of(ui).grid);
    entry(ui, 9.0, word, |painter, rect| {
        painter.rect(rect, 2.0, color, frame, egui::StrokeKind::Inside);
    });
}

/// An entry of a key for a broken line with dashes of this length.
pub fn line_key(ui: &mut Ui, color: Color32, dash: f32, word: &str) {
    entry(ui, 15.0, word, |painter, rect| {
        let ends = [rect.left_center(), rect.right_center()];
        painter.extend(egui::Shape::dashed_line(&ends, Stroke::new(2.0, color), dash, 2.5));
    });
}

/// A mark of this width, painted by the caller, and its word; together or not at all.
fn entry(ui: &mut Ui, width: f32, word: &str, paint: impl FnOnce(&egui::Painter, egui::Rect)) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing.x = 5.0;
    let font = FontId::proportional(size::SMALL);
    let galley = ui.painter().layout_no_wrap(word.to_owned(), font, tokens.text_weak);
    if galley.size().x + width + 5.0 > ui.available_size_before_wrap().x {
        if !ui.layout().main_wrap() {
            return;
        }
        ui.end_row();
    }
    let (rect, _) = ui.allocate_exact_size(vec2(width, 9.0), egui::Sense::hover());
    paint(ui.painter(), rect);
    ui.label(RichText::new(word).size(size::SMALL).color(tokens.text_weak));
    // At the end of a full row, a space would make the pane wider than it is.
    if ui.available_size_before_wrap().x > 12.0 {
        ui.add_space(4.0);
    }
}

/// What a panel shows when it has nothing to show: what will be here, and what to do for it.
pub fn empty_state(ui: &mut Ui, what: &str, todo: &str) {
    let tokens = Tokens::of(ui);
    let rect = ui.available_rect_before_wrap();
    ui.painter().rect_filled(rect, 6.0, tokens.sunken);
    let width = (rect.width() - 32.0).clamp(40.0, 400.0);
    let centred = |words: &str, font, color| {
        let mut job = egui::text::LayoutJob::simple(words.to_owned(), font, color, width);
        job.halign = Align::Center;
        ui.painter().layout_job(job)
    };
    let text = centred(what, FontId::proportional(size::BODY), tokens.text_weak);
    let hint = centred(todo, FontId::new(size::BODY, theme::strong_family()), tokens.text);
    let height = text.size().y + hint.size().y + 6.0;
    // A centred galley is placed by the middle of its upper edge.
    let hint_at = egui::pos2(rect.center().x, rect.center().y - 0.5 * height);
    let text_at = hint_at + vec2(0.0, hint.size().y + 6.0);
    let painter = ui.painter().with_clip_rect(rect);
    painter.galley(hint_at, hint, tokens.text);
    painter.galley(text_at, text, tokens.text_weak);
    let response = ui.allocate_rect(rect, egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, format!("{todo} {what}")));
}

/// A small table under the pointer: what, and how much.
pub fn tooltip_rows(ui: &mut Ui, title: &str, rows: &[(&str, String)]) {
    let tokens = Tokens::of(ui);
    ui.label(theme::strong(title, size::BODY).color(tokens.text_strong));
    ui.spacing_mut().interact_size.y = 0.0;
    egui::Grid::new("tooltip rows")
        .num_columns(2)
        .spacing([12.0, 2.0])
        .show(ui, |ui| {
            for (what, value) in rows {
                ui.label(RichText::new(*what).color(tokens.text_weak));
                ui.label(value);
                ui.end_row();
            }
        });
}

/// Small text of an axis.
pub fn axis_text(ui: &Ui, at: egui::Pos2, align: Align2, text: impl ToString) -> egui::Rect {
    ui.painter().text(
        at,
        align,
        text,
        FontId::proportional(size::SMALL),
        Tokens::of(ui).text_weak,
    )
}

/// Small text on a plot, on a plate of the plot's ground so that no line crosses its letters. Drawn after the lines.
pub fn plate_text(ui: &Ui, at: egui::Pos2, text: &str) {
    let tokens = Tokens::of(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), FontId::proportional(size::SMALL), tokens.text_weak);
    let plate = egui::Rect::from_min_size(at, galley.size()).expand2(vec2(3.0, 0.0));
    ui.painter().rect_filled(plate, 2.0, tokens.sunken);
    ui.painter().galley(at, galley, tokens.text_weak);
}

/// Small text that reads upwards, its middle at the given height.
pub fn rotated_text(ui: &Ui, left_middle: egui::Pos2, text: &str) {
    let tokens = Tokens::of(ui);
    let galley = ui
        .painter()
        .layout_no_wrap(text.to_owned(), FontId::proportional(size::SMALL), tokens.text_weak);
    let at = left_middle + vec2(0.0, 0.5 * galley.size().x);
    let shape = egui::epaint::TextShape::new(at, galley, tokens.text_weak).with_angle(-std::f32::consts::FRAC_PI_2);
    ui.painter().add(shape);
}
