//! Where the present night is kept safe while it goes on, and what a program that ended without being closed has left.
//!
//! Each running program has a folder of its own in the folder of all of them. It holds a lock file with the number of its
//! process and, once something was worth keeping, the night. The system takes the lock away when the program ends, however it
//! ends; so a folder that is there and not locked was left behind.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::recording::{EXTENSION, Manifest, Recording, RecordingError};

/// The file in a program's folder that is locked while it runs.
const LOCK: &str = "running";
/// The file that is locked while folders are made, looked at or removed, so that two programs that start do not take each
/// other's.
const GATE: &str = "gate";
/// Folders that are looked at.
const MOST: usize = 1000;

/// The folder in which nights are kept safe; `None` if there is no home folder.
pub fn safe_folder() -> Option<PathBuf> {
    let folders = directories::ProjectDirs::from("", "", "somnoscope")?;
    Some(folders.data_dir().join("unclosed"))
}

/// A running program's place for its night.
#[derive(Debug)]
pub struct Slot {
    root: PathBuf,
    folder: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Slot {
    /// Takes a place in a folder, which is made if it is not there.
    ///
    /// # Errors
    /// The operating system refuses to make the folder or to lock in it.
    pub fn claim(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let gate = gate(root)?;
        let process = std::process::id();
        let mut number = 0;
        let folder = loop {
            let folder = root.join(format!("{process}-{number}"));
            match fs::create_dir(&folder) {
                Ok(()) => break folder,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        };
        let lock = lock(&folder)?;
        drop(gate);
        Ok(Self {
            root: root.to_owned(),
            folder,
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Takes another place beside one.
    ///
    /// # Errors
    /// As [`Self::claim`].
    pub fn claim_beside(other: &Self) -> io::Result<Self> {
        Self::claim(&other.root)
    }

    /// The night in it is left for whoever goes on with it; the place stays locked as long as that is there.
    ///
    /// # Errors
    /// If there is no night that can be read.
    pub fn leave(&self) -> Result<Left, RecordingError> {
        let manifest = Recording::read_manifest(&self.path())?;
        Ok(Left {
            root: self.root.clone(),
            folder: self.folder.clone(),
            lock: Mutex::new(self.held().take()),
            manifest,
            written: Some(SystemTime::now()),
        })
    }

    /// The file that the night is written to.
    pub fn path(&self) -> PathBuf {
        night_in(&self.folder)
    }

    /// Makes sure that the folder is there and locked, whatever was removed underneath.
    ///
    /// # Errors
    /// The operating system refuses.
    pub fn stand(&self) -> io::Result<()> {
        if self.folder.join(LOCK).is_file() {
            return Ok(());
        }
        fs::create_dir_all(&self.folder)?;
        let _gate = gate(&self.root)?;
        *self.held() = Some(lock(&self.folder)?);
        Ok(())
    }

    /// The program ends as it should: nothing is left behind.
    pub fn release(&self) {
        let Ok(_gate) = gate(&self.root) else { return };
        remove(&self.folder, self.held().take());
    }

    /// The lock, whoever held it before.
    fn held(&self) -> std::sync::MutexGuard<'_, Option<File>> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A night that a program has left behind. As long as this is there, no other program takes it.
#[derive(Debug)]
pub struct Left {
    root: PathBuf,
    folder: PathBuf,
    lock: Mutex<Option<File>>,
    /// What a person can read of it.
    pub manifest: Manifest,
    /// When it was written last, where the system says.
    pub written: Option<SystemTime>,
}

impl Left {
    /// The file.
    pub fn path(&self) -> PathBuf {
        night_in(&self.folder)
    }

    /// It is not wanted any more.
    pub fn discard(&self) {
        let Ok(_gate) = gate(&self.root) else { return };
        let held = self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        remove(&self.folder, held);
    }
}

/// What programs that ended without being closed have left in a folder, the newest first. What cannot be read stays where it is
/// and is told of in the log; empty places are removed.
pub fn left_behind(root: &Path) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let Ok(_gate) = gate(root) else { return Vec::new() };
    let folders = entries.take(MOST).filter_map(|entry| Some(entry.ok()?.path()));
    let mut left: Vec<Left> = folders.filter_map(|folder| look_into(root, folder)).collect();
    left.sort_by_key(|left| std::cmp::Reverse(left.written));
    left
}

/// What is left in a program's folder, if that program runs no more.
fn look_into(root: &Path, folder: PathBuf) -> Option<Left> {
    if !folder.is_dir() {
        return None;
    }
    let lock = lock(&folder).ok()?;
    let path = night_in(&folder);
    if !path.exists() {
        remove(&folder, Some(lock));
        return None;
    }
    match Recording::read_manifest(&path) {
        Ok(manifest) => Some(Left {
            root: root.to_owned(),
            folder,
            lock: Mutex::new(Some(lock)),
            manifest,
            written: fs::metadata(&path).and_then(|found| found.modified()).ok(),
        }),
        Err(error) => {
            log::warn!("{error}");
            None
        }
    }
}

/// The night in a program's folder.
fn night_in(folder: &Path) -> PathBuf {
    folder.join(format!("night.{EXTENSION}"))
}

/// Keeps other programs out until it is dropped. Waits for them, who are done in a moment.
fn gate(root: &Path) -> io::Result<File> {
    let gate = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(root.join(GATE))?;
    gate.lock()?;
    Ok(gate)
}

/// Takes the lock of a program's folder.
fn lock(folder: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::Error(error) => error,
        TryLockError::WouldBlock => io::ErrorKind::WouldBlock.into(),
    })?;
    // For a person who looks; a disk that is full is no reason not to run.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// Removes a program's folder, which is locked by `held`.
fn remove(folder: &Path, held: Option<File>) {
    let _ = fs::remove_file(night_in(folder));
    // Some systems do not remove what is open.
    drop(held);
    if let Err(error) = fs::remove_dir_all(folder)
        && error.kind() != io::ErrorKind::NotFound
    {
        log::warn!("{} cannot be removed: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a program that takes the place of another one that runs, and empty places that pile up.
    #[test]
    fn places_of_running_programs_are_left_alone() {
        let root = tempfile::TempDir::new().unwrap();
        let first = Slot::claim(root.path()).unwrap();
        let second = Slot::claim(root.path()).unwrap();
        assert_ne!(first.path(), second.path());
        fs::write(second.path(), "no night at all").unwrap();
        assert!(left_behind(root.path()).is_empty());
        assert!(second.path().exists() && first.folder.is_dir());
        let (first_folder, second_folder) = (first.folder.clone(), second.folder.clone());
        drop((first, second));
        assert!(left_behind(root.path()).is_empty(), "neither holds a night");
        assert!(!first_folder.exists(), "an empty place goes");
        assert!(second_folder.exists(), "what cannot be read is not thrown away");
    }

    /// Catches a place that is lost when somebody clears the folder, and one that stays after a clean end.
    #[test]
    fn a_place_that_was_removed_is_made_again() {
        let root = tempfile::TempDir::new().unwrap();
        let slot = Slot::claim(root.path()).unwrap();
        fs::remove_dir_all(root.path()).unwrap();
        slot.stand().unwrap();
        fs::write(slot.path(), "a night").unwrap();
        assert!(
            left_behind(root.path()).is_empty() && slot.path().exists(),
            "it is locked again"
        );
        slot.release();
        assert!(!slot.folder.exists());
    }
}
