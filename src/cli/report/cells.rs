//! How numbers stand in the cells of the document.

use super::results::Results;
use crate::cli::output::{count, diverged};
use crate::experiment::{RISING, Summary, difference};
use crate::text::grouped;

/// In which unit a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, in per cent.
    Percent,
    /// A difference of shares, in percentage points, with its sign.
    Points,
    /// As it is.
    Plain,
}

impl Unit {
    /// The unit behind the name of what is measured.
    pub fn behind(self) -> &'static str {
        match self {
            Self::Percent => ", %",
            Self::Points => ", points",
            Self::Plain => "",
        }
    }
}

/// The unit of a measure in a phase.
pub fn unit_of(phase: &str, measure: &str) -> Unit {
    if ["spikes of", "epochs", "diverged", "entropy"]
        .iter()
        .any(|plain| measure.starts_with(plain))
    {
        Unit::Plain
    } else if difference(phase).is_some() && measure != RISING {
        Unit::Points
    } else {
        Unit::Percent
    }
}

/// A number in its unit.
pub fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{:.1}", 100.0 * value).replace('-', "−"),
        Unit::Points => {
            let text = format!("{:+.1}", 100.0 * value);
            if text == "-0.0" {
                "+0.0".to_owned()
            } else {
                text.replace('-', "−")
            }
        }
        Unit::Plain if value.abs() >= 100.0 => {
            let sign = if value < 0.0 { "−" } else { "" };
            format!("{sign}{}", grouped(value.abs().round() as u64))
        }
        Unit::Plain => format!("{value:.2}").replace('-', "−"),
    }
}

/// Mean, standard deviation and 95 % interval.
pub fn in_unit(summary: &Summary, unit: Unit) -> String {
    let spread = |value: f64| written(value, if unit == Unit::Points { Unit::Percent } else { unit });
    let mut text = written(summary.mean, unit);
    if let Some(deviation) = summary.deviation {
        text = format!("{text} ± {}", spread(deviation));
    }
    if let Some((low, high)) = summary.interval {
        text = format!("{text} ({} to {})", written(low, unit), written(high, unit));
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
    beside(summary.map(|summary| written(summary.mean, unit)), missing)
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
