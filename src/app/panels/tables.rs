//! The data of each pane as a table: exactly what the session holds, for the moment and the choices that are shown.

use ndarray::Array2;

use super::weight_change::Shown;
use super::weight_histogram::BINS;
use super::{Pane, Panels, Seen, compare, neuron_name};
use crate::app::session::Session;
use crate::run::{Cell, Table};
use crate::sim::evaluate::Evaluation;
use crate::sim::night::DT;
use crate::worker::Moment;

impl Panels {
    /// The data of a pane; `None` if it has none yet.
    pub fn table(&mut self, pane: Pane, seen: Seen<'_>) -> Option<Table> {
        let session = seen.session;
        let table = match pane {
            Pane::Raster => spikes(seen),
            Pane::WeightChange => {
                let (layer, shown) = self.weight_change.looks_at();
                weights(session, layer, shown)
            }
            Pane::Fields => weights(session, 0, self.fields.looks_at()),
            Pane::Training => Some(training(session)),
            Pane::Accuracy => accuracy(session),
            Pane::Confusion => Some(confusion(session)),
            Pane::Classes => classes(session),
            Pane::Effects => effects(session),
            Pane::Potentials => potentials(seen),
            Pane::Neurons => self.neurons_table(session),
            Pane::Histogram => self.histogram_table(session),
            Pane::Dream => self.dream_table(session),
            Pane::Inspector => inspector(session),
            Pane::Probe => self.probe_table(session),
            Pane::Fog => self.fog_table(session),
            Pane::Synapse => self.synapse.table(seen),
            Pane::Controls => self.controls.table(session),
            Pane::ImagesUsed => session
                .images_used()
                .map(|used| super::images_table("images_used", used)),
            Pane::NightMap => super::night_map::NightMapView::table(session),
            Pane::Network => network(session),
            Pane::Lanes => Some(compare::unshared(session, &self.comparison)),
            Pane::Compare => Some(compare::accuracies(session)),
            Pane::Activity => super::activity::table(seen),
        }?;
        let is_empty = table.rows().len() == 0;
        (!is_empty).then_some(table)
    }

    /// Every neuron with what it did.
    fn neurons_table(&mut self, session: &Session) -> Option<Table> {
        session.night()?;
        self.tally.bring_up_to_date(session);
        let columns = [
            ("layer", ""),
            ("neuron", ""),
            ("spikes", ""),
            ("rate", "Hz"),
            ("last spike", "step"),
            ("sum of absolute weight changes", ""),
            ("preferred class", ""),
        ];
        let mut table = Table::new("neurons", columns);
        for row in self.tally.rows(session) {
            table.push([
                session.layers().name(row.neuron.layer).into(),
                row.neuron.unit.into(),
                row.spikes.into(),
                row.rate.into(),
                row.last.into(),
                row.change.into(),
                row.prefers.map(|class| session.class_name(class)).into(),
            ]);
        }
        Some(table)
    }

    /// How many weights are in each bin.
    fn histogram_table(&self, session: &Session) -> Option<Table> {
        let (layer, counts) = self.histogram.counts(session)?;
        let name = format!("weights_of_layer_{}", layer + 1);
        let mut table = Table::new(
            &name,
            [
                ("from", ""),
                ("to", ""),
                ("before sleep", "weights"),
                ("now", "weights"),
            ],
        );
        let edge = |bin: usize| counts.bound * (2.0 * bin as f64 / BINS as f64 - 1.0);
        for bin in 0..BINS {
            table.push([
                edge(bin).into(),
                edge(bin + 1).into(),
                counts.before[bin].into(),
                counts.now[bin].into(),
            ]);
        }
        Some(table)
    }

    /// What the replay meter says.
    fn dream_table(&self, session: &Session) -> Option<Table> {
        session.night()?;
        let columns = [
            ("layer", ""),
            ("class", ""),
            ("correlation", ""),
            ("control", ""),
            ("spikes of the layer", ""),
        ];
        let mut table = Table::new("replay", columns);
        for replay in self.dream.replays(session).0 {
            for (class, (r, control)) in replay.classes.iter().enumerate() {
                table.push([
                    session.layers().name(replay.layer).into(),
                    session.class_name(class).into(),
                    (*r).into(),
                    (*control).into(),
                    replay.spikes.into(),
                ]);
            }
        }
        Some(table)
    }

    /// What each picture is read as along the night.
    fn probe_table(&self, session: &Session) -> Option<Table> {
        let classes = session.opened()?.class_names.len();
        let outputs = (0..classes).map(|class| (format!("output {}", session.class_name(class)), ""));
        let columns = [("picture", ""), ("step", ""), ("read as", "")].map(|(name, unit)| (name.to_owned(), unit));
        let mut table = Table::new("probe", columns.into_iter().chain(outputs));
        for (number, picture) in (1_u32..).zip(self.probe.pictures()) {
            let Some(strip) = session.probes().strip(picture.id) else {
                continue;
            };
            for (place, &step) in strip.steps().iter().enumerate() {
                let class = strip.class(place).map(|class| session.class_name(class));
                let row = [number.into(), step.into(), class.into()];
                table.push(
                    row.into_iter()
                        .chain(strip.outputs(place).iter().map(|&output| output.into())),
                );
            }
        }
        Some(table)
    }

    /// Accuracy against the strength of the condition that varies.
    fn fog_table(&self, session: &Session) -> Option<Table> {
        let answer = self.fog.answer(session)?;
        let varied = answer.stress.varied;
        let columns = [
            (super::fog::title(varied).to_lowercase(), super::fog::unit(varied)),
            ("before sleep".to_owned(), "%"),
            ("now".to_owned(), "%"),
        ];
        let mut table = Table::new("fog_and_damage", columns);
        for (&strength, shares) in answer.stress.strengths.iter().zip(&answer.curve) {
            let before = shares.before.map(|share| 100.0 * share);
            table.push([strength.into(), before.into(), (100.0 * shares.now).into()]);
        }
        Some(table)
    }
}

/// Every spike up to the moment that is shown, or of the brushed span.
fn spikes(seen: Seen<'_>) -> Option<Table> {
    let session = seen.session;
    session.night()?;
    let span = seen.selection.span().unwrap_or(0..session.slept());
    let mut table = Table::new("spikes", [("step", ""), ("time", "s"), ("layer", ""), ("unit", "")]);
    let layers = session.layers();
    for (step, units) in session.spikes().range(span) {
        for &unit in units {
            let Some(layer) = layers.layer_of(unit) else { continue };
            let number = unit - layers.units(layer).start;
            table.push([
                (step + 1).into(),
                ((step + 1) as f64 * DT).into(),
                layers.name(layer).into(),
                number.into(),
            ]);
        }
    }
    Some(table)
}

/// The weights of a layer: a row a neuron, a column an input.
fn weights(session: &Session, layer: usize, shown: Shown) -> Option<Table> {
    let (night, snapshot) = session.night().zip(session.weights_now())?;
    let (before, now): (&Array2<f32>, &Array2<f32>) = night.weights.get(layer).zip(snapshot.weights.get(layer))?;
    let (what, value): (&str, fn(f32, f32) -> f32) = match shown {
        Shown::Change => ("weight_changes", |before, now| now - before),
        Shown::Now => ("weights", |_, now| now),
        Shown::Before => ("weights_before_sleep", |before, _| before),
    };
    let when = match snapshot.moment {
        Moment::Tuned(batch) => format!("tuning_batch_{batch}"),
        Moment::Batch(_) | Moment::Step(_) => format!("step_{}", snapshot.steps),
    };
    let name = format!("{what}_{}_{when}", layer + 1);
    let inputs = (0..before.ncols()).map(|input| (format!("from {input}"), ""));
    let mut table = Table::new(&name, [("neuron".to_owned(), "")].into_iter().chain(inputs));
    for (neuron, (before, now)) in before.rows().into_iter().zip(now.rows()).enumerate() {
        let values = before
            .iter()
            .zip(now)
            .map(|(&before, &now)| Cell::from(value(before, now)));
        table.push([neuron.into()].into_iter().chain(values));
    }
    Some(table)
}

/// Every trained batch.
fn training(session: &Session) -> Table {
    let columns = [("phase", ""), ("batch", ""), ("loss", ""), ("accuracy", "%")];
    let mut table = Table::new("training", columns);
    for (phase, batches) in [
        ("training", session.batches()),
        ("fine-tuning", session.tuned_batches()),
    ] {
        for batch in batches {
            table.push([
                phase.into(),
                batch.batch.into(),
                batch.loss.into(),
                (100.0 * f64::from(batch.accuracy)).into(),
            ]);
        }
    }
    table
}

/// The accuracy along the run: the tests of the day, and those of the night or, where it was asked for, every step of it.
fn accuracy(session: &Session) -> Option<Table> {
    let classes = session.opened()?.class_names.len();
    let named = (0..classes).map(|class| (session.class_name(class), "%"));
    let columns = [("batch", ""), ("step", ""), ("tuning batch", ""), ("accuracy", "%")];
    let columns = columns.map(|(name, unit)| (name.to_owned(), unit));
    let mut table = Table::new("accuracy", columns.into_iter().chain(named));
    let traced = session.traced();
    for test in session.evaluations() {
        let (batch, step, tuned) = match test.moment {
            Moment::Batch(batch) => (Some(batch), None, None),
            Moment::Step(_) if traced.is_some() => continue,
            Moment::Step(step) => (None, Some(step), None),
            Moment::Tuned(batch) => (None, None, Some(batch)),
        };
        let shares = test.evaluation.class_accuracy().into_iter();
        let accuracy = 100.0 * test.evaluation.accuracy();
        let row = [batch.into(), step.into(), tuned.into(), accuracy.into()];
        table.push(row.into_iter().chain(shares.map(in_percent)));
    }
    if let Some(traced) = traced {
        let curve = &traced.curve;
        for step in 0..=curve.steps() {
            let shares = (0..curve.classes()).map(|class| curve.class_accuracy(step, class));
            let row = [Cell::Empty, step.into(), Cell::Empty, in_percent(curve.accuracy(step))];
            table.push(row.into_iter().chain(shares.map(in_percent)));
        }
    }
    Some(table)
}

/// A share as a percentage.
fn in_percent(share: Option<f64>) -> Cell {
    share.map(|share| 100.0 * share).into()
}

/// The tests that "before" and "now" stand for, with the steps slept; "now" may be "fine-tuned".
fn before_and_now(session: &Session) -> impl Iterator<Item = (&'static str, u64, &Evaluation)> {
    let before = session.before().map(|before| ("before sleep", 0, before));
    let now = session.now().map(|(moment, now)| match moment {
        Moment::Step(step) => ("now", step, now),
        Moment::Batch(_) | Moment::Tuned(_) => ("fine-tuned", session.steps(), now),
    });
    before.into_iter().chain(now)
}

/// Which class is read as which.
fn confusion(session: &Session) -> Table {
    let columns = [
        ("moment", ""),
        ("step", ""),
        ("class shown", ""),
        ("read as", ""),
        ("images", ""),
        ("share of the class", "%"),
    ];
    let mut table = Table::new("confusion", columns);
    for (moment, step, test) in before_and_now(session) {
        for truth in 0..test.classes {
            for read in 0..test.classes {
                table.push([
                    moment.into(),
                    step.into(),
                    session.class_name(truth).into(),
                    session.class_name(read).into(),
                    test.count(truth, read).into(),
                    (100.0 * test.share_of_class(truth, read)).into(),
                ]);
            }
        }
    }
    table
}

/// Accuracy of each class.
fn classes(session: &Session) -> Option<Table> {
    let before = session.before()?.class_accuracy();
    let now = session.now().map(|(_, now)| now.class_accuracy());
    let mut table = Table::new("classes", [("class", ""), ("before sleep", "%"), ("now", "%")]);
    for (class, &share) in before.iter().enumerate() {
        let now = now.as_ref().and_then(|now| now.get(class).copied().flatten());
        table.push([session.class_name(class).into(), in_percent(share), in_percent(now)]);
    }
    Some(table)
}

/// What each spike did to the accuracy.
fn effects(session: &Session) -> Option<Table> {
    let curve = &session.traced()?.curve;
    let named = (0..curve.classes()).map(|class| (session.class_name(class), "images"));
    let columns = [("step", ""), ("layer", ""), ("neuron", ""), ("change", "images")];
    let columns = columns.map(|(name, unit)| (name.to_owned(), unit));
    let mut table = Table::new("spikes_that_mattered", columns.into_iter().chain(named));
    for (index, effect) in curve.effects().iter().enumerate() {
        let row = [
            effect.step.into(),
            session.layers().name(effect.layer).into(),
            effect.neuron.into(),
            effect.change.into(),
        ];
        table.push(
            row.into_iter()
                .chain(curve.by_class(index).iter().map(|&images| images.into())),
        );
    }
    Some(table)
}

/// The potentials of the selected neurons, step by step, each beside the threshold of its layer.
fn potentials(seen: Seen<'_>) -> Option<Table> {
    let session = seen.session;
    let watched: Vec<_> = seen
        .selection
        .neurons()
        .iter()
        .filter_map(|&neuron| Some((neuron, session.traces().get((neuron.layer, neuron.unit))?)))
        .collect();
    let first = watched.iter().map(|(_, trace)| trace.first_step()).min()?;
    let columns = watched.iter().flat_map(|&(neuron, _)| {
        let name = neuron_name(session, neuron);
        [(format!("{name}: potential"), ""), (format!("{name}: threshold"), "")]
    });
    let mut table = Table::new("potentials", [("step".to_owned(), "")].into_iter().chain(columns));
    for step in first..session.slept() {
        let cells = watched.iter().flat_map(|&(neuron, trace)| {
            let params = session.params_at(step);
            let threshold = params.and_then(|params| params.beta.get(neuron.layer.checked_sub(1)?).copied());
            [Cell::from(trace.at(step)), threshold.into()]
        });
        table.push([(step + 1).into()].into_iter().chain(cells));
    }
    Some(table)
}

/// The synapses of the inspected unit in the step that is shown.
fn inspector(session: &Session) -> Option<Table> {
    let anatomy = session.anatomy()?;
    let integration = anatomy.integration.as_ref()?;
    let name = format!(
        "synapses_step_{}_layer_{}_unit_{}",
        anatomy.step + 1,
        anatomy.unit.0,
        anatomy.unit.1
    );
    let columns = [
        ("input", ""),
        ("spiked", ""),
        ("weight before the step", ""),
        ("part of the impulse", ""),
    ];
    let mut table = Table::new(&name, columns);
    let mut arrivals = integration.arrivals.iter().peekable();
    for (input, &weight) in (0_u32..).zip(&integration.weights) {
        let arrival = arrivals.next_if(|arrival| arrival.input == input);
        table.push([
            input.into(),
            u32::from(arrival.is_some()).into(),
            weight.into(),
            arrival.map(|arrival| arrival.part).into(),
        ]);
    }
    Some(table)
}

/// Every unit: what it did so far, and in the step that is shown.
fn network(session: &Session) -> Option<Table> {
    session.night()?;
    let columns = [
        ("layer", ""),
        ("unit", ""),
        ("spikes so far", ""),
        ("spiked in this step", ""),
        ("potential", ""),
    ];
    let mut table = Table::new(&format!("units_step_{}", session.steps()), columns);
    let layers = session.layers();
    let all: usize = (0..layers.count()).map(|layer| layers.size(layer)).sum();
    let mut counts = vec![0_u64; all];
    for (_, units) in session.spikes().range(0..session.slept()) {
        for &unit in units {
            if let Some(count) = counts.get_mut(unit as usize) {
                *count += 1;
            }
        }
    }
    let now = session
        .slept()
        .checked_sub(1)
        .map_or(&[][..], |step| session.spikes().step(step));
    for layer in 0..layers.count() {
        for (unit, all) in (0_u32..).zip(layers.units(layer)) {
            table.push([
                layers.name(layer).into(),
                unit.into(),
                counts[all as usize].into(),
                u32::from(now.contains(&all)).into(),
                session.potential(layer, unit).into(),
            ]);
        }
    }
    Some(table)
}
