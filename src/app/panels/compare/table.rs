//! Nights side by side as data: their accuracy, and the spikes that they and the baseline do not share.

use crate::app::export::{Axis, Chart, Series};
use crate::app::panels::comparison::{Comparison, nights};
use crate::app::session::Session;
use crate::app::theme::Tokens;
use crate::run::Table;

/// Every test of every night.
pub fn accuracies(session: &Session) -> Table {
    let columns = [("night", ""), ("step", ""), ("accuracy", "share of 1"), ("images", "")];
    let mut table = Table::new("compared_nights", columns);
    for night in nights(session, &Tokens::light()) {
        for (step, test) in night.slept_tests() {
            table.push([
                night.name.into(),
                step.into(),
                test.accuracy().into(),
                test.images().into(),
            ]);
        }
    }
    table
}

/// Every spike that a night has and the baseline has not, or the other way round.
pub fn unshared(session: &Session, comparison: &Comparison) -> Table {
    let columns = [("night", ""), ("step", ""), ("layer", ""), ("unit", ""), ("spikes", "")];
    let mut table = Table::new("spikes_not_shared", columns);
    for night in nights(session, &Tokens::light()) {
        let Some(parting) = comparison.parting(night.which) else {
            continue;
        };
        for (log, whose) in [
            (parting.only_here(), "only here"),
            (parting.only_there(), "only in the baseline"),
        ] {
            for (step, units) in log.range(0..parting.compared()) {
                for &unit in units {
                    let Some(layer) = night.layers.layer_of(unit) else {
                        continue;
                    };
                    let first = night.layers.units(layer).start;
                    table.push([
                        night.name.into(),
                        (step + 1).into(),
                        night.layers.name(layer).into(),
                        (unit - first).into(),
                        whose.into(),
                    ]);
                }
            }
        }
    }
    table
}

/// The accuracy of all nights over each other.
pub fn chart(session: &Session) -> Vec<Chart> {
    let nights = nights(session, &Tokens::light());
    let steps = nights.iter().map(|night| night.total).max().unwrap_or(0);
    if nights.len() < 2 {
        return Vec::new();
    }
    let series = nights.iter().map(|night| {
        let points = night
            .slept_tests()
            .map(|(step, test)| (step as f64, 100.0 * test.accuracy()));
        Series::line(night.name, night.color, points.collect())
    });
    vec![Chart {
        x: Axis::new("step".to_owned(), 0.0, steps.max(1) as f64),
        y: Axis::new("read correctly, %", 0.0, 100.0),
        series: series.collect(),
        cells: Vec::new(),
    }]
}
