//! The palette: every command by its name.

use egui::{Align2, FontId, Key, Modal, Modifiers, Rect, RichText, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, vec2};

use super::{Deed, Outcome, Row, Situation, keys, overlay};
use crate::app::action::Actions;
use crate::app::text::grouped;
use crate::app::theme::{CONTROL_RADIUS, Tokens, size};

/// Width of the list.
const WIDTH: f32 = 560.0;
/// Height of the list.
const HEIGHT: f32 = 380.0;
/// Height of a command.
const LINE: f32 = 26.0;
/// Room for the group, left of the name.
const GROUP: f32 = 84.0;

/// What is typed into the palette, and which command is marked.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    query: String,
    at: usize,
    /// Whether it has been shown before: only then are the keys of a frame meant for it.
    is_open: bool,
}

/// A command that was found.
struct Found {
    deed: Deed,
    row: Row,
    /// Why it cannot be done now.
    hindrance: Option<&'static str>,
}

impl Palette {
    /// The whole palette. Enter or a click pushes the action of a command.
    pub fn ui(&mut self, ui: &Ui, situation: &Situation<'_>, actions: &mut Actions) -> Outcome {
        let mut outcome = Outcome::Open;
        let modal = Modal::new(egui::Id::unique("palette")).frame(overlay::frame(ui));
        let response = modal.show(ui.ctx(), |ui| {
            ui.set_width(WIDTH.min(ui.ctx().content_rect().width() - 64.0));
            let (steps, enter) = self.keys(ui);
            self.field_ui(ui);
            let deeds = situation.deeds();
            let all = deeds.len();
            let found = find(&self.query, deeds, situation);
            self.at = moved(self.at, steps, found.len());
            let chosen = self.list_ui(ui, &found, steps != 0);
            foot_ui(ui, found.len(), all);
            let entered = enter.then(|| found.get(self.at)).flatten();
            let chosen = chosen.and_then(|place| found.get(place)).or(entered);
            if let Some(Ok(action)) = chosen.map(|found| situation.action(found.deed)) {
                actions.push(action);
                outcome = Outcome::Closed;
            }
        });
        if response.should_close() {
            outcome = Outcome::Closed;
        }
        self.is_open = true;
        outcome
    }

    /// How far the arrows move the mark, and whether Enter was pressed.
    fn keys(&self, ui: &Ui) -> (isize, bool) {
        if !self.is_open {
            return (0, false);
        }
        ui.input_mut(|input| {
            let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as isize;
            let steps = count(Key::ArrowDown) - count(Key::ArrowUp) + 10 * (count(Key::PageDown) - count(Key::PageUp));
            (steps, count(Key::Enter) > 0)
        })
    }

    /// Where one types.
    fn field_ui(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.query)
            .hint_text("Type a few letters of a command")
            .font(FontId::proportional(size::FIGURE - 2.0))
            .margin(vec2(10.0, 7.0))
            .desired_width(f32::INFINITY);
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::TextInput, true, "Command"));
        if response.changed() {
            self.at = 0;
        }
        if !self.is_open {
            response.request_focus();
        }
    }

    /// The commands that were found. Returns the place of the one that was clicked.
    fn list_ui(&mut self, ui: &mut Ui, found: &[Found], follow: bool) -> Option<usize> {
        let tokens = Tokens::of(ui);
        let mut clicked = None;
        let room = HEIGHT.min(ui.ctx().content_rect().height() - 160.0);
        ui.add_space(2.0);
        ScrollArea::vertical()
            .max_height(room)
            .min_scrolled_height(room)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if found.is_empty() {
                    ui.label(RichText::new("No command is called like that.").color(tokens.text_weak));
                }
                for (place, found) in found.iter().enumerate() {
                    let marked = place == self.at;
                    let response = line_ui(ui, found, marked);
                    if marked && follow {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        self.at = place;
                        clicked = Some(place);
                    }
                }
            });
        clicked
    }
}

/// The mark after so many steps, kept in the list.
fn moved(at: usize, steps: isize, count: usize) -> usize {
    at.saturating_add_signed(steps).min(count.saturating_sub(1))
}

/// One command: group, name, why it cannot be done, keys.
fn line_ui(ui: &mut Ui, found: &Found, marked: bool) -> egui::Response {
    let tokens = Tokens::of(ui);
    let possible = found.hindrance.is_none();
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width() - 10.0, LINE), Sense::click());
    let name = format!("{}: {}", found.row.group.title(), found.row.name);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, possible, marked, &name));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    if marked {
        ui.painter().rect_filled(rect, CONTROL_RADIUS, tokens.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, CONTROL_RADIUS, tokens.raised);
    }
    let ink = match (possible, marked) {
        (false, _) => tokens.text_weak,
        (true, true) => tokens.text_strong,
        (true, false) => tokens.text,
    };
    let inner = rect.shrink2(vec2(10.0, 0.0));
    let small = FontId::proportional(size::SMALL);
    let text = |at, align, text: &str, font, ink| ui.painter().text(at, align, text, font, ink);
    let group = found.row.group.title();
    text(
        inner.left_center(),
        Align2::LEFT_CENTER,
        group,
        small.clone(),
        tokens.text_weak,
    );
    let at = inner.left_center() + vec2(GROUP, 0.0);
    let font = FontId::proportional(size::TITLE);
    let name = text(at, Align2::LEFT_CENTER, &found.row.name, font, ink);
    let shown = found.row.keys.iter().take(2).map(|key| keys::words(*key));
    let shown = shown.collect::<Vec<_>>().join("  ");
    let right = text(
        inner.right_center(),
        Align2::RIGHT_CENTER,
        &shown,
        small.clone(),
        tokens.text_weak,
    );
    if let Some(why_not) = found.hindrance {
        let room = Rect::from_min_max(
            egui::pos2(name.right() + 12.0, rect.top()),
            egui::pos2(right.left() - 8.0, rect.bottom()),
        );
        let painter = ui.painter().with_clip_rect(room.intersect(ui.clip_rect()));
        painter.text(
            room.left_center(),
            Align2::LEFT_CENTER,
            why_not,
            small,
            tokens.text_weak,
        );
    }
    response.on_hover_text(found.row.help.as_ref())
}

/// How many are shown, and how the palette is used.
fn foot_ui(ui: &mut Ui, found: usize, all: usize) {
    let tokens = Tokens::of(ui);
    ui.add_space(4.0);
    ui.horizontal(|ui| {
        let weak = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        ui.label(weak(format!(
            "{} of {} shown",
            grouped(found as u64),
            grouped(all as u64)
        )));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(weak("↑ ↓ choose    Enter does it    Esc leaves".to_owned()));
        });
    });
}

/// The commands that every word of the query fits, the best first.
fn find(query: &str, deeds: Vec<Deed>, situation: &Situation<'_>) -> Vec<Found> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(u32, Found)> = deeds
        .into_iter()
        .filter_map(|deed| {
            let row = deed.row();
            let rank = rank(&words, &row)?;
            let hindrance = situation.action(deed).err();
            Some((rank, Found { deed, row, hindrance }))
        })
        .collect();
    // What can be done comes before what cannot, among those that fit as well.
    found.sort_by_key(|(rank, found)| (*rank, !words.is_empty() && found.hindrance.is_some()));
    found.into_iter().map(|(_, found)| found).collect()
}

/// How well a row fits the words, 0 the best; `None` if one of them does not fit at all.
fn rank(words: &[&str], row: &Row) -> Option<u32> {
    let (name, group, help) = (
        row.name.to_lowercase(),
        row.group.title().to_lowercase(),
        row.help.to_lowercase(),
    );
    words.iter().try_fold(0, |sum, word| {
        let starts = |text: &str| text.split_whitespace().any(|part| part.starts_with(word));
        let rank = if name.starts_with(word) {
            0
        } else if starts(&name) {
            1
        } else if name.contains(word) {
            2
        } else if starts(&group) {
            3
        } else if starts(&help) {
            5
        } else if word.len() >= 2 && has_letters_of(&name, word) {
            8
        } else {
            return None;
        };
        Some(sum + rank)
    })
}

/// Whether the text has the letters of the word in their order.
fn has_letters_of(text: &str, word: &str) -> bool {
    let mut letters = text.chars();
    word.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::commands::Group;

    fn row(name: &'static str) -> Row {
        Row {
            group: Group::Run,
            name: name.into(),
            help: "Something that is done now".into(),
            keys: &[],
        }
    }

    /// Catches a command that its own words do not find, and a worse one before a better one.
    #[test]
    fn words_find_commands() {
        let of = |query: &str, name| rank(&query.split_whitespace().collect::<Vec<_>>(), &row(name));
        assert_eq!(of("step by", "Step by 10"), Some(1));
        assert!(of("step", "Step") < of("step", "To the newest step"));
        assert!(of("run step", "Step").is_some(), "the group counts");
        assert!(of("stpby", "Step by 10").is_some(), "letters in their order");
        assert_eq!(of("zebra", "Step"), None);
        assert_eq!(of("", "Step"), Some(0));
    }

    /// Catches a mark that leaves the list.
    #[test]
    fn the_mark_stays_in_the_list() {
        assert_eq!([moved(0, -1, 5), moved(4, 3, 5), moved(1, 2, 5)], [0, 4, 3]);
        assert_eq!(moved(3, 0, 0), 0);
    }
}
