//! Live re-run: while a night parameter is dragged, the night is run again, one run after the other.

use super::session::Session;
use crate::experiment::{Recipe, check_night};
use crate::sim::night::NightParams;
use crate::worker::{Event, Phase};

/// The switch, and what is under way.
#[derive(Debug, Default)]
pub struct Live {
    /// Whether changes of the night are run at once.
    pub on: bool,
    /// What was sent last and not taken over: it is under way, or was refused.
    sent: Option<NightParams>,
    /// What is still to come of it.
    awaits: Awaits,
}

/// What is still to come of the parameters that were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Awaits {
    /// Nothing: the next may be sent.
    #[default]
    Nothing,
    /// That they are taken over.
    Change,
    /// That the night was run.
    Answer,
}

impl Live {
    /// Takes note of what was told: whether it answers what was sent last.
    pub fn heed(&mut self, event: &Event) {
        match (event, self.awaits) {
            (Event::NightChanged(change), Awaits::Change) if self.sent.as_ref() == Some(&change.params) => {
                self.awaits = Awaits::Answer;
                self.sent = None;
            }
            (Event::Estimated(_) | Event::Evaluated(_), Awaits::Answer) | (Event::Failed(_), _) => {
                self.awaits = Awaits::Nothing;
            }
            (Event::Opened(_), _) => {
                self.awaits = Awaits::Nothing;
                self.sent = None;
            }
            _ => {}
        }
    }

    /// What to send now: the night that the settings say, if it is another one than that which is run, if it makes sense, and
    /// if the last was answered.
    pub fn next(&mut self, draft: &Recipe, session: &Session) -> Option<NightParams> {
        if self.awaits == Awaits::Answer && (session.phase() < Phase::Asleep || session.steps() == 0) {
            // Where nothing was slept there is nothing to tell.
            self.awaits = Awaits::Nothing;
        }
        let opened = session.opened().filter(|_| self.on && self.awaits == Awaits::Nothing)?;
        if draft.night == opened.recipe.night || self.is_refused(draft) || !fits(draft, session) {
            return None;
        }
        self.sent = Some(draft.night.clone());
        self.awaits = Awaits::Change;
        self.sent.clone()
    }

    /// Whether a night that differs from the one that is run needs no button.
    pub fn takes_over(&self, draft: &Recipe, session: &Session) -> bool {
        self.on && fits(draft, session) && (self.awaits != Awaits::Nothing || !self.is_refused(draft))
    }

    /// Whether this was sent last and not taken over. It is not sent again.
    fn is_refused(&self, draft: &Recipe) -> bool {
        self.sent.as_ref() == Some(&draft.night)
    }
}

/// Whether the night of the settings makes sense for the network that is there.
fn fits(draft: &Recipe, session: &Session) -> bool {
    let layers = session
        .opened()
        .map_or(0, |opened| opened.sizes.len().saturating_sub(1));
    check_night(&draft.night, layers).is_ok()
}
