//! The folders that recorded runs are kept in: what is there, a name for one more, and what a person may do with one.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::recording::{EXTENSION, Glance, Manifest, Recording, RecordingError};

/// The folder beside the program that recorded runs are shipped in and kept in, if it is there.
const BESIDE: &str = "saved_runs";
/// Files of a folder that are looked at.
const MOST: usize = 10_000;

/// A recorded run in a folder.
#[derive(Debug)]
pub struct Shelved {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was written last, where the system says.
    pub written: Option<SystemTime>,
    /// What a person can read of it, or why not.
    pub manifest: Result<Manifest, RecordingError>,
    /// Its night at a glance, where it can be read.
    pub glance: Option<Glance>,
    /// Whether it came with the program.
    pub is_example: bool,
}

/// The folder of a person's own runs; `None` if there is no home folder.
pub fn user_runs_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "somnoscope")?;
    Some(folders.data_dir().join("runs"))
}

/// The folders that are looked at: the person's own, and `saved_runs` where the program was started, if it is there.
pub fn run_folders() -> Vec<PathBuf> {
    let beside = PathBuf::from(BESIDE);
    let beside = beside.is_dir().then_some(beside);
    user_runs_folder().into_iter().chain(beside).collect()
}

/// The recorded runs in some folders, the newest first. A folder that is not there holds none.
pub fn shelved_runs(folders: &[PathBuf]) -> Vec<Shelved> {
    let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok());
    let files = entries.flat_map(|entries| entries.take(MOST).filter_map(Result::ok));
    let mut runs: Vec<Shelved> = files
        .filter(|file| is_recording(&file.path()))
        .map(|file| {
            let (path, found) = (file.path(), file.metadata().ok());
            let (manifest, glance) = match Recording::read_glance(&path) {
                Ok((manifest, glance)) => (Ok(manifest), glance),
                Err(error) => (Err(error), None),
            };
            Shelved {
                bytes: found.as_ref().map_or(0, fs::Metadata::len),
                written: found.and_then(|found| found.modified().ok()),
                is_example: is_example(&path),
                manifest,
                glance,
                path,
            }
        })
        .collect();
    runs.sort_by(|a, b| b.written.cmp(&a.written).then_with(|| a.path.cmp(&b.path)));
    runs
}

/// Whether a run came with the program: it stays as it came.
pub fn is_example(path: &Path) -> bool {
    let beside = fs::canonicalize(BESIDE).ok();
    let folder = path.parent().and_then(|folder| fs::canonicalize(folder).ok());
    path.starts_with(BESIDE) || (folder.is_some() && folder == beside)
}

/// Whether a file is a recorded run by its name.
pub fn is_recording(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(EXTENSION))
}

/// A place in a folder for a run of this title that no file has yet.
pub fn free_place(folder: &Path, title: &str) -> PathBuf {
    let plain = |letter: char| if letter.is_alphanumeric() { letter } else { ' ' };
    let words: String = title.to_lowercase().chars().take(60).map(plain).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let name = if words.is_empty() {
        "night".to_owned()
    } else {
        words.join("_")
    };
    let numbered = |number: u32| match number {
        1 => folder.join(format!("{name}.{EXTENSION}")),
        number => folder.join(format!("{name}_{number}.{EXTENSION}")),
    };
    let mut number = 1;
    while numbered(number).exists() {
        number += 1;
    }
    numbered(number)
}

/// Moves a recorded run to the bin of the system, where there is one.
///
/// # Errors
/// [`RecordingError::NotBinned`] if there is none or it does not take the file; the file is then where it was.
pub fn bin(path: &Path) -> Result<(), RecordingError> {
    trash::delete(path).map_err(|error| RecordingError::NotBinned {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a name that replaces another run, leaves the folder, or is empty.
    #[test]
    fn a_free_place_is_free_and_in_the_folder() {
        let folder = tempfile::TempDir::new().unwrap();
        let place = |title: &str| free_place(folder.path(), title);
        assert_eq!(place("One per cent"), folder.path().join("one_per_cent.somno"));
        assert_eq!(place("../../etc/Passwd"), folder.path().join("etc_passwd.somno"));
        assert_eq!(place(" … "), folder.path().join("night.somno"));
        assert!(place(&"a".repeat(400)).file_name().unwrap().len() < 80);
        fs::write(place("Night"), "taken").unwrap();
        assert_eq!(place("Night"), folder.path().join("night_2.somno"));
    }

    /// Catches a list that ends at the first file that cannot be read, or that takes other files for runs.
    #[test]
    fn a_broken_run_is_listed_as_broken() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::write(folder.path().join("broken.somno"), "nothing").unwrap();
        fs::write(folder.path().join("other.txt"), "nothing").unwrap();
        let runs = shelved_runs(&[folder.path().join("missing"), folder.path().to_owned()]);
        assert_eq!(runs.len(), 1);
        assert!(runs[0].manifest.is_err() && runs[0].bytes == 7 && runs[0].written.is_some());
    }
}
