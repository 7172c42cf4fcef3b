//! What is done about files on threads of their own, so that the window never waits for a disk.

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

/// Sends threads on errands.
pub struct Errands {
    ctx: egui::Context,
    done_in: Sender<Errand>,
    done: Receiver<Errand>,
}

impl Errands {
    /// No errand yet.
    pub fn new(ctx: egui::Context) -> Self {
        let (done_in, done) = crossbeam_channel::bounded(MOST);
        Self { ctx, done_in, done }
    }

    /// What came of an errand, once.
    pub fn done(&self) -> Option<Errand> {
        self.done.try_recv().ok()
    }

    /// Does something on a thread; nothing is told where nothing came of it.
    fn send(&self, work: impl FnOnce() -> Option<Errand> + Send + 'static) {
        let (done, ctx) = (self.done_in.clone(), self.ctx.clone());
        let thread = std::thread::Builder::new().name("errand".to_owned()).spawn(move || {
            if let Some(errand) = work() {
                let _ = done.try_send(errand);
                ctx.request_repaint();
            }
        });
        if let Err(error) = thread {
            let _ = self
                .done_in
                .try_send(Errand::Fault(format!("No thread could be started: {error}.")));
        }
    }

    /// Looks what runs there are.
    pub fn list(&self) {
        self.send(|| Some(Errand::Listed(shelved_runs(&run_folders()))));
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
