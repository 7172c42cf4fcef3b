//! In what two recipes differ.

use crate::app::text::{grouped, number};
use crate::data::{Amount, Balance, Origin};
use crate::experiment::{Access, PARAMETERS, Parameter, Recipe};
use crate::sim::night::{Alpha, Gate};

/// How much of a run a change of a setting voids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Only the fine-tuning after the night.
    Tuning,
    /// Only the night: the trained network can be kept.
    Night,
    /// Everything from birth.
    Birth,
}

/// A setting that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is called.
    pub label: String,
    /// Its value in the first recipe.
    pub from: String,
    /// Its value in the second recipe.
    pub to: String,
    /// What the change voids.
    pub reach: Reach,
}

/// The settings in which `b` differs from `a`, in the order of the story. Names and notes are no settings.
pub fn differences(a: &Recipe, b: &Recipe) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut compare = |label: &str, from: String, to: String, reach: Reach| {
        if from != to {
            found.push(Difference {
                label: label.to_owned(),
                from,
                to,
                reach,
            });
        }
    };
    let birth = |read: fn(&Recipe) -> String| (read(a), read(b), Reach::Birth);
    let night = |read: fn(&Recipe) -> String| (read(a), read(b), Reach::Night);
    let tuning = |read: fn(&Recipe) -> String| (read(a), read(b), Reach::Tuning);
    let others: [(&str, (String, String, Reach)); 13] = [
        ("Image set", birth(|r| r.data.set.title().to_owned())),
        ("Source", birth(|r| origin(&r.data.from))),
        ("Images", birth(|r| amount(r.data.images))),
        ("Draw", birth(|r| r.data.draw.to_string())),
        ("Classes", birth(|r| balance(&r.data.balance))),
        ("Seed", birth(|r| r.seed.to_string())),
        ("Hidden layers", birth(|r| sizes(&r.network.hidden))),
        ("Output", birth(|r| r.network.output.to_string())),
        ("Gain", night(|r| gains(&r.night.alpha))),
        ("Gate", night(|r| gate(r.night.gate))),
        ("Dream", night(|r| r.night.dream.to_string())),
        (
            "Fine-tuning",
            tuning(|r| if r.fine_tuning.is_some() { "on" } else { "off" }.to_owned()),
        ),
        (
            "Gate bound",
            night(|r| {
                if let Gate::SoftBounds { bound } = r.night.gate {
                    number(bound.into())
                } else {
                    String::new()
                }
            }),
        ),
    ];
    for (label, (from, to, reach)) in others {
        compare(label, from, to, reach);
    }
    for parameter in PARAMETERS {
        let reach = match parameter.path.split('.').next() {
            Some("night") => Reach::Night,
            Some("fine_tuning") => Reach::Tuning,
            _ => Reach::Birth,
        };
        let (from, to) = (parameter.values(a), parameter.values(b));
        for (layer, (from, to)) in from.iter().zip(&to).enumerate() {
            if from.to_bits() == to.to_bits() {
                continue;
            }
            // Written out to the last digit where the first four are the same: it is still another run.
            let (short, shown) = (number(*from), number(*to));
            let (from, to) = if short == shown {
                (from.to_string(), to.to_string())
            } else {
                (short, shown)
            };
            found.push(Difference {
                label: value_name(parameter, layer, b),
                from,
                to,
                reach,
            });
        }
        if from.len() != to.len() && !from.is_empty() && !to.is_empty() {
            let (from, to) = (values(&from), values(&to));
            found.push(Difference {
                label: parameter.label.to_owned(),
                from,
                to,
                reach,
            });
        }
    }
    found
}

/// How much all the differences together void.
pub fn reach(differences: &[Difference]) -> Reach {
    differences
        .iter()
        .map(|difference| difference.reach)
        .max()
        .unwrap_or(Reach::Tuning)
}

/// What a value of a parameter is called: the layer behind those that have one value a layer.
pub fn value_name(parameter: &Parameter, layer: usize, recipe: &Recipe) -> String {
    match parameter.access {
        Access::Real(_) | Access::Whole(..) => parameter.label.to_owned(),
        Access::Layers(_) if layer == recipe.network.hidden.len() => format!("{} out", parameter.label),
        Access::Layers(_) => format!("{} {}", parameter.label, layer + 1),
    }
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::BuiltIn => "built in".to_owned(),
        Origin::Full => "full set".to_owned(),
        Origin::Folder(path) => path.display().to_string(),
    }
}

/// Which classes have fewer images, as a person writes it.
fn balance(balance: &Balance) -> String {
    match balance {
        Balance::AsDrawn => "as drawn".to_owned(),
        Balance::OneRare { class, share } => format!("{} % of class {class}", number(100.0 * share)),
        Balance::LongTail { ratio } => format!("long tail, {} to 1", number(*ratio)),
        Balance::Counts(counts) => {
            let counts: Vec<String> = counts.iter().map(|&count| grouped(count as u64)).collect();
            counts.join(" / ")
        }
    }
}

/// A number of images as a person writes it.
pub fn amount(amount: Amount) -> String {
    match amount {
        Amount::Count(count) => grouped(count as u64),
        Amount::Fraction(share) => format!("{} %", number(100.0 * share)),
    }
}

fn sizes(sizes: &[usize]) -> String {
    sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn gains(alpha: &Alpha) -> String {
    match alpha {
        Alpha::FromData { .. } => "from the data".to_owned(),
        Alpha::Given(gains) => values(gains),
    }
}

fn gate(gate: Gate) -> String {
    gate.to_string()
}

fn values(values: &[f64]) -> String {
    values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a setting whose change goes unnoticed, and a night setting that throws the trained network away.
    #[test]
    fn every_change_is_noticed_and_reaches_as_far_as_it_must() {
        let base = presets().remove(0).recipe;
        assert!(differences(&base, &base).is_empty());
        let changed = |change: fn(&mut Recipe)| {
            let mut recipe = base.clone();
            change(&mut recipe);
            let found = differences(&base, &recipe);
            assert_eq!(found.len(), 1, "{found:?}");
            (found[0].label.clone(), reach(&found))
        };
        assert_eq!(
            changed(|r| r.night.beta[1] = 5.0),
            ("Threshold 2".to_owned(), Reach::Night)
        );
        assert_eq!(changed(|r| r.night.decay = 0.998), ("Decay".to_owned(), Reach::Night));
        assert_eq!(
            changed(|r| r.night.alpha = Alpha::Given(vec![1.0; 3])),
            ("Gain".to_owned(), Reach::Night)
        );
        assert_eq!(
            changed(|r| r.fine_tuning = Some(Recipe::usual_fine_tuning())),
            ("Fine-tuning".to_owned(), Reach::Tuning)
        );
        assert_eq!(changed(|r| r.seed = 2).1, Reach::Birth);
        assert_eq!(changed(|r| r.data.images = Amount::Fraction(0.1)).1, Reach::Birth);
        assert_eq!(changed(|r| r.network.hidden[0] = 64).1, Reach::Birth);
        assert_eq!(
            changed(|r| r.training.dropout = 0.250_000_01),
            ("Dropout".to_owned(), Reach::Birth)
        );
    }
}
