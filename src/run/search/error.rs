//! What can be wrong with the folder of a search.

use std::io;
use std::path::PathBuf;

/// A folder of a search that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SearchFolderError {
    /// It holds another search.
    #[error("{} holds another search: name another folder", folder.display())]
    OtherSearch {
        /// The folder.
        folder: PathBuf,
    },
    /// There is no search in it.
    #[error("{} holds no search: there is no search.ron in it", folder.display())]
    NoSearch {
        /// The folder.
        folder: PathBuf,
    },
    /// Its candidates were tried on other networks.
    #[error(
        "the networks of {} read other shares of their images: they were trained with other images, on another kind of processor or \
         by another version of the program; name another folder",
        path.display()
    )]
    OtherNetworks {
        /// The file.
        path: PathBuf,
    },
    /// A candidate is not the one that the search breeds there.
    #[error(
        "{} is not the candidate that the search breeds there, but one of version {version} of the program: name another folder",
        path.display()
    )]
    OtherCandidate {
        /// The file.
        path: PathBuf,
        /// The version that tried it.
        version: String,
    },
    /// A file in it is not what it should be.
    #[error("{} is damaged ({reason}): delete it, and it is made again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file in it is not what the folder of a search holds.
    #[error("{} is not what the folder of a search holds: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The operating system refused.
    #[error("{} cannot be read or written: {reason}", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
}
