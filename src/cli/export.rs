//! `somnoscope export`: a recorded run for other programs.

use std::path::Path;

use clap::ValueEnum;

use super::ExportArgs;
use super::failure::Failure;
use super::output::say;
use crate::run::{Format, RECIPE_ENDING, Recording, Table, folder_of, write_recipe};
use crate::text::grouped;

/// What a run can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Named arrays, as numpy keeps them (.npz); steps count from 0.
    Npz,
    /// Named arrays, as networks are passed on (.safetensors); steps count from 0.
    Safetensors,
    /// What decides the run, as text that can be edited (.ron).
    Recipe,
    /// Three tables in a folder: spikes.csv, accuracy.csv and training.csv; steps count from 1, as in the window.
    Csv,
}

/// Reads the run and writes it.
pub fn export(args: &ExportArgs) -> Result<(), Failure> {
    let format = args.format.map_or_else(|| format_of(&args.out), Ok)?;
    let recording = Recording::read(&args.run)?;
    match format {
        ExportFormat::Csv => tables(&recording, &args.out),
        ExportFormat::Recipe => recipe(&recording, &args.out),
        ExportFormat::Npz | ExportFormat::Safetensors => arrays(&recording, format, &args.out),
    }
}

/// Writes what decides the run.
fn recipe(recording: &Recording, out: &Path) -> Result<(), Failure> {
    write_recipe(out, &recording.manifest.recipe)
        .map_err(|reason| Failure::wrong(format!("{} cannot be written: {reason}", out.display())))?;
    let more = match recording.manifest.nights.len() {
        0 | 1 => String::new(),
        _ => " The night was changed under way; it holds what the night went on with at its end.".to_owned(),
    };
    Ok(say(&format!("{} holds the recipe.{more}", out.display()))?)
}

/// The format that the ending of a name says.
fn format_of(out: &Path) -> Result<ExportFormat, Failure> {
    if out
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(RECIPE_ENDING))
    {
        return Ok(ExportFormat::Recipe);
    }
    match Format::of(out) {
        Ok(Format::Npz) => Ok(ExportFormat::Npz),
        Ok(Format::SafeTensors) => Ok(ExportFormat::Safetensors),
        Err(_) => Err(Failure::wrong(format!(
            "{} does not say which format: add --format npz, safetensors, recipe or csv",
            out.display()
        ))),
    }
}

/// Writes one file of arrays.
fn arrays(recording: &Recording, format: ExportFormat, out: &Path) -> Result<(), Failure> {
    let wanted = match format {
        ExportFormat::Npz => Format::Npz,
        _ => Format::SafeTensors,
    };
    if Format::of(out).ok() != Some(wanted) {
        let ending = if wanted == Format::Npz { "npz" } else { "safetensors" };
        return Err(Failure::wrong(format!(
            "{} does not end in .{ending}, by which such files are known",
            out.display()
        )));
    }
    recording.export(out)?;
    let bytes = std::fs::metadata(out).map_or(0, |found| found.len());
    Ok(say(&format!(
        "{} holds the run in {} kB.",
        out.display(),
        grouped(bytes.div_ceil(1000))
    ))?)
}

/// Writes tables into a folder, which is made if it is not there.
fn tables(recording: &Recording, out: &Path) -> Result<(), Failure> {
    let unwritable = |place: &Path, reason: std::io::Error| {
        Failure::wrong(format!("{} cannot be written: {reason}", place.display()))
    };
    if !folder_of(out).is_dir() {
        return Err(Failure::wrong(format!(
            "{} is not a folder to write to",
            folder_of(out).display()
        )));
    }
    let is_of_another_kind = Format::of(out).is_ok() && !out.is_dir();
    if is_of_another_kind || (out.exists() && !out.is_dir()) {
        return Err(Failure::wrong(format!(
            "{} is the name of a file, and the tables are three files in a folder: name a folder, or leave out --format csv",
            out.display()
        )));
    }
    std::fs::create_dir_all(out).map_err(|reason| unwritable(out, reason))?;
    let tables = [
        recording.spike_table(),
        recording.accuracy_table(),
        recording.training_table(),
    ];
    let rows = |table: &Table| format!("{}.csv with {} rows", table.name, grouped(table.rows().len() as u64));
    for table in &tables {
        let place = out.join(format!("{}.csv", table.name));
        table.write(&place).map_err(|reason| unwritable(&place, reason))?;
    }
    let written: Vec<String> = tables.iter().map(rows).collect();
    Ok(say(&format!("{} holds {}.", out.display(), written.join(", ")))?)
}
