//! The plot of each pane that is one, as a figure for paper.

use super::weight_histogram::height;
use super::{Pane, Panels, Seen, compare, neuron_name};
use crate::app::export::{Axis, Chart, Figure, Kind, Marks, Series, Square};
use crate::app::session::Session;
use crate::app::text::{grouped, moment_name, percent};
use crate::app::theme::{Tokens, readable_on};
use crate::sim::evaluate::Evaluation;
use crate::worker::Moment;

/// The correlation with a class, and that of the control.
type Correlations = (Option<f64>, Option<f64>);

impl Pane {
    /// Whether it is a plot, which can be drawn as a figure.
    pub fn is_plot(self) -> bool {
        match self {
            Self::Raster
            | Self::Training
            | Self::Accuracy
            | Self::Confusion
            | Self::Classes
            | Self::Potentials
            | Self::Histogram
            | Self::Dream
            | Self::Synapse
            | Self::Fog
            | Self::Controls
            | Self::NightMap
            | Self::Compare => true,
            Self::WeightChange
            | Self::Neurons
            | Self::Fields
            | Self::Inspector
            | Self::Effects
            | Self::Probe
            | Self::Activity
            | Self::Network
            | Self::ImagesUsed
            | Self::Lanes => false,
        }
    }
}

impl Panels {
    /// The plot of a pane; `None` if it is none or has nothing to show yet.
    pub fn figure(&self, pane: Pane, seen: Seen<'_>) -> Option<Figure> {
        let session = seen.session;
        let charts = match pane {
            Pane::Raster => raster(seen),
            Pane::Training => training(session),
            Pane::Accuracy => accuracy(session),
            Pane::Confusion => confusion(session),
            Pane::Classes => classes(session),
            Pane::Potentials => potentials(seen),
            Pane::Histogram => self.histogram_chart(session),
            Pane::Dream => self.dream_charts(session),
            Pane::Fog => self.fog_chart(session),
            Pane::Controls => self.controls.charts(session),
            Pane::NightMap => super::night_map::NightMapView::charts(session),
            Pane::Synapse => self.synapse.chart(seen),
            Pane::Compare => compare::chart(session),
            _ => return None,
        };
        let opened = session.opened().filter(|_| !charts.is_empty())?;
        let moment = if session.night().is_some() {
            format!(
                "step {} of {}",
                grouped(session.steps()),
                grouped(session.total_steps())
            )
        } else {
            "before sleep".to_owned()
        };
        Some(Figure {
            name: pane.title().to_lowercase().replace(' ', "_"),
            title: format!(
                "{} — {}, {}, {moment}",
                pane.title(),
                opened.recipe.name,
                opened.data_title
            ),
            charts,
        })
    }

    /// How the weights of the layer that is shown are distributed.
    fn histogram_chart(&self, session: &Session) -> Vec<Chart> {
        let Some((layer, counts)) = self.histogram.counts(session) else {
            return Vec::new();
        };
        let paper = Tokens::light();
        let bins = counts.now.len() as f64;
        let points = |counted: &[u64]| -> Vec<(f64, f64)> {
            let middle = |bin: usize| counts.bound * ((2.0 * bin as f64 + 1.0) / bins - 1.0);
            let bins = counted.iter().enumerate();
            bins.map(|(bin, &count)| (middle(bin), height(count))).collect()
        };
        let highest = counts.before.iter().chain(&counts.now).copied().max().unwrap_or(0);
        vec![Chart {
            x: Axis::new(format!("weight, layer {}", layer + 1), -counts.bound, counts.bound),
            y: Axis::new("weights a bin", 0.0, height(highest).ceil()).marked(Marks::Powers),
            series: vec![
                Series::line("before sleep", paper.before, points(&counts.before)),
                Series::line("now", paper.accent, points(&counts.now)),
            ],
            cells: Vec::new(),
        }]
    }

    /// How much the last steps resemble each class, a chart a hidden layer.
    fn dream_charts(&self, session: &Session) -> Vec<Chart> {
        if session.night().is_none() {
            return Vec::new();
        }
        let paper = Tokens::light();
        let (replays, steps) = self.dream.replays(session);
        let chart = |replay: &super::dream::LayerReplay| {
            let bars = |value: fn(&Correlations) -> Option<f64>| -> Vec<(f64, f64)> {
                let classes = replay.classes.iter().enumerate();
                classes
                    .filter_map(|(class, both)| Some((class as f64, value(both)?)))
                    .collect()
            };
            let (r, control) = (bars(|both| both.0), bars(|both| both.1));
            let ends = r.iter().chain(&control).map(|point| point.1);
            let (low, high) = ends.fold((-0.1, 0.2), |(low, high): (f64, f64), r| (low.min(r), high.max(r)));
            let label = format!("correlation, {}, {steps} steps", session.layers().name(replay.layer));
            Chart {
                x: class_axis(session, replay.classes.len()),
                y: Axis::new(label, low, high),
                series: vec![
                    bar("activity", paper.accent, r, -0.2),
                    bar("control, shuffled", paper.before, control, 0.2),
                ],
                cells: Vec::new(),
            }
        };
        replays.iter().map(chart).collect()
    }

    /// Accuracy against the strength of the condition that varies.
    fn fog_chart(&self, session: &Session) -> Vec<Chart> {
        let Some(answer) = self.fog.answer(session).filter(|answer| !answer.curve.is_empty()) else {
            return Vec::new();
        };
        let paper = Tokens::light();
        let (varied, strengths) = (answer.stress.varied, &answer.stress.strengths);
        let pairs = || strengths.iter().zip(&answer.curve);
        let before = pairs().filter_map(|(&strength, shares)| Some((strength, 100.0 * shares.before?)));
        let now = pairs().map(|(&strength, shares)| (strength, 100.0 * shares.now));
        let label = format!(
            "{}, {}",
            super::fog::title(varied).to_lowercase(),
            super::fog::unit(varied)
        );
        vec![Chart {
            x: Axis::new(label, 0.0, strengths.last().copied().unwrap_or(1.0)),
            y: Axis::new("correct, %", 0.0, 100.0),
            series: vec![
                Series::line("before sleep", paper.before, before.collect()),
                Series::line("now", paper.accent, now.collect()),
            ],
            cells: Vec::new(),
        }]
    }
}

/// Bars of one colour.
fn bar(name: &str, color: egui::Color32, points: Vec<(f64, f64)>, shift: f64) -> Series {
    Series {
        name: name.to_owned(),
        color,
        kind: Kind::Bars(0.36, shift),
        points,
    }
}

/// An axis with the names of the classes.
fn class_axis(session: &Session, classes: usize) -> Axis {
    let names = (0..classes).map(|class| session.class_name(class)).collect();
    Axis::new("class", -0.5, classes as f64 - 0.5).marked(Marks::Names(names))
}

/// An axis of the night.
fn night_axis(session: &Session) -> Axis {
    Axis::new("step of the night, 1 ms each", 0.0, session.total_steps() as f64)
}

/// Every spike up to the moment that is shown, or of the brushed span; units of the inputs on top, the outputs at the bottom.
fn raster(seen: Seen<'_>) -> Vec<Chart> {
    let session = seen.session;
    let (paper, layers) = (Tokens::light(), session.layers());
    if session.night().is_none() {
        return Vec::new();
    }
    let span = seen.selection.span();
    let x = match &span {
        Some(span) => Axis::new("step of the night, 1 ms each", span.start as f64, span.end as f64),
        None => night_axis(session),
    };
    let mut series: Vec<Series> = (0..layers.count())
        .map(|layer| Series {
            name: layers.name(layer),
            color: paper.layer(layer, layers.count()),
            kind: Kind::Dots,
            points: Vec::new(),
        })
        .collect();
    for (step, units) in session.spikes().range(span.unwrap_or(0..session.slept())) {
        for &unit in units {
            if let Some(layer) = layers.layer_of(unit) {
                series[layer].points.push(((step + 1) as f64, -f64::from(unit)));
            }
        }
    }
    let all = layers.units(layers.count().saturating_sub(1)).end;
    vec![Chart {
        x,
        y: Axis::new("unit, counted over all layers", -f64::from(all), 0.0).marked(Marks::Downwards),
        series,
        cells: Vec::new(),
    }]
}

/// Loss and accuracy of each batch.
fn training(session: &Session) -> Vec<Chart> {
    let batches = session.batches();
    let paper = Tokens::light();
    let highest = batches.iter().map(|batch| f64::from(batch.loss)).fold(0.0, f64::max);
    let chart = |label: &str, top: f64, color, value: fn(&crate::worker::BatchPoint) -> f64| Chart {
        x: Axis::new("batch", 0.0, session.total_batches() as f64),
        y: Axis::new(label, 0.0, top),
        series: vec![Series::line(
            "",
            color,
            batches.iter().map(|batch| (batch.batch as f64, value(batch))).collect(),
        )],
        cells: Vec::new(),
    };
    if batches.is_empty() {
        return Vec::new();
    }
    vec![
        chart("loss", highest, paper.worse, |batch| batch.loss.into()),
        chart("correct in training, %", 100.0, paper.accent, |batch| {
            100.0 * f64::from(batch.accuracy)
        }),
    ]
}

/// The accuracy over the night: all images, and each class.
fn accuracy(session: &Session) -> Vec<Chart> {
    let (Some(opened), Some(before)) = (session.opened(), session.before()) else {
        return Vec::new();
    };
    let paper = Tokens::light();
    let mut tests: Vec<(f64, f64, Vec<Option<f64>>)> = Vec::new();
    if let Some(traced) = session.traced() {
        let curve = &traced.curve;
        for step in 0..=curve.steps() {
            let classes = (0..curve.classes()).map(|class| curve.class_accuracy(step, class));
            tests.push((step as f64, curve.accuracy(step).unwrap_or(f64::NAN), classes.collect()));
        }
    } else {
        let of_night = session.evaluations().iter().filter_map(|test| match test.moment {
            Moment::Step(step) => Some((step, &test.evaluation)),
            Moment::Batch(_) | Moment::Tuned(_) => None,
        });
        let entry = |step: u64, test: &Evaluation| (step as f64, test.accuracy(), test.class_accuracy());
        tests.extend(of_night.map(|(step, test)| entry(step, test)));
        if tests.is_empty() {
            tests.push(entry(0, before));
        }
    }
    let all = tests.iter().map(|test| (test.0, 100.0 * test.1)).collect();
    let classes = (0..opened.class_names.len()).map(|class| {
        let (color, is_dashed) = paper.class_line(class);
        let points = tests.iter().map(|test| {
            let share = test.2.get(class).copied().flatten();
            (test.0, 100.0 * share.unwrap_or(f64::NAN))
        });
        Series {
            kind: if is_dashed { Kind::Dashed } else { Kind::Line },
            ..Series::line(session.class_name(class), color, points.collect())
        }
    });
    let chart = |series: Vec<Series>| Chart {
        x: night_axis(session),
        y: Axis::new("correct, %", 0.0, 100.0),
        series,
        cells: Vec::new(),
    };
    vec![
        chart(vec![Series::line("all held-out images", paper.accent, all)]),
        chart(classes.collect()),
    ]
}

/// Which class is read as which: now, or before sleep where nothing was slept yet.
fn confusion(session: &Session) -> Vec<Chart> {
    let paper = Tokens::light();
    let before = session.before().map(|test| ("before sleep".to_owned(), test));
    let now = session
        .now()
        .map(|(moment, test)| (format!("after {}", moment_name(moment)), test));
    let chart = |(moment, test): (String, &Evaluation)| {
        let names: Vec<String> = (0..test.classes).map(|class| session.class_name(class)).collect();
        let last = test.classes as f64 - 1.0;
        let square = |cell: usize| {
            let (truth, read) = (cell / test.classes, cell % test.classes);
            let share = test.share_of_class(truth, read);
            let fill = paper.amount.color(share as f32);
            Square {
                at: (read as f64, last - truth as f64),
                fill,
                text: (format!("{:.0}", 100.0 * share), readable_on(fill)),
            }
        };
        let label = format!(
            "read as, % of the class shown, {moment}: {} %",
            percent(test.accuracy())
        );
        Chart {
            x: Axis::new(label, -0.5, last + 0.5).marked(Marks::Names(names.clone())),
            y: Axis::new("class shown", -0.5, last + 0.5).marked(Marks::Names(names.into_iter().rev().collect())),
            series: Vec::new(),
            cells: (0..test.classes * test.classes).map(square).collect(),
        }
    };
    before.into_iter().chain(now).map(chart).collect()
}

/// Accuracy of each class before sleep and now.
fn classes(session: &Session) -> Vec<Chart> {
    let Some(before) = session.before() else {
        return Vec::new();
    };
    let paper = Tokens::light();
    let bars = |test: &Evaluation| -> Vec<(f64, f64)> {
        let shares = test.class_accuracy().into_iter().enumerate();
        shares
            .filter_map(|(class, share)| Some((class as f64, 100.0 * share?)))
            .collect()
    };
    let mut series = vec![bar("before sleep", paper.before, bars(before), -0.2)];
    series.extend(session.now().map(|(_, now)| bar("now", paper.accent, bars(now), 0.2)));
    vec![Chart {
        x: class_axis(session, before.classes),
        y: Axis::new("correct, %", 0.0, 100.0),
        series,
        cells: Vec::new(),
    }]
}

/// The potentials of the selected neurons, a chart each, with the threshold.
fn potentials(seen: Seen<'_>) -> Vec<Chart> {
    let session = seen.session;
    let paper = Tokens::light();
    let neurons = seen.selection.neurons().iter().enumerate();
    let charts = neurons.filter_map(|(place, &neuron)| {
        let trace = session.traces().get((neuron.layer, neuron.unit))?;
        let points: Vec<(f64, f64)> = trace
            .range(0..session.slept())
            .map(|(step, potential)| ((step + 1) as f64, potential.into()))
            .collect();
        let mut threshold = Vec::new();
        let stretches = session.thresholds(neuron.layer);
        for (index, &(from, value)) in stretches.iter().enumerate() {
            let to = stretches.get(index + 1).map_or(session.total_steps(), |next| next.0);
            threshold.extend([(from as f64, value), (to as f64, value)]);
        }
        let ends = points.iter().chain(&threshold).map(|point| point.1);
        let (low, high) = ends.fold((0.0, 0.0), |(low, high): (f64, f64), v| (low.min(v), high.max(v)));
        Some(Chart {
            x: night_axis(session),
            y: Axis::new("potential", low, 1.05 * high),
            series: vec![
                Series::line(neuron_name(session, neuron), paper.selected(place), points),
                Series {
                    kind: Kind::Dashed,
                    ..Series::line("threshold", paper.text_weak, threshold)
                },
            ],
            cells: Vec::new(),
        })
    });
    charts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::activity::Activity;
    use crate::app::breakpoints::Breakpoints;
    use crate::app::selection::Selection;
    use crate::app::session::testing;

    /// Catches spikes that a figure draws a step beside where the window, the table and the other figures have them.
    #[test]
    fn a_spike_of_the_first_step_stands_at_step_1() {
        let session = testing::session(&[(0, &[2, 5]), (1, &[]), (2, &[8])]);
        let charts = raster(Seen {
            session: &session,
            selection: &Selection::default(),
            breakpoints: &Breakpoints::default(),
            activity: &Activity::default(),
            part: None,
            draft: &crate::experiment::presets().remove(0).recipe,
        });
        let points: Vec<&[(f64, f64)]> = charts[0].series.iter().map(|series| &series.points[..]).collect();
        assert_eq!(points, [&[(1.0, -2.0)][..], &[(1.0, -5.0)], &[(3.0, -8.0)]]);
    }
}
