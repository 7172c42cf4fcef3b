//! A finished job, as its file has it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::tables::rounded;
use crate::experiment::{Finding, Job};

/// A finished job, as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedJob {
    /// The version of the program that did it; empty if that is not known.
    pub version: String,
    /// Number of the point, from 0.
    pub point: usize,
    /// The level on each axis, for a person to read.
    pub at: Vec<String>,
    /// Number of the trial, from 0.
    pub trial: u32,
    /// The seed it ran with.
    pub seed: u64,
    /// The SHA-256 of the image set; empty if that is not known.
    pub images: String,
    /// How long it took, in seconds; left out if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "seconds")]
    pub seconds: Option<f64>,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// A time that stands in the file as a bare number.
mod seconds {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde asks for it")]
    pub fn serialize<S: Serializer>(seconds: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        // It is left out where there is none.
        seconds.unwrap_or_default().serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
        f64::deserialize(deserializer).map(Some)
    }
}

impl FinishedJob {
    /// Which job it is.
    pub(super) fn job(&self) -> Job {
        Job {
            point: self.point,
            trial: self.trial,
        }
    }

    /// What is wrong with its numbers, if something is.
    pub(super) fn fault(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        let twice = self.findings.iter().find(|it| !seen.insert((&it.phase, &it.measure)));
        if let Some(it) = twice {
            return Some(format!("it has {:?} of {:?} twice", it.measure, it.phase));
        }
        let no_number = self.findings.iter().find(|it| !it.value.is_finite());
        if let Some(it) = no_number {
            return Some(format!(
                "{:?} of {:?} is {}, which is no number",
                it.measure, it.phase, it.value
            ));
        }
        let seconds = self.seconds.filter(|it| !it.is_finite() || *it < 0.0);
        seconds.map(|it| format!("it took {it} seconds"))
    }

    /// Whether two files tell the same, whatever the time they took. What was taken over from tables has their decimals only, and
    /// need not know its images.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let is_unknown = |it: &Self| it.images.is_empty();
        (self.images == other.images || is_unknown(self) || is_unknown(other))
            && self.seed == other.seed
            && self.findings.len() == other.findings.len()
            && self.pairs(other).all(|pair| {
                pair.is_some_and(|(a, b)| is_same(a, b) || is_same(rounded(a), b) || is_same(rounded(b), a))
            })
    }

    /// Whether it says more than another one that agrees: all decimals, or which images it had.
    pub(super) fn says_more_than(&self, other: &Self) -> bool {
        (other.images.is_empty() && !self.images.is_empty())
            || self
                .pairs(other)
                .flatten()
                .any(|(a, b)| !is_same(a, b) && is_same(rounded(a), b))
    }

    /// The two values of each finding, in the order of this one; `None` where the other has none.
    fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Option<(f64, f64)>> + 'a {
        self.findings.iter().map(|a| {
            let mut all = other.findings.iter();
            let b = all.find(|b| (&a.phase, &a.measure) == (&b.phase, &b.measure))?;
            Some((a.value, b.value))
        })
    }
}

/// Whether two numbers are the same bit for bit.
fn is_same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits()
}
