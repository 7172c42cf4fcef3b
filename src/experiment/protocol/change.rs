//! The night's change of the weights, put elsewhere: which part of it is it that helps?

use ndarray::{Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::sim::rng::{self, Stream};

/// Where the night's change goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChangeControl {
    /// Shuffled over all synapses of a layer.
    ShuffledOverLayer,
    /// Shuffled among the synapses onto each neuron, so that a neuron keeps the sum.
    ShuffledWithinNeuron,
    /// Each neuron's mean change is given to all synapses onto it.
    NeuronMean,
    /// Only the change of one layer counts; the first hidden layer is 1.
    OnlyLayer(usize),
}

impl ChangeControl {
    /// The weights `before` (layer by layer, outputs x inputs) with the change that led to `after`, put where this says.
    /// What is shuffled depends on the seed and the layer.
    pub fn apply(self, before: &[Array2<f32>], after: &[Array2<f32>], seed: u64) -> Vec<Array2<f32>> {
        before
            .iter()
            .zip(after)
            .enumerate()
            .map(|(layer, (before, after))| {
                let mut change = after - before;
                let rng = &mut rng::stream(seed, Stream::Control, layer as u64);
                match self {
                    Self::ShuffledOverLayer => {
                        if let Some(all) = change.as_slice_mut() {
                            rng::shuffle(all, rng);
                        }
                    }
                    Self::ShuffledWithinNeuron => {
                        for mut row in change.rows_mut() {
                            if let Some(row) = row.as_slice_mut() {
                                rng::shuffle(row, rng);
                            }
                        }
                    }
                    Self::NeuronMean => {
                        for mut row in change.axis_iter_mut(Axis(0)) {
                            let sum: f64 = row.iter().map(|&change| f64::from(change)).sum();
                            let mean = sum / row.len().max(1) as f64;
                            row.fill(mean as f32);
                        }
                    }
                    Self::OnlyLayer(only) if only == layer + 1 => {}
                    Self::OnlyLayer(_) => change.fill(0.0),
                }
                before + &change
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Two layers before and after.
    fn weights() -> (Vec<Array2<f32>>, Vec<Array2<f32>>) {
        let before = vec![Array2::zeros((2, 4)), Array2::zeros((1, 2))];
        let after = vec![array![[1.0, 2.0, 3.0, 4.0], [-8.0, 0.0, 0.0, 0.0]], array![[0.5, 0.25]]];
        (before, after)
    }

    /// Catches a shuffle that leaves its neuron, loses a change, or does nothing.
    #[test]
    fn shuffles_stay_where_they_should() {
        let (before, after) = weights();
        let within = ChangeControl::ShuffledWithinNeuron.apply(&before, &after, 3);
        for (row, original) in within[0].rows().into_iter().zip(after[0].rows()) {
            let mut sorted = (row.to_vec(), original.to_vec());
            sorted.0.sort_by(f32::total_cmp);
            sorted.1.sort_by(f32::total_cmp);
            assert_eq!(sorted.0, sorted.1);
        }
        let seeds = 1..20;
        assert!(seeds.clone().any(|seed| {
            ChangeControl::ShuffledWithinNeuron.apply(&before, &after, seed)[0].row(0) != after[0].row(0)
        }));
        // Over the layer, the one large drop leaves the second neuron for some seed.
        assert!(seeds.clone().any(|seed| {
            let over = ChangeControl::ShuffledOverLayer.apply(&before, &after, seed);
            over[0].row(0).iter().any(|&change| change < -7.0)
        }));
    }

    /// Catches a mean over the layer in place of the neuron, and layers counted from 0.
    #[test]
    fn means_and_layers() {
        let (before, after) = weights();
        let mean = ChangeControl::NeuronMean.apply(&before, &after, 3);
        assert_eq!(mean[0], array![[2.5, 2.5, 2.5, 2.5], [-2.0, -2.0, -2.0, -2.0]]);
        let only = ChangeControl::OnlyLayer(2).apply(&before, &after, 3);
        assert_eq!((&only[0], &only[1]), (&before[0], &after[1]));
    }
}
