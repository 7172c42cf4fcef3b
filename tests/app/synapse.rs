//! The course of one weight.

use egui::{Modifiers, Role, pos2};
use egui_kittest::kittest::Queryable as _;
use somnoscope::app::selection::{Neuron, Synapse};
use somnoscope::worker::Phase;

use super::{layout, raster, small_recipe, until, window_on};

/// Catches a course that is not that of the night, a sum or a table that tells of other changes, and a row that leads elsewhere.
#[test]
fn every_change_of_a_weight_is_told_and_leads_to_its_step() {
    let mut recipe = small_recipe();
    // So low that every layer has neurons that spike often.
    recipe.night.beta = vec![1.5, 1.0, 1.0];
    let mut window = window_on(recipe);
    layout::choose(&mut window, "One neuron");
    window.get_by_label("To the end").click();
    until(&mut window, "it has woken", |app| {
        app.session().phase() == Phase::Woken && !app.session().is_running()
    });
    window.get_by_label_contains("Pick a synapse");
    let session = window.state().session();
    let units = session.layers().units(1);
    let of = |unit: u32| {
        session
            .spikes()
            .range(0..60)
            .filter(move |(_, spikes)| spikes.contains(&unit))
    };
    let unit = units
        .clone()
        .find(|&unit| of(unit).count() >= 2)
        .expect("some neuron spikes twice");
    let (first, spikes) = of(unit).next().expect("it spikes");
    let input = spikes[0];
    assert!(input < units.start, "nothing spikes without an input");
    let (second, _) = of(unit).nth(1).expect("it spikes twice");
    let times = of(unit).count();
    let raises = of(unit).filter(|(_, spikes)| spikes.contains(&input)).count();
    let neuron = Neuron {
        layer: 1,
        unit: unit - units.start,
    };
    for (name, value) in [("to #", neuron.unit), ("from #", input)] {
        window
            .get_by_role_and_label(Role::SpinButton, name)
            .set_value_accesskit(value.into());
        window.run_steps(2);
    }
    assert_eq!(window.state().selection().synapse(), Some(Synapse { neuron, input }));
    window.run_steps(3);
    window.get_by_label_contains(&format!("{times} changes"));
    let raises = if raises == 1 {
        "1 raise ".to_owned()
    } else {
        format!("{raises} raises ")
    };
    window.get_by_label_contains(&raises);
    window
        .get_by_label_contains(&format!("Step {}: both spiked", first + 1))
        .click();
    until(&mut window, "it stands at the change", |app| {
        app.session().steps() == first + 1 && !app.session().is_running()
    });
    window.get_by_label_contains("1 raise ");
    // The second change, by its mark in the plot, which spans the whole night.
    let plot = window.get_by_label_contains("Weight of ").rect();
    let x = plot.left() + plot.width() * (second + 1) as f32 / 60.0;
    raster::click(&mut window, pos2(x, plot.center().y), Modifiers::NONE);
    until(&mut window, "it stands at the second change", |app| {
        app.session().steps() == second + 1 && !app.session().is_running()
    });
}
