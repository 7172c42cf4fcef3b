//! Thresholds at which each layer spikes as often as one wants, found from the activity of the night alone: no label is asked.
//!
//! Within a night nothing flows backwards, so a layer's spikes depend on its own threshold and on the layers before it. The
//! layers are tuned one after the other, from the inputs on: each sleeps by itself, learning as in the night, driven by the
//! spikes of the layer before, and its threshold is bisected. What comes out is the activity of the very night that these
//! thresholds give, over as many steps as were slept here.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array2;

use super::{DreamSource, Dreamer, Night, NightParams};
use crate::text::rounded;

/// Steps that are slept to count spikes, at most; of a longer night they are the first.
pub const MOST_STEPS: u64 = 2000;
/// A layer is tuned when its spikes are within this share of what is wanted, or within one spike of it.
pub const TOLERANCE: f64 = 0.05;
/// The thresholds that are tried.
const LOWEST: f64 = 0.001;
const HIGHEST: f64 = 10_000.0;
/// Their significant digits.
const DIGITS: usize = 4;
/// Factor between two tries until one is too low and one too high.
const STRIDE: f64 = 4.0;

/// A night whose thresholds are looked for.
#[derive(Clone, Debug)]
pub struct ThresholdSearch {
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Vec<Array2<f32>>,
    /// Its parameters; where the search begins are their thresholds.
    pub params: NightParams,
    /// Gain of each layer's input.
    pub alpha: Vec<f64>,
    /// What is dreamt.
    pub source: DreamSource,
}

/// Thresholds that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundThresholds {
    /// The threshold of each layer, first hidden layer first, to four digits.
    pub beta: Vec<f64>,
    /// Share of each layer's neurons that spike in a step with them, on average.
    pub reached: Vec<f64>,
    /// What was wanted.
    pub wanted: Vec<f64>,
    /// Steps that spikes were counted in, from the start of the night.
    pub steps: u64,
}

/// Why there are no such thresholds. Layers are counted from 1, the first after the inputs.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NoThresholds {
    /// There is nothing to wake anybody.
    #[error("no input spikes in {steps} steps, so no layer can: raise the input rate or choose another dream")]
    SilentInput {
        /// Steps that were slept.
        steps: u64,
    },
    /// There is not one rate for each layer.
    #[error("{given} rates for {layers} layers: each layer needs one, above 0 and at most 100 %")]
    Rates {
        /// Rates that are above 0 and at most 1.
        given: usize,
        /// Layers after the inputs.
        layers: usize,
    },
    /// The wanted rate is less than one spike.
    #[error("{}% of layer {layer} is less than one spike in {steps} steps: ask for more, or for a longer night", percent(*.wanted))]
    TooRare {
        /// The layer.
        layer: usize,
        /// Share of its neurons that was to spike in a step.
        wanted: f64,
        /// Steps that were slept.
        steps: u64,
    },
    /// Even the lowest threshold leaves the layer too quiet.
    #[error(
        "layer {layer} cannot be brought to {}%: even at the lowest threshold {}% of it spikes in a step; make the layers before it livelier",
        percent(*.wanted),
        percent(*.most)
    )]
    TooQuiet {
        /// The layer.
        layer: usize,
        /// Share of its neurons that was to spike in a step.
        wanted: f64,
        /// Share that does at the lowest threshold.
        most: f64,
    },
    /// Between two thresholds that are as good as the same the layer tips over.
    #[error(
        "layer {layer} cannot be brought to {}%: it tips over from {}% to more than that at a threshold of {threshold}",
        percent(*.wanted),
        percent(*.below)
    )]
    TipsOver {
        /// The layer.
        layer: usize,
        /// Share of its neurons that was to spike in a step.
        wanted: f64,
        /// Share that does just above the threshold at which it tips over.
        below: f64,
        /// That threshold.
        threshold: f64,
    },
}

/// A share in percent, with a blank behind it.
fn percent(share: f64) -> String {
    format!("{} ", rounded(100.0 * share, DIGITS))
}

/// Who spiked, step by step.
type Train = Vec<Vec<u32>>;

impl ThresholdSearch {
    /// Finds thresholds at which the given share of each layer's neurons spikes in a step, on average. `None` if `stop` was set
    /// meanwhile.
    ///
    /// # Errors
    /// If there are none: which layer, and why.
    pub fn find(&self, wanted: &[f64], stop: &AtomicBool) -> Result<Option<FoundThresholds>, NoThresholds> {
        let layers = self.weights.len();
        let given = wanted.iter().filter(|&&rate| rate > 0.0 && rate <= 1.0).count();
        if given != layers || wanted.len() != layers {
            return Err(NoThresholds::Rates { given, layers });
        }
        let steps = self.params.steps.clamp(1, MOST_STEPS);
        let mut train = self.dream(steps);
        if train.iter().all(Vec::is_empty) {
            return Err(NoThresholds::SilentInput { steps });
        }
        let mut found = FoundThresholds {
            beta: Vec::with_capacity(layers),
            reached: Vec::with_capacity(layers),
            wanted: wanted.to_vec(),
            steps,
        };
        for (layer, &wanted) in wanted.iter().enumerate() {
            let Some(tuned) = self.tune(layer, wanted, &train, stop)? else {
                return Ok(None);
            };
            found.beta.push(tuned.threshold);
            found
                .reached
                .push(tuned.count as f64 / self.neuron_steps(layer, &train));
            train = tuned.train;
        }
        Ok(Some(found))
    }

    /// The input spikes of the first steps.
    fn dream(&self, steps: u64) -> Train {
        let DreamSource {
            mean_image,
            image_size,
            seed,
        } = &self.source;
        let dreamer = Dreamer::new(&self.params, mean_image, *image_size, *seed);
        let mut train = vec![Vec::new(); steps as usize];
        for (step, spikes) in (0..).zip(&mut train) {
            dreamer.spikes(step, spikes);
        }
        train
    }

    /// How often a layer could spike: its neurons times the steps.
    fn neuron_steps(&self, layer: usize, train: &Train) -> f64 {
        (self.weights[layer].nrows() * train.len()) as f64
    }

    /// Bisects the threshold of one layer, which is driven by `train`. `None` if `stop` was set meanwhile.
    fn tune(&self, layer: usize, wanted: f64, train: &Train, stop: &AtomicBool) -> Result<Option<Try>, NoThresholds> {
        let all = self.neuron_steps(layer, train);
        let target = wanted * all;
        let number = layer + 1;
        if target < 1.0 {
            return Err(NoThresholds::TooRare {
                layer: number,
                wanted,
                steps: train.len() as u64,
            });
        }
        let good_enough = (TOLERANCE * target).max(1.0);
        // Whoever spikes far too often need not be counted to the end.
        let enough = (1.5 * target + good_enough) as u64;
        let start = self.params.beta.get(layer).copied().unwrap_or(1.0);
        let mut threshold = rounded(start.clamp(LOWEST, HIGHEST), DIGITS);
        // A threshold that is too low, and one that is too high with the spikes it leaves.
        let (mut low, mut high): (Option<f64>, Option<(f64, u64)>) = (None, None);
        loop {
            let Some(attempt) = self.sleep(layer, threshold, train, enough, stop) else {
                return Ok(None);
            };
            let off = attempt.count as f64 - target;
            if off.abs() <= good_enough && attempt.count <= enough {
                return Ok(Some(attempt));
            }
            if off > 0.0 {
                low = Some(threshold);
            } else {
                high = Some((threshold, attempt.count));
            }
            let next = match (low, high) {
                (Some(low), Some((high, count))) => {
                    let middle = rounded((low * high).sqrt(), DIGITS);
                    if middle <= low || middle >= high {
                        return Err(NoThresholds::TipsOver {
                            layer: number,
                            wanted,
                            below: count as f64 / all,
                            threshold: high,
                        });
                    }
                    middle
                }
                // Nobody reaches the highest threshold unless the numbers themselves run away.
                (Some(low), None) if low >= HIGHEST => {
                    return Err(NoThresholds::TipsOver {
                        layer: number,
                        wanted,
                        below: 0.0,
                        threshold: HIGHEST,
                    });
                }
                (None, Some((high, count))) if high <= LOWEST => {
                    return Err(NoThresholds::TooQuiet {
                        layer: number,
                        wanted,
                        most: count as f64 / all,
                    });
                }
                _ if off > 0.0 => (threshold * STRIDE).min(HIGHEST),
                _ => (threshold / STRIDE).max(LOWEST),
            };
            threshold = rounded(next, DIGITS);
        }
    }

    /// One layer asleep by itself, driven by `train`; it wakes early once it has spiked more than `enough`. `None` if `stop` was
    /// set meanwhile.
    fn sleep(&self, layer: usize, threshold: f64, train: &Train, enough: u64, stop: &AtomicBool) -> Option<Try> {
        let params = NightParams {
            beta: vec![threshold],
            ..self.params.clone()
        };
        let alpha = [self.alpha.get(layer).copied().unwrap_or(0.0)];
        let mut night = Night::new(&self.weights[layer..=layer], &params, &alpha);
        let mut attempt = Try {
            threshold,
            count: 0,
            train: Vec::with_capacity(train.len()),
        };
        for input in train {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            night.step_with(input.iter().copied());
            let spikes = night.spikes().last().cloned().unwrap_or_default();
            attempt.count += spikes.len() as u64;
            attempt.train.push(spikes);
            if attempt.count > enough {
                break;
            }
        }
        Some(attempt)
    }
}

/// What a layer did at a threshold.
struct Try {
    threshold: f64,
    /// Its spikes.
    count: u64,
    train: Train,
}
