//! Colour maps for matrices.
//!
//! Signed values are blue and red, which every kind of colour vision tells apart, as it does not red and green: on white
//! `ColorBrewer`'s `RdBu` (Brewer and Harrower), which its authors mark as safe for the colour-blind, on the dark background
//! a pair of the same hues that grow lighter instead of darker. Both sides are equally light, so neither looks larger.
//! Amounts are `ColorBrewer`'s Blues, and on the dark background a blue that grows lighter: their lightness only rises or
//! only falls, so they can be read without any colour. The tests in `vision.rs` hold all of it down.

use egui::Color32;

use super::{hex, mix};

/// How a number becomes a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMap {
    /// `-1..=1`, zero is the background of the dark theme.
    SignedOnDark,
    /// `-1..=1`, zero is the background of the light theme.
    SignedOnLight,
    /// `0..=1`, nothing is the background of the dark theme.
    AmountOnDark,
    /// `0..=1`, nothing is the background of the light theme.
    AmountOnLight,
}

impl ColorMap {
    /// Whether zero lies in the middle.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::SignedOnDark | Self::SignedOnLight)
    }

    /// The colour of `value`; values beyond the ends get the colour of the end, what is no number the one of zero.
    pub fn color(self, value: f32) -> Color32 {
        let value = if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) };
        match self {
            Self::SignedOnDark => {
                let (middle, far) = if value < 0.0 {
                    (hex(0x2F_86_D6), hex(0xB5_DD_FF))
                } else {
                    (hex(0xDD_5A_3A), hex(0xFF_D9_B8))
                };
                three(hex(0x12_16_1C), middle, far, value.abs())
            }
            // ColorBrewer's red to blue, red for what grew; its middle is bent to white so that zero is the paper.
            Self::SignedOnLight => {
                let color = colorous::RED_BLUE.eval_continuous(0.5 - 0.5 * f64::from(value));
                let color = Color32::from_rgb(color.r, color.g, color.b);
                mix(hex(0xFF_FF_FF), color, value.abs() * 8.0)
            }
            Self::AmountOnDark => three(hex(0x12_16_1C), hex(0x1F_5F_9A), hex(0x9F_D8_FF), value.max(0.0)),
            Self::AmountOnLight => {
                let color = colorous::BLUES.eval_continuous(f64::from(value.max(0.0)) * 0.92);
                mix(
                    hex(0xFF_FF_FF),
                    Color32::from_rgb(color.r, color.g, color.b),
                    value.max(0.0) * 8.0,
                )
            }
        }
    }

    /// A table of the map.
    pub fn lut(self) -> Lut {
        let entries = std::array::from_fn(|index| {
            let share = index as f32 / (Lut::SIZE - 1) as f32;
            self.color(if self.is_signed() { 2.0 * share - 1.0 } else { share })
        });
        Lut {
            entries: Box::new(entries),
            signed: self.is_signed(),
        }
    }
}

/// A colour map as a table, for whole pictures.
#[derive(Clone, Debug)]
pub struct Lut {
    entries: Box<[Color32; Self::SIZE]>,
    signed: bool,
}

impl Lut {
    /// Odd, so that zero has an entry of its own.
    const SIZE: usize = 511;

    /// The colour of `value`.
    pub fn color(&self, value: f32) -> Color32 {
        let share = if self.signed { 0.5 * (value + 1.0) } else { value };
        // A cast from NaN gives 0; a signed map must not show that as its lowest value.
        if share.is_nan() {
            return self.color(0.0);
        }
        let index = (share * (Self::SIZE - 1) as f32).round() as usize;
        self.entries[index.min(Self::SIZE - 1)]
    }
}

/// From one colour over a second to a third.
fn three(from: Color32, over: Color32, to: Color32, share: f32) -> Color32 {
    if share < 0.5 {
        mix(from, over, 2.0 * share)
    } else {
        mix(over, to, 2.0 * share - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a map whose zero is not the background, or whose two sides are mixed up.
    #[test]
    fn zero_is_the_background_and_red_is_up() {
        for (map, background) in [
            (ColorMap::SignedOnDark, hex(0x12_16_1C)),
            (ColorMap::SignedOnLight, hex(0xFF_FF_FF)),
            (ColorMap::AmountOnDark, hex(0x12_16_1C)),
            (ColorMap::AmountOnLight, hex(0xFF_FF_FF)),
        ] {
            let lut = map.lut();
            assert_eq!(lut.color(0.0), background, "{map:?}");
            assert_eq!(lut.color(f32::NAN), background, "{map:?}");
            assert_eq!(lut.color(99.0), lut.color(1.0), "{map:?}");
            if map.is_signed() {
                assert!(lut.color(0.5).r() > lut.color(0.5).b(), "{map:?}: what grew is red");
                assert!(
                    lut.color(-0.5).b() > lut.color(-0.5).r(),
                    "{map:?}: what shrank is blue"
                );
            }
        }
    }
}
