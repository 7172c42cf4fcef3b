//! Reading a recorded run: anybody's file, so nothing it says is believed.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use ndarray::{Array1, Array2};
use zip::ZipArchive;

use super::manifest::{MANIFEST, MAX_MANIFEST};
use super::{Glance, Manifest, Recording, RecordingError, hash_of_weights};
use crate::experiment::{MAX_WEIGHTS, check_night};
use crate::run::archive;
use crate::run::weights::{self, WeightsError, npy};
use crate::sim::night::{Journal, Spike};

/// Most bytes that are unpacked of a file, whatever it claims.
const MAX_UNPACKED: u64 = 1 << 30;
/// Room of the header of an array, in bytes.
const HEADER: u64 = 16 << 10;
/// Most steps of a recorded night.
const MAX_STEPS: u64 = 1_000_000;
/// Most spikes of a recorded night.
pub(super) const MAX_SPIKES: u64 = 1 << 26;
/// Most spikes of a night that is shown at a glance: the pictures of a whole list are to be had at once.
const MAX_GLANCED: u64 = 1 << 22;
/// Most batches of training.
const MAX_BATCHES: u64 = 1 << 24;
/// Most units of a network, inputs and outputs included.
const MAX_UNITS: usize = 1 << 17;
/// Most images of a test.
const MAX_TESTED: u64 = 1 << 24;
/// Most parameter changes, tests and bookmarks of a run.
const MAX_ENTRIES: usize = 100_000;

impl Recording {
    /// Reads a file and checks that everything in it fits together.
    ///
    /// # Errors
    /// One sentence: the file cannot be read, is torn or altered, contradicts itself, or comes from a newer program.
    pub fn read(path: &Path) -> Result<Self, RecordingError> {
        Reader::open(path)?.recording()
    }

    /// Reads only what a person can read of a file, for a list: fast, and the arrays are not looked at.
    ///
    /// # Errors
    /// As [`Recording::read`].
    pub fn read_manifest(path: &Path) -> Result<Manifest, RecordingError> {
        Reader::open(path)?.manifest()
    }

    /// Reads what a person can read of a file and how busy its night was, for a list with pictures; the weights are not looked
    /// at. `None` if only the night cannot be read, or has more than four million spikes.
    ///
    /// # Errors
    /// As [`Recording::read`].
    pub fn read_glance(path: &Path) -> Result<(Manifest, Option<Glance>), RecordingError> {
        let mut reader = Reader::open(path)?;
        let manifest = reader.manifest()?;
        let journal = reader.journal(&manifest, MAX_GLANCED).ok();
        let glance = journal.map(|journal| Glance::of(&journal, &manifest.sizes, manifest.recipe.night.steps));
        Ok((manifest, glance))
    }
}

/// A file being read.
struct Reader<'a> {
    path: &'a Path,
    archive: ZipArchive<File>,
    /// Bytes that may still be unpacked, whatever the file claims.
    left: u64,
}

impl<'a> Reader<'a> {
    /// Opens a file.
    fn open(path: &'a Path) -> Result<Self, RecordingError> {
        let file = weights::open(path).map_err(|error| match error {
            WeightsError::Unreadable { path, reason } => RecordingError::Unreadable { path, reason },
            other => other.into(),
        })?;
        let archive = archive::open(file).map_err(|reason| damaged(path, reason))?;
        Ok(Self {
            path,
            archive,
            left: MAX_UNPACKED,
        })
    }

    /// The bytes of an entry, at most so many.
    fn entry(&mut self, name: &str, most: u64) -> Result<Vec<u8>, RecordingError> {
        let index = self
            .archive
            .index_for_name(name)
            .ok_or_else(|| damaged(self.path, format!("it has no {name}")))?;
        let entry = self
            .archive
            .by_index(index)
            .map_err(|error| damaged(self.path, archive::torn(name, &error)))?;
        let most = most.min(self.left);
        let mut bytes = Vec::new();
        entry
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| damaged(self.path, archive::broken(name, &error.to_string())))?;
        if bytes.len() as u64 > most {
            return Err(damaged(self.path, format!("{name} is larger than it can be")));
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }

    /// The bytes of an array of 32-bit numbers, at most so many of them.
    fn array(&mut self, name: &str, most: u64) -> Result<Vec<u8>, RecordingError> {
        self.entry(&format!("{name}.npy"), most.saturating_mul(4).saturating_add(HEADER))
    }

    /// The part that a person can read, checked.
    fn manifest(&mut self) -> Result<Manifest, RecordingError> {
        let bytes = self.entry(MANIFEST, MAX_MANIFEST)?;
        let path = self.path;
        let text = String::from_utf8(bytes).map_err(|_| damaged(path, "run.ron is no text"))?;
        let manifest = Manifest::from_ron(&text, |reason| damaged(path, reason)).map_err(|error| match error {
            RecordingError::Newer { format, .. } => RecordingError::Newer {
                path: path.to_owned(),
                format,
            },
            other => other,
        })?;
        check(&manifest).map_err(|reason| contradiction(path, reason))?;
        Ok(manifest)
    }

    /// A matrix of 32-bit numbers of a known shape.
    fn matrix(&mut self, name: &str, shape: (usize, usize)) -> Result<Array2<f32>, RecordingError> {
        let bytes = self.array(name, (shape.0 as u64).saturating_mul(shape.1 as u64))?;
        let array = npy::floats(self.path, name, &bytes)?;
        drop(bytes);
        let found = array.shape().to_vec();
        let array = array
            .into_dimensionality()
            .ok()
            .filter(|array: &Array2<f32>| array.dim() == shape);
        let array = array.ok_or_else(|| {
            let reason = format!("{name} has the shape {found:?}, not {shape:?}");
            contradiction(self.path, reason)
        })?;
        // Whatever the order in the file, here it is row by row.
        Ok(if array.is_standard_layout() {
            array
        } else {
            array.as_standard_layout().into_owned()
        })
    }

    /// A matrix for each layer of weights, called `word` and its number, of finite numbers.
    fn finite(&mut self, word: &str, sizes: &[usize]) -> Result<Vec<Array2<f32>>, RecordingError> {
        let mut layers = Vec::new();
        for (layer, pair) in (1..).zip(sizes.windows(2)) {
            let name = format!("{word}{layer}");
            let matrix = self.matrix(&name, (pair[1], pair[0]))?;
            if !matrix.iter().all(|number| number.is_finite()) {
                let reason = format!("{name} holds a value that is no number");
                return Err(contradiction(self.path, reason));
            }
            layers.push(matrix);
        }
        Ok(layers)
    }

    /// A list of at most so many whole numbers.
    fn list(&mut self, name: &str, most: u64) -> Result<Array1<u32>, RecordingError> {
        let bytes = self.array(name, most)?;
        let array = npy::whole_numbers(self.path, name, &bytes)?;
        array
            .into_dimensionality()
            .map_err(|_| contradiction(self.path, format!("{name} is no list")))
    }

    /// Everything.
    fn recording(mut self) -> Result<Recording, RecordingError> {
        let manifest = self.manifest()?;
        let (sizes, path) = (manifest.sizes.clone(), self.path);
        let weights = self.finite("w", &sizes)?;
        if hash_of_weights(&weights) != manifest.weights_before {
            return Err(contradiction(
                path,
                "the weights before sleep are not those it was saved with",
            ));
        }
        let pixels = sizes[0];
        let mean_bytes = self.array("mean_image", pixels as u64)?;
        let mean_image = npy::floats(path, "mean_image", &mean_bytes)?;
        if mean_image.shape() != [pixels] || !mean_image.iter().all(|grey| (0.0..=1.0).contains(grey)) {
            return Err(contradiction(path, "mean_image is no image of this network"));
        }
        let classes = sizes[sizes.len() - 1];
        let mut class_means = Vec::new();
        for (layer, &units) in (1..).zip(&sizes[1..sizes.len() - 1]) {
            class_means.push(self.matrix(&format!("class_means{layer}"), (classes, units))?);
        }
        let bytes = self.array("batches", 2 * MAX_BATCHES)?;
        let batches = npy::floats(path, "batches", &bytes)?;
        drop(bytes);
        let batches = batches
            .into_dimensionality()
            .ok()
            .filter(|array: &Array2<f32>| array.ncols() == 2);
        let batches = batches.ok_or_else(|| contradiction(path, "batches does not have two columns"))?;
        let batches = batches.rows().into_iter().map(|row| (row[0], row[1])).collect();
        let momentum = match manifest.recipe.fine_tuning {
            Some(_) => Some(Arc::new(self.finite("momentum", &sizes)?)),
            None => None,
        };
        let journal = self.journal(&manifest, MAX_SPIKES)?;
        Ok(Recording {
            manifest,
            weights: Arc::new(weights),
            mean_image: mean_image.into_iter().collect(),
            class_means,
            batches,
            momentum,
            journal,
        })
    }

    /// Who spiked when, if there are at most so many spikes. What is unpacked is bounded by what the manifest and the counts allow
    /// before it is.
    fn journal(&mut self, manifest: &Manifest, most: u64) -> Result<Journal, RecordingError> {
        let counts = self.list("spike_counts", manifest.recipe.night.steps)?;
        let fault = |reason: &str| contradiction(self.path, reason);
        let steps = counts.len() as u64;
        let last = manifest.nights.last().map_or(0, |last| last.step);
        if steps > manifest.recipe.night.steps || last > steps || manifest.stood_at > steps {
            return Err(fault("the length of the night is not the one that it says"));
        }
        let all: u32 = manifest.sizes.iter().map(|&size| size as u32).sum();
        if counts.iter().any(|&count| count > all) {
            return Err(fault("more units spike in a step than the network has"));
        }
        let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        if total > most {
            let reason = format!("its night has {total} spikes, and at most {most} are read");
            return Err(damaged(self.path, reason));
        }
        let units = self.list("spike_units", total)?;
        let fault = |reason: &str| contradiction(self.path, reason);
        if total != units.len() as u64 {
            return Err(fault("the counts of its spikes are not those of its spikes"));
        }
        let mut journal = Journal::new(&manifest.sizes);
        let mut units = units.into_iter();
        let mut step = Vec::new();
        for count in counts {
            step.clear();
            step.extend(units.by_ref().take(count as usize));
            if !step.is_sorted_by(|a, b| a < b) || step.last().is_some_and(|&unit| unit >= all) {
                return Err(fault(
                    "it names spikes of units that the network does not have, or twice",
                ));
            }
            journal.push_units(&step);
        }
        Ok(journal)
    }
}

/// Whether a manifest makes sense by itself; if not, why.
fn check(manifest: &Manifest) -> Result<(), String> {
    let recipe = &manifest.recipe;
    recipe.validate().map_err(|error| error.to_string())?;
    let sizes = &manifest.sizes;
    if sizes.len() != recipe.network.hidden.len() + 2 || sizes[1..sizes.len() - 1] != recipe.network.hidden[..] {
        return Err("its layers are not those of its recipe".to_owned());
    }
    let is_small = |count: usize| (1..=MAX_UNITS).contains(&count);
    let weights = sizes
        .windows(2)
        .try_fold(0_usize, |all, pair| all.checked_add(pair[0].checked_mul(pair[1])?));
    if !sizes.iter().all(|&size| is_small(size)) || weights.is_none_or(|weights| weights > MAX_WEIGHTS) {
        return Err("its network is larger than any that can be made".to_owned());
    }
    let (width, height) = manifest.image_size;
    if width.checked_mul(height) != Some(sizes[0]) {
        return Err("its images are not as large as the network's input".to_owned());
    }
    if manifest.nights.first().is_none_or(|first| first.step != 0)
        || !manifest.nights.is_sorted_by(|a, b| a.step < b.step)
        || manifest.nights.last().map(|last| &last.night) != Some(&recipe.night)
    {
        return Err("the changes of its night are in disorder".to_owned());
    }
    for change in &manifest.nights {
        check_night(&change.night, sizes.len() - 1).map_err(|error| error.to_string())?;
        let is_sound = |gain: &f64| gain.is_finite() && *gain >= 0.0 && *gain <= f64::from(f32::MAX);
        if change.alpha.len() != sizes.len() - 1 || !change.alpha.iter().all(is_sound) {
            return Err("its gains are not one for each layer".to_owned());
        }
        if change.night.window > width.min(height) {
            return Err("its window is larger than its images".to_owned());
        }
    }
    let is_there = |spike: &Spike| {
        sizes
            .get(spike.layer)
            .is_some_and(|&units| (spike.unit as usize) < units)
    };
    if !manifest.without.is_sorted_by(|a, b| a < b) || !manifest.without.iter().all(is_there) {
        return Err("it leaves out spikes of units that the network does not have, or twice".to_owned());
    }
    let counts = [
        manifest.nights.len(),
        manifest.without.len(),
        manifest.tests.len(),
        manifest.bookmarks.len(),
        manifest.drawings.len(),
    ];
    if counts.iter().any(|&count| count > MAX_ENTRIES) || recipe.night.steps > MAX_STEPS {
        return Err("it is longer than any run can be".to_owned());
    }
    if manifest
        .drawings
        .iter()
        .any(|drawing| drawing.pixels.len() != width * height)
    {
        return Err("a drawing in it is not of the size of its images".to_owned());
    }
    let classes = sizes[sizes.len() - 1];
    for test in &manifest.tests {
        if test.confusion.len() != classes * classes {
            return Err("a test in it is not of so many classes".to_owned());
        }
        if test.confusion.iter().map(|&count| u64::from(count)).sum::<u64>() > MAX_TESTED {
            return Err(format!("a test in it is of more than {MAX_TESTED} images"));
        }
    }
    Ok(())
}

/// Says that a file is not a whole recorded run.
fn damaged(path: &Path, reason: impl ToString) -> RecordingError {
    RecordingError::Damaged {
        path: path.to_owned(),
        reason: crate::text::one_line(&reason.to_string()),
    }
}

/// Says that a file contradicts itself.
fn contradiction(path: &Path, reason: impl Into<String>) -> RecordingError {
    RecordingError::Contradiction {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a night that is unpacked for a list however long it is.
    #[test]
    fn a_night_of_too_many_spikes_is_not_unpacked() {
        let path = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/recordings/format_1.somno"
        ));
        let mut reader = Reader::open(path).unwrap();
        let manifest = reader.manifest().unwrap();
        let whole = reader.journal(&manifest, MAX_SPIKES).unwrap();
        let spikes: usize = (0..whole.steps()).map(|step| whole.step(step).len()).sum();
        assert_eq!(reader.journal(&manifest, spikes as u64).unwrap(), whole);
        let left = reader.left;
        let error = reader.journal(&manifest, spikes as u64 - 1).unwrap_err().to_string();
        assert!(
            error.contains(&format!("has {spikes} spikes, and at most {}", spikes - 1)),
            "{error}"
        );
        assert!(left - reader.left < HEADER, "only the counts are unpacked");
    }
}
