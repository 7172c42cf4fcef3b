//! Sound folders of experiments and searches, each with one file that a stranger may have written.

use std::path::Path;

use somnoscope::experiment::{Candidate, Finding, Job, Network, Outcome, Protocol, Search, summarise};
use somnoscope::run::{Findings, FinishedJob, SearchFolder, Sweep, candidates_table};

use super::strangers::{Kind, Reader};

/// A protocol with everything that a plan can have.
const PROTOCOL: &str = concat!(
    r#"(name: "tiny", title: "Tiny", note: "", trials: 2,"#,
    tiny_recipe!(),
    r#"
    axes: [(name: "images", levels: [(name: "few", set: ["data.images=Count(60)"]), (name: "more", set: [])])],
    plan: Night(
        fine_tuning: Some((epochs: 1, learning_rate: 0.02, momentum: 0.5, batch: 20, dropout: 0.25)),
        controls: [
            (name: "whole", by: Settings(["night.dream=WholeImage"])),
            (name: "alone", by: Change(OnlyLayer(2))),
            (name: "early", by: EarlyStopping(share: 0.2, epochs: 2)),
        ],
        conditions: [(of: WeightNoise, strength: 0.2)],
    ),
    published: [(at: ["few"], phase: "after", measure: "accuracy", value: "90", within: Some((0.8, 1.0)), source: "A")],
)"#
);

/// A search.
const SEARCH: &str = concat!(
    r#"(name: "tiny", title: "Tiny", note: "","#,
    tiny_recipe!(),
    r#"
    seed: 5, situations: [(name: "digits", set: []), (name: "clothes", set: ["data.set=FashionMnist"], weight: 2.0)],
    seeds: [11], validation: Others(200),
    parameters: [
        (path: "night.beta", layer: Some(1), from: 0.2, to: 20.0),
        (path: "night.steps", from: 20.0, to: 120.0),
    ],
    population: 5, generations: 3, first_step: 0.3, punish_loss: 0.5, most_spikes: 6.0,
)"#
);

/// Every kind of file of such folders; each kind has a folder of its own, in which all others are sound.
pub(super) fn kinds(folder: &Path) -> Vec<Kind> {
    let kind = |file: &'static str, make: fn(&Path), read: Reader| {
        let path = folder.join(file);
        make(&folder.join(Path::new(file).iter().next().unwrap()));
        Kind {
            file,
            sound: std::fs::read(path).unwrap(),
            read,
        }
    };
    let tables: Reader = |path, _| read_tables(path);
    vec![
        kind("protocol/protocol.ron", make_sweep, |path, _| {
            read_sweep(above(path, 1))
        }),
        kind("job/jobs/point-0001-trial-0000.ron", make_sweep, |path, _| {
            read_sweep(above(path, 2))
        }),
        kind("findings/findings.csv", make_tables, tables),
        kind("times/times.csv", make_tables, tables),
        kind("images/images.csv", make_tables, tables),
        kind("search/search.ron", make_search, |path, _| read_search(above(path, 1))),
        kind("networks/networks.ron", make_search, |path, _| {
            read_search(above(path, 1))
        }),
        kind("candidate/candidates/candidate-000000.ron", make_search, |path, _| {
            read_search(above(path, 2))
        }),
    ]
}

/// The folder so many above a file.
fn above(path: &Path, levels: usize) -> &Path {
    path.ancestors().nth(levels).unwrap()
}

/// A folder of an experiment with a trial of each point.
fn make_sweep(folder: &Path) {
    let protocol = Protocol::from_ron(PROTOCOL).unwrap();
    let mut sweep = Sweep::begin(folder, &protocol).unwrap();
    for point in 0..2 {
        let done = FinishedJob {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            point,
            at: vec![protocol.levels(point)[0].name.clone()],
            trial: 0,
            seed: protocol.seed_of(0),
            images: "9e".repeat(32),
            seconds: Some(2.5),
            findings: ["before", "after"]
                .map(|phase| Finding::new(phase, "accuracy", 0.25))
                .to_vec(),
        };
        sweep.keep(Job { point, trial: 0 }, done).unwrap();
    }
    sweep.write_tables().unwrap();
}

/// The same without its jobs, as a repository keeps it.
fn make_tables(folder: &Path) {
    make_sweep(folder);
    std::fs::remove_dir_all(folder.join("jobs")).unwrap();
}

/// Reads a folder of an experiment, and looks at what is in it.
fn read_sweep(folder: &Path) -> Result<(), String> {
    let sweep = Sweep::open(folder).map_err(|error| error.to_string())?;
    drop(summarise(sweep.protocol(), &sweep.found()));
    drop(sweep.pending(|_| true, 1, 1));
    Ok(())
}

/// Reads the tables of a folder as a report does, and as somebody who goes on with them.
fn read_tables(path: &Path) -> Result<(), String> {
    let folder = above(path, 1);
    Findings::read(folder).map_err(|error| error.to_string())?;
    read_sweep(folder)
}

/// A folder of a search with two candidates.
fn make_search(folder: &Path) {
    let search = Search::from_ron(SEARCH).unwrap();
    let mut kept = SearchFolder::begin(folder, &search).unwrap();
    let networks = search.networks().into_iter().map(|(situation, seed)| Network {
        situation: search.situations[situation].name.clone(),
        seed,
        images: "9e".repeat(32),
        trained_on: 100,
        scored_on: 200,
        before: 0.25,
        rescaled: 0.5,
    });
    let networks: Vec<Network> = networks.collect();
    kept.keep_networks(networks.clone()).unwrap();
    for (number, nights) in [
        (0, vec![Outcome::Read(0.5), Outcome::Read(0.25)]),
        (1, vec![Outcome::RanAway(7), Outcome::Diverged(9)]),
    ] {
        let candidate = Candidate {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            number,
            values: search.first_values(),
            score: search.score(&networks, &nights),
            nights,
        };
        kept.keep(candidate).unwrap();
    }
}

/// Reads a folder of a search, and looks at what is in it.
fn read_search(folder: &Path) -> Result<(), String> {
    let kept = SearchFolder::open(folder).map_err(|error| error.to_string())?;
    let (search, candidates) = (kept.search(), kept.candidates());
    let table = candidates_table(search, kept.networks(), candidates.values());
    assert!(table.rows().len() <= candidates.len());
    if let Some(best) = search.best(candidates.values()) {
        // A situation may make no sense, which is said.
        drop(search.preset(best));
    }
    Ok(())
}
