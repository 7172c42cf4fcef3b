//! The image sets of an experiment, each read once however many trials ask for it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::JobError;
use super::images::mean_of;
use crate::data::{self, DataError, DataSpec, Dataset, Origin, Set};
use crate::experiment::ExperimentError;

/// The image sets that jobs ask for, each read once.
#[derive(Debug, Default)]
pub struct Library {
    /// The folder that full sets are taken from, if a person named one.
    folder: Option<PathBuf>,
    read: Mutex<Vec<(Set, Origin, Arc<Dataset>)>>,
}

impl Library {
    /// Sets as the recipes ask for them; full sets from a folder if one is given. A folder may hold one set in it, or a
    /// folder for each, called as [`Set::id`].
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            read: Mutex::default(),
        }
    }

    /// The set that a recipe asks for.
    ///
    /// # Errors
    /// If it cannot be had, or if a folder that holds one set was taken as another one before.
    pub fn get(&self, spec: &DataSpec) -> Result<Arc<Dataset>, DataError> {
        let from = match (&spec.from, &self.folder) {
            (Origin::Full, Some(folder)) => {
                let own = folder.join(spec.set.id());
                Origin::Folder(if own.is_dir() { own } else { folder.clone() })
            }
            (other, _) => other.clone(),
        };
        // Whoever panicked while reading left no half-read set behind.
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., dataset)) = read.iter().find(|(set, origin, _)| (*set, origin) == (spec.set, &from)) {
            return Ok(Arc::clone(dataset));
        }
        // Two sets from the same files would be the same images under two names.
        let mut others = read
            .iter()
            .filter(|(set, origin, _)| *set != spec.set && *origin == from);
        if let (Origin::Folder(path), Some((first, ..))) = (&from, others.next()) {
            return Err(DataError::OneSet {
                path: path.clone(),
                first: *first,
                second: spec.set,
            });
        }
        let dataset = Arc::new(data::load(&DataSpec {
            from: from.clone(),
            ..spec.clone()
        })?);
        read.push((spec.set, from, Arc::clone(&dataset)));
        Ok(dataset)
    }

    /// The mean of the whole training part of another set, one intensity in `0..=1` a pixel, to be dreamt of in place of images
    /// of this width and height.
    ///
    /// # Errors
    /// If the set cannot be had, or if its images are of another size.
    pub fn foreign_mean(&self, spec: &DataSpec, set: Set, image_size: (usize, usize)) -> Result<Vec<f32>, JobError> {
        let foreign = self.get(&DataSpec { set, ..spec.clone() })?;
        if (foreign.train.width(), foreign.train.height()) != image_size {
            return Err(ExperimentError::OtherImages.into());
        }
        Ok(mean_of(&foreign))
    }
}
