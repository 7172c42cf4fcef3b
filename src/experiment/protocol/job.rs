//! A job: one trial of one point of a protocol.

use std::sync::atomic::AtomicBool;

use super::{Finding, Library, Plan, Protocol, ProtocolError, scarce, tasks};
use crate::data::DataError;
use crate::experiment::ExperimentError;

/// One trial of one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Job {
    /// Number of the point, from 0.
    pub point: usize,
    /// Number of the trial, from 0; its seed is that of the recipe and so many more.
    pub trial: u32,
}

/// A job that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The protocol makes no sense.
    #[error(transparent)]
    Protocol(#[from] ProtocolError),
    /// The run could not begin.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// The images cannot be had.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A task has nothing to learn.
    #[error("the images hold none of the classes of task {task}: give it classes that they have")]
    NoImages {
        /// Number of the task, from 1.
        task: usize,
    },
}

/// Does a job. `None` if `stop` was set meanwhile. A phase that diverges is told among the findings, with the step or batch.
pub fn run_job(
    protocol: &Protocol,
    job: Job,
    library: &Library,
    stop: &AtomicBool,
) -> Result<Option<Vec<Finding>>, JobError> {
    let recipe = protocol.recipe_of(job)?;
    let dataset = library.get(&recipe.data)?;
    match &protocol.plan {
        Plan::Night {
            fine_tuning,
            controls,
            conditions,
            trained_under,
            look,
        } => scarce::run(
            &scarce::Plan {
                recipe: &recipe,
                fine_tuning: fine_tuning.as_ref().or(recipe.fine_tuning.as_ref()),
                controls,
                conditions,
                trained_under: *trained_under,
                look: *look,
            },
            &dataset,
            library,
            stop,
        ),
        Plan::Tasks {
            tasks,
            images,
            longer,
            arms,
        } => {
            let plan = tasks::Plan {
                recipe: &recipe,
                tasks,
                images: *images,
                longer: *longer,
            };
            tasks::run(&plan, arms, &dataset, library, stop)
        }
    }
}
