//! One search with its candidates: which were tried, which one is looked at, and the threads that try more.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::parts;
use super::work::Work;
use crate::app::settings::value_name;
use crate::app::text::counted;
use crate::experiment::{Candidate, Network, Search, Searched, Standing};
use crate::run::SearchFolder;
use crate::sim::night::NightParams;
use crate::worker::{SearchNews, SearchOrder, Searcher};

/// A search, its folder and what is known of it.
pub struct Hunt {
    pub search: Search,
    /// Where its candidates are kept; `None` if there is no home folder and none was chosen.
    pub folder: Option<PathBuf>,
    /// The threads that read its folder, or do more of it.
    pub work: Work<SearchNews>,
    /// The candidate that a person chose to look at; the best if none.
    pub picked: Option<usize>,
    /// Whether only the newest generation is drawn.
    pub only_newest: bool,
    titles: Vec<String>,
    networks: Vec<Network>,
    candidates: BTreeMap<usize, Candidate>,
    /// Networks that are trained, of how many, while they are.
    training: Option<(usize, usize)>,
    /// When this run began to try candidates, and how many it has tried.
    this_run: Option<(Instant, usize)>,
}

/// Scores of a generation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Generation {
    /// Its number, from 1; 0 is the night that the search begins with.
    pub number: u32,
    /// The best score of all generations so far.
    pub best: Option<f64>,
    /// The score in the middle of this generation, where failed candidates are below all others; `None` if that one failed.
    pub median: Option<f64>,
}

impl Hunt {
    /// A search of which nothing is known yet.
    pub fn new(search: Search, folder: Option<PathBuf>) -> Self {
        let title = |it: &Searched| match it.parameter() {
            Some(parameter) => value_name(parameter, it.layer.map_or(0, |layer| layer - 1), &search.recipe),
            None => it.full_path(),
        };
        Self {
            titles: search.parameters.iter().map(title).collect(),
            search,
            folder,
            work: Work::default(),
            picked: None,
            only_newest: false,
            networks: Vec::new(),
            candidates: BTreeMap::new(),
            training: None,
            this_run: None,
        }
    }

    /// Takes what another folder holds.
    pub fn take(
        &mut self,
        folder: PathBuf,
        generations: u32,
        networks: Vec<Network>,
        tried: BTreeMap<usize, Candidate>,
    ) {
        self.folder = Some(folder);
        self.search.generations = generations;
        self.networks = networks;
        self.candidates = tried;
        self.picked = None;
        self.work.settle();
    }

    /// What the parameters are called, as in the settings.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// What the networks could do before any night; empty as long as they were not trained.
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// The candidates that were tried.
    pub fn candidates(&self) -> &BTreeMap<usize, Candidate> {
        &self.candidates
    }

    /// The best candidate.
    pub fn best(&self) -> Option<&Candidate> {
        self.search.best(self.candidates.values())
    }

    /// The candidate that is looked at: the one that a person chose, or the best.
    pub fn looked_at(&self) -> Option<&Candidate> {
        let picked = self.picked.and_then(|number| self.candidates.get(&number));
        picked.or_else(|| self.best())
    }

    /// The night of the candidate that is looked at.
    pub fn night(&self) -> Option<NightParams> {
        self.looked_at()
            .map(|candidate| self.search.night_of(&candidate.values))
    }

    /// How a candidate stands, situation by situation.
    pub fn standings(&self, candidate: &Candidate) -> Vec<Standing> {
        if self.networks.is_empty() {
            return Vec::new();
        }
        self.search.standings(&self.networks, &candidate.nights)
    }

    /// The newest generation of which a candidate was tried.
    pub fn newest(&self) -> u32 {
        let last = self.candidates.last_key_value();
        last.map_or(0, |(&number, _)| self.search.generation_of(number))
    }

    /// The scores of each generation that has been begun.
    pub fn generations(&self) -> Vec<Generation> {
        let mut of_each: BTreeMap<u32, Vec<Option<f64>>> = BTreeMap::new();
        for (&number, it) in &self.candidates {
            let generation = self.search.generation_of(number);
            of_each.entry(generation).or_default().push(it.score);
        }
        let mut best: Option<f64> = None;
        let mut all = Vec::new();
        for (number, mut scores) in of_each {
            // No score comes before every score.
            scores.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
            best = scores
                .last()
                .copied()
                .flatten()
                .into_iter()
                .chain(best)
                .reduce(f64::max);
            all.push(Generation {
                number,
                best,
                median: scores[scores.len() / 2],
            });
        }
        all
    }

    /// Candidates that were tried, of all.
    pub fn done(&self) -> (usize, usize) {
        let all = self.search.candidates();
        (self.candidates.range(..all).count(), all)
    }

    /// Looks into the folder, once.
    pub fn look(&mut self, ctx: &egui::Context) {
        self.work.look(|| {
            let folder = self.folder.clone().filter(|folder| SearchFolder::is_in(folder))?;
            Some(Searcher::look(folder, parts::wake(ctx)))
        });
    }

    /// Tries the candidates that were not tried yet.
    pub fn begin(&mut self, images: Option<PathBuf>, side_by_side: usize, ctx: &egui::Context) {
        let Some(folder) = self.folder.clone().filter(|_| !self.work.is_busy()) else {
            return;
        };
        let order = SearchOrder {
            folder,
            search: self.search.clone(),
            images,
            jobs: side_by_side.max(1),
        };
        self.this_run = None;
        self.training = None;
        self.work.begin(Searcher::begin(order, parts::wake(ctx)));
    }

    /// Takes in what the threads tell.
    pub fn update(&mut self) {
        for piece in self.work.news() {
            match piece {
                SearchNews::Known(known, networks, candidates) => {
                    if known.finds_the_same(&self.search) {
                        self.search.generations = known.generations;
                        self.networks = networks;
                        self.candidates = candidates;
                    } else {
                        let text = "the folder holds another version of this search: choose another folder";
                        self.work.fault = Some(text.to_owned());
                    }
                }
                SearchNews::Training(done, all) => self.training = Some((done, all)),
                SearchNews::Trained(networks) => {
                    self.networks = networks;
                    self.training = None;
                    self.this_run = Some((Instant::now(), 0));
                }
                SearchNews::Tried(candidate) => {
                    self.candidates.insert(candidate.number, *candidate);
                    if let Some((_, tried)) = &mut self.this_run {
                        *tried += 1;
                    }
                }
                SearchNews::Ended(outcome) => {
                    self.work.end(outcome);
                    self.training = None;
                }
            }
        }
    }

    /// How far it is, and how long what is left takes by what this run has taken.
    pub fn progress(&self) -> String {
        if let Some((done, all)) = self.training.filter(|_| self.work.runs()) {
            return format!("training, {done} of {}", counted(all as u64, "network"));
        }
        let (done, all) = self.done();
        let mut text = format!("{done} of {} tried", counted(all as u64, "candidate"));
        if self.newest() > 0 {
            text = format!("{text}, generation {} of {}", self.newest(), self.search.generations);
        }
        if self.work.runs() {
            text.push_str(&self.work.left(self.left(all - done.min(all))));
        }
        text
    }

    /// How long so many candidates take.
    fn left(&self, candidates: usize) -> Option<Duration> {
        let (begun, tried) = self.this_run.filter(|(_, tried)| *tried > 0)?;
        let each = begun.elapsed().as_secs_f64() / tried as f64;
        Duration::try_from_secs_f64(each * candidates as f64).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Outcome, searches};

    /// Catches a best score that falls, a median that leaves failed candidates out, and a generation mixed with the next.
    #[test]
    fn generations_tell_best_and_median() {
        let search = searches().swap_remove(0);
        let population = search.population;
        let mut hunt = Hunt::new(search, None);
        let mut tried = |number: usize, score: Option<f64>| {
            let candidate = Candidate {
                version: String::new(),
                number,
                values: Vec::new(),
                nights: vec![Outcome::RanAway(1)],
                score,
            };
            hunt.candidates.insert(number, candidate);
        };
        tried(0, Some(0.4));
        for place in 0..population {
            // The first half fails.
            tried(
                1 + place,
                (2 * place >= population).then(|| 0.1 * place as f64 / population as f64),
            );
        }
        tried(1 + population, Some(0.7));
        // One of a stranger, far beyond: what lies between takes no time.
        tried(u32::MAX as usize * population, None);
        assert_eq!(hunt.generations().len(), 4);
        hunt.candidates.pop_last();
        let found = hunt.generations();
        assert_eq!(found.iter().map(|it| it.number).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(
            found.iter().map(|it| it.best).collect::<Vec<_>>(),
            [Some(0.4), Some(0.4), Some(0.7)]
        );
        assert!((found[1].median.unwrap() - 0.05).abs() < 1e-12);
        assert_eq!(
            (hunt.newest(), hunt.best().map(|it| it.number)),
            (2, Some(1 + population))
        );
        hunt.picked = Some(3);
        assert_eq!(hunt.looked_at().map(|it| it.number), Some(3));
    }
}
