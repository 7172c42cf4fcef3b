//! The tables of a sweep, made from its finished jobs.
//!
//! `findings.csv` has a line for each point, phase and measure, and in it a number for each trial, to six decimals: all that
//! the trials found, in a form that a repository can keep and [`Findings`] can read. `summary.csv` has mean, deviation and
//! interval instead. Both hold no time and no date, so the same protocol gives the same tables. What the trials took is in
//! `times.csv`, in seconds, and what they were done with in `images.csv` ([`super::origin`]).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{PROTOCOL, Sweep, SweepError, read, read_protocol, refused};
use crate::experiment::{Finding, Job, Protocol, summarise};
use crate::run::{Cell, Table};
use crate::text::one_line;

/// What all trials found.
pub(super) const FINDINGS: &str = "findings";
/// What they say together.
const SUMMARY: &str = "summary";
/// What they took.
pub(super) const TIMES: &str = "times";
/// How the column of a trial begins; its seed follows.
const SEED: &str = "seed ";
/// Decimals of `findings.csv`: shares to a millionth.
const DECIMALS: f64 = 1e6;

/// The columns of `summary.csv` after the levels of the point.
pub const SUMMARY_HEADS: [&str; 8] = [
    "phase",
    "measure",
    "trials",
    "diverged",
    "mean",
    "standard deviation",
    "95 % from",
    "95 % to",
];

/// What the trials of a protocol found, as the tables of a folder have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// The protocol.
    pub protocol: Protocol,
    /// What each trial found.
    pub found: BTreeMap<Job, Vec<Finding>>,
    /// What each trial took, in seconds, where that is known.
    pub seconds: BTreeMap<Job, f64>,
}

impl Sweep {
    /// Writes `findings.csv`, `summary.csv`, `times.csv` and `images.csv` of every job that is in the folder by now: others may
    /// write to it, too.
    pub fn write_tables(&mut self) -> Result<(), SweepError> {
        self.read_jobs()?;
        for table in [
            self.findings_table(),
            self.summary_table(),
            self.times_table(),
            self.images_table(),
        ] {
            let path = self.folder.join(format!("{}.csv", table.name));
            table.write(&path).map_err(refused(&path))?;
        }
        Ok(())
    }

    /// A line a measure, a column a trial.
    fn findings_table(&self) -> Table {
        let found = self.found();
        let trials = self.protocol.trials;
        let mut order: Vec<(usize, &str, &str)> = Vec::new();
        let mut lines: BTreeMap<(usize, &str, &str), Vec<Cell>> = BTreeMap::new();
        for (job, findings) in &found {
            for finding in findings {
                let key = (job.point, finding.phase.as_str(), finding.measure.as_str());
                let line = lines.entry(key).or_insert_with(|| {
                    order.push(key);
                    vec![Cell::Empty; trials as usize]
                });
                line[job.trial as usize] = Cell::from(rounded(finding.value));
            }
        }
        let seeds = (0..trials).map(|trial| format!("{SEED}{}", self.protocol.seed_of(trial)));
        let mut table = self.table(
            FINDINGS,
            ["phase", "measure"].map(str::to_owned).into_iter().chain(seeds),
        );
        for key in order {
            let (point, phase, measure) = key;
            let names = [Cell::from(phase), Cell::from(measure)];
            table.push(
                self.levels(point)
                    .chain(names)
                    .chain(lines.remove(&key).unwrap_or_default()),
            );
        }
        table
    }

    /// A line a measure: mean, standard deviation, and the ends of the 95 % interval.
    fn summary_table(&self) -> Table {
        let mut table = self.table(SUMMARY, SUMMARY_HEADS.map(str::to_owned));
        let number = |value: f64| Cell::from(rounded(value));
        for row in summarise(&self.protocol, &self.found()) {
            let cells = [
                Cell::from(row.phase),
                Cell::from(row.measure),
                Cell::from(row.summary.count),
                Cell::from(row.diverged),
                number(row.summary.mean),
                row.summary.deviation.map_or(Cell::Empty, number),
                row.summary.interval.map_or(Cell::Empty, |ends| number(ends.0)),
                row.summary.interval.map_or(Cell::Empty, |ends| number(ends.1)),
            ];
            table.push(self.levels(row.point).chain(cells));
        }
        table
    }

    /// A line a trial.
    fn times_table(&self) -> Table {
        let mut table = self.table(TIMES, ["seed", "seconds"].map(str::to_owned));
        for (job, done) in &self.finished {
            if let Some(seconds) = done.seconds.filter(|_| job.trial < self.protocol.trials) {
                let seconds = (seconds * 1000.0).round() / 1000.0;
                let cells = [Cell::from(done.seed), Cell::from(seconds)];
                table.push(self.levels(job.point).chain(cells));
            }
        }
        table
    }

    /// A table that begins with a column for each axis.
    fn table(&self, name: &str, heads: impl IntoIterator<Item = String>) -> Table {
        let axes = self.protocol.axes.iter().map(|axis| axis.name.clone());
        Table::new(name, axes.chain(heads).map(|head| (head, "")))
    }

    /// The level of a point on each axis.
    fn levels(&self, point: usize) -> impl Iterator<Item = Cell> {
        let levels = self.protocol.levels(point).into_iter();
        levels.map(|level| Cell::from(level.name.as_str()))
    }
}

impl Findings {
    /// Reads what a folder's `protocol.ron`, `findings.csv` and, if it is there, `times.csv` say. The jobs need not be there.
    ///
    /// # Errors
    /// If there are no results in the folder, or if one of the files is not what it should be.
    pub fn read(folder: &Path) -> Result<Self, SweepError> {
        let (protocol, table) = (folder.join(PROTOCOL), folder.join(format!("{FINDINGS}.csv")));
        if !protocol.is_file() || !table.is_file() {
            return Err(SweepError::NoResults {
                folder: folder.to_owned(),
            });
        }
        let mut findings = Self {
            protocol: read_protocol(&protocol)?,
            found: BTreeMap::new(),
            seconds: BTreeMap::new(),
        };
        findings.take_found(&read(&table)?).map_err(damaged(&table))?;
        let times = folder.join(format!("{TIMES}.csv"));
        if times.is_file() {
            findings.take_times(&read(&times)?).map_err(damaged(&times))?;
        }
        Ok(findings)
    }

    /// Reads `findings.csv`; what is wrong with it, if something is.
    fn take_found(&mut self, text: &str) -> Result<(), String> {
        let mut csv = csv::Reader::from_reader(text.as_bytes());
        let heads = csv.headers().map_err(|error| error.to_string())?.clone();
        let axes = self.protocol.axes.len();
        let trials: Vec<u32> = heads
            .iter()
            .skip(axes + 2)
            .map(|head| self.trial_of(head.strip_prefix(SEED).unwrap_or_default()))
            .collect::<Result<_, _>>()?;
        let mut lines = BTreeSet::new();
        for record in csv.records() {
            let record = record.map_err(|error| error.to_string())?;
            let point = self.point_of(record.iter().take(axes))?;
            let cell = |place: usize| record.get(place).unwrap_or_default();
            let (phase, measure) = (cell(axes), cell(axes + 1));
            if !lines.insert((point, phase.to_owned(), measure.to_owned())) {
                return Err(format!("it has {measure:?} of {phase:?} twice at one point"));
            }
            for (&trial, text) in trials.iter().zip(record.iter().skip(axes + 2)) {
                if !text.is_empty() {
                    let finding = Finding::new(phase, measure, number(text)?);
                    self.found.entry(Job { point, trial }).or_default().push(finding);
                }
            }
        }
        Ok(())
    }

    /// Reads `times.csv`; what is wrong with it, if something is.
    fn take_times(&mut self, text: &str) -> Result<(), String> {
        let axes = self.protocol.axes.len();
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            let record = record.map_err(|error| error.to_string())?;
            let point = self.point_of(record.iter().take(axes))?;
            let cell = |place: usize| record.get(place).unwrap_or_default();
            let trial = self.trial_of(cell(axes))?;
            self.seconds.insert(Job { point, trial }, number(cell(axes + 1))?);
        }
        Ok(())
    }

    /// The point at these levels.
    fn point_of<'a>(&self, levels: impl Iterator<Item = &'a str>) -> Result<usize, String> {
        let mut point = 0;
        let mut levels = levels.into_iter();
        for axis in &self.protocol.axes {
            let name = levels.next().unwrap_or_default();
            let place = axis.levels.iter().position(|level| level.name == name);
            let place = place.ok_or_else(|| format!("the axis {:?} has no level {name:?}", axis.name))?;
            point = point * axis.levels.len() + place;
        }
        Ok(point)
    }

    /// The trial with this seed.
    fn trial_of(&self, seed: &str) -> Result<u32, String> {
        let trial = seed
            .parse::<u64>()
            .ok()
            .and_then(|seed| seed.checked_sub(self.protocol.recipe.seed))
            .and_then(|trial| u32::try_from(trial).ok())
            .filter(|&trial| trial < self.protocol.trials);
        trial.ok_or_else(|| format!("no trial has the seed {seed:?}"))
    }
}

/// A number as the tables have it. What rounds to nothing has no sign.
pub(super) fn rounded(value: f64) -> f64 {
    (value * DECIMALS).round() / DECIMALS + 0.0
}

/// A number in a cell.
fn number(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|it| it.is_finite());
    number.ok_or_else(|| format!("{text:?} is no number"))
}

/// What to say of a table that is not what it should be.
fn damaged(path: &Path) -> impl FnOnce(String) -> SweepError {
    let path = path.to_owned();
    move |reason| SweepError::Unusable {
        path,
        reason: one_line(&reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a sign before nothing, which would make two equal tables differ.
    #[test]
    fn what_rounds_to_nothing_has_no_sign() {
        for (value, wanted) in [(-1e-9, 0.0_f64), (-0.0, 0.0), (-0.25, -0.25)] {
            assert_eq!(rounded(value).to_bits(), wanted.to_bits(), "{value}");
        }
    }
}
