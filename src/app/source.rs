//! Where events come from: a worker now, a saved run later. The window cannot tell.

use std::sync::Arc;

use crate::worker::{Command, Event, Frame, Worker};

/// Something that runs or replays an experiment.
pub trait Source {
    /// Tells it what to do.
    fn send(&self, command: Command);
    /// The next event, if there is one; does not wait.
    fn next_event(&self) -> Option<Event>;
    /// The newest picture of the run.
    fn frame(&self) -> Arc<Frame>;
    /// Whether it can still do anything.
    fn is_alive(&self) -> bool;
}

impl Source for Worker {
    fn send(&self, command: Command) {
        Self::send(self, command);
    }

    fn next_event(&self) -> Option<Event> {
        Self::next_event(self)
    }

    fn frame(&self) -> Arc<Frame> {
        Self::frame(self)
    }

    fn is_alive(&self) -> bool {
        Self::is_alive(self)
    }
}
