//! Copying a person's IDX files to where the program finds them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::discover::user_folder;
use super::error::DataError;
use super::folder::{self, Files, TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS};
use super::idx::unpacked;
use super::set::Set;

/// What was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The folder that holds it now.
    pub folder: PathBuf,
    /// How many training images it has.
    pub n_train: usize,
    /// How many test images it has; some of the training images if there were no test files.
    pub n_test: usize,
    /// How many classes it has.
    pub classes: usize,
}

/// Checks the IDX files of a folder and copies them to the per-user folder of `set`, replacing what was there.
///
/// # Errors
/// As [`import_into`], or [`DataError::NoUserFolder`].
pub fn import(from: &Path, set: Set) -> Result<Imported, DataError> {
    import_into(from, set, &user_folder(set).ok_or(DataError::NoUserFolder)?)
}

/// Checks the IDX files of a folder and copies them to the folder `to`, replacing the set that was there.
///
/// Everything is copied to temporary files first: if anything fails before all are complete, `to` is as it was.
///
/// # Errors
/// One sentence that names the file or folder, what is wrong with it, and what to do.
pub fn import_into(from: &Path, set: Set, to: &Path) -> Result<Imported, DataError> {
    // Read and checked as a whole: a bad file is found now and not when a run needs it.
    let dataset = folder::load(set, from)?;
    let files = Files::of(from)?;
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |reason| DataError::Unwritable { path, reason }
    };
    fs::create_dir_all(to).map_err(unwritable(to))?;

    let mut sources = vec![(TRAIN_IMAGES, &files.train.0), (TRAIN_LABELS, &files.train.1)];
    if let Some((images, labels)) = &files.test {
        sources.extend([(TEST_IMAGES, images), (TEST_LABELS, labels)]);
    }
    let mut copies = Vec::new();
    for (name, source) in sources {
        copies.push(copy(name, source, to)?);
    }
    let mut kept = Vec::new();
    for (copy, path) in copies {
        copy.persist(&path).map_err(|error| DataError::Unwritable {
            path: path.clone(),
            reason: error.error,
        })?;
        kept.push(path);
    }
    // Files of the former set under another of the usual names would be taken for the new set's.
    for name in [TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS] {
        for path in folder::variants(name).map(|variant| to.join(variant)) {
            if !kept.contains(&path) && path.is_file() {
                fs::remove_file(&path).map_err(unwritable(&path))?;
            }
        }
    }
    Ok(Imported {
        folder: to.to_owned(),
        n_train: dataset.train.len(),
        n_test: dataset.test.len(),
        classes: dataset.classes,
    })
}

/// Copies one file to a temporary file in `to`; says which name it is to get.
fn copy(name: &str, source: &Path, to: &Path) -> Result<(NamedTempFile, PathBuf), DataError> {
    let unreadable = |reason| DataError::Unreadable {
        path: source.to_owned(),
        reason,
    };
    let unwritable = |reason| DataError::Unwritable {
        path: to.to_owned(),
        reason,
    };
    let bytes = fs::read(source).map_err(unreadable)?;
    // Named by what it is: a compressed file may have come without `.gz`.
    let (_, is_gzip) = unpacked(bytes.as_slice()).map_err(unreadable)?;
    let path = to.join(if is_gzip { format!("{name}.gz") } else { name.to_owned() });
    let mut copy = tempfile::Builder::new()
        .prefix(".import-")
        .tempfile_in(to)
        .map_err(unwritable)?;
    io::copy(&mut bytes.as_slice(), &mut copy).map_err(unwritable)?;
    copy.as_file().sync_all().map_err(unwritable)?;
    readable_by_all(&copy).map_err(unwritable)?;
    Ok((copy, path))
}

/// Temporary files are private; a data set need not be.
#[cfg(unix)]
fn readable_by_all(file: &NamedTempFile) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644))
}

/// Elsewhere, temporary files have the permissions of their folder.
#[cfg(not(unix))]
fn readable_by_all(_: &NamedTempFile) -> io::Result<()> {
    Ok(())
}
