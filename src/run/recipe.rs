//! A recipe as a file of its own: text that a person can read and edit.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::text::{TextFault, read_text};
use super::whole::write_whole;
use crate::experiment::{Recipe, RecipeError};

/// How the name of such a file ends.
pub const RECIPE_ENDING: &str = "ron";
/// The longest one that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// A file that is no recipe.
#[derive(Debug, thiserror::Error)]
pub enum RecipeFileError {
    /// The operating system refuses, or it is no text of sensible length.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: TextFault,
    },
    /// It says nothing that can be run.
    #[error("{}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        reason: RecipeError,
    },
}

/// Reads a recipe and checks it.
pub fn read_recipe(path: &Path) -> Result<Recipe, RecipeFileError> {
    let text = read_text(path, MAX_BYTES).map_err(|reason| RecipeFileError::Unreadable {
        path: path.to_owned(),
        reason,
    })?;
    Recipe::from_ron(&text).map_err(|reason| RecipeFileError::Wrong {
        path: path.to_owned(),
        reason,
    })
}

/// Writes a recipe, whole or not at all.
///
/// # Errors
/// The operating system refuses.
pub fn write_recipe(path: &Path, recipe: &Recipe) -> io::Result<()> {
    write_whole(path, |file| file.write_all(recipe.to_ron().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::presets;

    /// Catches a recipe that comes back as another, and a file that is none and is not called by its name.
    #[test]
    fn a_recipe_is_kept_in_a_file() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("mine.ron");
        let recipe = &presets()[0].recipe;
        write_recipe(&path, recipe).unwrap();
        assert_eq!(&read_recipe(&path).unwrap(), recipe);
        let long = vec![b' '; MAX_BYTES as usize + 1];
        for (bytes, wanted) in [
            (b"(seed: 1".to_vec(), "cannot be read at line 1"),
            (vec![0xff, 0xfe], "cannot be read"),
            (long, "more than 1048576 bytes"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let error = read_recipe(&path).unwrap_err().to_string();
            assert!(error.contains("mine.ron") && error.contains(wanted), "{error}");
        }
        let missing = read_recipe(&folder.path().join("none.ron")).unwrap_err().to_string();
        assert!(missing.contains("none.ron"), "{missing}");
    }
}
