//! What the trials of a protocol say together.

use std::collections::BTreeMap;

use super::finding::{ACCURACY, DIVERGED, RECALL};
use super::phase::{difference, fell};
use super::{Finding, Job, Protocol};
use crate::experiment::Summary;

/// The measure of a difference that no trial tells itself: the share of the classes whose recall is higher in the first phase
/// than in the second.
pub const RISING: &str = "classes whose recall rises";

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
    /// Trials of this point that have no number because this phase, or one that it goes on from, diverged. They are not in the
    /// summary: a mean that leaves them out says nothing of them, so both must be told.
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

/// What each finished trial of a point found of one measure in one phase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values {
    /// The number of each trial that has one.
    pub by_trial: BTreeMap<u32, f64>,
    /// Trials that have none because the phase, or one that it goes on from, diverged.
    pub diverged: usize,
}

impl Values {
    /// Their mean and spread; `None` if no trial has a number.
    pub fn summary(&self) -> Option<Summary> {
        Summary::of(&self.by_trial.values().copied().collect::<Vec<_>>())
    }
}

/// The finished trials of a point.
fn trials_of(found: &BTreeMap<Job, Vec<Finding>>, point: usize) -> impl Iterator<Item = (u32, &[Finding])> {
    let range = Job { point, trial: 0 }..=Job { point, trial: u32::MAX };
    found
        .range(range)
        .map(|(job, findings)| (job.trial, findings.as_slice()))
}

/// What the finished trials of a point found of a measure in a phase. Where the phase is a [`difference`], what it is the
/// difference of is subtracted within each trial.
pub fn values(
    protocol: &Protocol,
    found: &BTreeMap<Job, Vec<Finding>>,
    point: usize,
    phase: &str,
    measure: &str,
) -> Values {
    let mut values = Values::default();
    for (trial, findings) in trials_of(found, point) {
        if let Some(value) = value_of(findings, phase, measure) {
            values.by_trial.insert(trial, value);
        } else if fell(&protocol.plan, findings, phase) {
            values.diverged += 1;
        }
    }
    values
}

/// What a trial found of a measure in a phase.
fn value_of(findings: &[Finding], phase: &str, measure: &str) -> Option<f64> {
    let number = |phase: &str| number_of(findings, phase, measure);
    let subtracted = difference(phase).and_then(|(one, other)| match measure {
        RISING => rising(findings, one, other),
        _ => Some(number(one)? - number(other)?),
    });
    subtracted.or_else(|| number(phase))
}

/// What a trial tells of a measure in a phase.
fn number_of(findings: &[Finding], phase: &str, measure: &str) -> Option<f64> {
    let mut all = findings.iter();
    all.find(|it| it.phase == phase && it.measure == measure)
        .map(|it| it.value)
}

/// The share of the classes whose recall is higher in one phase than in the other; `None` if no recall is known in both.
fn rising(findings: &[Finding], one: &str, other: &str) -> Option<f64> {
    let recalls = findings
        .iter()
        .filter(|it| it.phase == one && it.measure.starts_with(RECALL));
    let rises: Vec<bool> = recalls
        .filter_map(|recall| Some(recall.value > number_of(findings, other, &recall.measure)?))
        .collect();
    let risen = rises.iter().filter(|&&rises| rises).count();
    (!rises.is_empty()).then(|| risen as f64 / rises.len() as f64)
}

/// Sums up what trials found, point by point, phases and measures in the order in which trials tell them; after them what is
/// derived of them and has a published number beside it.
pub fn summarise(protocol: &Protocol, found: &BTreeMap<Job, Vec<Finding>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for point in 0..protocol.points() {
        let mut order: Vec<(&str, &str)> = Vec::new();
        let mut values: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
        for finding in trials_of(found, point).flat_map(|(_, findings)| findings) {
            let key = (finding.phase.as_str(), finding.measure.as_str());
            let list = values.entry(key).or_default();
            if list.is_empty() {
                order.push(key);
            }
            list.push(finding.value);
        }
        let mut diverged: BTreeMap<&str, usize> = BTreeMap::new();
        for (phase, measure) in order {
            let diverged = *diverged.entry(phase).or_insert_with(|| {
                let trials = trials_of(found, point);
                trials
                    .filter(|(_, findings)| fell(&protocol.plan, findings, phase))
                    .count()
            });
            let only_diverged = !values.contains_key(&(phase, ACCURACY));
            if let Some(summary) = values.get(&(phase, measure)).and_then(|values| Summary::of(values)) {
                rows.push(Row {
                    point,
                    phase: phase.to_owned(),
                    measure: measure.to_owned(),
                    summary,
                    diverged,
                    only_diverged,
                });
            }
        }
        let levels = protocol.levels(point);
        for published in protocol.published.iter().filter(|it| it.is_of(&levels)) {
            let (phase, measure) = (&published.phase, &published.measure);
            let is_there = |row: &Row| row.point == point && (&row.phase, &row.measure) == (phase, measure);
            if difference(phase).is_none() || rows.iter().any(is_there) {
                continue;
            }
            let values = self::values(protocol, found, point, phase, measure);
            if let Some(summary) = values.summary() {
                rows.push(Row {
                    point,
                    phase: phase.clone(),
                    measure: measure.clone(),
                    summary,
                    diverged: values.diverged,
                    only_diverged: false,
                });
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::phase::{AFTER, BEFORE, GAIN, TUNING_GAIN};
    use super::*;
    use crate::experiment::protocols;

    /// What trials found at the first point: phases with an accuracy, or with `None` for one that diverged.
    fn found(trials: &[&[(&str, Option<f64>)]]) -> BTreeMap<Job, Vec<Finding>> {
        let findings = |trial: &&[(&str, Option<f64>)]| {
            let phases = trial.iter();
            phases
                .map(|&(phase, accuracy)| match accuracy {
                    Some(accuracy) => Finding::new(phase, ACCURACY, accuracy),
                    None => Finding::new(phase, DIVERGED, 7.0),
                })
                .collect()
        };
        (0..)
            .zip(trials)
            .map(|(trial, findings_of)| (Job { point: 0, trial }, findings(findings_of)))
            .collect()
    }

    /// The shipped protocol of this name.
    fn protocol(name: &str) -> Protocol {
        protocols().into_iter().find(|it| it.name == name).unwrap()
    }

    /// Catches a mean of later tasks that hides the trial that diverged earlier, and a divergence counted for another way of
    /// learning or for what was before it.
    #[test]
    fn what_diverged_is_missing_from_every_later_task() {
        let protocol = protocol("forgetting");
        let found = found(&[
            &[
                ("sleep, task 1 slept", Some(0.2)),
                ("sleep, task 2 slept", Some(0.3)),
                ("sleep, task 3 slept", Some(0.5)),
                ("no sleep, task 2 trained", Some(0.2)),
            ],
            &[
                ("sleep, task 1 slept", Some(0.1)),
                ("sleep, task 2 slept", None),
                ("no sleep, task 2 trained", Some(0.2)),
            ],
        ]);
        let told = |phase: &str| {
            let values = values(&protocol, &found, 0, phase, ACCURACY);
            let rows = summarise(&protocol, &found);
            let row = rows.iter().find(|row| row.phase == phase && row.measure == ACCURACY);
            assert_eq!(
                row.map(|row| (row.summary.count, row.diverged)).unwrap(),
                (values.by_trial.len(), values.diverged)
            );
            (values.by_trial.len(), values.diverged)
        };
        assert_eq!(told("sleep, task 1 slept"), (2, 0));
        assert_eq!(told("sleep, task 2 slept"), (1, 1));
        assert_eq!(told("sleep, task 3 slept"), (1, 1));
        assert_eq!(told("no sleep, task 2 trained"), (2, 0));
    }

    /// Catches classes that are counted as rising by their mean, by a mean over trials, or where their recall stays as it is; and
    /// what was published of a difference but has no row.
    #[test]
    fn the_classes_that_improve_are_counted_in_each_trial() {
        let protocol = protocol("imbalance");
        let point = (0..protocol.points()).find(|&point| protocol.published[0].is_of(&protocol.levels(point)));
        let trial = |recalls: [(f64, f64); 4]| -> Vec<Finding> {
            let both = recalls.into_iter().enumerate().map(|(class, (before, after))| {
                let measure = format!("{RECALL}{class}");
                [
                    Finding::new(BEFORE, &*measure, before),
                    Finding::new(AFTER, &*measure, after),
                ]
            });
            both.flatten().collect()
        };
        let trials = [
            trial([(0.9, 0.1), (0.1, 0.2), (0.1, 0.2), (0.1, 0.2)]),
            trial([(0.0, 0.0), (0.5, 0.4), (0.5, 0.4), (0.0, 1.0)]),
        ];
        let point = point.unwrap();
        let jobs = (0..).map(|trial| Job { point, trial });
        let rows = summarise(&protocol, &jobs.zip(trials).collect());
        let row = rows
            .iter()
            .find(|row| row.phase == GAIN && row.measure == RISING)
            .unwrap();
        assert!(
            (row.summary.mean - 0.5).abs() < 1e-12 && row.summary.count == 2,
            "{row:?}"
        );
        assert_eq!(
            (row.point, row.summary.deviation.map(|it| (it * 1e4).round())),
            (point, Some(3536.0))
        );
    }

    /// Catches a night that diverged and is missing without a word from what goes on from it, and controls that go on from the
    /// trained network and are missing nothing.
    #[test]
    fn what_goes_on_from_a_night_falls_with_it() {
        let protocol = protocol("limited_data");
        let whole = [
            BEFORE,
            AFTER,
            "fine-tuning without sleep",
            "sleep and fine-tuning",
            "a control",
        ];
        let whole = whole.map(|phase| (phase, Some(0.5)));
        let night = [
            (BEFORE, Some(0.5)),
            (AFTER, None),
            ("fine-tuning without sleep", Some(0.5)),
            ("a control", Some(0.5)),
        ];
        let training = [(BEFORE, None)];
        let found = found(&[&whole, &night, &training]);
        for (phase, diverged) in [
            (BEFORE, 1),
            (AFTER, 2),
            (GAIN, 2),
            ("fine-tuning without sleep", 1),
            ("sleep and fine-tuning", 2),
            (TUNING_GAIN, 2),
            ("a control", 1),
            ("a control against after", 2),
        ] {
            let values = values(&protocol, &found, 0, phase, ACCURACY);
            assert_eq!(
                (values.by_trial.len(), values.diverged),
                (3 - diverged, diverged),
                "{phase}"
            );
        }
    }
}
