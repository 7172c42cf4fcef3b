//! Much work of one kind on several threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Does `work` for every item on `threads` threads, and hands each result over as soon as it is there, in whatever order, with the
/// place of its item. It returns when all are done, when one fails, when `done` does, or soon after somebody sets `stop`; what was
/// begun then is dropped. `work` gives `None` if it was stopped.
///
/// # Errors
/// The first failure of `work`, or of `done`.
pub fn side_by_side<T: Sync, R: Send, F: Send, E: From<F>>(
    items: &[T],
    threads: usize,
    stop: &AtomicBool,
    work: impl Fn(&T) -> Result<Option<R>, F> + Sync,
    done: &mut dyn FnMut(usize, R) -> Result<(), E>,
) -> Result<(), E> {
    let (next, give_up) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = crossbeam_channel::bounded(threads.max(1));
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1).min(items.len()) {
            let (sender, next, give_up, work) = (sender.clone(), &next, &give_up, &work);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { return };
                    if give_up.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed) {
                        return;
                    }
                    // Nobody listens any more once something has failed.
                    if sender.send((place, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // Owned by this loop, so that a failure hangs up on those who still send.
        for (place, result) in results {
            let kept = match result {
                Ok(Some(result)) => done(place, result),
                Ok(None) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if kept.is_err() {
                give_up.store(true, Ordering::Relaxed);
                return kept;
            }
        }
        Ok(())
    })
}
