//! Where the trials of a folder come from: which images they had, and which version of the program did them.
//!
//! All trials of an image set must have had the same files, or they have no mean. `images.csv` says which, by their SHA-256, with
//! the version and the number of trials; both are left empty where they are not known.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{FinishedJob, Sweep, SweepError, read};
use crate::data::{DataSpec, Origin};
use crate::experiment::{Job, Library, Protocol};
use crate::run::{Cell, Table};
use crate::text::{grouped, one_line};

/// The table of images and versions.
pub(super) const IMAGES: &str = "images";
/// Its columns.
const HEADS: [&str; 4] = ["images", "SHA-256", "version", "trials"];

/// What is known of the images of a folder.
#[derive(Debug)]
pub(super) struct Images {
    /// The image set of each point.
    sets: Vec<String>,
    /// The SHA-256 of each set of which a trial says it.
    known: BTreeMap<String, String>,
}

/// Images that are not those of other trials.
pub(super) struct OtherImages {
    set: String,
    here: String,
    there: String,
}

impl Images {
    /// Of a folder in which no trial is finished.
    pub fn of(protocol: &Protocol) -> Self {
        let set = |point| {
            let recipe = protocol.recipe_of(Job { point, trial: 0 });
            recipe.map_or_else(|_| String::new(), |recipe| name_of(&recipe.data))
        };
        Self {
            sets: (0..protocol.points()).map(set).collect(),
            known: BTreeMap::new(),
        }
    }

    /// The image set of a point.
    fn set_of(&self, point: usize) -> &str {
        self.sets.get(point).map_or("", String::as_str)
    }

    /// Whether the images of a trial are those of the others; what is not known goes with everything.
    pub fn check(&self, point: usize, sha256: &str) -> Result<(), OtherImages> {
        let set = self.set_of(point);
        match self.known.get(set) {
            Some(there) if !sha256.is_empty() && there != sha256 => Err(OtherImages {
                set: set.to_owned(),
                here: sha256.to_owned(),
                there: there.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// As [`Self::check`]; from now on the others must have these.
    pub fn take(&mut self, point: usize, sha256: &str) -> Result<(), OtherImages> {
        self.check(point, sha256)?;
        if !sha256.is_empty() {
            self.known.insert(self.set_of(point).to_owned(), sha256.to_owned());
        }
        Ok(())
    }
}

impl OtherImages {
    /// What to say of results that lie in a file or a folder.
    pub fn in_results(self, results: &Path, folder: &Path) -> SweepError {
        SweepError::MixedImages {
            results: results.to_owned(),
            folder: folder.to_owned(),
            set: one_line(&self.set),
            here: short(&self.here),
            there: short(&self.there),
        }
    }

    /// What to say of a trial that is done now.
    pub fn here(self, folder: &Path) -> SweepError {
        SweepError::OtherImages {
            folder: folder.to_owned(),
            set: one_line(&self.set),
            here: short(&self.here),
            there: short(&self.there),
        }
    }
}

/// The image set that a recipe asks for, as the table has it.
fn name_of(data: &DataSpec) -> String {
    match &data.from {
        Origin::BuiltIn => format!("{}, built in", data.set),
        Origin::Full => format!("{}, full set", data.set),
        Origin::Folder(folder) => format!("{} of {}", data.set, folder.display()),
    }
}

/// As much of a hash as tells it from others.
fn short(sha256: &str) -> String {
    one_line(sha256).chars().take(12).collect()
}

/// Which versions of the program did these trials, as one sentence, if there are several: their numbers may differ.
pub fn several_versions<'a>(done: impl IntoIterator<Item = &'a FinishedJob>) -> Option<String> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for it in done {
        *counts.entry(&it.version).or_default() += 1;
    }
    if counts.len() < 2 {
        return None;
    }
    let parts = counts.into_iter().map(|(version, count)| {
        let version = match version {
            "" => "one that is not known".to_owned(),
            version => one_line(version),
        };
        format!("{} by {version}", grouped(count))
    });
    let parts: Vec<String> = parts.collect();
    Some(format!(
        "The trials were done by several versions of the program, whose numbers may differ: {}.",
        parts.join(", ")
    ))
}

/// What the table says of an image set.
#[derive(Debug, Default)]
pub(super) struct Told {
    hashes: BTreeSet<String>,
    versions: BTreeSet<String>,
}

impl Sweep {
    /// Checks that all images of some jobs are here, and that they are those of the trials that are there already.
    ///
    /// # Errors
    /// If a set cannot be read, or is another one.
    pub fn check_images(&self, jobs: &[Job], library: &Library) -> Result<(), SweepError> {
        let points: BTreeSet<usize> = jobs.iter().map(|job| job.point).collect();
        for point in points {
            let recipe = self.protocol.recipe_of(Job { point, trial: 0 });
            let data = recipe.map_err(SweepError::Protocol)?.data;
            let dataset = library.get(&data).map_err(SweepError::Images)?;
            let images = self.images.check(point, &dataset.sha256);
            images.map_err(|other| other.here(&self.folder))?;
            for set in self.protocol.foreign_sets() {
                let foreign = DataSpec { set, ..data.clone() };
                library.get(&foreign).map_err(SweepError::Images)?;
            }
        }
        Ok(())
    }

    /// A line for each image set, its files and the version of the program.
    pub(super) fn images_table(&self) -> Table {
        let mut counts: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
        for (job, done) in &self.finished {
            if job.trial < self.protocol.trials {
                let key = (self.images.set_of(job.point), &*done.images, &*done.version);
                *counts.entry(key).or_default() += 1;
            }
        }
        let mut table = Table::new(IMAGES, HEADS.map(|head| (head, "")));
        for ((set, sha256, version), trials) in counts {
            table.push([set.into(), sha256.into(), version.into(), Cell::from(trials)]);
        }
        table
    }

    /// Reads the table, if it is there: what it says of each image set.
    pub(super) fn read_images(&mut self) -> Result<BTreeMap<String, Told>, SweepError> {
        let path = self.folder.join(format!("{IMAGES}.csv"));
        let mut told: BTreeMap<String, Told> = BTreeMap::new();
        if !path.is_file() {
            return Ok(told);
        }
        let text = read(&path)?;
        let unusable = |reason: String| SweepError::Unusable {
            path: path.clone(),
            reason: one_line(&reason),
        };
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            let record = record.map_err(|error| unusable(error.to_string()))?;
            let cell = |place: usize| record.get(place).unwrap_or_default();
            let (set, sha256) = (cell(0), cell(1));
            let Some(point) = self.images.sets.iter().position(|it| it == set) else {
                return Err(unusable(format!("no point has the images {set:?}")));
            };
            let fault = self.images.take(point, sha256);
            fault.map_err(|other| other.in_results(&path, &self.folder))?;
            let it = told.entry(set.to_owned()).or_default();
            it.hashes.insert(sha256.to_owned());
            it.versions.insert(cell(2).to_owned());
        }
        Ok(told)
    }

    /// The SHA-256 and the version that all trials of a point had, each empty if that is not known.
    pub(super) fn told_of(&self, point: usize, told: &BTreeMap<String, Told>) -> (String, String) {
        let only = |all: &BTreeSet<String>| match all.first() {
            Some(one) if all.len() == 1 => one.clone(),
            _ => String::new(),
        };
        let told = told.get(self.images.set_of(point));
        told.map(|it| (only(&it.hashes), only(&it.versions)))
            .unwrap_or_default()
    }
}
