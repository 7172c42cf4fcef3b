//! The window, pressed and read as a person would.

mod activity;
mod control;
mod controls;
mod effects;
mod experiments;
mod experiments_window;
mod export;
mod first_start;
mod images_used;
mod inspector;
mod keeping;
mod keyboard;
mod lanes;
mod layout;
mod left;
mod live;
mod looks;
mod names;
mod network;
mod neurons;
mod night_map;
mod panels;
mod pictures;
mod probe;
mod raster;
mod sample;
mod settings;
mod slow_motion;
mod synapse;
mod transport;
mod tuning;
mod weights;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::SomnoscopeApp;
use somnoscope::app::source::Source;
use somnoscope::data::Amount;
use somnoscope::experiment::{Recipe, presets};
use somnoscope::worker::{Command, Event, Frame, Phase, Worker};

/// Longest wait for a small run on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// The window of a test.
type Window = Harness<'static, SomnoscopeApp>;

/// A run that takes a second: 200 digits, one epoch, a night of 60 steps.
fn small_recipe() -> Recipe {
    let mut recipe = presets().remove(0).recipe;
    recipe.data.images = Amount::Count(200);
    recipe.network.hidden = vec![64, 32];
    recipe.training.epochs = 1;
    recipe.night.steps = 60;
    recipe
}

/// The window on a real worker, opened on the small recipe.
fn window() -> Window {
    window_on(small_recipe())
}

/// The same with a night of minutes, which is never over before somebody presses a button.
fn window_on_a_long_night() -> Window {
    let mut recipe = small_recipe();
    recipe.night.steps = 20_000;
    window_on(recipe)
}

/// The window on a real worker, opened on a recipe.
fn window_on(recipe: Recipe) -> Window {
    let mut window = Harness::builder().with_size([1280.0, 800.0]).build_eframe(|creation| {
        let ctx = creation.egui_ctx.clone();
        let worker = Worker::spawn(move || ctx.request_repaint()).expect("a thread can be started");
        SomnoscopeApp::new(creation, Box::new(worker), recipe)
    });
    until(&mut window, "the run is open", |app| app.session().opened().is_some());
    window
}

/// Shows frames until something is so.
fn until(window: &mut Window, what: &str, is_so: impl Fn(&SomnoscopeApp) -> bool) {
    let begun = Instant::now();
    while !is_so(window.state()) {
        assert!(begun.elapsed() < PATIENCE, "waited too long until {what}");
        window.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    // What became true in the last frame is on screen in the next.
    window.run_steps(2);
}

/// A source that a test tells what to say, and that writes down what it was told.
#[derive(Clone, Default)]
struct MadeUp {
    events: Rc<RefCell<Vec<Event>>>,
    commands: Rc<RefCell<Vec<Command>>>,
    frame: Rc<RefCell<Arc<Frame>>>,
    is_dead: Rc<RefCell<bool>>,
}

impl Source for MadeUp {
    fn send(&self, command: Command) {
        self.commands.borrow_mut().push(command);
    }

    fn next_event(&self) -> Option<Event> {
        let mut events = self.events.borrow_mut();
        (!events.is_empty()).then(|| events.remove(0))
    }

    fn frame(&self) -> Arc<Frame> {
        Arc::clone(&self.frame.borrow())
    }

    fn is_alive(&self) -> bool {
        !*self.is_dead.borrow()
    }
}

impl MadeUp {
    /// Says these events next.
    fn say(&self, events: impl IntoIterator<Item = Event>) {
        self.events.borrow_mut().extend(events);
    }

    /// The window on this source.
    fn window(&self, size: [f32; 2]) -> Window {
        let source = Box::new(self.clone());
        Harness::builder()
            .with_size(size)
            .build_eframe(move |creation| SomnoscopeApp::new(creation, source, small_recipe()))
    }
}

/// A window at the end of a real night in which every layer has neurons that spike often.
fn lively_night() -> Window {
    let mut recipe = small_recipe();
    recipe.night.beta = vec![1.5, 1.0, 1.0];
    let mut window = window_on(recipe);
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    window
}

/// Every spike that is known.
fn spikes(window: &Window) -> Vec<(u64, Vec<u32>)> {
    let log = window.state().session().spikes();
    log.range(0..u64::MAX)
        .map(|(step, units)| (step, units.to_vec()))
        .collect()
}
