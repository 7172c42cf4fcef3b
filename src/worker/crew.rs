//! Several threads that do the trials of a protocol side by side.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

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
    let (next, give_up) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = crossbeam_channel::bounded(threads.max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1).min(jobs.len()) {
            let (sender, next, give_up) = (sender.clone(), &next, &give_up);
            scope.spawn(move || {
                while let Some(&job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if give_up.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let finished = finish(protocol, job, library, stop);
                    // Nobody listens any more once something has failed.
                    if sender.send((job, finished)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // Owned by this loop, so that a failure hangs up on those who still send.
        for (job, finished) in results {
            let kept = match finished {
                Ok(Some(finished)) => done(job, finished),
                Ok(None) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if kept.is_err() {
                give_up.store(true, Ordering::Relaxed);
                return kept;
            }
        }
        Ok(())
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
        seconds: begin.elapsed().as_secs_f64(),
        findings,
    }))
}
