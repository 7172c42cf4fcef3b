//! A step cut open through the worker: the step that is shown, and nothing changed by looking.

use std::sync::Arc;

use somnoscope::sim::night::{Anatomy, NightParams};
use somnoscope::worker::{Command, Event, Goal, Start};

use super::{Run, small_recipe};

/// The neuron that is looked at.
const UNIT: (usize, u32) = (1, 7);

impl Run {
    /// Waits for a unit's part in the step that is shown.
    fn anatomy(&mut self, unit: (usize, u32)) -> Arc<Anatomy> {
        let is_there = |run: &Self| {
            let frame = run.worker.frame();
            let step = frame.steps.checked_sub(1);
            frame
                .anatomy
                .clone()
                .filter(|cut| cut.unit == unit && Some(cut.step) == step && !frame.running)
        };
        self.until("the step is cut open", |run| is_there(run).is_some());
        is_there(self).expect("just waited for")
    }

    /// Sends a command and waits until the picture stands at a step.
    fn stand(&mut self, command: Command, step: u64) {
        self.worker.send(command);
        self.until("it stands there", |run| {
            let frame = run.worker.frame();
            frame.steps == step && !frame.running
        });
    }
}

/// Catches a step that is another than the one shown: after steps, after going back and forth, after the night was changed,
/// after another unit was chosen, and in the next run.
#[test]
fn the_step_that_is_shown_is_cut_open() {
    let mut run = Run::open(small_recipe());
    run.worker.send(Command::Inspect(Some(UNIT)));
    run.play(Goal::Trained);
    assert!(run.worker.frame().anatomy.is_none(), "there is no night yet");
    run.stand(Command::Step(30), 30);
    let first = run.anatomy(UNIT);
    let integration = first.integration.as_ref().expect("a neuron");
    let potential = run.worker.frame().potentials[0][UNIT.1 as usize];
    assert_eq!(integration.after.to_bits(), potential.to_bits());
    for step in [90, 12, 13, 60, 1] {
        run.stand(Command::Seek(step), step);
        let cut = run.anatomy(UNIT);
        let spiked = run.spikes().contains(&(step - 1, 784 + UNIT.1));
        assert_eq!(cut.spiked, spiked, "step {step}");
        let after = cut.integration.as_ref().map(|integration| integration.after.to_bits());
        let potential = run.worker.frame().potentials[0][UNIT.1 as usize].to_bits();
        assert_eq!(after, Some(potential), "step {step}");
    }
    run.worker.send(Command::Inspect(Some((0, 300))));
    assert!(run.anatomy((0, 300)).integration.is_none());
    run.worker.send(Command::Inspect(Some(UNIT)));
    run.stand(Command::Seek(40), 40);
    let louder = NightParams {
        rate: 1.5 * small_recipe().night.rate,
        ..small_recipe().night
    };
    run.worker.send(Command::ChangeNight(Box::new(louder)));
    run.until("it is changed", |run| {
        run.told.iter().any(|event| matches!(event, Event::NightChanged(_)))
    });
    run.stand(Command::Step(20), 60);
    let cut = run.anatomy(UNIT);
    let after = cut.integration.as_ref().expect("a neuron").after;
    let potential = run.worker.frame().potentials[0][UNIT.1 as usize];
    assert_eq!(
        after.to_bits(),
        potential.to_bits(),
        "made again with the old parameters"
    );
    run.stand(Command::Seek(0), 0);
    run.until("there is no step to show", |run| run.worker.frame().anatomy.is_none());
    run.stand(Command::Seek(5), 5);
    run.anatomy(UNIT);
    run.worker.send(Command::Inspect(None));
    run.until("nobody looks", |run| run.worker.frame().anatomy.is_none());
    run.worker.send(Command::Inspect(Some(UNIT)));
    run.anatomy(UNIT);
    run.worker.send(Command::Open {
        recipe: Box::new(small_recipe()),
        from: Start::Trained,
    });
    run.until("the old night is gone", |run| run.worker.frame().anatomy.is_none());
}

/// Catches a look that changes the night.
#[test]
fn looking_closely_changes_nothing() {
    let mut alone = Run::open(small_recipe());
    alone.play(Goal::Woken);
    let mut watched = Run::open(small_recipe());
    watched.worker.send(Command::Inspect(Some(UNIT)));
    watched.play(Goal::Trained);
    for step in [3, 9] {
        watched.stand(Command::Step(step), if step == 3 { 3 } else { 12 });
        watched.anatomy(UNIT);
    }
    watched.play(Goal::Woken);
    assert_eq!(watched.spikes(), alone.spikes());
    assert_eq!(watched.final_bits(), alone.final_bits());
}
