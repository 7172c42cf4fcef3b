//! How lively each layer is up to the moment that is shown: spikes, intervals between them, and what to make of it.
//!
//! Only new spikes are counted; gone back to, the night is counted again from its start.

mod light;
mod lights;

use super::session::Session;
use crate::sim::night::DT;

pub use light::{Band, Light};
pub use lights::{lights_ui, paint};

/// Steps that the lights look back: enough to tell a layer of hundreds of units that spikes as rarely as is published from a
/// silent one.
pub const RECENT: u64 = 1000;
/// Pieces that a night is cut into at most, for the rates over time.
const PIECES: u64 = 160;
/// Spikes of a neuron from which on its intervals have a spread.
const SPREAD: u32 = 3;

/// How lively each layer is.
#[derive(Clone, Debug, Default)]
pub struct Activity {
    revision: u64,
    /// Steps below this are counted.
    done: u64,
    /// Steps of a piece of the night.
    piece: u64,
    units: Vec<Unit>,
    layers: Vec<Layer>,
}

/// What a unit has done.
#[derive(Clone, Copy, Debug, Default)]
struct Unit {
    spikes: u32,
    /// Step of its last spike.
    last: u64,
    /// Sum of its intervals in steps, and of their squares.
    intervals: f64,
    squares: f64,
}

/// What a layer has done.
#[derive(Clone, Debug, Default)]
struct Layer {
    spikes: u64,
    /// Spikes in the last [`RECENT`] steps.
    recent: u64,
    /// Spikes in each piece of the night.
    pieces: Vec<u64>,
    summary: Summary,
}

/// A layer in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Its units.
    pub units: usize,
    /// Steps that are counted.
    pub steps: u64,
    /// Its spikes.
    pub spikes: u64,
    /// Units that have spiked at least once.
    pub active: usize,
    /// Mean of all intervals between two spikes of a unit, in steps, if there are any.
    pub interval: Option<f64>,
    /// Intervals there are.
    pub intervals: u64,
    /// Mean, over the units with at least three spikes, of the coefficient of variation of their intervals; and how many units
    /// these are.
    pub variation: Option<(f64, usize)>,
    /// Share of units that spiked in a step, in the mean of the last [`RECENT`] steps.
    pub recent_share: f64,
    /// What to make of it; the inputs are driven by noise and have no light.
    pub light: Option<Light>,
}

impl Summary {
    /// Share of units that spike in a step, in the mean of all steps.
    pub fn share(&self) -> f64 {
        self.spikes as f64 / (self.units as f64 * self.steps as f64).max(1.0)
    }

    /// Mean rate of a unit in Hz.
    pub fn rate(&self) -> f64 {
        self.share() / DT
    }

    /// Mean rate of a unit in Hz over the last [`RECENT`] steps.
    pub fn recent_rate(&self) -> f64 {
        self.recent_share / DT
    }

    /// Share of units that have spiked at least once.
    pub fn active_share(&self) -> f64 {
        self.active as f64 / self.units.max(1) as f64
    }
}

impl Activity {
    /// Counts what is new up to the moment that is shown.
    pub fn update(&mut self, session: &Session) {
        let layers = session.layers();
        let steps = session.slept();
        let piece = session.total_steps().div_ceil(PIECES).max(1);
        let is_other = self.revision != session.revision() || self.layers.len() != layers.count();
        if is_other || steps < self.done || self.piece != piece {
            *self = Self {
                revision: session.revision(),
                done: 0,
                piece,
                units: vec![Unit::default(); (0..layers.count()).map(|layer| layers.size(layer)).sum()],
                layers: vec![Layer::default(); layers.count()],
            };
        } else if steps == self.done {
            return;
        }
        for (step, units) in session.spikes().range(self.done..steps) {
            for &unit in units {
                let (Some(layer), Some(unit)) = (layers.layer_of(unit), self.units.get_mut(unit as usize)) else {
                    continue;
                };
                unit.spike(step);
                self.layers[layer].spike((step / piece) as usize);
            }
        }
        let leave = |steps: u64| steps.saturating_sub(RECENT);
        for (_, units) in session.spikes().range(leave(self.done)..leave(steps)) {
            for layer in units.iter().filter_map(|&unit| layers.layer_of(unit)) {
                self.layers[layer].recent -= 1;
            }
        }
        self.done = steps;
        for (layer, tally) in self.layers.iter_mut().enumerate() {
            let range = layers.units(layer);
            let units = self.units.get(range.start as usize..range.end as usize).unwrap_or(&[]);
            let band = Band::of(layer, layers.count());
            tally.summary = summary(tally, units, steps, band);
        }
    }

    /// The layers in numbers, the inputs first; nothing before the first step.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &Summary> {
        let known = if self.done > 0 { &self.layers[..] } else { &[] };
        known.iter().map(|layer| &layer.summary)
    }

    /// Steps that the lights stand for.
    pub fn recent_steps(&self) -> u64 {
        self.done.min(RECENT)
    }

    /// Steps of a piece of the night.
    pub fn piece(&self) -> u64 {
        self.piece.max(1)
    }

    /// The mean rate of a unit of a layer in each piece of the night that has begun: its first step, one past its last, and
    /// Hz.
    pub fn rates(&self, layer: usize) -> impl Iterator<Item = (u64, u64, f64)> {
        let piece = self.piece();
        let tally = self.layers.get(layer);
        let units = tally.map_or(0, |tally| tally.summary.units).max(1) as f64;
        (0..self.done.div_ceil(piece)).map(move |index| {
            let (from, to) = (index * piece, ((index + 1) * piece).min(self.done));
            let spikes = tally
                .and_then(|tally| tally.pieces.get(index as usize))
                .copied()
                .unwrap_or(0);
            (from, to, spikes as f64 / (units * (to - from) as f64 * DT))
        })
    }

    /// The lowest rate in Hz that a piece of the night can have and not be silent.
    pub fn least_rate(&self) -> f64 {
        let most = self
            .layers
            .iter()
            .map(|layer| layer.summary.units)
            .max()
            .unwrap_or(1)
            .max(1);
        1.0 / (most as f64 * self.piece() as f64 * DT)
    }
}

impl Unit {
    /// One more spike.
    fn spike(&mut self, step: u64) {
        if self.spikes > 0 {
            let interval = (step - self.last) as f64;
            self.intervals += interval;
            self.squares += interval * interval;
        }
        self.spikes += 1;
        self.last = step;
    }

    /// The coefficient of variation of its intervals: their standard deviation over their mean.
    fn variation(&self) -> Option<f64> {
        let count = f64::from(self.spikes.checked_sub(1).filter(|_| self.spikes >= SPREAD)?);
        let mean = self.intervals / count;
        let variance = (self.squares - count * mean * mean).max(0.0) / (count - 1.0);
        Some(variance.sqrt() / mean)
    }
}

impl Layer {
    /// One more spike, in a piece of the night.
    fn spike(&mut self, piece: usize) {
        self.spikes += 1;
        self.recent += 1;
        if self.pieces.len() <= piece {
            self.pieces.resize(piece + 1, 0);
        }
        self.pieces[piece] += 1;
    }
}

/// A layer in numbers.
fn summary(layer: &Layer, units: &[Unit], steps: u64, band: Option<Band>) -> Summary {
    let active = units.iter().filter(|unit| unit.spikes > 0);
    let intervals: u64 = active.clone().map(|unit| u64::from(unit.spikes - 1)).sum();
    let sum: f64 = units.iter().map(|unit| unit.intervals).sum();
    let variations = units.iter().filter_map(Unit::variation);
    let (count, total) = variations.fold((0, 0.0), |(count, total), cv| (count + 1, total + cv));
    let exposure = units.len() as f64 * steps.min(RECENT) as f64;
    Summary {
        units: units.len(),
        steps,
        spikes: layer.spikes,
        active: active.count(),
        interval: (intervals > 0).then(|| sum / intervals as f64),
        intervals,
        variation: (count > 0).then(|| (total / count as f64, count)),
        recent_share: layer.recent as f64 / exposure.max(1.0),
        light: band.map(|band| band.judge(layer.recent, exposure)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::session::testing;
    use crate::experiment::presets;
    use crate::worker::Frame;

    /// A night of 4 inputs, 3 hidden neurons and 2 outputs in which these units spike step by step.
    fn night(steps: &[&[u32]]) -> Session {
        let mut recipe = presets().remove(0).recipe;
        recipe.night.steps = 3200;
        let spikes: Vec<(u64, &[u32])> = (0..).zip(steps.iter().copied()).collect();
        testing::night(recipe, &spikes)
    }

    fn show(session: &mut Session, steps: u64) {
        session.show(Arc::new(Frame {
            steps,
            ..Frame::default()
        }));
    }

    /// Catches intervals across neurons, a spread of a single interval, and rates that are not per unit and second.
    #[test]
    fn intervals_rates_and_shares_are_those_of_the_spikes() {
        // Hidden neuron 0 spikes in steps 0, 2 and 8, hidden neuron 1 in 1 and 5.
        let mut steps: Vec<&[u32]> = vec![&[]; 10];
        for (step, units) in [(0, &[4_u32][..]), (1, &[5]), (2, &[4]), (5, &[5]), (8, &[4, 8])] {
            steps[step] = units;
        }
        let session = night(&steps);
        let mut activity = Activity::default();
        activity.update(&session);
        let hidden = *activity.layers().nth(1).expect("there is a hidden layer");
        assert_eq!((hidden.spikes, hidden.active, hidden.intervals), (5, 2, 3));
        assert!((hidden.interval.expect("three intervals") - 4.0).abs() < 1e-9);
        let (variation, of) = hidden.variation.expect("neuron 0 has two intervals");
        // Intervals 2 and 6: mean 4, standard deviation the root of 8.
        assert!((variation - 8.0_f64.sqrt() / 4.0).abs() < 1e-9 && of == 1);
        assert!((hidden.share() - 5.0 / 30.0).abs() < 1e-12 && (hidden.rate() - 5.0 / 30.0 / DT).abs() < 1e-9);
        assert!((hidden.active_share() - 2.0 / 3.0).abs() < 1e-12);
        let input = *activity.layers().next().expect("inputs");
        assert_eq!(
            (input.spikes, input.interval, input.light),
            (0, None, None),
            "inputs are driven"
        );
        assert_eq!(activity.layers().nth(2).map(|output| output.variation), Some(None));
    }

    /// Catches a count that differs when the night is followed in parts, gone back in, or forgotten.
    #[test]
    fn counting_on_is_counting_from_the_start() {
        let steps: Vec<Vec<u32>> = (0..2500_u32)
            .map(|step| (0..9).filter(|unit| (step * 7 + unit * 3) % 11 == 0).collect())
            .collect();
        let steps: Vec<&[u32]> = steps.iter().map(Vec::as_slice).collect();
        let mut session = night(&steps);
        let told = |activity: &Activity| {
            let rates: Vec<_> = (0..3).flat_map(|layer| activity.rates(layer)).collect();
            (activity.layers().copied().collect::<Vec<_>>(), rates)
        };
        let mut follows = Activity::default();
        for moment in [0, 3, 700, 1500, 2500, 1200, 1201, 2499] {
            show(&mut session, moment);
            follows.update(&session);
            let mut fresh = Activity::default();
            fresh.update(&session);
            assert_eq!(told(&follows), told(&fresh), "{moment}");
        }
        let spikes: f64 = follows
            .rates(1)
            .map(|(from, to, rate)| rate * 3.0 * (to - from) as f64 * DT)
            .sum();
        let all = follows.layers().nth(1).expect("hidden").spikes as f64;
        assert!((spikes - all).abs() < 1e-6, "every spike is in a piece");
        assert_eq!(follows.recent_steps(), RECENT);
    }
}
