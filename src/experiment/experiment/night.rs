//! The night of a run: asleep, back and forth in it, and what the network can do at any of its moments.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::{Array2, Axis};

use super::probe::Judged;
use super::tuning::tuning_diverged;
use super::{Experiment, ExperimentError, Stage, check_window, training_diverged};
use crate::experiment::{Recipe, RecipeError};
use crate::sim::Samples;
use crate::sim::evaluate::{Evaluation, LiveEvaluator};
use crate::sim::mlp::Mlp;
use crate::sim::night::{Course, DreamSource, Night, NightParams, Scaling, ThresholdSearch};
use crate::sim::rng::{self, Stream};

/// The event of [`Stream::Evaluation`] that draws the sample of an estimate; smaller ones are taken.
const SAMPLE: u64 = 1 << 16;

/// What there is only from falling asleep on.
#[derive(Debug)]
pub(super) struct Bed {
    pub(super) course: Course,
    /// What data-based gains are made from, once they were wanted.
    pub(super) scaling: Option<Scaling>,
    pub(super) before: Arc<Vec<Array2<f32>>>,
    /// The test that follows the night, from the first time one is wanted.
    live: Option<Live>,
    /// A person's pictures, if there are any.
    pub(super) judged: Option<Judged>,
}

/// The test that follows the night.
#[derive(Debug)]
struct Live {
    evaluator: LiveEvaluator,
    /// The step whose weights it has.
    at: u64,
    /// For each layer, further neurons whose weights may differ from those it has.
    besides: Vec<Vec<u32>>,
}

impl Bed {
    /// A night that begins with these weights.
    pub(super) fn new(course: Course, scaling: Option<Scaling>, before: Arc<Vec<Array2<f32>>>) -> Self {
        Self {
            course,
            scaling,
            before,
            live: None,
            judged: None,
        }
    }

    /// The gains of each layer under some parameters. `None` if `stop` was set meanwhile.
    pub(super) fn alpha(
        scaling: &mut Option<Scaling>,
        params: &NightParams,
        measure: impl FnOnce() -> Option<Scaling>,
    ) -> Option<Vec<f64>> {
        params.alpha.gains(|| {
            if scaling.is_none() {
                *scaling = measure();
            }
            scaling.as_ref()
        })
    }

    /// Before the spikes beyond a step are forgotten: who differs because of them is noted for the next test.
    fn note_before_forgetting(&mut self, step: u64) {
        self.judged = self.judged.take().filter(|judged| judged.follower.at() <= step);
        let Some(live) = self.live.as_mut().filter(|live| live.at > step) else {
            return;
        };
        add(&mut live.besides, self.course.journal().changed(step..live.at));
        live.at = step;
    }
}

impl Experiment {
    /// Begins the night. `None` if `stop` was set meanwhile: nothing has changed then.
    pub fn fall_asleep(&mut self, stop: &AtomicBool) -> Result<Option<()>, ExperimentError> {
        if !self.mlp.is_finite() {
            return Err(training_diverged(self.trainer.done()));
        }
        let params = &self.recipe.night;
        let mut scaling = self.known_scaling();
        let measure = || Scaling::measure(&self.mlp, &self.train, stop);
        let Some(alpha) = Bed::alpha(&mut scaling, params, measure) else {
            return Ok(None);
        };
        let course = Course::new(&self.mlp.weights, params.clone(), alpha, self.dream_source());
        self.bed = Some(Bed::new(course, scaling, Arc::new(self.mlp.weights.clone())));
        self.forget_tuning();
        self.share_memory();
        Ok(Some(()))
    }

    /// What a search for thresholds needs, for a night of these parameters. `None` before the network is trained, and if `stop`
    /// was set meanwhile.
    ///
    /// # Errors
    /// If the parameters make no sense for this network and these images.
    pub fn threshold_search(
        &self,
        params: &NightParams,
        stop: &AtomicBool,
    ) -> Result<Option<ThresholdSearch>, ExperimentError> {
        let changed = Recipe {
            night: params.clone(),
            ..self.recipe.clone()
        };
        changed.validate()?;
        check_window(params, self.image_size)?;
        if self.stage() == Stage::Training {
            return Ok(None);
        }
        let scaling = self.bed.as_ref().and_then(|bed| bed.scaling.clone());
        let mut scaling = scaling.or_else(|| self.known_scaling());
        let measure = || Scaling::measure(&self.mlp, &self.train, stop);
        let alpha = Bed::alpha(&mut scaling, params, measure);
        Ok(alpha.map(|alpha| ThresholdSearch {
            weights: self.mlp.weights.clone(),
            params: params.clone(),
            alpha,
            source: self.dream_source(),
        }))
    }

    /// What data-based gains are made from, if it is known without the images.
    fn known_scaling(&self) -> Option<Scaling> {
        self.absent.as_ref().and_then(|absent| absent.scaling.clone())
    }

    /// The dream of this run: its shape and its seed.
    pub(in crate::experiment) fn dream_source(&self) -> DreamSource {
        DreamSource {
            mean_image: self.mean_image.clone(),
            image_size: self.image_size,
            seed: self.recipe.seed,
        }
    }

    /// Sleeps one step and lends the night to look at. `None` before the night and after it.
    pub fn sleep_step(&mut self) -> Option<&Night> {
        let last = self.recipe.night.steps;
        let bed = self.bed.as_mut().filter(|bed| bed.course.steps() < last)?;
        Some(bed.course.step())
    }

    /// The night with all that is known of it, once it has begun; also while it is [gone back](Self::has_night_ahead) before it.
    pub fn known_course(&self) -> Option<&Course> {
        self.known_bed().map(|bed| &bed.course)
    }

    /// The night with all that is known of it, in the night.
    pub fn course(&self) -> Option<&Course> {
        self.bed.as_ref().map(|bed| &bed.course)
    }

    /// Whether the night goes on with these parameters from here to its end.
    pub fn goes_on_with(&self, params: &NightParams) -> bool {
        match &self.bed {
            Some(bed) => bed.course.goes_on_with(params),
            None => self.recipe.night == *params,
        }
    }

    /// Goes to a step of the night, back or forth, at most to its end; steps that were not done yet are done. `None` before
    /// the night, and if `stop` was set meanwhile: it then stands somewhere on the way.
    pub fn seek(&mut self, step: u64, stop: &AtomicBool) -> Option<u64> {
        let step = step.min(self.recipe.night.steps);
        self.leave_tuning();
        let bed = self.bed.as_mut()?;
        bed.course.seek(step, stop).then_some(step)
    }

    /// Changes the night from the next step on; what was known beyond this moment is forgotten. Before the night, the whole
    /// night is changed. `None` if `stop` was set meanwhile: nothing has changed then.
    ///
    /// # Errors
    /// If the parameters make no sense for this network and these images: nothing has changed then.
    pub fn change_night(&mut self, params: &NightParams, stop: &AtomicBool) -> Result<Option<()>, ExperimentError> {
        let changed = Recipe {
            night: params.clone(),
            ..self.recipe.clone()
        };
        changed.validate()?;
        check_window(params, self.image_size)?;
        // A night that is known is the one that is changed, from its start if it stands before it.
        self.come_back();
        if let Some(bed) = &mut self.bed {
            let steps = bed.course.steps();
            if params.steps < steps {
                return Err(ExperimentError::Recipe(RecipeError::OutOfRange {
                    path: "night.steps".to_owned(),
                    value: params.steps.to_string(),
                    allowed: format!("at least {steps}: so many steps were slept already"),
                }));
            }
            let measure = || Scaling::measure(&self.mlp, &self.train, stop);
            let Some(alpha) = Bed::alpha(&mut bed.scaling, params, measure) else {
                return Ok(None);
            };
            bed.note_before_forgetting(steps);
            bed.course.change(params.clone(), alpha);
            self.forget_tuning();
        }
        self.recipe = changed;
        Ok(Some(()))
    }

    /// The network of this moment.
    pub(super) fn mlp_now(&mut self) -> Mlp {
        Mlp {
            weights: self.weights(),
            output: self.mlp.output,
            keep: self.mlp.keep,
        }
    }

    /// Tests the network of this moment on the held-out images. `None` if `stop` was set meanwhile. Changes nothing in
    /// the run. In the night only what changed since the last test is computed again.
    pub fn evaluate(&mut self, stop: &AtomicBool) -> Result<Option<Evaluation>, ExperimentError> {
        if self.stage() > Stage::Woken {
            let now = self.mlp_now();
            if !now.is_finite() {
                return Err(tuning_diverged(self.tuned()));
            }
            return Ok(self.evaluator.evaluate(&now, &self.test, stop));
        }
        let Some(bed) = &mut self.bed else {
            if !self.mlp.is_finite() {
                return Err(training_diverged(self.trainer.done()));
            }
            return Ok(self.evaluator.evaluate(&self.mlp, &self.test, stop));
        };
        let at = bed.course.steps();
        let Some(live) = &mut bed.live else {
            let now = Mlp {
                weights: bed.course.night_mut().weights(),
                ..self.mlp.clone()
            };
            if !now.is_finite() {
                return Err(night_diverged(at));
            }
            if at >= self.recipe.night.steps {
                // As a rule nothing will change any more, so there is nothing to follow.
                return Ok(self.evaluator.evaluate(&now, &self.test, stop));
            }
            let Some(evaluator) = LiveEvaluator::new(now, Arc::clone(&self.test), stop) else {
                return Ok(None);
            };
            let evaluation = evaluator.evaluation().clone();
            let besides = vec![Vec::new(); self.mlp.weights.len()];
            bed.live = Some(Live { evaluator, at, besides });
            return Ok(Some(evaluation));
        };
        let mut changed = bed.course.journal().changed(live.at.min(at)..live.at.max(at));
        let besides = std::mem::take(&mut live.besides);
        if !besides.is_empty() {
            add(&mut changed, besides);
        }
        live.at = at;
        let evaluation = live.evaluator.update(bed.course.night_mut(), &changed, stop).cloned();
        if live.evaluator.is_finite() {
            Ok(evaluation)
        } else {
            // One can go back to before it.
            bed.live = None;
            Err(night_diverged(at))
        }
    }

    /// Tests the network of this moment on a fixed random sample of the held-out images, of at most so many. `None` if `stop`
    /// was set meanwhile. Changes nothing in the run.
    pub fn estimate(&mut self, images: usize, stop: &AtomicBool) -> Result<Option<Evaluation>, ExperimentError> {
        if self
            .sample
            .as_ref()
            .is_none_or(|sample| sample.len() != images.min(self.test.len()))
        {
            let mut chosen: Vec<usize> = (0..self.test.len()).collect();
            rng::shuffle(
                &mut chosen,
                &mut rng::stream(self.recipe.seed, Stream::Evaluation, SAMPLE),
            );
            chosen.truncate(images);
            self.sample = Some(Samples {
                images: self.test.images.select(Axis(0), &chosen),
                labels: chosen.iter().map(|&image| self.test.labels[image]).collect(),
            });
        }
        let now = self.mlp_now();
        if !now.is_finite() {
            return Err(night_diverged(self.steps()));
        }
        let sample = self
            .sample
            .as_ref()
            .map(|sample| self.evaluator.evaluate(&now, sample, stop));
        Ok(sample.flatten())
    }

    /// Goes back to the end of training for the night of another recipe and its fine-tuning, with its name and note. Whether the
    /// rest of that recipe is this one's is the caller's business.
    pub fn sleep_again(&mut self, other: &Recipe) -> Result<(), ExperimentError> {
        other.validate()?;
        check_window(&other.night, self.image_size)?;
        self.come_back();
        self.forget_tuning();
        self.recipe.night.clone_from(&other.night);
        self.recipe.fine_tuning.clone_from(&other.fine_tuning);
        self.recipe.name.clone_from(&other.name);
        self.recipe.note.clone_from(&other.note);
        self.bed = None;
        Ok(())
    }
}

/// Adds neurons to lists of neurons, layer by layer, rising and each once.
fn add(lists: &mut Vec<Vec<u32>>, more: Vec<Vec<u32>>) {
    lists.resize_with(lists.len().max(more.len()), Vec::new);
    for (list, more) in lists.iter_mut().zip(more) {
        list.extend(more);
        list.sort_unstable();
        list.dedup();
    }
}

/// What to say when the weights overflow in the night.
fn night_diverged(at: u64) -> ExperimentError {
    ExperimentError::Diverged {
        phase: "the night",
        unit: "step",
        at,
        remedy: "raise or drop",
    }
}
