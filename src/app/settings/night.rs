//! The night: what drives it, when a neuron spikes, what a spike changes.

use egui::{DragValue, Ui};

use super::choice::choice_ui;
use super::line::{hint, named, take_keyboard};
use super::row::{Against, Rail, Row, parameter_ui};
use super::typed::read;
use crate::app::theme::CONTROL_HEIGHT;
use crate::experiment::{Recipe, parameter};
use crate::sim::night::{Alpha, Dream, Gate, decay_from_tau, tau_from_decay};

/// Everything about the night; `finder` finds thresholds, below them.
pub fn ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>, finder: impl FnOnce(&mut Ui, &Recipe)) {
    parameter_ui(ui, "night.steps", draft, against);
    dream_ui(ui, draft, against);
    parameter_ui(ui, "night.rate", draft, against);
    parameter_ui(ui, "night.window", draft, against);
    parameter_ui(ui, "night.beta", draft, against);
    finder(ui, draft);
    decay_ui(ui, draft, against);
    parameter_ui(ui, "night.inc", draft, against);
    parameter_ui(ui, "night.dec", draft, against);
    gate_ui(ui, draft, against);
    gain_ui(ui, draft, against);
    parameter_ui(ui, "night.w_inh", draft, against);
}

fn dream_ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let pending = against
        .applied
        .is_some_and(|applied| applied.night.dream != draft.night.dream);
    let choices = [
        (
            Dream::Windows,
            "Windows",
            "Each step a window of the mean image at a random place, as in the reference",
        ),
        (Dream::WholeImage, "Whole image", "The whole mean image at every step"),
        (
            Dream::Uniform,
            "Uniform noise",
            "Every pixel alike, with as many spikes as windows would give",
        ),
        (Dream::Silence, "Silence", "No input at all"),
    ];
    choice_ui(
        ui,
        "Dream",
        "What drives the input neurons",
        &mut draft.night.dream,
        &choices,
        &against.preset.night.dream,
        pending,
    );
}

/// The decay as a time constant, which the slider moves, and as a factor a step.
fn decay_ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let Some(decay) = parameter("night.decay") else { return };
    let pending = against
        .applied
        .is_some_and(|applied| applied.night.decay.to_bits() != draft.night.decay.to_bits());
    let mut tau = tau_from_decay(draft.night.decay);
    let row = Row {
        name: "Time constant",
        unit: "s",
        help: "After this time a potential has fallen to 37 %. It is the decay in seconds: the two are one setting.",
        source: "1 s, a decay of 0.999 per step, is that of every parameter set in the reference code.",
        rail: Rail::Logarithmic,
        range: 0.01..=100.0,
        allowed: 0.0..=f64::INFINITY,
        whole: false,
        wanted: false,
    };
    if row.ui(ui, &mut tau, Some(tau_from_decay(against.preset.night.decay)), pending) {
        draft.night.decay = if tau.is_infinite() {
            1.0
        } else {
            decay_from_tau(tau.max(0.0))
        };
    }
    named(ui, "as decay", pending, |ui, label| {
        let preset = against.preset.night.decay;
        let help = format!(
            "{}\n\nFrom 0 to 1. Preset: {preset}. Double-click on the name for it.\n\n{}",
            decay.help, decay.source
        );
        let label = label.on_hover_text(&help);
        if label.double_clicked() {
            draft.night.decay = preset;
        }
        let width = ui.available_width() - 22.0;
        let written = |value: f64| {
            let text = format!("{value:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let old = draft.night.decay;
        let drag = DragValue::new(&mut draft.night.decay)
            .range(decay.range.clone())
            .speed(0.0001)
            .custom_formatter(|value, _| written(value))
            .custom_parser(move |text| read(text, old, written))
            .suffix(format!(" {}", decay.unit));
        let field = ui
            .add_sized([width, CONTROL_HEIGHT - 2.0], drag)
            .labelled_by(label.id)
            .on_hover_text(help);
        if against.wanted == Some((decay.path, 0)) {
            take_keyboard(ui, &field, &written(draft.night.decay));
        }
    });
}

/// A line for a plain number without a slider, from `low` to a million.
fn plain_row<'a>(name: &'a str, help: &'a str, source: &'a str, low: f64) -> Row<'a> {
    Row {
        name,
        unit: "",
        help,
        source,
        rail: Rail::None,
        range: low..=1e6,
        allowed: low..=1e6,
        whole: false,
        wanted: false,
    }
}

fn gate_ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let pending = against
        .applied
        .is_some_and(|applied| applied.night.gate != draft.night.gate);
    let bound = if let Gate::SoftBounds { bound } = draft.night.gate {
        bound
    } else {
        0.1
    };
    let choices = [
        (
            Gate::Reference,
            "Reference",
            "2 / (1 + exp(w / 0.001)): positive weights hardly move",
        ),
        (
            Gate::PlainSigmoid,
            "Plain sigmoid",
            "2 / (1 + exp(w)): a public port of the reference",
        ),
        (Gate::None, "None", "The plain Hebbian rule"),
        (
            Gate::SoftBounds { bound },
            "Soft bounds",
            "Changes shrink towards a bound that no weight passes",
        ),
    ];
    choice_ui(
        ui,
        "Gate",
        "How a weight's own value scales its change",
        &mut draft.night.gate,
        &choices,
        &against.preset.night.gate,
        pending,
    );
    if let Gate::SoftBounds { bound } = &mut draft.night.gate {
        let preset = match against.preset.night.gate {
            Gate::SoftBounds { bound } => Some(f64::from(bound)),
            _ => None,
        };
        let row = plain_row(
            "Bound",
            "The largest magnitude a weight can reach.",
            "0.1 to begin with, ten times the weights at birth; no publication has it.",
            1e-6,
        );
        let mut value = f64::from(*bound);
        if row.ui(ui, &mut value, preset, pending) {
            *bound = value as f32;
        }
    }
}

fn gain_ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>) {
    let pending = against
        .applied
        .is_some_and(|applied| applied.night.alpha != draft.night.alpha);
    let layers = draft.network.hidden.len() + 1;
    let scale = match (&draft.night.alpha, &against.preset.night.alpha) {
        (Alpha::FromData { scale }, _) | (_, Alpha::FromData { scale }) => *scale,
        _ => 1.0,
    };
    let given = match (&draft.night.alpha, &against.preset.night.alpha) {
        (Alpha::Given(gains), _) => gains.clone(),
        (_, Alpha::Given(gains)) if gains.len() == layers => gains.clone(),
        _ => vec![1.0; layers],
    };
    let choices = [
        (
            Alpha::FromData { scale },
            "From the data",
            "Such that the largest activation of each layer would just reach one, times a scale",
        ),
        (Alpha::Given(given), "Given", "A number for each layer"),
    ];
    choice_ui(
        ui,
        "Gain",
        "What each layer's input is multiplied by",
        &mut draft.night.alpha,
        &choices,
        &against.preset.night.alpha,
        pending,
    );
    parameter_ui(ui, "night.alpha.FromData.scale", draft, against);
    if let Alpha::Given(gains) = &mut draft.night.alpha {
        for (layer, gain) in gains.iter_mut().enumerate() {
            let name = format!("Gain {}", layer + 1);
            let help = "What the input of this layer is multiplied by.";
            let source = "1 to begin with; the reference code computes the gains from the data.";
            let preset = match &against.preset.night.alpha {
                Alpha::Given(gains) => gains.get(layer).copied(),
                Alpha::FromData { .. } => None,
            };
            plain_row(&name, help, source, 0.0).ui(ui, gain, preset, pending);
        }
        hint(ui, "one for each layer after the input");
    }
}
