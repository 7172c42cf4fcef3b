//! The results as a table: on the screen what is looked at, and to a file all of them.

use egui::{RichText, ScrollArea, Ui, vec2};

use super::curves::Across;
use super::parts::cell;
use super::study::Study;
use crate::app::text::{counted, grouped};
use crate::app::theme::{Tokens, size};
use crate::experiment::{BEFORE, Plan, Protocol, Row, unit_of};
use crate::run::{Cell, SUMMARY_HEADS, Table};

/// Width of a column of numbers.
const NUMBER: f32 = 62.0;
/// Widths of the columns of numbers, in those of the first.
const WIDTHS: [f32; 5] = [1.0, 1.0, 1.7, 0.6, 1.0];
/// Width of the column of the published numbers.
const PUBLISHED: f32 = 220.0;
/// Least width of the column of the phases.
const PHASE: f32 = 150.0;
/// Least and most width of a column of levels.
const LEVEL: (f32, f32) = (56.0, 110.0);

/// What was published of a row, with its source.
pub fn published(protocol: &Protocol, row: &Row) -> Option<(String, String)> {
    let levels = protocol.levels(row.point);
    let mut all = protocol.published.iter().filter(|it| it.is_of(&levels));
    let found = all.find(|it| (&it.phase, &it.measure) == (&row.phase, &row.measure))?;
    Some((found.value.clone(), found.source.clone()))
}

/// The rows that are looked at: those of the measure, and what lies along the plot where that is a condition of the tests.
fn shown(study: &Study) -> Vec<&Row> {
    let measure = &study.view.measure;
    let under: Vec<String> = match (study.view.across, &study.protocol.plan) {
        (Across::Strength(hardship), Plan::Night { conditions, .. }) => {
            let along = conditions.iter().filter(|condition| condition.of == hardship);
            along.map(|condition| condition.measure()).collect()
        }
        _ => Vec::new(),
    };
    let is_wanted = |row: &&Row| row.measure == *measure || under.contains(&row.measure);
    let fits = |row: &&Row| study.shows(row.point) && (is_wanted(row) || row.has_only_diverged());
    study.rows().iter().filter(fits).collect()
}

/// What a row is called: its phase, and under what it was tested.
fn name(row: &Row) -> String {
    match row.measure.strip_prefix("accuracy under ") {
        Some(condition) => format!("{}, {}", row.phase, condition.to_lowercase()),
        None => row.phase.clone(),
    }
}

/// The cells of a row behind its names: mean, deviation, ends of the interval, trials, diverged trials.
fn numbers(row: &Row) -> [String; 5] {
    if row.has_only_diverged() {
        let empty = String::new;
        return [
            "diverged".to_owned(),
            empty(),
            empty(),
            "0".to_owned(),
            row.diverged.to_string(),
        ];
    }
    let unit = unit_of(&row.phase, &row.measure);
    let summary = &row.summary;
    let interval = summary
        .interval
        .map(|(low, high)| format!("{} to {}", unit.write(low), unit.write(high)));
    [
        unit.write(summary.mean),
        summary
            .deviation
            .map_or_else(|| "–".to_owned(), |deviation| unit.of_spread().write(deviation)),
        interval.unwrap_or_else(|| "–".to_owned()),
        summary.count.to_string(),
        row.diverged.to_string(),
    ]
}

/// The table of what is looked at.
pub fn ui(ui: &mut Ui, study: &Study) {
    let rows = shown(study);
    if rows.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui);
    let protocol = &study.protocol;
    // What is the same in every row stands above the plot already.
    let level = |row: &Row, axis: usize| protocol.places(row.point)[axis];
    let axes: Vec<usize> = (0..protocol.axes.len())
        .filter(|&axis| rows.iter().any(|row| level(row, axis) != level(rows[0], axis)))
        .collect();
    let width = |axis: usize| {
        let of = &protocol.axes[axis];
        let words = of.levels.iter().map(|level| level.name.chars().count());
        let longest = words.chain([of.name.chars().count()]).max().unwrap_or_default();
        (7.0 * longest as f32 + 16.0).clamp(LEVEL.0, LEVEL.1)
    };
    let axes: Vec<(usize, f32)> = axes.into_iter().map(|axis| (axis, width(axis))).collect();
    let has_published = rows.iter().any(|row| published(protocol, row).is_some());
    let unit = unit_of(BEFORE, &study.view.measure).behind();
    let note = format!(
        "{} of {} shown: {}{unit}",
        counted(rows.len() as u64, "row"),
        grouped(study.rows().len() as u64),
        study.view.measure
    );
    ui.label(RichText::new(note).size(size::SMALL).color(tokens.text_weak));
    let levels: f32 = axes.iter().map(|(_, width)| width).sum();
    let fixed = levels + 5.5 * NUMBER + if has_published { PUBLISHED } else { 0.0 };
    let phase = (ui.available_width() - fixed - 16.0).clamp(PHASE, 320.0);
    ScrollArea::horizontal().id_salt("table across").show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                let head = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
                for &(axis, width) in &axes {
                    cell(ui, width, head(&protocol.axes[axis].name), false);
                }
                cell(ui, phase, head("phase"), false);
                for (text, width) in ["mean", "SD", "95 % interval", "n", "diverged"].into_iter().zip(WIDTHS) {
                    cell(ui, width * NUMBER, head(text), true);
                }
                if has_published {
                    ui.add_space(16.0);
                    cell(ui, PUBLISHED - 16.0, head("published"), false);
                }
            });
            for row in &rows {
                row_ui(ui, protocol, row, &axes, phase);
            }
        });
    });
}

/// A row of the table.
fn row_ui(ui: &mut Ui, protocol: &Protocol, row: &Row, axes: &[(usize, f32)], phase: f32) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        let levels = protocol.levels(row.point);
        for &(axis, width) in axes {
            cell(ui, width, RichText::new(&levels[axis].name).color(tokens.text), false);
        }
        cell(ui, phase, RichText::new(name(row)).color(tokens.text_strong), false);
        for (text, width) in numbers(row).into_iter().zip(WIDTHS) {
            let color = if text == "diverged" { tokens.error } else { tokens.text };
            cell(ui, width * NUMBER, RichText::new(text).color(color), true);
        }
        if let Some((value, source)) = published(protocol, row) {
            ui.add_space(16.0);
            let text = RichText::new(format!("{value} ({source})")).color(tokens.text);
            let help = format!("Published: {value}, {source}");
            cell(ui, PUBLISHED - 16.0, text, false).on_hover_text(help);
        }
    });
}

/// Everything that was found, for a file; `None` while nothing is.
pub fn table(study: &Study) -> Option<Table> {
    let protocol = &study.protocol;
    let axes = protocol.axes.iter().map(|axis| axis.name.clone());
    let heads = SUMMARY_HEADS.into_iter().chain(["published"]).map(str::to_owned);
    let mut table = Table::new(&protocol.name, axes.chain(heads).map(|head| (head, "")));
    for row in study.rows() {
        let levels = protocol
            .levels(row.point)
            .into_iter()
            .map(|level| Cell::from(level.name.as_str()));
        let cells = [
            row.phase.as_str().into(),
            row.measure.as_str().into(),
            row.summary.count.into(),
            row.diverged.into(),
            row.summary.mean.into(),
            row.summary.deviation.into(),
            row.summary.interval.map(|ends| ends.0).into(),
            row.summary.interval.map(|ends| ends.1).into(),
            published(protocol, row)
                .map(|(value, source)| format!("{value} ({source})"))
                .into(),
        ];
        table.push(levels.chain(cells));
    }
    (!study.rows().is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::experiment::{Finding, Job, protocols, summarise};

    /// Catches a table beside a plot over a condition that shows the clean images alone, and rows that cannot be told apart.
    #[test]
    fn what_lies_along_a_condition_has_its_rows() {
        let protocol = protocols().into_iter().find(|it| it.name == "noise_and_blur").unwrap();
        let Plan::Night { conditions, .. } = &protocol.plan else {
            panic!("a night");
        };
        let mut findings = vec![Finding::new("before", "accuracy", 0.5)];
        findings.extend(conditions.iter().map(|it| Finding::new("before", it.measure(), 0.4)));
        let found = BTreeMap::from([(Job { point: 0, trial: 0 }, findings)]);
        let rows = summarise(&protocol, &found);
        let mut study = Study::new(protocol.clone(), None);
        study.view.across = Across::Strength(conditions[0].of);
        study.set_rows(rows);
        let names: Vec<String> = shown(&study).into_iter().map(name).collect();
        let along = conditions.iter().filter(|it| it.of == conditions[0].of).count();
        assert_eq!(names.len(), 1 + along);
        assert!(names.contains(&"before, noise 0.1".to_owned()), "{names:?}");
    }

    /// Catches epochs and entropies in per cent, and gains without their sign.
    #[test]
    fn numbers_stand_in_their_units() {
        let findings = vec![
            Finding::new("early stopping", "epochs", 39.0),
            Finding::new("after", "entropy of predicted classes", 0.5),
            Finding::new("after", "accuracy", 0.9),
            Finding::new("gain of the night", "accuracy", 0.1),
        ];
        let found = BTreeMap::from([(Job { point: 0, trial: 0 }, findings)]);
        let rows = summarise(&protocols().swap_remove(0), &found);
        let means: Vec<String> = rows.iter().map(|row| numbers(row)[0].clone()).collect();
        assert_eq!(means, ["39", "0.50", "90.0", "+10.0"]);
    }
}
