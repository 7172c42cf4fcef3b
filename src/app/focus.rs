//! The control that has the keyboard: seen in every theme, and in sight.

use egui::accesskit::{Action, ActionRequest, TreeId};
use egui::{Context, Event, Id, Stroke, StrokeKind};

use super::commands::keys::Keyboard;
use super::theme::{CONTROL_RADIUS, Tokens};

/// Which control has the keyboard.
#[derive(Clone, Copy, Debug, Default)]
pub struct Focus {
    /// The control, as of the last frame.
    control: Option<Id>,
    /// Who had the keyboard at the end of the last frame.
    keyboard: Keyboard,
}

impl Focus {
    /// Who the keys of this frame belong to. A key that takes the keyboard away from a control, as Escape does, still
    /// belongs to that control.
    pub fn keyboard(&mut self, ctx: &Context) -> Keyboard {
        self.bring_into_sight(ctx);
        self.keyboard
    }

    /// A control that got the keyboard outside the part of a list that is in sight is scrolled to.
    fn bring_into_sight(&mut self, ctx: &Context) {
        let control = ctx.memory(egui::Memory::focused);
        if control == self.control {
            return;
        }
        self.control = control;
        let Some((id, response)) = control.and_then(|id| Some((id, ctx.read_response(id)?))) else {
            return;
        };
        if response.interact_rect.size() != response.rect.size() {
            let request = ActionRequest {
                action: Action::ScrollIntoView,
                target_node: id.accesskit_id(),
                target_tree: TreeId::ROOT,
                data: None,
            };
            ctx.input_mut(|input| input.events.push(Event::AccessKitActionRequest(request)));
        }
    }

    /// Draws the ring around the control, above what surrounds it.
    pub fn end_frame(&mut self, ctx: &Context) {
        self.keyboard = Keyboard::of(ctx);
        let Some(response) = ctx.memory(egui::Memory::focused).and_then(|id| ctx.read_response(id)) else {
            return;
        };
        if self.control != Some(response.id) {
            ctx.request_repaint();
        }
        let rect = response.interact_rect;
        if rect.is_positive() {
            let tokens = Tokens::of_visuals(&ctx.global_style().visuals);
            let ring = Stroke::new(2.0, tokens.focus);
            ctx.layer_painter(response.layer_id).rect_stroke(
                rect.expand(1.0),
                CONTROL_RADIUS,
                ring,
                StrokeKind::Outside,
            );
        }
    }
}
