//! Named, counter-addressable streams of random numbers.
//!
//! Each purpose draws from a stream of its own, and within it each event (an epoch, a batch, a step of the night) from
//! a place of its own. So the noise of step 400 depends on the seed and on 400 alone, whatever was drawn before, and a
//! new purpose never moves the numbers of another.

use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng as _};

/// What random numbers are for. The number of a variant is its stream: never renumber, only append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Which images are trained on.
    Subset = 1,
    /// The weights at birth.
    Init = 2,
    /// The order of the images; the event is the epoch.
    Shuffle = 3,
    /// Which units are dropped; the event is the batch, counted from the start of training.
    Dropout = 4,
    /// What is dreamt; the event is the step of the night.
    Dream = 5,
    /// Samples drawn to look at a network, never to change it.
    Evaluation = 6,
    /// Noise and blocks on pictures that a network is probed with; the events are two for each picture.
    Distortion = 7,
    /// Damage to a copy of the weights.
    Damage = 8,
    /// What is shuffled for a control; the event is the layer, or the image.
    Control = 9,
    /// The seeds of the nights of a run that has several; the event is the night.
    Nights = 10,
    /// Which images of the training part that were not chosen settings are judged by, in searches and maps.
    Validation = 11,
}

/// Room for one event, in 32-bit words. A stream holds 2^32 events of 2^32 words.
const WORDS_PER_EVENT: u32 = 32;

/// A generator at the start of event number `event` of a stream.
///
/// `ChaCha8` is one of the generators that rand promises to keep the same on every machine.
pub fn stream(seed: u64, purpose: Stream, event: u64) -> ChaCha8Rng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(purpose as u64);
    rng.set_word_pos(u128::from(event) << WORDS_PER_EVENT);
    rng
}

/// A number uniform in `0..1`, with the 24 bits that an `f32` can hold.
pub fn unit_f32(rng: &mut ChaCha8Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// A whole number uniform in `0..bound` (0 if the bound is 0), by multiplication; the bias is below `bound` / 2^32.
pub fn below(rng: &mut ChaCha8Rng, bound: u32) -> u32 {
    ((u64::from(rng.next_u32()) * u64::from(bound)) >> 32) as u32
}

/// Two independent numbers of the standard normal distribution (Box and Muller 1958).
pub fn normal_pair(rng: &mut ChaCha8Rng) -> (f32, f32) {
    // Never 0, whose logarithm is none.
    let uniform = 1.0 - unit_f32(rng);
    let radius = (-2.0 * uniform.ln()).sqrt();
    let (sine, cosine) = (std::f32::consts::TAU * unit_f32(rng)).sin_cos();
    (radius * cosine, radius * sine)
}

/// Puts a list in random order (Fisher-Yates), drawing 32-bit numbers only so that the order is the same everywhere.
pub fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        let other = below(rng, last as u32 + 1) as usize;
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a change of generator, of stream numbers or of layout, which would change every run there ever was.
    #[test]
    fn streams_give_the_numbers_they_always_gave() {
        let first = |purpose, event| stream(7, purpose, event).next_u32();
        let seen = [
            first(Stream::Subset, 0),
            first(Stream::Init, 0),
            first(Stream::Shuffle, 3),
            first(Stream::Dropout, 40),
            first(Stream::Dream, 565),
            first(Stream::Evaluation, 0),
        ];
        assert_eq!(
            seen,
            [
                679_367_822,
                3_118_633_819,
                2_678_901_189,
                1_523_693_446,
                1_597_223_105,
                1_559_186_434
            ]
        );
    }

    /// Catches events that share numbers, which would make the noise of one step repeat in another.
    #[test]
    fn events_and_streams_differ() {
        let words = |purpose, event| {
            let mut rng = stream(1, purpose, event);
            [rng.next_u32(), rng.next_u32(), rng.next_u32(), rng.next_u32()]
        };
        assert_eq!(words(Stream::Dream, 5), words(Stream::Dream, 5));
        assert_ne!(words(Stream::Dream, 5), words(Stream::Dream, 6));
        assert_ne!(words(Stream::Dream, 5), words(Stream::Dropout, 5));
    }

    /// Catches a bell that is none: its mean, width, and tails, and two numbers of a pair that go together.
    #[test]
    fn normal_numbers_are_normal() {
        let mut rng = stream(5, Stream::Distortion, 0);
        let pairs: Vec<(f32, f32)> = (0..50_000).map(|_| normal_pair(&mut rng)).collect();
        let all = || pairs.iter().flat_map(|&(a, b)| [f64::from(a), f64::from(b)]);
        let count = all().count() as f64;
        let mean = all().sum::<f64>() / count;
        let variance = all().map(|x| x * x).sum::<f64>() / count;
        let beyond_two = all().filter(|x| x.abs() > 2.0).count() as f64 / count;
        let together = pairs.iter().map(|&(a, b)| f64::from(a * b)).sum::<f64>() / pairs.len() as f64;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        assert!(
            (beyond_two - 0.0455).abs() < 0.003 && together.abs() < 0.02,
            "{beyond_two} {together}"
        );
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        shuffle(&mut items, &mut stream(3, Stream::Shuffle, 0));
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
