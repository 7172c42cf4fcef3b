//! What is known of nights with other settings.

use std::sync::Arc;

use crate::worker::NightMap;

/// The map of nights, if one was made.
#[derive(Clone, Debug, Default)]
pub struct Map {
    known: Option<Arc<NightMap>>,
    is_under_way: bool,
    fault: Option<String>,
}

impl Map {
    /// One is begun; any other is void.
    pub(super) fn begin(&mut self) {
        *self = Self {
            is_under_way: true,
            ..Self::default()
        };
    }

    /// So much of it is known.
    pub(super) fn take(&mut self, map: Arc<NightMap>) {
        self.is_under_way &= !map.is_whole();
        self.known = Some(map);
    }

    /// It does not go on: it was called off, or for this reason.
    pub(super) fn stop(&mut self, fault: Option<String>) {
        self.is_under_way = false;
        self.fault = fault;
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
