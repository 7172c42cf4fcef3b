//! The window.
//!
//! Panels read the [`session::Session`] and push [`action::UiAction`]s; [`logic`] takes in events and carries the
//! actions out, once a frame, outside painting.

pub mod action;
pub mod activity;
mod aside;
pub mod breakpoints;
mod changes;
mod commands;
mod experiments;
pub mod export;
mod filming;
mod focus;
mod history;
mod lanes;
pub mod layout;
mod left;
mod live;
mod logic;
pub mod looks;
mod mapping;
mod memory;
mod notice;
pub mod offscreen;
pub mod panels;
mod runs;
pub mod selection;
pub mod session;
mod settings;
mod shell;
mod slow_motion;
pub mod source;
mod start;
mod steering;
mod tasks;
pub mod text;
pub mod theme;
mod timeline;
pub mod transport;
pub mod widgets;

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::action::{Actions, UiAction};
use self::activity::Activity;
use self::aside::Asides;
use self::breakpoints::Breakpoints;
use self::commands::{Overlay, Situation};
use self::experiments::Experiments;
use self::export::Exports;
use self::filming::Filming;
use self::focus::Focus;
use self::history::History;
use self::lanes::ClosedLanes;
use self::layout::Layout;
use self::looks::{Look, Looks};
use self::memory::Memory;
use self::panels::Panels;
use self::runs::Runs;
use self::selection::Selection;
use self::session::Session;
use self::settings::Settings;
use self::slow_motion::SlowMotion;
use self::source::Source;
use self::steering::Steering;
use self::tasks::Tasks;
use self::transport::{DEFAULT_SPEED, Transport};
use self::widgets::Picture;
use crate::experiment::{Recipe, Rival};
use crate::run::Left;
use crate::worker::{Command, ProbePicture, RunNotes, Start, Stress, Which};

pub use start::open_window;

/// The key that what is remembered is saved under.
const STORAGE_KEY: &str = "somnoscope";

/// The window: the session, the views of it, and what the person has set.
pub struct SomnoscopeApp {
    source: Box<dyn Source>,
    session: Session,
    settings: Settings,
    transport: Transport,
    layout: Layout,
    panels: Panels,
    tasks: Tasks,
    /// The mean image of the chosen images, on the first screen.
    mean_image: Picture<(u64, bool)>,
    actions: Actions,
    looks: Looks,
    /// How much memory going back may take.
    memory: Memory,
    /// The moments between which is played over and over, as the source was last told.
    loops: Option<std::ops::Range<u64>>,
    /// Whether the settings are shown, if the person has said so; otherwise where there is room.
    settings_shown: Option<bool>,
    /// What was changed, to be taken back.
    history: History,
    /// What stands above everything and has the keyboard.
    overlay: Overlay,
    /// Which control has the keyboard.
    focus: Focus,
    /// The neurons that are looked at.
    selection: Selection,
    /// What the night waits at.
    breakpoints: Breakpoints,
    runs: Runs,
    experiments: Experiments,
    exports: Exports,
    /// The span that is being drawn.
    filming: Filming,
    /// How lively each layer is.
    activity: Activity,
    steering: Steering,
    slow_motion: SlowMotion,
    /// Whether the run goes at full speed to its end, whatever speed is chosen.
    hurries: bool,
    /// Whether anything was played yet; before that, one button invites to it.
    has_played: bool,
    /// Whether the weights are being watched, as the source was last told.
    watches_weights: Option<bool>,
    /// The neurons whose potentials are recorded, as the source was last told.
    watches_potentials: Option<Vec<(usize, u32)>>,
    /// The unit that is inspected, as the source was last told.
    inspects: Option<(usize, u32)>,
    /// The pictures that are judged, as the source was last told.
    judges: Vec<ProbePicture>,
    /// The harder conditions that are tested, as the source was last told.
    stresses: Option<Stress>,
    /// The controls of the night that are tested, as the source was last told.
    controls: Vec<Rival>,
    /// Whether the images that are used are told, as the source was last told.
    lists_images: Option<bool>,
    /// Nights of programs that ended without being closed, the newest first.
    left: Vec<Arc<Left>>,
    /// Nights that another run took the place of.
    asides: Asides,
    /// Whether the night is kept safe, and what was last told to be kept with it.
    keeps_safe: bool,
    notes_told: Option<RunNotes>,
    /// The night that weights are compared with, as the source was last told.
    compares: Option<Which>,
    /// The lanes that were closed and can be brought back.
    closed_lanes: ClosedLanes,
    /// Something the window itself has to complain about.
    complaint: Option<String>,
}

/// What is remembered from one start to the next.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
struct Remembered {
    theme: Look,
    /// In percent.
    scale: u32,
    /// In megabytes.
    memory: u32,
    settings_shown: Option<bool>,
    layout: Option<String>,
    speed: f64,
    step_size: u64,
}

impl Default for Remembered {
    fn default() -> Self {
        Self {
            theme: Look::default(),
            scale: Looks::default().scale,
            memory: Memory::default().megabytes(),
            settings_shown: None,
            layout: None,
            speed: DEFAULT_SPEED,
            step_size: 1,
        }
    }
}

impl SomnoscopeApp {
    /// The window as eframe opens it, with what it remembers.
    pub fn new(creation: &eframe::CreationContext<'_>, source: Box<dyn Source>, recipe: Recipe) -> Self {
        let mut app = Self::new_for(&creation.egui_ctx, source, recipe);
        let text = creation.storage.and_then(|storage| storage.get_string(STORAGE_KEY));
        if let Some(remembered) = text.and_then(|text| ron::from_str::<Remembered>(&text).ok()) {
            app.remember(&creation.egui_ctx, &remembered);
        }
        app
    }

    /// The window without anything remembered, on any egui.
    pub fn new_for(ctx: &egui::Context, source: Box<dyn Source>, recipe: Recipe) -> Self {
        let app = Self::idle(ctx, source, recipe.clone());
        app.source.send(Command::Open {
            recipe: Box::new(recipe),
            from: Start::Newborn,
        });
        app
    }

    /// The same with nothing opened.
    fn idle(ctx: &egui::Context, source: Box<dyn Source>, recipe: Recipe) -> Self {
        theme::install(ctx);
        // Where the system does not say, dark: one looks at spikes for long.
        ctx.options_mut(|options| {
            options.fallback_theme = egui::Theme::Dark;
            // The window scales itself, for the projector is a scale too.
            options.zoom_with_keyboard = false;
        });
        let app = Self {
            source,
            session: Session::default(),
            settings: Settings::new(recipe),
            transport: Transport::default(),
            layout: Layout::default(),
            panels: Panels::default(),
            tasks: Tasks::new(ctx.clone()),
            mean_image: Picture::default(),
            actions: Actions::new(),
            looks: Looks::default(),
            memory: Memory::default(),
            loops: None,
            settings_shown: None,
            history: History::default(),
            overlay: Overlay::default(),
            focus: Focus::default(),
            selection: Selection::default(),
            breakpoints: Breakpoints::default(),
            runs: Runs::new(ctx.clone()),
            experiments: Experiments::new(ctx.clone()),
            exports: Exports::new(ctx.clone()),
            filming: Filming::new(ctx.clone()),
            activity: Activity::default(),
            steering: Steering::default(),
            slow_motion: SlowMotion::default(),
            watches_potentials: None,
            hurries: false,
            has_played: false,
            watches_weights: None,
            inspects: None,
            judges: Vec::new(),
            stresses: None,
            controls: Vec::new(),
            lists_images: None,
            left: Vec::new(),
            asides: Asides::default(),
            keeps_safe: false,
            notes_told: None,
            compares: None,
            closed_lanes: ClosedLanes::default(),
            complaint: None,
        };
        app.tell_speed();
        app
    }

    /// Opens a recorded run.
    pub fn open_run(&mut self, path: PathBuf) {
        self.actions.push(UiAction::OpenRun(path));
    }

    /// From now on exported files go into a folder without asking where.
    pub fn export_into(&mut self, folder: PathBuf) {
        self.exports.answer_with(folder);
    }

    /// From now on the results of experiments are kept in this folder.
    pub fn keep_experiments_in(&mut self, folder: PathBuf) {
        self.experiments.keep_in(Some(folder));
    }

    /// Opens a folder with results of an experiment, in the window of the experiments.
    pub fn open_results(&mut self, folder: PathBuf) {
        self.experiments.open(folder);
    }

    /// The file that was exported last, until it is read.
    pub fn exported(&self) -> Option<&std::path::Path> {
        self.exports.written()
    }

    /// Whether a span of the night is being drawn.
    pub fn is_filming(&self) -> bool {
        self.filming.is_under_way()
    }

    /// What is known of the run.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The settings as the person left them.
    pub fn draft(&self) -> &Recipe {
        &self.settings.draft
    }

    /// The neurons that are looked at.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the night waits at.
    pub fn breakpoints(&self) -> &Breakpoints {
        &self.breakpoints
    }

    /// What the commands are possible in.
    fn situation(&self) -> Situation<'_> {
        Situation {
            session: &self.session,
            transport: &self.transport,
            layout: &self.layout,
            settings: &self.settings,
            selection: &self.selection,
            history: &self.history,
            looks: self.looks,
            memory: self.memory,
            asides: &self.asides,
            closed_lanes: &self.closed_lanes,
            downloads: self.tasks.download_progress().is_some(),
            complains: self.complaint.is_some() || self.session.failure().is_some(),
        }
    }

    /// Takes over what was remembered.
    fn remember(&mut self, ctx: &egui::Context, remembered: &Remembered) {
        self.looks = Looks::new(remembered.theme, remembered.scale);
        self.looks.show(ctx);
        self.memory = Memory::new(remembered.memory);
        self.tell_memory();
        self.settings_shown = remembered.settings_shown;
        if let Some(layout) = remembered.layout.as_deref().and_then(Layout::from_ron) {
            self.layout = layout;
        }
        if remembered.speed.is_finite() {
            self.transport.speed = remembered.speed.clamp(1.0, transport::FASTEST);
        }
        self.transport.step_size = remembered.step_size.clamp(1, 1000);
        self.tell_speed();
    }

    /// What to remember.
    fn memory(&self) -> Remembered {
        Remembered {
            theme: self.looks.look,
            scale: self.looks.scale,
            memory: self.memory.megabytes(),
            settings_shown: self.settings_shown,
            layout: self.layout.to_ron(),
            speed: self.transport.speed,
            step_size: self.transport.step_size,
        }
    }
}

impl eframe::App for SomnoscopeApp {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.update(ctx);
    }

    fn raw_input_hook(&mut self, _ctx: &egui::Context, raw_input: &mut egui::RawInput) {
        // Nothing is lit under the pointer in a picture that is about to be taken.
        if self.exports.is_photographing() {
            raw_input.events.push(egui::Event::PointerGone);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        if let Ok(text) = ron::to_string(&self.memory()) {
            storage.set_string(STORAGE_KEY, text);
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        theme::Tokens::of_visuals(visuals).window.to_normalized_gamma_f32()
    }
}
