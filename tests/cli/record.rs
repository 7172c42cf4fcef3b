//! `somnoscope record` and `somnoscope verify`.

use predicates::str::contains;

use super::Place;

/// A night of a second.
pub const SMALL: [&str; 8] = [
    "--set",
    "data.images=Count(100)",
    "--set",
    "network.hidden=[24, 16]",
    "--set",
    "night.steps=60",
    "--set",
    "training.epochs=1",
];

/// Catches a recorded night that cannot be verified, a verdict without an exit code, and a bookmark that is lost.
#[test]
fn a_recorded_night_is_verified() {
    let place = Place::new();
    place.write("notes.md", "What to look at.");
    let mut args = vec![
        "record",
        "one_per_cent",
        "--title",
        "A small night",
        "--notes",
        "notes.md",
    ];
    args.extend(SMALL);
    args.extend(["--bookmark", "30=half time", "--out", "night.somno"]);
    let said = place.does(&args);
    assert!(
        said.contains("Recorded 60 steps") && said.contains("night.somno"),
        "{said}"
    );
    let said = place.does(&["verify", "night.somno"]);
    assert!(said.contains("identical: 60 steps"), "{said}");
    let recording = somnoscope::run::Recording::read(&place.path("night.somno")).unwrap();
    let manifest = &recording.manifest;
    assert_eq!(
        (&*manifest.title, &*manifest.notes),
        ("A small night", "What to look at.")
    );
    assert_eq!(manifest.bookmarks.len(), 1);
    assert_eq!(recording.batches.len(), 1);
    assert!(manifest.tests.len() > 20, "{}", manifest.tests.len());

    let mut forged = recording.clone();
    let units = forged.journal.step(59).to_vec();
    forged.journal.truncate(59);
    forged.journal.push_units(&units[1..]);
    forged.write(&place.path("forged.somno")).unwrap();
    place
        .somnoscope(&["verify", "night.somno", "forged.somno"])
        .assert()
        .code(1)
        .stdout(contains("night.somno: identical"))
        .stdout(contains("forged.somno: differs first in step 60"))
        .stderr(contains("not identical: forged.somno"));

    // One that cannot be read keeps no other from its turn.
    place.write("torn.somno", b"PK\x03\x04 and no more");
    place
        .somnoscope(&["verify", "torn.somno", "forged.somno", "none.somno", "night.somno"])
        .assert()
        .code(2)
        .stdout(contains("forged.somno: differs first in step 60"))
        .stdout(contains("night.somno: identical"))
        .stderr(contains("torn.somno is not a whole recorded run: its end is missing"))
        .stderr(contains("none.somno cannot be read"))
        .stderr(contains("not identical: forged.somno"));
}

/// Catches a mistake that is found only after minutes of training, or that leaves a file behind.
#[test]
fn mistakes_are_said_before_anything_is_done() {
    let place = Place::new();
    place.write("torn.somno", b"PK\x03\x04 and no more");
    for (args, wanted) in [
        (vec!["record", "--out", "night.zip"], "does not end in .somno"),
        (vec!["record", "--out", "missing/night.somno"], "not a folder"),
        (
            vec!["record", "--bookmark", "noon", "--out", "night.somno"],
            "no bookmark",
        ),
        (
            vec!["record", "--bookmark", "567=late", "--out", "night.somno"],
            "0 to 566",
        ),
        (vec!["record", "--notes", "none.md", "--out", "night.somno"], "none.md"),
        (vec!["verify", "none.somno"], "none.somno cannot be read"),
        (vec!["verify", "torn.somno"], "torn.somno is not a whole recorded run"),
    ] {
        let before = place.files();
        let done = place.somnoscope(&args).assert().code(2).stderr(contains(wanted));
        let stderr = String::from_utf8(done.get_output().stderr.clone()).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert_eq!(place.files(), before, "{args:?}");
    }
}
