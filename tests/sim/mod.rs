//! The simulation.

mod anatomy;
mod course;
mod evaluation;
mod night;
mod oracle;
mod probing;
mod thresholds;
mod training;

use std::sync::atomic::AtomicBool;

use somnoscope::sim::Samples;
use somnoscope::sim::rng::{self, Stream};

/// A wish to stop that never comes.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Images in which each class lights a patch of its own, with noise: something that can be learned in seconds.
fn patches(count: usize, classes: usize, pixels: usize, seed: u64) -> Samples {
    let mut rng = rng::stream(seed, Stream::Evaluation, 1);
    let labels: Vec<u8> = (0..count).map(|image| (image % classes) as u8).collect();
    let patch = pixels / classes;
    let mut images = ndarray::Array2::from_shape_simple_fn((count, pixels), || 0.3 * rng::unit_f32(&mut rng));
    for (mut image, &label) in images.rows_mut().into_iter().zip(&labels) {
        let first = usize::from(label) * patch;
        for pixel in first..first + patch {
            image[pixel] += 0.6;
        }
    }
    Samples { images, labels }
}
