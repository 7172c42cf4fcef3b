//! The part of a recorded run that a person can read.

use serde::{Deserialize, Serialize};

use super::RecordingError;
use crate::experiment::Recipe;
use crate::sim::evaluate::Evaluation;
use crate::sim::night::{NightParams, Spike};

/// The newest version of the format; every earlier one is still read. A run is written in the oldest one that can say all of
/// it, so that earlier programs open what they understand: 2 has spikes that are kept from happening, 3 a recipe with fine-tuning.
pub const FORMAT: u32 = 3;
/// The version of a run in which every spike happens.
pub(super) const PLAIN: u32 = 1;
/// The version of a run in which some do not, without fine-tuning.
pub(super) const SPARING: u32 = 2;

/// The entry of the archive that holds the manifest.
pub(super) const MANIFEST: &str = "run.ron";

/// The longest text of a manifest, in bytes.
pub(super) const MAX_MANIFEST: u64 = 16 << 20;

/// What a recorded run is, as RON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the format.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// What a person calls the run.
    pub title: String,
    /// What a person wrote about it.
    #[serde(default)]
    pub notes: String,
    /// What was run; its night is the one that it went on with at last.
    pub recipe: Recipe,
    /// The images.
    pub data: DataIdentity,
    /// Units from the inputs to the outputs.
    pub sizes: Vec<usize>,
    /// Width and height of an image in pixels.
    pub image_size: (usize, usize),
    /// The parameters of the night, and the step from which they hold; the first ones from step 0.
    pub nights: Vec<ParameterChange>,
    /// Spikes that are kept from happening, rising; none before format 2.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<Spike>,
    /// Steps slept at the moment that was shown when it was saved.
    pub stood_at: u64,
    /// Every test on the held-out images.
    pub tests: Vec<RecordedTest>,
    /// Moments of the night that a person wants to find again, rising.
    #[serde(default)]
    pub bookmarks: Vec<Bookmark>,
    /// Pictures that a person drew and kept; programs that know none leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drawings: Vec<Drawing>,
    /// The SHA-256 of the weights before sleep, see [`super::hash_of_weights`].
    pub weights_before: String,
    /// The SHA-256 of the weights after the last step that is recorded.
    pub weights_after: String,
}

/// Which images a run was on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataIdentity {
    /// What the set is called.
    pub title: String,
    /// The SHA-256 of the whole set, as of [`crate::data::Dataset::sha256`].
    pub sha256: String,
}

/// Parameters of the night, and the step from which they hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterChange {
    /// The first step they hold for, counted from 0.
    pub step: u64,
    /// The parameters.
    pub night: NightParams,
    /// Gain of each layer's input under them.
    pub alpha: Vec<f64>,
}

/// A test on the held-out images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedTest {
    /// When.
    pub when: When,
    /// How many images of which class (row) were read as which (column), row by row.
    pub confusion: Vec<u32>,
}

/// A moment of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum When {
    /// After so many batches of training.
    Batch(u64),
    /// After so many steps of the night; `Step(0)` is before sleep.
    Step(u64),
}

/// A picture that a person drew, and kept to see what it is read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Its grey values, row by row; as many as an image of the run has. In the file, two hexadecimal digits each.
    #[serde(with = "hex")]
    pub pixels: Vec<u8>,
}

/// A moment of the night with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bookmark {
    /// Steps slept.
    pub step: u64,
    /// Its name.
    pub name: String,
    /// What a person wrote about it.
    #[serde(default)]
    pub note: String,
}

impl RecordedTest {
    /// What came out of it.
    pub fn evaluation(&self, classes: usize) -> Evaluation {
        Evaluation {
            classes,
            confusion: self.confusion.clone(),
        }
    }
}

/// Only the version: read first, so that a newer file is called newer and not broken.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl Manifest {
    /// The manifest as a person reads it.
    pub fn text(&self) -> String {
        self.to_ron()
    }

    /// The manifest as RON.
    pub(super) fn to_ron(&self) -> String {
        ron::ser::to_string_pretty(self, ron::ser::PrettyConfig::new().compact_arrays(true))
            .expect("a manifest holds only numbers, strings, lists and enums, which RON can write")
    }

    /// Reads a manifest, if its version is known; what it says is not checked yet.
    pub(super) fn from_ron(text: &str, fault: impl Fn(String) -> RecordingError) -> Result<Self, RecordingError> {
        let unreadable = |error: ron::error::SpannedError| {
            let start = error.span.start;
            fault(format!(
                "line {}, column {} of run.ron: {}",
                start.line, start.col, error.code
            ))
        };
        let version: Version = ron::from_str(text).map_err(unreadable)?;
        if version.format > FORMAT {
            return Err(RecordingError::Newer {
                path: std::path::PathBuf::new(),
                format: version.format,
            });
        }
        ron::from_str(text).map_err(unreadable)
    }
}
