//! How fast steps follow each other, and how fast they really do.

use egui::{Align2, FontId, RichText, Role, Sense, Slider, Ui, WidgetInfo, vec2};

use super::{FASTEST, Transport};
use crate::app::action::{Actions, UiAction};
use crate::app::commands::{Deed, keys};
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};

/// The first key of a command.
fn key_of(deed: Deed) -> String {
    deed.row()
        .keys
        .first()
        .map_or_else(String::new, |&key| keys::words(key))
}

impl Transport {
    /// How fast, and how fast it really is.
    pub(super) fn speed_ui(&mut self, ui: &mut Ui, text: String, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let label = ui.label(RichText::new("Speed").color(tokens.text_weak));
        let plain = std::sync::Arc::clone(ui.style());
        theme::slim_sliders(ui);
        ui.spacing_mut().slider_width = 96.0;
        let mut speed = self.speed;
        let slider = Slider::new(&mut speed, 1.0..=FASTEST)
            .logarithmic(true)
            .show_value(false);
        let help = format!(
            "Batches or steps a second, from 1. All the way to the right: as fast as possible. Changes nothing in the run. {} and {} halve and double it.",
            key_of(Deed::Slower),
            key_of(Deed::Faster)
        );
        if ui.add(slider).labelled_by(label.id).on_hover_text(help).changed() {
            actions.push(UiAction::SetSpeed(speed));
        }
        ui.set_style(plain);
        let font = FontId::proportional(size::SMALL);
        let galley = ui
            .painter()
            .layout_no_wrap(text.clone(), font.clone(), tokens.text_weak);
        let room = galley.size().x.max(104.0);
        let (rect, response) = ui.allocate_exact_size(vec2(room, CONTROL_HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.as_str()));
        ui.painter()
            .text(rect.left_center(), Align2::LEFT_CENTER, text, font, tokens.text_weak);
    }

    /// The wanted speed and the real one.
    pub(super) fn speed_words(&self, session: &Session, hurries: bool, wide: bool) -> String {
        let chosen = if hurries || self.speed >= FASTEST {
            if wide { "as fast as possible" } else { "fastest" }.to_owned()
        } else {
            format!("{:.0}/s", self.speed)
        };
        if session.is_running() {
            format!("{chosen} · real {}/s", grouped(session.per_second().round() as u64))
        } else {
            chosen
        }
    }
}
