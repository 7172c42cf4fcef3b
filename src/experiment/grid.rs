//! A grid of nights: two settings vary, everything else stays, and each cell is a whole night of the same trained network.
//!
//! What comes of a night is tested on validation images: images of the training part that the run is not trained on. Settings
//! that are chosen by their outcome have then never seen a held-out image.

mod knob;

use std::sync::atomic::{AtomicBool, Ordering};

pub use knob::{Knob, Spacing};

use super::protocol::{Morning, sleep_through};
use super::{Experiment, Recipe, check_window};
use crate::data::{DataError, Dataset};
use crate::sim::Samples;
use crate::sim::evaluate::Evaluator;
use crate::sim::mlp::Mlp;
use crate::sim::night::{DreamSource, Dreamer, NightParams, Scaling};
use crate::sim::rng::{self, Stream};

/// Validation images that a map of nights is tested on, at most.
pub const VALIDATION: usize = 500;
/// Steps of a night between two looks at whether to stop.
const PATIENCE: u64 = 64;

/// Two settings of a night that vary.
#[derive(Clone, Debug, PartialEq)]
pub struct NightGrid {
    /// The run whose night is varied.
    pub base: Recipe,
    /// What varies from column to column.
    pub across: GridAxis,
    /// What varies from row to row.
    pub upwards: GridAxis,
}

/// What varies, and its values, rising.
#[derive(Clone, Debug, PartialEq)]
pub struct GridAxis {
    /// What.
    pub knob: Knob,
    /// Its values.
    pub values: Vec<f64>,
}

impl GridAxis {
    /// Where a value lies, counted in cells: 1.5 is half-way from the second value to the third. `None` outside of them.
    fn place(&self, value: f64) -> Option<f64> {
        let at = self.knob.coordinate(value);
        let places: Vec<f64> = self.values.iter().map(|&value| self.knob.coordinate(value)).collect();
        if let Some(same) = self.values.iter().position(|&known| known.to_bits() == value.to_bits()) {
            return Some(same as f64);
        }
        let after = places.iter().position(|&place| place >= at)?;
        let before = after.checked_sub(1)?;
        Some(before as f64 + (at - places[before]) / (places[after] - places[before]))
    }
}

impl NightGrid {
    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        (self.across.values.len(), self.upwards.values.len())
    }

    /// Cells in all.
    pub fn cells(&self) -> usize {
        self.size().0 * self.size().1
    }

    /// The two values of a cell; cells are counted row by row from the lowest values.
    pub fn values(&self, cell: usize) -> (f64, f64) {
        let columns = self.size().0.max(1);
        (self.across.values[cell % columns], self.upwards.values[cell / columns])
    }

    /// Puts the two values of a cell into a recipe, and nothing else.
    pub fn put(&self, cell: usize, recipe: &mut Recipe) {
        let (across, upwards) = self.values(cell);
        self.across.knob.set(recipe, &self.base, across);
        self.upwards.knob.set(recipe, &self.base, upwards);
    }

    /// The recipe of a cell.
    pub fn recipe(&self, cell: usize) -> Recipe {
        let mut recipe = self.base.clone();
        self.put(cell, &mut recipe);
        recipe
    }

    /// Where the night of a recipe lies, counted in cells across and upwards; `None` if it lies outside, or if it differs in more
    /// than the two values.
    pub fn place(&self, recipe: &Recipe) -> Option<(f64, f64)> {
        let (across, upwards) = (&self.across, &self.upwards);
        let x = across.knob.value(recipe, &self.base)?;
        let y = upwards.knob.value(recipe, &self.base)?;
        let mut alike = self.base.clone();
        across.knob.set(&mut alike, &self.base, x);
        upwards.knob.set(&mut alike, &self.base, y);
        // Thresholds that are a factor on others are so but for the last bit.
        let are_near = alike.night.beta.len() == recipe.night.beta.len()
            && (alike.night.beta.iter().zip(&recipe.night.beta))
                .all(|(one, other)| (one - other).abs() <= 1e-9 * other.abs());
        if are_near {
            alike.night.beta.clone_from(&recipe.night.beta);
        }
        (alike.night == recipe.night).then_some(())?;
        Some((across.place(x)?, upwards.place(y)?))
    }

    /// All cells, coarse to fine: every fourth value of both first, then every second, then the rest.
    pub fn order(&self) -> Vec<usize> {
        let (columns, rows) = self.size();
        let mut order = Vec::with_capacity(self.cells());
        for stride in [4, 2, 1] {
            for cell in 0..columns * rows {
                let is_due =
                    |stride: usize| (cell % columns).is_multiple_of(stride) && (cell / columns).is_multiple_of(stride);
                if is_due(stride) && (stride == 4 || !is_due(2 * stride)) {
                    order.push(cell);
                }
            }
        }
        order
    }
}

/// What came of the night of a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellOutcome {
    /// It went to its end.
    Tested(CellTest),
    /// A weight was no finite number any more.
    Diverged,
    /// Such a night makes no sense: why, in a sentence.
    Refused(String),
}

/// A night that was tested on the validation images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellTest {
    /// Images read correctly after the night.
    pub correct: u32,
    /// Of them, those that were not read correctly before it.
    pub won: u32,
    /// Images read correctly before the night and not after it.
    pub lost: u32,
    /// Spikes of all neurons, the inputs left out.
    pub spikes: u64,
}

/// A trained network as a run has it, with all that its nights need.
#[derive(Debug)]
pub struct Sleeper {
    mlp: Mlp,
    source: DreamSource,
    train: std::sync::Arc<Samples>,
}

/// A trained network that sleeps many nights, one after the other or side by side, and is tested after each.
#[derive(Debug)]
pub struct Nights {
    mlp: Mlp,
    scaling: Scaling,
    source: DreamSource,
    images: Samples,
    /// Which of the images it reads correctly before any night.
    before: Vec<bool>,
}

impl Experiment {
    /// The trained network of this run with all that its nights need. What it does changes nothing in the run.
    pub fn sleeper(&self) -> Sleeper {
        Sleeper {
            mlp: self.awake().clone(),
            source: self.dream_source(),
            train: self.shared_train_samples(),
        }
    }
}

impl Sleeper {
    /// Measures what data-based gains are made from, and what it reads before any night of the images that it is to be tested on, once
    /// for all nights. `None` if `stop` was set meanwhile.
    pub fn prepare(self, images: Samples, stop: &AtomicBool) -> Option<Nights> {
        Some(Nights {
            scaling: Scaling::measure(&self.mlp, &self.train, stop)?,
            before: read_correctly(&self.mlp, &images),
            mlp: self.mlp,
            source: self.source,
            images,
        })
    }
}

impl Nights {
    /// Images that it is tested on.
    pub fn images(&self) -> usize {
        self.before.len()
    }

    /// Those of them that it reads correctly before any night.
    pub fn before(&self) -> usize {
        self.before.iter().filter(|&&is_correct| is_correct).count()
    }

    /// The night of a recipe and the test of what it leaves. It is the night that a run of the recipe has. `None` if `stop` was set
    /// meanwhile.
    pub fn night(&self, recipe: &Recipe, stop: &AtomicBool) -> Option<CellOutcome> {
        let fits = recipe
            .validate()
            .and_then(|()| check_window(&recipe.night, self.source.image_size));
        if let Err(fault) = fits {
            return Some(CellOutcome::Refused(fault.to_string()));
        }
        let Morning::Woken(mlp, spikes) = self.sleep(&recipe.night, stop)? else {
            return Some(CellOutcome::Diverged);
        };
        let after = read_correctly(&mlp, &self.images);
        let count = |is_so: fn(bool, bool) -> bool| {
            let both = self.before.iter().zip(&after);
            both.filter(|&(&before, &after)| is_so(before, after)).count() as u32
        };
        Some(CellOutcome::Tested(CellTest {
            correct: count(|_, after| after),
            won: count(|before, after| after && !before),
            lost: count(|before, after| before && !after),
            spikes: spikes.iter().skip(1).sum(),
        }))
    }

    /// The network after a night.
    fn sleep(&self, params: &NightParams, stop: &AtomicBool) -> Option<Morning> {
        let alpha = params.alpha.gains(|| Some(&self.scaling))?;
        let DreamSource {
            mean_image,
            image_size,
            seed,
        } = &self.source;
        let dreamer = Dreamer::new(params, mean_image, *image_size, *seed);
        sleep_through(&self.mlp, params, &alpha, &dreamer, &mut |step, _| {
            !step.is_multiple_of(PATIENCE) || !stop.load(Ordering::Relaxed)
        })
    }
}

/// Which of the images a network reads correctly.
fn read_correctly(mlp: &Mlp, images: &Samples) -> Vec<bool> {
    let all: Vec<usize> = (0..images.len()).collect();
    let readings = Evaluator::default().read_images(mlp, images, &all);
    let labels = images.labels.iter();
    let is_correct =
        |(reading, &label): (&crate::sim::evaluate::ImageReading, &u8)| reading.class == usize::from(label);
    readings.iter().zip(labels).map(is_correct).collect()
}

impl Recipe {
    /// The positions of the training images that a run of this recipe is not trained on, in the order in which a sample takes them:
    /// each is equally likely to be among the first.
    ///
    /// # Errors
    /// If the set does not have the images that the recipe asks for.
    pub fn validation_images(&self, dataset: &Dataset) -> Result<Vec<usize>, DataError> {
        let mut is_chosen = vec![false; dataset.train.len()];
        for image in self.training_images(dataset)? {
            is_chosen[image] = true;
        }
        let mut others: Vec<usize> = (0..is_chosen.len()).filter(|&image| !is_chosen[image]).collect();
        rng::shuffle(&mut others, &mut rng::stream(self.seed, Stream::Validation, 0));
        Ok(others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    fn grid(columns: usize, rows: usize) -> NightGrid {
        let base = presets().swap_remove(0).recipe;
        let decay = Knob::Number("night.decay", 0);
        NightGrid {
            across: GridAxis {
                knob: Knob::Thresholds,
                values: Knob::Thresholds.values(0.5, 2.0, columns, Some(1.0)),
            },
            upwards: GridAxis {
                knob: decay,
                values: decay.values(0.99, 0.9999, rows, Some(base.night.decay)),
            },
            base,
        }
    }

    /// Catches a cell that is left out or done twice, and a first impression that is not of the whole map.
    #[test]
    fn every_cell_comes_once_and_the_coarse_ones_first() {
        for (columns, rows) in [(1, 1), (2, 3), (5, 5), (9, 9), (17, 9)] {
            let grid = grid(columns, rows);
            let order = grid.order();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..grid.cells()).collect::<Vec<_>>());
        }
        let order = grid(9, 9).order();
        let first: Vec<(usize, usize)> = order[..9].iter().map(|cell| (cell % 9, cell / 9)).collect();
        for corner in [(0, 0), (8, 0), (0, 8), (8, 8), (4, 4)] {
            assert!(first.contains(&corner), "{first:?}");
        }
        assert!(order[..25].iter().all(|cell| cell % 9 % 2 == 0 && cell / 9 % 2 == 0));
    }

    /// Catches a present setting that is marked in the wrong place, and settings that differ otherwise and are marked all the same.
    #[test]
    fn a_night_lies_where_its_values_are() {
        let grid = grid(9, 5);
        assert_eq!(grid.place(&grid.base), Some((4.0, 2.0)));
        for cell in 0..grid.cells() {
            let here = Some(((cell % 9) as f64, (cell / 9) as f64));
            assert_eq!(grid.place(&grid.recipe(cell)), here);
        }
        let mut between = grid.base.clone();
        between.night.decay = 0.9995;
        let place = grid.place(&between);
        assert!(
            place.is_some_and(|(x, y)| (x - 4.0).abs() < 1e-9 && y > 2.0 && y < 3.0),
            "{place:?}"
        );
        between.night.decay = 0.5;
        assert_eq!(grid.place(&between), None);
        let mut other = grid.base.clone();
        other.night.inc *= 2.0;
        assert_eq!(grid.place(&other), None);
        let mut uneven = grid.base.clone();
        uneven.night.beta[0] *= 1.1;
        assert_eq!(grid.place(&uneven), None);
    }
}
