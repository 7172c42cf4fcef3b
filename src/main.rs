//! The program: parses the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use somnoscope::cli::Args;

fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn")).init();
    match Args::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
