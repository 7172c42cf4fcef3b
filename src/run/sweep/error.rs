//! What can be wrong with a folder of results.

use std::io;
use std::path::PathBuf;

use crate::data::DataError;
use crate::experiment::ProtocolError;

/// A folder of results that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// It holds the results of something else.
    #[error("{} holds the results of another protocol: name another folder", folder.display())]
    OtherProtocol {
        /// The folder.
        folder: PathBuf,
    },
    /// There are results in it, and nobody knows of what.
    #[error("{} is there without the protocol.ron that says what it is of: name another folder", results.display())]
    NoProtocol {
        /// The table or folder of results.
        results: PathBuf,
    },
    /// There are no results in it.
    #[error("{} holds no results of an experiment: there is no protocol.ron in it", folder.display())]
    NoResults {
        /// The folder.
        folder: PathBuf,
    },
    /// A file in it is not what it should be.
    #[error("{} is damaged ({reason}): delete it, and its trial is done again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A table or a protocol in it is not what it should be.
    #[error("{} is not what results of an experiment are: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The same job was done twice, and differently.
    #[error(
        "{} differs from the same trial in {}: one of them was made by another version of the program or with other images",
        path.display(),
        other.display()
    )]
    Contradiction {
        /// One file.
        path: PathBuf,
        /// The folder of the other.
        other: PathBuf,
    },
    /// Results of different images lie together, or would.
    #[error(
        "{} is of other images than the trials in {} ({set}: SHA-256 {here}… instead of {there}…): keep their results in folders of \
         their own",
        results.display(),
        folder.display()
    )]
    MixedImages {
        /// The file or folder.
        results: PathBuf,
        /// The folder of the other trials.
        folder: PathBuf,
        /// The image set.
        set: String,
        /// The hash of its images.
        here: String,
        /// That of the others.
        there: String,
    },
    /// The images that are here are not those of the results.
    #[error(
        "the results in {} are of other images than those that are here ({set}: SHA-256 {there}… instead of {here}…): take the same \
         images, or name another folder",
        folder.display()
    )]
    OtherImages {
        /// The folder of the results.
        folder: PathBuf,
        /// The image set.
        set: String,
        /// The hash of the images that are here.
        here: String,
        /// That of the results.
        there: String,
    },
    /// Images that its trials need cannot be read.
    #[error(transparent)]
    Images(DataError),
    /// Its protocol makes no sense.
    #[error(transparent)]
    Protocol(ProtocolError),
    /// The operating system refused.
    #[error("{} cannot be read or written: {reason}", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
}
