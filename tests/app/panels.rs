//! Every pane, empty and full, from made-up events.

use std::sync::Arc;

use egui::Theme;
use egui_kittest::kittest::Queryable as _;
use ndarray::Array2;
use somnoscope::app::panels::Pane;
use somnoscope::sim::evaluate::Evaluation;
use somnoscope::worker::{
    BatchPoint, Cell, CellImage, CellImages, Command, Evaluated, Event, Frame, Moment, NightStart, Opened, Phase,
    SpikeChunk, WeightSnapshot,
};

use super::{MadeUp, small_recipe};

const SIZES: [usize; 4] = [784, 64, 32, 10];

/// The panes of the first layout.
const OVERVIEW: [Pane; 6] = [
    Pane::Raster,
    Pane::WeightChange,
    Pane::Training,
    Pane::Accuracy,
    Pane::Confusion,
    Pane::Classes,
];

pub fn opened(class_names: Vec<String>) -> Event {
    Event::Opened(Arc::new(Opened {
        recipe: small_recipe(),
        data_title: "MNIST".to_owned(),
        data_origin: "made up".to_owned(),
        class_names,
        image_size: (28, 28),
        train_images: 200,
        train_available: 7000,
        class_images: Vec::new(),
        class_available: Vec::new(),
        test_images: 3000,
        test_available: 3000,
        sizes: SIZES.to_vec(),
        total_batches: 2,
        mean_image: vec![0.5; 784],
    }))
}

fn evaluated(moment: Moment, correct: u32) -> Event {
    let mut confusion = vec![0; 100];
    for class in 0..10 {
        confusion[class * 11] += correct;
        confusion[class * 10] += 300 - correct;
    }
    Event::Evaluated(Arc::new(Evaluated {
        moment,
        evaluation: Evaluation { classes: 10, confusion },
    }))
}

fn weights(value: f32) -> Arc<Vec<Array2<f32>>> {
    Arc::new(
        SIZES
            .windows(2)
            .map(|pair| Array2::from_elem((pair[1], pair[0]), value))
            .collect(),
    )
}

/// The events of a run up to the middle of its night.
pub fn half_a_night(source: &MadeUp, class_names: Vec<String>) {
    source.say([opened(class_names)]);
    half_a_night_without_opening(source);
}

/// The same for a run that has been opened.
pub fn half_a_night_without_opening(source: &MadeUp) {
    let batches = (0..2)
        .map(|batch| BatchPoint {
            batch,
            loss: 0.5,
            accuracy: 0.2,
        })
        .collect();
    let spikes = SpikeChunk {
        first_step: 0,
        ends: (1..=30).map(|step| 4 * step).collect(),
        units: [3, 790, 860, 885].repeat(30),
    };
    source.say([
        Event::Entered(Phase::Newborn),
        Event::Running(true),
        Event::Entered(Phase::Training),
        Event::Batches(batches),
        evaluated(Moment::Batch(2), 60),
        Event::Entered(Phase::Trained),
        Event::FellAsleep(Arc::new(NightStart {
            params: small_recipe().night,
            weights: weights(0.0),
            alpha: vec![1.0; 3],
            class_means: [64, 32]
                .map(|units| Array2::from_shape_fn((10, units), |(class, unit)| ((unit + class) % 10) as f32))
                .to_vec(),
        })),
        Event::Entered(Phase::Asleep),
        Event::Spikes(Arc::new(spikes)),
        evaluated(Moment::Step(30), 180),
        Event::Running(false),
    ]);
    *source.frame.borrow_mut() = Arc::new(Frame {
        phase: Phase::Asleep,
        steps: 30,
        window: Some((3, 8, 11)),
        batches: 2,
        weights: Some(WeightSnapshot {
            number: 30,
            moment: Moment::Step(30),
            steps: 30,
            weights: weights(0.004),
        }),
        ..Frame::default()
    });
}

/// Catches a pane that panics, has a glyph that no font has or an input without a name, in either theme and at sizes
/// from the smallest to large.
#[test]
fn every_pane_shows_itself_empty_and_full() {
    for (size, theme) in [
        ([1024.0, 640.0], Theme::Dark),
        ([1280.0, 800.0], Theme::Light),
        ([1920.0, 1080.0], Theme::Dark),
    ] {
        for names in [
            (0..10).map(|class| class.to_string()).collect(),
            vec!["T-shirt".to_owned(); 10],
        ] {
            let source = MadeUp::default();
            let mut window = source.window(size);
            window.ctx.set_theme(theme);
            source.say([opened(names), Event::Entered(Phase::Training), Event::Running(true)]);
            window.run_steps(3);
            for pane in OVERVIEW {
                window.get_by_label(pane.title());
            }
            window.get_by_label_contains("Here every spike of the night appears");
            window.get_by_label_contains("Here the loss falls");
            half_a_night(&source, Vec::new());
            window.run_steps(3);
            window.get_by_label("28.0 → 64.0 %");
            window.get_by_label("+36.0");
            window.get_by_label("Spikes of 30 steps");
            window.get_by_label("Weight change of layer 1");
            window.get_by_label("step 30 / 60");
            window.get_by_label("Weights of layer 3").click();
            window.run_steps(2);
            window.get_by_label("Weight change of layer 3");
        }
    }
}

/// Catches a click on a cell that asks for another one, images that do not appear, and a pop-up that does not close.
#[test]
fn a_click_on_a_cell_shows_its_images() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    let grid = window.get_by_label("Confusion matrix now, 64.0 % correct").rect();
    // The fourth row, the first column.
    let at = grid.min + egui::vec2(0.05 * grid.width(), 0.35 * grid.height());
    window.hover_at(at);
    window.run_steps(2);
    for pressed in [true, false] {
        window.event(egui::Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
    }
    window.run_steps(3);
    let cell = Cell {
        truth: 3,
        read: 0,
        before_sleep: false,
    };
    let asked = source
        .commands
        .borrow()
        .iter()
        .any(|command| matches!(command, Command::ShowCell(c) if *c == cell));
    assert!(asked, "{:?}", source.commands.borrow());
    let image = |index| CellImage {
        index,
        pixels: vec![200; 784],
        outputs: vec![0.5; 10],
    };
    source.say([Event::Images(Arc::new(CellImages {
        cell,
        moment: Moment::Step(12),
        total: 55,
        images: (0..40).map(image).collect(),
    }))]);
    window.run_steps(3);
    window.get_by_label("40 of 55 held-out images, read by the network after 12 steps");
    window.get_by_label("Held-out image #39");
    let commands = source.commands.borrow().len();
    window.get_by_label("Read them again").click();
    window.run_steps(3);
    assert_eq!(source.commands.borrow().len(), commands + 1);
    // Those of the moment that is shown are fresh, until the night becomes another or the window shows another moment.
    let again = || {
        Event::Images(Arc::new(CellImages {
            cell,
            moment: Moment::Step(30),
            total: 1,
            images: vec![image(39)],
        }))
    };
    source.say([again()]);
    window.run_steps(3);
    assert!(window.query_by_label("Read them again").is_none());
    source.say([Event::Forgot { from_step: 30 }]);
    window.run_steps(3);
    window.get_by_label("Read them again");
    source.say([again()]);
    window.run_steps(3);
    assert!(window.query_by_label("Read them again").is_none());
    let shown = Arc::clone(&source.frame.borrow());
    *source.frame.borrow_mut() = Arc::new(Frame {
        steps: 20,
        ..Frame::clone(&shown)
    });
    window.run_steps(3);
    window.get_by_label("Read them again");
    window.key_press(egui::Key::Escape);
    window.run_steps(3);
    assert!(window.query_by_label("Held-out image #39").is_none());
}

/// Catches a dream that shows another step, or a meter without its layers.
#[test]
fn the_dream_shows_its_step_and_its_meters() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    super::layout::choose(&mut window, "Dream");
    for label in [
        "Dream of step 30",
        "Mean of 30 steps dreamt",
        "Replay meter of Hidden 1",
        "Replay meter of Hidden 2",
    ] {
        window.get_by_label(label);
    }
    window.get_by_label("Replay over steps: 20").click();
    window.get_by_label("Replay of: Own part").click();
    window.run_steps(2);
}

/// Catches a choice of lines or matrices that shows nothing else.
#[test]
fn every_class_has_its_line_and_the_difference_its_matrix() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, vec!["Trouser".to_owned(); 10]);
    window.run_steps(3);
    assert!(window.query_all_by_label("before sleep").count() > 0);
    window.get_by_label("Accuracy: All classes").click();
    window.get_by_label("Second matrix Difference").click();
    window.run_steps(3);
    window.get_by_label("Confusion matrix, now minus before");
    assert!(window.query_by_label_contains("Confusion matrix now").is_none());
    window.get_by_label("share of each class read correctly, %");
}

/// Catches bars of the difference that are not now minus before.
#[test]
fn the_classes_show_what_became_of_them() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    assert!(window.query_by_label("Class 3: +40 points").is_none());
    window.get_by_label("Bars: Difference").click();
    window.run_steps(3);
    window.get_by_label("Class 3: +40 points");
    window.get_by_label("Class 0: 0 points");
    window.get_by_label("Bars: Both").click();
    window.run_steps(3);
    assert!(window.query_by_label("Class 3: +40 points").is_none());
}

/// Catches a scale or a zoom that panics under the pointer, over every spot of the window.
#[test]
fn the_pointer_can_go_anywhere() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, (0..10).map(|class| class.to_string()).collect());
    window.run_steps(3);
    for y in (20..800).step_by(60) {
        for x in (310..1280).step_by(97) {
            window.hover_at(egui::pos2(x as f32, y as f32));
            window.event(egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Line,
                delta: egui::vec2(0.0, if y % 120 == 20 { 2.0 } else { -1.0 }),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
                modifiers: egui::Modifiers::NONE,
            });
            window.run_steps(2);
        }
    }
}

/// Catches numbers of nature: no unit, no class, no weight, numbers that are none.
#[test]
fn odd_events_do_no_harm() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    let nothing = Evaluation {
        classes: 0,
        confusion: Vec::new(),
    };
    source.say([
        Event::Batches(vec![BatchPoint {
            batch: 2,
            loss: f32::NAN,
            accuracy: f32::INFINITY,
        }]),
        Event::Spikes(Arc::new(SpikeChunk {
            first_step: 30,
            ends: vec![2],
            units: vec![0, 4_000_000],
        })),
        Event::Spikes(Arc::new(SpikeChunk {
            first_step: 500,
            ends: vec![0],
            units: Vec::new(),
        })),
        Event::Evaluated(Arc::new(Evaluated {
            moment: Moment::Step(31),
            evaluation: nothing,
        })),
        Event::Failed("the weights have left the range of numbers".to_owned()),
    ]);
    *source.frame.borrow_mut() = Arc::new(Frame {
        weights: Some(WeightSnapshot {
            number: 31,
            moment: Moment::Step(31),
            steps: 31,
            weights: weights(f32::NAN),
        }),
        ..Frame::default()
    });
    window.run_steps(4);
    window.get_by_label("The weights have left the range of numbers.");
    source.say([Event::FellAsleep(Arc::new(NightStart {
        params: small_recipe().night,
        weights: Arc::new(Vec::new()),
        alpha: Vec::new(),
        class_means: Vec::new(),
    }))]);
    window.run_steps(3);
}
