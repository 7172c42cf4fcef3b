//! A test from scratch: every image through the whole network.

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::{Axis, Slice};

use super::reading::{read, read_exactly, uncertainty};
use super::{Evaluation, ImageReading};
use crate::sim::Samples;
use crate::sim::mlp::{Activations, Mlp};

/// Images that go through the network at a time: few enough for their activations to stay in the cache and for a wish to
/// stop to be heard, enough for the matrix products to be fast.
const CHUNK: usize = 500;

/// Tests networks; keeps its memory between tests.
#[derive(Clone, Debug, Default)]
pub struct Evaluator {
    room: Activations,
}

impl Evaluator {
    /// Reads every image and counts what was read as what. `None` if `stop` was set meanwhile.
    pub fn evaluate(&mut self, mlp: &Mlp, samples: &Samples, stop: &AtomicBool) -> Option<Evaluation> {
        let mut evaluation = Evaluation::empty(mlp.classes());
        let largest_weight = largest_output_weight(mlp);
        let mut doubtful = Vec::new();
        for first in (0..samples.len()).step_by(CHUNK) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let chunk = first..(first + CHUNK).min(samples.len());
            let images = samples.images.slice_axis(Axis(0), Slice::from(chunk.clone()));
            let layers = mlp.forward_to_sums(images, &mut self.room);
            let (sums, hidden) = layers.split_last()?;
            let last_hidden = hidden.last().map_or(images, |layer| layer.view());
            for (image, (sums, hidden)) in chunk.zip(sums.rows().into_iter().zip(last_hidden.rows())) {
                match read(
                    sums.to_slice()?,
                    mlp.output,
                    uncertainty(hidden.to_slice()?, largest_weight),
                ) {
                    Some(class) => evaluation.add(samples.labels[image], class),
                    None => doubtful.push(image),
                }
            }
        }
        let classes = read_exactly(mlp, samples, &doubtful, stop)?;
        for (image, class) in doubtful.into_iter().zip(classes) {
            evaluation.add(samples.labels[image], class);
        }
        Some(evaluation)
    }
}

impl Evaluator {
    /// Reads some of the images, in the order given, and keeps the outputs behind each reading.
    ///
    /// # Panics
    /// If a number is not below the number of images: numbers come from the same samples.
    pub fn read_images(&mut self, mlp: &Mlp, samples: &Samples, images: &[usize]) -> Vec<ImageReading> {
        let largest_weight = largest_output_weight(mlp);
        let mut readings = Vec::with_capacity(images.len());
        let mut doubtful = Vec::new();
        for chosen in images.chunks(CHUNK) {
            let pixels = samples.images.select(Axis(0), chosen);
            let layers = mlp.forward_to_sums(pixels.view(), &mut self.room);
            let Some((sums, hidden)) = layers.split_last() else {
                break;
            };
            let last_hidden = hidden.last().map_or(pixels.view(), |layer| layer.view());
            let mut outputs = sums.clone();
            mlp.output.apply(&mut outputs);
            for (index, &image) in chosen.iter().enumerate() {
                let (sums, activations) = (sums.row(index).to_vec(), last_hidden.row(index).to_vec());
                let class = read(&sums, mlp.output, uncertainty(&activations, largest_weight));
                if class.is_none() {
                    doubtful.push((readings.len(), image));
                }
                readings.push(ImageReading {
                    image,
                    class: class.unwrap_or_default(),
                    outputs: outputs.row(index).to_vec(),
                });
            }
        }
        let numbers: Vec<usize> = doubtful.iter().map(|&(_, image)| image).collect();
        let classes = read_exactly(mlp, samples, &numbers, &AtomicBool::new(false)).unwrap_or_default();
        for ((place, _), class) in doubtful.into_iter().zip(classes) {
            readings[place].class = class;
        }
        readings
    }
}

/// The largest magnitude of an output weight.
pub(super) fn largest_output_weight(mlp: &Mlp) -> f32 {
    mlp.weights.last().map_or(0.0, |layer| {
        layer.iter().fold(0.0, |most, weight| weight.abs().max(most))
    })
}

/// The pixels of one image.
pub(super) fn image_of(samples: &Samples, image: usize) -> &[f32] {
    let pixels = samples.images.ncols();
    let all = samples.images.as_slice().expect("images are stored row by row");
    &all[image * pixels..(image + 1) * pixels]
}
