//! The thread that owns a running experiment.
//!
//! Commands go down, events and frames come up. The worker never waits for whoever listens: events it cannot hand over
//! are kept and merged, frames are overwritten. It publishes at most [`FRAMES_PER_SECOND`] times a second and calls the
//! given waker once for each; when it waits, nothing happens at all.

mod command;
mod event;

use std::sync::Arc;
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender};

pub use command::{Command, Goal, Speed, Start};
pub use event::{
    BatchPoint, Evaluated, Event, Frame, Moment, NightStart, Opened, Phase, SpikeChunk, WeightSnapshot,
};

/// Publications a second at most.
pub const FRAMES_PER_SECOND: f64 = 30.0;

/// A handle on the worker. Dropping it ends the thread.
pub struct Worker {
    commands: Sender<Command>,
    events: Receiver<Event>,
    frame: Arc<ArcSwap<Frame>>,
    thread: Option<JoinHandle<()>>,
}
