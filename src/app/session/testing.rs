//! A made-up night for the tests of whatever looks at one.

use std::sync::Arc;

use super::Session;
use crate::experiment::{Recipe, presets};
use crate::worker::{Event, Frame, NightStart, Opened, Phase, SpikeChunk};

/// Four inputs, three hidden units and two outputs in a night with these spikes, all of it shown.
pub fn session(spikes: &[(u64, &[u32])]) -> Session {
    night(presets().remove(0).recipe, spikes)
}

/// The same in a night of a recipe.
pub fn night(recipe: Recipe, spikes: &[(u64, &[u32])]) -> Session {
    let mut session = Session::default();
    let params = recipe.night.clone();
    session.absorb(Event::Opened(Arc::new(Opened {
        recipe,
        data_title: String::new(),
        data_origin: String::new(),
        class_names: Vec::new(),
        image_size: (2, 2),
        train_images: 1,
        train_available: 1,
        class_images: Vec::new(),
        class_available: Vec::new(),
        test_images: 1,
        test_available: 1,
        sizes: vec![4, 3, 2],
        total_batches: 1,
        mean_image: Vec::new(),
    })));
    session.absorb(Event::Entered(Phase::Asleep));
    session.absorb(Event::FellAsleep(Arc::new(NightStart {
        params,
        weights: Arc::new(Vec::new()),
        alpha: Vec::new(),
        class_means: Vec::new(),
    })));
    for &(first_step, units) in spikes {
        session.absorb(Event::Spikes(Arc::new(SpikeChunk {
            first_step,
            ends: vec![units.len() as u32],
            units: units.to_vec(),
        })));
    }
    session.show(Arc::new(Frame {
        phase: Phase::Asleep,
        steps: spikes.last().map_or(0, |(step, _)| step + 1),
        ..Frame::default()
    }));
    session
}
