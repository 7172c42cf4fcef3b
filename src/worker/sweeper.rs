//! The trials of a protocol on threads of their own, beside whoever watches: each is kept in a folder and told as soon as it is
//! done. The folder is that of [`Sweep`], so the command line goes on with what was begun here, and the other way round.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::do_jobs;
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
#[derive(Debug)]
pub struct Sweeper {
    stop: Arc<AtomicBool>,
    /// What nobody has taken yet: at most one piece of news for each trial, and a few beside.
    news: Arc<Mutex<Vec<SweepNews>>>,
}

impl Sweeper {
    /// Does what is not done yet. `wake` is called whenever there is news.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn begin(order: SweepOrder, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn(wake, move |stop, tell| work(&order, stop, tell))
    }

    /// Only reads what a folder holds.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn look(folder: PathBuf, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn(wake, move |_, tell| look(&folder, tell))
    }

    /// Stops soon. What is done is kept.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What became known since the last call, in its order.
    pub fn news(&self) -> Vec<SweepNews> {
        // Whoever panicked while telling left whole news behind.
        std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Does something on a thread, and tells its end.
    fn spawn(
        wake: impl Fn() + Send + 'static,
        body: impl FnOnce(&AtomicBool, &dyn Fn(SweepNews)) -> Result<(), Fault> + Send + 'static,
    ) -> std::io::Result<Self> {
        let (stop, news) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Vec<SweepNews>>>::default());
        let sweeper = Self {
            stop: Arc::clone(&stop),
            news: Arc::clone(&news),
        };
        std::thread::Builder::new().name("sweep".to_owned()).spawn(move || {
            let tell = |piece| {
                news.lock().unwrap_or_else(PoisonError::into_inner).push(piece);
                wake();
            };
            let outcome = body(&stop, &tell);
            tell(SweepNews::Ended(outcome.map_err(|fault| fault.to_string())));
        })?;
        Ok(sweeper)
    }
}

impl Drop for Sweeper {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Reads the folder, does what is missing, and writes the tables.
fn work(order: &SweepOrder, stop: &AtomicBool, tell: &dyn Fn(SweepNews)) -> Result<(), Fault> {
    let mut sweep = Sweep::begin(&order.folder, &order.protocol)?;
    let known = sweep.finished().clone();
    tell(SweepNews::Known(Box::new(order.protocol.clone()), known));
    let wanted = |point: usize| order.wanted.get(point).copied().unwrap_or(false);
    let jobs = sweep.pending(wanted, 1, 1);
    tell(SweepNews::Begun(jobs.len()));
    let library = Library::new(order.images.clone());
    let mut done = |job, finished: FinishedJob| {
        sweep.keep(job, finished.clone())?;
        tell(SweepNews::Done(job, Box::new(finished)));
        Ok::<(), Fault>(())
    };
    let outcome = do_jobs(&order.protocol, &jobs, &library, order.jobs, stop, &mut done);
    // What is done stands in the tables, however it ended.
    sweep.write_tables()?;
    outcome
}

/// Reads the folder.
fn look(folder: &Path, tell: &dyn Fn(SweepNews)) -> Result<(), Fault> {
    let sweep = Sweep::open(folder)?;
    let protocol = Box::new(sweep.protocol().clone());
    tell(SweepNews::Known(protocol, sweep.finished().clone()));
    Ok(())
}
