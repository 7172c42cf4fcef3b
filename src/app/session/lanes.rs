//! What is known of the nights beside the present one.

use std::sync::Arc;

use super::{Layers, SpikeLog};
use crate::sim::evaluate::Evaluation;
use crate::sim::night::Spike;
use crate::worker::{Evaluated, Event, LaneId, LaneOpened, LaneOrigin, Moment, WeightShifts, Which};

/// A night beside the present one.
#[derive(Clone, Debug)]
pub struct Lane {
    opened: Arc<LaneOpened>,
    name: String,
    layers: Layers,
    spikes: SpikeLog,
    /// In the order of time.
    tests: Vec<Arc<Evaluated>>,
}

impl Lane {
    /// What tells it from other lanes.
    pub fn id(&self) -> LaneId {
        self.opened.id
    }

    /// What the person calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What was told when it was made.
    pub fn opened(&self) -> &LaneOpened {
        &self.opened
    }

    /// Which unit belongs to which layer.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Its spikes, as far as it was gone through.
    pub fn spikes(&self) -> &SpikeLog {
        &self.spikes
    }

    /// Every test of its network, in the order of time.
    pub fn tests(&self) -> &[Arc<Evaluated>] {
        &self.tests
    }

    /// Steps of its whole night.
    pub fn total_steps(&self) -> u64 {
        match self.opened.origin {
            LaneOrigin::File(_) => self.spikes.steps(),
            LaneOrigin::Branch(_) | LaneOrigin::Night => self.opened.recipe.night.steps,
        }
    }

    /// The newest test at a step or before it, and the step of it; 0 for a test before sleep.
    pub fn test_at(&self, step: u64) -> Option<(u64, &Evaluation)> {
        newest_test(&self.tests, step)
    }
}

/// The newest of some tests at a step of the night or before it, and the step of it; 0 for a test before sleep.
pub fn newest_test(tests: &[Arc<Evaluated>], step: u64) -> Option<(u64, &Evaluation)> {
    let newest = tests.iter().rev().find(|test| test.moment <= Moment::Step(step))?;
    let at = match newest.moment {
        Moment::Step(step) => step,
        Moment::Batch(_) | Moment::Tuned(_) => 0,
    };
    Some((at, &newest.evaluation))
}

/// The nights beside the present one.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    list: Vec<Lane>,
    /// Spikes that are kept from happening in the present night, rising.
    left_out: Vec<Spike>,
    /// How far the weights of each night are from the baseline's, as it was last told.
    shifts: Vec<Arc<WeightShifts>>,
}

impl Lanes {
    /// Every lane, in the order they were made.
    pub fn list(&self) -> &[Lane] {
        &self.list
    }

    /// A lane.
    pub fn get(&self, id: LaneId) -> Option<&Lane> {
        self.list.iter().find(|lane| lane.id() == id)
    }

    /// Spikes that are kept from happening in the present night, rising.
    pub fn left_out(&self) -> &[Spike] {
        &self.left_out
    }

    /// How far the weights of a night are from the baseline's at a step, if that is known.
    pub fn shifts(&self, night: Which, baseline: Which, step: u64) -> Option<&WeightShifts> {
        let found = self.shifts.iter().find(|shifts| shifts.night == night)?;
        (found.baseline == baseline && found.step == step).then_some(&**found)
    }

    /// The lanes when another run was made ready: what was known of its night is void.
    pub(super) fn of_another_run(self) -> Self {
        Self {
            list: self.list,
            ..Self::default()
        }
    }

    /// Takes in an event about lanes. Whether what was known of a lane became void.
    pub(super) fn absorb(&mut self, event: Event) -> bool {
        match event {
            Event::LeftOut(spikes) => self.left_out = spikes,
            Event::LaneOpened(opened) => {
                let lane = Lane {
                    name: opened.name.clone(),
                    layers: Layers::new(&opened.sizes),
                    opened,
                    spikes: SpikeLog::default(),
                    tests: Vec::new(),
                };
                if let Some(known) = self.find(lane.id()) {
                    *known = lane;
                    return true;
                }
                self.list.push(lane);
            }
            Event::LaneAdvanced { id, chunk } => {
                if let Some(lane) = self.find(id) {
                    lane.spikes.push(chunk, &lane.layers);
                }
            }
            Event::LaneTested { id, test } => {
                if let Some(lane) = self.find(id) {
                    let at = lane.tests.partition_point(|other| other.moment < test.moment);
                    lane.tests.insert(at, test);
                }
            }
            Event::LaneRenamed { id, name } => {
                if let Some(lane) = self.find(id) {
                    lane.name = name;
                }
            }
            Event::LaneClosed(id) => {
                self.list.retain(|lane| lane.id() != id);
                self.shifts.retain(|shifts| shifts.night != Which::Lane(id));
            }
            Event::LaneWeights(shifts) => {
                self.shifts.retain(|other| other.night != shifts.night);
                self.shifts.push(shifts);
            }
            _ => {}
        }
        false
    }

    /// A lane, to add to it.
    fn find(&mut self, id: LaneId) -> Option<&mut Lane> {
        self.list.iter_mut().find(|lane| lane.id() == id)
    }
}
