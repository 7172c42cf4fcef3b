//! What other nights dream of: mean images of whole sets, and images scaled to give as many input spikes.

use crate::data::Dataset;

/// The mean of all training images of a set: one intensity in `0..=1` a pixel, row by row.
pub(super) fn mean_of(dataset: &Dataset) -> Vec<f32> {
    let pixels = dataset.train.pixel_count();
    let mut sums = vec![0_u64; pixels];
    for image in dataset.train.all_pixels().chunks_exact(pixels.max(1)) {
        for (sum, &pixel) in sums.iter_mut().zip(image) {
            *sum += u64::from(pixel);
        }
    }
    let images = dataset.train.len().max(1) as f64;
    sums.into_iter()
        .map(|sum| (sum as f64 / images / 255.0) as f32)
        .collect()
}

/// An image, scaled so that its windows give as many input spikes on average as those of the mean image.
pub(super) fn same_total(image: &[f32], mean_image: &[f32], size: (usize, usize), window: usize) -> Vec<f32> {
    let factor =
        seen_in_windows(mean_image, size, window) / seen_in_windows(image, size, window).max(f64::MIN_POSITIVE);
    image.iter().map(|&pixel| (f64::from(pixel) * factor) as f32).collect()
}

/// The intensity of an image that a window at a random place shows on average, but for a factor that all images share.
fn seen_in_windows(image: &[f32], (width, height): (usize, usize), window: usize) -> f64 {
    let places = |pixel: usize, length: usize| {
        let window = window.clamp(1, length);
        let last = pixel.min(length - window);
        last + 1 - (pixel + 1).saturating_sub(window)
    };
    image
        .iter()
        .enumerate()
        .map(|(pixel, &value)| f64::from(value) * (places(pixel % width, width) * places(pixel / width, height)) as f64)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches windows that are counted wrong at the border: every place of a window, one by one.
    #[test]
    fn what_windows_show_is_counted_place_by_place() {
        let (width, height, window) = (5, 4, 3);
        let image: Vec<f32> = (0..20).map(|pixel| (pixel * pixel % 7) as f32).collect();
        let mut total = 0.0;
        for top in 0..=height - window {
            for left in 0..=width - window {
                for (pixel, &value) in image.iter().enumerate() {
                    let (x, y) = (pixel % width, pixel / width);
                    if (left..left + window).contains(&x) && (top..top + window).contains(&y) {
                        total += f64::from(value);
                    }
                }
            }
        }
        assert!((seen_in_windows(&image, (width, height), window) - total).abs() < 1e-9);
        let scaled = same_total(&image, &[1.0; 20], (width, height), window);
        let (scaled, whole) = (
            seen_in_windows(&scaled, (width, height), window),
            seen_in_windows(&[1.0; 20], (width, height), window),
        );
        assert!((scaled / whole - 1.0).abs() < 1e-6);
    }
}
