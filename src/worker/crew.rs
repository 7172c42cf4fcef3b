//! Several threads that do the trials of a protocol side by side.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use super::side_by_side::side_by_side;
use crate::experiment::{Job, JobError, Library, Protocol, run_job};
use crate::run::FinishedJob;

/// Does jobs on `threads` threads and hands each over as soon as it is done, in whatever order. It returns when all are done,
/// when one fails, when `done` does, or soon after somebody sets `stop`; jobs that were begun then are dropped.
///
/// # Errors
/// The first failure of a job, or of `done`.
pub fn do_jobs<E: From<JobError>>(
    protocol: &Protocol,
    jobs: &[Job],
    library: &Library,
    threads: usize,
    stop: &AtomicBool,
    done: &mut dyn FnMut(Job, FinishedJob) -> Result<(), E>,
) -> Result<(), E> {
    let work = |job: &Job| finish(protocol, *job, library, stop);
    side_by_side(jobs, threads, stop, work, &mut |place, finished| {
        done(jobs[place], finished)
    })
}

/// Does one job, and says how long it took. `None` if `stop` was set meanwhile.
fn finish(
    protocol: &Protocol,
    job: Job,
    library: &Library,
    stop: &AtomicBool,
) -> Result<Option<FinishedJob>, JobError> {
    let recipe = protocol.recipe_of(job)?;
    let images = library.get(&recipe.data)?.sha256.clone();
    let begin = Instant::now();
    let findings = run_job(protocol, job, library, stop)?;
    let levels = protocol.levels(job.point).into_iter();
    Ok(findings.map(|findings| FinishedJob {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        point: job.point,
        at: levels.map(|level| level.name.clone()).collect(),
        trial: job.trial,
        seed: recipe.seed,
        images,
        seconds: Some(begin.elapsed().as_secs_f64()),
        findings,
    }))
}
