//! The thread that owns a running experiment.
//!
//! Commands go down, events and frames come up. The worker never waits for whoever listens: events it cannot hand over
//! are kept and merged, frames are overwritten. It publishes at most [`FRAMES_PER_SECOND`] times a second and calls the
//! given waker once for each; when it waits, nothing happens at all.

mod analyst;
mod branching;
mod command;
mod controls;
mod crew;
mod day;
mod event;
mod finding;
mod inspection;
mod keep;
mod lane;
mod lanes;
mod listing;
mod look;
mod mapping;
mod memory;
mod open;
mod orders;
mod outbox;
mod pace;
mod probe;
mod prober;
mod probing;
mod repeat;
mod replaced;
mod safe;
mod searcher;
mod side_by_side;
mod steering;
mod stop;
mod sweeper;
mod teller;
mod testing;
mod thread;
mod tracer;
mod tuning;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use arc_swap::ArcSwap;
use crossbeam_channel::{Receiver, Sender};

use self::analyst::Analyst;
use self::branching::LaneDesk;
use self::outbox::Outbox;
use self::probing::Probing;
use self::thread::Loop;

pub use command::{Cell, Command, Goal, Speed, Start};
pub use controls::Controlled;
pub use crew::do_jobs;
pub use event::{
    BatchPoint, CellImage, CellImages, Evaluated, Event, Frame, Moment, NightChange, NightStart, Opened, Phase,
    PotentialChunk, Recalled, RunNotes, Saved, SpikeChunk, Traced, Tracing, WeightSnapshot,
};
pub use lane::{
    Apart, Branching, LaneId, LaneOpened, LaneOrigin, LayerShift, MAX_CLOSED_LANES, MAX_LANES, WeightShifts, Which,
};
pub use mapping::NightMap;
pub use probe::{
    HeldOut, Judged, JudgedPicture, MAX_PICTURES, NightReadings, Outputs, ProbePicture, Shares, Stress, Stressed,
};
pub use replaced::MAX_ASIDES;
pub use searcher::{SearchFault, SearchNews, SearchOrder, Searcher, do_search};
pub use stop::Stop;
pub use sweeper::{SweepNews, SweepOrder, Sweeper};
pub use teller::Teller;

/// Publications a second at most.
pub const FRAMES_PER_SECOND: u64 = 30;

/// Neurons whose potentials are recorded at the same time, at most.
pub const MAX_WATCHED: usize = 8;

/// Events that can wait to be read; beyond that they wait, merged, on the worker's side.
const EVENTS: usize = 256;
/// Commands that can wait to be carried out.
const COMMANDS: usize = 1024;

/// A handle on the worker. Dropping it ends the thread.
pub struct Worker {
    /// `None` only while the handle is dropped.
    commands: Option<Sender<Command>>,
    interrupt: Arc<AtomicBool>,
    events: Receiver<Event>,
    frame: Arc<ArcSwap<Frame>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread. `wake` is called from it, once for each publication.
    pub fn spawn(wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (commands, commands_in) = crossbeam_channel::bounded(COMMANDS);
        let (events_out, events) = crossbeam_channel::bounded(EVENTS);
        let frame = Arc::new(ArcSwap::from_pointee(Frame::default()));
        let interrupt = Arc::new(AtomicBool::new(false));
        let outbox = Outbox::new(events_out, Arc::clone(&frame), wake);
        let body = Loop::new(
            commands_in,
            Arc::clone(&interrupt),
            outbox,
            Analyst::spawn()?,
            Probing::spawn()?,
            LaneDesk::spawn()?,
        );
        let thread = std::thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || body.run())?;
        Ok(Self {
            commands: Some(commands),
            interrupt,
            events,
            frame,
            thread: Some(thread),
        })
    }

    /// Sends a command. Nothing happens if the thread has ended; see [`Worker::is_alive`].
    pub fn send(&self, command: Command) {
        let urgent = command.is_urgent();
        // A full channel means a thousand commands in a thirtieth of a second: the thread is gone or nobody is human.
        if self
            .commands
            .as_ref()
            .is_some_and(|commands| commands.try_send(command).is_err())
        {
            log::warn!("a command could not be handed to the worker");
        }
        if urgent {
            self.interrupt.store(true, Ordering::Relaxed);
        }
    }

    /// The next event, if there is one.
    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// The newest picture of the run.
    pub fn frame(&self) -> Arc<Frame> {
        self.frame.load_full()
    }

    /// Whether the thread runs. It ends by itself only through a fault of the program.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // In a panic the thread is hung up on without that command, so that the night stays where it is kept safe.
        if !std::thread::panicking() {
            self.send(Command::Shutdown);
        }
        // Hanging up ends the thread even if that command found no place.
        self.commands = None;
        self.interrupt.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that ended in a panic has said so on its own.
            let _ = thread.join();
        }
    }
}
