//! What a trial finds: numbers with a name.

use serde::{Deserialize, Serialize};

use crate::sim::evaluate::Evaluation;

/// The measure that every test has: the share of the images that are read correctly.
pub const ACCURACY: &str = "accuracy";
/// The measure of a phase whose numbers overflowed.
pub(super) const DIVERGED: &str = "diverged";
/// The measure of a training that was stopped early: its epochs.
pub const EPOCHS: &str = "epochs";
/// How the measures of single classes begin.
pub(super) const RECALL: &str = "recall of ";

/// One number that a trial found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// When, or under what: "before", "after", the name of a control.
    pub phase: String,
    /// What was measured: "accuracy", "recall of 3". Shares are from 0 to 1.
    pub measure: String,
    /// The number. That of "diverged" is the step or batch by which the numbers had overflowed; such a phase has no other.
    pub value: f64,
}

impl Finding {
    /// A number with its names.
    pub fn new(phase: impl Into<String>, measure: impl Into<String>, value: f64) -> Self {
        Self {
            phase: phase.into(),
            measure: measure.into(),
            value,
        }
    }
}

/// What a test says: accuracy, the mean of the classes' recalls (balanced accuracy), how evenly the classes are named
/// (entropy of the predicted classes; 1 if all are named equally often, 0 if only one is), and the recall of each class.
pub fn findings_of(phase: &str, test: &Evaluation) -> Vec<Finding> {
    let recalls = test.class_accuracy();
    let mut findings = vec![
        Finding::new(phase, ACCURACY, test.accuracy()),
        Finding::new(phase, "balanced accuracy", test.balanced_accuracy()),
        Finding::new(phase, "entropy of predicted classes", predicted_entropy(test)),
    ];
    findings.extend(
        recalls
            .iter()
            .enumerate()
            .filter_map(|(class, recall)| Some(Finding::new(phase, format!("{RECALL}{class}"), (*recall)?))),
    );
    findings
}

/// The confusion matrix as shares of each class.
pub(super) fn confusion(phase: &str, test: &Evaluation) -> Vec<Finding> {
    let classes = 0..test.classes;
    classes
        .clone()
        .flat_map(|truth| classes.clone().map(move |read| (truth, read)))
        .map(|(truth, read)| {
            let share = test.share_of_class(truth, read);
            Finding::new(phase, format!("{truth} read as {read}"), share)
        })
        .collect()
}

/// Entropy of the predicted classes, as a share of what it could be.
fn predicted_entropy(test: &Evaluation) -> f64 {
    let images = f64::from(test.images());
    if images == 0.0 || test.classes < 2 {
        return 0.0;
    }
    let named = (0..test.classes).map(|read| (0..test.classes).map(|truth| test.count(truth, read)).sum::<u32>());
    let entropy: f64 = named
        .filter(|&count| count > 0)
        .map(|count| {
            let share = f64::from(count) / images;
            -share * share.ln()
        })
        .sum();
    entropy / (test.classes as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an entropy in other units or over the true classes: two of four classes named equally often are worth a half.
    #[test]
    fn entropy_is_that_of_the_named_classes() {
        let mut confusion = vec![0; 16];
        for truth in 0..4 {
            confusion[truth * 4] = 5;
            confusion[truth * 4 + 1] = 5;
        }
        let test = Evaluation { classes: 4, confusion };
        let findings = findings_of("before", &test);
        let value = |measure: &str| findings.iter().find(|it| it.measure == measure).unwrap().value;
        assert!((value("entropy of predicted classes") - 0.5).abs() < 1e-12);
        assert!((value("accuracy") - 0.25).abs() < 1e-12);
        assert!((value("recall of 1") - 0.5).abs() < 1e-12);
    }

    /// Catches a balanced accuracy that large classes decide.
    #[test]
    fn balanced_accuracy_weighs_classes_alike() {
        let test = Evaluation {
            classes: 2,
            confusion: vec![90, 0, 10, 0],
        };
        let findings = findings_of("before", &test);
        assert!((findings[0].value - 0.9).abs() < 1e-12);
        assert!((findings[1].value - 0.5).abs() < 1e-12);
    }
}
