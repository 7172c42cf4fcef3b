//! The course of a synapse as a figure and as a table.

use super::{SynapseView, slept, synapse_name};
use crate::app::export::{Axis, Chart, Kind, Series};
use crate::app::panels::Seen;
use crate::app::theme::Tokens;
use crate::run::Table;
use crate::sim::night::Cause;

impl SynapseView {
    /// The weight over the night, with a mark at each change; empty if no synapse is looked at.
    pub fn chart(&self, seen: Seen<'_>) -> Vec<Chart> {
        let session = seen.session;
        let Some((synapse, history)) = seen.selection.synapse().zip(self.record.history(seen)) else {
            return Vec::new();
        };
        let paper = Tokens::light();
        let mut course = vec![(0.0, f64::from(history.start()))];
        for change in history.changes() {
            let at = slept(change) as f64;
            course.extend([(at, change.before.into()), (at, change.after.into())]);
        }
        course.push((session.spikes().steps() as f64, history.now().into()));
        let start = f64::from(history.start());
        let ends = course.iter().map(|point| point.1).filter(|weight| weight.is_finite());
        let (low, high) = ends.fold((start, start + 1e-6), |(low, high), w| (low.min(w), high.max(w)));
        let marks = |name: &str, cause: Cause, color| Series {
            name: name.to_owned(),
            color,
            kind: Kind::Dots,
            points: history
                .changes()
                .iter()
                .filter(|change| change.cause == cause)
                .map(|change| (slept(change) as f64, change.after.into()))
                .collect(),
        };
        vec![Chart {
            x: Axis::new("step of the night, 1 ms each", 0.0, session.total_steps() as f64),
            y: Axis::new("weight", low, high),
            series: vec![
                Series::line(synapse_name(session, synapse), paper.text_weak, course),
                marks("both spiked", Cause::Both, paper.accent),
                marks("only the later spiked", Cause::OnlyLater, paper.worse),
            ],
            cells: Vec::new(),
        }]
    }

    /// Every change of the synapse; `None` if none is looked at.
    pub fn table(&self, seen: Seen<'_>) -> Option<Table> {
        let history = self.record.history(seen)?;
        let columns = [
            ("step", ""),
            ("cause", ""),
            ("weight before", ""),
            ("gate", ""),
            ("weight after", ""),
        ];
        let mut table = Table::new("synapse", columns);
        for change in history.changes() {
            let cause = match change.cause {
                Cause::Both => "both spiked",
                Cause::OnlyLater => "only the later spiked",
            };
            table.push([
                slept(change).into(),
                cause.into(),
                change.before.into(),
                change.gate.into(),
                change.after.into(),
            ]);
        }
        Some(table)
    }
}
