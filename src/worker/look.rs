//! Answers to what a person wants to see closer.

use super::command::Cell;
use super::event::{CellImage, CellImages, Moment};
use crate::experiment::Experiment;

/// The images behind a cell of the confusion matrix, in the order of their numbers.
pub(super) fn cell_images(experiment: &mut Experiment, cell: Cell, moment: Moment) -> CellImages {
    let mut readings = experiment.readings(cell.truth, cell.before_sleep);
    readings.retain(|reading| reading.class == cell.read);
    let total = readings.len();
    readings.truncate(CellImages::MOST);
    let samples = experiment.test_samples();
    let images = readings
        .into_iter()
        .map(|reading| CellImage {
            index: reading.image,
            pixels: samples
                .images
                .row(reading.image)
                .iter()
                .map(|grey| (255.0 * grey).round() as u8)
                .collect(),
            outputs: reading.outputs,
        })
        .collect();
    CellImages {
        cell,
        moment,
        total,
        images,
    }
}
