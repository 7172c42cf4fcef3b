//! Image sets: reading, finding, downloading and choosing from them.
//!
//! Owns the path from files (or the bytes built into the program) to pixels and labels in memory. Knows nothing of
//! networks, experiments or windows.

mod builtin;
mod choose;
mod dataset;
mod discover;
mod error;
pub mod fetch;
mod folder;
pub mod idx;
mod images;
mod import;
pub mod picture;
mod published;
mod set;
mod spec;

pub use choose::{choose, choose_for, choose_of_classes};
pub use dataset::Dataset;
pub use discover::{Found, discover, examine, find, search_folders, user_folder};
pub use error::DataError;
pub use images::{Images, MAX_SIDE, class_counts};
pub use import::{Imported, import, import_into};
pub use set::Set;
pub use spec::{Amount, Balance, DataSpec, Draw, Origin};

/// Reads the training and test images that `spec` names, all of them: [`choose()`] picks the share to train on.
///
/// A published set in a folder must have labels 0 to 9; own images have as many classes as their labels say. A folder
/// without test files is split by position: of each ten images in a row, three are for the test.
///
/// # Errors
/// One sentence that names the file or folder, what is wrong with it, and what to do.
pub fn load(spec: &DataSpec) -> Result<Dataset, DataError> {
    match &spec.from {
        Origin::BuiltIn => builtin::load(spec.set),
        Origin::Full => folder::load(spec.set, &find(spec.set, &search_folders(spec.set))?),
        Origin::Folder(path) => folder::load(spec.set, path),
    }
}

/// The set of this SHA-256, wherever it is on this machine, if it is: where `wanted` says, among the built-in ones, or among the
/// full ones.
pub fn find_set(wanted: &DataSpec, sha256: &str) -> Option<(DataSpec, Dataset)> {
    let places = [wanted.from.clone(), Origin::BuiltIn, Origin::Full];
    places.into_iter().find_map(|from| {
        let spec = DataSpec { from, ..wanted.clone() };
        let dataset = load(&spec).ok()?;
        (dataset.sha256 == sha256).then_some((spec, dataset))
    })
}
