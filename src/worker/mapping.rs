//! Maps of nights: what a whole night would do for each cell of a grid of settings, found on threads of their own.
//!
//! A map belongs to the trained network, not to the night that goes on: it stays while the night is changed, and goes with the
//! network. While the night goes on, one core is left to it, and while the network learns, all.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::analyst::Long;
use super::event::{Event, Phase};
use super::side_by_side::{Team, cores};
use super::testing::NO_IMAGES;
use super::thread::{Loop, Mode};
use crate::experiment::{CellOutcome, CellTest, NightGrid, Sleeper, Stage, VALIDATION};
use crate::sim::Samples;
use crate::sim::evaluate::error_of_change;

/// A map of nights, as far as it is known.
#[derive(Clone, Debug)]
pub struct NightMap {
    /// What varies.
    pub grid: Arc<NightGrid>,
    /// Validation images that the nights are tested on.
    pub images: u32,
    /// Images of the training part that the run is not trained on, which those are a sample of.
    pub left: u32,
    /// Of the validation images, those that the network reads correctly before any night.
    pub before: u32,
    /// What came of each cell, `None` as long as it is not known; counted as in [`NightGrid::values`].
    pub cells: Vec<Option<CellOutcome>>,
    /// How long it has taken so far.
    pub took: Duration,
}

impl NightMap {
    /// Cells that are known.
    pub fn done(&self) -> usize {
        self.cells.iter().flatten().count()
    }

    /// Whether every cell is known.
    pub fn is_whole(&self) -> bool {
        self.cells.iter().all(Option::is_some)
    }

    /// What the rest will take, if it goes on as before.
    pub fn time_left(&self) -> Option<Duration> {
        let done = self.done();
        let left = (self.cells.len() - done) as f64;
        (done > 0).then(|| self.took.mul_f64(left / done as f64))
    }

    /// The test of a cell, if its night went to its end.
    pub fn test(&self, cell: usize) -> Option<&CellTest> {
        match self.cells.get(cell)? {
            Some(CellOutcome::Tested(test)) => Some(test),
            _ => None,
        }
    }

    /// The share of the validation images that so many are.
    pub fn share(&self, images: u32) -> f64 {
        f64::from(images) / f64::from(self.images.max(1))
    }

    /// What a night did to the accuracy, and how far off that may be: half its 95 % interval. Shares of one.
    pub fn gain(&self, test: &CellTest) -> (f64, f64) {
        let gain = (f64::from(test.won) - f64::from(test.lost)) / f64::from(self.images.max(1));
        (gain, error_of_change(test.won, test.lost, self.images))
    }

    /// The cell with the highest accuracy; of those that are alike, the one in the order of the cells.
    pub fn best(&self) -> Option<usize> {
        let tested = (0..self.cells.len()).filter_map(|cell| Some((cell, self.test(cell)?.correct)));
        tested.rev().max_by_key(|&(_, correct)| correct).map(|(cell, _)| cell)
    }
}

/// What the worker keeps of maps.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    last: Option<Arc<NightMap>>,
    /// Whether it is being made.
    is_under_way: bool,
    /// Threads that may work.
    allowed: Arc<AtomicUsize>,
}

impl Mapping {
    /// Takes note of what is told.
    pub(super) fn heed(&mut self, event: &Event) {
        if let Event::Mapped(map) = event {
            self.is_under_way = !map.is_whole();
            self.last = Some(Arc::clone(map));
        }
    }
}

impl Loop {
    /// Leaves a core to the night while it goes on, and all of them to learning.
    pub(super) fn share_cores(&self) {
        let learns = matches!(self.phase, Phase::Newborn | Phase::Training | Phase::Tuning);
        let allowed = match self.mode {
            Mode::Waiting => cores(),
            _ if learns => 0,
            _ => (cores() - 1).max(1),
        };
        self.mapping.allowed.store(allowed, Ordering::Relaxed);
    }

    /// Makes a map of nights, in place of any other.
    pub(super) fn map_nights(&mut self, grid: NightGrid) {
        self.forget_map();
        self.outbox.send(Event::MapBegun);
        let fault = match self.map_job(grid) {
            Ok(job) => {
                self.mapping.is_under_way = true;
                self.share_cores();
                let work = move |is_void: &AtomicBool, tell: &mut dyn FnMut(Event)| job.go_through(is_void, tell);
                self.analyst
                    .at_length(Long::Map, work)
                    .err()
                    .map(|error| error.to_string())
            }
            Err(fault) => Some(fault),
        };
        if fault.is_some() {
            self.end_map(fault);
        }
    }

    /// Calls the map off; what is known of it stays.
    pub(super) fn stop_mapping(&mut self) {
        self.analyst.forget_long(Long::Map);
        self.end_map(None);
    }

    /// The map does not go on.
    fn end_map(&mut self, fault: Option<String>) {
        self.mapping.is_under_way = false;
        self.outbox.send(Event::MapStopped(fault));
    }

    /// The map is void: the trained network is another.
    pub(super) fn forget_map(&mut self) {
        self.analyst.forget_long(Long::Map);
        self.mapping.is_under_way = false;
        self.mapping.last = None;
    }

    /// The trained network has stayed, and its map with it: tells it to whoever has forgotten it with the run.
    pub(super) fn tell_map_again(&mut self) {
        if self.mapping.is_under_way {
            self.outbox.send(Event::MapBegun);
        }
        if let Some(map) = &self.mapping.last {
            self.outbox.send(Event::Mapped(Arc::clone(map)));
        }
    }

    /// Everything that a map needs.
    fn map_job(&self, grid: NightGrid) -> Result<Job, String> {
        let (Some(experiment), Some((_, dataset))) = (&self.experiment, &self.dataset) else {
            return Err("no run is open".to_owned());
        };
        if !experiment.has_images() {
            return Err(NO_IMAGES.to_owned());
        }
        if experiment.stage() == Stage::Training {
            return Err(
                "the network is not trained yet: train it, or go back to its night, then make the map".to_owned(),
            );
        }
        let mut chosen = experiment
            .recipe()
            .validation_images(dataset)
            .map_err(|error| error.to_string())?;
        let left = chosen.len();
        chosen.truncate(VALIDATION);
        if chosen.is_empty() {
            let all = dataset.train.len();
            return Err(format!(
                "the run is trained on all {} training images, so none is left to judge settings by, and held-out images are for \
                 tests alone: train on a smaller share",
                crate::text::grouped(all as u64)
            ));
        }
        let images = &dataset.train;
        Ok(Job {
            grid: Arc::new(grid),
            sleeper: experiment.sleeper(),
            images: Samples::gather(images.all_pixels(), images.labels(), images.pixel_count(), &chosen),
            left: u32::try_from(left).unwrap_or(u32::MAX),
            allowed: Arc::clone(&self.mapping.allowed),
        })
    }
}

/// Everything that a map needs, for its threads to keep.
struct Job {
    grid: Arc<NightGrid>,
    sleeper: Sleeper,
    images: Samples,
    left: u32,
    allowed: Arc<AtomicUsize>,
}

impl Job {
    /// Goes through every night, some at a time, and tells after each. `None` if nobody wants it any more.
    fn go_through(self, is_void: &AtomicBool, tell: &mut dyn FnMut(Event)) -> Option<Event> {
        let begun = Instant::now();
        let nights = self.sleeper.prepare(self.images, is_void)?;
        let mut map = NightMap {
            grid: Arc::clone(&self.grid),
            images: nights.images() as u32,
            left: self.left,
            before: nights.before() as u32,
            cells: vec![None; self.grid.cells()],
            took: begun.elapsed(),
        };
        tell(Event::Mapped(Arc::new(map.clone())));
        let order = self.grid.order();
        // A core each, so that those that are left to the run are free.
        let team = Team {
            threads: cores(),
            cores_each: 1,
            allowed: &self.allowed,
        };
        let work = |&cell: &usize| Ok(nights.night(&self.grid.recipe(cell), is_void));
        let Ok(()) = team.go_through::<_, _, Infallible, Infallible>(&order, is_void, work, &mut |place, outcome| {
            map.cells[order[place]] = Some(outcome);
            map.took = begun.elapsed();
            // The last word is the answer, which is not lost.
            if !map.is_whole() {
                tell(Event::Mapped(Arc::new(map.clone())));
            }
            Ok(())
        });
        map.is_whole().then(|| Event::Mapped(Arc::new(map)))
    }
}
