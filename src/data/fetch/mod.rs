//! Downloading the full sets from public mirrors: resumed when cut, checked before kept, stopped when asked.
//!
//! Each file arrives as `<name>.gz.part` and gets its name only after the SHA-256 of its uncompressed bytes was right. A
//! broken download is continued, by the same mirror or the next.

mod transfer;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::folder::locate;
use super::published;
pub use super::published::{Published, files as published_files};
use super::set::Set;
use transfer::{Fault, Transfer, is_intact};

/// How often the same mirror is asked for the same file, as long as each time something new arrives.
const MAX_TRIES: usize = 6;
/// How long a mirror may be silent before the next one is asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where to download from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mirrors {
    /// The addresses that hold the `.gz` files, each ending with a slash, the first choice first.
    pub urls: Vec<String>,
    /// How long a mirror may be silent before it counts as failed.
    pub patience: Duration,
}

impl Mirrors {
    /// The public mirrors of a set, with a patience of 20 seconds.
    pub fn public(set: Set) -> Self {
        Self {
            urls: published::mirrors(set).iter().map(|&url| url.to_owned()).collect(),
            patience: PATIENCE,
        }
    }
}

/// How far a download is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The file's name, without `.gz`.
    pub file: String,
    /// Which file of the set it is, counted from 0.
    pub index: usize,
    /// How many files the set has.
    pub n_files: usize,
    /// The address that is being asked; empty if none had to be.
    pub mirror: String,
    /// How many bytes of the compressed file are here.
    pub bytes_done: u64,
    /// How many it will be: what the mirror says, or else what is usual.
    pub bytes_total: u64,
    /// What is going on.
    pub state: State,
}

/// What is going on with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// A complete, correct file was already there.
    Present,
    /// A mirror has been asked.
    Connecting,
    /// Bytes are arriving.
    Receiving,
    /// All bytes are here, and their SHA-256 is being worked out.
    Checking,
    /// The file is complete, correct and has its name.
    Complete,
    /// The mirror failed, for this reason; it is asked again or the next one is.
    MirrorFailed(String),
}

/// Why a set could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Own images are offered by nobody.
    #[error("{set} cannot be downloaded: only MNIST and Fashion-MNIST are published.")]
    NotPublished {
        /// The set asked for.
        set: Set,
    },
    /// The download was stopped on request.
    #[error("the download was stopped: start it again to continue where it was.")]
    Stopped,
    /// Every mirror failed.
    #[error("{file} could not be downloaded ({reasons}): check the connection and try again.")]
    AllMirrorsFailed {
        /// The file's name.
        file: String,
        /// Each mirror and what was wrong with it.
        reasons: String,
    },
    /// The operating system refused to write.
    #[error("{} cannot be written ({reason}): check that you may write there and that the disk has room.", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
}

/// Downloads the four files of a published set into `folder`, which is made if need be; correct files are kept.
///
/// Calls `progress` a few times a second and at each change of state. Ends within about a second after `stop` becomes
/// true; what has arrived is kept for the next time.
///
/// # Errors
/// One sentence with the file and what each mirror did wrong, or that the download was stopped.
pub fn fetch(
    set: Set,
    folder: &Path,
    mirrors: &Mirrors,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<(), FetchError> {
    let wanted = published_files(set);
    if wanted.is_empty() {
        return Err(FetchError::NotPublished { set });
    }
    fetch_files(&wanted, folder, mirrors, progress, stop)
}

/// Downloads the `wanted` files, as [`fetch`] does.
///
/// # Errors
/// As [`fetch`].
pub fn fetch_files(
    wanted: &[Published],
    folder: &Path,
    mirrors: &Mirrors,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<(), FetchError> {
    fs::create_dir_all(folder).map_err(|reason| FetchError::Unwritable {
        path: folder.to_owned(),
        reason,
    })?;
    for (index, file) in wanted.iter().enumerate() {
        let mut now = Progress {
            file: file.name.clone(),
            index,
            n_files: wanted.len(),
            mirror: String::new(),
            bytes_done: 0,
            bytes_total: file.gzip_bytes,
            state: State::Connecting,
        };
        if let Some(path) = locate(folder, &file.name)
            && is_intact(&path, file)
        {
            let length = path.metadata().map_or(0, |found| found.len());
            progress(Progress {
                bytes_done: length,
                bytes_total: length,
                state: State::Present,
                ..now
            });
            continue;
        }
        fetch_one(file, folder, mirrors, &mut now, progress, stop)?;
        progress(Progress {
            state: State::Complete,
            ..now
        });
    }
    Ok(())
}

/// Downloads one file: asks one mirror after the other, and the same again while that helps.
fn fetch_one(
    file: &Published,
    folder: &Path,
    mirrors: &Mirrors,
    now: &mut Progress,
    progress: &mut dyn FnMut(Progress),
    stop: &AtomicBool,
) -> Result<(), FetchError> {
    let final_path = folder.join(format!("{}.gz", file.name));
    let part = folder.join(format!("{}.gz.part", file.name));
    let mut reasons = Vec::new();
    for mirror in &mirrors.urls {
        now.mirror.clone_from(mirror);
        for n_tries in 1..=MAX_TRIES {
            if stop.load(Ordering::Relaxed) {
                return Err(FetchError::Stopped);
            }
            let before = part.metadata().map_or(0, |found| found.len());
            let mut transfer = Transfer {
                file,
                part: &part,
                patience: mirrors.patience,
                now,
                progress,
                stop,
            };
            let fault = match transfer.run(mirror) {
                Ok(()) => {
                    return fs::rename(&part, &final_path).map_err(|reason| FetchError::Unwritable {
                        path: final_path,
                        reason,
                    });
                }
                Err(Fault::Stopped) => return Err(FetchError::Stopped),
                Err(Fault::Disk(reason)) => return Err(FetchError::Unwritable { path: part, reason }),
                Err(fault) => fault,
            };
            now.state = State::MirrorFailed(fault.to_string());
            progress(now.clone());
            let after = part.metadata().map_or(0, |found| found.len());
            // Worth another try: some more has arrived, or the fault may lie in what was here before.
            let again = match &fault {
                Fault::Cut(_) => after > before,
                Fault::WrongBytes | Fault::RangeRefused => before > 0,
                _ => false,
            };
            if !again || n_tries == MAX_TRIES {
                reasons.push(format!("{mirror} {fault}"));
                break;
            }
        }
    }
    Err(FetchError::AllMirrorsFailed {
        file: file.name.clone(),
        reasons: reasons.join("; "),
    })
}
