//! What of a protocol can be checked without images.

use std::collections::BTreeSet;

use super::phase::{PHASES, sounds_like_a_difference};
use super::{Arm, ChangeControl, Condition, Control, Job, MAX_JOBS, Plan, Protocol, ProtocolError, Rival, sleep};
use crate::experiment::Recipe;
use crate::experiment::written::check_name;
use crate::sim::conditions::Hardship;
use crate::text::one_line;

impl Protocol {
    /// Checks everything that can be known without images.
    pub fn validate(&self) -> Result<(), ProtocolError> {
        check_name(&self.name).or_else(|fault| senseless("name", fault))?;
        self.check_axes()?;
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
            return senseless("recipe.seed", "leaves no seeds for the trials: take a smaller one");
        }
        for point in 0..self.points() {
            let recipe = self.recipe_of(Job { point, trial: 0 })?;
            self.check_plan(&recipe)?;
        }
        self.check_published()
    }

    /// Checks what is varied.
    fn check_axes(&self) -> Result<(), ProtocolError> {
        if let Some(axis) = self.axes.iter().find(|axis| axis.levels.is_empty()) {
            return senseless(&format!("the axis {:?}", axis.name), "has no level: give it one");
        }
        for axis in &self.axes {
            if let Some(twice) = first_twice([], axis.levels.iter().map(|level| &*level.name)) {
                return senseless(
                    &format!("the axis {:?}", axis.name),
                    format!("has the level {twice:?} twice: their trials could not be told apart"),
                );
            }
        }
        if let Some(twice) = first_twice([], self.axes.iter().map(|axis| &*axis.name)) {
            return senseless("axes", format!("has {twice:?} twice: give one of them another name"));
        }
        Ok(())
    }

    /// Whether the published numbers belong to points: what belongs nowhere would seem not to be done yet.
    fn check_published(&self) -> Result<(), ProtocolError> {
        let is_level = |name: &String, place: usize| {
            let mut levels = self.axes[place].levels.iter();
            name.is_empty() || levels.any(|level| level.name == *name)
        };
        let nowhere = self.published.iter().find(|it| {
            it.at.len() != self.axes.len() || it.at.iter().enumerate().any(|(place, name)| !is_level(name, place))
        });
        nowhere.map_or(Ok(()), |it| {
            let axes: Vec<&str> = self.axes.iter().map(|axis| axis.name.as_str()).collect();
            senseless(
                "published",
                format!(
                    "has a number at {:?}, which is no point: name a level of each axis ({}), or \"\" for any",
                    it.at,
                    axes.join(", ")
                ),
            )
        })
    }

    /// Checks the plan for one variant of the recipe.
    fn check_plan(&self, recipe: &Recipe) -> Result<(), ProtocolError> {
        match &self.plan {
            Plan::Night {
                fine_tuning,
                controls,
                conditions,
                trained_under,
                look: _,
            } => {
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
                check_controls(controls, recipe)?;
                check_conditions(conditions, *trained_under)
            }
            Plan::Tasks {
                tasks,
                images,
                longer,
                arms,
            } => {
                if tasks.is_empty() || tasks.iter().any(Vec::is_empty) || *images == 0 {
                    return senseless("tasks", "must each have a class and an image");
                }
                if recipe.fine_tuning.is_some() {
                    return senseless(
                        "fine_tuning",
                        "has no place among tasks, where the next task follows a night: leave it out of the recipe",
                    );
                }
                if *longer > 1_000_000 {
                    return senseless("longer", "must be at most 1,000,000 steps");
                }
                check_arms(arms, recipe)
            }
        }
    }
}

/// Says that something makes no sense.
fn senseless(place: &str, fault: impl AsRef<str>) -> Result<(), ProtocolError> {
    Err(ProtocolError::Senseless {
        place: one_line(place),
        fault: one_line(fault.as_ref()),
    })
}

/// Checks what is done in place of the night.
fn check_controls(controls: &[Control], recipe: &Recipe) -> Result<(), ProtocolError> {
    let names = controls.iter().map(|control| &*control.name);
    if let Some(twice) = first_twice(PHASES, names) {
        return senseless(twice, "stands for two phases: give the control another name");
    }
    for control in controls {
        if sounds_like_a_difference(&control.name) {
            return senseless(
                &control.name,
                "would be taken for a difference: give the control another name",
            );
        }
        sleep::rival_recipe(recipe, &control.by).map_err(|fault| ProtocolError::Recipe {
            point: one_line(&control.name),
            fault,
        })?;
        if let Rival::Change(change) = control.by {
            check_change(&control.name, change, recipe)?;
        }
        if !sensible(&control.by) {
            return senseless(
                &control.name,
                "must hold back a share between 0 and 1, and have 1 to 10,000 epochs and a patience of 1 epoch or more",
            );
        }
    }
    Ok(())
}

/// Checks under what the networks are tested, and trained.
fn check_conditions(conditions: &[Condition], trained_under: Option<Condition>) -> Result<(), ProtocolError> {
    let on_images = [Hardship::Noise, Hardship::Blur, Hardship::Occlusion];
    if trained_under.is_some_and(|it| !on_images.contains(&it.of)) {
        return senseless(
            "trained_under",
            "must be a condition on images: Noise, Blur or Occlusion",
        );
    }
    let mut all = conditions.iter().chain(&trained_under);
    if let Some(it) = all.find(|it| !(0.0..=1000.0).contains(&it.strength)) {
        return senseless(
            &format!("the condition {:?}", it.of),
            "has no sensible strength: take one from 0 to 1000",
        );
    }
    let measures: Vec<String> = conditions.iter().map(|it| it.measure()).collect();
    match first_twice([], measures.iter().map(String::as_str)) {
        Some(twice) => senseless("conditions", format!("has {twice:?} twice: leave one of them out")),
        None => Ok(()),
    }
}

/// Checks the ways to learn several tasks.
fn check_arms(arms: &[Arm], recipe: &Recipe) -> Result<(), ProtocolError> {
    if let Some(twice) = first_twice([], arms.iter().map(|arm| &*arm.name)) {
        return senseless(twice, "stands for two arms: give one of them another name");
    }
    for arm in arms {
        if sounds_like_a_difference(&arm.name) {
            return senseless(&arm.name, "would be taken for a difference: give the arm another name");
        }
        sleep::arm_night(recipe, arm).map_err(|fault| ProtocolError::Recipe {
            point: one_line(&arm.name),
            fault,
        })?;
        if !(0.0..=1.0).contains(&arm.rehearsal) {
            return senseless(&arm.name, "has a rehearsal that is no share: take 0 to 1");
        }
        if let Some(change) = arm.change {
            check_change(&arm.name, change, recipe)?;
        }
    }
    Ok(())
}

/// Whether a change is put where there is something: the change of a layer that is not there is none.
fn check_change(name: &str, change: ChangeControl, recipe: &Recipe) -> Result<(), ProtocolError> {
    let layers = recipe.network.hidden.len() + 1;
    match change {
        ChangeControl::OnlyLayer(layer) if !(1..=layers).contains(&layer) => senseless(
            name,
            format!("takes the change of layer {layer}, but the layers of weights are 1 to {layers}"),
        ),
        _ => Ok(()),
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
