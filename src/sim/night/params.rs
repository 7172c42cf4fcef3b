//! What a night is made of, as a person sets it.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize};

use super::Scaling;

/// Length of one step in seconds, as in the reference.
pub const DT: f64 = 0.001;

/// Everything that decides how a night runs, apart from the weights, the mean image and the seed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightParams {
    /// Length of the night in steps of one millisecond.
    pub steps: u64,
    /// Rate of a pixel of intensity one half, in Hz: a pixel spikes in a step with probability
    /// `min(1, 2 x intensity x DT x rate)`.
    pub rate: f64,
    /// Raise of a weight when both of its neurons spike, before the gate.
    pub inc: f64,
    /// Drop of a weight when only the later neuron spikes, before the gate.
    pub dec: f64,
    /// Threshold of each layer, first hidden layer first.
    pub beta: Vec<f64>,
    /// Gain of each layer's input.
    pub alpha: Alpha,
    /// What is left of a potential after one step; see [`tau_from_decay`].
    pub decay: f64,
    /// Global inhibition: this share of the layer's mean input is taken from each neuron's. 0 in every published run.
    #[serde(default)]
    pub w_inh: f64,
    /// How a weight's own value scales its change.
    #[serde(default)]
    pub gate: Gate,
    /// What drives the input neurons.
    #[serde(default)]
    pub dream: Dream,
    /// Side of the window on the mean image, in pixels.
    #[serde(default = "reference_window")]
    pub window: usize,
}

/// The window of the reference: `create_masked_input.m` with a mask size of 10 cuts 11 x 11 pixels.
fn reference_window() -> usize {
    11
}

/// Gain of each layer's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Alpha {
    /// The factors of the data-based weight normalisation, times `scale` (see [`Scaling::gains`]).
    FromData {
        /// Multiplies every layer's factor.
        scale: f64,
    },
    /// These gains, first hidden layer first.
    Given(Vec<f64>),
}

impl Alpha {
    /// The gains, first hidden layer first; `measured` gives what those from the data are made from, and is asked only for them.
    /// `None` if it gives nothing.
    pub fn gains<S: Borrow<Scaling>>(&self, measured: impl FnOnce() -> Option<S>) -> Option<Vec<f64>> {
        match self {
            Self::FromData { scale } => Some(measured()?.borrow().gains(*scale)),
            Self::Given(gains) => Some(gains.clone()),
        }
    }
}

/// How a weight's own value scales its change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, strum::EnumIter, strum::Display)]
pub enum Gate {
    /// `2 / (1 + exp(w / 0.001))`: positive weights hardly move (`sleepnn_old.m`).
    #[default]
    Reference,
    /// `2 / (1 + exp(w))`: a public port of the reference.
    PlainSigmoid,
    /// 1: the plain Hebbian rule.
    None,
    /// A raise is scaled by `1 - w / bound` and a drop by `1 + w / bound`, neither below 0, so that weights stay within
    /// the bound. Ours.
    SoftBounds {
        /// The largest magnitude a weight can reach.
        bound: f32,
    },
}

/// What drives the input neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, strum::EnumIter, strum::Display)]
pub enum Dream {
    /// Each step a window of the mean image at a random place, nothing outside (`create_masked_input.m`).
    #[default]
    Windows,
    /// The whole mean image at every step.
    WholeImage,
    /// Every pixel alike, with as many input spikes a step as [`Dream::Windows`] would give on average. With a window as
    /// large as the image that is the total of [`Dream::WholeImage`].
    Uniform,
    /// No input at all.
    Silence,
}

/// The time constant in seconds that belongs to a decay factor per step; infinite for a decay of 1.
pub fn tau_from_decay(decay: f64) -> f64 {
    if decay >= 1.0 { f64::INFINITY } else { -DT / decay.ln() }
}

/// The decay factor per step that belongs to a time constant in seconds.
pub fn decay_from_tau(tau: f64) -> f64 {
    (-DT / tau).exp()
}
