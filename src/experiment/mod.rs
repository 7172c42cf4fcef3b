//! What is done in which order: recipes, presets, trials over seeds, protocols of many trials, and searches for better nights.

#[expect(clippy::module_inception, reason = "the run itself is what the module is called for")]
mod experiment;
mod grid;
mod images_used;
mod parameter;
mod preset;
mod protocol;
mod recipe;
mod search;
mod setting;
mod statistics;
mod trial;
mod written;

pub use experiment::{Experiment, ExperimentError, KeptNight, MAX_TEST_IMAGES, MAX_WEIGHTS, Stage, held_out};
use experiment::{check_window, newborn, tested_images, training_diverged};
pub use grid::{CellOutcome, CellTest, GridAxis, Knob, NightGrid, Nights, Sleeper, Spacing, VALIDATION};
pub use images_used::{ImagesUsed, UsedImages};
pub use parameter::{Access, PARAMETERS, Parameter, parameter};
pub use preset::{Preset, find_preset, presets};
pub use protocol::{
    ACCURACY, AFTER, Arm, Axis, BEFORE, ChangeControl, Condition, Control, Dreamland, Dreamt, EPOCHS, Evening, Finding,
    GAIN, ImageUse, Job, JobError, Leak, Level, Library, MAX_JOBS, Made, Morning, NIGHT, Part, Plan, Protocol,
    ProtocolError, Published, Purpose, RISING, Rival, Row, SLEEP, TUNING_GAIN, Unit, Values, against, arm_of,
    difference, findings_of, leaks, protocols, run_job, summarise, unit_of, values,
};
pub use recipe::{MAX_HIDDEN_LAYERS, MAX_UNITS, NetworkSpec, Recipe, RecipeError, check_night};
pub use search::{
    Breeder, Candidate, Checkpoint, CheckpointError, MAX_CANDIDATES, Network, Outcome, Scale, Search, SearchError,
    Searched, Situation, Standing, Validation, searches,
};
pub use setting::setting_paths;
pub use statistics::{Comparison, Measures, Overview, Summary, holm};
pub use trial::{Progress, Trial, Tuned, run_trial, run_trials};
pub use written::Unreadable;
