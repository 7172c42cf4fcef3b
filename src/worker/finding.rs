//! Thresholds looked for from activity, on a thread of their own: the run goes on meanwhile and is not changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::event::Event;
use super::thread::Loop;
use crate::sim::night::NightParams;

/// A search under way; dropping it calls it off.
#[derive(Default)]
pub(super) struct Search(Arc<AtomicBool>);

impl Drop for Search {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Loop {
    /// Looks for thresholds of a night of these parameters.
    pub(super) fn find_thresholds(&mut self, params: &NightParams, wanted: Vec<f64>) {
        let search = Search::default();
        let stop = Arc::clone(&search.0);
        self.search = Some(search);
        let Some(experiment) = &self.experiment else { return };
        let fault = match experiment.threshold_search(params, &self.interrupt) {
            Ok(Some(search)) => {
                let work = move || {
                    let found = search.find(&wanted, &stop).transpose();
                    Event::Thresholds(found.map(|found| found.map(Arc::new).map_err(|fault| fault.to_string())))
                };
                self.analyst.aside(work).err().map(|error| error.to_string())
            }
            Ok(None) => Some("the search was interrupted before it had begun; begin it again".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(fault) = fault {
            self.outbox.send(Event::Thresholds(Some(Err(fault))));
        }
    }
}
