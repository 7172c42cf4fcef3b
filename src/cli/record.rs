//! `somnoscope record` and `somnoscope verify`: a whole night in one file, and the proof that it is one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::failure::Failure;
use super::output::{bar, count, say};
use super::{RecordArgs, VerifyArgs, chosen};
use crate::data;
use crate::experiment::{Experiment, Stage};
use crate::run::{Bookmark, DataIdentity, EXTENSION, Recorded, RecordedTest, Recording, Verdict, When, folder_of};
use crate::text::grouped;

/// Tests of a recorded night, besides the one before it.
const TESTS: u64 = 30;

/// Nobody stops a command but by ending the program.
static NEVER: AtomicBool = AtomicBool::new(false);

/// Trains, sleeps and writes the file.
pub fn record(args: &RecordArgs) -> Result<(), Failure> {
    let recipe = chosen::changed(&args.recipe)?;
    check_place(&args.out)?;
    let notes = args.notes.as_deref().map(chosen::text).transpose()?.unwrap_or_default();
    let bookmarks = bookmarks(&args.bookmarks, recipe.night.steps)?;
    let dataset = data::load(&recipe.data)?;
    let mut experiment = Experiment::new(recipe, &dataset)?;
    let (mut batches, mut tests) = (Vec::new(), Vec::new());
    let bar = bar("{msg} {wide_bar} {pos}/{len}");
    bar.set_message("training");
    bar.set_length(experiment.total_batches());
    while experiment.stage() == Stage::Training {
        if let Some(report) = experiment.train_batch(&NEVER)? {
            batches.push((report.loss, report.accuracy));
        }
        bar.set_position(experiment.batches());
    }
    test(&mut experiment, When::Batch(batches.len() as u64), &mut tests)?;
    let class_means = experiment.class_means(&NEVER).unwrap_or_default();
    experiment.fall_asleep(&NEVER)?;
    let steps = experiment.recipe().night.steps;
    bar.set_message("sleeping");
    bar.set_length(steps);
    test(&mut experiment, When::Step(0), &mut tests)?;
    while let Some(night) = experiment.sleep_step() {
        let step = night.steps();
        bar.set_position(step);
        if step.is_multiple_of((steps / TESTS).max(1)) || step == steps {
            test(&mut experiment, When::Step(step), &mut tests)?;
        }
    }
    bar.finish_and_clear();

    let recipe = experiment.recipe().clone();
    let recorded = Recorded {
        title: args.title.clone().unwrap_or_else(|| recipe.name.clone()),
        notes,
        data: DataIdentity {
            title: dataset.title.clone(),
            sha256: dataset.sha256.clone(),
        },
        image_size: (dataset.train.width(), dataset.train.height()),
        weights: experiment.before().map(Arc::clone).unwrap_or_default(),
        mean_image: experiment.mean_image().to_vec(),
        class_means,
        batches,
        momentum: experiment.momentum_of_training().unwrap_or_default(),
        tests,
        bookmarks,
        drawings: Vec::new(),
        recipe,
    };
    let course = experiment.course().cloned();
    let recording = course.and_then(|course| Recording::of(&recorded, course, &NEVER));
    let recording = recording.ok_or_else(|| Failure::failed(anyhow::anyhow!("the night could not be recorded")))?;
    recording.write(&args.out)?;
    let bytes = std::fs::metadata(&args.out).map_or(0, |found| found.len());
    let accuracy = |test: Option<&RecordedTest>| {
        let classes = dataset.classes;
        test.map_or(0.0, |test| 100.0 * test.evaluation(classes).accuracy())
    };
    let before = recorded.tests.iter().rev().find(|test| test.when <= When::Step(0));
    let tuned = if recorded.recipe.fine_tuning.is_some() {
        " The file holds the night; fine-tuning is made again from there when it is opened and goes on."
    } else {
        ""
    };
    say(&format!(
        "Recorded {}: {:.1} % correct before sleep, {:.1} % after. {} holds it in {} kB.{tuned}",
        count(recording.journal.steps(), "step", "steps"),
        accuracy(before),
        accuracy(recorded.tests.last()),
        args.out.display(),
        grouped(bytes.div_ceil(1000)),
    ))?;
    Ok(())
}

/// Tests the network of this moment.
fn test(experiment: &mut Experiment, when: When, tests: &mut Vec<RecordedTest>) -> Result<(), Failure> {
    let confusion = experiment.evaluate(&NEVER)?.map(|evaluation| evaluation.confusion);
    tests.extend(confusion.map(|confusion| RecordedTest { when, confusion }));
    Ok(())
}

/// Makes sure before the run that the file has a place.
fn check_place(out: &Path) -> Result<(), Failure> {
    let folder = folder_of(out);
    if !folder.is_dir() {
        return Err(Failure::wrong(format!(
            "{} is not a folder to write to",
            folder.display()
        )));
    }
    if out.is_dir() {
        return Err(Failure::wrong(format!("{} is a folder: name a file", out.display())));
    }
    if !out
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(EXTENSION))
    {
        return Err(Failure::wrong(format!(
            "{} does not end in .{EXTENSION}, by which recorded runs are known",
            out.display()
        )));
    }
    // A nameless file, which is gone when it is closed.
    tempfile::tempfile_in(folder)
        .map(drop)
        .map_err(|reason| Failure::wrong(format!("nothing can be written to {}: {reason}", folder.display())))
}

/// The bookmarks as they are typed, rising.
fn bookmarks(typed: &[String], steps: u64) -> Result<Vec<Bookmark>, Failure> {
    let mut bookmarks = Vec::new();
    for text in typed {
        let parts = text.split_once('=');
        let step = parts.and_then(|(step, _)| step.trim().parse().ok());
        let (Some((_, name)), Some(step)) = (parts, step.filter(|step| *step <= steps)) else {
            return Err(Failure::wrong(format!(
                "{text} is no bookmark: write STEP=NAME with a step from 0 to {steps}"
            )));
        };
        bookmarks.push(Bookmark {
            step,
            name: name.trim().to_owned(),
            note: String::new(),
        });
    }
    bookmarks.sort_by_key(|bookmark| bookmark.step);
    Ok(bookmarks)
}

/// Goes through every night and says of each what came out. A file that cannot be read keeps no other from its turn.
pub fn verify(args: &VerifyArgs) -> Result<(), Failure> {
    let (mut unread, mut differing) = (Vec::new(), Vec::new());
    for path in &args.files {
        let recording = match Recording::read(path) {
            Ok(recording) => recording,
            Err(error) => {
                unread.push(error.to_string());
                continue;
            }
        };
        let bar = bar("{wide_bar} {pos}/{len}");
        bar.set_length(recording.journal.steps());
        let verdict = recording.verify(|step| bar.set_position(step), &NEVER);
        bar.finish_and_clear();
        let Some(verdict) = verdict else { continue };
        if !matches!(verdict, Verdict::Identical { .. }) {
            differing.push(path.display().to_string());
        }
        let tuned = if recording.manifest.recipe.fine_tuning.is_some() {
            "; fine-tuning after it is not in the file"
        } else {
            ""
        };
        say(&format!("{}: {verdict}{tuned}", path.display()))?;
    }
    let is_read = unread.is_empty();
    let mut faults = unread;
    if !differing.is_empty() {
        faults.push(format!("not identical: {}", differing.join(", ")));
    }
    match (faults.is_empty(), is_read) {
        (true, _) => Ok(()),
        (false, true) => Err(Failure::failed_in_words(faults.join("; "))),
        (false, false) => Err(Failure::wrong(faults.join("; "))),
    }
}
