//! `somnoscope render`.

use std::io::BufReader;

use image::AnimationDecoder as _;
use image::codecs::gif::GifDecoder;
use predicates::str::contains;

use super::Place;

/// The recorded night that is kept for the format.
fn night() -> String {
    format!("{}/tests/fixtures/runs/format_1.somno", env!("CARGO_MANIFEST_DIR"))
}

/// Catches a picture of another size or with nothing on it, and an animation or a folder with a picture too few.
#[test]
fn pictures_are_drawn_without_a_display() {
    let place = Place::new();
    let run = |args: &[&str]| {
        let night = night();
        let args: Vec<&str> = ["render", &night].into_iter().chain(args.iter().copied()).collect();
        let mut command = place.somnoscope(&args);
        let done = command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").assert();
        String::from_utf8(done.success().get_output().stdout.clone()).unwrap()
    };
    let said = run(&[
        "--step",
        "30",
        "--size",
        "900x600",
        "--theme",
        "light",
        "--out",
        "night.png",
    ]);
    assert!(said.contains("night.png is step 30"), "{said}");
    let picture = image::open(place.path("night.png")).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (900, 600));
    let mut colors: Vec<[u8; 3]> = picture.pixels().map(|pixel| pixel.0).collect();
    colors.sort_unstable();
    colors.dedup();
    assert!(colors.len() > 100, "{} colours", colors.len());

    let small = ["--size", "500x360", "--pane", "spikes"];
    run(&[&small[..], &["--steps", "0..60", "--every", "20", "--out", "night.gif"]].concat());
    let file = BufReader::new(std::fs::File::open(place.path("night.gif")).unwrap());
    let frames = GifDecoder::new(file).unwrap().into_frames().collect_frames().unwrap();
    assert_eq!(frames.len(), 4);
    assert_ne!(frames[0].buffer(), frames[3].buffer(), "something happened");
    run(&[&small[..], &["--steps", "10..30", "--every", "10", "--out", "pictures"]].concat());
    for step in [10, 20, 30] {
        assert!(place.path(&format!("pictures/step_{step:06}.png")).is_file(), "{step}");
    }
}

/// Catches a plot without its curve, a table of another moment, and a pane that has none and is written all the same.
#[test]
fn panes_are_written_as_plots_and_tables() {
    let place = Place::new();
    let render = |args: &[&str]| {
        let night = night();
        let args: Vec<&str> = ["render", &night].into_iter().chain(args.iter().copied()).collect();
        place.somnoscope(&args).assert()
    };
    render(&["--pane", "accuracy", "--step", "30", "--out", "accuracy.svg"]).success();
    let svg = std::fs::read_to_string(place.path("accuracy.svg")).unwrap();
    assert!(
        svg.contains("<svg") && svg.contains("<polyline") && svg.contains("step"),
        "{svg}"
    );
    let rows = |step: &str| {
        let out = format!("spikes_{step}.csv");
        render(&["--pane", "spikes", "--step", step, "--out", &out]).success();
        std::fs::read_to_string(place.path(&out)).unwrap().lines().count()
    };
    assert!(rows("60") >= rows("10"));
    render(&["--out", "all.svg"])
        .failure()
        .stderr(contains("name the pane with --pane"));
    render(&["--pane", "network", "--out", "network.svg"])
        .failure()
        .stderr(contains("no plot"));
    assert!(!place.path("network.svg").exists());
}

/// Catches a wrong wish that is fulfilled in part or said in more than a sentence.
#[test]
fn what_cannot_be_drawn_is_said() {
    let place = Place::new();
    let night = night();
    for (args, wanted) in [
        (vec!["--step", "61", "--out", "a.png"], "the night has 60"),
        (vec!["--steps", "0..70", "--out", "a.gif"], "the night has 60"),
        (vec!["--out", "a.gif"], "needs --steps"),
        (vec!["--steps", "0..9", "--out", "a.png"], "one picture"),
        (vec!["--layout", "nowhere", "--out", "a.png"], "overview"),
        (vec!["--size", "9x9", "--out", "a.png"], "WIDTHxHEIGHT"),
        (vec!["--out", "none/a.png"], "none is not a folder"),
    ] {
        let args: Vec<&str> = ["render", &night].into_iter().chain(args).collect();
        let done = place.somnoscope(&args).assert().code(2).stderr(contains(wanted));
        let stderr = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(place.files().is_empty(), "{args:?}");
    }
}
