//! One step in slow motion.

use egui_kittest::kittest::Queryable as _;
use somnoscope::worker::Phase;

use super::panels::half_a_night;
use super::{MadeUp, until, window};

/// Catches parts in the wrong order, captions of another step, and a walk that tells the run to do anything.
#[test]
fn a_step_is_walked_through_in_its_parts() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let told = source.commands.borrow().len();
    window.get_by_label("Slow motion").click();
    window.run_steps(3);
    window.get_by_label("Step 30 in slow motion");
    window.get_by_label_contains("a window of 11 x 11 pixels at column 3, row 8 of the mean image");
    window.get_by_label_contains("1 of 784 inputs spike");
    window.get_by_label("Hold the slow motion").click();
    for (part, caption) in [
        ("Sum", "Each neuron adds the weights"),
        ("Decay", "What was left of each potential decays"),
        (
            "Compare",
            "Each potential is compared with the threshold of its layer: 7.29",
        ),
        ("Spike", "1 of 64 in Hidden 1, 1 of 32 in Hidden 2, 1 of 10 in Output"),
        ("Learn", "3 neurons spiked, and 880 weights into them change"),
        ("Reset", "Whoever spiked is at a potential of 0 again"),
    ] {
        window.get_by_label(&format!("Part {part}")).click();
        window.run_steps(3);
        window.get_by_label_contains(caption);
    }
    window.get_by_label("End the slow motion").click();
    window.run_steps(3);
    assert!(window.query_by_label_contains("in slow motion").is_none());
    assert_eq!(source.commands.borrow().len(), told, "it looks and does nothing");
}

/// Catches numbers that are not those of the selected neuron, or that do not come.
#[test]
fn the_captions_have_the_numbers_of_the_selected_neuron() {
    let mut window = window();
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    super::layout::choose(&mut window, "One neuron");
    let row = window.query_all_by_label_contains("Hidden 1 #").next();
    row.expect("a table of neurons").click();
    window.run_steps(3);
    window.get_by_label("Slow motion").click();
    window.run_steps(3);
    let neuron = window.state().selection().neurons()[0];
    until(&mut window, "the step is cut open", |app| {
        app.session()
            .anatomy()
            .is_some_and(|anatomy| anatomy.step == 59 && anatomy.unit == (neuron.layer, neuron.unit))
    });
    let anatomy = window.state().session().anatomy().cloned().expect("just seen");
    let known = anatomy.integration.expect("a neuron");
    let steps = window.state().session().steps();
    window.get_by_label("Part Sum").click();
    window.run_steps(3);
    let spikes = match known.arrivals.len() {
        1 => "1 spike".to_owned(),
        many => format!("{many} spikes"),
    };
    window.get_by_label_contains(&format!("Hidden 1 #{} receives {spikes}.", neuron.unit));
    assert_eq!(window.state().session().steps(), steps);
}
