//! What one experiment found, ready to be asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::experiment::{ACCURACY, Protocol, Row, Summary, summarise};
use crate::run::Findings;

/// The phase before the night.
pub const BEFORE: &str = "before";
/// The phase after the night.
pub const AFTER: &str = "after";
/// What the night gained: no test of its own, but the difference of the two, trial by trial.
pub const GAIN: &str = "gain of the night";
/// How the other phases that are differences begin.
const GAINS: &str = "gain of ";

/// What one experiment found.
pub struct Results {
    /// Where it stands.
    pub folder: PathBuf,
    /// What a person has to say of it, as Markdown.
    pub remarks: Option<String>,
    findings: Findings,
    rows: Vec<Row>,
}

impl Results {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let findings = Findings::read(folder)?;
        let remarks = folder.join("remarks.md");
        let remarks = match std::fs::read_to_string(&remarks) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::wrong(format!("{} cannot be read: {error}", remarks.display()))),
        };
        Ok(Self {
            rows: summarise(&findings.protocol, &findings.found),
            remarks,
            folder: folder.to_owned(),
            findings,
        })
    }

    /// What was asked.
    pub fn protocol(&self) -> &Protocol {
        &self.findings.protocol
    }

    /// Trials of a point that are finished.
    pub fn trials(&self, point: usize) -> usize {
        self.findings.found.keys().filter(|job| job.point == point).count()
    }

    /// Points that have a finished trial.
    pub fn points(&self) -> Vec<usize> {
        let all = 0..self.protocol().points();
        all.filter(|&point| self.trials(point) > 0).collect()
    }

    /// What the trials of a point say of a measure, if they do. What a night gained is known for every measure.
    pub fn summary(&self, point: usize, phase: &str, measure: &str) -> Option<Summary> {
        if phase == GAIN {
            let (before, after) = (self.values(point, BEFORE, measure), self.values(point, AFTER, measure));
            let gains: Vec<f64> = before
                .iter()
                .filter_map(|(trial, before)| Some(after.get(trial)? - before))
                .collect();
            return Summary::of(&gains);
        }
        self.row(point, phase, measure).map(|row| row.summary)
    }

    /// Trials of a phase that diverged.
    pub fn diverged(&self, point: usize, phase: &str) -> usize {
        let rows = self.rows.iter().filter(|row| row.point == point && row.phase == phase);
        rows.map(|row| row.diverged).max().unwrap_or(0)
    }

    /// The row of a measure.
    fn row(&self, point: usize, phase: &str, measure: &str) -> Option<&Row> {
        let mut rows = self.rows.iter();
        rows.find(|row| row.point == point && row.phase == phase && row.measure == measure)
    }

    /// A measure in each trial.
    fn values(&self, point: usize, phase: &str, measure: &str) -> BTreeMap<u32, f64> {
        let jobs = self.findings.found.iter().filter(|(job, _)| job.point == point);
        jobs.filter_map(|(job, findings)| {
            let mut findings = findings.iter();
            let found = findings.find(|it| it.phase == phase && it.measure == measure)?;
            Some((job.trial, found.value))
        })
        .collect()
    }

    /// The phases in which networks were tested, in the order in which they were; differences are none.
    pub fn tested_phases(&self) -> Vec<&str> {
        let mut phases = Vec::new();
        for row in &self.rows {
            let tested = row.measure == ACCURACY || row.diverged > 0;
            if tested && !row.phase.starts_with(GAINS) && !phases.contains(&row.phase.as_str()) {
                phases.push(row.phase.as_str());
            }
        }
        phases
    }

    /// The measures of a phase, in the order in which they were taken.
    pub fn measures(&self, phase: &str) -> Vec<&str> {
        let mut measures = Vec::new();
        for row in self.rows.iter().filter(|row| row.phase == phase) {
            if !measures.contains(&row.measure.as_str()) {
                measures.push(row.measure.as_str());
            }
        }
        measures
    }

    /// Finished trials, and the seconds they took together.
    pub fn time(&self) -> (usize, f64) {
        (self.findings.found.len(), self.findings.seconds.values().sum())
    }

    /// The names of a point's levels.
    pub fn names(&self, point: usize) -> Vec<&str> {
        let levels = self.protocol().levels(point).into_iter();
        levels.map(|level| level.name.as_str()).collect()
    }

    /// What a point is called: its levels on so many axes. A bare number is told with what it is a number of.
    fn label_of(&self, point: usize, axes: usize) -> String {
        let names = self.names(point).into_iter().zip(&self.protocol().axes).take(axes);
        let words: Vec<String> = names
            .map(|(name, axis)| match name.parse::<f64>() {
                Ok(_) => format!("{name} {}", axis.name),
                Err(_) => name.to_owned(),
            })
            .collect();
        words.join(", ")
    }

    /// What a point is called.
    pub fn label(&self, point: usize) -> String {
        self.label_of(point, self.protocol().axes.len())
    }

    /// The points that have trials, in groups that differ on the last axis only; each with what its points share.
    pub fn groups(&self) -> Vec<(String, Vec<usize>)> {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for point in self.points() {
            let shared = self.label_of(point, self.protocol().axes.len().saturating_sub(1));
            match groups.last_mut() {
                Some((title, points)) if *title == shared => points.push(point),
                _ => groups.push((shared, vec![point])),
            }
        }
        groups
    }

    /// The name of a point on the last axis, and that axis; all points are alike without axes.
    pub fn last_name(&self, point: usize) -> &str {
        self.names(point).pop().unwrap_or("all")
    }

    /// What the last axis is called.
    pub fn last_axis(&self) -> &str {
        self.protocol().axes.last().map_or("", |axis| axis.name.as_str())
    }
}
