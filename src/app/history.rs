//! What was changed, to be taken back: settings and the places of the panes.
//!
//! The window shows its state to the history once a frame; what differs from the frame before is one entry. While a
//! pointer is held nothing is written down, so that a drag is one entry. egui's own undoer is not used: it keeps
//! snapshots by the clock, so that two quick changes would be one, and its entries have no names.

use std::collections::{BTreeMap, VecDeque};

use egui_tiles::Tree;

use super::layout::{Layout, Named};
use super::panels::Pane;
use super::settings::differences;
use crate::experiment::Recipe;

/// Most entries that are kept; the oldest are forgotten.
const MOST: usize = 100;
/// Changes of the same setting that follow each other faster than this, in seconds, are one: keys that move a slider.
const SOON: f64 = 1.0;

/// What was, or is to be again.
#[derive(Clone)]
pub enum State {
    /// The settings.
    Settings(Box<Recipe>),
    /// The panes of a named layout.
    Panes(Named, Box<Tree<Pane>>),
}

/// A change that can be taken back.
struct Entry {
    /// What was changed: "Threshold 1".
    name: String,
    before: State,
    after: State,
    /// When it was made, in seconds.
    at: f64,
}

/// What was changed, and what was taken back.
#[derive(Default)]
pub struct History {
    past: VecDeque<Entry>,
    future: Vec<Entry>,
    recipe: Option<Recipe>,
    trees: BTreeMap<Named, Tree<Pane>>,
    /// Whether a person has had a hand in the layout since it was last looked at; it also tidies itself.
    is_touched: bool,
    was_held: bool,
}

impl History {
    /// A command has changed the layout.
    pub fn touch(&mut self) {
        self.is_touched = true;
    }

    /// Looks at the state at the end of a frame. `held`: a pointer button is down; `time` in seconds.
    pub fn observe(&mut self, draft: &Recipe, layout: &Layout, held: bool, time: f64) {
        self.is_touched |= self.was_held;
        self.was_held = held;
        if held {
            return;
        }
        self.observe_settings(draft, time);
        self.observe_panes(layout, time);
        self.is_touched = false;
    }

    fn observe_settings(&mut self, draft: &Recipe, time: f64) {
        let Some(before) = self.recipe.replace(draft.clone()) else {
            return;
        };
        if before == *draft {
            return;
        }
        let changes = differences(&before, draft);
        let name = match changes.as_slice() {
            _ if before.name != draft.name => format!("preset {}", draft.name),
            [change] => change.label.clone(),
            changes => format!("{} settings", changes.len()),
        };
        let settings = |recipe: Recipe| State::Settings(Box::new(recipe));
        self.future.clear();
        if let Some(last) = self.past.back_mut()
            && let State::Settings(first) = &last.before
            && last.name == name
            && time - last.at < SOON
        {
            if **first == *draft {
                self.past.pop_back();
            } else {
                last.after = settings(draft.clone());
                last.at = time;
            }
            return;
        }
        self.push(Entry {
            name,
            before: settings(before),
            after: settings(draft.clone()),
            at: time,
        });
    }

    fn observe_panes(&mut self, layout: &Layout, time: f64) {
        let named = layout.chosen();
        let Some(tree) = layout.shown() else { return };
        if self.trees.get(&named) == Some(tree) {
            return;
        }
        let Some(before) = self.trees.insert(named, tree.clone()) else {
            return;
        };
        if !self.is_touched {
            return;
        }
        self.future.clear();
        self.push(Entry {
            name: pane_change(&before, tree),
            before: State::Panes(named, Box::new(before)),
            after: State::Panes(named, Box::new(tree.clone())),
            at: time,
        });
    }

    /// Writes an entry down.
    fn push(&mut self, entry: Entry) {
        if self.past.len() == MOST {
            self.past.pop_front();
        }
        self.past.push_back(entry);
    }

    /// What would be taken back.
    pub fn undo_name(&self) -> Option<&str> {
        self.past.back().map(|entry| entry.name.as_str())
    }

    /// What would be done once more.
    pub fn redo_name(&self) -> Option<&str> {
        self.future.last().map(|entry| entry.name.as_str())
    }

    /// Takes the last change back: what is to be again.
    pub fn undo(&mut self) -> Option<State> {
        let entry = self.past.pop_back()?;
        let state = entry.before.clone();
        self.future.push(entry);
        self.adopt(&state);
        Some(state)
    }

    /// Does what was taken back last once more.
    pub fn redo(&mut self) -> Option<State> {
        let entry = self.future.pop()?;
        let state = entry.after.clone();
        self.past.push_back(entry);
        self.adopt(&state);
        Some(state)
    }

    /// What the history itself brings back is no change.
    fn adopt(&mut self, state: &State) {
        match state {
            State::Settings(recipe) => self.recipe = Some(recipe.as_ref().clone()),
            State::Panes(named, tree) => {
                self.trees.insert(*named, tree.as_ref().clone());
            }
        }
    }
}

/// What became of the panes, in a few words.
fn pane_change(before: &Tree<Pane>, after: &Tree<Pane>) -> String {
    use strum::IntoEnumIterator as _;
    let has = |tree: &Tree<Pane>, pane| tree.tiles.find_pane(&pane).is_some();
    let changed: Vec<Pane> = Pane::iter()
        .filter(|pane| has(before, *pane) != has(after, *pane))
        .collect();
    match changed.as_slice() {
        [pane] if has(after, *pane) => format!("show {}", pane.title()),
        [pane] => format!("hide {}", pane.title()),
        [] => "move panes".to_owned(),
        _ => "default layout".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a drag of many entries, a change that is lost, two quick changes of different settings in one, and a
    /// future that survives another change.
    #[test]
    fn settings_go_back_and_forth_one_by_one() {
        let mut recipe = presets().remove(0).recipe;
        let (first, layout) = (recipe.clone(), Layout::default());
        let mut history = History::default();
        history.observe(&recipe, &layout, false, 0.0);
        for value in [9.0, 8.0, 7.0] {
            recipe.night.beta[0] = value;
            history.observe(&recipe, &layout, true, 0.1);
        }
        history.observe(&recipe, &layout, false, 0.2);
        assert_eq!(history.undo_name(), Some("Threshold 1"));
        recipe.night.decay = 0.9;
        history.observe(&recipe, &layout, false, 0.3);
        let with_decay = recipe.clone();
        let settings = |state: Option<State>| match state {
            Some(State::Settings(recipe)) => *recipe,
            _ => panic!("settings were changed"),
        };
        recipe = settings(history.undo());
        assert_eq!((recipe.night.decay, recipe.night.beta[0]), (first.night.decay, 7.0));
        history.observe(&recipe, &layout, false, 0.4);
        recipe = settings(history.undo());
        assert_eq!(recipe, first);
        assert!(history.undo().is_none());
        recipe = settings(history.redo());
        assert_eq!(settings(history.redo()), with_decay);
        assert!(history.redo().is_none());
        history.undo();
        recipe.seed = 99;
        history.observe(&recipe, &layout, false, 0.5);
        assert_eq!((history.undo_name(), history.redo_name()), (Some("Seed"), None));
    }

    /// Catches keys on a slider that fill the history, and a history without end.
    #[test]
    fn quick_changes_of_one_setting_are_one_and_the_history_is_bounded() {
        let mut recipe = presets().remove(0).recipe;
        let (layout, mut history) = (Layout::default(), History::default());
        for step in 0..20_u64 {
            recipe.seed = step;
            history.observe(&recipe, &layout, false, 0.1 * step as f64);
        }
        assert_eq!(history.past.len(), 1);
        for step in 0..3 * MOST as u64 {
            recipe.seed = step;
            history.observe(&recipe, &layout, false, 10.0 * step as f64);
        }
        assert_eq!(history.past.len(), MOST);
    }

    /// Catches a closed pane that does not come back, and a layout that tidies itself and is taken for a change.
    #[test]
    fn a_closed_pane_comes_back() {
        let recipe = presets().remove(0).recipe;
        let (mut layout, mut history) = (Layout::default(), History::default());
        history.observe(&recipe, &layout, false, 0.0);
        layout.close(Pane::Training);
        history.observe(&recipe, &layout, false, 1.0);
        assert!(history.undo_name().is_none(), "nobody touched it");
        layout.close(Pane::Classes);
        history.touch();
        history.observe(&recipe, &layout, false, 2.0);
        assert_eq!(history.undo_name(), Some("hide Per class"));
        let Some(State::Panes(named, tree)) = history.undo() else {
            panic!("panes were changed")
        };
        layout.put(named, *tree);
        assert!(layout.has(Pane::Classes) && !layout.has(Pane::Training));
    }
}
