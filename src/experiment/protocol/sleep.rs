//! Whole nights, one after the other, for trials that nobody watches.

use std::sync::atomic::{AtomicBool, Ordering};

use rand::Rng as _;

use super::{Arm, Rival};
use crate::experiment::{Recipe, RecipeError};
use crate::sim::Samples;
use crate::sim::mlp::Mlp;
use crate::sim::night::{Dreamer, Night, NightParams, Scaling};
use crate::sim::rng::{self, Stream};

/// Steps between two looks at whether to stop.
const PATIENCE: u64 = 256;

/// What a night is dreamt of.
pub struct Dreamland<'a> {
    /// The images whose activations set the gains.
    pub scaled_by: &'a Samples,
    /// The image in whose shape noise drives the inputs, row by row.
    pub mean_image: &'a [f32],
    /// Its width and height in pixels.
    pub image_size: (usize, usize),
    /// The seed of the noise.
    pub seed: u64,
}

/// How a night ended.
#[derive(Clone, Debug)]
pub enum Morning {
    /// With this network, and so many spikes of each layer, the inputs first.
    Woken(Mlp, Vec<u64>),
    /// With a weight that is no number any more, after so many steps.
    Diverged(u64),
}

impl Dreamland<'_> {
    /// A night from its first step to its last. `None` if `stop` was set meanwhile.
    pub fn sleep(&self, mlp: &Mlp, params: &NightParams, stop: &AtomicBool) -> Option<Morning> {
        let alpha = params.alpha.gains(|| Scaling::measure(mlp, self.scaled_by, stop))?;
        let dreamer = Dreamer::new(params, self.mean_image, self.image_size, self.seed);
        sleep_through(mlp, params, &alpha, &dreamer, &mut |step, _| {
            step % PATIENCE != 0 || !stop.load(Ordering::Relaxed)
        })
    }
}

/// A night from its first step to its last. After each step `goes_on` is told how many were done and how many neurons have
/// spiked in it, the inputs left out; `None` if it says no.
pub(in crate::experiment) fn sleep_through(
    mlp: &Mlp,
    params: &NightParams,
    alpha: &[f64],
    dreamer: &Dreamer,
    goes_on: &mut dyn FnMut(u64, u64) -> bool,
) -> Option<Morning> {
    let mut night = Night::new(&mlp.weights, params, alpha);
    let mut spikes = vec![0; mlp.sizes().len()];
    for step in 1..=params.steps {
        night.step(dreamer);
        let mut neurons = 0;
        for (layer, (total, spikes)) in spikes.iter_mut().zip(night.spikes()).enumerate() {
            *total += spikes.len() as u64;
            neurons += if layer > 0 { spikes.len() as u64 } else { 0 };
        }
        if !goes_on(step, neurons) {
            return None;
        }
    }
    let woken = Mlp {
        weights: night.weights(),
        ..mlp.clone()
    };
    Some(if woken.is_finite() {
        Morning::Woken(woken, spikes)
    } else {
        Morning::Diverged(params.steps)
    })
}

/// The seed of a night of a run: the first dreams with the seed of the run, as in the window, later ones with seeds of their
/// own.
pub(super) fn dream_seed(seed: u64, night: u64) -> u64 {
    match night {
        0 => seed,
        _ => rng::stream(seed, Stream::Nights, night).next_u64(),
    }
}

/// The recipe as a control has it: only [`Rival::Settings`] change it, and only its night.
pub(super) fn rival_recipe(recipe: &Recipe, rival: &Rival) -> Result<Recipe, RecipeError> {
    match rival {
        Rival::Settings(assignments) => with_night(recipe, assignments),
        _ => Ok(recipe.clone()),
    }
}

/// The nights of a way to learn several tasks, but for their length.
pub(super) fn arm_night(recipe: &Recipe, arm: &Arm) -> Result<NightParams, RecipeError> {
    Ok(with_night(recipe, &arm.night)?.night)
}

/// A recipe with other settings of the night.
fn with_night(recipe: &Recipe, assignments: &[String]) -> Result<Recipe, RecipeError> {
    let mut changed = recipe.clone();
    for assignment in assignments {
        if !assignment.trim_start().starts_with("night.") {
            return Err(RecipeError::Setting {
                path: assignment.clone(),
                reason: "a control changes the night only, for the network is trained once".to_owned(),
            });
        }
        changed.set(assignment)?;
    }
    changed.validate()?;
    Ok(changed)
}
