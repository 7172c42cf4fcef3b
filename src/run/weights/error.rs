//! What can be wrong with files of weights, spikes and intensities, each as one sentence that names the file.

use std::io;
use std::path::PathBuf;

use super::{MAX_FILE_BYTES, MAX_INPUTS, MAX_LAYERS};
use crate::experiment::MAX_UNITS;

/// Why weights, spikes or intensities could not be read or written.
///
/// The messages are complete: the reason of the operating system is part of the sentence and not a source of its own.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The ending of the name says no known format.
    #[error("{} ends neither in .safetensors nor in .npz, so its format is not known", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused to read.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// The operating system refused to write.
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// A file, or an array in it, of more bytes than are taken into memory.
    #[error("{} holds more than {} MiB, more than is read", path.display(), MAX_FILE_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is not what its name says.
    #[error("{} is not a sound {format} file: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The format it should have.
        format: &'static str,
        /// What the reader says.
        reason: String,
    },
    /// No array has the name of a layer's weights.
    #[error("{} holds no array w1; the weights must be called w1, w2, ..., and it holds {found}", path.display())]
    NoWeights {
        /// The file.
        path: PathBuf,
        /// The names there are, as a list.
        found: String,
    },
    /// A layer between others is missing.
    #[error("{} holds w{last} but no w{missing}: the layers must be w1, w2, ... without a gap", path.display())]
    MissingLayer {
        /// The file.
        path: PathBuf,
        /// The layer that is missing, from 1.
        missing: usize,
        /// The last layer there is, from 1.
        last: usize,
    },
    /// More layers than a network can have.
    #[error("{} holds {layers} layers of weights, and at most {MAX_LAYERS} are read", path.display())]
    TooManyLayers {
        /// The file.
        path: PathBuf,
        /// How many there are.
        layers: usize,
    },
    /// Numbers of a type that is not read.
    #[error("{name} in {} holds numbers of type {found}; {wanted} are read", path.display())]
    WrongType {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// What it holds.
        found: String,
        /// What it could hold.
        wanted: &'static str,
    },
    /// An array with the wrong number of axes or with an axis that is empty or too long.
    #[error("{name} in {} has the shape {shape:?}, but must be {wanted}", path.display())]
    WrongShape {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// Its shape.
        shape: Vec<usize>,
        /// What it could be, in words.
        wanted: String,
    },
    /// A layer that does not fit on the one before.
    #[error(
        "w{layer} in {} takes {inputs} inputs, but w{} gives {units} outputs; the shape of each is outputs x inputs",
        path.display(), layer - 1
    )]
    NotChained {
        /// The file.
        path: PathBuf,
        /// The later layer, from 1.
        layer: usize,
        /// Its inputs.
        inputs: usize,
        /// The outputs of the layer before.
        units: usize,
    },
    /// A number that is infinite, no number, or beyond what 32 bits can hold.
    #[error("{name}[{row}, {column}] in {} is {value}, which is no finite 32-bit number", path.display())]
    NotFinite {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// What stands there.
        value: f64,
    },
    /// A spike that is neither there nor not.
    #[error("step {step} of input {input} in {} is {value}; spikes are 0 or 1", path.display())]
    NotASpike {
        /// The file.
        path: PathBuf,
        /// The step, from 0.
        step: usize,
        /// The input, from 0.
        input: usize,
        /// What stands there.
        value: u8,
    },
    /// An intensity that is none.
    #[error("pixel {pixel} in {} is {value}; intensities are numbers from 0 to 1", path.display())]
    NotAnIntensity {
        /// The file.
        path: PathBuf,
        /// The pixel, from 0, row by row.
        pixel: usize,
        /// What stands there.
        value: f64,
    },
}

impl WeightsError {
    /// A matrix of weights with a wrong shape.
    pub(super) fn matrix(path: PathBuf, name: String, shape: Vec<usize>) -> Self {
        let wanted = format!("outputs x inputs with 1 to {MAX_UNITS} outputs and 1 to {MAX_INPUTS} inputs");
        Self::WrongShape {
            path,
            name,
            shape,
            wanted,
        }
    }
}
