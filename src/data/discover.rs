//! Finding image sets on this machine.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use sha2::{Digest, Sha256};
use strum::VariantArray as _;

use super::error::DataError;
use super::folder::{Files, TEST_LABELS, TRAIN_IMAGES, locate};
use super::idx::{Kind, read_header, read_labels};
use super::published;
use super::set::Set;

/// A folder that holds, or seems to hold, an image set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The set it was found as.
    pub set: Set,
    /// The folder.
    pub folder: PathBuf,
    /// How many training images its headers announce.
    pub n_train: usize,
    /// How many test images its headers announce; 0 if it has no test files and some training images are set aside.
    pub n_test: usize,
    /// What is wrong with it, as a sentence; `None` if nothing is.
    pub fault: Option<String>,
}

/// The folders where a full set is looked for, in this order.
///
/// `$SOMNOSCOPE_DATA/<id>`, `$SOMNOSCOPE_DATA`, the per-user folder ([`user_folder`]), and for Fashion-MNIST the folder of
/// Debian's package.
pub fn search_folders(set: Set) -> Vec<PathBuf> {
    folders_with(set, std::env::var_os("SOMNOSCOPE_DATA").as_deref())
}

/// [`search_folders`] with the variable's value given.
fn folders_with(set: Set, variable: Option<&OsStr>) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if let Some(root) = variable.filter(|root| !root.is_empty()).map(PathBuf::from) {
        folders.push(root.join(set.id()));
        folders.push(root);
    }
    folders.extend(user_folder(set));
    if set == Set::FashionMnist {
        folders.push(PathBuf::from("/usr/share/datasets/fashion-mnist"));
    }
    folders
}

/// The per-user folder of a set, where downloads and imports go: `somnoscope/data/<id>` among the account's data.
///
/// `None` if the account has no home folder.
pub fn user_folder(set: Set) -> Option<PathBuf> {
    ProjectDirs::from("", "", "somnoscope").map(|dirs| dirs.data_dir().join("data").join(set.id()))
}

/// All image sets in the search folders of this machine. Reads the headers and the test labels, so it takes milliseconds.
pub fn discover() -> Vec<Found> {
    Set::VARIANTS
        .iter()
        .flat_map(|&set| search_folders(set).into_iter().map(move |folder| (set, folder)))
        .filter(|(set, folder)| may_hold(*set, folder))
        .map(|(set, folder)| examine(set, folder))
        .collect()
}

/// The first of `folders` that holds training images of `set`. A folder with the test labels of another published set is
/// passed over, and so is a folder with unknown ones that is not named after the set.
///
/// # Errors
/// [`DataError::NotFound`] or [`DataError::NoOwnImages`], with the folders and what to do.
pub fn find(set: Set, folders: &[PathBuf]) -> Result<PathBuf, DataError> {
    folders
        .iter()
        .find(|folder| may_hold(set, folder))
        .cloned()
        .ok_or_else(|| {
            let looked = folders.to_vec();
            if set == Set::Own {
                DataError::NoOwnImages { looked }
            } else {
                DataError::NotFound { set, looked }
            }
        })
}

/// What the headers of a folder's files announce, and whether they agree.
pub fn examine(set: Set, folder: PathBuf) -> Found {
    let counts = Files::of(&folder).and_then(|files| {
        let n_test = files.test.as_ref().map_or(Ok(0), count)?;
        Ok((count(&files.train)?, n_test))
    });
    match counts {
        Ok((n_train, n_test)) => Found {
            set,
            folder,
            n_train,
            n_test,
            fault: None,
        },
        Err(error) => Found {
            set,
            folder,
            n_train: 0,
            n_test: 0,
            fault: Some(error.to_string()),
        },
    }
}

/// How many images a pair of files announces.
fn count((images, labels): &(PathBuf, PathBuf)) -> Result<usize, DataError> {
    let n_images = read_header(images, Kind::Images)?.count as usize;
    let n_labels = read_header(labels, Kind::Labels)?.count as usize;
    if n_images == n_labels {
        Ok(n_images)
    } else {
        Err(DataError::CountMismatch {
            images: images.clone(),
            n_images,
            labels: labels.clone(),
            n_labels,
        })
    }
}

/// Whether the folder has training images and may be taken for `set`.
///
/// A folder named after the set is believed, unless its test labels are another set's. A folder of any other name, like
/// `$SOMNOSCOPE_DATA` itself, must prove to be a published set: it is searched for all of them.
fn may_hold(set: Set, folder: &Path) -> bool {
    locate(folder, TRAIN_IMAGES).is_some()
        && match recognize(folder) {
            Some(known) => known == set,
            None => set == Set::Own || folder.ends_with(set.id()),
        }
}

/// Which published set the folder holds, by the content of its test labels; `None` if neither.
fn recognize(folder: &Path) -> Option<Set> {
    let labels = read_labels(&locate(folder, TEST_LABELS)?).ok()?;
    // The published hashes are those of whole files: magic number and count come first.
    let mut hash = Sha256::new();
    hash.update(0x0801_u32.to_be_bytes());
    hash.update((labels.len() as u32).to_be_bytes());
    hash.update(&labels);
    let sha256 = hex::encode(hash.finalize());
    Set::VARIANTS.iter().copied().find(|&set| {
        published::files(set)
            .iter()
            .any(|file| file.name == TEST_LABELS && file.sha256 == sha256)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a search order that prefers the wrong folder, and an empty variable that means the current folder.
    #[test]
    fn the_variable_comes_first() {
        let folders = folders_with(Set::Mnist, Some(OsStr::new("sets")));
        assert_eq!(folders[..2], [PathBuf::from("sets/mnist"), PathBuf::from("sets")]);
        assert_eq!(
            folders_with(Set::Mnist, Some(OsStr::new(""))),
            folders_with(Set::Mnist, None)
        );
        let last = folders_with(Set::FashionMnist, None).pop();
        assert_eq!(last, Some(PathBuf::from("/usr/share/datasets/fashion-mnist")));
    }
}
