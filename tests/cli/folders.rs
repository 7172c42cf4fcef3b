//! Folders of results: tables without jobs, images and versions, numbers that are none, and what stays when something goes wrong.

use std::path::Path;

use somnoscope::data;
use somnoscope::experiment::Protocol;
use somnoscope::run::{Findings, Sweep};

use super::Place;
use super::experiment::{night, tasks};

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
