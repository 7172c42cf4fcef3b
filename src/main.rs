//! The program: parses the command line and does what it says.

use std::process::ExitCode;

use clap::Parser as _;
use somnoscope::cli::{Args, Failure};

fn main() -> ExitCode {
    // Graphics drivers that are tried and not there are no news.
    let filter = "warn,wgpu_hal=off,egui_wgpu=error";
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(filter)).init();
    let outcome = match Args::try_parse() {
        Ok(args) => args.run(),
        Err(answer) if answer.use_stderr() => Err(Failure::misread(&answer)),
        // Help or the version, asked for.
        Err(answer) => answer.exit(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
