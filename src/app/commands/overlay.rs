//! What stands above the whole window and has the keyboard: the palette, or the sheet of shortcuts.

use egui::{Frame, Margin, Stroke, Ui};

use super::palette::Palette;
use super::{Situation, sheet};
use crate::app::action::Actions;
use crate::app::theme::{RADIUS, Tokens};

/// What stands above the window.
#[derive(Clone, Debug, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Every command by its name.
    Palette(Palette),
    /// Every shortcut.
    Sheet,
}

/// What became of it in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays.
    Open,
    /// It was left, or there was none.
    Closed,
}

impl Overlay {
    /// The palette with nothing typed.
    pub fn palette() -> Self {
        Self::Palette(Palette::default())
    }

    /// Shows it; a command that was chosen is pushed as its action.
    pub fn ui(&mut self, ui: &Ui, situation: &Situation<'_>, actions: &mut Actions) -> Outcome {
        match self {
            Self::None => Outcome::Closed,
            Self::Palette(palette) => palette.ui(ui, situation, actions),
            Self::Sheet => sheet::ui(ui, situation),
        }
    }
}

/// The frame of what stands above everything.
pub(super) fn frame(ui: &Ui) -> Frame {
    let tokens = Tokens::of(ui);
    Frame::popup(ui.style())
        .fill(tokens.surface)
        .stroke(Stroke::new(1.0, tokens.line))
        .corner_radius(RADIUS)
        .inner_margin(Margin::same(16))
}
