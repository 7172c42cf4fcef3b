//! The spikes that reached a neuron, and one of its synapses.

use egui::{DragValue, Label, RichText, Ui};

use super::equation::gate_formula;
use super::scene::{MOST, Scene, Source};
use super::table::{Column, Look, head_ui, row_ui};
use super::term::{Term, change, plain, share, term_ui};
use crate::app::action::{Actions, UiAction};
use crate::app::text::grouped;
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton};
use crate::sim::night::{Integration, SynapseChange, gate_factor};

/// The columns of the spikes that reached a neuron.
const COLUMNS: [Column; 5] = [
    Column {
        title: "Unit",
        help: "A unit of the layer before; click it to see its synapse",
        share: 1.1,
    },
    Column {
        title: "w",
        help: "The weight before the step",
        share: 1.1,
    },
    Column {
        title: "brings",
        help: "What it brings to the impulse: gain times weight, less its part of what inhibition takes",
        share: 1.1,
    },
    Column {
        title: "share, %",
        help: "Its part of the impulse, of the sum of all magnitudes",
        share: 1.1,
    },
    Column {
        title: "Δw",
        help: "What the spike of the neuron does to the weight; nothing if it stays silent",
        share: 1.1,
    },
];

/// The list of the inputs.
pub fn list_ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration) {
    let layer = scene.layer_name(scene.neuron.layer.saturating_sub(1));
    let mut arrivals = integration.arrivals.clone();
    arrivals.sort_by(|a, b| b.part.abs().total_cmp(&a.part.abs()).then(a.input.cmp(&b.input)));
    let (shown, all) = (arrivals.len().min(MOST), integration.weights.len() as u64);
    let title = format!("{layer}: {} of {} units spike", arrivals.len(), grouped(all));
    heading_ui(ui, &shown_of(title, shown, arrivals.len() as u64));
    if !arrivals.is_empty() || integration.lesson.is_some() {
        head_ui(ui, &COLUMNS);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    for arrival in &arrivals[..shown] {
        let by = integration.lesson.as_ref().and(integration.synapse(arrival.input));
        let cells = vec![
            format!("#{}", grouped(arrival.input.into())),
            plain(arrival.weight.into()),
            plain(arrival.part),
            share(arrival.share),
            by.map_or_else(|| "–".to_owned(), |change_of| change(change_of.by())),
        ];
        let bar = Some((3, arrival.share as f32));
        input_row_ui(ui, scene, cells, arrival.input, Source::Arrivals, bar);
    }
    if let Some(lesson) = &integration.lesson {
        let strongest = lesson.strongest.len();
        let lowered = grouped(lesson.lowered as u64);
        ui.add_space(4.0);
        heading_ui(
            ui,
            &format!("Silent units, lowered most: {strongest} of {lowered} shown"),
        );
        for lowered in &lesson.strongest {
            let cells = vec![
                format!("#{}", grouped(lowered.unit.into())),
                plain(lowered.before.into()),
                "–".to_owned(),
                "–".to_owned(),
                change(lowered.by()),
            ];
            input_row_ui(ui, scene, cells, lowered.unit, Source::Lowered, None);
        }
    }
}

/// One input; a press picks its synapse.
fn input_row_ui(
    ui: &mut Ui,
    scene: &mut Scene<'_>,
    cells: Vec<String>,
    input: u32,
    group: Source,
    bar: Option<(usize, f32)>,
) {
    let look = Look {
        lit: scene.is_lit(group),
        picked: scene.picked == Some(input),
        bar,
    };
    let name = format!("Synapse from {}", scene.name(scene.input(input)));
    let response = row_ui(ui, &COLUMNS, cells, look, &name);
    scene.note(&response, Source::Input(input));
    if response.clicked() {
        scene.picked = Some(input);
    }
}

/// Which synapse is looked at, and its numbers.
pub fn synapse_ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let last = (integration.weights.len() as u32).saturating_sub(1);
    let layer = scene.layer_name(scene.neuron.layer.saturating_sub(1));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let text = theme::strong(format!("Synapse from {layer} #"), size::SMALL);
        let label = ui.label(text.color(tokens.text_weak));
        let mut input = scene.picked.unwrap_or(0).min(last);
        let field = ui.add(DragValue::new(&mut input).range(0..=last)).labelled_by(label.id);
        if field.changed() || (field.clicked() && scene.picked.is_none()) {
            scene.picked = Some(input);
        }
        if let Some(picked) = scene.picked {
            let name = format!("Select {}", scene.name(scene.input(picked)));
            let button = ToolButton::text(&name).emphasis(Emphasis::Quiet);
            if ui.add(button).clicked() {
                actions.push(UiAction::Select(scene.input(picked)));
            }
        } else {
            let text = RichText::new("click a unit below, or type its number").size(size::SMALL);
            ui.add(Label::new(text.color(tokens.text_weak)).truncate());
        }
    });
    let Some(synapse) = scene.picked.and_then(|picked| integration.synapse(picked.min(last))) else {
        return;
    };
    numbers_ui(ui, scene, integration, synapse);
}

/// The numbers of a synapse.
fn numbers_ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration, synapse: SynapseChange) {
    let tokens = Tokens::of(ui);
    let learning = integration.rule.learning;
    let at = [scene.neuron.unit as usize, synapse.unit as usize];
    let at_start = scene
        .session
        .night()
        .and_then(|night| night.weights.get(scene.neuron.layer.checked_sub(1)?)?.get(at).copied());
    let arrives = integration.arrives(synapse.unit);
    let spikes = integration.lesson.is_some();
    ui.horizontal_wrapped(|ui| {
        let mut responses = Vec::new();
        if let Some(weight) = at_start {
            let help = "The weight when the network fell asleep";
            responses.push(term_ui(ui, Term::new("w before sleep", weight, help), false));
        }
        let help = "The weight before this step";
        responses.push(term_ui(ui, Term::new("before the step", synapse.before, help), false));
        let help = format!(
            "The factor by which the weight's own value scales its change. {}",
            gate_formula(learning.gate)
        );
        responses.push(term_ui(ui, Term::new("gate(w)", synapse.gate, help), false));
        let (by, help) = match (spikes, arrives) {
            (false, _) => (0.0, "The neuron stays silent, so nothing changes"),
            (true, true) => (synapse.by(), "Both spike: raise times gate"),
            (true, false) => (synapse.by(), "Only the neuron spikes: drop times gate"),
        };
        responses.push(term_ui(ui, Term::change("this step", by, help), false));
        let now = if spikes { synapse.after } else { synapse.before };
        responses.push(term_ui(
            ui,
            Term::new("w now", now, "The weight after this step"),
            false,
        ));
        for response in responses {
            scene.note(&response, Source::Input(synapse.unit));
        }
    });
    if !spikes {
        let factor = |raise| f64::from(gate_factor(learning.gate, synapse.before, raise));
        let text = format!(
            "A spike of both would change it by {}, a spike of the neuron alone by {}.",
            change(f64::from(learning.inc) * factor(true)),
            change(-f64::from(learning.dec) * factor(false))
        );
        let text = RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        ui.add(Label::new(text).wrap());
    }
}

/// "What: 60 of 1,200 shown".
pub fn shown_of(what: String, shown: usize, all: u64) -> String {
    if shown as u64 == all {
        what
    } else {
        format!("{what}: {shown} of {} shown", grouped(all))
    }
}

/// A line over a list.
pub fn heading_ui(ui: &mut Ui, text: &str) {
    let tokens = Tokens::of(ui);
    let text = theme::strong(text, size::SMALL).color(tokens.text_weak);
    ui.add(Label::new(text).truncate());
}
