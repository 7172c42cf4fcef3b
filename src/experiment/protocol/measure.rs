//! What is measured, and in which unit each measure is told.

use super::finding::{DIVERGED, EPOCHS};
use super::phase::difference;
use super::summary::RISING;
use crate::text::grouped;

/// In which unit a number is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, told in per cent.
    Percent,
    /// A difference of shares, told in percentage points, with its sign.
    Points,
    /// A number of things; a mean of several need not be whole.
    Count,
    /// A number from 0 to 1 that is told as it is.
    Plain,
}

/// How the measures begin that are no shares, and in which unit each is told.
const NO_SHARES: [(&str, Unit); 4] = [
    ("spikes of ", Unit::Count),
    (EPOCHS, Unit::Count),
    (DIVERGED, Unit::Count),
    ("entropy of ", Unit::Plain),
];

/// The unit of a measure in a phase. What a trial finds is a share unless it is known for something else, and the difference of
/// two shares is told in points.
pub fn unit_of(phase: &str, measure: &str) -> Unit {
    let known = NO_SHARES.iter().find(|(begin, _)| measure.starts_with(begin));
    match known {
        Some((_, unit)) => *unit,
        None if difference(phase).is_some() && measure != RISING => Unit::Points,
        None => Unit::Percent,
    }
}

impl Unit {
    /// The unit behind the name of what is measured.
    pub fn behind(self) -> &'static str {
        match self {
            Self::Percent => ", %",
            Self::Points => ", points",
            Self::Count | Self::Plain => "",
        }
    }

    /// By what a number is multiplied to be told in this unit.
    pub fn scale(self) -> f64 {
        match self {
            Self::Percent | Self::Points => 100.0,
            Self::Count | Self::Plain => 1.0,
        }
    }

    /// The least and the most that a number can be, untold: 0 to 1 for shares.
    pub fn range(self) -> (f64, f64) {
        match self {
            Self::Percent | Self::Plain => (0.0, 1.0),
            Self::Points => (-1.0, 1.0),
            Self::Count => (0.0, f64::INFINITY),
        }
    }

    /// The unit of how far numbers lie apart: what differs by 3 points has a spread of 3 points, which has no sign.
    #[must_use]
    pub fn of_spread(self) -> Self {
        match self {
            Self::Points => Self::Percent,
            other => other,
        }
    }

    /// A number in this unit, without its name: "12.5", "+3.0", "−0.2", "10,806".
    pub fn write(self, value: f64) -> String {
        let text = match self {
            Self::Count if value.abs() >= 100.0 && value.abs() < LARGE => {
                let sign = if value < 0.0 { "-" } else { "" };
                format!("{sign}{}", grouped(value.abs().round() as u64))
            }
            _ if value.abs() >= LARGE => format!("{:e}", self.scale() * value),
            Self::Percent => format!("{:.1}", 100.0 * value),
            Self::Points => format!("{:+.1}", 100.0 * value),
            Self::Count if value.fract() == 0.0 => format!("{value:.0}"),
            Self::Count => format!("{value:.1}"),
            Self::Plain => format!("{value:.2}"),
        };
        // What rounds to nothing is on neither side of it.
        let is_nothing = text.starts_with('-') && !text.contains(|digit: char| ('1'..='9').contains(&digit));
        match (is_nothing, self) {
            (true, Self::Points) => text.replacen('-', "+", 1),
            (true, _) => text.replacen('-', "", 1),
            (false, _) => text.replace('-', "−"),
        }
    }
}

/// From here on numbers are written with an exponent: no trial finds one that is so large.
const LARGE: f64 = 1e12;

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches epochs and spikes told in per cent, an entropy that is, a gain told as a share, and a share of classes told as a
    /// gain.
    #[test]
    fn each_measure_has_its_unit() {
        assert_eq!(unit_of("early stopping", "epochs"), Unit::Count);
        assert_eq!(unit_of("night", "spikes of layer 2"), Unit::Count);
        assert_eq!(unit_of("before", "diverged"), Unit::Count);
        assert_eq!(unit_of("after", "entropy of predicted classes"), Unit::Plain);
        assert_eq!(unit_of("after", "recall of 3"), Unit::Percent);
        assert_eq!(unit_of("night", "synapses grown, layer 1"), Unit::Percent);
        assert_eq!(unit_of("gain of the night", "recall of 3"), Unit::Points);
        assert_eq!(
            unit_of("sleep and fine-tuning against before", "accuracy"),
            Unit::Points
        );
        assert_eq!(unit_of("gain of the night", RISING), Unit::Percent);
    }

    /// Catches a sign before nothing, a hyphen for a minus, and hundreds of digits.
    #[test]
    fn numbers_are_written_in_their_units() {
        assert_eq!(Unit::Percent.write(0.1254), "12.5");
        assert_eq!(Unit::Percent.write(-0.0001), "0.0");
        assert_eq!(Unit::Points.write(-0.0001), "+0.0");
        assert_eq!(Unit::Points.write(-0.02), "−2.0");
        assert_eq!(Unit::Plain.write(0.345), "0.34");
        assert_eq!(Unit::Plain.write(-0.001), "0.00");
        assert_eq!(Unit::Count.write(10_806.3), "10,806");
        assert_eq!(Unit::Count.write(-120.0), "−120");
        assert_eq!(Unit::Count.write(39.0), "39");
        assert_eq!(Unit::Count.write(36.5), "36.5");
        assert!(Unit::Percent.write(1e300).len() < 10);
    }
}
