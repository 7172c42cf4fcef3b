//! Runs that are kept: written to a file while they go on, and opened again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ndarray::Array2;

use super::event::SpikeChunk;
use super::event::{BatchPoint, Evaluated, Event, Moment, NightChange, NightStart, Phase, Recalled, RunNotes, Saved};
use super::thread::Loop;
use crate::data::{self, DataSpec, Dataset, Origin, Set};
use crate::experiment::Experiment;
use crate::run::{DataIdentity, Manifest, Recorded, RecordedTest, Recording, RecordingError, When};
use crate::sim::evaluate::Evaluation;
use crate::sim::night::Course;
use crate::text::one_line;

/// What a run is written to a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be opened again: a person saves it.
    Keeping,
    /// For other programs.
    Others,
    /// For another part of this program to look at.
    Looking,
}

/// What is known of a run besides its night.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Loss and accuracy of each training batch.
    pub(super) batches: Vec<(f32, f32)>,
    /// Every test on the held-out images.
    pub(super) tests: BTreeMap<Moment, Evaluation>,
    /// Mean activity of each hidden layer for each class, awake before sleep.
    pub(super) class_means: Vec<Array2<f32>>,
}

impl Record {
    /// Forgets the tests beyond so many steps of the night.
    pub(super) fn forget(&mut self, step: u64) {
        self.tests.retain(|&moment, _| moment <= Moment::Step(step));
    }

    /// Forgets the night.
    pub(super) fn forget_night(&mut self) {
        self.tests.retain(|moment, _| matches!(moment, Moment::Batch(_)));
        self.class_means.clear();
    }

    /// Forgets the tests of fine-tuning.
    pub(super) fn forget_tuning(&mut self) {
        self.tests.retain(|moment, _| !matches!(moment, Moment::Tuned(_)));
    }
}

impl Loop {
    /// Writes the run to a file on a thread of its own.
    pub(super) fn save(&mut self, path: PathBuf, notes: RunNotes, purpose: Purpose) {
        if purpose == Purpose::Keeping {
            self.begin_saving(&notes);
        }
        let refused = move |text: String| match purpose {
            Purpose::Looking => Event::Copied(Err(text)),
            Purpose::Keeping | Purpose::Others => Event::Failed(text),
        };
        let Some((recorded, course)) = self.recorded(notes) else {
            let text = "there is no night to save yet: play one first";
            return self.outbox.send(refused(text.to_owned()));
        };
        let work = move || match write(&path, &recorded, course, purpose == Purpose::Others) {
            Ok(saved) => match purpose {
                Purpose::Keeping => Event::Saved(Arc::new(saved)),
                Purpose::Others => Event::Exported(path),
                Purpose::Looking => Event::Copied(Ok(path)),
            },
            Err(error) => refused(error.to_string()),
        };
        if let Err(reason) = self.analyst.aside(work) {
            let text = format!("the run could not be saved: no thread could be started: {reason}");
            self.outbox.send(refused(text));
        }
    }

    /// The run as it is now, to be written; `None` if there is no night yet.
    pub(super) fn recorded(&self, notes: RunNotes) -> Option<(Recorded, Course)> {
        let experiment = self.experiment.as_ref();
        let asleep =
            experiment.and_then(|experiment| Some((experiment, experiment.known_course()?, experiment.before()?)));
        let ((experiment, course, before), (_, dataset)) = (asleep?, self.dataset.as_ref()?);
        let tests = self.record.tests.iter().filter_map(|(&moment, evaluation)| {
            Some(RecordedTest {
                when: when(moment)?,
                confusion: evaluation.confusion.clone(),
            })
        });
        let recorded = Recorded {
            title: notes.title,
            notes: notes.text,
            recipe: experiment.recipe().clone(),
            data: DataIdentity {
                title: dataset.title.clone(),
                sha256: dataset.sha256.clone(),
            },
            image_size: (dataset.train.width(), dataset.train.height()),
            weights: Arc::clone(before),
            mean_image: experiment.mean_image().to_vec(),
            class_means: self.record.class_means.clone(),
            batches: self.record.batches.clone(),
            momentum: experiment.momentum_of_training().unwrap_or_default(),
            tests: tests.collect(),
            bookmarks: notes.bookmarks,
            drawings: notes.drawings,
        };
        Some((recorded, course.clone()))
    }

    /// Stands where a recorded run stood. The sentence says why not; the present run is then as it was.
    pub(super) fn open_recording(&mut self, path: &Path) -> Result<(), String> {
        let recording = Recording::read(path).map_err(|error| error.to_string())?;
        self.outbox.send(Event::Entered(Phase::Loading));
        self.publish();
        let (spec, dataset) = self.images_of(&recording).inspect_err(|_| {
            // Whatever was open still is.
            let phase = self.phase_of_run();
            self.enter(phase);
        })?;
        let is_absent = dataset.is_absent();
        let mut kept = recording.kept_night();
        kept.recipe.data.from = spec.from.clone();
        let was_open = self.dataset.is_none();
        let experiment = Experiment::resume(kept, &dataset);
        if experiment.is_ok() || was_open {
            self.dataset = Some((spec, dataset));
        }
        let experiment = experiment.map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
        self.forget_map();
        self.begin(experiment);
        self.tell_recording(path, &recording);
        self.comes_from_file(&notes_of(&recording.manifest));
        if is_absent {
            self.outbox.send(Event::Failed(missing(&recording)));
        }
        self.seek(recording.manifest.stood_at);
        Ok(())
    }

    /// The images that a run was recorded on, wherever they are on this machine; what stands in for them if they are not here.
    fn images_of(&mut self, recording: &Recording) -> Result<(DataSpec, Dataset), String> {
        let manifest = &recording.manifest;
        let (wanted, identity) = (&manifest.recipe.data, &manifest.data);
        let is_here = |known: &Dataset| known.sha256 == identity.sha256 && !known.is_absent();
        if let Some(known) = self.dataset.take_if(|(_, known)| is_here(known)) {
            return Ok(known);
        }
        if let Some(found) = data::find_set(wanted, &identity.sha256) {
            return Ok(found);
        }
        let classes = manifest.sizes.last().copied().unwrap_or_default();
        let named = (&*identity.title, &*identity.sha256);
        let absent =
            Dataset::absent(wanted.set, named, classes, manifest.image_size).map_err(|error| error.to_string())?;
        Ok((wanted.clone(), absent))
    }

    /// Tells everything that a recorded run knows, as if it had just happened.
    fn tell_recording(&mut self, path: &Path, recording: &Recording) {
        let manifest = &recording.manifest;
        let classes = manifest.sizes.last().copied().unwrap_or_default();
        self.record = Record {
            batches: recording.batches.clone(),
            tests: manifest
                .tests
                .iter()
                .map(|test| (moment_of(test.when), test.evaluation(classes)))
                .collect(),
            class_means: recording.class_means.clone(),
        };
        self.enter(Phase::Newborn);
        self.outbox.send(Event::Recalled(Arc::new(Recalled {
            path: path.to_owned(),
            notes: notes_of(manifest),
        })));
        let batches = (0..)
            .zip(&recording.batches)
            .map(|(batch, &(loss, accuracy))| BatchPoint { batch, loss, accuracy });
        self.outbox.send(Event::Batches(batches.collect()));
        let mut nights = manifest.nights.iter();
        if let Some(first) = nights.next() {
            self.outbox.send(Event::FellAsleep(Arc::new(NightStart {
                params: first.night.clone(),
                weights: Arc::clone(&recording.weights),
                alpha: first.alpha.iter().map(|&gain| gain as f32).collect(),
                class_means: recording.class_means.clone(),
            })));
        }
        self.enter(Phase::Asleep);
        for change in nights {
            self.outbox.send(Event::NightChanged(Arc::new(NightChange {
                step: change.step,
                params: change.night.clone(),
                alpha: change.alpha.iter().map(|&gain| gain as f32).collect(),
            })));
        }
        if !manifest.without.is_empty() {
            self.outbox.send(Event::LeftOut(manifest.without.clone()));
        }
        let mut chunk = SpikeChunk::default();
        for step in 0..recording.journal.steps() {
            chunk.units.extend(recording.journal.step(step));
            chunk.ends.push(chunk.units.len() as u32);
        }
        self.outbox.send(Event::Spikes(Arc::new(chunk)));
        for (&moment, evaluation) in &self.record.tests {
            self.outbox.send(Event::Evaluated(Arc::new(Evaluated {
                moment,
                evaluation: evaluation.clone(),
            })));
        }
        self.recall_potentials();
    }
}

/// What is missing of a run whose images are not here, and how to get it.
fn missing(recording: &Recording) -> String {
    let data = &recording.manifest.data;
    let spec = &recording.manifest.recipe.data;
    let remedy = match (&spec.from, spec.set) {
        (Origin::Folder(folder), _) => format!("put them into {}", one_line(&folder.display().to_string())),
        (_, Set::Own) => "import them with `somnoscope data import DIR --set own`".to_owned(),
        (_, set) => format!("fetch them with `somnoscope data fetch {}`", set.id()),
    };
    format!(
        "the images that this run was recorded on are not here ({}, SHA-256 {:.12}…): the whole night can be watched and changed, \
         but not tested on held-out images; {remedy}, then open it again",
        // A stranger's words.
        one_line(&data.title),
        one_line(&data.sha256)
    )
}

/// Goes through the night for its last weights and writes the file.
pub(super) fn write(
    path: &Path,
    recorded: &Recorded,
    course: Course,
    for_others: bool,
) -> Result<Saved, RecordingError> {
    let unwritable = |reason| RecordingError::Unwritable {
        path: path.to_owned(),
        reason,
    };
    // The folder of saved runs is made when the first one is saved.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    let recording = Recording::of(recorded, course, &AtomicBool::new(false));
    let recording = recording.ok_or_else(|| unwritable(std::io::ErrorKind::Interrupted.into()))?;
    if for_others {
        recording.export(path)?;
    } else {
        recording.write(path)?;
    }
    Ok(Saved {
        path: path.to_owned(),
        bytes: std::fs::metadata(path).map_or(0, |found| found.len()),
        steps: recording.journal.steps(),
    })
}

/// A moment in the words of a file, which holds a night: fine-tuning is made again, and its tests with it.
fn when(moment: Moment) -> Option<When> {
    match moment {
        Moment::Batch(batch) => Some(When::Batch(batch)),
        Moment::Step(step) => Some(When::Step(step)),
        Moment::Tuned(_) => None,
    }
}

/// A moment in the words of the worker.
pub(super) fn moment_of(when: When) -> Moment {
    match when {
        When::Batch(batch) => Moment::Batch(batch),
        When::Step(step) => Moment::Step(step),
    }
}

/// What a person wrote about a recorded run.
fn notes_of(manifest: &Manifest) -> RunNotes {
    RunNotes {
        title: manifest.title.clone(),
        text: manifest.notes.clone(),
        bookmarks: manifest.bookmarks.clone(),
        drawings: manifest.drawings.clone(),
    }
}
