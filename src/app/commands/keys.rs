//! Keys that do what the table says, where they do not belong to what is being typed or chosen.

use egui::{Context, Key, KeyboardShortcut, ModifierNames, Modifiers};

use super::{Deed, Situation};
use crate::app::action::UiAction;

/// Who has the keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keyboard {
    /// Nobody.
    #[default]
    Free,
    /// A button, a slider, a canvas.
    Control,
    /// A field that is typed into.
    Text,
    /// A menu, or the list of commands.
    Taken,
}

impl Keyboard {
    /// Who has it now.
    pub fn of(ctx: &Context) -> Self {
        let modal = ctx.memory(|memory| memory.top_modal_layer().is_some());
        if modal || ctx.any_popup_open() {
            Self::Taken
        } else if ctx.text_edit_focused() {
            Self::Text
        } else if ctx.memory(|memory| memory.focused().is_some()) {
            Self::Control
        } else {
            Self::Free
        }
    }

    /// Whether a shortcut may do its work.
    fn leaves(self, shortcut: KeyboardShortcut) -> bool {
        let KeyboardShortcut { modifiers, logical_key } = shortcut;
        let is_plain = !modifiers.command && !modifiers.ctrl && !modifiers.alt;
        match self {
            Self::Free => true,
            Self::Taken => false,
            // What moves the focus, presses, or moves a slider.
            Self::Control => {
                !is_plain
                    || !matches!(
                        logical_key,
                        Key::Space
                            | Key::Enter
                            | Key::ArrowUp
                            | Key::ArrowDown
                            | Key::ArrowLeft
                            | Key::ArrowRight
                            | Key::Home
                            | Key::End
                            | Key::Plus
                            | Key::Equals
                            | Key::Minus
                            | Key::Escape
                    )
            }
            // Letters are text, and so is what moves in it, cuts it, or takes it back.
            Self::Text => {
                logical_key == Key::F1
                    || !is_plain
                        && !matches!(
                            logical_key,
                            Key::ArrowLeft | Key::ArrowRight | Key::Home | Key::End | Key::Z | Key::Y
                        )
            }
        }
    }
}

/// What the keys of this frame ask for. `keyboard` is who had it when they were pressed.
pub fn pressed(ctx: &Context, keyboard: Keyboard, situation: &Situation<'_>) -> Vec<UiAction> {
    let any = ctx.input(|input| {
        let is_press = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
        input.events.iter().any(is_press)
    });
    if !any || keyboard == Keyboard::Taken {
        return Vec::new();
    }
    let mut shortcuts: Vec<(Deed, KeyboardShortcut)> = situation
        .deeds()
        .into_iter()
        .flat_map(|deed| deed.row().keys.iter().map(move |key| (deed, *key)))
        .filter(|(_, shortcut)| keyboard.leaves(*shortcut))
        .collect();
    // A key with fewer modifiers would take those with more for itself.
    shortcuts.sort_by_key(|(_, shortcut)| std::cmp::Reverse(modifier_count(shortcut.modifiers)));
    let mut actions = Vec::new();
    for (deed, shortcut) in &shortcuts {
        let (deed, shortcut) = (*deed, *shortcut);
        let action = match situation.action(deed) {
            Ok(action) => action,
            Err(reason) => {
                // What cannot be done now takes its keys all the same, and says so, if they would do something else with a
                // modifier left out. Otherwise they may mean something to whoever has the keyboard.
                let held = modifier_count(shortcut.modifiers);
                let possible = |matches: &dyn Fn(&KeyboardShortcut) -> bool| {
                    let mut others = shortcuts.iter().filter(|(_, keys)| matches(keys));
                    others.any(|(other, _)| situation.action(*other).is_ok())
                };
                let is_shared = possible(&|keys| *keys == shortcut);
                let would_do_other =
                    possible(&|keys| keys.logical_key == shortcut.logical_key && modifier_count(keys.modifiers) < held);
                if would_do_other && !is_shared && ctx.input_mut(|input| input.consume_shortcut(&shortcut)) {
                    actions.push(UiAction::Tell(format!("{}: {reason}", deed.row().name)));
                }
                continue;
            }
        };
        // Escape means something to others as well: what is open closes at the same press.
        let is_pressed = if shortcut.logical_key == Key::Escape {
            ctx.input(|input| input.key_pressed(Key::Escape))
        } else {
            ctx.input_mut(|input| input.consume_shortcut(&shortcut))
        };
        if is_pressed {
            actions.push(action);
        }
    }
    actions
}

/// How many modifiers must be held.
fn modifier_count(modifiers: Modifiers) -> usize {
    [
        modifiers.alt,
        modifiers.shift,
        modifiers.command || modifiers.ctrl || modifiers.mac_cmd,
    ]
    .into_iter()
    .filter(|held| *held)
    .count()
}

/// A shortcut as a person writes it: "Ctrl+Shift+Z", "Space", "→".
pub fn words(shortcut: KeyboardShortcut) -> String {
    let is_mac = cfg!(target_os = "macos");
    let held = ModifierNames::NAMES.format(&shortcut.modifiers, is_mac);
    let key = match shortcut.logical_key {
        Key::ArrowLeft => "←",
        Key::ArrowRight => "→",
        Key::ArrowUp => "↑",
        Key::ArrowDown => "↓",
        Key::Escape => "Esc",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Equals => "=",
        Key::Questionmark => "?",
        other => other.name(),
    };
    if held.is_empty() {
        key.to_owned()
    } else {
        format!("{held}+{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a letter that is taken from a text field, a space that is taken from a button, and a command that is dead
    /// while a field has the keyboard.
    #[test]
    fn typing_and_pressing_keep_their_keys() {
        let key = |modifiers, key| KeyboardShortcut::new(modifiers, key);
        let (plain, ctrl) = (Modifiers::NONE, Modifiers::COMMAND);
        for (keyboard, shortcut, leaves) in [
            (Keyboard::Text, key(plain, Key::Minus), false),
            (Keyboard::Text, key(plain, Key::Questionmark), false),
            (Keyboard::Text, key(ctrl, Key::Z), false),
            (Keyboard::Text, key(ctrl, Key::K), true),
            (Keyboard::Text, key(ctrl, Key::Enter), true),
            (Keyboard::Text, key(plain, Key::F1), true),
            (Keyboard::Control, key(plain, Key::Space), false),
            (Keyboard::Control, key(plain, Key::ArrowRight), false),
            (Keyboard::Control, key(ctrl, Key::ArrowRight), true),
            (Keyboard::Control, key(ctrl, Key::Z), true),
            (Keyboard::Control, key(plain, Key::Questionmark), true),
            (Keyboard::Free, key(plain, Key::Space), true),
            (Keyboard::Taken, key(ctrl, Key::K), false),
        ] {
            assert_eq!(keyboard.leaves(shortcut), leaves, "{keyboard:?} {}", words(shortcut));
        }
        let all = key(ctrl.plus(Modifiers::SHIFT), Key::ArrowLeft);
        if !cfg!(target_os = "macos") {
            assert_eq!(words(all), "Ctrl+Shift+←");
        }
    }
}
