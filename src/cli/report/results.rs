//! What one experiment found, ready to be asked.

use std::path::{Path, PathBuf};

use crate::cli::failure::Failure;
use crate::experiment::{
    ACCURACY, Arm, Plan, Protocol, Row, SLEEP, Summary, Values, arm_of, difference, summarise, values,
};
use crate::run::Findings;

/// What one experiment found.
pub struct Results {
    /// Where it stands.
    pub folder: PathBuf,
    /// What a person has to say of it, as Markdown.
    pub remarks: Option<String>,
    findings: Findings,
    rows: Vec<Row>,
    /// The night after each task and the experiment that it is of, where this one has no such way of learning.
    night: Option<(Arm, String)>,
}

/// The way of learning that has a night after each task and nothing else.
fn night_arm(protocol: &Protocol) -> Option<&Arm> {
    match &protocol.plan {
        Plan::Tasks { arms, .. } => arms.iter().find(|arm| arm.name == SLEEP),
        Plan::Night { .. } => None,
    }
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
            night: None,
        })
    }

    /// Takes over what another experiment on the same tasks found with a night after each, if this one did no such night itself:
    /// the same seed begins with the same network and learns from the same images, so the two are pairs. Whether it did.
    pub fn borrow_night(&mut self, other: &Self) -> bool {
        let Some(arm) = night_arm(other.protocol()) else {
            return false;
        };
        let has_tasks = matches!(self.protocol().plan, Plan::Tasks { .. });
        let is_like_it = has_tasks && self.protocol().learns_the_same(other.protocol());
        if !is_like_it || night_arm(self.protocol()).is_some() || self.night.is_some() {
            return false;
        }
        for (job, findings) in &mut self.findings.found {
            let found = other.findings.found.get(job).into_iter().flatten();
            findings.extend(found.filter(|it| arm_of(&it.phase) == arm.name).cloned());
        }
        self.night = Some((arm.clone(), other.protocol().title.clone()));
        true
    }

    /// The night after each task of another experiment that this one is compared with, and the title of that one.
    pub fn borrowed_night(&self) -> Option<(&Arm, &str)> {
        self.night.as_ref().map(|(arm, title)| (arm, title.as_str()))
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

    /// What the trials of a point say of a measure, and how many say nothing because they diverged.
    pub fn summary(&self, point: usize, phase: &str, measure: &str) -> (Option<Summary>, usize) {
        let values = self.values(point, phase, measure);
        (values.summary(), values.diverged)
    }

    /// A measure in each trial of a point.
    fn values(&self, point: usize, phase: &str, measure: &str) -> Values {
        values(&self.findings.protocol, &self.findings.found, point, phase, measure)
    }

    /// The phases in which networks were tested, in the order in which they were; differences are none.
    pub fn tested_phases(&self) -> Vec<&str> {
        let mut phases = Vec::new();
        for row in &self.rows {
            let tested = row.measure == ACCURACY || row.has_only_diverged();
            if tested && difference(&row.phase).is_none() && !phases.contains(&row.phase.as_str()) {
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
