//! Every neuron in a table: what it did this night, to be sorted, filtered and selected.

mod filter;
mod rows;

use egui::{Align2, FontId, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, pos2, vec2};
use strum::IntoEnumIterator as _;

use self::rows::{Column, NeuronRow};
use super::{Seen, neuron_name};
use crate::app::action::{Actions, UiAction};
use crate::app::text::{counted, grouped};
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::empty_state;

pub use self::filter::Filter;
pub use self::rows::{Tally, change_sums};

/// Height of a row.
const ROW: f32 = 19.0;
/// Least width of a column of share 1.
const COLUMN: f32 = 50.0;
/// Room for the colour of a selected neuron.
const MARK: f32 = 10.0;

/// The pane of the table.
pub struct NeuronsView {
    filter: String,
    sort: Column,
    descending: bool,
}

impl Default for NeuronsView {
    fn default() -> Self {
        // What sleep changed most comes first.
        Self {
            filter: String::new(),
            sort: Column::Change,
            descending: true,
        }
    }
}

impl NeuronsView {
    /// The table of what was counted.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, tally: &mut Tally, actions: &mut Actions) {
        if seen.session.night().is_none() {
            let what = "Here every neuron stands in a table, with its spikes, its rate and what became of its weights.";
            empty_state(ui, what, "Press Play");
            return;
        }
        tally.update(ui, seen.session);
        let mut rows = tally.rows(seen.session);
        let all = rows.len();
        let filter = Filter::parse(&self.filter);
        if let Ok(filter) = &filter {
            rows.retain(|row| filter.keeps(row));
        }
        let sort = self.sort;
        rows.sort_by(|a, b| {
            // What has no number comes last, whichever way.
            let order = match (a.value(sort), b.value(sort)) {
                (Some(a), Some(b)) if self.descending => b.total_cmp(&a),
                (Some(a), Some(b)) => a.total_cmp(&b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            order.then(a.neuron.cmp(&b.neuron))
        });
        self.filter_ui(
            ui,
            &format!("{} of {} shown", grouped(rows.len() as u64), grouped(all as u64)),
        );
        if let Err(sentence) = filter {
            let text = RichText::new(sentence).color(Tokens::of(ui).error);
            ui.add(egui::Label::new(text).wrap());
        }
        self.head_ui(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, ROW, rows.len(), |ui, range| {
            for row in &rows[range] {
                row_ui(ui, seen, row, actions);
            }
            if rows.is_empty() {
                ui.label(RichText::new("No neuron is like that.").color(Tokens::of(ui).text_weak));
            }
        });
    }

    /// The line one types into, and how many neurons it leaves.
    fn filter_ui(&mut self, ui: &mut Ui, shown: &str) {
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            let label = ui.label(RichText::new("Filter").color(tokens.text_weak));
            let width = (ui.available_width() - 132.0).max(64.0);
            let field = TextEdit::singleline(&mut self.filter)
                .hint_text("layer = 1 and spikes > 10")
                .desired_width(width)
                .min_size(vec2(0.0, CONTROL_HEIGHT));
            ui.add(field).labelled_by(label.id).on_hover_text(
                "Comparisons of layer (0 is the inputs), index, spikes, rate, last, change and prefers (the number of a class) with a number, joined with \"and\" and \"or\"",
            );
            ui.label(RichText::new(shown).size(size::SMALL).color(tokens.text_weak));
        });
    }

    /// The names of the columns; a press sorts.
    fn head_ui(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW + 2.0), Sense::hover());
        for (column, place) in cells(line) {
            let response = ui.interact(place, ui.scope_id().with(("sort", column)), Sense::click());
            let on = self.sort == column;
            response.widget_info(|| {
                let name = format!("Sort by {}", column.name());
                egui::WidgetInfo::selected(egui::Role::Button, true, on, name)
            });
            let mut text = column.title().to_owned();
            if on {
                text.push_str(if self.descending { " ↓" } else { " ↑" });
            }
            let ink = if on || response.hovered() || response.has_focus() {
                tokens.text_strong
            } else {
                tokens.text_weak
            };
            let font = FontId::new(size::SMALL, theme::strong_family());
            text_ui(ui, place, column, text, font, ink);
            if response.on_hover_text(column.help()).clicked() {
                self.descending = if on {
                    !self.descending
                } else {
                    !matches!(column, Column::Layer | Column::Index | Column::Prefers)
                };
                self.sort = column;
            }
        }
        ui.painter()
            .hline(line.x_range(), line.bottom(), egui::Stroke::new(1.0, tokens.line));
    }
}

/// The columns that a line of this width has room for; where it is narrow, some are left out.
fn columns(width: f32) -> Vec<Column> {
    let mut columns: Vec<Column> = Column::iter().collect();
    for least in [Column::Last, Column::Prefers, Column::Rate] {
        let shares: f32 = columns.iter().map(|column| column.share()).sum();
        if width - MARK - 12.0 >= COLUMN * shares {
            break;
        }
        columns.retain(|column| *column != least);
    }
    columns
}

/// The parts of a line that belong to its columns.
fn cells(line: Rect) -> impl Iterator<Item = (Column, Rect)> {
    let columns = columns(line.width());
    let total: f32 = columns.iter().map(|column| column.share()).sum();
    // The bar of the scroll area floats over the right end.
    let width = line.width() - MARK - 12.0;
    let mut left = line.left() + MARK;
    columns.into_iter().map(move |column| {
        let room = column.share() / total * width;
        let cell = Rect::from_min_max(pos2(left, line.top()), pos2(left + room - 6.0, line.bottom()));
        left += room;
        (column, cell)
    })
}

/// Words to the left, numbers to the right.
fn text_ui(ui: &Ui, place: Rect, column: Column, text: String, font: FontId, ink: egui::Color32) {
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    if column == Column::Layer {
        painter.text(place.left_center(), Align2::LEFT_CENTER, text, font, ink);
    } else {
        painter.text(place.right_center(), Align2::RIGHT_CENTER, text, font, ink);
    }
}

/// One neuron; a press selects it.
fn row_ui(ui: &mut Ui, seen: Seen<'_>, row: &NeuronRow, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let (line, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let place = seen.selection.place(row.neuron);
    response.widget_info(|| {
        let spikes = counted(row.spikes, "spike");
        let name = format!("{}, {spikes}", neuron_name(seen.session, row.neuron));
        egui::WidgetInfo::selected(egui::Role::Button, true, place.is_some(), name)
    });
    let is_lit = seen.selection.is_lit(row.neuron);
    let fill = if place.is_some() || is_lit {
        tokens.accent_soft
    } else if response.hovered() || response.has_focus() {
        tokens.raised
    } else {
        egui::Color32::TRANSPARENT
    };
    ui.painter().rect_filled(line, 3.0, fill);
    if is_lit {
        let dot = pos2(line.left() + 4.0, line.center().y);
        ui.painter()
            .circle_stroke(dot, 3.0, egui::Stroke::new(1.5, tokens.accent));
    } else if let Some(place) = place {
        let mark = Rect::from_min_size(line.min + vec2(2.0, 3.0), vec2(4.0, ROW - 6.0));
        ui.painter().rect_filled(mark, 2.0, tokens.selected(place));
    }
    for (column, cell) in cells(line) {
        let text = match column {
            Column::Layer => seen.session.layers().name(row.neuron.layer),
            Column::Prefers if row.prefers.is_some() => seen.session.class_name(row.prefers.unwrap_or_default()),
            _ => row.text(column),
        };
        let ink = if place.is_some() {
            tokens.text_strong
        } else {
            tokens.text
        };
        text_ui(ui, cell, column, text, FontId::proportional(size::BODY), ink);
    }
    if response.clicked() {
        actions.push(if ui.input(|input| input.modifiers.command) {
            UiAction::ToggleSelected(row.neuron)
        } else {
            UiAction::Select(row.neuron)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches cells on top of each other or beyond the line, and a narrow table without the columns one selects by.
    #[test]
    fn narrow_tables_have_fewer_columns() {
        for width in [180.0, 300.0, 380.0, 600.0] {
            let line = Rect::from_min_size(pos2(5.0, 0.0), vec2(width, ROW));
            let cells: Vec<_> = cells(line).collect();
            assert!(cells.windows(2).all(|pair| pair[0].1.right() <= pair[1].1.left()));
            assert!(cells.iter().all(|(_, cell)| line.contains_rect(*cell)));
            let has = |column| cells.iter().any(|(there, _)| *there == column);
            assert!(has(Column::Layer) && has(Column::Index) && has(Column::Change));
            assert_eq!(has(Column::Last), width > 370.0, "{width}");
        }
    }
}
