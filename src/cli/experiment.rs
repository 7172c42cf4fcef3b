//! `somnoscope experiment` and `somnoscope merge`: a protocol of many trials, over cores and machines.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::failure::Failure;
use super::output::{bar, count, diverged, done, say, table};
use super::{ExperimentArgs, MergeArgs, chosen};
use crate::experiment::{ACCURACY, Job, Library, Protocol, Row, protocols, summarise, unit_of};
use crate::run::{Sweep, several_versions};
use crate::worker::do_jobs;

/// One of several equal parts of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    number: usize,
    /// Of how many.
    of: usize,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(number, of)| {
            let (number, of) = (number.parse().ok()?, of.parse().ok()?);
            (1..=of).contains(&number).then_some(Self { number, of })
        });
        parts.ok_or_else(|| "write which part of how many, as in 2/8".to_owned())
    }
}

/// Does the trials that are not done yet, writes the tables and prints what they say.
pub fn experiment(args: &ExperimentArgs) -> Result<(), Failure> {
    let Some(name) = &args.protocol else {
        return list();
    };
    let words = ["protocol", "protocols"];
    let mut protocol = chosen::find(name, words, protocols(), |it| &it.name, Protocol::from_ron)?;
    if let Some(trials) = args.trials {
        protocol.trials = trials;
        protocol.validate().map_err(Failure::wrong)?;
    }
    let chosen = chosen_points(&protocol, &args.only)?;
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&protocol.name));
    let mut sweep = Sweep::prepare(&out, &protocol)?;
    let shard = args.shard.unwrap_or(Shard { number: 1, of: 1 });
    let jobs = sweep.pending(|point| chosen[point], shard.number, shard.of);
    let library = Library::new(args.data.clone());
    // Nothing is written for trials whose images are not here.
    sweep.check_images(&jobs, &library)?;
    let from_tables = sweep.unwritten() as u64;
    sweep.settle()?;
    if from_tables > 0 {
        let trials = count(from_tables, "trial was", "trials were");
        say(&format!(
            "{trials} taken over from {}.",
            out.join("findings.csv").display()
        ))?;
    }
    let known = sweep.finished().len();
    let outcome = work(&jobs, &library, args.jobs, &mut sweep);
    if outcome.is_ok() || sweep.finished().len() > known {
        // What is done stands in the tables, however it ended.
        let written = sweep.write_tables().map_err(Failure::from);
        outcome.and(written)?;
    } else {
        outcome?;
    }
    report(&sweep, &out)?;
    if protocol.trials < sweep.protocol().trials {
        say(&format!(
            "The folder is of {} of each point and stays so; {} asked for.",
            count(u64::from(sweep.protocol().trials), "trial", "trials"),
            count(u64::from(protocol.trials), "was", "were")
        ))?;
    }
    Ok(())
}

/// Puts together what several folders hold of one protocol.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let sources: Vec<Sweep> = args
        .from
        .iter()
        .map(|folder| Sweep::open(folder))
        .collect::<Result<_, _>>()?;
    let Some(first) = sources.first() else {
        return Err(Failure::wrong("no folder to merge is named"));
    };
    let most = sources.iter().map(|sweep| sweep.protocol().trials).max();
    let protocol = Protocol {
        trials: most.unwrap_or(1),
        ..first.protocol().clone()
    };
    let mut sweep = Sweep::prepare(&args.out, &protocol)?;
    let mut new = 0;
    for source in &sources {
        new += sweep.take_over(source)?;
    }
    // Nothing is written before all of them are known to go together.
    sweep.settle()?;
    sweep.write_tables()?;
    say(&format!(
        "{} taken over.",
        count(new as u64, "trial was", "trials were")
    ))?;
    report(&sweep, &args.out)
}

/// The protocols that come with the program.
fn list() -> Result<(), Failure> {
    let mut table = table(&["protocol", "trials", "what is asked"]);
    for protocol in protocols() {
        let trials = protocol.points() * protocol.trials as usize;
        table.add_row([protocol.name, trials.to_string(), protocol.note]);
    }
    say(&table.to_string())?;
    Ok(())
}

/// Which points the wishes `axis=level` leave over. Several levels of one axis are all taken.
fn chosen_points(protocol: &Protocol, only: &[String]) -> Result<Vec<bool>, Failure> {
    let mut wanted: Vec<Vec<&str>> = vec![Vec::new(); protocol.axes.len()];
    for wish in only {
        let found = wish.split_once('=').and_then(|(axis, level)| {
            let place = protocol.axes.iter().position(|it| it.name == axis.trim())?;
            let level = protocol.axes[place].levels.iter().find(|it| it.name == level.trim())?;
            Some((place, level.name.as_str()))
        });
        let Some((place, level)) = found else {
            let axes: Vec<String> = protocol
                .axes
                .iter()
                .map(|axis| {
                    let levels: Vec<&str> = axis.levels.iter().map(|level| level.name.as_str()).collect();
                    format!("{} = {}", axis.name, levels.join(" | "))
                })
                .collect();
            return Err(Failure::wrong(format!(
                "--only {wish} names no level; there are {}",
                axes.join("; ")
            )));
        };
        wanted[place].push(level);
    }
    let points = 0..protocol.points();
    Ok(points
        .map(|point| {
            let mut levels = protocol.levels(point).into_iter().zip(&wanted);
            levels.all(|(level, wanted)| wanted.is_empty() || wanted.contains(&level.name.as_str()))
        })
        .collect())
}

/// Does jobs behind a bar of progress; each is kept as soon as it is done.
fn work(jobs: &[Job], library: &Library, threads: usize, sweep: &mut Sweep) -> Result<(), Failure> {
    let protocol = sweep.protocol().clone();
    let bar = bar("{msg} {wide_bar} {pos}/{len}, {eta} left");
    bar.set_length(jobs.len() as u64);
    bar.set_message(protocol.title.clone());
    let outcome = do_jobs(
        &protocol,
        jobs,
        library,
        threads,
        &AtomicBool::new(false),
        &mut |job, done| {
            sweep.keep(job, done)?;
            bar.inc(1);
            Ok::<(), Failure>(())
        },
    );
    bar.finish_and_clear();
    outcome
}

/// Prints the accuracies.
fn report(sweep: &Sweep, out: &Path) -> Result<(), Failure> {
    let protocol = sweep.protocol();
    let heads: Vec<&str> = protocol
        .axes
        .iter()
        .map(|axis| axis.name.as_str())
        .chain(["phase", "trials", "accuracy, %", "95 % interval"])
        .collect();
    let mut table = table(&heads);
    for row in summarise(protocol, &sweep.found()) {
        if row.measure == ACCURACY || row.has_only_diverged() {
            table.add_row(cells(protocol, &row));
        }
    }
    say(&table.to_string())?;
    let counted = sweep.finished().values().filter(|it| it.trial < protocol.trials);
    if let Some(sentence) = several_versions(counted) {
        say(&sentence)?;
    }
    let (there, all) = (sweep.found().len(), protocol.points() * protocol.trials as usize);
    say(&format!(
        "{}; the results are in {}.",
        done(there as u64, all as u64),
        out.display()
    ))?;
    let beyond = sweep.finished().keys().filter(|job| job.trial >= protocol.trials);
    let (more, last) = (beyond.clone().count(), beyond.map(|job| job.trial).max());
    if let Some(last) = last {
        say(&format!(
            "{} there beyond these and not counted: --trials {} counts all.",
            count(more as u64, "trial is", "trials are"),
            u64::from(last) + 1
        ))?;
    }
    Ok(())
}

/// The cells of a row of the report.
fn cells(protocol: &Protocol, row: &Row) -> Vec<String> {
    let levels = protocol.levels(row.point).into_iter().map(|level| level.name.clone());
    let summary = &row.summary;
    let trials = match diverged(row.diverged) {
        Some(missing) if row.has_only_diverged() => missing,
        Some(missing) => format!("{}, {missing}", summary.count),
        None => summary.count.to_string(),
    };
    let unit = unit_of(&row.phase, &row.measure);
    let mean = match summary.deviation {
        _ if row.has_only_diverged() => "diverged".to_owned(),
        Some(deviation) => format!("{} ± {}", unit.write(summary.mean), unit.of_spread().write(deviation)),
        None => unit.write(summary.mean),
    };
    let interval = summary
        .interval
        .filter(|_| !row.has_only_diverged())
        .map_or_else(String::new, |(low, high)| {
            format!("{} to {}", unit.write(low), unit.write(high))
        });
    levels.chain([row.phase.clone(), trials, mean, interval]).collect()
}
