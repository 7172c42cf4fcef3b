//! How a command fails: with which sentence, and with which exit code.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use crate::data::DataError;
use crate::data::fetch::FetchError;
use crate::experiment::{CheckpointError, ExperimentError, JobError, RecipeError};
use crate::run::{RecordingError, ResultsError, SearchFolderError, SweepError, WeightsError};
use crate::worker::SearchFault;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub struct Failure {
    error: anyhow::Error,
    /// Whether an argument, a file or a value was wrong, so that asking otherwise would help.
    asked_wrong: bool,
    /// Whether whoever reads the output has gone away, which is nothing to complain about.
    unheard: bool,
}

impl Failure {
    /// An argument, a file or a value is wrong.
    pub(super) fn wrong(error: impl Display) -> Self {
        Self::new(anyhow::anyhow!("{error}"), true)
    }

    /// The arguments could not be understood: the first paragraph of the parser's answer says why.
    pub fn misread(answer: &clap::Error) -> Self {
        let answer = answer.to_string();
        let paragraph = answer.split("\n\n").next().unwrap_or_default();
        let reason = paragraph.trim_start_matches("error: ");
        Self::new(anyhow::anyhow!("{reason} (--help says more)"), true)
    }

    /// The arguments were right, and yet it went wrong.
    pub(super) fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self::new(error, false)
    }

    /// The same, in words.
    pub(super) fn failed_in_words(sentence: impl Display) -> Self {
        Self::new(anyhow::anyhow!("{sentence}"), false)
    }

    /// One or the other.
    fn new(error: impl Into<anyhow::Error>, asked_wrong: bool) -> Self {
        Self {
            error: error.into(),
            asked_wrong,
            unheard: false,
        }
    }

    /// Says it on one line of stderr; the exit code that goes with it is 2 for wrong arguments, files and values and 1
    /// for everything else.
    #[expect(clippy::print_stderr, reason = "this is where the program says what went wrong")]
    pub fn report(&self) -> ExitCode {
        if self.unheard {
            return ExitCode::SUCCESS;
        }
        let sentence = format!("{:#}", self.error);
        eprintln!(
            "somnoscope: {}",
            sentence.split_whitespace().collect::<Vec<_>>().join(" ")
        );
        ExitCode::from(if self.asked_wrong { 2 } else { 1 })
    }
}

/// Writing to stdout failed.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let unheard = error.kind() == io::ErrorKind::BrokenPipe;
        let error = anyhow::Error::new(error).context("the output cannot be written");
        Self {
            error,
            asked_wrong: false,
            unheard,
        }
    }
}

impl From<RecipeError> for Failure {
    fn from(error: RecipeError) -> Self {
        Self::new(error, true)
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        let asked_wrong = !matches!(error, DataError::Unwritable { .. } | DataError::NoUserFolder);
        Self::new(error, asked_wrong)
    }
}

impl From<ExperimentError> for Failure {
    fn from(error: ExperimentError) -> Self {
        match error {
            ExperimentError::Recipe(error) => error.into(),
            ExperimentError::Data(error) => error.into(),
            other => Self::new(other, false),
        }
    }
}

impl From<WeightsError> for Failure {
    fn from(error: WeightsError) -> Self {
        let asked_wrong = !matches!(error, WeightsError::Unwritable { .. });
        Self::new(error, asked_wrong)
    }
}

impl From<ResultsError> for Failure {
    fn from(error: ResultsError) -> Self {
        let asked_wrong = !matches!(error, ResultsError::Unwritable { .. });
        Self::new(error, asked_wrong)
    }
}

impl From<RecordingError> for Failure {
    fn from(error: RecordingError) -> Self {
        let asked_wrong = !matches!(error, RecordingError::Unwritable { .. });
        Self::new(error, asked_wrong)
    }
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        let asked_wrong = !matches!(error, SweepError::Refused { .. });
        Self::new(error, asked_wrong)
    }
}

impl From<SearchFolderError> for Failure {
    fn from(error: SearchFolderError) -> Self {
        let asked_wrong = !matches!(error, SearchFolderError::Refused { .. });
        Self::new(error, asked_wrong)
    }
}

impl From<CheckpointError> for Failure {
    fn from(error: CheckpointError) -> Self {
        match error {
            CheckpointError::Data(error) => error.into(),
            CheckpointError::Search(error) => Self::new(error, true),
            CheckpointError::Training { ref fault, .. } => {
                let asked_wrong = matches!(**fault, ExperimentError::Recipe(_));
                Self::new(error, asked_wrong)
            }
        }
    }
}

impl From<SearchFault> for Failure {
    fn from(error: SearchFault) -> Self {
        match error {
            SearchFault::Folder(error) => error.into(),
            SearchFault::Checkpoint(error) => error.into(),
            SearchFault::Search(error) => Self::new(error, true),
        }
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        match error {
            error @ (JobError::Protocol(_) | JobError::NoImages { .. }) => Self::new(error, true),
            JobError::Experiment(error) => error.into(),
            JobError::Data(error) => error.into(),
        }
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        let asked_wrong = matches!(error, FetchError::NotPublished { .. });
        Self::new(error, asked_wrong)
    }
}
