//! Folders of IDX files: what is read, found and imported.

use std::fs;
use std::path::Path;

use somnoscope::data::{
    Amount, Balance, DataError, DataSpec, Dataset, Draw, Origin, Set, examine, find, import_into, load,
};

use super::{assert_sentence, gzip, idx_images, idx_labels, write_pair};

fn read(set: Set, folder: &Path) -> Result<Dataset, DataError> {
    let from = Origin::Folder(folder.to_owned());
    load(&DataSpec {
        set,
        from,
        images: Amount::Fraction(1.0),
        draw: Draw::Random,
        balance: Balance::AsDrawn,
    })
}

fn fault(set: Set, folder: &Path) -> String {
    read(set, folder).unwrap_err().to_string()
}

/// Catches a name that is not recognized, and an identity that depends on how the files are stored.
#[test]
fn all_usual_names_are_read() {
    let folder = tempfile::tempdir().unwrap();
    write_pair(folder.path(), "train", &[0, 1, 2, 3]);
    write_pair(folder.path(), "t10k", &[3, 0]);
    let raw = read(Set::Own, folder.path()).unwrap();
    assert_eq!((raw.train.len(), raw.test.len(), raw.classes), (4, 2, 4));
    assert_eq!(raw.train.pixels(2), [2; 4]);
    assert_eq!(raw.train.pixels(4), [0; 0], "there is no fifth image");
    assert_eq!(raw.class_names, ["0", "1", "2", "3"]);
    assert_eq!(raw.origin, format!("{}: 4 + 2 images", folder.path().display()));

    for part in ["train-images", "t10k-labels"] {
        let path = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().contains(part))
            .unwrap();
        let bytes = fs::read(&path).unwrap();
        let dotted = path.to_string_lossy().replace("-idx", ".idx");
        fs::write(format!("{dotted}.gz"), gzip(&bytes)).unwrap();
        fs::remove_file(path).unwrap();
    }
    assert_eq!(read(Set::Own, folder.path()).unwrap().sha256, raw.sha256);
    write_pair(folder.path(), "t10k", &[3, 1]);
    fs::remove_file(folder.path().join("t10k-labels.idx1-ubyte.gz")).unwrap();
    assert_ne!(
        read(Set::Own, folder.path()).unwrap().sha256,
        raw.sha256,
        "another label"
    );
}

/// Catches a split that loses an image, uses one twice, or takes the last classes of a sorted folder for the test.
#[test]
fn a_folder_without_test_files_is_split() {
    let folder = tempfile::tempdir().unwrap();
    let labels: Vec<u8> = (0..100).map(|i| i / 10).collect();
    write_pair(folder.path(), "train", &labels);
    let data = read(Set::Own, folder.path()).unwrap();
    assert_eq!(
        (data.train.class_counts(10), data.test.class_counts(10)),
        (vec![7; 10], vec![3; 10])
    );
    let mut firsts: Vec<u8> = data
        .train
        .all_pixels()
        .chunks(4)
        .chain(data.test.all_pixels().chunks(4))
        .map(|p| p[0])
        .collect();
    firsts.sort_unstable();
    assert_eq!(firsts, (0..100).collect::<Vec<u8>>());

    write_pair(folder.path(), "train", &[0, 1, 0]);
    assert_sentence(&fault(Set::Own, folder.path()), &["3 images", "at least 4"]);
    write_pair(folder.path(), "train", &[0, 1, 0, 1]);
    assert_eq!(read(Set::Own, folder.path()).unwrap().test.len(), 1);
}

/// Catches a folder that passes with a fault, or a sentence that does not say where the fault is.
#[test]
fn each_fault_has_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let missing = path.join("nowhere");
    assert_sentence(&fault(Set::Own, &missing), &["nowhere", "cannot be read"]);
    assert_sentence(&fault(Set::Own, path), &["has no file train-images-idx3-ubyte"]);

    write_pair(path, "train", &[0, 1, 2, 3]);
    let file = path.join("train-labels-idx1-ubyte");
    assert_sentence(&fault(Set::Own, &file), &["train-labels-idx1-ubyte", "is not a folder"]);
    fs::write(&file, idx_labels(&[0, 1, 2])).unwrap();
    assert_sentence(
        &fault(Set::Own, path),
        &[
            "train-labels-idx1-ubyte",
            "3 labels",
            "4 images",
            "train-images-idx3-ubyte",
        ],
    );
    fs::write(&file, idx_labels(&[0, 1, 2, 10])).unwrap();
    assert_sentence(
        &fault(Set::Mnist, path),
        &["train-labels-idx1-ubyte", "image 3", "label 10", "0 to 9"],
    );
    fs::remove_file(&file).unwrap();
    assert_sentence(&fault(Set::Own, path), &["has no file train-labels-idx1-ubyte"]);

    write_pair(path, "train", &[0, 1, 2, 3]);
    write_pair(path, "t10k", &[0, 4]);
    assert_sentence(
        &fault(Set::Own, path),
        &["t10k-labels-idx1-ubyte", "image 1", "label 4", "0 to 3"],
    );
    fs::write(path.join("t10k-images-idx3-ubyte"), idx_images(2, 3, 2, &[0; 12])).unwrap();
    assert_sentence(&fault(Set::Own, path), &["t10k-images-idx3-ubyte", "2 x 3", "2 x 2"]);
    fs::remove_file(path.join("t10k-images-idx3-ubyte")).unwrap();
    assert_sentence(&fault(Set::Own, path), &["has no file t10k-images-idx3-ubyte"]);

    let built_in = DataSpec {
        set: Set::Own,
        from: Origin::BuiltIn,
        images: Amount::Count(1),
        draw: Draw::Random,
        balance: Balance::AsDrawn,
    };
    assert_sentence(
        &load(&built_in).unwrap_err().to_string(),
        &["built in", "name the folder"],
    );
}

/// Catches own images taken for a published set, and a message that does not say where was looked and what to do.
#[test]
fn a_set_is_found_by_the_name_of_its_folder() {
    let root = tempfile::tempdir().unwrap();
    let named = root.path().join("mnist");
    fs::create_dir(&named).unwrap();
    write_pair(root.path(), "train", &[0, 1, 2, 3]);
    let folders = [root.path().to_owned(), named.clone()];
    let message = find(Set::Mnist, &folders).unwrap_err().to_string();
    assert_sentence(
        &message,
        &["MNIST", &named.display().to_string(), "`somnoscope data fetch mnist`"],
    );
    assert_eq!(find(Set::Own, &folders).unwrap(), root.path());
    write_pair(&named, "train", &[0, 1, 2, 3]);
    assert_eq!(find(Set::Mnist, &folders).unwrap(), named);
    let message = find(Set::Own, &[]).unwrap_err().to_string();
    assert_sentence(&message, &["no images of your own", "import"]);

    let found = examine(Set::Mnist, named.clone());
    assert_eq!((found.n_train, found.n_test, found.fault), (4, 0, None));
    fs::write(named.join("train-labels-idx1-ubyte"), [0, 0, 8]).unwrap();
    assert_sentence(
        &examine(Set::Mnist, named).fault.unwrap(),
        &["train-labels-idx1-ubyte", "ends after 3 bytes"],
    );
}

/// Catches digits that pass as clothes: a folder of any name is searched for both.
#[test]
fn a_published_set_is_known_by_its_test_labels() {
    let Some(root) = std::env::var_os("SOMNOSCOPE_DATA") else {
        println!("SOMNOSCOPE_DATA is not set: no full set to recognize");
        return;
    };
    let digits = Path::new(&root).join("mnist");
    assert_eq!(find(Set::Mnist, std::slice::from_ref(&digits)).unwrap(), digits);
    assert!(find(Set::FashionMnist, std::slice::from_ref(&digits)).is_err());
    assert!(find(Set::Own, &[digits]).is_err());
    assert!(
        somnoscope::data::discover()
            .iter()
            .filter(|found| found.fault.is_none())
            .count()
            >= 2
    );
}

/// Catches an import that leaves files of the former set, harms it when the new one is bad, or leaves its own traces.
#[test]
fn an_import_replaces_the_whole_set() {
    let (old, new, to) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let to = to.path().join("data/own");
    write_pair(old.path(), "train", &[0, 1, 2, 3]);
    write_pair(old.path(), "t10k", &[0, 1]);
    let first = import_into(old.path(), Set::Own, &to).unwrap();
    assert_eq!(
        (first.n_train, first.n_test, first.classes, first.folder),
        (4, 2, 4, to.clone())
    );

    let bad = tempfile::tempdir().unwrap();
    write_pair(bad.path(), "train", &[0]);
    assert!(import_into(bad.path(), Set::Own, &to).is_err());
    assert_eq!(
        read(Set::Own, &to).unwrap().sha256,
        read(Set::Own, old.path()).unwrap().sha256
    );

    let pixels = [9; 40];
    fs::write(
        new.path().join("train-images.idx3-ubyte"),
        gzip(&idx_images(10, 2, 2, &pixels)),
    )
    .unwrap();
    fs::write(new.path().join("train-labels.idx1-ubyte"), idx_labels(&[1; 10])).unwrap();
    let second = import_into(new.path(), Set::Own, &to).unwrap();
    assert_eq!((second.n_train, second.n_test), (7, 3));
    assert_eq!(
        read(Set::Own, &to).unwrap().sha256,
        read(Set::Own, new.path()).unwrap().sha256
    );
    let mut names: Vec<String> = fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"]);

    import_into(&to, Set::Own, &to).expect("a folder may be imported into itself");
    assert_eq!(read(Set::Own, &to).unwrap().train.len(), 7);
}
