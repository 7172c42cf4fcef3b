//! What is publicly known of the full sets: their files, the SHA-256 of the contents, and who offers them.

use super::folder::{TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS};
use super::set::Set;

/// One file of a published set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its usual name, without `.gz`.
    pub name: String,
    /// The SHA-256 of its uncompressed bytes, as 64 hexadecimal digits.
    pub sha256: String,
    /// Its uncompressed length in bytes.
    pub bytes: u64,
    /// The length of the `.gz` file that the mirrors offer, in bytes.
    pub gzip_bytes: u64,
}

/// Name, SHA-256 and length of the content, length of the mirrors' `.gz` file.
type Row = (&'static str, &'static str, u64, u64);

const MNIST: [Row; 4] = [
    (
        TRAIN_IMAGES,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        47_040_016,
        9_912_422,
    ),
    (
        TRAIN_LABELS,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        60_008,
        28_881,
    ),
    (
        TEST_IMAGES,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        7_840_016,
        1_648_877,
    ),
    (
        TEST_LABELS,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        10_008,
        4_542,
    ),
];

const FASHION_MNIST: [Row; 4] = [
    (
        TRAIN_IMAGES,
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        47_040_016,
        26_421_880,
    ),
    (
        TRAIN_LABELS,
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        60_008,
        29_515,
    ),
    (
        TEST_IMAGES,
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        7_840_016,
        4_422_102,
    ),
    (
        TEST_LABELS,
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
        10_008,
        5_148,
    ),
];

/// The four files of a published set; none for own images.
pub fn files(set: Set) -> Vec<Published> {
    let rows: &[Row] = match set {
        Set::Mnist => &MNIST,
        Set::FashionMnist => &FASHION_MNIST,
        Set::Own => &[],
    };
    rows.iter()
        .map(|&(name, sha256, bytes, gzip_bytes)| Published {
            name: name.to_owned(),
            sha256: sha256.to_owned(),
            bytes,
            gzip_bytes,
        })
        .collect()
}

/// Where the `.gz` files of a set can be downloaded, the first choice first; each ends with a slash.
///
/// One Fashion-MNIST mirror has no encryption: the SHA-256 makes sure of the content.
pub fn mirrors(set: Set) -> &'static [&'static str] {
    match set {
        Set::Mnist => &[
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ],
        Set::FashionMnist => &[
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ],
        Set::Own => &[],
    }
}
