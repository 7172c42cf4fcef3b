//! What each output says to a picture, before sleep and now, as pairs of bars.

use egui::{Align2, CornerRadius, FontId, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::session::Session;
use crate::app::text::{nice_ceiling, number, signed};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{axis_text, tooltip_rows};
use crate::worker::JudgedPicture;

/// Room for the numbers of the axis.
const AXIS: f32 = 36.0;
/// Room for the names of the classes.
const NAMES: f32 = 18.0;

/// The ends of a scale that all outputs lie on: 0 and a round number above the highest, or below the lowest where some are
/// below 0.
fn ends(picture: &JudgedPicture) -> (f64, f64) {
    let before = picture.before.iter().flat_map(|outputs| &outputs.values);
    let all = || {
        picture
            .now
            .values
            .iter()
            .chain(before.clone())
            .copied()
            .filter(|x| x.is_finite())
    };
    let high = all().fold(0.0_f32, f32::max);
    let low = all().fold(0.0_f32, f32::min);
    let end = |value: f32| if value > 0.0 { nice_ceiling(value.into()) } else { 0.0 };
    let (low, high) = (-end(-low), end(high));
    (low, if high - low > 0.0 { high } else { 1.0 })
}

/// How outputs are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// As shares of the largest output of the same network: which class it is read as, and how clearly.
    #[default]
    Relative,
    /// As they are: a night often makes all of them smaller.
    Absolute,
}

/// Outputs as shares of the largest magnitude among them; all 0 if there is none.
pub fn relative(values: &[f32]) -> Vec<f32> {
    let finite = values.iter().copied().filter(|value| value.is_finite());
    let largest = finite.fold(0.0_f32, |most, value| most.max(value.abs()));
    let share = |&value: &f32| if largest > 0.0 { value / largest } else { 0.0 };
    values.iter().map(share).collect()
}

/// A picture whose outputs are on a scale.
fn on_scale(picture: &JudgedPicture, scale: Scale) -> JudgedPicture {
    let mut picture = picture.clone();
    if scale == Scale::Relative {
        for outputs in picture.before.iter_mut().chain([&mut picture.now]) {
            outputs.values = relative(&outputs.values);
        }
    }
    picture
}

/// What a network reads, in words.
pub fn reading(session: &Session, outputs: &crate::worker::Outputs) -> String {
    let name = session.class_name(outputs.class);
    if outputs.values.iter().all(|&output| output == 0.0) {
        // Such a picture counts as the first class, and nobody should take that for an opinion.
        format!("{name} (all outputs are 0)")
    } else {
        name
    }
}

/// The bars in a place.
pub fn bars_ui(ui: &Ui, session: &Session, raw: &JudgedPicture, scale: Scale, area: Rect) {
    let picture = &on_scale(raw, scale);
    let tokens = Tokens::of(ui);
    let classes = picture.now.values.len();
    let plot = Rect::from_min_max(area.min + vec2(AXIS, 6.0), area.max - vec2(2.0, NAMES));
    if classes == 0 || plot.height() < 8.0 || plot.width() < 8.0 {
        return;
    }
    let (low, high) = ends(picture);
    let y_of = |value: f64| plot.bottom() - ((value - low) / (high - low)).clamp(0.0, 1.0) as f32 * plot.height();
    let ticks = if low < 0.0 {
        vec![low, 0.0, high]
    } else {
        vec![0.0, 0.5 * high, high]
    };
    for tick in ticks {
        let y = y_of(tick);
        let strength = if tick == 0.0 { 1.0 } else { 0.5 };
        ui.painter()
            .hline(plot.x_range(), y, Stroke::new(1.0, faded(tokens.grid, strength)));
        axis_text(ui, pos2(plot.left() - 6.0, y), Align2::RIGHT_CENTER, number(tick));
    }
    let slot = plot.width() / classes as f32;
    let bar = (0.36 * slot).min(22.0);
    let zero = y_of(0.0);
    for (class, &now) in picture.now.values.iter().enumerate() {
        let middle = plot.left() + (class as f32 + 0.5) * slot;
        let before = picture
            .before
            .as_ref()
            .and_then(|outputs| outputs.values.get(class).copied());
        let paint = |left: f32, output: f32, color| {
            if !output.is_finite() {
                return;
            }
            let y = y_of(f64::from(output));
            // What is 0 keeps a sliver, so that it is seen to be there.
            let (top, bottom) = (y.min(zero - 1.0), y.max(zero));
            let rect = Rect::from_min_max(pos2(left, top), pos2(left + bar, bottom));
            let rounded = CornerRadius {
                nw: 2,
                ne: 2,
                sw: 0,
                se: 0,
            };
            ui.painter().rect_filled(rect, rounded, color);
        };
        if let Some(before) = before {
            paint(middle - bar - 0.5, before, tokens.before);
            paint(middle + 0.5, now, tokens.accent);
        } else {
            paint(middle - 0.5 * bar, now, tokens.accent);
        }
        let is_read = class == picture.now.class;
        let was_read = picture.before.as_ref().is_some_and(|outputs| outputs.class == class);
        let (font, ink) = match (is_read, was_read) {
            (true, _) => (FontId::new(size::BODY, theme::strong_family()), tokens.accent),
            (false, true) => (FontId::new(size::SMALL, theme::strong_family()), tokens.before),
            (false, false) => (FontId::proportional(size::SMALL), tokens.text_weak),
        };
        let name = session.class_name(class);
        let galley = ui.painter().layout_no_wrap(name.clone(), font.clone(), ink);
        let galley = if galley.size().x <= slot - 2.0 {
            galley
        } else {
            let short = name.chars().take((slot / 7.0) as usize).collect();
            ui.painter().layout_no_wrap(short, font, ink)
        };
        let at = pos2(
            middle - 0.5 * galley.size().x,
            area.bottom() - 0.5 * (NAMES + galley.size().y) + 2.0,
        );
        ui.painter().galley(at, galley, ink);
        let slot = Rect::from_min_max(
            pos2(middle - 0.5 * slot, area.top()),
            pos2(middle + 0.5 * slot, area.bottom()),
        );
        let response = ui.interact(slot, ui.scope_id().with(("output", class)), Sense::hover());
        let before = raw
            .before
            .as_ref()
            .and_then(|outputs| outputs.values.get(class).copied());
        let now = raw.now.values[class];
        response.widget_info(|| {
            let was = before.map_or_else(String::new, |was| format!(", before sleep {}", number(was.into())));
            WidgetInfo::labeled(Role::Label, true, format!("Output {name}: {}{was}", number(now.into())))
        });
        response.on_hover_ui_at_pointer(|ui| {
            let mut rows = vec![("now", number(now.into()))];
            if let Some(before) = before {
                rows.push(("before sleep", number(before.into())));
                rows.push(("change", signed(f64::from(now - before))));
            }
            tooltip_rows(ui, &format!("Output {name}"), &rows);
        });
    }
}

/// Bars of now alone, without words, for a picture in a row of them.
pub fn small_bars(ui: &Ui, picture: &JudgedPicture, area: Rect) {
    let tokens = Tokens::of(ui);
    let picture = &JudgedPicture {
        before: None,
        ..on_scale(picture, Scale::Relative)
    };
    let (low, high) = ends(picture);
    let slot = area.width() / picture.now.values.len().max(1) as f32;
    let y_of = |value: f64| area.bottom() - ((value - low) / (high - low)).clamp(0.0, 1.0) as f32 * area.height();
    for (class, &output) in picture.now.values.iter().enumerate() {
        let value = if output.is_finite() { f64::from(output) } else { 0.0 };
        let color = if class == picture.now.class {
            tokens.accent
        } else {
            tokens.before
        };
        let (y, zero) = (y_of(value), y_of(0.0));
        let left = area.left() + class as f32 * slot;
        let right = left + (slot - 1.0).max(1.0);
        let bar = Rect::from_min_max(pos2(left, y.min(zero - 1.0)), pos2(right, y.max(zero)));
        ui.painter().rect_filled(bar, 0.0, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::Outputs;

    /// Catches a scale that cuts a bar off, one without height, and one that numbers that are none break.
    #[test]
    fn every_output_lies_on_the_scale() {
        let picture = |before: &[f32], now: &[f32]| JudgedPicture {
            id: 1,
            before: Some(Outputs {
                class: 0,
                values: before.to_vec(),
            }),
            now: Outputs {
                class: 0,
                values: now.to_vec(),
            },
        };
        assert_eq!(ends(&picture(&[0.0, 0.3], &[0.7, 0.1])), (0.0, 1.0));
        assert_eq!(ends(&picture(&[0.0, -3.0], &[7.0, 0.1])), (-5.0, 10.0));
        assert_eq!(ends(&picture(&[], &[f32::NAN, f32::INFINITY])), (0.0, 1.0));
        assert_eq!(ends(&picture(&[-0.1], &[-0.1])), (-0.1, 0.0));
        assert_eq!(relative(&[0.2, -0.4, f32::NAN])[..2], [0.5, -1.0]);
        assert_eq!(relative(&[0.0, 0.0]), [0.0, 0.0]);
    }
}
