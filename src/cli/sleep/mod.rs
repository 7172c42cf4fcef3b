//! `somnoscope sleep`: puts somebody's own network to sleep, driven by noise or by given spikes.

mod config;

use std::path::{Path, PathBuf};

use ndarray::{Array, Array1, Array2};

use self::config::Config;
use super::SleepArgs;
use super::failure::Failure;
use super::output::{bar, count, say};
use crate::run::{Format, Intensities, Tensor, folder_of, read_intensities, read_spikes, read_weights, write_tensors};
use crate::sim::night::{Dream, Dreamer, Night};
use crate::text::grouped;

/// The most spikes that are recorded, silent ones included: steps x neurons.
const MAX_RECORD: u64 = 1 << 31;

/// What drives the inputs.
enum Drive {
    /// Steps x inputs.
    Given(Array2<u8>),
    /// Noise.
    Noise(Dreamer),
}

/// Reads everything, sleeps, and writes the file.
pub fn sleep(args: &SleepArgs) -> Result<(), Failure> {
    check_place(args)?;
    let weights = read_weights(&args.weights)?;
    let sizes: Vec<usize> = weights
        .first()
        .map(Array2::ncols)
        .into_iter()
        .chain(weights.iter().map(Array2::nrows))
        .collect();
    let inputs = sizes.first().copied().unwrap_or_default();
    let spikes = match &args.spikes {
        Some(path) => Some(read_spikes(path, inputs)?),
        None => None,
    };
    let config = config::read(&args.config, weights.len(), spikes.as_ref().map(Array2::nrows))?;
    let drive = match spikes {
        Some(spikes) => Drive::Given(spikes),
        None => Drive::Noise(dreamer(args, &config, inputs)?),
    };
    let steps = config.night.steps;
    let neurons: usize = sizes.iter().sum();
    if args.record && steps.saturating_mul(neurons as u64) > MAX_RECORD {
        return Err(Failure::wrong(format!(
            "--record would keep {steps} steps of {neurons} units, more than {MAX_RECORD} bytes: sleep fewer steps"
        )));
    }

    let mut night = Night::new(&weights, &config.night, &config.alpha);
    let mut log = Log::new(&sizes, if args.record { steps as usize } else { 0 });
    let bar = bar("sleeping {wide_bar} {pos}/{len}");
    bar.set_length(steps);
    for step in 0..steps {
        match &drive {
            Drive::Given(spikes) => {
                let row = spikes.row(step as usize);
                night.step_with(
                    (0..)
                        .zip(row)
                        .filter(|&(_, &spiked)| spiked == 1)
                        .map(|(input, _)| input),
                );
            }
            Drive::Noise(dreamer) => night.step(dreamer),
        }
        log.add(step as usize, &night);
        bar.set_position(step + 1);
    }
    bar.finish_and_clear();

    let tensors = tensors(&mut night, log)?;
    write_tensors(&args.out, &tensors)?;
    say(&summary(&night, &tensors, &args.out))?;
    Ok(())
}

/// Makes sure before the night that its result has a place.
fn check_place(args: &SleepArgs) -> Result<(), Failure> {
    Format::of(&args.out)?;
    let folder = folder_of(&args.out);
    if !folder.is_dir() {
        return Err(Failure::wrong(format!(
            "{} is not a folder to write to",
            folder.display()
        )));
    }
    // A nameless file, which is gone when it is closed.
    if let Err(reason) = tempfile::tempfile_in(folder) {
        return Err(Failure::wrong(format!(
            "nothing can be written to {}: {reason}",
            folder.display()
        )));
    }
    if args.out.is_dir() {
        return Err(Failure::wrong(format!(
            "{} is a folder: name a file",
            args.out.display()
        )));
    }
    let same = |other: &PathBuf| matches!((args.out.canonicalize(), other.canonicalize()), (Ok(a), Ok(b)) if a == b);
    let read = [
        Some(&args.weights),
        Some(&args.config),
        args.spikes.as_ref(),
        args.mean_image.as_ref(),
    ];
    if read.into_iter().flatten().any(same) {
        return Err(Failure::wrong(format!(
            "{} is also read: name another file, so that it is not lost",
            args.out.display()
        )));
    }
    Ok(())
}

/// The noise that the config asks for.
fn dreamer(args: &SleepArgs, config: &Config, inputs: usize) -> Result<Dreamer, Failure> {
    let night = &config.night;
    let Some(path) = args.mean_image.as_ref().or(config.mean_image.as_ref()) else {
        if night.dream == Dream::Silence {
            return Ok(Dreamer::new(night, &vec![0.0; inputs], (inputs, 1), config.seed));
        }
        return Err(Failure::wrong(format!(
            "{}: mean_image is missing: name it there or with --mean-image, or give the input spikes with --spikes",
            args.config.display()
        )));
    };
    let Intensities { pixels, size } = read_intensities(path)?;
    let wrong = |fault: String| Err(Failure::wrong(format!("{}: {fault}", path.display())));
    if pixels.len() != inputs {
        return wrong(format!(
            "it has {} pixels, but the network has {inputs} inputs",
            pixels.len()
        ));
    }
    let side = inputs.isqrt();
    let (height, width) = match size {
        Some(size) => size,
        None if side * side == inputs => (side, side),
        // Where no window is cut out and no share of windows is counted, the sides do not matter.
        None if night.dream == Dream::WholeImage => (1, inputs),
        None => {
            return wrong(format!(
                "{inputs} pixels are no square: give the array as height x width"
            ));
        }
    };
    if matches!(night.dream, Dream::Windows | Dream::Uniform) && night.window > width.min(height) {
        return wrong(format!(
            "a window of {} pixels does not fit into {width} x {height}: set `window` in {}",
            night.window,
            args.config.display()
        ));
    }
    Ok(Dreamer::new(night, &pixels, (width, height), config.seed))
}

/// The spikes of a night, inputs first: counts of each unit, and all of them if they are recorded.
struct Log {
    counts: Vec<Array1<u32>>,
    /// Steps x units of each layer; no steps if not recorded.
    spikes: Vec<Array2<u8>>,
}

impl Log {
    /// An empty log with room for so many recorded steps.
    fn new(sizes: &[usize], recorded_steps: usize) -> Self {
        Self {
            counts: sizes.iter().map(|&units| Array1::zeros(units)).collect(),
            spikes: sizes
                .iter()
                .map(|&units| Array2::zeros((recorded_steps, units)))
                .collect(),
        }
    }

    /// Notes who spiked in a step.
    fn add(&mut self, step: usize, night: &Night) {
        for ((counts, spikes), spiked) in self.counts.iter_mut().zip(&mut self.spikes).zip(night.spikes()) {
            for &unit in spiked {
                counts[unit as usize] += 1;
                if let Some(cell) = spikes.get_mut((step, unit as usize)) {
                    *cell = 1;
                }
            }
        }
    }
}

/// What is written: weights, potentials, counts and, if recorded, spikes.
fn tensors(night: &mut Night, log: Log) -> Result<Vec<(String, Tensor)>, Failure> {
    let mut tensors = Vec::new();
    for (layer, weights) in (1..).zip(night.weights()) {
        tensors.push((format!("w{layer}"), Tensor::F32(weights.into_dyn())));
    }
    for layer in 0..night.layer_count() {
        let potentials = Array::from_vec(night.potentials(layer).to_vec()).into_dyn();
        tensors.push((format!("mem{}", layer + 1), Tensor::F32(potentials)));
    }
    let is_finite = |(_, tensor): &(String, Tensor)| match tensor {
        Tensor::F32(array) => array.iter().all(|number| number.is_finite()),
        Tensor::U32(_) | Tensor::U8(_) => true,
    };
    if let Some((name, _)) = tensors.iter().find(|named| !is_finite(named)) {
        return Err(Failure::failed(anyhow::anyhow!(
            "the night diverged: after {} steps, {name} holds what is no finite number; try a smaller inc or dec",
            night.steps()
        )));
    }
    for (layer, counts) in log.counts.into_iter().enumerate() {
        tensors.push((format!("count{layer}"), Tensor::U32(counts.into_dyn())));
    }
    for (layer, spikes) in log.spikes.into_iter().enumerate() {
        if spikes.nrows() > 0 {
            tensors.push((format!("spikes{layer}"), Tensor::U8(spikes.into_dyn())));
        }
    }
    Ok(tensors)
}

/// A sentence for the person who waits.
fn summary(night: &Night, tensors: &[(String, Tensor)], out: &Path) -> String {
    let counts: Vec<String> = tensors
        .iter()
        .filter_map(|(_, tensor)| match tensor {
            Tensor::U32(counts) => Some(grouped(counts.iter().map(|&count| u64::from(count)).sum())),
            Tensor::F32(_) | Tensor::U8(_) => None,
        })
        .collect();
    format!(
        "Slept {}. Spikes, from the inputs to the outputs: {}. The network is in {}.",
        count(night.steps(), "step", "steps"),
        counts.join(", "),
        out.display()
    )
}
