//! What must not stop the window: dialogs, pictures and downloads, each on a thread of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::{Receiver, bounded};

use super::text::percent;
use crate::data::fetch::{self, FetchError, Mirrors, Progress, State};
use crate::data::picture::{Ink, PictureError};
use crate::data::{Set, user_folder};
use crate::run::EXTENSION;

/// The threads beside the window.
pub struct Tasks {
    ctx: egui::Context,
    dialog: Option<(Wanted, Receiver<Option<PathBuf>>)>,
    picture: Option<Receiver<Result<Ink, PictureError>>>,
    download: Option<Download>,
    /// A fault to tell that came before any thread was started.
    fault: Option<String>,
}

/// What a dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A folder with images.
    Folder,
    /// A PNG.
    Picture,
    /// A recorded run to compare with.
    Lane,
    /// A folder with results of an experiment.
    Results,
    /// A folder with the full sets that trials learn from.
    TrialImages,
}

/// A download that is going on.
struct Download {
    set: Set,
    stop: Arc<AtomicBool>,
    progress: Arc<Mutex<String>>,
    outcome: Receiver<Result<(), FetchError>>,
}

impl Tasks {
    /// Nothing to do. Threads wake this context when they have something to tell.
    pub fn new(ctx: egui::Context) -> Self {
        Self {
            ctx,
            dialog: None,
            picture: None,
            download: None,
            fault: None,
        }
    }

    /// Asks for a folder or a file. One dialog at a time.
    pub fn pick(&mut self, wanted: Wanted) {
        if self.dialog.is_some() {
            return;
        }
        let (sender, receiver) = bounded(1);
        let ctx = self.ctx.clone();
        let thread = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            let dialog = rfd::FileDialog::new();
            let picked = match wanted {
                Wanted::Folder => dialog.set_title("Folder with IDX files").pick_folder(),
                Wanted::Picture => dialog
                    .set_title("Picture to probe the network with")
                    .add_filter("PNG", &["png", "PNG"])
                    .pick_file(),
                Wanted::Lane => dialog
                    .set_title("Saved run to compare with")
                    .add_filter("Saved run", &[EXTENSION])
                    .pick_file(),
                Wanted::Results => dialog.set_title("Folder with results of an experiment").pick_folder(),
                Wanted::TrialImages => dialog.set_title("Folder with the full sets").pick_folder(),
            };
            let _ = sender.send(picked);
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => self.dialog = Some((wanted, receiver)),
            Err(error) => self.fault = Some(format!("the dialog could not be opened: {error}")),
        }
    }

    /// What was picked, once.
    pub fn picked(&mut self) -> Option<(Wanted, PathBuf)> {
        let (wanted, dialog) = self.dialog.as_ref()?;
        let (wanted, picked) = (*wanted, dialog.try_recv().ok()?);
        self.dialog = None;
        picked.map(|path| (wanted, path))
    }

    /// Reads a PNG. The last one asked for counts.
    pub fn read_picture(&mut self, path: PathBuf) {
        let (sender, receiver) = bounded(1);
        let ctx = self.ctx.clone();
        let thread = std::thread::Builder::new().name("picture".to_owned()).spawn(move || {
            let _ = sender.send(Ink::read_png(&path));
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => self.picture = Some(receiver),
            Err(error) => self.fault = Some(format!("the picture could not be read: {error}")),
        }
    }

    /// The picture that was read, or what is wrong with it; once.
    pub fn finished_picture(&mut self) -> Option<Result<Ink, String>> {
        let outcome = self.picture.as_ref()?.try_recv().ok()?;
        self.picture = None;
        Some(outcome.map_err(|error| error.to_string()))
    }

    /// Downloads a full set into the person's data folder. One download at a time.
    pub fn download(&mut self, set: Set) {
        if self.download.is_some() {
            return;
        }
        let Some(folder) = user_folder(set) else {
            self.fault = Some("there is no home folder to download into: choose a folder instead".to_owned());
            return;
        };
        let (sender, outcome) = bounded(1);
        let (stop, progress) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(Mutex::new("connecting".to_owned())),
        );
        let (ctx, told, stopped) = (self.ctx.clone(), Arc::clone(&progress), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("download".to_owned()).spawn(move || {
            let mut tell = |progress: Progress| {
                *told.lock().unwrap_or_else(PoisonError::into_inner) = told_as(&progress);
                ctx.request_repaint();
            };
            let result = fetch::fetch(set, &folder, &Mirrors::public(set), &mut tell, &stopped);
            let _ = sender.send(result);
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => {
                self.download = Some(Download {
                    set,
                    stop,
                    progress,
                    outcome,
                });
            }
            Err(error) => self.fault = Some(format!("the download could not be started: {error}")),
        }
    }

    /// Stops the download.
    pub fn stop_download(&self) {
        if let Some(download) = &self.download {
            download.stop.store(true, Ordering::Relaxed);
        }
    }

    /// How far the download is, in a few words.
    pub fn download_progress(&self) -> Option<String> {
        let progress = &self.download.as_ref()?.progress;
        Some(progress.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The set that was downloaded, or what went wrong; once. A download that was stopped is neither.
    pub fn finished_download(&mut self) -> Option<Result<Set, String>> {
        if let Some(fault) = self.fault.take() {
            return Some(Err(fault));
        }
        let download = self.download.as_ref()?;
        let outcome = download.outcome.try_recv().ok()?;
        let set = download.set;
        self.download = None;
        match outcome {
            Ok(()) => Some(Ok(set)),
            Err(FetchError::Stopped) => None,
            Err(error) => Some(Err(error.to_string())),
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.stop_download();
    }
}

/// Progress in a few words.
fn told_as(progress: &Progress) -> String {
    let share = progress.bytes_done as f64 / progress.bytes_total.max(1) as f64;
    let file = format!("file {} of {}", progress.index + 1, progress.n_files);
    match &progress.state {
        State::Connecting => format!("{file}: connecting"),
        State::Checking => format!("{file}: checking"),
        State::Present | State::Complete => format!("{file}: here"),
        State::Receiving => format!("{file}: {} %", percent(share.min(1.0))),
        State::MirrorFailed(reason) => format!("{file}: {reason}; trying on"),
    }
}
