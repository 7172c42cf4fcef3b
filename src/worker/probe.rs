//! What can be asked about a person's own pictures and about harder conditions, and what is told.

use std::sync::Arc;

use super::event::Moment;
use crate::sim::conditions::{Conditions, Hardship};
use crate::sim::evaluate::ImageReading;

/// Pictures that are judged at the same time, at most: ten that are kept, and the one that is being drawn.
pub const MAX_PICTURES: usize = 11;

/// A person's picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbePicture {
    /// Its number, given by whoever asks: another picture has another one.
    pub id: u64,
    /// Its grey values, row by row; as many as an image has.
    pub pixels: Arc<[u8]>,
}

/// What pictures are read as at a moment, and were before sleep.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The moment.
    pub moment: Moment,
    /// Each picture.
    pub pictures: Vec<JudgedPicture>,
}

/// What one picture is read as.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedPicture {
    /// Which picture.
    pub id: u64,
    /// By the network that fell asleep, once it has.
    pub before: Option<Outputs>,
    /// By the network of the moment.
    pub now: Outputs,
}

/// What a network says to a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Outputs {
    /// The class it is read as.
    pub class: usize,
    /// What each output unit says.
    pub values: Vec<f32>,
}

impl From<ImageReading> for Outputs {
    fn from(reading: ImageReading) -> Self {
        Self {
            class: reading.class,
            values: reading.outputs,
        }
    }
}

/// What pictures are read as along the night: at every step of a short one, at evenly spaced steps of a long one, the
/// network before sleep and that of the morning among them.
#[derive(Clone, Debug, Default)]
pub struct NightReadings {
    /// The pictures.
    pub ids: Vec<u64>,
    /// Number of output units.
    pub classes: usize,
    /// The steps, rising: so many were slept.
    pub steps: Vec<u64>,
    /// What the outputs say: step by step, within a step picture by picture, within a picture class by class.
    pub outputs: Vec<f32>,
    /// The classes they are read as: step by step, within a step picture by picture.
    pub read: Vec<u16>,
}

impl NightReadings {
    /// Steps of a night that pictures are judged at, at most, besides the last.
    pub const MOST: u64 = 1000;

    /// Steps between two that pictures are judged at, in a night of so many.
    pub fn spacing(total: u64) -> u64 {
        total.div_ceil(Self::MOST).max(1)
    }
}

/// One of the held-out images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOut {
    /// Its number among those that are tested on.
    pub index: usize,
    /// The class that it shows.
    pub label: u8,
    /// Its grey values, row by row.
    pub pixels: Arc<[u8]>,
}

/// A wish to know what the network can do under harder conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Stress {
    /// The conditions.
    pub conditions: Conditions,
    /// Which of them makes the curve.
    pub varied: Hardship,
    /// Its strengths along the curve, the others as they are.
    pub strengths: Vec<f64>,
}

/// What the network can do under harder conditions, on all held-out images, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Stressed {
    /// What was asked for.
    pub stress: Stress,
    /// The moment whose network was tested.
    pub moment: Moment,
    /// Images tested on.
    pub images: usize,
    /// Under the conditions.
    pub here: Shares,
    /// Along the curve, from the first strength on.
    pub curve: Vec<Shares>,
}

impl Stressed {
    /// Whether everything that was asked for is here.
    pub fn is_whole(&self) -> bool {
        self.curve.len() == self.stress.strengths.len()
    }
}

/// Shares of the held-out images read correctly.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shares {
    /// By the network that fell asleep, once it has.
    pub before: Option<f64>,
    /// By the network of the moment.
    pub now: f64,
}
