//! Experiments: what they use and what they find.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests, too")]

mod leaks;
