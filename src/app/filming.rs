//! A span of the night, drawn on the side while the run goes on: the run is written to a file of its own, and that is opened and
//! drawn on a thread, in the layout and the looks of the window.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};
use egui::{Context, ProgressBar, RichText, Ui};
use tempfile::TempDir;

use super::SomnoscopeApp;
use super::action::UiAction;
use super::export::{FilmFormat, Wish};
use super::layout::Layout;
use super::looks::{Look, Looks};
use super::notice::line_ui;
use super::offscreen::film::Reel;
use super::offscreen::{Offscreen, View};
use super::selection::Selection;
use super::settings::sentence;
use super::text::{counted, grouped};
use super::theme::Tokens;
use super::widgets::{Emphasis, Icon, ToolButton};
use crate::run::EXTENSION;
use crate::worker::Command;

/// Pictures that a span is drawn in at most: of a longer one, only every so many steps are.
const MOST: u64 = 300;
/// Pictures a second.
const FPS: u32 = 12;
/// Largest side of a picture in pixels.
const LARGEST: f32 = 2048.0;

/// The span that is being drawn.
pub struct Filming {
    ctx: Context,
    under_way: Option<UnderWay>,
}

/// A span on its way.
struct UnderWay {
    /// Until the run is written.
    film: Option<Film>,
    total: u64,
    /// Steps from one picture to the next.
    every: u64,
    done: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    outcome: Option<Receiver<Result<Option<PathBuf>, String>>>,
    thread: Option<JoinHandle<()>>,
}

/// What is to be drawn, and where to.
struct Film {
    /// Holds the run as it was when this began, until it is drawn.
    folder: TempDir,
    steps: Vec<u64>,
    out: PathBuf,
    reel: Reel,
    view: View,
    layout: Layout,
    selection: Selection,
}

impl Filming {
    /// Nothing is drawn. The thread wakes this context.
    pub fn new(ctx: Context) -> Self {
        Self { ctx, under_way: None }
    }

    /// Whether a span is being drawn.
    pub fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Draws no further. It is over once the run that is being written is there, or once the thread has heard of it: the folder
    /// must stay as long as somebody writes into it.
    pub fn stop(&self) {
        if let Some(under_way) = &self.under_way {
            under_way.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was stopped.
    fn is_stopped(&self) -> bool {
        let is_stopped = |under_way: &UnderWay| under_way.stop.load(Ordering::Relaxed);
        self.under_way.as_ref().is_some_and(is_stopped)
    }

    /// Whether the run is still being written.
    fn is_waiting(&self) -> bool {
        let is_waiting = |under_way: &UnderWay| under_way.film.is_some();
        self.under_way.as_ref().is_some_and(is_waiting)
    }

    /// The run was written: it is opened and drawn.
    fn open(&mut self) -> Result<(), String> {
        let Some(under_way) = self.under_way.as_mut() else {
            return Ok(());
        };
        let Some(film) = under_way.film.take() else {
            return Ok(());
        };
        let (sender, outcome) = bounded(1);
        let (done, stop, ctx) = (
            Arc::clone(&under_way.done),
            Arc::clone(&under_way.stop),
            self.ctx.clone(),
        );
        let thread = std::thread::Builder::new().name("film".to_owned()).spawn(move || {
            let told = draw(film, |so_far| {
                done.store(so_far, Ordering::Relaxed);
                ctx.request_repaint();
                !stop.load(Ordering::Relaxed)
            });
            let _ = sender.send(told);
            ctx.request_repaint();
        });
        under_way.thread = Some(thread.map_err(|error| format!("no thread could be started: {error}"))?);
        under_way.outcome = Some(outcome);
        Ok(())
    }

    /// What came of it, once; `None` in it if it was stopped.
    fn finished(&mut self) -> Option<Result<Option<PathBuf>, String>> {
        let outcome = self.under_way.as_ref()?.outcome.as_ref()?.try_recv().ok()?;
        self.under_way = None;
        Some(outcome)
    }
}

impl Drop for Filming {
    fn drop(&mut self) {
        self.stop();
        // What is half written goes before the program does.
        if let Some(thread) = self.under_way.as_mut().and_then(|under_way| under_way.thread.take()) {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}

/// Opens a run and draws it. The file or folder; `None` if it was stopped.
fn draw(film: Film, tell: impl FnMut(u64) -> bool) -> Result<Option<PathBuf>, String> {
    let mut offscreen = Offscreen::open(&run_in(&film.folder), &film.view)?;
    // All of it is in memory now.
    drop(film.folder);
    offscreen.dress(film.layout, film.selection);
    let is_whole = offscreen
        .film(&film.steps, &film.out, film.reel, tell)
        .map_err(super::offscreen::film::FilmFault::words)?;
    Ok(is_whole.then_some(film.out))
}

/// The run in its folder.
fn run_in(folder: &TempDir) -> PathBuf {
    folder.path().join(format!("run.{EXTENSION}"))
}

/// The moments of a span that are drawn, and the steps from one to the next.
fn moments(span: &std::ops::Range<u64>) -> (Vec<u64>, u64) {
    let every = (span.end - span.start).div_ceil(MOST).max(1);
    ((span.start + 1..=span.end).step_by(every as usize).collect(), every)
}

impl SomnoscopeApp {
    /// Begins to draw the selected span: the run is written first, as it is now.
    pub(super) fn begin_filming(&mut self, format: FilmFormat, out: PathBuf) {
        let Some(span) = self.selection.span() else { return };
        let folder = match tempfile::Builder::new().prefix(".somnoscope-").tempdir() {
            Ok(folder) => folder,
            Err(error) => {
                self.complaint = Some(format!(
                    "The span cannot be drawn: no folder for its run can be made: {error}."
                ));
                return;
            }
        };
        let ctx = &self.filming.ctx;
        let look = match ctx.theme() {
            egui::Theme::Dark => Look::Dark,
            egui::Theme::Light if self.looks.look == Look::Projector => Look::Projector,
            egui::Theme::Light => Look::Light,
        };
        let pixels = ctx.content_rect().size() * ctx.pixels_per_point();
        let looks = Looks { look, ..self.looks };
        let native = ctx.pixels_per_point() / looks.zoom();
        let (steps, every) = moments(&span);
        let path = run_in(&folder);
        self.filming.under_way = Some(UnderWay {
            total: steps.len() as u64,
            every,
            done: Arc::default(),
            stop: Arc::default(),
            outcome: None,
            thread: None,
            film: Some(Film {
                folder,
                steps,
                out,
                reel: match format {
                    FilmFormat::Gif => Reel::Gif(FPS),
                    FilmFormat::Pictures => Reel::Pictures,
                },
                view: View::of_window(looks, pixels.into(), native, LARGEST),
                layout: self.layout.clone(),
                selection: self.selection.clone(),
            }),
        });
        let notes = Box::new(self.runs.notes().clone());
        self.source.send(Command::Copy { path, notes });
    }

    /// Goes on with what is being drawn.
    pub(super) fn go_on_filming(&mut self) {
        let copied = self.session.take_copied();
        if copied.is_some() && self.filming.is_stopped() && self.filming.is_waiting() {
            self.filming.under_way = None;
        } else if let Some(outcome) = copied.filter(|_| self.filming.is_under_way())
            && let Err(fault) = outcome.and_then(|_| self.filming.open())
        {
            self.filming.under_way = None;
            self.complaint = Some(sentence(&fault));
        }
        match self.filming.finished() {
            Some(Ok(Some(path))) => self.exports.note(path),
            Some(Err(fault)) => self.complaint = Some(sentence(&fault)),
            Some(Ok(None)) | None => {}
        }
    }

    /// How far it is, and the way to stop it. `false` if nothing is drawn.
    pub(super) fn filming_ui(&mut self, ui: &Ui) -> bool {
        let Some(under_way) = &self.filming.under_way else {
            return false;
        };
        if self.exports.is_photographing() {
            return false;
        }
        let (done, total, every) = (under_way.done.load(Ordering::Relaxed), under_way.total, under_way.every);
        let stops = under_way.stop.load(Ordering::Relaxed);
        let each = if every > 1 {
            format!(", one every {}", counted(every, "step"))
        } else {
            String::new()
        };
        let text = if stops {
            "Cancelling …".to_owned()
        } else {
            format!(
                "Drawing the span: {} of {}{each}",
                grouped(done),
                counted(total, "picture")
            )
        };
        let mut is_stopped = false;
        line_ui(ui, |ui| {
            ui.label(RichText::new(&text).color(Tokens::of(ui).text_strong));
            let bar = ProgressBar::new(done as f32 / total.max(1) as f32);
            ui.add(bar.desired_width(160.0).desired_height(6.0).fill(Tokens::of(ui).accent));
            let cancel = ToolButton::new(Icon::Close, "Cancel").emphasis(Emphasis::Plain);
            let help = "Draw no further: no animation is written, and of a folder the pictures that are there stay";
            is_stopped = ui.add_enabled(!stops, cancel).on_hover_text(help).clicked();
        });
        if is_stopped {
            self.actions.push(UiAction::Export(Wish::StopSpan));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a span drawn without its first or last step, and one that takes hours.
    #[test]
    fn a_span_is_drawn_in_so_many_pictures() {
        assert_eq!(moments(&(10..13)), (vec![11, 12, 13], 1));
        assert_eq!(moments(&(7..8)), (vec![8], 1));
        let (steps, every) = moments(&(0..20_000));
        assert_eq!((steps.len(), every, steps[1]), (299, 67, 68));
    }
}
