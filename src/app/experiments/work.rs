//! What goes on for an experiment or a search on threads of its own: its folder is read, or more of it is done.

use std::io;
use std::time::Duration;

use crate::app::text::spoken;
use crate::worker::Teller;

/// The threads of an experiment or a search, if there are any, which tell news of the kind `N`.
pub struct Work<N> {
    teller: Option<Teller<N>>,
    /// Whether the threads do something, and do not only read.
    runs: bool,
    /// Whether the folder was looked into.
    is_known: bool,
    /// What became of it, if it failed.
    pub fault: Option<String>,
}

impl<N> Default for Work<N> {
    fn default() -> Self {
        Self {
            teller: None,
            runs: false,
            is_known: false,
            fault: None,
        }
    }
}

impl<N: Send + 'static> Work<N> {
    /// Looks into the folder, once; `read` gives the thread that does, `None` if there is nothing to read.
    pub fn look(&mut self, read: impl FnOnce() -> Option<io::Result<Teller<N>>>) {
        if self.is_known || self.is_busy() {
            return;
        }
        self.is_known = true;
        if let Some(teller) = read() {
            self.keep(teller, false);
        }
    }

    /// Does more, on threads that were begun.
    pub fn begin(&mut self, teller: io::Result<Teller<N>>) {
        self.fault = None;
        self.is_known = true;
        self.keep(teller, true);
    }

    /// Listens to threads from now on.
    fn keep(&mut self, teller: io::Result<Teller<N>>, runs: bool) {
        match teller {
            Ok(teller) => (self.teller, self.runs) = (Some(teller), runs),
            Err(error) => self.fault = Some(format!("no thread could be started: {error}")),
        }
    }

    /// What another folder holds was taken: nothing is left to read.
    pub fn settle(&mut self) {
        self.fault = None;
        self.is_known = true;
        self.teller = None;
    }

    /// It has ended, and this is how.
    pub fn end(&mut self, outcome: Result<(), String>) {
        self.fault = outcome.err().or_else(|| self.fault.take());
        self.teller = None;
    }

    /// What the threads have told since the last call, in its order.
    pub fn news(&self) -> Vec<N> {
        self.teller.as_ref().map_or_else(Vec::new, Teller::news)
    }

    /// Whether there are threads, whatever they do.
    pub fn is_busy(&self) -> bool {
        self.teller.is_some()
    }

    /// Whether something is being done.
    pub fn runs(&self) -> bool {
        self.runs && self.is_busy()
    }

    /// Whether the folder is still being read.
    pub fn is_reading(&self) -> bool {
        !self.runs && self.is_busy()
    }

    /// Whether it was told to stop and has not ended yet.
    pub fn is_stopping(&self) -> bool {
        self.teller.as_ref().is_some_and(Teller::is_stopping)
    }

    /// Ends soon; the next run goes on from here.
    pub fn stop(&self) {
        if let Some(teller) = &self.teller {
            teller.stop();
        }
    }

    /// How long it still takes, in words that follow on how far it is.
    pub fn left(&self, left: Option<Duration>) -> String {
        match left {
            _ if self.is_stopping() => ", stopping …".to_owned(),
            Some(left) => format!(", about {} left", spoken(left)),
            None => String::new(),
        }
    }
}
