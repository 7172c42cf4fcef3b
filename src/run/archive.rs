//! ZIP archives of anybody: what is wrong with one is said in words that help.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::text::one_line;

/// How every ZIP archive begins that holds something, and one that is empty.
const MAGIC: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// Opens an archive. The reason says why it is none, and what to do.
pub(super) fn open(mut file: File) -> Result<ZipArchive<File>, String> {
    let found = file.metadata().map_err(|error| error.to_string())?;
    if found.len() == 0 {
        return Err("it is empty; take another copy of it".to_owned());
    }
    let mut begin = [0; 4];
    let is_archive = file.read_exact(&mut begin).is_ok() && MAGIC.contains(&&begin[..]);
    if !is_archive {
        return Err("it is a file of another kind; choose the one that was saved".to_owned());
    }
    file.rewind().map_err(|error| error.to_string())?;
    ZipArchive::new(file).map_err(|_| "its end is missing or damaged; copy or download it again".to_owned())
}

/// Why an entry cannot be unpacked, and what to do.
pub(super) fn torn(name: &str, error: &ZipError) -> String {
    broken(name, &error.to_string())
}

/// Why an entry cannot be unpacked to its end, and what to do.
pub(super) fn broken(name: &str, reason: &str) -> String {
    format!(
        "{name} in it is damaged ({}); copy or download it again",
        one_line(reason)
    )
}
