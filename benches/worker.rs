//! How long one waits while a parameter of the night is dragged: from the order to run the night again to the first estimate of
//! the accuracy, and to the exact one on all 3,000 held-out images. Preset "One per cent", with a pane of weights open. How long a
//! lane takes to be there, and to be tested where the night stands. And how long a whole night takes into its file and back.

use std::path::PathBuf;
use std::time::Duration;

use divan::Bencher;
use divan::counter::BytesCount;
use somnoscope::experiment::find_preset;
use somnoscope::run::Recording;
use somnoscope::sim::night::NightParams;
use somnoscope::worker::{Branching, Command, Event, Goal, Moment, Start, Worker};

/// A worker whose night is over, and the parameters to drag.
struct Desk {
    worker: Worker,
    params: NightParams,
    dragged: u32,
}

impl Desk {
    fn new() -> Self {
        let worker = Worker::spawn(|| {}).expect("a thread can be started");
        let recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
        let params = recipe.night.clone();
        worker.send(Command::WatchWeights(true));
        worker.send(Command::Open {
            recipe: Box::new(recipe),
            from: Start::Newborn,
        });
        worker.send(Command::Play(Goal::Woken));
        let desk = Self {
            worker,
            params,
            dragged: 0,
        };
        desk.wait_for_morning();
        desk
    }

    /// Drags the first threshold a little.
    fn drag(&mut self) {
        self.dragged += 1;
        let mut params = self.params.clone();
        params.beta[0] *= 1.0 + 0.001 * f64::from(self.dragged % 100);
        self.worker.send(Command::Rerun(Box::new(params)));
    }

    /// Waits for something to be told.
    fn wait(&self, is_it: impl Fn(&Event) -> bool) {
        while !self.worker.next_event().is_some_and(|event| is_it(&event)) {
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    fn wait_for_morning(&self) {
        let morning = Moment::Step(self.params.steps);
        self.wait(|event| matches!(event, Event::Evaluated(test) if test.moment == morning));
    }
}

/// To the first estimate, on 500 images.
#[divan::bench(sample_count = 40, sample_size = 1)]
fn rerun_to_estimate(bencher: Bencher<'_, '_>) {
    let desk = std::cell::RefCell::new(Desk::new());
    let is_first = std::cell::Cell::new(true);
    bencher
        .with_inputs(|| {
            // The exact accuracy of the one before is waited for outside of the time that is measured.
            if !is_first.replace(false) {
                desk.borrow().wait_for_morning();
            }
        })
        .bench_local_values(|()| {
            desk.borrow_mut().drag();
            desk.borrow().wait(|event| matches!(event, Event::Estimated(_)));
        });
}

/// To the exact accuracy.
#[divan::bench(sample_count = 40, sample_size = 1)]
fn rerun_to_exact_on_3_000(bencher: Bencher<'_, '_>) {
    let mut desk = Desk::new();
    bencher.bench_local(|| {
        desk.drag();
        desk.wait_for_morning();
    });
}

/// A night of 600 steps at full size, in a file of a folder that goes when it is dropped.
fn recorded() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for a moment");
    let path = folder.path().join("night.somno");
    let worker = Worker::spawn(|| {}).expect("a thread can be started");
    let mut recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    recipe.night.steps = 600;
    let desk = Desk {
        worker,
        params: recipe.night.clone(),
        dragged: 0,
    };
    desk.worker.send(Command::Open {
        recipe: Box::new(recipe),
        from: Start::Newborn,
    });
    desk.worker.send(Command::Play(Goal::Woken));
    desk.wait_for_morning();
    desk.worker.send(Command::Save {
        path: path.clone(),
        notes: Box::default(),
    });
    desk.wait(|event| matches!(event, Event::Saved(_)));
    (folder, path)
}

/// Writing a recorded night of 600 steps; bytes are those of the file.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn save_600_steps(bencher: Bencher<'_, '_>) {
    let (folder, path) = recorded();
    let recording = Recording::read(&path).expect("it was just written");
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    let again = folder.path().join("again.somno");
    bencher
        .counter(BytesCount::new(size))
        .bench_local(|| recording.write(&again).expect("there is room"));
}

/// Reading and checking one; what its night does is made again as one goes about in it.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn load_600_steps(bencher: Bencher<'_, '_>) {
    let (_folder, path) = recorded();
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    bencher
        .counter(BytesCount::new(size))
        .bench_local(|| Recording::read(&path).expect("it was just written"));
}

/// A branch from a step of a night that is over, under a threshold of its own.
fn branch(desk: &mut Desk, step: u64) {
    desk.dragged += 1;
    let mut params = desk.params.clone();
    params.beta[0] *= 1.0 + 0.001 * f64::from(desk.dragged);
    desk.worker.send(Command::Branch(Box::new(Branching {
        name: "lane".to_owned(),
        step,
        params: Some(Box::new(params)),
        without: None,
    })));
}

/// From the order to branch in the middle of the night to every spike of the lane, with so many lanes beside it, each of which is
/// tested meanwhile.
#[divan::bench(args = [0, 3, 6], sample_count = 10, sample_size = 1)]
fn branch_to_last_spike(bencher: Bencher<'_, '_>, beside: usize) {
    let mut desk = Desk::new();
    let middle = desk.params.steps / 2;
    for _ in 0..beside {
        branch(&mut desk, middle);
        desk.wait(|event| matches!(event, Event::LaneOpened(_)));
    }
    bencher.bench_local(|| {
        branch(&mut desk, middle);
        let (mut lane, mut known) = (None, 0);
        while known < desk.params.steps {
            match desk.worker.next_event() {
                Some(Event::LaneOpened(opened)) => lane = Some(opened.id),
                Some(Event::LaneAdvanced { id, chunk }) if Some(id) == lane => {
                    known = chunk.first_step + chunk.steps() as u64;
                }
                Some(_) => {}
                None => std::thread::sleep(Duration::from_micros(100)),
            }
        }
        desk.worker.send(Command::CloseLane(lane.unwrap_or_default()));
    });
}

/// From a jump in the night to the test of a lane at that step, on all 3,000 held-out images.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn jump_to_test_of_a_lane(bencher: Bencher<'_, '_>) {
    let mut desk = Desk::new();
    branch(&mut desk, 0);
    let steps = desk.params.steps;
    desk.wait(|event| matches!(event, Event::LaneTested { test, .. } if test.moment == Moment::Step(steps)));
    let mut step = 0;
    bencher.bench_local(|| {
        // Steps at which it is not tested anyway.
        step = (step + 37) % steps;
        desk.worker.send(Command::Seek(step));
        desk.wait(|event| {
            matches!(event, Event::LaneTested { test, .. } if test.moment == Moment::Step(step))
                || matches!(event, Event::LaneClosed(_))
        });
    });
}

fn main() {
    divan::main();
}
