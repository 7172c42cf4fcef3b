//! Where candidates come from: the covariance matrix adaptation evolution strategy (CMA-ES; Hansen 2016, arXiv:1604.00772).
//!
//! Each generation is drawn from a normal distribution that the better half of the last one has moved and reshaped. What is
//! drawn follows from the search and the scores told so far alone, bit for bit on every processor.

use genoxide::Fitness;
use genoxide::algorithm::{Algorithm as _, Cmaes};
use genoxide::genome::{Real, Reals};

use super::{Search, SearchError, Searched};

/// Breeds the candidates of a search, generation by generation.
#[derive(Clone, Debug)]
pub struct Breeder {
    cmaes: Cmaes,
    parameters: Vec<Searched>,
}

impl Breeder {
    /// Before the first generation.
    ///
    /// # Errors
    /// If the search was not [validated](Search::validate) and makes no sense.
    pub fn new(search: &Search) -> Result<Self, SearchError> {
        let refuse = |error: genoxide::Error| SearchError::Senseless {
            place: "the search".to_owned(),
            fault: format!("cannot begin: {error}"),
        };
        let parameters = search.parameters.iter();
        let first: Vec<f64> = parameters
            .zip(search.first_values())
            .map(|(parameter, value)| parameter.place(value))
            .collect();
        let space = Real::uniform(first.len(), 0.0..=1.0).map_err(refuse)?;
        let cmaes = Cmaes::builder(space)
            .maximize()
            .population_size(search.population)
            .initial_step(search.first_step)
            .initial_mean(Reals::from(first))
            .seed(search.seed)
            .build()
            .map_err(refuse)?;
        Ok(Self {
            cmaes,
            parameters: search.parameters.clone(),
        })
    }

    /// The values of the parameters for each candidate of the next generation. Asking again gives the same.
    pub fn ask(&mut self) -> Vec<Vec<f64>> {
        let candidates = self.cmaes.ask();
        let values = |places: &Reals| {
            let pairs = self.parameters.iter().zip(places.iter());
            pairs.map(|(parameter, &place)| parameter.value(place)).collect()
        };
        candidates.iter().map(values).collect()
    }

    /// Takes the scores of the generation that was asked for, in its order; `None` for a candidate that failed, which is worse
    /// than any score.
    ///
    /// # Panics
    /// If nothing was asked for, or if there are not so many candidates.
    pub fn tell(&mut self, scores: &[Option<f64>]) {
        let fitness: Vec<Fitness> = scores
            .iter()
            .map(|score| score.map_or(Fitness::invalid(), Fitness::new))
            .collect();
        self.cmaes
            .tell(&fitness)
            .expect("as many scores are told as candidates were asked for");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::searches;

    /// Scores that are best at some place of the space, with a narrow valley across two parameters; a corner fails.
    fn valley(search: &Search, values: &[f64]) -> Option<f64> {
        let mut places = search.parameters.iter().zip(values).map(|(it, &value)| it.place(value));
        let (first, second) = (places.next()?, places.next()?);
        let rest: f64 = places.map(|place| (place - 0.3).powi(2)).sum();
        if first > 0.95 {
            return None;
        }
        Some(-(30.0 * (first - second).powi(2) + (first + second - 1.2).powi(2) + rest))
    }

    /// The best score of so many generations.
    fn best(search: &Search, generations: u32) -> f64 {
        let mut breeder = Breeder::new(search).unwrap();
        let mut best = f64::NEG_INFINITY;
        for _ in 0..generations {
            let scores: Vec<_> = breeder.ask().iter().map(|values| valley(search, values)).collect();
            best = scores.iter().flatten().copied().fold(best, f64::max);
            breeder.tell(&scores);
        }
        best
    }

    /// Catches a search that does not climb: scores told upside down, in another order, or for other values than were asked for.
    #[test]
    fn it_finds_the_top_of_a_valley() {
        for mut search in searches() {
            for seed in 1..4 {
                search.seed = seed;
                let (early, late) = (best(&search, 3), best(&search, 80));
                assert!(
                    late > -2e-3 && late > early,
                    "{} with seed {seed}: {early}, {late}",
                    search.name
                );
            }
        }
    }

    /// Catches candidates that depend on anything but the seed and the scores, and values outside their bounds.
    #[test]
    fn the_same_scores_breed_the_same_candidates() {
        let search = searches().swap_remove(0);
        let other_seed = Search {
            seed: search.seed + 1,
            ..search.clone()
        };
        let [mut first, mut second, mut other] =
            [&search, &search, &other_seed].map(|search| Breeder::new(search).unwrap());
        for generation in 0..20 {
            let asked = first.ask();
            assert_eq!(asked, first.ask());
            assert_eq!(asked, second.ask());
            assert_ne!(asked, other.ask());
            for (values, parameter) in asked.iter().flat_map(|values| values.iter().zip(&search.parameters)) {
                assert!((parameter.from..=parameter.to).contains(values));
            }
            let scores: Vec<_> = asked.iter().map(|values| valley(&search, values)).collect();
            for breeder in [&mut first, &mut second, &mut other] {
                breeder.tell(&scores);
            }
            assert!(asked.len() == search.population, "generation {generation}");
        }
    }

    /// Catches generations in which every candidate fails, and a failure that counts as a score.
    #[test]
    fn failures_are_borne() {
        let search = searches().swap_remove(0);
        let mut breeder = Breeder::new(&search).unwrap();
        for _ in 0..5 {
            let asked = breeder.ask().len();
            breeder.tell(&vec![None; asked]);
        }
        let asked = breeder.ask();
        assert!(asked.iter().flatten().all(|value| value.is_finite()));
    }
}
