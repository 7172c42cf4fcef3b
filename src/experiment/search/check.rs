//! What of a search can be checked without images.

use std::collections::BTreeSet;

use super::{MAX_CANDIDATES, Scale, Search, SearchError, Searched, Validation};
use crate::experiment::written::check_name;
use crate::experiment::{Access, PARAMETERS};

/// Most networks that a search keeps in memory.
const MAX_NETWORKS: usize = 200;

impl Search {
    /// Checks everything that can be known without images.
    pub fn validate(&self) -> Result<(), SearchError> {
        check_name(&self.name).or_else(|fault| senseless("name", fault))?;
        let mut names = BTreeSet::new();
        if let Some(twice) = self.situations.iter().find(|it| !names.insert(&*it.name)) {
            return senseless(
                "situations",
                format!("has {:?} twice: give one another name", twice.name),
            );
        }
        let mut seeds = BTreeSet::new();
        if let Some(twice) = self.seeds.iter().find(|&&seed| !seeds.insert(seed)) {
            return senseless("seeds", format!("has {twice} twice: take another one"));
        }
        if !(1..=MAX_NETWORKS).contains(&(self.situations.len() * self.seeds.len())) {
            return senseless(
                "seeds",
                format!("times the situations must be 1 to {MAX_NETWORKS} networks: take more or fewer"),
            );
        }
        if let Some(it) = self.situations.iter().find(|it| !(0.001..=1000.0).contains(&it.weight)) {
            return senseless(
                &format!("the situation {:?}", it.name),
                "must weigh 0.001 to 1000".to_owned(),
            );
        }
        self.check_numbers()?;
        self.check_parameters()?;
        for situation in 0..self.situations.len() {
            let recipe = self.recipe_of(situation, self.seeds[0])?;
            if recipe.fine_tuning.is_some() {
                return senseless(
                    "recipe.fine_tuning",
                    "must be left out: candidates are scored right after the night".to_owned(),
                );
            }
            if recipe.night != self.recipe.night {
                return senseless(
                    &format!("the situation {:?}", self.situations[situation].name),
                    "changes the night, but one night is looked for that all situations share".to_owned(),
                );
            }
        }
        Ok(())
    }

    /// Checks single numbers.
    fn check_numbers(&self) -> Result<(), SearchError> {
        match self.validation {
            Validation::Others(0) => return senseless("validation", "must have an image".to_owned()),
            Validation::Share(share) if !(share > 0.0 && share < 1.0) => {
                return senseless(
                    "validation",
                    format!("is a share of {share}, but must be between 0 and 1"),
                );
            }
            _ => {}
        }
        if !(4..=1000).contains(&self.population) {
            return senseless("population", "must be 4 to 1000 candidates".to_owned());
        }
        let candidates = self.population.saturating_mul(self.generations as usize);
        if !(1..=MAX_CANDIDATES).contains(&candidates) {
            return senseless(
                "generations",
                format!("times the population must be 1 to {MAX_CANDIDATES} candidates"),
            );
        }
        for (place, value, low, high) in [
            ("first_step", self.first_step, 0.001, 1.0),
            ("punish_loss", self.punish_loss, 0.0, 1000.0),
            ("most_spikes", self.most_spikes, 0.001, 1e6),
        ] {
            if !(low..=high).contains(&value) {
                return senseless(place, format!("is {value}, but must be from {low} to {high}"));
            }
        }
        Ok(())
    }

    /// Checks what is varied.
    fn check_parameters(&self) -> Result<(), SearchError> {
        if self.parameters.is_empty() {
            return senseless("parameters", "is empty: name what is varied".to_owned());
        }
        let mut seen = BTreeSet::new();
        for it in &self.parameters {
            let path = it.full_path();
            if !seen.insert(path.clone()) {
                return senseless("parameters", format!("has {path} twice: leave one of them out"));
            }
            self.check_parameter(it)
                .or_else(|fault| senseless(&format!("the parameter {path}"), fault))?;
        }
        let ends: [fn(&Searched) -> f64; 2] = [|it| it.from, |it| it.to];
        for end in ends {
            let mut recipe = self.recipe.clone();
            for it in &self.parameters {
                it.put(&mut recipe, end(it));
            }
            recipe.validate().map_err(|fault| SearchError::Senseless {
                place: "parameters".to_owned(),
                fault: format!("reach too far: {fault}"),
            })?;
        }
        Ok(())
    }

    /// Checks one parameter; what is wrong with it comes back as the rest of a sentence.
    fn check_parameter(&self, it: &Searched) -> Result<(), String> {
        let known = it.parameter().filter(|_| it.path.starts_with("night."));
        let Some(parameter) = known else {
            let nights = PARAMETERS.iter().filter(|it| it.path.starts_with("night."));
            let paths: Vec<&str> = nights.map(|it| it.path).collect();
            return Err(format!("is none of a night; there are {}", paths.join(", ")));
        };
        let layers = parameter.values(&self.recipe).len();
        match (&parameter.access, it.layer) {
            (Access::Layers(_), Some(layer)) if (1..=layers).contains(&layer) => {}
            (Access::Layers(_), _) => return Err(format!("needs a layer from 1 to {layers}")),
            (_, Some(_)) => return Err("has no layers".to_owned()),
            (_, None) => {}
        }
        if !(it.from < it.to && it.from.is_finite() && it.to.is_finite()) {
            return Err(format!(
                "goes from {} to {}: begin with the smaller one",
                it.from, it.to
            ));
        }
        if it.scale() == Scale::Log && it.from <= 0.0 {
            return Err(format!(
                "begins at {}, which has no logarithm: take a Linear scale",
                it.from
            ));
        }
        let (low, high) = (parameter.range.start(), parameter.range.end());
        if it.from < *low || it.to > *high {
            return Err(format!("can go from {low} to {high} only"));
        }
        match it.value_in(&self.recipe) {
            None => Err("is not in the recipe".to_owned()),
            Some(value) if !(it.from..=it.to).contains(&value) => Err(format!(
                "is {value} in the recipe, which lies outside of {} to {}: the search begins there",
                it.from, it.to
            )),
            Some(_) => Ok(()),
        }
    }
}

/// Says that something makes no sense.
fn senseless(place: &str, fault: String) -> Result<(), SearchError> {
    Err(SearchError::Senseless {
        place: place.to_owned(),
        fault,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Recipe, searches};

    /// Catches a mistake in a search that is not noticed, or not told where it is.
    #[test]
    fn mistakes_are_told() {
        let good = searches().swap_remove(0);
        assert_eq!(Search::from_ron(&good.to_ron()).unwrap(), good);
        let refused = |change: &dyn Fn(&mut Search), says: &str| {
            let mut search = good.clone();
            change(&mut search);
            let text = Search::from_ron(&search.to_ron()).expect_err(says).to_string();
            assert!(
                text.contains(says) && !text.contains('\n'),
                "{text:?} instead of {says:?}"
            );
        };
        refused(&|it| it.name = "Four".to_owned(), "name is \"Four\"");
        refused(&|it| it.seeds.push(it.seeds[0]), "twice");
        refused(&|it| it.seeds.clear(), "1 to 200 networks");
        refused(&|it| it.situations[1].name = it.situations[0].name.clone(), "twice");
        refused(&|it| it.situations[0].set.push("night.steps=1".to_owned()), "one night");
        refused(
            &|it| it.situations[0].set.push("data.pictures=1".to_owned()),
            "data.pictures",
        );
        refused(&|it| it.situations[0].weight = 0.0, "weigh");
        refused(&|it| it.validation = Validation::Others(0), "an image");
        refused(&|it| it.validation = Validation::Share(1.0), "between 0 and 1");
        refused(&|it| it.population = 3, "4 to 1000");
        refused(&|it| it.generations = 0, "candidates");
        refused(&|it| it.first_step = f64::NAN, "first_step");
        refused(&|it| it.punish_loss = -1.0, "punish_loss");
        refused(&|it| it.most_spikes = 0.0, "most_spikes");
        refused(&|it| it.parameters.clear(), "parameters is empty");
        refused(&|it| it.parameters.push(it.parameters[0].clone()), "twice");
        refused(&|it| it.parameters[0].path = "training.epochs".to_owned(), "night.rate");
        refused(&|it| it.parameters[0].layer = Some(1), "no layers");
        refused(&|it| it.parameters[0].to = it.parameters[0].from, "smaller one");
        refused(&|it| it.parameters[0].to = 1e9, "only");
        refused(
            &|it| it.parameters[0].from = it.parameters[0].to * 0.999,
            "begins there",
        );
        refused(&|it| it.recipe.night.beta.truncate(1), "night.beta");
        refused(
            &|it| it.recipe.fine_tuning = Some(Recipe::usual_fine_tuning()),
            "right after",
        );
    }
}
