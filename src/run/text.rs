//! Text files of sensible length, whoever wrote them.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// A file that is no text that can be read.
#[derive(Debug, thiserror::Error)]
pub enum TextFault {
    /// The operating system refuses.
    #[error(transparent)]
    Refused(#[from] io::Error),
    /// No such file is so long.
    #[error("it has more than {0} bytes")]
    TooLong(u64),
    /// Its bytes are no letters.
    #[error("it is no text")]
    NoText,
}

/// The text of a file of at most so many bytes. Nothing beyond them is read, whatever size the system tells.
pub fn read_text(path: &Path, most: u64) -> Result<String, TextFault> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(TextFault::TooLong(most));
    }
    String::from_utf8(bytes).map_err(|_| TextFault::NoText)
}
