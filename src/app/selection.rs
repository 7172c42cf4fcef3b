//! What a person looks at: neurons and a span of the night, one selection for the whole window. Beside it, the units that what
//! the pointer is on comes from: they are lit in every pane.

use std::ops::Range;

use crate::worker::MAX_WATCHED;

/// Most neurons that can be selected: as many as have a colour, and as the worker records.
pub const MOST: usize = MAX_WATCHED;

/// A unit of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Neuron {
    /// Its layer; 0 is the inputs.
    pub layer: usize,
    /// Its number in the layer, from 0.
    pub unit: u32,
}

/// A synapse: the weight from a unit to a neuron of the next layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Synapse {
    /// The neuron that it leads to.
    pub neuron: Neuron,
    /// The unit of the layer before that it comes from.
    pub input: u32,
}

/// The selected neurons, in the order in which they were selected, and the selected span of the night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    neurons: Vec<Neuron>,
    /// Units that are lit, rising.
    lit: Vec<Neuron>,
    /// Never empty.
    span: Option<Range<u64>>,
    /// Whether the span is played over and over.
    loops: bool,
    synapse: Option<Synapse>,
}

impl Selection {
    /// The neurons; the place of one here is the place of its colour.
    pub fn neurons(&self) -> &[Neuron] {
        &self.neurons
    }

    /// The place of a neuron, if it is selected.
    pub fn place(&self, neuron: Neuron) -> Option<usize> {
        self.neurons.iter().position(|&selected| selected == neuron)
    }

    /// Selects this neuron and no other.
    pub fn select(&mut self, neuron: Neuron) {
        self.neurons = vec![neuron];
    }

    /// Adds a neuron, or takes it away if it is there. Where there are too many the oldest gives way.
    pub fn toggle(&mut self, neuron: Neuron) {
        if let Some(place) = self.place(neuron) {
            self.neurons.remove(place);
            return;
        }
        if self.neurons.len() == MOST {
            self.neurons.remove(0);
        }
        self.neurons.push(neuron);
    }

    /// Lights these units and no others.
    pub fn light(&mut self, mut units: Vec<Neuron>) {
        units.sort_unstable();
        self.lit = units;
    }

    /// The units that are lit, rising.
    pub fn lit(&self) -> &[Neuron] {
        &self.lit
    }

    /// Whether a unit is lit.
    pub fn is_lit(&self, neuron: Neuron) -> bool {
        self.lit.binary_search(&neuron).is_ok()
    }

    /// The synapse whose course is looked at, if one was picked.
    pub fn synapse(&self) -> Option<Synapse> {
        self.synapse
    }

    /// Looks at the course of a synapse.
    pub fn pick_synapse(&mut self, synapse: Synapse) {
        self.synapse = Some(synapse);
    }

    /// The selected steps of the night, if a span of it is selected: at least one.
    pub fn span(&self) -> Option<Range<u64>> {
        self.span.clone()
    }

    /// Selects these steps of the night, or no span where there are none.
    pub fn select_span(&mut self, span: Option<Range<u64>>) {
        self.span = span.filter(|span| !span.is_empty());
        self.loops &= self.span.is_some();
    }

    /// Plays the span over and over, or no longer.
    pub fn toggle_loop(&mut self) {
        self.loops = !self.loops && self.span.is_some();
    }

    /// The moments between which is played over and over, as steps slept, if it is: before the first step of the span and after its
    /// last.
    pub fn looped(&self) -> Option<Range<u64>> {
        self.span.clone().filter(|_| self.loops)
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.neurons.is_empty() && self.span.is_none()
    }

    /// Selects nothing.
    pub fn clear(&mut self) {
        self.neurons.clear();
        self.select_span(None);
    }

    /// Forgets the neurons that a network of these layers does not have.
    pub fn keep_within(&mut self, sizes: &[usize]) {
        let is_there = |neuron: &Neuron| {
            sizes
                .get(neuron.layer)
                .is_some_and(|&size| (neuron.unit as usize) < size)
        };
        self.neurons.retain(is_there);
        self.lit.retain(is_there);
        self.synapse = self.synapse.filter(|synapse| {
            let from = synapse.neuron.layer.checked_sub(1).map(|layer| Neuron {
                layer,
                unit: synapse.input,
            });
            is_there(&synapse.neuron) && from.is_some_and(|from| is_there(&from))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a span of no steps, and one that outlives what it belongs to.
    #[test]
    fn a_span_holds_at_least_a_step() {
        let mut selection = Selection::default();
        selection.select_span(Some(10..30));
        assert_eq!(selection.span(), Some(10..30));
        assert!(!selection.is_empty());
        selection.toggle_loop();
        assert_eq!(selection.looped(), Some(10..30));
        selection.select_span(Some(7..7));
        assert_eq!(selection.span(), None);
        selection.toggle_loop();
        assert_eq!(selection.looped(), None, "there is nothing to play over and over");
        selection.select_span(Some(10..11));
        selection.clear();
        assert_eq!(selection, Selection::default());
    }

    /// Catches a selection that grows without end, selects twice, or keeps what does not exist.
    #[test]
    fn the_selection_stays_small_and_real() {
        let mut selection = Selection::default();
        for unit in 0..20 {
            selection.toggle(Neuron { layer: 1, unit });
        }
        assert_eq!(selection.neurons().len(), MOST);
        assert_eq!(selection.neurons().last().map(|neuron| neuron.unit), Some(19));
        selection.toggle(Neuron { layer: 1, unit: 19 });
        assert_eq!(selection.place(Neuron { layer: 1, unit: 19 }), None);
        selection.keep_within(&[4, 15]);
        assert!(selection.neurons().iter().all(|neuron| neuron.unit < 15));
        for (layer, unit, input, is_there) in [(1, 14, 3, true), (1, 15, 3, false), (1, 14, 4, false), (0, 3, 0, false)]
        {
            let neuron = Neuron { layer, unit };
            selection.pick_synapse(Synapse { neuron, input });
            selection.keep_within(&[4, 15]);
            assert_eq!(selection.synapse().is_some(), is_there, "{layer} {unit} {input}");
        }
        selection.select(Neuron { layer: 0, unit: 3 });
        assert_eq!(selection.neurons(), [Neuron { layer: 0, unit: 3 }]);
        selection.clear();
        assert!(selection.neurons().is_empty());
    }
}
