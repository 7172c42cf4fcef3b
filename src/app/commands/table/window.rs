//! The rows about what is set and what is looked at.

use std::borrow::Cow;

use egui::{Key, KeyboardShortcut};

use super::{ctrl, ctrl_shift, key, row};
use crate::app::commands::{Deed, Group, Row};
use crate::app::layout::Named;
use crate::experiment::{Access, find_preset, parameter};

impl Deed {
    /// The rows about what is set.
    pub(super) fn settings_row(self) -> Row {
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
            Self::MapNights => settings(
                "Make or stop the map of nights",
                "Sleep a whole night for each cell of a map over two settings, and show what each would gain",
                &[],
            ),
            Self::UseHighest => settings(
                "Use the highest of the map",
                "Put the values of the cell with the highest accuracy of the map of nights into the settings",
                &[],
            ),
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
    pub(super) fn view_row(self) -> Row {
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
            Self::Memory(megabytes) => Row {
                group: Group::View,
                name: format!("Memory for going back: {megabytes} MB").into(),
                help: "Networks of training and key frames of the night thin out to it: the more, the quicker any moment is there"
                    .into(),
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
