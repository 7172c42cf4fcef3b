//! The document of published and own numbers, made from the tables in the repository.

use std::path::Path;

use super::Place;

/// Copies a folder and everything below it.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Catches a document or a figure in the repository that was written by hand, or is older than its numbers or its program.
#[test]
fn the_document_in_the_repository_is_made_from_its_tables() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let place = Place::new();
    copy(&docs.join("reproduction"), &place.path("docs/reproduction"));
    place.does(&["report", "docs/reproduction", "--out", "docs/REPRODUCTION.md"]);
    let committed = std::fs::read_to_string(docs.join("REPRODUCTION.md")).unwrap();
    assert_eq!(place.text("docs/REPRODUCTION.md"), committed);
    let mut figures = 0;
    for (path, made) in place.files() {
        if path.extension().is_some_and(|ending| ending == "svg") {
            let below = path.strip_prefix(place.folder.path()).unwrap();
            let kept = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(below)).unwrap();
            assert!(kept == made, "{} is another one", below.display());
            assert!(committed.contains(&below.strip_prefix("docs").unwrap().display().to_string()));
            figures += 1;
        }
    }
    assert!(figures > 3, "{figures} figures");
}

/// Catches a mean that is wrong, a published number that is not compared, and one that did not come out and is not told.
#[test]
fn published_numbers_stand_beside_ours() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("results/small")).unwrap();
    let protocol = super::experiment::night().replace(
        "trials: 2,",
        r#"trials: 4, published: [
            (at: ["few"], phase: "gain of the night", measure: "accuracy", value: "about +20", within: Some((0.15, 0.25)), source: "A"),
            (at: ["few"], phase: "after", measure: "accuracy", value: "90", within: Some((0.85, 0.95)), source: "B"),
            (at: ["more"], phase: "after", measure: "accuracy", value: "95", within: Some((0.9, 1.0)), source: "C"),
        ],"#,
    );
    place.write("results/small/protocol.ron", protocol);
    place.write(
        "results/small/findings.csv",
        "images,phase,measure,seed 4,seed 5,seed 6,seed 7\n\
         few,before,accuracy,0.1,0.2,0.1,0.2\n\
         few,after,accuracy,0.31,0.39,0.32,0.38\n",
    );
    place.write("results/small/remarks.md", "What a person says.");
    place.does(&["report", "results", "--out", "out.md"]);
    let text = place.text("out.md");
    for wanted in [
        "| about +20 | few, gain of the night: accuracy | A | +20.0 ± 1.8 (+17.1 to +22.9), p < 0.001 | 4 | yes |",
        "| 90 | few, after: accuracy | B | 35.0 ± 4.1 (28.5 to 41.5) | 4 | **no, lower** |",
        "| 95 | more, after: accuracy | C | — | 0 | not done |",
        "few, after: accuracy: published 90, here 35.0 ± 4.1 (28.5 to 41.5) (4 trials).",
        "4 of 8 trials are done",
        "Not done at all: limited_data",
        "What a person says.",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
    assert!(!text.contains("published about +20, here"), "{text}");
    // What is broken is said, and nothing is written.
    place.write(
        "results/small/findings.csv",
        "images,phase,measure,seed 9\nfew,before,accuracy,0.1\n",
    );
    place.refuses(&["report", "results", "--out", "new.md"], &["findings.csv", "seed"]);
    place.refuses(&["report", "nowhere", "--out", "new.md"], &["nowhere cannot be read"]);
}

/// Catches a mean of those that are left, in a table, a verdict or a figure, without a word of the trial that diverged before.
#[test]
fn no_mean_hides_a_trial_that_diverged() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("results/small")).unwrap();
    let protocol = super::experiment::tasks().replace(
        "trials: 2,",
        r#"trials: 3, published: [
            (at: ["few"], phase: "sleep, task 2 slept", measure: "accuracy", value: "about 90", within: Some((0.85, 0.95)), source: "A"),
        ],"#,
    );
    place.write("results/small/protocol.ron", protocol);
    place.write(
        "results/small/findings.csv",
        "images,phase,measure,seed 4,seed 5,seed 6\n\
         few,\"no sleep, task 2 trained\",accuracy,0.3,0.3,0.3\n\
         few,\"no sleep, task 2 trained\",accuracy of task 1,0.3,0.3,0.3\n\
         few,\"sleep, task 1 slept\",accuracy,0.5,0.5,\n\
         few,\"sleep, task 1 slept\",diverged,,,50\n\
         few,\"sleep, task 2 slept\",accuracy,0.4,0.5,\n\
         few,\"sleep, task 2 slept\",accuracy of task 1,0.2,0.4,\n",
    );
    place.does(&["report", "results", "--out", "out.md"]);
    let text = place.text("out.md");
    for wanted in [
        "| about 90 | few, sleep, task 2 slept: accuracy | A | 45.0 ± 7.1 (−18.5 to 108.5) | 2, 1 diverged |",
        "| sleep | 45.0 ± 7.1<br>(−18.5 to 108.5)<br>1 diverged |  | 30.0<br>1 diverged |",
        "| no sleep | 30.0 ± 0.0<br>(30.0 to 30.0) | −15.0 ± 7.1<br>(−78.5 to +48.5)<br>p = 0.205<br>1 diverged | 30.0 |",
        "Tiny: few (up to 1 trial diverged and left out)",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
}

/// Catches controls that are not compared with the night, are compared over means and not within trials, or with a p that knows
/// nothing of the other comparisons of the table: 0.1 ± 0.01 has p = 0.0033 of itself, and there are four.
#[test]
fn controls_stand_against_the_night() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("results/small")).unwrap();
    let protocol = super::experiment::night().replace(
        "trials: 2,",
        r#"trials: 3, published: [
            (at: ["few"], phase: "whole against before", measure: "accuracy", value: "+30", within: Some((0.25, 0.35)), source: "A"),
            (at: ["few"], phase: "gain of the night", measure: "classes whose recall rises", value: "most", within: Some((0.5, 1.0)), source: "B"),
        ],"#,
    );
    place.write("results/small/protocol.ron", protocol);
    let mut findings = "images,phase,measure,seed 4,seed 5,seed 6\n".to_owned();
    for (phase, values) in [
        ("before", "0.1,0.2,0.3"),
        ("after", "0.3,0.4,0.5"),
        ("fine-tuning without sleep", "0.2,0.2,0.2"),
        ("sleep and fine-tuning", "0.5,0.6,0.8"),
        ("whole", "0.41,0.5,0.59"),
        ("early", "0.1,0.4,0.7"),
    ] {
        findings.extend([format!("few,{phase},accuracy,{values}\n")]);
    }
    findings += "few,early,epochs,30,36,39\n";
    findings += "few,before,recall of 0,0.1,0.1,0.1\nfew,before,recall of 1,0.5,0.5,0.5\n";
    findings += "few,after,recall of 0,0.2,0.2,0.1\nfew,after,recall of 1,0.6,0.4,0.4\n";
    place.write("results/small/findings.csv", findings);
    place.does(&["report", "results", "--out", "out.md"]);
    let text = place.text("out.md");
    for wanted in [
        "| +30 | few, whole against before: accuracy | A | +30.0 ± 1.0 (+27.5 to +32.5), p < 0.001 | 3 | yes |",
        "| most | few, gain of the night: classes whose recall rises | B | 50.0 ± 50.0 (−74.2 to 174.2) | 3 | not shown |",
        "| sleep and fine-tuning, % | gain of sleep before fine-tuning, points |",
        "| 63.3 ± 15.3<br>(25.4 to 101.3) | +43.3 ± 15.3<br>(+5.4 to +81.3) |",
        "against the night, points\n\n| images | fine-tuning without sleep | sleep and fine-tuning | whole | early |",
        "+10.0 ± 1.0<br>(+7.5 to +12.5)<br>p = 0.013 |",
        "+0.0 ± 20.0<br>(−49.7 to +49.7)<br>p = 1.000 |",
        "| stopped after, epochs | few |\n| --- | --: |\n| early | 35 ± 4.6<br>(23.6 to 46.4) |",
        "3 of 6 trials are done",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in\n{text}");
    }
}

/// Catches ways of learning that are not compared with the night after each task: of their own experiment, or of another one that
/// learns the same; and one that is borrowed from where something else is learned.
#[test]
fn ways_of_learning_stand_against_the_night() {
    let place = Place::new();
    let tasks = super::experiment::tasks();
    let controls = tasks
        .replace("tiny_tasks", "tiny_controls")
        .replace("(name: \"sleep\", sleep: Some(Seen)),", "");
    let others = controls
        .replace("tiny_controls", "tiny_others")
        .replace("images: 80,", "images: 81,");
    let heads = "images,phase,measure,seed 4,seed 5\n";
    let last = "few,\"last, task 2 slept\",accuracy,0.2,0.4\n";
    for (name, protocol, findings) in [
        ("a", &controls, format!("{heads}{last}")),
        (
            "b",
            &tasks,
            format!("{heads}few,\"sleep, task 2 slept\",accuracy,0.5,0.6\n{last}"),
        ),
        ("c", &others, format!("{heads}{last}")),
    ] {
        std::fs::create_dir_all(place.path(&format!("results/{name}"))).unwrap();
        place.write(&format!("results/{name}/protocol.ron"), protocol);
        place.write(&format!("results/{name}/findings.csv"), findings);
    }
    place.does(&["report", "results", "--out", "out.md"]);
    let text = place.text("out.md");
    let last = "| last | 30.0 ± 14.1<br>(−97.1 to 157.1) | −25.0 ± 7.1<br>(−88.5 to +38.5)<br>p = 0.126 |";
    assert_eq!(text.matches(last).count(), 2, "{text}");
    assert_eq!(text.matches("against sleep, points").count(), 2, "{text}");
    assert_eq!(text.matches("| sleep (of \"Tiny\") | 55.0 ± 7.1").count(), 1, "{text}");
}

/// Catches a table of others that makes the program ask for all memory there is, or draw for ever: a class that no set has, and
/// numbers that no trial finds.
#[test]
fn what_no_trial_finds_breaks_no_figure() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("results/night")).unwrap();
    std::fs::create_dir_all(place.path("results/tasks")).unwrap();
    place.write("results/night/protocol.ron", super::experiment::night());
    place.write(
        "results/night/findings.csv",
        "images,phase,measure,seed 4,seed 5\n\
         few,before,accuracy,1e300,0.5\n\
         few,before,90000000000 read as 9,1,1\n\
         few,before,1 read as 90000000000,1,1\n\
         few,before,1 read as 2,1e300,1\n\
         few,before,accuracy under WeightNoise 1e300,1,1\n\
         few,after,accuracy,1e300,-1e300\n",
    );
    place.write("results/tasks/protocol.ron", super::experiment::tasks());
    let mut findings = "images,phase,measure,seed 4,seed 5\n".to_owned();
    for arm in ["no sleep", "sleep", "last"] {
        for (task, value) in [(1, "0.5"), (2, "1e300")] {
            let when = if arm == "no sleep" { "trained" } else { "slept" };
            findings.extend([format!("few,\"{arm}, task {task} {when}\",accuracy,{value},\n")]);
        }
    }
    place.write("results/tasks/findings.csv", findings);
    place.does(&["report", "results", "--out", "out.md"]);
    let drawn = place
        .files()
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|it| it == "svg"));
    for (path, svg) in drawn {
        assert!(svg.len() < 200_000, "{}: {} bytes", path.display(), svg.len());
    }
    assert!(place.text("out.md").len() < 20_000);
}
