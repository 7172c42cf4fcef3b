//! How numbers stand in the cells of the document.

use super::results::Results;
use crate::cli::output::{count, diverged};
use crate::experiment::{Summary, Unit, unit_of};

/// Mean, standard deviation and 95 % interval.
pub fn in_unit(summary: &Summary, unit: Unit) -> String {
    let mut text = unit.write(summary.mean);
    if let Some(deviation) = summary.deviation {
        text = format!("{text} ± {}", unit.of_spread().write(deviation));
    }
    if let Some((low, high)) = summary.interval {
        text = format!("{text} ({} to {})", unit.write(low), unit.write(high));
    }
    text
}

/// A table with its heads; the first column is words, the others are numbers.
pub fn table(heads: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        // A bar in a name would begin another cell.
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut text = line(heads);
    let rule: Vec<String> = (0..heads.len())
        .map(|column| if column == 0 { "---" } else { "--:" }.to_owned())
        .collect();
    text += &line(&rule);
    for row in rows {
        text += &line(row);
    }
    text
}

/// How many trials of a point are finished, in words.
pub fn trials(results: &Results, point: usize) -> String {
    count(results.trials(point) as u64, "trial", "trials")
}

/// A measure at a point, over two lines; what diverged is told beside it.
pub fn cell(results: &Results, point: usize, phase: &str, measure: &str) -> String {
    let (summary, missing) = results.summary(point, phase, measure);
    beside(
        summary.map(|summary| over_lines(&summary, unit_of(phase, measure))),
        missing,
    )
}

/// The mean of a measure at a point alone; what diverged is told beside it.
pub fn mean(results: &Results, point: usize, phase: &str, measure: &str) -> String {
    let unit = unit_of(phase, measure);
    let (summary, missing) = results.summary(point, phase, measure);
    beside(summary.map(|summary| unit.write(summary.mean)), missing)
}

/// A number, or a dash, and on a line of its own how many trials diverged and are not in it.
pub fn beside(number: Option<String>, missing: usize) -> String {
    let number = number.unwrap_or_else(|| "—".to_owned());
    diverged(missing).map_or_else(|| number.clone(), |missing| format!("{number}<br>{missing}"))
}

/// Mean and standard deviation, and the interval under them.
pub fn over_lines(summary: &Summary, unit: Unit) -> String {
    in_unit(summary, unit).replacen(" (", "<br>(", 1)
}

/// The chance of something so far from nothing, in words.
pub fn chance(chance: f64) -> String {
    if chance < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {chance:.3}")
    }
}
