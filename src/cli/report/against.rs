//! What was done in place of a night, against the night, with as many comparisons in one table as there are.

use super::cells::{beside, chance, over_lines};
use super::results::Results;
use crate::experiment::{ACCURACY, Unit, holm};

/// The cells of a table of comparisons, each a difference of two phases at a point: mean difference within each trial with its
/// spread and interval, and the p of the paired t-test, corrected for all comparisons of the table. An empty cell where nothing
/// is compared.
pub fn corrected(results: &Results, comparisons: &[Option<(usize, String)>]) -> Vec<String> {
    let found: Vec<_> = comparisons
        .iter()
        .map(|it| {
            it.as_ref()
                .map(|(point, phase)| results.summary(*point, phase, ACCURACY))
        })
        .collect();
    let chances: Vec<Option<f64>> = found
        .iter()
        .map(|it| it.and_then(|(summary, _)| summary?.chance()))
        .collect();
    found
        .into_iter()
        .zip(holm(&chances))
        .map(|(found, corrected)| {
            let Some((summary, missing)) = found else {
                return String::new();
            };
            let text = summary.map(|summary| {
                let text = over_lines(&summary, Unit::Points);
                corrected.map_or(text.clone(), |p| format!("{text}<br>{}", chance(p)))
            });
            beside(text, missing)
        })
        .collect()
}
