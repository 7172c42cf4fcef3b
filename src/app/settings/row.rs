//! One setting on one line: name, slider with the mark of the preset, typed value, and the way back.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use egui::{DragValue, PointerButton, Response, Slider, SliderClamping, Stroke, Ui, pos2, vec2};

use super::difference::value_name;
use super::line::{BACK, back_ui, named, take_keyboard};
use super::typed::read;
use crate::app::text::number;
use crate::app::theme::{CONTROL_HEIGHT, Tokens, slim_sliders};
use crate::experiment::{Parameter, Recipe, parameter};

/// Width of the typed values.
const VALUE: f32 = 90.0;
/// A logarithmic slider reaches this factor to either side of the preset's value; typing reaches everything.
const SPAN: f64 = 20.0;

/// What a draft is compared with.
#[derive(Clone, Copy)]
pub struct Against<'a> {
    /// Where the marks are.
    pub preset: &'a Recipe,
    /// What is being run.
    pub applied: Option<&'a Recipe>,
    /// The value that is to get the keyboard: its path and its layer.
    pub wanted: Option<(&'static str, usize)>,
}

/// A number of a recipe: the parameter, and the layer for those that have one value a layer.
fn get(parameter: &Parameter, recipe: &Recipe, layer: usize) -> Option<f64> {
    parameter.values(recipe).get(layer).copied()
}

/// The line (or lines, one a layer) of a parameter.
pub fn parameter_ui(ui: &mut Ui, path: &str, draft: &mut Recipe, against: Against<'_>) {
    let Some(parameter) = parameter(path) else { return };
    let layers = parameter.values(draft).len();
    for layer in 0..layers {
        let name = value_name(parameter, layer, draft);
        line_ui(ui, parameter, &name, layer, draft, against);
    }
}

/// One line.
fn line_ui(ui: &mut Ui, parameter: &Parameter, name: &str, layer: usize, draft: &mut Recipe, against: Against<'_>) {
    let Some(mut value) = get(parameter, draft, layer) else {
        return;
    };
    let preset = get(parameter, against.preset, layer);
    let applied = against.applied.map(|applied| get(parameter, applied, layer));
    let whole = parameter.is_whole();
    let range = slider_range(parameter, preset.unwrap_or(value), value);
    let row = Row {
        name,
        unit: parameter.unit,
        help: parameter.help,
        source: parameter.source,
        rail: Rail::of(parameter.logarithmic),
        range,
        allowed: parameter.range.clone(),
        whole,
        wanted: against.wanted == Some((parameter.path, layer)),
    };
    let pending = applied.is_some_and(|applied| applied != Some(value));
    if row.ui(ui, &mut value, preset, pending) {
        parameter.put(draft, layer, value);
    }
}

/// Where the slider goes: everything for a linear one, some way around the preset for a logarithmic one.
fn slider_range(parameter: &Parameter, preset: f64, value: f64) -> RangeInclusive<f64> {
    let (low, high) = (*parameter.range.start(), *parameter.range.end());
    if !parameter.logarithmic || preset <= 0.0 {
        return low..=high;
    }
    let low = (preset / SPAN).min(value).max(low).max(1e-9);
    let high = (preset * SPAN).max(value).min(high);
    low..=high.max(low * 1.001)
}

/// How the slider of a number moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    /// There is no slider.
    None,
    /// In steps.
    Linear,
    /// In factors.
    Logarithmic,
}

impl Rail {
    /// A slider that moves in factors, or in steps.
    fn of(logarithmic: bool) -> Self {
        if logarithmic { Self::Logarithmic } else { Self::Linear }
    }
}

/// A number on one line.
pub struct Row<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Its unit.
    pub unit: &'a str,
    /// What it does.
    pub help: &'a str,
    /// Where the preset has its value from; empty where there is nothing to say.
    pub source: &'a str,
    /// The slider before the typed value.
    pub rail: Rail,
    /// Where the slider goes.
    pub range: RangeInclusive<f64>,
    /// What can be typed.
    pub allowed: RangeInclusive<f64>,
    /// Whether it counts something.
    pub whole: bool,
    /// Whether it is to get the keyboard.
    pub wanted: bool,
}

impl Row<'_> {
    /// Shows the line. `true` if the value was changed.
    pub fn ui(&self, ui: &mut Ui, value: &mut f64, preset: Option<f64>, pending: bool) -> bool {
        let before = *value;
        named(ui, self.name, pending, |ui, label| {
            let help = self.tooltip(preset);
            let label = label.on_hover_text(&help);
            let mut double_clicked = label.double_clicked();
            let mut width = ui.available_width() - BACK - ui.spacing().item_spacing.x;
            if self.rail != Rail::None {
                width = VALUE;
                let rail = self.rail_ui(ui, value, preset).labelled_by(label.id);
                // A slider is dragged and never clicked, as egui sees it.
                let twice = |ui: &Ui| ui.input(|input| input.pointer.button_double_clicked(PointerButton::Primary));
                double_clicked |= rail.contains_pointer() && twice(ui);
                help_ui(rail, &help);
            }
            if let Some(preset) = preset.filter(|_| double_clicked) {
                *value = preset;
            }
            let field = self.field_ui(ui, value, width).labelled_by(label.id);
            if self.wanted {
                take_keyboard(ui, &field, &number(*value));
            }
            help_ui(field, &help);
            if back_ui(
                ui,
                self.name,
                preset.is_some_and(|preset| preset.to_bits() != value.to_bits()),
                preset.map(number),
            ) {
                *value = preset.unwrap_or(*value);
            }
        });
        value.to_bits() != before.to_bits()
    }

    /// The slider, with the mark of the preset.
    fn rail_ui(&self, ui: &mut Ui, value: &mut f64, preset: Option<f64>) -> Response {
        let room = ui.available_width() - VALUE - BACK - 2.0 * ui.spacing().item_spacing.x;
        let plain = std::sync::Arc::clone(ui.style());
        slim_sliders(ui);
        ui.spacing_mut().slider_width = room.max(24.0);
        let mut slider = Slider::new(value, self.range.clone())
            .logarithmic(self.rail == Rail::Logarithmic)
            .clamping(SliderClamping::Never)
            .show_value(false);
        if self.whole {
            slider = slider.step_by(1.0);
        }
        let response = ui.add(slider);
        if let Some(preset) = preset {
            self.mark(ui, &response, preset);
        }
        ui.set_style(plain);
        response
    }

    /// The value, to be typed.
    fn field_ui(&self, ui: &mut Ui, value: &mut f64, width: f32) -> Response {
        let speed = if self.whole {
            1.0
        } else {
            (value.abs() * 0.01).max(1e-6)
        };
        let unit = if self.unit.is_empty() || self.unit == "±" {
            String::new()
        } else {
            format!(" {}", self.unit)
        };
        let prefix = if self.unit == "±" { "±" } else { "" };
        let old = *value;
        let drag = DragValue::new(value)
            .range(self.allowed.clone())
            .clamp_existing_to_range(false)
            .speed(speed)
            .prefix(prefix)
            .suffix(unit)
            .min_size(vec2(width, CONTROL_HEIGHT - 2.0))
            .custom_formatter(|value, _| number(value))
            .custom_parser(move |text| read(text, old, number))
            // A long number must not push the panel wider.
            .clip_text(true)
            .update_while_editing(false);
        ui.add_sized([width, CONTROL_HEIGHT - 2.0], drag)
    }

    /// What it does, where it may lie, what the preset says and where it has that from.
    pub fn tooltip(&self, preset: Option<f64>) -> String {
        let (low, high) = (number(*self.allowed.start()), number(*self.allowed.end()));
        let unit = if self.unit.is_empty() {
            String::new()
        } else {
            format!(" {}", self.unit)
        };
        let mut text = format!("{}\n\nFrom {low} to {high}{unit}.", self.help);
        if let Some(preset) = preset {
            let name = if self.rail == Rail::None {
                "name"
            } else {
                "slider or name"
            };
            let _ = write!(
                text,
                " Preset: {}. Double-click on the {name} for the preset's value.",
                number(preset)
            );
        }
        if !self.source.is_empty() {
            let _ = write!(text, "\n\n{}", self.source);
        }
        text
    }

    /// The mark of the preset on the rail.
    fn mark(&self, ui: &Ui, slider: &Response, preset: f64) {
        let (low, high) = (*self.range.start(), *self.range.end());
        let logarithmic = self.rail == Rail::Logarithmic;
        let share = if logarithmic && low > 0.0 && preset > 0.0 {
            (preset / low).ln() / (high / low).ln()
        } else if logarithmic {
            return;
        } else {
            (preset - low) / (high - low)
        };
        if !(0.0..=1.0).contains(&share) {
            return;
        }
        // As egui places the handle: its circle stays inside the rail.
        let rail = slider.rect.x_range().shrink(slider.rect.height() / 2.5);
        let x = rail.min + share as f32 * rail.span();
        let y = slider.rect.center().y;
        let color = Tokens::of(ui).text_weak;
        ui.painter()
            .line_segment([pos2(x, y + 7.0), pos2(x, y + 10.0)], Stroke::new(1.5, color));
    }
}

/// What a control does, beside it; but not in front of what one watches while it is dragged.
fn help_ui(control: Response, help: &str) -> Response {
    if control.is_pointer_button_down_on() {
        control
    } else {
        control.on_hover_text(help)
    }
}

/// The seed: no slider, for no seed is more than another.
pub fn seed_ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let pending = against.applied.is_some_and(|applied| applied.seed != draft.seed);
    named(ui, "Seed", pending, |ui, label| {
        let help = "Decides every random number of the run: which images, the first weights, the noise of the night. The same seed and settings are the same run.";
        let preset = against.preset.seed;
        let help = format!("{help}\n\nAny whole number. Preset: {preset}. Double-click on the name for it.");
        let label = label.on_hover_text(&help);
        if label.double_clicked() {
            draft.seed = preset;
        }
        let room = ui.available_width() - BACK - ui.spacing().item_spacing.x;
        let drag = DragValue::new(&mut draft.seed).speed(0.1);
        ui.add_sized([room, CONTROL_HEIGHT - 2.0], drag)
            .labelled_by(label.id)
            .on_hover_text(help);
        if back_ui(ui, "Seed", preset != draft.seed, Some(preset.to_string())) {
            draft.seed = preset;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a control that does not say what it does, where it may lie, or where its value comes from.
    #[test]
    fn every_parameter_tells_where_its_value_comes_from() {
        for parameter in crate::experiment::PARAMETERS {
            let says = |words: &str| parameter.source.contains(words);
            assert!(says("reference code") || says("search"), "{}", parameter.path);
            assert!(
                parameter.help.ends_with('.') && parameter.source.ends_with('.'),
                "{}",
                parameter.path
            );
            let row = Row {
                name: parameter.label,
                unit: parameter.unit,
                help: parameter.help,
                source: parameter.source,
                rail: Rail::of(parameter.logarithmic),
                range: parameter.range.clone(),
                allowed: parameter.range.clone(),
                whole: false,
                wanted: false,
            };
            let text = row.tooltip(Some(0.25));
            for part in [parameter.help, "From ", "Preset: 0.25", parameter.source] {
                assert!(text.contains(part), "{text}");
            }
        }
    }

    /// Catches a parameter that a slider cannot reach: every one of every preset lies on its slider and comes back as set.
    #[test]
    fn every_parameter_can_be_set() {
        for preset in crate::experiment::presets() {
            for parameter in crate::experiment::PARAMETERS {
                for (layer, value) in parameter.values(&preset.recipe).into_iter().enumerate() {
                    let range = slider_range(parameter, value, value);
                    assert!(
                        range.contains(&value) && range.start() < range.end(),
                        "{} {range:?}",
                        parameter.path
                    );
                    let mut recipe = preset.recipe.clone();
                    parameter.put(&mut recipe, layer, *parameter.range.start());
                    assert_eq!(
                        get(parameter, &recipe, layer),
                        Some(*parameter.range.start()),
                        "{}",
                        parameter.path
                    );
                }
            }
        }
    }
}
