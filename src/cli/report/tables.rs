//! The tables of the document, as Markdown.

use super::results::Results;
use crate::cli::output::{count, diverged};
use crate::experiment::{ACCURACY, AFTER, Arm, BEFORE, GAIN, NIGHT, Plan, Summary};
use crate::text::grouped;

/// Most phases that stand side by side; more stand below each other.
const MOST_ABREAST: usize = 9;
/// The measures that say how evenly classes are treated.
const BALANCED: &str = "balanced accuracy";
/// How the recalls of single classes begin.
const RECALL: &str = "recall of ";
/// How measures under conditions begin.
pub const UNDER: &str = "accuracy under ";

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

/// The unit of a measure in a phase.
pub fn unit_of(phase: &str, measure: &str) -> Unit {
    if ["spikes of", "epochs", "diverged", "entropy"]
        .iter()
        .any(|plain| measure.starts_with(plain))
    {
        Unit::Plain
    } else if phase.starts_with("gain of ") {
        Unit::Points
    } else {
        Unit::Percent
    }
}

/// A number in its unit.
fn written(value: f64, unit: Unit) -> String {
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
fn table(heads: &[String], rows: &[Vec<String>]) -> String {
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
fn trials(results: &Results, point: usize) -> String {
    count(results.trials(point) as u64, "trial", "trials")
}

/// A measure at a point, over two lines; what diverged is told beside it.
fn cell(results: &Results, point: usize, phase: &str, measure: &str) -> String {
    let unit = unit_of(phase, measure);
    let (summary, missing) = results.summary(point, phase, measure);
    let text = summary.map(|summary| in_unit(&summary, unit).replacen(" (", "<br>(", 1));
    beside(text, missing)
}

/// The mean of a measure at a point alone; what diverged is told beside it.
fn mean(results: &Results, point: usize, phase: &str, measure: &str) -> String {
    let unit = unit_of(phase, measure);
    let (summary, missing) = results.summary(point, phase, measure);
    beside(summary.map(|summary| written(summary.mean, unit)), missing)
}

/// A number, or a dash, and on a line of its own how many trials diverged and are not in it.
fn beside(number: Option<String>, missing: usize) -> String {
    let number = number.unwrap_or_else(|| "—".to_owned());
    diverged(missing).map_or_else(|| number.clone(), |missing| format!("{number}<br>{missing}"))
}

/// Every table of an experiment.
pub fn of(results: &Results) -> String {
    match &results.protocol().plan {
        Plan::Tasks { tasks, arms, .. } => of_tasks(results, tasks.len(), arms),
        Plan::Night { conditions, look, .. } => {
            let mut text = of_nights(results);
            if !conditions.is_empty() {
                text += &under_conditions(results);
            }
            if has_imbalance(results) {
                text += &of_classes(results);
            }
            if *look {
                text += &of_looks(results);
            }
            text
        }
    }
}

/// Whether some level of the experiment gives some classes fewer images.
pub fn has_imbalance(results: &Results) -> bool {
    let levels = results.protocol().axes.iter().flat_map(|axis| &axis.levels);
    levels
        .flat_map(|level| &level.set)
        .any(|set| set.starts_with("data.balance"))
}

/// The phase of an arm that comes last.
pub fn last_phase(arm: &Arm, tasks: usize) -> String {
    let end = if arm.sleep.is_some() { "slept" } else { "trained" };
    if arm.at_once {
        format!("{}, {end}", arm.name)
    } else {
        format!("{}, task {tasks} {end}", arm.name)
    }
}

/// What is known after the last task, a row for each way to learn.
fn of_tasks(results: &Results, tasks: usize, arms: &[Arm]) -> String {
    let mut text = String::new();
    for point in results.points() {
        let mut heads = vec![
            format!("{}, {}", results.label(point), trials(results, point)),
            "all tasks, %".to_owned(),
        ];
        heads.extend((1..=tasks).map(|task| format!("task {task}, %")));
        let rows: Vec<Vec<String>> = arms
            .iter()
            .map(|arm| {
                let phase = last_phase(arm, tasks);
                let mut row = vec![arm.name.clone(), cell(results, point, &phase, ACCURACY)];
                row.extend((1..=tasks).map(|task| mean(results, point, &phase, &format!("accuracy of task {task}"))));
                row
            })
            .collect();
        text.extend([format!("Correct after the last phase:\n\n{}\n", table(&heads, &rows))]);
    }
    text
}

/// Accuracy in every phase.
fn of_nights(results: &Results) -> String {
    let phases = results.tested_phases();
    let mut text = String::new();
    for (title, points) in results.groups() {
        let lead = if title.is_empty() {
            String::new()
        } else {
            format!("{title}: ")
        };
        if phases.len() <= MOST_ABREAST {
            let mut heads = vec![results.last_axis().to_owned(), "trials".to_owned()];
            for phase in &phases {
                heads.push(format!("{phase}, %"));
                if *phase == AFTER {
                    heads.push(format!("{GAIN}, points"));
                }
            }
            let rows: Vec<Vec<String>> = points
                .iter()
                .map(|&point| {
                    let mut row = vec![results.last_name(point).to_owned(), results.trials(point).to_string()];
                    for phase in &phases {
                        row.push(cell(results, point, phase, ACCURACY));
                        if *phase == AFTER {
                            row.push(cell(results, point, GAIN, ACCURACY));
                        }
                    }
                    row
                })
                .collect();
            text.extend([format!("{lead}correct, %\n\n{}\n", table(&heads, &rows))]);
        } else {
            let mut heads = vec!["correct, %".to_owned()];
            heads.extend(
                points
                    .iter()
                    .map(|&point| format!("{}, {}", results.last_name(point), trials(results, point))),
            );
            let rows: Vec<Vec<String>> = phases
                .iter()
                .map(|phase| {
                    let cells = points.iter().map(|&point| cell(results, point, phase, ACCURACY));
                    std::iter::once((*phase).to_owned()).chain(cells).collect()
                })
                .collect();
            text.extend([format!(
                "{}{}\n",
                if lead.is_empty() {
                    String::new()
                } else {
                    format!("{title}\n\n")
                },
                table(&heads, &rows)
            )]);
        }
    }
    text
}

/// Accuracy under conditions before and after the night, and what the night gained.
fn under_conditions(results: &Results) -> String {
    let measures: Vec<&str> = results
        .measures(BEFORE)
        .into_iter()
        .filter(|measure| measure.starts_with(UNDER))
        .collect();
    let mut text = String::new();
    for point in results.points() {
        let heads = [
            format!("{}, {}", results.label(point), trials(results, point)),
            "before, %".to_owned(),
            "after, %".to_owned(),
            format!("{GAIN}, points"),
        ];
        let rows: Vec<Vec<String>> = std::iter::once(ACCURACY)
            .chain(measures.iter().copied())
            .map(|measure| {
                let name = measure.strip_prefix(UNDER).unwrap_or("clean");
                let cells = [BEFORE, AFTER, GAIN].map(|phase| cell(results, point, phase, measure));
                std::iter::once(name.to_owned()).chain(cells).collect()
            })
            .collect();
        text.extend([format!("{}\n", table(&heads, &rows))]);
    }
    text
}

/// Balanced accuracy, and what the night gained for each class.
fn of_classes(results: &Results) -> String {
    let recalls: Vec<&str> = results
        .measures(BEFORE)
        .into_iter()
        .filter(|measure| measure.starts_with(RECALL))
        .collect();
    let mut text = String::new();
    for (title, points) in results.groups() {
        let mut heads = vec![
            results.last_axis().to_owned(),
            "balanced accuracy before, %".to_owned(),
            "after, %".to_owned(),
            "gain, points".to_owned(),
        ];
        heads.extend(
            recalls
                .iter()
                .map(|recall| recall.trim_start_matches(RECALL).to_owned()),
        );
        let rows: Vec<Vec<String>> = points
            .iter()
            .map(|&point| {
                let balanced = [BEFORE, AFTER, GAIN].map(|phase| cell(results, point, phase, BALANCED));
                let gains = recalls.iter().map(|recall| {
                    let both = [BEFORE, AFTER].map(|phase| results.summary(point, phase, recall));
                    let text = match both {
                        [(Some(before), _), (Some(after), _)] => {
                            let both = [before, after].map(|summary| written(summary.mean, Unit::Percent));
                            Some(both.join(" → "))
                        }
                        _ => None,
                    };
                    beside(text, both[0].1.max(both[1].1))
                });
                std::iter::once(results.last_name(point).to_owned())
                    .chain(balanced)
                    .chain(gains)
                    .collect()
            })
            .collect();
        text.extend([format!(
            "{title}: balanced accuracy, and the recall of each class before → after the night, %\n\n{}\n",
            table(&heads, &rows)
        )]);
    }
    text
}

/// What was looked at besides the confusion of classes: responses and synapses.
fn of_looks(results: &Results) -> String {
    let is_listed =
        |measure: &&str| *measure != ACCURACY && !measure.starts_with(RECALL) && !measure.contains(" read as ");
    let mut rows = Vec::new();
    for phase in [BEFORE, AFTER, NIGHT] {
        for measure in results.measures(phase).into_iter().filter(is_listed) {
            let cells = results
                .points()
                .into_iter()
                .map(|point| cell(results, point, phase, measure));
            let name = if unit_of(phase, measure) == Unit::Percent {
                format!("{phase}: {measure}, %")
            } else {
                format!("{phase}: {measure}")
            };
            rows.push(std::iter::once(name).chain(cells).collect::<Vec<_>>());
        }
    }
    let names = results.points().into_iter().map(|point| results.label(point));
    let heads: Vec<String> = std::iter::once("measure".to_owned()).chain(names).collect();
    format!("{}\n", table(&heads, &rows))
}
