//! The figures of the document.

use std::cell::Cell;
use std::ops::Deref;

use egui::Color32;

use super::results::Results;
use super::tables::{UNDER, has_imbalance, last_phase};
use crate::app::export::{Axis, Chart, Figure, Kind, Marks, Series, Square};
use crate::app::theme::{Tokens, readable_on};
use crate::cli::output::count;
use crate::experiment::{ACCURACY, AFTER, Arm, BEFORE, Plan, Summary};

/// Most lines of one chart that can be told apart.
const MOST_LINES: usize = 8;
/// Phases from which on a night is shown between its controls, and not along an axis: more than there can be lines.
const MANY_PHASES: usize = MOST_LINES + 1;

/// The results that figures are drawn from. It minds how many trials are missing from the means that it gives.
struct Drawn<'a> {
    results: &'a Results,
    /// Most trials of one point that diverged and are not in a mean that was given since this was taken.
    missing: Cell<usize>,
}

impl Deref for Drawn<'_> {
    type Target = Results;

    fn deref(&self) -> &Results {
        self.results
    }
}

impl Drawn<'_> {
    /// What the trials of a point say of a measure.
    fn summary(&self, point: usize, phase: &str, measure: &str) -> Option<Summary> {
        let (summary, missing) = self.results.summary(point, phase, measure);
        self.missing.set(self.missing.get().max(missing));
        summary
    }

    /// The title of a figure that was just drawn: without the trials that diverged, its means are told as what they are.
    fn title(&self, name: &str) -> String {
        let title = &self.protocol().title;
        let title = if name.is_empty() {
            title.clone()
        } else {
            format!("{title}: {name}")
        };
        match self.missing.take() {
            0 => title,
            missing => {
                let trials = count(missing as u64, "trial", "trials");
                format!("{title} (up to {trials} diverged and left out)")
            }
        }
    }
}

/// The figures of an experiment.
pub fn of(results: &Results) -> Vec<Figure> {
    let results = &Drawn {
        results,
        missing: Cell::new(0),
    };
    let mut figures: Vec<Figure> = Vec::new();
    let mut number = 0;
    let mut add = |name: &str, charts: Vec<Chart>| {
        number += 1;
        let title = results.title(name);
        if !charts.is_empty() {
            figures.push(Figure {
                name: format!("figure_{number}"),
                title,
                charts,
            });
        }
    };
    match &results.protocol().plan {
        Plan::Tasks { tasks, arms, .. } => {
            for point in results.points() {
                add(&results.label(point), tasks_charts(results, point, tasks.len(), arms));
            }
        }
        Plan::Night { conditions, look, .. } => {
            for (title, points) in results.groups() {
                if results.tested_phases().len() >= MANY_PHASES {
                    for point in points {
                        add(results.last_name(point), vec![controls(results, point)]);
                    }
                } else if let Some(chart) = along_shares(results, &points) {
                    add(&title, vec![chart]);
                }
            }
            for point in results.points() {
                let name = results.label(point);
                if !conditions.is_empty() {
                    add(&name, conditions_charts(results, point));
                }
                if *look {
                    let both = [BEFORE, AFTER].map(|phase| confusion(results, point, phase));
                    add(&name, both.into());
                }
                if has_imbalance(results) {
                    add(&name, vec![recalls(results, point)]);
                }
            }
        }
    }
    figures
}

/// The look of a line among others, as in the window: colour, and whether it is dashed.
fn look(place: usize) -> (Color32, bool) {
    Tokens::light().compared_line(place)
}

/// A line through means, and their 95 % intervals.
fn line(name: &str, (color, dashed): (Color32, bool), points: &[(f64, Summary)]) -> [Series; 2] {
    let means = points.iter().map(|(x, summary)| (*x, 100.0 * summary.mean)).collect();
    let ends = points.iter().filter_map(|(x, summary)| {
        let (low, high) = summary.interval?;
        Some([(*x, 100.0 * low), (*x, 100.0 * high)])
    });
    [
        Series {
            kind: if dashed { Kind::Dashed } else { Kind::Line },
            ..Series::line(name, color, means)
        },
        Series {
            name: String::new(),
            color,
            kind: Kind::Whiskers,
            points: ends.flatten().collect(),
        },
    ]
}

/// An axis of shares of images read correctly.
fn correct() -> Axis {
    Axis::new("correct, %", 0.0, 100.0)
}

/// Accuracy against the logarithm of the share of the images, if the last axis has shares.
fn along_shares(results: &Drawn<'_>, points: &[usize]) -> Option<Chart> {
    let places: Vec<f64> = points
        .iter()
        .map(|&point| results.last_name(point).strip_suffix('%')?.trim().parse::<f64>().ok())
        .map(|share| share.filter(|&share| share > 0.0 && share <= 100.0))
        .map(|share| share.map(|share| (share / 100.0).log10()))
        .collect::<Option<_>>()?;
    if places.len() < 2 {
        return None;
    }
    let series = results
        .tested_phases()
        .into_iter()
        .enumerate()
        .flat_map(|(place, phase)| {
            let means: Vec<(f64, Summary)> = points
                .iter()
                .zip(&places)
                .filter_map(|(&point, &x)| Some((x, results.summary(point, phase, ACCURACY)?)))
                .collect();
            line(phase, look(place), &means)
        });
    let low = places.iter().copied().fold(f64::INFINITY, f64::min);
    let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(Chart {
        x: Axis::new(
            "share of the training images (bars: 95 % interval)",
            low - 0.1,
            high + 0.1,
        )
        .marked(Marks::Shares),
        y: correct(),
        series: series.collect(),
        cells: Vec::new(),
    })
}

/// Every phase a line: its accuracy with the interval, the night and the network before it marked.
fn controls(results: &Drawn<'_>, point: usize) -> Chart {
    let phases: Vec<&str> = results
        .tested_phases()
        .into_iter()
        .filter(|phase| results.summary(point, phase, ACCURACY).is_some())
        .collect();
    let last = phases.len() as f64 - 1.0;
    let paper = Tokens::light();
    let mut series = Vec::new();
    for (place, phase) in phases.iter().enumerate() {
        let Some(summary) = results.summary(point, phase, ACCURACY) else {
            continue;
        };
        let (y, ink) = (
            last - place as f64,
            match *phase {
                BEFORE => paper.before,
                AFTER => paper.accent,
                _ => paper.text,
            },
        );
        if [BEFORE, AFTER].contains(phase) {
            series.push(Series {
                name: format!("{phase} the night"),
                color: ink,
                kind: Kind::Dashed,
                points: vec![(100.0 * summary.mean, -0.5), (100.0 * summary.mean, last + 0.5)],
            });
        }
        series.push(Series {
            name: String::new(),
            color: ink,
            kind: Kind::Discs,
            points: vec![(100.0 * summary.mean, y)],
        });
        if let Some((low, high)) = summary.interval {
            series.push(Series::line("", ink, vec![(100.0 * low, y), (100.0 * high, y)]));
        }
    }
    let names = phases.iter().rev().map(|phase| (*phase).to_owned()).collect();
    Chart {
        x: Axis::new("correct, % (bars: 95 % interval)", 0.0, 100.0),
        y: Axis::new("", -0.5, last + 0.5).marked(Marks::Names(names)),
        series,
        cells: Vec::new(),
    }
}

/// Accuracy on all tasks after each, for every way to learn; and what the first two ways know of each task at the end.
fn tasks_charts(results: &Drawn<'_>, point: usize, tasks: usize, arms: &[Arm]) -> Vec<Chart> {
    let in_turn: Vec<&Arm> = arms.iter().filter(|arm| !arm.at_once).take(MOST_LINES).collect();
    let lines = in_turn.iter().enumerate().flat_map(|(place, arm)| {
        let after_each: Vec<(f64, Summary)> = (1..=tasks)
            .filter_map(|task| {
                let phase = last_phase(arm, task);
                Some((task as f64, results.summary(point, &phase, ACCURACY)?))
            })
            .collect();
        line(&arm.name, look(place), &after_each)
    });
    let bars = in_turn.iter().take(2).enumerate().map(|(place, arm)| Series {
        name: arm.name.clone(),
        color: look(place).0,
        kind: Kind::Bars(0.36, 0.4 * place as f64 - 0.2),
        points: (1..=tasks)
            .filter_map(|task| {
                let measure = format!("accuracy of task {task}");
                let summary = results.summary(point, &last_phase(arm, tasks), &measure)?;
                Some((task as f64, 100.0 * summary.mean))
            })
            .collect(),
    });
    let all = arms.iter().filter(|arm| !arm.at_once).count();
    let shown = if all > in_turn.len() {
        format!(", {} of {all} ways to learn shown", in_turn.len())
    } else {
        String::new()
    };
    let range = (0.5, tasks as f64 + 0.5);
    let task_names = std::iter::once(String::new()).chain((1..=tasks).map(|task| task.to_string()));
    let names = Marks::Names(task_names.collect());
    vec![
        Chart {
            x: Axis::new(format!("tasks learned (bars: 95 % interval){shown}"), range.0, range.1).marked(names.clone()),
            y: Axis::new("correct of all tasks, %", 0.0, 100.0),
            series: lines.collect(),
            cells: Vec::new(),
        },
        Chart {
            x: Axis::new("task, after the last one", range.0, range.1).marked(names),
            y: Axis::new("correct of the task, %", 0.0, 100.0),
            series: bars.collect(),
            cells: Vec::new(),
        },
    ]
}

/// Accuracy before and after the night along the strength of each hardship.
fn conditions_charts(results: &Drawn<'_>, point: usize) -> Vec<Chart> {
    let mut kinds: Vec<(&str, Vec<(f64, &str)>)> = Vec::new();
    for measure in results.measures(BEFORE) {
        let parts = measure.strip_prefix(UNDER).and_then(|rest| rest.split_once(' '));
        let Some((kind, Ok(strength))) = parts.map(|(kind, strength)| (kind, strength.parse::<f64>())) else {
            continue;
        };
        // As far as those of a protocol go.
        if !(0.0..=1000.0).contains(&strength) {
            continue;
        }
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, steps)) => steps.push((strength, measure)),
            None => kinds.push((kind, vec![(0.0, ACCURACY), (strength, measure)])),
        }
    }
    let paper = Tokens::light();
    kinds
        .into_iter()
        .map(|(kind, steps)| {
            let along = |phase: &str| -> Vec<(f64, Summary)> {
                let steps = steps.iter();
                steps
                    .filter_map(|&(x, measure)| Some((x, results.summary(point, phase, measure)?)))
                    .collect()
            };
            let last = steps.iter().map(|step| step.0).fold(0.0, f64::max);
            let unit = match kind {
                "Noise" => "noise, standard deviation in intensities of 0 to 1",
                "Blur" => "blur, standard deviation in pixels",
                other => other,
            };
            let lines = [(BEFORE, paper.before), (AFTER, paper.accent)];
            Chart {
                x: Axis::new(format!("{unit} (bars: 95 % interval)"), 0.0, 1.02 * last),
                y: correct(),
                series: lines
                    .into_iter()
                    .flat_map(|(phase, ink)| line(&format!("{phase} the night"), (ink, false), &along(phase)))
                    .collect(),
                cells: Vec::new(),
            }
        })
        .collect()
}

/// What each class is read as, the mean over trials.
fn confusion(results: &Drawn<'_>, point: usize, phase: &str) -> Chart {
    let paper = Tokens::light();
    let cells: Vec<(usize, usize, f64)> = results
        .measures(phase)
        .into_iter()
        .filter_map(|measure| {
            let (truth, read) = measure.split_once(" read as ")?;
            // Labels are bytes: what is beyond them is no class, and no reason for as many cells.
            let class = |text: &str| text.parse::<u8>().ok().map(usize::from);
            let (truth, read) = (class(truth)?, class(read)?);
            Some((truth, read, results.summary(point, phase, measure)?.mean))
        })
        .collect();
    let last = cells.iter().map(|cell| cell.0.max(cell.1)).max().unwrap_or(0);
    let names: Vec<String> = (0..=last).map(|class| class.to_string()).collect();
    let ends = (-0.5, last as f64 + 0.5);
    let square = |(truth, read, share): (usize, usize, f64)| {
        let share = share.clamp(0.0, 1.0);
        let fill = paper.amount.color(share as f32);
        Square {
            at: (read as f64, (last - truth.min(last)) as f64),
            fill,
            text: (format!("{:.0}", 100.0 * share), readable_on(fill)),
        }
    };
    Chart {
        x: Axis::new(
            format!("read as, % of the class shown, {phase} the night"),
            ends.0,
            ends.1,
        )
        .marked(Marks::Names(names.clone())),
        y: Axis::new("class shown", ends.0, ends.1).marked(Marks::Names(names.into_iter().rev().collect())),
        series: Vec::new(),
        cells: cells.into_iter().map(square).collect(),
    }
}

/// Recall of each class before and after the night.
fn recalls(results: &Drawn<'_>, point: usize) -> Chart {
    let paper = Tokens::light();
    let bars = |phase: &str, ink: Color32, shift: f64| Series {
        name: format!("{phase} the night"),
        color: ink,
        kind: Kind::Bars(0.36, shift),
        points: (0..=u8::MAX)
            .filter_map(|class| {
                let summary = results.summary(point, phase, &format!("recall of {class}"))?;
                Some((f64::from(class), 100.0 * summary.mean))
            })
            .collect(),
    };
    let series = vec![bars(BEFORE, paper.before, -0.2), bars(AFTER, paper.accent, 0.2)];
    let all = series.iter().flat_map(|bars| &bars.points);
    let classes = all.map(|bar| bar.0 as usize + 1).max().unwrap_or(0);
    let names = (0..classes).map(|class| class.to_string()).collect();
    Chart {
        x: Axis::new("class", -0.5, classes as f64 - 0.5).marked(Marks::Names(names)),
        y: Axis::new("recall, %", 0.0, 100.0),
        series,
        cells: Vec::new(),
    }
}
