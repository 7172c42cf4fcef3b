//! A night that nobody saved is not lost when another run takes its place: it is kept beside the present one until the program
//! is closed, and can be gone on with.

use std::sync::Arc;

use super::event::Event;
use super::safe::write_into;
use super::thread::Loop;
use crate::run::{Left, Slot};

/// Nights that are kept so; the oldest goes when there are more. One of 784-1200-1200-10 and 566 steps takes 9 MB.
pub const MAX_ASIDES: usize = 3;

impl Loop {
    /// Opens another run in the place of this one, whose night is set aside if nobody saved it.
    pub(super) fn replacing<E>(&mut self, open: impl FnOnce(&mut Self) -> Result<(), E>) -> Result<(), E> {
        let is_safe = !self.is_unsaved();
        let aside = self.set_aside();
        let outcome = open(self);
        if outcome.is_ok() && (is_safe || aside.is_some()) {
            // What the night before went on with is in what was kept of it.
            self.safe.let_go();
        }
        self.replaced(aside, outcome.is_ok());
        outcome
    }

    /// Writes the night to a place of its own, if nobody saved it.
    fn set_aside(&mut self) -> Option<Left> {
        let beside = self.safe.slot()?;
        if !self.is_unsaved() {
            return None;
        }
        let (recorded, course) = self.recorded(self.safe.notes().clone())?;
        let written = Slot::claim_beside(&beside)
            .map_err(|error| error.to_string())
            .and_then(|slot| {
                let outcome = write_into(&slot, &recorded, course);
                let left = outcome.and_then(|()| slot.leave().map_err(|error| error.to_string()));
                left.inspect_err(|_| slot.release())
            });
        match written {
            Ok(left) => Some(left),
            Err(reason) => {
                let text = format!("the night before could not be kept in case you want it back: {reason}");
                self.outbox.send(Event::Failed(text));
                None
            }
        }
    }

    /// What was set aside can be brought back, if the other run is there; if not, the night is where it was.
    fn replaced(&mut self, aside: Option<Left>, by_another: bool) {
        let Some(left) = aside else { return };
        if !by_another {
            return left.discard();
        }
        let left = Arc::new(left);
        for oldest in self.safe.put_aside(Arc::clone(&left)) {
            oldest.discard();
        }
        self.outbox.send(Event::SetAside(left));
    }
}
