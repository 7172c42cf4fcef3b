//! The program: parses the command line and does what it says.

fn main() -> std::process::ExitCode {
    env_logger::init();
    let recipe = somnoscope::experiment::presets().remove(0).recipe;
    match somnoscope::app::open_window(None, &recipe) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            log::error!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}
