//! `sleep`: somebody's own network, by given spikes and by noise.

use std::path::{Path, PathBuf};

use ndarray::{Array2, OwnedRepr};
use ndarray_npy::NpzReader;
use somnoscope::run::{read_weights, write_weights};
use somnoscope::sim::mlp::{Mlp, Output};
use somnoscope::sim::night::{Alpha, Dream, Dreamer, Gate, Night, NightParams};
use somnoscope::sim::rng::{self, Stream};

use super::{Place, arrays};

/// A night that the authors' own code computed.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/oracle")
        .join(name)
}

/// Runs a recorded night of the authors' code through the program, with weights in and out in the given format.
fn agrees_with_reference(name: &str, ending: &str) {
    let place = Place::new();
    let fixture = fixture(name);
    let recorded = arrays(&fixture);
    let mut npz = NpzReader::new(std::fs::File::open(&fixture).unwrap()).unwrap();
    let spikes: Array2<u8> = npz.by_name::<OwnedRepr<u8>, _>("input_spikes").unwrap();
    place.write_npy("spikes.npy", &spikes);
    let weights = read_weights(&fixture).unwrap();
    write_weights(&place.path(&format!("net.{ending}")), &weights).unwrap();
    let number = |name: &str| recorded[name].values[0];
    place.write(
        "night.ron",
        format!(
            "(alpha: {:?}, beta: {:?}, decay: {:?}, inc: {:?}, dec: {:?}, w_inh: {:?}, gate: Reference)",
            recorded["alpha"].values,
            recorded["beta"].values,
            number("decay"),
            number("inc"),
            number("dec"),
            number("w_inh")
        ),
    );
    let (net, out) = (format!("net.{ending}"), format!("out.{ending}"));
    let args = [
        "sleep",
        "--weights",
        &net,
        "--config",
        "night.ron",
        "--spikes",
        "spikes.npy",
        "--record",
        "--out",
        &out,
    ];
    place.does(&args);

    let after = arrays(&place.path(&out));
    for layer in 1..=3 {
        let spikes = format!("spikes{layer}");
        assert_eq!(after[&spikes], recorded[&spikes], "{name}.{ending}");
        let count: f64 = after[&format!("count{layer}")].values.iter().sum();
        assert!((count - after[&spikes].values.iter().sum::<f64>()).abs() < 0.5);

        let (ours, theirs) = (&after[&format!("w{layer}")], &recorded[&format!("out_w{layer}")]);
        assert_eq!(ours.shape, theirs.shape);
        let worst = ours
            .values
            .iter()
            .zip(&theirs.values)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max);
        assert!(
            worst < 1e-5,
            "{name}.{ending}: a weight of layer {layer} is off by {worst:e}"
        );

        let (ours, theirs) = (&after[&format!("mem{layer}")], &recorded[&format!("mem{layer}")]);
        for (ours, theirs) in ours.values.iter().zip(&theirs.values) {
            let error = (ours - theirs).abs() / theirs.abs().max(1.0);
            assert!(
                error < 1e-4,
                "{name}.{ending}: a potential of layer {layer} is {ours}, not {theirs}"
            );
        }
    }
    assert_eq!(after["spikes0"], recorded["input_spikes"]);
}

#[test]
fn authors_nights_agree_as_npz() {
    agrees_with_reference("src_oracle_small.npz", "npz");
    agrees_with_reference("src_oracle_inhibition.npz", "npz");
    agrees_with_reference("src_oracle_mnist_windows.npz", "npz");
}

#[test]
fn authors_nights_agree_as_safetensors() {
    agrees_with_reference("src_oracle_small.npz", "safetensors");
    agrees_with_reference("src_oracle_inhibition.npz", "safetensors");
    agrees_with_reference("src_oracle_mnist_windows.npz", "safetensors");
}

const NOISE: &str = "(alpha: [6, 5, 4], beta: [1.5, 0.8, 0.6], decay: 0.99, inc: 0.004, dec: 0.001, \
                     gate: SoftBounds(bound: 0.5), w_inh: 0.1, steps: 200, rate: 200, window: 5, seed: 3, \
                     mean_image: \"mean.npy\")";

fn network() -> Vec<Array2<f32>> {
    let mut rng = rng::stream(1, Stream::Init, 0);
    Mlp::new(&[64, 30, 20, 4], 0.2, Output::Relu, 1.0, &mut rng).weights
}

/// A folder with weights, a mean image and a config that sleeps on it.
fn noisy_place() -> Place {
    let place = Place::new();
    write_weights(&place.path("net.npz"), &network()).unwrap();
    std::fs::create_dir(place.path("night")).unwrap();
    let mean = Array2::from_shape_fn((8, 8), |(y, x)| (x + y) as f64 / 14.0);
    place.write_npy("night/mean.npy", &mean);
    place.write("night/night.ron", NOISE);
    place
}

/// Catches a setting that gets lost on the way from the config to the night: every bit is the library's.
#[test]
fn noise_is_the_nights_of_the_library() {
    let place = noisy_place();
    let args = [
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "night/night.ron",
        "--out",
        "out.npz",
    ];
    let said = place.does(&args);
    assert!(said.starts_with("Slept 200 steps."), "{said}");

    let params = NightParams {
        steps: 200,
        rate: 200.0,
        inc: 0.004,
        dec: 0.001,
        beta: vec![1.5, 0.8, 0.6],
        alpha: Alpha::Given(vec![6.0, 5.0, 4.0]),
        decay: 0.99,
        w_inh: 0.1,
        gate: Gate::SoftBounds { bound: 0.5 },
        dream: Dream::Windows,
        window: 5,
    };
    let mean: Vec<f32> = (0..64)
        .map(|pixel| ((pixel % 8 + pixel / 8) as f64 / 14.0) as f32)
        .collect();
    let dreamer = Dreamer::new(&params, &mean, (8, 8), 3);
    let mut night = Night::new(&network(), &params, &[6.0, 5.0, 4.0]);
    let mut counts = [vec![0.0; 64], vec![0.0; 30], vec![0.0; 20], vec![0.0; 4]];
    for _ in 0..200 {
        night.step(&dreamer);
        for (counts, spikes) in counts.iter_mut().zip(night.spikes()) {
            for &unit in spikes {
                counts[unit as usize] += 1.0;
            }
        }
    }
    assert_ne!(
        night.weights(),
        network(),
        "nothing was learned, so this proves nothing"
    );
    let after = arrays(&place.path("out.npz"));
    assert_eq!(read_weights(&place.path("out.npz")).unwrap(), night.weights());
    for (layer, counts) in counts.iter().enumerate() {
        assert_eq!(after[&format!("count{layer}")].values, *counts);
    }
    for layer in 0..3 {
        let potentials: Vec<f64> = night.potentials(layer).iter().map(|&p| p.into()).collect();
        assert_eq!(after[&format!("mem{}", layer + 1)].values, potentials);
    }
    assert_eq!(after.len(), 3 + 3 + 4, "spikes were not asked for: {:?}", after.keys());
}

/// Catches a file that holds the hour, or arrays in the order of a hash.
#[test]
fn the_same_seed_gives_the_same_bytes() {
    let place = noisy_place();
    for ending in ["npz", "safetensors"] {
        let sleep = |name: &str| {
            let out = format!("{name}.{ending}");
            let args = [
                "sleep",
                "--weights",
                "net.npz",
                "--config",
                "night/night.ron",
                "--record",
                "--out",
                &out,
            ];
            place.does(&args);
            std::fs::read(place.path(&out)).unwrap()
        };
        assert_eq!(sleep("one"), sleep("two"), "{ending}");
        let one = arrays(&place.path(&format!("one.{ending}")));
        assert_eq!(one["spikes2"].shape, [200, 20]);
    }
    assert_eq!(arrays(&place.path("one.npz")), arrays(&place.path("one.safetensors")));
}

/// Catches recorded spikes that do not drive the same night again, given as bytes or as truth values.
#[test]
fn recorded_input_gives_the_night_again() {
    let place = noisy_place();
    let sleep = |more: &[&str]| {
        let args = [
            &[
                "sleep",
                "--weights",
                "net.npz",
                "--config",
                "night/night.ron",
                "--record",
            ],
            more,
        ]
        .concat();
        place.does(&args);
    };
    sleep(&["--out", "noise.npz"]);
    let mut npz = NpzReader::new(std::fs::File::open(place.path("noise.npz")).unwrap()).unwrap();
    let spikes: Array2<u8> = npz.by_name::<OwnedRepr<u8>, _>("spikes0").unwrap();
    place.write_npy("spikes.npy", &spikes);
    place.write_npy("bool.npy", &spikes.mapv(|spike| spike == 1));
    // Columns side by side instead of rows.
    place.write_npy(
        "fortran.npy",
        &spikes.t().as_standard_layout().into_owned().reversed_axes(),
    );
    for given in ["spikes.npy", "bool.npy", "fortran.npy"] {
        sleep(&["--spikes", given, "--out", "given.npz"]);
        assert_eq!(
            place.files()[&place.path("given.npz")],
            place.files()[&place.path("noise.npz")],
            "{given}"
        );
    }
}

/// Catches a night that cannot follow a night: the output of one is the input of the next.
#[test]
fn a_night_follows_a_night() {
    let place = noisy_place();
    place.does(&[
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "night/night.ron",
        "--out",
        "one.safetensors",
    ]);
    place.does(&[
        "sleep",
        "--weights",
        "one.safetensors",
        "--config",
        "night/night.ron",
        "--out",
        "two.npz",
    ]);
    assert_ne!(
        read_weights(&place.path("one.safetensors")).unwrap(),
        read_weights(&place.path("two.npz")).unwrap()
    );
}

/// Catches a divergent night that is written as if it were a result.
#[test]
fn a_divergent_night_writes_nothing() {
    let place = Place::new();
    let huge = vec![Array2::from_elem((3, 4), -3e38_f32)];
    write_weights(&place.path("net.npz"), &huge).unwrap();
    place.write("night.ron", "(alpha: [1], beta: [1], decay: 1, inc: 1, dec: 0)");
    place.write_npy("spikes.npy", &Array2::<u8>::ones((20, 4)));
    place
        .somnoscope(&[
            "sleep",
            "--weights",
            "net.npz",
            "--config",
            "night.ron",
            "--spikes",
            "spikes.npy",
            "--out",
            "out.npz",
        ])
        .assert()
        .code(1)
        .stderr(predicates::str::contains("the night diverged"));
    assert!(!place.path("out.npz").exists());
}

/// Catches a guide whose config the program no longer takes.
#[test]
fn the_config_of_the_guide_is_right() {
    let guide = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/from_python.md"));
    let (_, rest) = guide.split_once("file.write(\"\"\"").unwrap();
    let (config, _) = rest.split_once("\"\"\")").unwrap();
    let place = Place::new();
    place.write("night.ron", config);
    place.write_npy("mean.npy", &Array2::<f32>::from_elem((28, 28), 0.5));
    let mut rng = rng::stream(1, Stream::Init, 0);
    let net = Mlp::new(&[784, 20, 10, 10], 0.1, Output::Relu, 1.0, &mut rng);
    write_weights(&place.path("net.npz"), &net.weights).unwrap();
    let args = [
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "night.ron",
        "--out",
        "slept.npz",
    ];
    assert!(place.does(&args).starts_with("Slept 500 steps."));
}
