//! What the units are coloured by.

use egui::Ui;

use crate::app::panels::neurons::change_sums;
use crate::app::session::Session;
use crate::app::text::nice_ceiling;
use crate::app::theme::{ColorMap, Tokens};
use crate::app::widgets::segmented;
use crate::sim::night::DT;

/// Shortest time between two looks at all weights while the night runs, in seconds.
const EVERY: f64 = 0.5;
/// The choices of steps that a rate is taken over; none is the whole night so far.
const WINDOWS: [Option<u64>; 4] = [Some(20), Some(100), Some(500), None];

/// What the units are coloured by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Figure {
    /// Whether they spiked in the step that is shown.
    #[default]
    Spikes,
    /// Spikes a second over the last steps.
    Rate,
    /// Their potential as a share of the threshold.
    Potential,
    /// What became of their weights.
    Change,
}

impl Figure {
    /// How its numbers become colours.
    pub fn map(self, tokens: &Tokens) -> ColorMap {
        if self == Self::Potential {
            tokens.signed
        } else {
            tokens.amount
        }
    }

    /// What stands in a layer that has no such numbers.
    pub fn lacking(self) -> &'static str {
        match self {
            Self::Change => "no weights into it",
            Self::Spikes | Self::Rate | Self::Potential => "no potential",
        }
    }
}

/// The values of every unit.
#[derive(Default)]
pub struct Figures {
    /// What is shown.
    pub figure: Figure,
    window: WindowChoice,
    made: Option<Key>,
    made_at: f64,
    /// Counts the times that the values became others.
    version: u64,
    /// One value a unit, layer by layer; nothing for a layer that has no such values.
    values: Vec<Option<Vec<f32>>>,
    counts: Counts,
    /// The run, and the upper ends of the scales of rates and changes. They only grow within a run.
    scale: (u64, f64, f64),
}

/// The steps that a rate is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct WindowChoice(Option<u64>);

impl Default for WindowChoice {
    fn default() -> Self {
        Self(Some(100))
    }
}

/// What values belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    revision: u64,
    steps: u64,
    slept: u64,
    figure: Figure,
    window: Option<u64>,
    snapshot: u64,
}

impl Figures {
    /// Chooses what is shown. In a header the rest of the line is filled from the right.
    pub fn choice_ui(&mut self, ui: &mut Ui) {
        let choices = [
            (Figure::Spikes, "Spikes"),
            (Figure::Rate, "Rate"),
            (Figure::Potential, "Potential"),
            (Figure::Change, "Change"),
        ];
        let choices = choices.map(|(figure, word)| (figure, word.to_owned()));
        let help = |figure| match figure {
            Figure::Spikes => "Who spiked in the step that is shown",
            Figure::Rate => "Spikes a second over the last steps",
            Figure::Potential => "The potential after the step, as a share of the threshold. Who spiked is at 0 again",
            Figure::Change => "Sum of the absolute changes of the weights into the neuron since it fell asleep",
        };
        if let Some(figure) = segmented(ui, "Colour by", &choices, self.figure, |figure| help(figure).to_owned()) {
            self.figure = figure;
        }
    }

    /// Chooses the steps that the rate is taken over, if a rate is shown.
    pub fn window_ui(&mut self, ui: &mut Ui) {
        if self.figure != Figure::Rate {
            return;
        }
        let word = |window: Option<u64>| window.map_or_else(|| "Night".to_owned(), |steps| steps.to_string());
        let choices = WINDOWS.map(|window| (window, word(window)));
        let help = |window: Option<u64>| match window {
            Some(steps) => format!("Rate over the last {steps} steps"),
            None => "Rate over the whole night so far".to_owned(),
        };
        if let Some(window) = segmented(ui, "Rate over steps:", &choices, self.window.0, help) {
            self.window.0 = window;
        }
    }

    /// Steps that the rate is taken over; all if there is no number.
    pub fn window(&self) -> Option<u64> {
        self.window.0
    }

    /// The values of a layer, if it has such.
    pub fn layer(&self, layer: usize) -> Option<&[f32]> {
        self.values.get(layer)?.as_deref()
    }

    /// Counts the times that the values became others.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The value at the upper end of the scale.
    pub fn bound(&self) -> f64 {
        match self.figure {
            Figure::Spikes | Figure::Potential => 1.0,
            Figure::Rate => self.scale.1,
            Figure::Change => self.scale.2,
        }
    }

    /// Works the values out, if what they belong to has changed; all weights not too often.
    pub fn update(&mut self, ui: &Ui, session: &Session) {
        let of_weights = self.figure == Figure::Change;
        let snapshot = session.weights_now().filter(|_| of_weights);
        let key = Key {
            revision: session.revision(),
            steps: if of_weights { 0 } else { session.steps() },
            slept: if of_weights { 0 } else { session.slept() },
            figure: self.figure,
            window: self.window.0,
            snapshot: snapshot.map_or(0, |snapshot| snapshot.number),
        };
        if self.made == Some(key) {
            return;
        }
        let time = ui.input(|input| input.time);
        let only_time = self.made.is_some_and(|made| {
            Key {
                snapshot: key.snapshot,
                ..made
            } == key
        });
        let wait = EVERY - (time - self.made_at);
        if only_time && session.is_running() && wait > 0.0 {
            ui.ctx().request_repaint_after_secs(wait as f32);
            return;
        }
        if self.scale.0 != session.run() {
            self.scale = (session.run(), 0.0, 0.0);
        }
        self.values = self.worked_out(session);
        let finite = self.values.iter().flatten().flatten().filter(|value| value.is_finite());
        let largest = nice_ceiling(finite.fold(0.0_f32, |most, value| most.max(value.abs())).into());
        match self.figure {
            Figure::Rate => self.scale.1 = self.scale.1.max(largest),
            Figure::Change => self.scale.2 = self.scale.2.max(largest),
            Figure::Spikes | Figure::Potential => {}
        }
        self.made = Some(key);
        self.made_at = time;
        self.version += 1;
    }

    /// The values, layer by layer.
    fn worked_out(&mut self, session: &Session) -> Vec<Option<Vec<f32>>> {
        let layers = session.layers();
        let empty = || {
            (0..layers.count())
                .map(|layer| Some(vec![0.0; layers.size(layer)]))
                .collect()
        };
        match self.figure {
            Figure::Spikes => {
                let mut values: Vec<Option<Vec<f32>>> = empty();
                for (layer, units) in spikes_by_layer(session).into_iter().enumerate() {
                    if let Some(Some(values)) = values.get_mut(layer) {
                        for unit in units {
                            values[unit as usize] = 1.0;
                        }
                    }
                }
                values
            }
            Figure::Rate => {
                self.counts.update(session, self.window.0);
                let seconds = (self.counts.steps as f64 * DT).max(DT);
                let rates = |layer| {
                    let units = layers.units(layer);
                    let counts = self.counts.spikes.get(units.start as usize..units.end as usize)?;
                    Some(
                        counts
                            .iter()
                            .map(|&count| (f64::from(count) / seconds) as f32)
                            .collect(),
                    )
                };
                (0..layers.count()).map(rates).collect()
            }
            Figure::Potential => (0..layers.count())
                .map(|layer| {
                    let threshold = session.threshold(layer).filter(|threshold| *threshold > 0.0)?;
                    let units = 0..layers.size(layer) as u32;
                    let share = |unit| Some((f64::from(session.potential(layer, unit)?) / threshold) as f32);
                    units.map(share).collect()
                })
                .collect(),
            Figure::Change => {
                let Some((night, now)) = session.night().zip(session.weights_now()) else {
                    return Vec::new();
                };
                let sums = change_sums(&night.weights, &now.weights).into_iter();
                let sums = sums.map(|sums| Some(sums.into_iter().map(|sum| sum as f32).collect()));
                std::iter::once(None).chain(sums).collect()
            }
        }
    }
}

/// Who spiked in the step that is shown, layer by layer, each counted within its layer, rising.
pub fn spikes_by_layer(session: &Session) -> Vec<Vec<u32>> {
    let layers = session.layers();
    let mut by_layer = vec![Vec::new(); layers.count()];
    let Some(step) = session.steps().checked_sub(1) else {
        return by_layer;
    };
    for &unit in session.spikes().step(step) {
        if let Some(layer) = layers.layer_of(unit) {
            by_layer[layer].push(unit - layers.units(layer).start);
        }
    }
    by_layer
}

/// Spikes of each unit of all layers over the last steps. Over the whole night only what is new is counted.
#[derive(Default)]
struct Counts {
    revision: u64,
    window: Option<u64>,
    /// Steps below this are counted.
    end: u64,
    /// Steps that are counted.
    steps: u64,
    spikes: Vec<u32>,
}

impl Counts {
    /// Counts up to the moment that is shown.
    fn update(&mut self, session: &Session, window: Option<u64>) {
        let layers = session.layers();
        let end = session.slept();
        let begin = window.map_or(0, |window| end.saturating_sub(window));
        let goes_on = window.is_none() && self.window.is_none() && self.revision == session.revision();
        let from = if goes_on && self.end <= end && !self.spikes.is_empty() {
            self.end
        } else {
            let units = (0..layers.count()).map(|layer| layers.size(layer)).sum();
            self.spikes.clear();
            self.spikes.resize(units, 0);
            begin
        };
        for (_, units) in session.spikes().range(from..end) {
            for &unit in units {
                if let Some(count) = self.spikes.get_mut(unit as usize) {
                    *count += 1;
                }
            }
        }
        (self.revision, self.window, self.end, self.steps) = (session.revision(), window, end, end - begin);
    }
}
