//! The recorded tests, done again while a night is gone through again.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::{RecordedTest, Recording, Verdict, When};
use crate::data;
use crate::experiment::held_out;
use crate::sim::Samples;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::{Mlp, Output};
use crate::sim::night::Course;
use crate::text::grouped;

/// Multiplications that are soon done: beyond them, only the first and the last test are repeated.
const MOST_WORK: u64 = 40_000_000_000;

/// What was done about the tests and the training that a run records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepeatedTests {
    /// Tests that were done again, each with the same confusion.
    pub repeated: u64,
    /// Tests of the night that were not: there are too many for a network of this size.
    pub left_out: u64,
    /// Tests of the night that were not: the images are not on this machine.
    pub without_images: u64,
    /// Tests during training, which are not repeated.
    pub of_training: u64,
    /// Batches of training that are recorded, which are not repeated.
    pub batches: u64,
}

impl RepeatedTests {
    /// What was proved, after something else that was, and what was not.
    pub(super) fn words(self, before: &str) -> String {
        let count = |number: u64, noun: &str| {
            let ending = if number == 1 { "" } else { "s" };
            format!("{} {noun}{ending}", grouped(number))
        };
        let proved = match self.repeated {
            0 => format!("and {before}"),
            repeated => format!("{before}, and {}", count(repeated, "recorded test")),
        };
        let batches = if self.batches == 1 { "batch" } else { "batches" };
        let open = [
            (
                self.without_images,
                format!(
                    "{}, for the images are not here",
                    count(self.without_images, "recorded test")
                ),
            ),
            (
                self.left_out,
                format!("{} between, for that takes long", count(self.left_out, "test")),
            ),
            (self.of_training, count(self.of_training, "test") + " during training"),
            (self.batches, format!("{} {batches} of training", grouped(self.batches))),
        ];
        let open: Vec<String> = open
            .into_iter()
            .filter_map(|(number, words)| (number > 0).then_some(words))
            .collect();
        if open.is_empty() {
            proved
        } else {
            format!("{proved}; not repeated: {}", open.join("; "))
        }
    }
}

/// Does recorded tests again.
pub(super) struct Examiner<'a> {
    /// Those that are to be repeated, by the steps slept.
    due: BTreeMap<u64, Vec<&'a RecordedTest>>,
    /// The held-out images and how the network is read; nothing is due without them.
    samples: Samples,
    output: Output,
    keep: f32,
    evaluator: Evaluator,
    so_far: RepeatedTests,
}

impl<'a> Examiner<'a> {
    /// For the tests of a recorded run.
    pub(super) fn of(recording: &'a Recording) -> Self {
        let manifest = &recording.manifest;
        let recipe = &manifest.recipe;
        let batches = recording.batches.len() as u64;
        let mut so_far = RepeatedTests {
            batches,
            ..RepeatedTests::default()
        };
        let mut tests = Vec::new();
        for test in &manifest.tests {
            match test.when {
                // The network that falls asleep is the one that training left.
                When::Batch(batch) if batch == batches => tests.push((0, test)),
                When::Batch(_) => so_far.of_training += 1,
                When::Step(step) => tests.push((step, test)),
            }
        }
        tests.sort_by_key(|&(step, _)| step);
        let samples = (!tests.is_empty()).then(|| {
            let (_, dataset) = data::find_set(&recipe.data, &manifest.data.sha256)?;
            let own = (manifest.sizes.first(), manifest.sizes.last());
            let theirs = (dataset.train.pixel_count(), dataset.classes);
            (own == (Some(&theirs.0), Some(&theirs.1))).then(|| held_out(&dataset, recipe.seed))
        });
        let samples = samples.flatten().filter(|samples| !samples.is_empty());
        if let Some(samples) = &samples {
            let weights: usize = recording.weights.iter().map(Array2::len).sum();
            let work = (weights as u64)
                .saturating_mul(samples.len() as u64)
                .saturating_mul(tests.len() as u64);
            if work > MOST_WORK && tests.len() > 2 {
                so_far.left_out = tests.drain(1..tests.len() - 1).len() as u64;
            }
        } else {
            so_far.without_images = tests.drain(..).len() as u64;
        }
        let mut due: BTreeMap<u64, Vec<&RecordedTest>> = BTreeMap::new();
        for (step, test) in tests {
            due.entry(step).or_default().push(test);
        }
        Self {
            due,
            samples: samples.unwrap_or_else(|| Samples::gather(&[], &[], 0, &[])),
            output: recipe.network.output,
            keep: 1.0 - recipe.training.dropout as f32,
            evaluator: Evaluator::default(),
            so_far,
        }
    }

    /// Repeats what was tested where the night stands; the verdict if that is not what was recorded. `None` if `stop` was set
    /// meanwhile.
    #[expect(
        clippy::option_option,
        reason = "whether it was stopped, and whether something differs"
    )]
    pub(super) fn examine(&mut self, course: &mut Course, stop: &AtomicBool) -> Option<Option<Verdict>> {
        let Some(tests) = self.due.remove(&course.steps()) else {
            return Some(None);
        };
        let mlp = Mlp {
            weights: course.night_mut().weights(),
            output: self.output,
            keep: self.keep,
        };
        let now = if mlp.is_finite() {
            Some(self.evaluator.evaluate(&mlp, &self.samples, stop)?)
        } else {
            None
        };
        for test in tests {
            if now.as_ref().is_none_or(|now| now.confusion != test.confusion) {
                return Some(Some(Verdict::OtherTest {
                    when: test.when,
                    recorded: test.evaluation(mlp.classes()).accuracy(),
                    now: now.map(|now| now.accuracy()),
                }));
            }
            self.so_far.repeated += 1;
        }
        Some(None)
    }

    /// What was done; tests of steps that the night does not have were not.
    pub(super) fn repeated(&self) -> RepeatedTests {
        let mut so_far = self.so_far;
        so_far.left_out += self.due.values().map(|tests| tests.len() as u64).sum::<u64>();
        so_far
    }
}
