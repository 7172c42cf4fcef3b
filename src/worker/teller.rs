//! Work on a thread of its own that tells what becomes known, for whoever looks now and then.

use std::fmt::Display;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Work that goes on. Dropping it stops it: what is under way is given up, what is done is kept.
#[derive(Debug)]
pub struct Teller<N> {
    stop: Arc<AtomicBool>,
    /// What nobody has taken yet.
    news: Arc<Mutex<Vec<N>>>,
}

impl<N: Send + 'static> Teller<N> {
    /// Does something on a thread of this name. What it tells is kept until it is taken; `ended` makes the last piece of news of
    /// how it ended. `wake` is called whenever there is news.
    ///
    /// # Errors
    /// If the operating system has no thread to give.
    pub(super) fn spawn<E: Display>(
        name: &str,
        wake: impl Fn() + Send + 'static,
        ended: fn(Result<(), String>) -> N,
        body: impl FnOnce(&AtomicBool, &dyn Fn(N)) -> Result<(), E> + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, news) = (Arc::<AtomicBool>::default(), Arc::<Mutex<Vec<N>>>::default());
        let teller = Self {
            stop: Arc::clone(&stop),
            news: Arc::clone(&news),
        };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let tell = |piece| {
                news.lock().unwrap_or_else(PoisonError::into_inner).push(piece);
                wake();
            };
            let outcome = body(&stop, &tell);
            tell(ended(outcome.map_err(|fault| fault.to_string())));
        })?;
        Ok(teller)
    }

    /// What became known since the last call, in its order.
    pub fn news(&self) -> Vec<N> {
        // Whoever panicked while telling left whole news behind.
        std::mem::take(&mut *self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<N> Teller<N> {
    /// Stops soon. What is done is kept.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl<N> Drop for Teller<N> {
    fn drop(&mut self) {
        self.stop();
    }
}
