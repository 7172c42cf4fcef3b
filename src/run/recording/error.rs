//! What can be wrong with a recorded run, each as one sentence that names the file.

use std::io;
use std::path::PathBuf;

use super::FORMAT;
use crate::run::WeightsError;

/// Why a recorded run could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The operating system refused to read.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// The operating system refused to write.
    #[error("{} cannot be written, and nothing was changed: {reason}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// The file is no recorded run, or not all of one.
    #[error("{} is not a whole recorded run: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The file says something of itself that is not so.
    #[error("{} contradicts itself: {reason}", path.display())]
    Contradiction {
        /// The file.
        path: PathBuf,
        /// What is not so.
        reason: String,
    },
    /// The file comes from a later version of the program.
    #[error("{} is of format {format}, and this program reads formats up to {FORMAT}: a newer version of the program opens it", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u32,
    },
    /// The bin of the system did not take a file.
    #[error("{} could not be moved to the bin and is where it was: {reason}", path.display())]
    NotBinned {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// An array in the file is not what it should be.
    #[error(transparent)]
    Array(#[from] WeightsError),
}
