//! What a person can do without naming anything, as one table.
//!
//! Keys, tooltips, the palette and the sheet of shortcuts all read it. A new command is a variant of [`Deed`], its row
//! in [`table`] and its line in [`possible`].

pub mod keys;
mod overlay;
mod palette;
mod possible;
mod sheet;
mod table;

use std::borrow::Cow;

use egui::KeyboardShortcut;
use strum::IntoEnumIterator as _;

use super::export::{FilmFormat, PaneFormat, RunFormat};
use super::layout::Named;
use super::looks::Look;
use super::memory::MEGABYTES;
use super::panels::Pane;
use super::transport::STEP_SIZES;
use crate::experiment::{PARAMETERS, Preset, Recipe};

pub use overlay::{Outcome, Overlay};
pub use possible::Situation;

/// What a command is about: the headings of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Group {
    /// Going through the run.
    Run,
    /// Beginning something anew.
    Again,
    /// What is set.
    Settings,
    /// What is looked at.
    View,
    /// Which panes are there.
    Pane,
    /// Runs that are kept.
    Runs,
    /// What leaves the window for other programs.
    Export,
    /// Where the images come from.
    Data,
    /// The program itself.
    Program,
}

impl Group {
    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Run => "Run",
            Self::Again => "Begin anew",
            Self::Settings => "Settings",
            Self::View => "View",
            Self::Pane => "Panes",
            Self::Runs => "Saved runs",
            Self::Export => "Export",
            Self::Data => "Data",
            Self::Program => "Program",
        }
    }
}

/// Something that a person can do without naming anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumIter)]
pub enum Deed {
    /// Play, or pause.
    PlayOrPause,
    /// The chosen number of steps.
    Step,
    /// As many steps back.
    StepBack,
    /// So many steps.
    #[strum(disabled)]
    StepBy(u64),
    /// So many steps back.
    #[strum(disabled)]
    BackBy(u64),
    /// Choose how many steps one press does.
    #[strum(disabled)]
    StepSize(u64),
    /// To the start of the night.
    ToStart,
    /// To the newest step that is known.
    ToKnown,
    /// The selected span over and over.
    Loop,
    /// To the next spike of the selection.
    NextSpike,
    /// To the spike of the selection before.
    PreviousSpike,
    /// To the next change of a weight.
    NextChange,
    /// Through the step that is shown, part by part.
    SlowMotion,
    /// A lane from here with what the settings say.
    Branch,
    /// A lane without the spike of the selected neuron.
    WithoutSpike,
    /// The lane that was closed last.
    ReopenLane,
    /// Go on with the unsaved night that another run took the place of.
    BringNightBack,
    /// A saved run as a lane.
    AddRun,
    /// To waking, as fast as possible.
    ToTheEnd,
    /// Train, and wait.
    Train,
    /// Sleep until waking.
    Sleep,
    /// Go slower.
    Slower,
    /// Go faster.
    Faster,
    /// As fast as possible.
    Fastest,
    /// Another night of the trained network.
    SleepAgain,
    /// The same run from birth.
    Restart,
    /// The run with the next seed.
    NewSeed,
    /// Take the last change back.
    Undo,
    /// Do what was taken back.
    Redo,
    /// Run what the settings say.
    Apply,
    /// The night goes on with what the settings say.
    ChangeNight,
    /// Run the night again with every change of it, or no longer.
    LiveRerun,
    /// The night goes on with what holds at the moment that is shown.
    KeepNight,
    /// The settings of the present run.
    Revert,
    /// Make the map of nights, or call it off.
    MapNights,
    /// The settings of the highest cell of the map of nights.
    UseHighest,
    /// Go to a value of the settings: its path, and the layer for those with one value a layer.
    #[strum(disabled)]
    Value(&'static str, usize),
    /// Take all settings from a preset.
    #[strum(disabled)]
    Preset(&'static str),
    /// Show another layout.
    #[strum(disabled)]
    Layout(Named),
    /// The panes of the layout back to their places.
    DefaultLayout,
    /// Show a pane, or take it away.
    #[strum(disabled)]
    Pane(Pane),
    /// Select nothing.
    ClearSelection,
    /// Show the settings, or hide them.
    ToggleSettings,
    /// Fill the room with a pane, or go back to all.
    #[strum(disabled)]
    Enlarge(Pane),
    /// Choose a theme.
    #[strum(disabled)]
    Theme(Look),
    /// Choose the memory for going back, in megabytes.
    #[strum(disabled)]
    Memory(u32),
    /// Everything larger.
    Larger,
    /// Everything smaller.
    Smaller,
    /// Everything at its own size.
    NormalSize,
    /// Open or close the window of saved runs.
    Runs,
    /// The experiments of many trials.
    Experiments,
    /// Write the run to its file.
    SaveRun,
    /// Choose the file to write the run to.
    SaveRunAs,
    /// Choose a recorded run to open.
    OpenRun,
    /// A bookmark at the moment that is shown, or none.
    Bookmark,
    /// Write a pane to a file.
    #[strum(disabled)]
    ExportPane(Pane, PaneFormat),
    /// Write the whole run for other programs.
    #[strum(disabled)]
    ExportRun(RunFormat),
    /// Draw the selected span.
    #[strum(disabled)]
    ExportSpan(FilmFormat),
    /// Ask for a folder of images.
    BrowseFolder,
    /// Fetch the full set that is chosen.
    Download,
    /// Stop fetching it.
    StopDownload,
    /// The list of commands.
    Palette,
    /// The sheet of shortcuts.
    Sheet,
    /// What did not work has been read.
    Dismiss,
}

/// What the table says of a command.
pub struct Row {
    /// What it is about.
    pub group: Group,
    /// What it is called.
    pub name: Cow<'static, str>,
    /// What it does, in a sentence.
    pub help: Cow<'static, str>,
    /// The keys that do it; the first is the one that is shown.
    pub keys: &'static [KeyboardShortcut],
}

impl Deed {
    /// Every command there is, with these presets and the values of this recipe, group after group.
    pub fn all(presets: &[Preset], draft: &Recipe) -> Vec<Self> {
        let mut deeds: Vec<Self> = Self::iter().collect();
        for steps in STEP_SIZES {
            deeds.extend([Self::StepBy(steps), Self::BackBy(steps), Self::StepSize(steps)]);
        }
        deeds.extend(PARAMETERS.iter().flat_map(|parameter| {
            let layers = parameter.values(draft).len();
            (0..layers).map(|layer| Self::Value(parameter.path, layer))
        }));
        deeds.extend(presets.iter().map(|preset| Self::Preset(preset.id)));
        deeds.extend(Named::iter().map(Self::Layout));
        deeds.extend(Look::iter().map(Self::Theme));
        deeds.extend(MEGABYTES.map(Self::Memory));
        deeds.extend(Pane::iter().map(Self::Pane));
        deeds.extend(Pane::iter().map(Self::Enlarge));
        deeds.extend(Pane::iter().flat_map(|pane| {
            let formats = PaneFormat::iter().filter(move |format| *format != PaneFormat::Svg || pane.is_plot());
            formats.map(move |format| Self::ExportPane(pane, format))
        }));
        deeds.extend(RunFormat::iter().map(Self::ExportRun));
        deeds.extend(FilmFormat::iter().map(Self::ExportSpan));
        let place = |deed: &Self| Group::iter().position(|group| group == deed.row().group);
        deeds.sort_by_key(place);
        deeds
    }

    /// A sentence with the key behind it: "Stop before the next step (Space)".
    pub fn hint(self, sentence: &str) -> String {
        match self.row().keys.first() {
            Some(key) => format!("{sentence} ({})", keys::words(*key)),
            None => sentence.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a key that two commands fight for, and two commands of one name in a group.
    #[test]
    fn every_key_and_every_name_is_given_once() {
        let presets = presets();
        let deeds = Deed::all(&presets, &presets[0].recipe);
        let mut keys = std::collections::BTreeSet::new();
        let mut names = std::collections::BTreeSet::new();
        for deed in &deeds {
            let row = deed.row();
            for key in row.keys {
                assert!(keys.insert(keys::words(*key)), "{} {}", row.name, keys::words(*key));
            }
            assert!(names.insert((row.group.title(), row.name.to_string())), "{}", row.name);
            assert!(row.help.len() > row.name.len(), "{} says nothing more", row.name);
        }
        assert!(keys.len() > 20 && deeds.len() > 60);
    }
}
