//! Somnoscope: watch a neural network sleep.
//!
//! A trained multi-layer perceptron is put to sleep: its units become spiking neurons, noise shaped like the average
//! image drives them, and a local Hebbian rule changes the weights (sleep replay consolidation, Tadros et al. 2022,
//! Nature Communications 13:7742).
//!
//! The modules depend on each other in one direction only:
//! [`data`] → [`sim`] → [`experiment`] → [`run`] → [`worker`] → [`app`]. The command line, [`cli`], stands on top beside
//! the window and uses what it needs.

pub mod app;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod run;
pub mod sim;
pub mod text;
pub mod worker;
