//! The header of the raster: sorting, which rows, and jumps from spike to spike.

use egui::{Button, Checkbox, Popup, PopupCloseBehavior, Response, RichText, Sense, TextEdit, Ui, pos2, vec2};
use strum::IntoEnumIterator as _;

use super::order::Sort;
use super::rows::Choice;
use crate::app::action::{Actions, UiAction};
use crate::app::panels::Seen;
use crate::app::theme::{CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::Icon;

/// Height of what stands in a header.
pub const HEIGHT: f32 = 22.0;
/// Width of a button that jumps.
const JUMP: f32 = 30.0;

/// By what the rows are sorted, and the menu to choose it from.
pub fn sort_ui(ui: &mut Ui, choice: &mut Choice) {
    let name = format!("Sort: {}", choice.sort.name());
    let help = format!("{}. The same order holds in every layer", choice.sort.help());
    let button = menu_button(ui, &name, choice.sort != Sort::default()).on_hover_text(help);
    Popup::menu(&button).show(|ui| {
        ui.set_min_width(120.0);
        for sort in Sort::iter() {
            let name = format!("By {}", sort.name());
            let entry = ui.selectable_label(sort == choice.sort, name);
            if entry.on_hover_text(sort.help()).clicked() {
                choice.sort = sort;
            }
        }
    });
}

/// Which units have rows, and the menu to choose them in.
pub fn rows_ui(ui: &mut Ui, choice: &mut Choice, fault: Option<&str>) {
    let name = match (fault, choice.leaves_out()) {
        (Some(_), _) => "Rows: mistake",
        (None, true) => "Rows: some",
        (None, false) => "Rows: all",
    };
    let help = "Which units have a row: a filter, only those that spiked, only the selection";
    let button = menu_button(ui, name, choice.leaves_out()).on_hover_text(help);
    let popup = Popup::menu(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        let tokens = Tokens::of(ui);
        ui.set_width(264.0);
        let label = ui.label(RichText::new("Filter rows").color(tokens.text_weak));
        let field = TextEdit::singleline(&mut choice.filter)
            .hint_text("layer = 1 and spikes > 10")
            .desired_width(f32::INFINITY)
            .min_size(vec2(0.0, CONTROL_HEIGHT));
        ui.add(field).labelled_by(label.id).on_hover_text(
            "As in the table of neurons: comparisons of layer (0 is the inputs), index, spikes, rate, last, change and \
             prefers with a number, joined with \"and\" and \"or\". Spikes and rate are those of the brushed span, or else \
             of the night so far",
        );
        if let Some(fault) = fault {
            ui.label(RichText::new(fault).color(tokens.error));
        }
        ui.add(Checkbox::new(&mut choice.only_spiking, "Only those that spiked"))
            .on_hover_text("In the brushed span, or else in view");
        ui.add(Checkbox::new(&mut choice.only_selected, "Only the selection"))
            .on_hover_text("Only the selected neurons");
        let all = Button::new("All rows");
        if ui.add_enabled(choice.leaves_out(), all).clicked() {
            *choice = Choice {
                sort: choice.sort,
                ..Choice::default()
            };
        }
    });
}

/// To the next and to the previous spike of the selection. The header is filled from the right.
pub fn jump_ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    if ui.available_width() < 2.0 * JUMP + 8.0 {
        return;
    }
    let session = seen.session;
    let is_selected = !seen.selection.neurons().is_empty();
    let waits = is_selected && !session.is_running();
    let has_more = session.steps() < session.total_steps().max(session.known_steps());
    let why_not = if is_selected {
        "While the night waits"
    } else {
        "Select a neuron first: click a spike"
    };
    let next = ("To the next spike of the selection", true, has_more);
    let previous = ("To the previous spike of the selection", false, session.steps() > 0);
    for (name, forth, there_is) in [next, previous] {
        let button = ui
            .add_enabled_ui(waits && there_is, |ui| spike_button(ui, name, forth))
            .inner;
        let help = if forth {
            "To the next spike of the selection: a known one at once, otherwise the night goes on until it comes"
        } else {
            name
        };
        let button = button.on_hover_text(help);
        if button.on_disabled_hover_text(format!("{name}. {why_not}")).clicked() {
            actions.push(if forth {
                UiAction::NextSpike
            } else {
                UiAction::PreviousSpike
            });
        }
    }
}

/// A word that opens a menu; lit while what it stands for is not as usual.
fn menu_button(ui: &mut Ui, name: &str, is_lit: bool) -> Response {
    let tokens = Tokens::of(ui);
    let ink = if is_lit { tokens.accent } else { tokens.text };
    let text = RichText::new(name).size(size::BODY).color(ink);
    ui.add(Button::new(text).min_size(vec2(0.0, HEIGHT)))
}

/// A spike with an arrow in the direction in which it jumps.
fn spike_button(ui: &mut Ui, name: &str, forth: bool) -> Response {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(JUMP, HEIGHT), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, ui.is_enabled(), name));
    let (fill, ink) = if response.hovered() || response.has_focus() {
        (tokens.raised_hover, tokens.text_strong)
    } else {
        (tokens.raised, tokens.text)
    };
    ui.painter().rect_filled(rect, 4.0, fill);
    let side = if forth { 1.0 } else { -1.0 };
    let center = rect.center();
    let place = egui::Rect::from_center_size(center - vec2(5.0 * side, 0.0), vec2(12.0, 12.0));
    Icon::Spike.paint(ui.painter(), place, 12.0, ink);
    let arrow = [(4.0, -3.5), (9.0, 0.0), (4.0, 3.5)]
        .map(|(x, y)| pos2(center.x + side * x, center.y + y))
        .to_vec();
    ui.painter()
        .add(egui::Shape::convex_polygon(arrow, ink, egui::Stroke::NONE));
    response
}
