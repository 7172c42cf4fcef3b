//! The menu of a pane's header from which everything is exported, the same in every pane.

use egui::{Response, Ui};
use strum::IntoEnumIterator as _;

use super::{FilmFormat, PaneFormat, RunFormat, Wish};
use crate::app::action::{Actions, UiAction};
use crate::app::panels::{Pane, Seen};

/// The menu under its button.
pub fn menu_ui(button: &Response, pane: Pane, seen: Seen<'_>, actions: &mut Actions) {
    let session = seen.session;
    egui::Popup::menu(button).show(|ui| {
        ui.set_min_width(176.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        for format in PaneFormat::iter() {
            if format != PaneFormat::Svg || pane.is_plot() {
                entry_ui(ui, Ok(()), format.title(), format.help(), || {
                    actions.push(UiAction::Export(Wish::Pane(pane, format)));
                });
            }
        }
        ui.separator();
        for format in RunFormat::iter() {
            let can = session
                .night()
                .map(drop)
                .ok_or("There is a run to export once the network sleeps");
            entry_ui(ui, can, format.title(), format.help(), || {
                actions.push(UiAction::Export(Wish::Run(format)));
            });
        }
        ui.separator();
        for format in FilmFormat::iter() {
            let span = seen.selection.span().filter(|_| session.night().is_some());
            let can = span
                .map(drop)
                .ok_or("Brush a span first: drag over the spikes or the timeline with Shift held");
            entry_ui(ui, can, format.title(), format.help(), || {
                actions.push(UiAction::Export(Wish::Span(format)));
            });
        }
    });
}

/// An entry of the menu.
fn entry_ui(ui: &mut Ui, can: Result<(), &str>, title: &str, help: &str, then: impl FnOnce()) {
    let entry = ui.add_enabled(can.is_ok(), egui::Button::selectable(false, title));
    let entry = match can {
        Ok(()) => entry,
        Err(why_not) => entry.on_disabled_hover_text(why_not),
    };
    if entry.on_hover_text(help).clicked() {
        then();
    }
}
