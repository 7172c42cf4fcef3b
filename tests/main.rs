//! The one integration-test binary: linked once, a module for each subject.

mod app;
mod cli;
mod data;
mod experiment;
mod run;
mod sim;
mod structure;
mod worker;
