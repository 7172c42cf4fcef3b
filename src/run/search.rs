//! The folder of a search: every candidate that was tried a file of its own, so that none is ever tried twice.
//!
//! `search.ron` is the search, `networks.ron` what its networks could do before any night, and `candidates/` has a file for each
//! candidate. Files are written whole or not at all, so a search can be killed at any moment and goes on where it was. What is
//! made from them ([`tables`]): `candidates.csv`, and `best.ron`, the best candidate as a recipe.

mod error;
mod tables;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::text::{TextFault, read_text};
use super::whole;
use crate::experiment::{Candidate, MAX_CANDIDATES, Network, Search};

pub use error::SearchFolderError;
pub use tables::candidates_table;

/// The search.
const SEARCH: &str = "search.ron";
/// Its networks.
const NETWORKS: &str = "networks.ron";
/// The folder of candidates.
const CANDIDATES: &str = "candidates";
/// The longest file that is read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// A folder that takes the candidates of a search.
#[derive(Debug)]
pub struct SearchFolder {
    folder: PathBuf,
    search: Search,
    networks: Vec<Network>,
    candidates: BTreeMap<usize, Candidate>,
}

impl SearchFolder {
    /// Opens a folder for a search, and makes it if it is missing. What is there of the same search is kept; only words and the
    /// number of generations may differ.
    ///
    /// # Errors
    /// If the folder holds another search, if a file in it is damaged, or if the operating system refuses.
    pub fn begin(folder: &Path, search: &Search) -> Result<Self, SearchFolderError> {
        let path = folder.join(SEARCH);
        if path.is_file() && !read_search(&path)?.finds_the_same(search) {
            return Err(SearchFolderError::OtherSearch {
                folder: folder.to_owned(),
            });
        }
        let it = Self::read(folder, search.clone())?;
        let candidates = folder.join(CANDIDATES);
        fs::create_dir_all(&candidates).map_err(refused(&candidates))?;
        write(&path, search.to_ron().as_bytes())?;
        Ok(it)
    }

    /// Opens a folder that holds a search.
    pub fn open(folder: &Path) -> Result<Self, SearchFolderError> {
        if !Self::is_in(folder) {
            return Err(SearchFolderError::NoSearch {
                folder: folder.to_owned(),
            });
        }
        Self::read(folder, read_search(&folder.join(SEARCH))?)
    }

    /// Whether a folder holds a search, good or bad.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(SEARCH).is_file()
    }

    /// What a folder holds of a search.
    fn read(folder: &Path, search: Search) -> Result<Self, SearchFolderError> {
        let mut it = Self {
            folder: folder.to_owned(),
            search,
            networks: Vec::new(),
            candidates: BTreeMap::new(),
        };
        it.read_networks()?;
        it.read_candidates()?;
        it.check_scores()?;
        Ok(it)
    }

    /// The search.
    pub fn search(&self) -> &Search {
        &self.search
    }

    /// What its networks could do before any night; empty as long as they were not trained.
    pub fn networks(&self) -> &[Network] {
        &self.networks
    }

    /// The candidates that were tried.
    pub fn candidates(&self) -> &BTreeMap<usize, Candidate> {
        &self.candidates
    }

    /// Keeps what the networks could do before any night.
    ///
    /// # Errors
    /// If the candidates that are there were tried on other networks.
    pub fn keep_networks(&mut self, networks: Vec<Network>) -> Result<(), SearchFolderError> {
        let path = self.folder.join(NETWORKS);
        if !self.networks.is_empty() && self.networks != networks {
            return Err(SearchFolderError::OtherNetworks { path });
        }
        write_ron(&path, &networks)?;
        self.networks = networks;
        self.check_scores()
    }

    /// Keeps a candidate that was tried. It is on the disk when this returns.
    pub fn keep(&mut self, candidate: Candidate) -> Result<(), SearchFolderError> {
        write_ron(&self.file(candidate.number), &candidate)?;
        self.candidates.insert(candidate.number, candidate);
        Ok(())
    }

    /// The candidate of a number, if it was tried with these very values.
    ///
    /// # Errors
    /// If it was tried with others: another version of the program bred it.
    pub fn tried(&self, number: usize, values: &[f64]) -> Result<Option<&Candidate>, SearchFolderError> {
        let Some(candidate) = self.candidates.get(&number) else {
            return Ok(None);
        };
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        if bits(&candidate.values) == bits(values) {
            Ok(Some(candidate))
        } else {
            Err(SearchFolderError::OtherCandidate {
                path: self.file(number),
                version: candidate.version.clone(),
            })
        }
    }

    /// The file of a candidate.
    fn file(&self, number: usize) -> PathBuf {
        self.folder.join(CANDIDATES).join(format!("candidate-{number:06}.ron"))
    }

    /// Whether every score is that of its nights. As long as the networks are not known, because their file is gone, nobody can say.
    fn check_scores(&self) -> Result<(), SearchFolderError> {
        if self.networks.is_empty() {
            return Ok(());
        }
        let is_wrong = |it: &&Candidate| it.score != self.search.score(&self.networks, &it.nights);
        self.candidates.values().find(is_wrong).map_or(Ok(()), |it| {
            Err(damaged(&self.file(it.number), "its score is not that of its nights"))
        })
    }

    /// Reads the networks, if they are there.
    fn read_networks(&mut self) -> Result<(), SearchFolderError> {
        let networks = self.folder.join(NETWORKS);
        if networks.is_file() {
            let read: Vec<Network> = parse(&networks)?;
            let mut wanted = self.search.networks().into_iter();
            let fits = read.len() == wanted.len()
                && read.iter().all(|it| {
                    is_share(it.before)
                        && is_share(it.rescaled)
                        && wanted.next().is_some_and(|(situation, seed)| {
                            (&it.situation, it.seed) == (&self.search.situations[situation].name, seed)
                        })
                });
            if !fits {
                return Err(damaged(&networks, "its networks are not those of the search"));
            }
            self.networks = read;
        }
        Ok(())
    }

    /// Reads every candidate that is there.
    fn read_candidates(&mut self) -> Result<(), SearchFolderError> {
        let folder = self.folder.join(CANDIDATES);
        for path in whole::ron_files(&folder).map_err(refused(&folder))? {
            let candidate: Candidate = parse(&path)?;
            let fits = self.file(candidate.number) == path
                && candidate.number <= MAX_CANDIDATES
                && candidate.values.iter().all(|value| value.is_finite())
                && candidate.nights.iter().filter_map(|it| it.accuracy()).all(is_share)
                && candidate.score.is_none_or(f64::is_finite)
                && candidate.values.len() == self.search.parameters.len()
                && candidate.nights.len() == self.search.networks().len();
            if !fits {
                return Err(damaged(
                    &path,
                    "it is no candidate of this search, or named for another one",
                ));
            }
            self.candidates.insert(candidate.number, candidate);
        }
        Ok(())
    }
}

/// Whether a number is a share of images.
fn is_share(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

/// Reads the search of a folder.
fn read_search(path: &Path) -> Result<Search, SearchFolderError> {
    Search::from_ron(&text(path)?).map_err(|error| SearchFolderError::Unusable {
        path: path.to_owned(),
        reason: crate::text::one_line(&error.to_string()),
    })
}

/// Reads a file of RON.
fn parse<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, SearchFolderError> {
    ron::from_str(&text(path)?).map_err(|error| damaged(path, &crate::text::one_line(&error.to_string())))
}

/// Reads a text file of sensible length.
fn text(path: &Path) -> Result<String, SearchFolderError> {
    read_text(path, MAX_BYTES).map_err(|fault| match fault {
        TextFault::Refused(reason) => refused(path)(reason),
        other => SearchFolderError::Unusable {
            path: path.to_owned(),
            reason: other.to_string(),
        },
    })
}

/// Writes something as RON.
fn write_ron(path: &Path, it: &impl Serialize) -> Result<(), SearchFolderError> {
    let pretty = ron::ser::PrettyConfig::new().compact_arrays(true);
    let text = ron::ser::to_string_pretty(it, pretty).map_err(|error| damaged(path, &error.to_string()))?;
    write(path, text.as_bytes())
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), SearchFolderError> {
    whole::write_whole(path, |writer| writer.write_all(bytes)).map_err(refused(path))
}

/// What to say of a file that is not what it should be.
fn damaged(path: &Path, reason: &str) -> SearchFolderError {
    SearchFolderError::Damaged {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

/// What to say when the operating system refuses.
fn refused(path: &Path) -> impl FnOnce(io::Error) -> SearchFolderError {
    let path = path.to_owned();
    move |reason| SearchFolderError::Refused { path, reason }
}
