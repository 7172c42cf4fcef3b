//! The tables of the document, as Markdown.

use super::against::corrected;
use super::cells::{beside, cell, mean, table, trials};
use super::results::Results;
use crate::experiment::{
    ACCURACY, AFTER, Arm, BEFORE, EPOCHS, GAIN, NIGHT, Plan, RISING, SLEEP, TUNING_GAIN, Unit, against, difference,
    unit_of,
};

/// Most phases that stand side by side; more stand below each other.
const MOST_ABREAST: usize = 9;
/// The measures that say how evenly classes are treated.
const BALANCED: &str = "balanced accuracy";
/// How the recalls of single classes begin.
const RECALL: &str = "recall of ";
/// How measures under conditions begin.
pub const UNDER: &str = "accuracy under ";

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

/// What is known after the last task, a row for each way to learn; each against the night after each task, if some way has it.
fn of_tasks(results: &Results, tasks: usize, arms: &[Arm]) -> String {
    let mut text = String::new();
    let borrowed = results.borrowed_night();
    let night = borrowed
        .map(|(arm, _)| arm)
        .or_else(|| arms.iter().find(|arm| arm.name == SLEEP));
    for point in results.points() {
        let mut heads = vec![
            format!("{}, {}", results.label(point), trials(results, point)),
            "all tasks, %".to_owned(),
        ];
        let mut rows: Vec<Vec<String>> = borrowed
            .iter()
            .map(|(arm, title)| (*arm, format!("{} (of {title:?})", arm.name)))
            .chain(arms.iter().map(|arm| (arm, arm.name.clone())))
            .map(|(arm, name)| vec![name, cell(results, point, &last_phase(arm, tasks), ACCURACY)])
            .collect();
        let all: Vec<&Arm> = borrowed.iter().map(|(arm, _)| *arm).chain(arms).collect();
        if let Some(night) = night {
            heads.push(format!("against {SLEEP}, points"));
            let pairs = all.iter().map(|arm| {
                (arm.name != night.name).then(|| (point, against(&last_phase(arm, tasks), &last_phase(night, tasks))))
            });
            for (row, cell) in rows.iter_mut().zip(corrected(results, &pairs.collect::<Vec<_>>())) {
                row.push(cell);
            }
        }
        heads.extend((1..=tasks).map(|task| format!("task {task}, %")));
        for (row, arm) in rows.iter_mut().zip(all) {
            let phase = last_phase(arm, tasks);
            row.extend((1..=tasks).map(|task| mean(results, point, &phase, &format!("accuracy of task {task}"))));
        }
        text.extend([format!("Correct after the last phase:\n\n{}\n", table(&heads, &rows))]);
    }
    text
}

/// Accuracy in every phase, what a night gained where it is known, and the controls against the night.
fn of_nights(results: &Results) -> String {
    let tested = results.tested_phases();
    let mut text = String::new();
    for (title, points) in results.groups() {
        text += &if tested.len() <= MOST_ABREAST {
            abreast(results, &tested, &title, &points)
        } else {
            one_below_the_other(results, &tested, &title, &points)
        };
    }
    text + &stopped(results, &tested)
}

/// After how many epochs trainings were stopped early, if any were.
fn stopped(results: &Results, tested: &[&str]) -> String {
    let points = results.points();
    let rows: Vec<Vec<String>> = tested
        .iter()
        .filter(|phase| results.measures(phase).contains(&EPOCHS))
        .map(|phase| {
            let cells = points.iter().map(|&point| cell(results, point, phase, EPOCHS));
            std::iter::once((*phase).to_owned()).chain(cells).collect()
        })
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let names = points.iter().map(|&point| results.label(point));
    let heads: Vec<String> = std::iter::once("stopped after, epochs".to_owned())
        .chain(names)
        .collect();
    format!("{}\n", table(&heads, &rows))
}

/// Whether something else was done in place of the night.
fn has_controls(results: &Results) -> bool {
    matches!(&results.protocol().plan, Plan::Night { controls, .. } if !controls.is_empty())
}

/// The phases that were tested, each difference behind the phase that it is known with.
fn with_gains<'a>(tested: &[&'a str]) -> Vec<&'a str> {
    let mut phases = Vec::new();
    for &phase in tested {
        phases.push(phase);
        let gains = [GAIN, TUNING_GAIN].into_iter();
        phases.extend(gains.filter(|gain| difference(gain).is_some_and(|(one, _)| one == phase)));
    }
    phases
}

/// What a phase is called at the head of its numbers.
fn head(phase: &str) -> String {
    format!("{phase}{}", unit_of(phase, ACCURACY).behind())
}

/// A row a point, a column a phase; the controls against the night in a table of their own.
fn abreast(results: &Results, tested: &[&str], title: &str, points: &[usize]) -> String {
    let lead = if title.is_empty() {
        String::new()
    } else {
        format!("{title}: ")
    };
    let phases = with_gains(tested);
    let mut heads = vec![results.last_axis().to_owned(), "trials".to_owned()];
    heads.extend(phases.iter().map(|phase| head(phase)));
    let rows: Vec<Vec<String>> = points
        .iter()
        .map(|&point| {
            let names = [results.last_name(point).to_owned(), results.trials(point).to_string()];
            let cells = phases.iter().map(|phase| cell(results, point, phase, ACCURACY));
            names.into_iter().chain(cells).collect()
        })
        .collect();
    let mut text = format!("{lead}correct, %\n\n{}\n", table(&heads, &rows));
    if has_controls(results) {
        // What the night gained stands in the table above.
        let rivals: Vec<&str> = tested
            .iter()
            .copied()
            .filter(|phase| ![BEFORE, AFTER].contains(phase))
            .collect();
        let pairs: Vec<Option<(usize, String)>> = points
            .iter()
            .flat_map(|&point| rivals.iter().map(move |rival| Some((point, against(rival, AFTER)))))
            .collect();
        let cells = corrected(results, &pairs);
        let rows: Vec<Vec<String>> = points
            .iter()
            .zip(cells.chunks(rivals.len().max(1)))
            .map(|(&point, cells)| {
                let name = std::iter::once(results.last_name(point).to_owned());
                name.chain(cells.iter().cloned()).collect()
            })
            .collect();
        let names = rivals.iter().map(|rival| (*rival).to_owned());
        let heads: Vec<String> = std::iter::once(results.last_axis().to_owned()).chain(names).collect();
        text.extend([format!("{lead}against the night, points\n\n{}\n", table(&heads, &rows))]);
    }
    text
}

/// A row a phase, a column a point, and beside it each phase against the night.
fn one_below_the_other(results: &Results, tested: &[&str], title: &str, points: &[usize]) -> String {
    let phases = with_gains(tested);
    let compares = has_controls(results);
    let pairs: Vec<Option<(usize, String)>> = phases
        .iter()
        .flat_map(|phase| {
            let is_rival = *phase != AFTER && tested.contains(phase);
            points
                .iter()
                .map(move |&point| is_rival.then(|| (point, against(phase, AFTER))))
        })
        .collect();
    let differences = corrected(results, &pairs);
    let mut heads = vec!["correct, %".to_owned()];
    for &point in points {
        heads.push(format!("{}, {}", results.last_name(point), trials(results, point)));
        if compares {
            heads.push("against the night, points".to_owned());
        }
    }
    let rows: Vec<Vec<String>> = phases
        .iter()
        .zip(differences.chunks(points.len().max(1)))
        .map(|(phase, differences)| {
            let name = if tested.contains(phase) {
                (*phase).to_owned()
            } else {
                head(phase)
            };
            let mut row = vec![name];
            for (&point, difference) in points.iter().zip(differences) {
                row.push(cell(results, point, phase, ACCURACY));
                if compares {
                    row.push(difference.clone());
                }
            }
            row
        })
        .collect();
    let lead = if title.is_empty() {
        String::new()
    } else {
        format!("{title}\n\n")
    };
    format!("{lead}{}\n", table(&heads, &rows))
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
            format!("{RISING}, %"),
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
                            let both = [before, after].map(|summary| Unit::Percent.write(summary.mean));
                            Some(both.join(" → "))
                        }
                        _ => None,
                    };
                    beside(text, both[0].1.max(both[1].1))
                });
                std::iter::once(results.last_name(point).to_owned())
                    .chain(balanced)
                    .chain([cell(results, point, GAIN, RISING)])
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
            let name = format!("{phase}: {measure}{}", unit_of(phase, measure).behind());
            rows.push(std::iter::once(name).chain(cells).collect::<Vec<_>>());
        }
    }
    let names = results.points().into_iter().map(|point| results.label(point));
    let heads: Vec<String> = std::iter::once("measure".to_owned()).chain(names).collect();
    format!("{}\n", table(&heads, &rows))
}
