//! Pictures of what words cannot tell: small parts of the window against those in `tests/snapshots`.
//!
//! They are painted by Mesa's Vulkan driver for processors (Debian and Ubuntu: `apt-get install mesa-vulkan-drivers`),
//! which gives the same picture on every machine. Without it these tests say so and pass, unless
//! `SOMNOSCOPE_PICTURES=needed` is set. `UPDATE_SNAPSHOTS=1 cargo test pictures` takes new ones: look at them.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use eframe::egui_wgpu::{RenderState, RendererOptions, WgpuConfiguration, WgpuSetup, wgpu};
use egui::{Modifiers, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use egui_kittest::wgpu::{WgpuTestRenderer, default_wgpu_setup};
use ndarray::Array2;
use somnoscope::app::SomnoscopeApp;
use somnoscope::app::looks::{Look, Looks};
use somnoscope::sim::evaluate::Evaluation;
use somnoscope::worker::{Evaluated, Event, Frame, Moment, NightStart, Phase, SpikeChunk, WeightSnapshot};

use super::layout::choose;
use super::panels::opened;
use super::raster;
use super::{MadeUp, Window, small_recipe};

/// Units of the layers of [`opened`].
const SIZES: [usize; 4] = [784, 64, 32, 10];
/// Steps that are slept.
const STEPS: u32 = 40;

/// What paints the pictures, if this machine has it.
fn renderer() -> Option<WgpuTestRenderer> {
    let WgpuSetup::CreateNew(mut setup) = default_wgpu_setup() else {
        return None;
    };
    setup.instance_descriptor.backends = wgpu::Backends::VULKAN;
    // A graphics card would paint other pixels.
    setup.native_adapter_selector = Some(Arc::new(|adapters, _| {
        let software = adapters
            .iter()
            .find(|adapter| adapter.get_info().device_type == wgpu::DeviceType::Cpu);
        software.cloned().ok_or_else(|| "no software driver".to_owned())
    }));
    let setup = WgpuSetup::CreateNew(setup);
    let instance = ready(setup.new_instance())?;
    let configuration = WgpuConfiguration {
        wgpu_setup: setup,
        ..WgpuConfiguration::default()
    };
    let state = RenderState::create(&configuration, &instance, None, RendererOptions::PREDICTABLE);
    ready(state)?.ok().map(WgpuTestRenderer::from_render_state)
}

/// What a future has to say at once; on a desktop those of the graphics never wait.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// A window whose pixels can be looked at, in the middle of a made-up night; none where nothing can paint them.
#[expect(
    clippy::print_stdout,
    reason = "whoever runs the tests should know that nothing was looked at"
)]
fn window(size: [f32; 2], looks: Looks) -> Option<Window> {
    let Some(renderer) = renderer() else {
        assert!(
            std::env::var_os("SOMNOSCOPE_PICTURES").is_none(),
            "there is no Vulkan driver for processors: install mesa-vulkan-drivers"
        );
        println!("not looked at: there is no Vulkan driver for processors (package mesa-vulkan-drivers)");
        return None;
    };
    let source = MadeUp::default();
    let told = Box::new(source.clone());
    let mut window = Harness::builder()
        .with_size(size)
        .with_render_cursor(false)
        .renderer(renderer)
        .build_eframe(move |creation| SomnoscopeApp::new(creation, told, small_recipe()));
    looks.show(&window.ctx);
    night(&source);
    window.run_steps(4);
    Some(window)
}

/// Weights in a pattern that shows rows, columns, signs and sizes.
fn weights(strength: f32) -> Arc<Vec<Array2<f32>>> {
    let layer = |pair: &[usize]| {
        Array2::from_shape_fn((pair[1], pair[0]), |(output, input)| {
            let (x, y) = ((input % 28) as f32 - 14.0, (input / 28) as f32 - 14.0);
            let angle = output as f32 * 0.4;
            let wave = (0.4 * (x * angle.cos() + y * angle.sin())).sin();
            strength * wave * (-0.01 * (x * x + y * y)).exp()
        })
    };
    Arc::new(SIZES.windows(2).map(layer).collect())
}

/// A test in which the first `read` classes are read, the others as a 9.
fn tested(moment: Moment, read: usize) -> Event {
    let mut confusion = vec![0; 100];
    for class in 0..10 {
        confusion[class * 10 + if class < read { class } else { 9 }] += 200 + 10 * class as u32;
        confusion[class * 10 + (class + 3) % 10] += 50;
    }
    let evaluation = Evaluation { classes: 10, confusion };
    Event::Evaluated(Arc::new(Evaluated { moment, evaluation }))
}

/// The events of a night of 40 steps.
fn night(source: &MadeUp) {
    let mut spikes = SpikeChunk::default();
    for step in 0..STEPS {
        for (layer, &size) in SIZES.iter().enumerate() {
            let first: usize = SIZES[..layer].iter().sum();
            let (size, begin) = (size as u32, 6 * layer as u32);
            let fired = (0..size).filter(|unit| step >= begin && (unit * 7 + step * 5).is_multiple_of(size / 4 + 3));
            spikes.units.extend(fired.map(|unit| first as u32 + unit));
        }
        spikes.ends.push(spikes.units.len() as u32);
    }
    source.say([
        opened((0..10).map(|class| class.to_string()).collect()),
        Event::Entered(Phase::Training),
        tested(Moment::Batch(2), 3),
        Event::Entered(Phase::Trained),
        Event::FellAsleep(Arc::new(NightStart {
            params: small_recipe().night,
            weights: weights(0.02),
            alpha: vec![1.0; 3],
            class_means: Vec::new(),
        })),
        Event::Entered(Phase::Asleep),
        Event::Spikes(Arc::new(spikes)),
        tested(Moment::Step(20), 5),
        tested(Moment::Step(STEPS.into()), 8),
    ]);
    *source.frame.borrow_mut() = Arc::new(Frame {
        phase: Phase::Asleep,
        steps: STEPS.into(),
        known_steps: STEPS.into(),
        batches: 2,
        weights: Some(WeightSnapshot {
            number: 1,
            moment: Moment::Step(STEPS.into()),
            steps: STEPS.into(),
            weights: weights(0.028),
        }),
        ..Frame::default()
    });
}

/// Looks at a part of the window.
fn look_at(window: &mut Window, part: Rect, name: &str) {
    let image = window.render().expect("the window is painted");
    let (x, y) = (part.left().floor() as u32, part.top().floor() as u32);
    let (width, height) = (part.width().ceil() as u32, part.height().ceil() as u32);
    let part = image::imageops::crop_imm(&image, x, y, width, height).to_image();
    egui_kittest::image_snapshot(&part, name);
}

/// Presses the mouse at a place.
fn press(window: &mut Window, at: egui::Pos2) {
    window.hover_at(at);
    window.run_steps(2);
    window.drag_at(at);
    window.drop_at(at);
    window.run_steps(3);
    window.remove_cursor();
    window.run_steps(3);
}

/// Catches a map whose rows, signs or colours are others, and a selected neuron without its marks.
#[test]
fn pictures_of_the_weight_map() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Dark, 100)) else {
        return;
    };
    let map = window.get_by_label("Weight change of layer 1").rect();
    press(&mut window, map.left_top() + vec2(0.5, 0.25) * map.size());
    assert_eq!(window.state().selection().neurons().len(), 1);
    look_at(&mut window, map.expand2(vec2(16.0, 7.0)), "weight_map");
}

/// Catches fields that are turned, mixed up or coloured wrongly, and a frame around another than the selected one.
#[test]
fn pictures_of_the_receptive_fields() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Light, 100)) else {
        return;
    };
    choose(&mut window, "Weights");
    let first = window.get_by_label("Field of Hidden 1 #0").rect();
    let third = window.get_by_label("Field of Hidden 1 #2").rect().center();
    press(&mut window, third);
    window.get_by_label("All neurons").click();
    window.run_steps(4);
    let part = Rect::from_min_size(first.min - vec2(3.0, 3.0), 3.5 * first.size());
    look_at(&mut window, part, "receptive_fields");
}

/// Catches spikes at other steps or units, in the colour of another layer, or lost between two pixels.
#[test]
fn pictures_of_the_raster() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Dark, 100)) else {
        return;
    };
    let raster = window.get_by_label("Spikes of 40 steps").rect();
    let part = Rect::from_min_max(raster.min, pos2(raster.left() + 0.6 * raster.width(), raster.bottom()));
    look_at(&mut window, part, "raster");
}

/// Catches matrices with other colours, numbers that cannot be read, or rows and columns that are exchanged.
#[test]
fn pictures_of_the_confusion() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Light, 100)) else {
        return;
    };
    window.get_by_label("Second matrix Difference").click();
    window.run_steps(3);
    window.remove_cursor();
    window.run_steps(2);
    let matrix = window.get_by_label("Confusion matrix, now minus before").rect();
    let part = Rect::from_min_max(matrix.min - vec2(40.0, 22.0), matrix.max + vec2(4.0, 34.0));
    look_at(&mut window, part, "confusion");
}

/// Catches a brushed span that is not drawn behind a curve of the night, or over other steps.
#[test]
fn pictures_of_a_brushed_span() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Dark, 100)) else {
        return;
    };
    let [from, to] = [20.3, 39.6].map(|step| raster::place(&window, step, "Input", 0.5));
    raster::drag(&mut window, from, to, Modifiers::SHIFT);
    assert_eq!(window.state().selection().span(), Some(20..40));
    window.remove_cursor();
    window.run_steps(3);
    let (title, below) = (
        window.get_by_label("Accuracy").rect(),
        window.get_by_label("Confusion").rect(),
    );
    let close = window.get_by_label("Close Accuracy").rect();
    let part = Rect::from_min_max(title.left_bottom(), pos2(close.right(), below.top() - 16.0));
    look_at(&mut window, part, "brushed_span");
}

/// Catches a projector theme that is small, faint or thin.
#[test]
fn pictures_of_a_pane_on_the_wall() {
    let Some(mut window) = window([1280.0, 800.0], Looks::new(Look::Projector, 100)) else {
        return;
    };
    let title = window.get_by_label("Accuracy").rect();
    let close = window.get_by_label("Close Accuracy").rect();
    let below = window.get_by_label("Confusion").rect();
    let zoom = window.ctx.pixels_per_point();
    let part = Rect::from_min_max(
        title.min - vec2(12.0, 6.0),
        pos2(close.right() + 12.0, below.top() - 16.0),
    );
    let part = Rect::from_min_max(
        (zoom * part.min.to_vec2()).to_pos2(),
        (zoom * part.max.to_vec2()).to_pos2(),
    );
    look_at(&mut window, part, "accuracy_on_the_wall");
}
