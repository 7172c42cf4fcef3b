//! Lanes: further nights beside the one that all panes show, and what is told of them.

use std::path::PathBuf;

use crate::experiment::Recipe;
use crate::sim::night::{NightParams, Spike};

use super::event::NightChange;

/// Lanes that there can be at the same time: eight nights with the one that all panes show. A lane of 784-1200-1200-10 keeps two
/// copies of the weights, 20 MB, and key frames.
pub const MAX_LANES: usize = 7;

/// Lanes that were taken away and can be brought back.
pub const MAX_CLOSED_LANES: usize = 3;

/// Names a lane; none is ever given twice.
pub type LaneId = u64;

/// One of the nights that stand side by side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Which {
    /// The night that all panes show.
    #[default]
    Present,
    /// A lane.
    Lane(LaneId),
}

/// A lane that is wanted: it is the present night up to a step, and goes on differently from there with the same noise.
#[derive(Clone, Debug, PartialEq)]
pub struct Branching {
    /// What the person calls it.
    pub name: String,
    /// Steps slept at the moment where it begins.
    pub step: u64,
    /// The parameters it goes on with; `None` for those of the present night, later changes and all.
    pub params: Option<Box<NightParams>>,
    /// A spike that is kept from happening.
    pub without: Option<Spike>,
}

/// Where a lane comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LaneOrigin {
    /// It left the night that all panes showed after so many steps.
    Branch(u64),
    /// It was the night that all panes showed, until another took its place.
    Night,
    /// A recorded run.
    File(PathBuf),
}

/// A lane that was made.
#[derive(Clone, Debug)]
pub struct LaneOpened {
    /// Its name among lanes.
    pub id: LaneId,
    /// What the person calls it.
    pub name: String,
    /// Where it comes from.
    pub origin: LaneOrigin,
    /// What is run, with the night that it goes on with.
    pub recipe: Recipe,
    /// Units from the inputs to the outputs.
    pub sizes: Vec<usize>,
    /// The parameters of its night, from step 0 on.
    pub changes: Vec<NightChange>,
    /// Spikes that are kept from happening, rising.
    pub without: Vec<Spike>,
    /// Whether its network can be tested at any step; otherwise its tests are those that were recorded.
    pub is_tested: bool,
}

/// How far the weights of a night are from those before it, and from those of the baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightShifts {
    /// The night.
    pub night: Which,
    /// What it is compared with.
    pub baseline: Which,
    /// The step of the scrubber that was asked about; a shorter night stands at its end.
    pub step: u64,
    /// Layer by layer.
    pub layers: Vec<LayerShift>,
}

/// How far the weights of one layer are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LayerShift {
    /// Weights of the layer.
    pub weights: u64,
    /// Mean magnitude of what the night changed in a weight.
    pub changed: f64,
    /// The change less that of the baseline's same weight; `None` if the layer has another shape there.
    pub apart: Option<Apart>,
}

/// Changes of weights less those of a baseline.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Apart {
    /// Weights whose change is another.
    pub differing: u64,
    /// Mean magnitude of the difference, over all weights of the layer.
    pub mean: f64,
    /// The largest difference, with its sign.
    pub largest: f64,
}

impl LayerShift {
    /// Compares a layer, of which the weights before the night and now are given, with the same layer of the baseline.
    pub(super) fn of(
        (before, now): (&ndarray::Array2<f32>, &ndarray::Array2<f32>),
        baseline: Option<(&ndarray::Array2<f32>, &ndarray::Array2<f32>)>,
    ) -> Self {
        let weights = now.len() as u64;
        let changes = |before: &ndarray::Array2<f32>, now: &ndarray::Array2<f32>| -> Vec<f64> {
            let both = before.iter().zip(now);
            both.map(|(&before, &now)| f64::from(now) - f64::from(before)).collect()
        };
        let own = changes(before, now);
        let mean = |sum: f64| if weights == 0 { 0.0 } else { sum / weights as f64 };
        let apart = baseline
            .filter(|(_, theirs)| theirs.dim() == now.dim())
            .map(|(before, now)| {
                let mut apart = Apart::default();
                for (own, theirs) in own.iter().zip(changes(before, now)) {
                    let by = own - theirs;
                    apart.differing += u64::from(by != 0.0);
                    apart.mean += by.abs();
                    if by.abs() > apart.largest.abs() {
                        apart.largest = by;
                    }
                }
                apart.mean = mean(apart.mean);
                apart
            });
        Self {
            weights,
            changed: mean(own.iter().map(|change| change.abs()).sum()),
            apart,
        }
    }
}
