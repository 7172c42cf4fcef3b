//! Whether what was published came out.

use super::cells::{chance, in_unit};
use super::results::Results;
use crate::experiment::{Published, Summary, Unit, unit_of};

/// What came of a published number.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Under which levels it was published.
    pub at: String,
    /// Which number: phase and measure.
    pub what: String,
    /// What was published.
    pub published: String,
    /// Where.
    pub source: String,
    /// Our trials.
    pub trials: usize,
    /// Trials that diverged and are not in our number.
    pub diverged: usize,
    /// Our number with its spread; a dash if there is none.
    pub ours: String,
    /// How sure it is that our number is not 0 by chance, where it is a gain.
    pub chance: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a published number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Ours is within the published bounds; where these say a direction alone, with its whole interval.
    Agrees,
    /// A direction is published, and our interval leaves room for both.
    NotShown,
    /// Ours is not, but its interval is in part.
    Unsure,
    /// Ours is lower with its whole interval, or with its number where a single trial has none.
    Lower,
    /// Ours is higher, likewise.
    Higher,
    /// There are words, but no bounds: a person has to judge.
    Words,
    /// The trials were not done.
    NotDone,
}

impl Outcome {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "yes",
            Self::NotShown => "not shown",
            Self::Unsure => "within the error",
            Self::Lower => "**no, lower**",
            Self::Higher => "**no, higher**",
            Self::Words => "see the numbers",
            Self::NotDone => "not done",
        }
    }
}

/// What came of every number that a protocol has as published.
pub fn verdicts(results: &Results) -> Vec<Verdict> {
    let protocol = results.protocol();
    let judge = |published: &Published| {
        let mut points = 0..protocol.points();
        let point = points.find(|&point| published.is_of(&protocol.levels(point)));
        let (summary, diverged) = point.map_or((None, 0), |point| {
            results.summary(point, &published.phase, &published.measure)
        });
        let unit = unit_of(&published.phase, &published.measure);
        Verdict {
            at: point.map_or_else(String::new, |point| results.label(point)),
            what: format!("{}: {}", published.phase, published.measure),
            published: published.value.clone(),
            source: published.source.clone(),
            trials: summary.map_or(0, |summary| summary.count),
            diverged,
            ours: summary.map_or_else(|| "—".to_owned(), |summary| in_unit(&summary, unit)),
            chance: summary
                .filter(|_| unit == Unit::Points)
                .and_then(|summary| summary.chance())
                .map_or_else(String::new, chance),
            outcome: outcome(summary, published.within, unit),
        }
    };
    protocol.published.iter().map(judge).collect()
}

/// The bounds of a claim that a number is above or below something, and not how large it is: one of the bounds is as far out as
/// numbers of the unit go, or a difference is bounded by 0. `None` of a claim of a size. A bound as far out as that bounds nothing.
fn direction(within: (f64, f64), unit: Unit) -> Option<(f64, f64)> {
    let (least, most) = unit.range();
    let low = if within.0 <= least { f64::NEG_INFINITY } else { within.0 };
    let high = if within.1 >= most { f64::INFINITY } else { within.1 };
    let is_bounded_by_0 = unit == Unit::Points && (low == 0.0 || high == 0.0);
    (low.is_infinite() || high.is_infinite() || is_bounded_by_0).then_some((low, high))
}

/// Compares our mean with the bounds, and where it is outside them our interval; a single trial has none, so its number alone
/// counts. A claim of a direction is shown by a whole interval only.
fn outcome(summary: Option<Summary>, within: Option<(f64, f64)>, unit: Unit) -> Outcome {
    let Some(summary) = summary else {
        return Outcome::NotDone;
    };
    let Some((low, high)) = within else {
        return Outcome::Words;
    };
    if let Some((low, high)) = direction((low, high), unit) {
        return match summary.interval {
            Some((from, to)) if from > low && to < high => Outcome::Agrees,
            Some((_, to)) if to < low => Outcome::Lower,
            Some((from, _)) if from > high => Outcome::Higher,
            _ => Outcome::NotShown,
        };
    }
    let (from, to) = summary.interval.unwrap_or((summary.mean, summary.mean));
    if (low..=high).contains(&summary.mean) {
        Outcome::Agrees
    } else if to < low {
        Outcome::Lower
    } else if from > high {
        Outcome::Higher
    } else {
        Outcome::Unsure
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches bounds that are compared with the mean alone, or the wrong way round: the mean is 0.13, its interval 0.09 to
    /// 0.17.
    #[test]
    fn an_interval_is_compared_with_bounds() {
        let summary = Summary::of(&[0.10, 0.12, 0.14, 0.16]);
        let outcome = |summary, within| outcome(summary, within, Unit::Points);
        assert_eq!(outcome(summary, Some((0.1, 0.3))), Outcome::Agrees);
        assert_eq!(outcome(summary, Some((0.14, 0.3))), Outcome::Unsure);
        assert_eq!(outcome(summary, Some((0.2, 0.3))), Outcome::Lower);
        assert_eq!(outcome(summary, Some((-0.1, 0.05))), Outcome::Higher);
        assert_eq!(outcome(summary, None), Outcome::Words);
        assert_eq!(outcome(None, Some((0.0, 1.0))), Outcome::NotDone);
    }

    /// Catches a direction that is taken for shown by a mean, or by a single trial; and an interval that is held against a bound
    /// as far out as there can be: those of the two numbers reach below 0, and over 1.
    #[test]
    fn a_direction_is_shown_by_an_interval() {
        let points = |values: &[f64], within| outcome(Summary::of(values), Some(within), Unit::Points);
        assert_eq!(points(&[0.3, 0.5], (0.0, 1.0)), Outcome::NotShown);
        assert_eq!(points(&[0.40, 0.41], (0.0, 1.0)), Outcome::Agrees);
        assert_eq!(points(&[-0.40, -0.41], (0.0, 1.0)), Outcome::Lower);
        assert_eq!(points(&[-0.3, -0.5], (0.0, 1.0)), Outcome::NotShown);
        assert_eq!(points(&[-0.40, -0.41], (-1.0, 0.0)), Outcome::Agrees);
        assert_eq!(points(&[0.4], (0.0, 1.0)), Outcome::NotShown);
        assert_eq!(points(&[0.0, 0.001, 0.002], (-0.01, 1.0)), Outcome::Agrees);
        let share = |values: &[f64], within| outcome(Summary::of(values), Some(within), Unit::Percent);
        assert_eq!(share(&[0.97, 0.99], (0.5, 1.0)), Outcome::Agrees);
        assert_eq!(share(&[0.5, 0.6], (0.5, 1.0)), Outcome::NotShown);
        assert_eq!(share(&[0.0095, 0.0097], (0.0, 0.1)), Outcome::Agrees);
    }
}
