//! What drives the input neurons: noise in the shape of the mean image (reference: `create_masked_input.m`).

use rand::Rng as _;

use super::params::{DT, Dream, NightParams};
use crate::sim::rng::{self, Stream};

/// Makes the input spikes of any step of a night from the seed and the number of the step alone.
#[derive(Clone, Debug)]
pub struct Dreamer {
    seed: u64,
    dream: Dream,
    width: usize,
    height: usize,
    /// Side of the window, never larger than the image.
    window: usize,
    /// A pixel spikes if 32 random bits are below this: its probability times 2^32.
    bars: Vec<u64>,
}

impl Dreamer {
    /// Noise in the shape of `mean_image` (row-major, `width` x `height` intensities in `0..=1`).
    pub fn new(params: &NightParams, mean_image: &[f32], (width, height): (usize, usize), seed: u64) -> Self {
        let window = params.window.clamp(1, width.min(height).max(1));
        let probability = |intensity: f64| (2.0 * intensity * DT * params.rate).clamp(0.0, 1.0);
        let mut chances: Vec<f64> = mean_image
            .iter()
            .map(|&intensity| probability(f64::from(intensity)))
            .collect();
        if params.dream == Dream::Uniform {
            let total: f64 = chances
                .iter()
                .enumerate()
                .map(|(pixel, chance)| {
                    chance * window_share(pixel % width, width, window) * window_share(pixel / width, height, window)
                })
                .sum();
            let even = total / chances.len().max(1) as f64;
            chances.fill(even);
        }
        let bars = chances
            .iter()
            .map(|chance| (chance * 4_294_967_296.0).round() as u64)
            .collect();
        Self {
            seed,
            dream: params.dream,
            width,
            height,
            window,
            bars,
        }
    }

    /// Writes the numbers of the input neurons that spike in a step, in order.
    pub fn spikes(&self, step: u64, spikes: &mut Vec<u32>) {
        spikes.clear();
        let mut rng = rng::stream(self.seed, Stream::Dream, step);
        match self.dream {
            Dream::Silence => {}
            Dream::WholeImage | Dream::Uniform => {
                for (pixel, &bar) in self.bars.iter().enumerate() {
                    if u64::from(rng.next_u32()) < bar {
                        spikes.push(pixel as u32);
                    }
                }
            }
            Dream::Windows => {
                let (left, top) = self.draw_corner(&mut rng);
                for y in top..top + self.window {
                    let first = y * self.width + left;
                    for (pixel, &bar) in (first..).zip(&self.bars[first..first + self.window]) {
                        if u64::from(rng.next_u32()) < bar {
                            spikes.push(pixel as u32);
                        }
                    }
                }
            }
        }
    }

    /// The window that is shown in a step: left, top and side in pixels. `None` where nothing is cut out.
    pub fn window(&self, step: u64) -> Option<(usize, usize, usize)> {
        (self.dream == Dream::Windows).then(|| {
            let (left, top) = self.draw_corner(&mut rng::stream(self.seed, Stream::Dream, step));
            (left, top, self.window)
        })
    }

    /// Left and top of the window; every place where it fits is as likely.
    fn draw_corner(&self, rng: &mut rand::rngs::ChaCha8Rng) -> (usize, usize) {
        let left = rng::below(rng, (self.width - self.window + 1) as u32);
        let top = rng::below(rng, (self.height - self.window + 1) as u32);
        (left as usize, top as usize)
    }
}

/// Share of the places of a window along an axis that cover a pixel.
fn window_share(pixel: usize, length: usize, window: usize) -> f64 {
    let places = length - window + 1;
    let first = (pixel + 1).saturating_sub(window);
    let last = pixel.min(places - 1);
    (last + 1 - first) as f64 / places as f64
}
