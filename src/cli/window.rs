//! `somnoscope` without a command: the window.

use std::path::Path;

use super::failure::Failure;
use super::{Renderer, WindowArgs, chosen};
use crate::experiment::Recipe;
use crate::run::Recording;

/// Opens the window with the recipe that the arguments name, and returns when it is closed.
pub fn open(args: &WindowArgs) -> Result<(), Failure> {
    let recipe = chosen::recipe(&args.preset, args.data.as_ref())?;
    if let Some(run) = &args.open {
        // Known to be sound before a window opens; the window reads it again.
        Recording::read_manifest(run)?;
    }
    hand_over(args.renderer, &recipe, args.open.as_deref()).map_err(Failure::failed)
}

/// The one place where the command line meets the window.
fn hand_over(renderer: Renderer, recipe: &Recipe, run: Option<&Path>) -> anyhow::Result<()> {
    let renderer = match renderer {
        Renderer::Glow => eframe::Renderer::Glow,
        Renderer::Wgpu => eframe::Renderer::Wgpu,
    };
    crate::app::open_window(Some(renderer), recipe, run)
}
