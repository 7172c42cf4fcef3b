//! The map of nights: made, called off, and used.

use super::SomnoscopeApp;
use super::action::MapAction;
use super::panels::Pane;
use crate::worker::Command;

impl SomnoscopeApp {
    /// Does what was asked for.
    pub(super) fn about_map(&mut self, action: MapAction) {
        match action {
            MapAction::Make => {
                let wish = self.panels.map_wish(&self.session, &self.settings.draft);
                let Some(grid) = wish else { return };
                if !self.layout.shows(Pane::NightMap) {
                    self.touched_layout().add(Pane::NightMap);
                }
                self.source.send(Command::MapNights(Box::new(grid)));
            }
            MapAction::Stop => self.source.send(Command::StopMapping),
            MapAction::Use(cell) => {
                let known = self.session.map().known();
                if let Some(map) = known.filter(|map| cell < map.cells.len()) {
                    map.grid.put(cell, &mut self.settings.draft);
                }
            }
        }
    }
}
