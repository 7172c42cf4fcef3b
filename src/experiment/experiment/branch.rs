//! Nights that leave the night of a run, and take its place.

use std::sync::atomic::AtomicBool;

use super::night::Bed;
use super::{Experiment, ExperimentError, check_window};
use crate::experiment::{Recipe, RecipeError};
use crate::sim::night::{Course, NightParams, Scaling, Spike};

impl Experiment {
    /// A second night that is this one up to a step and goes on from there with other parameters, without a spike, or both; and
    /// what is run in it. `None` before the night, and if `stop` was set meanwhile. Changes nothing in the run.
    ///
    /// # Errors
    /// If the parameters make no sense for this network and these images.
    pub fn branch(
        &mut self,
        step: u64,
        params: Option<&NightParams>,
        without: Option<Spike>,
        stop: &AtomicBool,
    ) -> Result<Option<(Course, Recipe)>, ExperimentError> {
        let mut recipe = self.recipe.clone();
        if let Some(params) = params {
            recipe.night = params.clone();
        }
        recipe.validate()?;
        check_window(&recipe.night, self.image_size)?;
        if recipe.night.steps < step {
            return Err(ExperimentError::Recipe(RecipeError::OutOfRange {
                path: "night.steps".to_owned(),
                value: recipe.night.steps.to_string(),
                allowed: format!("at least {step}: the branch begins there"),
            }));
        }
        let Some(bed) = &mut self.bed else { return Ok(None) };
        let measure = || Scaling::measure(&self.mlp, &self.train, stop);
        let Some(alpha) = Bed::alpha(&mut bed.scaling, &recipe.night, measure) else {
            return Ok(None);
        };
        let Some(mut course) = bed.course.fork(step, stop) else {
            return Ok(None);
        };
        if let Some(params) = params {
            course.change(params.clone(), alpha);
        }
        if let Some(spike) = without
            && !course.leave_out(spike, stop)
        {
            return Ok(None);
        }
        Ok(Some((course, recipe)))
    }

    /// The gains of each layer under parameters that a night of this network could have. `None` before the night, and if `stop` was
    /// set meanwhile. Changes nothing in the run.
    ///
    /// # Errors
    /// If the parameters make no sense for this network and these images.
    pub fn gains(&mut self, params: &NightParams, stop: &AtomicBool) -> Result<Option<Vec<f64>>, ExperimentError> {
        let mut recipe = self.recipe.clone();
        recipe.night = params.clone();
        recipe.validate()?;
        check_window(params, self.image_size)?;
        let Some(bed) = &mut self.bed else { return Ok(None) };
        let measure = || Scaling::measure(&self.mlp, &self.train, stop);
        Ok(Bed::alpha(&mut bed.scaling, params, measure))
    }

    /// Puts another night of the same network in the place of the night, with what is run in it, and gives the old ones back.
    /// `None` before the night: nothing has changed then.
    pub fn exchange_night(&mut self, course: Course, recipe: Recipe) -> Option<(Course, Recipe)> {
        let Bed {
            course: old,
            scaling,
            before,
            ..
        } = self.bed.take()?;
        self.bed = Some(Bed::new(course, scaling, before));
        self.forget_tuning();
        self.share_memory();
        // What follows a night is not that night's business.
        let recipe = Recipe {
            fine_tuning: self.recipe.fine_tuning.clone(),
            ..recipe
        };
        Some((old, std::mem::replace(&mut self.recipe, recipe)))
    }
}
