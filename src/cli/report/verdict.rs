//! Whether what was published came out.

use super::cells::{chance, in_unit, unit_of};
use super::results::Results;
use crate::experiment::{Published, Summary, difference};

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
    /// Ours is within the published bounds.
    Agrees,
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
        let point = points.find(|&point| {
            let names = results.names(point);
            names
                .iter()
                .zip(&published.at)
                .all(|(name, at)| at.is_empty() || name == at)
        });
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
                .filter(|_| difference(&published.phase).is_some())
                .and_then(|summary| summary.chance())
                .map_or_else(String::new, chance),
            outcome: outcome(summary, published.within),
        }
    };
    protocol.published.iter().map(judge).collect()
}

/// Compares our mean with the bounds, and where it is outside them our interval; a single trial has none, so its number alone
/// counts.
fn outcome(summary: Option<Summary>, within: Option<(f64, f64)>) -> Outcome {
    let Some(summary) = summary else {
        return Outcome::NotDone;
    };
    let Some((low, high)) = within else {
        return Outcome::Words;
    };
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
        assert_eq!(outcome(summary, Some((0.1, 0.3))), Outcome::Agrees);
        assert_eq!(outcome(summary, Some((0.14, 0.3))), Outcome::Unsure);
        assert_eq!(outcome(summary, Some((0.2, 0.3))), Outcome::Lower);
        assert_eq!(outcome(summary, Some((-0.1, 0.05))), Outcome::Higher);
        assert_eq!(outcome(summary, None), Outcome::Words);
        assert_eq!(outcome(None, Some((0.0, 1.0))), Outcome::NotDone);
    }
}
