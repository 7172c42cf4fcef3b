//! Writing a recorded run: whole or not at all.

use std::io::{self, Seek, Write};
use std::path::Path;

use ndarray::Array2;
use ndarray_npy::{WritableElement, WriteNpyExt as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::manifest::MANIFEST;
use super::read::MAX_SPIKES;
use super::{Manifest, Recording, RecordingError};
use crate::run::whole;

impl Recording {
    /// Writes the file under a temporary name and then gives it its own, replacing what stood there. The same run is the same
    /// bytes.
    ///
    /// # Errors
    /// [`RecordingError::Unwritable`] if the operating system refuses; what stood there is then as it was.
    pub fn write(&self, path: &Path) -> Result<(), RecordingError> {
        self.check_length(path)?;
        whole::prepare(path, |writer| self.write_to(writer))
            .and_then(whole::Pending::place)
            .map_err(|reason| RecordingError::Unwritable {
                path: path.to_owned(),
                reason,
            })
    }

    /// Replaces what a person wrote about a recorded run; everything else in the file stays as it is, byte for byte.
    ///
    /// # Errors
    /// As [`Recording::read_manifest`] and [`Recording::write`]; the file is then as it was.
    pub fn annotate(path: &Path, change: impl FnOnce(&mut Manifest)) -> Result<(), RecordingError> {
        let mut manifest = Self::read_manifest(path)?;
        change(&mut manifest);
        let unwritable = |reason| RecordingError::Unwritable {
            path: path.to_owned(),
            reason,
        };
        let file = std::fs::File::open(path).map_err(unwritable)?;
        let mut old = ZipArchive::new(file).map_err(|error| unwritable(io::Error::other(error)))?;
        let rewrite = |writer: &mut io::BufWriter<&std::fs::File>| {
            let mut zip = ZipWriter::new(writer);
            zip.start_file(MANIFEST, options())?;
            zip.write_all(manifest.to_ron().as_bytes())?;
            for index in 0..old.len() {
                let entry = old.by_index_raw(index)?;
                if entry.name() != MANIFEST {
                    zip.raw_copy_file(entry)?;
                }
            }
            zip.finish()?.flush()
        };
        whole::prepare(path, rewrite)
            .and_then(whole::Pending::place)
            .map_err(unwritable)
    }

    /// Makes sure that what is written can be read again.
    fn check_length(&self, path: &Path) -> Result<(), RecordingError> {
        let spikes: usize = (0..self.journal.steps())
            .map(|step| self.journal.step(step).len())
            .sum();
        if spikes as u64 > MAX_SPIKES {
            let reason =
                format!("its night has {spikes} spikes, and at most {MAX_SPIKES} are read again: take a shorter one");
            return Err(RecordingError::Unwritable {
                path: path.to_owned(),
                reason: io::Error::other(reason),
            });
        }
        Ok(())
    }

    /// Writes the archive.
    fn write_to(&self, writer: impl Write + Seek) -> io::Result<()> {
        let mut archive = Archive {
            zip: ZipWriter::new(writer),
        };
        archive.zip.start_file(MANIFEST, options())?;
        archive.zip.write_all(self.manifest.to_ron().as_bytes())?;
        for (layer, weights) in (1..).zip(self.weights.iter()) {
            archive.add(&format!("w{layer}"), weights)?;
        }
        archive.add("mean_image", &ndarray::ArrayView1::from(&self.mean_image))?;
        for (layer, means) in (1..).zip(&self.class_means) {
            archive.add(&format!("class_means{layer}"), means)?;
        }
        let batches = Array2::from_shape_fn((self.batches.len(), 2), |(batch, column)| {
            let (loss, accuracy) = self.batches[batch];
            if column == 0 { loss } else { accuracy }
        });
        archive.add("batches", &batches)?;
        for (layer, momentum) in (1..).zip(self.momentum.iter().flat_map(|momentum| momentum.iter())) {
            archive.add(&format!("momentum{layer}"), momentum)?;
        }
        let steps = 0..self.journal.steps();
        let counts: Vec<u32> = steps.clone().map(|step| self.journal.step(step).len() as u32).collect();
        let units: Vec<u32> = steps.flat_map(|step| self.journal.step(step)).copied().collect();
        archive.add("spike_counts", &ndarray::ArrayView1::from(&counts))?;
        archive.add("spike_units", &ndarray::ArrayView1::from(&units))?;
        archive.zip.finish()?.flush()
    }
}

/// A ZIP archive of arrays under way.
struct Archive<W: Write + Seek> {
    zip: ZipWriter<W>,
}

/// How entries are written: nothing in them depends on the time.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
}

impl<W: Write + Seek> Archive<W> {
    /// Adds an array.
    fn add<T: WritableElement, D: ndarray::Dimension>(
        &mut self,
        name: &str,
        array: &ndarray::ArrayBase<impl ndarray::Data<Elem = T>, D>,
    ) -> io::Result<()> {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).map_err(io::Error::other)?;
        self.zip.start_file(format!("{name}.npy"), options())?;
        self.zip.write_all(&bytes)
    }
}
