//! The folder of a protocol's results: every finished job a file of its own, so that none is ever done twice.
//!
//! `protocol.ron` is the protocol, `jobs/` has a file for each finished job. Jobs are written whole or not at all, so a
//! sweep can be killed at any moment and goes on where it was. Shards of a sweep may write to the same folder, or to folders
//! of their own that are merged afterwards. The tables beside them ([`tables`]) are made from the jobs that are there. A
//! repository keeps the tables alone: where no job has a file, they are what is known ([`tabled`]).

mod error;
mod finished;
mod origin;
mod tabled;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::text::{TextFault, read_text};
use super::whole;
use crate::experiment::{Finding, Job, Protocol};
use crate::text::one_line;
use origin::Images;

pub use error::SweepError;
pub use finished::FinishedJob;
pub use origin::several_versions;
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

/// A folder that takes the results of a protocol.
#[derive(Debug)]
pub struct Sweep {
    folder: PathBuf,
    protocol: Protocol,
    /// Trials of each point that are wanted now; the folder may be of more.
    wanted: u32,
    finished: BTreeMap<Job, FinishedJob>,
    /// Those of them that have no file yet.
    unwritten: BTreeSet<Job>,
    images: Images,
}

impl Sweep {
    /// Opens a folder for the results of a protocol, and makes it if it is missing. What is there of the same protocol is
    /// kept; only words and the number of trials may differ. A folder of more trials stays one.
    ///
    /// # Errors
    /// As [`Self::prepare`] and [`Self::settle`].
    pub fn begin(folder: &Path, protocol: &Protocol) -> Result<Self, SweepError> {
        let mut sweep = Self::prepare(folder, protocol)?;
        sweep.settle()?;
        Ok(sweep)
    }

    /// Reads what a folder has of a protocol, which may be nothing at all. Nothing is written before [`Self::settle`].
    ///
    /// # Errors
    /// If the protocol makes no sense, if the folder holds other results, if a file in it is damaged, or if the operating system
    /// refuses.
    pub fn prepare(folder: &Path, protocol: &Protocol) -> Result<Self, SweepError> {
        protocol.validate().map_err(SweepError::Protocol)?;
        let path = folder.join(PROTOCOL);
        let mut sweep = Self::empty(folder, protocol.clone());
        if path.is_file() {
            let known = read_protocol(&path)?;
            if !known.finds_the_same(protocol) {
                return Err(SweepError::OtherProtocol {
                    folder: folder.to_owned(),
                });
            }
            sweep.protocol.trials = protocol.trials.max(known.trials);
        } else if let Some(results) = tabled::results_in(folder) {
            return Err(SweepError::NoProtocol { results });
        }
        sweep.read()?;
        Ok(sweep)
    }

    /// Makes the folder, and writes the protocol and every job that has no file.
    pub fn settle(&mut self) -> Result<(), SweepError> {
        fs::create_dir_all(&self.folder).map_err(refused(&self.folder))?;
        self.write_jobs()?;
        write(&self.folder.join(PROTOCOL), self.protocol.to_ron().as_bytes())
    }

    /// Opens a folder that holds results. Nothing is written.
    pub fn open(folder: &Path) -> Result<Self, SweepError> {
        if !Self::is_in(folder) {
            return Err(SweepError::NoResults {
                folder: folder.to_owned(),
            });
        }
        let mut sweep = Self::empty(folder, read_protocol(&folder.join(PROTOCOL))?);
        sweep.read()?;
        Ok(sweep)
    }

    /// A folder of which nothing is known yet.
    fn empty(folder: &Path, protocol: Protocol) -> Self {
        Self {
            folder: folder.to_owned(),
            images: Images::of(&protocol),
            wanted: protocol.trials,
            protocol,
            finished: BTreeMap::new(),
            unwritten: BTreeSet::new(),
        }
    }

    /// Whether a folder holds results, good or bad.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(PROTOCOL).is_file()
    }

    /// The protocol, with the number of trials that the folder is of.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// The jobs that are finished.
    pub fn finished(&self) -> &BTreeMap<Job, FinishedJob> {
        &self.finished
    }

    /// How many jobs have no file yet, because only the tables know them or because they were taken over.
    pub fn unwritten(&self) -> usize {
        self.unwritten.len()
    }

    /// The jobs that are not finished: those of `wanted` points, and of these every `of`th from the `part`th on, counted
    /// from 1. The first trials of all points come first, so that a sweep that is cut short says something of every point.
    ///
    /// # Panics
    /// If `part` is not in `1..=of`.
    pub fn pending(&self, wanted: impl Fn(usize) -> bool, part: usize, of: usize) -> Vec<Job> {
        assert!((1..=of).contains(&part), "there are {of} parts");
        let is_wanted = |job: &Job| job.trial < self.wanted && wanted(job.point);
        let mut jobs: Vec<Job> = self.protocol.jobs().filter(is_wanted).collect();
        jobs.sort_by_key(|job| (job.trial, job.point));
        jobs.into_iter()
            .skip(part - 1)
            .step_by(of)
            .filter(|job| !self.finished.contains_key(job))
            .collect()
    }

    /// Keeps a finished job. It is on the disk when this returns.
    ///
    /// # Errors
    /// If it had other images than the trials that are there, or if the operating system refuses.
    pub fn keep(&mut self, job: Job, done: FinishedJob) -> Result<(), SweepError> {
        let images = self.images.take(job.point, &done.images);
        images.map_err(|other| other.here(&self.folder))?;
        tabled::write_job(&self.file(job), &done)?;
        self.unwritten.remove(&job);
        self.finished.insert(job, done);
        Ok(())
    }

    /// Takes over what another folder has of the same protocol; says how many jobs were new. [`Self::settle`] writes them.
    ///
    /// # Errors
    /// If the other one is of another protocol or of other images, or if a job that both have differs.
    pub fn take_over(&mut self, other: &Self) -> Result<usize, SweepError> {
        if !self.protocol.finds_the_same(&other.protocol) {
            return Err(SweepError::OtherProtocol {
                folder: other.folder.clone(),
            });
        }
        let mut new = 0;
        for (&job, done) in &other.finished {
            let images = self.images.take(job.point, &done.images);
            images.map_err(|images| images.in_results(&other.folder, &self.folder))?;
            match self.finished.get(&job) {
                Some(known) if !known.agrees(done) => {
                    return Err(SweepError::Contradiction {
                        path: self.file(job),
                        other: other.folder.clone(),
                    });
                }
                Some(known) if !done.says_more_than(known) => continue,
                Some(_) => {}
                None => new += 1,
            }
            self.unwritten.insert(job);
            self.finished.insert(job, done.clone());
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
        self.folder.join(JOBS).join(name_of(job))
    }

    /// Reads everything that is there.
    fn read(&mut self) -> Result<(), SweepError> {
        self.read_jobs()?;
        if self.finished.is_empty() {
            self.read_tables()?;
        }
        Ok(())
    }

    /// Reads every job that is there.
    fn read_jobs(&mut self) -> Result<(), SweepError> {
        let folder = self.folder.join(JOBS);
        for path in whole::ron_files(&folder).map_err(refused(&folder))? {
            let damaged = |reason: String| SweepError::Damaged {
                path: path.clone(),
                reason: one_line(&reason),
            };
            let text = read(&path)?;
            let done: FinishedJob = ron::from_str(&text).map_err(|error| damaged(error.to_string()))?;
            let job = done.job();
            let other_seed = done.seed != self.protocol.seed_of(done.trial);
            if done.point >= self.protocol.points() || other_seed || self.file(job) != path {
                return Err(damaged("it is named for another trial".to_owned()));
            }
            if let Some(fault) = done.fault() {
                return Err(damaged(fault));
            }
            let images = self.images.take(job.point, &done.images);
            images.map_err(|images| images.in_results(&path, &self.folder))?;
            self.finished.insert(job, done);
        }
        Ok(())
    }
}

/// The name of a job's file.
fn name_of(job: Job) -> String {
    format!("point-{:04}-trial-{:04}.ron", job.point, job.trial)
}

/// Reads the protocol of a folder.
fn read_protocol(path: &Path) -> Result<Protocol, SweepError> {
    Protocol::from_ron(&read(path)?).map_err(|error| SweepError::Unusable {
        path: path.to_owned(),
        reason: one_line(&error.to_string()),
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
