//! The memory that makes going back quick.

use super::thread::Loop;

impl Loop {
    /// So much memory may be taken for going back, in the run and, as a part of it, in each lane.
    pub(super) fn set_memory(&mut self, bytes: usize) {
        self.memory = bytes;
        if let Some(experiment) = &mut self.experiment {
            experiment.set_memory(bytes);
        }
        self.lanes.thread.set_memory(bytes);
        self.unpublished = true;
        // What is taken now is told even while it waits.
        self.settled = false;
    }
}
