//! The result files of a run of trials: what was asked, what every trial found, and what they say together.
//!
//! `recipe.ron` is the recipe, and can be run again. `trials.csv` has a row for each trial: seed, accuracy before and
//! after the night, the same for each class, and the spikes of each layer. `confusion.csv` says for each trial, before and
//! after, how many images of which class were read as which. `summary.csv` has mean, deviation and gain with its 95 %
//! interval for each measure. With fine-tuning each has what came of it too, without and with the night before it; where
//! classes are rare on purpose, balanced accuracy stands beside accuracy. Shares are from 0 to 1. No file holds a time or a
//! date: the same recipe gives the same files.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::recipe::read_recipe;
use super::whole;
use crate::data::Dataset;
use crate::experiment::{Comparison, Measures, Overview, Recipe, Trial};
use crate::sim::evaluate::Evaluation;

/// The file that says what the others are results of.
const RECIPE: &str = "recipe.ron";
/// The other files.
const TABLES: [&str; 3] = ["trials.csv", "confusion.csv", "summary.csv"];

/// Why results could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The folder holds something that must not be lost.
    #[error("{} already holds the results of another recipe: name another folder for these", folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
    },
    /// The folder holds more than would replace it.
    #[error("{} already holds {there} trials of this recipe, and {asked} would replace them: ask for as many or name another folder", folder.display())]
    MoreTrials {
        /// The folder.
        folder: PathBuf,
        /// Trials that are there.
        there: usize,
        /// Trials that were asked for.
        asked: usize,
    },
    /// A file stands where the folder should be.
    #[error("{} is not a folder: name a folder for the results", path.display())]
    NotAFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// The operating system refused to write, and it is known before the run.
    #[error("no results can be written to {}: {reason}", folder.display())]
    Forbidden {
        /// The folder.
        folder: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// The operating system refused to write, and it shows only now.
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
}

/// A folder that may take the results of a recipe.
#[derive(Debug)]
pub struct ResultFolder {
    folder: PathBuf,
}

impl ResultFolder {
    /// Makes sure, before the run, that results of `recipe` can be written to a folder. Writes nothing.
    ///
    /// The folder may be missing or hold other files. If it holds results, they must be of the same recipe, and are then
    /// replaced, unless there are more trials of it than the `asked` ones: the same recipe gives the same results.
    pub fn claim(folder: &Path, recipe: &Recipe, asked: usize) -> Result<Self, ResultsError> {
        let existing = existing_ancestor(folder);
        if !existing.is_dir() {
            return Err(ResultsError::NotAFolder {
                path: existing.to_owned(),
            });
        }
        // A nameless file, which is gone when it is closed.
        tempfile::tempfile_in(existing).map_err(|reason| ResultsError::Forbidden {
            folder: folder.to_owned(),
            reason,
        })?;
        let holds = |name: &str| folder.join(name).symlink_metadata().is_ok();
        let occupied = if holds(RECIPE) {
            !is_same_recipe(&folder.join(RECIPE), recipe)
        } else {
            TABLES.iter().any(|table| holds(table))
        };
        if occupied {
            return Err(ResultsError::Occupied {
                folder: folder.to_owned(),
            });
        }
        let there = count_trials(&folder.join(TABLES[0]));
        if there > asked {
            return Err(ResultsError::MoreTrials {
                folder: folder.to_owned(),
                there,
                asked,
            });
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Writes the results of some trials. All files are complete before the first gets its name. Without trials there is
    /// nothing to write.
    pub fn write(&self, recipe: &Recipe, dataset: &Dataset, trials: &[Trial]) -> Result<(), ResultsError> {
        let Some(overview) = Overview::of(trials) else {
            return Ok(());
        };
        let fault = |path: &Path| {
            let path = path.to_owned();
            move |reason| ResultsError::Unwritable { path, reason }
        };
        fs::create_dir_all(&self.folder).map_err(fault(&self.folder))?;
        let heading = format!(
            "// Somnoscope {}; {} (SHA-256 {}); trials: {}.\n",
            env!("CARGO_PKG_VERSION"),
            dataset.title,
            dataset.sha256,
            trials.len()
        );
        let contents = [
            (RECIPE, Ok((heading + &recipe.to_ron() + "\n").into_bytes())),
            (TABLES[0], trials_table(recipe, dataset, trials)),
            (TABLES[1], confusion_table(trials)),
            (TABLES[2], summary_table(recipe, dataset, &overview)),
        ];
        let mut pending = Vec::new();
        for (name, content) in contents {
            let path = self.folder.join(name);
            let file = content.and_then(|bytes| whole::prepare(&path, |writer| writer.write_all(&bytes)));
            pending.push(file.map_err(fault(&path))?);
        }
        for file in pending {
            let path = file.path().to_owned();
            file.place().map_err(fault(&path))?;
        }
        Ok(())
    }
}

/// The folder itself, or the nearest one above it that is there.
fn existing_ancestor(folder: &Path) -> &Path {
    folder
        .ancestors()
        .find(|path| *path != Path::new("") && path.symlink_metadata().is_ok())
        .unwrap_or(Path::new("."))
}

/// Whether a file is the recipe of the same results.
fn is_same_recipe(path: &Path, recipe: &Recipe) -> bool {
    path.is_file() && read_recipe(path).is_ok_and(|found| found == *recipe)
}

/// How many trials a table of trials holds; none if it cannot be read.
fn count_trials(path: &Path) -> usize {
    csv::Reader::from_path(path).map_or(0, |mut table| table.byte_records().map_while(Result::ok).count())
}

/// The tests of a trial, with their names in the tables.
fn tests(trial: &Trial) -> Vec<(&'static str, &Evaluation)> {
    let mut tests = vec![("before", &trial.before), ("after", &trial.after)];
    if let Some(tuned) = &trial.tuned {
        tests.extend([
            ("fine-tuned without sleep", &tuned.awake),
            ("fine-tuned after sleep", &tuned.slept),
        ]);
    }
    tests
}

/// A row for each trial.
fn trials_table(recipe: &Recipe, dataset: &Dataset, trials: &[Trial]) -> io::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let names: Vec<&str> = trials.first().map_or_else(Vec::new, |trial| {
        tests(trial).into_iter().map(|(name, _)| name).collect()
    });
    let is_even = recipe.data.balance.is_as_drawn();
    let mut header = vec!["seed".to_owned()];
    header.extend(names.iter().map(|&name| name.to_owned()));
    if !is_even {
        header.extend(names.iter().map(|name| format!("{name}, balanced")));
    }
    for when in names {
        header.extend(dataset.class_names.iter().map(|class| format!("{when} {class}")));
    }
    let layers = trials.first().map_or(0, |trial| trial.spikes.len());
    header.extend((0..layers).map(|layer| match layer {
        0 => "spikes inputs".to_owned(),
        _ => format!("spikes layer {layer}"),
    }));
    table.write_record(&header)?;
    for trial in trials {
        let mut row = vec![trial.seed.to_string()];
        row.extend(tests(trial).iter().map(|(_, test)| test.accuracy().to_string()));
        if !is_even {
            row.extend(
                tests(trial)
                    .iter()
                    .map(|(_, test)| test.balanced_accuracy().to_string()),
            );
        }
        for (_, test) in tests(trial) {
            let shares = test.class_accuracy();
            row.extend(
                shares
                    .iter()
                    .map(|share| share.map_or_else(String::new, |share| share.to_string())),
            );
        }
        row.extend(trial.spikes.iter().map(u64::to_string));
        table.write_record(&row)?;
    }
    finished(table)
}

/// A row for each trial, moment, class and reading.
fn confusion_table(trials: &[Trial]) -> io::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["seed", "when", "class", "read as", "images"])?;
    for trial in trials {
        for (when, test) in tests(trial) {
            for truth in 0..test.classes {
                for read in 0..test.classes {
                    table.write_record([
                        trial.seed.to_string(),
                        when.to_owned(),
                        truth.to_string(),
                        read.to_string(),
                        test.count(truth, read).to_string(),
                    ])?;
                }
            }
        }
    }
    finished(table)
}

/// A row for each measure. Of fine-tuning, "before" is without the night and "after" with it.
fn summary_table(recipe: &Recipe, dataset: &Dataset, overview: &Overview) -> io::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "measure",
        "trials",
        "before mean",
        "before deviation",
        "after mean",
        "after deviation",
        "gain mean",
        "gain deviation",
        "gain low",
        "gain high",
    ])?;
    let mut row = |measure: String, of: &Comparison| {
        let text = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        table.write_record([
            measure,
            of.gain.count.to_string(),
            of.before.mean.to_string(),
            text(of.before.deviation),
            of.after.mean.to_string(),
            text(of.after.deviation),
            of.gain.mean.to_string(),
            text(of.gain.deviation),
            text(of.gain.interval.map(|ends| ends.0)),
            text(of.gain.interval.map(|ends| ends.1)),
        ])
    };
    let mut rows = |of: &Measures, ending: &str| -> Result<(), csv::Error> {
        row(format!("accuracy{ending}"), &of.accuracy)?;
        if !recipe.data.balance.is_as_drawn() {
            row(format!("balanced accuracy{ending}"), &of.balanced)?;
        }
        for (class, comparison) in dataset.class_names.iter().zip(&of.classes) {
            if let Some(comparison) = comparison {
                row(format!("class {class}{ending}"), comparison)?;
            }
        }
        Ok(())
    };
    rows(&overview.night, "")?;
    if let Some(tuned) = &overview.tuned {
        rows(tuned, ", fine-tuned without and after sleep")?;
    }
    finished(table)
}

/// The bytes of a table.
fn finished(table: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    table.into_inner().map_err(|error| io::Error::other(error.to_string()))
}
