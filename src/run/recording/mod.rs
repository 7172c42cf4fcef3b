//! A recorded run: one file from which every moment of a night can be made again, anywhere, bit for bit.
//!
//! The file is a ZIP archive, so that any program can look into it (`numpy.load` opens it like an NPZ file):
//!
//! | entry | what it holds |
//! |---|---|
//! | `run.ron` | [`Manifest`]: the recipe, what the images were, parameter changes, tests, bookmarks, notes, drawings, hashes |
//! | `w1.npy`, `w2.npy`, ... | weights before sleep, outputs x inputs |
//! | `mean_image.npy` | the mean of the images trained on, row by row: the shape of the noise |
//! | `class_means1.npy`, ... | mean activity of each hidden layer for each class, awake before sleep, classes x units |
//! | `momentum1.npy`, ... | with fine-tuning only: what momentum carried over from the last batch of training, shaped like the weights |
//! | `batches.npy` | loss and accuracy of each training batch, batches x 2 |
//! | `spike_counts.npy`, `spike_units.npy` | how many units spiked in each step, and which: inputs first, then layer after layer |
//!
//! A file holds a night. Fine-tuning after it is not in it: it is made again, from the network that woke, the recipe, the images
//! and the momentum, when a run that was opened goes on.
//!
//! A night is a pure function of the weights before it, its parameters and its seed, so there are no key frames in the file:
//! going through the night again takes microseconds a step, and [`Recording::verify`] does so and compares every spike.
//! Each entry has the archive's checksum; the weights before and after have a SHA-256 in the manifest.

mod error;
mod glance;
mod manifest;
mod read;
mod repeat;
mod verify;
mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;
use sha2::{Digest, Sha256};

pub use error::RecordingError;
pub use glance::Glance;
pub use manifest::{Bookmark, DataIdentity, Drawing, FORMAT, Manifest, ParameterChange, RecordedTest, When};
pub use repeat::RepeatedTests;
pub use verify::Verdict;

use crate::experiment::{KeptNight, Recipe};
use crate::sim::night::{Change, Course, DreamSource, Journal};

/// The ending of the name of a recorded run.
pub const EXTENSION: &str = "somno";

/// What is recorded of a run besides its night.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What a person calls the run.
    pub title: String,
    /// What a person wrote about it.
    pub notes: String,
    /// What is run, with the night that it goes on with.
    pub recipe: Recipe,
    /// The images.
    pub data: DataIdentity,
    /// Width and height of an image in pixels.
    pub image_size: (usize, usize),
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
    /// The mean of the images trained on.
    pub mean_image: Vec<f32>,
    /// Mean activity of each hidden layer for each class, awake before sleep, classes x units.
    pub class_means: Vec<Array2<f32>>,
    /// Loss and accuracy of each training batch, in order.
    pub batches: Vec<(f32, f32)>,
    /// What momentum carried over from the last of them, shaped like the weights: kept if the recipe has fine-tuning.
    pub momentum: Arc<Vec<Array2<f32>>>,
    /// Every test on the held-out images, in the order of time.
    pub tests: Vec<RecordedTest>,
    /// Moments of the night that a person wants to find again, rising.
    pub bookmarks: Vec<Bookmark>,
    /// Pictures that a person drew and kept.
    pub drawings: Vec<Drawing>,
}

/// A recorded run in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// What a person can read of it.
    pub manifest: Manifest,
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
    /// The mean of the images trained on, one intensity in `0..=1` a pixel.
    pub mean_image: Vec<f32>,
    /// Mean activity of each hidden layer for each class, awake before sleep, classes x units.
    pub class_means: Vec<Array2<f32>>,
    /// Loss and accuracy of each training batch, in order.
    pub batches: Vec<(f32, f32)>,
    /// What momentum carried over from the last of them, shaped like the weights; only with fine-tuning.
    pub momentum: Option<Arc<Vec<Array2<f32>>>>,
    /// Who spiked in every step that was known.
    pub journal: Journal,
}

impl Recording {
    /// The changes of the night's parameters as the night takes them, the first one from step 0.
    pub fn changes(&self) -> Vec<Change> {
        let change = |change: &ParameterChange| Change {
            step: change.step,
            params: change.night.clone(),
            alpha: change.alpha.clone(),
        };
        self.manifest.nights.iter().map(change).collect()
    }

    /// Records a night that stands somewhere in its course. `None` if `stop` was set meanwhile.
    ///
    /// Goes through all that is known of the night once more, for the weights at its end.
    pub fn of(session: &Recorded, mut course: Course, stop: &AtomicBool) -> Option<Self> {
        let (stood_at, journal) = (course.steps(), course.journal().clone());
        if !course.seek(journal.steps(), stop) {
            return None;
        }
        let nights = course.changes().iter().map(|change| ParameterChange {
            step: change.step,
            night: change.params.clone(),
            alpha: change.alpha.clone(),
        });
        let nights = nights.collect();
        let after = course.night_mut().weights();
        let inputs = session.weights.first().map(Array2::ncols);
        Some(Self {
            manifest: Manifest {
                format: match &session.recipe.fine_tuning {
                    Some(_) => FORMAT,
                    None if course.without().is_empty() => manifest::PLAIN,
                    None => manifest::SPARING,
                },
                program: env!("CARGO_PKG_VERSION").to_owned(),
                title: session.title.clone(),
                notes: session.notes.clone(),
                recipe: session.recipe.clone(),
                data: session.data.clone(),
                sizes: inputs
                    .into_iter()
                    .chain(session.weights.iter().map(Array2::nrows))
                    .collect(),
                image_size: session.image_size,
                nights,
                without: course.without().to_vec(),
                stood_at,
                tests: session.tests.clone(),
                bookmarks: session.bookmarks.clone(),
                drawings: session.drawings.clone(),
                weights_before: hash_of_weights(&session.weights),
                weights_after: hash_of_weights(&after),
            },
            weights: Arc::clone(&session.weights),
            mean_image: session.mean_image.clone(),
            class_means: session.class_means.clone(),
            batches: session.batches.clone(),
            momentum: session
                .recipe
                .fine_tuning
                .is_some()
                .then(|| Arc::clone(&session.momentum)),
            journal,
        })
    }

    /// What a run can go on from.
    pub fn kept_night(&self) -> KeptNight {
        KeptNight {
            recipe: self.manifest.recipe.clone(),
            weights: Arc::clone(&self.weights),
            mean_image: self.mean_image.clone(),
            class_means: self.class_means.clone(),
            batches: self.batches.len() as u64,
            momentum: self.momentum.clone(),
            course: self.course(),
        }
    }

    /// The night before its first step, with all that is known of it.
    pub fn course(&self) -> Course {
        let source = DreamSource {
            mean_image: self.mean_image.clone(),
            image_size: self.manifest.image_size,
            seed: self.manifest.recipe.seed,
        };
        let without = self.manifest.without.clone();
        Course::known(&self.weights, self.changes(), without, self.journal.clone(), source)
    }
}

/// The SHA-256 of weights: for each layer its shape and its numbers, little-endian, row by row; 64 hexadecimal digits.
pub fn hash_of_weights(weights: &[Array2<f32>]) -> String {
    let mut hash = Sha256::new();
    for layer in weights {
        for size in layer.shape() {
            hash.update((*size as u64).to_le_bytes());
        }
        for row in layer.rows() {
            let bytes: Vec<u8> = row.iter().flat_map(|weight| weight.to_le_bytes()).collect();
            hash.update(&bytes);
        }
    }
    hex::encode(hash.finalize())
}
