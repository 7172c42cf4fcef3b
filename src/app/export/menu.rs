//! The menu of a pane's header from which everything is exported, the same in every pane.

use egui::{Response, Ui};
use strum::IntoEnumIterator as _;

use super::{PaneFormat, RunFormat, Wish};
use crate::app::action::{Actions, UiAction};
use crate::app::panels::Pane;
use crate::app::session::Session;

/// The menu under its button.
pub fn menu_ui(button: &Response, pane: Pane, session: &Session, actions: &mut Actions) {
    egui::Popup::menu(button).show(|ui| {
        ui.set_min_width(176.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        for format in PaneFormat::iter() {
            if format != PaneFormat::Svg || pane.is_plot() {
                entry_ui(ui, true, format.title(), format.help(), || {
                    actions.push(UiAction::Export(Wish::Pane(pane, format)));
                });
            }
        }
        ui.separator();
        for format in RunFormat::iter() {
            entry_ui(ui, session.night().is_some(), format.title(), format.help(), || {
                actions.push(UiAction::Export(Wish::Run(format)));
            });
        }
    });
}

/// An entry of the menu.
fn entry_ui(ui: &mut Ui, can: bool, title: &str, help: &str, then: impl FnOnce()) {
    let entry = ui.add_enabled(can, egui::Button::selectable(false, title));
    let entry = entry.on_disabled_hover_text("There is a run to export once the network sleeps");
    if entry.on_hover_text(help).clicked() {
        then();
    }
}
