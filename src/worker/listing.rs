//! Which images the run uses for what, told while somebody looks at it.

use std::sync::Arc;

use super::event::Event;
use super::thread::Loop;
use crate::data::DataSpec;
use crate::experiment::Recipe;
use crate::sim::night::Alpha;

/// What of a recipe decides which images are used for what.
type Deciding = (DataSpec, u64, bool, bool);

/// Whether somebody looks, and what was told last.
#[derive(Debug, Default)]
pub(super) struct Listing {
    is_wanted: bool,
    told: Option<Deciding>,
}

impl Listing {
    /// What was told is void.
    pub(super) fn forget(&mut self) {
        self.told = None;
    }
}

/// What of a recipe decides which images are used for what.
fn deciding(recipe: &Recipe) -> Deciding {
    let scales = matches!(recipe.night.alpha, Alpha::FromData { .. });
    (recipe.data.clone(), recipe.seed, scales, recipe.fine_tuning.is_some())
}

impl Loop {
    /// Tells from now on which images are used for what, or no longer.
    pub(super) fn list_images(&mut self, is_wanted: bool) {
        self.listing.is_wanted = is_wanted;
    }

    /// Tells it, if somebody looks and it is not what was told last.
    pub(super) fn place_list(&mut self) {
        let (Some(experiment), Some((_, dataset))) = (&self.experiment, &self.dataset) else {
            return;
        };
        if !self.listing.is_wanted || !experiment.has_images() {
            return;
        }
        let deciding = deciding(experiment.recipe());
        if self.listing.told.as_ref() == Some(&deciding) {
            return;
        }
        match experiment.recipe().images_used(dataset) {
            Ok(used) => self.outbox.send(Event::ImagesUsed(Arc::new(used))),
            Err(error) => self.outbox.send(Event::Failed(error.to_string())),
        }
        self.listing.told = Some(deciding);
    }
}
