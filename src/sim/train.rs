//! Training by stochastic gradient descent (reference: `nntrain.m`, `nnbp.m`).

use serde::{Deserialize, Serialize};

/// How a network is trained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainParams {
    /// Passes over the chosen images.
    pub epochs: u32,
    /// Step along the gradient.
    pub learning_rate: f64,
    /// What is kept of the last change: `v <- momentum v + learning_rate g; w <- w - v`.
    pub momentum: f64,
    /// Images a change is computed from. The last batch of an epoch may be smaller.
    pub batch: usize,
    /// Share of the hidden activations set to zero while training.
    pub dropout: f64,
}
