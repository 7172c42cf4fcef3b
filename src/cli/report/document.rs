//! The words of the document.

use super::results::Results;
use super::tables;
use super::verdict::{Outcome, verdicts};
use crate::cli::output::{count, diverged, done};
use crate::data::Origin;
use crate::experiment::protocols;

/// The whole document: what it is, what did not come out, and a section for each experiment.
pub fn whole(all: &[Results], sections: &[String]) -> String {
    let mut text = "\
# Reproduction

What others published on sleep replay consolidation, done again with this program. This page is written by
`somnoscope report docs/reproduction --out docs/REPRODUCTION.md` from the tables beside it and nothing else. Every experiment
is one protocol (`protocol.ron` in its folder): `somnoscope experiment NAME` does it on the command line.

Numbers are mean ± standard deviation over the trials, in brackets the 95 % interval of the mean by Student's t. Gains and what
stands \"against\" something are differences within each trial, in percentage points, and their p is that of the paired t-test;
where a table sets several side by side against the night, it is corrected for all comparisons of the table by Holm's method. A
published number came out if our mean is within its bounds, and within the error if our interval is in part; where words were
published, the bounds in the protocol say how they were taken. A claim of a direction (more than, less than, a gain at all) is
shown if our whole interval lies on that side, and refuted if it lies on the other. Where a single trial was done there is no
interval: it shows no direction, and \"yes\", \"lower\" or \"higher\" then says on which side of the bounds this one trial fell,
and nothing about the mean of many. All networks are tested on held-out images of which no training, no mean image and no
scaling of these experiments ever saw one, and by which no early stopping was decided. Whether the parameters of the published
code, or those of presets that were tuned before, were chosen with such images in sight is not known. A trial that diverges is
in no mean of the phase in which it did, nor of any that goes on from there; how many are missing stands beside the mean.

## What did not come out as published

"
    .to_owned();
    let mut nothing = true;
    for results in all {
        for verdict in verdicts(results) {
            if matches!(verdict.outcome, Outcome::Lower | Outcome::Higher) {
                nothing = false;
                text.extend([format!(
                    "- {}, {}, {}: published {}, here {} ({}{}).\n",
                    results.protocol().title,
                    verdict.at,
                    verdict.what,
                    verdict.published,
                    verdict.ours,
                    count(verdict.trials as u64, "trial", "trials"),
                    missing(verdict.diverged)
                )]);
            }
        }
    }
    if nothing {
        text += "No published number with bounds that was tested is surely outside them.\n";
    }
    let is_missing = |name: &String| all.iter().all(|results| results.protocol().name != *name);
    let missing: Vec<String> = protocols()
        .into_iter()
        // What is done on the images that come with the program was published by nobody.
        .filter(|protocol| protocol.recipe.data.from != Origin::BuiltIn)
        .map(|protocol| protocol.name)
        .filter(is_missing)
        .collect();
    if !missing.is_empty() {
        text.extend([format!("\nNot done at all: {}.\n", missing.join(", "))]);
    }
    for section in sections {
        text += "\n";
        text += section;
    }
    text
}

/// The section of one experiment; `figures` are titles and files.
pub fn section(results: &Results, figures: &[(String, String)]) -> String {
    let protocol = results.protocol();
    let (trials, seconds) = results.time();
    let wanted = protocol.points() * protocol.trials as usize;
    let mut text = format!("## {}\n\n{}\n\n", protocol.title, protocol.note);
    text.extend([format!(
        "`somnoscope experiment {} --trials {}`: {}",
        protocol.name,
        protocol.trials,
        done(trials as u64, wanted as u64)
    )]);
    if seconds > 0.0 && trials > 0 {
        text.extend([format!(
            ", in {} ({:.0} s each)",
            duration(seconds),
            seconds / trials as f64
        )]);
    }
    text += ".\n\n";
    for (title, file) in figures {
        text.extend([format!("![{title}]({file})\n\n")]);
    }
    let verdicts = verdicts(results);
    if !verdicts.is_empty() {
        text += "| published | what | where | here | trials | came out |\n| --- | --- | --- | --- | --: | --- |\n";
        for verdict in verdicts {
            let chance = if verdict.chance.is_empty() {
                String::new()
            } else {
                format!(", {}", verdict.chance)
            };
            text.extend([format!(
                "| {} | {}, {} | {} | {}{chance} | {}{} | {} |\n",
                verdict.published,
                verdict.at,
                verdict.what,
                verdict.source,
                verdict.ours,
                verdict.trials,
                missing(verdict.diverged),
                verdict.outcome.words()
            )]);
        }
        text += "\n";
    }
    if let Some(remarks) = &results.remarks {
        text += remarks.trim();
        text += "\n\n";
    }
    text += &tables::of(results);
    format!("{}\n", text.trim_end())
}

/// How many trials diverged, behind a number of trials.
fn missing(trials: usize) -> String {
    diverged(trials).map_or_else(String::new, |text| format!(", {text}"))
}

/// A time as a person says it.
fn duration(seconds: f64) -> String {
    match seconds {
        seconds if seconds < 120.0 => format!("{seconds:.0} s"),
        seconds if seconds < 7200.0 => format!("{:.0} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}
