//! A search on threads of its own: each candidate is kept in a folder and told as soon as it was tried. The folder is that of
//! [`SearchFolder`], so the command line goes on with what was begun in the window, and the other way round.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::side_by_side::side_by_side;
use super::teller::Teller;
use crate::experiment::{
    Breeder, Candidate, Checkpoint, CheckpointError, Library, Network, Outcome, Search, SearchError,
};
use crate::run::{SearchFolder, SearchFolderError};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct SearchOrder {
    /// The folder that takes the candidates; it is made if it is missing.
    pub folder: PathBuf,
    /// The search, with the number of generations that are wanted.
    pub search: Search,
    /// The folder that full sets are taken from, if a person named one.
    pub images: Option<PathBuf>,
    /// Nights that are slept side by side.
    pub jobs: usize,
}

/// What became known of a search.
#[derive(Clone, Debug)]
pub enum SearchNews {
    /// The search of the folder, its networks, and every candidate that was tried before.
    Known(Box<Search>, Vec<Network>, BTreeMap<usize, Candidate>),
    /// So many networks are trained, of how many.
    Training(usize, usize),
    /// All networks are trained, and this is what they can do before any night.
    Trained(Vec<Network>),
    /// A candidate was tried, and is on the disk.
    Tried(Box<Candidate>),
    /// Nothing more comes: all is done, it was stopped, or it failed with this sentence.
    Ended(Result<(), String>),
}

/// Why a search ended early.
#[derive(Debug, thiserror::Error)]
pub enum SearchFault {
    /// It makes no sense.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A network could not be trained.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(#[from] SearchFolderError),
}

/// A search that goes on. Dropping it stops it: what is under way is given up, what was tried is kept.
pub type Searcher = Teller<SearchNews>;

impl Searcher {
    /// Tries what was not tried yet. `wake` is called whenever there is news.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn begin(order: SearchOrder, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn("search", wake, SearchNews::Ended, move |stop, tell| {
            let mut folder = SearchFolder::begin(&order.folder, &order.search)?;
            tell(known(&folder));
            let library = Library::new(order.images.clone());
            let outcome = do_search(&mut folder, &library, order.jobs, stop, &mut |news| tell(news));
            // What was tried stands in the tables, however it ended.
            let written = folder.write_tables().map_err(SearchFault::from);
            outcome.and(written)
        })
    }

    /// Only reads what a folder holds.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub fn look(folder: PathBuf, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::spawn("search", wake, SearchNews::Ended, move |_, tell| look(&folder, tell))
    }
}

/// What a folder holds.
fn known(folder: &SearchFolder) -> SearchNews {
    SearchNews::Known(
        Box::new(folder.search().clone()),
        folder.networks().to_vec(),
        folder.candidates().clone(),
    )
}

/// Reads the folder.
fn look(folder: &Path, tell: &dyn Fn(SearchNews)) -> Result<(), SearchFault> {
    tell(known(&SearchFolder::open(folder)?));
    Ok(())
}

/// Goes through a search, generation by generation: what the folder has is taken from there, what it has not is tried on so many
/// threads, kept and told. Networks are trained once something has to be tried. It returns when all is done, when something fails,
/// or soon after somebody sets `stop`.
///
/// # Errors
/// The first failure.
pub fn do_search(
    folder: &mut SearchFolder,
    library: &Library,
    threads: usize,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(SearchNews),
) -> Result<(), SearchFault> {
    let search = folder.search().clone();
    let mut breeder = Breeder::new(&search)?;
    let mut bench = Bench {
        folder,
        library,
        threads,
        stop,
        tell,
        checkpoints: Vec::new(),
    };
    if bench.try_out(0, &[search.first_values()])?.is_none() {
        return Ok(());
    }
    for generation in 1..=search.generations {
        let values = breeder.ask();
        let Some(scores) = bench.try_out(search.numbers(generation).start, &values)? else {
            return Ok(());
        };
        breeder.tell(&scores);
    }
    Ok(())
}

/// What candidates are tried with.
struct Bench<'a> {
    folder: &'a mut SearchFolder,
    library: &'a Library,
    threads: usize,
    stop: &'a AtomicBool,
    tell: &'a mut dyn FnMut(SearchNews),
    /// The networks, once something has to be tried.
    checkpoints: Vec<Checkpoint>,
}

impl Bench<'_> {
    /// The scores of some candidates, numbered from `first` on; `None` if it was stopped meanwhile.
    fn try_out(&mut self, first: usize, values: &[Vec<f64>]) -> Result<Option<Vec<Option<f64>>>, SearchFault> {
        let mut missing = Vec::new();
        for (place, values) in values.iter().enumerate() {
            if self.folder.tried(first + place, values)?.is_none() {
                missing.push(place);
            }
        }
        // What was tried says nothing without the networks that it was tried on.
        let is_blind = !missing.is_empty() || self.folder.networks().is_empty();
        if is_blind && self.checkpoints.is_empty() && !self.train()? {
            return Ok(None);
        }
        if !missing.is_empty() {
            self.sleep(first, values, &missing)?;
        }
        let mut scores = Vec::new();
        for (place, values) in values.iter().enumerate() {
            match self.folder.tried(first + place, values)? {
                Some(candidate) => scores.push(candidate.score),
                None => return Ok(None),
            }
        }
        Ok(Some(scores))
    }

    /// Trains the networks; says whether all are, which they are not if it was stopped meanwhile.
    fn train(&mut self) -> Result<bool, SearchFault> {
        let search = self.folder.search().clone();
        let (wanted, library, stop) = (search.networks(), self.library, self.stop);
        let mut trained: Vec<Option<Checkpoint>> = wanted.iter().map(|_| None).collect();
        let (tell, mut count) = (&mut *self.tell, 0);
        tell(SearchNews::Training(0, wanted.len()));
        let work = |network: &(usize, u64)| Checkpoint::train(&search, *network, library, stop);
        side_by_side(&wanted, self.threads, stop, work, &mut |place, checkpoint| {
            trained[place] = Some(checkpoint);
            count += 1;
            tell(SearchNews::Training(count, wanted.len()));
            Ok::<(), SearchFault>(())
        })?;
        let Some(checkpoints) = trained.into_iter().collect::<Option<Vec<_>>>() else {
            return Ok(false);
        };
        let networks: Vec<Network> = checkpoints.iter().map(|it| it.network().clone()).collect();
        self.folder.keep_networks(networks.clone())?;
        (self.tell)(SearchNews::Trained(networks));
        self.checkpoints = checkpoints;
        Ok(true)
    }

    /// Puts every network to sleep with each of the missing candidates, and keeps a candidate as soon as its last night is over.
    fn sleep(&mut self, first: usize, values: &[Vec<f64>], missing: &[usize]) -> Result<(), SearchFault> {
        let search = self.folder.search().clone();
        let (checkpoints, stop, networks) = (&self.checkpoints, self.stop, self.checkpoints.len());
        let nights: Vec<(usize, usize)> = missing
            .iter()
            .flat_map(|&place| (0..networks).map(move |network| (place, network)))
            .collect();
        let mut outcomes: BTreeMap<usize, Vec<Option<Outcome>>> =
            missing.iter().map(|&place| (place, vec![None; networks])).collect();
        let (folder, tell) = (&mut *self.folder, &mut *self.tell);
        let work = |&(place, network): &(usize, usize)| {
            let night = search.night_of(&values[place]);
            let outcome = checkpoints[network].score(&night, search.most_spikes, stop);
            Ok::<_, SearchFault>(outcome)
        };
        side_by_side(&nights, self.threads, stop, work, &mut |job, outcome| {
            let (place, network) = nights[job];
            let Some(of_candidate) = outcomes.get_mut(&place) else {
                return Ok(());
            };
            of_candidate[network] = Some(outcome);
            let Some(nights) = of_candidate.iter().copied().collect::<Option<Vec<_>>>() else {
                return Ok(());
            };
            let candidate = Candidate {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                number: first + place,
                values: values[place].clone(),
                score: search.score(folder.networks(), &nights),
                nights,
            };
            folder.keep(candidate.clone())?;
            tell(SearchNews::Tried(Box::new(candidate)));
            Ok(())
        })
    }
}
