//! What can be varied along an axis of a grid, and the values along it.

use std::ops::RangeInclusive;

use crate::experiment::{Access, MAX_HIDDEN_LAYERS, PARAMETERS, Parameter, Recipe, parameter};
use crate::sim::night::{decay_from_tau, tau_from_decay};
use crate::text::rounded;

/// What comes before the path of every number of the night.
const NIGHT: &str = "night.";
/// Digits of a value that count: what is tried is what is told.
const DIGITS: usize = 5;
/// A value as near as this to the present one, as a share of what is between two values, is the present one.
const SAME: f64 = 0.02;

/// A setting of the night that can be varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knob {
    /// The thresholds of all layers at once; the value is the factor on them.
    Thresholds,
    /// A number of [`PARAMETERS`], by its path, and its layer from 0 where there is one for each.
    Number(&'static str, usize),
}

/// How the values along an axis follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// In steps.
    Steps,
    /// In factors.
    Factors,
    /// In factors of the time constant that belongs to a decay.
    TimeConstant,
}

impl Knob {
    /// Everything that can be varied in the night of a recipe.
    pub fn all(recipe: &Recipe) -> Vec<Self> {
        let of_night = PARAMETERS.iter().filter(|parameter| parameter.path.starts_with(NIGHT));
        let numbers = of_night.flat_map(|parameter| {
            let layers = parameter.values(recipe).len().min(MAX_HIDDEN_LAYERS + 1);
            (0..layers).map(|layer| Self::Number(parameter.path, layer))
        });
        std::iter::once(Self::Thresholds).chain(numbers).collect()
    }

    /// The number behind it, if it is one.
    fn number(self) -> Option<(&'static Parameter, usize)> {
        match self {
            Self::Thresholds => None,
            Self::Number(path, layer) => parameter(path).map(|parameter| (parameter, layer)),
        }
    }

    /// Whether both turn the same thing, so that they cannot be the two axes of a grid.
    pub fn excludes(self, other: Self) -> bool {
        let is_threshold = |knob: Self| matches!(knob, Self::Number("night.beta", _));
        self == other
            || (self == Self::Thresholds && is_threshold(other))
            || (other == Self::Thresholds && is_threshold(self))
    }

    /// What it is called.
    pub fn title(self) -> String {
        match self.number() {
            None => "Thresholds".to_owned(),
            Some((parameter, layer)) if matches!(parameter.access, Access::Layers(_)) => {
                format!("{} {}", parameter.label, layer + 1)
            }
            Some((parameter, _)) => parameter.label.to_owned(),
        }
    }

    /// In what its values are.
    pub fn unit(self) -> &'static str {
        self.number().map_or("×", |(parameter, _)| parameter.unit)
    }

    /// What it does, in a sentence or two.
    pub fn help(self) -> &'static str {
        match self.number() {
            None => "A factor on the thresholds of all layers at once.",
            Some((parameter, _)) => parameter.help,
        }
    }

    /// The values it can take.
    pub fn range(self) -> RangeInclusive<f64> {
        self.number()
            .map_or(0.01..=100.0, |(parameter, _)| parameter.range.clone())
    }

    /// How values along it follow each other.
    pub fn spacing(self) -> Spacing {
        match self.number() {
            None => Spacing::Factors,
            Some((parameter, _)) if parameter.path == "night.decay" => Spacing::TimeConstant,
            Some((parameter, _)) if parameter.logarithmic => Spacing::Factors,
            Some(_) => Spacing::Steps,
        }
    }

    /// Whether its values are whole numbers.
    pub fn is_whole(self) -> bool {
        self.number().is_some_and(|(parameter, _)| parameter.is_whole())
    }

    /// Its value in a recipe; of all thresholds, the factor between them and those of `base`. `None` if the recipe does not have it, or if there is
    /// no such factor.
    pub fn value(self, recipe: &Recipe, base: &Recipe) -> Option<f64> {
        let Some((parameter, layer)) = self.number() else {
            let (now, then) = (&recipe.night.beta, &base.night.beta);
            let factor = now.first()? / then.first()?;
            let is_factor = |(now, then): (&f64, &f64)| (now - factor * then).abs() <= 1e-9 * now.abs();
            let holds = now.len() == then.len() && now.iter().zip(then).all(is_factor);
            return (holds && factor.is_finite()).then_some(factor);
        };
        parameter.values(recipe).get(layer).copied()
    }

    /// Sets its value in a recipe, if the recipe has it; all thresholds to those of `base` times the value.
    pub fn set(self, recipe: &mut Recipe, base: &Recipe, value: f64) {
        let Some((parameter, layer)) = self.number() else {
            recipe.night.beta = base.night.beta.iter().map(|beta| beta * value).collect();
            return;
        };
        parameter.put(recipe, layer, value);
    }

    /// From where to where one looks first, around the value of a recipe.
    pub fn usual(self, recipe: &Recipe) -> (f64, f64) {
        let here = self.value(recipe, recipe).unwrap_or(1.0);
        let range = self.range();
        let within = |value: f64| value.clamp(*range.start(), *range.end());
        let (from, to) = match self.spacing() {
            Spacing::TimeConstant => {
                // A tenth and ten times the time constant; without one, that of a second.
                let tau = tau_from_decay(here);
                let tau = if tau > 0.0 && tau.is_finite() { tau } else { 1.0 };
                // What is lost in a step, to a digit or two: such ends are easy to read.
                let end = |tau: f64| 1.0 - rounded(1.0 - decay_from_tau(tau), 2);
                (end(0.1 * tau), end(10.0 * tau))
            }
            Spacing::Factors if here > 0.0 => (0.5 * here, 2.0 * here),
            Spacing::Factors => (range.start().max(1e-4), range.end().min(1.0)),
            Spacing::Steps if self.is_whole() => ((here - 8.0).max(1.0), here + 8.0),
            Spacing::Steps if here > 0.0 => (0.0, 2.0 * here),
            Spacing::Steps => (0.0, 0.2 * range.end().min(1.0)),
        };
        (self.rounded(within(from)), self.rounded(within(to)))
    }

    /// So many values from one end to the other, rising, each once: whole numbers may be fewer. What is as good as `here` is `here`.
    pub fn values(self, from: f64, to: f64, count: usize, here: Option<f64>) -> Vec<f64> {
        let ends = [from, to].map(|end| self.coordinate(end.clamp(*self.range().start(), *self.range().end())));
        let between = (ends[1] - ends[0]) / count.saturating_sub(1).max(1) as f64;
        let here = here.map(|here| (here, self.coordinate(here)));
        let mut values: Vec<f64> = (0..count)
            .map(|place| {
                let at = ends[0] + place as f64 * between;
                let same = here.filter(|(_, here)| (here - at).abs() <= SAME * between.abs());
                same.map_or_else(|| self.rounded(self.at(at)), |(here, _)| here)
            })
            .filter(|value| value.is_finite())
            .collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    }

    /// Where a value stands on the axis: equal steps of it are equal steps there.
    pub fn coordinate(self, value: f64) -> f64 {
        /// What has no logarithm is as far off as this.
        const LEAST: f64 = 1e-9;
        match self.spacing() {
            Spacing::Steps => value,
            Spacing::Factors => value.max(LEAST).ln(),
            Spacing::TimeConstant => tau_from_decay(value).clamp(1e-4, 1e4).ln(),
        }
    }

    /// The value at a place of the axis.
    fn at(self, coordinate: f64) -> f64 {
        match self.spacing() {
            Spacing::Steps => coordinate,
            Spacing::Factors => coordinate.exp(),
            Spacing::TimeConstant => decay_from_tau(coordinate.exp()),
        }
    }

    /// A value as it is tried: so many digits, a whole number where it is one. Of a decay, the digits of what is lost count.
    pub fn rounded(self, value: f64) -> f64 {
        if self.is_whole() {
            value.round()
        } else if self.spacing() == Spacing::TimeConstant && value < 1.0 {
            // Taken off the decimals, not off the number, so that 0.999 is what a person types.
            format!("{:.12}", 1.0 - rounded(1.0 - value, DIGITS))
                .parse()
                .unwrap_or(value)
        } else {
            rounded(value, DIGITS)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a parameter of the night that cannot be varied, and values that do not arrive in the recipe or reach another one.
    #[test]
    fn every_number_of_the_night_is_set_and_read() {
        let base = presets().swap_remove(0).recipe;
        let knobs = Knob::all(&base);
        assert_eq!(knobs.len(), 12, "{knobs:?}");
        for knob in knobs {
            let (from, to) = knob.usual(&base);
            assert!(from < to, "{knob:?}: {from} to {to}");
            for value in [from, to] {
                let mut recipe = base.clone();
                knob.set(&mut recipe, &base, value);
                assert!((knob.value(&recipe, &base).unwrap() - value).abs() < 1e-12, "{knob:?}");
                assert!(recipe.validate().is_ok(), "{knob:?} at {value}");
                let mut back = recipe.clone();
                back.night = base.night.clone();
                assert_eq!(back, base, "{knob:?} changes the night alone");
                assert_eq!(recipe.night == base.night, knob.value(&base, &base) == Some(value));
            }
        }
    }

    /// Catches ends that are not met, values that are not evenly spaced, a present value that is missed by a rounding, and a number twice.
    #[test]
    fn the_values_of_an_axis_are_as_wished() {
        let decay = Knob::Number("night.decay", 0);
        let (from, to) = (0.99, 0.9999);
        let values = decay.values(from, to, 5, Some(0.999));
        assert_eq!((values.len(), values[0], values[4]), (5, from, to));
        let tau: Vec<f64> = values.iter().map(|&value| tau_from_decay(value)).collect();
        for pair in tau.windows(2) {
            assert!((pair[1] / pair[0] - 10_f64.sqrt()).abs() < 0.02, "{tau:?}");
        }
        let factors = Knob::Thresholds.values(0.5, 2.0, 9, Some(1.0));
        assert_eq!((factors[0], factors[4], factors[8]), (0.5, 1.0, 2.0));
        // More digits than are tried: the present value is met to its last bit all the same.
        let (beta, here) = (Knob::Number("night.beta", 1), 4.670_001_23);
        assert_eq!(
            beta.values(0.5 * here, 2.0 * here, 3, Some(here))[1].to_bits(),
            f64::to_bits(here)
        );
        let window = Knob::Number("night.window", 0);
        assert_eq!(window.values(1.0, 4.0, 9, None), [1.0, 2.0, 3.0, 4.0]);
        assert_eq!(Knob::Thresholds.values(2.0, 0.5, 3, None), [0.5, 1.0, 2.0]);
        assert_eq!(Knob::Thresholds.values(1.0, 1.0, 3, None), [1.0]);
    }

    /// Catches two axes that would write over each other.
    #[test]
    fn the_axes_of_a_grid_do_not_turn_the_same() {
        let (first, decay) = (Knob::Number("night.beta", 0), Knob::Number("night.decay", 0));
        assert!(Knob::Thresholds.excludes(first) && first.excludes(Knob::Thresholds) && decay.excludes(decay));
        assert!(!first.excludes(Knob::Number("night.beta", 1)) && !Knob::Thresholds.excludes(decay));
    }
}
