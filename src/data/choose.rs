//! Choosing some of the training images, the same ones for the same random stream on every machine.

use rand::{Rng, RngExt};

use super::error::DataError;
use super::images::Images;
use super::spec::{Amount, Balance, DataSpec, Draw};

/// The positions of the chosen images, without replacement and in drawn order.
///
/// With [`Draw::Random`], fewer images from the same random stream are the first of more images. With
/// [`Draw::Stratified`], each class gets its proportional share, rounded by largest remainder (of equal remainders, the
/// lower class is rounded up), and the classes are mixed. A fraction is rounded to the nearest count, at least 1.
///
/// # Errors
/// One sentence if no image, more images than there are, or no proper fraction is asked for, and if a stratified draw
/// meets a label that is not below `classes`.
pub fn choose(
    images: &Images,
    classes: usize,
    amount: Amount,
    draw: Draw,
    rng: &mut impl Rng,
) -> Result<Vec<usize>, DataError> {
    let count = amount.count(images.len())?;
    let chosen = match draw {
        Draw::Random => draw_some((0..images.len() as u32).collect(), count, rng),
        Draw::Stratified => {
            let mut members = vec![Vec::new(); classes];
            for (position, &label) in images.labels().iter().enumerate() {
                members
                    .get_mut(usize::from(label))
                    .ok_or(DataError::UnknownClass {
                        position,
                        label,
                        classes,
                    })?
                    .push(position as u32);
            }
            let shares = shares(&images.class_counts(classes), count);
            let mut chosen = Vec::with_capacity(count);
            for (members, share) in members.into_iter().zip(shares) {
                chosen.extend(draw_some(members, share, rng));
            }
            // One class after the other would be an order that no later step expects.
            draw_some(chosen, count, rng)
        }
    };
    Ok(chosen.into_iter().map(|position| position as usize).collect())
}

/// The positions of the images that a specification asks for, in drawn order: drawn as [`choose`] draws them, and then
/// thinned out as [`DataSpec::balance`] says. Of a class that keeps fewer, the first that were drawn are kept, at least one.
///
/// # Errors
/// As for [`choose`], and if the classes cannot have so many images.
pub fn choose_for(
    images: &Images,
    classes: usize,
    spec: &DataSpec,
    rng: &mut impl Rng,
) -> Result<Vec<usize>, DataError> {
    if let Balance::Counts(counts) = &spec.balance {
        return choose_counts(images, classes, counts, rng);
    }
    let mut chosen = choose(images, classes, spec.images, spec.draw, rng)?;
    if !spec.balance.is_as_drawn() {
        let class_of = |position: usize| usize::from(images.labels()[position]);
        let mut left = vec![0_usize; classes];
        for &position in &chosen {
            *left.get_mut(class_of(position)).ok_or(DataError::UnknownClass {
                position,
                label: images.labels()[position],
                classes,
            })? += 1;
        }
        for (left, share) in left.iter_mut().zip(spec.balance.shares(classes)?) {
            *left = ((share * *left as f64).round() as usize).max(1);
        }
        chosen.retain(|&position| {
            let left = &mut left[class_of(position)];
            let kept = *left > 0;
            *left = left.saturating_sub(1);
            kept
        });
    }
    Ok(chosen)
}

/// So many images of each class, mixed.
fn choose_counts(
    images: &Images,
    classes: usize,
    counts: &[usize],
    rng: &mut impl Rng,
) -> Result<Vec<usize>, DataError> {
    let refuse = |reason| Err(DataError::BadBalance { reason });
    if counts.len() != classes {
        return refuse(format!(
            "there are {classes} classes and numbers of images for {}: give one for each class",
            counts.len()
        ));
    }
    for (class, (&asked, there)) in counts.iter().zip(images.class_counts(classes)).enumerate() {
        if asked > there {
            return refuse(format!(
                "{asked} images of class {class} were asked for, and the set has {there}: choose at most {there}"
            ));
        }
    }
    let mut chosen = Vec::with_capacity(counts.iter().sum());
    for (class, &count) in counts.iter().enumerate() {
        let of_class = choose_of_classes(images, &[class as u8], count, rng);
        chosen.extend(of_class.into_iter().map(|position| position as u32));
    }
    if chosen.is_empty() {
        return Err(DataError::NoneChosen);
    }
    let count = chosen.len();
    let mixed = draw_some(chosen, count, rng);
    Ok(mixed.into_iter().map(|position| position as usize).collect())
}

/// The positions of `count` images of some classes, without replacement and in drawn order; all of them if there are fewer.
pub fn choose_of_classes(images: &Images, classes: &[u8], count: usize, rng: &mut impl Rng) -> Vec<usize> {
    let members = (0_u32..)
        .zip(images.labels())
        .filter(|(_, label)| classes.contains(label))
        .map(|(position, _)| position)
        .collect();
    let chosen = draw_some(members, count, rng);
    chosen.into_iter().map(|position| position as usize).collect()
}

impl Amount {
    /// How many of `available` images this is.
    ///
    /// # Errors
    /// One sentence if it is none, more than there are, or not a fraction in (0, 1].
    pub fn count(self, available: usize) -> Result<usize, DataError> {
        match self {
            Self::Count(0) => Err(DataError::NoneChosen),
            Self::Count(asked) if asked > available => Err(DataError::TooManyChosen { asked, available }),
            Self::Count(asked) => Ok(asked),
            Self::Fraction(fraction) if fraction > 0.0 && fraction <= 1.0 => {
                Ok(((fraction * available as f64).round() as usize).clamp(1, available.max(1)))
            }
            Self::Fraction(fraction) => Err(DataError::BadFraction { fraction }),
        }
    }
}

/// `count` of `positions`, without replacement, in drawn order: the first steps of a Fisher-Yates shuffle.
///
/// The draws are `u32` throughout: a `usize` would take another number of bits from the stream on a 32-bit machine.
fn draw_some(mut positions: Vec<u32>, count: usize, rng: &mut impl Rng) -> Vec<u32> {
    let count = count.min(positions.len());
    for i in 0..count {
        let left = (positions.len() - i) as u32;
        positions.swap(i, i + rng.random_range(0..left) as usize);
    }
    positions.truncate(count);
    positions
}

/// `count` images divided in proportion to `sizes`, rounded by largest remainder. `count` is at most the sum of `sizes`.
fn shares(sizes: &[usize], count: usize) -> Vec<usize> {
    let whole = sizes.iter().sum::<usize>().max(1) as u128;
    // Whole numbers: a rounded quotient could decide a tie differently elsewhere.
    let exact = |size: usize| size as u128 * count as u128;
    let mut shares: Vec<usize> = sizes.iter().map(|&size| (exact(size) / whole) as usize).collect();
    let missing = count - shares.iter().sum::<usize>();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    by_remainder.sort_by_key(|&class| std::cmp::Reverse(exact(sizes[class]) % whole));
    for class in by_remainder.into_iter().take(missing) {
        shares[class] += 1;
    }
    shares
}
