//! Files that are written whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

/// A file that is complete and on the disk, but has not got its name yet. Dropped, it is gone.
#[derive(Debug)]
pub struct Pending {
    file: NamedTempFile,
    path: PathBuf,
}

/// The files of RON in a folder, none if there is no such folder. What a killed writer left under a temporary name is none of them.
pub fn ron_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "ron") {
            files.push(path);
        }
    }
    Ok(files)
}

/// Writes a file beside its place-to-be, under a temporary name.
pub fn prepare(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&std::fs::File>) -> io::Result<()>,
) -> io::Result<Pending> {
    let folder = folder_of(path);
    if !folder.is_dir() {
        let text = format!("there is no folder {} to write to; make it first", folder.display());
        return Err(io::Error::new(io::ErrorKind::NotFound, text));
    }
    let file = create(folder).map_err(without_path)?;
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    Ok(Pending {
        file,
        path: path.to_owned(),
    })
}

/// Writes a file under a temporary name and then gives it its own, replacing what stood there.
///
/// # Errors
/// If the operating system refuses; what stood there is then as it was.
pub fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&std::fs::File>) -> io::Result<()>,
) -> io::Result<()> {
    prepare(path, write).and_then(Pending::place)
}

impl Pending {
    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name, replacing what stood there.
    pub fn place(self) -> io::Result<()> {
        self.file.persist(&self.path).map(drop).map_err(|error| error.error)
    }
}

/// The folder of a file; the current one for a bare name.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// What the system said, without the temporary name, which nobody knows and which is not there any more.
fn without_path(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((reason, _)) => io::Error::new(error.kind(), reason),
        None => error,
    }
}

/// How a file is called while it is being written.
const TEMPORARY: &str = ".somnoscope-";

/// Removes files that were never finished: those of this program that nobody has written to for so long, in some folders. They are
/// left where a program was killed while it wrote. What cannot be removed stays.
pub fn remove_unfinished(folders: &[PathBuf], age: Duration) {
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok());
    for entry in entries.flatten().filter_map(Result::ok) {
        let is_ours = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        let written = entry.metadata().ok().filter(std::fs::Metadata::is_file);
        let written = written.and_then(|found| found.modified().ok()?.elapsed().ok());
        if is_ours
            && written.is_some_and(|since| since >= age)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            log::warn!("{} cannot be removed: {error}", entry.path().display());
        }
    }
}

/// A temporary file that, unlike those for secrets, everybody may read whom the account lets.
#[cfg(unix)]
fn create(folder: &Path) -> io::Result<NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    tempfile::Builder::new()
        .prefix(TEMPORARY)
        .permissions(std::fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

/// Elsewhere, files have the permissions of their folder.
#[cfg(not(unix))]
fn create(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a sentence about a temporary name that nobody knows, and one that does not say what to do.
    #[test]
    fn a_place_that_takes_no_file_is_named_itself() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("missing").join("night.npz");
        let text = prepare(&path, |_| Ok(())).unwrap_err().to_string();
        assert!(text.contains("missing to write to; make it first"), "{text}");
        let inner = tempfile::Builder::new().tempfile_in(folder.path().join("missing"));
        let error = inner.unwrap_err();
        assert!(
            error.to_string().contains("missing"),
            "the name is there to be left out"
        );
        let text = without_path(error).to_string();
        assert!(!text.contains("missing") && text.contains("os error"), "{text}");
    }

    /// Catches a file that is being written or is not ours and is swept away, and leftovers that pile up.
    #[test]
    fn only_old_files_of_ours_are_swept_away() {
        let folder = tempfile::TempDir::new().unwrap();
        let names = [".somnoscope-Ab12", "night.somno", ".other-Ab12"];
        for name in names {
            std::fs::write(folder.path().join(name), "half a night").unwrap();
        }
        let there = || names.map(|name| folder.path().join(name).exists());
        let folders = [folder.path().join("missing"), folder.path().to_owned()];
        remove_unfinished(&folders, Duration::from_hours(1));
        assert_eq!(there(), [true, true, true], "somebody may be writing them");
        remove_unfinished(&folders, Duration::ZERO);
        assert_eq!(there(), [false, true, true]);
    }
}
