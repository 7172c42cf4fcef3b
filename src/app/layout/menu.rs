//! The menu of layouts in the top bar.

use egui::{RichText, Ui};
use strum::IntoEnumIterator as _;

use super::{Layout, Named};
use crate::app::action::{Actions, UiAction};
use crate::app::panels::Pane;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton};

/// The button with the name of the layout, and the menu under it: which layout, and which panes are in it.
pub fn menu_ui(ui: &mut Ui, layout: &Layout, narrow: bool, actions: &mut Actions) {
    let chosen = layout.chosen();
    let name = format!("Layout: {}", chosen.title());
    let button = ToolButton::new(Icon::Layout, &name).emphasis(Emphasis::Quiet);
    let button = if narrow { button.icon_only() } else { button };
    let response = ui.add(button).on_hover_text(format!("{name}. {}", chosen.help()));
    egui::Popup::menu(&response).show(|ui| {
        ui.set_min_width(176.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let room = ui.ctx().content_rect().height() - 96.0;
        egui::ScrollArea::vertical()
            .max_height(room.max(120.0))
            // A pop-up has little height of its own.
            .min_scrolled_height(room.max(120.0))
            .show(ui, |ui| entries_ui(ui, layout, actions));
    });
}

/// What is in the menu.
fn entries_ui(ui: &mut Ui, layout: &Layout, actions: &mut Actions) {
    let chosen = layout.chosen();
    for named in Named::iter() {
        let entry = ui.selectable_label(named == chosen, named.title());
        if entry.on_hover_text(named.help()).clicked() {
            actions.push(UiAction::ChooseLayout(named));
        }
    }
    ui.separator();
    let help = "Put every pane of this layout back to its place";
    if ui
        .selectable_label(false, "Default layout")
        .on_hover_text(help)
        .clicked()
    {
        actions.push(UiAction::DefaultLayout);
    }
    ui.separator();
    let tokens = Tokens::of(ui);
    ui.label(RichText::new("Panes").size(size::SMALL).color(tokens.text_weak));
    for pane in Pane::iter() {
        let mut is_there = layout.has(pane);
        let entry = ui.add_enabled(!layout.is_last(pane), egui::Checkbox::new(&mut is_there, pane.title()));
        if entry.on_hover_text(pane.help()).changed() {
            actions.push(if is_there {
                UiAction::AddPane(pane)
            } else {
                UiAction::ClosePane(pane)
            });
        }
    }
}
