//! Much work of one kind on several threads.

use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How long a thread waits before it looks again whether a core is free for it.
const REST: Duration = Duration::from_millis(20);

/// Cores of this machine.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// Does `work` for every item on `threads` threads, which share the cores, and hands each result over as soon as it is there, in
/// whatever order, with the place of its item. It returns when all are done, when one fails, when `done` does, or soon after somebody
/// sets `stop`; what was begun then is dropped. `work` gives `None` if it was stopped.
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
    let threads = threads.clamp(1, items.len().max(1));
    let team = Team {
        threads,
        cores_each: (cores() / threads).max(1),
        allowed: &AtomicUsize::new(threads),
    };
    team.go_through(items, stop, work, done)
}

/// Threads that do one item after the other.
pub(super) struct Team<'a> {
    /// How many there are.
    pub(super) threads: usize,
    /// Cores that the matrix products of each are spread over.
    pub(super) cores_each: usize,
    /// How many of them may begin another item: the others wait until it is more.
    pub(super) allowed: &'a AtomicUsize,
}

impl Team<'_> {
    /// Does `work` for every item, as [`side_by_side`] does.
    ///
    /// # Errors
    /// The first failure of `work`, or of `done`.
    pub(super) fn go_through<T: Sync, R: Send, F: Send, E: From<F>>(
        &self,
        items: &[T],
        stop: &AtomicBool,
        work: impl Fn(&T) -> Result<Option<R>, F> + Sync,
        done: &mut dyn FnMut(usize, R) -> Result<(), E>,
    ) -> Result<(), E> {
        let (next, give_up) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, results) = crossbeam_channel::bounded(self.threads.max(1));
        let is_over = || give_up.load(Ordering::Relaxed) || stop.load(Ordering::Relaxed);
        std::thread::scope(|scope| {
            for number in 0..self.threads.max(1).min(items.len()) {
                let (sender, next, is_over, work) = (sender.clone(), &next, &is_over, &work);
                let go_on = move || {
                    while let Some(place) = self.next_place(number, next, items.len(), is_over) {
                        // Nobody listens any more once something has failed.
                        if sender.send((place, work(&items[place]))).is_err() {
                            return;
                        }
                    }
                };
                // Threads of its own for the matrix products too: on those that everybody shares, each would have to wait for the
                // others, and the run that is watched for all of them.
                let pool = rayon::ThreadPoolBuilder::new().num_threads(self.cores_each).build();
                scope.spawn(move || match pool {
                    Ok(pool) => pool.install(go_on),
                    Err(_) => go_on(),
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

    /// The place of the next item for a thread, once it may begin one. `None` if there is none, or if it is over.
    fn next_place(
        &self,
        thread: usize,
        next: &AtomicUsize,
        items: usize,
        is_over: &impl Fn() -> bool,
    ) -> Option<usize> {
        while thread >= self.allowed.load(Ordering::Relaxed) && next.load(Ordering::Relaxed) < items && !is_over() {
            std::thread::sleep(REST);
        }
        let place = next.fetch_add(1, Ordering::Relaxed);
        (place < items && !is_over()).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Catches threads that share the cores unevenly or not at all, an item that is left out or done twice, and a result that is told
    /// for another one.
    #[test]
    fn the_cores_are_shared_out() {
        for threads in [1, 2, 3, 64] {
            let items: Vec<usize> = (0..10).collect();
            let work = |&item: &usize| Ok::<_, Infallible>(Some((item, rayon::current_num_threads())));
            let mut told = Vec::new();
            let Ok(()) = side_by_side(&items, threads, &AtomicBool::new(false), work, &mut |place, found| {
                told.push((place, found));
                Ok::<(), Infallible>(())
            });
            told.sort_unstable();
            let each = (cores() / threads.min(10)).max(1);
            let wanted: Vec<(usize, (usize, usize))> = items.iter().map(|&item| (item, (item, each))).collect();
            assert_eq!(told, wanted, "{threads}");
        }
    }

    /// Catches a thread that begins an item before it may, and one that waits on after everything was done or called off.
    #[test]
    fn a_thread_waits_until_it_may() {
        let (allowed, stop) = (AtomicUsize::new(1), AtomicBool::new(false));
        let team = Team {
            threads: 3,
            cores_each: 1,
            allowed: &allowed,
        };
        let at_work = AtomicUsize::new(0);
        let work = |_: &usize| {
            let others = at_work.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(2));
            at_work.fetch_sub(1, Ordering::SeqCst);
            Ok::<_, Infallible>(Some(others))
        };
        let mut most = 0;
        let Ok(()) = team.go_through(&[0; 20], &stop, work, &mut |_, others| {
            most = most.max(others);
            Ok::<(), Infallible>(())
        });
        assert_eq!(most, 0);
        // Nobody may: it ends all the same once it is called off.
        allowed.store(0, Ordering::Relaxed);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(50));
                stop.store(true, Ordering::Relaxed);
            });
            let Ok(()) = team.go_through(&[0; 20], &stop, work, &mut |_, _| {
                most += 1;
                Ok::<(), Infallible>(())
            });
        });
        assert_eq!(most, 0);
    }
}
