//! Whatever is wrong: one line that names it, exit code 2, nothing written.

use ndarray::{Array1, Array2, Array3};
use ndarray_npy::NpzWriter;
use somnoscope::run::write_weights;

use super::Place;

impl Place {
    /// Runs the program, which must refuse with one line that says all of `says`, and leave every file as it is.
    pub(super) fn refuses(&self, args: &[&str], says: &[&str]) {
        let before = self.files();
        let refused = self.somnoscope(args).assert().code(2).stdout("");
        let stderr = String::from_utf8(refused.get_output().stderr.clone()).expect("text");
        assert_eq!(stderr.lines().count(), 1, "{args:?} gave: {stderr}");
        for words in says {
            assert!(stderr.contains(words), "{args:?} does not say `{words}`: {stderr}");
        }
        assert_eq!(self.files(), before, "{args:?} wrote something");
    }
}

#[test]
fn wrong_runs() {
    let place = Place::new();
    place.refuses(&["run", "nope"], &["nope", "one_per_cent"]);
    place.refuses(&["run", "nope.ron"], &["nope.ron"]);
    place.refuses(&["--preset", "nope"], &["nope", "one_per_cent"]);
    place.refuses(&["run", "--set", "night.step=3"], &["night.step", "night.steps"]);
    place.refuses(&["run", "--set", "night.steps"], &["night.steps", "path=value"]);
    place.refuses(&["run", "--set", "night.steps=many"], &["night.steps", "many"]);
    place.refuses(
        &["run", "--set", "night.decay=1.5"],
        &["night.decay", "1.5", "from 0 to 1"],
    );
    place.refuses(&["run", "--set", "night.inc=NaN"], &["night.inc"]);
    place.refuses(
        &["run", "--set", "network.hidden=[10]"],
        &["night.beta", "2 thresholds"],
    );
    place.refuses(&["run", "--set", "night.window=29"], &["night.window", "28 x 28"]);
    place.refuses(&["run", "--set", "data.images=Count(7001)"], &["7001", "7000"]);
    place.refuses(&["run", "--set", "data.images=Fraction(0)", "--out", "new"], &["share"]);
    place.refuses(&["run", "--data", "missing"], &["missing"]);
    place.refuses(&["run", "--seed", "18446744073709551615", "--trials", "2"], &["seed"]);

    place.write("file", "text");
    place.refuses(&["run", "--out", "file"], &["file is not a folder"]);
    place.refuses(&["run", "--out", "file/below"], &["file is not a folder"]);
    place.refuses(&["run", "--data", "file"], &["file is not a folder"]);
    place.refuses(&["run", "file"], &["file: the recipe cannot be read at line 1"]);
    place.write("bytes.ron", [0xff, 0xfe, 0]);
    place.refuses(&["run", "bytes.ron"], &["bytes.ron"]);
    let recipe = place.does(&["presets", "show", "one_per_cent"]);
    place.write("field.ron", recipe.replace("decay:", "decoy:"));
    place.refuses(&["run", "field.ron"], &["field.ron", "decoy"]);
    place.write("value.ron", recipe.replace("decay: 0.999", "decay: -1"));
    place.refuses(&["run", "value.ron"], &["value.ron", "night.decay is -1"]);
}

#[test]
fn wrong_names() {
    let place = Place::new();
    place.refuses(&["presets", "show", "nope"], &["nope", "authors_tasks"]);
    place.refuses(&["data", "fetch", "own"], &["Own images"]);
    place.refuses(&["data", "import", "missing", "--set", "mnist"], &["missing"]);
}

/// Catches arguments that cannot be understood and are answered by a page of help.
#[test]
fn wrong_arguments() {
    let place = Place::new();
    for args in [
        &["run", "--trials", "0"][..],
        &["run", "--seed", "-1"],
        &["--renderer", "crayon"],
        &["data", "fetch", "cifar"],
        &["sleep"],
        &["dream"],
        &["--preset", "one_per_cent", "presets"],
    ] {
        place.refuses(args, &["--help"]);
    }
    assert!(place.files().is_empty());
}

/// Weights 4-3-2 and a config for them.
fn place_to_sleep() -> Place {
    let place = Place::new();
    write_weights(&place.path("net.npz"), &[Array2::zeros((3, 4)), Array2::zeros((2, 3))]).unwrap();
    place.write("night.ron", config(""));
    place.write_npy("spikes.npy", &Array2::<u8>::zeros((5, 4)));
    place.write_npy("mean.npy", &Array1::<f32>::zeros(4));
    place
}

/// A config that is right for given spikes, with more fields.
fn config(more: &str) -> String {
    format!("(alpha: [1.0, 2.0], beta: [1, 1], decay: 0.99, inc: 0.1, dec: 0.1, {more})")
}

#[test]
fn wrong_files_of_weights() {
    let place = place_to_sleep();
    let refuses = |weights: &str, says: &[&str]| {
        let args = [
            "sleep",
            "--weights",
            weights,
            "--config",
            "night.ron",
            "--spikes",
            "spikes.npy",
            "--out",
            "out.npz",
        ];
        place.refuses(&args, &[&[weights], says].concat());
    };
    refuses("missing.npz", &["cannot be read"]);
    place.write("net.pt", "");
    refuses("net.pt", &[".safetensors"]);
    place.write("text.npz", "text");
    refuses("text.npz", &["NPZ"]);
    place.write("text.safetensors", "text");
    refuses("text.safetensors", &["safetensors"]);
    std::fs::create_dir(place.path("folder.npz")).unwrap();
    refuses("folder.npz", &["directory"]);

    let npz = |name: &str, add: &dyn Fn(&mut NpzWriter<std::fs::File>)| {
        let mut npz = NpzWriter::new(std::fs::File::create(place.path(name)).unwrap());
        add(&mut npz);
        npz.finish().unwrap();
    };
    let layer = |outputs, inputs| Array2::<f32>::zeros((outputs, inputs));
    npz("none.npz", &|_| {});
    refuses("none.npz", &["w1", "none"]);
    npz("torch.npz", &|npz| {
        npz.add_array("0.weight", &layer(3, 4)).unwrap();
    });
    refuses("torch.npz", &["w1", "0.weight"]);
    npz("gap.npz", &|npz| {
        npz.add_array("w1", &layer(3, 4)).unwrap();
        npz.add_array("w3", &layer(2, 3)).unwrap();
    });
    refuses("gap.npz", &["w3 but no w2"]);
    npz("turned.npz", &|npz| {
        npz.add_array("w1", &layer(4, 3)).unwrap();
        npz.add_array("w2", &layer(3, 2)).unwrap();
    });
    refuses("turned.npz", &["w2", "2 inputs", "4 outputs", "outputs x inputs"]);
    npz("long.npz", &|npz| {
        (1..=10).for_each(|l| npz.add_array(format!("w{l}"), &layer(1, 1)).unwrap());
    });
    refuses("long.npz", &["10 layers"]);
    npz("whole.npz", &|npz| {
        npz.add_array("w1", &Array2::<i64>::zeros((3, 4))).unwrap();
    });
    refuses("whole.npz", &["w1", "<i8"]);
    npz("deep.npz", &|npz| {
        npz.add_array("w1", &Array3::<f32>::zeros((3, 4, 1))).unwrap();
    });
    refuses("deep.npz", &["w1", "[3, 4, 1]"]);
    npz("empty.npz", &|npz| {
        npz.add_array("w1", &layer(0, 4)).unwrap();
    });
    refuses("empty.npz", &["w1", "[0, 4]"]);
    npz("wide.npz", &|npz| {
        npz.add_array("w1", &layer(1, 65_537)).unwrap();
    });
    refuses("wide.npz", &["w1", "65537"]);
    npz("nan.npz", &|npz| {
        npz.add_array("w1", &ndarray::arr2(&[[0.0_f32, f32::NAN]])).unwrap();
    });
    refuses("nan.npz", &["w1[0, 1]", "NaN"]);
    npz("large.npz", &|npz| {
        npz.add_array("w1", &ndarray::arr2(&[[1e300_f64]])).unwrap();
    });
    refuses("large.npz", &["w1[0, 0]"]);
}

#[test]
fn wrong_configs() {
    let place = place_to_sleep();
    let refuses = |text: &str, says: &[&str]| {
        place.write("wrong.ron", text);
        let args = [
            "sleep",
            "--weights",
            "net.npz",
            "--config",
            "wrong.ron",
            "--spikes",
            "spikes.npy",
            "--out",
            "out.npz",
        ];
        place.refuses(&args, &[&["wrong.ron"], says].concat());
    };
    refuses("", &["line 1"]);
    refuses(&config("speed: 3"), &["speed"]);
    refuses("(alpha: [1, 2], beta: [1, 1], inc: 0.1, dec: 0.1)", &["decay"]);
    refuses(&config("").replace("[1.0, 2.0]", "[1.0]"), &["alpha is", "2 gains"]);
    refuses(&config("").replace("[1, 1]", "[1, 1, 1]"), &["beta is", "2 thresholds"]);
    refuses(&config("").replace("0.99", "1.01"), &["decay is 1.01", "from 0 to 1"]);
    refuses(&config("").replace("inc: 0.1", "inc: NaN"), &["inc is NaN"]);
    refuses(&config("").replace("dec: 0.1", "dec: -1"), &["dec is -1"]);
    refuses(&config("w_inh: -1"), &["w_inh is -1"]);
    refuses(&config("gate: Foo"), &["Foo", "SoftBounds"]);
    refuses(&config("gate: SoftBounds(bound: 0)"), &["gate", "bound of 0"]);
    refuses(&config("steps: 6"), &["steps is 6", "5 rows"]);
    refuses(&config("steps: 0"), &["steps is 0"]);
    refuses(&config("rate: -1"), &["rate is -1"]);
}

#[test]
fn wrong_noise() {
    let place = place_to_sleep();
    let refuses = |text: &str, says: &[&str]| {
        place.write("wrong.ron", text);
        let args = [
            "sleep",
            "--weights",
            "net.npz",
            "--config",
            "wrong.ron",
            "--out",
            "out.npz",
        ];
        place.refuses(&args, says);
    };
    refuses(&config("rate: 10"), &["wrong.ron", "steps is missing"]);
    refuses(&config("steps: 10"), &["wrong.ron", "rate is missing"]);
    refuses(&config("steps: 10, rate: 10"), &["wrong.ron", "mean_image"]);
    let noisy = |image: &str| config(&format!("steps: 10, rate: 10, window: 2, mean_image: \"{image}\""));
    refuses(&noisy("missing.npy"), &["missing.npy", "cannot be read"]);
    place.write_npy("five.npy", &Array1::<f32>::zeros(5));
    refuses(&noisy("five.npy"), &["five.npy", "5 pixels", "4 inputs"]);
    place.write_npy("bright.npy", &ndarray::arr1(&[0.0, 0.0, 1.5, 0.0]));
    refuses(&noisy("bright.npy"), &["bright.npy", "pixel 2", "1.5"]);
    place.write_npy("bytes.npy", &Array1::<u8>::zeros(4));
    refuses(&noisy("bytes.npy"), &["bytes.npy", "u1"]);
    refuses(
        &noisy("mean.npy").replace("window: 2", "window: 3"),
        &["mean.npy", "window of 3", "2 x 2", "wrong.ron"],
    );
    refuses(
        &noisy("mean.npy").replace("window: 2", "window: 0"),
        &["wrong.ron", "window is 0"],
    );
    // Right at last, so that the refusals above were for their own reasons.
    place.write("right.ron", noisy("mean.npy"));
    place.does(&[
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "right.ron",
        "--out",
        "out.npz",
    ]);
}

#[test]
fn wrong_spikes_and_places() {
    let place = place_to_sleep();
    let refuses = |spikes: &str, out: &str, says: &[&str]| {
        let args = [
            "sleep",
            "--weights",
            "net.npz",
            "--config",
            "night.ron",
            "--spikes",
            spikes,
            "--out",
            out,
        ];
        place.refuses(&args, says);
    };
    refuses("missing.npy", "out.npz", &["missing.npy"]);
    place.write_npy("narrow.npy", &Array2::<u8>::zeros((5, 3)));
    refuses("narrow.npy", "out.npz", &["narrow.npy", "[5, 3]", "4 inputs"]);
    place.write_npy("short.npy", &Array2::<u8>::zeros((0, 4)));
    refuses("short.npy", "out.npz", &["short.npy", "[0, 4]"]);
    place.write_npy("twos.npy", &Array2::<u8>::from_elem((5, 4), 2));
    refuses("twos.npy", "out.npz", &["twos.npy", "step 0 of input 0", "0 or 1"]);
    place.write_npy("real.npy", &Array2::<f32>::zeros((5, 4)));
    refuses("real.npy", "out.npz", &["real.npy", "<f4"]);
    refuses("spikes.npy", "out.pt", &["out.pt"]);
    refuses("spikes.npy", "missing/out.npz", &["missing is not a folder"]);
    refuses("spikes.npy", "net.npz", &["net.npz is also read"]);
    std::fs::create_dir(place.path("folder.npz")).unwrap();
    refuses("spikes.npy", "folder.npz", &["folder.npz is a folder"]);
    let both = [
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "night.ron",
        "--spikes",
        "spikes.npy",
        "--mean-image",
        "mean.npy",
        "--out",
        "out.npz",
    ];
    place.refuses(&both, &["--help"]);
    place.write("steps.ron", config("steps: 4"));
    place.does(&[
        "sleep",
        "--weights",
        "net.npz",
        "--config",
        "steps.ron",
        "--spikes",
        "spikes.npy",
        "--out",
        "out.npz",
    ]);
}

/// Catches a window that is opened where there is no display, or a panic.
#[test]
fn no_display_is_one_sentence() {
    let place = Place::new();
    let mut program = place.somnoscope(&[]);
    program
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET");
    let answer = program.assert().code(1).stdout("");
    let stderr = String::from_utf8(answer.get_output().stderr.clone()).expect("text");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.contains("display"), "{stderr}");
}

/// Catches five trials that are lost because one was asked for.
#[test]
fn fewer_trials_do_not_replace_more() {
    let place = Place::new();
    let small = [
        "run",
        "--set",
        "network.hidden=[32, 16]",
        "--set",
        "data.images=Count(100)",
        "--out",
        "kept",
    ];
    place.does(&[&small[..], &["--trials", "2"]].concat());
    place.refuses(&small, &["kept", "2 trials"]);
}
