//! What a network can do: accuracy and confusion on held-out images.

mod full;
mod lanes;
mod live;
mod reading;
mod replay;

pub use full::Evaluator;
pub use live::LiveEvaluator;
pub use replay::{class_means, correlation, shuffled};

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
        let images: u32 = (0..self.classes).map(|read| self.count(truth, read)).sum();
        share(self.count(truth, read), images)
    }

    /// Images tested.
    pub fn images(&self) -> u32 {
        self.confusion.iter().sum()
    }

    /// Images read correctly.
    pub fn correct(&self) -> u32 {
        (0..self.classes).map(|class| self.count(class, class)).sum()
    }

    /// Share of the images read correctly, 0 without images.
    pub fn accuracy(&self) -> f64 {
        share(self.correct(), self.images())
    }

    /// Share of the images of each class read correctly (recall), `None` for a class without images.
    pub fn class_accuracy(&self) -> Vec<Option<f64>> {
        (0..self.classes)
            .map(|class| {
                let images: u32 = (0..self.classes).map(|read| self.count(class, read)).sum();
                (images > 0).then(|| share(self.count(class, class), images))
            })
            .collect()
    }
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
