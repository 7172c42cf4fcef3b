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
    /// That parameters which were sent by other means are taken over; nothing is run for them.
    Acceptance,
}

impl Live {
    /// Takes note of what was told: whether it answers what was sent last.
    pub fn heed(&mut self, event: &Event) {
        match (event, self.awaits) {
            (Event::NightChanged(change), Awaits::Change) if self.sent.as_ref() == Some(&change.params) => {
                self.awaits = Awaits::Answer;
                self.sent = None;
            }
            (Event::NightChanged(change), Awaits::Acceptance) if self.sent.as_ref() == Some(&change.params) => {
                self.awaits = Awaits::Nothing;
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
        let tells_nothing = session.phase() < Phase::Asleep || session.steps() == 0 || !session.has_held_out();
        if self.awaits == Awaits::Answer && tells_nothing {
            // Where nothing was slept, or there is no image to test on, there is no answer to wait for.
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

    /// These parameters were sent by other means: they are not to be run as well while they are on their way.
    pub fn expect(&mut self, params: &NightParams, session: &Session) {
        if session.opened().is_some_and(|opened| opened.recipe.night != *params) {
            self.sent = Some(params.clone());
            self.awaits = Awaits::Acceptance;
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::session::testing;
    use crate::experiment::presets;
    use crate::worker::{Frame, NightChange};

    /// A night of a step with so many held-out images, and its recipe.
    fn night(test_images: usize) -> (Session, Recipe) {
        let mut recipe = presets().remove(0).recipe;
        recipe.night.beta = vec![5.0, 5.0];
        let mut opened = testing::night(recipe.clone(), &[])
            .opened()
            .expect("it is open")
            .clone();
        opened.test_images = test_images;
        let mut session = Session::default();
        session.absorb(Event::Opened(Arc::new(opened)));
        session.absorb(Event::Entered(Phase::Asleep));
        session.show(Arc::new(Frame {
            phase: Phase::Asleep,
            steps: 1,
            ..Frame::default()
        }));
        (session, recipe)
    }

    /// Tells both that the night has other parameters.
    fn tell(live: &mut Live, session: &mut Session, params: &NightParams) {
        let event = Event::NightChanged(Arc::new(NightChange {
            step: 0,
            params: params.clone(),
            alpha: Vec::new(),
        }));
        live.heed(&event);
        session.absorb(event);
    }

    /// Catches a switch that waits for ever for the test of a run whose images are not here.
    #[test]
    fn without_images_every_change_is_run() {
        let (mut session, mut draft) = night(0);
        let mut live = Live {
            on: true,
            ..Live::default()
        };
        for threshold in [6.0, 7.0, 8.0] {
            draft.night.beta[0] = threshold;
            let sent = live.next(&draft, &session).expect("the last one was answered");
            assert_eq!(sent, draft.night);
            assert!(live.next(&draft, &session).is_none(), "one at a time");
            tell(&mut live, &mut session, &sent);
        }
        let (mut session, mut draft) = night(9);
        live.heed(&Event::Failed("it was another run".to_owned()));
        draft.night.beta[0] = 6.0;
        let sent = live.next(&draft, &session).expect("the last one was answered");
        tell(&mut live, &mut session, &sent);
        draft.night.beta[0] = 7.0;
        assert!(live.next(&draft, &session).is_none(), "its test is still to come");
    }

    /// Catches a change from here on that is run from the start as well, and a switch that does nothing afterwards.
    #[test]
    fn what_was_sent_by_other_means_is_not_run_again() {
        let (mut session, mut draft) = night(9);
        let mut live = Live {
            on: true,
            ..Live::default()
        };
        draft.night.beta[0] = 6.0;
        live.expect(&draft.night, &session);
        assert!(live.next(&draft, &session).is_none(), "it is on its way");
        tell(&mut live, &mut session, &draft.night);
        assert!(live.next(&draft, &session).is_none(), "it is there");
        draft.night.beta[0] = 7.0;
        assert_eq!(live.next(&draft, &session), Some(draft.night.clone()));
    }
}
