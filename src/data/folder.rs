//! A folder with the usual four IDX files, or only the two for training.

use std::path::{Path, PathBuf};

use super::dataset::Dataset;
use super::error::DataError;
use super::idx::{self, IdxImages};
use super::images::Images;
use super::set::Set;

/// The fewest images from which some can be set aside for the test.
const LEAST_TO_SPLIT: usize = 4;

/// The usual names of the four files, without `.gz`.
pub const TRAIN_IMAGES: &str = "train-images-idx3-ubyte";
/// The labels of the training images.
pub const TRAIN_LABELS: &str = "train-labels-idx1-ubyte";
/// The test images; t10k for the ten thousand of MNIST.
pub const TEST_IMAGES: &str = "t10k-images-idx3-ubyte";
/// The labels of the test images.
pub const TEST_LABELS: &str = "t10k-labels-idx1-ubyte";

/// The files of a folder: each under the name it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The training images and their labels.
    pub train: (PathBuf, PathBuf),
    /// The test images and their labels, if there are such files.
    pub test: Option<(PathBuf, PathBuf)>,
}

/// The names under which a file may stand, the preferred one first: compressed before raw, since downloads are.
pub fn variants(name: &str) -> [String; 4] {
    // Some unpackers turn the hyphen before `idx` into a dot.
    let dotted = name.replace("-idx", ".idx");
    [format!("{name}.gz"), name.to_owned(), format!("{dotted}.gz"), dotted]
}

/// Where the file stands, if it does.
pub fn locate(folder: &Path, name: &str) -> Option<PathBuf> {
    variants(name)
        .into_iter()
        .map(|variant| folder.join(variant))
        .find(|path| path.exists())
}

impl Files {
    /// Looks for the files by name.
    ///
    /// # Errors
    /// One sentence that names the folder and what it lacks. A test file without its partner is an error too.
    pub fn of(folder: &Path) -> Result<Self, DataError> {
        match std::fs::metadata(folder) {
            Err(reason) => {
                return Err(DataError::Unreadable {
                    path: folder.to_owned(),
                    reason,
                });
            }
            Ok(found) if !found.is_dir() => {
                return Err(DataError::NotAFolder {
                    path: folder.to_owned(),
                });
            }
            Ok(_) => {}
        }
        let need = |name: &'static str| {
            locate(folder, name).ok_or_else(|| DataError::MissingFile {
                folder: folder.to_owned(),
                name,
            })
        };
        let train = (need(TRAIN_IMAGES)?, need(TRAIN_LABELS)?);
        let no_test = locate(folder, TEST_IMAGES).is_none() && locate(folder, TEST_LABELS).is_none();
        let test = if no_test {
            None
        } else {
            Some((need(TEST_IMAGES)?, need(TEST_LABELS)?))
        };
        Ok(Self { train, test })
    }
}

/// Reads a folder as `set`.
///
/// # Errors
/// One sentence that names the file or folder, what is wrong with it, and what to do.
pub fn load(set: Set, folder: &Path) -> Result<Dataset, DataError> {
    let files = Files::of(folder)?;
    let train = read_pair(&files.train)?;
    let classes = classes_of(set, &train, &files.train.1)?;
    let (train, test) = match &files.test {
        Some(pair) => {
            let test = read_pair(pair)?;
            let (train_shape, test_shape) = ((train.width(), train.height()), (test.width(), test.height()));
            if train_shape != test_shape {
                let path = pair.0.clone();
                return Err(DataError::ShapeMismatch {
                    path,
                    train: train_shape,
                    test: test_shape,
                });
            }
            check_labels(&test, classes, &pair.1)?;
            (train, test)
        }
        None => split(&train, folder)?,
    };
    Ok(Dataset::new(set, &folder.display().to_string(), classes, train, test))
}

/// How many classes `set` has: as published, or one more than the largest label; no label may be beyond.
///
/// # Errors
/// [`DataError::LabelOutOfRange`] with the name of the file of labels.
pub fn classes_of(set: Set, train: &Images, labels: &Path) -> Result<usize, DataError> {
    let largest = train.labels().iter().max().map_or(0, |&label| usize::from(label));
    let classes = set.classes().unwrap_or(largest + 1);
    check_labels(train, classes, labels)?;
    Ok(classes)
}

/// Puts images and labels together, whose numbers must agree.
///
/// # Errors
/// [`DataError::CountMismatch`] with the names of both files.
pub fn paired(images_path: &Path, images: IdxImages, labels_path: &Path, labels: Vec<u8>) -> Result<Images, DataError> {
    let n_images = images.count();
    if n_images != labels.len() {
        return Err(DataError::CountMismatch {
            images: images_path.to_owned(),
            n_images,
            labels: labels_path.to_owned(),
            n_labels: labels.len(),
        });
    }
    Images::new(images.width, images.height, images.pixels, labels)
}

/// Reads a file of images and its file of labels.
fn read_pair((images, labels): &(PathBuf, PathBuf)) -> Result<Images, DataError> {
    paired(images, idx::read_images(images)?, labels, idx::read_labels(labels)?)
}

/// No label may be beyond the classes.
fn check_labels(images: &Images, classes: usize, path: &Path) -> Result<(), DataError> {
    match images
        .labels()
        .iter()
        .enumerate()
        .find(|&(_, &label)| usize::from(label) >= classes)
    {
        Some((position, &label)) => Err(DataError::LabelOutOfRange {
            path: path.to_owned(),
            position,
            label,
            classes,
        }),
        None => Ok(()),
    }
}

/// Sets three of each ten images in a row aside for the test: the fourth, the seventh and the tenth.
///
/// Spread over the whole file and not its end, since own images often stand class by class.
fn split(images: &Images, folder: &Path) -> Result<(Images, Images), DataError> {
    if images.len() < LEAST_TO_SPLIT {
        let (images, least) = (images.len(), LEAST_TO_SPLIT);
        return Err(DataError::TooFewToSplit {
            folder: folder.to_owned(),
            images,
            least,
        });
    }
    // Where the running count 0.3 (i + 1) reaches the next whole number.
    let is_test = |i: &usize| (i + 1) * 3 / 10 > i * 3 / 10;
    let train = images.gather((0..images.len()).filter(|i| !is_test(i)))?;
    let test = images.gather((0..images.len()).filter(is_test))?;
    Ok((train, test))
}
