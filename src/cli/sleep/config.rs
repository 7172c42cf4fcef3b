//! The config of `somnoscope sleep`: how somebody's own network sleeps.

use std::path::{Path, PathBuf};

use ron::extensions::Extensions;
use serde::Deserialize;

use super::super::chosen;
use super::super::failure::Failure;
use crate::experiment::{RecipeError, check_night};
use crate::sim::night::{Alpha, Dream, Gate, NightParams};

/// A config as it is written. What may be left out has a default or is an option.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    alpha: Vec<f64>,
    beta: Vec<f64>,
    decay: f64,
    inc: f64,
    dec: f64,
    #[serde(default)]
    w_inh: f64,
    #[serde(default)]
    gate: Gate,
    #[serde(default)]
    dream: Dream,
    #[serde(default = "reference_window")]
    window: usize,
    #[serde(default = "first_seed")]
    seed: u64,
    steps: Option<u64>,
    rate: Option<f64>,
    mean_image: Option<PathBuf>,
}

/// The window of the reference, in pixels.
fn reference_window() -> usize {
    11
}

/// The seed if none is given.
fn first_seed() -> u64 {
    1
}

/// A checked config.
#[derive(Debug)]
pub struct Config {
    /// The night; its gains are given.
    pub night: NightParams,
    /// The gain of each layer.
    pub alpha: Vec<f64>,
    /// Decides the noise.
    pub seed: u64,
    /// The image in whose shape noise drives the inputs, if the config names one.
    pub mean_image: Option<PathBuf>,
}

/// Reads a config for a network of so many layers. `rows` counts the steps of given spikes, which take the place of noise.
pub fn read(path: &Path, layers: usize, rows: Option<usize>) -> Result<Config, Failure> {
    let wrong = |fault: String| Failure::wrong(format!("{}: {fault}", path.display()));
    let written: Written = ron::Options::default()
        .with_default_extension(Extensions::IMPLICIT_SOME)
        .from_str(&chosen::text(path)?)
        .map_err(|error| {
            let place = error.span.start;
            wrong(format!("line {}, column {}: {}", place.line, place.col, error.code))
        })?;
    let steps = match (written.steps, rows) {
        (Some(steps), Some(rows)) if steps > rows as u64 => {
            return Err(wrong(format!(
                "steps is {steps}, but the given spikes have {rows} rows"
            )));
        }
        (Some(steps), _) => steps,
        (None, Some(rows)) => rows as u64,
        (None, None) => {
            return Err(wrong(
                "steps is missing, and there are no given spikes to count".to_owned(),
            ));
        }
    };
    let is_noisy = rows.is_none() && written.dream != Dream::Silence;
    let rate = match written.rate {
        Some(rate) => rate,
        None if is_noisy => {
            return Err(wrong(
                "rate is missing, and there are no given spikes instead of noise".to_owned(),
            ));
        }
        None => 0.0,
    };
    let night = NightParams {
        steps,
        rate,
        inc: written.inc,
        dec: written.dec,
        beta: written.beta,
        alpha: Alpha::Given(written.alpha.clone()),
        decay: written.decay,
        w_inh: written.w_inh,
        gate: written.gate,
        dream: written.dream,
        window: written.window,
    };
    check_night(&night, layers).map_err(|error| match error {
        // The fields have the same names as in a recipe, where they stand in a section of their own.
        RecipeError::OutOfRange { path, value, allowed } => {
            let field = path.strip_prefix("night.").unwrap_or(&path);
            wrong(format!("{field} is {value}, but must be {allowed}"))
        }
        other => wrong(other.to_string()),
    })?;
    Ok(Config {
        night,
        alpha: written.alpha,
        seed: written.seed,
        mean_image: written
            .mean_image
            .map(|image| path.parent().unwrap_or(Path::new("")).join(image)),
    })
}
