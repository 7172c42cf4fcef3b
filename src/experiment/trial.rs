//! A trial: one run of a recipe from birth to its end, tested before and after the night, and after fine-tuning if there is one.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Experiment, ExperimentError, Recipe, RecipeError, Stage};
use crate::data::Dataset;
use crate::sim::evaluate::{Evaluation, Evaluator};
use crate::sim::train::{Overflow, TrainParams};

/// What a trial found.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The seed it ran with.
    pub seed: u64,
    /// The test before the night.
    pub before: Evaluation,
    /// The test after the night.
    pub after: Evaluation,
    /// The tests after fine-tuning, if there is one.
    pub tuned: Option<Tuned>,
    /// Spikes of the whole night: of the inputs, then of layer after layer.
    pub spikes: Vec<u64>,
    /// How long training took.
    pub training_time: Duration,
    /// How long the night took.
    pub night_time: Duration,
}

/// What fine-tuning makes of the network that slept, and of the one that did not.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuned {
    /// Without the night, for as many batches in the same order: the control.
    pub awake: Evaluation,
    /// After the night.
    pub slept: Evaluation,
}

/// How far a trial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Batches trained, of how many.
    Training(u64, u64),
    /// The network is being tested, or measured for the night.
    Testing,
    /// Steps slept, of how many.
    Sleeping(u64, u64),
    /// Batches fine-tuned, of how many.
    Tuning(u64, u64),
}

/// Trains, tests, sleeps, tests again, and fine-tunes if the recipe says so. `None` if `stop` was set meanwhile.
pub fn run_trial(
    recipe: &Recipe,
    dataset: &Dataset,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<Option<Trial>, ExperimentError> {
    let mut experiment = Experiment::new(recipe.clone(), dataset)?;
    let begin = Instant::now();
    while experiment.stage() == Stage::Training {
        progress(Progress::Training(experiment.batches(), experiment.total_batches()));
        if experiment.train_batch(stop)?.is_none() {
            return Ok(None);
        }
    }
    let training_time = begin.elapsed();

    progress(Progress::Testing);
    let Some(before) = experiment.evaluate(stop)? else {
        return Ok(None);
    };
    if experiment.fall_asleep(stop)?.is_none() {
        return Ok(None);
    }
    let begin = Instant::now();
    let last = recipe.night.steps;
    let mut spikes = vec![0; experiment.sizes().len()];
    while let Some(night) = experiment.sleep_step() {
        for (total, layer) in spikes.iter_mut().zip(night.spikes()) {
            *total += layer.len() as u64;
        }
        progress(Progress::Sleeping(night.steps(), last));
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
    }
    let night_time = begin.elapsed();

    progress(Progress::Testing);
    let Some(after) = experiment.evaluate(stop)? else {
        return Ok(None);
    };
    let tuned = match &recipe.fine_tuning {
        Some(params) => match fine_tune(&mut experiment, params, progress, stop)? {
            Some(tuned) => Some(tuned),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Trial {
        seed: recipe.seed,
        before,
        after,
        tuned,
        spikes,
        training_time,
        night_time,
    }))
}

/// Fine-tunes a run whose night is over, and in the same way the network that fell asleep. `None` if `stop` was set meanwhile.
fn fine_tune(
    experiment: &mut Experiment,
    params: &TrainParams,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<Option<Tuned>, ExperimentError> {
    let total = experiment.total_tuning();
    for done in 0..total {
        progress(Progress::Tuning(done, 2 * total));
        if experiment.tune_batch(stop)?.is_none() {
            return Ok(None);
        }
    }
    let Some(slept) = experiment.evaluate(stop)? else {
        return Ok(None);
    };
    progress(Progress::Tuning(total, 2 * total));
    let (mlp, trainer) = experiment.trained();
    let (mut mlp, mut trainer) = (mlp.clone(), trainer.clone());
    trainer.go_on_with(params);
    match trainer.batches(&mut mlp, experiment.train_samples(), total, stop) {
        Some(Ok(())) => {}
        Some(Err(Overflow(batch))) => {
            return Err(ExperimentError::Diverged {
                phase: "fine-tuning without sleep",
                unit: "batch",
                at: batch,
                remedy: "learning rate",
            });
        }
        None => return Ok(None),
    }
    let awake = Evaluator::default().evaluate(&mlp, experiment.test_samples(), stop);
    Ok(awake.map(|awake| Tuned { awake, slept }))
}

/// Runs `count` trials, with the seed of the recipe, the next one, and so on. `None` if `stop` was set meanwhile.
///
/// `progress` is also told which trial it is about, counted from 0.
///
/// # Errors
/// A trial that diverges ends them all, with an error that names its seed: a mean without it would be a mean of the
/// trials that went well.
pub fn run_trials(
    recipe: &Recipe,
    count: u32,
    dataset: &Dataset,
    progress: &mut dyn FnMut(u32, Progress),
    stop: &AtomicBool,
) -> Result<Option<Vec<Trial>>, ExperimentError> {
    if recipe.seed.checked_add(u64::from(count)).is_none() {
        return Err(ExperimentError::Recipe(RecipeError::OutOfRange {
            path: "seed".to_owned(),
            value: recipe.seed.to_string(),
            allowed: format!("at most {} for {count} trials", u64::MAX - u64::from(count)),
        }));
    }
    let mut trials = Vec::new();
    for (index, seed) in (0..count).zip(recipe.seed..) {
        let recipe = Recipe { seed, ..recipe.clone() };
        let outcome = run_trial(&recipe, dataset, &mut |now| progress(index, now), stop);
        match outcome {
            Ok(Some(trial)) => trials.push(trial),
            Ok(None) => return Ok(None),
            Err(fault @ ExperimentError::Diverged { .. }) => {
                let fault = Box::new(fault);
                return Err(ExperimentError::InTrial { seed, fault });
            }
            Err(other) => return Err(other),
        }
    }
    Ok(Some(trials))
}
