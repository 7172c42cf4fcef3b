//! Parameters dragged while the night is run again, and thresholds found from activity.

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

use somnoscope::sim::evaluate::Evaluation;
use somnoscope::worker::{Command, Evaluated, Event, Moment, NightChange, Phase};

use super::panels::half_a_night;
use super::{MadeUp, Window, small_recipe, until, window};

/// Moves a slider of the settings.
fn drag(window: &mut Window, name: &str, value: f64) {
    window
        .get_by_role_and_label(Role::Slider, name)
        .set_value_accesskit(value);
    window.run_steps(2);
}

/// The first thresholds of the re-runs that were asked for.
fn asked(source: &MadeUp) -> Vec<f64> {
    let commands = source.commands.borrow();
    let reruns = commands.iter().filter_map(|command| match command {
        Command::Rerun(params) => Some(params.beta[0]),
        _ => None,
    });
    reruns.collect()
}

/// Catches re-runs that pile up, one that is asked for twice, a last value that is never run, and an estimate that is taken for
/// the exact accuracy.
#[test]
fn one_rerun_is_under_way_and_the_last_value_is_run() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    drag(&mut window, "Threshold 1", 8.0);
    assert!(asked(&source).is_empty(), "the switch is off");
    window.get_by_label("1 change not applied yet");
    window.get_by_label("Live re-run").click();
    window.run_steps(3);
    assert_eq!(asked(&source), [8.0]);
    assert!(window.query_by_label("1 change not applied yet").is_none());
    for value in [8.5, 9.0, 9.5] {
        drag(&mut window, "Threshold 1", value);
    }
    assert_eq!(asked(&source), [8.0], "the first is not answered yet");
    let mut params = small_recipe().night;
    params.beta[0] = 8.0;
    // Half of the images of nine classes are read as the first.
    let confusion = (0..100).map(|cell| if cell % 11 == 0 || cell % 10 == 0 { 25 } else { 0 });
    let evaluation = Evaluation {
        classes: 10,
        confusion: confusion.collect(),
    };
    let evaluated = Arc::new(Evaluated {
        moment: Moment::Step(30),
        evaluation,
    });
    source.say([
        Event::Forgot { from_step: 0 },
        Event::NightChanged(Arc::new(NightChange {
            step: 0,
            params,
            alpha: Vec::new(),
        })),
        Event::Estimated(Arc::clone(&evaluated)),
    ]);
    window.run_steps(3);
    assert_eq!(asked(&source), [8.0, 9.5]);
    window.get_by_label("estimate on 475 images, ± 4.1 (95 %)");
    source.say([
        Event::Evaluated(evaluated),
        Event::Failed("it makes no sense".to_owned()),
    ]);
    window.run_steps(3);
    assert!(window.query_by_label_contains("estimate on").is_none());
    window.run_steps(5);
    assert_eq!(asked(&source), [8.0, 9.5], "what was refused is not asked for again");
    window.get_by_label("1 change not applied yet");
}

/// Catches an accuracy of before sleep that is told as that of a night which was run again and is not tested yet.
#[test]
fn what_is_not_tested_yet_is_not_told() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let count = |window: &Window, words: &str| window.query_all_by_label(words).count();
    let (both, words) = ("28.0 → 64.0 %", "before sleep");
    let others = count(&window, words);
    assert_eq!(count(&window, both), 1);
    source.say([Event::Forgot { from_step: 0 }]);
    window.run_steps(3);
    assert_eq!((count(&window, both), count(&window, words)), (0, others + 1));
}

/// Catches a night that is not the one of the last value, and panes that do not follow.
#[test]
fn a_dragged_threshold_runs_the_night_again() {
    let mut window = window();
    window.get_by_label("To the end").click();
    let woken = |app: &somnoscope::app::SomnoscopeApp| {
        let session = app.session();
        session.phase() == Phase::Woken
            && !session.is_running()
            && session.estimate().is_none()
            && session.now().is_some_and(|(at, _)| at == Moment::Step(60))
    };
    until(&mut window, "it has woken", woken);
    let run = window.state().session().run();
    window.get_by_label("Live re-run").click();
    window.run_steps(2);
    for value in [6.0, 5.0, 4.0, 3.0] {
        drag(&mut window, "Threshold 1", value);
    }
    let is_last = |app: &somnoscope::app::SomnoscopeApp| {
        let opened = app.session().opened();
        opened.is_some_and(|opened| opened.recipe.night.beta[0].to_bits() == 3.0_f64.to_bits())
    };
    until(&mut window, "the last value was run", |app| is_last(app) && woken(app));
    let session = window.state().session();
    assert_eq!(session.run(), run, "it is still the same run");
    let spikes = |window: &Window| {
        let log = window.state().session().spikes();
        log.range(0..u64::MAX)
            .map(|(step, units)| (step, units.to_vec()))
            .collect::<Vec<_>>()
    };
    let (again, now) = (spikes(&window), session.now().map(|(_, now)| now.clone()));
    assert_eq!(again.len(), 60);
    window.get_by_label("Live re-run").click();
    window.run_steps(2);
    window.get_by_label("Sleep again").click();
    until(&mut window, "it has slept again", |app| {
        app.session().run() > run && woken(app)
    });
    assert_eq!(spikes(&window), again, "a night of these parameters from its start");
    assert_eq!(window.state().session().now().map(|(_, now)| now.clone()), now);
}

/// Catches thresholds that are applied by themselves, that are not those of the search, or a search that cannot be begun.
#[test]
fn thresholds_from_activity_wait_in_the_settings() {
    let mut window = window();
    window.get_by_label("Train").click();
    until(&mut window, "it is trained", |app| {
        app.session().phase() == Phase::Trained && !app.session().is_running()
    });
    window.get_by_label("Thresholds from activity").click();
    window.run_steps(10);
    window
        .get_by_role_and_label(Role::SpinButton, "Each layer")
        .set_value_accesskit(2.0);
    window.run_steps(2);
    let before = window.state().session().opened().map(|opened| opened.recipe.clone());
    window.get_by_label("Find thresholds").click_accesskit();
    window.run_steps(1);
    let begun = std::time::Instant::now();
    while window
        .query_by_label_contains("Reached over 60 steps, within 5 % or one spike: Hidden 1")
        .is_none()
    {
        assert!(begun.elapsed() < super::PATIENCE, "waited too long for thresholds");
        window.step();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.get_by_label("3 changes not applied yet");
    let after = window.state().session().opened().map(|opened| opened.recipe.clone());
    assert_eq!(after, before);
}
