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

/// What a layer is called, of a network with so many layers; 0 is the inputs.
pub fn layer_name(layer: usize, count: usize) -> String {
    match count {
        count if layer == 0 && count > 0 => "Input".to_owned(),
        count if layer + 1 == count => "Output".to_owned(),
        _ => format!("Hidden {layer}"),
    }
}
