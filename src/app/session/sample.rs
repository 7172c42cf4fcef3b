//! Numbers that come from a sample: of which images, and how far off they may be.

use super::Session;
use crate::app::text::{grouped, percent};
use crate::sim::evaluate::Evaluation;

/// A sample of the held-out images that a test was made on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Images tested.
    pub images: u32,
    /// Held-out images.
    pub of: u32,
    /// How far off the share read correctly may be: half its 95 % interval.
    pub error: f64,
}

impl Sample {
    /// How far off, in words.
    pub fn error_words(&self) -> String {
        format!("± {} points", percent(self.error))
    }

    /// All of it in words that go on in a sentence.
    pub fn words(&self) -> String {
        let (images, of) = (grouped(self.images.into()), grouped(self.of.into()));
        format!(
            "sample of {images} of {of} held-out images: {} (95 %)",
            self.error_words()
        )
    }
}

impl Session {
    /// Balanced accuracy before sleep and now, where some classes have fewer images to train on than others on purpose.
    pub fn balanced(&self) -> Option<(f64, Option<f64>)> {
        let is_even = self.opened()?.recipe.data.balance.is_as_drawn();
        let before = self.before().filter(|_| !is_even)?;
        let now = self.now().map(|(_, now)| now.balanced_accuracy());
        Some((before.balanced_accuracy(), now))
    }

    /// The same in words: "20.9 → 51.0 %".
    pub fn balanced_words(&self) -> Option<String> {
        let (before, now) = self.balanced()?;
        let now = now.map_or_else(String::new, |now| format!(" → {}", percent(now)));
        Some(format!("{}{now} %", percent(before)))
    }

    /// The sample that the test which is shown was made on; `None` if it was made on all held-out images.
    pub fn sample(&self) -> Option<Sample> {
        self.sample_of(self.now().map(|(_, now)| now).or_else(|| self.before())?)
    }

    /// The sample that a test was made on; `None` if it was made on all held-out images.
    pub fn sample_of(&self, test: &Evaluation) -> Option<Sample> {
        let of = u32::try_from(self.opened()?.test_available).unwrap_or(u32::MAX);
        let images = test.images();
        (0 < images && images < of).then(|| Sample {
            images,
            of,
            error: test.sampling_error(of),
        })
    }
}
