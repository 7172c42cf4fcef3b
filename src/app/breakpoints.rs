//! What playing waits at: the list of breakpoints that a person has set.

use super::panels::neuron_name;
use super::selection::Neuron;
use super::session::Session;
use super::text::{counted, grouped, number};
use crate::worker::Stop;

/// Neurons of a breakpoint that are named; beyond that they are counted.
const NAMED: usize = 3;

/// Something to wait at.
#[derive(Clone, Debug, PartialEq)]
pub struct Breakpoint {
    /// What.
    pub stop: Stop,
    /// Whether it is heeded.
    pub on: bool,
}

/// The breakpoints, in the order in which they were set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Breakpoints {
    list: Vec<Breakpoint>,
}

impl Breakpoints {
    /// All of them.
    pub fn list(&self) -> &[Breakpoint] {
        &self.list
    }

    /// Those that are heeded, as the worker wants them.
    pub fn heeded(&self) -> Vec<Stop> {
        let heeded = self.list.iter().filter(|breakpoint| breakpoint.on);
        heeded.map(|breakpoint| breakpoint.stop.clone()).collect()
    }

    /// Sets one. One that is there already is heeded again.
    pub fn add(&mut self, stop: Stop) {
        match self.list.iter_mut().find(|breakpoint| breakpoint.stop == stop) {
            Some(breakpoint) => breakpoint.on = true,
            None => self.list.push(Breakpoint { stop, on: true }),
        }
    }

    /// Takes one away.
    pub fn remove(&mut self, index: usize) {
        if index < self.list.len() {
            self.list.remove(index);
        }
    }

    /// Heeds one, or heeds it no longer.
    pub fn toggle(&mut self, index: usize) {
        if let Some(breakpoint) = self.list.get_mut(index) {
            breakpoint.on = !breakpoint.on;
        }
    }

    /// Whether this was set here.
    pub fn has(&self, stop: &Stop) -> bool {
        self.list.iter().any(|breakpoint| breakpoint.stop == *stop)
    }

    /// Forgets those about units or layers that a network of these layers does not have.
    pub fn keep_within(&mut self, sizes: &[usize]) {
        self.list.retain(|breakpoint| match &breakpoint.stop {
            Stop::Spike(units) => units
                .iter()
                .all(|&(layer, unit)| sizes.get(layer).is_some_and(|&size| (unit as usize) < size)),
            Stop::Silent { layer, .. } => *layer < sizes.len(),
            Stop::Step(_) | Stop::WeightChange | Stop::AccuracyBelow(_) => true,
        });
    }

    /// Those at a step: which one, and whether it is heeded.
    pub fn steps(&self) -> impl Iterator<Item = (u64, bool)> + '_ {
        self.list.iter().filter_map(|breakpoint| match breakpoint.stop {
            Stop::Step(step) => Some((step, breakpoint.on)),
            _ => None,
        })
    }
}

/// What a stop is, in words that follow "Wait at".
pub fn stop_words(stop: &Stop, session: &Session) -> String {
    match stop {
        Stop::Step(step) => format!("step {}", grouped(*step)),
        Stop::Spike(units) => {
            let name = |&(layer, unit): &(usize, u32)| neuron_name(session, Neuron { layer, unit });
            let named: Vec<String> = units.iter().take(NAMED).map(name).collect();
            let more = units.len().saturating_sub(NAMED);
            let rest = if more > 0 {
                format!(" or one of {} more", grouped(more as u64))
            } else {
                String::new()
            };
            format!("a spike of {}{rest}", named.join(" or "))
        }
        Stop::WeightChange => "a weight change".to_owned(),
        Stop::AccuracyBelow(share) => format!("accuracy below {} %", number(100.0 * share)),
        Stop::Silent { layer, steps } => {
            format!(
                "{} silent for {}",
                session.layers().name(*layer),
                counted(*steps, "step")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a breakpoint that is there twice, one that is heeded while it is off, and one about a layer that is gone.
    #[test]
    fn breakpoints_are_there_once_and_fit_the_network() {
        let mut breakpoints = Breakpoints::default();
        breakpoints.add(Stop::Step(40));
        breakpoints.add(Stop::Spike(vec![(1, 3), (2, 9)]));
        breakpoints.add(Stop::Silent { layer: 3, steps: 50 });
        breakpoints.toggle(0);
        assert_eq!(breakpoints.heeded().len(), 2);
        assert_eq!(breakpoints.steps().collect::<Vec<_>>(), [(40, false)]);
        breakpoints.add(Stop::Step(40));
        assert_eq!((breakpoints.list().len(), breakpoints.heeded().len()), (3, 3));
        breakpoints.keep_within(&[4, 4, 9]);
        assert_eq!(breakpoints.heeded(), [Stop::Step(40)]);
        breakpoints.remove(7);
        breakpoints.remove(0);
        assert!(breakpoints.list().is_empty() && !breakpoints.has(&Stop::Step(40)));
    }
}
