//! Experiments of many trials: the same numbers however they are spread, nothing done twice, nothing mixed up.

use std::path::Path;
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
fn tasks() -> String {
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

/// Catches two numbers of one name in a file, of which both would count, and numbers that are none.
#[test]
fn numbers_that_stand_twice_are_refused() {
    let place = Place::new();
    place.write("tiny.ron", tasks());
    let again = ["experiment", "tiny.ron", "--out", "out", "--trials", "1"];
    place.does(&again);
    let job = "out/jobs/point-0000-trial-0000.ron";
    let text = place.text(job);
    let first = text.find("(phase:").unwrap();
    let end = first + text[first..].find(')').unwrap() + 1;
    let finding = &text[first..end];
    place.write(job, text.replace(finding, &format!("{finding}, {finding}")));
    place.refuses(&again, &["point-0000-trial-0000.ron is damaged", "twice"]);
    for (place_of, says) in [("value: ", "which is no number"), ("seconds: ", "seconds")] {
        let at = text.find(place_of).unwrap() + place_of.len();
        let end = at + text[at..].find([',', ')']).unwrap();
        for number in ["inf", "-inf", "NaN"] {
            place.write(job, format!("{}{number}{}", &text[..at], &text[end..]));
            place.refuses(&again, &["point-0000-trial-0000.ron is damaged", says]);
        }
    }
    copy_tables(&place.path("out"), &place.path("kept"));
    let table = place.text("kept/findings.csv");
    let line = table.lines().nth(1).unwrap();
    place.write("kept/findings.csv", table.replace(line, &format!("{line}\n{line}")));
    place.refuses(
        &["experiment", "tiny.ron", "--out", "kept", "--trials", "1"],
        &["findings.csv", "twice"],
    );
}

/// Catches a trial that fails and takes the tables of those before it along, and a folder that is begun for images that are not here.
#[test]
fn what_is_done_stands_in_the_tables_however_it_ends() {
    let place = Place::new();
    place.write("tiny.ron", night().replace("Count(120)", "Count(7001)"));
    let failed = place
        .somnoscope(&["experiment", "tiny.ron", "--out", "out"])
        .assert()
        .code(2);
    assert!(String::from_utf8_lossy(&failed.get_output().stderr).contains("7001"));
    assert!(place.text("out/findings.csv").contains("few,before,accuracy,0."));
    place.refuses(&["experiment", "limited_data", "--data", "nowhere"], &["nowhere"]);
    place.write(
        "foreign.ron",
        night().replace("from: BuiltIn", "from: Folder(\"nowhere\")"),
    );
    place.refuses(&["experiment", "foreign.ron", "--out", "out2"], &["nowhere"]);
}

/// Catches a folder of many trials that forgets some because fewer are asked for, and a protocol of more trials than can be read again.
#[test]
fn a_folder_never_shrinks() {
    let place = Place::new();
    place.write("tiny.ron", tasks());
    place.does(&["experiment", "tiny.ron", "--out", "out"]);
    let before = place.files();
    let said = place.does(&["experiment", "tiny.ron", "--out", "out", "--trials", "1"]);
    assert!(
        said.contains("4 of 4 trials") && said.contains("is of 2 trials of each point and stays so; 1 was asked"),
        "{said}"
    );
    assert!(place.files() == before);
    // Nothing is done that was not asked for.
    std::fs::remove_file(place.path("out/jobs/point-0000-trial-0001.ron")).unwrap();
    let said = place.does(&["experiment", "tiny.ron", "--out", "out", "--trials", "1"]);
    assert!(said.contains("3 of 4 trials"), "{said}");
    // A folder that an older program made smaller.
    place.write("out/protocol.ron", tasks().replace("trials: 2,", "trials: 1,"));
    let said = place.does(&["experiment", "tiny.ron", "--out", "out", "--trials", "1"]);
    assert!(
        said.contains("1 trial is there beyond these and not counted: --trials 2"),
        "{said}"
    );
    let protocol = Protocol::from_ron(&tasks()).unwrap();
    let with = |trials: u32| Protocol {
        trials,
        ..protocol.clone()
    };
    with(protocol.most_trials()).validate().unwrap();
    let fault = Sweep::begin(&place.path("new"), &with(protocol.most_trials() + 1)).expect_err("too many");
    assert!(fault.to_string().contains("fewer levels or trials"), "{fault}");
    assert!(!place.path("new").exists());
}

/// Catches a fault in a stranger's protocol or table that takes several lines to tell.
#[test]
fn faults_are_one_line() {
    let place = Place::new();
    let one_line = |sentence: String, says: &str| {
        assert!(sentence.contains(says) && !sentence.contains('\n'), "{sentence}");
    };
    std::fs::create_dir(place.path("out")).unwrap();
    let bad = night().replace("\"few\", set: [", "\"fe\\nw\", set: [\"night.nothing=1\", ");
    place.write("out/protocol.ron", bad);
    let fault = Sweep::open(&place.path("out")).expect_err("no such setting");
    one_line(fault.to_string(), "night.nothing");
    place.write("out/protocol.ron", night());
    place.write(
        "out/findings.csv",
        "images,phase,measure,seed 4\nfew,a,b,1\n".replace("seed 4", "\"se\ned\""),
    );
    one_line(
        Findings::read(&place.path("out"))
            .expect_err("no such trial")
            .to_string(),
        "seed",
    );
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
            Plan::Night { .. } => assert!(protocol.trials >= 10),
            Plan::Tasks { tasks, .. } => assert!(tasks.len() >= 2),
        }
    }
}

/// Copies the tables of a folder of results, as a repository keeps them, without its jobs.
fn copy_tables(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["protocol.ron", "findings.csv", "times.csv", "images.csv"] {
        if from.join(name).is_file() {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// Catches a folder of tables alone, as a repository keeps it, that loses its numbers once somebody goes on with it.
#[test]
fn a_folder_of_tables_goes_on() {
    let place = Place::new();
    place.write("tiny.ron", night());
    place.does(&["experiment", "tiny.ron", "--out", "all"]);
    place.does(&["experiment", "tiny.ron", "--out", "part", "--only", "images=few"]);
    copy_tables(&place.path("part"), &place.path("kept"));
    // What is there is seen without a word being written.
    let before = place.files();
    assert_eq!(Sweep::open(&place.path("kept")).unwrap().found().len(), 2);
    assert_eq!(place.files(), before);
    let times = place.text("kept/times.csv");
    let said = place.does(&["experiment", "tiny.ron", "--out", "kept"]);
    assert!(said.contains("2 trials were taken over from kept"), "{said}");
    assert!(said.contains("4 of 4 trials"), "{said}");
    assert!(place.text("kept/findings.csv") == place.text("all/findings.csv"));
    assert!(place.text("kept/times.csv").starts_with(&times), "{times}");
    // A shard that is merged into it finds the trials that both have, and its full decimals are kept.
    copy_tables(&place.path("part"), &place.path("into"));
    place.does(&["merge", "into", "all"]);
    assert!(place.text("into/findings.csv") == place.text("all/findings.csv"));
    let job = "jobs/point-0000-trial-0001.ron";
    let finding = |text: &str| text[text.find("findings").unwrap()..].to_owned();
    let [into, all] = ["into", "all"].map(|folder| finding(&place.text(&format!("{folder}/{job}"))));
    assert!(into == all);
}

/// Catches tables that cannot be taken over and are written over nevertheless.
#[test]
fn tables_that_cannot_be_taken_over_stay() {
    let place = Place::new();
    place.write("tiny.ron", night());
    place.does(&["experiment", "tiny.ron", "--out", "out"]);
    let begin = ["experiment", "tiny.ron", "--out", "kept"];
    copy_tables(&place.path("out"), &place.path("kept"));
    let (findings, times) = (place.text("kept/findings.csv"), place.text("kept/times.csv"));
    for (table, good, bad, says) in [
        (
            "findings.csv",
            &findings,
            findings.replace("few,", "none,"),
            "no level \"none\"",
        ),
        (
            "findings.csv",
            &findings,
            findings.replace("seed 5", "seed 50"),
            "seed \"50\"",
        ),
        (
            "findings.csv",
            &findings,
            findings.replace("few,before,accuracy,", "few,before,accuracy,?"),
            "is no number",
        ),
        (
            "findings.csv",
            &findings,
            findings.replace("few,before,accuracy,", "few,before,accuracy,1e999"),
            "is no number",
        ),
        ("times.csv", &times, times.replace("few,5", "few,fife"), "seed \"fife\""),
    ] {
        assert_ne!(good, &bad);
        place.write(&format!("kept/{table}"), bad);
        place.refuses(&begin, &[table, says]);
        place.write(&format!("kept/{table}"), good);
    }
    place.write("kept/findings.csv", findings.lines().next().unwrap());
    place.refuses(&begin, &["times.csv", "findings.csv has not"]);
    place.write("kept/findings.csv", &findings);
    std::fs::remove_file(place.path("kept/protocol.ron")).unwrap();
    place.refuses(&begin, &["findings.csv is there without", "another folder"]);
    std::fs::remove_file(place.path("out/protocol.ron")).unwrap();
    std::fs::remove_file(place.path("out/findings.csv")).unwrap();
    place.refuses(&["experiment", "tiny.ron", "--out", "out"], &["jobs is there without"]);
}

/// Catches numbers of the repository that would be lost or changed by going on with them.
#[test]
fn the_folders_of_the_repository_can_be_gone_on_with() {
    let place = Place::new();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reproduction");
    for entry in std::fs::read_dir(all).unwrap() {
        let from = entry.unwrap().path();
        let to = place.path(from.file_name().unwrap().to_str().unwrap());
        copy_tables(&from, &to);
        let before = Findings::read(&to).unwrap();
        let mut sweep = Sweep::begin(&to, &before.protocol).unwrap();
        sweep.write_tables().unwrap();
        for table in ["findings.csv", "times.csv"] {
            let text = |folder: &Path| std::fs::read_to_string(folder.join(table)).unwrap();
            assert!(text(&from) == text(&to), "{table} of {}", from.display());
        }
    }
}

/// Catches results of different images that are averaged together: in one folder, merged, and under a new trial.
#[test]
fn results_of_other_images_are_not_mixed() {
    let place = Place::new();
    place.write("tiny.ron", tasks());
    place.does(&["experiment", "tiny.ron", "--out", "one", "--shard", "1/2"]);
    place.does(&["experiment", "tiny.ron", "--out", "two", "--shard", "2/2"]);
    let jobs = |folder: &str| {
        let entries = std::fs::read_dir(place.path(folder).join("jobs")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(|name| format!("{folder}/jobs/{name}")).collect::<Vec<_>>()
    };
    let sha256 = data::load(&Protocol::from_ron(&tasks()).unwrap().recipe.data)
        .unwrap()
        .sha256
        .clone();
    let turned = |path: &str, to: &str| {
        let text = place.text(path);
        assert!(text.contains(&sha256), "{text}");
        place.write(path, text.replace(&sha256, to));
    };
    let saved: Vec<String> = jobs("two").iter().map(|path| place.text(path)).collect();
    for path in jobs("two") {
        turned(&path, &"0".repeat(64));
    }
    place.refuses(
        &["merge", "both", "one", "two"],
        &["two is of other images", "000000000000", &sha256[..12]],
    );
    // What is done now, with the images that are here.
    place.refuses(
        &["experiment", "tiny.ron", "--out", "two"],
        &["the results in two are of other images", "another folder"],
    );
    // Two of one folder.
    let first = jobs("two")[0].clone();
    place.write(&first, &saved[0]);
    place.refuses(
        &["experiment", "tiny.ron", "--out", "two"],
        &["two/jobs/", "other images"],
    );
    // Trials that do not know go with all others, and the table says how many there are.
    for path in jobs("two") {
        let text = place.text(&path).replace(&sha256, "").replace(&"0".repeat(64), "");
        place.write(&path, text.replace(env!("CARGO_PKG_VERSION"), "0.0.9"));
    }
    let said = place.does(&["merge", "both", "one", "two"]);
    assert!(
        said.contains("several versions") && said.contains("2 by 0.0.9, 2 by 0.1.0"),
        "{said}"
    );
    let table = place.text("both/images.csv");
    assert_eq!(
        table,
        format!(
            "images,SHA-256,version,trials\n\"MNIST, built in\",,0.0.9,2\n\"MNIST, built in\",{sha256},{},2\n",
            env!("CARGO_PKG_VERSION")
        )
    );
    // A folder of tables knows its images, too.
    place.does(&["experiment", "tiny.ron", "--out", "three", "--trials", "1"]);
    copy_tables(&place.path("three"), &place.path("kept"));
    turned("kept/images.csv", &"1".repeat(64));
    place.refuses(
        &["experiment", "tiny.ron", "--out", "kept"],
        &["the results in kept", "111111111111"],
    );
    turned_back(&place, &sha256);
    let said = place.does(&["experiment", "tiny.ron", "--out", "kept"]);
    assert!(!said.contains("several versions"), "{said}");
    assert!(
        place
            .text("kept/images.csv")
            .ends_with(&format!("{sha256},{},4\n", env!("CARGO_PKG_VERSION")))
    );
}

/// Gives a table its own hash again.
fn turned_back(place: &Place, sha256: &str) {
    let text = place.text("kept/images.csv").replace(&"1".repeat(64), sha256);
    place.write("kept/images.csv", text);
}
