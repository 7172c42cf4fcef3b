//! `somnoscope report`: a document that sets what the trials found beside what others published.
//!
//! It is made from the tables of finished experiments alone (`protocol.ron`, `findings.csv`, `times.csv`, one folder for each,
//! and what a person has to say of it in `remarks.md`), so whoever has the repository can make it again, word for word.

mod against;
mod cells;
mod document;
mod figures;
mod results;
mod tables;
mod verdict;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use self::results::Results;
use super::ReportArgs;
use super::failure::Failure;
use super::output::{count, say};
use crate::app::export::Figure;
use crate::experiment::protocols;
use crate::run::write_whole;

/// Writes the document, and the figures beside the results.
pub fn report(args: &ReportArgs) -> Result<(), Failure> {
    let all = read_all(&args.results)?;
    let base = args.out.parent().unwrap_or(Path::new(""));
    let mut sections = Vec::new();
    let mut written = 0;
    for results in &all {
        let mut links = Vec::new();
        for figure in figures::of(results) {
            let path = results.folder.join(format!("{}.svg", figure.name));
            write(&path, svg(&figure)?.as_bytes())?;
            links.push((figure.title.clone(), link(&path, base)));
            written += 1;
        }
        sections.push(document::section(results, &links));
    }
    write(&args.out, document::whole(&all, &sections).as_bytes())?;
    say(&format!(
        "{} and {} were written from {}.",
        args.out.display(),
        count(written, "figure", "figures"),
        count(all.len() as u64, "experiment", "experiments")
    ))?;
    Ok(())
}

/// The results in every folder below this one, shipped protocols first and in their order.
fn read_all(folder: &Path) -> Result<Vec<Results>, Failure> {
    let refused = |error| Failure::wrong(format!("{} cannot be read: {error}", folder.display()));
    let mut folders: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        if path.join("findings.csv").is_file() {
            folders.push(path);
        }
    }
    let mut all = folders
        .iter()
        .map(|folder| Results::read(folder))
        .collect::<Result<Vec<_>, _>>()?;
    if all.is_empty() {
        return Err(Failure::wrong(format!(
            "{} holds no results: give the folder that the folders of the experiments are in",
            folder.display()
        )));
    }
    let shipped: Vec<String> = protocols().into_iter().map(|protocol| protocol.name).collect();
    all.sort_by_key(|results| {
        let name = &results.protocol().name;
        let place = shipped.iter().position(|shipped| shipped == name);
        (place.unwrap_or(shipped.len()), name.clone())
    });
    for place in 0..all.len() {
        let (before, rest) = all.split_at_mut(place);
        if let Some((results, after)) = rest.split_first_mut() {
            let mut others = before.iter().chain(after.iter());
            others.find(|other| results.borrow_night(other));
        }
    }
    Ok(all)
}

/// A figure as the text of a file.
fn svg(figure: &Figure) -> Result<String, Failure> {
    figure
        .svg()
        .map_err(|error| Failure::failed_in_words(format!("the figure {} cannot be drawn: {error}", figure.name)))
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_whole(path, |writer| writer.write_all(bytes))
        .map_err(|error| Failure::failed_in_words(format!("{} cannot be written: {error}", path.display())))
}

/// How a file is called from a folder above it; as it is, if it is not below.
fn link(path: &Path, base: &Path) -> String {
    let words: Vec<String> = path
        .strip_prefix(base)
        .unwrap_or(path)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().replace(' ', "%20"))
        .collect();
    words.join("/")
}
