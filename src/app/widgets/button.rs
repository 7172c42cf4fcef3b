//! Buttons with an icon of ours, and rows of choices.

use egui::{Color32, FontId, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, vec2};

use super::Icon;
use crate::app::theme::{self, CONTROL_HEIGHT, CONTROL_RADIUS, Tokens, faded, size};

/// How much a button asks to be pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    /// The one thing to do next.
    Primary,
    /// As any other.
    Plain,
    /// As any other, and in force.
    Selected,
    /// Only there when looked for.
    Quiet,
}

/// A button with an icon and a word, or an icon alone with its name for screen readers.
#[must_use = "a button is there only once it is added to a `Ui`"]
pub struct ToolButton<'a> {
    icon: Option<Icon>,
    name: &'a str,
    /// What a screen reader says, if more than the word.
    called: Option<&'a str>,
    emphasis: Emphasis,
    icon_only: bool,
    large: bool,
}

impl<'a> ToolButton<'a> {
    /// An icon and a word.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self {
            icon: Some(icon),
            name,
            called: None,
            emphasis: Emphasis::Plain,
            icon_only: false,
            large: false,
        }
    }

    /// Only a word.
    pub fn text(name: &'a str) -> Self {
        Self {
            icon: None,
            ..Self::new(Icon::Play, name)
        }
    }

    /// Shows the icon alone; the name is still told to screen readers.
    pub fn icon_only(self) -> Self {
        Self {
            icon_only: true,
            ..self
        }
    }

    /// Tells screen readers more than the word, where there is another button of the same word.
    pub fn called(self, name: &'a str) -> Self {
        Self {
            called: Some(name),
            ..self
        }
    }

    /// How much it asks to be pressed.
    pub fn emphasis(self, emphasis: Emphasis) -> Self {
        Self { emphasis, ..self }
    }

    /// As large as the one button of a screen.
    pub fn large(self) -> Self {
        Self { large: true, ..self }
    }
}

impl Widget for ToolButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (height, text_size, padding) = if self.large {
            (48.0, 18.0, 24.0)
        } else {
            (CONTROL_HEIGHT + 4.0, size::BODY, 10.0)
        };
        let family = if self.emphasis == Emphasis::Primary {
            theme::strong_family()
        } else {
            egui::FontFamily::Proportional
        };
        let galley = (!self.icon_only).then(|| {
            ui.painter().layout_no_wrap(
                self.name.to_owned(),
                FontId::new(text_size, family),
                Color32::PLACEHOLDER,
            )
        });
        let icon_size = if self.large { 18.0 } else { 12.0 };
        let gap = if self.large { 12.0 } else { 6.0 };
        let icon_width = if self.icon.is_some() { icon_size } else { 0.0 };
        let between = if self.icon.is_some() && galley.is_some() {
            gap
        } else {
            0.0
        };
        let text_width = galley.as_ref().map_or(0.0, |galley| galley.size().x);
        let padding = if self.icon_only { 8.0 } else { padding };
        let wanted = vec2(2.0 * padding + icon_width + between + text_width, height);
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.called.unwrap_or(self.name)));
        if ui.is_rect_visible(rect) {
            let tokens = Tokens::of(ui);
            let hovered = response.hovered() || response.has_focus();
            let (fill, ink) = match self.emphasis {
                Emphasis::Primary if hovered => (tokens.accent_hover, tokens.on_accent),
                Emphasis::Primary => (tokens.accent, tokens.on_accent),
                Emphasis::Plain if hovered => (tokens.raised_hover, tokens.text_strong),
                Emphasis::Plain => (tokens.raised, tokens.text),
                Emphasis::Selected if hovered => (tokens.raised_hover, tokens.accent),
                Emphasis::Selected => (tokens.accent_soft, tokens.accent),
                Emphasis::Quiet if hovered => (tokens.raised, tokens.text_strong),
                Emphasis::Quiet => (Color32::TRANSPARENT, tokens.text_weak),
            };
            let fill = if response.is_pointer_button_down_on() {
                theme::mix(fill, tokens.window, 0.2)
            } else {
                fill
            };
            let radius = if self.large { 24 } else { CONTROL_RADIUS };
            let ring = if response.has_focus() {
                Stroke::new(2.0, faded(tokens.text_strong, 0.7))
            } else {
                Stroke::NONE
            };
            ui.painter().rect(rect, radius, fill, ring, StrokeKind::Outside);
            let mut left = rect.left() + padding;
            if let Some(icon) = self.icon {
                let place = egui::Rect::from_min_size(egui::pos2(left, rect.top()), vec2(icon_size, rect.height()));
                icon.paint(ui.painter(), place, icon_size, ink);
                left += icon_size + between;
            }
            if let Some(galley) = galley {
                let place = egui::pos2(left, rect.center().y - 0.5 * galley.size().y);
                ui.painter().galley(place, galley, ink);
            }
        }
        response
    }
}

/// Says what a control does under the pointer, also while it cannot be used: an icon alone has no other words.
pub fn helped(control: Response, help: impl Into<String>) -> Response {
    let help = help.into();
    control.on_hover_text(help.as_str()).on_disabled_hover_text(help)
}

/// A row of choices of which one holds. Returns the one that was pressed.
pub fn segmented<T: Copy + PartialEq>(
    ui: &mut Ui,
    group: &str,
    choices: &[(T, String)],
    chosen: T,
    help: impl Fn(T) -> String,
) -> Option<T> {
    let tokens = Tokens::of(ui);
    let mut pressed = None;
    let frame = egui::Frame::new()
        .fill(tokens.sunken)
        .corner_radius(CONTROL_RADIUS)
        .inner_margin(2);
    frame.show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        ui.spacing_mut().interact_size.y = CONTROL_HEIGHT;
        ui.horizontal(|ui| {
            // A row in a header is filled from the right.
            let backwards = ui.layout().prefer_right_to_left();
            for index in 0..choices.len() {
                let (value, word) = &choices[if backwards { choices.len() - 1 - index } else { index }];
                let on = *value == chosen;
                let ink = if on { tokens.text_strong } else { tokens.text_weak };
                let galley = ui
                    .painter()
                    .layout_no_wrap(word.clone(), FontId::proportional(size::BODY), ink);
                let wanted = vec2(galley.size().x + 14.0, CONTROL_HEIGHT - 2.0);
                let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
                response
                    .widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, format!("{group} {word}")));
                let fill = match (on, response.hovered()) {
                    (true, _) => tokens.raised_hover,
                    (false, true) => tokens.raised,
                    (false, false) => Color32::TRANSPARENT,
                };
                let ring = if response.has_focus() {
                    Stroke::new(1.5, tokens.accent)
                } else {
                    Stroke::NONE
                };
                ui.painter()
                    .rect(rect, CONTROL_RADIUS - 1, fill, ring, StrokeKind::Inside);
                ui.painter().galley(rect.center() - 0.5 * galley.size(), galley, ink);
                if response.on_hover_text(help(*value)).clicked() {
                    pressed = Some(*value);
                }
            }
        });
    });
    pressed
}
