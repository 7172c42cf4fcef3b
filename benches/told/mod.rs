//! A source of events that a bench fills.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use somnoscope::app::source::Source;
use somnoscope::worker::{Command, Event, Frame};

/// A source that says what is put into it, and does nothing of what it is told.
#[derive(Clone, Default)]
pub struct Told {
    /// What it says next.
    pub events: Rc<RefCell<VecDeque<Event>>>,
    /// The newest frame.
    pub frame: Rc<RefCell<Arc<Frame>>>,
}

impl Source for Told {
    fn send(&self, _command: Command) {}

    fn next_event(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }

    fn frame(&self) -> Arc<Frame> {
        Arc::clone(&self.frame.borrow())
    }

    fn is_alive(&self) -> bool {
        true
    }
}
