//! What each part of a step says, with the numbers of that step.

use super::Part;
use crate::app::panels::neuron_name;
use crate::app::selection::Selection;
use crate::app::session::Session;
use crate::app::text::{counted, grouped, number};
use crate::sim::night::Integration;

/// The sentence of a part of a step, counted from 0. The numbers of a neuron are those of the one that was selected last, once
/// they are there.
pub(super) fn caption(part: Part, session: &Session, selection: &Selection, step: u64) -> String {
    let neuron = selection.neurons().last().filter(|neuron| neuron.layer > 0);
    let name = neuron.map_or_else(String::new, |&neuron| neuron_name(session, neuron));
    let anatomy = session.anatomy().filter(|anatomy| {
        anatomy.step == step && neuron.is_some_and(|neuron| anatomy.unit == (neuron.layer, neuron.unit))
    });
    let known = anatomy.and_then(|anatomy| anatomy.integration.as_ref());
    match (part, known) {
        (Part::Input, _) => input(session, step),
        (Part::Sum, Some(known)) => sum(&name, known),
        (Part::Sum, None) => "Each neuron adds the weights from the units before it that spike, times the gain of its layer. Select a neuron to see its numbers.".to_owned(),
        (Part::Decay, Some(known)) => format!(
            "{name} had a potential of {}; times the decay of {} it is {}. With what came in it comes to {}.",
            number(known.before.into()),
            number(known.rule.decay.into()),
            number(known.decayed.into()),
            number(known.reached.into())
        ),
        (Part::Decay, None) => {
            let decay = session.params_at(step).map_or(1.0, |params| params.decay);
            format!("What was left of each potential decays to {} of it; then what came in is added.", number(decay))
        }
        (Part::Compare, Some(known)) => compare(&name, known),
        (Part::Compare, None) => {
            let thresholds = session.params_at(step).map_or_else(String::new, |params| {
                let all: Vec<_> = params.beta.iter().map(|&threshold| number(threshold)).collect();
                all.join(", ")
            });
            format!("Each potential is compared with the threshold of its layer: {thresholds}.")
        }
        (Part::Spike, _) => spike(session, step),
        (Part::Learn, known) => learn(session, step, &name, known),
        (Part::Reset, Some(known)) if known.lesson.is_some() => {
            format!("{name} has spiked, so its potential is 0 again. Whoever was silent keeps its potential for the next step.")
        }
        (Part::Reset, Some(known)) => format!(
            "{name} was silent and keeps its potential of {} for the next step. Whoever spiked is at 0 again.",
            number(known.after.into())
        ),
        (Part::Reset, None) => "Whoever spiked is at a potential of 0 again; all others keep theirs for the next step.".to_owned(),
    }
}

/// How many units of each layer spiked in a step.
fn counts(session: &Session, step: u64) -> Vec<u64> {
    let layers = session.layers();
    let units = session.spikes().step(step);
    let of_layer = |layer: usize| units.iter().filter(|unit| layers.units(layer).contains(unit)).count() as u64;
    (0..layers.count()).map(of_layer).collect()
}

fn input(session: &Session, step: u64) -> String {
    let spikes = counts(session, step).first().copied().unwrap_or(0);
    let all = if session.layers().count() > 0 {
        session.layers().size(0) as u64
    } else {
        0
    };
    let place = match session.dream() {
        Some((_, Some((left, top, side)))) => {
            format!("a window of {side} x {side} pixels at column {left}, row {top} of the mean image")
        }
        _ => "the whole image".to_owned(),
    };
    format!(
        "The dream shows {place}. By chance, the more often the brighter, {} of {} inputs spike.",
        grouped(spikes),
        grouped(all)
    )
}

fn sum(name: &str, known: &Integration) -> String {
    let spikes = counted(known.arrivals.len() as u64, "spike");
    format!(
        "{name} receives {spikes}. Their weights add up to {}; times the gain of {} that brings {}.",
        number(known.sum.into()),
        number(known.rule.alpha.into()),
        number(known.impulse.into())
    )
}

fn compare(name: &str, known: &Integration) -> String {
    let threshold = number(known.rule.threshold.into());
    let margin = known.margin();
    if margin >= 0.0 {
        format!(
            "{name} is at {}, {} above its threshold of {threshold}.",
            number(known.reached.into()),
            number(margin)
        )
    } else {
        format!(
            "{name} is at {}, {} short of its threshold of {threshold}.",
            number(known.reached.into()),
            number(-margin)
        )
    }
}

fn spike(session: &Session, step: u64) -> String {
    let layers = session.layers();
    let each = counts(session, step).into_iter().enumerate().skip(1);
    let each: Vec<_> = each
        .map(|(layer, count)| {
            format!(
                "{} of {} in {}",
                grouped(count),
                grouped(layers.size(layer) as u64),
                layers.name(layer)
            )
        })
        .collect();
    format!(
        "Whoever has reached the threshold spikes: {}. A spike reaches the next layer within the same step.",
        each.join(", ")
    )
}

fn learn(session: &Session, step: u64, name: &str, known: Option<&Integration>) -> String {
    if let Some(lesson) = known.and_then(|known| known.lesson.as_ref()) {
        return format!(
            "{name} has spiked, so every weight into it changes: {} from units that spiked too are raised, {} from silent ones are lowered.",
            grouped(lesson.raised.len() as u64),
            grouped(lesson.lowered as u64)
        );
    }
    let counts = counts(session, step);
    let spiked: u64 = counts.iter().skip(1).sum();
    let layers = session.layers();
    let weights: u64 = (1..layers.count())
        .map(|layer| counts[layer] * layers.size(layer - 1) as u64)
        .sum();
    let (raise, drop) = session
        .params_at(step)
        .map_or((0.0, 0.0), |params| (params.inc, params.dec));
    format!(
        "{} spiked, and {} into them change: raised by {} times the gate where the unit before spiked too, lowered by {} times the gate where it was silent.",
        counted(spiked, "neuron"),
        counted(weights, "weight"),
        number(raise),
        number(drop)
    )
}
