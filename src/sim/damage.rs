//! A damaged copy of a network: noise on its weights, neurons that have fallen silent.

use ndarray::Array2;

use super::rng::{self, Stream};

/// The first event of [`Stream::Damage`] that chooses neurons; the layers follow each other from here, as they follow each
/// other from 0 for the noise.
const CHOICE: u64 = 1 << 16;

/// What is done to a copy of the weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Damage {
    /// Standard deviation of Gaussian noise on every weight, as a multiple of the standard deviation of the layer's weights.
    pub weight_noise: f64,
    /// The hidden layer in which neurons are silent; 1 is the first.
    pub layer: usize,
    /// So many of its neurons, chosen at random, are silent: their outgoing weights are 0. More means further ones.
    pub silenced: usize,
}

impl Damage {
    /// Whether it changes nothing.
    pub fn is_none(&self) -> bool {
        self.weight_noise <= 0.0 && self.silenced == 0
    }

    /// Damages weights, layer by layer, outputs x inputs. What has no strength changes no bit; a layer that is not hidden
    /// loses no neuron.
    pub fn apply(&self, weights: &mut [Array2<f32>], seed: u64) {
        if self.weight_noise > 0.0 {
            for (layer, weights) in weights.iter_mut().enumerate() {
                let strength = (self.weight_noise * standard_deviation(weights)) as f32;
                let rng = &mut rng::stream(seed, Stream::Damage, layer as u64);
                let mut spare = None;
                for weight in weights.iter_mut() {
                    let normal = spare.take().unwrap_or_else(|| {
                        let (first, second) = rng::normal_pair(rng);
                        spare = Some(second);
                        first
                    });
                    *weight += strength * normal;
                }
            }
        }
        let outgoing = weights
            .get_mut(self.layer)
            .filter(|_| self.layer > 0 && self.silenced > 0);
        if let Some(outgoing) = outgoing {
            let mut order: Vec<usize> = (0..outgoing.ncols()).collect();
            let event = CHOICE + self.layer as u64;
            rng::shuffle(&mut order, &mut rng::stream(seed, Stream::Damage, event));
            for &neuron in order.iter().take(self.silenced) {
                outgoing.column_mut(neuron).fill(0.0);
            }
        }
    }
}

/// The standard deviation of all weights of a layer, 0 without weights.
fn standard_deviation(weights: &Array2<f32>) -> f64 {
    let count = weights.len().max(1) as f64;
    let mean = weights.iter().map(|&weight| f64::from(weight)).sum::<f64>() / count;
    let squares: f64 = weights.iter().map(|&weight| (f64::from(weight) - mean).powi(2)).sum();
    (squares / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network of 40-60-50-10.
    fn weights() -> Vec<Array2<f32>> {
        [(60, 40), (50, 60), (10, 50)]
            .map(|(rows, columns)| {
                Array2::from_shape_fn((rows, columns), |(row, column)| {
                    ((7 * row + 13 * column) % 11) as f32 / (10.0 * rows as f32)
                })
            })
            .to_vec()
    }

    fn damaged(damage: Damage) -> Vec<Array2<f32>> {
        let mut weights = weights();
        damage.apply(&mut weights, 9);
        weights
    }

    /// Catches a strength of 0 that changes a bit, and a layer that is not hidden that loses neurons.
    #[test]
    fn no_damage_changes_no_bit() {
        let none = Damage::default();
        assert!(none.is_none());
        assert_eq!(damaged(none), weights());
        for layer in [0, 3, 99] {
            assert_eq!(
                damaged(Damage {
                    layer,
                    silenced: 5,
                    ..none
                }),
                weights()
            );
        }
    }

    /// Catches noise whose width is not that of the layer, a layer that is spared, and damage that is another each time.
    #[test]
    fn noise_goes_by_the_layer() {
        let damage = Damage {
            weight_noise: 0.5,
            ..Damage::default()
        };
        let noisy = damaged(damage);
        for (noisy, weights) in noisy.iter().zip(weights()) {
            let added = standard_deviation(&(noisy - &weights));
            let wanted = 0.5 * standard_deviation(&weights);
            assert!((added / wanted - 1.0).abs() < 0.15, "{added} {wanted}");
        }
        assert_eq!(noisy, damaged(damage));
    }

    /// Catches weights that are cut on the wrong side, a wrong number of neurons, and a larger lesion that spares whom a
    /// smaller one hit.
    #[test]
    fn silent_neurons_say_nothing_to_anybody() {
        let silent = |silenced| {
            let all = damaged(Damage {
                layer: 1,
                silenced,
                ..Damage::default()
            });
            assert_eq!((&all[0], &all[2]), (&weights()[0], &weights()[2]));
            let is_silent = |&neuron: &usize| all[1].column(neuron).iter().all(|&weight| weight == 0.0);
            (0..60).filter(is_silent).collect::<Vec<_>>()
        };
        let (few, many) = (silent(6), silent(20));
        assert_eq!((few.len(), many.len(), silent(600).len()), (6, 20, 60));
        assert!(few.iter().all(|neuron| many.contains(neuron)));
    }
}
