//! Maps of nights beside the run: the numbers of real nights, and the same run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use somnoscope::data::{self, Amount};
use somnoscope::experiment::{CellOutcome, Experiment, GridAxis, Knob, NightGrid, Recipe, Stage, VALIDATION};
use somnoscope::sim::Samples;
use somnoscope::sim::evaluate::Evaluator;
use somnoscope::worker::{Command, Event, Goal, NightMap, Phase, Start};

use super::{Run, small_recipe};

/// A grid over thresholds and decay, of a night in which much happens.
fn grid(columns: usize, rows: usize) -> NightGrid {
    let base = small_recipe();
    let decay = Knob::Number("night.decay", 0);
    NightGrid {
        across: GridAxis {
            knob: Knob::Thresholds,
            values: Knob::Thresholds.values(0.5, 2.0, columns, Some(1.0)),
        },
        upwards: GridAxis {
            knob: decay,
            values: decay.values(0.9, 0.9999, rows, None),
        },
        base,
    }
}

impl Run {
    /// Has a map made, and gives it once it is whole.
    fn map(&mut self, grid: &NightGrid) -> Arc<NightMap> {
        self.worker.send(Command::MapNights(Box::new(grid.clone())));
        let wanted = grid.clone();
        let find = move |event: &Event| match event {
            Event::Mapped(map) if *map.grid == wanted && map.is_whole() => Some(Arc::clone(map)),
            _ => None,
        };
        self.until("the map is whole", |run| {
            run.told.iter().rev().any(|event| find(event).is_some())
        });
        self.told.iter().rev().find_map(find).expect("just waited for")
    }

    /// Why the last map does not go on.
    fn why_not(&self) -> Option<&str> {
        self.told.iter().rev().find_map(|event| match event {
            Event::MapStopped(Some(reason)) => Some(reason.as_str()),
            _ => None,
        })
    }
}

/// The share of the validation images that a run of the recipe reads correctly before its night and after it, by the way that every
/// run goes, as counts.
fn really(recipe: &Recipe) -> (u32, u32) {
    let never = AtomicBool::new(false);
    let dataset = data::load(&recipe.data).expect("it can");
    let mut chosen = recipe.validation_images(&dataset).expect("it can");
    chosen.truncate(VALIDATION);
    let images = &dataset.train;
    let samples = Samples::gather(images.all_pixels(), images.labels(), images.pixel_count(), &chosen);
    let mut experiment = Experiment::new(recipe.clone(), &dataset).expect("it can");
    while experiment.stage() == Stage::Training {
        experiment
            .train_batch(&never)
            .expect("it can")
            .expect("nobody stopped it");
    }
    let correct = |experiment: &mut Experiment| {
        let network = experiment.network_now();
        Evaluator::default()
            .evaluate(&network, &samples, &never)
            .expect("it can")
            .correct()
    };
    let before = correct(&mut experiment);
    experiment
        .fall_asleep(&never)
        .expect("it can")
        .expect("nobody stopped it");
    while experiment.sleep_step().is_some() {}
    (before, correct(&mut experiment))
}

/// Catches a cell that is another night than the run that is made of its values, another test, and images that are held out or
/// were trained on.
#[test]
fn a_cell_is_the_night_of_a_real_run() {
    let grid = grid(3, 3);
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    let map = run.map(&grid);
    let mut seen = BTreeSet::new();
    for cell in [0, 2, 4, 7, 8] {
        let (before, after) = really(&grid.recipe(cell));
        let test = map.test(cell).expect("it went to its end");
        assert_eq!((map.before, test.correct), (before, after), "cell {cell}");
        assert_eq!(map.before + test.won - test.lost, test.correct);
        seen.insert(after);
    }
    assert!(seen.len() > 2, "the cells differ: {seen:?}");
    let dataset = data::load(&small_recipe().data).unwrap();
    let (trained, others) = (
        small_recipe().training_images(&dataset).unwrap(),
        small_recipe().validation_images(&dataset).unwrap(),
    );
    let all: BTreeSet<usize> = trained.iter().chain(&others).copied().collect();
    assert_eq!(
        (all.len(), trained.len() + others.len()),
        (dataset.train.len(), dataset.train.len())
    );
    assert_eq!((map.images as usize, map.left as usize), (VALIDATION, others.len()));
}

/// Catches a map that changes the run it is made beside, that waits for it, or that the run waits for; and one that is gone with the
/// night although its network stays.
#[test]
fn a_map_leaves_the_run_alone_and_stays_with_its_network() {
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    let (spikes, bits) = (alone.spikes(), alone.final_bits());
    let mut run = Run::open(small_recipe());
    run.play(Goal::Trained);
    run.worker.send(Command::MapNights(Box::new(grid(9, 9))));
    run.play(Goal::Woken);
    assert_eq!((run.spikes(), run.final_bits()), (spikes, bits));
    let map = run.map(&grid(2, 2));
    run.told.clear();
    let mut other = small_recipe();
    other.night.inc *= 2.0;
    let reopen = |run: &mut Run, recipe: &Recipe, from| {
        run.told.clear();
        run.worker.send(Command::Open {
            recipe: Box::new(recipe.clone()),
            from,
        });
        run.until("it is open", |run| {
            run.phase() >= Some(Phase::Newborn) && run.told.len() > 1
        });
    };
    reopen(&mut run, &other, Start::Trained);
    let again = run.told.iter().find_map(|event| match event {
        Event::Mapped(map) => Some(map),
        _ => None,
    });
    assert_eq!(again.expect("it is told again").cells, map.cells);
    other.seed += 1;
    reopen(&mut run, &other, Start::Newborn);
    run.play(Goal::Trained);
    assert!(!run.told.iter().any(|event| matches!(event, Event::Mapped(_))));
}

/// Catches a map that goes on though it was called off or another was wanted, and one that cannot be made and says nothing.
#[test]
fn the_newest_wish_wins_and_what_cannot_be_is_said() {
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::MapNights(Box::new(grid(3, 3))));
    run.until("it says why not", |run| run.why_not().is_some());
    assert!(run.why_not().unwrap().starts_with("the network is not trained yet"));
    run.play(Goal::Trained);
    run.worker.send(Command::MapNights(Box::new(grid(17, 17))));
    let few = run.map(&grid(2, 1));
    assert_eq!(few.done(), 2);
    run.told.clear();
    run.worker.send(Command::MapNights(Box::new(grid(17, 17))));
    run.until("a cell is known", |run| {
        run.told
            .iter()
            .any(|event| matches!(event, Event::Mapped(map) if map.done() > 0))
    });
    run.worker.send(Command::StopMapping);
    run.until("it has stopped", |run| {
        run.told.iter().any(|event| matches!(event, Event::MapStopped(None)))
    });
    let told = run.told.len();
    run.step(1);
    assert!(!run.told[told..].iter().any(|event| matches!(event, Event::Mapped(_))));
    // A night that makes no sense is one cell of the map, with its reason.
    let window = Knob::Number("night.window", 0);
    let mut odd = grid(1, 1);
    odd.upwards = GridAxis {
        knob: window,
        values: vec![3.0, 40.0],
    };
    let map = run.map(&odd);
    assert!(
        matches!(&map.cells[1], Some(CellOutcome::Refused(why)) if why.contains("28 x 28")),
        "{:?}",
        map.cells
    );

    let mut all = small_recipe();
    all.data.images = Amount::Fraction(1.0);
    all.training.epochs = 1;
    all.training.batch = 1000;
    let mut run = Run::open(all);
    run.play(Goal::Trained);
    run.worker.send(Command::MapNights(Box::new(grid(2, 2))));
    run.until("it says why not", |run| run.why_not().is_some());
    assert!(run.why_not().unwrap().contains("none is left to judge settings by"));
}
