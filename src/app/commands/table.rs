//! The rows of the table: group, name, sentence and keys of every command.

mod run;
mod window;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Deed, Group, Row};

/// A key by itself.
const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// A key with Shift.
const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

/// A key with Ctrl, or with Cmd on a Mac.
const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// A key with Ctrl (Cmd on a Mac) and Shift.
const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

/// A row of words that are always the same.
fn row(group: Group, name: &'static str, help: &'static str, keys: &'static [KeyboardShortcut]) -> Row {
    Row {
        group,
        name: name.into(),
        help: help.into(),
        keys,
    }
}

/// A title as it stands within a name: "Picture" becomes "picture".
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl Deed {
    /// What the table says of it.
    pub fn row(self) -> Row {
        match self {
            Self::PlayOrPause
            | Self::Step
            | Self::StepBack
            | Self::StepBy(_)
            | Self::BackBy(_)
            | Self::StepSize(_)
            | Self::ToStart
            | Self::ToKnown
            | Self::NextSpike
            | Self::PreviousSpike
            | Self::NextChange
            | Self::SlowMotion
            | Self::ToTheEnd
            | Self::Train
            | Self::Sleep
            | Self::Slower
            | Self::Faster
            | Self::Fastest => self.run_row(),
            Self::Branch | Self::WithoutSpike | Self::ReopenLane | Self::BringNightBack => self.lane_row(),
            Self::Loop => row(
                Group::Run,
                "Loop the span",
                "Play the brushed span over and over, or no longer",
                &const { [key(Key::L)] },
            ),
            Self::SleepAgain => row(
                Group::Again,
                "Sleep again",
                "Another night. Keeps the trained network and the seed: with the same settings it is the same night",
                &const { [ctrl_shift(Key::S)] },
            ),
            Self::Restart => row(
                Group::Again,
                "Restart",
                "Back to the newborn network. Keeps the seed and all settings: it becomes the very same run",
                &const { [ctrl_shift(Key::R)] },
            ),
            Self::NewSeed => row(
                Group::Again,
                "New seed",
                "Begins a new run with the next seed: other images, weights and noise. Keeps all other settings",
                &const { [ctrl_shift(Key::N)] },
            ),
            Self::Undo
            | Self::Redo
            | Self::Apply
            | Self::ChangeNight
            | Self::LiveRerun
            | Self::KeepNight
            | Self::Revert
            | Self::MapNights
            | Self::UseHighest
            | Self::Value(..)
            | Self::Preset(_) => self.settings_row(),
            Self::Layout(_)
            | Self::DefaultLayout
            | Self::Pane(_)
            | Self::Enlarge(_)
            | Self::ClearSelection
            | Self::ToggleSettings
            | Self::Theme(_)
            | Self::Memory(_)
            | Self::Larger
            | Self::Smaller
            | Self::NormalSize => self.view_row(),
            Self::Runs
            | Self::Experiments
            | Self::SaveRun
            | Self::SaveRunAs
            | Self::OpenRun
            | Self::AddRun
            | Self::ExportPane(..)
            | Self::ExportRun(_)
            | Self::ExportSpan(_)
            | Self::Bookmark => self.kept_row(),
            Self::BrowseFolder | Self::Download | Self::StopDownload => self.data_row(),
            Self::Palette => row(
                Group::Program,
                "Commands",
                "Every command by its name, with its shortcut",
                &const { [ctrl(Key::K), ctrl(Key::P)] },
            ),
            Self::Sheet => row(
                Group::Program,
                "Shortcuts",
                "Every key, and what the mouse does in the panes",
                &const { [key(Key::F1), key(Key::Questionmark)] },
            ),
            Self::Dismiss => row(
                Group::Program,
                "Dismiss the message",
                "The sentence about what did not work has been read",
                &[],
            ),
        }
    }

    /// The rows about images.
    fn data_row(self) -> Row {
        match self {
            Self::BrowseFolder => row(
                Group::Data,
                "Choose a folder …",
                "Take the images from a folder with IDX files; a folder can also be dropped on the window",
                &const { [ctrl(Key::O)] },
            ),
            Self::Download => row(
                Group::Data,
                "Download the full set",
                "Fetch all images of the chosen set from a public mirror into your data folder",
                &[],
            ),
            _ => row(
                Group::Data,
                "Stop the download",
                "Stop the download; what has arrived is kept",
                &[],
            ),
        }
    }

    /// The rows about runs that are kept.
    fn kept_row(self) -> Row {
        let kept = |name: &'static str, help: &'static str, keys| row(Group::Runs, name, help, keys);
        match self {
            Self::SaveRun => kept(
                "Save the run",
                "Write the whole night to its file, or to a new one in your folder of runs",
                &const { [ctrl(Key::S)] },
            ),
            Self::SaveRunAs => kept("Save the run as …", "Choose the file to write the whole night to", &[]),
            Self::OpenRun => kept(
                "Open a run …",
                "Choose a recorded run and stand where it stood; a file can also be dropped on the window",
                &const { [ctrl_shift(Key::O)] },
            ),
            Self::AddRun => kept(
                "Compare with a saved run …",
                "Choose a recorded run and take it in as a lane, with its own data and weights",
                &[],
            ),
            Self::Experiments => kept(
                "Show or hide experiments",
                "Experiments of many trials: the published ones, run here, with means and intervals",
                &const { [key(Key::X)] },
            ),
            Self::Bookmark => kept(
                "Mark this moment",
                "A bookmark at the step that is shown; once more takes it away",
                &const { [key(Key::B)] },
            ),
            Self::ExportPane(pane, format) => Row {
                group: Group::Export,
                name: format!("{}: {}", pane.title(), lower(format.title())).into(),
                help: format.help().into(),
                keys: &[],
            },
            Self::ExportSpan(format) => row(Group::Export, format.title(), format.help(), &[]),
            Self::ExportRun(format) => row(Group::Export, format.title(), format.help(), &[]),
            _ => kept(
                "Show or hide saved runs",
                "This run with its notes and bookmarks, and the runs that were kept",
                &const { [key(Key::R)] },
            ),
        }
    }
}
