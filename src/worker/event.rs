//! What the worker tells.
//!
//! Two lanes: [`Event`]s are few, small, and none is lost; the [`Frame`] is the newest picture of the run, and older ones
//! are forgotten.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;

use super::command::Cell;
use super::controls::Controlled;
use super::lane::{LaneId, LaneOpened, WeightShifts};
use super::mapping::NightMap;
use super::probe::{HeldOut, Judged, NightReadings, Stressed};
use super::stop::Stop;
use crate::experiment::{ImagesUsed, Recipe};
use crate::run::{Bookmark, Drawing, Left};
use crate::sim::evaluate::{Evaluation, ExactCurve};
use crate::sim::night::{Anatomy, FoundThresholds, NightParams, Spike};
use crate::sim::train::TrainParams;

/// Where a run stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Nothing is open.
    #[default]
    Empty,
    /// The data are being read.
    Loading,
    /// The network is newborn.
    Newborn,
    /// Training.
    Training,
    /// Training is over, the night has not begun.
    Trained,
    /// In the night.
    Asleep,
    /// The night is over; fine-tuning, if there is one, has not begun.
    Woken,
    /// Fine-tuning.
    Tuning,
    /// Fine-tuning is over.
    Tuned,
}

/// What the worker tells, in order, without loss.
#[derive(Clone, Debug)]
pub enum Event {
    /// A run has been made ready. Everything known of an earlier run is void.
    Opened(Arc<Opened>),
    /// The run has entered a phase.
    Entered(Phase),
    /// It stands in training, before a night that is known: that night comes back as it was told once it is
    /// [entered](Event::Entered) again.
    LeftNight,
    /// Whether steps are being done (`true`) or the worker waits.
    Running(bool),
    /// Batches that were trained.
    Batches(Vec<BatchPoint>),
    /// Batches that were fine-tuned, counted from the first one after the night.
    TunedBatches(Vec<BatchPoint>),
    /// The run is fine-tuned otherwise from now on, or not at all; what was known of fine-tuning is void.
    FineTuning(Option<Box<TrainParams>>),
    /// The network has fallen asleep.
    FellAsleep(Arc<NightStart>),
    /// Spikes of consecutive steps of the night.
    Spikes(Arc<SpikeChunk>),
    /// Potentials of consecutive steps of the night, if [`super::Command::WatchPotentials`] asked for them.
    Potentials(Arc<PotentialChunk>),
    /// The potentials of watched neurons in steps before those told of, made again: to be put in front of them.
    PastPotentials(Arc<PotentialChunk>),
    /// What was known of the night beyond so many steps is void: it will go on differently.
    Forgot {
        /// Steps that stay known.
        from_step: u64,
    },
    /// The night has other parameters from some step on.
    NightChanged(Arc<NightChange>),
    /// Playing was stopped: this has happened.
    Hit {
        /// What.
        stop: Stop,
        /// Steps slept then.
        step: u64,
    },
    /// The network was tested on the held-out images.
    Evaluated(Arc<Evaluated>),
    /// The network was tested on a sample of the held-out images, for a first impression.
    Estimated(Arc<Evaluated>),
    /// How far the exact curve has come that [`super::Command::TraceCurve`] asked for.
    Tracing(Tracing),
    /// The exact curve, as [`super::Command::TraceCurve`] asked. Void once the night is changed.
    Traced(Arc<Traced>),
    /// The exact curve will not come: nobody wants it any more, or for this reason.
    TracingStopped(Option<String>),
    /// What came of a search for thresholds: they, or why there are none; `None` if it was called off.
    Thresholds(Option<Result<Arc<FoundThresholds>, String>>),
    /// A map of nights is begun, as [`super::Command::MapNights`] asked; any other is void.
    MapBegun,
    /// The map of nights as far as it is known.
    Mapped(Arc<NightMap>),
    /// The map of nights does not go on: it was called off, or for this reason. What was told of it stays true.
    MapStopped(Option<String>),
    /// Which images are used for what, as [`super::Command::ListImages`] asked.
    ImagesUsed(Arc<ImagesUsed>),
    /// The images behind a cell, as [`super::Command::ShowCell`] asked.
    Images(Arc<CellImages>),
    /// The run was written to a file.
    Saved(Arc<Saved>),
    /// The run was written for other programs, as [`super::Command::Export`] asked.
    Exported(PathBuf),
    /// The run was written to a file for somebody else to look at, as [`super::Command::Copy`] asked; or not, and why.
    Copied(Result<PathBuf, String>),
    /// The run comes from a file, with what a person wrote about it. Follows [`Event::Opened`].
    Recalled(Arc<Recalled>),
    /// What pictures were read as at steps of the night, as [`super::Command::JudgePictures`] asked: for a picture that was
    /// told of before, the same again or further on.
    NightReadings(Arc<NightReadings>),
    /// A held-out image, as [`super::Command::ShowHeldOut`] asked.
    HeldOut(Arc<HeldOut>),
    /// What the network can do under harder conditions, as [`super::Command::Stress`] asked: as far as it is known.
    Stressed(Arc<Stressed>),
    /// The real night between its controls, as [`super::Command::Control`] asked: as far as it is known.
    Controlled(Arc<Controlled>),
    /// These spikes, rising, are kept from happening in the night; none if it was not told.
    LeftOut(Vec<Spike>),
    /// A lane was made, or made anew. It is gone through to its end from here on.
    LaneOpened(Arc<LaneOpened>),
    /// Spikes of consecutive steps of a lane.
    LaneAdvanced {
        /// The lane.
        id: LaneId,
        /// Its spikes.
        chunk: Arc<SpikeChunk>,
    },
    /// The network of a lane was tested on the held-out images.
    LaneTested {
        /// The lane.
        id: LaneId,
        /// The test.
        test: Arc<Evaluated>,
    },
    /// A lane is called something else.
    LaneRenamed {
        /// The lane.
        id: LaneId,
        /// What it is called.
        name: String,
    },
    /// A lane is no more.
    LaneClosed(LaneId),
    /// Another run took the place of a night that nobody had saved; it can be gone on with until the program is closed.
    SetAside(Arc<Left>),
    /// What was this lane is the night that all panes show; all of it was told before. What that night was follows as a lane.
    LanePromoted(LaneId),
    /// How far the weights of a night are from those of the baseline, as [`super::Command::CompareWeights`] asked.
    LaneWeights(Arc<WeightShifts>),
    /// Something did not work; the sentence is for the person. The run stays where it was.
    Failed(String),
}

/// A run that was made ready.
#[derive(Clone, Debug)]
pub struct Opened {
    /// What is run.
    pub recipe: Recipe,
    /// What the images are called, such as "MNIST".
    pub data_title: String,
    /// Where the images come from, in a sentence.
    pub data_origin: String,
    /// Name of each class.
    pub class_names: Vec<String>,
    /// Width and height of an image in pixels.
    pub image_size: (usize, usize),
    /// Images trained on.
    pub train_images: usize,
    /// Images there are to train from.
    pub train_available: usize,
    /// Images trained on of each class; empty if they are not here.
    pub class_images: Vec<usize>,
    /// Images there are to train from of each class; empty if they are not here.
    pub class_available: Vec<usize>,
    /// Images held out for testing that are tested on: all, or a sample of them.
    pub test_images: usize,
    /// Images held out for testing.
    pub test_available: usize,
    /// Units from the inputs to the outputs.
    pub sizes: Vec<usize>,
    /// Batches from birth to the end of training.
    pub total_batches: u64,
    /// The mean of the chosen images: one intensity in `0..=1` a pixel.
    pub mean_image: Vec<f32>,
}

/// One trained batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchPoint {
    /// Number of the batch in its phase, from 0.
    pub batch: u64,
    /// Mean loss of its images.
    pub loss: f32,
    /// Share of its images that were read correctly, with dropout.
    pub accuracy: f32,
}

/// What a person wrote about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunNotes {
    /// What it is called.
    pub title: String,
    /// What is worth saying about it.
    pub text: String,
    /// Moments of the night to find again, rising.
    pub bookmarks: Vec<Bookmark>,
    /// Pictures that were drawn and pinned.
    pub drawings: Vec<Drawing>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Steps of the night that it holds.
    pub steps: u64,
}

/// A file that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// The file.
    pub path: PathBuf,
    /// What was written about it.
    pub notes: RunNotes,
}

/// The start of a night.
#[derive(Clone, Debug)]
pub struct NightStart {
    /// The parameters that the night begins with.
    pub params: NightParams,
    /// The weights before sleep, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
    /// Gain of each layer's input.
    pub alpha: Vec<f32>,
    /// Mean activity of each hidden layer for the images of each class that were trained on, awake and before sleep: one
    /// array a layer, classes x units.
    pub class_means: Vec<Array2<f32>>,
}

/// A change of the night's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct NightChange {
    /// The first step they hold for, counted from 0; 0 also before the night.
    pub step: u64,
    /// The parameters.
    pub params: NightParams,
    /// Gain of each layer's input under them; empty before the night.
    pub alpha: Vec<f32>,
}

/// The spikes of consecutive steps, step by step, within a step layer by layer, within a layer in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpikeChunk {
    /// The first step, counted from 0.
    pub first_step: u64,
    /// End of each step's spikes in `units`.
    pub ends: Vec<u32>,
    /// Numbers of the units that spiked: inputs first, then layer after layer.
    pub units: Vec<u32>,
}

/// The potentials of the watched neurons after each of consecutive steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PotentialChunk {
    /// The first step, counted from 0.
    pub first_step: u64,
    /// Layer, where 0 is the inputs, and number in the layer of each watched neuron.
    pub neurons: Vec<(usize, u32)>,
    /// Step by step, within a step neuron by neuron. A neuron that spiked is at 0.
    pub values: Vec<f32>,
}

/// A test on the held-out images.
#[derive(Clone, Debug)]
pub struct Evaluated {
    /// When.
    pub moment: Moment,
    /// What came out.
    pub evaluation: Evaluation,
}

/// How far an exact curve has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracing {
    /// Steps that are tested.
    pub steps: u64,
    /// Steps of the whole night.
    pub total: u64,
    /// Whether what each spike did is written down.
    pub with_effects: bool,
}

/// The exact accuracy after every step of the whole night, whether the run has got so far or not.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The curve.
    pub curve: ExactCurve,
    /// Whether what each spike did is in it.
    pub with_effects: bool,
    /// How long it took.
    pub took: Duration,
}

/// The images behind a cell of a confusion matrix.
#[derive(Clone, Debug)]
pub struct CellImages {
    /// Which cell.
    pub cell: Cell,
    /// When they were read.
    pub moment: Moment,
    /// Images in the cell.
    pub total: usize,
    /// The first of them, at most [`CellImages::MOST`].
    pub images: Vec<CellImage>,
}

impl CellImages {
    /// Images that are told of at most.
    pub const MOST: usize = 40;
}

/// One image behind a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct CellImage {
    /// Its number among the held-out images that are tested on.
    pub index: usize,
    /// Its grey values, row by row.
    pub pixels: Vec<u8>,
    /// What each output unit says to it.
    pub outputs: Vec<f32>,
}

/// A moment of a run. Moments are in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// After so many batches of training.
    Batch(u64),
    /// After so many steps of the night; `Step(0)` is before sleep.
    Step(u64),
    /// After so many batches of fine-tuning, at least one: before the first it is the end of the night.
    Tuned(u64),
}

/// The newest picture of the run.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Where the run stands.
    pub phase: Phase,
    /// Whether steps are being done.
    pub running: bool,
    /// Batches trained at the moment that is shown.
    pub batches: u64,
    /// Batches that are known: those beyond the moment that is shown were trained before it was gone back to.
    pub known_batches: u64,
    /// The batches whose networks are kept for going back, rising.
    pub checkpoints: Vec<u64>,
    /// Batches of fine-tuning at the moment that is shown, 0 outside of it.
    pub tuned: u64,
    /// Batches of fine-tuning that are known.
    pub known_tuned: u64,
    /// The batches of fine-tuning whose networks are kept for going back, rising.
    pub tuning_checkpoints: Vec<u64>,
    /// The memory that going back takes, in bytes: checkpoints of training and key frames of the night.
    pub memory: usize,
    /// Steps slept at the moment that is shown.
    pub steps: u64,
    /// Steps of the night that are known: those beyond the moment that is shown were done before it was gone back to.
    pub known_steps: u64,
    /// Batches or steps a second at the moment, 0 when waiting.
    pub per_second: f64,
    /// The window on the mean image that the last step showed: left, top and side in pixels.
    pub window: Option<(usize, usize, usize)>,
    /// Potential of every neuron, layer by layer, empty outside the night.
    pub potentials: Vec<Vec<f32>>,
    /// A step cut open at the unit that [`super::Command::Inspect`] asked for: the one that is shown or one not long before.
    pub anatomy: Option<Arc<Anatomy>>,
    /// The weights at some moment not long ago, if [`super::Command::WatchWeights`] asked for them; exact when waiting.
    pub weights: Option<WeightSnapshot>,
    /// What pictures are read as, if [`super::Command::JudgePictures`] asked for it; of the moment, or of one not long ago.
    pub judged: Option<Arc<Judged>>,
}

/// The weights at a moment.
#[derive(Clone, Debug)]
pub struct WeightSnapshot {
    /// Counts the snapshots: the same number is the same weights. The same step is not, for a night can be changed.
    pub number: u64,
    /// The moment.
    pub moment: Moment,
    /// Steps slept.
    pub steps: u64,
    /// The weights, layer by layer, outputs x inputs.
    pub weights: Arc<Vec<Array2<f32>>>,
}

impl PotentialChunk {
    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.values.len().checked_div(self.neurons.len()).unwrap_or(0)
    }
}

impl SpikeChunk {
    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.ends.len()
    }

    /// The units that spiked in the chunk's `index`-th step.
    pub fn step(&self, index: usize) -> &[u32] {
        let begin = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.units[begin..self.ends[index] as usize]
    }
}
