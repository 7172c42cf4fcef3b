//! The spikes that mattered: what each spike did to the accuracy, in a table.

use std::cmp::Reverse;
use std::sync::Arc;

use egui::{Align, Align2, Color32, FontId, Layout, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use strum::IntoEnumIterator as _;

use super::exactness::{progress_ui, sample_figure, stop_ui, work_ahead};
use super::{Seen, neuron_name};
use crate::app::action::{Actions, UiAction};
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton, empty_state, segmented};
use crate::sim::evaluate::{ExactCurve, SpikeEffect};
use crate::worker::Traced;

/// Height of a row.
const ROW: f32 = 19.0;
/// Classes that are named in a row at most, of those that gained and of those that lost.
const NAMED: usize = 2;

/// Which spikes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
enum Which {
    /// All that changed how many images are read correctly.
    Both,
    /// Those after which more images were read correctly.
    Gains,
    /// Those after which fewer were.
    Losses,
}

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
enum Column {
    /// The step.
    Step,
    /// Layer and number of the neuron.
    Neuron,
    /// Change in images read correctly.
    Change,
    /// The classes that gained and lost most.
    Classes,
}

/// The pane of the table.
pub struct EffectsView {
    which: Which,
    sort: Column,
    descending: bool,
    /// The curve that `order` belongs to, and the places of its spikes in the order shown.
    ordered: Option<(Arc<Traced>, Which, Column, bool)>,
    order: Vec<u32>,
}

impl Default for EffectsView {
    fn default() -> Self {
        // The largest changes come first.
        Self {
            which: Which::Both,
            sort: Column::Change,
            descending: true,
            ordered: None,
            order: Vec::new(),
        }
    }
}

/// That it comes from a sample, if it does.
pub fn header_ui(ui: &mut Ui, session: &Session) {
    if let Some(sample) = session.sample().filter(|_| session.traced().is_some()) {
        sample_figure(ui, &sample);
    }
}

impl EffectsView {
    /// The table, or what it takes to fill it.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        if session.night().is_none() {
            let what = "Here stand the spikes of the night that changed most what the network can read, each with its step, its neuron and the classes that gained and lost.";
            empty_state(ui, what, "Press Play");
            return;
        }
        let traced = session.traced().filter(|traced| traced.with_effects);
        if let Some(tracing) = session.tracing().filter(|tracing| tracing.with_effects) {
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                stop_ui(ui, actions);
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| progress_ui(ui, tracing));
            });
            return;
        }
        let Some(traced) = traced else {
            ask_ui(ui, session, actions);
            return;
        };
        self.put_in_order(traced);
        self.choice_ui(ui, traced.curve.effects().len());
        self.head_ui(ui);
        ui.spacing_mut().item_spacing.y = 0.0;
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, ROW, self.order.len(), |ui, range| {
            for &index in &self.order[range] {
                row_ui(ui, seen, &traced.curve, index as usize, actions);
            }
            if self.order.is_empty() {
                let text = match self.which {
                    Which::Both => "No spike changed how many images are read correctly.",
                    Which::Gains => "After no spike more images were read correctly.",
                    Which::Losses => "After no spike fewer images were read correctly.",
                };
                ui.label(RichText::new(text).color(Tokens::of(ui).text_weak));
            }
        });
    }

    /// Sorts anew if anything has changed.
    fn put_in_order(&mut self, traced: &Arc<Traced>) {
        let is_same = |(known, which, sort, descending): &(Arc<Traced>, Which, Column, bool)| {
            Arc::ptr_eq(known, traced) && (*which, *sort, *descending) == (self.which, self.sort, self.descending)
        };
        if self.ordered.as_ref().is_some_and(is_same) {
            return;
        }
        let effects = traced.curve.effects();
        let is_shown = |effect: &SpikeEffect| match self.which {
            Which::Both => effect.change != 0,
            Which::Gains => effect.change > 0,
            Which::Losses => effect.change < 0,
        };
        self.order = (0..effects.len() as u32)
            .filter(|&index| is_shown(&effects[index as usize]))
            .collect();
        // A sort keeps the order of the night among those that are alike.
        let by = |index: u32| {
            let effect = &effects[index as usize];
            match self.sort {
                Column::Step => (effect.step, 0),
                Column::Neuron => (effect.layer as u64, effect.neuron),
                Column::Change => (0, effect.change.unsigned_abs()),
                Column::Classes => {
                    let moved = traced.curve.by_class(index as usize).iter();
                    (moved.map(|change| u64::from(change.unsigned_abs())).sum(), 0)
                }
            }
        };
        if self.descending {
            self.order.sort_by_cached_key(|&index| Reverse(by(index)));
        } else {
            self.order.sort_by_cached_key(|&index| by(index));
        }
        self.ordered = Some((Arc::clone(traced), self.which, self.sort, self.descending));
    }

    /// The choice of spikes, and how many it leaves.
    fn choice_ui(&mut self, ui: &mut Ui, all: usize) {
        let shown = format!(
            "{} of {} spikes shown",
            grouped(self.order.len() as u64),
            grouped(all as u64)
        );
        ui.horizontal(|ui| {
            let choices: Vec<_> = Which::iter().map(|which| (which, which.title().to_owned())).collect();
            let help = |which: Which| which.help().to_owned();
            if let Some(which) = segmented(ui, "Spikes:", &choices, self.which, help) {
                self.which = which;
            }
            let text = RichText::new(shown).size(size::SMALL).color(Tokens::of(ui).text_weak);
            ui.add(egui::Label::new(text).truncate());
        });
    }

    /// The names of the columns; a press sorts.
    fn head_ui(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW + 2.0), Sense::hover());
        for column in Column::iter() {
            let place = cell(line, column);
            let response = ui.interact(place, ui.scope_id().with(("sort spikes", column)), Sense::click());
            let on = self.sort == column;
            response.widget_info(|| {
                let name = format!("Sort spikes by {}", column.title().to_lowercase());
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
            text_ui(
                ui,
                place,
                column,
                text,
                FontId::new(size::SMALL, theme::strong_family()),
                ink,
            );
            if response.on_hover_text(column.help()).clicked() {
                self.descending = if on {
                    !self.descending
                } else {
                    matches!(column, Column::Change | Column::Classes)
                };
                self.sort = column;
            }
        }
        ui.painter()
            .hline(line.x_range(), line.bottom(), egui::Stroke::new(1.0, tokens.line));
    }
}

impl Which {
    /// Its title.
    fn title(self) -> &'static str {
        match self {
            Self::Both => "Both",
            Self::Gains => "Gains",
            Self::Losses => "Losses",
        }
    }

    /// What it shows, in a sentence.
    fn help(self) -> &'static str {
        match self {
            Self::Both => "Every spike that changed how many images are read correctly",
            Self::Gains => "Spikes after which more images were read correctly",
            Self::Losses => "Spikes after which fewer images were read correctly",
        }
    }
}

impl Column {
    /// What it is called over the column.
    fn title(self) -> &'static str {
        match self {
            Self::Step => "Step",
            Self::Neuron => "Neuron",
            Self::Change => "Images",
            Self::Classes => "Classes",
        }
    }

    /// What it says, in a sentence.
    fn help(self) -> &'static str {
        match self {
            Self::Step => "The step of the spike: steps slept once it is over",
            Self::Neuron => "The neuron that spiked: its layer, and its number in the layer",
            Self::Change => {
                "Held-out images read correctly once the spike has changed the neuron's weights, less those before; sorted by size"
            }
            Self::Classes => {
                "The classes of which most images were gained and lost; sorted by the images gained and lost in all classes"
            }
        }
    }

    /// Its share of the width.
    fn share(self) -> f32 {
        match self {
            Self::Step => 0.6,
            Self::Neuron => 1.3,
            Self::Change => 0.7,
            Self::Classes => 1.9,
        }
    }
}

/// What to do to see the table, and how much there is to do.
fn ask_ui(ui: &mut Ui, session: &Session, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let work = work_ahead(session).map_or_else(String::new, |work| format!(": {work} so far"));
    let text = format!(
        "The whole night is gone through once more in the background, and the network tested after each of its spikes{work}. The run is not changed."
    );
    ui.vertical_centered(|ui| {
        ui.add_space((0.5 * ui.available_height() - 48.0).max(4.0));
        let button = ToolButton::text("Find the spikes that mattered").emphasis(Emphasis::Primary);
        let button = ui.add_enabled(session.has_held_out(), button);
        let button = button.on_disabled_hover_text("The held-out images of this run are not on this machine");
        if button.clicked() {
            actions.push(UiAction::TraceCurve { with_effects: true });
        }
        ui.add_space(4.0);
        ui.set_max_width(ui.available_width().min(340.0));
        ui.add(egui::Label::new(RichText::new(text).color(tokens.text_weak)).wrap());
    });
}

/// The part of a line that belongs to a column.
fn cell(line: Rect, column: Column) -> Rect {
    let total: f32 = Column::iter().map(Column::share).sum();
    let before: f32 = Column::iter().take_while(|c| *c != column).map(Column::share).sum();
    // The bar of the scroll area floats over the right end.
    let width = line.width() - 16.0;
    let left = line.left() + 4.0 + before / total * width;
    Rect::from_min_max(
        pos2(left, line.top()),
        pos2(left + column.share() / total * width - 8.0, line.bottom()),
    )
}

/// Words to the left, numbers to the right.
fn text_ui(ui: &Ui, place: Rect, column: Column, text: String, font: FontId, ink: Color32) {
    let painter = ui.painter().with_clip_rect(place.intersect(ui.clip_rect()));
    if matches!(column, Column::Neuron | Column::Classes) {
        let mut job = egui::text::LayoutJob::simple_singleline(text, font, ink);
        job.wrap = egui::text::TextWrapping::truncate_at_width(place.width());
        let galley = painter.layout_job(job);
        painter.galley(place.left_center() - vec2(0.0, 0.5 * galley.size().y), galley, ink);
    } else {
        painter.text(place.right_center(), Align2::RIGHT_CENTER, text, font, ink);
    }
}

/// One spike; a press goes to its step and selects its neuron.
fn row_ui(ui: &mut Ui, seen: Seen<'_>, curve: &ExactCurve, index: usize, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let Some(effect) = curve.effects().get(index) else {
        return;
    };
    let neuron = Neuron {
        layer: effect.layer,
        unit: effect.neuron,
    };
    let is_here = seen.session.steps() == effect.step && seen.selection.place(neuron).is_some();
    let classes = classes_text(seen.session, curve.by_class(index));
    let name = neuron_name(seen.session, neuron);
    let (line, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| {
        let text = format!(
            "Step {}, {name}, {} images",
            grouped(effect.step),
            signed(effect.change)
        );
        egui::WidgetInfo::selected(egui::Role::Button, true, is_here, text)
    });
    let fill = if is_here {
        tokens.accent_soft
    } else if response.hovered() || response.has_focus() {
        tokens.raised
    } else {
        Color32::TRANSPARENT
    };
    ui.painter().rect_filled(line, 3.0, fill);
    let font = FontId::proportional(size::BODY);
    for column in Column::iter() {
        let ink = match column {
            Column::Change if effect.change > 0 => tokens.better,
            Column::Change if effect.change < 0 => tokens.worse,
            _ if is_here => tokens.text_strong,
            _ => tokens.text,
        };
        let text = match column {
            Column::Step => grouped(effect.step),
            Column::Neuron => name.clone(),
            Column::Change => signed(effect.change),
            Column::Classes => classes.clone(),
        };
        text_ui(ui, cell(line, column), column, text, font.clone(), ink);
    }
    let points = 100.0 * f64::from(effect.change) / f64::from(curve.images().max(1));
    let all = move |ui: &mut Ui| {
        ui.label(format!(
            "{name}, step {}: {} images, {points:+.2} percentage points",
            grouped(effect.step),
            signed(effect.change)
        ));
        ui.label(format!("Classes: {classes}"));
        ui.label("Click to go to this step and select the neuron");
    };
    if response.on_hover_ui(all).clicked() {
        actions.push(UiAction::Seek(effect.step));
        actions.push(UiAction::Select(neuron));
    }
}

/// The classes that gained and lost most, such as "2 +31, 7 +4, 0 −12", and how many more did.
fn classes_text(session: &Session, by_class: &[i32]) -> String {
    let mut changed: Vec<(usize, i32)> = by_class
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, by)| *by != 0)
        .collect();
    changed.sort_by_key(|&(_, by)| Reverse(by));
    let gained = changed.iter().filter(|(_, by)| *by > 0).take(NAMED);
    let lost = changed.iter().rev().filter(|(_, by)| *by < 0).take(NAMED);
    let named: Vec<String> = gained
        .chain(lost)
        .map(|&(class, by)| format!("{} {}", session.class_name(class), signed(by)))
        .collect();
    let more = changed.len() - named.len();
    match (named.is_empty(), more) {
        (true, _) => "–".to_owned(),
        (false, 0) => named.join(", "),
        (false, more) => format!("{}, {more} more", named.join(", ")),
    }
}

/// A whole number with its sign.
fn signed(change: i32) -> String {
    let size = grouped(change.unsigned_abs().into());
    match change {
        0 => size,
        1.. => format!("+{size}"),
        _ => format!("−{size}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a class that is left out without a word, or named on the wrong side.
    #[test]
    fn the_classes_that_moved_most_are_named() {
        let text = |by_class: &[i32]| classes_text(&Session::default(), by_class);
        assert_eq!(text(&[0, 0]), "–");
        assert_eq!(text(&[3, 0, -1]), "0 +3, 2 −1");
        assert_eq!(text(&[1, 5, 2, -7, -3, -1]), "1 +5, 2 +2, 3 −7, 4 −3, 2 more");
    }
}
