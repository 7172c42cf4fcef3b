//! The sheet of shortcuts: every key, and what the mouse does in the panes.

use egui::{Grid, Modal, RichText, ScrollArea, Ui};
use strum::IntoEnumIterator as _;

use super::{Group, Outcome, Situation, keys, overlay};
use crate::app::theme::{self, GRID, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton};

/// Width of one of the columns.
const COLUMN: f32 = 336.0;
/// Columns.
const COLUMNS: usize = 3;

/// What the keys do that egui knows by itself.
const KEYBOARD: &[(&str, &str)] = &[
    ("Tab, Shift+Tab", "Next control, the one before"),
    ("Space or Enter", "Press the control that has the ring"),
    ("↑ ↓ ← →", "To the nearest control; move a slider"),
    ("Type", "A number for the value that has the ring"),
    ("Esc", "Leave a control, a field or a list"),
];

/// What the keys do in a pane that has the ring.
const IN_PANES: &[(&str, &str)] = &[
    ("+ −", "Spikes, weights: closer, farther"),
    ("↑ ↓ ← →", "Spikes, weights: move; confusion: another cell"),
    ("Home", "Spikes, weights: all of it"),
    ("← → Home End", "Timeline, probe along the night: go there"),
    ("Enter", "Neurons: select; fields, cells: show"),
    ("Ctrl+Space", "Neurons: add to the selection"),
];

/// What the mouse does in the panes.
const MOUSE: &[(&str, &str)] = &[
    ("Scroll, pinch", "Closer, farther"),
    ("Drag", "Move what is shown"),
    ("Shift-drag", "Spikes: brush a span of the night"),
    ("Alt-scroll", "Spikes: rows closer, farther"),
    ("Double-click", "All of it; on a slider: the preset's value"),
    ("Click", "Select a spike or a row; show a field or a cell"),
    ("Ctrl-click", "Add to the selection"),
    ("Drag a title", "Move a pane to another place"),
    ("Drag a gap", "Change the size of panes"),
    ("Point", "The numbers of what is under the pointer"),
];

/// The whole sheet.
pub fn ui(ui: &Ui, situation: &Situation<'_>) -> Outcome {
    let tokens = Tokens::of(ui);
    let mut closed = false;
    let modal = Modal::new(egui::Id::unique("shortcuts")).frame(overlay::frame(ui));
    let response = modal.show(ui.ctx(), |ui| {
        let window = ui.ctx().content_rect();
        let columns = ((window.width() - 96.0) / COLUMN).clamp(1.0, COLUMNS as f32) as usize;
        ui.set_width(columns as f32 * COLUMN);
        ui.horizontal(|ui| {
            ui.label(theme::strong("Shortcuts", size::FIGURE).color(tokens.text_strong));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                closed = ui.add(ToolButton::text("Close").emphasis(Emphasis::Quiet)).clicked();
            });
        });
        ui.add_space(GRID);
        let parts = parts(situation);
        let room = window.height() - 140.0;
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .show(ui, |ui| columns_ui(ui, &parts, columns));
    });
    if closed || response.should_close() {
        Outcome::Closed
    } else {
        Outcome::Open
    }
}

/// A heading and its lines: keys, and what they do.
type Part = (&'static str, Vec<(String, String)>);

/// What stands on the sheet.
fn parts(situation: &Situation<'_>) -> Vec<Part> {
    let rows: Vec<_> = situation.deeds().into_iter().map(super::Deed::row).collect();
    let mut parts: Vec<Part> = Group::iter()
        .map(|group| {
            let of_group = rows.iter().filter(|row| row.group == group && !row.keys.is_empty());
            let lines = of_group.map(|row| {
                let keys: Vec<String> = row.keys.iter().map(|key| keys::words(*key)).collect();
                (keys.join(", "), row.name.to_string())
            });
            (group.title(), lines.collect())
        })
        .collect();
    for (title, lines) in [
        ("Keyboard", KEYBOARD),
        ("Keys in panes", IN_PANES),
        ("Mouse in panes", MOUSE),
    ] {
        let lines = lines
            .iter()
            .map(|(keys, what)| ((*keys).to_owned(), (*what).to_owned()));
        parts.push((title, lines.collect()));
    }
    parts.retain(|(_, lines)| !lines.is_empty());
    parts
}

/// The parts in columns of about the same height.
fn columns_ui(ui: &mut Ui, parts: &[Part], columns: usize) {
    let height = |part: &Part| part.1.len() + 2;
    let total: usize = parts.iter().map(height).sum();
    let most = total.div_ceil(columns.max(1)) + 2;
    let mut open = parts;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        for column in 0..columns {
            let mut filled = 0;
            let fits = open.iter().take_while(|part| {
                filled += height(part);
                filled <= most || filled == height(part)
            });
            let count = if column + 1 == columns {
                open.len()
            } else {
                fits.count()
            };
            let (here, rest) = open.split_at(count);
            open = rest;
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                for (title, lines) in here {
                    part_ui(ui, title, lines);
                }
            });
        }
    });
}

/// One part.
fn part_ui(ui: &mut Ui, title: &str, lines: &[(String, String)]) {
    let tokens = Tokens::of(ui);
    ui.label(theme::strong(title, size::TITLE).color(tokens.text_strong));
    ui.spacing_mut().interact_size.y = 0.0;
    Grid::new(title).num_columns(2).spacing([12.0, 2.0]).show(ui, |ui| {
        for (keys, what) in lines {
            ui.scope(|ui| {
                ui.set_width(112.0);
                ui.label(theme::strong(keys, size::SMALL).color(tokens.accent));
            });
            ui.label(RichText::new(what).size(size::SMALL).color(tokens.text));
            ui.end_row();
        }
    });
    ui.add_space(GRID);
}
