//! Opening the window, with another renderer if the first one does not work here.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use eframe::Renderer;

use super::SomnoscopeApp;
use crate::experiment::Recipe;
use crate::run::{remove_unfinished, run_folders, safe_folder};
use crate::worker::Worker;

/// The size at first start.
const SIZE: [f32; 2] = [1440.0, 900.0];
/// Nothing is cut off at this size.
const SMALLEST: [f32; 2] = [1024.0, 640.0];

/// Half-written files that nobody has written to for so long were left by a program that was killed.
const STALE: Duration = Duration::from_hours(1);

/// Opens the window on a recipe, or on a recorded run, and returns when it is closed.
///
/// `renderer` is tried first, OpenGL if it is `None`; if it fails, the other one is tried.
///
/// # Errors
/// One sentence: there is no display, or neither renderer works.
pub fn open_window(renderer: Option<Renderer>, recipe: &Recipe, run: Option<&Path>) -> Result<(), anyhow::Error> {
    let first = renderer.unwrap_or(Renderer::Glow);
    let second = if first == Renderer::Glow {
        Renderer::Wgpu
    } else {
        Renderer::Glow
    };
    let error = match try_with(first, recipe, run) {
        Ok(()) => return Ok(()),
        Err(Fault::NoDisplay) => return Err(no_display()),
        Err(Fault::Other(error)) => error,
    };
    log::warn!("{first} does not work here ({error}), trying {second}");
    try_with(second, recipe, run).map_err(|fault| match fault {
        Fault::NoDisplay => no_display(),
        Fault::Other(other) => anyhow!("the window could not be opened: {first}: {error}; {second}: {other}"),
    })
}

/// Why a renderer opened no window.
enum Fault {
    /// There is nothing to open it on; another renderer would not help.
    NoDisplay,
    /// Anything else, in a sentence.
    Other(String),
}

/// Opens the window with one renderer.
fn try_with(renderer: Renderer, recipe: &Recipe, run: Option<&Path>) -> Result<(), Fault> {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Somnoscope")
        .with_app_id("somnoscope")
        .with_inner_size(SIZE)
        .with_min_inner_size(SMALLEST);
    let options = eframe::NativeOptions {
        viewport,
        renderer,
        ..eframe::NativeOptions::default()
    };
    let (recipe, run) = (recipe.clone(), run.map(Path::to_owned));
    let outcome = eframe::run_native(
        "Somnoscope",
        options,
        Box::new(move |creation| {
            let ctx = creation.egui_ctx.clone();
            let worker = Worker::spawn(move || ctx.request_repaint()).context("the worker could not be started")?;
            let mut app = SomnoscopeApp::new(creation, Box::new(worker), recipe);
            // Nobody waits for a disk: what was left there is only in the way.
            let aside = std::thread::Builder::new().name("unfinished files".to_owned());
            if let Err(error) = aside.spawn(|| remove_unfinished(&run_folders(), STALE)) {
                log::warn!("no thread could be started: {error}");
            }
            if let Some(root) = safe_folder() {
                app.keep_nights_in(&root);
            }
            if let Some(run) = run {
                app.open_run(run);
            }
            Ok(Box::new(app))
        }),
    );
    outcome.map_err(|error| match error {
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => Fault::NoDisplay,
        other => Fault::Other(other.to_string()),
    })
}

/// What to say where there is no display.
fn no_display() -> anyhow::Error {
    anyhow!(
        "there is no display to open a window on: set DISPLAY or WAYLAND_DISPLAY, or use the commands without a window"
    )
}
