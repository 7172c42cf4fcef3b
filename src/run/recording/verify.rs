//! Whether a recorded night is what its start and its parameters give.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use super::repeat::{Examiner, RepeatedTests};
use super::{Recording, When, hash_of_weights};
use crate::text::grouped;

/// What came out of going through a recorded night again.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every spike and every weight is the recorded one.
    Identical {
        /// Steps gone through.
        steps: u64,
        /// Spikes compared.
        spikes: u64,
        /// What was done about the recorded tests.
        tests: RepeatedTests,
    },
    /// Other units spike in this step; before it everything is the recorded one.
    Differs {
        /// The first step that differs, counted from 0.
        step: u64,
        /// Units that spike only in the record, counted over all layers.
        only_recorded: Vec<u32>,
        /// Units that spike only when it is gone through again.
        only_now: Vec<u32>,
    },
    /// Every spike is the recorded one, but the weights after the night are not.
    OtherWeights,
    /// The night is the recorded one as far as it was gone through, but a test on the held-out images gives something else.
    OtherTest {
        /// When it was.
        when: When,
        /// Share of the images read correctly: recorded, and now; `None` if the network cannot be tested.
        recorded: f64,
        /// The same now.
        now: Option<f64>,
    },
}

impl fmt::Display for Verdict {
    /// The verdict in words.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |number: u64, noun: &str| {
            let ending = if number == 1 { "" } else { "s" };
            format!("{} {noun}{ending}", grouped(number))
        };
        match self {
            Self::Identical { steps, spikes, tests } => write!(
                to,
                "identical: {}, {}, {}",
                count(*steps, "step"),
                count(*spikes, "spike"),
                tests.words("every weight at their end")
            ),
            Self::Differs {
                step,
                only_recorded,
                only_now,
            } => write!(
                to,
                "differs first in step {}: {} only in the record, {} only now",
                grouped(*step + 1),
                count(only_recorded.len() as u64, "spike"),
                count(only_now.len() as u64, "spike")
            ),
            Self::OtherTest { when, recorded, now } => {
                let when = match when {
                    When::Batch(_) => "before sleep".to_owned(),
                    When::Step(step) => format!("after step {}", grouped(*step)),
                };
                let share = |share: f64| format!("{:.2} %", 100.0 * share);
                let how = match now.map(share) {
                    None => "a network with infinite weights cannot be tested".to_owned(),
                    Some(now) if now == share(*recorded) => "other images are read as other classes".to_owned(),
                    Some(now) => format!("{} correct in the record, {now} when it is repeated", share(*recorded)),
                };
                write!(to, "every spike so far is the same, but the test {when} is not: {how}")
            }
            Self::OtherWeights => write!(to, "every spike is the same, but the weights at the end are not"),
        }
    }
}

impl Recording {
    /// Goes through the night again and compares every spike, the weights at its end and, where the images are on this machine, the
    /// recorded tests: all of them where that is soon done, and else the first and the last. `progress` is told the steps done.
    /// `None` if `stop` was set meanwhile.
    pub fn verify(&self, mut progress: impl FnMut(u64), stop: &AtomicBool) -> Option<Verdict> {
        let mut course = self.course().again();
        let mut examiner = Examiner::of(self);
        let mut spikes = 0;
        if let Some(fault) = examiner.examine(&mut course, stop)? {
            return Some(fault);
        }
        for step in 0..self.journal.steps() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            course.step();
            let (recorded, now) = (self.journal.step(step), course.journal().step(step));
            if recorded != now {
                let only = |some: &[u32], others: &[u32]| {
                    let missing = some.iter().filter(|unit| others.binary_search(unit).is_err());
                    missing.copied().collect()
                };
                return Some(Verdict::Differs {
                    step,
                    only_recorded: only(recorded, now),
                    only_now: only(now, recorded),
                });
            }
            spikes += now.len() as u64;
            if let Some(fault) = examiner.examine(&mut course, stop)? {
                return Some(fault);
            }
            progress(step + 1);
        }
        let weights = course.night_mut().weights();
        if hash_of_weights(&weights) != self.manifest.weights_after {
            return Some(Verdict::OtherWeights);
        }
        Some(Verdict::Identical {
            steps: self.journal.steps(),
            spikes,
            tests: examiner.repeated(),
        })
    }
}
