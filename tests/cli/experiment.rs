//! Experiments of many trials: the same numbers however they are spread, nothing done twice, nothing mixed up.

use std::sync::atomic::AtomicBool;

use somnoscope::data;
use somnoscope::experiment::{Job, Library, Plan, Protocol, protocols, run_job, run_trial};
use somnoscope::run::{Findings, Sweep};

use super::Place;

/// The end of a protocol on the built-in digits that takes a moment.
const TINY: &str = concat!(
    tiny_recipe!(),
    r#"
    axes: [
        (name: "images", levels: [
            (name: "few", set: ["data.images=Count(60)"]),
            (name: "more", set: ["data.images=Count(120)"]),
        ]),
    ],
"#
);

/// One night with everything that a plan can have.
pub(super) fn night() -> String {
    format!(
        r#"(name: "tiny_night", title: "Tiny", note: "", trials: 2, {TINY}
        plan: Night(
            fine_tuning: Some((epochs: 1, learning_rate: 0.02, momentum: 0.5, batch: 20, dropout: 0.25)),
            controls: [
                (name: "whole", by: Settings(["night.dream=WholeImage"])),
                (name: "foreign", by: ForeignMean(FashionMnist)),
                (name: "pixels", by: ShuffledPixels),
                (name: "within", by: Change(ShuffledWithinNeuron)),
                (name: "rescaled", by: RescaledOutputs),
                (name: "decay", by: WeightDecay),
                (name: "early", by: EarlyStopping(share: 0.2, epochs: 2)),
                (name: "patient", by: EarlyStopping(share: 0.2, epochs: 9, patience: Some(2))),
                (name: "on", by: FineTuning((epochs: 1, learning_rate: 0.02, momentum: 0.5, batch: 20, dropout: 0.25))),
            ],
            conditions: [(of: WeightNoise, strength: 0.2)],
            trained_under: Some((of: Blur, strength: 0.5)),
            look: true,
        ))"#
    )
}

/// Two tasks with everything that an arm can have.
pub(super) fn tasks() -> String {
    format!(
        r#"(name: "tiny_tasks", title: "Tiny", note: "", trials: 2, {TINY}
        plan: Tasks(tasks: [[0, 1], [2, 3]], images: 80, longer: 10, arms: [
            (name: "no sleep"),
            (name: "sleep", sleep: Some(Seen)),
            (name: "last", sleep: Some(Current), rehearsal: 0.1, change: Some(NeuronMean)),
            (name: "at once", at_once: true),
            (name: "rescaled", rescaled: true),
            (name: "pixels", sleep: Some(ShuffledPixels)),
            (name: "foreign", sleep: Some(Foreign(FashionMnist))),
            (name: "whole", sleep: Some(Seen), night: ["night.dream=WholeImage"]),
        ]))"#
    )
}

/// Catches numbers that depend on how the work is spread: over threads, over shards, or over a sweep that was cut short.
#[test]
fn however_the_work_is_spread_the_numbers_are_the_same() {
    for text in [night(), tasks()] {
        let place = Place::new();
        place.write("tiny.ron", &text);
        place.does(&["experiment", "tiny.ron", "--out", "alone"]);
        place.does(&[
            "experiment",
            "tiny.ron",
            "--out",
            "both",
            "--jobs",
            "3",
            "--trials",
            "1",
        ]);
        let trials = Protocol::from_ron(&text).unwrap().trials.to_string();
        place.does(&[
            "experiment",
            "tiny.ron",
            "--out",
            "both",
            "--jobs",
            "3",
            "--trials",
            &trials,
        ]);
        for shard in ["1/2", "2/2"] {
            place.does(&[
                "experiment",
                "tiny.ron",
                "--out",
                &shard.replace('/', "of"),
                "--shard",
                shard,
            ]);
        }
        place.does(&["merge", "merged", "1of2", "2of2"]);
        for table in ["findings.csv", "summary.csv"] {
            let alone = place.text(&format!("alone/{table}"));
            assert!(alone.lines().count() > 20, "{alone}");
            assert_eq!(alone, place.text(&format!("both/{table}")));
            assert_eq!(alone, place.text(&format!("merged/{table}")));
        }
        // And they can be read again, each number in its place.
        let (sweep, read) = (place.path("alone"), Findings::read(&place.path("alone")).unwrap());
        let sweep = Sweep::open(&sweep).unwrap();
        let found = sweep.found();
        assert_eq!(read.found.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
        assert_eq!(read.seconds.len(), found.len());
        for (job, findings) in found {
            for finding in findings {
                let again = read.found[&job]
                    .iter()
                    .find(|it| (&it.phase, &it.measure) == (&finding.phase, &finding.measure));
                assert!((again.unwrap().value - finding.value).abs() < 1e-6, "{finding:?}");
            }
        }
    }
}

/// Catches tables that lack what another process has put into the same folder meanwhile.
#[test]
fn shards_may_share_a_folder() {
    let place = Place::new();
    place.write("tiny.ron", tasks());
    place.does(&["experiment", "tiny.ron", "--out", "alone"]);
    let alone = Sweep::open(&place.path("alone")).unwrap();
    let shared = place.path("shared");
    let mut shards = [1, 2].map(|_| Sweep::begin(&shared, alone.protocol()).unwrap());
    for (index, (&job, done)) in alone.finished().iter().enumerate() {
        shards[index % 2].keep(job, done.clone()).unwrap();
    }
    let [mut first, _] = shards;
    first.write_tables().unwrap();
    for table in ["findings.csv", "summary.csv"] {
        assert_eq!(
            place.text(&format!("shared/{table}")),
            place.text(&format!("alone/{table}"))
        );
    }
}

/// Catches two levels, controls or arms of one name, whose trials would be counted as one.
#[test]
fn names_that_stand_twice_are_refused() {
    let no = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        let fault = Protocol::from_ron(&text.replace(from, to)).expect_err(to);
        let text = fault.to_string();
        assert!(text.contains("twice") || text.contains("two "), "{text}");
    };
    no(&night(), "\"more\"", "\"few\"");
    no(&night(), "\"pixels\"", "\"before\"");
    no(&tasks(), "\"last\"", "\"sleep\"");
}

/// Catches a control called as a phase that every trial has, whose numbers would be counted as its, the same condition twice, and
/// names that name nothing and silently mean something else.
#[test]
fn names_that_cannot_be_are_refused() {
    let no = |text: &str, from: &str, to: &str, says: &str| {
        assert!(text.contains(from), "{from}");
        let fault = Protocol::from_ron(&text.replace(from, to)).expect_err(to).to_string();
        assert!(
            fault.contains(says) && !fault.contains('\n'),
            "{fault} does not say {says}"
        );
    };
    for phase in [
        "before",
        "night",
        "after",
        "gain of the night",
        "fine-tuning without sleep",
        "sleep and fine-tuning",
        "gain of sleep before fine-tuning",
    ] {
        no(&night(), "\"pixels\"", &format!("{phase:?}"), "another name");
    }
    no(&night(), "\"pixels\"", "\"gain of pixels\"", "difference");
    no(
        &night(),
        "\"pixels\"",
        "\"fore\nign\", by: Nothing), (name: \"pixels\"",
        "cannot be read",
    );
    let condition = "(of: WeightNoise, strength: 0.2)";
    no(&night(), condition, &format!("{condition}, {condition}"), "twice");
    for layer in ["0", "4"] {
        let only = format!("OnlyLayer({layer})");
        no(&night(), "ShuffledWithinNeuron", &only, "1 to 3");
        no(&tasks(), "NeuronMean", &only, "1 to 3");
    }
    let axis = "(name: \"images\", levels: [(name: \"all\", set: [])]),\n        (name: \"images\",";
    no(&night(), "(name: \"images\",", axis, "twice");
    let published = |at: &str| {
        let number = format!("(at: {at}, phase: \"after\", measure: \"accuracy\", value: \"90\", source: \"A\")");
        format!("trials: 2, published: [{number}],")
    };
    for at in ["[]", "[\"many\"]", "[\"few\", \"few\"]"] {
        no(&night(), "trials: 2,", &published(at), "no point");
    }
    for at in ["[\"few\"]", "[\"\"]"] {
        Protocol::from_ron(&night().replace("trials: 2,", &published(at))).unwrap();
    }
}

/// Catches finished trials that are done again, and a killed sweep that starts anew.
#[test]
fn finished_trials_are_not_done_again() {
    let place = Place::new();
    place.write("tiny.ron", night());
    place.does(&["experiment", "tiny.ron", "--out", "out"]);
    let job = place.path("out/jobs/point-0001-trial-0001.ron");
    let stamp = |path| std::fs::metadata(path).unwrap().modified().unwrap();
    let (kept, table) = (stamp(&job), place.text("out/findings.csv"));
    // What a kill can leave: a trial that is missing, and a file that never got its name.
    std::fs::remove_file(place.path("out/jobs/point-0000-trial-0001.ron")).unwrap();
    place.write("out/jobs/.somnoscope-torn", "(version: \"0");
    place.does(&["experiment", "tiny.ron", "--out", "out"]);
    assert_eq!(stamp(&job), kept);
    assert_eq!(place.text("out/findings.csv"), table);
}

/// Catches results of two experiments in one folder, damaged files taken for results, and wishes that name nothing.
#[test]
fn what_does_not_fit_is_said() {
    let place = Place::new();
    place.write("tiny.ron", night());
    place.write("other.ron", night().replace("steps: 60", "steps: 61"));
    place.does(&[
        "experiment",
        "tiny.ron",
        "--out",
        "out",
        "--only",
        "images=few",
        "--trials",
        "1",
    ]);
    place.refuses(&["experiment", "other.ron", "--out", "out"], &["another protocol"]);
    place.write("out/jobs/point-0001-trial-0000.ron", "(version: \"0.1.0\", point: 1");
    place.refuses(
        &["experiment", "tiny.ron", "--out", "out"],
        &["point-0001-trial-0000.ron is damaged", "delete it"],
    );
    place.refuses(
        &["experiment", "tiny.ron", "--out", "new", "--only", "images=many"],
        &["images = few | more"],
    );
    // Words may change, and what is there stays.
    place.write(
        "words.ron",
        night().replace("note: \"\", trials", "note: \"Why?\", trials"),
    );
    std::fs::remove_file(place.path("out/jobs/point-0001-trial-0000.ron")).unwrap();
    place.does(&[
        "experiment",
        "words.ron",
        "--out",
        "out",
        "--only",
        "images=few",
        "--trials",
        "1",
    ]);
    place.refuses(&["experiment", "tiny.ron", "--out", "new", "--shard", "3/2"], &["2/8"]);
    place.refuses(&["experiment", "limited_dta"], &["limited_data"]);
    place.refuses(&["merge", "all", "nowhere"], &["no results"]);
}

/// Catches a night of the protocol that is not the night of the window and of `run`.
#[test]
fn the_night_of_a_trial_is_that_of_a_run() {
    let clear = night().replace("trained_under: Some((of: Blur, strength: 0.5)),", "");
    let protocol = Protocol::from_ron(&clear).unwrap();
    let (library, never) = (Library::default(), AtomicBool::new(false));
    let job = Job { point: 1, trial: 1 };
    let findings = run_job(&protocol, job, &library, &never).unwrap().unwrap();
    let recipe = protocol.recipe_of(job).unwrap();
    let dataset = data::load(&recipe.data).unwrap();
    let trial = run_trial(&recipe, &dataset, &mut |_| {}, &never).unwrap().unwrap();
    let accuracy = |phase: &str| {
        let found = findings.iter().find(|it| it.phase == phase && it.measure == "accuracy");
        found.unwrap().value.to_bits()
    };
    assert_eq!(accuracy("before"), trial.before.accuracy().to_bits());
    assert_eq!(accuracy("after"), trial.after.accuracy().to_bits());
    let spikes: Vec<f64> = findings
        .iter()
        .filter(|it| it.measure.starts_with("spikes of layer"))
        .map(|it| it.value)
        .collect();
    assert_eq!(
        spikes,
        trial.spikes.iter().map(|&count| count as f64).collect::<Vec<_>>()
    );
    assert!(
        spikes[1] > 0.0,
        "a night in which nobody spikes shows nothing: {spikes:?}"
    );
    // A training that goes on is the same whether it is told of as fine-tuning or as what is done in place of a night.
    assert_eq!(accuracy("on"), accuracy("fine-tuning without sleep"));
}

/// Catches a training or a night that overflows and is averaged in, or hidden.
#[test]
fn what_diverges_is_told_and_left_out() {
    let place = Place::new();
    // Large weights and large steps: each batch squares them.
    let wild = |text: String| {
        text.replace("output: Relu", "output: Linear")
            .replace("start_weights: 0.05", "start_weights: 1.0")
            .replace("epochs: 1, learning_rate: 0.1", "epochs: 9, learning_rate: 10.0")
    };
    for (name, text, phase) in [
        ("training", wild(night()), "before,"),
        ("tasks", wild(tasks()), "\"no sleep, task 1 trained\","),
    ] {
        let file = format!("{name}.ron");
        place.write(&file, text);
        let said = place.does(&["experiment", &file, "--out", name, "--only", "images=few"]);
        assert!(said.contains("2 of 4 trials"), "{said}");
        assert!(said.contains("diverged"), "{said}");
        let findings = place.text(&format!("{name}/findings.csv"));
        assert!(!findings.contains("NaN") && !findings.contains("inf"), "{findings}");
        // The cells of a phase, trial by trial: either it diverged, or it was measured.
        let cells = |diverged: bool, from_the_end: usize| {
            let lines = findings.lines().filter(|line| line.contains(phase));
            lines
                .filter(|line| line.contains(",diverged,") == diverged)
                .filter(|line| !line.rsplit(',').nth(from_the_end).unwrap().is_empty())
                .count()
        };
        for trial in 0..2 {
            let (diverged, measured) = (cells(true, trial), cells(false, trial));
            assert!(
                diverged == 1 && measured == 0 || diverged == 0 && measured > 2,
                "{findings}"
            );
        }
        assert!(cells(true, 0) + cells(true, 1) > 0, "{findings}");
    }
}

/// Catches a mean of another set that is looked for only in the middle of a trial: it is known before what is dreamt of.
#[test]
fn foreign_means_are_known_beforehand() {
    let foreign = |name: &str| {
        let protocol = protocols().into_iter().find(|it| it.name == name).unwrap();
        protocol.foreign_sets()
    };
    let both = [data::Set::Mnist, data::Set::FashionMnist];
    assert_eq!(foreign("controls"), both);
    assert_eq!(foreign("forgetting_controls"), both);
    assert_eq!(foreign("forgetting"), []);
}

/// Catches a shipped protocol that cannot be read, or whose published numbers belong to no point.
#[test]
fn shipped_protocols_make_sense() {
    for protocol in protocols() {
        protocol.validate().unwrap();
        assert_eq!(Protocol::from_ron(&protocol.to_ron()).unwrap(), protocol);
        for published in &protocol.published {
            assert_eq!(published.at.len(), protocol.axes.len(), "{}", published.value);
            for (level, axis) in published.at.iter().zip(&protocol.axes) {
                assert!(axis.levels.iter().any(|it| it.name == *level), "{level}");
            }
        }
        match &protocol.plan {
            // What comes with the program is for a first look; what is published has ten trials.
            Plan::Night { .. } if protocol.recipe.data.from == data::Origin::BuiltIn => {
                assert!(protocol.published.is_empty());
            }
            Plan::Night { .. } => assert!(protocol.trials >= 10),
            Plan::Tasks { tasks, .. } => assert!(tasks.len() >= 2),
        }
    }
}
