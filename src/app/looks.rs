//! How the window looks: the theme and the scale, chosen in one menu, remembered from one start to the next.

use egui::{Context, RichText, ThemePreference, Ui};
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;

use super::action::{Actions, UiAction};
use super::theme::{self, Tokens, size};
use super::widgets::{Emphasis, Icon, ToolButton, segmented};

/// The scales there are, in percent.
pub const SCALES: [u32; 6] = [100, 110, 125, 150, 175, 200];

/// How much larger everything is for a lecture hall.
const MAGNIFICATION: f32 = 1.5;

/// The themes one can choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter)]
pub enum Look {
    /// Dark or light, whichever the system says.
    #[default]
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// Large, black on white, with thick lines.
    Projector,
}

impl Look {
    /// Its name.
    pub fn title(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::Projector => "Projector",
        }
    }

    /// What it is for, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::System => "Dark or light, whichever the system says; dark where it says nothing",
            Self::Dark => "For looking at spikes for long",
            Self::Light => "For bright rooms and for print",
            Self::Projector => "Large letters, black on white, thick lines: to be read from the back of a lecture hall",
        }
    }
}

/// The theme and the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The theme.
    pub look: Look,
    /// The scale in percent, one of [`SCALES`].
    pub scale: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            look: Look::default(),
            scale: SCALES[0],
        }
    }
}

impl Looks {
    /// A theme and a scale; a scale that there is not becomes the nearest one.
    pub fn new(look: Look, scale: u32) -> Self {
        let nearest = SCALES.into_iter().min_by_key(|there| there.abs_diff(scale));
        Self {
            look,
            scale: nearest.unwrap_or(SCALES[0]),
        }
    }

    /// How much larger than a plain window everything is.
    pub fn zoom(self) -> f32 {
        let magnification = if self.look == Look::Projector {
            MAGNIFICATION
        } else {
            1.0
        };
        magnification * self.scale as f32 / 100.0
    }

    /// The same with the next larger scale, or the next smaller one.
    #[must_use]
    pub fn scaled(self, up: bool) -> Self {
        let place = SCALES.iter().position(|scale| *scale == self.scale).unwrap_or(0);
        let place = if up { place + 1 } else { place.saturating_sub(1) };
        Self {
            scale: SCALES[place.min(SCALES.len() - 1)],
            ..self
        }
    }

    /// Makes the window look so.
    pub fn show(self, ctx: &Context) {
        // The projector is a light theme to egui.
        let light = if self.look == Look::Projector {
            Tokens::projector()
        } else {
            Tokens::light()
        };
        theme::pour(ctx, &light);
        ctx.set_theme(match self.look {
            Look::System => ThemePreference::System,
            Look::Dark => ThemePreference::Dark,
            Look::Light | Look::Projector => ThemePreference::Light,
        });
        ctx.set_zoom_factor(self.zoom());
    }

    /// The button, and the menu under it; `more_ui` is what else concerns the program as a whole.
    pub fn menu_ui(self, ui: &mut Ui, actions: &mut Actions, more_ui: impl FnOnce(&mut Ui, &mut Actions)) {
        let button = ToolButton::new(Icon::Looks, "Looks")
            .icon_only()
            .emphasis(Emphasis::Quiet);
        let help = format!("Looks: {}, {} %", self.look.title(), self.scale);
        let response = ui.add(button).on_hover_text(help);
        egui::Popup::menu(&response).show(|ui| {
            ui.set_min_width(176.0);
            let tokens = Tokens::of(ui);
            let word = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
            ui.label(word("Theme"));
            for look in Look::iter() {
                let entry = ui.selectable_label(look == self.look, look.title());
                if entry.on_hover_text(look.help()).clicked() {
                    actions.push(UiAction::ChooseLooks(Self { look, ..self }));
                }
            }
            ui.separator();
            ui.label(word("Scale, % (Ctrl +, Ctrl −, Ctrl 0)"));
            let choices = SCALES.map(|scale| (scale, scale.to_string()));
            let help = |scale| format!("Everything at {scale} % of its size");
            if let Some(scale) = segmented(ui, "Scale", &choices, self.scale, help) {
                actions.push(UiAction::ChooseLooks(Self { scale, ..self }));
            }
            ui.separator();
            more_ui(ui, actions);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a scale that runs away, does not come back, or is none of those that can be chosen.
    #[test]
    fn scales_go_up_and_down_and_stop() {
        let mut looks = Looks::default();
        let mut seen = vec![looks.scale];
        for _ in 0..9 {
            looks = looks.scaled(true);
            seen.push(looks.scale);
        }
        assert_eq!(seen, [100, 110, 125, 150, 175, 200, 200, 200, 200, 200]);
        for _ in 0..9 {
            looks = looks.scaled(false);
        }
        assert_eq!(looks.scale, 100);
        assert_eq!(Looks::new(Look::Dark, 99_999).scale, 200);
        assert_eq!(Looks::new(Look::Dark, 0).scale, 100);
        assert!((Looks::new(Look::Projector, 200).zoom() - 3.0).abs() < 1e-6);
    }

    /// Catches a theme that is saved under a name under which it is not found again.
    #[test]
    fn looks_that_were_saved_are_found() {
        for look in Look::iter() {
            let text = ron::to_string(&look).unwrap();
            assert_eq!(ron::from_str::<Look>(&text).unwrap(), look);
        }
        let before = ron::to_string(&ThemePreference::Light).unwrap();
        assert_eq!(ron::from_str::<Look>(&before).unwrap(), Look::Light, "{before}");
    }
}
