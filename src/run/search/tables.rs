//! What is made from the candidates of a search: a table of all, and the best as a recipe.

use super::{SearchFolder, SearchFolderError, damaged, refused, write};
use crate::experiment::{Candidate, Network, Outcome, Search, Searched};
use crate::run::{Cell, Table};

/// The best candidate as a recipe.
const BEST: &str = "best.ron";

impl SearchFolder {
    /// Writes `candidates.csv` and, once a candidate has a score, `best.ron`. Neither holds a time or a date.
    pub fn write_tables(&self) -> Result<(), SearchFolderError> {
        let table = candidates_table(&self.search, &self.networks, self.candidates.values());
        let path = self.folder.join(format!("{}.csv", table.name));
        table.write(&path).map_err(refused(&path))?;
        if let Some(best) = self.search.best(self.candidates.values()) {
            let path = self.folder.join(BEST);
            let recipe = self
                .search
                .preset(best)
                .map_err(|error| damaged(&path, &error.to_string()))?;
            write(&path, recipe.to_ron().as_bytes())?;
        }
        Ok(())
    }
}

/// A line a candidate: generation, score, how many nights failed, the worst loss of a situation, the mean of each situation after
/// the night, and the values of the parameters. Shares are from 0 to 1.
pub fn candidates_table<'a>(
    search: &Search,
    networks: &[Network],
    candidates: impl IntoIterator<Item = &'a Candidate>,
) -> Table {
    let heads = [
        "candidate",
        "generation",
        "score",
        "diverged nights",
        "runaway nights",
        "worst loss",
    ];
    let situations = search.situations.iter().map(|it| format!("{} after", it.name));
    let parameters = search.parameters.iter().map(Searched::full_path);
    let columns = heads.into_iter().map(str::to_owned).chain(situations).chain(parameters);
    let mut table = Table::new("candidates", columns.map(|head| (head, "")));
    if networks.is_empty() {
        return table;
    }
    for candidate in candidates {
        let standings = search.standings(networks, &candidate.nights);
        let count = |is: fn(&Outcome) -> bool| candidate.nights.iter().filter(|night| is(night)).count();
        let losses = standings.iter().map(|it| Some(it.before - it.after?));
        let worst = losses.collect::<Option<Vec<f64>>>();
        let worst = worst.map(|losses| losses.into_iter().fold(0.0, f64::max));
        let cells = [
            Cell::from(candidate.number),
            search.generation_of(candidate.number).into(),
            candidate.score.into(),
            count(|it| matches!(it, Outcome::Diverged(_))).into(),
            count(|it| matches!(it, Outcome::RanAway(_))).into(),
            worst.into(),
        ];
        let after = standings.iter().map(|it| Cell::from(it.after));
        let values = candidate.values.iter().map(|&value| Cell::from(value));
        table.push(cells.into_iter().chain(after).chain(values));
    }
    table
}
