//! The thread that owns a running experiment.
