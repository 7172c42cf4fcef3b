//! What is done about files on threads of their own, so that the window never waits for a disk.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender};

use crate::app::export::{RunFormat, ended};
use crate::run::{EXTENSION, Recording, RecordingError, Shelved, Verdict, bin, run_folders, shelved_runs};

/// Shortest time from one picture of how far something has come to the next.
const BETWEEN: Duration = Duration::from_millis(33);
/// Errands that can be under way or wait to be heard of.
const MOST: usize = 64;

/// What came of an errand.
pub enum Errand {
    /// The runs that there are.
    Listed(Vec<Shelved>),
    /// A run was renamed, annotated or binned, or was not.
    Changed(Result<(), RecordingError>),
    /// A run was gone through again, or could not be.
    Verified(PathBuf, Result<Verdict, RecordingError>),
    /// A run was written for other programs, or could not be.
    Exported(Result<PathBuf, RecordingError>),
    /// A file to open was picked.
    ToOpen(PathBuf),
    /// A file to write to was picked.
    ToSave(PathBuf),
    /// It could not even be begun.
    Fault(String),
}

/// A run that is being gone through again.
#[derive(Debug, Default)]
pub struct Verifying {
    /// Steps done.
    pub done: AtomicU64,
    /// Set to make it stop.
    pub stop: AtomicBool,
}

/// What came of an errand, with the number of the list if it is one.
type Done = (Option<u64>, Errand);

/// Sends threads on errands.
pub struct Errands {
    ctx: egui::Context,
    done_in: Sender<Done>,
    done: Receiver<Done>,
    /// Lists that were asked for so far, and the newest that was heard of: threads end in any order.
    asked: Cell<u64>,
    listed: Cell<u64>,
}

impl Errands {
    /// No errand yet.
    pub fn new(ctx: egui::Context) -> Self {
        let (done_in, done) = crossbeam_channel::bounded(MOST);
        Self {
            ctx,
            done_in,
            done,
            asked: Cell::default(),
            listed: Cell::default(),
        }
    }

    /// What came of an errand, once. A list that was asked for before one that is known is not told any more.
    pub fn done(&self) -> Option<Errand> {
        loop {
            let (list, errand) = self.done.try_recv().ok()?;
            if let Some(number) = list {
                if number < self.listed.get() {
                    continue;
                }
                self.listed.set(number);
            }
            return Some(errand);
        }
    }

    /// Does something on a thread; nothing is told where nothing came of it.
    fn send(&self, work: impl FnOnce() -> Option<Errand> + Send + 'static) {
        self.send_numbered(None, work);
    }

    /// The same for a list of this number.
    fn send_numbered(&self, number: Option<u64>, work: impl FnOnce() -> Option<Errand> + Send + 'static) {
        let (done, ctx) = (self.done_in.clone(), self.ctx.clone());
        let thread = std::thread::Builder::new().name("errand".to_owned()).spawn(move || {
            if let Some(errand) = work() {
                let _ = done.try_send((number, errand));
                ctx.request_repaint();
            }
        });
        if let Err(error) = thread {
            let fault = Errand::Fault(format!("No thread could be started: {error}."));
            let _ = self.done_in.try_send((None, fault));
        }
    }

    /// Looks what runs there are.
    pub fn list(&self) {
        self.list_by(|| shelved_runs(&run_folders()));
    }

    /// Looks in this way what runs there are.
    fn list_by(&self, look: impl FnOnce() -> Vec<Shelved> + Send + 'static) {
        self.asked.set(self.asked.get() + 1);
        self.send_numbered(Some(self.asked.get()), || Some(Errand::Listed(look())));
    }

    /// Gives a run another title.
    pub fn rename(&self, path: PathBuf, title: String) {
        self.send(move || {
            Some(Errand::Changed(Recording::annotate(&path, |manifest| {
                manifest.title = title;
            })))
        });
    }

    /// Goes through a run again and compares; how far it has come can be looked at meanwhile. Nothing is told if it was stopped.
    pub fn verify(&self, path: PathBuf) -> Arc<Verifying> {
        let verifying = Arc::new(Verifying::default());
        let (ctx, under_way) = (self.ctx.clone(), Arc::clone(&verifying));
        self.send(move || {
            let mut shown = Instant::now();
            let progress = |done| {
                under_way.done.store(done, Ordering::Relaxed);
                if shown.elapsed() > BETWEEN {
                    shown = Instant::now();
                    ctx.request_repaint();
                }
            };
            let verdict = match Recording::read(&path) {
                Ok(recording) => Ok(recording.verify(progress, &under_way.stop)?),
                Err(error) => Err(error),
            };
            Some(Errand::Verified(path, verdict))
        });
        verifying
    }

    /// Writes a run for other programs to a file that is asked for.
    pub fn export(&self, path: PathBuf, title: &str, format: RunFormat) {
        let ending = format.ending();
        let name = format!("{title}.{ending}");
        self.send(move || {
            let dialog = rfd::FileDialog::new().set_title("Export").add_filter(ending, &[ending]);
            let to = ended(dialog.set_file_name(name).save_file()?, ending);
            let outcome = Recording::read(&path).and_then(|recording| Ok(recording.export(&to)?));
            Some(Errand::Exported(outcome.map(|()| to)))
        });
    }

    /// Moves a run to the bin of the system.
    pub fn bin(&self, path: PathBuf) {
        self.send(move || Some(Errand::Changed(bin(&path))));
    }

    /// Asks for a run to open.
    pub fn ask_what_to_open(&self, folder: Option<PathBuf>) {
        self.send(move || {
            let picked = dialog(folder).set_title("Open a recorded run").pick_file();
            picked.map(Errand::ToOpen)
        });
    }

    /// Asks for a file to write to.
    pub fn ask_where_to_save(&self, folder: Option<PathBuf>, title: &str) {
        let name = format!("{title}.{EXTENSION}");
        self.send(move || {
            let dialog = dialog(folder).set_title("Save this run").set_file_name(name);
            let picked = dialog.save_file()?;
            // Without its ending it would not be found again.
            Some(Errand::ToSave(if crate::run::is_recording(&picked) {
                picked
            } else {
                PathBuf::from(format!("{}.{EXTENSION}", picked.display()))
            }))
        });
    }
}

/// A file dialog for recorded runs.
fn dialog(folder: Option<PathBuf>) -> rfd::FileDialog {
    let dialog = rfd::FileDialog::new().add_filter("Recorded runs", &[EXTENSION]);
    match folder.filter(|folder| folder.is_dir()) {
        Some(folder) => dialog.set_directory(folder),
        None => dialog,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an older list, of a disk that was slow, that takes the place of a newer one.
    #[test]
    fn an_older_list_does_not_replace_a_newer_one() {
        let errands = Errands::new(egui::Context::default());
        let (late, is_late) = crossbeam_channel::bounded::<()>(0);
        errands.list_by(move || {
            let _ = is_late.recv();
            shelved_runs(&[])
        });
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("new.somno"), "new").unwrap();
        let folders = [folder.path().to_owned()];
        errands.list_by(move || shelved_runs(&folders));
        let hear = || {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(30) {
                if let Some(errand) = errands.done() {
                    return Some(errand);
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            None
        };
        assert!(matches!(hear(), Some(Errand::Listed(runs)) if runs.len() == 1));
        drop(late);
        errands.send(|| Some(Errand::Fault("later".to_owned())));
        // Whichever of the two ends first, the old list is not among what is heard.
        std::thread::sleep(Duration::from_millis(200));
        assert!(matches!(hear(), Some(Errand::Fault(_))));
        assert!(errands.done().is_none());
    }
}
