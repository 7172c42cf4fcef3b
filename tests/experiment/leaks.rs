//! No held-out image leaks into anything but tests.

use std::sync::atomic::AtomicBool;

use proptest::prelude::*;
use somnoscope::data::{self, Amount, Balance, DataSpec, Dataset, Draw, Images, Origin, Set};
use somnoscope::experiment::{
    Arm, ChangeControl, Checkpoint, Control, Dreamt, Experiment, ImageUse, Job, Library, Outcome, Part, Plan, Protocol,
    Purpose, Recipe, Rival, Search, Situation, Stage, Validation, leaks, presets, protocols, run_job, searches,
};

/// The shipped protocols on the built-in sets, which have fewer images.
fn on_built_in_sets() -> Vec<Protocol> {
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

    /// Catches a held-out image that a search touches at all, and an image that scores candidates on networks that were trained on
    /// it or that dream of it, in any network of any shipped search, whichever way it is scored.
    #[test]
    fn a_search_scores_on_images_of_its_own(pick in any::<prop::sample::Index>(), network in any::<prop::sample::Index>(), seed in 0_u64..1_000_000, share in 0.01_f64..0.99) {
        let mut search = searches().swap_remove(pick.index(searches().len()));
        search.recipe.data.from = Origin::BuiltIn;
        for validation in [Validation::Others(500), Validation::Share(share)] {
            search.validation = validation;
            let (situation, _) = search.networks()[network.index(search.networks().len())];
            let library = Library::default();
            let uses = search.image_use(situation, seed, &library).unwrap();
            prop_assert_eq!(leaks(&uses), vec![]);
            prop_assert!(uses.iter().all(|it| it.part == Part::Training && !it.images.is_empty()));
            let of = |purpose| uses.iter().filter(move |it| it.purpose == purpose).flat_map(|it| it.images.iter().copied());
            let validation: std::collections::BTreeSet<usize> = of(Purpose::Validation).collect();
            for purpose in [Purpose::Training, Purpose::MeanImage, Purpose::Scaling] {
                prop_assert!(of(purpose).count() > 0 && of(purpose).all(|image| !validation.contains(&image)));
            }
            let spec = search.recipe_of(situation, seed).unwrap().data;
            let images = library.get(&spec).unwrap().train.len();
            prop_assert!(validation.len() == of(Purpose::Validation).count() && validation.iter().all(|&image| image < images));
        }
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
        let both = [uses(Part::Training, purpose, "early", &[image, 50]), uses(Part::Training, Purpose::Validation, "early", &[image])];
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

/// A network, a training and a night that take a moment.
fn shrink(recipe: &mut Recipe) {
    recipe.network.hidden = vec![24, 16];
    recipe.network.start_weights = 0.05;
    recipe.training.epochs = 2;
    recipe.training.batch = 20;
    recipe.night.steps = 60;
    recipe.night.beta = vec![2.0, 1.0, 1.0];
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
    shrink(&mut recipe);
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

/// The set alone, whatever a recipe asks for.
fn only(dataset: &Dataset) -> (tempfile::TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, head: &[u32], content: &[u8]| {
        let mut bytes = vec![0, 0, 8, head.len() as u8];
        bytes.extend(head.iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend(content);
        std::fs::write(folder.path().join(name), bytes).unwrap();
    };
    for (part, name) in [(&dataset.train, "train"), (&dataset.test, "t10k")] {
        let sizes = [part.len(), part.height(), part.width()].map(|size| size as u32);
        write(&format!("{name}-images-idx3-ubyte"), &sizes, part.all_pixels());
        write(&format!("{name}-labels-idx1-ubyte"), &sizes[..1], part.labels());
    }
    let library = Library::new(Some(folder.path().to_owned()));
    (folder, library)
}

/// Catches the images of one folder that are taken for two sets: an experiment on both would find the same twice.
#[test]
fn one_folder_of_images_is_one_set() {
    let wanted = |set| DataSpec {
        set,
        from: Origin::Full,
        ..presets().swap_remove(0).recipe.data
    };
    let built_in = DataSpec {
        from: Origin::BuiltIn,
        ..wanted(Set::Mnist)
    };
    let (_folder, library) = only(&data::load(&built_in).unwrap());
    library.get(&wanted(Set::Mnist)).unwrap();
    let fault = library.get(&wanted(Set::FashionMnist)).unwrap_err().to_string();
    for word in [
        "taken as MNIST",
        "Fashion-MNIST is wanted",
        "a folder `fashion-mnist` in it",
    ] {
        assert!(fault.contains(word), "{fault}");
    }
    library.get(&wanted(Set::Mnist)).unwrap();
}

/// What a small search finds with other images: the network, and what its first night is worth.
fn scored(search: &Search, dataset: &Dataset) -> (somnoscope::sim::mlp::Mlp, Outcome) {
    let never = AtomicBool::new(false);
    let (_folder, library) = only(dataset);
    let checkpoint = Checkpoint::train(search, (0, search.seeds[0]), &library, &never)
        .unwrap()
        .unwrap();
    let outcome = checkpoint
        .score(&search.recipe.night, search.most_spikes, &never)
        .unwrap();
    (checkpoint.mlp().clone(), outcome)
}

/// Catches a score that held-out images or images of no list have a part in, and validation images that a network learns from:
/// whatever a search does not list can be turned into its opposite without a bit of difference, the images it scores on change the
/// score and not the network, and those it trains on change both.
#[test]
fn what_a_search_does_not_list_changes_nothing() {
    let mut search = searches().swap_remove(0);
    search.situations = vec![Situation {
        name: "few".to_owned(),
        set: Vec::new(),
        weight: 1.0,
    }];
    search.most_spikes = 1000.0;
    search.recipe.data.images = Amount::Count(80);
    shrink(&mut search.recipe);
    let built_in = DataSpec {
        from: Origin::BuiltIn,
        ..search.recipe.data.clone()
    };
    let dataset = data::load(&built_in).unwrap();
    for validation in [Validation::Others(60), Validation::Share(0.5)] {
        search.validation = validation;
        let uses = search.image_use(0, search.seeds[0], &only(&dataset).1).unwrap();
        let listed = |purpose: Purpose| -> Vec<usize> {
            let of = uses.iter().filter(|it| it.purpose == purpose);
            of.flat_map(|it| it.images.clone()).collect()
        };
        let all: Vec<usize> = [Purpose::Training, Purpose::Validation]
            .into_iter()
            .flat_map(listed)
            .collect();
        let original = scored(&search, &dataset);
        assert!(matches!(original.1, Outcome::Read(_)));
        let with = |train: Images, test: Images| Dataset {
            train,
            test,
            ..dataset.clone()
        };
        let others = with(
            altered(&dataset.train, false, |image| all.contains(&image)),
            altered(&dataset.test, true, |_| false),
        );
        assert_eq!(scored(&search, &others), original);
        let (validation, trained_on) = (listed(Purpose::Validation), listed(Purpose::Training));
        // Read as what they are called: over all classes that they could be called, every image is read right once.
        let mut read = 0.0;
        for class in 0..10 {
            let mut labels = dataset.train.labels().to_vec();
            for &image in &validation {
                labels[image] = class;
            }
            let (width, height) = (dataset.train.width(), dataset.train.height());
            let called = Images::new(width, height, dataset.train.all_pixels().to_vec(), labels).unwrap();
            let (network, outcome) = scored(&search, &with(called, dataset.test.clone()));
            assert_eq!(network, original.0);
            read += outcome.accuracy().unwrap();
        }
        assert!((read - 1.0).abs() < 1e-9, "{read}");
        let learned = with(
            altered(&dataset.train, false, |image| image != trained_on[0]),
            dataset.test.clone(),
        );
        assert_ne!(scored(&search, &learned).0, original.0);
    }
}

/// A small protocol with this plan.
fn small(plan: Plan) -> Protocol {
    let mut recipe = presets().swap_remove(0).recipe;
    recipe.data.images = Amount::Count(80);
    recipe.data.from = Origin::Full;
    shrink(&mut recipe);
    Protocol {
        name: "small".to_owned(),
        title: String::new(),
        note: String::new(),
        trials: 1,
        recipe,
        axes: Vec::new(),
        plan,
        published: Vec::new(),
    }
}

/// Catches a control or a way to learn tasks that uses an image of no list: whatever is not listed of the training part can be turned
/// into its opposite, and the held-out images can stand in any order, without a bit of difference in what is found; one image
/// that is listed makes a difference.
#[test]
fn what_a_trial_does_not_list_changes_nothing() {
    let control = |by: Rival| Control {
        name: format!("{by:?}"),
        by,
    };
    let arm = |name: &str| Arm {
        name: name.to_owned(),
        sleep: None,
        rehearsal: 0.0,
        at_once: false,
        change: None,
        night: Vec::new(),
        rescaled: false,
    };
    let night = Plan::Night {
        fine_tuning: Some(Recipe::usual_fine_tuning()),
        controls: vec![
            control(Rival::Settings(vec!["night.dream=WholeImage".to_owned()])),
            control(Rival::ShuffledPixels),
            control(Rival::Change(ChangeControl::NeuronMean)),
            control(Rival::RescaledOutputs),
            control(Rival::WeightDecay),
            control(Rival::FineTuning(Recipe::usual_fine_tuning())),
            control(Rival::EarlyStopping {
                share: 0.2,
                epochs: 6,
                patience: Some(2),
            }),
        ],
        conditions: Vec::new(),
        trained_under: None,
        look: true,
    };
    let tasks = Plan::Tasks {
        tasks: vec![vec![0, 1], vec![2, 3]],
        images: 40,
        longer: 10,
        arms: vec![
            Arm {
                rescaled: true,
                ..arm("rescaled")
            },
            Arm {
                sleep: Some(Dreamt::ShuffledPixels),
                rehearsal: 0.2,
                ..arm("shuffled")
            },
            Arm {
                sleep: Some(Dreamt::Current),
                night: vec!["night.gate=None".to_owned()],
                ..arm("no gate")
            },
        ],
    };
    for protocol in [small(night), small(tasks)] {
        protocol.validate().unwrap();
        let job = Job { point: 0, trial: 0 };
        let built_in = DataSpec {
            from: Origin::BuiltIn,
            ..protocol.recipe.data.clone()
        };
        let dataset = data::load(&built_in).unwrap();
        let found = |dataset: &Dataset| {
            let (_folder, library) = only(dataset);
            run_job(&protocol, job, &library, &AtomicBool::new(false))
                .unwrap()
                .unwrap()
        };
        let uses = protocol.image_use(job, &only(&dataset).1).unwrap();
        let listed = uses.iter().filter(|it| it.part == Part::Training);
        let listed: Vec<usize> = listed.flat_map(|it| it.images.clone()).collect();
        let (test, size) = (&dataset.test, dataset.test.pixel_count());
        let turned = test.all_pixels().chunks_exact(size).rev().flatten().copied();
        let labels = test.labels().iter().rev().copied().collect();
        let others = Dataset {
            train: altered(&dataset.train, false, |image| listed.contains(&image)),
            test: Images::new(test.width(), test.height(), turned.collect(), labels).unwrap(),
            ..dataset.clone()
        };
        assert!(others.train != dataset.train);
        let original = found(&dataset);
        assert_eq!(found(&others), original);
        let one = Dataset {
            train: altered(&dataset.train, false, |image| image != listed[0]),
            ..dataset.clone()
        };
        assert_ne!(found(&one), original);
    }
}

/// Catches a network of a search that is not the one that everybody else trains from that recipe, and a night that differs from
/// the one they watch.
#[test]
fn a_search_scores_the_network_and_the_night_of_a_run() {
    let mut search = searches().into_iter().find(|it| it.name == "first_steps").unwrap();
    search.recipe.network.hidden = vec![40, 30];
    search.recipe.data.images = Amount::Count(120);
    search.recipe.training.epochs = 2;
    search.recipe.night.steps = 80;
    search.most_spikes = 1000.0;
    let (never, library) = (AtomicBool::new(false), Library::default());
    let seed = search.seeds[1];
    let checkpoint = Checkpoint::train(&search, (0, seed), &library, &never)
        .unwrap()
        .unwrap();
    let recipe = search.recipe_of(0, seed).unwrap();
    let dataset = library.get(&recipe.data).unwrap();
    let mut experiment = Experiment::new(recipe.clone(), &dataset).unwrap();
    while experiment.stage() == Stage::Training {
        experiment.train_batch(&never).unwrap().unwrap();
    }
    assert_eq!(experiment.trained().0, checkpoint.mlp());
    // A run that is tested on the validation images must read them just as well.
    let uses = search.image_use(0, seed, &library).unwrap();
    let validation = &uses.iter().find(|it| it.purpose == Purpose::Validation).unwrap().images;
    let pixels = dataset.train.pixel_count();
    let test = validation
        .iter()
        .flat_map(|&image| &dataset.train.all_pixels()[image * pixels..(image + 1) * pixels]);
    let labels = validation.iter().map(|&image| dataset.train.labels()[image]).collect();
    let swapped = Dataset {
        test: Images::new(
            dataset.train.width(),
            dataset.train.height(),
            test.copied().collect(),
            labels,
        )
        .unwrap(),
        ..(*dataset).clone()
    };
    let trial = somnoscope::experiment::run_trial(&recipe, &swapped, &mut |_| {}, &never)
        .unwrap()
        .unwrap();
    assert_eq!(trial.before.accuracy().to_bits(), checkpoint.network().before.to_bits());
    let outcome = checkpoint.score(&recipe.night, search.most_spikes, &never).unwrap();
    assert_eq!(outcome, Outcome::Read(trial.after.accuracy()));
    // And one that spikes too much is ended, as told.
    let calm = checkpoint.score(&recipe.night, 1e-3, &never).unwrap();
    assert!(matches!(calm, Outcome::RanAway(step) if step < 80), "{calm:?}");
}
