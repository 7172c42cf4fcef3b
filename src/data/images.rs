//! Images of one size with their labels, in one block of memory.

use super::error::DataError;

/// The largest width and height of an image, in pixels.
pub const MAX_SIDE: usize = 64;

/// Grey images, all of the same size, each with a label: at least one, unless they stand in for images that are not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Images {
    /// Pixels in a row.
    width: usize,
    /// Rows.
    height: usize,
    /// `len x height x width` grey values, row-major.
    pixels: Vec<u8>,
    /// `len` labels.
    labels: Vec<u8>,
}

impl Images {
    /// Images from `labels.len() x height x width` grey values (0 black, 255 white), row-major, and their labels.
    ///
    /// # Errors
    /// [`DataError::NotImages`] if the lengths do not fit together, there is no image, or a side is 0 or above
    /// [`MAX_SIDE`].
    pub fn new(width: usize, height: usize, pixels: Vec<u8>, labels: Vec<u8>) -> Result<Self, DataError> {
        let sides = 1..=MAX_SIDE;
        let fits = sides.contains(&width)
            && sides.contains(&height)
            && !labels.is_empty()
            && labels.len().checked_mul(width * height) == Some(pixels.len());
        if fits {
            Ok(Self {
                width,
                height,
                pixels,
                labels,
            })
        } else {
            Err(DataError::NotImages {
                width,
                height,
                pixels: pixels.len(),
                labels: labels.len(),
            })
        }
    }

    /// No image of this size: what stands in for images that are not here.
    ///
    /// # Errors
    /// As [`Images::new`] if a side is 0 or above [`MAX_SIDE`].
    pub(super) fn none(width: usize, height: usize) -> Result<Self, DataError> {
        let one = Self::new(width, height, vec![0; width.saturating_mul(height)], vec![0])?;
        Ok(Self {
            pixels: Vec::new(),
            labels: Vec::new(),
            ..one
        })
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no image, because they are not here; never true of what [`Images::new`] accepts.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Pixels of one image: `width x height`.
    pub fn pixel_count(&self) -> usize {
        self.width * self.height
    }

    /// The grey values of image `i`, row-major: `pixel_count` bytes, or none if there is no image `i`.
    pub fn pixels(&self, i: usize) -> &[u8] {
        self.pixels.chunks_exact(self.pixel_count()).nth(i).unwrap_or_default()
    }

    /// The grey values of all images, one image after the other: `len x pixel_count` bytes.
    pub fn all_pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The label of each image.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// How many images each of the first `classes` classes has; labels beyond them are not counted.
    pub fn class_counts(&self, classes: usize) -> Vec<usize> {
        class_counts(&self.labels, classes)
    }

    /// The images at `positions`, in that order; positions beyond the last image are left out.
    pub(crate) fn gather(&self, positions: impl Iterator<Item = usize>) -> Result<Self, DataError> {
        let mut pixels = Vec::new();
        let mut labels = Vec::new();
        for i in positions {
            if let Some(&label) = self.labels.get(i) {
                pixels.extend_from_slice(self.pixels(i));
                labels.push(label);
            }
        }
        Self::new(self.width, self.height, pixels, labels)
    }

    /// The first `n` images and the others.
    ///
    /// # Errors
    /// [`DataError::NotImages`] if one of the two parts would be empty.
    pub(crate) fn split_at(mut self, n: usize) -> Result<(Self, Self), DataError> {
        let n = n.min(self.len());
        let tail_pixels = self.pixels.split_off(n * self.pixel_count());
        let tail_labels = self.labels.split_off(n);
        let tail = Self::new(self.width, self.height, tail_pixels, tail_labels)?;
        Ok((Self::new(self.width, self.height, self.pixels, self.labels)?, tail))
    }
}

/// How many of these labels are those of each of the first `classes` classes; labels beyond them are not counted.
pub fn class_counts(labels: &[u8], classes: usize) -> Vec<usize> {
    let mut counts = vec![0; classes];
    for &label in labels {
        if let Some(count) = counts.get_mut(usize::from(label)) {
            *count += 1;
        }
    }
    counts
}
