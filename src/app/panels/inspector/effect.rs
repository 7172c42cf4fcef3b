//! What a spike did: whom it fed, who spiked because of it, what it taught.

use egui::{Label, RichText, Ui, vec2};

use super::inputs::{heading_ui, shown_of};
use super::scene::{MOST, Scene, Source, ranked};
use super::table::{Column, Look, head_ui, row_ui};
use super::term::{Term, change, plain, share, term_ui};
use crate::app::action::{Actions, LaneAction, UiAction};
use crate::app::commands::Deed;
use crate::app::selection::Neuron;
use crate::app::text::grouped;
use crate::app::theme::Tokens;
use crate::app::widgets::{Icon, ToolButton};
use crate::sim::night::{Anatomy, Effect, Fed, Spike, SynapseChange};

/// The columns of those who were fed.
const FED: [Column; 6] = [
    Column {
        title: "Neuron",
        help: "A neuron of the next layer; click it to select it",
        share: 0.8,
    },
    Column {
        title: "brings",
        help: "What the spike brings to its impulse: gain times weight, less its part of what inhibition takes",
        share: 0.9,
    },
    Column {
        title: "share, %",
        help: "The spike's part of all that reaches the neuron in this step, of the sum of all magnitudes",
        share: 0.85,
    },
    Column {
        title: "potential",
        help: "The neuron's potential in this step, as it is compared with the threshold",
        share: 0.95,
    },
    Column {
        title: "outcome",
        help: "Tipped: it spikes and would not have without this spike. Spikes: it would have all the same. Held back: without this spike it would have spiked. A number: so far it stays below the threshold.",
        share: 1.35,
    },
    Column {
        title: "Δw",
        help: "What happens to the weight from the unit to it: raised if both spike",
        share: 0.9,
    },
];

/// The columns of the synapses of a silent unit that were lowered.
const LOWERED: [Column; 4] = [
    Column {
        title: "Neuron",
        help: "A neuron of the next layer that spikes; click it to select it",
        share: 1.0,
    },
    Column {
        title: "w",
        help: "The weight from the unit to it before the step",
        share: 1.0,
    },
    Column {
        title: "gate(w)",
        help: "The factor by which the weight's own value scales its change",
        share: 1.0,
    },
    Column {
        title: "Δw",
        help: "What the spike of the neuron does to the weight",
        share: 1.0,
    },
];

/// What the unit did to the next layer.
pub fn ui(ui: &mut Ui, scene: &mut Scene<'_>, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let weak = |ui: &mut Ui, text: String| {
        ui.add(Label::new(RichText::new(text).color(tokens.text)).wrap());
    };
    let anatomy = scene.anatomy;
    if anatomy.spiked {
        without_ui(ui, anatomy, actions);
    }
    let Some(effect) = &anatomy.effect else {
        let text = if anatomy.spiked {
            "An output: no layer is behind it. Its spike changed the weights into it and nothing else."
        } else {
            "An output: no layer is behind it."
        };
        return weak(ui, text.to_owned());
    };
    ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
    if anatomy.spiked {
        return spike_ui(ui, scene, effect, actions);
    }
    weak(
        ui,
        "It stays silent in this step, so it feeds nobody. The buttons above go to its spikes.".to_owned(),
    );
    if !effect.taught.is_empty() {
        let layer = scene.layer_name(scene.neuron.layer + 1);
        let (shown, all) = (effect.taught.len().min(MOST), effect.taught.len() as u64);
        let title = format!("{layer}: {} spike without it and lower its synapses", grouped(all));
        heading_ui(ui, &shown_of(title, shown, all));
        head_ui(ui, &LOWERED);
        ui.spacing_mut().item_spacing.y = 0.0;
        for taught in &effect.taught[..shown] {
            lowered_row_ui(ui, scene, *taught, actions);
        }
    }
}

/// The way to a night in which the spike does not happen.
fn without_ui(ui: &mut Ui, anatomy: &Anatomy, actions: &mut Actions) {
    let help = "A lane in which this spike does not happen: nobody receives it and no weight learns from it. The neuron is spent all the same: its potential is 0 again";
    let button = ToolButton::new(Icon::Branch, "Without this one spike");
    let response = ui.add(button).on_hover_text(Deed::WithoutSpike.hint(help));
    if response.clicked() {
        let (layer, unit) = anatomy.unit;
        let step = anatomy.step;
        actions.push(UiAction::Lane(LaneAction::Without(Spike { step, layer, unit })));
    }
}

/// What a spike did: in sum, then neuron by neuron.
fn spike_ui(ui: &mut Ui, scene: &mut Scene<'_>, effect: &Effect, actions: &mut Actions) {
    let tipped = effect.fed.iter().filter(|fed| fed.is_tipped()).count();
    let held_back = effect.fed.iter().filter(|fed| fed.is_held_back()).count();
    let fed = effect.fed.iter().filter(|fed| fed.part != 0.0).count();
    ui.horizontal_wrapped(|ui| {
        let counts = [
            (
                Source::Fed,
                "fed",
                fed,
                "Neurons of the next layer whose impulse the spike changes",
            ),
            (
                Source::Tipped,
                "tipped",
                tipped,
                "Neurons that spike and would not have without this spike: their margin over the threshold is smaller than what it brings",
            ),
            (
                Source::HeldBack,
                "held back",
                held_back,
                "Neurons that stay silent and would have spiked without this spike",
            ),
            (
                Source::Taught,
                "taught",
                effect.taught.len(),
                "Synapses from this unit that are raised, because the neurons behind them spike too",
            ),
        ];
        for (source, name, count, help) in counts {
            let term = term_ui(ui, Term::count(name, count, help), scene.is_lit(source));
            scene.note(&term, source);
        }
        let by: f64 = effect.taught.iter().map(|change| change.by()).sum();
        let help = "Sum of the changes of the synapses from this unit";
        let term = term_ui(ui, Term::change("Σ Δw", by, help), scene.is_lit(Source::Taught));
        scene.note(&term, Source::Taught);
    });
    ui.add_space(4.0);
    let layer = scene.layer_name(scene.neuron.layer + 1);
    let ranked = ranked(effect);
    let (shown, all) = (ranked.len().min(MOST), ranked.len() as u64);
    let threshold = plain(effect.rule.threshold.into());
    let title = format!("{layer}, threshold {threshold}");
    heading_ui(ui, &shown_of(title, shown, all));
    head_ui(ui, &FED);
    ui.spacing_mut().item_spacing.y = 0.0;
    for fed in &ranked[..shown] {
        let taught = effect.taught.iter().find(|change| change.unit == fed.neuron);
        fed_row_ui(ui, scene, *fed, taught, effect.rule.threshold, actions);
    }
}

/// A neuron that was fed.
fn fed_row_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    fed: Fed,
    taught: Option<&SynapseChange>,
    threshold: f32,
    actions: &mut Actions,
) {
    let outcome = if fed.is_tipped() {
        "tipped".to_owned()
    } else if fed.spiked {
        "spikes".to_owned()
    } else if fed.is_held_back() {
        "held back".to_owned()
    } else {
        format!("{} below", plain(f64::from(threshold) - f64::from(fed.reached)))
    };
    let cells = vec![
        format!("#{}", grouped(fed.neuron.into())),
        plain(fed.part),
        share(fed.share),
        plain(fed.reached.into()),
        outcome.clone(),
        taught.map_or_else(|| "–".to_owned(), |taught| change(taught.by())),
    ];
    let lit = scene.is_lit(Source::Fed)
        || (scene.is_lit(Source::Tipped) && fed.is_tipped())
        || (scene.is_lit(Source::HeldBack) && fed.is_held_back())
        || (scene.is_lit(Source::Taught) && taught.is_some());
    let look = Look {
        lit,
        picked: false,
        bar: Some((2, fed.share as f32)),
    };
    let neuron = scene.post(fed.neuron);
    let name = format!("Fed {}, {outcome}", scene.name(neuron));
    let response = row_ui(ui, &FED, cells, look, &name);
    scene.note(&response, Source::Post(fed.neuron));
    if response.clicked() {
        select(ui, neuron, actions);
    }
}

/// A synapse of a silent unit that was lowered.
fn lowered_row_ui(ui: &mut Ui, scene: &mut Scene<'_>, taught: SynapseChange, actions: &mut Actions) {
    let cells = vec![
        format!("#{}", grouped(taught.unit.into())),
        plain(taught.before.into()),
        plain(taught.gate.into()),
        change(taught.by()),
    ];
    let look = Look {
        lit: scene.is_lit(Source::Taught),
        ..Look::default()
    };
    let neuron = scene.post(taught.unit);
    let name = format!("Lowered to {}", scene.name(neuron));
    let response = row_ui(ui, &LOWERED, cells, look, &name);
    scene.note(&response, Source::Post(taught.unit));
    if response.clicked() {
        select(ui, neuron, actions);
    }
}

/// Selects a neuron, or adds it.
fn select(ui: &Ui, neuron: Neuron, actions: &mut Actions) {
    actions.push(if ui.input(|input| input.modifiers.command) {
        UiAction::ToggleSelected(neuron)
    } else {
        UiAction::Select(neuron)
    });
}
