//! A span of the night as pictures: an animation, or a folder of them.

use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use image::codecs::gif::{GifEncoder, Repeat};
use image::{Delay, ImageFormat, RgbaImage};

use super::Offscreen;
use crate::run::write_whole;

/// Pictures at most.
pub const MOST: u64 = 5_000;
/// How thoroughly the colours of a GIF are chosen: 1 is best and slowest, 30 is fastest.
const GIF_SPEED: i32 = 10;

/// What pictures become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reel {
    /// An animated GIF, with so many pictures a second.
    Gif(u32),
    /// A folder of PNGs, each named after its step.
    Pictures,
}

/// What went wrong, in a sentence.
#[derive(Debug)]
pub enum FilmFault {
    /// A picture could not be drawn.
    Drawing(String),
    /// A file could not be written.
    Writing(String),
}

impl FilmFault {
    /// The sentence.
    pub fn words(self) -> String {
        match self {
            Self::Drawing(text) | Self::Writing(text) => text,
        }
    }
}

impl Offscreen {
    /// Draws these steps, one after the other. `tell` is told how many are done, and says whether to go on: `false` if it did not. An
    /// animation is written whole or not at all; of a folder, the pictures that were drawn stay.
    pub fn film(
        &mut self,
        steps: &[u64],
        out: &Path,
        reel: Reel,
        mut tell: impl FnMut(u64) -> bool,
    ) -> Result<bool, FilmFault> {
        let Reel::Gif(fps) = reel else {
            std::fs::create_dir_all(out)
                .map_err(|reason| FilmFault::Writing(format!("{} cannot be made: {reason}", out.display())))?;
            for (done, &step) in (1..).zip(steps) {
                let picture = self.picture(step).map_err(FilmFault::Drawing)?;
                write_png(&out.join(format!("step_{step:06}.png")), &picture)?;
                if !tell(done) {
                    return Ok(false);
                }
            }
            return Ok(true);
        };
        let delay = Delay::from_numer_denom_ms(1000, fps.max(1));
        let mut fault = None;
        let mut is_stopped = false;
        let written = write_whole(out, |file| {
            let mut gif = GifEncoder::new_with_speed(file, GIF_SPEED);
            gif.set_repeat(Repeat::Infinite).map_err(io::Error::other)?;
            for (done, &step) in (1..).zip(steps) {
                let picture = self.picture(step).map_err(|text| {
                    fault = Some(text);
                    io::Error::from(io::ErrorKind::Interrupted)
                })?;
                gif.encode_frame(image::Frame::from_parts(picture, 0, 0, delay))
                    .map_err(io::Error::other)?;
                if !tell(done) {
                    is_stopped = true;
                    return Err(io::ErrorKind::Interrupted.into());
                }
            }
            Ok(())
        });
        match (written, fault) {
            (Ok(()), _) => Ok(true),
            (Err(_), Some(text)) => Err(FilmFault::Drawing(text)),
            (Err(_), None) if is_stopped => Ok(false),
            (Err(reason), None) => Err(cannot_write(out, &reason)),
        }
    }
}

/// Writes one picture.
///
/// # Errors
/// [`FilmFault::Writing`] if the operating system refuses; what stood there is then as it was.
pub fn write_png(path: &Path, picture: &RgbaImage) -> Result<(), FilmFault> {
    write_whole(path, |file| png(picture, file)).map_err(|reason| cannot_write(path, &reason))
}

/// A picture as PNG.
fn png(picture: &RgbaImage, file: &mut BufWriter<impl Write + Seek>) -> io::Result<()> {
    picture.write_to(file, ImageFormat::Png).map_err(io::Error::other)
}

/// Says that a file cannot be written.
fn cannot_write(path: &Path, reason: &io::Error) -> FilmFault {
    FilmFault::Writing(format!("{} cannot be written: {reason}", path.display()))
}
