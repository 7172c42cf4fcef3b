//! What of a protocol can be checked without images.

use std::collections::BTreeSet;

use super::scarce::{AFTER, BEFORE};
use super::{Job, MAX_JOBS, Plan, Protocol, ProtocolError, Rival, sleep};
use crate::experiment::Recipe;
use crate::experiment::written::check_name;
use crate::sim::conditions::Hardship;

impl Protocol {
    /// Checks everything that can be known without images.
    pub fn validate(&self) -> Result<(), ProtocolError> {
        let senseless = |place: &str, fault: String| {
            Err(ProtocolError::Senseless {
                place: place.to_owned(),
                fault,
            })
        };
        check_name(&self.name).or_else(|fault| senseless("name", fault))?;
        if let Some(axis) = self.axes.iter().find(|axis| axis.levels.is_empty()) {
            return senseless(
                &format!("the axis {:?}", axis.name),
                "has no level: give it one".to_owned(),
            );
        }
        for axis in &self.axes {
            if let Some(twice) = first_twice([], axis.levels.iter().map(|level| &*level.name)) {
                return senseless(
                    &format!("the axis {:?}", axis.name),
                    format!("has the level {twice:?} twice: their trials could not be told apart"),
                );
            }
        }
        let points = self
            .axes
            .iter()
            .try_fold(1_usize, |points, axis| points.checked_mul(axis.levels.len()));
        let jobs = points.and_then(|points| points.checked_mul(self.trials as usize));
        if !jobs.is_some_and(|jobs| (1..=MAX_JOBS).contains(&jobs)) {
            return senseless(
                "trials",
                format!("times the points must be 1 to {MAX_JOBS}: take fewer levels or trials"),
            );
        }
        if self.recipe.seed.checked_add(u64::from(self.trials)).is_none() {
            return senseless(
                "recipe.seed",
                "leaves no seeds for the trials: take a smaller one".to_owned(),
            );
        }
        for point in 0..self.points() {
            let recipe = self.recipe_of(Job { point, trial: 0 })?;
            self.check_plan(&recipe)?;
        }
        Ok(())
    }

    /// Checks the plan for one variant of the recipe.
    fn check_plan(&self, recipe: &Recipe) -> Result<(), ProtocolError> {
        let senseless = |place: String, fault: &str| {
            Err(ProtocolError::Senseless {
                place,
                fault: fault.to_owned(),
            })
        };
        match &self.plan {
            Plan::Night {
                fine_tuning,
                controls,
                conditions,
                trained_under,
                look: _,
            } => {
                let names = controls.iter().map(|control| &*control.name);
                if let Some(twice) = first_twice([BEFORE, AFTER], names) {
                    return senseless(twice.to_owned(), "stands for two phases: give the control another name");
                }
                let trainings = controls.iter().filter_map(|control| match &control.by {
                    Rival::FineTuning(training) => Some((control.name.as_str(), training)),
                    _ => None,
                });
                for (point, training) in fine_tuning.iter().map(|it| ("fine_tuning", it)).chain(trainings) {
                    let tuned = Recipe {
                        fine_tuning: Some(training.clone()),
                        ..recipe.clone()
                    };
                    tuned.validate().map_err(|fault| ProtocolError::Recipe {
                        point: point.to_owned(),
                        fault,
                    })?;
                }
                for control in controls {
                    sleep::rival_recipe(recipe, &control.by).map_err(|fault| ProtocolError::Recipe {
                        point: control.name.clone(),
                        fault,
                    })?;
                }
                if let Some(control) = controls.iter().find(|control| !sensible(&control.by)) {
                    return senseless(
                        control.name.clone(),
                        "must hold back a share between 0 and 1, and have 1 to 10,000 epochs and a patience of 1 epoch or more",
                    );
                }
                let on_images = [Hardship::Noise, Hardship::Blur, Hardship::Occlusion];
                if trained_under.is_some_and(|it| !on_images.contains(&it.of)) {
                    return senseless(
                        "trained_under".to_owned(),
                        "must be a condition on images: Noise, Blur or Occlusion",
                    );
                }
                let mut all = conditions.iter().chain(trained_under);
                match all.find(|it| !(0.0..=1000.0).contains(&it.strength)) {
                    Some(it) => senseless(
                        format!("the condition {:?}", it.of),
                        "has no sensible strength: take one from 0 to 1000",
                    ),
                    None => Ok(()),
                }
            }
            Plan::Tasks {
                tasks,
                images,
                longer,
                arms,
            } => {
                if tasks.is_empty() || tasks.iter().any(Vec::is_empty) || *images == 0 {
                    return senseless("tasks".to_owned(), "must each have a class and an image");
                }
                if recipe.fine_tuning.is_some() {
                    return senseless(
                        "fine_tuning".to_owned(),
                        "has no place among tasks, where the next task follows a night: leave it out of the recipe",
                    );
                }
                if *longer > 1_000_000 {
                    return senseless("longer".to_owned(), "must be at most 1,000,000 steps");
                }
                if let Some(twice) = first_twice([], arms.iter().map(|arm| &*arm.name)) {
                    return senseless(twice.to_owned(), "stands for two arms: give one of them another name");
                }
                for arm in arms {
                    sleep::arm_night(recipe, arm).map_err(|fault| ProtocolError::Recipe {
                        point: arm.name.clone(),
                        fault,
                    })?;
                }
                match arms.iter().find(|arm| !(0.0..=1.0).contains(&arm.rehearsal)) {
                    Some(arm) => senseless(arm.name.clone(), "has a rehearsal that is no share: take 0 to 1"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// The first name that is taken already or stands twice: results go by their names.
fn first_twice<'a, const N: usize>(taken: [&'a str; N], mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::from(taken);
    names.find(|name| !seen.insert(name))
}

/// Whether the numbers of a rival make sense.
fn sensible(rival: &Rival) -> bool {
    match rival {
        Rival::EarlyStopping {
            share,
            epochs,
            patience,
        } => {
            let has_patience = patience.is_none_or(|patience| patience > 0);
            *share > 0.0 && *share < 1.0 && (1..=10_000).contains(epochs) && has_patience
        }
        _ => true,
    }
}
