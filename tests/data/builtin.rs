//! The sets inside the program, and the full sets where they are at hand.

use std::collections::BTreeSet;
use std::path::PathBuf;

use somnoscope::data::{Amount, Balance, DataSpec, Dataset, Draw, Images, Origin, Set, load};

fn read(set: Set, from: Origin) -> Dataset {
    load(&DataSpec {
        set,
        from,
        images: Amount::Fraction(1.0),
        draw: Draw::Random,
        balance: Balance::AsDrawn,
    })
    .expect("a good set")
}

/// Catches a set whose contents, sizes or names are not what the program and the papers say.
#[test]
fn both_sets_are_complete() {
    for (set, name, sha256) in [
        (
            Set::Mnist,
            "7",
            "34b7666d578e10f8496b4cd78ba17f22d4e5e6ff8fe9b90fdf6c9679b3c14519",
        ),
        (
            Set::FashionMnist,
            "Sneaker",
            "d6298e5ed8123ad3e339bc5a7a353124f68f1bf99c25e2712e6cfa9affb1526b",
        ),
    ] {
        let data = read(set, Origin::BuiltIn);
        assert_eq!(data.set, set);
        assert_eq!(data.title, set.title());
        assert_eq!(data.origin, "built in: 7,000 + 3,000 images");
        assert_eq!((data.train.len(), data.test.len(), data.classes), (7_000, 3_000, 10));
        assert_eq!(
            (data.train.width(), data.train.height(), data.train.pixel_count()),
            (28, 28, 784)
        );
        assert_eq!(data.class_names.len(), 10);
        assert_eq!(data.class_names[7], name);
        assert_eq!(data.sha256, sha256, "{set}");
    }
}

/// Catches a split that gives a class to one part only.
#[test]
fn both_parts_have_the_shares_of_the_whole() {
    for (set, tolerance) in [(Set::Mnist, 1.0), (Set::FashionMnist, 45.0)] {
        let data = read(set, Origin::BuiltIn);
        let (train, test) = (data.train.class_counts(10), data.test.class_counts(10));
        for class in 0..10 {
            let share = (train[class] + test[class]) as f64 * 0.7;
            let distance = (train[class] as f64 - share).abs();
            assert!(
                distance <= tolerance,
                "{set}: class {class} is {distance} images away from its share"
            );
        }
    }
}

/// The pixels and the label of each image.
fn entries(images: &Images) -> impl Iterator<Item = (&[u8], u8)> {
    images
        .labels()
        .iter()
        .enumerate()
        .map(|(i, &label)| (images.pixels(i), label))
}

/// Catches built-in images that are not the first 10,000 of the published training files, and full sets read wrongly.
#[test]
fn built_in_images_are_the_first_of_the_full_sets() {
    let Some(root) = std::env::var_os("SOMNOSCOPE_DATA").map(PathBuf::from) else {
        println!("SOMNOSCOPE_DATA is not set: the full sets were not looked at, only the built-in ones");
        return;
    };
    for set in [Set::Mnist, Set::FashionMnist] {
        let full = read(set, Origin::Full);
        assert_eq!(full.sha256, read(set, Origin::Folder(root.join(set.id()))).sha256);
        assert_eq!((full.train.len(), full.test.len(), full.classes), (60_000, 10_000, 10));
        assert_eq!(
            full.origin,
            format!("{}: 60,000 + 10,000 images", root.join(set.id()).display())
        );

        let built_in = read(set, Origin::BuiltIn);
        let ours: Vec<_> = entries(&built_in.train).chain(entries(&built_in.test)).collect();
        let theirs: Vec<_> = entries(&full.train).take(10_000).collect();
        if set == Set::FashionMnist {
            assert!(ours == theirs, "the clothes are not in their original order");
        }
        let sorted = |entries: Vec<_>| entries.into_iter().collect::<BTreeSet<_>>();
        assert!(
            sorted(ours) == sorted(theirs),
            "{set}: other images than the first 10,000"
        );
    }
}
