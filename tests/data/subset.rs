//! Choosing some of the images.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::ChaCha8Rng;
use somnoscope::data::{Amount, Balance, DataError, DataSpec, Draw, Images, Origin, Set, choose, choose_for};

use super::assert_sentence;

/// Images of one pixel with these labels.
fn labelled(labels: &[u8]) -> Images {
    Images::new(1, 1, vec![0; labels.len()], labels.to_vec()).unwrap()
}

fn draw(images: &Images, classes: usize, amount: Amount, draw: Draw, seed: u64) -> Result<Vec<usize>, DataError> {
    choose(images, classes, amount, draw, &mut ChaCha8Rng::seed_from_u64(seed))
}

proptest! {
    /// Catches an image drawn twice, a missing one, a position out of range, and a share more than one image off.
    #[test]
    fn a_draw_is_fair(labels in proptest::collection::vec(0_u8..7, 1..200), part in any::<prop::sample::Index>(), seed: u64) {
        let images = labelled(&labels);
        let count = part.index(labels.len()) + 1;
        for how in [Draw::Random, Draw::Stratified] {
            let chosen = draw(&images, 7, Amount::Count(count), how, seed).unwrap();
            let mut distinct = chosen.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), count);
            prop_assert!(chosen.iter().all(|&i| i < labels.len()));
            prop_assert_eq!(&chosen, &draw(&images, 7, Amount::Count(count), how, seed).unwrap());
            if how == Draw::Stratified {
                let mut counts = [0_usize; 7];
                for &i in &chosen {
                    counts[usize::from(labels[i])] += 1;
                }
                for (got, all) in counts.into_iter().zip(images.class_counts(7)) {
                    let exact = all as f64 * count as f64 / labels.len() as f64;
                    prop_assert!((got as f64 - exact).abs() < 1.0, "{} of {}", got, exact);
                }
            }
        }
    }

    /// Catches a larger random draw that is not an extension of the smaller one.
    #[test]
    fn fewer_are_the_first_of_more(few in 1_usize..100, more in 100_usize..=300, seed: u64) {
        let images = labelled(&[0; 300]);
        let many = draw(&images, 1, Amount::Count(more), Draw::Random, seed).unwrap();
        prop_assert_eq!(&draw(&images, 1, Amount::Count(few), Draw::Random, seed).unwrap()[..], &many[..few]);
    }
}

/// Catches a change of the algorithm, after which saved runs would train on other images.
#[test]
fn the_draw_never_changes() {
    let labels: Vec<u8> = (0..100).map(|i| i % 10).collect();
    let images = labelled(&labels);
    let random = draw(&images, 10, Amount::Count(8), Draw::Random, 1).unwrap();
    assert_eq!(random, [54, 40, 98, 10, 24, 61, 42, 27]);
    let stratified = draw(&images, 10, Amount::Count(12), Draw::Stratified, 1).unwrap();
    assert_eq!(stratified, [53, 34, 27, 22, 11, 79, 25, 98, 86, 40, 50, 91]);
}

/// Catches rounding that favours another class than the largest remainder, or the lower class of equal ones.
#[test]
fn shares_are_rounded_by_largest_remainder() {
    // 10 images of classes 0 0 0 0 0 1 1 1 2 2; 5 of them: exactly 2.5, 1.5 and 1.
    let images = labelled(&[0, 0, 0, 0, 0, 1, 1, 1, 2, 2]);
    let chosen = draw(&images, 3, Amount::Count(5), Draw::Stratified, 3).unwrap();
    let labels = chosen.iter().map(|&i| images.labels()[i]);
    let count = |class| labels.clone().filter(|&label| label == class).count();
    assert_eq!([count(0), count(1), count(2)], [3, 1, 1]);
}

/// Catches fractions that are rounded away, and a rounding that is not to the nearest.
#[test]
fn fractions_are_counts() {
    assert_eq!(Amount::Fraction(0.01).count(60_000).unwrap(), 600);
    assert_eq!(Amount::Fraction(1e-9).count(60_000).unwrap(), 1);
    assert_eq!(Amount::Fraction(1.0).count(7).unwrap(), 7);
    assert_eq!(Amount::Fraction(0.5).count(7).unwrap(), 4);
}

/// Catches an impossible wish that is granted, or refused without a reason.
#[test]
fn impossible_wishes_have_their_sentence() {
    let images = labelled(&[0, 1, 5]);
    let wish = |amount, how| draw(&images, 3, amount, how, 0).unwrap_err().to_string();
    assert_sentence(&wish(Amount::Count(0), Draw::Random), &["0 images were asked for"]);
    assert_sentence(
        &wish(Amount::Count(4), Draw::Random),
        &["4 images were asked for", "has 3"],
    );
    for fraction in [0.0, -0.1, 1.1, f64::NAN, f64::INFINITY] {
        let message = wish(Amount::Fraction(fraction), Draw::Random);
        assert_sentence(&message, &[&fraction.to_string(), "not a share"]);
    }
    assert_sentence(
        &wish(Amount::Count(2), Draw::Stratified),
        &["image 2", "label 5", "0 to 2"],
    );
    let nothing = draw(&images, 0, Amount::Count(1), Draw::Stratified, 0)
        .unwrap_err()
        .to_string();
    assert_sentence(&nothing, &["label 0"]);
}

/// A wish for images of 400, 40 of each of 10 classes.
fn balanced(balance: Balance, images: Amount) -> Result<Vec<usize>, DataError> {
    let labels: Vec<u8> = (0..400).map(|i| (i % 10) as u8).collect();
    let spec = DataSpec {
        set: Set::Own,
        from: Origin::BuiltIn,
        images,
        draw: Draw::Stratified,
        balance,
    };
    choose_for(&labelled(&labels), 10, &spec, &mut ChaCha8Rng::seed_from_u64(5))
}

/// Catches a class that keeps another share than it should, other images than the even draw has, and a draw that is mixed
/// anew.
#[test]
fn rare_classes_keep_some_of_the_drawn_images() {
    let even = balanced(Balance::AsDrawn, Amount::Fraction(0.5)).unwrap();
    let counts = |chosen: &[usize]| {
        let mut counts = [0; 10];
        for image in chosen {
            counts[image % 10] += 1;
        }
        counts
    };
    assert_eq!(counts(&even), [20; 10]);
    let rare = balanced(Balance::OneRare { class: 3, share: 0.1 }, Amount::Fraction(0.5)).unwrap();
    let tail = balanced(Balance::LongTail { ratio: 20.0 }, Amount::Fraction(0.5)).unwrap();
    assert_eq!(counts(&rare), [20, 20, 20, 2, 20, 20, 20, 20, 20, 20]);
    assert_eq!(counts(&tail), [20, 14, 10, 7, 5, 4, 3, 2, 1, 1]);
    for thinned in [rare, tail] {
        let mut kept = even.iter().filter(|image| thinned.contains(image));
        assert!(
            thinned.iter().all(|image| kept.next() == Some(image)),
            "in the order of the even draw"
        );
    }
    let counted = balanced(Balance::Counts(vec![40, 0, 1, 2, 3, 4, 5, 6, 7, 8]), Amount::Count(1)).unwrap();
    assert_eq!(counts(&counted), [40, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(
        counted[..40].iter().any(|image| image % 10 != 0),
        "the classes are mixed"
    );
}

/// Catches an imbalance that cannot be, and is taken.
#[test]
fn an_imbalance_that_cannot_be_is_refused() {
    for (balance, says) in [
        (Balance::OneRare { class: 10, share: 0.1 }, "0 to 9"),
        (Balance::OneRare { class: 1, share: 0.0 }, "more than 0"),
        (Balance::LongTail { ratio: 0.5 }, "1 to 1000000"),
        (Balance::Counts(vec![1, 2]), "10 classes"),
        (Balance::Counts(vec![41; 10]), "at most 40"),
    ] {
        let refused = balanced(balance, Amount::Count(100)).unwrap_err().to_string();
        assert_sentence(&refused, &[says]);
    }
    let nothing = balanced(Balance::Counts(vec![0; 10]), Amount::Count(100)).unwrap_err();
    assert_sentence(&nothing.to_string(), &["at least one"]);
}

/// Catches a change in how settings are written, which would make saved runs unreadable.
#[test]
fn settings_are_written_in_plain_words() {
    let spec = DataSpec {
        set: Set::Mnist,
        from: Origin::Full,
        images: Amount::Count(600),
        draw: Draw::Stratified,
        balance: Balance::AsDrawn,
    };
    let text = ron::to_string(&spec).unwrap();
    assert_eq!(text, "(set:Mnist,from:Full,images:Count(600),draw:Stratified)");
    assert_eq!(ron::from_str::<DataSpec>(&text).unwrap(), spec);
    let folder = r#"(set: Own, from: Folder("my/images"), images: Fraction(0.5), draw: Random)"#;
    assert_eq!(
        ron::from_str::<DataSpec>(folder).unwrap().from,
        Origin::Folder("my/images".into())
    );
    assert!(ron::from_str::<DataSpec>("(set:Mnist,from:Full,images:Count(6),draw:Random,colour:1)").is_err());
    for set in [Set::Mnist, Set::FashionMnist, Set::Own] {
        assert_eq!(set.id().parse::<Set>().unwrap(), set);
        assert_eq!(set.to_string().parse::<Set>().unwrap(), set);
        assert_eq!(set.to_string(), set.title());
    }
}
