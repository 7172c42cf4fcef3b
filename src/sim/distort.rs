//! Pictures that are harder to read: blurred, covered in part, noisy.
//!
//! Everything is drawn from the seed and the number of the picture, so the same setting gives the same pictures, and a
//! stronger noise is the same noise, stronger.

use std::sync::atomic::{AtomicBool, Ordering};

use image::{ImageBuffer, Luma};
use rayon::prelude::*;

use super::Samples;
use super::rng::{self, Stream};

/// How pictures are distorted: blurred first, then covered, then noisy, as on their way through a lens, past an obstacle,
/// onto a sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fog {
    /// Standard deviation of Gaussian noise on each pixel, in intensities of `0..=1`; what leaves that range is cut off.
    pub noise: f64,
    /// Standard deviation of the Gaussian blur in pixels. Beyond the border the picture goes on as it ends.
    pub blur: f64,
    /// Side of a black square at a random place, in pixels; one larger than the picture covers it.
    pub occlusion: usize,
}

impl Fog {
    /// Whether it changes nothing.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }

    /// Distorts picture number `number`, whose intensities in `0..=1` stand row by row. What has no strength changes no bit.
    pub fn apply(&self, pixels: &mut [f32], (width, height): (usize, usize), seed: u64, number: usize) {
        if width * height != pixels.len() || pixels.is_empty() {
            return;
        }
        if self.blur > 0.0 {
            blur(pixels, (width, height), self.blur as f32);
        }
        let event = 2 * number as u64;
        if self.occlusion > 0 {
            let rng = &mut rng::stream(seed, Stream::Distortion, event + 1);
            let (across, down) = (self.occlusion.min(width), self.occlusion.min(height));
            let left = rng::below(rng, (width - across) as u32 + 1) as usize;
            let top = rng::below(rng, (height - down) as u32 + 1) as usize;
            for row in pixels.chunks_mut(width).skip(top).take(down) {
                row[left..left + across].fill(0.0);
            }
        }
        if self.noise > 0.0 {
            let rng = &mut rng::stream(seed, Stream::Distortion, event);
            let strength = self.noise as f32;
            for pair in pixels.chunks_mut(2) {
                let (first, second) = rng::normal_pair(rng);
                for (pixel, normal) in pair.iter_mut().zip([first, second]) {
                    *pixel = (*pixel + strength * normal).clamp(0.0, 1.0);
                }
            }
        }
    }

    /// Distorts every image; its number is its place. `None` if `stop` was set meanwhile.
    pub fn over(&self, samples: &Samples, size: (usize, usize), seed: u64, stop: &AtomicBool) -> Option<Samples> {
        let mut distorted = samples.clone();
        let pixels = samples.images.ncols().max(1);
        distorted
            .images
            .as_slice_mut()?
            .par_chunks_mut(pixels)
            .enumerate()
            .for_each(|(number, image)| {
                if !stop.load(Ordering::Relaxed) {
                    self.apply(image, size, seed, number);
                }
            });
        (!stop.load(Ordering::Relaxed)).then_some(distorted)
    }
}

/// Blurs a picture.
fn blur(pixels: &mut [f32], (width, height): (usize, usize), sigma: f32) {
    let picture = ImageBuffer::<Luma<f32>, _>::from_raw(width as u32, height as u32, pixels.to_vec());
    if let Some(picture) = picture {
        pixels.copy_from_slice(&image::imageops::blur(&picture, sigma));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use proptest::prelude::*;

    const SIZE: (usize, usize) = (28, 28);

    fn fogged(fog: Fog, grey: f32, number: usize) -> Vec<f32> {
        let mut pixels = vec![grey; 784];
        fog.apply(&mut pixels, SIZE, 3, number);
        pixels
    }

    fn noise(noise: f64) -> Fog {
        Fog {
            noise,
            ..Fog::default()
        }
    }

    /// Catches noise of another width or with a drift, one that is the same on every picture, and one that another strength
    /// draws anew.
    #[test]
    fn noise_has_its_mean_and_its_variance() {
        let all: Vec<f32> = (0..40).flat_map(|number| fogged(noise(0.1), 0.5, number)).collect();
        let count = all.len() as f64;
        let mean = all.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
        let variance = all.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
        assert!((mean - 0.5).abs() < 0.003, "{mean}");
        assert!((variance.sqrt() - 0.1).abs() < 0.002, "{variance}");
        assert_ne!(fogged(noise(0.1), 0.5, 0), fogged(noise(0.1), 0.5, 1));
        let (weak, strong) = (fogged(noise(0.05), 0.5, 0), fogged(noise(0.1), 0.5, 0));
        for (weak, strong) in weak.iter().zip(strong) {
            assert!((2.0 * (weak - 0.5) - (strong - 0.5)).abs() < 1e-5);
        }
        assert!(
            fogged(noise(1.0), 0.5, 0)
                .iter()
                .all(|pixel| (0.0..=1.0).contains(pixel))
        );
    }

    /// Catches a blur that loses or makes light, that is none, or that smears the wrong way.
    #[test]
    fn blur_keeps_the_light_and_spreads_it() {
        let mut dot = vec![0.0; 784];
        dot[14 * 28 + 14] = 1.0;
        let fog = Fog {
            blur: 1.5,
            ..Fog::default()
        };
        fog.apply(&mut dot, SIZE, 3, 0);
        let total: f64 = dot.iter().map(|&x| f64::from(x)).sum();
        assert!((total - 1.0).abs() < 1e-4, "{total}");
        let spread = |axis: fn(usize) -> usize| {
            let far = |(at, &x): (usize, &f32)| f64::from(x) * (axis(at) as f64 - 14.0).powi(2);
            dot.iter().enumerate().map(far).sum::<f64>().sqrt()
        };
        let (across, down) = (spread(|at| at % 28), spread(|at| at / 28));
        assert!(
            (across - 1.5).abs() < 0.15 && (down - across).abs() < 1e-4,
            "{across} {down}"
        );
    }

    /// Catches a block of another size, one that leaves the picture, and one that is always at the same place.
    #[test]
    fn the_block_covers_its_square() {
        let fog = |occlusion| Fog {
            occlusion,
            ..Fog::default()
        };
        let covered = |side, number| {
            let pixels = fogged(fog(side), 0.5, number);
            let dark: Vec<usize> = (0..784).filter(|&at| pixels[at] == 0.0).collect();
            let columns: std::collections::BTreeSet<usize> = dark.iter().map(|at| at % 28).collect();
            (dark.len(), columns.len(), dark[0])
        };
        let corners: std::collections::BTreeSet<usize> = (0..20)
            .map(|number| {
                let (count, columns, corner) = covered(7, number);
                assert_eq!((count, columns), (49, 7));
                corner
            })
            .collect();
        assert!(corners.len() > 10, "{corners:?}");
        assert_eq!(covered(99, 0), (784, 28, 0));
    }

    proptest! {
        /// Catches a strength of 0 that changes a bit, pictures that are others the second time, and a panic on a small picture.
        #[test]
        fn no_strength_no_change_and_the_same_again(
            width in 1_usize..9, height in 1_usize..9, seed in any::<u64>(), level in 0.0_f32..=1.0,
            sigma in 0.0_f64..5.0, sd in 0.0_f64..1.0, side in 0_usize..12,
        ) {
            let images = Array2::from_shape_fn((3, width * height), |(image, pixel)| {
                (level * (image + pixel) as f32) % 1.0
            });
            let samples = Samples { images, labels: vec![0; 3] };
            let over = |fog: Fog| fog.over(&samples, (width, height), seed, &AtomicBool::new(false)).unwrap();
            let bits = |samples: &Samples| samples.images.iter().map(|pixel| pixel.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&over(Fog::default())), bits(&samples));
            let fog = Fog { noise: sd, blur: sigma, occlusion: side };
            let once = over(fog);
            prop_assert_eq!(bits(&once), bits(&over(fog)));
            let inside = |pixel: &f32| (-1e-6..=1.000_001).contains(pixel);
            prop_assert!(once.images.iter().all(inside));
        }
    }
}
