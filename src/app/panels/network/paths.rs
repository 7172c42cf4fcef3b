//! The strongest synapses of a neuron, and the strongest paths through it to the inputs and the outputs.

use std::cmp::Ordering;

use ndarray::Array2;

use crate::app::panels::weight_change::Shown;
use crate::app::selection::Neuron;

/// A connection between units of neighbouring layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synapse {
    /// The layer it comes from; it leads to the next one.
    pub layer: usize,
    /// The unit it comes from, counted within its layer.
    pub from: u32,
    /// The unit it leads to, counted within its layer.
    pub to: u32,
    /// Its weight, or the change of it.
    pub value: f32,
}

/// The first of many synapses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strongest {
    /// The strongest first.
    pub synapses: Vec<Synapse>,
    /// How many there are: those that are 0 or no number are none.
    pub of: usize,
}

/// Paths from the neuron to the units at one end of the network, each synapse after the other from the inputs on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paths {
    /// The strongest first: that of the largest product of magnitudes. To each end unit at most one path leads.
    pub paths: Vec<Vec<Synapse>>,
    /// End units that any path leads to.
    pub of: usize,
}

/// Everything that is drawn of one neuron.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Its strongest synapses from the layer before.
    pub incoming: Strongest,
    /// Its strongest synapses to the next layer.
    pub outgoing: Strongest,
    /// Paths from the inputs, if they are not the layer before.
    pub from_inputs: Paths,
    /// Paths to the outputs, if they are not the next layer.
    pub to_outputs: Paths,
}

/// Weights of all layers, outputs x inputs each, and what is looked at of them.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// Before sleep.
    pub before: &'a [Array2<f32>],
    /// Now; layers of another shape than before are passed over.
    pub now: &'a [Array2<f32>],
    /// Which of them, or the change.
    pub shown: Shown,
}

impl<'a> Weights<'a> {
    /// The weights that leave a layer, before and now.
    fn leaving(&self, layer: usize) -> Option<(&'a Array2<f32>, &'a Array2<f32>)> {
        let both = (self.before.get(layer)?, self.now.get(layer)?);
        (both.0.dim() == both.1.dim()).then_some(both)
    }

    /// A synapse from a unit of a layer to a unit of the next, if there is one.
    pub fn synapse(&self, layer: usize, from: u32, to: u32) -> Option<Synapse> {
        let (before, now) = self.leaving(layer)?;
        let at = (to as usize, from as usize);
        Some(Synapse {
            layer,
            from,
            to,
            value: self.shown.of(*before.get(at)?, *now.get(at)?),
        })
    }

    /// Sum of the magnitudes of what is shown of the weights into a neuron; nothing for an input, which has none.
    pub fn sum_into(&self, neuron: Neuron) -> Option<f64> {
        let (before, now) = self.leaving(neuron.layer.checked_sub(1)?)?;
        let row = neuron.unit as usize;
        if row >= before.nrows() {
            return None;
        }
        let weights = before.row(row).into_iter().zip(now.row(row));
        Some(
            weights
                .map(|(&before, &now)| f64::from(self.shown.of(before, now).abs()))
                .sum(),
        )
    }

    /// The strongest synapses into a neuron.
    pub fn incoming(&self, neuron: Neuron, most: usize) -> Strongest {
        let Some(layer) = neuron.layer.checked_sub(1) else {
            return Strongest::default();
        };
        let units = self.leaving(layer).map_or(0, |(before, _)| before.ncols() as u32);
        let synapses = (0..units).filter_map(|from| self.synapse(layer, from, neuron.unit));
        strongest(synapses.collect(), most)
    }

    /// The strongest synapses out of a unit.
    pub fn outgoing(&self, unit: Neuron, most: usize) -> Strongest {
        let units = self.leaving(unit.layer).map_or(0, |(before, _)| before.nrows() as u32);
        let synapses = (0..units).filter_map(|to| self.synapse(unit.layer, unit.unit, to));
        strongest(synapses.collect(), most)
    }

    /// Everything that is drawn of a neuron: `most` synapses on either side, and paths to `most` units at either end.
    pub fn tree(&self, neuron: Neuron, most: usize) -> Tree {
        let ends = self.before.len();
        let (mut from_inputs, mut to_outputs) = (Paths::default(), Paths::default());
        if neuron.layer >= 2 {
            let reaches: Vec<_> = self.reaches_back(neuron);
            from_inputs = ranked(&reaches, most, |unit| self.trace_back(neuron, &reaches, unit));
        }
        if neuron.layer + 2 <= ends {
            let reaches: Vec<_> = self.reaches_on(neuron);
            to_outputs = ranked(&reaches, most, |unit| self.trace_on(neuron, &reaches, unit));
        }
        Tree {
            incoming: self.incoming(neuron, most),
            outgoing: self.outgoing(neuron, most),
            from_inputs,
            to_outputs,
        }
    }

    /// For each layer after the neuron's, how strongly each unit is reached from it.
    fn reaches_on(&self, neuron: Neuron) -> Vec<Reach> {
        let mut reaches: Vec<Reach> = Vec::new();
        for layer in neuron.layer..self.before.len() {
            let Some((before, now)) = self.leaving(layer) else {
                return Vec::new();
            };
            let sources = sources(reaches.last(), neuron);
            let mut reach = Reach::new(before.nrows());
            for (to, (before, now)) in before.rows().into_iter().zip(now.rows()).enumerate() {
                for &(from, strength) in &sources {
                    if let (Some(&before), Some(&now)) = (before.get(from), now.get(from)) {
                        reach.offer(to, from, strength, self.shown.of(before, now));
                    }
                }
            }
            reach.scale();
            reaches.push(reach);
        }
        reaches
    }

    /// For each layer before the neuron's, the nearest first, how strongly each unit reaches it.
    fn reaches_back(&self, neuron: Neuron) -> Vec<Reach> {
        let mut reaches: Vec<Reach> = Vec::new();
        for layer in (0..neuron.layer).rev() {
            let Some((before, now)) = self.leaving(layer) else {
                return Vec::new();
            };
            let sources = sources(reaches.last(), neuron);
            let mut reach = Reach::new(before.ncols());
            for (to, strength) in sources.into_iter().filter(|(to, _)| *to < before.nrows()) {
                for (from, (&before, &now)) in before.row(to).iter().zip(now.row(to)).enumerate() {
                    reach.offer(from, to, strength, self.shown.of(before, now));
                }
            }
            reach.scale();
            reaches.push(reach);
        }
        reaches
    }

    /// The path from the neuron to an output.
    fn trace_on(&self, neuron: Neuron, reaches: &[Reach], end: u32) -> Option<Vec<Synapse>> {
        let mut path = Vec::with_capacity(reaches.len());
        let mut unit = end;
        for (index, reach) in reaches.iter().enumerate().rev() {
            let nearer = *reach.via.get(unit as usize)?;
            path.push(self.synapse(neuron.layer + index, nearer, unit)?);
            unit = nearer;
        }
        path.reverse();
        Some(path)
    }

    /// The path from an input to the neuron.
    fn trace_back(&self, neuron: Neuron, reaches: &[Reach], end: u32) -> Option<Vec<Synapse>> {
        let mut path = Vec::with_capacity(reaches.len());
        let mut unit = end;
        for (index, reach) in reaches.iter().enumerate().rev() {
            let nearer = *reach.via.get(unit as usize)?;
            path.push(self.synapse(neuron.layer.checked_sub(index + 1)?, unit, nearer)?);
            unit = nearer;
        }
        Some(path)
    }
}

impl Tree {
    /// Every synapse of it once, the weakest first, so that the strong ones are painted over them.
    pub fn synapses(&self) -> Vec<Synapse> {
        let paths = self.from_inputs.paths.iter().chain(&self.to_outputs.paths).flatten();
        let direct = self.incoming.synapses.iter().chain(&self.outgoing.synapses);
        let mut all: Vec<Synapse> = direct.chain(paths).copied().collect();
        all.sort_by(|a, b| stronger(b, a));
        all.dedup_by_key(|synapse| (synapse.layer, synapse.from, synapse.to));
        all
    }
}

/// How strongly the units of a layer are connected with a neuron, by the strongest path alone.
struct Reach {
    /// Product of the magnitudes along the path, as a share of the largest of the layer; 0 without a path.
    strength: Vec<f64>,
    /// The next unit on the path, nearer to the neuron.
    via: Vec<u32>,
}

impl Reach {
    /// Nobody is reached yet.
    fn new(units: usize) -> Self {
        Self {
            strength: vec![0.0; units],
            via: vec![0; units],
        }
    }

    /// A way to a unit over another; of two alike the one that was offered first stays.
    #[inline]
    fn offer(&mut self, unit: usize, via: usize, strength: f64, value: f32) {
        let strength = strength * f64::from(value.abs());
        if strength > self.strength[unit] && value.is_finite() {
            self.strength[unit] = strength;
            self.via[unit] = via as u32;
        }
    }

    /// Makes the largest 1: products of many weights would leave the range of numbers.
    fn scale(&mut self) {
        let largest = self.strength.iter().copied().fold(0.0, f64::max);
        if largest > 0.0 {
            for strength in &mut self.strength {
                *strength /= largest;
            }
        }
    }
}

/// Where the paths of a layer go on from: the neuron itself, or who is reached.
fn sources(reach: Option<&Reach>, neuron: Neuron) -> Vec<(usize, f64)> {
    let Some(reach) = reach else {
        return vec![(neuron.unit as usize, 1.0)];
    };
    let reached = reach.strength.iter().copied().enumerate();
    reached.filter(|(_, strength)| *strength > 0.0).collect()
}

/// The paths to the units that are reached best at the far end.
fn ranked(reaches: &[Reach], most: usize, trace: impl Fn(u32) -> Option<Vec<Synapse>>) -> Paths {
    let Some(end) = reaches.last() else {
        return Paths::default();
    };
    let mut units: Vec<u32> = (0..end.strength.len() as u32)
        .filter(|&unit| end.strength[unit as usize] > 0.0)
        .collect();
    let of = units.len();
    // The sort is stable: of two alike the first unit comes first.
    units.sort_by(|&a, &b| end.strength[b as usize].total_cmp(&end.strength[a as usize]));
    units.truncate(most);
    Paths {
        paths: units.into_iter().filter_map(trace).collect(),
        of,
    }
}

/// The strongest synapses, as many as wanted.
pub fn strongest(mut synapses: Vec<Synapse>, most: usize) -> Strongest {
    synapses.retain(|synapse| synapse.value.is_finite() && synapse.value != 0.0);
    let of = synapses.len();
    if most == 0 {
        synapses.clear();
    } else if of > most {
        synapses.select_nth_unstable_by(most - 1, stronger);
        synapses.truncate(most);
    }
    synapses.sort_unstable_by(stronger);
    Strongest { synapses, of }
}

/// The stronger first; of two alike the one of the earlier units.
fn stronger(a: &Synapse, b: &Synapse) -> Ordering {
    let place = |synapse: &Synapse| (synapse.layer, synapse.from, synapse.to);
    b.value.abs().total_cmp(&a.value.abs()).then(place(a).cmp(&place(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matrix(rows: usize, values: &[f32]) -> Array2<f32> {
        Array2::from_shape_vec((rows, values.len() / rows), values.to_vec()).unwrap()
    }

    fn now(weights: &[Array2<f32>]) -> Weights<'_> {
        Weights {
            before: weights,
            now: weights,
            shown: Shown::Now,
        }
    }

    /// Catches ties that are decided by chance, synapses that are no number, and a count that hides how many there are.
    #[test]
    fn ties_go_to_the_first_and_what_is_no_number_is_none() {
        let weights = [matrix(1, &[0.5, f32::NAN, -0.5, 0.0, 0.7, f32::INFINITY, 0.5])];
        let strongest = now(&weights).incoming(Neuron { layer: 1, unit: 0 }, 3);
        let units: Vec<u32> = strongest.synapses.iter().map(|synapse| synapse.from).collect();
        assert_eq!((units, strongest.of), (vec![4, 0, 2], 4));
        assert!(strongest.synapses[2].value < 0.0, "the sign is kept");
        let none = now(&weights).incoming(Neuron { layer: 0, unit: 0 }, 3);
        assert_eq!((none.synapses.len(), none.of), (0, 0), "nothing leads to an input");
        assert_eq!(now(&weights).outgoing(Neuron { layer: 0, unit: 4 }, 0).of, 1);
    }

    /// Catches a change that is read as a weight.
    #[test]
    fn a_change_is_the_difference() {
        let (before, after) = ([matrix(1, &[0.9, 0.1])], [matrix(1, &[0.9, -0.2])]);
        let weights = Weights {
            before: &before,
            now: &after,
            shown: Shown::Change,
        };
        let strongest = weights.incoming(Neuron { layer: 1, unit: 0 }, 5);
        assert_eq!((strongest.synapses.len(), strongest.of), (1, 1));
        assert!((strongest.synapses[0].value + 0.3).abs() < 1e-6 && strongest.synapses[0].from == 1);
    }

    /// Catches a path that takes the strongest synapse of each layer instead of the strongest way, and one that is told
    /// in the wrong order.
    #[test]
    fn the_strongest_path_is_not_the_greedy_one() {
        // From unit 0: the first synapse to 0 is stronger, but the way goes on better over 1.
        let weights = [matrix(2, &[0.9, 0.6]), matrix(1, &[0.1, 0.8])];
        let tree = now(&weights).tree(Neuron { layer: 0, unit: 0 }, 4);
        let path: Vec<_> = tree.to_outputs.paths[0]
            .iter()
            .map(|s| (s.layer, s.from, s.to))
            .collect();
        assert_eq!(path, [(0, 0, 1), (1, 1, 0)]);
        let tree = now(&weights).tree(Neuron { layer: 2, unit: 0 }, 4);
        let path: Vec<_> = tree.from_inputs.paths[0]
            .iter()
            .map(|s| (s.layer, s.from, s.to))
            .collect();
        assert_eq!(path, [(0, 0, 1), (1, 1, 0)]);
        assert!(tree.to_outputs.paths.is_empty());
    }

    /// Catches products that vanish or overflow in a deep network.
    #[test]
    fn many_layers_stay_within_the_range_of_numbers() {
        for size in [1e-38_f32, 1e38] {
            let weights: Vec<_> = (0..9).map(|_| Array2::from_elem((3, 3), size)).collect();
            let tree = now(&weights).tree(Neuron { layer: 4, unit: 1 }, 9);
            assert_eq!(
                (tree.from_inputs.paths.len(), tree.to_outputs.paths.len()),
                (3, 3),
                "{size}"
            );
            assert!(tree.from_inputs.paths.iter().all(|path| path.len() == 4));
            assert!(tree.to_outputs.paths.iter().all(|path| path.len() == 5));
        }
    }

    /// Catches weights of another network, or a neuron that it does not have, that panic.
    #[test]
    fn odd_shapes_have_no_paths() {
        let (before, after) = ([matrix(1, &[1.0, 2.0])], [matrix(2, &[1.0, 2.0])]);
        let weights = Weights {
            before: &before,
            now: &after,
            shown: Shown::Now,
        };
        assert_eq!(weights.tree(Neuron { layer: 1, unit: 0 }, 3), Tree::default());
        let weights = [matrix(2, &[1.0, 2.0]), matrix(1, &[1.0, 2.0])];
        for layer in 0..5 {
            let tree = now(&weights).tree(Neuron { layer, unit: 77 }, 3);
            assert!(tree.synapses().is_empty(), "{layer}");
        }
    }

    proptest! {
        /// Catches a strongest path that another one beats: all paths of a small network are tried.
        #[test]
        fn no_path_is_stronger(
            a in prop::collection::vec(-1.0_f32..1.0, 12), b in prop::collection::vec(-1.0_f32..1.0, 12),
            c in prop::collection::vec(-1.0_f32..1.0, 6), unit in 0_u32..4
        ) {
            let weights = [matrix(4, &a), matrix(3, &b), matrix(2, &c)];
            let tree = now(&weights).tree(Neuron { layer: 1, unit }, 2);
            let product = |path: &[Synapse]| path.iter().map(|s| f64::from(s.value.abs())).product::<f64>();
            let best = tree.to_outputs.paths.iter().map(|path| product(path)).fold(0.0, f64::max);
            for middle in 0..3 {
                for end in 0..2 {
                    let first = f64::from(weights[1][(middle, unit as usize)].abs());
                    let other = first * f64::from(weights[2][(end, middle)].abs());
                    prop_assert!(other <= best * (1.0 + 1e-9));
                }
            }
            let paths = &tree.to_outputs.paths;
            prop_assert!(paths.windows(2).all(|pair| product(&pair[0]) >= product(&pair[1]) * (1.0 - 1e-9)));
            let synapses = tree.synapses();
            prop_assert!(synapses.windows(2).all(|pair| pair[0].value.abs() <= pair[1].value.abs()));
        }
    }
}
