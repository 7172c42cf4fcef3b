//! The phases of a trial: what they are called, which of them are differences of two, and which fall with one that diverged.

use super::finding::DIVERGED;
use super::{Finding, Plan};

/// The phase before the night.
pub const BEFORE: &str = "before";
/// The phase after the night.
pub const AFTER: &str = "after";
/// What was seen of the night itself.
pub const NIGHT: &str = "night";
/// What the night gained: after it against before.
pub const GAIN: &str = "gain of the night";
/// Fine-tuning in place of a night.
pub(super) const TUNED: &str = "fine-tuning without sleep";
/// Fine-tuning after the night.
pub(super) const SLEPT_AND_TUNED: &str = "sleep and fine-tuning";
/// What the night gained for fine-tuning: the one against the other.
pub const TUNING_GAIN: &str = "gain of sleep before fine-tuning";
/// Every phase that a trial of one night has without being told: no control can be called so.
pub(super) const PHASES: [&str; 7] = [BEFORE, NIGHT, AFTER, GAIN, TUNED, SLEPT_AND_TUNED, TUNING_GAIN];
/// How phases begin that are a difference.
const GAINS: &str = "gain of ";
/// The way of learning several tasks that has nothing but a night after each.
pub const SLEEP: &str = "sleep";
/// What stands between the two phases of any other difference.
const AGAINST: &str = " against ";

/// The two phases whose difference a phase is, trial by trial: the first less the second. `None` of a phase that was tested
/// itself.
pub fn difference(phase: &str) -> Option<(&str, &str)> {
    match phase {
        GAIN => Some((AFTER, BEFORE)),
        TUNING_GAIN => Some((SLEPT_AND_TUNED, TUNED)),
        other => other.split_once(AGAINST),
    }
}

/// Whether a name would be taken for that of a difference.
pub(super) fn sounds_like_a_difference(name: &str) -> bool {
    name.starts_with(GAINS) || name.contains(AGAINST)
}

/// The difference of two phases: the first less the second.
pub fn against(one: &str, other: &str) -> String {
    format!("{one}{AGAINST}{other}")
}

/// The way of learning that a phase of a plan of tasks belongs to: what stands before ", task 3 slept" or ", trained".
pub fn arm_of(phase: &str) -> &str {
    phase.rsplit_once(", ").map_or(phase, |(arm, _)| arm)
}

/// Whether a finished trial has no numbers of a phase because the phase, or one that it goes on from, diverged: a mean over the
/// other trials leaves this one out.
pub(super) fn fell(plan: &Plan, findings: &[Finding], phase: &str) -> bool {
    let mut own = findings.iter().filter(|it| it.phase == phase);
    if let Some(first) = own.next() {
        return first.measure == DIVERGED;
    }
    if let Some((one, other)) = difference(phase) {
        return fell(plan, findings, one) || fell(plan, findings, other);
    }
    let mut diverged = findings.iter().filter(|it| it.measure == DIVERGED);
    match plan {
        Plan::Night { .. } => {
            let of_the_night = [NIGHT, SLEPT_AND_TUNED].contains(&phase);
            diverged.any(|it| it.phase == BEFORE || (it.phase == AFTER && of_the_night))
        }
        Plan::Tasks { .. } => diverged.any(|it| arm_of(&it.phase) == arm_of(phase)),
    }
}
