//! The folder of a protocol's results: every finished job a file of its own, so that none is ever done twice.
//!
//! `protocol.ron` is the protocol, `jobs/` has a file for each finished job. Jobs are written whole or not at all, so a
//! sweep can be killed at any moment and goes on where it was. Shards of a sweep may write to the same folder, or to folders
//! of their own that are merged afterwards. The tables beside them ([`tables`]) are made from the jobs that are there.

mod error;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::text::{TextFault, read_text};
use super::whole;
use crate::experiment::{Finding, Job, Protocol};
use crate::text::one_line;

pub use error::SweepError;
pub use tables::{Findings, SUMMARY_HEADS};

/// The protocol.
const PROTOCOL: &str = "protocol.ron";
/// The folder of finished jobs.
const JOBS: &str = "jobs";
/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// The folder in which a person's experiments are kept, each in a folder called as its protocol; `None` if there is no home
/// folder.
pub fn user_experiments_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "somnoscope")?;
    Some(folders.data_dir().join("experiments"))
}

/// A finished job, as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FinishedJob {
    /// The version of the program that did it.
    pub version: String,
    /// Number of the point, from 0.
    pub point: usize,
    /// The level on each axis, for a person to read.
    pub at: Vec<String>,
    /// Number of the trial, from 0.
    pub trial: u32,
    /// The seed it ran with.
    pub seed: u64,
    /// The SHA-256 of the image set.
    pub images: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What it found.
    pub findings: Vec<Finding>,
}

impl FinishedJob {
    /// Whether two files tell the same, whatever the time they took.
    fn agrees(&self, other: &Self) -> bool {
        let same = |a: &f64, b: &f64| a.to_bits() == b.to_bits();
        (&self.images, self.seed) == (&other.images, other.seed)
            && self.findings.len() == other.findings.len()
            && self
                .findings
                .iter()
                .zip(&other.findings)
                .all(|(a, b)| (&a.phase, &a.measure) == (&b.phase, &b.measure) && same(&a.value, &b.value))
    }
}

/// A folder that takes the results of a protocol.
#[derive(Debug)]
pub struct Sweep {
    folder: PathBuf,
    protocol: Protocol,
    finished: BTreeMap<Job, FinishedJob>,
}

impl Sweep {
    /// Opens a folder for the results of a protocol, and makes it if it is missing. What is there of the same protocol is
    /// kept; only words and the number of trials may differ.
    ///
    /// # Errors
    /// If the folder holds other results, if a file in it is damaged, or if the operating system refuses.
    pub fn begin(folder: &Path, protocol: &Protocol) -> Result<Self, SweepError> {
        let path = folder.join(PROTOCOL);
        if path.is_file() && !read_protocol(&path)?.finds_the_same(protocol) {
            return Err(SweepError::OtherProtocol {
                folder: folder.to_owned(),
            });
        }
        let sweep = Self::read(folder, protocol.clone())?;
        let jobs = folder.join(JOBS);
        fs::create_dir_all(&jobs).map_err(refused(&jobs))?;
        write(&path, protocol.to_ron().as_bytes())?;
        Ok(sweep)
    }

    /// Opens a folder that holds results.
    pub fn open(folder: &Path) -> Result<Self, SweepError> {
        if !Self::is_in(folder) {
            return Err(SweepError::NoResults {
                folder: folder.to_owned(),
            });
        }
        Self::read(folder, read_protocol(&folder.join(PROTOCOL))?)
    }

    /// What a folder holds of a protocol.
    fn read(folder: &Path, protocol: Protocol) -> Result<Self, SweepError> {
        let mut sweep = Self {
            folder: folder.to_owned(),
            protocol,
            finished: BTreeMap::new(),
        };
        sweep.read_jobs()?;
        Ok(sweep)
    }

    /// Whether a folder holds results, good or bad.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(PROTOCOL).is_file()
    }

    /// The protocol.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The jobs that are finished.
    pub fn finished(&self) -> &BTreeMap<Job, FinishedJob> {
        &self.finished
    }

    /// The jobs that are not finished: those of `wanted` points, and of these every `of`th from the `part`th on, counted
    /// from 1. The first trials of all points come first, so that a sweep that is cut short says something of every point.
    ///
    /// # Panics
    /// If `part` is not in `1..=of`.
    pub fn pending(&self, wanted: impl Fn(usize) -> bool, part: usize, of: usize) -> Vec<Job> {
        assert!((1..=of).contains(&part), "there are {of} parts");
        let mut jobs: Vec<Job> = self.protocol.jobs().filter(|job| wanted(job.point)).collect();
        jobs.sort_by_key(|job| (job.trial, job.point));
        jobs.into_iter()
            .skip(part - 1)
            .step_by(of)
            .filter(|job| !self.finished.contains_key(job))
            .collect()
    }

    /// Keeps a finished job. It is on the disk when this returns.
    pub fn keep(&mut self, job: Job, done: FinishedJob) -> Result<(), SweepError> {
        let text = ron::ser::to_string_pretty(&done, ron::ser::PrettyConfig::new().compact_structs(true)).map_err(
            |error| SweepError::Damaged {
                path: self.file(job),
                reason: error.to_string(),
            },
        )?;
        write(&self.file(job), text.as_bytes())?;
        self.finished.insert(job, done);
        Ok(())
    }

    /// Takes over what another folder has of the same protocol; says how many jobs were new.
    ///
    /// # Errors
    /// If the other one is of another protocol, or if a job that both have differs.
    pub fn take_over(&mut self, other: &Self) -> Result<usize, SweepError> {
        if !self.protocol.finds_the_same(&other.protocol) {
            return Err(SweepError::OtherProtocol {
                folder: other.folder.clone(),
            });
        }
        let mut new = 0;
        for (&job, done) in &other.finished {
            match self.finished.get(&job) {
                Some(known) if known.agrees(done) => {}
                Some(_) => {
                    return Err(SweepError::Contradiction {
                        path: self.file(job),
                        other: other.folder.clone(),
                    });
                }
                None => {
                    self.keep(job, done.clone())?;
                    new += 1;
                }
            }
        }
        Ok(new)
    }

    /// What every finished job of the protocol found, those beyond its number of trials left out.
    pub fn found(&self) -> BTreeMap<Job, Vec<Finding>> {
        self.finished
            .iter()
            .filter(|(job, _)| job.trial < self.protocol.trials)
            .map(|(&job, done)| (job, done.findings.clone()))
            .collect()
    }

    /// The file of a job.
    fn file(&self, job: Job) -> PathBuf {
        self.folder
            .join(JOBS)
            .join(format!("point-{:04}-trial-{:04}.ron", job.point, job.trial))
    }

    /// Reads every job that is there.
    fn read_jobs(&mut self) -> Result<(), SweepError> {
        let folder = self.folder.join(JOBS);
        for path in whole::ron_files(&folder).map_err(refused(&folder))? {
            let damaged = |reason: String| SweepError::Damaged {
                path: path.clone(),
                reason,
            };
            let text = read(&path)?;
            let done: FinishedJob = ron::from_str(&text).map_err(|error| damaged(one_line(&error.to_string())))?;
            let job = Job {
                point: done.point,
                trial: done.trial,
            };
            let other_seed = done.seed != self.protocol.seed_of(done.trial);
            if done.point >= self.protocol.points() || other_seed || self.file(job) != path {
                return Err(damaged("it is named for another trial".to_owned()));
            }
            self.finished.insert(job, done);
        }
        Ok(())
    }
}

/// Reads the protocol of a folder.
fn read_protocol(path: &Path) -> Result<Protocol, SweepError> {
    Protocol::from_ron(&read(path)?).map_err(|error| SweepError::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Reads a text file of sensible length.
fn read(path: &Path) -> Result<String, SweepError> {
    read_text(path, MAX_BYTES).map_err(|fault| match fault {
        TextFault::Refused(reason) => refused(path)(reason),
        other => SweepError::Unusable {
            path: path.to_owned(),
            reason: other.to_string(),
        },
    })
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), SweepError> {
    whole::write_whole(path, |writer| writer.write_all(bytes)).map_err(refused(path))
}

/// What to say when the operating system refuses.
fn refused(path: &Path) -> impl FnOnce(io::Error) -> SweepError {
    let path = path.to_owned();
    move |reason| SweepError::Refused { path, reason }
}
