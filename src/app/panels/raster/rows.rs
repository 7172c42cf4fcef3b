//! Which units have a row, and in which order: filtered and sorted, layer by layer.

use egui::Ui;

use super::counts::Counts;
use super::order::{Known, Sort, sort};
use crate::app::panels::Seen;
use crate::app::panels::neurons::{Filter, Tally};
use crate::app::selection::Neuron;

/// Shortest time between two orders while what they are made from keeps changing, in seconds.
const EVERY: f64 = 0.5;
/// The place of a unit that has no row.
const NOWHERE: u32 = u32::MAX;

/// What a person has chosen to see, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// By what the rows are sorted.
    pub sort: Sort,
    /// Comparisons as in the table of neurons; empty keeps all.
    pub filter: String,
    /// Only units that spiked in the part that is looked at.
    pub only_spiking: bool,
    /// Only selected units.
    pub only_selected: bool,
}

impl Choice {
    /// Whether any unit may be left out.
    pub fn leaves_out(&self) -> bool {
        self.only_spiking || self.only_selected || !self.filter.trim().is_empty()
    }

    /// Whether the changes of the weights are needed.
    pub fn reads_weights(&self) -> bool {
        self.sort == Sort::Change || self.filter.to_lowercase().contains("change")
    }

    /// Whether the order hangs on the spikes of the part that is looked at.
    fn reads_counts(&self) -> bool {
        self.sort == Sort::Rate || self.only_spiking || !self.filter.trim().is_empty()
    }

    /// Whether what the table of neurons knows is needed.
    fn reads_tally(&self) -> bool {
        self.reads_weights() || !self.filter.trim().is_empty()
    }
}

/// What the rows were made from. Where the first part differs they are made anew at once, where the second does not too often.
type Key = ((u64, Choice, Option<Vec<Neuron>>, bool), (u64, u64, u64));

/// The rows of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LayerRows {
    /// The units that have a row, by their number in the layer, from the top.
    order: Vec<u32>,
    /// The row of each unit of the layer.
    places: Vec<u32>,
}

impl LayerRows {
    /// Rows in this order, in a layer of so many units.
    fn new(order: Vec<u32>, size: usize) -> Self {
        let mut places = vec![NOWHERE; size];
        for (place, &unit) in order.iter().enumerate() {
            if let Some(at) = places.get_mut(unit as usize) {
                *at = place as u32;
            }
        }
        Self { order, places }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// The unit in a row.
    pub fn unit(&self, row: usize) -> Option<u32> {
        self.order.get(row).copied()
    }

    /// The row of a unit, if it has one.
    pub fn place(&self, unit: u32) -> Option<u32> {
        self.places
            .get(unit as usize)
            .copied()
            .filter(|&place| place != NOWHERE)
    }
}

/// The rows of every layer, made only when what they are made from has changed.
#[derive(Default)]
pub struct Rows {
    key: Option<Key>,
    made_at: f64,
    layers: Vec<LayerRows>,
    fault: Option<String>,
    version: u64,
}

impl Rows {
    /// The rows of a layer.
    pub fn of(&self, layer: usize) -> Option<&LayerRows> {
        self.layers.get(layer)
    }

    /// What is wrong with the filter, in a sentence. Such a filter leaves nothing out.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Counts the times that they were made.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Makes them anew if it is time to.
    pub fn update(&mut self, ui: &Ui, seen: Seen<'_>, choice: &Choice, counts: &Counts, tally: &mut Tally) {
        let session = seen.session;
        if choice.reads_tally() {
            tally.update(ui, session);
        }
        let selected = choice.only_selected.then(|| seen.selection.neurons().to_vec());
        let spanned = seen.selection.span().is_some() && choice.reads_counts();
        let fixed = (session.revision(), choice.clone(), selected, spanned);
        let key = (
            fixed,
            (
                if choice.reads_counts() { counts.version() } else { 0 },
                if choice.reads_tally() { session.slept() } else { 0 },
                if choice.reads_weights() { tally.snapshot() } else { 0 },
            ),
        );
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let time = ui.input(|input| input.time);
        let wait = EVERY - (time - self.made_at);
        if self.key.as_ref().is_some_and(|old| old.0 == key.0) && session.is_running() && wait > 0.0 {
            ui.ctx().request_repaint_after_secs(wait as f32);
            return;
        }
        self.make(seen, choice, counts, tally);
        self.key = Some(key);
        self.made_at = time;
        self.version += 1;
    }

    /// Filters and sorts.
    fn make(&mut self, seen: Seen<'_>, choice: &Choice, counts: &Counts, tally: &Tally) {
        let layers = seen.session.layers();
        let filter = Filter::parse(&choice.filter);
        self.fault = filter.as_ref().err().cloned();
        let filter = filter.unwrap_or_default();
        let spanned = seen.selection.span().is_some();
        let table = if choice.reads_tally() {
            tally.rows(seen.session)
        } else {
            Vec::new()
        };
        self.layers = (0..layers.count())
            .map(|layer| {
                let first = layers.units(layer).start;
                let size = layers.size(layer);
                let known = (0..size as u32).filter_map(|unit| {
                    let spikes = counts.of_unit(first + unit);
                    let mut row = table.get((first + unit) as usize).copied();
                    if let Some(row) = row.as_mut().filter(|_| spanned) {
                        // In a brushed span, "spikes" and "rate" are those of the span.
                        row.spikes = u64::from(spikes);
                        row.rate = f64::from(spikes) / counts.seconds().max(f64::MIN_POSITIVE);
                    }
                    let is_kept = (!choice.only_spiking || spikes > 0)
                        && (!choice.only_selected || seen.selection.place(Neuron { layer, unit }).is_some())
                        && row.is_none_or(|row| filter.keeps(&row));
                    is_kept.then(|| Known {
                        unit,
                        spikes,
                        change: row.and_then(|row| row.change),
                        class: (choice.sort == Sort::Class)
                            .then(|| seen.session.preferred_class(layer, unit))
                            .flatten(),
                    })
                });
                let mut known: Vec<Known> = known.collect();
                sort(&mut known, choice.sort);
                LayerRows::new(known.iter().map(|known| known.unit).collect(), size)
            })
            .collect();
    }
}

#[cfg(test)]
impl Rows {
    /// Every unit of layers of these sizes, by its number.
    pub fn plain(sizes: &[usize]) -> Self {
        let layers = sizes
            .iter()
            .map(|&size| LayerRows::new((0..size as u32).collect(), size));
        Self {
            layers: layers.collect(),
            ..Self::default()
        }
    }

    /// Puts the units of a layer into this order; others have no row.
    pub fn reorder(&mut self, layer: usize, order: &[u32]) {
        let size = self.layers[layer].places.len();
        self.layers[layer] = LayerRows::new(order.to_vec(), size);
        self.version += 1;
    }
}
