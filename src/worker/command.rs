//! What the worker can be told.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use super::event::RunNotes;
use super::lane::{Branching, LaneId, Which};
use super::probe::{ProbePicture, Stress};
use super::stop::Stop;
use crate::experiment::{NightGrid, Recipe, Rival};
use crate::run::{Left, Slot};
use crate::sim::night::NightParams;
use crate::sim::train::TrainParams;

/// What the worker can be told. Commands are carried out between two steps, in the order they were sent.
#[derive(Clone, Debug)]
pub enum Command {
    /// Throw the present run away and make ready for this recipe.
    Open {
        /// What to run.
        recipe: Box<Recipe>,
        /// Where to begin.
        from: Start,
    },
    /// Go on until the given phase is reached.
    Play(Goal),
    /// Stop before the next step.
    Pause,
    /// Do this many batches (in training) or steps (in the night), then pause. Begins the night if training is over.
    Step(u64),
    /// Go to this step of the night, back or forth, as fast as possible, and wait there; at most to its end. What is known
    /// beyond it stays known. Without meaning before the night.
    Seek(u64),
    /// Go back to the network after so many batches of training, or on to it as far as it is known, as fast as possible, and wait
    /// there: from the nearest checkpoint, batch by batch. A night that is known stays known; [`Command::Seek`] goes back to it,
    /// and so does training to its end. Needs the images.
    SeekBatch(u64),
    /// Go to the network after so many batches of fine-tuning, back or forth, as fast as possible, and wait there; what is known
    /// beyond it stays known. Needs the images, and a night that is known to its end.
    SeekTuned(u64),
    /// The run is fine-tuned with these parameters, or not at all. Nothing of the night changes; a run that stood in fine-tuning
    /// stands at the end of the night.
    SetFineTuning(Option<Box<TrainParams>>),
    /// Go on in the night as fast as possible until this happens or the night is over, then wait.
    PlayUntil(Stop),
    /// While it plays in the night, go back to the first of these moments whenever the last of them is reached, and begin there if it
    /// stands outside of them; or no longer. As steps slept: both ends can be stood at.
    Loop(Option<Range<u64>>),
    /// The memory that going back may take, in bytes: the checkpoints of training and the key frames of the night, which thin out to
    /// it. Each lane may take a part of it more. Changes nothing in the run.
    SetMemory(usize),
    /// Wait whenever one of these happens in the night, however it is being played. Replaces those set before.
    SetBreakpoints(Vec<Stop>),
    /// The night goes on with these parameters from its next step; what was known beyond this moment is forgotten. Before the
    /// night, it will have them.
    ChangeNight(Box<NightParams>),
    /// The night is run again from its start with these parameters, as fast as possible, to the step where it stands. An
    /// estimate of the accuracy is told first, then the exact one. Before the night, it will have them.
    Rerun(Box<NightParams>),
    /// Write the run to a file, as it is now; it goes on meanwhile. Answered by [`super::Event::Saved`].
    Save {
        /// Where to; replaced if it is there.
        path: PathBuf,
        /// What the person calls it, and wrote about it.
        notes: Box<RunNotes>,
    },
    /// Write the run for other programs, as NPZ or safetensors by the ending of the name; it goes on meanwhile. Answered by
    /// [`super::Event::Exported`].
    Export {
        /// Where to; replaced if it is there.
        path: PathBuf,
        /// What the person calls it, and wrote about it.
        notes: Box<RunNotes>,
    },
    /// Write the run to a file for somebody else to look at, as it is now; it is not saved by that. Answered by
    /// [`super::Event::Copied`].
    Copy {
        /// Where to; replaced if it is there.
        path: PathBuf,
        /// What the person calls it, and wrote about it.
        notes: Box<RunNotes>,
    },
    /// Throw the present run away and stand where a recorded one stood.
    OpenRecording(PathBuf),
    /// Make a lane that leaves the present night and goes on differently with the same noise, to its end; without meaning before
    /// the night. Answered by [`super::Event::LaneOpened`]. Changes nothing in the run.
    Branch(Box<Branching>),
    /// Take a recorded run in as a lane, with its own data and weights. Changes nothing in the run.
    AddRun(PathBuf),
    /// Take a lane away.
    CloseLane(LaneId),
    /// Bring the lane back that was taken away last. A few are kept, as long as their run is open.
    ReopenLane,
    /// A lane goes on from where it left the night with these parameters. Answered by [`super::Event::LaneOpened`] again: what was
    /// told of the lane is void.
    ChangeLane(LaneId, Box<NightParams>),
    /// Call a lane something else.
    RenameLane(LaneId, String),
    /// A lane that left this run's night becomes the night that all panes show, at the step where it stands, and the night becomes
    /// a lane. Waits there.
    PromoteLane(LaneId),
    /// Compare the weights of all lanes and of the present night with those of one of them, or no longer. Changes nothing in the
    /// run.
    CompareWeights(Option<Which>),
    /// Look for thresholds at which the wanted share of each layer's neurons spikes in a step, for a night of these parameters
    /// from its start. [`super::Event::Thresholds`] tells what came of it; another search is called off. For a trained network;
    /// changes nothing in the run.
    FindThresholds {
        /// The parameters; their thresholds are where the search begins.
        params: Box<NightParams>,
        /// The wanted share of each layer after the inputs, above 0 and at most 1.
        wanted: Vec<f64>,
    },
    /// Call the search for thresholds off.
    StopFinding,
    /// Go through a whole night for each cell of a grid, coarse to fine, from the network that falls asleep, and tell what each
    /// would do to the validation images: [`super::Event::Mapped`]. Another map is called off. For a trained network; changes
    /// nothing in the run.
    MapNights(Box<NightGrid>),
    /// Call the map of nights off.
    StopMapping,
    /// Whether somebody looks at which images are used for what: [`super::Event::ImagesUsed`] tells it. Changes nothing in the run.
    ListImages(bool),
    /// How fast batches and steps follow each other.
    SetSpeed(Speed),
    /// Whether anybody looks at the weights: snapshots are made only then. Changes nothing in the run.
    WatchWeights(bool),
    /// Whose potentials are recorded from the next step on: (layer, number in the layer), where layer 0 is the inputs, which
    /// have none and are left out, as is everything beyond [`super::MAX_WATCHED`]. Changes nothing in the run.
    WatchPotentials(Vec<(usize, u32)>),
    /// Which unit is looked at closely from now on, as (layer, number in the layer), where layer 0 is the inputs: the frames
    /// have the step that is shown, cut open at it, as soon as it is made again. Changes nothing in the run.
    Inspect(Option<(usize, u32)>),
    /// Tell which images are behind a cell of the confusion matrix. Changes nothing in the run.
    ShowCell(Cell),
    /// Go through the whole night once more on the side, and tell the exact accuracy after every step and, if wanted, what each
    /// spike did to it. Answered by [`super::Event::Traced`]. Takes the place of an earlier wish of the kind. Without meaning
    /// before the night. Changes nothing in the run.
    TraceCurve {
        /// Whether what each spike did is wanted.
        with_effects: bool,
    },
    /// The exact curve is not wanted any more.
    StopTracing,
    /// Tell what these pictures are read as, now, before sleep and all along the night, until others are named. Replaces
    /// those named before; beyond [`super::MAX_PICTURES`] they are left out, as are those that are not as large as the images.
    /// Changes nothing in the run.
    JudgePictures(Vec<ProbePicture>),
    /// Tell one of the held-out images, by its number. Changes nothing in the run.
    ShowHeldOut(usize),
    /// Tell what the network can do under harder conditions, again and again while it changes, until others are named or
    /// none. Changes nothing in the run.
    Stress(Option<Box<Stress>>),
    /// From now on, whenever the run waits in its night, test what these make of the network; none if the list is empty. Changes
    /// nothing in the run.
    Control(Vec<Rival>),
    /// From now on the night is kept safe there, until [`Command::Shutdown`]: after falling asleep, now and then while it goes
    /// on, and when it waits. Changes nothing in the run.
    KeepSafe(Arc<Slot>),
    /// Throw the present run away and stand where the night stood that a program left which ended without being closed.
    TakeUp(Arc<Left>),
    /// What the person calls the run and wrote about it, to be kept safe with it. Changes nothing in the run.
    Note(Box<RunNotes>),
    /// End the thread.
    Shutdown,
}

impl Command {
    /// Whether it cannot wait for a long calculation to end: it says where to stand, or which run.
    pub(super) fn is_urgent(&self) -> bool {
        matches!(
            self,
            Self::Open { .. }
                | Self::OpenRecording(_)
                | Self::TakeUp(_)
                | Self::Pause
                | Self::Seek(_)
                | Self::SeekBatch(_)
                | Self::SeekTuned(_)
                | Self::Rerun(_)
                | Self::Branch(_)
                | Self::PromoteLane(_)
                | Self::Shutdown
        )
    }
}

/// A cell of a confusion matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The class that the images show.
    pub truth: usize,
    /// The class that they are read as.
    pub read: usize,
    /// Whether they are read by the network that fell asleep, not by that of the moment.
    pub before_sleep: bool,
}

/// Where a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With a newborn network.
    Newborn,
    /// With the network as training left it, if the recipe's data, network, training and seed are those of the present
    /// run; with a newborn network otherwise.
    Trained,
}

/// How far [`Command::Play`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To the end of training.
    Trained,
    /// To the end of the night.
    Woken,
    /// To the end of the run: through fine-tuning, if there is one.
    Tuned,
}

/// How fast batches and steps follow each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    /// This many a second.
    PerSecond(f64),
    /// As fast as the machine can.
    Unlimited,
}
