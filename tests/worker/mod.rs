//! The worker: the same run by any road, nothing lost, nothing waited for.

mod controls;
mod curve;
mod day;
mod finding;
mod going;
mod inspecting;
mod keeping;
mod lanes;
mod mapping;
mod probing;
mod repeat;
pub mod safe;
pub mod strangers;
mod sweeping;
mod tuning;

use std::sync::Arc;
use std::time::{Duration, Instant};

use somnoscope::data::{Amount, Balance, DataSpec, Draw, Origin, Set};
use somnoscope::experiment::{Recipe, find_preset};
use somnoscope::worker::{BatchPoint, Cell, CellImages, Command, Event, Goal, Moment, Phase, Speed, Start, Worker};

/// A run of a second: 200 built-in digits, small layers, 120 steps.
pub fn small_recipe() -> Recipe {
    let mut recipe = find_preset("one_per_cent").expect("a shipped preset").recipe;
    recipe.data = DataSpec {
        set: Set::Mnist,
        from: Origin::BuiltIn,
        images: Amount::Count(200),
        draw: Draw::Random,
        balance: Balance::AsDrawn,
    };
    recipe.network.hidden = vec![48, 32];
    recipe.training.epochs = 3;
    recipe.training.batch = 20;
    recipe.night.steps = 120;
    recipe.night.beta = vec![1.5, 1.0, 1.0];
    recipe
}

/// A worker and everything it has told.
struct Run {
    worker: Worker,
    told: Vec<Event>,
}

impl Run {
    fn open(recipe: Recipe) -> Self {
        let worker = Worker::spawn(|| {}).expect("a thread can be started");
        worker.send(Command::WatchWeights(true));
        worker.send(Command::Open {
            recipe: Box::new(recipe),
            from: Start::Newborn,
        });
        let mut run = Self {
            worker,
            told: Vec::new(),
        };
        run.until("it is ready", |run| run.phase() == Some(Phase::Newborn));
        run
    }

    /// Listens until something is so. A minute is an error of the program, not of the machine.
    fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !is_so(self) {
            assert!(
                Instant::now() < deadline,
                "waited for a minute until {what}; told: {:?}",
                self.told.last()
            );
            match self.worker.next_event() {
                Some(event) => self.told.push(event),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    fn play(&mut self, goal: Goal) {
        self.worker.send(Command::Play(goal));
        self.until("it runs", Self::running);
        self.until("it waits", |run| !run.running());
    }

    fn step(&mut self, count: u64) {
        let starts = self.starts();
        self.worker.send(Command::Step(count));
        self.until("it has stepped", |run| run.starts() > starts && !run.running());
    }

    fn phase(&self) -> Option<Phase> {
        self.told.iter().rev().find_map(|event| {
            if let Event::Entered(phase) = event {
                Some(*phase)
            } else {
                None
            }
        })
    }

    fn running(&self) -> bool {
        self.told
            .iter()
            .rev()
            .find_map(|event| {
                if let Event::Running(running) = event {
                    Some(*running)
                } else {
                    None
                }
            })
            .unwrap_or(false)
    }

    fn starts(&self) -> usize {
        self.told
            .iter()
            .filter(|event| matches!(event, Event::Running(true)))
            .count()
    }

    fn failure(&self) -> Option<&str> {
        self.told.iter().rev().find_map(|event| {
            if let Event::Failed(sentence) = event {
                Some(&**sentence)
            } else {
                None
            }
        })
    }

    /// Every spike, as step and unit.
    fn spikes(&self) -> Vec<(u64, u32)> {
        let mut spikes = Vec::new();
        for event in &self.told {
            if let Event::Spikes(chunk) = event {
                for index in 0..chunk.steps() {
                    spikes.extend(
                        chunk
                            .step(index)
                            .iter()
                            .map(|&unit| (chunk.first_step + index as u64, unit)),
                    );
                }
            }
        }
        spikes
    }

    /// The bits of the weights at the end.
    fn final_bits(&mut self) -> Vec<u32> {
        self.until("the weights of the morning are shown", |run| {
            let frame = run.worker.frame();
            frame
                .weights
                .as_ref()
                .is_some_and(|weights| weights.steps == frame.steps)
        });
        let frame = self.worker.frame();
        let weights = &frame.weights.as_ref().expect("just waited for").weights;
        weights
            .iter()
            .flat_map(|layer| layer.iter().map(|weight| weight.to_bits()))
            .collect()
    }

    /// Share of correct images at a moment.
    fn accuracy(&self, moment: Moment) -> Option<f64> {
        self.told.iter().rev().find_map(|event| match event {
            Event::Evaluated(test) if test.moment == moment => Some(test.evaluation.accuracy()),
            _ => None,
        })
    }
}

#[test]
fn plays_from_birth_to_morning() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    assert_eq!(run.phase(), Some(Phase::Woken));
    let batches: usize = run
        .told
        .iter()
        .map(|event| {
            if let Event::Batches(batches) = event {
                batches.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(batches, 30, "3 epochs of 200 images in batches of 20");
    let before = run.accuracy(Moment::Step(0)).expect("tested before sleep");
    assert_eq!(
        run.accuracy(Moment::Batch(30)),
        Some(before),
        "falling asleep changed the network"
    );
    assert!(run.accuracy(Moment::Step(120)).is_some(), "not tested in the morning");
    assert!(run.spikes().len() > 200, "{} spikes are no night", run.spikes().len());
}

/// Catches a run that depends on how it was watched: by one play, by steps, at any speed, with pauses.
#[test]
fn every_road_leads_to_the_same_morning() {
    let mut straight = Run::open(small_recipe());
    straight.worker.send(Command::WatchWeights(false));
    straight.play(Goal::Woken);
    straight.worker.send(Command::WatchWeights(true));
    straight.worker.send(Command::Step(0));

    let mut winding = Run::open(small_recipe());
    winding.step(7);
    winding.play(Goal::Trained);
    assert_eq!(winding.phase(), Some(Phase::Trained));
    winding.worker.send(Command::SetSpeed(Speed::PerSecond(500.0)));
    winding.step(1);
    winding.step(10);
    winding.worker.send(Command::Play(Goal::Woken));
    winding.until("it is under way", |run| {
        run.spikes().last().is_some_and(|&(step, _)| step > 30)
    });
    winding.worker.send(Command::Pause);
    winding.until("it waits", |run| !run.running());
    winding.worker.send(Command::SetSpeed(Speed::Unlimited));
    winding.play(Goal::Woken);

    assert_eq!(straight.spikes(), winding.spikes());
    assert_eq!(straight.final_bits(), winding.final_bits());
}

/// Catches events that are lost, or a worker that waits, while nobody reads.
#[test]
fn a_sleeping_listener_misses_nothing() {
    let mut recipe = small_recipe();
    recipe.night.steps = 20_000;
    let mut run = Run::open(recipe);
    run.worker.send(Command::Play(Goal::Woken));
    let deadline = Instant::now() + Duration::from_mins(1);
    while run.worker.frame().phase != Phase::Woken {
        assert!(Instant::now() < deadline, "the worker waited for its listener");
        std::thread::sleep(Duration::from_millis(20));
    }
    run.until("everything is told", |run| run.starts() > 0 && !run.running());
    let mut steps = 0;
    for event in &run.told {
        if let Event::Spikes(chunk) = event {
            assert_eq!(chunk.first_step, steps, "a chunk is missing");
            steps += chunk.steps() as u64;
        }
    }
    assert_eq!(steps, 20_000);
}

/// Catches a recording that changes the night, has a gap, mixes neurons up, or differs from the potentials of the picture.
#[test]
fn recording_potentials_changes_nothing_and_misses_nothing() {
    let mut plain = Run::open(small_recipe());
    plain.play(Goal::Woken);
    let mut recorded = Run::open(small_recipe());
    recorded.play(Goal::Trained);
    let watched = vec![(1, 5), (3, 2), (2, 900)];
    let told = [(0, 4)].into_iter().chain(watched.clone()).collect();
    recorded.worker.send(Command::WatchPotentials(told));
    recorded.step(50);
    recorded.worker.send(Command::WatchPotentials(vec![(3, 2)]));
    recorded.play(Goal::Woken);
    assert_eq!(plain.spikes(), recorded.spikes());
    assert_eq!(plain.final_bits(), recorded.final_bits());

    let spikes = recorded.spikes();
    let unit = 784 + 48 + 32 + 2;
    let (mut steps, mut last) = (0, f32::NAN);
    for event in &recorded.told {
        let Event::Potentials(chunk) = event else { continue };
        assert_eq!(chunk.first_step, steps, "a chunk is missing");
        let neurons = if steps < 50 { &watched[..] } else { &[(3, 2)] };
        assert_eq!(chunk.neurons, neurons);
        let place = usize::from(steps < 50);
        for values in chunk.values.chunks(chunk.neurons.len()) {
            let spiked = spikes.contains(&(steps, unit));
            assert!(
                !spiked || values[place].to_bits() == 0,
                "a spike at {steps} leaves {values:?}"
            );
            last = values[place];
            steps += 1;
        }
    }
    assert_eq!(steps, 120);
    let frame = recorded.worker.frame();
    assert_eq!(last.to_bits(), frame.potentials[2][2].to_bits());
}

/// Catches a night that cannot be slept again, or a second night that is not on the same network.
#[test]
fn sleeping_again_keeps_the_trained_network() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let before = run.accuracy(Moment::Step(0));
    let spikes = run.spikes();
    run.told.clear();

    run.worker.send(Command::Open {
        recipe: Box::new(small_recipe()),
        from: Start::Trained,
    });
    run.until("it is ready", |run| run.phase() == Some(Phase::Trained));
    run.play(Goal::Woken);
    assert!(
        !run.told.iter().any(|event| matches!(event, Event::Batches(_))),
        "it was trained again"
    );
    assert_eq!(run.accuracy(Moment::Step(0)), before);
    assert_eq!(run.spikes(), spikes, "the same night was not the same");
}

#[test]
fn a_recipe_that_makes_no_sense_is_refused_in_one_sentence_and_loses_nothing() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    let mut senseless = small_recipe();
    senseless.night.window = 40;
    run.worker.send(Command::Open {
        recipe: Box::new(senseless),
        from: Start::Trained,
    });
    run.until("it says no", |run| run.failure().is_some());
    let sentence = run.failure().expect("just waited for");
    assert!(
        sentence.contains("night.window") && sentence.contains("28"),
        "{sentence}"
    );
    run.told.clear();
    run.play(Goal::Woken);
    assert!(
        !run.told.iter().any(|event| matches!(event, Event::Batches(_))),
        "the trained network was lost"
    );
}

/// Catches a divergence that is plotted instead of said.
#[test]
fn a_training_that_diverges_says_so_and_stops() {
    let mut recipe = small_recipe();
    recipe.training.learning_rate = 10.0;
    recipe.network.start_weights = 1.0;
    let mut run = Run::open(recipe);
    run.worker.send(Command::Play(Goal::Woken));
    run.until("it says so", |run| run.failure().is_some());
    assert!(
        run.failure()
            .is_some_and(|sentence| sentence.contains("training diverged")),
        "{:?}",
        run.failure()
    );
    run.until("it waits", |run| !run.running());
    assert_ne!(run.phase(), Some(Phase::Asleep));
    // Catches a broken network whose accuracy is shown all the same.
    std::thread::sleep(Duration::from_millis(300));
    run.until("everything is read", |run| run.worker.next_event().is_none());
    let failed = run
        .told
        .iter()
        .position(|event| matches!(event, Event::Failed(_)))
        .expect("it failed");
    assert!(
        !run.told[failed..]
            .iter()
            .any(|event| matches!(event, Event::Evaluated(_))),
        "what diverged was tested"
    );
}

/// Catches a worker that wakes the window for every step.
#[test]
fn pictures_are_few_at_any_speed() {
    let woken = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = Arc::clone(&woken);
    let wake = move || {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let mut recipe = small_recipe();
    recipe.night.steps = 100_000;
    let worker = Worker::spawn(wake).expect("a thread can be started");
    worker.send(Command::SetSpeed(Speed::PerSecond(1000.0)));
    worker.send(Command::Open {
        recipe: Box::new(recipe),
        from: Start::Newborn,
    });
    worker.send(Command::Play(Goal::Woken));
    let mut run = Run {
        worker,
        told: Vec::new(),
    };
    run.until("it is asleep", |run| run.phase() == Some(Phase::Asleep));
    let (before, began) = (woken.load(std::sync::atomic::Ordering::Relaxed), Instant::now());
    std::thread::sleep(Duration::from_millis(1500));
    let pictures = (woken.load(std::sync::atomic::Ordering::Relaxed) - before) as f64;
    let most = began.elapsed().as_secs_f64() * 31.0 + 2.0;
    assert!(pictures <= most, "{pictures} pictures where {most:.0} would do");
    assert!(pictures >= 1.0, "nothing was shown");
}

/// Catches names and sizes of one set on a run with another, after an order that could not be carried out.
#[test]
fn an_order_that_fails_changes_nothing() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    let mut impossible = small_recipe();
    impossible.data = DataSpec {
        set: Set::FashionMnist,
        images: Amount::Count(8000),
        ..impossible.data
    };
    run.worker.send(Command::Open {
        recipe: Box::new(impossible),
        from: Start::Newborn,
    });
    run.until("it says no", |run| run.failure().is_some());
    run.told.clear();
    run.worker.send(Command::Open {
        recipe: Box::new(small_recipe()),
        from: Start::Trained,
    });
    let opened = |run: &Run| {
        let mut events = run.told.iter();
        events.find_map(|event| {
            if let Event::Opened(opened) = event {
                Some(opened.class_names[0].clone())
            } else {
                None
            }
        })
    };
    run.until("it is ready", |run| opened(run).is_some());
    assert_eq!(opened(&run).as_deref(), Some("0"));
}

/// Catches a waiting worker that goes on waking the window: paused means no work.
#[test]
fn waiting_is_silent() {
    let woken = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let count = Arc::clone(&woken);
    let wake = move || {
        count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let worker = Worker::spawn(wake).expect("a thread can be started");
    worker.send(Command::Open {
        recipe: Box::new(small_recipe()),
        from: Start::Newborn,
    });
    let mut run = Run {
        worker,
        told: Vec::new(),
    };
    run.until("it has settled", |run| run.accuracy(Moment::Batch(0)).is_some());
    std::thread::sleep(Duration::from_millis(200));
    let before = woken.load(std::sync::atomic::Ordering::Relaxed);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(
        woken.load(std::sync::atomic::Ordering::Relaxed),
        before,
        "it wakes the window while it waits"
    );
}

/// Catches images that are not those of the cell, or a look at them that changes the night.
#[test]
fn the_images_of_a_cell_are_those_the_test_counted() {
    let mut watched = Run::open(small_recipe());
    watched.play(Goal::Trained);
    watched.step(60);
    let is_tested = |event: &Event| matches!(event, Event::Evaluated(tested) if tested.moment == Moment::Step(60));
    watched.until("it is tested where it stopped", |run| run.told.iter().any(is_tested));
    let test = watched
        .told
        .iter()
        .rev()
        .find_map(|event| match event {
            Event::Evaluated(tested) if tested.moment == Moment::Step(60) => Some(tested.evaluation.clone()),
            _ => None,
        })
        .expect("the network was tested when it stopped");
    let before = watched
        .told
        .iter()
        .find_map(|event| match event {
            Event::Evaluated(tested) if tested.moment == Moment::Step(0) => Some(tested.evaluation.clone()),
            _ => None,
        })
        .expect("the network was tested before sleep");
    for (truth, read, before_sleep) in [(0, 0, false), (3, 3, false), (1, 1, true), (2, 0, true)] {
        let cell = Cell {
            truth,
            read,
            before_sleep,
        };
        watched.told.retain(|event| !matches!(event, Event::Images(_)));
        watched.worker.send(Command::ShowCell(cell));
        watched.until("the images are told", |run| run.images().is_some());
        let images = watched.images().expect("just told");
        let counted = if before_sleep { &before } else { &test };
        assert_eq!((images.cell, images.moment), (cell, Moment::Step(60)));
        assert_eq!(images.total, counted.count(truth, read) as usize);
        assert_eq!(images.images.len(), images.total.min(CellImages::MOST));
        for image in &images.images {
            assert_eq!((image.pixels.len(), image.outputs.len()), (784, 10));
        }
    }
    watched.play(Goal::Woken);
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    assert_eq!(watched.spikes(), alone.spikes());
}

impl Run {
    /// The images of a cell that were told of last.
    fn images(&self) -> Option<Arc<CellImages>> {
        self.told.iter().rev().find_map(|event| match event {
            Event::Images(images) => Some(Arc::clone(images)),
            _ => None,
        })
    }
}
