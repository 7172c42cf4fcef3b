//! Benches of one picture of the window, without a rasteriser: what the program computes itself, from taking in events to
//! the triangles. A real night of "One per cent" is recorded first, as a window would see it at 30 pictures and 120 steps a
//! second, and then told again picture by picture.
//!
//! `cargo bench --bench frame` runs them.

mod told;

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use divan::Bencher;
use egui::{Context, RawInput, Rect, Ui, pos2, vec2};
use somnoscope::app::SomnoscopeApp;
use somnoscope::app::activity::Activity;
use somnoscope::app::breakpoints::Breakpoints;
use somnoscope::app::panels::{Pane, Panels, Seen};
use somnoscope::app::selection::{Neuron, Selection};
use somnoscope::app::session::Session;
use somnoscope::app::theme;
use somnoscope::experiment::{Recipe, find_preset};
use somnoscope::worker::{Command, Event, Frame, Goal, Phase, Speed, Start, Worker};
use strum::IntoEnumIterator as _;
use told::Told;

/// Pictures a second.
const RATE: f64 = 30.0;
/// Weights are kept of every so many pictures, for a snapshot takes ten megabytes; no pane looks at them more often.
const WEIGHTS_EVERY: usize = 3;
/// Steps that are recorded: the first half of the night.
const STEPS: u64 = 283;

/// What the worker tells between two pictures.
#[derive(Clone)]
struct Between {
    events: Vec<Event>,
    frame: Arc<Frame>,
}

/// The recorded night: the first entry is everything up to its beginning.
fn recorded() -> &'static [Between] {
    static NIGHT: OnceLock<Vec<Between>> = OnceLock::new();
    NIGHT.get_or_init(record)
}

/// Records half a night of a real worker.
fn record() -> Vec<Between> {
    let worker = Worker::spawn(|| {}).expect("a thread can be started");
    let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    worker.send(Command::WatchWeights(true));
    worker.send(Command::WatchPotentials(vec![(1, 6), (2, 7)]));
    worker.send(Command::SetSpeed(Speed::Unlimited));
    worker.send(Command::Open {
        recipe: Box::new(recipe),
        from: Start::Newborn,
    });
    worker.send(Command::Play(Goal::Trained));
    let wait = || std::thread::sleep(Duration::from_secs_f64(1.0 / RATE));
    let mut before = Vec::new();
    loop {
        wait();
        before.extend(std::iter::from_fn(|| worker.next_event()));
        let frame = worker.frame();
        if frame.phase == Phase::Trained && !frame.running {
            break;
        }
    }
    worker.send(Command::SetSpeed(Speed::PerSecond(120.0)));
    worker.send(Command::Play(Goal::Woken));
    let mut night = vec![Between {
        events: before,
        frame: worker.frame(),
    }];
    let mut weights = None;
    while night.last().is_none_or(|told| told.frame.steps < STEPS) {
        wait();
        let frame = worker.frame();
        if night.len().is_multiple_of(WEIGHTS_EVERY) || weights.is_none() {
            weights.clone_from(&frame.weights);
        }
        let frame = Frame {
            weights: weights.clone(),
            ..(*frame).clone()
        };
        night.push(Between {
            events: std::iter::from_fn(|| worker.next_event()).collect(),
            frame: Arc::new(frame),
        });
    }
    night
}

/// Where the recorded night stands, on a screen of its own.
struct Screen {
    ctx: Context,
    size: [f32; 2],
    /// The next entry of the night, and the picture that is painted.
    next: usize,
    picture: u64,
}

impl Screen {
    fn new(size: [f32; 2]) -> Self {
        Self {
            ctx: Context::default(),
            size,
            next: 0,
            picture: 0,
        }
    }

    /// The next entry of the night; none at its end.
    fn told(&mut self) -> Option<Between> {
        let told = recorded().get(self.next).cloned();
        self.next += 1;
        told
    }

    /// Runs the code of a picture and makes the triangles. Returns their number.
    fn paint(&mut self, paint: impl FnMut(&mut Ui)) -> usize {
        self.picture += 1;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(self.size[0], self.size[1]))),
            time: Some(self.picture as f64 / RATE),
            ..RawInput::default()
        };
        let mut output = self.ctx.run_ui(input, paint);
        // There is no rasteriser to give them to.
        output.textures_delta.clear();
        self.ctx.tessellate(output.shapes, output.pixels_per_point).len()
    }
}

/// The window on the recorded night.
struct Window {
    screen: Screen,
    source: Told,
    app: SomnoscopeApp,
}

impl Window {
    /// The window in the first quarter of the night.
    fn new(size: [f32; 2]) -> Self {
        let (screen, source) = (Screen::new(size), Told::default());
        let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
        let app = SomnoscopeApp::new_for(&screen.ctx, Box::new(source.clone()), recipe);
        let mut window = Self { screen, source, app };
        while window.screen.next < recorded().len() / 2 {
            window.tell();
            window.paint();
        }
        window
    }

    /// Tells what is new. `false` at the end.
    fn tell(&mut self) -> bool {
        let Some(told) = self.screen.told() else { return false };
        self.source.events.borrow_mut().extend(told.events);
        *self.source.frame.borrow_mut() = told.frame;
        true
    }

    fn paint(&mut self) -> usize {
        self.app.update(&self.screen.ctx);
        let app = &mut self.app;
        self.screen.paint(|ui| app.show(ui))
    }
}

/// One picture of the whole window in the layout "Overview", while the night runs.
#[divan::bench(args = [[1280.0, 800.0], [1920.0, 1080.0]], sample_count = 300, sample_size = 1)]
fn overview(bencher: Bencher<'_, '_>, size: [f32; 2]) {
    let window = RefCell::new(Window::new(size));
    bencher
        .with_inputs(|| {
            let goes_on = window.borrow_mut().tell();
            if !goes_on {
                *window.borrow_mut() = Window::new(size);
            }
        })
        .bench_local_values(|()| window.borrow_mut().paint());
}

/// The session at a moment of the recorded night, and one pane that looks at it.
struct Single {
    screen: Screen,
    session: Session,
    selection: Selection,
    breakpoints: Breakpoints,
    activity: Activity,
    panels: Panels,
    draft: Recipe,
}

impl Single {
    fn new() -> Self {
        let screen = Screen::new([440.0, 320.0]);
        theme::install(&screen.ctx);
        let mut selection = Selection::default();
        for (layer, unit) in [(1, 6), (2, 7)] {
            selection.toggle(Neuron { layer, unit });
        }
        Self {
            screen,
            session: Session::default(),
            selection,
            breakpoints: Breakpoints::default(),
            activity: Activity::default(),
            panels: Panels::default(),
            draft: find_preset("one_per_cent").expect("a shipped preset").recipe,
        }
    }

    fn tell(&mut self) -> bool {
        let Some(told) = self.screen.told() else { return false };
        for event in told.events {
            self.session.absorb(event);
        }
        self.session.show(told.frame);
        self.activity.update(&self.session);
        true
    }

    fn paint(&mut self, pane: Pane) -> usize {
        let (panels, mut actions) = (&mut self.panels, Vec::new());
        let seen = Seen {
            session: &self.session,
            selection: &self.selection,
            breakpoints: &self.breakpoints,
            activity: &self.activity,
            part: None,
            draft: &self.draft,
        };
        self.screen.paint(|ui| panels.ui(pane, ui, seen, &mut actions))
    }
}

/// One picture of each pane alone, 440 x 320 points.
#[divan::bench(args = Pane::iter(), sample_count = 200, sample_size = 1)]
fn pane(bencher: Bencher<'_, '_>, pane: Pane) {
    let begin = || {
        let mut single = Single::new();
        while single.screen.next < recorded().len() / 2 {
            single.tell();
            single.paint(pane);
        }
        single
    };
    let single = RefCell::new(begin());
    bencher
        .with_inputs(|| {
            let goes_on = single.borrow_mut().tell();
            if !goes_on {
                *single.borrow_mut() = begin();
            }
        })
        .bench_local_values(|()| single.borrow_mut().paint(pane));
}

fn main() {
    divan::main();
}
