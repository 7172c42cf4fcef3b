//! What the lines of the settings share: the name in front, the way back to the preset, small words below.

use egui::text_edit::TextEditState;
use egui::{Align, Response, RichText, Sense, Ui, vec2};

use crate::app::theme::{CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Icon, in_room};

/// Width of the names.
pub const NAME: f32 = 92.0;
/// Width of the way back, in a column of its own on the right.
pub const BACK: f32 = 16.0;

/// A line with a name in front, and a mark if it waits to be applied.
pub fn named(ui: &mut Ui, name: &str, pending: bool, contents: impl FnOnce(&mut Ui, Response)) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        ui.set_min_height(CONTROL_HEIGHT);
        let label = in_room(ui, vec2(NAME, CONTROL_HEIGHT), |ui| {
            let color = if pending { tokens.pending } else { tokens.text };
            ui.add(
                egui::Label::new(RichText::new(name).color(color))
                    .truncate()
                    // Pressed with the mouse alone: the keyboard goes on to the control.
                    .sense(if name.is_empty() { Sense::hover() } else { Sense::CLICK }),
            )
        });
        let label = if pending {
            label.on_hover_text("Not applied yet")
        } else {
            label
        };
        contents(ui, label);
    });
}

/// Gives the keyboard to a field that was just shown with this text, all of it selected: what is typed takes its place.
pub fn take_keyboard(ui: &Ui, field: &Response, text: &str) {
    field.request_focus();
    field.scroll_to_me(Some(Align::Center));
    let mut state = TextEditState::default();
    state
        .cursor
        .set_char_range(Some(egui::text::CCursorRange::select_all_str(text)));
    state.store(ui.ctx(), field.id);
}

/// The way back to the preset; keeps its place when there is nothing to go back to.
pub fn back_ui(ui: &mut Ui, name: &str, differs: bool, preset: Option<String>) -> bool {
    let sense = if differs { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(BACK, CONTROL_HEIGHT - 2.0), sense);
    if !differs {
        return false;
    }
    let title = format!("Reset {name}");
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &title));
    let tokens = Tokens::of(ui);
    let color = if response.hovered() || response.has_focus() {
        tokens.accent
    } else {
        tokens.text_weak
    };
    Icon::Restart.paint(ui.painter(), rect, 11.0, color);
    let help = preset.map_or(title, |preset| format!("Back to the preset's {preset}"));
    response.on_hover_text(help).clicked()
}

/// Small text under a line.
pub fn hint(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.add_space(NAME + 6.0);
        ui.add(egui::Label::new(RichText::new(text).size(size::SMALL).color(tokens.text_weak)).wrap());
    });
}
