//! What several trials say together: means, spreads, and how sure one can be of a gain.

use statrs::distribution::{ContinuousCDF as _, StudentsT};
use statrs::statistics::Statistics as _;

use super::Trial;
use crate::sim::evaluate::Evaluation;

/// How sure the intervals are.
const CONFIDENCE: f64 = 0.95;

/// Mean and spread of some numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// How many numbers.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation as a sample (divided by `count - 1`); `None` of a single number.
    pub deviation: Option<f64>,
    /// Ends of the 95 % interval of the mean by Student's t; `None` of a single number.
    pub interval: Option<(f64, f64)>,
}

impl Summary {
    /// Summarises; `None` of nothing.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let count = values.len();
        let mean = values.mean();
        let freedom = count.saturating_sub(1) as f64;
        let deviation = (count > 1).then(|| values.std_dev());
        let interval = deviation.and_then(|deviation| {
            let student = StudentsT::new(0.0, 1.0, freedom).ok()?;
            let reach = student.inverse_cdf(f64::midpoint(1.0, CONFIDENCE)) * deviation / (count as f64).sqrt();
            Some((mean - reach, mean + reach))
        });
        Some(Self {
            count,
            mean,
            deviation,
            interval,
        })
    }
}

impl Summary {
    /// The chance of a mean at least so far from 0 if the numbers came from a normal distribution around 0: Student's t-test,
    /// two-sided; of differences, the paired test. `None` of a single number, and where all numbers are the same.
    pub fn chance(&self) -> Option<f64> {
        let deviation = self.deviation.filter(|&deviation| deviation > 0.0)?;
        let t = self.mean / (deviation / (self.count as f64).sqrt());
        let student = StudentsT::new(0.0, 1.0, self.count.saturating_sub(1) as f64).ok()?;
        Some(2.0 * student.sf(t.abs()))
    }
}

/// The chances of several tests, corrected for their number by Holm's step-down method (Holm 1979): that any of the tests whose
/// corrected chance is below 5 % is so by accident has a chance below 5 %. What is no test is not counted.
pub fn holm(chances: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut order: Vec<(usize, f64)> = chances
        .iter()
        .enumerate()
        .filter_map(|(place, chance)| Some((place, (*chance)?)))
        .collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut corrected = vec![None; chances.len()];
    let mut largest: f64 = 0.0;
    for (rank, &(place, chance)) in order.iter().enumerate() {
        largest = largest.max((order.len() - rank) as f64 * chance).min(1.0);
        corrected[place] = Some(largest);
    }
    corrected
}

/// One measure before and after the night.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Before the night.
    pub before: Summary,
    /// After the night.
    pub after: Summary,
    /// What the night changed: the differences within each trial, so that what differs between trials drops out.
    pub gain: Summary,
}

impl Comparison {
    /// Compares pairs of before and after, one a trial; `None` of nothing.
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let summary = |value: fn(&(f64, f64)) -> f64| Summary::of(&pairs.iter().map(value).collect::<Vec<_>>());
        Some(Self {
            before: summary(|pair| pair.0)?,
            after: summary(|pair| pair.1)?,
            gain: summary(|pair| pair.1 - pair.0)?,
        })
    }
}

/// What two tests of each of several trials say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Share of the test images read correctly.
    pub accuracy: Comparison,
    /// Mean of the shares of the classes: balanced accuracy, in which a rare class counts as much as any.
    pub balanced: Comparison,
    /// The share of each class; `None` for a class without test images.
    pub classes: Vec<Option<Comparison>>,
}

impl Measures {
    /// Compares pairs of tests, one a trial; `None` of nothing.
    fn of(tests: &[(&Evaluation, &Evaluation)]) -> Option<Self> {
        let compare = |measure: &dyn Fn(&Evaluation) -> Option<f64>| {
            let pairs = tests
                .iter()
                .filter_map(|(one, other)| Some((measure(one)?, measure(other)?)));
            Comparison::of(&pairs.collect::<Vec<_>>())
        };
        let classes = tests.first()?.0.classes;
        Some(Self {
            accuracy: compare(&|test| Some(test.accuracy()))?,
            balanced: compare(&|test| Some(test.balanced_accuracy()))?,
            classes: (0..classes)
                .map(|class| compare(&|test| test.class_accuracy().get(class).copied().flatten()))
                .collect(),
        })
    }
}

/// What several trials of one recipe say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    /// Before the night and after it.
    pub night: Measures,
    /// After fine-tuning: without the night, the control, and with it. `None` if there was none.
    pub tuned: Option<Measures>,
    /// Spikes of a night: of the inputs, then of layer after layer.
    pub spikes: Vec<Summary>,
}

impl Overview {
    /// Sums up; `None` without trials.
    pub fn of(trials: &[Trial]) -> Option<Self> {
        let first = trials.first()?;
        let spikes = (0..first.spikes.len())
            .filter_map(|layer| {
                let counts: Vec<f64> = trials
                    .iter()
                    .filter_map(|trial| trial.spikes.get(layer).map(|&count| count as f64))
                    .collect();
                Summary::of(&counts)
            })
            .collect();
        let night: Vec<_> = trials.iter().map(|trial| (&trial.before, &trial.after)).collect();
        let tuned = trials.iter().filter_map(|trial| trial.tuned.as_ref());
        let tuned: Vec<_> = tuned.map(|tuned| (&tuned.awake, &tuned.slept)).collect();
        Some(Self {
            night: Measures::of(&night)?,
            tuned: Measures::of(&tuned),
            spikes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a deviation divided by n, and a normal quantile where Student's belongs: t(0.975; 4) = 2.776.
    #[test]
    fn five_numbers_by_hand() {
        let summary = Summary::of(&[2.0, 4.0, 4.0, 5.0, 10.0]).unwrap();
        assert!((summary.mean - 5.0).abs() < 1e-12);
        assert!((summary.deviation.unwrap() - 3.0).abs() < 1e-12);
        let (low, high) = summary.interval.unwrap();
        let reach = 2.776_445 * 3.0 / 5.0_f64.sqrt();
        assert!((low - (5.0 - reach)).abs() < 1e-4, "{low}");
        assert!((high - (5.0 + reach)).abs() < 1e-4, "{high}");
    }

    /// Catches a one-sided chance, and one from the normal distribution: t(0.975; 4) = 2.776.
    #[test]
    fn the_chance_of_a_mean_by_hand() {
        let at = |mean: f64| Summary {
            count: 5,
            mean,
            deviation: Some(5.0_f64.sqrt()),
            interval: None,
        };
        assert!((at(2.776_445).chance().unwrap() - 0.05).abs() < 1e-5);
        assert!((at(-2.776_445).chance().unwrap() - 0.05).abs() < 1e-5);
        assert!((at(0.0).chance().unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(Summary::of(&[3.0, 3.0]).unwrap().chance(), None);
    }

    /// Catches a correction by the whole number for every test (Bonferroni), one in the order of the table, and one that falls
    /// again: 3 x 0.01, 2 x 0.02, and then no less than 0.04.
    #[test]
    fn chances_are_corrected_step_by_step() {
        let corrected = holm(&[Some(0.03), None, Some(0.01), Some(0.02)]);
        let expected = [Some(0.04), None, Some(0.03), Some(0.04)];
        for (corrected, expected) in corrected.iter().zip(expected) {
            assert!(
                (corrected.unwrap_or(9.0) - expected.unwrap_or(9.0)).abs() < 1e-12,
                "{corrected:?}"
            );
        }
        assert_eq!(holm(&[Some(0.6), Some(0.7)]), [Some(1.0), Some(1.0)]);
    }

    /// Catches an interval made of nothing: one number has no spread.
    #[test]
    fn one_number_has_no_spread() {
        let summary = Summary::of(&[7.0]).unwrap();
        assert_eq!((summary.deviation, summary.interval), (None, None));
        assert_eq!(Summary::of(&[]), None);
    }

    /// Catches a gain whose spread is that of the trials: pairs that all gain the same are sure of it.
    #[test]
    fn gains_are_paired() {
        let comparison = Comparison::of(&[(0.1, 0.4), (0.5, 0.8), (0.3, 0.6)]).unwrap();
        assert!((comparison.gain.mean - 0.3).abs() < 1e-12);
        assert!(comparison.gain.deviation.unwrap() < 1e-12);
        assert!(comparison.before.deviation.unwrap() > 0.1);
    }
}
