//! What a candidate is worth, and how it stands beside the networks it was tried on.

use serde::{Deserialize, Serialize};

use super::Search;

/// A network of a search, before any night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// Its situation.
    pub situation: String,
    /// Its seed.
    pub seed: u64,
    /// The SHA-256 of the image set.
    pub images: String,
    /// How many images it was trained on.
    pub trained_on: usize,
    /// How many validation images it is scored on.
    pub scored_on: usize,
    /// The share of them that it reads correctly.
    pub before: f64,
    /// The share that it reads correctly once each output is divided by its mean over the training images: what does without a
    /// night.
    pub rescaled: f64,
}

/// How a night of a network ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// With this share of the validation images read correctly.
    Read(f64),
    /// With a weight that is no number any more, after so many steps.
    Diverged(u64),
    /// Before its end, after so many steps: the neurons spiked more often than the search allows.
    RanAway(u64),
}

impl Outcome {
    /// The share of the validation images that were read correctly, if the night went to its end.
    pub fn accuracy(self) -> Option<f64> {
        match self {
            Self::Read(share) => Some(share),
            Self::Diverged(_) | Self::RanAway(_) => None,
        }
    }
}

/// A setting of the parameters that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidate {
    /// The version of the program that tried it.
    pub version: String,
    /// Its number: 0 is the night that the search begins with.
    pub number: usize,
    /// The values of the parameters, in the order of the search.
    pub values: Vec<f64>,
    /// How its nights ended, network by network, in the order of [`Search::networks`].
    pub nights: Vec<Outcome>,
    /// Its score; `None` if one of its nights failed, which is worse than any score.
    pub score: Option<f64>,
}

/// A situation, over all of its networks: the mean shares of the validation images that are read correctly.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The situation.
    pub situation: String,
    /// Before any night.
    pub before: f64,
    /// Without a night, outputs divided by their means.
    pub rescaled: f64,
    /// After the candidate's night; `None` if a night failed.
    pub after: Option<f64>,
}

impl Search {
    /// How a candidate stands, situation by situation.
    ///
    /// # Panics
    /// If there is not a network and a night for each of [`Search::networks`].
    pub fn standings(&self, networks: &[Network], nights: &[Outcome]) -> Vec<Standing> {
        let all = self.networks().len();
        assert!(networks.len() == all && nights.len() == all, "a night for each network");
        let seeds = self.seeds.len().max(1);
        let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / seeds as f64;
        let parts = networks.chunks(seeds).zip(nights.chunks(seeds));
        let standing = |(networks, nights): (&[Network], &[Outcome])| Standing {
            situation: networks[0].situation.clone(),
            before: mean(&mut networks.iter().map(|network| network.before)),
            rescaled: mean(&mut networks.iter().map(|network| network.rescaled)),
            after: nights
                .iter()
                .map(|night| night.accuracy())
                .collect::<Option<Vec<_>>>()
                .map(|shares| mean(&mut shares.into_iter())),
        };
        parts.map(standing).collect()
    }

    /// The score of a candidate: the weighted mean over the situations of the share of validation images read correctly after
    /// the night, less the worst loss against before the night times [`Search::punish_loss`]. `None` if a night failed.
    ///
    /// The gain would rank candidates just so: the share before the night is the same for all.
    pub fn score(&self, networks: &[Network], nights: &[Outcome]) -> Option<f64> {
        let (mut sum, mut weights, mut worst) = (0.0, 0.0, 0.0_f64);
        for (standing, situation) in self.standings(networks, nights).iter().zip(&self.situations) {
            let after = standing.after?;
            sum += situation.weight * after;
            weights += situation.weight;
            worst = worst.max(standing.before - after);
        }
        Some(sum / weights - self.punish_loss * worst)
    }

    /// The best candidate, the first of several that are equally good; `None` while none has a score.
    pub fn best<'a>(&self, candidates: impl IntoIterator<Item = &'a Candidate>) -> Option<&'a Candidate> {
        let scored = candidates.into_iter().filter_map(|it| Some((it.score?, it)));
        let better = |best: (f64, &'a Candidate), it: (f64, &'a Candidate)| if it.0 > best.0 { it } else { best };
        scored.reduce(better).map(|(_, candidate)| candidate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::searches;

    /// A search of two situations with two seeds, and its networks with these shares before the night.
    fn subject(before: [f64; 4]) -> (Search, Vec<Network>) {
        let mut search = searches().swap_remove(0);
        search.situations.truncate(2);
        search.situations[1].weight = 3.0;
        search.seeds = vec![1, 2];
        let networks = search.networks().into_iter().zip(before);
        let networks = networks.map(|((situation, seed), before)| Network {
            situation: search.situations[situation].name.clone(),
            seed,
            images: String::new(),
            trained_on: 1,
            scored_on: 1,
            before,
            rescaled: 0.5,
        });
        let networks = networks.collect();
        (search, networks)
    }

    /// Catches weights that are forgotten, a loss that is taken from each network instead of each situation, and a gain that is
    /// punished.
    #[test]
    fn scores_by_hand() {
        let (mut search, networks) = subject([0.2, 0.4, 0.8, 0.8]);
        let nights = [0.5, 0.3, 0.7, 0.8].map(Outcome::Read);
        // Means 0.4 and 0.75, weights 1 and 3; the second situation loses 0.05.
        search.punish_loss = 0.0;
        let plain = search.score(&networks, &nights).unwrap();
        assert!((plain - (0.4 + 3.0 * 0.75) / 4.0).abs() < 1e-12);
        search.punish_loss = 2.0;
        let punished = search.score(&networks, &nights).unwrap();
        assert!((plain - punished - 0.1).abs() < 1e-12);
        let gains = [0.5, 0.5, 0.9, 0.9].map(Outcome::Read);
        let gained = search.score(&networks, &gains).unwrap();
        assert!((gained - 0.8).abs() < 1e-12);
    }

    /// Catches a failed night that is left out of a mean.
    #[test]
    fn a_failed_night_is_no_score() {
        let (search, networks) = subject([0.2; 4]);
        for failure in [Outcome::Diverged(3), Outcome::RanAway(7)] {
            let nights = [Outcome::Read(0.9), failure, Outcome::Read(0.9), Outcome::Read(0.9)];
            assert_eq!(search.score(&networks, &nights), None);
            let standings = search.standings(&networks, &nights);
            assert_eq!(
                standings.iter().map(|it| it.after).collect::<Vec<_>>(),
                [None, Some(0.9)]
            );
        }
        let candidate = |number, score| Candidate {
            version: String::new(),
            number,
            values: Vec::new(),
            nights: Vec::new(),
            score,
        };
        let all = [
            candidate(0, None),
            candidate(1, Some(0.2)),
            candidate(2, Some(0.3)),
            candidate(3, Some(0.3)),
        ];
        assert_eq!(search.best(&all).map(|it| it.number), Some(2));
        assert_eq!(search.best(&all[..1]), None);
    }
}
