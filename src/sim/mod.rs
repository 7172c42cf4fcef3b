//! The simulation: the network awake, its training, and the night. Knows no user interface and no files.
