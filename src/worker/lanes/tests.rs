//! What a stranger's file could do to the thread of the lanes.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::super::analyst::Analyst;
use super::super::branching::LaneDesk;
use super::super::event::Frame;
use super::super::outbox::Outbox;
use super::super::probing::Probing;
use super::super::thread::Loop;
use super::*;
use crate::experiment::presets;
use crate::sim::mlp::Mlp;
use crate::sim::night::{Alpha, DreamSource};
use crate::sim::rng::{self, Stream};

/// Longest time that anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A lane of nine pixels and two classes, of a night that is over, with so many tests behind it.
fn lane(id: LaneId, tests: u64) -> Lane {
    let mut recipe = presets().remove(0).recipe;
    recipe.network.hidden = vec![4];
    recipe.night = NightParams {
        steps: 3,
        beta: vec![1.0, 1.0],
        alpha: Alpha::Given(vec![2.0, 2.0]),
        window: 3,
        ..recipe.night
    };
    let start = &mut rng::stream(1, Stream::Init, 0);
    let weights = Mlp::new(&[9, 4, 2], 0.2, Output::Relu, 1.0, start).weights;
    let source = DreamSource {
        mean_image: vec![0.5; 9],
        image_size: (3, 3),
        seed: 1,
    };
    let course = Course::new(&weights, recipe.night.clone(), vec![2.0, 2.0], source);
    let evaluation = Evaluation {
        classes: 2,
        confusion: vec![1, 2, 3, 4],
    };
    Lane {
        id,
        name: "a stranger".to_owned(),
        origin: LaneOrigin::File(PathBuf::from("stranger.somno")),
        recipe,
        course,
        before: Arc::new(weights),
        exam: None,
        tests: (0..tests)
            .map(|batch| (Moment::Batch(batch), evaluation.clone()))
            .collect(),
    }
}

/// Catches a program that hangs when it is closed while a lane with more to tell than can wait is being told.
#[test]
fn a_lane_that_is_being_told_keeps_nobody_from_leaving() {
    let lanes = Lanes::spawn().unwrap();
    lanes.open(lane(1, 10_000));
    let begun = Instant::now();
    while !lanes.answers().is_full() {
        assert!(begun.elapsed() < PATIENCE, "nothing is told");
        std::thread::sleep(Duration::from_millis(1));
    }
    let (gone, is_gone) = mpsc::channel();
    let leave = move || {
        drop(lanes);
        gone.send(()).unwrap();
    };
    let leaving = std::thread::Builder::new().name("leaving".to_owned()).spawn(leave);
    is_gone.recv_timeout(PATIENCE).expect("it waits for ever");
    leaving.unwrap().join().unwrap();
}

/// Catches a worker that spins, keeps dead lanes or says nothing when the thread of the lanes has ended through a fault, and one
/// that takes no lanes any more.
#[test]
fn lanes_that_died_are_told_once_and_replaced() {
    let (_commands, commands_in) = crossbeam_channel::bounded(1);
    let (events, told) = crossbeam_channel::bounded(256);
    let outbox = Outbox::new(events, Arc::new(ArcSwap::from_pointee(Frame::default())), || {});
    let (analyst, probing) = (Analyst::spawn().unwrap(), Probing::spawn().unwrap());
    let desk = LaneDesk::spawn().unwrap();
    let mut worker = Loop::new(commands_in, Arc::default(), outbox, analyst, probing, desk);
    // Labels that no class of the network has: nothing that is read from a file can be so.
    let samples = Samples {
        images: Array2::zeros((1, 9)),
        labels: vec![9],
    };
    let mut fatal = lane(7, 0);
    fatal.exam = Some(Exam {
        output: Output::Relu,
        keep: 1.0,
        samples: Arc::new(samples),
    });
    worker.lanes.thread.open(fatal);
    let mut heard: Vec<Event> = Vec::new();
    let mut listen = |worker: &mut Loop, is_heard: &dyn Fn(&Event) -> bool| {
        let begun = Instant::now();
        while !heard.iter().any(is_heard) {
            assert!(begun.elapsed() < PATIENCE, "nothing is heard");
            assert!(worker.take_commands());
            worker.publish();
            heard.extend(told.try_iter());
        }
        std::mem::take(&mut heard)
    };
    let is_sentence = |event: &Event| matches!(event, Event::Failed(text) if text.contains("fault of the program"));
    let first = listen(&mut worker, &is_sentence);
    assert_eq!(first.iter().filter(|event| is_sentence(event)).count(), 1);
    assert!(first.iter().any(|event| matches!(event, Event::LaneClosed(7))));
    worker.lanes.thread.open(lane(8, 2));
    let second = listen(&mut worker, &|event| matches!(event, Event::LaneTested { id: 8, .. }));
    assert!(!second.iter().any(is_sentence), "it is told again");
}
