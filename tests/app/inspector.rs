//! The inspector: a real night under the magnifying glass.

use egui::Role;
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::selection::{Neuron, Synapse};
use somnoscope::sim::night::Fed;
use somnoscope::worker::Command;

use super::panels::half_a_night;
use super::{MadeUp, Window, layout, lively_night, until};

/// The step before the window's, if it is cut open at the unit.
fn is_cut(window: &Window, neuron: Neuron) -> bool {
    let session = window.state().session();
    session.anatomy().is_some_and(|anatomy| {
        anatomy.unit == (neuron.layer, neuron.unit) && Some(anatomy.step) == session.steps().checked_sub(1)
    })
}

/// A window at the end of a real night, in the layout "One neuron", with a neuron of a layer selected that spiked in it.
fn woken(layer: usize) -> (Window, Neuron, Vec<u64>) {
    let mut window = lively_night();
    layout::choose(&mut window, "One neuron");
    let session = window.state().session();
    let units = session.layers().units(layer);
    let spikes = session.spikes().range(0..60);
    let spikes: Vec<(u64, u32)> = spikes
        .flat_map(|(step, spikes)| spikes.iter().map(move |&unit| (step, unit)))
        .filter(|(_, unit)| units.contains(unit))
        .collect();
    let times = |unit: u32| spikes.iter().filter(move |spike| spike.1 == unit);
    let unit = units.clone().find(|&unit| times(unit).count() >= 2);
    let unit = unit.expect("some neuron spikes twice in this night");
    let times = times(unit).map(|&(step, _)| step).collect();
    let neuron = Neuron {
        layer,
        unit: unit - units.start,
    };
    let name = format!("{} #{}, ", session.layers().name(layer), neuron.unit);
    let filter = format!("layer = {layer} and index = {}", neuron.unit);
    window.get_by_role_and_label(Role::TextInput, "Filter").focus();
    window
        .get_by_role_and_label(Role::TextInput, "Filter")
        .type_text(&filter);
    window.run_steps(3);
    window.get_by_label_contains(&name).click();
    window.run_steps(2);
    until(&mut window, "the step is cut open", |app| {
        app.session().anatomy().is_some()
    });
    (window, neuron, times)
}

/// Catches numbers of another step, a way to a spike that leads past it, a synapse that cannot be picked, and a spike whose
/// effect is that of another.
#[test]
fn a_neuron_is_followed_from_spike_to_spike() {
    let (mut window, neuron, times) = woken(1);
    let last = times[times.len() - 1];
    if last < 59 {
        window.get_by_label_contains("Stays silent, ");
        window.get_by_label("Spike before").click();
        until(&mut window, "it is at the last spike", |app| {
            app.session().steps() == last + 1
        });
    }
    until(&mut window, "the step is cut open", |app| {
        app.session().anatomy().is_some_and(|anatomy| anatomy.step == last)
    });
    assert!(is_cut(&window, neuron));
    window.get_by_label(&format!("in step {}", last + 1));
    window.get_by_label_contains("Spikes, ");
    window.get_by_label("Spike before").click();
    let earlier = times[times.len() - 2];
    until(&mut window, "it is at the spike before", |app| {
        app.session().anatomy().is_some_and(|anatomy| anatomy.step == earlier)
    });
    let anatomy = window.state().session().anatomy().expect("just waited for").clone();
    let integration = anatomy.integration.as_ref().expect("a neuron");
    assert!(anatomy.spiked);
    let exact = |value: f32| value.to_string().replace('-', "−");
    window.get_by_label(&format!("threshold {}", exact(integration.rule.threshold)));
    window.get_by_label(&format!("before {}", exact(integration.before)));
    window.get_by_label(&format!("potential {}", exact(integration.reached)));

    let strongest = integration
        .arrivals
        .iter()
        .max_by(|a, b| a.part.abs().total_cmp(&b.part.abs()));
    let input = strongest.expect("something made it spike").input;
    window
        .get_by_label(&format!("Synapse from Input #{input}"))
        .click_accesskit();
    window.run_steps(3);
    assert_eq!(
        window.state().selection().synapse(),
        Some(Synapse { neuron, input }),
        "every pane has the synapse"
    );
    window.get_by_label_contains(&format!("Weight of Input #{input} → Hidden 1 #{}", neuron.unit));
    let synapse = integration.synapse(input).expect("there is such an input");
    window.get_by_label(&format!("before the step {}", exact(synapse.before)));
    window.get_by_label(&format!("w now {}", exact(synapse.after)));

    window.get_by_label("Inspect What it did").click();
    window.run_steps(3);
    let effect = anatomy.effect.as_ref().expect("a layer is behind it");
    let tipped = effect.fed.iter().filter(|fed| fed.is_tipped()).count();
    window.get_by_label(&format!("tipped {tipped}"));
    window.get_by_label(&format!("taught {}", effect.taught.len()));
    let first = effect
        .fed
        .iter()
        .max_by(|a, b| {
            let rank = |fed: &Fed| (fed.is_tipped(), fed.is_held_back(), fed.spiked);
            rank(a).cmp(&rank(b)).then(a.part.abs().total_cmp(&b.part.abs()))
        })
        .expect("somebody is fed");
    let name = format!("Fed Hidden 2 #{}, ", first.neuron);
    window.get_by_label_contains(&name).click();
    let next = Neuron {
        layer: 2,
        unit: first.neuron,
    };
    window.run_steps(3);
    assert_eq!(window.state().selection().neurons(), [next]);
    until(&mut window, "that neuron is cut open", |app| {
        app.session()
            .anatomy()
            .is_some_and(|anatomy| anatomy.unit == (2, first.neuron))
    });
}

/// Catches a number that lights nothing, or what stays lit when the pointer has left.
#[test]
fn a_term_lights_the_units_it_comes_from() {
    let (mut window, _, times) = woken(1);
    while !window.state().session().anatomy().is_some_and(|anatomy| anatomy.spiked) {
        window.get_by_label("Spike before").click();
        window.run_steps(2);
        until(&mut window, "the step is cut open", |app| {
            let step = app.session().steps().checked_sub(1);
            app.session().anatomy().map(|anatomy| anatomy.step) == step
                && step.is_some_and(|step| times.contains(&step))
        });
    }
    let anatomy = window.state().session().anatomy().expect("just waited for").clone();
    let arrivals = anatomy.integration.expect("a neuron").arrivals;
    let sum = window
        .get_by_label_contains(&format!("Σ w of {}", arrivals.len()))
        .rect();
    window.hover_at(sum.center());
    window.run_steps(3);
    let lit: Vec<u32> = window
        .state()
        .selection()
        .lit()
        .iter()
        .map(|neuron| neuron.unit)
        .collect();
    assert_eq!(lit, arrivals.iter().map(|arrival| arrival.input).collect::<Vec<_>>());
    window.hover_at(egui::pos2(2.0, 2.0));
    window.run_steps(3);
    assert!(window.state().selection().lit().is_empty(), "it stays lit");
}

/// Catches an inspector that says nothing where there is nothing, and a source that is asked while nobody looks.
#[test]
fn where_there_is_nothing_it_says_what_to_do() {
    let source = MadeUp::default();
    let mut window = source.window([1280.0, 800.0]);
    half_a_night(&source, Vec::new());
    window.run_steps(3);
    let asked = |source: &MadeUp| -> Vec<_> {
        let commands = source.commands.borrow();
        let asked = commands.iter().filter_map(|command| match command {
            Command::Inspect(unit) => Some(*unit),
            _ => None,
        });
        asked.collect()
    };
    window.get_by_label_contains("Spikes of 30 steps");
    layout::choose(&mut window, "One neuron");
    window.get_by_label_contains("Here the equation of the step stands");
    window.get_by_label("Sort by spikes").click();
    window.run_steps(3);
    window.get_by_label("Input #3, 30 spikes").click();
    window.run_steps(3);
    window.get_by_label("making step 30 again …");
    assert_eq!(asked(&source), [Some((0, 3))]);
    layout::choose(&mut window, "Overview");
    assert_eq!(asked(&source), [Some((0, 3)), None]);
}

/// Catches an input that is given a potential, or an output that is given a layer behind it.
#[test]
fn inputs_and_outputs_have_their_own_words() {
    let (mut window, _, _) = woken(0);
    window.get_by_label_contains("An input has no potential");
    window.get_by_label_contains("mean intensity ");
    let (mut window_of_output, _, _) = woken(3);
    window_of_output.get_by_label("Inspect What it did").click();
    window_of_output.run_steps(3);
    window_of_output.get_by_label_contains("An output: no layer is behind it.");
    window.get_by_label("Inspect What it did").click();
    window.run_steps(3);
}
