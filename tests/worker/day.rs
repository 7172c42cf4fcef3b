//! Training gone back in, and the night that waits meanwhile.

use std::time::{Duration, Instant};

use super::*;

impl Run {
    /// The bits of the weights at a moment that it is on its way to.
    pub(super) fn bits_at(&mut self, moment: Moment) -> Vec<u32> {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let frame = self.worker.frame();
            let weights = frame.weights.as_ref().filter(|weights| weights.moment == moment);
            if let Some(weights) = weights.filter(|_| !frame.running) {
                let numbers = weights.weights.iter().flat_map(|layer| layer.iter());
                return numbers.map(|weight| weight.to_bits()).collect();
            }
            assert!(Instant::now() < deadline, "waited for a minute for {moment:?}");
            while let Some(event) = self.worker.next_event() {
                self.told.push(event);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Batches that were told of.
    pub(super) fn batches(&self) -> Vec<BatchPoint> {
        let told = self.told.iter().filter_map(|event| match event {
            Event::Batches(batches) => Some(batches.clone()),
            _ => None,
        });
        told.flatten().collect()
    }
}

/// Catches a moment of training that comes back as another network: from the wrong checkpoint, without its momentum, or with the
/// order of images of another epoch; and a night that is lost or another after its training was looked at.
#[test]
fn any_batch_is_brought_back_and_the_night_too() {
    let mut run = Run::open(small_recipe());
    let born = run.bits_at(Moment::Batch(0));
    run.step(13);
    let middle = run.bits_at(Moment::Batch(13));
    run.play(Goal::Woken);
    let (morning, spikes, batches) = (run.final_bits(), run.spikes(), run.batches());
    assert_eq!(batches.len(), 30);
    run.worker.send(Command::SeekBatch(13));
    assert_eq!(run.bits_at(Moment::Batch(13)), middle);
    run.until("it stands in training", |run| run.phase() == Some(Phase::Training));
    let frame = run.worker.frame();
    assert_eq!((frame.batches, frame.known_batches, frame.known_steps), (13, 30, 120));
    assert_eq!(
        frame.checkpoints,
        [10, 20],
        "one a whole epoch, but the last, which the night keeps"
    );
    run.until("it is tested there", |run| run.accuracy(Moment::Batch(13)).is_some());
    run.worker.send(Command::SeekBatch(0));
    assert_eq!(run.bits_at(Moment::Batch(0)), born);
    // The night is there as it was, at any step.
    run.worker.send(Command::Seek(60));
    run.until("it sleeps again", |run| run.phase() == Some(Phase::Asleep));
    run.bits_at(Moment::Step(60));
    assert_eq!(run.worker.frame().known_steps, 120);
    run.worker.send(Command::Seek(120));
    assert_eq!(run.bits_at(Moment::Step(120)), morning);
    // So it is if training is gone through to its end.
    run.worker.send(Command::SeekBatch(7));
    run.bits_at(Moment::Batch(7));
    run.play(Goal::Woken);
    assert_eq!(run.bits_at(Moment::Step(120)), morning);
    assert_eq!(
        (run.spikes(), run.batches()),
        (spikes, batches),
        "what is known is not told twice"
    );
    assert_eq!(run.failure(), None);
}

/// Catches a training that ends differently because it was gone back in, and one whose newest moment is lost.
#[test]
fn training_goes_on_as_if_nobody_had_looked_back() {
    let mut straight = Run::open(small_recipe());
    straight.play(Goal::Trained);
    let trained = straight.bits_at(Moment::Batch(30));
    let mut run = Run::open(small_recipe());
    run.step(17);
    let newest = run.bits_at(Moment::Batch(17));
    run.worker.send(Command::SeekBatch(4));
    run.bits_at(Moment::Batch(4));
    run.step(1);
    run.bits_at(Moment::Batch(5));
    run.worker.send(Command::SeekBatch(500));
    assert_eq!(
        run.bits_at(Moment::Batch(17)),
        newest,
        "to the last batch that is known"
    );
    run.worker.send(Command::SeekBatch(11));
    run.bits_at(Moment::Batch(11));
    run.play(Goal::Trained);
    assert_eq!(run.bits_at(Moment::Batch(30)), trained);
    for run in [&mut run, &mut straight] {
        run.until("every batch is told", |run| run.batches().len() >= 30);
    }
    assert_eq!(run.batches(), straight.batches());
}

/// Catches a night that is changed or run again under other settings while its training is looked at, and loses its start.
#[test]
fn a_night_that_waits_can_be_changed() {
    let mut recipe = small_recipe();
    let mut run = Run::open(recipe.clone());
    run.play(Goal::Woken);
    run.worker.send(Command::SeekBatch(2));
    run.bits_at(Moment::Batch(2));
    recipe.night.beta = vec![3.0, 2.0, 2.0];
    run.worker.send(Command::ChangeNight(Box::new(recipe.night.clone())));
    run.play(Goal::Woken);
    let changed = run.bits_at(Moment::Step(120));
    let mut straight = Run::open(recipe);
    straight.play(Goal::Woken);
    assert_eq!(straight.final_bits(), changed);
}
