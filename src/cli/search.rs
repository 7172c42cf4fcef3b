//! `somnoscope search`: settings of the night that are bred for several situations at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::failure::Failure;
use super::output::{bar, count, points, say, table};
use super::{SearchArgs, chosen};
use crate::experiment::{Candidate, Library, Search, searches};
use crate::run::SearchFolder;
use crate::worker::{SearchNews, do_search};

/// Tries what was not tried yet, writes the tables and prints how the best candidate stands.
pub fn search(args: &SearchArgs) -> Result<(), Failure> {
    let Some(name) = &args.search else {
        return list();
    };
    let mut search = chosen::find(
        name,
        ["search", "searches"],
        searches(),
        |it| &it.name,
        Search::from_ron,
    )?;
    if let Some(generations) = args.generations {
        search.generations = generations;
        search.validate().map_err(Failure::wrong)?;
    }
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&search.name));
    let library = Library::new(args.data.clone());
    if !SearchFolder::is_in(&out) {
        // Nothing is written for a search whose images are not here.
        for (situation, seed) in search.networks() {
            search.image_use(situation, seed, &library)?;
        }
    }
    let mut folder = SearchFolder::begin(&out, &search)?;
    let known = folder.candidates().len();
    let outcome = work(&mut folder, &library, args.jobs);
    if outcome.is_ok() || folder.candidates().len() > known {
        // What was tried stands in the tables, however it ended.
        let written = folder.write_tables().map_err(Failure::from);
        outcome.and(written)?;
    } else {
        outcome?;
    }
    report(&folder, &out)
}

/// The searches that come with the program.
fn list() -> Result<(), Failure> {
    let mut table = table(&["search", "candidates", "what is looked for"]);
    for search in searches() {
        table.add_row([search.name.clone(), search.candidates().to_string(), search.note]);
    }
    say(&table.to_string())?;
    Ok(())
}

/// Goes through the search behind a bar of progress.
fn work(folder: &mut SearchFolder, library: &Library, threads: usize) -> Result<(), Failure> {
    let bar = bar("{msg} {wide_bar} {pos}/{len}, {eta} left");
    let search = folder.search().clone();
    let tried = folder.candidates().len();
    bar.set_message(search.title.clone());
    let mut best = search.best(folder.candidates().values()).and_then(|it| it.score);
    let outcome = do_search(
        folder,
        library,
        threads,
        &AtomicBool::new(false),
        &mut |news| match news {
            SearchNews::Training(done, all) => {
                bar.set_message("training");
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            }
            SearchNews::Trained(_) => {
                bar.set_length(search.candidates() as u64);
                bar.set_position(tried as u64);
                bar.reset_eta();
            }
            SearchNews::Tried(candidate) => {
                bar.inc(1);
                best = candidate.score.into_iter().chain(best).reduce(f64::max);
                let best = best.map_or_else(String::new, |best| format!("best {:.2} %", 100.0 * best));
                bar.set_message(best);
            }
            SearchNews::Known(..) | SearchNews::Ended(_) => {}
        },
    );
    bar.finish_and_clear();
    Ok(outcome?)
}

/// Prints the best candidate, and how it stands beside the night that the search began with.
fn report(folder: &SearchFolder, out: &Path) -> Result<(), Failure> {
    let (search, candidates) = (folder.search(), folder.candidates());
    let failed = candidates.values().filter(|it| it.score.is_none()).count() as u64;
    let tried = count(candidates.len() as u64, "candidate was", "candidates were");
    let failed = match failed {
        0 => String::new(),
        failed => format!(", of which {failed} failed: a night diverged or ran away"),
    };
    if let (Some(best), Some(first)) = (search.best(candidates.values()), candidates.get(&0)) {
        standings(folder, first, best)?;
        for (parameter, value) in search.parameters.iter().zip(&best.values) {
            say(&format!("  {} = {value}", parameter.full_path()))?;
        }
    } else {
        say("No candidate has a score: a night of each diverged or ran away.")?;
    }
    say(&format!(
        "{tried} tried{failed}. The table is in {}, the best candidate as a recipe in {}.",
        out.join("candidates.csv").display(),
        out.join("best.ron").display()
    ))?;
    Ok(())
}

/// Prints the shares of the validation images, situation by situation.
fn standings(folder: &SearchFolder, first: &Candidate, best: &Candidate) -> Result<(), Failure> {
    let (search, networks) = (folder.search(), folder.networks());
    let per_cent =
        |share: Option<f64>| share.map_or_else(|| "failed".to_owned(), |share| format!("{:.1}", 100.0 * share));
    let best_head = format!("candidate {}", best.number);
    let mut table = table(&[
        "read correctly, % of validation images",
        "before",
        "outputs rescaled",
        "first night",
        &best_head,
        "gain over the first night",
    ]);
    let pairs = search.standings(networks, &first.nights).into_iter();
    for (first, best) in pairs.zip(search.standings(networks, &best.nights)) {
        let gain = first.after.zip(best.after).map(|(first, best)| points(best - first));
        table.add_row([
            best.situation,
            per_cent(Some(best.before)),
            per_cent(Some(best.rescaled)),
            per_cent(first.after),
            per_cent(best.after),
            gain.unwrap_or_default(),
        ]);
    }
    let gain = first.score.zip(best.score).map(|(first, best)| points(best - first));
    table.add_row([
        "score".to_owned(),
        String::new(),
        String::new(),
        per_cent(first.score),
        per_cent(best.score),
        gain.unwrap_or_default(),
    ]);
    Ok(say(&table.to_string())?)
}
