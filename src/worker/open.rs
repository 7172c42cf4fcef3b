//! Making a run ready.

use std::sync::Arc;

use super::command::Start;
use super::event::{Event, Opened, Phase};
use super::keep::Record;
use super::stop::Fall;
use super::thread::Loop;
use crate::data::{self, DataSpec, class_counts};
use crate::experiment::{Experiment, ExperimentError, Recipe, Stage};

impl Loop {
    /// Makes a run ready.
    pub(super) fn open(&mut self, recipe: Recipe, from: Start) -> Result<(), ExperimentError> {
        recipe.validate()?;
        let kept = self.experiment.take_if(|experiment| {
            let keeps = from == Start::Trained && same_training(experiment.recipe(), &recipe);
            if keeps {
                experiment.come_back();
            }
            keeps && experiment.stage() != Stage::Training
        });
        let experiment = if let Some(mut kept) = kept {
            // The trained network is not lost if the new night makes no sense: it goes back to where it was.
            let outcome = kept.sleep_again(&recipe);
            self.experiment = Some(kept);
            outcome?;
            self.experiment.take()
        } else {
            let spec = recipe.data.clone();
            let known = self
                .dataset
                .take_if(|(known, images)| !images.is_absent() && same_images(known, &spec));
            let known = if let Some(known) = known {
                known
            } else {
                self.outbox.send(Event::Entered(Phase::Loading));
                self.publish();
                (spec.clone(), data::load(&spec)?)
            };
            let experiment = Experiment::new(recipe, &known.1);
            // Kept for the next try, unless the run that stays is on other images.
            if experiment.is_ok() || self.experiment.is_none() || self.dataset.is_none() {
                self.dataset = Some(known);
            }
            Some(experiment?)
        };
        if let Some(experiment) = experiment {
            // A kept network keeps its training.
            let keeps = experiment.batches() > 0;
            self.begin(experiment);
            if keeps {
                self.record.forget_night();
                self.tell_map_again();
            } else {
                self.record = Record::default();
                self.forget_map();
            }
            self.enter(self.phase_of_run());
        }
        Ok(())
    }

    /// Tells of a run that was made ready, and forgets what was known of the one before.
    pub(super) fn begin(&mut self, experiment: Experiment) {
        let Some((_, dataset)) = &self.dataset else { return };
        self.outbox.send(Event::Opened(Arc::new(Opened {
            recipe: experiment.recipe().clone(),
            data_title: dataset.title.clone(),
            data_origin: dataset.origin.clone(),
            class_names: dataset.class_names.clone(),
            image_size: (dataset.train.width(), dataset.train.height()),
            train_images: experiment.train_count(),
            train_available: dataset.train.len(),
            class_images: class_images(&experiment, dataset.classes),
            class_available: if dataset.is_absent() {
                Vec::new()
            } else {
                dataset.train.class_counts(dataset.classes)
            },
            test_images: experiment.test_samples().len(),
            test_available: dataset.test.len(),
            sizes: experiment.sizes(),
            total_batches: experiment.total_batches(),
            mean_image: experiment.mean_image().to_vec(),
        })));
        self.forget_questions(0);
        self.probing.forget_run();
        self.lanes.forget_branches();
        self.silence.clear();
        self.fall = Fall::default();
        self.safe.begin_run();
        self.search = None;
        self.listing.forget();
        self.tested = None;
        self.settled = false;
        self.snapshot = None;
        let mut experiment = experiment;
        experiment.set_memory(self.memory);
        self.experiment = Some(experiment);
    }
}

/// Images trained on of each class; none of them where the images are not here.
fn class_images(experiment: &Experiment, classes: usize) -> Vec<usize> {
    if !experiment.has_images() {
        return Vec::new();
    }
    class_counts(&experiment.train_samples().labels, classes)
}

/// Whether two recipes train the same network on the same images.
fn same_training(one: &Recipe, other: &Recipe) -> bool {
    one.seed == other.seed && one.data == other.data && one.network == other.network && one.training == other.training
}

/// Whether two recipes draw from the same images.
fn same_images(one: &DataSpec, other: &DataSpec) -> bool {
    one.set == other.set && one.from == other.from
}
