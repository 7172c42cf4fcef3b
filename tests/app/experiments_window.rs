//! The window of the experiments as a window: how it lies in its room, what it says of others, how it is closed.

use std::path::Path;

use egui::{Key, Rect, Role, vec2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::experiment::{Finding, Job, Protocol, protocols};
use somnoscope::run::{FinishedJob, Sweep};
use tempfile::TempDir;

use super::{MadeUp, Window};

/// The shipped protocol of this name.
pub(super) fn shipped(name: &str) -> Protocol {
    protocols().into_iter().find(|it| it.name == name).expect("a protocol")
}

/// A folder with trials of these points that found something made up.
pub(super) fn made_up(folder: &Path, protocol: &Protocol, jobs: &[(usize, u32)], find: impl Fn(Job) -> Vec<Finding>) {
    let mut sweep = Sweep::begin(folder, protocol).expect("a folder of results");
    for &(point, trial) in jobs {
        let job = Job { point, trial };
        let at = protocol.levels(point).into_iter().map(|level| level.name.clone());
        let done = FinishedJob {
            version: "0.1.0".to_owned(),
            point,
            at: at.collect(),
            trial,
            seed: protocol.recipe.seed + u64::from(trial),
            images: String::new(),
            seconds: Some(1.0),
            findings: find(job),
        };
        sweep.keep(job, done).expect("a file");
    }
}

/// What every test of a night finds.
pub(super) fn tested(before: f64, after: f64) -> Vec<Finding> {
    vec![
        Finding::new("before", "accuracy", before),
        Finding::new("after", "accuracy", after),
    ]
}

/// Waits until something is on the screen.
pub(super) fn shows(window: &mut Window, label: &str) {
    let begun = std::time::Instant::now();
    while window.query_by_label_contains(label).is_none() {
        assert!(begun.elapsed() < super::PATIENCE, "waited too long for {label}");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.run_steps(2);
}

/// Where the window lies.
fn place(window: &Window) -> Rect {
    window.get_by_role_and_label(Role::Window, "Experiments").rect()
}

/// Catches buttons, a plot or a window that stick out of the room of a projector, and a window that stays small and in a corner
/// once there is more room.
#[test]
fn the_window_lies_in_its_room() {
    let folder = TempDir::new().unwrap();
    let protocol = shipped("limited_data");
    let points: Vec<(usize, u32)> = (0..protocol.points()).map(|point| (point, 0)).collect();
    let find = |job: Job| tested(0.01 * job.point as f64, 0.9);
    made_up(&folder.path().join("limited_data"), &protocol, &points, find);
    let source = MadeUp::default();
    // The room that is left of 1280 x 800 in the theme for projectors.
    let mut window = source.window([853.0, 533.0]);
    window.state_mut().keep_experiments_in(folder.path().to_owned());
    window.run_steps(3);
    window.key_press(Key::X);
    shows(&mut window, "Limited data, 48 of 480 trials");
    window.get_by_label_contains("Limited data, ").click();
    shows(&mut window, "48 of 480 trials done");
    window.run_steps(10);
    let inside = |window: &Window| {
        let room = window.ctx.content_rect();
        let place = place(window);
        assert!(room.contains_rect(place), "{place:?} in {room:?}");
        let mut parts = vec!["images of: Fashion-MNIST", "epochs: 40", "Data (CSV) …", "Shown below"]
            .into_iter()
            .map(|label| window.get_by_label_contains(label).rect())
            .collect::<Vec<_>>();
        parts.push(
            window
                .get_by_label_contains("accuracy, % over share of the images")
                .rect(),
        );
        for part in parts {
            assert!(
                part.left() >= place.left() && part.right() <= place.right(),
                "{part:?} in {place:?}"
            );
        }
    };
    inside(&window);
    for (size, width) in [
        ([1280.0, 800.0], 1080.0),
        ([1920.0, 1080.0], 1440.0),
        ([853.0, 533.0], 821.0),
    ] {
        window.set_size(size.into());
        window.run_steps(12);
        inside(&window);
        let place = place(&window);
        let middle = 0.5 * vec2(size[0], size[1]);
        assert!(
            (place.center().to_vec2() - middle).length() < 4.0,
            "{place:?} in {size:?}"
        );
        assert!((place.width() - width).abs() < 4.0, "{place:?} in {size:?}");
    }
}

/// What a trial of the first look finds: every class read as 1 before, and rightly after.
fn looked_at(job: Job) -> Vec<Finding> {
    let mut found = tested(0.1, 1.0 - 0.1 * f64::from(job.trial));
    for truth in 0..10 {
        for read in 0..10 {
            let share = |right: bool| if right { 1.0 } else { 0.0 };
            let name = format!("{truth} read as {read}");
            found.push(Finding::new("before", &*name, share(read == 1)));
            found.push(Finding::new("after", &*name, share(read == truth)));
        }
        let name = format!("recall of {truth}");
        found.push(Finding::new("before", &*name, if truth == 1 { 1.0 } else { 0.0 }));
        found.push(Finding::new("after", &*name, 1.0 - 0.1 * f64::from(job.trial)));
    }
    for (phase, entropy) in [("before", 0.0), ("after", 0.9)] {
        found.push(Finding::new(phase, "entropy of predicted classes", entropy));
        found.push(Finding::new(phase, "weights next to 0, layer 1", entropy));
    }
    found.push(Finding::new("night", "positive synapses grown, layer 1", 0.01));
    found.push(Finding::new("night", "positive synapses shrunk, layer 1", 0.6));
    found
}

/// Catches a first look without its picture, numbers of another point or of one trial alone, entropies in per cent, and a figure
/// for paper without its matrices.
#[test]
fn the_night_of_a_point_is_drawn_before_and_after() {
    let folder = TempDir::new().unwrap();
    let results = folder.path().join("first_look");
    made_up(&results, &shipped("first_look"), &[(0, 0), (0, 1)], looked_at);
    let source = MadeUp::default();
    let mut window = source.window([1920.0, 1080.0]);
    window.state_mut().export_into(folder.path().to_owned());
    window.run_steps(3);
    window.state_mut().open_results(results);
    shows(&mut window, "2 of 20 trials done");
    window.get_by_label_contains("Images of MNIST · epochs 2 · share of the images 3 %: means over 2 trials");
    window.get_by_label_contains("Confusion matrix before the night, 10.0 % correct, mean of 2 trials");
    window.get_by_label_contains("Confusion matrix after the night, 95.0 % correct, mean of 2 trials");
    window.get_by_label_contains("Class 3: before 0.0 %, 95 % from 0.0 to 0.0 %; after 95.0 %");
    window.get_by_label_contains("Synapses of layer 1, positive: grown 1.0 %");
    window.get_by_label_contains("Entropy of predicted classes: before 0.00");
    window.get_by_label_contains("Weights next to 0, layer 1: before 0.0 %");
    window.get_by_label("Picture (SVG) …").scroll_to_me();
    window.run_steps(8);
    window.get_by_label("Picture (SVG) …").click();
    let wanted = folder.path().join("first_look_night.svg");
    super::until(&mut window, "it is exported", |_| wanted.is_file());
    let svg = std::fs::read_to_string(&wanted).unwrap();
    for word in [
        "class shown",
        "read correctly, %",
        "layer 1, positive",
        "means of 2 trials",
    ] {
        assert!(svg.contains(word), "{word}: {svg}");
    }
    // A point without trials says so.
    window.get_by_label("images of: Fashion-MNIST").click();
    window.run_steps(3);
    window.get_by_label_contains("no trial of this point is done yet");
    assert!(window.query_by_label_contains("Confusion matrix").is_none());
}

/// Catches a key that closes the window together with a menu in it, and equal titles that nothing tells apart.
#[test]
fn a_menu_is_closed_before_the_window_is() {
    let folder = TempDir::new().unwrap();
    let mut protocol = shipped("first_look");
    protocol.title = "Twice".to_owned();
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    window.state_mut().keep_experiments_in(folder.path().to_owned());
    window.run_steps(3);
    for name in ["one", "other"] {
        protocol.recipe.seed += 1;
        let results = folder.path().join(name);
        made_up(&results, &protocol, &[(0, 0)], looked_at);
        window.state_mut().open_results(results);
        shows(&mut window, "1 of 20 trials done");
        shows(
            &mut window,
            &format!("Results in {}", folder.path().join(name).display()),
        );
    }
    window.get_by_label_contains("Twice (one), 1 of 20 trials");
    window.get_by_label_contains("Twice (other), 1 of 20 trials");
    let menu = "weights next to 0, layer 1";
    assert!(window.query_by_label(menu).is_none());
    window.get_by_role_and_label(Role::ComboBox, "measure").click();
    window.run_steps(4);
    window.get_by_label(menu);
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label(menu).is_none());
    window.get_by_label("Open results…");
    window.key_press(Key::Escape);
    window.run_steps(4);
    assert!(window.query_by_label("Open results…").is_none());
}

/// Catches a list that does not say what the folders hold before one clicks, and experiments under way that leave no mark once
/// their window is closed.
#[test]
fn how_far_experiments_are_is_seen_from_afar() {
    let folder = TempDir::new().unwrap();
    for (name, jobs) in [("first_look", vec![(0, 0), (1, 0)]), ("imbalance", vec![(3, 0)])] {
        made_up(&folder.path().join(name), &shipped(name), &jobs, |_| tested(0.1, 0.5));
    }
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    window.state_mut().keep_experiments_in(folder.path().to_owned());
    window.run_steps(3);
    window.key_press(Key::X);
    shows(&mut window, "Why it works, a first look, 2 of 20 trials");
    shows(&mut window, "Imbalance, 1 of 160 trials");
    let long = super::experiments::TINY.replace("trials: 2", "trials: 400");
    let results = folder.path().join("long");
    Sweep::begin(&results, &Protocol::from_ron(&long).unwrap()).unwrap();
    window.state_mut().open_results(results);
    shows(&mut window, "0 of 800 trials done");
    window.get_by_label("Run").click();
    shows(&mut window, "in this run, about");
    window.key_press(Key::Escape);
    shows(&mut window, "/800");
    window.get_by_label_contains("Experiments ").click();
    shows(&mut window, "Stop");
    window.get_by_label("Stop").click();
    shows(&mut window, "Go on");
    assert!(window.query_by_label_contains("/800").is_none());
    window.get_by_role_and_label(Role::Button, "Experiments");
}
