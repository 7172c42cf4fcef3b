//! Trials that only the tables of a folder know, as in a repository that keeps no jobs: they are taken over into jobs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::tables::{FINDINGS, Findings, TIMES};
use super::{FinishedJob, JOBS, Sweep, SweepError, name_of, refused, write};
use crate::run::whole;
use crate::text::one_line;

/// How the folder of jobs is called while it is being written.
const DRAFT: &str = ".somnoscope-jobs";

/// Results that are in a folder: its table of findings, or its folder of jobs if there is one in it.
pub(super) fn results_in(folder: &Path) -> Option<PathBuf> {
    let (table, jobs) = (folder.join(format!("{FINDINGS}.csv")), folder.join(JOBS));
    match () {
        () if table.is_file() => Some(table),
        () if holds_jobs(&jobs) => Some(jobs),
        () => None,
    }
}

/// Whether there is a file of a job in a folder.
fn holds_jobs(jobs: &Path) -> bool {
    whole::ron_files(jobs).is_ok_and(|files| !files.is_empty())
}

impl Sweep {
    /// Reads what the tables know.
    ///
    /// # Errors
    /// If one of them is not what it should be: going on without its trials would lose them.
    pub(super) fn read_tables(&mut self) -> Result<(), SweepError> {
        if !self.folder.join(format!("{FINDINGS}.csv")).is_file() {
            return Ok(());
        }
        let Findings {
            protocol,
            found,
            seconds,
        } = Findings::read(&self.folder)?;
        if let Some(job) = seconds.keys().find(|&job| !found.contains_key(job)) {
            return Err(SweepError::Unusable {
                path: self.folder.join(format!("{TIMES}.csv")),
                reason: format!(
                    "it has a trial with the seed {} that {FINDINGS}.csv has not",
                    protocol.seed_of(job.trial)
                ),
            });
        }
        let told = self.read_images()?;
        for (job, findings) in found {
            let (images, version) = self.told_of(job.point, &told);
            let levels = protocol.levels(job.point).into_iter();
            let done = FinishedJob {
                version,
                point: job.point,
                at: levels.map(|level| level.name.clone()).collect(),
                trial: job.trial,
                seed: protocol.seed_of(job.trial),
                images,
                seconds: seconds.get(&job).copied(),
                findings,
            };
            self.finished.insert(job, done);
            self.unwritten.insert(job);
        }
        Ok(())
    }

    /// Gives every job that has no file one. Where there is none at all yet, all appear at once: with some of them, a folder would
    /// seem to know no others.
    pub(super) fn write_jobs(&mut self) -> Result<(), SweepError> {
        let jobs = self.folder.join(JOBS);
        if !self.unwritten.is_empty() && !holds_jobs(&jobs) {
            let draft = self.folder.join(format!("{DRAFT}-{}", std::process::id()));
            match self.write_all_jobs(&draft, &jobs) {
                Ok(()) => self.unwritten.clear(),
                Err(fault) => {
                    // What cannot be removed stays; it is in nobody's way.
                    let _ = fs::remove_dir_all(&draft);
                    // Another process may have been faster.
                    if !holds_jobs(&jobs) {
                        return Err(fault);
                    }
                }
            }
        }
        fs::create_dir_all(&jobs).map_err(refused(&jobs))?;
        for job in &self.unwritten {
            write_job(&self.file(*job), &self.finished[job])?;
        }
        self.unwritten.clear();
        Ok(())
    }

    /// Writes them into a folder that becomes the folder of jobs.
    fn write_all_jobs(&self, draft: &Path, jobs: &Path) -> Result<(), SweepError> {
        fs::create_dir_all(draft).map_err(refused(draft))?;
        for job in &self.unwritten {
            write_job(&draft.join(name_of(*job)), &self.finished[job])?;
        }
        // An empty folder would be in the way on some systems, and one with jobs of another process on all.
        match fs::remove_dir(jobs) {
            Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                let text = "it holds files that are no trials; put them elsewhere";
                Err(io::Error::new(error.kind(), text))
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => fs::rename(draft, jobs),
        }
        .map_err(refused(jobs))
    }
}

/// Writes the file of a job.
pub(super) fn write_job(path: &Path, done: &FinishedJob) -> Result<(), SweepError> {
    let pretty = ron::ser::PrettyConfig::new().compact_structs(true);
    let text = ron::ser::to_string_pretty(done, pretty).map_err(|error| SweepError::Damaged {
        path: path.to_owned(),
        reason: one_line(&error.to_string()),
    })?;
    write(path, text.as_bytes())
}
