//! Which images a run, or a trial of an experiment, uses for what, told so that a person sees it at a glance: the leak guard.

use std::collections::BTreeSet;

use super::grid::VALIDATION;
use super::{ImageUse, Job, JobError, Leak, Library, Part, Protocol, Purpose, Recipe, leaks, tested_images};
use crate::data::{DataError, DataSpec, Dataset, Set};

/// The phase in which a map of nights is made.
const MAP: &str = "map of nights";
/// The phase in which a network is trained first.
const TRAINING: &str = "training";

/// Which images are used for what.
#[derive(Clone, Debug, PartialEq)]
pub struct ImagesUsed {
    /// Phase by phase.
    pub rows: Vec<UsedImages>,
    /// What must not be.
    pub leaks: Vec<Leak>,
}

/// The images that a phase uses for a purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct UsedImages {
    /// The phase.
    pub phase: String,
    /// What for.
    pub purpose: Purpose,
    /// Of which set.
    pub set: Set,
    /// Of which part of it.
    pub part: Part,
    /// How many.
    pub images: usize,
    /// How many the part has.
    pub available: usize,
    /// The lowest and the highest of their positions in the part, from 0.
    pub ends: Option<(usize, usize)>,
    /// Which share of each stretch of the part they are, [`UsedImages::STRETCHES`] stretches from its first image to its last.
    pub band: Vec<f32>,
}

impl UsedImages {
    /// Stretches that a part is cut into.
    pub const STRETCHES: usize = 160;

    /// How often each stretch of a part is used, of so many images.
    fn new(it: &ImageUse, available: usize) -> Self {
        let stretches = Self::STRETCHES.min(available.max(1));
        let stretch = |image: usize| image * stretches / available.max(1);
        let (mut used, mut all) = (vec![0_u32; stretches], vec![0_u32; stretches]);
        for image in 0..available {
            all[stretch(image)] += 1;
        }
        for &image in it.images.iter().filter(|&&image| image < available) {
            used[stretch(image)] += 1;
        }
        let share = |(&used, &all): (&u32, &u32)| used as f32 / all.max(1) as f32;
        Self {
            phase: it.phase.clone(),
            purpose: it.purpose,
            set: it.set,
            part: it.part,
            images: it.images.len(),
            available,
            ends: it.images.iter().min().copied().zip(it.images.iter().max().copied()),
            band: used.iter().zip(&all).map(share).collect(),
        }
    }
}

impl ImagesUsed {
    /// Sums up uses; `available` tells how many images a part of a set has.
    fn new<E>(uses: &[ImageUse], mut available: impl FnMut(Set, Part) -> Result<usize, E>) -> Result<Self, E> {
        let row = |it: &ImageUse| Ok(UsedImages::new(it, available(it.set, it.part)?));
        let rows = uses.iter().map(row).collect::<Result<_, E>>()?;
        let mut leaks = leaks(uses);
        leaks.extend(trained_and_judged(uses));
        Ok(Self { rows, leaks })
    }

    /// Images of a row that must not be used so.
    pub fn leaks_of(&self, row: &UsedImages) -> usize {
        let of_it = self
            .leaks
            .iter()
            .filter(|leak| leak.phase == row.phase && leak.purpose == row.purpose);
        of_it.map(|leak| leak.images).sum()
    }

    /// What came out, in a sentence.
    pub fn verdict(&self) -> String {
        if self.leaks.is_empty() {
            let judges = self.rows.iter().any(|row| row.purpose == Purpose::Validation);
            let more = if judges {
                ", and no validation image for the training that it judges"
            } else {
                ""
            };
            return format!("No held-out image is used for anything but tests{more}.");
        }
        let told = self.leaks.iter().map(|leak| {
            let images = crate::text::grouped(leak.images as u64);
            format!(
                "{} ({}) uses {images} images that are for {}",
                leak.phase, leak.purpose, leak.excluded_by
            )
        });
        format!("Images leak: {}.", told.collect::<Vec<_>>().join("; "))
    }
}

/// Validation images of a map that its network was trained on: there must be none.
fn trained_and_judged(uses: &[ImageUse]) -> Option<Leak> {
    let of = |phase: &str, purpose| uses.iter().find(|it| it.phase == phase && it.purpose == purpose);
    let (map, training) = (of(MAP, Purpose::Validation)?, of(TRAINING, Purpose::Training)?);
    let trained: BTreeSet<usize> = training.images.iter().copied().collect();
    let images = map.images.iter().filter(|image| trained.contains(image)).count();
    (images > 0).then(|| Leak {
        phase: MAP.to_owned(),
        purpose: Purpose::Validation,
        excluded_by: Purpose::Training,
        images,
    })
}

impl Recipe {
    /// Which images a run of this recipe uses in the window, whatever is looked at in it.
    ///
    /// # Errors
    /// If the set does not have such images.
    pub fn images_used(&self, dataset: &Dataset) -> Result<ImagesUsed, DataError> {
        let uses = self.watched_use(dataset)?;
        ImagesUsed::new(&uses, |_, part| Ok::<usize, DataError>(count(dataset, part)))
    }

    /// The images of a run, and of everything that the window makes of it.
    fn watched_use(&self, dataset: &Dataset) -> Result<Vec<ImageUse>, DataError> {
        let mut uses = self.image_use(dataset)?;
        let chosen = self.training_images(dataset)?;
        let note = |phase: &str, purpose, part, images: &[usize]| ImageUse {
            phase: phase.to_owned(),
            purpose,
            set: dataset.set,
            part,
            images: images.to_vec(),
        };
        // What every test is made on is told test by test.
        uses.retain(|it| it.purpose != Purpose::Test);
        uses.push(note("night", Purpose::ReplayMeter, Part::Training, &chosen));
        // Other nights, rescaled outputs, and trainings in place of the night, each with nothing but the images of the run; the mean
        // of another set is of training images, too.
        for purpose in [Purpose::Training, Purpose::MeanImage, Purpose::Scaling] {
            uses.push(note("controls", purpose, Part::Training, &chosen));
        }
        let mut others = self.validation_images(dataset)?;
        others.truncate(VALIDATION);
        if !others.is_empty() {
            uses.push(note(MAP, Purpose::Validation, Part::Training, &others));
        }
        let tested = tested_images(dataset.test.len(), self.seed);
        for phase in [
            "tests while training",
            "tests in the night",
            "controls, exact accuracy, lanes",
            "probe, fog and damage",
        ] {
            uses.push(note(phase, Purpose::Test, Part::HeldOut, &tested));
        }
        Ok(uses)
    }
}

impl Protocol {
    /// Which images a job uses.
    ///
    /// # Errors
    /// If the protocol makes no sense, or if the images cannot be had.
    pub fn images_used(&self, job: Job, library: &Library) -> Result<ImagesUsed, JobError> {
        let uses = self.image_use(job, library)?;
        let data = self.recipe_of(job)?.data;
        ImagesUsed::new(&uses, |set, part| -> Result<usize, JobError> {
            let dataset = library.get(&DataSpec { set, ..data.clone() })?;
            Ok(count(&dataset, part))
        })
    }
}

/// How many images a part of a set has.
fn count(dataset: &Dataset, part: Part) -> usize {
    match part {
        Part::Training => dataset.train.len(),
        Part::HeldOut => dataset.test.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;
    use crate::experiment::presets;

    /// Catches a run of the window that leaks, a phase that is left out, and a guard that does not see a map judged by images that
    /// the network was trained on, or a held-out image in its mean image.
    #[test]
    fn the_window_uses_held_out_images_for_tests_alone() {
        let mut recipe = presets().swap_remove(0).recipe;
        recipe.data.from = data::Origin::BuiltIn;
        recipe.data.images = data::Amount::Count(300);
        let dataset = data::load(&recipe.data).unwrap();
        let used = recipe.images_used(&dataset).unwrap();
        assert_eq!(used.leaks, vec![]);
        assert!(
            used.verdict()
                .starts_with("No held-out image is used for anything but tests, and no validation")
        );
        let purposes: BTreeSet<Purpose> = used.rows.iter().map(|row| row.purpose).collect();
        assert_eq!(purposes.len(), 6, "{purposes:?}");
        for row in &used.rows {
            let total: f32 = row.band.iter().sum::<f32>() / row.band.len() as f32;
            let share = row.images as f32 / row.available as f32;
            assert!((total - share).abs() < 0.01, "{}: {total} of {share}", row.phase);
        }
        let mut uses = recipe.watched_use(&dataset).unwrap();
        let available = |_, part| Ok::<_, DataError>(count(&dataset, part));
        let trained = uses[0].images[7];
        let map = uses.iter_mut().find(|it| it.phase == MAP).unwrap();
        map.images[0] = trained;
        let leaking = ImagesUsed::new(&uses, available).unwrap();
        assert_eq!((leaking.leaks.len(), leaking.leaks[0].images), (1, 1));
        assert!(
            leaking
                .verdict()
                .contains("map of nights (validation) uses 1 images that are for training")
        );
        let mean = uses.iter_mut().find(|it| it.purpose == Purpose::MeanImage).unwrap();
        mean.part = Part::HeldOut;
        assert_eq!(ImagesUsed::new(&uses, available).unwrap().leaks.len(), 2);
    }
}
