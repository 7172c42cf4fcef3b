//! In which order the units of a layer stand.

use std::cmp::Reverse;

/// By what the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumIter)]
pub enum Sort {
    /// By their number.
    #[default]
    Index,
    /// Those that spiked most first.
    Rate,
    /// Those whose weights changed most first.
    Change,
    /// Class by class that they prefer awake.
    Class,
}

impl Sort {
    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Rate => "rate",
            Self::Change => "change",
            Self::Class => "class",
        }
    }

    /// What it does, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Index => "Units by their number, the first at the top",
            Self::Rate => "Those that spiked most in the brushed span, or else in view, at the top",
            Self::Change => "Those whose weights changed most since falling asleep at the top; inputs by their number",
            Self::Class => {
                "By the class that drives them most awake, the first class at the top; those of no class last"
            }
        }
    }
}

/// What is known of a unit, to sort by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Known {
    /// Number in the layer.
    pub unit: u32,
    /// Spikes in the part of the night that is looked at.
    pub spikes: u32,
    /// Sum of what its weights changed.
    pub change: Option<f64>,
    /// The class that it prefers.
    pub class: Option<usize>,
}

/// Puts the units in order, from the top. Among equals the lower number stands higher.
pub fn sort(units: &mut [Known], by: Sort) {
    match by {
        Sort::Index => units.sort_by_key(|known| known.unit),
        Sort::Rate => units.sort_by_key(|known| (Reverse(known.spikes), known.unit)),
        Sort::Change => units.sort_by(|a, b| {
            let order = match (a.change, b.change) {
                (Some(a), Some(b)) => b.total_cmp(&a),
                (a, b) => b.is_some().cmp(&a.is_some()),
            };
            order.then(a.unit.cmp(&b.unit))
        }),
        Sort::Class => units.sort_by_key(|known| (known.class.is_none(), known.class, known.unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches an order that is upside down, shuffles equals, or puts what has no value before what has one.
    #[test]
    fn each_order_is_what_it_says() {
        let known = |unit, spikes, change, class| Known {
            unit,
            spikes,
            change,
            class,
        };
        let units = [
            known(0, 3, None, None),
            known(1, 9, Some(0.25), Some(4)),
            known(2, 3, Some(2.0), Some(1)),
            known(3, 0, Some(0.25), Some(1)),
        ];
        for (by, wanted) in [
            (Sort::Index, [0, 1, 2, 3]),
            (Sort::Rate, [1, 0, 2, 3]),
            (Sort::Change, [2, 1, 3, 0]),
            (Sort::Class, [2, 3, 1, 0]),
        ] {
            let mut sorted = units;
            sorted.reverse();
            sort(&mut sorted, by);
            assert_eq!(sorted.map(|known| known.unit), wanted, "{by:?}");
        }
    }
}
