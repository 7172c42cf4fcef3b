//! What the trials of a protocol say together.

use std::collections::BTreeMap;

use super::finding::{ACCURACY, DIVERGED};
use super::{Finding, Job, Protocol};
use crate::experiment::Summary;

/// One measure in one phase at one point, over all trials.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number of the point.
    pub point: usize,
    /// The phase.
    pub phase: String,
    /// The measure.
    pub measure: String,
    /// Mean and spread over the trials.
    pub summary: Summary,
    /// Trials of this point whose phase diverged. They are not in the summary: a mean that leaves them out says nothing of
    /// them, so both must be told.
    pub diverged: usize,
    /// Whether there is no trial of this point whose phase did not diverge.
    only_diverged: bool,
}

impl Row {
    /// Whether this row says when the phase diverged, and there is nothing else to say of it.
    pub fn has_only_diverged(&self) -> bool {
        self.only_diverged && self.measure == DIVERGED
    }
}

/// Sums up what trials found, point by point, phases and measures in the order in which trials tell them.
pub fn summarise(protocol: &Protocol, found: &BTreeMap<Job, Vec<Finding>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for point in 0..protocol.points() {
        let range = Job { point, trial: 0 }..=Job { point, trial: u32::MAX };
        let mut order: Vec<(&str, &str)> = Vec::new();
        let mut values: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for finding in found.range(range).flat_map(|(_, findings)| findings) {
            let key = (finding.phase.as_str(), finding.measure.as_str());
            let list = values.entry(key).or_default();
            if list.is_empty() {
                order.push(key);
            }
            list.push(finding.value);
        }
        for key in order {
            let diverged = values.get(&(key.0, DIVERGED)).map_or(0, Vec::len);
            let only_diverged = !values.contains_key(&(key.0, ACCURACY));
            if let Some(summary) = values.get(&key).and_then(|values| Summary::of(values)) {
                rows.push(Row {
                    point,
                    phase: key.0.to_owned(),
                    measure: key.1.to_owned(),
                    summary,
                    diverged,
                    only_diverged,
                });
            }
        }
    }
    rows
}
