//! No held-out image leaks into anything but tests.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use somnoscope::data::{self, Amount, Balance, DataSpec, Dataset, Draw, Images, Origin, Set};
use somnoscope::experiment::{
    Experiment, ImageUse, Job, Library, Part, Purpose, Recipe, Stage, leaks, presets, protocols,
};

/// The shipped protocols on the built-in sets, which have fewer images.
fn on_built_in_sets() -> Vec<somnoscope::experiment::Protocol> {
    let mut all = protocols();
    for protocol in &mut all {
        protocol.recipe.data.from = Origin::BuiltIn;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Catches a held-out image that is trained on, dreamt of or scaled by, and a validation image that is trained on, in any
    /// trial of any shipped protocol.
    #[test]
    fn the_images_of_every_trial_are_disjoint(pick in any::<prop::sample::Index>(), point in any::<prop::sample::Index>(), seed in 0_u64..1_000_000) {
        let mut protocol = on_built_in_sets().swap_remove(pick.index(protocols().len()));
        protocol.recipe.seed = seed;
        let job = Job { point: point.index(protocol.points()), trial: 0 };
        let library = Library::default();
        let uses = protocol.image_use(job, &library).unwrap();
        prop_assert_eq!(leaks(&uses), vec![]);
        for it in &uses {
            let dataset = library.get(&DataSpec { set: it.set, ..protocol.recipe.data.clone() }).unwrap();
            let part = match it.part { Part::Training => &dataset.train, Part::HeldOut => &dataset.test };
            prop_assert!(!it.images.is_empty() && it.images.iter().all(|&image| image < part.len()), "{}", it.phase);
        }
        prop_assert!(uses.iter().any(|it| it.purpose == Purpose::Training));
        prop_assert!(uses.iter().any(|it| it.purpose == Purpose::Test && it.part == Part::HeldOut));
    }

    /// Catches a guard that sleeps: any single image in the wrong place is found, and told with its phase.
    #[test]
    fn one_image_in_the_wrong_place_is_found(image in 0_usize..50, purpose in 0_usize..3) {
        let purpose = [Purpose::Training, Purpose::MeanImage, Purpose::Scaling][purpose];
        let uses = |part, purpose, phase: &str, images: &[usize]| ImageUse {
            phase: phase.to_owned(), purpose, set: Set::Mnist, part, images: images.to_vec(),
        };
        let tests = uses(Part::HeldOut, Purpose::Test, "every test", &(0..50).collect::<Vec<_>>());
        let good = uses(Part::Training, purpose, "night", &[image]);
        prop_assert_eq!(leaks(&[tests.clone(), good.clone()]), vec![]);
        let bad = leaks(&[tests, uses(Part::HeldOut, purpose, "night", &[image])]);
        prop_assert_eq!(bad.len(), 1);
        prop_assert_eq!((bad[0].phase.as_str(), bad[0].purpose, bad[0].excluded_by, bad[0].images), ("night", purpose, Purpose::Test, 1));
        let both = [uses(Part::Training, Purpose::Training, "early", &[image, 50]), uses(Part::Training, Purpose::Validation, "early", &[image])];
        prop_assert_eq!(leaks(&both).len(), 1);
    }
}

/// A set with other pixels at some places of a part, and other labels if they are not what images are chosen by.
fn altered(images: &Images, labels_too: bool, keep: impl Fn(usize) -> bool) -> Images {
    let size = images.pixel_count();
    let mut pixels = images.all_pixels().to_vec();
    let mut labels = images.labels().to_vec();
    for image in (0..images.len()).filter(|&image| !keep(image)) {
        for pixel in &mut pixels[image * size..(image + 1) * size] {
            *pixel = !*pixel;
        }
        if labels_too {
            labels[image] = (labels[image] + 1) % 10;
        }
    }
    Images::new(images.width(), images.height(), pixels, labels).unwrap()
}

/// The weights after the night of a small run.
fn slept(recipe: &Recipe, dataset: &Dataset) -> Vec<ndarray::Array2<f32>> {
    let never = AtomicBool::new(false);
    let mut experiment = Experiment::new(recipe.clone(), dataset).unwrap();
    while experiment.stage() == Stage::Training {
        experiment.train_batch(&never).unwrap().unwrap();
    }
    experiment.evaluate(&never).unwrap().unwrap();
    experiment.fall_asleep(&never).unwrap().unwrap();
    while experiment.sleep_step().is_some() {}
    experiment.evaluate(&never).unwrap().unwrap();
    experiment.weights()
}

/// Catches lists that leave something out: whatever the guard does not list can be turned into its opposite without a bit of
/// difference in the network, and what it lists cannot.
#[test]
fn what_is_not_listed_changes_nothing() {
    let mut recipe = presets().swap_remove(0).recipe;
    recipe.data = DataSpec {
        set: Set::Mnist,
        from: Origin::BuiltIn,
        images: Amount::Count(80),
        draw: Draw::Random,
        balance: Balance::LongTail { ratio: 5.0 },
    };
    recipe.network.hidden = vec![24, 16];
    recipe.network.start_weights = 0.05;
    recipe.training.epochs = 2;
    recipe.training.batch = 20;
    recipe.night.steps = 60;
    recipe.night.beta = vec![2.0, 1.0, 1.0];
    let dataset = data::load(&recipe.data).unwrap();
    let uses = recipe.image_use(&dataset).unwrap();
    let listed = |part: Part, image: usize, test: bool| {
        let mut uses = uses.iter();
        uses.any(|it| it.part == part && (test || it.purpose != Purpose::Test) && it.images.contains(&image))
    };
    let original = slept(&recipe, &dataset);
    let others = Dataset {
        train: altered(&dataset.train, false, |image| listed(Part::Training, image, false)),
        test: altered(&dataset.test, true, |image| listed(Part::HeldOut, image, false)),
        ..dataset.clone()
    };
    assert!(others.train != dataset.train && others.test != dataset.test);
    assert_eq!(slept(&recipe, &others), original);
    let chosen = &uses.iter().find(|it| it.purpose == Purpose::Training).unwrap().images;
    let one = Dataset {
        train: altered(&dataset.train, false, |image| image != chosen[0]),
        ..dataset.clone()
    };
    assert_ne!(slept(&recipe, &one), original);
}
