//! What the parts of the inspector look at, and what of it the pointer is on.

use std::cmp::Reverse;

use egui::Response;

use crate::app::panels::neuron_name;
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::sim::night::{Anatomy, Effect, Fed};

/// Units of a list that are shown at most.
pub const MOST: usize = 60;

/// What the pointer can be on, as far as it comes from units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The potential of the unit itself.
    Own,
    /// The inputs that spike.
    Arrivals,
    /// The silent inputs whose weights drop most.
    Lowered,
    /// One input.
    Input(u32),
    /// The neurons that are fed most.
    Fed,
    /// The neurons that would not have spiked.
    Tipped,
    /// The neurons that would have spiked.
    HeldBack,
    /// The neurons whose synapses from the unit change.
    Taught,
    /// One neuron of the next layer.
    Post(u32),
}

/// A step cut open, and what of it the pointer is on.
pub struct Scene<'a> {
    /// The run.
    pub session: &'a Session,
    /// The step.
    pub anatomy: &'a Anatomy,
    /// The unit.
    pub neuron: Neuron,
    /// The input whose synapse is looked at.
    pub picked: Option<u32>,
    /// What the pointer was on in the last picture.
    pub lit: Option<Source>,
    /// What it is on in this one.
    pub hovered: Option<Source>,
}

impl Scene<'_> {
    /// Notes what the pointer is on.
    pub fn note(&mut self, response: &Response, source: Source) {
        if response.hovered() {
            self.hovered = Some(source);
        }
    }

    /// Whether the pointer was on it in the last picture.
    pub fn is_lit(&self, source: Source) -> bool {
        self.lit == Some(source)
    }

    /// A unit of the layer before.
    pub fn input(&self, unit: u32) -> Neuron {
        Neuron {
            layer: self.neuron.layer.saturating_sub(1),
            unit,
        }
    }

    /// A neuron of the next layer.
    pub fn post(&self, unit: u32) -> Neuron {
        Neuron {
            layer: self.neuron.layer + 1,
            unit,
        }
    }

    /// What a unit is called.
    pub fn name(&self, neuron: Neuron) -> String {
        neuron_name(self.session, neuron)
    }

    /// What a layer is called.
    pub fn layer_name(&self, layer: usize) -> String {
        self.session.layers().name(layer)
    }

    /// The units that what the pointer is on comes from.
    pub fn lit_units(&self) -> Vec<Neuron> {
        let Some(source) = self.hovered else { return Vec::new() };
        let integration = self.anatomy.integration.as_ref();
        let fed = |keeps: fn(Fed) -> bool| {
            let fed = self.anatomy.effect.as_ref().map(ranked).unwrap_or_default();
            let kept = fed.into_iter().filter(|fed| keeps(*fed)).take(MOST);
            kept.map(|fed| self.post(fed.neuron)).collect()
        };
        match source {
            Source::Own => vec![self.neuron],
            Source::Input(input) => vec![self.input(input)],
            Source::Post(neuron) => vec![self.post(neuron)],
            Source::Arrivals => {
                let arrivals = integration.iter().flat_map(|integration| &integration.arrivals);
                arrivals.map(|arrival| self.input(arrival.input)).collect()
            }
            Source::Lowered => {
                let lessons = integration.iter().filter_map(|integration| integration.lesson.as_ref());
                let lowered = lessons.flat_map(|lesson| &lesson.strongest);
                lowered.map(|change| self.input(change.unit)).collect()
            }
            Source::Fed => fed(|_| true),
            Source::Tipped => fed(Fed::is_tipped),
            Source::HeldBack => fed(Fed::is_held_back),
            Source::Taught => {
                let taught = self.anatomy.effect.iter().flat_map(|effect| &effect.taught);
                taught.take(MOST).map(|change| self.post(change.unit)).collect()
            }
        }
    }
}

/// Those who were fed: the tipped first, then those held back, then who else spikes, then those who got most.
pub fn ranked(effect: &Effect) -> Vec<Fed> {
    let mut fed = effect.fed.clone();
    fed.sort_by(|a, b| {
        let rank = |fed: &Fed| Reverse((fed.is_tipped(), fed.is_held_back(), fed.spiked));
        rank(a)
            .cmp(&rank(b))
            .then(b.part.abs().total_cmp(&a.part.abs()))
            .then(a.neuron.cmp(&b.neuron))
    });
    fed
}
