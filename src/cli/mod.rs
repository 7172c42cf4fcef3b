//! The command line: what a person can ask of the program without its window.
//!
//! Here are the raw arguments, as they are typed. Each command's file checks them and does what they say. Whatever is
//! wrong with an argument, a file or a value is one sentence on stderr, exit code 2, and nothing written.

mod chosen;
mod data;
mod experiment;
mod export;
mod failure;
mod output;
mod presets;
mod record;
mod render;
mod report;
mod run;
mod search;
mod sleep;
mod window;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::app::layout::Named;
use crate::app::looks::Look;
use crate::app::panels::Pane;
use crate::data::Set;
pub use failure::Failure;

/// Watch a neural network sleep.
///
/// Trains a network on MNIST or Fashion-MNIST, puts it to sleep (sleep replay consolidation), and shows what the night
/// does to it. Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(name = "somnoscope", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    window: WindowArgs,
}

/// How the window opens.
#[derive(Debug, clap::Args)]
struct WindowArgs {
    /// The recipe to open: a preset by name, or a file.
    #[arg(long, value_name = "NAME|FILE.ron", default_value = chosen::DEFAULT)]
    preset: String,
    /// Take the images from this folder of IDX files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Open this recorded run and stand where it stood.
    #[arg(long, value_name = "FILE.somno")]
    open: Option<PathBuf>,
    /// What draws the window; try the other one if the window stays empty.
    #[arg(long, value_enum, default_value_t)]
    renderer: Renderer,
}

/// What draws the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Renderer {
    /// OpenGL.
    #[default]
    Glow,
    /// Vulkan, Metal or Direct3D.
    Wgpu,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Train, test, sleep and test again, without the window.
    Run(RunArgs),
    /// Do an experiment of many trials, or list those that come with the program.
    Experiment(ExperimentArgs),
    /// Search for settings of the night, or list the searches that come with the program.
    Search(SearchArgs),
    /// Put together the results of an experiment that was spread over several folders.
    Merge(MergeArgs),
    /// Write a document that sets the results of experiments beside what was published.
    Report(ReportArgs),
    /// List the recipes that come with the program, or print one.
    Presets(PresetsArgs),
    /// List, download or import image sets.
    Data(DataArgs),
    /// Train, sleep, and keep the whole night in one file.
    Record(RecordArgs),
    /// Go through recorded nights again and compare every spike.
    Verify(VerifyArgs),
    /// Write a recorded run for other programs: NPZ, safetensors or CSV.
    Export(ExportArgs),
    /// Draw the panes of a recorded run without a display: PNG, a sequence, or an animated GIF.
    Render(RenderArgs),
    /// Put a network of your own to sleep.
    Sleep(SleepArgs),
}

/// Which recipe, and what is changed in it.
#[derive(Debug, clap::Args)]
struct RecipeArgs {
    /// The recipe: a preset by name, or a file.
    #[arg(value_name = "PRESET|FILE.ron", default_value = chosen::DEFAULT)]
    recipe: String,
    /// Take the images from this folder of IDX files.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The seed of the first trial; each further one takes the next.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Change a value of the recipe, once or more often; the last one counts.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Values given with --set are written as in a recipe's file (RON). Some examples:
  --set night.steps=100  --set 'night.beta=[7, 5, 12]'  --set night.gate=None
  --set 'night.gate=SoftBounds(bound: 0.1)'  --set 'night.alpha=Given([6, 9, 5])'
  --set 'data.images=Count(300)'  --set data.set=FashionMnist  --set data.from=Full
`somnoscope presets show one_per_cent` prints a recipe with all its values.")]
struct RunArgs {
    #[command(flatten)]
    recipe: RecipeArgs,
    /// How many trials, each with its own seed.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    trials: u32,
    /// Write recipe.ron, trials.csv, confusion.csv and summary.csv to this folder. Results of another recipe that are
    /// there are not overwritten.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Trials that are in the folder already are not done again: a sweep that was stopped, in whatever way, goes on. Shards may
write to one folder, or to folders of their own that `somnoscope merge` puts together. The same seeds give the same numbers
however the work is spread. For a job scheduler with array tasks:
  somnoscope experiment limited_data --shard $SLURM_ARRAY_TASK_ID/16 --out results")]
struct ExperimentArgs {
    /// The protocol: one that comes with the program, by name, or a file. Without one, they are listed.
    #[arg(value_name = "NAME|FILE.ron")]
    protocol: Option<String>,
    /// Trials of each point, in place of those that the protocol says. A folder of more trials keeps them all.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    trials: Option<u32>,
    /// Trials that are done at the same time.
    #[arg(long, value_name = "N", default_value = "1", value_parser = jobs)]
    jobs: usize,
    /// Take full sets from this folder of IDX files, or from its folders `mnist` and `fashion-mnist`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder of the results; the protocol's name if it is not said.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Do only points at this level of an axis, as in `epochs=2`, once or more often.
    #[arg(long, value_name = "AXIS=LEVEL")]
    only: Vec<String>,
    /// Do only this part of the trials, as in 2/8.
    #[arg(long, value_name = "I/N")]
    shard: Option<experiment::Shard>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Candidates that are in the folder already are not tried again: a search that was stopped, in whatever way, goes on, and with
more --generations it goes further. The same search gives the same candidates and scores however many are tried at once.
Candidates are scored on training images that the networks were not trained on, never on held-out ones, so the best one's
score is a little too good; what it is worth say fresh seeds:
  somnoscope run four_situations/best.ron --trials 10 --seed 1")]
struct SearchArgs {
    /// The search: one that comes with the program, by name, or a file. Without one, they are listed.
    #[arg(value_name = "NAME|FILE.ron")]
    search: Option<String>,
    /// Generations, in place of those that the search says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    generations: Option<u32>,
    /// Nights that are slept at the same time.
    #[arg(long, value_name = "N", default_value = "1", value_parser = jobs)]
    jobs: usize,
    /// Take full sets from this folder of IDX files, or from its folders `mnist` and `fashion-mnist`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The folder of the results; the search's name if it is not said.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct MergeArgs {
    /// The folder that takes all results.
    #[arg(value_name = "INTO")]
    out: PathBuf,
    /// The folders that hold some.
    #[arg(value_name = "FROM", required = true)]
    from: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct ReportArgs {
    /// The folder that the folders of the experiments are in, each with protocol.ron and findings.csv; times.csv and
    /// remarks.md if they are there. The figures are written there, too.
    #[arg(value_name = "DIR")]
    results: PathBuf,
    /// The document to write, as Markdown; replaced if it is there.
    #[arg(long, value_name = "FILE.md")]
    out: PathBuf,
}

/// A number of trials that are done at the same time.
fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=256) => Ok(jobs),
        _ => Err("take 1 to 256".to_owned()),
    }
}

#[derive(Debug, clap::Args)]
struct RecordArgs {
    #[command(flatten)]
    recipe: RecipeArgs,
    /// What to call the run; the recipe's name if it is not said.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A file with notes about the run.
    #[arg(long, value_name = "FILE")]
    notes: Option<PathBuf>,
    /// A moment to find again, once or more often: `120=class 2 returns`.
    #[arg(long = "bookmark", value_name = "STEP=NAME")]
    bookmarks: Vec<String>,
    /// Where to write the recorded run (.somno); replaced if it is there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The exit code is 0 if every night is identical, 1 if one differs, and 2 if a file cannot be read.")]
struct VerifyArgs {
    /// The recorded runs.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
NPZ and safetensors hold
  before1, before2, ...  the weights before sleep               float32, outputs x inputs
  w1, w2, ...            the weights after the last step        float32, outputs x inputs
  spike_step, spike_layer, spike_unit   every spike, in order   uint32
  accuracy_step, accuracy, confusion    the tests of the night  uint32, float32 (shares), uint32
  training               loss and accuracy of each batch        float32, batches x 2
  mean_image             the mean of the images trained on      float32, height x width
  run_ron                recipe, parameters, bookmarks, notes   uint8, text in UTF-8 (metadata, too, in safetensors)
CSV is a folder with spikes.csv, accuracy.csv and training.csv.")]
struct ExportArgs {
    /// The recorded run.
    #[arg(value_name = "RUN.somno")]
    run: PathBuf,
    /// What to write; what the ending of --out says if it is not said.
    #[arg(long, value_enum)]
    format: Option<export::ExportFormat>,
    /// The file to write, or the folder for CSV; replaced if it is there.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Layouts: overview, one-neuron, network, weights, dream, before-and-after, probe, compare, explore.
  somnoscope render night.somno --layout overview --step 300 --out night.png
  somnoscope render night.somno --pane spikes --size 900x500 --theme light --out spikes.png
  somnoscope render night.somno --pane accuracy --out accuracy.svg      (or .csv: what the pane shows)
  somnoscope render night.somno --steps 0..500 --every 10 --out night.gif")]
struct RenderArgs {
    /// The recorded run.
    #[arg(value_name = "RUN.somno")]
    run: PathBuf,
    /// The layout to draw.
    #[arg(long, value_name = "NAME", default_value = "overview", value_parser = render::layout)]
    layout: Named,
    /// Draw this pane alone, such as spikes, weight-map or accuracy.
    #[arg(long, value_name = "NAME", value_parser = render::pane)]
    pane: Option<Pane>,
    /// The moment: steps slept; where the run stood when it was saved if it is not said.
    #[arg(long, value_name = "N", conflicts_with = "steps")]
    step: Option<u64>,
    /// A span of steps: --out is then a file that ends in .gif, or a folder of PNGs.
    #[arg(long, value_name = "FIRST..LAST")]
    steps: Option<render::Span>,
    /// Of a span, draw every so many steps.
    #[arg(long, value_name = "K", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    every: u64,
    /// Width and height in pixels.
    #[arg(long, value_name = "WxH", default_value = "1280x800")]
    size: render::Size,
    /// The theme: dark, light or projector.
    #[arg(long, value_name = "NAME", default_value = "dark", value_parser = render::theme)]
    theme: Look,
    /// The size of everything, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(100..=200))]
    scale: u32,
    /// Pictures a second of a GIF.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    fps: u32,
    /// The file or folder to write; a file that is there is replaced.
    #[arg(long, value_name = "FILE|DIR")]
    out: PathBuf,
}

#[derive(Debug, clap::Args)]
struct PresetsArgs {
    #[command(subcommand)]
    command: Option<PresetsCommand>,
}

#[derive(Debug, Subcommand)]
enum PresetsCommand {
    /// List the presets (also without a command).
    List,
    /// Print a preset as RON, ready to be saved and edited.
    Show {
        /// The preset, by name.
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Debug, Subcommand)]
enum DataCommand {
    /// List the image sets inside the program and on this machine.
    List,
    /// Download a full set; what is there and correct is kept.
    Fetch {
        /// Which set: mnist or fashion-mnist.
        #[arg(value_name = "SET")]
        set: Set,
    },
    /// Check IDX files and copy them to where the program finds them.
    Import {
        /// The folder that holds the files.
        #[arg(value_name = "DIR")]
        from: PathBuf,
        /// What the files hold: mnist, fashion-mnist or own.
        #[arg(long, value_name = "SET")]
        set: Set,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE of --weights holds w1, w2, ... (outputs x inputs, 32-bit or 64-bit), as safetensors or NPZ by its ending. The file of
--out holds, by its own ending:
  w1, w2, ...          the weights after the night            float32, outputs x inputs
  mem1, mem2, ...      the potentials after the last step     float32, one a neuron
  count0, count1, ...  spikes of each input and each neuron   uint32
  spikes0, spikes1, ...  with --record: who spiked when       uint8, steps x neurons

The config is RON. For a night driven by given spikes:
  (alpha: [6.0, 9.0, 5.0], beta: [5.0, 6.0, 3.0], decay: 0.9975, inc: 0.002, dec: 0.0008)
A night driven by noise also needs `steps`, `rate` (Hz) and a mean image. These may be left out: w_inh (0.0), gate
(Reference; or PlainSigmoid, None, SoftBounds(bound: 0.1)), dream (Windows; or WholeImage, Uniform, Silence), window (11),
seed (1), steps with given spikes (all of them), mean_image (a file, seen from the config's folder).")]
struct SleepArgs {
    /// The weights of a network of rectified units without biases.
    #[arg(long, value_name = "FILE")]
    weights: PathBuf,
    /// How it sleeps.
    #[arg(long, value_name = "FILE.ron")]
    config: PathBuf,
    /// Spikes that drive the inputs instead of noise: steps x inputs, uint8 or bool.
    #[arg(long, value_name = "FILE.npy", conflicts_with = "mean_image")]
    spikes: Option<PathBuf>,
    /// The image in whose shape noise drives the inputs: height x width, or all pixels of a square; 0 to 1. Comes before
    /// `mean_image` of the config.
    #[arg(long, value_name = "FILE.npy")]
    mean_image: Option<PathBuf>,
    /// Write every spike, not only their counts.
    #[arg(long)]
    record: bool,
    /// Where to write the network after the night; replaced if it is there.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Args {
    /// Does what was asked.
    pub fn run(self) -> Result<(), Failure> {
        match self.command {
            None => window::open(&self.window),
            Some(Command::Run(args)) => run::run(&args),
            Some(Command::Presets(PresetsArgs { command })) => match command {
                None | Some(PresetsCommand::List) => presets::list(),
                Some(PresetsCommand::Show { name }) => presets::show(&name),
            },
            Some(Command::Data(DataArgs { command })) => match command {
                DataCommand::List => data::list(),
                DataCommand::Fetch { set } => data::fetch(set),
                DataCommand::Import { from, set } => data::import(&from, set),
            },
            Some(Command::Experiment(args)) => experiment::experiment(&args),
            Some(Command::Search(args)) => search::search(&args),
            Some(Command::Merge(args)) => experiment::merge(&args),
            Some(Command::Report(args)) => report::report(&args),
            Some(Command::Record(args)) => record::record(&args),
            Some(Command::Verify(args)) => record::verify(&args),
            Some(Command::Export(args)) => export::export(&args),
            Some(Command::Render(args)) => render::render(&args),
            Some(Command::Sleep(args)) => sleep::sleep(&args),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    /// Catches arguments that contradict each other, which clap notices only when the program runs.
    #[test]
    fn arguments_are_consistent() {
        super::Args::command().debug_assert();
    }
}
