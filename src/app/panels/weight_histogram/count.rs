//! Counting weights into bins, on a thread of its own.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use ndarray::Array2;

use crate::app::text::nice_ceiling;

/// Bins from the lower to the upper end; even, so that a bin lies on one side of zero.
pub const BINS: usize = 120;
/// Weights below this magnitude count as none.
pub const SPARSE: f32 = 0.001;

/// What is known of the weights of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// The bins reach from minus this to plus this.
    pub bound: f64,
    /// Weights in each bin before sleep.
    pub before: Vec<u64>,
    /// Weights in each bin now.
    pub now: Vec<u64>,
    /// Number of weights.
    pub count: u64,
    /// Weights that are larger than before.
    pub grown: u64,
    /// Weights that are smaller than before.
    pub shrunk: u64,
    /// Mean magnitude of the changes.
    pub mean_change: f64,
    /// Weights of a magnitude below [`SPARSE`], before and now.
    pub sparse: [u64; 2],
    /// Weights above zero, before and now.
    pub positive: [u64; 2],
}

impl Counts {
    /// Counts the weights of a layer; both matrices are of the same shape.
    pub fn new(before: &Array2<f32>, now: &Array2<f32>) -> Self {
        let finite = before.iter().chain(now).filter(|weight| weight.is_finite());
        let bound = nice_ceiling(finite.fold(0.0_f32, |most, weight| most.max(weight.abs())).into());
        let bin = |weight: f32| {
            let place = (f64::from(weight) / bound + 1.0) * 0.5 * BINS as f64;
            (place.max(0.0) as usize).min(BINS - 1)
        };
        let mut counts = Self {
            bound,
            before: vec![0; BINS],
            now: vec![0; BINS],
            count: before.len() as u64,
            grown: 0,
            shrunk: 0,
            mean_change: 0.0,
            sparse: [0; 2],
            positive: [0; 2],
        };
        for (&b, &n) in before.iter().zip(now) {
            counts.before[bin(b)] += 1;
            counts.now[bin(n)] += 1;
            counts.grown += u64::from(n > b);
            counts.shrunk += u64::from(n < b);
            counts.mean_change += f64::from((n - b).abs());
            for (side, weight) in [b, n].into_iter().enumerate() {
                counts.sparse[side] += u64::from(weight.abs() < SPARSE);
                counts.positive[side] += u64::from(weight > 0.0);
            }
        }
        counts.mean_change /= counts.count.max(1) as f64;
        counts
    }
}

/// Which weights: the run, the number of the snapshot, and the step it is of.
pub type Key = (u64, u64, u64);

/// The weights of all layers, before and now.
struct Job {
    key: Key,
    before: Arc<Vec<Array2<f32>>>,
    now: Arc<Vec<Array2<f32>>>,
}

/// A thread that counts. It ends with this.
pub struct Counter {
    jobs: Sender<Job>,
    done: Receiver<(Key, Vec<Counts>)>,
    is_busy: bool,
}

impl Counter {
    /// Starts the thread; it wakes this context when it has counted. None if there can be no thread.
    pub fn start(ctx: egui::Context) -> Option<Self> {
        let (jobs, todo) = bounded::<Job>(1);
        let (finished, done) = bounded(1);
        let work = move || {
            for job in todo {
                let layers = job.before.iter().zip(job.now.iter());
                let counts = layers
                    .filter(|(before, now)| before.dim() == now.dim())
                    .map(|(before, now)| Counts::new(before, now))
                    .collect();
                if finished.send((job.key, counts)).is_err() {
                    return;
                }
                ctx.request_repaint();
            }
        };
        let thread = std::thread::Builder::new().name("weight histogram".to_owned());
        thread.spawn(work).ok()?;
        Some(Self {
            jobs,
            done,
            is_busy: false,
        })
    }

    /// Whether it counts at the moment.
    pub fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Asks for these weights to be counted.
    pub fn ask(&mut self, key: Key, before: Arc<Vec<Array2<f32>>>, now: Arc<Vec<Array2<f32>>>) {
        self.is_busy = self.jobs.try_send(Job { key, before, now }).is_ok();
    }

    /// What was counted, once.
    pub fn take(&mut self) -> Option<(Key, Vec<Counts>)> {
        let done = self.done.try_recv().ok()?;
        self.is_busy = false;
        Some(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Catches wrong numbers: a weight in no bin, a side mixed up, a share that is not one.
    #[test]
    fn every_weight_is_counted_once() {
        let before = array![[0.0, 0.5, -0.5], [0.0005, -1.0, 0.9]];
        let now = array![[0.25, 0.5, -0.75], [0.0005, -0.5, 0.0]];
        let counts = Counts::new(&before, &now);
        assert_eq!(counts.bound.to_bits(), 1.0_f64.to_bits());
        assert_eq!(
            (counts.before.iter().sum::<u64>(), counts.now.iter().sum::<u64>()),
            (6, 6)
        );
        assert_eq!((counts.count, counts.grown, counts.shrunk), (6, 2, 2));
        assert!((counts.mean_change - (0.25 + 0.25 + 0.5 + 0.9) / 6.0).abs() < 1e-6);
        assert_eq!((counts.sparse, counts.positive), ([2, 2], [3, 3]));
        assert_eq!(counts.before[..BINS / 2].iter().sum::<u64>(), 2, "two are negative");
        assert_eq!((counts.before[0], counts.before[BINS / 2]), (1, 2));
    }

    /// Catches what is no number, or nothing at all, that stops the counting.
    #[test]
    fn odd_weights_do_no_harm() {
        let odd = array![[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]];
        assert_eq!(Counts::new(&odd, &odd).now.iter().sum::<u64>(), 3);
        let none = Array2::zeros((0, 4));
        assert_eq!(Counts::new(&none, &none).count, 0);
    }
}
