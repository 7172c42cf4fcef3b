//! What is known of nights with other settings.

use std::sync::Arc;

use crate::worker::{Event, NightMap};

/// The map of nights, if one was made.
#[derive(Clone, Debug, Default)]
pub struct Map {
    known: Option<Arc<NightMap>>,
    is_under_way: bool,
    fault: Option<String>,
}

impl Map {
    /// Takes in what is told of maps.
    pub(super) fn absorb(&mut self, event: Event) {
        match event {
            Event::MapBegun => {
                *self = Self {
                    is_under_way: true,
                    ..Self::default()
                }
            }
            Event::Mapped(map) => {
                self.is_under_way &= !map.is_whole();
                self.known = Some(map);
            }
            Event::MapStopped(fault) => {
                self.is_under_way = false;
                self.fault = fault;
            }
            _ => {}
        }
    }

    /// The map as far as it is known.
    pub fn known(&self) -> Option<&NightMap> {
        self.known.as_deref()
    }

    /// Whether it is being made.
    pub fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Why it cannot be made.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}
