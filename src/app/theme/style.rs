//! The tokens poured into egui's style.

use std::sync::Arc;

use egui::epaint::text::{FontData, FontDefinitions, FontTweak, VariationCoords};
use egui::style::{HandleShape, Selection, WidgetVisuals};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, vec2};

use super::{CONTROL_HEIGHT, CONTROL_RADIUS, RADIUS, Tokens, faded, size, strong_family};

/// IBM Plex Sans: its digits are all equally wide, so numbers do not jitter.
static FONT: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans.ttf");

/// Sets fonts, sizes, distances and the colours of the dark and the light theme, once.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts());
    pour(ctx, &Tokens::dark());
    pour(ctx, &Tokens::light());
}

/// Pours tokens into egui's dark or light theme, whichever they are for.
pub fn pour(ctx: &egui::Context, tokens: &Tokens) {
    let theme = if tokens.dark { Theme::Dark } else { Theme::Light };
    ctx.style_mut_of(theme, |style| apply(style, tokens));
}

/// The program's font before egui's own, which have the symbols it lacks.
fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let fallbacks = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    for (name, family, weight) in [
        ("plex", FontFamily::Proportional, 420.0),
        ("plex-strong", strong_family(), 600.0),
    ] {
        let tweak = FontTweak {
            coords: VariationCoords::new([(b"wght", weight)]),
            ..FontTweak::default()
        };
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(FONT).tweak(tweak)));
        let chain = std::iter::once(name.to_owned())
            .chain(fallbacks.iter().cloned())
            .collect();
        fonts.families.insert(family, chain);
    }
    fonts
}

/// One theme.
fn apply(style: &mut Style, tokens: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, FontId::proportional(size::SMALL)),
        (TextStyle::Body, FontId::proportional(size::BODY)),
        (TextStyle::Button, FontId::proportional(size::BODY)),
        (TextStyle::Monospace, FontId::monospace(size::BODY)),
        (TextStyle::Heading, FontId::new(size::TITLE, strong_family())),
    ]
    .into();
    style.drag_value_text_style = TextStyle::Body;
    style.animation_time = 0.1;
    distances(style);
    colors(style, tokens);
}

/// The grid of 8 and its halves.
fn distances(style: &mut Style) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 6.0);
    spacing.button_padding = vec2(8.0, 3.0);
    spacing.interact_size = vec2(40.0, CONTROL_HEIGHT);
    spacing.slider_rail_height = 4.0;
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(8);
    spacing.indent = 16.0;
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 10.0;
    spacing.tooltip_width = 320.0;
    spacing.combo_height = 320.0;
    spacing.scroll.floating = true;
    spacing.scroll.bar_width = 8.0;
    style.interaction.tooltip_delay = 0.35;
    style.interaction.selectable_labels = false;
}

/// The colours.
fn colors(style: &mut Style, tokens: &Tokens) {
    let visuals = &mut style.visuals;
    visuals.dark_mode = tokens.dark;
    visuals.window_fill = tokens.surface;
    visuals.panel_fill = tokens.surface;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.window_corner_radius = CornerRadius::same(RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS);
    visuals.window_shadow = Shadow {
        offset: [0, 8],
        blur: 24,
        spread: 0,
        color: tokens.shadow,
    };
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: tokens.shadow,
    };
    visuals.extreme_bg_color = tokens.sunken;
    visuals.text_edit_bg_color = Some(tokens.sunken);
    visuals.faint_bg_color = tokens.raised;
    visuals.code_bg_color = tokens.raised;
    visuals.weak_text_color = Some(tokens.text_weak);
    visuals.hyperlink_color = tokens.accent;
    visuals.warn_fg_color = tokens.pending;
    visuals.error_fg_color = tokens.error;
    visuals.selection = Selection {
        bg_fill: tokens.accent_soft,
        stroke: Stroke::new(1.0, tokens.accent),
    };
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    visuals.disabled_alpha = 0.45;
    let rounded = CornerRadius::same(CONTROL_RADIUS);
    let state = |fill: Color32, line: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: rounded,
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = state(tokens.surface, tokens.line, tokens.text);
    widgets.inactive = state(tokens.raised, Color32::TRANSPARENT, tokens.text);
    widgets.hovered = state(tokens.raised_hover, faded(tokens.accent, 0.5), tokens.text_strong);
    widgets.active = state(tokens.raised_hover, tokens.accent, tokens.text_strong);
    widgets.open = state(tokens.raised_hover, tokens.line, tokens.text_strong);
}

/// Sliders as small dots on thin rails, from here on in this `ui`.
pub fn slim_sliders(ui: &mut egui::Ui) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().interact_size.y = 13.0;
    ui.style_mut()
        .text_styles
        .insert(TextStyle::Body, FontId::proportional(9.0));
    let widgets = &mut ui.visuals_mut().widgets;
    // The rail is drawn in the colour of controls at rest, and so is the middle of the handle: a ring makes it seen.
    for (state, fill, ring) in [
        (&mut widgets.inactive, tokens.raised_hover, tokens.accent),
        (&mut widgets.hovered, tokens.surface, tokens.accent_hover),
        (&mut widgets.active, tokens.accent, tokens.accent_hover),
    ] {
        state.bg_fill = fill;
        state.fg_stroke = Stroke::new(2.0, ring);
    }
    ui.visuals_mut().selection.bg_fill = faded(tokens.accent, 0.55);
}
