//! The night that goes on is kept safe: written now and then on a thread of its own, so that a program that is killed comes back.
//! A night that nobody has saved when the program is closed stays there and is offered at the next start.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::event::{Event, RunNotes};
use super::keep::write;
use super::replaced::MAX_ASIDES;
use super::thread::{Loop, Mode};
use crate::run::{Left, Recorded, Slot};
use crate::sim::night::Course;

/// Shortest time from one writing to the next while the night goes on.
const BETWEEN: Duration = Duration::from_secs(20);
/// The same while it waits and has something new, and for the first one of a run. Where it stands and what is written about it is
/// nothing new: somebody who looks about or types would have the whole night written every second.
const SOON: Duration = Duration::from_secs(1);
/// The same after one that did not work.
const AFTER_FAULT: Duration = Duration::from_secs(10);
/// How often it is looked whether a writing is over, while nothing else is to be done.
const LOOK: Duration = Duration::from_millis(50);

/// What of a run was written: another state is worth another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    run: u64,
    known: u64,
    steps: u64,
    changes: u64,
    notes: u64,
}

/// What of a run is in a file of the person's own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    run: u64,
    known: u64,
    changes: u64,
    notes: RunNotes,
}

/// How the night is kept safe.
#[derive(Default)]
pub(super) struct Safe {
    slot: Option<Arc<Slot>>,
    /// A night that another program left and this run goes on with; it goes once this run was written.
    supersedes: Option<Arc<Left>>,
    /// Nights that another run took the place of, the newest last.
    asides: Vec<Arc<Left>>,
    /// What a person wrote about the run.
    notes: RunNotes,
    /// Counts the runs, the changes of their nights, and the notes.
    run: u64,
    changes: u64,
    noted: u64,
    /// What is being saved by the person, and what was.
    saving: Option<Kept>,
    saved: Option<Kept>,
    /// What was written last, or is being written.
    written: Option<State>,
    /// The writing under way; a sentence if it did not work.
    thread: Option<JoinHandle<Result<(), String>>>,
    /// When the last one began.
    begun: Option<Instant>,
    /// Whether the last one did not work, which is told once.
    fails: bool,
}

impl State {
    /// Whether the other holds the same night, whatever the moment that it stands at and whatever was written about it.
    fn is_same_night(self, other: Self) -> bool {
        (self.run, self.known, self.changes) == (other.run, other.known, other.changes)
    }
}

impl Safe {
    /// Where the present night is kept, if it is.
    pub(super) fn slot(&self) -> Option<Arc<Slot>> {
        self.slot.clone()
    }

    /// What a person wrote about the run.
    pub(super) fn notes(&self) -> &RunNotes {
        &self.notes
    }

    /// A night that another run took the place of is kept; gives those back that are too many.
    pub(super) fn put_aside(&mut self, left: Arc<Left>) -> Vec<Arc<Left>> {
        self.asides.push(left);
        let spare = self.asides.len().saturating_sub(MAX_ASIDES);
        self.asides.drain(..spare).collect()
    }

    /// What the run goes on with needs no place of its own any more.
    pub(super) fn let_go(&mut self) {
        if let Some(left) = self.supersedes.take() {
            left.discard();
        }
    }

    /// One of them is gone on with; whether it was one.
    pub(super) fn take_from_asides(&mut self, left: &Arc<Left>) -> bool {
        let count = self.asides.len();
        self.asides.retain(|aside| !Arc::ptr_eq(aside, left));
        self.asides.len() < count
    }

    /// Another run was made ready.
    pub(super) fn begin_run(&mut self) {
        self.run += 1;
    }

    /// The night is another from some step on.
    pub(super) fn begin_change(&mut self) {
        self.changes += 1;
    }

    /// A night goes on that another program left.
    pub(super) fn take_over(&mut self, left: Arc<Left>) {
        self.supersedes = Some(left);
    }

    /// Waits for what is being written.
    fn join(&mut self) -> Option<Result<(), String>> {
        let thread = self.thread.take()?;
        Some(
            thread
                .join()
                .unwrap_or_else(|_| Err("it ended through a fault of the program".to_owned())),
        )
    }

    /// The shortest time from the last writing to one of this state.
    fn apart(&self, state: State, waits: bool) -> Duration {
        if self.fails {
            return AFTER_FAULT;
        }
        match self.written {
            Some(written) if written.is_same_night(state) => BETWEEN,
            Some(written) if written.run == state.run && !waits => BETWEEN,
            _ => SOON,
        }
    }
}

impl Loop {
    /// From now on the night is kept safe there.
    pub(super) fn keep_safe_in(&mut self, slot: Arc<Slot>) {
        self.safe.slot = Some(slot);
    }

    /// What a person wrote about the run, to be kept with it.
    pub(super) fn note(&mut self, notes: RunNotes) {
        self.safe.notes = notes;
        self.safe.noted += 1;
    }

    /// What would be written; `None` if there is no night yet.
    fn state(&self) -> Option<State> {
        let experiment = self.experiment.as_ref()?;
        experiment.known_course()?;
        Some(State {
            run: self.safe.run,
            known: experiment.known_steps(),
            steps: experiment.steps(),
            changes: self.safe.changes,
            notes: self.safe.noted,
        })
    }

    /// What is worth keeping; `None` if nothing was dreamt yet.
    fn worth(&self) -> Option<Kept> {
        let state = self.state().filter(|state| state.known > 0)?;
        Some(Kept {
            run: state.run,
            known: state.known,
            changes: state.changes,
            // What is pinned goes along from run to run and is no work on this one.
            notes: RunNotes {
                drawings: Vec::new(),
                ..self.safe.notes.clone()
            },
        })
    }

    /// Whether something was dreamt that no file of the person's own has.
    pub(super) fn is_unsaved(&self) -> bool {
        self.worth()
            .is_some_and(|worth| self.safe.saved.as_ref() != Some(&worth))
    }

    /// The run is being saved, with these notes.
    pub(super) fn begin_saving(&mut self, notes: &RunNotes) {
        self.safe.notes.clone_from(notes);
        self.safe.saving = self.worth();
    }

    /// What was being saved is in its file.
    pub(super) fn note_saved(&mut self) {
        self.safe.saved = self.safe.saving.take().or(self.safe.saved.take());
    }

    /// The run as it is now comes from a file of the person's own, with these notes.
    pub(super) fn comes_from_file(&mut self, notes: &RunNotes) {
        self.begin_saving(notes);
        self.note_saved();
    }

    /// The run as it is now comes from a file that will not stay.
    pub(super) fn comes_from_nowhere(&mut self) {
        self.safe.saved = None;
    }

    /// How long until something is to be written or was; `None` if nothing is.
    pub(super) fn safe_patience(&self) -> Option<Duration> {
        self.safe.slot.as_ref()?;
        if self.safe.thread.is_some() {
            return Some(LOOK);
        }
        let state = self.state().filter(|state| self.safe.written != Some(*state))?;
        let apart = self.safe.apart(state, self.mode == Mode::Waiting);
        Some(
            self.safe
                .begun
                .map_or(Duration::ZERO, |begun| apart.saturating_sub(begun.elapsed())),
        )
    }

    /// Has the night written, if it is worth it and time.
    pub(super) fn keep_safe(&mut self) {
        if self.safe.thread.as_ref().is_some_and(JoinHandle::is_finished)
            && let Some(outcome) = self.safe.join()
        {
            self.heed_writing(outcome);
        }
        let Some(slot) = self.safe.slot.clone() else { return };
        if self.safe.thread.is_some() || self.safe_patience() != Some(Duration::ZERO) {
            return;
        }
        let (state, recorded) = (self.state(), self.recorded(self.safe.notes.clone()));
        let (Some(state), Some((recorded, course))) = (state, recorded) else {
            return;
        };
        self.safe.begun = Some(Instant::now());
        self.safe.written = Some(state);
        let work = move || write_into(&slot, &recorded, course);
        match std::thread::Builder::new().name("safe".to_owned()).spawn(work) {
            Ok(thread) => self.safe.thread = Some(thread),
            Err(error) => self.heed_writing(Err(format!("no thread could be started: {error}"))),
        }
    }

    /// What came of a writing.
    fn heed_writing(&mut self, outcome: Result<(), String>) {
        let fails = outcome.is_err();
        match outcome {
            // What was written may be the run before: the present one is then nowhere but where it comes from.
            Ok(()) if self.safe.written.is_some_and(|written| written.run == self.safe.run) => self.safe.let_go(),
            Ok(()) => {}
            Err(reason) => {
                self.safe.written = None;
                if !self.safe.fails {
                    let text = format!("the night is not kept safe in case the program is killed: {reason}");
                    self.outbox.send(Event::Failed(text));
                }
            }
        }
        self.safe.fails = fails;
    }

    /// The program ends as it should: what was saved is kept nowhere else, and what was not stays for the next start.
    pub(super) fn release_safe(&mut self) {
        // What is being written would come back after it was removed.
        let outcome = self.safe.join();
        let Some(slot) = self.safe.slot.take() else { return };
        if !self.is_unsaved() || !self.write_last(&slot, outcome) {
            slot.release();
        }
        for left in self
            .safe
            .supersedes
            .take()
            .into_iter()
            .chain(self.safe.asides.drain(..))
        {
            left.discard();
        }
    }

    /// Writes what was not written yet. Whether the night is there then; if not, the one that it went on with stays.
    fn write_last(&mut self, slot: &Slot, outcome: Option<Result<(), String>>) -> bool {
        let is_written = self.safe.written == self.state() && outcome.is_none_or(|outcome| outcome.is_ok());
        let done = is_written || {
            let recorded = self.recorded(self.safe.notes.clone());
            recorded.is_some_and(|(recorded, course)| write_into(slot, &recorded, course).is_ok())
        };
        if !done {
            self.safe.supersedes = None;
        }
        done
    }
}

/// Writes the night into its place.
pub(super) fn write_into(slot: &Slot, recorded: &Recorded, course: Course) -> Result<(), String> {
    slot.stand().map_err(|error| error.to_string())?;
    write(&slot.path(), recorded, course, false)
        .map(drop)
        .map_err(|error| error.to_string())
}
