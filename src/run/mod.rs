//! Files that come out of a run, and weights that come from elsewhere.
//!
//! Owns the formats on disk. Every file is written whole or not at all. Knows nothing of the window and the command line.

mod archive;
mod export;
mod recipe;
mod recording;
mod results;
mod safe;
mod search;
mod shelf;
mod sweep;
mod table;
mod text;
mod weights;
mod whole;

pub use recipe::{RECIPE_ENDING, RecipeFileError, read_recipe, write_recipe};
pub use recording::{
    Bookmark, DataIdentity, Drawing, EXTENSION, FORMAT, Glance, Manifest, ParameterChange, Recorded, RecordedTest,
    Recording, RecordingError, RepeatedTests, Verdict, When, hash_of_weights,
};
pub use results::{ResultFolder, ResultsError};
pub use safe::{Left, Slot, left_behind, safe_folder};
pub use search::{SearchFolder, SearchFolderError, candidates_table};
pub use shelf::{Shelved, bin, free_place, is_example, is_recording, run_folders, shelved_runs, user_runs_folder};
pub use sweep::{Findings, FinishedJob, SUMMARY_HEADS, Sweep, SweepError, several_versions, user_experiments_folder};
pub use table::{Cell, Table, TableColumn};
pub use text::{TextFault, read_text};
pub use weights::{
    Format, Intensities, MAX_FILE_BYTES, MAX_INPUTS, MAX_LAYERS, Tensor, WeightsError, read_intensities, read_spikes,
    read_weights, write_tensors, write_weights,
};
pub use whole::{folder_of, remove_unfinished, write_whole};
