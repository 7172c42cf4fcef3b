//! What the night of one point did, as a figure for paper.

use egui::Color32;

use super::chart::left_out;
use super::night::{Change, Night, PHASES, point};
use super::night_ui::{colors, night, point_name};
use super::study::Study;
use crate::app::export::{Axis, Chart, Figure, Kind, Marks, Series, Square};
use crate::app::text::{counted, nice_ceiling};
use crate::app::theme::{Tokens, readable_on};
use crate::experiment::Summary;

/// The picture for paper; `None` while nothing is known of the night of this point.
pub fn figure(study: &Study) -> Option<Figure> {
    let night = night(study)?;
    let paper = Tokens::light();
    let point = point(&study.protocol, &study.view.at)?;
    let mut charts: Vec<Chart> = (0..PHASES.len())
        .filter(|&when| !night.confusion[when].is_empty())
        .map(|when| matrix_chart(&night, when, &paper))
        .collect();
    let mut series = Vec::new();
    for (when, color) in colors(&paper).into_iter().enumerate() {
        let shift = if when == 0 { -0.2 } else { 0.2 };
        let known = || {
            let classes = night.recalls.iter().enumerate();
            classes.filter_map(move |(class, pair)| Some((class as f64, pair[when]?)))
        };
        series.push(Series {
            name: PHASES[when].to_owned(),
            color,
            kind: Kind::Bars(0.36, shift),
            points: known().map(|(class, share)| (class, 100.0 * share.mean)).collect(),
        });
        let ends = known().filter_map(|(class, share)| {
            let (low, high) = share.interval?;
            let clamped = |share: f64| 100.0 * share.clamp(0.0, 1.0);
            Some([(class + shift, clamped(low)), (class + shift, clamped(high))])
        });
        series.push(Series {
            name: String::new(),
            color: paper.text_strong,
            kind: Kind::Whiskers,
            points: ends.flatten().collect(),
        });
    }
    charts.push(Chart {
        x: class_axis("class", night.recalls.len(), false),
        y: Axis::new("read correctly, %", 0.0, 100.0),
        series,
        ..Chart::default()
    });
    charts.extend((!night.changes.is_empty()).then(|| changes_chart(&night, &paper)));
    Some(Figure {
        name: format!("{}_night", study.protocol.name),
        title: format!(
            "{}: means of {} (bars: 95 % interval{})",
            point_name(study, point),
            counted(night.trials as u64, "trial"),
            left_out(night.diverged)
        ),
        charts,
    })
}

/// An axis with the numbers of the classes.
fn class_axis(label: &str, classes: usize, downwards: bool) -> Axis {
    let mut names: Vec<String> = (0..classes).map(|class| class.to_string()).collect();
    if downwards {
        names.reverse();
    }
    Axis::new(label, -0.5, classes as f64 - 0.5).marked(Marks::Names(names))
}

/// A confusion matrix for paper.
fn matrix_chart(night: &Night, when: usize, paper: &Tokens) -> Chart {
    let classes = night.classes();
    let square = |(cell, &share): (usize, &f64)| {
        let (truth, read) = (cell / classes, cell % classes);
        let fill = paper.amount.color(share as f32);
        Square {
            at: (read as f64, (classes - 1 - truth) as f64),
            fill,
            text: (format!("{:.0}", 100.0 * share), readable_on(fill)),
        }
    };
    let label = format!("read as, % of the class shown, {} the night", PHASES[when]);
    Chart {
        x: class_axis(&label, classes, false),
        y: class_axis("class shown", classes, true),
        series: Vec::new(),
        cells: night.confusion[when].iter().enumerate().map(square).collect(),
    }
}

/// The synapses that grew and shrank, for paper.
fn changes_chart(night: &Night, paper: &Tokens) -> Chart {
    let bars = |name: &str, color: Color32, shift: f64, of: fn(&Change) -> Option<Summary>| {
        let known = night.changes.iter().enumerate();
        Series {
            name: name.to_owned(),
            color,
            kind: Kind::Bars(0.36, shift),
            points: known
                .filter_map(|(place, change)| Some((place as f64, 100.0 * of(change)?.mean)))
                .collect(),
        }
    };
    let names = night.changes.iter().map(|change| change.name.clone()).collect();
    let series = vec![
        bars("grown", paper.signed.color(0.75), -0.2, |change| change.grown),
        bars("shrunk", paper.signed.color(-0.75), 0.2, |change| change.shrunk),
    ];
    let all = series.iter().flat_map(|series| &series.points);
    let highest = nice_ceiling(all.map(|point| point.1).fold(0.0, f64::max));
    Chart {
        x: Axis::new("", -0.5, night.changes.len() as f64 - 0.5).marked(Marks::Names(names)),
        y: Axis::new("synapses changed by the night, %", 0.0, highest),
        series,
        ..Chart::default()
    }
}
