//! What trials found, as lines: which numbers lie where. Knows nothing of how they are drawn.

use crate::app::panels::{hardship_title, hardship_unit};
use crate::experiment::{ACCURACY, AFTER, BEFORE, Plan, Protocol, Row, SLEEP, Summary, Unit, unit_of};
use crate::sim::conditions::Hardship;

use super::study::View;

/// What lies along the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Across {
    /// The levels of an axis of the protocol, which are numbers.
    Levels(usize),
    /// How strong a condition is that makes the test harder.
    Strength(Hardship),
    /// The tasks, one after the other.
    Tasks,
    /// Nothing: the phases stand one under the other, each with its number.
    Phases,
}

/// The phase that the others are measured against, in either kind of plan.
const FIRST: [&str; 2] = [BEFORE, "no sleep"];
/// The night itself, in either kind of plan.
const NIGHT: [&str; 2] = [AFTER, SLEEP];

/// Whose line it is, for its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Without a night.
    Before,
    /// After the night.
    After,
    /// A control, so many before it.
    Control(usize),
}

/// A number on a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where it lies.
    pub x: f64,
    /// What lies there, as a person calls it.
    pub name: String,
    /// The numbers of the trials together; shares are from 0 to 1.
    pub summary: Summary,
    /// Trials that diverged and are not in it.
    pub diverged: usize,
}

/// What trials found in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The phase or the way of learning.
    pub name: String,
    pub role: Role,
    /// Its numbers, from left to right.
    pub marks: Vec<Mark>,
}

/// A picture of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves {
    /// What the axis is called, with its unit.
    pub axis: String,
    /// The places along the axis and their names.
    pub ticks: Vec<(f64, String)>,
    /// Whether the places are decimal logarithms.
    pub is_log: bool,
    /// The lines, in the order of the phases.
    pub courses: Vec<Course>,
}

impl Across {
    /// What can lie along the axis, the most telling first.
    pub fn of(protocol: &Protocol) -> Vec<Self> {
        let mut all = Vec::new();
        match &protocol.plan {
            Plan::Night { conditions, .. } => {
                for condition in conditions {
                    let across = Self::Strength(condition.of);
                    if !all.contains(&across) {
                        all.push(across);
                    }
                }
            }
            Plan::Tasks { tasks, .. } if tasks.len() > 1 => all.push(Self::Tasks),
            Plan::Tasks { .. } => {}
        }
        let axes = protocol.axes.iter().enumerate().rev();
        let numbers = axes.filter(|(_, axis)| axis.levels.len() > 1 && places(axis).is_some());
        all.extend(numbers.map(|(axis, _)| Self::Levels(axis)));
        all.push(Self::Phases);
        all
    }

    /// What it is called in a row of choices.
    pub fn title(self, protocol: &Protocol) -> String {
        match self {
            Self::Levels(axis) => protocol
                .axes
                .get(axis)
                .map_or_else(String::new, |axis| axis.name.clone()),
            Self::Strength(hardship) => hardship_title(hardship).to_lowercase(),
            Self::Tasks => "tasks".to_owned(),
            Self::Phases => "phases".to_owned(),
        }
    }
}

/// The numbers of an axis's levels, if all are numbers, with or without a unit behind them.
fn places(axis: &crate::experiment::Axis) -> Option<Vec<f64>> {
    let number = |name: &str| name.split_whitespace().next()?.replace(',', "").parse::<f64>().ok();
    axis.levels.iter().map(|level| number(&level.name)).collect()
}

/// The role of a phase or a way of learning.
fn role(name: &str, controls: &mut usize) -> Role {
    if FIRST.contains(&name) {
        Role::Before
    } else if NIGHT.contains(&name) {
        Role::After
    } else {
        *controls += 1;
        Role::Control(*controls - 1)
    }
}

impl Curves {
    /// The lines of what is looked at. `rows` are those of the points that are looked at.
    pub fn of(protocol: &Protocol, view: &View, rows: &[&Row]) -> Self {
        match view.across {
            Across::Levels(axis) => Self::over_levels(protocol, axis, &view.measure, rows),
            Across::Strength(hardship) => Self::over_strength(protocol, hardship, rows),
            Across::Tasks => Self::over_tasks(protocol, &view.measure, rows),
            Across::Phases => Self::by_phase(&view.measure, rows),
        }
    }

    /// A line for each phase with numbers that `place` finds a place for.
    fn collect(rows: &[&Row], place: impl Fn(&Row) -> Option<(f64, String)>) -> Vec<Course> {
        let mut courses: Vec<Course> = Vec::new();
        let mut controls = 0;
        for row in rows
            .iter()
            .filter(|row| unit_of(&row.phase, &row.measure) != Unit::Points)
        {
            let Some((x, name)) = place(row) else { continue };
            let mark = Mark {
                x,
                name,
                summary: row.summary,
                diverged: row.diverged,
            };
            match courses.iter_mut().find(|course| course.name == row.phase) {
                Some(course) => course.marks.push(mark),
                None => courses.push(Course {
                    name: row.phase.clone(),
                    role: role(&row.phase, &mut controls),
                    marks: vec![mark],
                }),
            }
        }
        for course in &mut courses {
            course.marks.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        courses
    }

    /// Over the levels of an axis, on a logarithmic scale if they span a decade.
    fn over_levels(protocol: &Protocol, axis: usize, measure: &str, rows: &[&Row]) -> Self {
        let numbers = protocol.axes.get(axis).and_then(places).unwrap_or_default();
        let (low, high) = ends(&numbers);
        let is_log = low > 0.0 && high / low >= 10.0;
        let at = |number: f64| if is_log { number.log10() } else { number };
        let name = |place: usize| protocol.axes[axis].levels[place].name.clone();
        let place = |row: &Row| {
            let place = *protocol.places(row.point).get(axis)?;
            let number = numbers.get(place).filter(|_| row.measure == measure)?;
            Some((at(*number), name(place)))
        };
        Self {
            axis: protocol
                .axes
                .get(axis)
                .map_or_else(String::new, |axis| axis.name.clone()),
            ticks: numbers
                .iter()
                .enumerate()
                .map(|(place, &number)| (at(number), name(place)))
                .collect(),
            is_log,
            courses: Self::collect(rows, place),
        }
    }

    /// Over how strong a condition is; clear images have strength 0.
    fn over_strength(protocol: &Protocol, hardship: Hardship, rows: &[&Row]) -> Self {
        let mut strengths = vec![0.0];
        if let Plan::Night { conditions, .. } = &protocol.plan {
            strengths.extend(conditions.iter().filter(|it| it.of == hardship).map(|it| it.strength));
        }
        let head = format!("accuracy under {hardship:?} ");
        let place = |row: &Row| {
            let strength = match row.measure.strip_prefix(&head) {
                Some(strength) => strength.parse().ok()?,
                None if row.measure == ACCURACY => 0.0,
                None => return None,
            };
            Some((
                strength,
                format!("{} {strength}", hardship_title(hardship).to_lowercase()),
            ))
        };
        Self {
            axis: format!(
                "{}, {}",
                hardship_title(hardship).to_lowercase(),
                hardship_unit(hardship)
            ),
            ticks: strengths
                .into_iter()
                .map(|strength| (strength, strength.to_string()))
                .collect(),
            is_log: false,
            courses: Self::collect(rows, place),
        }
    }

    /// After each task: once it was slept on, where the arm sleeps. What is learned at once stands at the last task.
    fn over_tasks(protocol: &Protocol, measure: &str, rows: &[&Row]) -> Self {
        let (count, arms) = match &protocol.plan {
            Plan::Tasks { tasks, arms, .. } => (tasks.len(), arms.as_slice()),
            Plan::Night { .. } => (0, [].as_slice()),
        };
        let named = |phase: &str| rows.iter().find(|row| row.phase == phase && row.measure == measure);
        let mut controls = 0;
        let courses = arms.iter().map(|arm| {
            let phases = |task: usize, when: &str| match arm.at_once {
                true if task == count => format!("{}, {when}", arm.name),
                true => String::new(),
                false => format!("{}, task {task} {when}", arm.name),
            };
            let marks = (1..=count).filter_map(|task| {
                let row = named(&phases(task, "slept"));
                let row = row.or_else(|| named(&phases(task, "trained")).filter(|_| arm.sleep.is_none()))?;
                Some(Mark {
                    x: task as f64,
                    name: row.phase.clone(),
                    summary: row.summary,
                    diverged: row.diverged,
                })
            });
            Course {
                name: arm.name.clone(),
                role: role(&arm.name, &mut controls),
                marks: marks.collect(),
            }
        });
        Self {
            axis: "tasks learned".to_owned(),
            ticks: (1..=count).map(|task| (task as f64, task.to_string())).collect(),
            is_log: false,
            courses: courses.filter(|course| !course.marks.is_empty()).collect(),
        }
    }

    /// One under the other.
    fn by_phase(measure: &str, rows: &[&Row]) -> Self {
        let place = |row: &Row| (row.measure == measure).then(|| (0.0, row.phase.clone()));
        Self {
            axis: String::new(),
            ticks: Vec::new(),
            is_log: false,
            courses: Self::collect(rows, place),
        }
    }

    /// The ends of the axis, with a little room beside the outermost places.
    pub fn x_range(&self) -> (f64, f64) {
        let (low, high) = ends(&self.ticks.iter().map(|tick| tick.0).collect::<Vec<_>>());
        let room = 0.04 * (high - low).max(0.5);
        (low - room, high + room)
    }

    /// The highest number, its interval with it; at least 0.
    pub fn highest(&self) -> f64 {
        let marks = self.courses.iter().flat_map(|course| &course.marks);
        marks
            .map(|mark| mark.summary.interval.map_or(mark.summary.mean, |ends| ends.1))
            .fold(0.0, f64::max)
    }

    /// Most trials that diverged and are missing from one of the means.
    pub fn diverged(&self) -> usize {
        let marks = self.courses.iter().flat_map(|course| &course.marks);
        marks.map(|mark| mark.diverged).max().unwrap_or(0)
    }
}

/// The lowest and the highest of some numbers; 0 and 1 of none.
fn ends(numbers: &[f64]) -> (f64, f64) {
    let low = numbers.iter().copied().reduce(f64::min).unwrap_or(0.0);
    let high = numbers.iter().copied().reduce(f64::max).unwrap_or(1.0);
    (low, high)
}

/// The measures that results have, in the order in which trials tell them.
pub fn measures(rows: &[Row]) -> Vec<String> {
    let mut all: Vec<String> = vec![ACCURACY.to_owned()];
    for row in rows.iter().filter(|row| row.measure != "diverged") {
        if !all.contains(&row.measure) {
            all.push(row.measure.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::experiment::{Finding, Job, protocols, summarise};

    /// The shipped protocol of this name.
    fn protocol(name: &str) -> Protocol {
        protocols().into_iter().find(|it| it.name == name).unwrap()
    }

    /// The lines of some findings of the first trials of each point.
    fn curves(protocol: &Protocol, across: Across, find: impl Fn(usize) -> Vec<Finding>) -> Curves {
        let found: BTreeMap<Job, Vec<Finding>> = (0..protocol.points())
            .map(|point| (Job { point, trial: 0 }, find(point)))
            .collect();
        let rows = summarise(protocol, &found);
        let view = View {
            across,
            at: vec![0; protocol.axes.len()],
            measure: ACCURACY.to_owned(),
        };
        let rows: Vec<&Row> = rows.iter().filter(|row| row.point < 8).collect();
        Curves::of(protocol, &view, &rows)
    }

    /// Catches levels on another axis or a linear one, a night drawn as a control, and gains drawn as accuracies.
    #[test]
    fn the_shares_of_the_images_are_a_logarithm() {
        let protocol = protocol("limited_data");
        assert_eq!(
            Across::of(&protocol),
            [Across::Levels(2), Across::Levels(1), Across::Phases]
        );
        let curves = curves(&protocol, Across::Levels(2), |point| {
            ["before", "after", "sleep and fine-tuning", "gain of the night"]
                .map(|phase| Finding::new(phase, ACCURACY, point as f64 / 100.0))
                .to_vec()
        });
        assert!(curves.is_log);
        let roles: Vec<Role> = curves.courses.iter().map(|course| course.role).collect();
        assert_eq!(roles, [Role::Before, Role::After, Role::Control(0)]);
        let marks = &curves.courses[0].marks;
        let places: Vec<f64> = marks.iter().map(|mark| mark.x).collect();
        assert!((places[0] - 0.005_f64.log10() - 2.0).abs() < 1e-9 && (places[7] - 2.0).abs() < 1e-9);
        assert_eq!((marks[1].name.as_str(), marks[1].summary.mean), ("1 %", 0.01));
        assert_eq!(curves.ticks.len(), 8);
    }

    /// Catches clear images that are left out, and the strengths of one condition among those of another.
    #[test]
    fn conditions_begin_with_clear_images() {
        let protocol = protocol("noise_and_blur");
        let curves = curves(&protocol, Across::Strength(Hardship::Blur), |_| {
            vec![
                Finding::new("before", ACCURACY, 0.9),
                Finding::new("before", "accuracy under Noise 0.1", 0.8),
                Finding::new("before", "accuracy under Blur 1", 0.7),
            ]
        });
        let of_first: Vec<(f64, f64)> = curves.courses[0]
            .marks
            .iter()
            .map(|mark| (mark.x, mark.summary.mean))
            .collect();
        assert!(of_first.contains(&(0.0, 0.9)) && of_first.contains(&(1.0, 0.7)));
        assert!(of_first.iter().all(|&(_, share)| (share - 0.8).abs() > 1e-9));
        assert_eq!(curves.ticks.len(), 4);
    }

    /// Catches an accuracy before the night drawn for an arm that sleeps, and all at once drawn after the first task.
    #[test]
    fn an_arm_is_tested_after_its_night() {
        let protocol = protocol("forgetting");
        assert_eq!(Across::of(&protocol)[0], Across::Tasks);
        let curves = curves(&protocol, Across::Tasks, |_| {
            vec![
                Finding::new("no sleep, task 1 trained", ACCURACY, 0.2),
                Finding::new("sleep, task 1 trained", ACCURACY, 0.3),
                Finding::new("sleep, task 1 slept", ACCURACY, 0.4),
                Finding::new("all at once, trained", ACCURACY, 0.9),
            ]
        });
        let told: Vec<(&str, f64, f64)> = curves
            .courses
            .iter()
            .map(|course| (course.name.as_str(), course.marks[0].x, course.marks[0].summary.mean))
            .collect();
        assert_eq!(
            told,
            [("no sleep", 1.0, 0.2), ("sleep", 1.0, 0.4), ("all at once", 5.0, 0.9)]
        );
    }
}
