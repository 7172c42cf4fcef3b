//! Nights side by side, as the panes see them: the present one and its lanes alike, and where each parts from the baseline.

use std::sync::Arc;

use egui::Color32;

use crate::app::session::{Layers, Session, SpikeLog, newest_test};
use crate::app::settings::{Difference, differences};
use crate::app::text::{counted, grouped};
use crate::app::theme::Tokens;
use crate::experiment::Recipe;
use crate::sim::evaluate::Evaluation;
use crate::sim::night::Spike;
use crate::text::layer_name;
use crate::worker::{Evaluated, LaneOrigin, Moment, SpikeChunk, Which};

/// A night among others.
pub struct Beside<'a> {
    /// Which.
    pub which: Which,
    /// What the person calls it.
    pub name: &'a str,
    /// Its colour in every plot.
    pub color: Color32,
    /// Where it comes from; `None` for the present one.
    pub origin: Option<&'a LaneOrigin>,
    /// What is run in it.
    pub recipe: &'a Recipe,
    /// Which unit belongs to which layer.
    pub layers: &'a Layers,
    /// Its spikes, as far as they are known.
    pub spikes: &'a SpikeLog,
    /// Its tests, in the order of time.
    pub tests: &'a [Arc<Evaluated>],
    /// Steps of the whole night.
    pub total: u64,
    /// Spikes that are kept from happening in it.
    pub left_out: &'a [Spike],
}

impl Beside<'_> {
    /// The newest test at a step or before it, and the step of it.
    pub fn test_at(&self, step: u64) -> Option<(u64, &Evaluation)> {
        newest_test(self.tests, step)
    }

    /// The tests of the night, with the step of each: the last of the day, which is that before sleep, and all after it.
    pub fn slept_tests(&self) -> impl Iterator<Item = (u64, &Evaluation)> {
        let before = self.tests.iter().rev().find(|test| test.moment <= Moment::Step(0));
        let slept = self.tests.iter().filter(|test| test.moment > Moment::Step(0));
        before.into_iter().chain(slept).filter_map(|test| match test.moment {
            Moment::Step(step) => Some((step, &test.evaluation)),
            Moment::Batch(_) => Some((0, &test.evaluation)),
            Moment::Tuned(_) => None,
        })
    }

    /// Whether a unit of it is the same unit in another night.
    pub fn has_layers_of(&self, other: &Self) -> bool {
        self.layers == other.layers
    }

    /// In what it differs from another night, in words: what is changed, from what, to what.
    pub fn differs_from(&self, other: &Self) -> Vec<Difference> {
        differences(other.recipe, self.recipe)
    }

    /// The spikes that are kept from happening, in words.
    pub fn left_out_words(&self) -> Vec<String> {
        let words = |spike: &Spike| {
            let layer = layer_name(spike.layer, self.layers.count());
            format!(
                "{layer} #{} in step {}",
                grouped(spike.unit.into()),
                grouped(spike.step + 1)
            )
        };
        self.left_out.iter().map(words).collect()
    }

    /// Where it comes from, in words.
    pub fn origin_words(&self) -> String {
        match self.origin {
            None => "the night that all panes show".to_owned(),
            Some(LaneOrigin::Branch(step)) => format!("left the night after {}", counted(*step, "step")),
            Some(LaneOrigin::Night) => "was the night until another took its place".to_owned(),
            Some(LaneOrigin::File(path)) => {
                let file = path.file_name().unwrap_or(path.as_os_str());
                format!("saved run {}", file.to_string_lossy())
            }
        }
    }
}

/// All nights that stand side by side, the present one first; none before it has begun.
pub fn nights<'a>(session: &'a Session, tokens: &Tokens) -> Vec<Beside<'a>> {
    let Some(opened) = session.opened().filter(|_| session.night().is_some()) else {
        return Vec::new();
    };
    let present = Beside {
        which: Which::Present,
        name: "This night",
        color: tokens.selected(0),
        origin: None,
        recipe: &opened.recipe,
        layers: session.layers(),
        spikes: session.spikes(),
        tests: session.evaluations(),
        total: session.total_steps(),
        left_out: session.lanes().left_out(),
    };
    let lanes = session.lanes().list().iter().enumerate().map(|(place, lane)| Beside {
        which: Which::Lane(lane.id()),
        name: lane.name(),
        color: tokens.selected(place + 1),
        origin: Some(&lane.opened().origin),
        recipe: &lane.opened().recipe,
        layers: lane.layers(),
        spikes: lane.spikes(),
        tests: lane.tests(),
        total: lane.total_steps(),
        left_out: &lane.opened().without,
    });
    std::iter::once(present).chain(lanes).collect()
}

/// What two nights of the same layers do not share.
#[derive(Debug, Default)]
pub struct Parting {
    /// Counts the times that anything known of the present night became void, for that voids what was compared.
    revision: u64,
    /// Steps that are compared.
    done: u64,
    first: Option<u64>,
    here: SpikeLog,
    there: SpikeLog,
}

impl Parting {
    /// The first step, counted from 0, in which other units spike.
    pub fn first(&self) -> Option<u64> {
        self.first
    }

    /// Steps that are compared: those that are known of both.
    pub fn compared(&self) -> u64 {
        self.done
    }

    /// Spikes of the night that the baseline does not have.
    pub fn only_here(&self) -> &SpikeLog {
        &self.here
    }

    /// Spikes of the baseline that the night does not have.
    pub fn only_there(&self) -> &SpikeLog {
        &self.there
    }

    /// Compares what is new; everything, if what was known became void.
    fn update(&mut self, revision: u64, night: &Beside<'_>, baseline: &Beside<'_>) {
        let end = night.spikes.steps().min(baseline.spikes.steps());
        if self.revision != revision || end < self.done {
            *self = Self {
                revision,
                ..Self::default()
            };
        }
        if end == self.done {
            return;
        }
        let empty = |first_step| SpikeChunk {
            first_step,
            ..SpikeChunk::default()
        };
        let (mut here, mut there) = (empty(self.done), empty(self.done));
        let both = night
            .spikes
            .range(self.done..end)
            .zip(baseline.spikes.range(self.done..end));
        for ((step, own), (_, theirs)) in both {
            let missing = |from: &[u32], among: &[u32], to: &mut SpikeChunk| {
                let only = from.iter().filter(|unit| among.binary_search(unit).is_err());
                to.units.extend(only);
                to.ends.push(to.units.len() as u32);
            };
            missing(own, theirs, &mut here);
            missing(theirs, own, &mut there);
            if self.first.is_none() && own != theirs {
                self.first = Some(step);
            }
        }
        self.here.push(Arc::new(here), night.layers);
        self.there.push(Arc::new(there), night.layers);
        self.done = end;
    }
}

/// The baseline, and where each night parts from it.
#[derive(Debug, Default)]
pub struct Comparison {
    baseline: Which,
    partings: Vec<(Which, Parting)>,
}

impl Comparison {
    /// The night that the others are compared with.
    pub fn baseline(&self) -> Which {
        self.baseline
    }

    /// Compares with another night from now on.
    pub fn choose(&mut self, baseline: Which) {
        if self.baseline != baseline {
            self.baseline = baseline;
            self.partings.clear();
        }
    }

    /// Where a night parts from the baseline; `None` for the baseline itself and for other layers.
    pub fn parting(&self, which: Which) -> Option<&Parting> {
        let found = self.partings.iter().find(|(night, _)| *night == which)?;
        Some(&found.1)
    }

    /// Keeps up with the session.
    pub fn update(&mut self, session: &Session) {
        if let Which::Lane(id) = self.baseline
            && session.lanes().get(id).is_none()
        {
            self.choose(Which::Present);
        }
        if session.lanes().list().is_empty() {
            self.partings.clear();
            return;
        }
        let nights = nights(session, &Tokens::dark());
        let Some(baseline) = nights.iter().find(|night| night.which == self.baseline) else {
            self.partings.clear();
            return;
        };
        let compared = |night: &&Beside<'_>| night.which != self.baseline && night.has_layers_of(baseline);
        let compared: Vec<_> = nights.iter().filter(compared).collect();
        self.partings
            .retain(|(which, _)| compared.iter().any(|night| night.which == *which));
        for night in compared {
            let known = self.partings.iter().position(|(which, _)| *which == night.which);
            let place = known.unwrap_or_else(|| {
                self.partings.push((night.which, Parting::default()));
                self.partings.len() - 1
            });
            self.partings[place].1.update(session.revision(), night, baseline);
        }
    }
}
