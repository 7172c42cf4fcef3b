//! Files that come out of a run.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

mod examples;
mod folders;
pub mod recording;
mod safe;
mod strangers;
