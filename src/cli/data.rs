//! `somnoscope data`: image sets on this machine.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use indicatif::ProgressBar;

use super::failure::Failure;
use super::output::{bar, say, table};
use crate::data::fetch::{self, Mirrors, Progress, State};
use crate::data::{self, Amount, Balance, DataError, DataSpec, Draw, Origin, Set};
use crate::text::grouped;

/// Lists the sets inside the program and those found.
pub fn list() -> Result<(), Failure> {
    let mut table = table(&["set", "for the command line", "where", "training", "test", "state"]);
    for set in [Set::Mnist, Set::FashionMnist] {
        let dataset = data::load(&DataSpec {
            set,
            from: Origin::BuiltIn,
            images: Amount::Fraction(1.0),
            draw: Draw::Random,
            balance: Balance::AsDrawn,
        })?;
        let counts = [&dataset.train, &dataset.test].map(|images| grouped(images.len() as u64));
        let [train, test] = counts;
        table.add_row([set.title(), set.id(), "in the program", &train, &test, "ready"]);
    }
    for found in data::discover() {
        let train = grouped(found.n_train as u64);
        let test = match found.n_test {
            0 => "some of these".to_owned(),
            n => grouped(n as u64),
        };
        table.add_row([
            found.set.title(),
            found.set.id(),
            &found.folder.display().to_string(),
            &train,
            &test,
            found.fault.as_deref().unwrap_or("ready"),
        ]);
    }
    Ok(say(&table.to_string())?)
}

/// Downloads a full set to the per-user folder.
pub fn fetch(set: Set) -> Result<(), Failure> {
    let folder = data::user_folder(set).ok_or(DataError::NoUserFolder)?;
    let bar = bar("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec}");
    let never = AtomicBool::new(false);
    let outcome = fetch::fetch(set, &folder, &Mirrors::public(set), &mut |now| show(&bar, &now), &never);
    bar.finish_and_clear();
    outcome?;
    Ok(say(&format!("{set} is in {}", folder.display()))?)
}

/// Shows how far a download is.
fn show(bar: &ProgressBar, now: &Progress) {
    let does = match &now.state {
        State::Present => "is there",
        State::Connecting => "connecting",
        State::Receiving => "receiving",
        State::Checking => "checking",
        State::Complete => "complete",
        State::MirrorFailed(reason) => {
            bar.suspend(|| log::warn!("{}: {} {reason}", now.file, now.mirror));
            "trying again"
        }
    };
    bar.set_length(now.bytes_total);
    bar.set_position(now.bytes_done);
    bar.set_message(format!("{} of {}: {} {does}", now.index + 1, now.n_files, now.file));
}

/// Copies checked IDX files to the per-user folder.
pub fn import(from: &Path, set: Set) -> Result<(), Failure> {
    let imported = data::import(from, set)?;
    Ok(say(&format!(
        "{set}: {} training and {} test images of {} classes are now in {}",
        grouped(imported.n_train as u64),
        grouped(imported.n_test as u64),
        imported.classes,
        imported.folder.display()
    ))?)
}
