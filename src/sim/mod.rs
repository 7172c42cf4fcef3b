//! The simulation: the network awake, its training, and the night. Knows no user interface and no files.
//!
//! Everything here is a pure function of its arguments and a seed. A night in particular is
//! `(weights, parameters, seed, step) -> state`: watching, evaluating or recording it changes no bit.

pub mod conditions;
mod damage;
mod distort;
pub mod evaluate;
pub mod mlp;
pub mod night;
pub mod rng;
pub mod train;

use ndarray::Array2;

/// Images ready for a network, with their labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    /// Pixel intensities in `0..=1`, shape images x pixels.
    pub images: Array2<f32>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

impl Samples {
    /// Takes the chosen images out of 8-bit pixels (row-major, images x `pixel_count`), scaled by 1/255.
    ///
    /// # Panics
    /// If an index is not below the number of images: indices come from the same set.
    pub fn gather(pixels: &[u8], labels: &[u8], pixel_count: usize, chosen: &[usize]) -> Self {
        let mut images = Vec::with_capacity(chosen.len() * pixel_count);
        for &index in chosen {
            let row = &pixels[index * pixel_count..(index + 1) * pixel_count];
            images.extend(row.iter().map(|&p| f32::from(p) / 255.0));
        }
        let labels = chosen.iter().map(|&index| labels[index]).collect();
        let images = Array2::from_shape_vec((chosen.len(), pixel_count), images)
            .expect("one row of pixel_count values was pushed for each chosen image");
        Self { images, labels }
    }

    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The mean of all images, one intensity in `0..=1` a pixel; zeros if there is no image.
    pub fn mean_image(&self) -> Vec<f32> {
        let mut sum = vec![0.0_f64; self.images.ncols()];
        for row in self.images.rows() {
            for (total, &pixel) in sum.iter_mut().zip(row) {
                *total += f64::from(pixel);
            }
        }
        let count = self.len().max(1) as f64;
        sum.into_iter().map(|total| (total / count) as f32).collect()
    }
}
