//! The panes without a window: a recorded run is opened and its panels drawn into memory, the same as on the screen.

mod canvas;
pub mod film;

use std::path::Path;
use std::time::{Duration, Instant};

use egui::{CentralPanel, Context, Frame, FullOutput, Margin, Panel, RawInput, RichText, Ui, pos2, vec2};
use image::RgbaImage;

use self::canvas::Canvas;
use super::SomnoscopeApp;
use super::layout::{Layout, Named};
use super::looks::{Look, Looks};
use super::panels::{Pane, Panels, Seen};
use super::selection::Selection;
use super::source::Source;
use super::text::{grouped, percent};
use super::theme::{self, Tokens, size};
use super::timeline::{self, Marks};
use crate::run::{Manifest, Recording, Table};
use crate::worker::{Command, Moment, Phase, Worker};

/// Longest wait for a moment of a run, and for panes that work something out on the side.
const PATIENCE: Duration = Duration::from_mins(5);
/// Wait between two looks at whether everything is there.
const PAUSE: Duration = Duration::from_millis(10);
/// Frames that must pass without anything new before a picture is taken.
const QUIET: u32 = 4;
/// Time that passes from frame to frame, in seconds, however long they take.
const FRAME: f64 = 0.25;

/// What is seen of a run.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The layout.
    pub layout: Named,
    /// The only pane, if not the whole layout.
    pub pane: Option<Pane>,
    /// The theme and the scale.
    pub looks: Looks,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Pixels of a point at 100 %: more than one on a screen of high resolution.
    pub pixels_per_point: f32,
}

impl View {
    /// The same panes in the same places as in a window of this size in pixels, with so many pixels a point at 100 %. A picture has
    /// at most so many pixels a side: a larger window is drawn smaller, not in part.
    pub fn of_window(looks: Looks, [width, height]: [f32; 2], pixels_per_point: f32, most: f32) -> Self {
        let shrink = (most / width.max(height).max(1.0)).min(1.0);
        let side = |pixels: f32| (pixels * shrink).round().max(1.0) as u32;
        Self {
            looks,
            size: [side(width), side(height)],
            pixels_per_point: pixels_per_point * shrink,
            ..Self::default()
        }
    }
}

impl Default for View {
    fn default() -> Self {
        Self {
            layout: Named::default(),
            pane: None,
            looks: Looks {
                look: Look::Dark,
                ..Looks::default()
            },
            size: [1280, 800],
            pixels_per_point: 1.0,
        }
    }
}

/// A recorded run whose panes are drawn into memory.
pub struct Offscreen {
    ctx: Context,
    app: SomnoscopeApp,
    canvas: Canvas,
    size: [u32; 2],
    /// Pixels of a point at 100 %.
    pixels_per_point: f32,
    /// In seconds since it was opened, as the panes are told.
    time: f64,
    /// The moment that it stood at when it was saved: steps slept.
    stood_at: u64,
}

impl Offscreen {
    /// Opens a run.
    ///
    /// # Errors
    /// One sentence: the file is none, its layers are too large, or nothing can draw here.
    pub fn open(path: &Path, view: &View) -> Result<Self, String> {
        let manifest = Recording::read_manifest(path).map_err(|error| error.to_string())?;
        let canvas = Canvas::new()?;
        let worker = Worker::spawn(|| {}).map_err(|error| format!("the worker could not be started: {error}"))?;
        Self::of(Box::new(worker), canvas, manifest, path, view)
    }

    /// Opens a run in this worker.
    fn of(
        worker: Box<dyn Source>,
        canvas: Canvas,
        manifest: Manifest,
        path: &Path,
        view: &View,
    ) -> Result<Self, String> {
        let ctx = Context::default();
        let mut app = SomnoscopeApp::idle(&ctx, worker, manifest.recipe);
        app.looks = view.looks;
        app.looks.show(&ctx);
        app.layout.choose(view.layout);
        if let Some(pane) = view.pane {
            app.layout.add(pane);
            app.layout.enlarge(pane);
        }
        app.source.send(Command::OpenRecording(path.to_owned()));
        let mut offscreen = Self {
            ctx,
            app,
            canvas,
            size: view.size,
            pixels_per_point: view.pixels_per_point,
            time: 0.0,
            stood_at: manifest.stood_at,
        };
        offscreen.wait("the run is open", |app| {
            let session = app.session();
            session.phase() >= Phase::Asleep && session.recalled().is_some() && !session.is_running()
        })?;
        Ok(offscreen)
    }

    /// Takes over what a person has chosen in a window: the panes, and what is selected.
    pub fn dress(&mut self, layout: Layout, selection: Selection) {
        self.app.layout = layout;
        self.app.selection = selection;
    }

    /// The moment that the run stood at when it was saved: steps slept.
    pub fn stood_at(&self) -> u64 {
        self.stood_at
    }

    /// Steps of the whole night.
    pub fn total_steps(&self) -> u64 {
        self.app.session().total_steps()
    }

    /// A picture of a moment of the night.
    ///
    /// # Errors
    /// One sentence: there is no such moment, or it could not be drawn.
    pub fn picture(&mut self, step: u64) -> Result<RgbaImage, String> {
        let total = self.total_steps();
        if step > total {
            return Err(format!("there is no step {step}: the night has {total}"));
        }
        let output = self.frame_at(step)?;
        self.canvas.paint(&self.ctx, &output)
    }

    /// The plot of a pane at a moment of the night, as SVG; `None` if the pane has none then.
    ///
    /// # Errors
    /// One sentence: the moment is not reached, or the plot could not be written.
    pub fn svg(&mut self, step: u64, pane: Pane) -> Result<Option<String>, String> {
        let figure = self.look(step, |panels, seen| panels.figure(pane, seen))?;
        figure.map(|figure| figure.svg()).transpose()
    }

    /// What a pane shows at a moment of the night, as a table; `None` if it shows nothing then.
    ///
    /// # Errors
    /// One sentence: the moment is not reached.
    pub fn table(&mut self, step: u64, pane: Pane) -> Result<Option<Table>, String> {
        self.look(step, |panels, seen| panels.table(pane, seen))
    }

    /// Takes something from the panes at a moment of the night.
    fn look<T>(&mut self, step: u64, take: impl FnOnce(&mut Panels, Seen<'_>) -> T) -> Result<T, String> {
        self.frame_at(step)?;
        let app = &mut self.app;
        let seen = Seen {
            session: &app.session,
            selection: &app.selection,
            breakpoints: &app.breakpoints,
            activity: &app.activity,
            part: None,
            draft: &app.settings.draft,
        };
        Ok(take(&mut app.panels, seen))
    }

    /// The last frame once everything of a moment is there.
    fn frame_at(&mut self, step: u64) -> Result<FullOutput, String> {
        self.app.session.dismiss_failure();
        self.app.source.send(Command::Seek(step));
        self.wait(&format!("step {step} is reached"), |app| {
            let session = app.session();
            let watches = app.watches_weights == Some(true);
            let has_weights = session.weights_now().is_some_and(|weights| weights.steps == step);
            let mut tests = session.evaluations().iter();
            // A network that cannot be tested, because a weight is no longer a finite number, never will be: the moment is drawn as
            // the window shows it.
            let is_tested = !session.has_held_out()
                || tests.any(|test| test.moment == Moment::Step(step))
                || session.failure().is_some();
            !session.is_running() && session.steps() == step && (has_weights || !watches) && is_tested
        })
    }

    /// Goes on until something is so and no pane has anything more to do; the last frame.
    fn wait(&mut self, what: &str, mut is_so: impl FnMut(&SomnoscopeApp) -> bool) -> Result<FullOutput, String> {
        let begun = Instant::now();
        let mut quiet = 0;
        loop {
            let output = self.frame();
            let fault = self.app.complaint.take();
            if self.app.session().recalled().is_none()
                && let Some(fault) = fault.or_else(|| self.app.session().failure().map(str::to_owned))
            {
                return Err(fault);
            }
            quiet = if is_so(&self.app) { quiet + 1 } else { 0 };
            if quiet > QUIET {
                return Ok(output);
            }
            if begun.elapsed() > PATIENCE {
                let why = self.app.session().failure();
                let why = why.map_or_else(String::new, |why| format!(": {why}"));
                return Err(format!("waited for minutes until {what}, and it was not{why}"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// One frame, as a window would draw it.
    fn frame(&mut self) -> FullOutput {
        self.time += FRAME;
        let [width, height] = self.size;
        let scale = self.app.looks.zoom() * self.pixels_per_point;
        let viewport = egui::ViewportInfo {
            native_pixels_per_point: Some(self.pixels_per_point),
            ..egui::ViewportInfo::default()
        };
        let input = RawInput {
            viewports: std::iter::once((egui::ViewportId::ROOT, viewport)).collect(),
            screen_rect: Some(egui::Rect::from_min_size(
                pos2(0.0, 0.0),
                vec2(width as f32, height as f32) / scale,
            )),
            time: Some(self.time),
            predicted_dt: FRAME as f32,
            ..RawInput::default()
        };
        let (ctx, app) = (&self.ctx, &mut self.app);
        let mut output = ctx.run_ui(input, |ui| {
            app.update(ctx);
            app.show_for_a_picture(ui);
        });
        self.canvas.take(&mut output);
        output
    }
}

impl SomnoscopeApp {
    /// What is in a picture: which run and moment, the panes, and the timeline. No settings and no controls of the run.
    fn show_for_a_picture(&mut self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let bar = Frame::new().fill(tokens.surface).inner_margin(Margin::symmetric(16, 8));
        Panel::top("picture").frame(bar).show(ui, |ui| self.headline_ui(ui));
        self.panels.comparison.update(&self.session);
        let foot = Frame::new().fill(tokens.surface).inner_margin(Margin::symmetric(8, 6));
        Panel::bottom("timeline").frame(foot).show(ui, |ui| {
            let marks = Marks {
                bookmarks: self.runs.bookmarks(),
                breakpoints: &self.breakpoints,
                comparison: &self.panels.comparison,
                selection: &self.selection,
            };
            timeline::ui(ui, &self.session, marks, timeline::HEIGHT, &mut self.actions);
        });
        let center = Frame::new().fill(tokens.window).inner_margin(8);
        CentralPanel::default().frame(center).show(ui, |ui| {
            let seen = Seen {
                session: &self.session,
                selection: &self.selection,
                breakpoints: &self.breakpoints,
                activity: &self.activity,
                part: None,
                draft: &self.settings.draft,
            };
            self.layout.ui(ui, &mut self.panels, seen, &mut self.actions);
        });
    }

    /// The run and the moment in a line.
    fn headline_ui(&self, ui: &mut Ui) {
        let tokens = Tokens::of(ui);
        let session = &self.session;
        let Some(opened) = session.opened() else { return };
        ui.horizontal(|ui| {
            ui.label(theme::strong(self.runs.title(), size::TITLE).color(tokens.text_strong));
            let what = format!("{}, {} images", opened.data_title, grouped(opened.train_images as u64));
            ui.label(RichText::new(what).color(tokens.text_weak));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let moment = format!("step {} / {}", grouped(session.steps()), grouped(session.total_steps()));
                ui.label(theme::strong(moment, size::TITLE).color(tokens.text_strong));
                if let Some((_, now)) = session.now() {
                    let text = format!("{} % correct", percent(now.accuracy()));
                    ui.label(RichText::new(text).color(tokens.text));
                }
            });
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::worker::Event;

    /// Catches a picture without the panes of its layout, of another moment, or with nothing on it.
    #[test]
    fn a_picture_has_the_panes_of_its_layout() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runs/format_1.somno");
        let view = View::default();
        let mut run = Offscreen::open(&path, &view).unwrap();
        run.ctx.enable_accesskit();
        assert_eq!((run.stood_at(), run.total_steps()), (60, 60));
        let output = run.frame_at(24).unwrap();
        let update = output.platform_output.accesskit_update.as_ref().unwrap();
        let names: Vec<&str> = update
            .nodes
            .iter()
            .filter_map(|(_, node)| node.label().or_else(|| node.value()))
            .collect();
        for pane in Pane::iter().filter(|pane| run.app.layout.shows(*pane)) {
            assert!(names.contains(&pane.title()), "{pane:?} is missing in {names:?}");
        }
        assert!(names.iter().any(|name| name.contains("step 24 of 60")), "{names:?}");
        let picture = run.picture(24).unwrap();
        assert_eq!(picture.dimensions(), (1280, 800));
        let colors = |picture: &RgbaImage| {
            let colors: std::collections::BTreeSet<[u8; 4]> = picture.pixels().map(|pixel| pixel.0).collect();
            colors.len()
        };
        assert!(colors(&picture) > 100, "{} colours", colors(&picture));
        assert_eq!(run.picture(24).unwrap(), picture, "the same moment is the same picture");
        assert_ne!(run.picture(60).unwrap(), picture, "another moment is another");
        assert!(run.picture(61).unwrap_err().contains("the night has 60"));
    }

    /// A run whose tests fail: in the place of each it says why.
    struct Untestable(Worker);

    impl Source for Untestable {
        fn send(&self, command: Command) {
            self.0.send(command);
        }

        fn next_event(&self) -> Option<Event> {
            Some(match self.0.next_event()? {
                Event::Evaluated(_) => Event::Failed("the night diverged at step 24".to_owned()),
                other => other,
            })
        }

        fn frame(&self) -> Arc<crate::worker::Frame> {
            self.0.frame()
        }

        fn is_alive(&self) -> bool {
            self.0.is_alive()
        }
    }

    /// Catches a night that diverged and whose pictures are waited for, minutes each, until they are refused.
    #[test]
    fn a_moment_that_cannot_be_tested_is_drawn_all_the_same() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runs/format_1.somno");
        let manifest = Recording::read_manifest(&path).unwrap();
        let worker = Box::new(Untestable(Worker::spawn(|| {}).unwrap()));
        let mut run = Offscreen::of(worker, Canvas::new().unwrap(), manifest, &path, &View::default()).unwrap();
        let begun = Instant::now();
        // Steps that were not tested when it was recorded.
        for step in [25, 27] {
            run.picture(step).unwrap();
        }
        assert!(begun.elapsed() < PATIENCE / 4, "it was waited for");
    }

    /// Catches a film from a screen of high resolution that has other panes, or less of each, than the window.
    #[test]
    fn a_window_of_high_resolution_is_drawn_as_it_is() {
        let looks = View::default().looks;
        let view = View::of_window(looks, [2560.0, 1600.0], 2.0, 2048.0);
        assert_eq!(view.size, [2048, 1280]);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runs/format_1.somno");
        let mut run = Offscreen::open(&path, &view).unwrap();
        assert_eq!(run.picture(24).unwrap().dimensions(), (2048, 1280));
        let room = run.ctx.content_rect().size();
        assert!((room - vec2(1280.0, 800.0)).length() < 1.0, "{room:?} points are shown");
        assert!((run.ctx.pixels_per_point() - 1.6).abs() < 1e-4);
    }
}
