//! The colours of all themes, looked at as other eyes see them.
//!
//! People without red cones (protanopia) or without green cones (deuteranopia) are simulated after Viénot, Brettel and
//! Mollon (1999), in linear light; distances are those of CIE L*a*b* (1976), where about 2 can just be seen.

use egui::{Color32, Rgba};

use super::{ColorMap, Tokens};

/// The rows of a matrix on linear red, green and blue.
type Eye = [[f32; 3]; 3];

/// All three kinds of cones.
const TRICHROMAT: Eye = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
/// No red cones.
const PROTANOPE: Eye = [
    [0.112_38, 0.887_62, 0.0],
    [0.112_38, 0.887_62, 0.0],
    [0.004_01, -0.004_01, 1.0],
];
/// No green cones.
const DEUTERANOPE: Eye = [
    [0.292_75, 0.707_25, 0.0],
    [0.292_75, 0.707_25, 0.0],
    [-0.022_34, 0.022_34, 1.0],
];
const EYES: [Eye; 3] = [TRICHROMAT, PROTANOPE, DEUTERANOPE];

/// A colour as an eye sees it: L*, a* and b*.
fn lab(color: Color32, eye: &Eye) -> [f32; 3] {
    let linear = Rgba::from(color);
    let rgb = eye.map(|row| {
        let sum = row[0] * linear.r() + row[1] * linear.g() + row[2] * linear.b();
        sum.max(0.0)
    });
    let part = |weights: [f32; 3], white: f32| {
        let sum: f32 = weights.iter().zip(rgb).map(|(weight, value)| weight * value).sum();
        let t = sum / white;
        if t > 216.0 / 24389.0 {
            t.cbrt()
        } else {
            (24389.0 / 27.0 * t + 16.0) / 116.0
        }
    };
    let x = part([0.412_456, 0.357_576, 0.180_438], 0.950_47);
    let y = part([0.212_673, 0.715_152, 0.072_175], 1.0);
    let z = part([0.019_334, 0.119_192, 0.950_304], 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How far apart two colours are to an eye.
fn distance(a: Color32, b: Color32, eye: &Eye) -> f32 {
    let (a, b) = (lab(a, eye), lab(b, eye));
    (0..3).map(|axis| (a[axis] - b[axis]).powi(2)).sum::<f32>().sqrt()
}

/// How light a colour is, from 0 to 100.
fn lightness(color: Color32) -> f32 {
    lab(color, &TRICHROMAT)[0]
}

/// The contrast of two colours after the Web Content Accessibility Guidelines, from 1 to 21.
fn contrast(a: Color32, b: Color32) -> f32 {
    let luminance = |color: Color32| {
        let linear = Rgba::from(color);
        0.2126 * linear.r() + 0.7152 * linear.g() + 0.0722 * linear.b()
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn themes() -> [Tokens; 3] {
    [Tokens::dark(), Tokens::light(), Tokens::projector()]
}

/// Catches an amount that looks smaller than a smaller one, in print or to any eye.
#[test]
fn amounts_only_get_lighter_or_only_darker() {
    for (map, sign) in [(ColorMap::AmountOnDark, 1.0), (ColorMap::AmountOnLight, -1.0)] {
        for eye in &EYES {
            let lightness: Vec<f32> = (0..=50)
                .map(|step| sign * lab(map.color(step as f32 / 50.0), eye)[0])
                .collect();
            assert!(
                lightness.windows(2).all(|pair| pair[1] > pair[0] - 0.05),
                "{map:?}: {lightness:?}"
            );
            let reach = lightness[50] - lightness[0];
            assert!(reach > 60.0, "{map:?} reaches over {reach}");
        }
    }
}

/// Catches a fall that looks larger than a rise of the same size, a larger change that looks smaller, and a rise that
/// somebody takes for a fall.
#[test]
fn rises_and_falls_weigh_the_same_and_never_look_alike() {
    for (map, sign) in [(ColorMap::SignedOnDark, 1.0), (ColorMap::SignedOnLight, -1.0)] {
        let mut before = f32::NEG_INFINITY;
        for step in 0..=20 {
            let value = step as f32 / 20.0;
            let (up, down) = (map.color(value), map.color(-value));
            let (rise, fall) = (lightness(up), lightness(down));
            assert!((rise - fall).abs() < 6.0, "{map:?} at {value}: {rise} and {fall}");
            let weight = 0.5 * sign * (rise + fall);
            assert!(weight > before - 0.05, "{map:?} at {value}: {weight} after {before}");
            before = weight;
            for eye in &EYES {
                let apart = distance(up, down, eye);
                // They meet in zero; half-way to the end nobody may doubt.
                let least = 50.0 * value.min(0.5);
                assert!(value < 0.1 || apart >= least, "{map:?} at {value}: {apart} apart");
            }
        }
    }
}

/// Catches lines of classes, or layers, that somebody cannot tell apart.
#[test]
fn no_two_categories_look_alike() {
    for tokens in themes() {
        for eye in &EYES {
            for a in 0..6 {
                for b in a + 1..6 {
                    let apart = distance(tokens.layers[a], tokens.layers[b], eye);
                    let least = if a == 0 { 9.0 } else { 15.0 };
                    assert!(apart > least, "{a} and {b} of {tokens:?} are {apart} apart");
                }
            }
            let apart = distance(tokens.accent, tokens.before, eye);
            assert!(apart > 20.0, "now and before of {tokens:?} are {apart} apart");
        }
    }
}

/// Catches text or marks that are too faint: 4.5 and 3 are the levels AA of the guidelines, 7 is AAA, for the hall.
#[test]
fn everything_stands_out_from_what_is_behind_it() {
    for tokens in themes() {
        let text = if tokens.weight > 1.0 { 7.0 } else { 4.5 };
        for behind in [tokens.surface, tokens.sunken, tokens.raised] {
            for ink in [tokens.text_strong, tokens.text, tokens.text_weak] {
                let least = if ink == tokens.text_weak {
                    4.5_f32.min(text)
                } else {
                    text
                };
                let seen = contrast(ink, behind);
                assert!(seen > least, "{ink:?} on {behind:?}: {seen}");
            }
        }
        assert!(contrast(tokens.on_accent, tokens.accent) > text);
        for ink in [tokens.better, tokens.worse, tokens.pending, tokens.error, tokens.accent] {
            assert!(contrast(ink, tokens.surface) > 4.5, "{ink:?}");
        }
        for mark in tokens.layers.iter().chain(&tokens.selected).chain([&tokens.before]) {
            assert!(contrast(*mark, tokens.surface) > 3.0, "{mark:?}");
        }
    }
}

/// Catches themes that cannot be told apart by what tells them apart.
#[test]
fn every_theme_finds_its_tokens() {
    for tokens in themes() {
        let ctx = egui::Context::default();
        super::pour(&ctx, &tokens);
        let theme = if tokens.dark {
            egui::Theme::Dark
        } else {
            egui::Theme::Light
        };
        let found = Tokens::of_visuals(&ctx.style_of(theme).visuals);
        assert_eq!(
            (found.surface, found.accent, found.window),
            (tokens.surface, tokens.accent, tokens.window)
        );
    }
}
