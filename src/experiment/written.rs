//! How recipes, protocols and searches are written down: as RON, under a name that is also that of a folder.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A text that is not what was looked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("cannot be read at line {line}, column {column}: {reason}")]
pub struct Unreadable {
    /// Line of the fault, from 1.
    pub line: usize,
    /// Column of the fault, from 1.
    pub column: usize,
    /// What is wrong there.
    pub reason: String,
}

/// Reads something from RON; what it says is not checked yet.
pub(super) fn from_ron<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    ron::from_str(text).map_err(|error| Unreadable {
        line: error.span.start.line,
        column: error.span.start.col,
        reason: crate::text::one_line(&error.code.to_string()),
    })
}

/// Writes something as RON that a person can read and edit.
pub(super) fn to_ron(it: &impl Serialize) -> String {
    ron::ser::to_string_pretty(it, ron::ser::PrettyConfig::new().compact_arrays(true))
        .expect("what is written down holds only numbers, strings, lists and enums, which RON can write")
}

/// Checks a name that a folder is called by, too; what is wrong with it is told as the rest of a sentence.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let proper = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if (1..=60).contains(&name.len()) && name.chars().all(proper) {
        return Ok(());
    }
    Err(format!(
        "is {name:?}, but must be 1 to 60 lower-case letters, digits and underscores"
    ))
}
