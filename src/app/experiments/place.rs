//! Where the window of the experiments stands, and how large it is: as a person left it, but always within the room that there is.

use egui::{Align, Layout, Rect, Ui, UiBuilder, Vec2, vec2};

/// Least size of the window.
const LEAST: Vec2 = vec2(360.0, 260.0);
/// Size of the window in a room of moderate size.
const MODERATE: Vec2 = vec2(1080.0, 760.0);
/// Share of a large room that the window takes.
const SHARE: Vec2 = vec2(0.75, 0.9);
/// What is left free of the room at least, beside the window and over and under it.
const FREE: Vec2 = vec2(32.0, 40.0);

/// Place and size of the window.
#[derive(Default)]
pub struct Place {
    /// The room that the window was put into.
    room: Vec2,
    /// Where it was last seen.
    seen: Option<Rect>,
    /// Whether a person has moved it or changed its size.
    is_own: bool,
}

impl Place {
    /// The window, put into another room once there is one: the main window, the theme or the scale has changed.
    pub fn put<'a>(&mut self, window: egui::Window<'a>, room: Rect) -> egui::Window<'a> {
        let window = window.constrain_to(room);
        if self.room == room.size() {
            let most = room.size() - FREE;
            return window.min_size(LEAST.min(most)).max_size(most);
        }
        self.room = room.size();
        let rect = fitted(self.seen.filter(|_| self.is_own), room);
        self.seen = None;
        // Where a window can be moved by its title, the place of its last frame outweighs a new one.
        window
            .drag_area(egui::WindowDrag::Off)
            .current_pos(rect.center())
            .min_size(rect.size())
            .max_size(rect.size())
    }

    /// The window was seen here, while a pointer was held or not: what changes under a held pointer, a person changes.
    pub fn note(&mut self, rect: Rect, is_held: bool) {
        let differs = |seen: Rect| (seen.min - rect.min).length().max((seen.max - rect.max).length()) > 1.0;
        self.is_own |= is_held && self.seen.is_some_and(differs);
        self.seen = Some(rect);
    }
}

/// A window in the middle of a room; or the one of a person, as near to where it was as the room allows.
fn fitted(own: Option<Rect>, room: Rect) -> Rect {
    let most = room.size() - FREE;
    let Some(own) = own else {
        return Rect::from_center_size(room.center(), MODERATE.max(SHARE * room.size()).min(most));
    };
    let half = 0.5 * own.size().min(most);
    let (low, high) = (room.min + half, room.max - half);
    Rect::from_center_size(own.center().max(low).min(high), 2.0 * half)
}

/// Contents that never make the window larger than it is: where they do not fit, they have to scroll or wrap.
pub fn within(ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
    let room = ui.available_rect_before_wrap();
    let mut inside = ui.new_child(UiBuilder::new().max_rect(room).layout(Layout::top_down(Align::LEFT)));
    // The ring around a control that has the keyboard lies outside of it.
    inside.shrink_clip_rect(room.expand(4.0));
    contents(&mut inside);
    ui.advance_cursor_after_rect(room);
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    /// Catches a window that is larger than its room or lies outside of it, one that leaves most of a large room unused, and one
    /// that does not keep the size that a person gave it.
    #[test]
    fn a_window_fits_its_room() {
        let room = |width, height| Rect::from_min_size(pos2(0.0, 0.0), vec2(width, height));
        for (width, height) in [(1280.0, 800.0), (853.0, 533.0), (700.0, 600.0), (1920.0, 1080.0)] {
            let room = room(width, height);
            let own = Rect::from_min_size(pos2(900.0, 500.0), vec2(1200.0, 700.0));
            for rect in [fitted(None, room), fitted(Some(own), room)] {
                assert!(room.contains_rect(rect), "{rect:?} in {room:?}");
            }
        }
        assert_eq!(fitted(None, room(1280.0, 800.0)).size(), vec2(1080.0, 760.0));
        assert!(fitted(None, room(1920.0, 1080.0)).width() > 1400.0);
        let own = Rect::from_min_size(pos2(100.0, 100.0), vec2(500.0, 300.0));
        assert_eq!(fitted(Some(own), room(1280.0, 800.0)), own);
    }
}
