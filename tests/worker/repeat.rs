//! A part of the night that is played over and over, and the memory for going back.

use super::*;

/// Catches a loop that plays beyond its last step, begins at another than its first, never ends, changes the night, or needs a night
/// that is not over.
#[test]
fn a_span_is_played_over_and_over() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let (morning, spikes) = (run.final_bits(), run.spikes());
    run.worker.send(Command::SetSpeed(Speed::PerSecond(400.0)));
    run.worker.send(Command::Loop(Some(30..42)));
    run.worker.send(Command::Play(Goal::Woken));
    let (mut seen, mut rounds, mut last) = (Vec::new(), 0, 0);
    let deadline = Instant::now() + Duration::from_mins(1);
    while rounds < 3 {
        assert!(Instant::now() < deadline, "it does not go back; seen: {seen:?}");
        let frame = run.worker.frame();
        if frame.running && frame.steps != last {
            rounds += u32::from(frame.steps < last && last <= 42);
            last = frame.steps;
            seen.push(last);
        }
        while let Some(event) = run.worker.next_event() {
            run.told.push(event);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    // The first picture may be that of the morning.
    assert!(seen.iter().skip(1).all(|step| (30..=42).contains(step)), "{seen:?}");
    run.worker.send(Command::Loop(None));
    run.worker.send(Command::SetSpeed(Speed::Unlimited));
    run.until("it has woken", |run| {
        run.phase() == Some(Phase::Woken) && !run.running()
    });
    assert_eq!(run.final_bits(), morning);
    assert_eq!(run.spikes(), spikes, "what is known is not told twice");
}

/// Catches memory that is not given back when less is allowed, more than is allowed, and a night that is another because of it.
#[test]
fn memory_is_kept_to_while_it_runs() {
    let mut recipe = small_recipe();
    recipe.night.steps = 9_000;
    let mut run = Run::open(recipe);
    run.play(Goal::Woken);
    let morning = run.final_bits();
    let taken = run.worker.frame().memory;
    assert!(taken > 0);
    run.worker.send(Command::SetMemory(taken / 2));
    run.until("it is given back", |run| run.worker.frame().memory <= taken / 2);
    assert!(run.worker.frame().memory > 0, "what fits is kept");
    run.worker.send(Command::Seek(4_321));
    run.until("it is there", |run| run.worker.frame().steps == 4_321);
    run.worker.send(Command::Seek(9_000));
    run.until("it is at the end", |run| {
        run.worker.frame().steps == 9_000 && !run.running()
    });
    assert_eq!(run.final_bits(), morning);
}
