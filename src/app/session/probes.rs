//! What is known of a person's pictures and of the network under harder conditions.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::worker::{Controlled, HeldOut, NightReadings, Stressed};

/// Held-out images that are kept at most.
const KEPT: usize = 64;

/// What one picture is read as along the night.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    classes: usize,
    steps: Vec<u64>,
    read: Vec<u16>,
    outputs: Vec<f32>,
}

impl Strip {
    /// The steps it was judged at, rising; so many were slept.
    pub fn steps(&self) -> &[u64] {
        &self.steps
    }

    /// The class it is read as at the step at a place.
    pub fn class(&self, place: usize) -> Option<usize> {
        self.read.get(place).map(|&class| usize::from(class))
    }

    /// What each output says at the step at a place.
    pub fn outputs(&self, place: usize) -> &[f32] {
        let from = place * self.classes;
        self.outputs.get(from..from + self.classes).unwrap_or_default()
    }

    /// Number of output units.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The largest finite output of all steps, 0 if none is above it.
    pub fn largest(&self) -> f32 {
        let finite = self.outputs.iter().copied().filter(|output| output.is_finite());
        finite.fold(0.0, f32::max)
    }

    /// The place of the last step it was judged at that is not after this one.
    pub fn place(&self, step: u64) -> Option<usize> {
        self.steps.partition_point(|&at| at <= step).checked_sub(1)
    }

    /// Forgets every step after this one.
    fn truncate(&mut self, last: u64) {
        let kept = self.steps.partition_point(|&at| at <= last);
        self.steps.truncate(kept);
        self.read.truncate(kept);
        self.outputs.truncate(kept * self.classes);
    }

    /// Takes in steps that follow each other: what was known of them is replaced.
    fn take(&mut self, classes: usize, steps: &[u64], read: Vec<u16>, outputs: Vec<f32>) {
        let (Some(&first), Some(&last)) = (steps.first(), steps.last()) else {
            return;
        };
        if self.classes != classes {
            *self = Self {
                classes,
                ..Self::default()
            };
        }
        let from = self.steps.partition_point(|&at| at < first);
        let to = self.steps.partition_point(|&at| at <= last).max(from);
        self.steps.splice(from..to, steps.iter().copied());
        self.read.splice(from..to, read);
        self.outputs.splice(from * classes..to * classes, outputs);
    }
}

/// What is known of probes.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    strips: BTreeMap<u64, Strip>,
    held_out: BTreeMap<usize, Arc<HeldOut>>,
    stressed: Option<Arc<Stressed>>,
    controlled: Option<Arc<Controlled>>,
    /// Counts what was told of the night, so that a view can tell when it is more.
    told: u64,
}

impl Probes {
    /// Takes in what pictures were read as; of pictures that are not among them nobody asks any more.
    pub fn take_readings(&mut self, told: &NightReadings) {
        let (pictures, classes, steps) = (told.ids.len(), told.classes, told.steps.len());
        if told.read.len() != steps * pictures || told.outputs.len() != steps * pictures * classes || classes == 0 {
            return;
        }
        self.told += 1;
        self.strips.retain(|id, _| told.ids.contains(id));
        for (place, &id) in told.ids.iter().enumerate() {
            let read = told.read.iter().copied().skip(place).step_by(pictures).collect();
            let outputs = told.outputs.chunks(classes).skip(place).step_by(pictures);
            let strip = self.strips.entry(id).or_default();
            strip.take(classes, &told.steps, read, outputs.flatten().copied().collect());
        }
    }

    /// Takes in a held-out image.
    pub fn take_held_out(&mut self, image: Arc<HeldOut>) {
        if self.held_out.len() >= KEPT {
            self.held_out.clear();
        }
        self.held_out.insert(image.index, image);
    }

    /// Takes in what is known of the controls of the night.
    pub fn take_controlled(&mut self, controlled: Arc<Controlled>) {
        self.controlled = Some(controlled);
    }

    /// Takes in what the network can do under harder conditions.
    pub fn take_stressed(&mut self, stressed: Arc<Stressed>) {
        self.stressed = Some(stressed);
    }

    /// What was known of the night beyond so many steps is void.
    pub fn forget(&mut self, from_step: u64) {
        self.told += 1;
        self.stressed = None;
        for strip in self.strips.values_mut() {
            strip.truncate(from_step);
        }
    }

    /// The night is void.
    pub fn forget_night(&mut self) {
        self.told += 1;
        self.strips.clear();
        self.stressed = None;
        self.controlled = None;
    }

    /// What a picture is read as along the night.
    pub fn strip(&self, id: u64) -> Option<&Strip> {
        self.strips.get(&id)
    }

    /// A held-out image, if it was told of.
    pub fn held_out(&self, index: usize) -> Option<&HeldOut> {
        self.held_out.get(&index).map(|image| &**image)
    }

    /// The real night between its controls, as far as it is known.
    pub fn controlled(&self) -> Option<&Controlled> {
        self.controlled.as_deref()
    }

    /// What the network can do under harder conditions, as far as it is known.
    pub fn stressed(&self) -> Option<&Stressed> {
        self.stressed.as_deref()
    }

    /// Counts the times that strips became others.
    pub fn told(&self) -> u64 {
        self.told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Readings of two pictures; the outputs say which picture and step they are of.
    fn readings(ids: [u64; 2], steps: &[u64], factor: f32) -> NightReadings {
        let outputs = |&step: &u64| ids.map(|id| [id as f32, factor * step as f32]);
        NightReadings {
            ids: ids.to_vec(),
            classes: 2,
            steps: steps.to_vec(),
            outputs: steps.iter().flat_map(outputs).flatten().collect(),
            read: steps
                .iter()
                .flat_map(|&step| ids.map(|id| (id + step) as u16))
                .collect(),
        }
    }

    /// Catches outputs that land on another picture or step, steps taken twice, and a future that stays though it is void.
    #[test]
    fn strips_join_and_what_is_void_goes() {
        let mut probes = Probes::default();
        probes.take_readings(&readings([7, 8], &[0, 1, 2], 1.0));
        probes.take_readings(&readings([7, 8], &[3, 4], 1.0));
        let strip = probes.strip(8).unwrap();
        assert_eq!(strip.steps(), [0, 1, 2, 3, 4]);
        assert_eq!((strip.outputs(3), strip.class(3)), (&[8.0, 3.0][..], Some(11)));
        assert_eq!(
            (strip.largest(), strip.place(2), strip.outputs(9)),
            (8.0, Some(2), &[][..])
        );
        probes.take_readings(&readings([7, 9], &[0, 1, 2], 1.0));
        assert_eq!(
            probes.strip(7).unwrap().steps(),
            [0, 1, 2, 3, 4],
            "told again from its start"
        );
        assert!(probes.strip(8).is_none(), "nobody asks for it any more");
        probes.forget(1);
        assert_eq!(probes.strip(7).unwrap().steps(), [0, 1]);
        probes.take_readings(&readings([7, 9], &[0, 1, 2], 2.0));
        assert_eq!(probes.strip(7).unwrap().outputs(2), [7.0, 4.0]);
        let mut broken = readings([7, 9], &[3], 1.0);
        broken.outputs.pop();
        probes.take_readings(&broken);
        assert_eq!(probes.strip(7).unwrap().steps(), [0, 1, 2]);
        probes.forget_night();
        assert!(probes.strip(7).is_none());
    }
}
