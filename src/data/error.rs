//! What can be wrong with image files, folders and choices, each as one sentence that says where and what to do.

use std::io;
use std::path::PathBuf;

use super::set::Set;

/// Why images could not be read, found, chosen or copied.
///
/// The messages are complete: the reason of the operating system is part of the sentence and not a source of its own.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The operating system refused to open or read a file or folder.
    #[error("{} cannot be read ({reason}): check that it exists and that you may read it.", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// The operating system refused to write a file or folder.
    #[error("{} cannot be written ({reason}): check that you may write there and that the disk has room.", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The answer of the operating system.
        reason: io::Error,
    },
    /// A folder, pipe or device stands where a file belongs.
    #[error("{} is not a file but a folder or device: put an IDX file of that name in its place.", path.display())]
    NotAFile {
        /// What stands there.
        path: PathBuf,
    },
    /// One folder of IDX files for two image sets.
    #[error(
        "{} holds the images of one set, taken as {first}, and {second} is wanted as well: name the folder above, with a folder \
         `{}` and a folder `{}` in it.",
        path.display(),
        first.id(),
        second.id()
    )]
    OneSet {
        /// The folder.
        path: PathBuf,
        /// The set that it was taken as.
        first: Set,
        /// The other one.
        second: Set,
    },
    /// A file stands where a folder belongs.
    #[error("{} is not a folder: name the folder that holds the IDX files.", path.display())]
    NotAFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// A file without a single byte.
    #[error("{} is empty: copy or download it again.", path.display())]
    EmptyFile {
        /// The file.
        path: PathBuf,
    },
    /// A gzip file that does not decompress, or whose checksum differs.
    #[error("{} is a damaged gzip file ({reason}): copy or download it again.", path.display())]
    DamagedGzip {
        /// The file.
        path: PathBuf,
        /// What the decompressor says.
        reason: String,
    },
    /// The file does not begin like an IDX file of its kind.
    #[error(
        "{} begins with 0x{found:08x} instead of 0x{expected:08x}, so it is not an IDX file of {kind}: \
         check that it is the right file and that images and labels are not exchanged.",
        path.display()
    )]
    WrongMagic {
        /// The file.
        path: PathBuf,
        /// What it should hold: `images` or `labels`.
        kind: &'static str,
        /// The magic number of that kind.
        expected: u32,
        /// The file's first four bytes.
        found: u32,
    },
    /// The file ends inside its header.
    #[error("{} ends after {bytes} bytes, inside its header of {header} bytes: copy or download it again.", path.display())]
    ShortHeader {
        /// The file.
        path: PathBuf,
        /// Its length, uncompressed, in bytes.
        bytes: u64,
        /// The length of the header, in bytes.
        header: u64,
    },
    /// Fewer bytes than the header promises.
    #[error(
        "{} is cut short: it holds {bytes} of the {promised} bytes that its header promises; copy or download it again.",
        path.display()
    )]
    CutShort {
        /// The file.
        path: PathBuf,
        /// Its length, uncompressed, in bytes.
        bytes: u64,
        /// The length that the header promises, in bytes.
        promised: u64,
    },
    /// More bytes than the header promises.
    #[error(
        "{} goes on after the {promised} bytes that its header promises: copy or download it again.",
        path.display()
    )]
    TrailingBytes {
        /// The file.
        path: PathBuf,
        /// The length that the header promises, in bytes.
        promised: u64,
    },
    /// The header promises more than a gzip file of this length can hold.
    #[error(
        "{} promises {promised} bytes, more than its {compressed} compressed bytes can hold: copy or download it again.",
        path.display()
    )]
    ImpossibleSize {
        /// The file.
        path: PathBuf,
        /// The length that the header promises, in bytes.
        promised: u64,
        /// The length of the compressed file, in bytes.
        compressed: u64,
    },
    /// More bytes than the program takes into memory.
    #[error("{} holds {promised} bytes, more than the {limit} that fit: make a file with fewer images.", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The length that the header promises, in bytes.
        promised: u64,
        /// The largest length that is read, in bytes.
        limit: u64,
    },
    /// Images without pixels, or larger than the limit.
    #[error(
        "{} holds images of {width} x {height} pixels: scale them to at least 1 x 1 and at most {limit} x {limit}.",
        path.display()
    )]
    ImageSize {
        /// The file.
        path: PathBuf,
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// The largest width and height, in pixels.
        limit: usize,
    },
    /// A file with a good header and not one entry.
    #[error("{} holds no {kind}: make a file with at least one.", path.display())]
    NoEntries {
        /// The file.
        path: PathBuf,
        /// What it should hold: `images` or `labels`.
        kind: &'static str,
    },
    /// A folder lacks one of the usual files.
    #[error("{} has no file {name} (nor {name}.gz): copy it there, or name another folder.", folder.display())]
    MissingFile {
        /// The folder.
        folder: PathBuf,
        /// The file's usual name.
        name: &'static str,
    },
    /// The two files of a pair disagree about the number of images.
    #[error(
        "{} holds {n_labels} labels for the {n_images} images of {}: take both files from the same source.",
        labels.display(),
        images.display()
    )]
    CountMismatch {
        /// The file of images.
        images: PathBuf,
        /// How many it holds.
        n_images: usize,
        /// The file of labels.
        labels: PathBuf,
        /// How many it holds.
        n_labels: usize,
    },
    /// Training and test images differ in size.
    #[error(
        "{} holds test images of {} x {} pixels, and the training images are {} x {}: scale them to the same size.",
        path.display(), test.0, test.1, train.0, train.1
    )]
    ShapeMismatch {
        /// The file of the test images.
        path: PathBuf,
        /// Width and height of the training images, in pixels.
        train: (usize, usize),
        /// Width and height of the test images, in pixels.
        test: (usize, usize),
    },
    /// A label beyond the classes of the set.
    #[error(
        "{} gives image {position} the label {label}, but the classes are 0 to {}: correct the label or take another set.",
        path.display(), classes.saturating_sub(1)
    )]
    LabelOutOfRange {
        /// The file of labels.
        path: PathBuf,
        /// The image, counted from 0.
        position: usize,
        /// Its label.
        label: u8,
        /// How many classes the set has.
        classes: usize,
    },
    /// Too few images to keep some for the test.
    #[error(
        "{} holds {images} images and no test files, too few to set some aside: give at least {least} images.",
        folder.display()
    )]
    TooFewToSplit {
        /// The folder.
        folder: PathBuf,
        /// How many images it holds.
        images: usize,
        /// How many it takes.
        least: usize,
    },
    /// The full set is not on this machine.
    #[error(
        "the full {set} set was not found in {}: `somnoscope data fetch {}` gets it, or take the built-in images.",
        list(looked), set.id()
    )]
    NotFound {
        /// The set.
        set: Set,
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// Own images were asked for without saying where they are.
    #[error(
        "no images of your own were found in {}: name the folder that holds them, or import it.",
        list(looked)
    )]
    NoOwnImages {
        /// Where they were looked for.
        looked: Vec<PathBuf>,
    },
    /// Own images cannot be built in.
    #[error("no images of your own are built in: name the folder that holds them.")]
    NotBuiltIn,
    /// There is no per-user folder to copy to.
    #[error("this account has no folder for data: set SOMNOSCOPE_DATA to a folder and copy the files there.")]
    NoUserFolder,
    /// Pixels and labels given to [`super::Images::new`] do not make images.
    #[error(
        "{pixels} pixels and {labels} labels do not make images of {width} x {height} pixels: \
         give each label width x height pixels, at least one image, and at most {limit} x {limit}.",
        limit = super::images::MAX_SIDE
    )]
    NotImages {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// How many pixels were given.
        pixels: usize,
        /// How many labels were given.
        labels: usize,
    },
    /// Not one image was asked for.
    #[error("0 images were asked for: choose at least one.")]
    NoneChosen,
    /// More images were asked for than there are.
    #[error("{asked} images were asked for, and the set has {available}: choose at most {available}.")]
    TooManyChosen {
        /// How many were asked for.
        asked: usize,
        /// How many there are.
        available: usize,
    },
    /// A fraction that is not a part of the whole.
    #[error("{fraction} is not a share of the images: choose more than 0 and at most 1.")]
    BadFraction {
        /// The fraction.
        fraction: f64,
    },
    /// Classes that cannot have so many images.
    #[error("{reason}.")]
    BadBalance {
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// A label beyond the classes named in a choice.
    #[error("image {position} has the label {label}, but the classes are 0 to {}: give the number of classes of the set.",
        classes.saturating_sub(1))]
    UnknownClass {
        /// The image, counted from 0.
        position: usize,
        /// Its label.
        label: u8,
        /// How many classes were named.
        classes: usize,
    },
}

/// The folders as a list within a sentence.
fn list(folders: &[PathBuf]) -> String {
    if folders.is_empty() {
        return "any folder (this account has none for data)".to_owned();
    }
    let names: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    names.join(", ")
}
