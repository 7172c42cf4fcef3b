//! The parameters of a recipe as a table: path, name, unit, range and meaning of each, told once.
//!
//! Validation, the command line and the window all read it.

use std::ops::RangeInclusive;

use super::Recipe;
use crate::sim::night::Alpha;

/// One number, or one number a layer, of a recipe.
#[derive(Debug)]
pub struct Parameter {
    /// Where it stands in the recipe, as in `night.decay`.
    pub path: &'static str,
    /// What it is called in the window.
    pub label: &'static str,
    /// Its unit, empty for a plain number.
    pub unit: &'static str,
    /// The values it can take.
    pub range: RangeInclusive<f64>,
    /// Whether a slider should move in factors rather than in steps.
    pub logarithmic: bool,
    /// What it does, in one or two sentences.
    pub help: &'static str,
    /// Where the presets have its value from, in a sentence.
    pub source: &'static str,
    /// How to reach it.
    pub access: Access,
}

/// How a parameter is reached. `None`: the recipe has it not (a gain scale where the gains are given, fine-tuning where there is
/// none).
#[derive(Debug)]
pub enum Access {
    /// A real number.
    Real(fn(&mut Recipe) -> Option<&mut f64>),
    /// A whole number: how to read and how to write it.
    Whole(fn(&Recipe) -> Option<u64>, fn(&mut Recipe, u64)),
    /// A real number for each layer.
    Layers(fn(&mut Recipe) -> &mut Vec<f64>),
}

/// Where the presets have the values of the night from that depend on data and training: Tadros et al. 2022 give those
/// of their tasks, and the others were searched for.
const SEARCHED: &str = "Found by an evolutionary search, for no publication has it for this case; in the authors' preset it is that of the reference code (Tadros et al. 2022).";

/// Where the values of fine-tuning come from.
const TUNED: &str = "Our own choice, that of the published experiments done again here: the reference code has no fine-tuning of this kind. One epoch at 0.03 moves the weights less than training does.";

/// Every numeric parameter of a recipe, in the order of the story.
pub static PARAMETERS: &[Parameter] = &[
    Parameter {
        path: "network.start_weights",
        label: "Start weights",
        unit: "±",
        range: 0.0..=1.0,
        logarithmic: true,
        help: "Weights are born uniform between minus and plus this.",
        source: "0.01 is that of the reference code.",
        access: Access::Real(|r| Some(&mut r.network.start_weights)),
    },
    Parameter {
        path: "training.epochs",
        label: "Epochs",
        unit: "epochs",
        range: 0.0..=1000.0,
        logarithmic: true,
        help: "Passes over the chosen images. Few epochs starve a network as much as few images do.",
        source: "10 in most presets, as in the reference code's runs on part of MNIST; there on 5,000 images.",
        access: Access::Whole(
            |r| Some(r.training.epochs.into()),
            |r, v| r.training.epochs = v.try_into().unwrap_or(u32::MAX),
        ),
    },
    Parameter {
        path: "training.learning_rate",
        label: "Learning rate",
        unit: "",
        range: 0.0..=10.0,
        logarithmic: true,
        help: "Step along the gradient for each batch.",
        source: "0.1 is that of the reference code.",
        access: Access::Real(|r| Some(&mut r.training.learning_rate)),
    },
    Parameter {
        path: "training.momentum",
        label: "Momentum",
        unit: "",
        range: 0.0..=0.999,
        logarithmic: false,
        help: "Share of the last change that is added to the next.",
        source: "0.5 is that of the reference code.",
        access: Access::Real(|r| Some(&mut r.training.momentum)),
    },
    Parameter {
        path: "training.batch",
        label: "Batch",
        unit: "images",
        range: 1.0..=1000.0,
        logarithmic: true,
        help: "Images that one change of the weights is computed from.",
        source: "100 is that of the reference code.",
        access: Access::Whole(
            |r| Some(r.training.batch as u64),
            |r, v| r.training.batch = v.try_into().unwrap_or(usize::MAX),
        ),
    },
    Parameter {
        path: "training.dropout",
        label: "Dropout",
        unit: "",
        range: 0.0..=0.95,
        logarithmic: false,
        help: "Share of the hidden units silenced at random for each training image.",
        source: "0.25 is that of the reference code.",
        access: Access::Real(|r| Some(&mut r.training.dropout)),
    },
    Parameter {
        path: "night.steps",
        label: "Length",
        unit: "steps",
        range: 1.0..=1_000_000.0,
        logarithmic: true,
        help: "Length of the night. One step is one millisecond of the sleeping network's time.",
        source: SEARCHED,
        access: Access::Whole(|r| Some(r.night.steps), |r, v| r.night.steps = v),
    },
    Parameter {
        path: "night.rate",
        label: "Input rate",
        unit: "Hz",
        range: 0.0..=1000.0,
        logarithmic: true,
        help: "How often an input neuron spikes whose mean intensity is one half. More input makes every layer livelier.",
        source: SEARCHED,
        access: Access::Real(|r| Some(&mut r.night.rate)),
    },
    Parameter {
        path: "night.window",
        label: "Window",
        unit: "pixels",
        range: 1.0..=64.0,
        logarithmic: false,
        help: "Side of the window on the mean image that is dreamt in one step.",
        source: "11 is that of the reference code.",
        access: Access::Whole(
            |r| Some(r.night.window as u64),
            |r, v| r.night.window = v.try_into().unwrap_or(usize::MAX),
        ),
    },
    Parameter {
        path: "night.beta",
        label: "Threshold",
        unit: "",
        range: 0.001..=10_000.0,
        logarithmic: true,
        help: "A neuron spikes when its potential reaches this. Too low and the layer runs away, too high and it is silent.",
        source: SEARCHED,
        access: Access::Layers(|r| &mut r.night.beta),
    },
    Parameter {
        path: "night.decay",
        label: "Decay",
        unit: "per step",
        range: 0.0..=1.0,
        logarithmic: false,
        help: "What is left of a potential after one step. 0.999 is a time constant of one second.",
        source: "0.999 is that of every parameter set in the reference code.",
        access: Access::Real(|r| Some(&mut r.night.decay)),
    },
    Parameter {
        path: "night.inc",
        label: "Raise",
        unit: "",
        range: 0.0..=1.0,
        logarithmic: true,
        help: "Added to a weight, times its gate, when the neurons on both of its sides spike.",
        source: SEARCHED,
        access: Access::Real(|r| Some(&mut r.night.inc)),
    },
    Parameter {
        path: "night.dec",
        label: "Drop",
        unit: "",
        range: 0.0..=1.0,
        logarithmic: true,
        help: "Taken from a weight, times its gate, when only the later neuron spikes.",
        source: SEARCHED,
        access: Access::Real(|r| Some(&mut r.night.dec)),
    },
    Parameter {
        path: "night.alpha.FromData.scale",
        label: "Gain scale",
        unit: "",
        range: 0.0..=10_000.0,
        logarithmic: true,
        help: "Multiplies the gain of every layer, which the data-based normalisation sets.",
        source: SEARCHED,
        access: Access::Real(|r| match &mut r.night.alpha {
            Alpha::FromData { scale } => Some(scale),
            Alpha::Given(_) => None,
        }),
    },
    Parameter {
        path: "night.w_inh",
        label: "Inhibition",
        unit: "",
        range: 0.0..=10.0,
        logarithmic: false,
        help: "Share of a layer's mean input that is taken from every neuron's input.",
        source: "0, no inhibition, in every parameter set of the reference code.",
        access: Access::Real(|r| Some(&mut r.night.w_inh)),
    },
    Parameter {
        path: "fine_tuning.epochs",
        label: "Tuning epochs",
        unit: "epochs",
        range: 1.0..=1000.0,
        logarithmic: true,
        help: "Passes over the same training images after the night.",
        source: TUNED,
        access: Access::Whole(
            |r| r.fine_tuning.as_ref().map(|tuning| tuning.epochs.into()),
            |r, v| {
                if let Some(tuning) = &mut r.fine_tuning {
                    tuning.epochs = v.try_into().unwrap_or(u32::MAX);
                }
            },
        ),
    },
    Parameter {
        path: "fine_tuning.learning_rate",
        label: "Tuning rate",
        unit: "",
        range: 0.0..=10.0,
        logarithmic: true,
        help: "Step along the gradient for each batch of fine-tuning. As large as in training, it soon undoes what the night did.",
        source: TUNED,
        access: Access::Real(|r| r.fine_tuning.as_mut().map(|tuning| &mut tuning.learning_rate)),
    },
    Parameter {
        path: "fine_tuning.momentum",
        label: "Tuning momentum",
        unit: "",
        range: 0.0..=0.999,
        logarithmic: false,
        help: "Share of the last change that is added to the next. The first batch goes on from the last change of training, as in the reference code.",
        source: "0.5 is that of the reference code.",
        access: Access::Real(|r| r.fine_tuning.as_mut().map(|tuning| &mut tuning.momentum)),
    },
    Parameter {
        path: "fine_tuning.batch",
        label: "Tuning batch",
        unit: "images",
        range: 1.0..=1000.0,
        logarithmic: true,
        help: "Images that one change of the weights is computed from.",
        source: "100 is that of the reference code.",
        access: Access::Whole(
            |r| r.fine_tuning.as_ref().map(|tuning| tuning.batch as u64),
            |r, v| {
                if let Some(tuning) = &mut r.fine_tuning {
                    tuning.batch = v.try_into().unwrap_or(usize::MAX);
                }
            },
        ),
    },
    Parameter {
        path: "fine_tuning.dropout",
        label: "Tuning dropout",
        unit: "",
        range: 0.0..=0.95,
        logarithmic: false,
        help: "Share of the hidden units silenced at random for each image of fine-tuning.",
        source: "0.25 is that of the reference code.",
        access: Access::Real(|r| r.fine_tuning.as_mut().map(|tuning| &mut tuning.dropout)),
    },
];

/// The parameter at a path.
pub fn parameter(path: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.path == path)
}

impl Parameter {
    /// Its values in a recipe: one, one for each layer, or none if the recipe has it not.
    pub fn values(&self, recipe: &Recipe) -> Vec<f64> {
        match &self.access {
            Access::Whole(read, _) => read(recipe).map(|value| value as f64).into_iter().collect(),
            // The accessors lend mutably so that there need be only one of each.
            Access::Real(lend) => lend(&mut recipe.clone()).map(|value| *value).into_iter().collect(),
            Access::Layers(lend) => lend(&mut recipe.clone()).clone(),
        }
    }

    /// Writes its value into a recipe, if the recipe has it; `layer` counts from 0 where there is one for each, and a whole number
    /// takes the nearest one.
    pub fn put(&self, recipe: &mut Recipe, layer: usize, value: f64) {
        let number = match &self.access {
            Access::Whole(_, write) => return write(recipe, value.round().max(0.0) as u64),
            Access::Real(lend) => lend(recipe),
            Access::Layers(lend) => lend(recipe).get_mut(layer),
        };
        if let Some(number) = number {
            *number = value;
        }
    }

    /// Whether it counts something.
    pub fn is_whole(&self) -> bool {
        matches!(self.access, Access::Whole(..))
    }
}
