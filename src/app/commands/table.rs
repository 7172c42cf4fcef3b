//! The rows of the table: group, name, sentence and keys of every command.

use std::borrow::Cow;

use egui::{Key, KeyboardShortcut, Modifiers};

use super::{Deed, Group, Row};
use crate::app::layout::Named;
use crate::app::text::counted;
use crate::experiment::{Access, find_preset, parameter};

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
            Self::Branch | Self::WithoutSpike => self.lane_row(),
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
            | Self::Value(..)
            | Self::Preset(_) => self.settings_row(),
            Self::Layout(_)
            | Self::DefaultLayout
            | Self::Pane(_)
            | Self::Enlarge(_)
            | Self::ClearSelection
            | Self::ToggleSettings
            | Self::Theme(_)
            | Self::Larger
            | Self::Smaller
            | Self::NormalSize => self.view_row(),
            Self::Runs
            | Self::SaveRun
            | Self::SaveRunAs
            | Self::OpenRun
            | Self::AddRun
            | Self::ExportPane(..)
            | Self::ExportRun(_)
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

    /// The rows about nights that leave the night.
    fn lane_row(self) -> Row {
        match self {
            Self::WithoutSpike => row(
                Group::Run,
                "Without this one spike",
                "A lane in which the selected neuron does not spike in the step that is shown, and the same noise",
                &const { [shift(Key::W)] },
            ),
            _ => row(
                Group::Run,
                "Branch here",
                "A lane that goes on from this moment with what the settings say, and the same noise",
                &const { [shift(Key::B)] },
            ),
        }
    }

    /// The rows about going through the run.
    fn run_row(self) -> Row {
        let run = |name: &'static str, help: &'static str, keys| row(Group::Run, name, help, keys);
        match self {
            Self::Step => run(
                "Step",
                "As many steps as are chosen beside the button; batches while it trains",
                &const { [key(Key::ArrowRight)] },
            ),
            Self::StepBack => run(
                "Step back",
                "As many steps of the night back as one press of \"Step\" does",
                &const { [key(Key::ArrowLeft)] },
            ),
            Self::StepBy(steps) => Row {
                group: Group::Run,
                name: format!("Step by {steps}").into(),
                help: format!("{} on, then wait", counted(steps, "step")).into(),
                keys: match steps {
                    10 => &const { [shift(Key::ArrowRight)] },
                    100 => &const { [ctrl(Key::ArrowRight)] },
                    1000 => &const { [ctrl_shift(Key::ArrowRight)] },
                    _ => &[],
                },
            },
            Self::BackBy(steps) => Row {
                group: Group::Run,
                name: format!("Back by {steps}").into(),
                help: format!("{} of the night back", counted(steps, "step")).into(),
                keys: match steps {
                    10 => &const { [shift(Key::ArrowLeft)] },
                    100 => &const { [ctrl(Key::ArrowLeft)] },
                    1000 => &const { [ctrl_shift(Key::ArrowLeft)] },
                    _ => &[],
                },
            },
            Self::StepSize(steps) => Row {
                group: Group::Run,
                name: format!("Step size {steps}").into(),
                help: format!("One press of \"Step\" does {}", counted(steps, "step")).into(),
                keys: &[],
            },
            Self::ToStart => run(
                "To the start of the night",
                "Back to the step at which the network fell asleep",
                &const { [key(Key::Home)] },
            ),
            Self::ToKnown => run(
                "To the newest step",
                "On to the last step of the night that is known",
                &const { [key(Key::End)] },
            ),
            Self::NextSpike => run(
                "Next spike",
                "On to where a selected neuron spikes next, as fast as possible",
                &const { [key(Key::N)] },
            ),
            Self::PreviousSpike => run(
                "Previous spike",
                "Back to where a selected neuron spiked before",
                &const { [shift(Key::N)] },
            ),
            Self::NextChange => run(
                "Next weight change",
                "On to where a neuron spikes next and so changes its weights",
                &const { [key(Key::W)] },
            ),
            Self::SlowMotion => run(
                "Slow motion",
                "Walk through the step that is shown in its parts, from the input to the reset",
                &const { [key(Key::M)] },
            ),
            Self::ToTheEnd => run(
                "To the end",
                "Go on to waking as fast as the machine can",
                &const { [ctrl(Key::End)] },
            ),
            Self::Train => run(
                "Train",
                "Train to the end, then wait: the network stays awake",
                &const { [ctrl(Key::T)] },
            ),
            Self::Sleep => run(
                "Sleep",
                "Put the trained network to sleep until it wakes",
                &const { [ctrl(Key::L)] },
            ),
            Self::Slower => run("Slower", "Half the speed", &const { [key(Key::Minus)] }),
            Self::Faster => run(
                "Faster",
                "Twice the speed",
                &const { [key(Key::Plus), key(Key::Equals)] },
            ),
            Self::Fastest => run("Fastest", "As fast as possible, whatever is drawn", &[]),
            _ => run(
                "Play or pause",
                "Train, sleep and wake at the chosen speed, or stop before the next step",
                &const { [key(Key::Space)] },
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
            Self::ExportRun(format) => row(Group::Export, format.title(), format.help(), &[]),
            _ => kept(
                "Show or hide saved runs",
                "This run with its notes and bookmarks, and the runs that were kept",
                &const { [key(Key::R)] },
            ),
        }
    }

    /// The rows about what is set.
    fn settings_row(self) -> Row {
        let settings = |name: &'static str, help: &'static str, keys| row(Group::Settings, name, help, keys);
        match self {
            Self::Redo => settings(
                "Redo",
                "Do the change of a setting or of the layout that was taken back once more",
                &const { [ctrl_shift(Key::Z), ctrl(Key::Y)] },
            ),
            Self::Apply => settings(
                "Apply the settings",
                "Run what the settings say, keeping the trained network where they allow it",
                &const { [ctrl(Key::Enter)] },
            ),
            Self::ChangeNight => settings(
                "Change the night from here on",
                "The night goes on with what the settings say, from its next step on",
                &const { [ctrl_shift(Key::Enter)] },
            ),
            Self::LiveRerun => settings(
                "Live re-run",
                "Run the night again with every change of it, or no longer",
                &const { [ctrl_shift(Key::L)] },
            ),
            Self::KeepNight => settings(
                "Leave the night so to the end",
                "The night goes on with what holds at the moment that is shown; later changes are taken back",
                &[],
            ),
            Self::Revert => settings("Revert the settings", "Back to the settings of the present run", &[]),
            Self::Value(path, layer) => value_row(path, layer),
            Self::Preset(id) => {
                let recipe = find_preset(id).map(|preset| preset.recipe);
                let (name, note) = recipe.map_or_else(Default::default, |recipe| (recipe.name, recipe.note));
                Row {
                    group: Group::Settings,
                    name: format!("Preset {name}").into(),
                    help: format!("Take all settings from this preset. {note}").into(),
                    keys: &[],
                }
            }
            _ => settings(
                "Undo",
                "Take the last change of a setting or of the layout back",
                &const { [ctrl(Key::Z)] },
            ),
        }
    }

    /// The rows about what is looked at.
    fn view_row(self) -> Row {
        match self {
            Self::Layout(named) => Row {
                group: Group::View,
                name: format!("Layout {}", named.title()).into(),
                help: named.help().into(),
                keys: layout_keys(named),
            },
            Self::Pane(pane) => Row {
                group: Group::Pane,
                name: format!("Show or hide {}", pane.title()).into(),
                help: pane.help().into(),
                keys: &[],
            },
            Self::ClearSelection => row(
                Group::View,
                "Clear the selection",
                "No neuron is looked at any longer",
                &const { [key(Key::Escape)] },
            ),
            Self::Enlarge(pane) => Row {
                group: Group::Pane,
                name: format!("Enlarge or shrink {}", pane.title()).into(),
                help: format!("Fill the room of the panes with {}, or go back to all", pane.title()).into(),
                keys: &[],
            },
            Self::Theme(look) => Row {
                group: Group::View,
                name: format!("Theme: {}", look.title()).into(),
                help: look.help().into(),
                keys: &[],
            },
            Self::ToggleSettings => row(
                Group::View,
                "Show or hide the settings",
                "The settings stand left of the panes",
                &const { [ctrl(Key::B)] },
            ),
            Self::Larger => row(
                Group::View,
                "Larger",
                "Everything larger, letters and lines",
                &const { [ctrl(Key::Plus), ctrl(Key::Equals)] },
            ),
            Self::Smaller => row(
                Group::View,
                "Smaller",
                "Everything smaller, letters and lines",
                &const { [ctrl(Key::Minus)] },
            ),
            Self::NormalSize => row(
                Group::View,
                "Normal size",
                "Everything at 100 % of its size",
                &const { [ctrl(Key::Num0)] },
            ),
            _ => row(
                Group::View,
                "Default layout",
                "Put every pane of this layout back to its place",
                &const { [ctrl_shift(Key::D)] },
            ),
        }
    }
}

/// A value of the settings, by the name it has there.
fn value_row(path: &'static str, layer: usize) -> Row {
    let (label, help): (Cow<'_, str>, &str) = match parameter(path) {
        Some(parameter) if matches!(parameter.access, Access::Layers(_)) => {
            (format!("{} {}", parameter.label, layer + 1).into(), parameter.help)
        }
        Some(parameter) => (parameter.label.into(), parameter.help),
        None => (path.into(), ""),
    };
    Row {
        group: Group::Settings,
        name: format!("Set {} …", lower_first(&label)).into(),
        help: help.into(),
        keys: &[],
    }
}

/// The words with a small first letter, as inside a sentence.
fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase);
    first.chain(letters.clone()).collect()
}

/// Ctrl and the place of a layout in the menu.
fn layout_keys(named: Named) -> &'static [KeyboardShortcut] {
    use strum::IntoEnumIterator as _;
    static DIGITS: [KeyboardShortcut; 9] = [
        ctrl(Key::Num1),
        ctrl(Key::Num2),
        ctrl(Key::Num3),
        ctrl(Key::Num4),
        ctrl(Key::Num5),
        ctrl(Key::Num6),
        ctrl(Key::Num7),
        ctrl(Key::Num8),
        ctrl(Key::Num9),
    ];
    let place = Named::iter().position(|other| other == named);
    place.and_then(|place| DIGITS.get(place..=place)).unwrap_or(&[])
}
