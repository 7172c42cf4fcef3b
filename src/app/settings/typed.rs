//! Numbers as a person types them.

/// What is typed into the field of a value that is written by `write`. A text that nobody changed is the value itself,
/// with the digits that are not shown: the keyboard may pass through a field without changing it.
pub fn read(text: &str, old: f64, write: impl Fn(f64) -> String) -> Option<f64> {
    if text == write(old) { Some(old) } else { parse(text) }
}

/// A typed number: a comma is taken for a point, units and signs of plus-minus are ignored.
fn parse(text: &str) -> Option<f64> {
    let text: String = text.trim().replace(',', ".").replace('−', "-").replace("±", "");
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || ".-+eE".contains(c)))
        .unwrap_or(text.len());
    if text.starts_with('∞') {
        Some(f64::INFINITY)
    } else {
        text[..end].parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::text::number;

    /// Catches a typed number that is refused or misread.
    #[test]
    fn numbers_are_read_as_they_are_written() {
        let read: Vec<_> = ["0,5", " 93.6 Hz", "±0.01", "1e-3", "−2", "abc"]
            .into_iter()
            .map(parse)
            .collect();
        assert_eq!(read, [Some(0.5), Some(93.6), Some(0.01), Some(1e-3), Some(-2.0), None]);
    }

    /// Catches a field that rounds its value when the keyboard passes through it.
    #[test]
    fn an_unchanged_text_is_the_value_to_the_last_digit() {
        let tau = 0.999_499_833_25;
        let (same, other) = (read("0.9995", tau, number), read("0.9996", tau, number));
        assert_eq!(same.map(f64::to_bits), Some(tau.to_bits()));
        assert_eq!(other, Some(0.9996));
    }
}
