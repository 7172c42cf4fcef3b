//! Nights that are kept safe: a program killed while it writes, a full disk, a folder that cannot be written to.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use somnoscope::run::{Recording, RecordingError, Slot, bin, hash_of_weights, left_behind};
use somnoscope::sim::night::Journal;
use tempfile::TempDir;

use super::recording::recording;

/// The variable that tells a child of these tests where to write.
const ROOT: &str = "SOMNOSCOPE_TEST_ROOT";
/// Kills.
const ROUNDS: u64 = 40;
/// Kills of a whole worker, which first has to train.
const WORKERS: u64 = 6;

/// Two runs of which one is told from the other, a megabyte each, most of it weights that cannot be made smaller: writing takes
/// long enough to be killed in.
fn pair() -> [Recording; 2] {
    let mut first = recording();
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let sizes = [36, 800, 300, 3];
    let weights: Vec<Array2<f32>> = sizes
        .windows(2)
        .map(|pair| Array2::from_shape_fn((pair[1], pair[0]), |_| random.random_range(-0.1_f32..0.1)))
        .collect();
    first.manifest.sizes = sizes.to_vec();
    first.manifest.recipe.network.hidden = sizes[1..3].to_vec();
    first.manifest.weights_before = hash_of_weights(&weights);
    first.class_means = vec![Array2::zeros((3, 800)), Array2::zeros((3, 300))];
    first.weights = Arc::new(weights);
    first.journal = Journal::new(&sizes);
    for step in 0..80 {
        first.journal.push_units(&[step, step + 40]);
    }
    let mut second = first.clone();
    second.manifest.title.push_str(", the other one");
    second.batches = vec![(0.125, 0.5); 40];
    [first, second]
}

/// This program again, doing nothing but one of the tests that are ignored.
fn child(test: &str, root: &Path, through: &[&str]) -> Command {
    let this = std::env::current_exe().unwrap();
    let mut command = match through {
        [] => Command::new(this),
        [shell, arguments @ ..] => {
            let mut command = Command::new(shell);
            command.args(arguments).arg(this);
            command
        }
    };
    command
        .args([test, "--exact", "--ignored"])
        .env(ROOT, root)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Where a child is to write; `None` if this is none.
fn root_of_child() -> Option<PathBuf> {
    std::env::var_os(ROOT).map(PathBuf::from)
}

/// Not a test: writes a saved run and its night again and again, for [`killed_at_any_moment_it_comes_back`].
#[test]
#[ignore = "a helper that never ends"]
fn writes_until_it_is_killed() {
    let Some(root) = root_of_child() else { return };
    let slot = Slot::claim(&root).unwrap();
    let pair = pair();
    for number in 0.. {
        let recording: &Recording = &pair[number % 2];
        recording.write(&root.join("shelf.somno")).unwrap();
        recording.write(&slot.path()).unwrap();
    }
}

/// Waits until a running child has written its night once.
fn wait_for_a_night(root: &Path, child: &mut Child) {
    let has_night = || {
        let mut folders = std::fs::read_dir(root).unwrap();
        folders.any(|folder| folder.unwrap().path().join("night.somno").exists())
    };
    while !has_night() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Catches a saved run that is damaged, and a night that is lost or not offered, when the program is killed while it writes.
#[test]
fn killed_at_any_moment_it_comes_back() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let pair = pair();
    let mut half_written = 0;
    for round in 0..ROUNDS {
        let mut child = child("run::safe::writes_until_it_is_killed", root, &[])
            .spawn()
            .unwrap();
        wait_for_a_night(root, &mut child);
        assert!(left_behind(root).is_empty(), "it still runs");
        std::thread::sleep(Duration::from_micros(round * 7919 % 200_000));
        child.kill().unwrap();
        child.wait().unwrap();
        half_written += unfinished(root);
        let shelved = Recording::read(&root.join("shelf.somno")).expect("a saved run is never damaged");
        assert!(pair.contains(&shelved));
        let left = left_behind(root);
        assert_eq!(left.len(), 1, "round {round}: the night is offered");
        assert!(left_behind(root).is_empty(), "to one program only");
        assert!(pair.contains(&Recording::read(&left[0].path()).expect("the night is whole")));
        left[0].discard();
        assert!(left_behind(root).is_empty() && !left[0].path().exists());
    }
    assert!(
        half_written > ROUNDS / 4,
        "{half_written} kills hit a file half-way: the others prove nothing"
    );
}

/// Files of a folder and its folders that were not finished; they are removed.
fn unfinished(root: &Path) -> u64 {
    let folders = std::fs::read_dir(root)
        .unwrap()
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let folders: Vec<PathBuf> = folders.filter(|path| path.is_dir()).chain([root.to_owned()]).collect();
    let count = || -> u64 {
        let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let is_unfinished = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(".somnoscope-");
        files
            .filter(|file| is_unfinished(&file.as_ref().unwrap().file_name()))
            .count() as u64
    };
    let found = count();
    somnoscope::run::remove_unfinished(&folders, Duration::ZERO);
    assert_eq!(count(), 0, "what was never finished is swept away");
    found
}

/// Not a test: a worker that sleeps, changes its night and saves it, again and again, for
/// [`a_worker_killed_at_any_moment_comes_back`].
#[test]
#[ignore = "a helper that never ends"]
fn sleeps_and_saves_until_it_is_killed() {
    let Some(root) = root_of_child() else { return };
    crate::worker::safe::sleep_and_save_for_ever(&root);
}

/// Catches a run that is damaged or lost when the program is killed while its worker saves it and keeps it safe.
#[test]
fn a_worker_killed_at_any_moment_comes_back() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    for round in 0..WORKERS {
        let mut child = child("run::safe::sleeps_and_saves_until_it_is_killed", root, &[])
            .spawn()
            .unwrap();
        wait_for_a_night(root, &mut child);
        std::thread::sleep(Duration::from_micros(round * 79_190 % 400_000));
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished(root);
        let shelf = root.join("shelf.somno");
        assert!(
            !shelf.exists() || Recording::read(&shelf).is_ok(),
            "a saved run is never damaged"
        );
        let left = left_behind(root);
        assert_eq!(left.len(), 1, "round {round}: the night is offered");
        assert!(Recording::read(&left[0].path()).is_ok(), "the night is whole");
        left[0].discard();
    }
}

/// Not a test: moves a run to the bin.
#[test]
#[ignore = "a helper that needs a bin of its own"]
fn bins_a_run() {
    let Some(root) = root_of_child() else { return };
    bin(&root.join("night.somno")).unwrap();
    let error = bin(&root.join("night.somno"))
        .expect_err("it is there no more")
        .to_string();
    assert!(
        error.contains("night.somno could not be moved to the bin and is where it was"),
        "{error}"
    );
}

/// Catches a run that is deleted for good where it was to be moved to the bin.
#[cfg(target_os = "linux")]
#[test]
fn what_is_deleted_is_in_the_bin() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let run = recording();
    run.write(&root.join("night.somno")).unwrap();
    let share = root.join("share");
    std::fs::create_dir(&share).unwrap();
    let status = child("run::safe::bins_a_run", root, &[])
        .env("XDG_DATA_HOME", &share)
        .status();
    assert!(status.unwrap().success());
    assert!(!root.join("night.somno").exists());
    assert_eq!(Recording::read(&share.join("Trash/files/night.somno")).unwrap(), run);
    assert!(
        share.join("Trash/info/night.somno.trashinfo").is_file(),
        "it can be put back"
    );
}

/// Not a test: tries to write where no file can become larger than a kilobyte.
#[test]
#[ignore = "a helper that wants a full disk"]
fn writes_where_there_is_no_room() {
    let Some(root) = root_of_child() else { return };
    for name in ["shelf.somno", "new.somno"] {
        let error = pair()[1].write(&root.join(name)).expect_err("there is no room");
        assert!(matches!(error, RecordingError::Unwritable { .. }), "{error}");
        assert!(error.to_string().contains("nothing was changed"), "{error}");
    }
}

/// Not a test: a worker whose disk is full.
#[test]
#[ignore = "a helper that wants a full disk"]
fn works_where_there_is_no_room() {
    let Some(root) = root_of_child() else { return };
    crate::worker::safe::save_where_there_is_no_room(&root);
}

/// Catches a worker that ends, says nothing or damages what is there when the disk is full while it keeps a night safe and saves it.
#[cfg(unix)]
#[test]
fn a_full_disk_ends_no_worker() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shelf.somno");
    let [first, _] = pair();
    first.write(&path).unwrap();
    let shell = ["sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""];
    let status = child("run::safe::works_where_there_is_no_room", folder.path(), &shell).status();
    assert!(status.unwrap().success(), "it is told and goes on");
    assert_eq!(Recording::read(&path).unwrap(), first);
    assert_eq!(unfinished(folder.path()), 0, "nothing is left on the full disk");
}

/// Catches a saved run that is torn or gone when the disk is full, and rubbish that stays on it.
#[cfg(unix)]
#[test]
fn a_full_disk_damages_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shelf.somno");
    let [first, _] = pair();
    first.write(&path).unwrap();
    // The signal that a file has become too large is ignored, so that writing is refused as on a full disk.
    let shell = ["sh", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""];
    let status = child("run::safe::writes_where_there_is_no_room", folder.path(), &shell).status();
    assert!(status.unwrap().success(), "it is refused in a sentence");
    assert_eq!(Recording::read(&path).unwrap(), first);
    let names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["shelf.somno"]);
}

/// Catches a panic, or a run that is lost, where a folder cannot be written to or is none.
#[test]
fn a_folder_that_takes_no_files_is_told_of() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    assert!(Slot::claim(&file).is_err());
    assert!(left_behind(&file).is_empty() && left_behind(&folder.path().join("missing")).is_empty());
    let error = recording().write(&file.join("night.somno")).expect_err("not a folder");
    assert!(
        error
            .to_string()
            .contains("night.somno cannot be written, and nothing was changed"),
        "{error}"
    );
    let shut = folder.path().join("shut");
    let path = shut.join("night.somno");
    std::fs::create_dir(&shut).unwrap();
    recording().write(&path).unwrap();
    let whole = std::fs::metadata(&shut).unwrap().permissions();
    let mut read_only = whole.clone();
    read_only.set_readonly(true);
    std::fs::set_permissions(&shut, read_only).unwrap();
    // Some accounts may write anywhere.
    if std::fs::write(shut.join("probe"), "").is_err() {
        assert!(matches!(
            recording().write(&path),
            Err(RecordingError::Unwritable { .. })
        ));
        assert!(Slot::claim(&shut).is_err());
    }
    assert_eq!(Recording::read(&path).unwrap(), recording());
    std::fs::set_permissions(&shut, whole).unwrap();
}
