//! What is typed to leave neurons out: comparisons of a column with a number, joined with "and" and "or".

use strum::IntoEnumIterator as _;

use super::rows::{Column, NeuronRow};

/// A filter that was understood: one of these must hold, in each of which all must hold. Empty keeps everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter(Vec<Vec<Comparison>>);

/// A column compared with a number.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Comparison {
    column: Column,
    operator: Operator,
    number: f64,
}

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// From its sign.
    fn from_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" | "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }
}

impl Filter {
    /// Reads a filter. What is wrong with it is said in a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = words(text);
        if words.is_empty() {
            return Ok(Self::default());
        }
        let mut any = vec![Vec::new()];
        let mut rest = words.as_slice();
        loop {
            let (comparison, after) = comparison(rest)?;
            any.last_mut().map(|all| all.push(comparison)).unwrap_or_default();
            match after.split_first() {
                None => return Ok(Self(any)),
                Some((word, _)) if !matches!(word.as_str(), "and" | "or") => {
                    return Err(format!(
                        "Between two comparisons goes \"and\" or \"or\", not \"{word}\"."
                    ));
                }
                Some((word, after)) => {
                    if word == "or" {
                        any.push(Vec::new());
                    }
                    rest = after;
                }
            }
        }
    }

    /// Whether a neuron stays. A comparison with a number that a neuron does not have never holds.
    pub fn keeps(&self, row: &NeuronRow) -> bool {
        self.0.is_empty()
            || self
                .0
                .iter()
                .any(|all| all.iter().all(|comparison| comparison.holds(row)))
    }
}

impl Comparison {
    /// Whether it holds for a neuron.
    fn holds(&self, row: &NeuronRow) -> bool {
        row.value(self.column).is_some_and(|value| match self.operator {
            Operator::Equal => value.total_cmp(&self.number).is_eq(),
            Operator::NotEqual => value.total_cmp(&self.number).is_ne(),
            Operator::Less => value < self.number,
            Operator::LessOrEqual => value <= self.number,
            Operator::Greater => value > self.number,
            Operator::GreaterOrEqual => value >= self.number,
        })
    }
}

/// The words of a filter: names, numbers and signs, with or without blanks between them.
fn words(text: &str) -> Vec<String> {
    let kind = |c: char| (c.is_whitespace(), "=<>!".contains(c));
    let mut words: Vec<String> = Vec::new();
    let mut last = (true, false);
    for c in text.to_lowercase().chars() {
        match words.last_mut() {
            Some(word) if kind(c) == last && !last.0 => word.push(c),
            _ if kind(c).0 => {}
            _ => words.push(c.to_string()),
        }
        last = kind(c);
    }
    words
}

/// Reads one comparison, and gives back the words after it.
fn comparison(words: &[String]) -> Result<(Comparison, &[String]), String> {
    let Some(name) = words.first() else {
        return Err("A comparison is missing at the end, such as: spikes > 10.".to_owned());
    };
    let Some(column) = Column::iter().find(|column| column.name() == name) else {
        let names: Vec<_> = Column::iter().map(Column::name).collect();
        return Err(format!("\"{name}\" is no column: there are {}.", names.join(", ")));
    };
    let Some(operator) = words.get(1).and_then(|sign| Operator::from_sign(sign)) else {
        return Err(format!("After \"{name}\" goes one of = != < <= > >= and a number."));
    };
    let number = words.get(2).and_then(|number| number.parse::<f64>().ok());
    let Some(number) = number.filter(|number| number.is_finite()) else {
        return Err(format!("After \"{name} {}\" goes a number.", words[1]));
    };
    let comparison = Comparison {
        column,
        operator,
        // Minus zero is zero.
        number: number + 0.0,
    };
    Ok((comparison, &words[3..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::selection::Neuron;

    fn row(layer: usize, spikes: u64, change: Option<f64>) -> NeuronRow {
        NeuronRow {
            neuron: Neuron { layer, unit: 7 },
            spikes,
            rate: 10.0 * spikes as f64,
            last: (spikes > 0).then_some(spikes),
            change,
            prefers: (layer > 0).then_some(layer),
        }
    }

    /// Catches a filter that keeps what it should not, and "and" that does not bind tighter than "or".
    #[test]
    fn filters_keep_what_they_say() {
        for (text, kept) in [
            ("", [true, true, true]),
            ("layer = 1", [true, false, true]),
            ("layer=1 and spikes>10", [false, false, true]),
            ("LAYER = 2 or layer = 1 AND spikes >= 11", [false, true, true]),
            ("spikes != 0 and spikes <= 10.5", [true, false, false]),
            ("last > -1", [true, false, true]),
            ("change < 1e3", [false, false, true]),
            ("index == 7 and rate < 100", [false, true, false]),
            ("prefers = 1", [true, false, true]),
            ("prefers < 9", [true, true, true]),
        ] {
            let filter = Filter::parse(text).unwrap();
            let rows = [row(1, 10, None), row(2, 0, None), row(1, 11, Some(0.5))];
            assert_eq!(rows.map(|row| filter.keeps(&row)), kept, "{text}");
        }
    }

    /// Catches a wrong filter that is taken, or one that is not explained.
    #[test]
    fn wrong_filters_are_explained() {
        for (text, part) in [
            ("loudness > 3", "\"loudness\" is no column"),
            ("layer", "goes one of"),
            ("layer >", "goes a number"),
            ("layer > many", "goes a number"),
            ("layer = nan", "goes a number"),
            ("layer = 1 spikes > 2", "not \"spikes\""),
            ("layer = 1 and", "is missing"),
            ("=", "is no column"),
        ] {
            let sentence = Filter::parse(text).unwrap_err();
            assert!(sentence.contains(part) && sentence.ends_with('.'), "{text}: {sentence}");
        }
    }
}
