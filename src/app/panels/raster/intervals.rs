//! The times between the spikes of one neuron.

use crate::sim::night::DT;

/// What the intervals between consecutive spikes (ISI) are like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Intervals {
    /// Spikes.
    pub spikes: u64,
    /// Mean interval in milliseconds, of at least two spikes.
    pub mean: Option<f64>,
    /// Coefficient of variation: standard deviation (n - 1) over mean, of at least two intervals. 0 is a clock, 1 is a Poisson
    /// process.
    pub cv: Option<f64>,
}

impl Intervals {
    /// Of a neuron that spiked in these steps, rising.
    pub fn of(steps: impl Iterator<Item = u64>) -> Self {
        let steps: Vec<u64> = steps.collect();
        let intervals: Vec<f64> = steps.windows(2).map(|pair| (pair[1] - pair[0]) as f64).collect();
        let count = intervals.len() as f64;
        let mean = (count > 0.0).then(|| intervals.iter().sum::<f64>() / count);
        let cv = mean.filter(|_| count > 1.0).map(|mean| {
            let squares: f64 = intervals.iter().map(|interval| (interval - mean).powi(2)).sum();
            (squares / (count - 1.0)).sqrt() / mean
        });
        Self {
            spikes: steps.len() as u64,
            mean: mean.map(|mean| 1000.0 * DT * mean),
            cv,
        }
    }

    /// The mean interval and its variation, as a person writes them.
    pub fn text(&self) -> String {
        match (self.mean, self.cv) {
            (None, _) => "none: fewer than two spikes".to_owned(),
            (Some(mean), None) => format!("{mean:.1} ms"),
            (Some(mean), Some(cv)) => format!("{mean:.1} ms, CV {cv:.2}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a wrong unit, a variation of one interval, and the deviation taken with n.
    #[test]
    fn intervals_are_those_of_the_textbook() {
        let of = |steps: &[u64]| Intervals::of(steps.iter().copied());
        assert_eq!((of(&[]).mean, of(&[]).cv, of(&[7]).mean), (None, None, None));
        assert_eq!((of(&[7, 12]).mean, of(&[7, 12]).cv), (Some(5.0), None));
        let clock = of(&[0, 4, 8, 12]);
        assert_eq!((clock.spikes, clock.mean, clock.cv), (4, Some(4.0), Some(0.0)));
        // Intervals 2 and 4: mean 3, deviation √2.
        let uneven = of(&[1, 3, 7]);
        assert!((uneven.cv.unwrap() - 2.0_f64.sqrt() / 3.0).abs() < 1e-12);
        assert_eq!(uneven.text(), "3.0 ms, CV 0.47");
    }
}
