//! The leak guard: which images each phase uses for what, where they lie in their set, and whether any is used that must not be.

use egui::{Align2, FontId, Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{empty_state, key};
use crate::experiment::{ImagesUsed, Part, UsedImages};
use crate::run::Table;

/// Height of a row.
const ROW: f32 = 26.0;
/// Faintest colour of a stretch with a used image in it.
const FAINT: f32 = 0.22;

/// The verdict and the rows.
pub fn ui(ui: &mut Ui, session: &Session) {
    let what = "Here stands for every phase which images it uses for what, and whether a held-out image is used for anything but tests.";
    let todo = match session.opened() {
        None => "Wait for the images",
        Some(_) if !session.has_held_out() => "Fetch or import the images of this run, then open it again",
        Some(_) => "Counting the images …",
    };
    let Some(used) = session.images_used() else {
        empty_state(ui, what, todo);
        return;
    };
    ScrollArea::vertical()
        .id_salt("images used")
        .auto_shrink(false)
        .show(ui, |ui| list_ui(ui, used));
}

/// The verdict and the rows, wherever they are shown.
pub fn list_ui(ui: &mut Ui, used: &ImagesUsed) {
    let tokens = Tokens::of(ui);
    let color = if used.leaks.is_empty() {
        tokens.better
    } else {
        tokens.error
    };
    let verdict = theme::strong(used.verdict(), size::BODY).color(color);
    ui.add(egui::Label::new(verdict).wrap());
    ui.horizontal_wrapped(|ui| {
        key(ui, tokens.accent, "training part");
        key(ui, tokens.pending, "held-out part");
        let text = RichText::new(
            "where they lie in their part, from its first image to its last; stronger where more of them do",
        )
        .size(size::SMALL);
        ui.label(text.color(tokens.text_weak));
    });
    ui.add_space(2.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    head_ui(ui, tokens);
    for row in &used.rows {
        row_ui(ui, tokens, row, used.leaks_of(row) > 0);
    }
}

/// Whose part of a set, in a word.
fn part_word(part: Part) -> &'static str {
    match part {
        Part::Training => "training",
        Part::HeldOut => "held-out",
    }
}

/// Where the columns of a row of this width begin: purpose, number of images, and where they lie. In a narrow pane the phase has most
/// of the room, and the pointer tells the rest.
fn columns(width: f32) -> (f32, f32, f32) {
    (0.36 * width, 0.55 * width, (0.76 * width).max(width - 260.0))
}

/// What the columns are.
fn head_ui(ui: &mut Ui, tokens: &Tokens) {
    let (place, _) = ui.allocate_exact_size(vec2(ui.available_width(), 0.75 * ROW), Sense::hover());
    let (purpose, images, band) = columns(place.width());
    for (from, word) in [
        (0.0, "phase"),
        (purpose, "used for"),
        (images, "images"),
        (band, "where"),
    ] {
        let font = FontId::proportional(size::SMALL);
        let at = pos2(place.left() + from, place.center().y);
        ui.painter().text(at, Align2::LEFT_CENTER, word, font, tokens.text_weak);
    }
}

/// One row: phase, purpose, how many, and where.
fn row_ui(ui: &mut Ui, tokens: &Tokens, row: &UsedImages, leaks: bool) {
    let (place, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    painter.hline(place.x_range(), place.top(), Stroke::new(1.0, faded(tokens.line, 0.7)));
    let counts = format!("{} of {}", grouped(row.images as u64), grouped(row.available as u64));
    let ink = if leaks { tokens.error } else { tokens.text };
    let width = place.width();
    let (purpose, images, band) = columns(width);
    let text = |from: f32, to: f32, words: &str, color| {
        let cell = Rect::from_min_max(
            pos2(place.left() + from, place.top()),
            pos2(place.left() + to - 6.0, place.bottom()),
        );
        let painter = painter.with_clip_rect(cell.intersect(painter.clip_rect()));
        let font = FontId::proportional(size::SMALL);
        painter.text(
            pos2(cell.left(), cell.center().y),
            Align2::LEFT_CENTER,
            words,
            font,
            color,
        );
    };
    text(0.0, purpose, &row.phase, ink);
    text(purpose, images, &row.purpose.to_string(), ink);
    text(images, band, &counts, tokens.text_weak);
    let strip = Rect::from_min_max(
        pos2(place.left() + band, place.top() + 7.0),
        pos2(place.right() - 2.0, place.bottom() - 6.0),
    );
    band_ui(&painter, tokens, row, strip);
    let ends = row.ends.map_or_else(String::new, |(first, last)| {
        format!(", from position {} to {}", grouped(first as u64), grouped(last as u64))
    });
    let part = part_word(row.part);
    let words = format!(
        "{}, {}: {counts} {part} images of {}{ends}",
        row.phase,
        row.purpose,
        row.set.title()
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    response.on_hover_text(words);
}

/// Where the images lie in their part.
fn band_ui(painter: &egui::Painter, tokens: &Tokens, row: &UsedImages, strip: Rect) {
    painter.rect_filled(strip, 1.0, tokens.sunken);
    let color = match row.part {
        Part::Training => tokens.accent,
        Part::HeldOut => tokens.pending,
    };
    let step = strip.width() / row.band.len().max(1) as f32;
    // A few images of many would all be faint: what counts is where more of them lie.
    let most = row.band.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    for (stretch, &share) in row.band.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let left = strip.left() + stretch as f32 * step;
        let cell = Rect::from_x_y_ranges(left..=left + step, strip.y_range());
        painter.rect_filled(cell, 0.0, faded(color, FAINT + (1.0 - FAINT) * share / most));
    }
    painter.rect_stroke(strip, 1.0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
}

/// The rows as a table.
pub fn table(name: &str, used: &ImagesUsed) -> Table {
    let columns = [
        ("phase", ""),
        ("used for", ""),
        ("set", ""),
        ("part", ""),
        ("images", ""),
        ("images of the part", ""),
        ("first position", "from 0"),
        ("last position", "from 0"),
        ("images that must not be used so", ""),
    ];
    let mut table = Table::new(name, columns);
    for row in &used.rows {
        table.push([
            row.phase.as_str().into(),
            row.purpose.to_string().into(),
            row.set.title().into(),
            part_word(row.part).into(),
            row.images.into(),
            row.available.into(),
            row.ends.map(|ends| ends.0).into(),
            row.ends.map(|ends| ends.1).into(),
            used.leaks_of(row).into(),
        ]);
    }
    table
}
