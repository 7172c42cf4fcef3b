//! The window with 50,000 spikes in sight: CPU time of one picture, from events to triangles, without the rasteriser.

mod told;

use std::sync::Arc;

use divan::Bencher;
use egui::{Context, RawInput, Rect, pos2, vec2};
use somnoscope::app::SomnoscopeApp;
use somnoscope::experiment::{Recipe, find_preset};
use somnoscope::worker::{Event, Frame, NightStart, Opened, Phase, SpikeChunk};
use told::Told;

/// Steps that are known at the start.
const STEPS: u64 = 2000;
/// Spikes in each.
const SPIKES: u64 = 25;
/// Units of the network of full size.
const SIZES: [usize; 4] = [784, 1200, 1200, 10];

fn main() {
    divan::main();
}

/// The window in a night with so many known steps.
struct Window {
    ctx: Context,
    app: SomnoscopeApp,
    told: Told,
    steps: u64,
    time: f64,
}

impl Window {
    fn new(spikes: u64) -> Self {
        let recipe = recipe();
        let told = Told::default();
        let ctx = Context::default();
        let app = SomnoscopeApp::new_for(&ctx, Box::new(told.clone()), recipe.clone());
        told.events.borrow_mut().extend([
            Event::Opened(Arc::new(Opened {
                data_title: String::new(),
                data_origin: String::new(),
                class_names: Vec::new(),
                image_size: (28, 28),
                train_images: 1,
                train_available: 1,
                class_images: Vec::new(),
                class_available: Vec::new(),
                test_images: 1,
                test_available: 1,
                sizes: SIZES.to_vec(),
                total_batches: 1,
                mean_image: vec![0.5; 784],
                recipe: recipe.clone(),
            })),
            Event::Entered(Phase::Trained),
            Event::FellAsleep(Arc::new(NightStart {
                params: recipe.night,
                weights: Arc::new(Vec::new()),
                alpha: Vec::new(),
                class_means: Vec::new(),
            })),
            Event::Entered(Phase::Asleep),
        ]);
        let mut window = Self {
            ctx,
            app,
            told,
            steps: 0,
            time: 0.0,
        };
        window.sleep(STEPS, spikes);
        for _ in 0..5 {
            window.picture(Vec::new());
        }
        window
    }

    /// So many more steps.
    fn sleep(&mut self, steps: u64, spikes: u64) {
        let units = SIZES.iter().sum::<usize>() as u64;
        let mut chunk = SpikeChunk {
            first_step: self.steps,
            ..SpikeChunk::default()
        };
        for step in self.steps..self.steps + steps {
            let mut fired: Vec<u32> = (0..spikes)
                .map(|spike| ((step * 7919 + spike * 127) % units) as u32)
                .collect();
            fired.sort_unstable();
            fired.dedup();
            chunk.units.extend(fired);
            chunk.ends.push(chunk.units.len() as u32);
        }
        self.steps += steps;
        self.told.events.borrow_mut().push_back(Event::Spikes(Arc::new(chunk)));
        *self.told.frame.borrow_mut() = Arc::new(Frame {
            phase: Phase::Asleep,
            steps: self.steps,
            known_steps: self.steps,
            ..Frame::default()
        });
    }

    /// One picture. Returns the number of its meshes, so that it cannot be left out.
    fn picture(&mut self, events: Vec<egui::Event>) -> usize {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1920.0, 1080.0))),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        self.app.update(&self.ctx);
        let mut output = self.ctx.clone().run_ui(input, |ui| self.app.show(ui));
        // Nobody uploads the textures.
        output.textures_delta.clear();
        self.ctx.tessellate(output.shapes, output.pixels_per_point).len()
    }
}

/// A night in which all known steps are in view.
fn recipe() -> Recipe {
    let mut recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    recipe.night.steps = STEPS;
    recipe
}

/// Nothing has changed since the last picture; without spikes for comparison.
#[divan::bench(args = [0, SPIKES])]
fn still(bencher: Bencher<'_, '_>, spikes: u64) {
    let mut window = Window::new(spikes);
    bencher.bench_local(|| window.picture(Vec::new()));
}

/// Every picture shows another part of the night: all spikes in view are counted and painted anew.
#[divan::bench]
fn zooming(bencher: Bencher<'_, '_>) {
    let mut window = Window::new(SPIKES);
    let mut turn = 0_u32;
    bencher.bench_local(|| {
        turn += 1;
        let wheel = egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, if turn % 4 < 2 { 3.0 } else { -3.0 }),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
            modifiers: egui::Modifiers::NONE,
        };
        window.picture(vec![egui::Event::PointerMoved(pos2(800.0, 300.0)), wheel])
    });
}

/// Every picture brings a new step; the texture is painted anew.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn running(bencher: Bencher<'_, '_>) {
    let mut window = Window::new(SPIKES);
    // The last steps are slept once more.
    window.steps = STEPS - 200;
    let forgot = Event::Forgot {
        from_step: window.steps,
    };
    window.told.events.borrow_mut().push_back(forgot);
    bencher.bench_local(|| {
        window.sleep(1, SPIKES);
        window.picture(Vec::new())
    });
}
