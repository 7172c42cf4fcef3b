//! One unit under the magnifying glass: the step that is shown, cut open at it.
//!
//! The analyst makes the step again with a night of its own, which trails the run by a step, so that a look costs the steps
//! in between and no more. One question is open at a time; the run never waits for the answer.

use std::sync::Arc;

use super::analyst::Question;
use super::thread::Loop;
use crate::sim::night::Anatomy;

/// What is asked, what was answered.
#[derive(Default)]
pub(super) struct Inspection {
    /// The unit that somebody looks at: layer, where 0 is the inputs, and number in the layer.
    unit: Option<(usize, u32)>,
    /// The question that was asked last: the unit and the step, counted from 0.
    asked: Option<((usize, u32), u64)>,
    /// Whether its answer is to come.
    is_open: bool,
    /// Whether the analyst has a night of this run.
    has_night: bool,
    /// The newest answer.
    found: Option<Arc<Anatomy>>,
}

impl Inspection {
    /// The step cut open, if somebody looks.
    pub(super) fn found(&self) -> Option<Arc<Anatomy>> {
        self.found.clone()
    }

    /// Takes in an answer.
    pub(super) fn take(&mut self, anatomy: Option<Arc<Anatomy>>) {
        self.is_open = false;
        if self.unit.is_some() {
            self.found = anatomy;
        }
    }

    /// The night is void from so many steps on, and with it whatever was asked.
    pub(super) fn forget(&mut self, from_step: u64) {
        *self = Self {
            unit: self.unit,
            found: self.found.take().filter(|anatomy| anatomy.step < from_step),
            ..Self::default()
        };
    }
}

impl Loop {
    /// Looks at a unit from now on, or at none.
    pub(super) fn inspect(&mut self, unit: Option<(usize, u32)>) {
        self.inspection.unit = unit;
        if unit.is_none() {
            self.inspection.found = None;
            self.inspection.asked = None;
            if std::mem::take(&mut self.inspection.has_night) {
                self.analyst.ask(None, 0, Question::Rest);
            }
        }
    }

    /// Makes every question about the night void, and what was found of it from some step on.
    pub(super) fn forget_questions(&mut self, from_step: u64) {
        self.analyst.forget();
        self.controls.forget();
        self.inspection.forget(from_step);
    }

    /// Asks for the step that is shown, if somebody looks and it is not the one that was asked for last.
    pub(super) fn look_closer(&mut self) {
        let inspection = &mut self.inspection;
        let course = self.experiment.as_ref().and_then(|experiment| experiment.course());
        let (Some(unit), Some(course)) = (inspection.unit, course) else {
            return;
        };
        let Some(step) = course.steps().checked_sub(1) else {
            inspection.found = None;
            inspection.asked = None;
            return;
        };
        if inspection.is_open || inspection.asked == Some((unit, step)) {
            return;
        }
        let night = (!inspection.has_night).then(|| course.again());
        if self.analyst.ask(night, step, Question::Step(unit)) {
            inspection.has_night = true;
            inspection.is_open = true;
            inspection.asked = Some((unit, step));
        }
    }
}
