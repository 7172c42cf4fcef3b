//! Which images a trial uses for what, so that everybody can see that no held-out image leaks into anything but tests.
//!
//! The lists of chosen, mixed and held-back images come from the very functions that choose them for a trial; what a control does
//! with them is told here, and a test holds it against what it does.

use std::collections::{BTreeMap, BTreeSet};

use super::curriculum::Curriculum;
use super::{Dreamt, Job, JobError, Library, Plan, Protocol, Rival, rivals, sleep, tasks};
use crate::data::{DataSpec, Dataset, Set};
use crate::experiment::{ExperimentError, Recipe, tested_images};
use crate::sim::night::Alpha;

/// The phase in which a network is trained again after its night.
const FINE_TUNING: &str = "fine-tuning";

/// What images are used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::Display)]
pub enum Purpose {
    /// Their labels are learned.
    #[strum(to_string = "training")]
    Training,
    /// Their mean is dreamt of.
    #[strum(to_string = "mean image")]
    MeanImage,
    /// Their activations set the gains of the night, or the scale of outputs.
    #[strum(to_string = "scaling")]
    Scaling,
    /// A training is stopped where they are read best, or the candidates of a search are scored on them.
    #[strum(to_string = "validation")]
    Validation,
    /// A dream is compared with the mean activity on them.
    #[strum(to_string = "replay meter")]
    ReplayMeter,
    /// The network is tested on them.
    #[strum(to_string = "test")]
    Test,
}

/// The two parts of an image set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The images to train on.
    Training,
    /// The images that are held out.
    HeldOut,
}

/// Images that one phase of a trial uses for one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageUse {
    /// The phase, as in [`super::Finding::phase`].
    pub phase: String,
    /// What for.
    pub purpose: Purpose,
    /// Of which set.
    pub set: Set,
    /// Of which part of it.
    pub part: Part,
    /// Their positions in that part.
    pub images: Vec<usize>,
}

/// What must not be: images that are used for two purposes that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leak {
    /// The phase that uses them so.
    pub phase: String,
    /// For what.
    pub purpose: Purpose,
    /// The purpose that excludes it.
    pub excluded_by: Purpose,
    /// How many images.
    pub images: usize,
}

/// Every use of images that a test excludes, or, within a phase, a validation: what is validated on is neither trained on nor
/// dreamt of nor scaled by. No use of held-out images but for tests is allowed at all, whichever they are.
pub fn leaks(uses: &[ImageUse]) -> Vec<Leak> {
    let mut tested: BTreeMap<(Set, Part), BTreeSet<usize>> = BTreeMap::new();
    for it in uses.iter().filter(|it| it.purpose == Purpose::Test) {
        tested.entry((it.set, it.part)).or_default().extend(&it.images);
    }
    let mut found = Vec::new();
    let mut tell = |it: &ImageUse, excluded_by: Purpose, images: usize| {
        if images > 0 {
            found.push(Leak {
                phase: it.phase.clone(),
                purpose: it.purpose,
                excluded_by,
                images,
            });
        }
    };
    for it in uses.iter().filter(|it| it.purpose != Purpose::Test) {
        let excluded = match it.part {
            Part::HeldOut => it.images.len(),
            Part::Training => {
                let tested = tested.get(&(it.set, it.part));
                let is_tested = |image: &&usize| tested.is_some_and(|tested| tested.contains(image));
                it.images.iter().filter(is_tested).count()
            }
        };
        tell(it, Purpose::Test, excluded);
        if it.purpose != Purpose::Validation {
            for other in uses.iter().filter(|other| other.purpose == Purpose::Validation) {
                if (&other.phase, other.set, other.part) == (&it.phase, it.set, it.part) {
                    let validation: BTreeSet<usize> = other.images.iter().copied().collect();
                    let both = it.images.iter().filter(|image| validation.contains(image)).count();
                    tell(it, Purpose::Validation, both);
                }
            }
        }
    }
    found
}

/// Collects the uses of one set.
struct Book<'a> {
    dataset: &'a Dataset,
    uses: Vec<ImageUse>,
}

impl Book<'_> {
    /// Notes training images.
    fn note(&mut self, phase: &str, purpose: Purpose, images: &[usize]) {
        self.note_of(self.dataset.set, Part::Training, phase, purpose, images.to_vec());
    }

    /// Notes images.
    fn note_of(&mut self, set: Set, part: Part, phase: &str, purpose: Purpose, images: Vec<usize>) {
        self.uses.push(ImageUse {
            phase: phase.to_owned(),
            purpose,
            set,
            part,
            images,
        });
    }

    /// Notes what a night needs of the images that its network was trained on.
    fn note_night(&mut self, recipe: &Recipe, phase: &str, images: &[usize]) {
        self.note(phase, Purpose::MeanImage, images);
        if matches!(recipe.night.alpha, Alpha::FromData { .. }) {
            self.note(phase, Purpose::Scaling, images);
        }
    }

    /// Notes that the mean of a whole other set is dreamt of.
    fn note_foreign(&mut self, set: Set, recipe: &Recipe, library: &Library, phase: &str) -> Result<(), JobError> {
        let foreign = library.get(&DataSpec {
            set,
            ..recipe.data.clone()
        })?;
        let all = (0..foreign.train.len()).collect();
        self.note_of(set, Part::Training, phase, Purpose::MeanImage, all);
        Ok(())
    }

    /// Notes what is tested in every phase.
    fn note_tests(&mut self, images: Vec<usize>) {
        self.note_of(self.dataset.set, Part::HeldOut, "every test", Purpose::Test, images);
    }
}

impl Recipe {
    /// Which images a run of this recipe uses, phase by phase.
    ///
    /// # Errors
    /// If the set does not have such images.
    pub fn image_use(&self, dataset: &Dataset) -> Result<Vec<ImageUse>, crate::data::DataError> {
        let chosen = self.training_images(dataset)?;
        let mut book = Book {
            dataset,
            uses: Vec::new(),
        };
        book.note("training", Purpose::Training, &chosen);
        book.note_night(self, "night", &chosen);
        if self.fine_tuning.is_some() {
            book.note(FINE_TUNING, Purpose::Training, &chosen);
        }
        book.note_tests(tested_images(dataset.test.len(), self.seed));
        Ok(book.uses)
    }
}

impl Protocol {
    /// Which images a job uses, phase by phase.
    ///
    /// # Errors
    /// If the protocol makes no sense, or if the images cannot be had.
    pub fn image_use(&self, job: Job, library: &Library) -> Result<Vec<ImageUse>, JobError> {
        let recipe = self.recipe_of(job)?;
        let dataset = library.get(&recipe.data)?;
        match &self.plan {
            Plan::Night {
                fine_tuning, controls, ..
            } => {
                let mut book = Book {
                    dataset: &dataset,
                    uses: recipe.image_use(&dataset)?,
                };
                let chosen = recipe.training_images(&dataset)?;
                if fine_tuning.is_some() && recipe.fine_tuning.is_none() {
                    book.note(FINE_TUNING, Purpose::Training, &chosen);
                }
                for control in controls {
                    match &control.by {
                        Rival::Settings(_) | Rival::ShuffledPixels => {
                            let recipe = sleep::rival_recipe(&recipe, &control.by).map_err(ExperimentError::Recipe)?;
                            book.note_night(&recipe, &control.name, &chosen);
                        }
                        Rival::ForeignMean(set) => {
                            book.note_foreign(*set, &recipe, library, &control.name)?;
                            // Its rate is that of the mean of the chosen images.
                            book.note_night(&recipe, &control.name, &chosen);
                        }
                        Rival::FineTuning(_) => book.note(&control.name, Purpose::Training, &chosen),
                        Rival::RescaledOutputs => book.note(&control.name, Purpose::Scaling, &chosen),
                        Rival::EarlyStopping { share, .. } => {
                            let kept = chosen.len() - rivals::validation_images(chosen.len(), *share);
                            book.note(&control.name, Purpose::Training, &chosen[..kept]);
                            book.note(&control.name, Purpose::Validation, &chosen[kept..]);
                        }
                        // They change weights by what is known already.
                        Rival::Change(_) | Rival::WeightDecay => {}
                    }
                }
                Ok(book.uses)
            }
            Plan::Tasks {
                tasks,
                images,
                longer,
                arms,
            } => {
                let plan = tasks::Plan {
                    recipe: &recipe,
                    tasks,
                    images: *images,
                    longer: *longer,
                };
                let curriculum = Curriculum::new(&plan, &dataset)?;
                let mut book = Book {
                    dataset: &dataset,
                    uses: Vec::new(),
                };
                for arm in arms {
                    for round in 0..curriculum.rounds(arm) {
                        let phase = |when| Curriculum::phase(arm, round, when);
                        book.note(&phase("trained"), Purpose::Training, &curriculum.learned(arm, round));
                        if let Some(dreamt) = arm.sleep {
                            let images = curriculum.dreamt(arm, dreamt, round);
                            let night = sleep::arm_night(&recipe, arm).map_err(ExperimentError::Recipe)?;
                            let recipe = Recipe {
                                night,
                                ..recipe.clone()
                            };
                            book.note_night(&recipe, &phase("slept"), &images);
                            if let Dreamt::Foreign(set) = dreamt {
                                book.note_foreign(set, &recipe, library, &phase("slept"))?;
                            }
                        }
                        if arm.rescaled {
                            let seen = curriculum.dreamt(arm, Dreamt::Seen, round);
                            book.note(&phase("trained"), Purpose::Scaling, &seen);
                        }
                    }
                }
                book.note_tests(curriculum.tested);
                Ok(book.uses)
            }
        }
    }
}
