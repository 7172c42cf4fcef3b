//! From the unit interval, in which candidates are bred, to values of parameters, and back.

use genoxide::math::{exp, ln};

use super::{Scale, Searched};
use crate::experiment::{Parameter, Recipe, parameter};
use crate::text::rounded;

/// Digits of a value: what is tried is what is written down, and more digits would say nothing.
const DIGITS: usize = 5;

impl Searched {
    /// What is known of the parameter; `None` if there is none at this path.
    pub fn parameter(&self) -> Option<&'static Parameter> {
        parameter(&self.path)
    }

    /// Its path, with its layer.
    pub fn full_path(&self) -> String {
        match self.layer {
            Some(layer) => format!("{}.{layer}", self.path),
            None => self.path.clone(),
        }
    }

    /// How it is varied.
    pub fn scale(&self) -> Scale {
        self.scale.unwrap_or_else(|| match self.parameter() {
            Some(parameter) if parameter.logarithmic && self.from > 0.0 => Scale::Log,
            _ => Scale::Linear,
        })
    }

    /// The value at a place in the range, 0 being its lower end and 1 its upper end: rounded to five digits, or to a whole
    /// number where the parameter is one.
    pub fn value(&self, place: f64) -> f64 {
        let place = place.clamp(0.0, 1.0);
        let value = match self.scale() {
            Scale::Linear => self.from + place * (self.to - self.from),
            // These functions give the same bits on every processor; those of the standard library may not.
            Scale::Log => exp(ln(self.from) + place * (ln(self.to) - ln(self.from))),
        };
        let rounded = if self.parameter().is_some_and(Parameter::is_whole) {
            value.round()
        } else {
            rounded(value, DIGITS)
        };
        rounded.clamp(self.from, self.to)
    }

    /// The place of a value in the range.
    pub fn place(&self, value: f64) -> f64 {
        let place = match self.scale() {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Log => (ln(value) - ln(self.from)) / (ln(self.to) - ln(self.from)),
        };
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Its value in a recipe; `None` if the recipe has it not.
    pub fn value_in(&self, recipe: &Recipe) -> Option<f64> {
        let values = self.parameter()?.values(recipe);
        let place = self.layer.map_or(0, |layer| layer.wrapping_sub(1));
        values.get(place).copied()
    }

    /// Sets its value in a recipe, if the recipe has it.
    pub fn put(&self, recipe: &mut Recipe, value: f64) {
        if let Some(parameter) = self.parameter() {
            parameter.put(recipe, self.layer.map_or(0, |layer| layer.wrapping_sub(1)), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    fn searched(path: &str, layer: Option<usize>, from: f64, to: f64) -> Searched {
        Searched {
            path: path.to_owned(),
            layer,
            from,
            to,
            scale: None,
        }
    }

    /// Catches a logarithmic parameter that is varied in steps, ends that are not met, and a place that is not that of its value.
    #[test]
    fn places_and_values_agree() {
        let rate = searched("night.rate", None, 10.0, 1000.0);
        assert_eq!(
            (rate.value(0.0), rate.value(0.5), rate.value(1.0)),
            (10.0, 100.0, 1000.0)
        );
        let decay = searched("night.decay", None, 0.9, 1.0);
        assert!((decay.value(0.5) - 0.95).abs() < 1e-12);
        let steps = searched("night.steps", None, 100.0, 1000.0);
        for it in [rate, decay, steps] {
            for place in [0.0, 0.123, 0.5, 0.77, 1.0] {
                let value = it.value(place);
                assert!((it.from..=it.to).contains(&value), "{value}");
                assert!((it.place(value) - place).abs() < 2e-3, "{} at {place}", it.path);
            }
        }
        let steps = searched("night.steps", None, 100.0, 1000.0).value(0.123);
        assert_eq!(steps.to_string(), "133");
    }

    /// Catches a threshold that is put into another layer, and a value that is written as another one.
    #[test]
    fn what_is_put_is_read() {
        for (path, layer) in [
            ("night.rate", None),
            ("night.steps", None),
            ("night.beta", Some(2)),
            ("night.alpha.FromData.scale", None),
        ] {
            let it = searched(path, layer, 1.0, 100.0);
            let mut recipe = presets().swap_remove(0).recipe;
            let value = it.value(0.4);
            it.put(&mut recipe, value);
            assert_eq!(it.value_in(&recipe), Some(value), "{path}");
        }
        let mut recipe = presets().swap_remove(0).recipe;
        searched("night.beta", Some(2), 1.0, 9.0).put(&mut recipe, 3.5);
        assert_eq!(recipe.night.beta, [7.29, 3.5, 12.82]);
    }
}
