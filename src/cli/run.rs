//! `somnoscope run`: a recipe without the window, once or over several seeds.

use std::fmt::Write as _;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use comfy_table::CellAlignment;

use super::failure::Failure;
use super::output::{bar, count, points, say, table};
use super::{RunArgs, chosen};
use crate::data::{self, Dataset};
use crate::experiment::{Comparison, Measures, Overview, Progress, Recipe, Summary, Trial, run_trials};
use crate::run::ResultFolder;
use crate::text::grouped;

/// Runs the trials, prints what they say, and writes the result files if asked to.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let recipe = chosen::changed(&args.recipe)?;
    let folder = match &args.out {
        Some(folder) => Some(ResultFolder::claim(folder, &recipe, args.trials as usize)?),
        None => None,
    };
    let dataset = data::load(&recipe.data)?;
    let trials = trials(&recipe, args.trials, &dataset)?;
    if let Some(folder) = folder {
        folder.write(&recipe, &dataset, &trials)?;
    }
    if let Some(overview) = Overview::of(&trials) {
        say(&report(&recipe, &dataset, &trials, &overview))?;
    }
    if let Some(folder) = &args.out {
        say(&format!("The results are in {}.", folder.display()))?;
    }
    Ok(())
}

/// Runs the trials behind a bar.
fn trials(recipe: &Recipe, n_trials: u32, dataset: &Dataset) -> Result<Vec<Trial>, Failure> {
    let bar = bar("{msg} {wide_bar} {pos}/{len}");
    let mut shown = None;
    let mut show = |trial: u32, now: Progress| {
        let (does, done, total) = match now {
            Progress::Training(done, total) => ("training", done, total),
            Progress::Sleeping(done, total) => ("sleeping", done, total),
            Progress::Tuning(done, total) => ("fine-tuning", done, total),
            Progress::Testing => ("testing", 0, 0),
        };
        if shown != Some((trial, does)) {
            shown = Some((trial, does));
            bar.set_length(total);
            bar.set_message(format!("trial {} of {n_trials}: {does}", trial + 1));
        }
        bar.set_position(done);
    };
    let never = AtomicBool::new(false);
    let outcome = run_trials(recipe, n_trials, dataset, &mut show, &never);
    bar.finish_and_clear();
    outcome?.ok_or_else(|| Failure::failed(anyhow::anyhow!("the run was stopped")))
}

/// What the trials say, as text.
fn report(recipe: &Recipe, dataset: &Dataset, trials: &[Trial], overview: &Overview) -> String {
    let images = recipe.training_images(dataset).map_or(0, |images| images.len());
    let mut text = format!(
        "{}: {}, {}, {}, a night of {}{}; {}; tested on {}\n",
        recipe.name,
        dataset.title,
        count(images as u64, "image", "images"),
        count(recipe.training.epochs.into(), "epoch", "epochs"),
        count(recipe.night.steps, "step", "steps"),
        match &recipe.fine_tuning {
            Some(tuning) => format!(", fine-tuned for {}", count(tuning.epochs.into(), "epoch", "epochs")),
            None => String::new(),
        },
        match trials {
            [only] => format!("seed {}", only.seed),
            _ => format!(
                "{} trials, seeds {} to {}",
                trials.len(),
                recipe.seed,
                trials.last().map_or(recipe.seed, |trial| trial.seed)
            ),
        },
        count(
            trials.first().map_or(0, |trial| trial.before.images().into()),
            "image",
            "images"
        )
    );
    let several = trials.len() > 1;
    let heads = ["% correct", "before sleep", "after sleep", "gain"];
    let night = compared(heads, several, recipe, dataset, &overview.night);
    let tuned = overview.tuned.as_ref().map(|measures| {
        let heads = ["% correct, fine-tuned", "without sleep", "after sleep", "gain of sleep"];
        format!("{}\n", compared(heads, several, recipe, dataset, measures))
    });
    let tuned = tuned.unwrap_or_default();
    let spikes: Vec<String> = overview
        .spikes
        .iter()
        .map(|layer| grouped(layer.mean.round() as u64))
        .collect();
    let mean_time = |time: fn(&Trial) -> Duration| {
        trials.iter().map(|trial| time(trial).as_secs_f64()).sum::<f64>() / trials.len() as f64
    };
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{night}\n{tuned}{}Spikes of a night, from the inputs to the outputs: {}.\nTime of a trial: training {:.2} s, night {:.3} s.",
        if several {
            "Means ± standard deviations over trials; the gain is taken within each trial, its interval is Student's t.\n"
        } else {
            ""
        },
        spikes.join(", "),
        mean_time(|trial| trial.training_time),
        mean_time(|trial| trial.night_time),
    );
    text
}

/// A table of some measures: all images, balanced where classes are rare on purpose, and class by class.
fn compared(
    heads: [&str; 4],
    several: bool,
    recipe: &Recipe,
    dataset: &Dataset,
    measures: &Measures,
) -> comfy_table::Table {
    let interval = format!("95 % interval of the {}", heads[3]);
    let heads: Vec<&str> = heads.into_iter().chain(several.then_some(&*interval)).collect();
    let mut table = table(&heads);
    let mut add = |name: &str, comparison: Option<&Comparison>| {
        let cells = comparison.map(|of| {
            let interval = of.gain.interval.map_or_else(String::new, |(low, high)| {
                format!("{} to {}", points(low), points(high))
            });
            [
                per_cent(&of.before),
                per_cent(&of.after),
                points(of.gain.mean),
                interval,
            ]
        });
        let cells = cells.unwrap_or_else(|| ["–"; 4].map(str::to_owned));
        let shown = if several { 4 } else { 3 };
        table.add_row([name.to_owned()].into_iter().chain(cells.into_iter().take(shown)));
    };
    add("all", Some(&measures.accuracy));
    if !recipe.data.balance.is_as_drawn() {
        add("balanced", Some(&measures.balanced));
    }
    for (class, comparison) in dataset.class_names.iter().zip(&measures.classes) {
        add(class, comparison.as_ref());
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Mean and deviation as percentages.
fn per_cent(summary: &Summary) -> String {
    match summary.deviation {
        Some(deviation) => format!("{:.1} ± {:.1}", 100.0 * summary.mean, 100.0 * deviation),
        None => format!("{:.1}", 100.0 * summary.mean),
    }
}
