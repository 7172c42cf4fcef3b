//! Numbers as a person writes them.

use std::time::Duration;

pub use crate::text::grouped;
use crate::worker::Moment;

/// A number and its noun: "1 step", "566 steps".
pub fn counted(number: u64, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        // An epoch ends in the sound of a k.
        let ending = if noun.ends_with("ch") && noun != "epoch" {
            "es"
        } else {
            "s"
        };
        format!("{} {noun}{ending}", grouped(number))
    }
}

/// A moment of a run: "batch 34" of training, "step 212" of the night, or "tuning batch 3" of fine-tuning.
pub fn moment_name(moment: Moment) -> String {
    match moment {
        Moment::Batch(batch) => format!("batch {}", grouped(batch)),
        Moment::Step(step) => format!("step {}", grouped(step)),
        Moment::Tuned(batch) => format!("tuning batch {}", grouped(batch)),
    }
}

/// The words with a large first letter: "Before sleep".
pub fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.clone()).collect()
}

/// A share as a percentage without its sign: "59.7".
pub fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

/// A number with four significant digits and no needless zeros: "0.00405", "12.82", "1200".
pub fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value.is_infinite() {
            "∞".to_owned()
        } else {
            value.to_string()
        };
    }
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = (3 - magnitude).clamp(0, 9) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A signed number: "+0.0153", "−0.0031", "0".
pub fn signed(value: f64) -> String {
    match value {
        v if v > 0.0 => format!("+{}", number(v)),
        v if v < 0.0 => format!("−{}", number(-v)),
        _ => "0".to_owned(),
    }
}

/// A time in the largest sensible unit.
pub fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => counted(seconds.max(1), "second"),
        60..3600 => counted(seconds.div_ceil(60), "minute"),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A change of a share in percentage points, to a tenth.
pub fn points(change: f64) -> f64 {
    (1000.0 * change).round() / 10.0
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `value`; 1 for what is not positive.
pub fn nice_ceiling(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let power = 10.0_f64.powf(value.log10().floor());
    let factor = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= value * 0.999_999);
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches numbers that a person would not write so.
    #[test]
    fn numbers_read_well() {
        assert_eq!(
            [grouped(0), grouped(566), grouped(1200), grouped(1_234_567)],
            ["0", "566", "1,200", "1,234,567"]
        );
        assert_eq!(
            [counted(1, "step"), counted(3, "epoch"), counted(2, "batch")],
            ["1 step", "3 epochs", "2 batches"]
        );
        assert_eq!(
            [5, 61, 3700].map(|seconds| spoken(Duration::from_secs(seconds))),
            ["5 seconds", "2 minutes", "1 h 1 min"]
        );
        assert_eq!([signed(points(0.1234)), signed(points(-0.00004))], ["+12.3", "0"]);
        assert_eq!(
            [number(0.00405), number(12.82), number(1200.0), number(0.0)],
            ["0.00405", "12.82", "1200", "0"]
        );
        assert_eq!(
            [number(93.6), number(0.999), number(f64::INFINITY)],
            ["93.6", "0.999", "∞"]
        );
        assert_eq!([signed(0.5), signed(-0.5), signed(0.0)], ["+0.5", "−0.5", "0"]);
        let nice: Vec<_> = [0.0, 0.003, 0.02, 0.7, 1.0, 6.0].map(nice_ceiling).into();
        assert_eq!(
            nice.iter().map(|v| number(*v)).collect::<Vec<_>>(),
            ["1", "0.005", "0.02", "1", "1", "10"]
        );
    }
}
