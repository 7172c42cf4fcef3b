//! Design tokens: every colour, font and distance of the window. No other file names a colour.
//!
//! Categories (layers, before and now) use the colours of Okabe and Ito, which people with any kind of colour vision
//! can tell apart; on white they are darker, and their lightness differs where their hue does not to every eye. Signed
//! values run from blue over the background of the panel to red, amounts from the background to blue; `maps.rs` says
//! why these. A test looks at all of them as people without red or green cones do.

mod maps;
mod style;
#[cfg(test)]
mod vision;

use egui::{Color32, FontFamily, FontId, RichText};

pub use maps::{ColorMap, Lut};
pub use style::{install, pour, slim_sliders};

/// One step of the grid that everything stands on.
pub const GRID: f32 = 8.0;
/// Corner radius of panes and cards.
pub const RADIUS: u8 = 8;
/// Corner radius of buttons and fields.
pub const CONTROL_RADIUS: u8 = 6;
/// Height of buttons and fields.
pub const CONTROL_HEIGHT: f32 = 24.0;

/// Text sizes in points.
pub mod size {
    /// Axis labels and units.
    pub const SMALL: f32 = 11.0;
    /// Everything one reads.
    pub const BODY: f32 = 12.5;
    /// Titles of panes.
    pub const TITLE: f32 = 13.0;
    /// Numbers that are the answer.
    pub const FIGURE: f32 = 17.0;
    /// The one heading of the first screen.
    pub const HERO: f32 = 26.0;
}

/// The font family of titles and figures.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// Text in the strong family.
pub fn strong(text: impl Into<String>, size: f32) -> RichText {
    RichText::new(text).font(FontId::new(size, strong_family()))
}

/// The colours of one theme.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Whether this is the dark theme.
    pub dark: bool,
    /// How much thicker than usual the lines of plots are.
    weight: f32,
    /// Behind the panes.
    pub window: Color32,
    /// Panes, bars and cards.
    pub surface: Color32,
    /// Controls at rest.
    pub raised: Color32,
    /// Controls under the pointer.
    pub raised_hover: Color32,
    /// Fields one types into, rails, canvases.
    pub sunken: Color32,
    /// Hairlines.
    pub line: Color32,
    /// Lines of plots.
    pub grid: Color32,
    /// Titles and figures.
    pub text_strong: Color32,
    /// Text.
    pub text: Color32,
    /// Units, hints, axis labels.
    pub text_weak: Color32,
    /// The one colour of things to press, and of "now".
    pub accent: Color32,
    /// The accent under the pointer.
    pub accent_hover: Color32,
    /// Text on the accent.
    pub on_accent: Color32,
    /// The ring around what has the keyboard: unlike every fill that it may lie on.
    pub focus: Color32,
    /// A breath of the accent, behind what is selected.
    pub accent_soft: Color32,
    /// "Before sleep".
    pub before: Color32,
    /// Something better than before.
    pub better: Color32,
    /// Something worse than before.
    pub worse: Color32,
    /// A setting that waits to be applied.
    pub pending: Color32,
    /// Something that did not work.
    pub error: Color32,
    /// A breath of the colour of training, behind plots.
    pub phase_training: Color32,
    /// A breath of the colour of the night, behind plots.
    pub phase_night: Color32,
    /// A breath of the colour of fine-tuning, behind plots.
    pub phase_tuning: Color32,
    /// Behind dialogs.
    pub shadow: Color32,
    /// The inputs, then the layers after them.
    layers: [Color32; 7],
    /// The selected neurons, in the order of selection.
    selected: [Color32; 8],
    /// Signed values.
    pub signed: ColorMap,
    /// Amounts.
    pub amount: ColorMap,
}

impl Tokens {
    /// The colour of a layer: 0 is the inputs, `layers - 1` the outputs.
    pub fn layer(&self, layer: usize, layers: usize) -> Color32 {
        if layer == 0 {
            self.layers[0]
        } else if layer + 1 == layers {
            self.layers[1]
        } else {
            self.layers[2 + (layer - 1) % (self.layers.len() - 2)]
        }
    }

    /// The colour of the selected neuron at this place in the order of selection.
    pub fn selected(&self, place: usize) -> Color32 {
        self.selected[place % self.selected.len()]
    }

    /// The colour of the line of a class, and whether it is dashed: five colours that any eye can tell apart, twice.
    pub fn class_line(&self, class: usize) -> (Color32, bool) {
        (self.layers[1 + class % 5], (class / 5) % 2 == 1)
    }

    /// The colour of a line among several that are compared, and whether it is dashed: what was before, then the night, then its
    /// controls, in the lines of classes but for the two that look like the night itself.
    pub fn compared_line(&self, place: usize) -> (Color32, bool) {
        const CONTROLS: [usize; 8] = [2, 3, 4, 0, 7, 8, 9, 5];
        match place {
            0 => (self.before, false),
            1 => (self.accent, false),
            _ => self.class_line(CONTROLS[(place - 2) % CONTROLS.len()]),
        }
    }

    /// The width of a line of a plot that is usually so wide.
    pub fn pen(&self, width: f32) -> f32 {
        self.weight * width
    }

    /// The dark theme.
    pub const fn dark() -> Self {
        Self {
            dark: true,
            weight: 1.0,
            window: hex(0x0C_10_15),
            surface: hex(0x15_1A_21),
            raised: hex(0x22_29_33),
            raised_hover: hex(0x2D_36_42),
            sunken: hex(0x0F_13_19),
            line: hex(0x28_30_3B),
            grid: hex(0x3A_44_52),
            text_strong: hex(0xF1_F5_F9),
            text: hex(0xC9_D3_DE),
            text_weak: hex(0x8B_98_A7),
            accent: hex(0x56_B4_E9),
            accent_hover: hex(0x7A_C6_F0),
            on_accent: hex(0x07_14_1E),
            focus: hex(0xF2_C1_4E),
            accent_soft: hex(0x1B_38_4B),
            before: hex(0x93_9E_AB),
            better: hex(0x3C_C9_9E),
            worse: hex(0xF0_8A_5D),
            pending: hex(0xE6_9F_00),
            error: hex(0xF0_7A_6A),
            phase_training: hex(0x1D_1D_1B),
            phase_night: hex(0x16_20_2E),
            phase_tuning: hex(0x26_20_17),
            shadow: Color32::from_black_alpha(120),
            layers: [
                hex(0xA9_B4_C0),
                hex(0xCC_79_A7),
                hex(0x56_B4_E9),
                hex(0xE6_9F_00),
                hex(0x2B_B8_8D),
                hex(0xF0_E4_42),
                hex(0xE0_7A_3C),
            ],
            selected: [
                hex(0xFF_FF_FF),
                hex(0xE6_9F_00),
                hex(0x56_B4_E9),
                hex(0x2B_B8_8D),
                hex(0xF0_E4_42),
                hex(0xCC_79_A7),
                hex(0xE0_7A_3C),
                hex(0xA9_B4_C0),
            ],
            signed: ColorMap::SignedOnDark,
            amount: ColorMap::AmountOnDark,
        }
    }

    /// The light theme.
    pub const fn light() -> Self {
        Self {
            dark: false,
            weight: 1.0,
            window: hex(0xE9_ED_F1),
            surface: hex(0xFF_FF_FF),
            raised: hex(0xED_F1_F5),
            raised_hover: hex(0xDF_E6_ED),
            sunken: hex(0xF6_F8_FA),
            line: hex(0xD8_DF_E6),
            grid: hex(0xB9_C4_CF),
            text_strong: hex(0x10_18_20),
            text: hex(0x2C_38_44),
            text_weak: hex(0x5D_6B_7A),
            accent: hex(0x00_67_A6),
            accent_hover: hex(0x00_7D_C8),
            on_accent: hex(0xFF_FF_FF),
            focus: hex(0xC2_55_00),
            accent_soft: hex(0xD6_E9_F5),
            before: hex(0x84_90_9D),
            better: hex(0x00_7A_59),
            worse: hex(0xB8_4A_00),
            pending: hex(0x9A_64_00),
            error: hex(0xB3_2A_1E),
            phase_training: hex(0xF6_F4_EE),
            phase_night: hex(0xEA_F0_F8),
            phase_tuning: hex(0xFB_EF_D8),
            shadow: Color32::from_black_alpha(40),
            layers: [
                hex(0x5D_6B_7A),
                hex(0x7D_11_60),
                hex(0x00_72_B2),
                hex(0xC2_55_00),
                hex(0x00_80_5E),
                hex(0x4F_43_00),
                hex(0x6A_4C_93),
            ],
            selected: [
                hex(0x10_18_20),
                hex(0xC2_55_00),
                hex(0x00_72_B2),
                hex(0x00_80_5E),
                hex(0x4F_43_00),
                hex(0x7D_11_60),
                hex(0x6A_4C_93),
                hex(0x5D_6B_7A),
            ],
            signed: ColorMap::SignedOnLight,
            amount: ColorMap::AmountOnLight,
        }
    }

    /// The theme for the wall of a lecture hall: black on white, for a projector cannot show black but the hall is never
    /// dark enough for less, and thick lines. Layers, selected neurons and maps are those of the light theme, so that a
    /// picture that was made for one serves the other.
    pub const fn projector() -> Self {
        Self {
            weight: 1.6,
            window: hex(0xD9_DF_E5),
            raised: hex(0xE4_E9_EE),
            raised_hover: hex(0xCC_D5_DD),
            sunken: hex(0xF3_F5_F7),
            line: hex(0x8A_95_A0),
            grid: hex(0x84_90_9D),
            text_strong: hex(0x00_00_00),
            text: hex(0x0B_11_17),
            text_weak: hex(0x2C_38_44),
            accent: hex(0x00_4E_8C),
            accent_hover: hex(0x00_67_A6),
            accent_soft: hex(0xBC_DB_F2),
            before: hex(0x76_82_8F),
            better: hex(0x00_5E_44),
            worse: hex(0x94_38_00),
            pending: hex(0x7A_4E_00),
            error: hex(0x97_1D_13),
            phase_training: hex(0xEE_E9_DB),
            phase_night: hex(0xD6_E3_F3),
            phase_tuning: hex(0xF8_DF_B0),
            ..Self::light()
        }
    }

    /// The tokens of the theme that is shown.
    pub fn of(ui: &egui::Ui) -> &'static Self {
        Self::of_visuals(ui.visuals())
    }

    /// The tokens that were poured into the visuals. Those carry no name; the accent tells them apart.
    pub fn of_visuals(visuals: &egui::Visuals) -> &'static Self {
        match visuals.hyperlink_color {
            _ if visuals.dark_mode => &DARK,
            accent if accent == PROJECTOR.accent => &PROJECTOR,
            _ => &LIGHT,
        }
    }
}

static DARK: Tokens = Tokens::dark();
static LIGHT: Tokens = Tokens::light();
static PROJECTOR: Tokens = Tokens::projector();

/// An opaque colour from `0xRR_GG_BB`.
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// `color`, let through by `share` of it.
pub fn faded(color: Color32, share: f32) -> Color32 {
    color.gamma_multiply(share)
}

/// A colour between two.
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    from.lerp_to_gamma(to, share.clamp(0.0, 1.0))
}

/// Black or white, whichever is easier to read on `background`.
pub fn readable_on(background: Color32) -> Color32 {
    let [r, g, b, _] = background.to_normalized_gamma_f32();
    let luminance = 0.2126 * r.powf(2.2) + 0.7152 * g.powf(2.2) + 0.0722 * b.powf(2.2);
    if luminance > 0.3 {
        hex(0x0B_11_17)
    } else {
        hex(0xF6_F9_FC)
    }
}
