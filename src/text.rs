//! How numbers are written, wherever a person reads them. Below every other module, and knows none.

/// A whole number with a comma before each group of three digits.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with so many significant digits, at least one: what is written down is then what is meant.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1))
        .parse()
        .unwrap_or(value)
}

/// Longest reason that other programs' words may give, in characters.
const LONGEST: usize = 300;

/// What a library says of a fault, as part of one sentence: in one line, without what a terminal would obey, and not without end.
pub fn one_line(text: &str) -> String {
    let plain = text.replace(char::is_control, " ");
    let mut line = String::new();
    for word in plain.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

/// What a layer is called, of a network with so many layers; 0 is the inputs.
pub fn layer_name(layer: usize, count: usize) -> String {
    match count {
        count if layer == 0 && count > 0 => "Input".to_owned(),
        count if layer + 1 == count => "Output".to_owned(),
        _ => format!("Hidden {layer}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a sentence of many lines, one that a terminal obeys, and one without end.
    #[test]
    fn a_reason_is_one_line() {
        assert_eq!(one_line("no\n  | \u{1b}[31m way "), "no | [31m way");
        assert_eq!(one_line(&"é".repeat(1000)).chars().count(), LONGEST + 2);
    }
}
