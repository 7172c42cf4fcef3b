//! What a person can do, as data.
//!
//! Buttons, keys and panels only push actions; the shell carries them out once a frame, outside painting.

use std::ops::Range;
use std::path::PathBuf;

use super::experiments::ExperimentsAction;
use super::export::Wish;
use super::layout::Named;
use super::looks::Looks;
use super::panels::Pane;
use super::selection::{Neuron, Synapse};
use crate::data::Set;
use crate::sim::night::Spike;
use crate::worker::{Cell, Goal, LaneId, Moment, Stop};

/// What a person can do.
#[derive(Clone, Debug, PartialEq)]
pub enum UiAction {
    /// Go on to the given goal at the chosen speed.
    Play(Goal),
    /// Stop before the next step.
    Pause,
    /// Do the chosen number of steps.
    Step,
    /// Do so many steps.
    StepBy(u64),
    /// Go on to waking as fast as the machine can.
    ToTheEnd,
    /// Open the window of saved runs, or close it.
    ToggleRuns,
    /// Do something about experiments of many trials.
    Experiments(ExperimentsAction),
    /// Write the run to its file, or to a new one.
    SaveRun,
    /// Write the run to this file, which is its own from then on.
    SaveRunTo(PathBuf),
    /// Ask for the file to write the run to.
    SaveRunAs,
    /// Ask for a recorded run to open.
    BrowseRuns,
    /// Open a recorded run.
    OpenRun(PathBuf),
    /// Write something for other programs.
    Export(Wish),
    /// Say that a file was written for other programs.
    NoteExported(PathBuf),
    /// Set what the recipe in a file says.
    OpenRecipe(PathBuf),
    /// Go on with the unsaved night that another run took the place of.
    BringNightBack,
    /// It has been read that there is one.
    DismissAside,
    /// Go on with the night that a program left which ended without being closed.
    GoOnWithLeft,
    /// Throw that night away.
    DiscardLeft,
    /// A bookmark at the moment that is shown, or none any more.
    ToggleBookmark,
    /// Go to a step of the night, back or forth.
    Seek(u64),
    /// Go to the network after so many batches of training, as far as it is known.
    SeekBatch(u64),
    /// Go to the network after so many batches of fine-tuning.
    SeekTuned(u64),
    /// Go to the newest moment that is known, and play on if that was left while it played.
    FollowLive,
    /// Play the selected span over and over, or no longer.
    ToggleLoop,
    /// Choose the memory that going back may take, in megabytes.
    SetMemory(u32),
    /// Do something with nights that stand side by side.
    Lane(LaneAction),
    /// Go on in the night as fast as possible until something happens.
    PlayUntil(Stop),
    /// Go as many steps of the night back as "Step" does forth.
    StepBack,
    /// Go on to where a selected neuron spikes next.
    NextSpike,
    /// Go back to where a selected neuron spiked before.
    PreviousSpike,
    /// Go on to where a weight changes next.
    NextChange,
    /// Walk through the step that is shown in its parts, or end that.
    ToggleSlowMotion,
    /// Wait in the night whenever this happens.
    AddBreakpoint(Stop),
    /// Heed the breakpoint of this number in the list, or heed it no longer.
    ToggleBreakpoint(usize),
    /// Take the breakpoint of this number in the list away.
    RemoveBreakpoint(usize),
    /// Say something to the person.
    Tell(String),
    /// What the window said about the moment that is shown has been read.
    DismissNotice,
    /// Choose the number of steps that one press of "Step" does.
    SetStepSize(u64),
    /// Choose the speed, in steps a second; [`super::transport::FASTEST`] or more is as fast as possible.
    SetSpeed(f64),
    /// The same run from birth.
    Restart,
    /// Another night for the network that was trained.
    SleepAgain,
    /// The same run with the next seed.
    NewSeed,
    /// Run what the settings say, keeping the trained network if they allow it.
    Apply,
    /// The night goes on with what the settings say, from its next step on.
    ChangeNight,
    /// The night goes on with what holds at the moment that is shown; later changes are taken back.
    KeepNight,
    /// Look for thresholds at which this share of each layer spikes in a step.
    FindThresholds(Vec<f64>),
    /// Call that off.
    StopFinding,
    /// Run the night again whenever one of its parameters is changed, or no longer.
    SetLive(bool),
    /// Put the settings back to what is being run.
    Revert,
    /// Take the last change of a setting or of the layout back.
    Undo,
    /// Do once more what was taken back.
    Redo,
    /// Give the keyboard to a value of the settings: its path, and the layer for those with one value a layer.
    EditValue(&'static str, usize),
    /// Take all settings from a preset.
    ChoosePreset(&'static str),
    /// Take the images from this folder.
    UseFolder(PathBuf),
    /// Ask for a folder.
    BrowseFolder,
    /// Download a full set.
    Download(Set),
    /// Stop the download.
    StopDownload,
    /// Find the exact accuracy after every step of the night, and what each spike did to it.
    TraceCurve {
        /// Whether what each spike did is wanted.
        with_effects: bool,
    },
    /// The exact accuracy is not wanted any more.
    StopTracing,
    /// Do something with the map of nights.
    Map(MapAction),
    /// Show the images behind a cell of a confusion matrix.
    ShowCell(Cell),
    /// Show them no longer.
    CloseImages,
    /// Tell one of the held-out images, by its number.
    ShowHeldOut(usize),
    /// Read a PNG to probe the network with.
    OpenPicture(PathBuf),
    /// Ask for a PNG.
    BrowsePicture,
    /// Show another layout.
    ChooseLayout(Named),
    /// Put every pane of the layout back to its place.
    DefaultLayout,
    /// Take a pane away.
    ClosePane(Pane),
    /// Add a pane.
    AddPane(Pane),
    /// Select a neuron and no other.
    Select(Neuron),
    /// Add a neuron to the selection, or take it away.
    ToggleSelected(Neuron),
    /// Select nothing.
    ClearSelection,
    /// Look at the course of a synapse.
    PickSynapse(Synapse),
    /// Light these units in every pane, as long as it is asked for anew with each picture.
    Light(Vec<Neuron>),
    /// Show a layer alone in the pane of the spikes; 0 is the inputs.
    ShowLayer(usize),
    /// Select these steps of the night, from the first to the one before the end, or no span of it.
    SelectSpan(Option<Range<u64>>),
    /// Fill the room of the panes with one of them, or go back to all.
    EnlargePane(Pane),
    /// Show the settings, or hide them.
    ToggleSettings,
    /// Choose the theme and the scale.
    ChooseLooks(Looks),
    /// Show every command by its name.
    OpenPalette,
    /// Show every shortcut.
    OpenSheet,
    /// The sentence about what did not work has been read.
    DismissFailure,
}

impl UiAction {
    /// Goes to a moment.
    pub fn go_to(moment: Moment) -> Self {
        match moment {
            Moment::Batch(batch) => Self::SeekBatch(batch),
            Moment::Step(step) => Self::Seek(step),
            Moment::Tuned(batch) => Self::SeekTuned(batch),
        }
    }
}

/// What a person can do with nights that stand side by side.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneAction {
    /// A lane that goes on from the moment that is shown with what the settings say.
    Branch,
    /// A lane in which this spike does not happen.
    Without(Spike),
    /// Ask for a saved run to take in as a lane.
    Browse,
    /// Take a saved run in as a lane.
    Add(PathBuf),
    /// Make a lane the night that all panes show.
    Promote(LaneId),
    /// Call a lane something else.
    Rename(LaneId, String),
    /// A lane goes on from where it left the night with what the settings say.
    TakeSettings(LaneId),
    /// Take a lane away.
    Close(LaneId),
    /// Bring the lane back that was taken away last.
    Reopen,
    /// It has been read that a lane was taken away.
    DismissClosed,
}

/// What a person can do with the map of nights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapAction {
    /// Make the one that is chosen in its pane, which is shown for it.
    Make,
    /// Call it off.
    Stop,
    /// Put the values of a cell into the settings.
    Use(usize),
}

impl From<MapAction> for UiAction {
    fn from(action: MapAction) -> Self {
        Self::Map(action)
    }
}

/// The actions pushed in one frame.
pub type Actions = Vec<UiAction>;
