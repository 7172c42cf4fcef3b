//! The network: maps, lines, paths, and a step in slow motion.

use std::sync::Arc;

use egui::{Key, Modifiers, Theme, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use ndarray::Array2;
use somnoscope::app::selection::Neuron;
use somnoscope::worker::{Command, Event, Frame, Moment, NightStart, Phase, SpikeChunk, WeightSnapshot};

use super::layout::choose;
use super::panels::{half_a_night, opened};
use super::{MadeUp, Window, lively_night, until};

/// The window in the middle of a night, in the layout "Network": every weight was raised from 0 by 0.004, and in each
/// step one unit of each layer spikes.
fn network() -> (MadeUp, Window) {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, (0..10).map(|class| format!("class {class}")).collect());
    window.run_steps(3);
    choose(&mut window, "Network");
    (source, window)
}

/// Presses a point with or without keys.
fn press(window: &mut Window, at: egui::Pos2, modifiers: Modifiers) {
    window.hover_at(at);
    window.run_steps(2);
    window.event(egui::Event::ModifiersChanged(modifiers));
    for pressed in [true, false] {
        window.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers,
        });
    }
    window.run_steps(3);
    window.event(egui::Event::ModifiersChanged(Modifiers::NONE));
}

/// Where a unit of the output layer of ten lies.
fn output(window: &Window, unit: u32) -> egui::Pos2 {
    let map = window.get_by_label_contains("Map of Output").rect();
    pos2(map.left() + 8.0, map.top() + (unit as f32 + 0.5) / 10.0 * map.height())
}

/// Catches maps that miss a layer, lines between others than those who spiked, and numbers of another step.
#[test]
fn every_layer_has_its_map_and_every_spike_its_line() {
    let (source, mut window) = network();
    for map in [
        "Map of Input: 1 of 784 units spiked",
        "Map of Hidden 1: 1 of 64 units spiked",
        "Map of Hidden 2: 1 of 32 units spiked",
        "Map of Output: 1 of 10 units spiked",
    ] {
        window.get_by_label(map);
    }
    window.get_by_label("spiked in step 30");
    window.get_by_label("spike fed a spike: 3 of 3 shown");
    window.get_by_label("click a unit for its strongest paths");
    let watches = |source: &MadeUp| {
        let commands = source.commands.borrow();
        let mut asked = commands.iter().filter_map(|command| match command {
            Command::WatchWeights(watch) => Some(*watch),
            _ => None,
        });
        asked.next_back()
    };
    assert_eq!(watches(&source), Some(true), "the paths need the weights");
    window.get_by_label("Colour by Rate").click();
    window.run_steps(3);
    window.get_by_label("Hz over the last 30 steps");
    window.get_by_label("Rate over steps: Night").click();
    window.run_steps(3);
    window.get_by_label("Hz over the whole night so far");
    window.get_by_label("Colour by Potential").click();
    window.run_steps(3);
    window.get_by_label("of the threshold");
    window.get_by_label("Colour by Change").click();
    window.run_steps(3);
    window.get_by_label("Σ |weight now − before sleep| into the neuron");
    window.get_by_label("framed: spiked in this step");
}

/// Catches a click that selects another unit, one that cannot add, and paths of another neuron or without their number.
#[test]
fn a_click_selects_and_shows_the_strongest_paths() {
    let (_source, mut window) = network();
    let at = output(&window, 3);
    press(&mut window, at, Modifiers::NONE);
    let third = Neuron { layer: 3, unit: 3 };
    assert_eq!(window.state().selection().neurons(), [third]);
    window.get_by_label_contains("Output #3: 10 of 32 into it, paths from 10 of 784 inputs shown");
    window.get_by_label("width: |weight| up to 0.004");
    window.get_by_label("Strongest 5").click();
    window.run_steps(3);
    window.get_by_label_contains("Output #3: 5 of 32 into it, paths from 5 of 784 inputs shown");
    window.get_by_label("Paths by Before").click();
    window.run_steps(3);
    window.get_by_label_contains("Output #3: none that is not 0");
    window.get_by_label("Paths by Change").click();
    window.run_steps(3);
    window.get_by_label_contains("width: |change| up to 0.004");
    let at = output(&window, 9);
    press(&mut window, at, Modifiers::COMMAND);
    assert_eq!(
        window.state().selection().neurons(),
        [third, Neuron { layer: 3, unit: 9 }]
    );
    window.get_by_label_contains("Output #9: 5 of 32 into it");
    window.get_by_label("Lines: Spikes").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("into it").is_none());
    assert!(window.query_by_label("Strongest 5").is_none());
}

/// Catches a unit that only a mouse can select.
#[test]
fn the_keyboard_goes_over_the_units() {
    let (_source, mut window) = network();
    window.get_by_label_contains("Map of Hidden 1").focus();
    window.run_steps(2);
    for key in [Key::ArrowRight, Key::ArrowRight, Key::ArrowLeft] {
        window.key_press(key);
        window.run_steps(2);
    }
    window.get_by_label("Map of Hidden 1: 1 of 64 units spiked, at #1");
    window.key_press(Key::Enter);
    window.run_steps(3);
    assert_eq!(window.state().selection().neurons(), [Neuron { layer: 1, unit: 1 }]);
    for _ in 0..40 {
        window.key_press(Key::ArrowDown);
    }
    window.run_steps(3);
    window.get_by_label("Map of Hidden 1: 1 of 64 units spiked, at #63");
}

/// Catches a slow pass that never ends, and so paints for ever while the night waits.
#[test]
fn a_slow_pass_comes_to_rest() {
    let (source, mut window) = network();
    assert!(window.try_run().is_ok(), "nothing moves");
    window.get_by_label("Slow pass").click();
    window.run_steps(3);
    assert!(window.try_run().is_err(), "the spikes are on their way");
    window.run_steps(20);
    assert!(window.try_run().is_ok(), "they have arrived");
    window.get_by_label("Pass once more").click();
    window.run_steps(3);
    assert!(window.try_run().is_err());
    window.run_steps(20);
    assert!(window.try_run().is_ok());
    let frame = Frame {
        steps: 12,
        ..(**source.frame.borrow()).clone()
    };
    *source.frame.borrow_mut() = Arc::new(frame);
    window.run_steps(1);
    window.get_by_label("spiked in step 12");
    assert!(window.try_run().is_err(), "another step passes too");
}

/// A run with these layers in the middle of its night.
fn deep(source: &MadeUp, sizes: &[usize]) {
    let Event::Opened(opened) = opened(Vec::new()) else {
        return;
    };
    let mut opened = (*opened).clone();
    opened.sizes = sizes.to_vec();
    opened.recipe.night.beta = vec![1.0; sizes.len() - 1];
    let weights: Vec<Array2<f32>> = sizes
        .windows(2)
        .map(|pair| Array2::from_shape_fn((pair[1], pair[0]), |(to, from)| ((to * 7 + from) % 13) as f32 - 6.0))
        .collect();
    let weights = Arc::new(weights);
    let mut first = 0;
    let mut units = Vec::new();
    for &size in sizes {
        units.extend((0..size.min(40)).map(|unit| (first + unit * size / size.min(40)) as u32));
        first += size;
    }
    source.say([
        Event::Opened(Arc::new(opened.clone())),
        Event::FellAsleep(Arc::new(NightStart {
            params: opened.recipe.night.clone(),
            weights: Arc::clone(&weights),
            alpha: vec![1.0; sizes.len() - 1],
            class_means: Vec::new(),
        })),
        Event::Entered(Phase::Asleep),
        Event::Spikes(Arc::new(SpikeChunk {
            first_step: 0,
            ends: vec![units.len() as u32],
            units,
        })),
    ]);
    *source.frame.borrow_mut() = Arc::new(Frame {
        phase: Phase::Asleep,
        steps: 1,
        potentials: sizes[1..].iter().map(|&size| vec![-0.5; size]).collect(),
        weights: Some(WeightSnapshot {
            number: 1,
            moment: Moment::Step(1),
            steps: 1,
            weights,
        }),
        ..Frame::default()
    });
}

/// Catches a network of one or of eight hidden layers, of thousands of units or of a few, that panics, hides what is left out,
/// or has a path that does not go through.
#[test]
fn networks_of_every_depth_and_size_have_their_picture() {
    for (sizes, size, theme) in [
        (vec![784, 3000, 10], [1280.0, 800.0], Theme::Dark),
        (
            vec![784, 30, 2000, 3, 40, 1, 64, 200, 16, 10],
            [1280.0, 800.0],
            Theme::Light,
        ),
        (vec![784, 9000, 256], [1024.0, 640.0], Theme::Dark),
        (vec![784, 12, 2], [1920.0, 1080.0], Theme::Light),
    ] {
        let source = MadeUp::default();
        let mut window = source.window(size);
        window.ctx.set_theme(theme);
        deep(&source, &sizes);
        window.run_steps(3);
        choose(&mut window, "Network");
        for figure in ["Rate", "Potential", "Change", "Spikes"] {
            window.get_by_label(&format!("Colour by {figure}")).click();
            window.run_steps(3);
            for (layer, units) in sizes.iter().enumerate() {
                let name = match layer {
                    0 => "Input".to_owned(),
                    layer if layer + 1 == sizes.len() => "Output".to_owned(),
                    layer => format!("Hidden {layer}"),
                };
                let rect = window.get_by_label_contains(&format!("Map of {name}: ")).rect();
                assert!(
                    rect.width() >= 1.0 && rect.right() <= size[0] && *units > 0,
                    "{name} of {sizes:?}: {rect:?}"
                );
                window.hover_at(rect.center());
                window.run_steps(2);
            }
        }
        let at = window.get_by_label_contains("Map of Hidden 1: ").rect().center();
        press(&mut window, at, Modifiers::NONE);
        assert_eq!(
            window.state().selection().neurons().first().map(|neuron| neuron.layer),
            Some(1)
        );
        window.get_by_label_contains(" into it");
        if sizes.len() > 3 {
            window.get_by_label_contains("paths to 10 of 10 outputs");
        }
        window.get_by_label_contains("Enlarge Network").click();
        window.run_steps(3);
        window.set_size(vec2(700.0, 500.0));
        window.run_steps(3);
    }
}

/// Catches an empty pane that does not say what to do, and one that shows what was before a new run.
#[test]
fn where_there_is_no_night_it_says_what_to_do() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    source.say([
        opened(Vec::new()),
        Event::Entered(Phase::Training),
        Event::Running(true),
    ]);
    window.run_steps(3);
    choose(&mut window, "Network");
    window.get_by_label_contains("Press Play Here the layers stand side by side");
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    window.get_by_label_contains("Map of Input");
    let frame = Frame {
        steps: 0,
        ..(**source.frame.borrow()).clone()
    };
    *source.frame.borrow_mut() = Arc::new(frame);
    window.run_steps(3);
    window.get_by_label("no step was slept yet: press Step");
    window.get_by_label("spike fed a spike: 0 of 0 shown");
}

/// Catches maps of another step than the real night's, and paths over weights that nobody asked for.
#[test]
fn a_real_night_is_shown_as_it_is() {
    let mut window = lively_night();
    choose(&mut window, "Network");
    until(&mut window, "the weights are told", |app| {
        app.session().weights_now().is_some()
    });
    let session = window.state().session();
    let step = session.steps() - 1;
    let layers = session.layers().clone();
    let spikes = session.spikes().step(step).to_vec();
    window.get_by_label(&format!("spiked in step {}", step + 1));
    for layer in 0..layers.count() {
        let units = layers.units(layer);
        let count = spikes.iter().filter(|unit| units.contains(unit)).count();
        let name = layers.name(layer);
        let map = format!("Map of {name}: {count} of {} units spiked", layers.size(layer));
        window.get_by_label(&map);
    }
    let at = output(&window, 0);
    press(&mut window, at, Modifiers::NONE);
    window.get_by_label_contains("Output #0: 10 of ");
}
