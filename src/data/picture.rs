//! Pictures of a person's own: read from a PNG, and prepared as the pictures of MNIST were.

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use image::codecs::png::PngDecoder;
use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageBuffer, ImageDecoder as _, Limits};

/// The longest side of a PNG, in pixels.
pub const MAX_PNG_SIDE: u32 = 8192;
/// The longest PNG file, in bytes.
const MAX_PNG_BYTES: u64 = 64 << 20;
/// Memory that reading a PNG may take, in bytes: a picture of the largest size in 8-bit colours.
const MAX_PNG_MEMORY: u64 = 512 << 20;
/// What every PNG file begins with.
const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];

/// Ink below this is not taken for a part of what is drawn.
const FAINT: u8 = 26;
/// The picture of a digit fits into 20 of the 28 pixels of a side (`LeCun` et al. 1998).
const FITTED: (usize, usize) = (20, 28);

/// Why a picture could not be read, each in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The operating system refused.
    #[error("{} cannot be read ({reason}): check that it exists and that you may read it", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The answer of the operating system.
        reason: std::io::Error,
    },
    /// Some other kind of file.
    #[error("{} is not a PNG picture: save it as PNG and try again", path.display())]
    NotPng {
        /// The file.
        path: PathBuf,
    },
    /// More than fits.
    #[error("{} is too large ({size}): make it at most {MAX_PNG_SIDE} pixels wide and high and 64 MB long", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// How large it is.
        size: String,
    },
    /// Nothing in it stands out from its background.
    #[error("{} shows nothing: it has one grey all over; draw in it, or choose another picture", path.display())]
    Blank {
        /// The file.
        path: PathBuf,
    },
    /// It begins like a PNG and does not go on like one.
    #[error("{} is cut short or damaged: copy it or save it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// A picture as amounts of ink, row by row: 0 is the background, 255 is full ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    width: usize,
    height: usize,
    amounts: Vec<u8>,
}

impl Ink {
    /// A picture from its amounts, row by row. `None` if their number is not that of a picture of this size.
    pub fn new(width: usize, height: usize, amounts: Vec<u8>) -> Option<Self> {
        (width > 0 && height > 0 && width.checked_mul(height) == Some(amounts.len())).then_some(Self {
            width,
            height,
            amounts,
        })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// The amounts, row by row.
    pub fn amounts(&self) -> &[u8] {
        &self.amounts
    }

    /// Reads a PNG of any kind: grey or coloured, with or without transparency. Colours become grey, and the background,
    /// taken from the border of the picture, becomes 0: of a picture dark on light the negative is taken.
    ///
    /// # Errors
    /// One sentence that names the file, what is wrong, and what to do.
    pub fn read_png(path: &Path) -> Result<Self, PictureError> {
        let unreadable = |reason| PictureError::Unreadable {
            path: path.to_owned(),
            reason,
        };
        let damaged = || PictureError::Damaged { path: path.to_owned() };
        let too_large = |size| PictureError::TooLarge {
            path: path.to_owned(),
            size,
        };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut bytes = Vec::new();
        // One byte more than allowed tells that there are too many, even of what is no file and has no length.
        file.take(MAX_PNG_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        if !bytes.starts_with(&SIGNATURE) {
            return Err(PictureError::NotPng { path: path.to_owned() });
        }
        if bytes.len() as u64 > MAX_PNG_BYTES {
            return Err(too_large("more than 64 MB".to_owned()));
        }
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MAX_PNG_MEMORY);
        let decoder = PngDecoder::with_limits(Cursor::new(bytes), limits).map_err(|_| damaged())?;
        let (width, height) = decoder.dimensions();
        if width.max(height) > MAX_PNG_SIDE {
            return Err(too_large(format!("{width} x {height} pixels")));
        }
        let picture = DynamicImage::from_decoder(decoder).map_err(|_| damaged())?;
        let ink = Self::from_grey(&flat(&picture));
        if ink.bounds().is_none() {
            return Err(PictureError::Blank { path: path.to_owned() });
        }
        Ok(ink)
    }

    /// Ink from grey values: what differs from the background.
    fn from_grey(grey: &GrayImage) -> Self {
        let (width, height) = grey.dimensions();
        let background = border_median(grey);
        let is_light = background > 127;
        let room = f32::from(if is_light { background } else { 255 - background }).max(1.0);
        let amounts = grey.as_raw().iter().map(|&value| {
            let ink = if is_light {
                background.saturating_sub(value)
            } else {
                value.saturating_sub(background)
            };
            (255.0 * f32::from(ink) / room).round().min(255.0) as u8
        });
        Self {
            width: width as usize,
            height: height as usize,
            amounts: amounts.collect(),
        }
    }

    /// The picture as the network sees it, made as those of MNIST were: what is drawn, to its borders, is fitted into 20 of the 28
    /// pixels of each side (the same share of a side of other sets) without changing its proportions, and its centre of mass
    /// is moved to the middle. Nothing stays nothing. Grey values row by row.
    pub fn fitted(&self, (width, height): (usize, usize)) -> Vec<u8> {
        let mut fitted = vec![0; width * height];
        let Some((left, top, right, bottom)) = self.bounds() else {
            return fitted;
        };
        let (across, down) = (right - left, bottom - top);
        let room = |side: usize| (side * FITTED.0).div_ceil(FITTED.1).max(1) as f64;
        let scale = (room(width) / across as f64).min(room(height) / down as f64);
        let scaled = |side: usize| ((side as f64 * scale).round() as u32).max(1);
        let Some(all) = self.to_image() else { return fitted };
        let part = image::imageops::crop_imm(&all, left as u32, top as u32, across as u32, down as u32).to_image();
        let small = image::imageops::resize(&part, scaled(across), scaled(down), FilterType::Triangle);
        let (mut mass, mut x_mass, mut y_mass) = (0.0, 0.0, 0.0);
        for (x, y, pixel) in small.enumerate_pixels() {
            let ink = f64::from(pixel.0[0]);
            mass += ink;
            x_mass += ink * (f64::from(x) + 0.5);
            y_mass += ink * (f64::from(y) + 0.5);
        }
        if mass <= 0.0 {
            return fitted;
        }
        let shift = |side: usize, moment: f64| (side as f64 / 2.0 - moment / mass).round() as i64;
        let (right_by, down_by) = (shift(width, x_mass), shift(height, y_mass));
        for (x, y, pixel) in small.enumerate_pixels() {
            let (x, y) = (i64::from(x) + right_by, i64::from(y) + down_by);
            if (0..width as i64).contains(&x) && (0..height as i64).contains(&y) {
                fitted[y as usize * width + x as usize] = pixel.0[0];
            }
        }
        fitted
    }

    /// The picture at another size, as it stands: every pixel is the mean of what it covers. A picture that is a whole number
    /// of times larger, every pixel a square of one value, comes back as it was.
    pub fn reduced(&self, (width, height): (usize, usize)) -> Vec<u8> {
        let edge = |index: usize, parts: usize, side: usize| index * side / parts.max(1);
        let mut reduced = Vec::with_capacity(width * height);
        for y in 0..height {
            let rows =
                edge(y, height, self.height)..edge(y + 1, height, self.height).max(edge(y, height, self.height) + 1);
            for x in 0..width {
                let from = edge(x, width, self.width);
                let columns = from..edge(x + 1, width, self.width).max(from + 1);
                let count = rows.len() * columns.len();
                let sum: usize = rows
                    .clone()
                    .flat_map(|row| &self.amounts[row * self.width..][columns.clone()])
                    .map(|&ink| usize::from(ink))
                    .sum();
                reduced.push(((sum + count / 2) / count) as u8);
            }
        }
        reduced
    }

    /// The picture in the middle of a canvas of another size, as large as it can be without changing its proportions.
    #[must_use]
    pub fn placed(&self, (width, height): (usize, usize)) -> Self {
        let mut placed = Self {
            width,
            height,
            amounts: vec![0; width * height],
        };
        let scale = (width as f64 / self.width as f64).min(height as f64 / self.height as f64);
        let side = |side: usize, most: usize| ((side as f64 * scale).round() as usize).clamp(1, most.max(1));
        let (across, down) = (side(self.width, width), side(self.height, height));
        let Some(all) = self.to_image() else { return placed };
        let filter = if scale >= 1.0 && (scale.fract() == 0.0) {
            // Every pixel becomes a square, and can be had back.
            FilterType::Nearest
        } else {
            FilterType::Triangle
        };
        let scaled = image::imageops::resize(&all, across as u32, down as u32, filter);
        let (left, top) = ((width - across) / 2, (height - down) / 2);
        for (row, inks) in scaled.as_raw().chunks(across).enumerate() {
            placed.amounts[(top + row) * width + left..][..across].copy_from_slice(inks);
        }
        placed
    }

    /// What is drawn: left, top, and one past the right and the bottom. `None` if nothing is.
    fn bounds(&self) -> Option<(usize, usize, usize, usize)> {
        let inked = |at: &usize| self.amounts[*at] >= FAINT;
        let mut bounds: Option<(usize, usize, usize, usize)> = None;
        for at in (0..self.amounts.len()).filter(inked) {
            let (x, y) = (at % self.width, at / self.width);
            let (left, top, right, bottom) = bounds.unwrap_or((x, y, x + 1, y + 1));
            bounds = Some((left.min(x), top.min(y), right.max(x + 1), bottom.max(y + 1)));
        }
        bounds
    }

    /// The same for the library that scales it.
    fn to_image(&self) -> Option<GrayImage> {
        ImageBuffer::from_raw(self.width as u32, self.height as u32, self.amounts.clone())
    }
}

/// Grey values of a picture. What is transparent shows a background that the visible rest stands out from: white behind
/// something dark, black behind something light.
fn flat(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let layered = picture.to_luma_alpha8();
    let (mut light, mut seen) = (0_u64, 0_u64);
    for pixel in layered.pixels() {
        light += u64::from(pixel.0[0]) * u64::from(pixel.0[1]);
        seen += u64::from(pixel.0[1]);
    }
    let behind = if light > 127 * seen { 0.0 } else { 255.0 };
    GrayImage::from_fn(layered.width(), layered.height(), |x, y| {
        let [value, alpha] = layered.get_pixel(x, y).0;
        let share = f32::from(alpha) / 255.0;
        image::Luma([(f32::from(value) * share + behind * (1.0 - share)).round() as u8])
    })
}

/// The median of the grey values along the border.
fn border_median(grey: &GrayImage) -> u8 {
    let (width, height) = grey.dimensions();
    let is_border = |x: u32, y: u32| x == 0 || y == 0 || x + 1 == width || y + 1 == height;
    let mut border: Vec<u8> = grey
        .enumerate_pixels()
        .filter(|&(x, y, _)| is_border(x, y))
        .map(|(_, _, pixel)| pixel.0[0])
        .collect();
    border.sort_unstable();
    border.get(border.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ImageFormat, Rgba, RgbaImage};
    use proptest::prelude::*;

    /// A slanted bar of ink.
    fn bar(width: usize, height: usize) -> Ink {
        let inked = |at: usize| {
            let (x, y) = (at % width, at / width);
            (height / 5..4 * height / 5).contains(&y)
                && (width / 3 + y / 8..width / 3 + y / 8 + width / 10 + 1).contains(&x)
        };
        let amounts = (0..width * height).map(|at| if inked(at) { 255 } else { 0 }).collect();
        Ink::new(width, height, amounts).unwrap()
    }

    fn center(pixels: &[u8], width: usize) -> (f64, f64) {
        let mass: f64 = pixels.iter().map(|&ink| f64::from(ink)).sum();
        let mean = |place: fn(usize, usize) -> usize| {
            let moment = |(at, &ink): (usize, &u8)| f64::from(ink) * (place(at, width) as f64 + 0.5);
            pixels.iter().enumerate().map(moment).sum::<f64>() / mass
        };
        (mean(|at, width| at % width), mean(|at, width| at / width))
    }

    /// Catches a picture that is not fitted into its box, not centred by mass, or stretched.
    #[test]
    fn a_picture_is_prepared_as_in_mnist() {
        for size in [(28, 28), (14, 14), (32, 48)] {
            let fitted = bar(200, 160).fitted(size);
            let ink = Ink::new(size.0, size.1, fitted.clone()).unwrap();
            let (left, top, right, bottom) = ink.bounds().unwrap();
            let room = |side: usize| (side * 20).div_ceil(28);
            assert!(right - left <= room(size.0) && bottom - top <= room(size.1), "{size:?}");
            assert!(
                right - left == room(size.0) || bottom - top >= room(size.1) - 1,
                "{size:?}"
            );
            let (x, y) = center(&fitted, size.0);
            assert!(
                (x - size.0 as f64 / 2.0).abs() <= 0.5 && (y - size.1 as f64 / 2.0).abs() <= 0.5,
                "{x} {y}"
            );
        }
        assert_eq!(
            Ink::new(9, 9, vec![FAINT - 1; 81]).unwrap().fitted((28, 28)),
            vec![0; 784]
        );
    }

    proptest! {
        /// Catches a picture that changes though nothing was done to it: placed on a canvas some times as large and reduced again.
        #[test]
        fn a_picture_of_the_right_size_comes_back(
            width in 1_usize..8, height in 1_usize..8, factor in 1_usize..9, inks in prop::collection::vec(any::<u8>(), 64),
        ) {
            let ink = Ink::new(width, height, inks[..width * height].to_vec()).unwrap();
            let canvas = ink.placed((width * factor, height * factor));
            prop_assert_eq!(canvas.reduced((width, height)), ink.amounts());
        }

        /// Catches a panic on a picture of any size and content.
        #[test]
        fn any_picture_can_be_prepared(
            width in 1_usize..40, height in 1_usize..40, inks in prop::collection::vec(any::<u8>(), 1600),
            target in (1_usize..33, 1_usize..33),
        ) {
            let ink = Ink::new(width, height, inks[..width * height].to_vec()).unwrap();
            prop_assert_eq!(ink.fitted(target).len(), target.0 * target.1);
            prop_assert_eq!(ink.reduced(target).len(), target.0 * target.1);
            prop_assert_eq!(ink.placed(target).size(), target);
        }
    }

    /// Catches dark ink on white that stays dark, transparency that counts as ink, and a grey background that is seen.
    #[test]
    fn ink_is_what_differs_from_the_background() {
        let folder = tempfile::tempdir().unwrap();
        let read = |background: Rgba<u8>, ink: Rgba<u8>| {
            let path = folder.path().join("picture.png");
            let inside = |x: u32, y: u32| (4..8).contains(&x) && (3..9).contains(&y);
            let picture = RgbaImage::from_fn(12, 12, |x, y| if inside(x, y) { ink } else { background });
            picture.save_with_format(&path, ImageFormat::Png).unwrap();
            let ink = Ink::read_png(&path).unwrap();
            (ink.bounds(), ink.amounts()[0], ink.amounts()[4 * 12 + 5])
        };
        let opaque = |grey: u8| Rgba([grey, grey, grey, 255]);
        let clear = Rgba([0, 0, 0, 0]);
        let whole = (Some((4, 3, 8, 9)), 0, 255);
        assert_eq!(read(opaque(255), opaque(0)), whole, "black on white");
        assert_eq!(read(opaque(0), opaque(255)), whole, "white on black");
        assert_eq!(read(opaque(200), opaque(0)), whole, "black on grey");
        assert_eq!(read(clear, opaque(0)), whole, "black on nothing");
        assert_eq!(read(clear, opaque(255)), whole, "white on nothing");
    }

    /// Catches a bad file that is taken, a panic on one, and a sentence that does not say which file and what is wrong.
    #[test]
    fn a_bad_png_is_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let told = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let sentence = Ink::read_png(&path).unwrap_err().to_string();
            assert!(sentence.contains(name) && !sentence.contains('\n'), "{sentence}");
            sentence
        };
        let mut good = Cursor::new(Vec::new());
        DynamicImage::ImageLuma8(GrayImage::from_fn(50, 50, |x, y| image::Luma([(x * y) as u8])))
            .write_to(&mut good, ImageFormat::Png)
            .unwrap();
        let good = good.into_inner();
        assert!(told("words.png", b"not a picture").contains("is not a PNG picture"));
        assert!(told("empty.png", b"").contains("is not a PNG picture"));
        assert!(told("head.png", &good[..12]).contains("cut short or damaged"));
        assert!(told("half.png", &good[..good.len() / 2]).contains("cut short or damaged"));
        let mut blank = Cursor::new(Vec::new());
        DynamicImage::ImageLuma8(GrayImage::from_pixel(50, 50, image::Luma([240])))
            .write_to(&mut blank, ImageFormat::Png)
            .unwrap();
        assert!(told("blank.png", &blank.into_inner()).contains("shows nothing"));
        let mut huge = good.clone();
        huge[16..20].copy_from_slice(&90_000_u32.to_be_bytes());
        // The checksum of the header, so that only the size is wrong.
        let mut checksum = flate2::Crc::new();
        checksum.update(&huge[12..29]);
        huge[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
        assert!(told("huge.png", &huge).contains("too large (90000 x 50 pixels)"));
        let missing = Ink::read_png(&folder.path().join("missing.png")).unwrap_err();
        assert!(missing.to_string().contains("cannot be read"), "{missing}");
        assert!(Ink::read_png(folder.path()).is_err());
    }
}
