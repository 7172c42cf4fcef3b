//! The trials of a protocol on threads of their own, beside whoever watches: each is kept in a folder and told as soon as it is
//! done. The folder is that of [`Sweep`], so the command line goes on with what was begun here, and the other way round.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::do_jobs;
use super::teller::Teller;
use crate::experiment::{Job, JobError, Library, Protocol};
use crate::run::{FinishedJob, Sweep, SweepError};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct SweepOrder {
    /// The folder that takes the results; it is made if it is missing.
    pub folder: PathBuf,
    /// The protocol, with the number of trials that are wanted.
    pub protocol: Protocol,
    /// For each point whether its trials are wanted.
    pub wanted: Vec<bool>,
    /// The folder that full sets are taken from, if a person named one.
    pub images: Option<PathBuf>,
    /// Trials that are done side by side.
    pub jobs: usize,
}

/// What became known of a sweep.
#[derive(Clone, Debug)]
pub enum SweepNews {
    /// The protocol of the folder, and every trial that was finished before.
    Known(Box<Protocol>, BTreeMap<Job, FinishedJob>),
    /// So many trials are to be done now.
    Begun(usize),
    /// A trial is done, and on the disk.
    Done(Job, Box<FinishedJob>),
    /// Nothing more comes: all is done, it was stopped, or it failed with this sentence.
    Ended(Result<(), String>),
}

/// Why a sweep ended early.
#[derive(Debug, thiserror::Error)]
enum Fault {
    /// A trial could not be done.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The folder cannot be used.
    #[error(transparent)]
    Sweep(#[from] SweepError),
}

/// A sweep that goes on. Dropping it stops it: trials that are under way are given up, those that are done are kept.
pub type Sweeper = Teller<SweepNews>;

impl Sweeper {
    /// Does what is not done yet. `wake` is called whenever there is news.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn begin(order: SweepOrder, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn("sweep", wake, SweepNews::Ended, move |stop, tell| {
            work(&order, stop, tell)
        })
    }

    /// Only reads what a folder holds.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn look(folder: PathBuf, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn("sweep", wake, SweepNews::Ended, move |_, tell| look(&folder, tell))
    }
}

/// Reads the folder, does what is missing, and writes the tables.
fn work(order: &SweepOrder, stop: &AtomicBool, tell: &dyn Fn(SweepNews)) -> Result<(), Fault> {
    let mut sweep = Sweep::prepare(&order.folder, &order.protocol)?;
    let known = sweep.finished().clone();
    tell(SweepNews::Known(Box::new(sweep.protocol().clone()), known));
    let wanted = |point: usize| order.wanted.get(point).copied().unwrap_or(false);
    let jobs = sweep.pending(wanted, 1, 1);
    let library = Library::new(order.images.clone());
    // Nothing is written for trials whose images are not here.
    sweep.check_images(&jobs, &library)?;
    sweep.settle()?;
    tell(SweepNews::Begun(jobs.len()));
    let mut done = |job, finished: FinishedJob| {
        sweep.keep(job, finished.clone())?;
        tell(SweepNews::Done(job, Box::new(finished)));
        Ok::<(), Fault>(())
    };
    let outcome = do_jobs(&order.protocol, &jobs, &library, order.jobs, stop, &mut done);
    // What is done stands in the tables, however it ended.
    let written = sweep.write_tables().map_err(Fault::from);
    outcome.and(written)
}

/// Reads the folder.
fn look(folder: &Path, tell: &dyn Fn(SweepNews)) -> Result<(), Fault> {
    let sweep = Sweep::open(folder)?;
    let protocol = Box::new(sweep.protocol().clone());
    tell(SweepNews::Known(protocol, sweep.finished().clone()));
    Ok(())
}
