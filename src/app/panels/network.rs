//! The network as maps of activity, layer beside layer: who spikes, whom the spikes feed, and the strongest paths of the
//! selected neuron.

mod figure;
mod grid;
mod legend;
mod lines;
mod map;
mod pass;
mod paths;
mod pointer;

use egui::{FontId, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use self::figure::{Figures, spikes_by_layer};
use self::grid::{Grid, Wanted, lay_out};
use self::lines::{Flow, tree_ui};
use self::map::Map;
use self::pass::Pass;
use self::paths::{Tree, Weights};
use super::Seen;
use super::weight_change::{Shown, shown_ui};
use crate::app::action::Actions;
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::{counted, grouped};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton, empty_state, segmented};

/// Shortest time between two searches for paths while the night runs, in seconds.
const EVERY: f64 = 0.5;
/// Room for the names of the layers.
const HEAD: f32 = 32.0;
/// Height of the legend.
const FOOT: f32 = 36.0;
/// Header width from which the choice of what is coloured fits into it.
const ROOMY: f32 = 300.0;
/// Width from which all controls stand in one line.
const ONE_LINE: f32 = 640.0;
/// Widest name beside an output, in points.
const NAMES: f32 = 64.0;

/// Which lines are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lines {
    /// Both that follow.
    #[default]
    Both,
    /// From spikes to the spikes that they fed.
    Spikes,
    /// The strongest paths of the selected neuron.
    Paths,
}

/// The pane of the network.
pub struct NetworkView {
    figures: Figures,
    lines: Lines,
    /// What of the weights decides which paths are strong.
    shown: Shown,
    /// Paths that are drawn on each side.
    most: usize,
    pass: Pass,
    /// Whether the header had no room for the choice of what is coloured.
    is_narrow: bool,
    maps: Vec<Map>,
    /// The spikes of the step, and the revision, step and snapshot they belong to.
    flow: Option<((u64, u64, u64), Flow)>,
    tree: Option<(TreeKey, f64, Tree)>,
    /// The unit that the keyboard is on.
    cursor: Option<Neuron>,
    /// The unit that the pointer is on.
    hovered: Option<Neuron>,
}

/// What paths belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct TreeKey {
    revision: u64,
    /// The number of the snapshot of the weights.
    snapshot: u64,
    neuron: Neuron,
    shown: Shown,
    most: usize,
}

impl Default for NetworkView {
    fn default() -> Self {
        Self {
            figures: Figures::default(),
            lines: Lines::default(),
            shown: Shown::Now,
            most: 10,
            pass: Pass::default(),
            is_narrow: false,
            maps: Vec::new(),
            flow: None,
            tree: None,
            cursor: None,
            hovered: None,
        }
    }
}

impl NetworkView {
    /// What the units are coloured by.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.night().is_none() {
            return;
        }
        self.is_narrow = ui.available_width() < ROOMY;
        if !self.is_narrow {
            self.figures.choice_ui(ui);
            if ui.available_width() > 170.0 {
                self.figures.window_ui(ui);
            }
        }
    }

    /// The maps and the lines between them.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        let Some(night) = session.night() else {
            let what = "Here the layers stand side by side, and the spikes of each step travel through them.";
            empty_state(ui, what, "Press Play");
            return;
        };
        self.figures.update(ui, session);
        let now = session
            .weights_now()
            .map_or(&night.weights, |snapshot| &snapshot.weights);
        let weights = Weights {
            before: &night.weights,
            now,
            shown: self.shown,
        };
        self.follow_spikes(session, weights);
        self.find_paths(ui, seen, weights);
        self.pass.update(ui, session);
        self.controls_ui(ui, seen);
        let area = ui.available_rect_before_wrap();
        ui.allocate_rect(area, egui::Sense::hover());
        let room = Rect::from_min_max(area.min + vec2(2.0, HEAD), area.max - vec2(2.0, FOOT));
        if room.width() < 80.0 || room.height() < 24.0 {
            return;
        }
        let names = output_names(ui, session);
        let widest = names.iter().map(|name| name.size().x).fold(0.0, f32::max);
        let grids = lay_out(room, &wanted(session, widest), ui.pixels_per_point());
        self.maps.resize_with(grids.len(), Map::default);
        for (layer, (map, grid)) in self.maps.iter_mut().zip(&grids).enumerate() {
            head_ui(
                ui,
                session,
                self.flow.as_ref().map(|(_, flow)| flow),
                layer,
                &grids,
                area,
            );
            map.ui(ui, session, &self.figures, layer, grid, self.pass.is_lit(layer));
        }
        self.names_ui(ui, &grids, &names);
        self.lines_ui(ui, area, &grids);
        self.marks_ui(ui, seen, &grids);
        self.hovered = None;
        for (layer, grid) in grids.iter().enumerate() {
            let reach = pointer::reach(grid, widest);
            self.pointed_ui(ui, seen, (layer, grid), reach, actions);
        }
        let foot = Rect::from_min_max(pos2(area.left(), area.bottom() - FOOT), area.max);
        self.legend_ui(ui, seen, foot, grids.iter().map(Grid::shared).max().unwrap_or(1));
    }

    /// Finds the lines of the step, if it is another one.
    fn follow_spikes(&mut self, session: &Session, weights: Weights<'_>) {
        let snapshot = session.weights_now().map_or(0, |snapshot| snapshot.number);
        let key = (session.revision(), session.steps(), snapshot);
        if self.flow.as_ref().is_none_or(|(of, _)| *of != key) {
            // Whatever decides which paths are strong: a spike arrives over the weight of now.
            let weights = Weights {
                shown: Shown::Now,
                ..weights
            };
            self.flow = Some((key, Flow::new(spikes_by_layer(session), weights)));
        }
    }

    /// Finds the strongest paths of the neuron that was selected last; while the weights keep changing, not too often.
    fn find_paths(&mut self, ui: &Ui, seen: Seen<'_>, weights: Weights<'_>) {
        let Some(&neuron) = seen.selection.neurons().last().filter(|_| self.lines != Lines::Spikes) else {
            self.tree = None;
            return;
        };
        let key = TreeKey {
            revision: seen.session.revision(),
            snapshot: seen.session.weights_now().map_or(0, |snapshot| snapshot.number),
            neuron,
            shown: self.shown,
            most: self.most,
        };
        let time = ui.input(|input| input.time);
        if let Some((of, made_at, _)) = &self.tree {
            if *of == key {
                return;
            }
            let only_time = TreeKey {
                snapshot: key.snapshot,
                ..*of
            } == key;
            let wait = EVERY - (time - made_at);
            if only_time && seen.session.is_running() && wait > 0.0 {
                ui.ctx().request_repaint_after_secs(wait as f32);
                return;
            }
        }
        self.tree = Some((key, time, weights.tree(neuron, self.most)));
    }

    /// Which lines, slow motion, and which paths.
    fn controls_ui(&mut self, ui: &mut Ui, seen: Seen<'_>) {
        ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
        if self.is_narrow {
            ui.horizontal(|ui| self.figures.choice_ui(ui));
            ui.horizontal(|ui| self.figures.window_ui(ui));
        }
        let has_paths = self.lines != Lines::Spikes && !seen.selection.neurons().is_empty();
        let one_line = ui.available_width() >= ONE_LINE;
        ui.horizontal(|ui| {
            let choices = [
                (Lines::Spikes, "Spikes"),
                (Lines::Paths, "Paths"),
                (Lines::Both, "Both"),
            ];
            let choices = choices.map(|(lines, word)| (lines, word.to_owned()));
            let help = |lines| match lines {
                Lines::Spikes => "Lines from each spike of the step to those of the next layer that it fed",
                Lines::Paths => "The strongest synapses and paths of the neuron that was selected last",
                Lines::Both => "The spikes of the step, and over them the paths of the selected neuron",
            };
            if let Some(lines) = segmented(ui, "Lines:", &choices, self.lines, |lines| help(lines).to_owned()) {
                self.lines = lines;
            }
            self.pass_ui(ui);
            if has_paths && one_line {
                ui.add_space(6.0);
                self.paths_ui(ui);
            }
        });
        if has_paths && !one_line {
            ui.horizontal(|ui| self.paths_ui(ui));
        }
        ui.add_space(2.0);
    }

    /// Slow motion, and once more.
    fn pass_ui(&mut self, ui: &mut Ui) {
        let emphasis = if self.pass.is_on {
            Emphasis::Selected
        } else {
            Emphasis::Plain
        };
        let slow = ui.add(ToolButton::text("Slow pass").emphasis(emphasis));
        let help = "A spike passes through all layers in one step. This shows it layer after layer: while the night waits, and while it runs at a few steps a second";
        if slow.on_hover_text(help).clicked() {
            self.pass.is_on = !self.pass.is_on;
        }
        if self.pass.is_on {
            let again = ToolButton::text("Once more")
                .called("Pass once more")
                .emphasis(Emphasis::Quiet);
            if ui
                .add(again)
                .on_hover_text("Show the pass of this step again")
                .clicked()
            {
                self.pass.again();
                ui.ctx().request_repaint();
            }
        }
    }

    /// Which paths.
    fn paths_ui(&mut self, ui: &mut Ui) {
        shown_ui(
            ui,
            "Paths by",
            &mut self.shown,
            &[Shown::Now, Shown::Before, Shown::Change],
        );
        let choices = [5, 10, 20].map(|most| (most, most.to_string()));
        let help =
            |most| format!("Show the {most} strongest synapses on each side, and paths to {most} units at each end");
        if let Some(most) = segmented(ui, "Strongest", &choices, self.most, help) {
            self.most = most;
        }
    }

    /// Spikes below, paths above.
    fn lines_ui(&self, ui: &Ui, area: Rect, grids: &[Grid]) {
        let tokens = Tokens::of(ui);
        let painter = ui.painter().with_clip_rect(area.intersect(ui.clip_rect()));
        let tree = self.tree.as_ref().filter(|_| self.lines != Lines::Spikes);
        let flow = self.flow.as_ref().filter(|_| self.lines != Lines::Paths);
        if let Some((_, flow)) = flow {
            let strength = if tree.is_some() && !self.pass.moves() { 0.5 } else { 1.0 };
            flow.paint(&painter, tokens, grids, &self.pass, strength);
        }
        if let Some((_, _, tree)) = tree {
            tree_ui(&painter, tokens, grids, tree);
        }
    }

    /// The spikes of the step where the colour does not tell them, the selected units, and those that are lit.
    fn marks_ui(&self, ui: &Ui, seen: Seen<'_>, grids: &[Grid]) {
        let tokens = Tokens::of(ui);
        for (layer, grid) in grids.iter().enumerate() {
            let spikes = self.flow.as_ref().and_then(|(_, flow)| flow.spikes.get(layer));
            for &unit in spikes.into_iter().flatten().filter(|_| self.pass.is_lit(layer)) {
                map::spike_ui(ui, grid, unit, self.figures.figure);
            }
        }
        let ring = |neuron: Neuron, stroke: Stroke| {
            if let Some(grid) = grids.get(neuron.layer) {
                let place = grid.place(neuron.unit);
                let rect = place.expand((3.0 - 0.5 * place.width()).max(1.0));
                ui.painter().rect_stroke(rect, 1.5, stroke, StrokeKind::Outside);
            }
        };
        for &neuron in seen.selection.lit() {
            ring(neuron, Stroke::new(tokens.pen(1.5), tokens.accent));
        }
        for (place, &neuron) in seen.selection.neurons().iter().enumerate() {
            ring(neuron, Stroke::new(tokens.pen(2.0), tokens.selected(place)));
        }
        let pointed = self.hovered.or(self.cursor.filter(|_| self.has_keyboard(ui, grids)));
        if let Some(neuron) = pointed {
            ring(neuron, Stroke::new(tokens.pen(1.0), tokens.text_strong));
        }
    }

    /// Whether the map that the cursor is on has the keyboard.
    fn has_keyboard(&self, ui: &Ui, grids: &[Grid]) -> bool {
        let layer = self.cursor.map_or(grids.len(), |cursor| cursor.layer);
        let id = ui.scope_id().with(("map", layer));
        ui.memory(|memory| memory.has_focus(id))
    }

    /// The names of the outputs beside them; those that spiked stand out.
    fn names_ui(&self, ui: &Ui, grids: &[Grid], names: &[std::sync::Arc<egui::Galley>]) {
        let tokens = Tokens::of(ui);
        let Some(grid) = grids.last().filter(|grid| grid.is_named) else {
            return;
        };
        let layer = grids.len() - 1;
        let spikes = self.flow.as_ref().and_then(|(_, flow)| flow.spikes.get(layer));
        for (unit, name) in names.iter().enumerate() {
            let place = grid.place(unit as u32);
            let spiked = spikes.is_some_and(|spikes| spikes.binary_search(&(unit as u32)).is_ok());
            let ink = if spiked && self.pass.is_lit(layer) {
                tokens.text_strong
            } else {
                tokens.text_weak
            };
            let at = pos2(grid.rect.right() + 6.0, place.center().y - 0.5 * name.size().y);
            ui.painter().galley_with_override_text_color(at, name.clone(), ink);
        }
    }
}

/// What the layers are laid out by. `names` is the width of the widest name of an output.
fn wanted(session: &Session, names: f32) -> Vec<Wanted> {
    let layers = session.layers();
    let (width, height) = session.opened().map_or((0, 0), |opened| opened.image_size);
    (0..layers.count())
        .map(|layer| {
            let units = layers.size(layer);
            Wanted {
                units,
                columns: (layer == 0 && width > 0 && width * height == units).then_some(width),
                names: (layer > 0 && layer + 1 == layers.count()).then_some(names),
            }
        })
        .collect()
}

/// The names of the outputs, cut where they are too long.
fn output_names(ui: &Ui, session: &Session) -> Vec<std::sync::Arc<egui::Galley>> {
    let layers = session.layers();
    let Some(last) = layers.count().checked_sub(1).filter(|last| *last > 0) else {
        return Vec::new();
    };
    // Where there are more, none of them has a name beside it.
    let count = layers.size(last).min(100);
    let font = FontId::proportional(size::SMALL);
    let cut = |class| {
        let mut job = egui::text::LayoutJob::simple_singleline(
            session.class_name(class),
            font.clone(),
            egui::Color32::PLACEHOLDER,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(NAMES);
        ui.painter().layout_job(job)
    };
    (0..count).map(cut).collect()
}

/// The name of a layer over its map, and how many of its units spiked.
fn head_ui(ui: &Ui, session: &Session, flow: Option<&Flow>, layer: usize, grids: &[Grid], area: Rect) {
    let tokens = Tokens::of(ui);
    let layers = session.layers();
    let Some(grid) = grids.get(layer) else { return };
    let spikes = flow.and_then(|flow| flow.spikes.get(layer)).map_or(0, Vec::len) as u64;
    let units = layers.size(layer) as u64;
    let middle = grid.rect.center().x;
    // From the middle between this layer and the one before to the middle between it and the next.
    let between = |a: Option<&Grid>, b: Option<&Grid>| Some(0.5 * (a?.rect.right() + b?.rect.left()));
    let left = between(layer.checked_sub(1).and_then(|before| grids.get(before)), Some(grid)).unwrap_or(area.left());
    let right = between(Some(grid), grids.get(layer + 1)).unwrap_or(area.right());
    let strong = FontId::new(size::SMALL, theme::strong_family());
    let line = |text: String, font: FontId, ink| ui.painter().layout_no_wrap(text, font, ink);
    let name = line(layers.name(layer), strong, tokens.text);
    let small = || FontId::proportional(size::SMALL);
    let long = line(
        format!("{} of {} spiked", grouped(spikes), counted(units, "unit")),
        small(),
        tokens.text_weak,
    );
    let numbers = if long.size().x <= right - left - 6.0 {
        long
    } else {
        line(
            format!("{} / {}", grouped(spikes), grouped(units)),
            small(),
            tokens.text_weak,
        )
    };
    let top = grid.rect.top() - 4.0;
    for (galley, bottom) in [(name, top - 14.0), (numbers, top)] {
        let width = galley.size().x;
        let x = (middle - 0.5 * width).clamp(area.left(), (area.right() - width).max(area.left()));
        let at = pos2(x, bottom - galley.size().y);
        ui.painter().galley(at, galley, tokens.text);
    }
    let color = tokens.layer(layer, layers.count());
    let bar = Rect::from_min_max(
        pos2(grid.rect.left(), grid.rect.top() - 3.0),
        pos2(grid.rect.right(), grid.rect.top() - 1.0),
    );
    ui.painter().rect_filled(bar, 1.0, color);
}

/// A word in the middle of a map that has nothing to show.
fn lacking_ui(ui: &Ui, rect: Rect, word: &str) {
    let painter = ui.painter();
    let text = painter.layout(
        word.to_owned(),
        FontId::proportional(size::SMALL),
        Tokens::of(ui).text_weak,
        rect.width().max(40.0),
    );
    if text.size().y <= rect.height() {
        painter.galley(rect.center() - 0.5 * text.size(), text, Tokens::of(ui).text_weak);
    }
}
