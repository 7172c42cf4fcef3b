//! The exact accuracy after every step, made on the side: a night of its own is gone through once more and tested all the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::analyst::Long;
use super::event::{Event, Traced, Tracing};
use super::testing::NO_IMAGES;
use super::thread::Loop;
use crate::sim::Samples;
use crate::sim::evaluate::CurveTracer;
use crate::sim::mlp::Mlp;
use crate::sim::night::Course;

/// Shortest time between two words about how far it has come.
const BETWEEN_WORDS: Duration = Duration::from_millis(100);

impl Loop {
    /// Has the whole night gone through once more for its exact accuracy and, if wanted, what each spike did to it.
    pub(super) fn trace_curve(&mut self, with_effects: bool) {
        let Some((experiment, course)) = self
            .experiment
            .as_ref()
            .and_then(|experiment| Some((experiment, experiment.course()?)))
        else {
            return;
        };
        if !experiment.has_images() {
            self.outbox.send(Event::TracingStopped(Some(NO_IMAGES.to_owned())));
            return;
        }
        let tracing = Tracing {
            steps: 0,
            total: experiment.recipe().night.steps,
            with_effects,
        };
        let (again, mlp) = (course.again(), experiment.awake().clone());
        let samples = Arc::clone(experiment.test_samples());
        let work =
            move |is_void: &AtomicBool, tell: &mut dyn FnMut(Event)| trace(again, mlp, samples, tracing, tell, is_void);
        match self.analyst.at_length(Long::Curve, work) {
            Ok(()) => self.outbox.send(Event::Tracing(tracing)),
            Err(reason) => self.outbox.send(Event::TracingStopped(Some(format!(
                "The night cannot be tested step by step: {reason}"
            )))),
        }
    }

    /// The exact accuracy is not wanted any more.
    pub(super) fn stop_tracing(&mut self) {
        self.analyst.forget_long(Long::Curve);
        self.outbox.send(Event::TracingStopped(None));
    }
}

/// The exact accuracy after every step of a night, which is given before its first one. `None` if nobody wants it any more.
fn trace(
    mut course: Course,
    mlp: Mlp,
    samples: Arc<Samples>,
    mut tracing: Tracing,
    tell: &mut dyn FnMut(Event),
    is_void: &AtomicBool,
) -> Option<Event> {
    let begun = Instant::now();
    let mut told = begun;
    // Threads of its own: on those that everybody shares, the run would have to wait until a piece of this is done.
    let pool = match rayon::ThreadPoolBuilder::new().build() {
        Ok(pool) => pool,
        Err(reason) => {
            return Some(Event::TracingStopped(Some(format!(
                "The night cannot be tested step by step: no thread can be started ({reason})"
            ))));
        }
    };
    let mut tracer = pool.install(|| CurveTracer::new(mlp, samples, tracing.with_effects, is_void))?;
    for _ in 0..tracing.total {
        if is_void.load(Ordering::Relaxed) {
            return None;
        }
        course.step();
        pool.install(|| tracer.add_step(course.night_mut(), is_void))?;
        if !tracer.is_finite() {
            return Some(diverged(course.steps()));
        }
        if told.elapsed() >= BETWEEN_WORDS {
            told = Instant::now();
            tracing.steps = tracer.steps();
            tell(Event::Tracing(tracing));
        }
    }
    pool.install(|| tracer.catch_up(is_void))?;
    if !tracer.is_finite() {
        return Some(diverged(course.steps()));
    }
    let curve = tracer.finish(is_void)?;
    Some(Event::Traced(Arc::new(Traced {
        curve,
        with_effects: tracing.with_effects,
        took: begun.elapsed(),
    })))
}

/// That the curve ends: what was tested last was done up to this step, and steps are tested some at a time.
fn diverged(step: u64) -> Event {
    Event::TracingStopped(Some(format!(
        "The exact accuracy ends by step {step}: a weight is no longer a finite number; try a smaller raise or drop"
    )))
}
