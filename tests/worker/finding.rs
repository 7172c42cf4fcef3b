//! Thresholds found beside a run.

use somnoscope::worker::{Command, Event, Goal};

use super::{Run, small_recipe};

/// What came of the last search.
fn outcome(run: &Run) -> Option<Result<Vec<f64>, String>> {
    run.told.iter().rev().find_map(|event| match event {
        Event::Thresholds(Some(outcome)) => {
            Some(outcome.as_ref().map(|found| found.beta.clone()).map_err(Clone::clone))
        }
        _ => None,
    })
}

/// Catches a search that changes the run, thresholds that do not give the night they promise, and a search that cannot be made
/// and says nothing.
#[test]
fn thresholds_are_found_beside_the_run() {
    let mut run = Run::open(small_recipe());
    run.play(Goal::Woken);
    let (spikes, bits) = (run.known_spikes(), run.final_bits());
    let wanted = vec![0.02, 0.03, 0.05];
    run.worker.send(Command::FindThresholds {
        params: Box::new(small_recipe().night),
        wanted: wanted.clone(),
    });
    run.until("they are found", |run| outcome(run).is_some());
    let beta = outcome(&run).expect("just waited for").expect("there are such");
    assert_eq!((run.known_spikes(), run.final_bits()), (spikes, bits));

    let mut recipe = small_recipe();
    recipe.night.beta = beta;
    let mut found = Run::open(recipe);
    found.play(Goal::Woken);
    let (mut first, sizes) = (784_u32, [48_u32, 32, 10]);
    for (units, wanted) in sizes.into_iter().zip(&wanted) {
        let layer = first..first + units;
        first += units;
        let count = found
            .known_spikes()
            .iter()
            .filter(|(_, unit)| layer.contains(unit))
            .count() as f64;
        let all = f64::from(units) * 120.0;
        assert!(
            (count - wanted * all).abs() <= (0.05 * wanted * all).max(1.0),
            "{count} of {all}, {wanted}"
        );
    }

    run.told.clear();
    run.worker.send(Command::FindThresholds {
        params: Box::new(small_recipe().night),
        wanted: vec![0.02],
    });
    run.until("it says why not", |run| outcome(run).is_some());
    let fault = outcome(&run)
        .expect("just waited for")
        .expect_err("one rate for three layers");
    assert!(fault.starts_with("1 rates for 3 layers"), "{fault}");
    // A search is called off with the program: this ends at once.
    run.worker.send(Command::FindThresholds {
        params: Box::new(small_recipe().night),
        wanted,
    });
}
