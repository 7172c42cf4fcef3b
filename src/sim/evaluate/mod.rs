//! What a network can do: accuracy and confusion on held-out images.

mod block;
mod curve;
mod follower;
mod full;
mod lanes;
mod live;
mod precise;
mod reading;
mod replay;
mod script;
mod wide;

use statrs::distribution::{ContinuousCDF as _, Normal};

pub use curve::{CurveTracer, ExactCurve, SpikeEffect};
pub use follower::Follower;
pub use full::Evaluator;
pub use live::LiveEvaluator;
pub use replay::{class_means, correlation, shuffled};
pub use script::Script;

/// The result of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Number of classes.
    pub classes: usize,
    /// Images of class `row` that were read as class `column`, row-major, classes x classes.
    pub confusion: Vec<u32>,
}

/// What an image is read as, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageReading {
    /// Number of the image among those it was taken from.
    pub image: usize,
    /// The class it is read as.
    pub class: usize,
    /// What each output unit says.
    pub outputs: Vec<f32>,
}

impl Evaluation {
    /// Images of class `truth` that were read as class `read`.
    pub fn count(&self, truth: usize, read: usize) -> u32 {
        self.confusion[truth * self.classes + read]
    }

    /// Share of the images of class `truth` that were read as class `read`, 0 if there are none.
    pub fn share_of_class(&self, truth: usize, read: usize) -> f64 {
        share(self.count(truth, read), self.class_images(truth))
    }

    /// Images of class `truth` that were tested.
    pub fn class_images(&self, truth: usize) -> u32 {
        sum((0..self.classes).map(|read| self.count(truth, read)))
    }

    /// Images tested.
    pub fn images(&self) -> u32 {
        sum(self.confusion.iter().copied())
    }

    /// Images read correctly.
    pub fn correct(&self) -> u32 {
        sum(self.class_correct())
    }

    /// Images of each class that were read correctly.
    pub fn class_correct(&self) -> impl ExactSizeIterator<Item = u32> + '_ {
        (0..self.classes).map(|class| self.count(class, class))
    }

    /// Share of the images read correctly, 0 without images.
    pub fn accuracy(&self) -> f64 {
        share(self.correct(), self.images())
    }

    /// How far off the accuracy on `population` images may be if those tested are a random sample of them: half the 95 %
    /// interval of Agresti and Coull (1998, The American Statistician 52:119), with the correction for a finite population.
    /// 0 if all of them were tested.
    pub fn sampling_error(&self, population: u32) -> f64 {
        error_of_share(self.correct(), self.images(), population)
    }

    /// The same for the images of one class, of which there are taken to be as large a share among `population` images as among
    /// those tested.
    pub fn class_sampling_error(&self, class: usize, population: u32) -> f64 {
        let images = self.class_images(class);
        let of = f64::from(population) * f64::from(images) / f64::from(self.images().max(1));
        error_of_share(self.count(class, class), images, of.round() as u32)
    }

    /// Share of the images of each class read correctly (recall), `None` for a class without images.
    pub fn class_accuracy(&self) -> Vec<Option<f64>> {
        (0..self.classes)
            .map(|class| {
                let images = self.class_images(class);
                (images > 0).then(|| share(self.count(class, class), images))
            })
            .collect()
    }

    /// Mean of the shares of the classes that have images (balanced accuracy): a rare class counts as much as any.
    pub fn balanced_accuracy(&self) -> f64 {
        let shares: Vec<f64> = self.class_accuracy().into_iter().flatten().collect();
        shares.iter().sum::<f64>() / shares.len().max(1) as f64
    }
}

/// Half the 95 % interval of a share found in a random sample, see [`Evaluation::sampling_error`].
fn error_of_share(part: u32, images: u32, population: u32) -> f64 {
    if images >= population || images == 0 {
        return 0.0;
    }
    let (images, population) = (f64::from(images), f64::from(population));
    let share = (f64::from(part) + 2.0) / (images + 4.0);
    let finite = (population - images) / (population - 1.0);
    Normal::standard().inverse_cdf(0.975) * (finite * share * (1.0 - share) / (images + 4.0)).sqrt()
}

/// How far off the change of an accuracy may be that was found on so many images, of which some were won and some lost: half its
/// 95 % interval for paired shares, with half an image added to each cell (Agresti and Min 2005, Statistics in Medicine 24:729).
pub fn error_of_change(won: u32, lost: u32, images: u32) -> f64 {
    let (won, lost, images) = (f64::from(won) + 0.5, f64::from(lost) + 0.5, f64::from(images) + 2.0);
    let variance = (won + lost) - (won - lost).powi(2) / images;
    Normal::standard().inverse_cdf(0.975) * variance.max(0.0).sqrt() / images
}

/// The sum of counts. The most there can be is said of more, of which no test is.
fn sum(counts: impl Iterator<Item = u32>) -> u32 {
    let sum: u64 = counts.map(u64::from).sum();
    u32::try_from(sum).unwrap_or(u32::MAX)
}

/// `part` of `whole`, 0 of nothing.
fn share(part: u32, whole: u32) -> f64 {
    f64::from(part) / f64::from(whole.max(1))
}

impl Evaluation {
    /// A test of no image.
    fn empty(classes: usize) -> Self {
        Self {
            classes,
            confusion: vec![0; classes * classes],
        }
    }

    /// Counts an image of class `truth` that was read as class `read`.
    fn add(&mut self, truth: u8, read: usize) {
        self.confusion[usize::from(truth) * self.classes + read] += 1;
    }

    /// Takes back an image that was counted.
    fn remove(&mut self, truth: u8, read: usize) {
        self.confusion[usize::from(truth) * self.classes + read] -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an error that does not know that the same images were read twice: 30 won and 10 lost of 498, by hand.
    #[test]
    fn the_error_of_a_change_by_hand() {
        let by_hand = 1.959_964 * (41.0 - 400.0 / 500.0_f64).sqrt() / 500.0;
        assert!((error_of_change(30, 10, 498) - by_hand).abs() < 1e-8);
        assert!(error_of_change(0, 0, 500) > 0.0 && error_of_change(0, 0, 0).is_finite());
    }

    /// Catches counts of a stranger that overflow when they are added up.
    #[test]
    fn counts_beyond_measure_are_added_up() {
        let test = Evaluation {
            classes: 2,
            confusion: vec![u32::MAX; 4],
        };
        assert_eq!([test.images(), test.correct(), test.class_images(1)], [u32::MAX; 3]);
        assert!((0.0..=1.0).contains(&test.accuracy()));
    }

    /// Catches a wrong quantile, a population that is not heeded, and an error where all images were tested: 50 of 100 images
    /// out of 10,000, by hand.
    #[test]
    fn the_error_of_a_sample_by_hand() {
        let test = Evaluation {
            classes: 2,
            confusion: vec![20, 20, 30, 30],
        };
        let by_hand = 1.959_964 * (9_900.0 / 9_999.0 * 0.25 / 104.0_f64).sqrt();
        assert!((test.sampling_error(10_000) - by_hand).abs() < 1e-6);
        assert_eq!(test.sampling_error(100).to_bits(), 0.0_f64.to_bits());
        let of_class = 1.959_964 * (3_960.0 / 3_999.0 * 0.25 / 44.0_f64).sqrt();
        assert!((test.class_sampling_error(0, 10_000) - of_class).abs() < 1e-6);
    }
}
