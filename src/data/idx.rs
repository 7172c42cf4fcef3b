//! The IDX file format of MNIST: images and labels as unsigned bytes, raw or compressed with gzip.
//!
//! Nothing is believed before it is checked: a header is compared with the length of its file before memory is taken,
//! and memory grows with the bytes that really arrive.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::error::DataError;
use super::images::MAX_SIDE;

/// Deflate never compresses better than this: the limit of the format, 258 bytes from two bits.
const MAX_DEFLATE_RATIO: u64 = 1032;
/// No file with more bytes is read: 1 GiB, about 1.4 million images of 28 x 28 pixels.
const MAX_BYTES: u64 = 1 << 30;
/// What every gzip file begins with.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The content of a file of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdxImages {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `n x height x width` grey values, row-major.
    pub pixels: Vec<u8>,
}

impl IdxImages {
    /// How many images there are.
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.width * self.height).max(1)
    }
}

/// What a file of images or labels promises about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How many images or labels.
    pub count: u32,
    /// Pixels in a row; 1 for labels.
    pub width: u32,
    /// Rows; 1 for labels.
    pub height: u32,
}

/// What a file is expected to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Unsigned bytes in three dimensions: image, row, column.
    Images,
    /// Unsigned bytes in one dimension.
    Labels,
}

impl Kind {
    /// The first four bytes: two zeros, the type (8: unsigned byte), the number of dimensions.
    fn magic(self) -> u32 {
        match self {
            Self::Images => 0x0000_0803,
            Self::Labels => 0x0000_0801,
        }
    }

    /// The length of the header in bytes: the magic number and four bytes for each dimension.
    fn header_bytes(self) -> usize {
        match self {
            Self::Images => 16,
            Self::Labels => 8,
        }
    }

    /// The name within a sentence.
    fn name(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }
}

/// Reads a file of images.
///
/// # Errors
/// One sentence that names the file if it cannot be read or is not a complete IDX file of images.
pub fn read_images(path: &Path) -> Result<IdxImages, DataError> {
    let (file, length) = open(path)?;
    images_from(path, file, length)
}

/// Reads a file of labels.
///
/// # Errors
/// One sentence that names the file if it cannot be read or is not a complete IDX file of labels.
pub fn read_labels(path: &Path) -> Result<Vec<u8>, DataError> {
    let (file, length) = open(path)?;
    labels_from(path, file, length)
}

/// Reads only the header of a file, and checks it like a complete reading would.
///
/// # Errors
/// One sentence that names the file if it cannot be read or its header is not that of an IDX file of this kind.
pub fn read_header(path: &Path, kind: Kind) -> Result<Header, DataError> {
    let (file, length) = open(path)?;
    Idx::start(path, file, length, kind).map(|idx| idx.header)
}

/// Reads images from `length` bytes of a file's content, raw or gzip; `path` names them in errors.
///
/// # Errors
/// As [`read_images`].
pub fn images_from(path: &Path, content: impl BufRead, length: u64) -> Result<IdxImages, DataError> {
    let idx = Idx::start(path, content, length, Kind::Images)?;
    let (width, height) = (idx.header.width as usize, idx.header.height as usize);
    Ok(IdxImages {
        width,
        height,
        pixels: idx.payload()?,
    })
}

/// Reads labels from `length` bytes of a file's content, raw or gzip; `path` names them in errors.
///
/// # Errors
/// As [`read_labels`].
pub fn labels_from(path: &Path, content: impl BufRead, length: u64) -> Result<Vec<u8>, DataError> {
    Idx::start(path, content, length, Kind::Labels)?.payload()
}

/// Opens a regular file; says how many bytes it has.
fn open(path: &Path) -> Result<(BufReader<File>, u64), DataError> {
    let unreadable = |reason| DataError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    // Asked before opening: opening a pipe would wait for its other end.
    let is_file = std::fs::metadata(path).map_err(unreadable)?.is_file();
    if !is_file {
        return Err(DataError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len();
    Ok((BufReader::with_capacity(1 << 16, file), length))
}

/// The bytes as they are, or decompressed if they begin like a gzip file, and whether they do.
pub(crate) fn unpacked<'a>(mut content: impl BufRead + 'a) -> io::Result<(Box<dyn Read + 'a>, bool)> {
    let is_gzip = content.fill_buf()?.starts_with(&GZIP_MAGIC);
    Ok((
        if is_gzip {
            Box::new(MultiGzDecoder::new(content))
        } else {
            Box::new(content)
        },
        is_gzip,
    ))
}

/// A file whose header has been read and found possible.
struct Idx<'a> {
    path: &'a Path,
    kind: Kind,
    header: Header,
    /// The bytes after the header.
    rest: Box<dyn Read + 'a>,
    is_gzip: bool,
}

impl<'a> Idx<'a> {
    /// Reads the header and checks it against the `length` of the file.
    fn start(path: &'a Path, content: impl BufRead + 'a, length: u64, kind: Kind) -> Result<Self, DataError> {
        let owned = || path.to_owned();
        if length == 0 {
            return Err(DataError::EmptyFile { path: owned() });
        }
        let (mut rest, is_gzip) =
            unpacked(content).map_err(|reason| DataError::Unreadable { path: owned(), reason })?;
        let mut bytes = Vec::with_capacity(16);
        let n_header = kind.header_bytes();
        rest.by_ref()
            .take(n_header as u64)
            .read_to_end(&mut bytes)
            .map_err(|reason| read_error(path, is_gzip, reason))?;

        let mut words = bytes
            .chunks_exact(4)
            .filter_map(|word| Some(u32::from_be_bytes(word.try_into().ok()?)));
        let magic = words.next();
        if let Some(found) = magic.filter(|&found| found != kind.magic()) {
            let (kind, expected) = (kind.name(), kind.magic());
            return Err(DataError::WrongMagic {
                path: owned(),
                kind,
                expected,
                found,
            });
        }
        if bytes.len() < n_header {
            return Err(DataError::ShortHeader {
                path: owned(),
                bytes: bytes.len() as u64,
                header: n_header as u64,
            });
        }
        let count = words.next().unwrap_or(0);
        let height = words.next().unwrap_or(1);
        let width = words.next().unwrap_or(1);
        let sides = 1..=MAX_SIDE as u32;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(DataError::ImageSize {
                path: owned(),
                width,
                height,
                limit: MAX_SIDE,
            });
        }
        if count == 0 {
            return Err(DataError::NoEntries {
                path: owned(),
                kind: kind.name(),
            });
        }

        let idx = Self {
            path,
            kind,
            header: Header { count, width, height },
            rest,
            is_gzip,
        };
        let promised = idx.promised();
        if is_gzip {
            if promised > length.saturating_mul(MAX_DEFLATE_RATIO) {
                return Err(DataError::ImpossibleSize {
                    path: owned(),
                    promised,
                    compressed: length,
                });
            }
        } else if promised > length {
            return Err(DataError::CutShort {
                path: owned(),
                bytes: length,
                promised,
            });
        } else if promised < length {
            return Err(DataError::TrailingBytes {
                path: owned(),
                promised,
            });
        }
        if promised > MAX_BYTES {
            return Err(DataError::TooLarge {
                path: owned(),
                promised,
                limit: MAX_BYTES,
            });
        }
        Ok(idx)
    }

    /// How many bytes the header announces, itself included. At most 2^32 x 64 x 64 + 16: fits.
    fn promised(&self) -> u64 {
        self.payload_bytes() + self.kind.header_bytes() as u64
    }

    /// How many bytes of images or labels the header announces.
    fn payload_bytes(&self) -> u64 {
        u64::from(self.header.count) * u64::from(self.header.width) * u64::from(self.header.height)
    }

    /// Reads everything after the header.
    fn payload(mut self) -> Result<Vec<u8>, DataError> {
        let (promised, payload_bytes) = (self.promised(), self.payload_bytes());
        let mut payload = Vec::new();
        if !self.is_gzip {
            // The file's length has been compared: these bytes exist.
            payload.reserve_exact(payload_bytes as usize);
        }
        // One byte more than announced, to notice bytes that should not be there and to reach gzip's checksum.
        self.rest
            .by_ref()
            .take(payload_bytes + 1)
            .read_to_end(&mut payload)
            .map_err(|reason| read_error(self.path, self.is_gzip, reason))?;
        let path = || self.path.to_owned();
        match (payload.len() as u64).cmp(&payload_bytes) {
            std::cmp::Ordering::Equal => Ok(payload),
            std::cmp::Ordering::Less => {
                let bytes = payload.len() as u64 + self.kind.header_bytes() as u64;
                Err(DataError::CutShort {
                    path: path(),
                    bytes,
                    promised,
                })
            }
            std::cmp::Ordering::Greater => Err(DataError::TrailingBytes { path: path(), promised }),
        }
    }
}

/// A failed reading: the decompressor's complaint, or the operating system's.
fn read_error(path: &Path, is_gzip: bool, reason: io::Error) -> DataError {
    let path = path.to_owned();
    match reason.kind() {
        io::ErrorKind::UnexpectedEof if is_gzip => DataError::DamagedGzip {
            path,
            reason: "it breaks off".to_owned(),
        },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if is_gzip => DataError::DamagedGzip {
            path,
            reason: reason.to_string(),
        },
        _ => DataError::Unreadable { path, reason },
    }
}
