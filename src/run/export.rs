//! A whole recorded run for other programs: as named arrays, or as tables.
//!
//! | array | what it holds |
//! |---|---|
//! | `before1`, `before2`, ... | weights before sleep, float32, outputs x inputs |
//! | `w1`, `w2`, ... | weights after the last recorded step, float32, outputs x inputs |
//! | `spike_step`, `spike_layer`, `spike_unit` | a spike each, in the order of the night: step from 0, layer (0 is the inputs), number in the layer, uint32 |
//! | `accuracy_step`, `accuracy` | the tests of the night: steps slept (uint32), share of the held-out images read correctly (float32) |
//! | `confusion` | the same tests: tests x class shown x class read, images, uint32 |
//! | `training` | loss and accuracy of each training batch, float32, batches x 2 |
//! | `mean_image` | the mean of the images trained on, float32, height x width |
//! | `run_ron` | recipe, parameters, bookmarks and notes as text: the bytes of UTF-8, uint8 |
//!
//! `w1`, `w2`, ... are named as everywhere else, so that the slept network goes straight into `somnoscope sleep --weights`.

use std::path::Path;

use ndarray::{Array1, Array2, Array3, ArrayD};

use super::{Format, RECIPE_ENDING, Recording, Table, Tensor, WeightsError, When, write_recipe, write_tensors};
use crate::sim::night::Journal;
use crate::text::layer_name;

/// Where a unit is: its layer, where 0 is the inputs, and its number in the layer. `sizes` are those of the layers.
fn place(sizes: &[usize], unit: u32) -> (u32, u32) {
    let (mut layer, mut unit) = (0, unit as usize);
    while layer + 1 < sizes.len() && unit >= sizes[layer] {
        unit -= sizes[layer];
        layer += 1;
    }
    (layer as u32, unit as u32)
}

/// Every spike of a night: step, layer, number in the layer.
fn spikes<'a>(sizes: &'a [usize], journal: &'a Journal) -> impl Iterator<Item = (u64, u32, u32)> + 'a {
    (0..journal.steps()).flat_map(move |step| {
        journal.step(step).iter().map(move |&unit| {
            let (layer, unit) = place(sizes, unit);
            (step, layer, unit)
        })
    })
}

impl Recording {
    /// Everything about it as named arrays. Goes through the night once more for the weights at its end.
    pub fn tensors(&self) -> Vec<(String, Tensor)> {
        let manifest = &self.manifest;
        let classes = manifest.sizes.last().copied().unwrap_or_default();
        let mut course = self.course();
        // Nobody stops it: it takes milliseconds.
        course.seek(self.journal.steps(), &std::sync::atomic::AtomicBool::new(false));
        let after = course.night_mut().weights();
        let weights = |word: &str, layers: &[Array2<f32>]| -> Vec<(String, Tensor)> {
            let named = (1..).zip(layers);
            named
                .map(|(layer, weights)| (format!("{word}{layer}"), Tensor::F32(weights.clone().into_dyn())))
                .collect()
        };
        let list = |numbers: Vec<u32>| Tensor::U32(Array1::from(numbers).into_dyn());
        let mut tensors = weights("before", &self.weights);
        tensors.extend(weights("w", &after));
        let spikes: Vec<(u64, u32, u32)> = spikes(&manifest.sizes, &self.journal).collect();
        tensors.extend([
            (
                "spike_step".to_owned(),
                list(spikes.iter().map(|spike| spike.0 as u32).collect()),
            ),
            (
                "spike_layer".to_owned(),
                list(spikes.iter().map(|spike| spike.1).collect()),
            ),
            (
                "spike_unit".to_owned(),
                list(spikes.iter().map(|spike| spike.2).collect()),
            ),
        ]);
        let night: Vec<(u64, &super::RecordedTest)> = self.tests_of_night().collect();
        let share = |(_, test): &(u64, &super::RecordedTest)| test.evaluation(classes).accuracy() as f32;
        let steps = night.iter().map(|&(step, _)| step as u32).collect();
        let accuracy: Vec<f32> = night.iter().map(share).collect();
        let confusion = Array3::from_shape_fn((night.len(), classes, classes), |(test, truth, read)| {
            night[test].1.confusion[truth * classes + read]
        });
        let training = Array2::from_shape_fn((self.batches.len(), 2), |(batch, column)| {
            let (loss, accuracy) = self.batches[batch];
            if column == 0 { loss } else { accuracy }
        });
        let (width, height) = manifest.image_size;
        let mean = Array2::from_shape_vec((height, width), self.mean_image.clone())
            .map_or_else(|_| Array1::from(self.mean_image.clone()).into_dyn(), Array2::into_dyn);
        tensors.extend([
            ("accuracy_step".to_owned(), list(steps)),
            ("accuracy".to_owned(), Tensor::F32(Array1::from(accuracy).into_dyn())),
            ("confusion".to_owned(), Tensor::U32(confusion.into_dyn())),
            ("training".to_owned(), Tensor::F32(training.into_dyn())),
            ("mean_image".to_owned(), Tensor::F32(mean)),
            (
                "run_ron".to_owned(),
                Tensor::U8(ArrayD::from(Array1::from(manifest.text().into_bytes()).into_dyn())),
            ),
        ]);
        tensors
    }

    /// The tests of the night with the steps slept; the first is that of falling asleep.
    pub fn tests_of_night(&self) -> impl Iterator<Item = (u64, &super::RecordedTest)> {
        self.manifest.tests.iter().filter_map(|test| match test.when {
            When::Step(step) => Some((step, test)),
            When::Batch(_) => None,
        })
    }

    /// Every spike of the night. Steps count from 1, as in every table.
    pub fn spike_table(&self) -> Table {
        let mut table = Table::new("spikes", [("step", ""), ("layer", ""), ("unit", "")]);
        let sizes = &self.manifest.sizes;
        for (step, layer, unit) in spikes(sizes, &self.journal) {
            let name = layer_name(layer as usize, sizes.len());
            table.push([(step + 1).into(), name.into(), unit.into()]);
        }
        table
    }

    /// The accuracy along the run: of each test the moment, all images, and each class.
    pub fn accuracy_table(&self) -> Table {
        let classes = self.manifest.sizes.last().copied().unwrap_or_default();
        let named = (0..classes).map(|class| (format!("class {class}"), "%"));
        let columns = [
            ("batch".to_owned(), ""),
            ("step".to_owned(), ""),
            ("accuracy".to_owned(), "%"),
        ];
        let mut table = Table::new("accuracy", columns.into_iter().chain(named));
        for test in &self.manifest.tests {
            let (batch, step) = match test.when {
                When::Batch(batch) => (Some(batch), None),
                When::Step(step) => (None, Some(step)),
            };
            let evaluation = test.evaluation(classes);
            let of_class = evaluation.class_accuracy().into_iter();
            let row = [batch.into(), step.into(), (100.0 * evaluation.accuracy()).into()];
            table.push(
                row.into_iter()
                    .chain(of_class.map(|share| share.map(|share| 100.0 * share).into())),
            );
        }
        table
    }

    /// Loss and accuracy of each training batch.
    pub fn training_table(&self) -> Table {
        let mut table = Table::new("training", [("batch", ""), ("loss", ""), ("accuracy", "%")]);
        for (batch, &(loss, accuracy)) in (0_u64..).zip(&self.batches) {
            table.push([batch.into(), loss.into(), (100.0 * f64::from(accuracy)).into()]);
        }
        table
    }

    /// Writes everything about it as NPZ or safetensors, or its recipe as RON, by the ending of the name; whole or not at all. A
    /// safetensors file has the text of `run_ron` as metadata, too.
    ///
    /// # Errors
    /// If the ending is none of them, or the operating system refuses; what stood there is then as it was.
    pub fn export(&self, path: &Path) -> Result<(), WeightsError> {
        if path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case(RECIPE_ENDING))
        {
            return write_recipe(path, &self.manifest.recipe).map_err(|reason| WeightsError::Unwritable {
                path: path.to_owned(),
                reason,
            });
        }
        Format::of(path)?;
        write_tensors(path, &self.tensors())
    }
}
