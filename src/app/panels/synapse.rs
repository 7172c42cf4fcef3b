//! One synapse: its weight over the whole night, every change with its cause.

mod paper;
mod record;

use egui::{DragValue, Label, RichText, ScrollArea, Sense, Stroke, Ui, vec2};
use egui_plot::{MarkerShape, PlotPoint, Points, VLine};

use self::record::Record;
use super::Seen;
use super::inspector::table::{Column, Look, ROW, head_ui, row_ui};
use super::inspector::term::{change as change_text, plain};
use super::neuron_name;
use super::training::whole;
use super::weight_change::layer_ui;
use crate::app::action::{Actions, UiAction};
use crate::app::selection::{Neuron, Synapse};
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{empty_state, fixed_plot, key, reduce, tooltip_rows};
use crate::sim::night::{Cause, SynapseHistory, WeightStep};

/// How near the pointer has to be to a change to be on it, in points.
const NEAR: f32 = 8.0;
/// Width from which the table stands beside the plot, not under it.
const WIDE: f32 = 620.0;
/// Least height of the table under the plot.
const TABLE: f32 = 3.5 * ROW;

/// The columns of the table.
const COLUMNS: [Column; 5] = [
    Column {
        title: "Step",
        help: "The step of the change: steps slept once it is over",
        share: 0.7,
    },
    Column {
        title: "Spiked",
        help: "Who spiked: both ends, which raises the weight, or the neuron it leads to alone, which lowers it",
        share: 1.1,
    },
    Column {
        title: "gate(w)",
        help: "The factor by which the weight's own value scaled the change",
        share: 1.0,
    },
    Column {
        title: "Δw",
        help: "The change of the weight",
        share: 1.1,
    },
    Column {
        title: "w",
        help: "The weight after the step",
        share: 1.1,
    },
];

/// The pane of one synapse.
#[derive(Default)]
pub struct SynapseView {
    record: Record,
}

impl SynapseView {
    /// Which synapse, and its course.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        if session.night().is_none() {
            let what =
                "Here stands the course of one weight over the night: every raise and every drop, with its cause.";
            return empty_state(ui, what, "Press Play");
        }
        let picked = seen.selection.synapse();
        ui.horizontal_wrapped(|ui| {
            choice_ui(ui, seen, picked, actions);
            let tokens = Tokens::of(ui);
            ui.add_space(6.0);
            key(ui, tokens.accent, "both spiked");
            key(ui, tokens.worse, "only the later");
        });
        let Some(synapse) = picked else {
            let what =
                "Choose layer, from and to above, click a weight in the weight map, or an input in the inspector.";
            return empty_state(ui, what, "Pick a synapse");
        };
        let Some(history) = self.record.update(session, synapse) else {
            return;
        };
        sums_ui(ui, session, history);
        let is_wide = ui.available_width() >= WIDE;
        let room = ui.available_size();
        if is_wide {
            ui.horizontal_top(|ui| {
                plot_ui(ui, session, synapse, history, vec2(0.56 * room.x, room.y), actions);
                ui.vertical(|ui| table_ui(ui, session, synapse, history, actions));
            });
        } else {
            let height = (0.6 * room.y).min(room.y - TABLE).max(48.0);
            plot_ui(ui, session, synapse, history, vec2(room.x, height), actions);
            table_ui(ui, session, synapse, history, actions);
        }
    }
}

/// Layer, from and to.
fn choice_ui(ui: &mut Ui, seen: Seen<'_>, picked: Option<Synapse>, actions: &mut Actions) {
    let layers = seen.session.layers();
    let selected = seen.selection.neurons().iter().rev().find(|neuron| neuron.layer > 0);
    let shown = picked.unwrap_or_else(|| Synapse {
        neuron: selected.copied().unwrap_or(Neuron { layer: 1, unit: 0 }),
        input: 0,
    });
    ui.spacing_mut().item_spacing.x = 6.0;
    let mut below = shown.neuron.layer.saturating_sub(1);
    layer_ui(ui, seen.session, "Synapse of layer", &mut below);
    let (inputs, neurons) = (layers.size(below) as u32, layers.size(below + 1) as u32);
    let mut input = shown.input.min(inputs.saturating_sub(1));
    let mut unit = shown.neuron.unit.min(neurons.saturating_sub(1));
    let mut is_touched = below + 1 != shown.neuron.layer;
    let word = |text: &str| RichText::new(text).size(size::SMALL).color(Tokens::of(ui).text_weak);
    let (from, to) = (word("from #"), word("to #"));
    for (label, value, size, layer) in [(from, &mut input, inputs, below), (to, &mut unit, neurons, below + 1)] {
        let label = ui.label(label);
        let help = format!(
            "A unit of {}: 0 to {}",
            layers.name(layer),
            grouped(u64::from(size) - 1)
        );
        let field = ui.add(DragValue::new(value).range(0..=size - 1)).labelled_by(label.id);
        is_touched |= field.changed() || (picked.is_none() && field.clicked());
        field.on_hover_text(help);
    }
    if is_touched {
        actions.push(UiAction::PickSynapse(Synapse {
            neuron: Neuron { layer: below + 1, unit },
            input,
        }));
    }
}

/// The weight before sleep and now, and what raised and lowered it up to the moment that is shown.
fn sums_ui(ui: &mut Ui, session: &Session, history: &SynapseHistory) {
    let tokens = Tokens::of(ui);
    let steps = session.steps();
    let sum = |cause: Cause| {
        let of_cause = history.until(steps).iter().filter(|change| change.cause == cause);
        of_cause.fold((0_u64, 0.0), |(count, sum), change| (count + 1, sum + change.by()))
    };
    let ((raises, raised), (drops, lowered)) = (sum(Cause::Both), sum(Cause::OnlyLater));
    let text = format!(
        "{} before sleep, {} at step {}   {} {}   {} {}",
        plain(history.start().into()),
        plain(history.at(steps).into()),
        grouped(steps),
        counted(raises, "raise"),
        change_text(raised),
        counted(drops, "drop"),
        change_text(lowered),
    );
    let text = RichText::new(text).size(size::SMALL).color(tokens.text);
    ui.add(Label::new(text).truncate());
}

/// The weight over the night, with a mark at each change.
fn plot_ui(
    ui: &mut Ui,
    session: &Session,
    synapse: Synapse,
    history: &SynapseHistory,
    area: egui::Vec2,
    actions: &mut Actions,
) {
    let tokens = Tokens::of(ui);
    let end = session.total_steps().max(session.known_steps()).max(1);
    let known = session.spikes().steps();
    let mut course = vec![[0.0, f64::from(history.start())]];
    for change in history.changes() {
        let at = slept(change) as f64;
        course.extend([[at, change.before.into()], [at, change.after.into()]]);
    }
    course.push([known as f64, history.now().into()]);
    let reach = course.iter().map(|point| point[1]).filter(|y| y.is_finite());
    let (low, high) = reach.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
        (low.min(y), high.max(y))
    });
    let room = 0.1 * (high - low).max(1e-6);
    // As many digits as it takes to tell the marks apart, however little the weight changed.
    let digits = (2.0 - (high - low + 2.0 * room).log10()).clamp(0.0, 9.0) as usize;
    let y_text = move |value: f64| format!("{value:.digits$}").replace('-', "−");
    let columns = area.x.max(1.0) as usize;
    let marks = |cause: Cause| {
        let of_cause = history.changes().iter().filter(|change| change.cause == cause);
        let points: Vec<[f64; 2]> = of_cause.map(|c| [slept(c) as f64, c.after.into()]).collect();
        reduce(points.into_iter(), columns / 4)
    };
    let (raises, drops) = (marks(Cause::Both), marks(Cause::OnlyLater));
    let line = reduce(course.into_iter(), columns);
    let response = fixed_plot(("synapse", session.run(), synapse), area, tokens, y_text, whole)
        .show_crosshair(false)
        .sense(Sense::click())
        .show(ui, |plot| {
            plot.set_plot_bounds_x(0.0..=end as f64);
            plot.set_plot_bounds_y(low - room..=high + room);
            let here = VLine::new("step", session.steps() as f64).color(tokens.grid).width(1.0);
            plot.vline(here.allow_hover(false));
            for (name, points, shape, color) in [
                ("raised", raises, MarkerShape::Up, tokens.accent),
                ("lowered", drops, MarkerShape::Down, tokens.worse),
            ] {
                let points = Points::new(name, points).shape(shape).color(color);
                plot.points(points.radius(tokens.pen(3.4)).allow_hover(false));
            }
        });
    // Piece by piece: as one path, steps so long and low were seen drawn as an area.
    let stroke = Stroke::new(tokens.pen(1.4), tokens.text_weak);
    let painter = ui.painter().with_clip_rect(*response.transform.frame());
    for ends in line.windows(2) {
        let end = |at: usize| {
            let point = PlotPoint::from(ends[at]);
            response.transform.position_from_point(&point)
        };
        painter.line_segment([end(0), end(1)], stroke);
    }
    let name = synapse_name(session, synapse);
    let changes = counted(history.changes().len() as u64, "change");
    response.response.widget_info(|| {
        let text = format!("Weight of {name} over the steps slept: {changes}");
        egui::WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    let Some(pointer) = response.response.hover_pos() else {
        return;
    };
    let x_of = |change: &WeightStep| response.transform.position_from_point_x(slept(change) as f64);
    let nearest = history
        .changes()
        .iter()
        .min_by(|a, b| (x_of(a) - pointer.x).abs().total_cmp(&(x_of(b) - pointer.x).abs()))
        .filter(|change| (x_of(change) - pointer.x).abs() <= NEAR);
    let Some(change) = nearest else { return };
    if response.response.clicked() {
        actions.push(UiAction::Seek(slept(change)));
    }
    response
        .response
        .on_hover_ui_at_pointer(|ui| change_ui(ui, &name, change));
}

/// The numbers of a change.
fn change_ui(ui: &mut Ui, name: &str, change: &WeightStep) {
    let cause = match change.cause {
        Cause::Both => "both spiked: raised",
        Cause::OnlyLater => "only the later spiked: lowered",
    };
    let rows = [
        ("step", grouped(slept(change))),
        ("cause", cause.to_owned()),
        ("w before", plain(change.before.into())),
        ("gate(w)", plain(change.gate.into())),
        ("Δw", change_text(change.by())),
        ("w after", plain(change.after.into())),
        ("click", "goes to this step".to_owned()),
    ];
    tooltip_rows(ui, name, &rows);
}

/// Every change in a table; a press goes to its step.
fn table_ui(ui: &mut Ui, session: &Session, synapse: Synapse, history: &SynapseHistory, actions: &mut Actions) {
    if history.changes().is_empty() {
        let name = neuron_name(session, synapse.neuron);
        let text = format!("No change so far: {name} has not spiked.");
        ui.label(RichText::new(text).size(size::SMALL).color(Tokens::of(ui).text_weak));
        return;
    }
    head_ui(ui, &COLUMNS);
    ui.spacing_mut().item_spacing.y = 0.0;
    let largest = history
        .changes()
        .iter()
        .map(|change| change.by().abs())
        .fold(0.0, f64::max);
    let area = ScrollArea::vertical()
        .id_salt("changes of the synapse")
        .auto_shrink(false);
    area.show_rows(ui, ROW, history.changes().len(), |ui, range| {
        for change in &history.changes()[range] {
            let cause = match change.cause {
                Cause::Both => "both",
                Cause::OnlyLater => "the later",
            };
            let cells = vec![
                grouped(slept(change)),
                cause.to_owned(),
                plain(change.gate.into()),
                change_text(change.by()),
                plain(change.after.into()),
            ];
            let look = Look {
                picked: session.steps() == slept(change),
                bar: Some((3, (change.by() / largest.max(f64::MIN_POSITIVE)) as f32)),
                ..Look::default()
            };
            let name = format!(
                "Step {}: {cause} spiked, {}",
                grouped(slept(change)),
                change_text(change.by())
            );
            if row_ui(ui, &COLUMNS, cells, look, &name).clicked() {
                actions.push(UiAction::Seek(slept(change)));
            }
        }
    });
}

/// Steps slept once a change is made.
fn slept(change: &WeightStep) -> u64 {
    change.step + 1
}

/// What a person calls a synapse.
fn synapse_name(session: &Session, Synapse { neuron, input }: Synapse) -> String {
    let from = Neuron {
        layer: neuron.layer.saturating_sub(1),
        unit: input,
    };
    format!("{} → {}", neuron_name(session, from), neuron_name(session, neuron))
}
