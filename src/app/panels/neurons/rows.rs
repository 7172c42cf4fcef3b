//! What every neuron did, counted as it happens.

use egui::Ui;
use ndarray::{Array2, ArrayView1};

use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::{grouped, number};
use crate::sim::night::DT;

/// Shortest time between two sums over all weights while the night runs, in seconds.
const EVERY: f64 = 0.25;

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter)]
pub enum Column {
    /// The layer.
    Layer,
    /// Number in the layer.
    Index,
    /// Spikes of this night.
    Spikes,
    /// Spikes a second.
    Rate,
    /// Step of the last spike.
    Last,
    /// Sum of what its weights changed.
    Change,
    /// The class that drives it most awake.
    Prefers,
}

impl Column {
    /// What it is called in a filter.
    pub fn name(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Index => "index",
            Self::Spikes => "spikes",
            Self::Rate => "rate",
            Self::Last => "last",
            Self::Change => "change",
            Self::Prefers => "prefers",
        }
    }

    /// What it is called over the column, with its unit.
    pub fn title(self) -> &'static str {
        match self {
            Self::Layer => "Layer",
            Self::Index => "#",
            Self::Spikes => "Spikes",
            Self::Rate => "Rate, Hz",
            Self::Last => "Last, step",
            Self::Change => "Σ |Δw|",
            Self::Prefers => "Prefers",
        }
    }

    /// What it says, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Self::Layer => "The layer; in a filter a number: 0 is the inputs, then layer after layer",
            Self::Index => "Number of the neuron in its layer, from 0",
            Self::Spikes => "Spikes of this night so far",
            Self::Rate => "Spikes a second over the night so far; a step is a millisecond",
            Self::Last => "The step of the last spike; step 1 is the first of the night",
            Self::Change => {
                "Sum of the absolute changes of the weights into the neuron since it fell asleep; inputs have no such weights"
            }
            Self::Prefers => {
                "The class whose images drive it most, awake and before sleep, in the mean; an output stands for its class. In a filter a number: the first class is 0"
            }
        }
    }

    /// Its share of the width.
    pub fn share(self) -> f32 {
        match self {
            Self::Layer | Self::Last | Self::Change => 1.15,
            Self::Index => 0.75,
            Self::Spikes | Self::Prefers => 0.9,
            Self::Rate => 1.0,
        }
    }
}

/// One neuron of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NeuronRow {
    /// Which.
    pub neuron: Neuron,
    /// Spikes of this night.
    pub spikes: u64,
    /// Spikes a second.
    pub rate: f64,
    /// Step of the last spike.
    pub last: Option<u64>,
    /// Sum of what its weights changed, if it has any and they are known.
    pub change: Option<f64>,
    /// The class that drives it most awake, if one does.
    pub prefers: Option<usize>,
}

impl NeuronRow {
    /// The number in a column, if there is one.
    pub fn value(&self, column: Column) -> Option<f64> {
        match column {
            Column::Layer => Some(self.neuron.layer as f64),
            Column::Index => Some(self.neuron.unit.into()),
            Column::Spikes => Some(self.spikes as f64),
            Column::Rate => Some(self.rate),
            Column::Last => self.last.map(|step| step as f64),
            Column::Change => self.change,
            Column::Prefers => self.prefers.map(|class| class as f64),
        }
    }

    /// The number in a column as a person writes it.
    pub fn text(&self, column: Column) -> String {
        match (column, self.value(column)) {
            (_, None) => "–".to_owned(),
            (Column::Rate, Some(rate)) => format!("{rate:.1}"),
            // As many decimals in every row, so that the points stand under each other.
            (Column::Change, Some(change)) if change >= 0.001 => format!("{change:.3}"),
            (Column::Change, Some(change)) => number(change),
            (_, Some(value)) => grouped(value as u64),
        }
    }
}

/// Sum of the absolute changes of the weights into each neuron, layer by layer of weights.
pub fn change_sums(before: &[Array2<f32>], now: &[Array2<f32>]) -> Vec<Vec<f64>> {
    let sum = |(before, now): (ArrayView1<'_, f32>, ArrayView1<'_, f32>)| {
        let changes = before.iter().zip(now);
        changes.map(|(&before, &now)| f64::from((now - before).abs())).sum()
    };
    let layers = before.iter().zip(now);
    layers
        .map(|(before, now)| before.rows().into_iter().zip(now.rows()).map(sum).collect())
        .collect()
}

/// Spikes and changes, kept up with the session. Only new steps are counted.
#[derive(Debug, Default)]
pub struct Tally {
    run: u64,
    /// Spikes and step of the last one, for each unit of all layers.
    spikes: Vec<(u64, Option<u64>)>,
    /// Steps below this are counted.
    done: u64,
    /// Sums of changes, layer by layer of weights, the number of the snapshot they belong to, and when they were made.
    changes: Option<(Vec<Vec<f64>>, u64, f64)>,
}

impl Tally {
    /// Counts what is new.
    pub fn update(&mut self, ui: &Ui, session: &Session) {
        self.count(session);
        self.sum_changes(ui, session);
    }

    /// Counts the spikes of new steps.
    fn count(&mut self, session: &Session) {
        let steps = session.slept();
        if self.run != session.revision() || steps < self.done {
            *self = Self {
                run: session.revision(),
                ..Self::default()
            };
        }
        let layers = session.layers();
        let units = (0..layers.count()).map(|layer| layers.size(layer)).sum();
        self.spikes.resize(units, (0, None));
        for (step, units) in session.spikes().range(self.done..steps) {
            for &unit in units {
                if let Some((count, last)) = self.spikes.get_mut(unit as usize) {
                    *count += 1;
                    *last = Some(step + 1);
                }
            }
        }
        self.done = steps;
    }

    /// Counts what is new, and sums the changes of the weights however short ago the last time was.
    pub fn bring_up_to_date(&mut self, session: &Session) {
        self.count(session);
        let weights = session.night().zip(session.weights_now());
        let made_at = self.changes.as_ref().map_or(0.0, |(_, _, made_at)| *made_at);
        self.changes = weights.map(|(night, now)| (change_sums(&night.weights, &now.weights), now.number, made_at));
    }

    /// Sums the changes of the weights, if there are newer ones and the last time was long enough ago.
    fn sum_changes(&mut self, ui: &Ui, session: &Session) {
        let Some((night, now)) = session.night().zip(session.weights_now()) else {
            self.changes = None;
            return;
        };
        let time = ui.input(|input| input.time);
        if let Some((_, snapshot, made_at)) = &self.changes {
            if *snapshot == now.number {
                return;
            }
            let wait = EVERY - (time - made_at);
            if session.is_running() && wait > 0.0 {
                ui.ctx().request_repaint_after_secs(wait as f32);
                return;
            }
        }
        let sums = change_sums(&night.weights, &now.weights);
        self.changes = Some((sums, now.number, time));
    }

    /// The number of the snapshot of the weights that the changes belong to; 0 while none are known.
    pub fn snapshot(&self) -> u64 {
        self.changes.as_ref().map_or(0, |(_, snapshot, _)| *snapshot)
    }

    /// Every neuron, layer after layer.
    pub fn rows(&self, session: &Session) -> Vec<NeuronRow> {
        let layers = session.layers();
        let seconds = session.slept() as f64 * DT;
        let mut rows = Vec::with_capacity(self.spikes.len());
        for layer in 0..layers.count() {
            let sums = self
                .changes
                .as_ref()
                .and_then(|(sums, _, _)| sums.get(layer.checked_sub(1)?));
            for (unit, all) in layers.units(layer).enumerate() {
                let (spikes, last) = self.spikes.get(all as usize).copied().unwrap_or_default();
                rows.push(NeuronRow {
                    neuron: Neuron {
                        layer,
                        unit: unit as u32,
                    },
                    spikes,
                    rate: if seconds > 0.0 { spikes as f64 / seconds } else { 0.0 },
                    last,
                    change: sums.and_then(|sums| sums.get(unit)).copied(),
                    prefers: session.preferred_class(layer, unit as u32),
                });
            }
        }
        rows
    }
}
