//! What each neuron of the first layer looks for: its weights as an image.

mod atlas;
mod detail;
mod order;

use egui::{Rect, RichText, ScrollArea, Sense, Stroke, StrokeKind, Ui, pos2, vec2};
use ndarray::Array2;

use self::atlas::{Atlas, capacity};
use self::order::{Sort, SpikeCounts, mean_changes, sorted};
use super::Seen;
use super::weight_change::{Shown, shown_ui, todo};
use super::weight_scale::WeightScale;
use crate::app::action::{Actions, UiAction};
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::{grouped, number};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{empty_state, segmented, tooltip_rows};
use crate::worker::Moment;

/// Shortest time between two looks at the weights while the night runs, in seconds.
const EVERY: f64 = 0.5;
/// Between two images, in points.
const GAP: f32 = 4.0;

/// The pane of the receptive fields.
#[derive(Default)]
pub struct FieldsView {
    shown: Shown,
    sort: Sort,
    spikes: SpikeCounts,
    figures: Option<Figures>,
    atlas: Atlas<AtlasKey>,
    large: Atlas<AtlasKey>,
    /// The neuron that is shown large.
    chosen: Option<usize>,
    /// Whether the one that was just chosen is added to the selection instead of replacing it.
    adds: bool,
    run: u64,
}

/// A neuron of the first layer, as the selection knows it.
fn of_first(neuron: usize) -> Neuron {
    Neuron {
        layer: 1,
        unit: neuron as u32,
    }
}

/// What is known of the neurons at a step.
struct Figures {
    key: (u64, u64, Sort),
    made_at: f64,
    /// Mean magnitude of the change of each neuron's weights.
    changes: Vec<f64>,
    order: Vec<usize>,
    /// The largest magnitude of a change, and of a weight.
    largest: (f32, f32),
}

/// What an atlas belongs to.
#[derive(Clone, Debug, PartialEq)]
struct AtlasKey {
    run: u64,
    /// The number of the snapshot of the weights.
    snapshot: u64,
    shown: Shown,
    scale: u64,
    dark: bool,
    neurons: Vec<usize>,
}

/// The weights of the first layer and the size of an image.
struct First<'a> {
    before: &'a Array2<f32>,
    now: &'a Array2<f32>,
    /// The number of the snapshot of the weights, and the step they belong to.
    snapshot: u64,
    moment: Moment,
    tile: [usize; 2],
}

impl First<'_> {
    /// The weights, if they are there and as many as an image has pixels.
    fn of(session: &Session) -> Option<First<'_>> {
        let (before, snapshot) = session.weights_shown()?;
        let (before, now) = (before.first()?, snapshot.weights.first()?);
        let (width, height) = session.opened()?.image_size;
        let fits = before.dim() == now.dim() && before.ncols() == width * height && !before.is_empty();
        (fits && capacity([width, height]) > 0).then_some(First {
            before,
            now,
            snapshot: snapshot.number,
            moment: snapshot.moment,
            tile: [width, height],
        })
    }

    /// The shown value of a weight.
    fn value(&self, shown: Shown, neuron: usize, pixel: usize) -> f32 {
        shown.of(self.before[(neuron, pixel)], self.now[(neuron, pixel)])
    }
}

impl FieldsView {
    /// What is shown of the weights.
    pub fn looks_at(&self) -> Shown {
        self.shown
    }

    /// What is shown.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.night().is_some() {
            shown_ui(ui, "Show fields", &mut self.shown, &[Shown::Now, Shown::Change]);
        }
    }

    /// The contact sheet, or one neuron large. In training nothing has changed in sleep yet: the weights themselves are shown.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, scales: &mut WeightScale, actions: &mut Actions) {
        let chosen = self.shown;
        if seen.session.night().is_none() {
            self.shown = Shown::Now;
        }
        self.sheet_or_detail_ui(ui, seen, scales, actions);
        if seen.session.night().is_none() {
            self.shown = chosen;
        }
    }

    /// The contact sheet, or one neuron large.
    fn sheet_or_detail_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, scales: &mut WeightScale, actions: &mut Actions) {
        let session = seen.session;
        if self.run != session.run() {
            *self = Self {
                run: session.run(),
                shown: self.shown,
                sort: self.sort,
                ..Self::default()
            };
        }
        let Some(first) = First::of(session) else {
            let text = "Here the weights of each neuron of the first layer appear as an image: what it looks for.";
            empty_state(ui, text, todo(session));
            return;
        };
        self.spikes.update(session);
        self.update(ui, session, &first);
        let before = self.chosen.filter(|neuron| *neuron < first.before.nrows());
        if let Some(neuron) = before {
            self.detail_ui(ui, session, &first, scales, neuron);
        } else {
            self.sheet_ui(ui, seen, &first, scales);
        }
        // What is shown large is what is looked at everywhere.
        if let Some(neuron) = self.chosen.filter(|_| self.chosen != before) {
            actions.push(if std::mem::take(&mut self.adds) {
                UiAction::ToggleSelected(of_first(neuron))
            } else {
                UiAction::Select(of_first(neuron))
            });
        }
    }

    /// Looks at the weights again if they changed; while they keep changing, not too often.
    fn update(&mut self, ui: &Ui, session: &Session, first: &First<'_>) {
        let key = (session.run(), first.snapshot, self.sort);
        let time = ui.input(|input| input.time);
        if let Some(figures) = &self.figures {
            let wait = EVERY - (time - figures.made_at);
            if figures.key == key {
                return;
            }
            if (figures.key.0, figures.key.2) == (key.0, key.2) && session.is_running() && wait > 0.0 {
                ui.ctx().request_repaint_after_secs(wait as f32);
                return;
            }
        }
        let changes = mean_changes(first.before.view(), first.now.view());
        let order = sorted(self.sort, &changes, &self.spikes);
        let weights = first.before.iter().zip(first.now);
        let largest = weights.fold((0.0_f32, 0.0_f32), |(change, weight), (b, n)| {
            (change.max((n - b).abs()), weight.max(n.abs()))
        });
        self.figures = Some(Figures {
            key,
            made_at: time,
            changes,
            order,
            largest,
        });
    }

    /// The largest shown value.
    fn largest(&self) -> f32 {
        let largest = self.figures.as_ref().map_or((0.0, 0.0), |figures| figures.largest);
        if self.shown == Shown::Change {
            largest.0
        } else {
            largest.1
        }
    }

    /// All neurons, as far as there is room.
    fn sheet_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, first: &First<'_>, scales: &mut WeightScale) {
        let session = seen.session;
        let Some(count) = self.figures.as_ref().map(|figures| figures.order.len()) else {
            return;
        };
        let area = ui.available_rect_before_wrap();
        let head = Rect::from_min_size(area.min, vec2(area.width(), 26.0));
        let foot = Rect::from_min_max(pos2(area.left(), area.bottom() - 24.0), area.max);
        let sheet = Rect::from_min_max(
            pos2(area.left(), head.bottom() + 6.0),
            pos2(area.right(), foot.top() - 2.0),
        );
        if sheet.height() < 16.0 {
            return;
        }
        let mut visible = 0;
        ui.scope_builder(egui::UiBuilder::new().max_rect(sheet).id_salt("sheet"), |ui| {
            visible = self.tiles_ui(ui, seen, first, scales, count);
        });
        ui.scope_builder(egui::UiBuilder::new().max_rect(head).id_salt("head"), |ui| {
            ui.horizontal_centered(|ui| self.sort_ui(ui, visible, count));
        });
        ui.scope_builder(egui::UiBuilder::new().max_rect(foot).id_salt("foot"), |ui| {
            ui.horizontal_centered(|ui| scales.ui(ui, session, self.shown, "fields", self.largest()));
        });
    }

    /// By what to sort, and how many neurons are in view.
    fn sort_ui(&mut self, ui: &mut Ui, visible: usize, count: usize) {
        let choices = [(Sort::Index, "#"), (Sort::Changed, "Changed"), (Sort::Spikes, "Spikes")];
        let choices = choices.map(|(sort, word)| (sort, word.to_owned()));
        let help = |sort| match sort {
            Sort::Index => "By their number",
            Sort::Changed => "Those whose weights changed most in the mean first",
            Sort::Spikes => "Those that spiked most this night first",
        };
        if let Some(sort) = segmented(ui, "Sort by", &choices, self.sort, |sort| help(sort).to_owned()) {
            self.sort = sort;
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let text = format!("{} of {} shown", grouped(visible as u64), grouped(count as u64));
            let text = RichText::new(text).size(size::SMALL).color(Tokens::of(ui).text_weak);
            ui.add(egui::Label::new(text).truncate())
                .on_hover_text("Neurons of the first layer in view; scroll for the others");
        });
    }

    /// The rows in view. Returns how many neurons that are.
    fn tiles_ui(
        &mut self,
        ui: &mut Ui,
        seen: Seen<'_>,
        first: &First<'_>,
        scales: &mut WeightScale,
        count: usize,
    ) -> usize {
        let session = seen.session;
        let ppp = ui.pixels_per_point();
        let width = ui.available_width() - 12.0;
        // A whole number of physical pixels for each weight, so that all look alike.
        let wanted = (width / 8.0).clamp(28.0, 84.0) * ppp / first.tile[0] as f32;
        let scale = wanted.floor().max(1.0) / ppp;
        let tile = vec2(first.tile[0] as f32, first.tile[1] as f32) * scale;
        let columns = (((width + GAP) / (tile.x + GAP)) as usize).max(1);
        let bound = scales.bound(session, self.shown);
        let mut shown = 0;
        ui.spacing_mut().item_spacing.y = GAP;
        let rows = count.div_ceil(columns);
        ScrollArea::vertical()
            .auto_shrink(false)
            .show_rows(ui, tile.y, rows, |ui, range| {
                let order = self.figures.as_ref().map_or(&[][..], |figures| &figures.order);
                let (from, to) = (range.start * columns, (range.end * columns).min(count));
                let to = to.min(from + capacity(first.tile));
                let neurons = order[from.min(to)..to].to_vec();
                shown = neurons.len();
                let chosen = self.row_tiles_ui(ui, seen, first, &neurons, columns, tile, bound);
                self.chosen = chosen.or(self.chosen);
            });
        shown
    }

    /// The neurons in view, row by row. Returns the one that was clicked.
    #[expect(
        clippy::too_many_arguments,
        reason = "what is shown, where, and how large are separate things"
    )]
    fn row_tiles_ui(
        &mut self,
        ui: &mut Ui,
        seen: Seen<'_>,
        first: &First<'_>,
        neurons: &[usize],
        columns: usize,
        tile: egui::Vec2,
        bound: f64,
    ) -> Option<usize> {
        let session = seen.session;
        let tokens = Tokens::of(ui);
        let key = self.atlas_key(ui, session, bound, neurons);
        let (lut, shown) = (tokens.signed.lut(), self.shown);
        let factor = (1.0 / bound) as f32;
        let color = |index: usize, pixel: usize| lut.color(first.value(shown, neurons[index], pixel) * factor);
        self.atlas.update(ui, key, neurons.len(), first.tile, color);
        let origin = egui::emath::GuiRounding::round_to_pixels(ui.cursor().min, ui.pixels_per_point());
        let rows = neurons.len().div_ceil(columns);
        ui.allocate_space(vec2(ui.available_width(), rows as f32 * (tile.y + GAP) - GAP));
        let mut clicked = None;
        for (index, &neuron) in neurons.iter().enumerate() {
            let step = tile + vec2(GAP, GAP);
            let corner = origin + vec2((index % columns) as f32, (index / columns) as f32) * step;
            let rect = Rect::from_min_size(corner, tile);
            self.atlas.paint(ui, index, rect);
            let response = ui.interact(rect, ui.scope_id().with(("field", neuron)), Sense::click());
            let name = format!("{} #{}", session.layers().name(1), grouped(neuron as u64));
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, format!("Field of {name}")));
            let place = seen.selection.place(of_first(neuron));
            let stroke = match place {
                _ if response.hovered() || response.has_focus() => Stroke::new(1.5, tokens.accent),
                Some(place) => Stroke::new(2.0, tokens.selected(place)),
                None => Stroke::new(1.0, tokens.line),
            };
            ui.painter().rect_stroke(rect, 1.0, stroke, StrokeKind::Outside);
            if response.clicked() {
                clicked = Some(neuron);
                self.adds = ui.input(|input| input.modifiers.command);
            }
            let change = self.figures.as_ref().and_then(|figures| figures.changes.get(neuron));
            let (spikes, change) = (self.spikes.of(neuron), change.copied().unwrap_or(0.0));
            response.on_hover_ui(|ui| {
                let rows = [("spikes", grouped(spikes)), ("mean |change|", number(change))];
                tooltip_rows(ui, &name, &rows);
                let help = "Click selects it and shows it large, Ctrl-click adds it";
                ui.label(RichText::new(help).color(tokens.text_weak));
            });
        }
        clicked
    }

    /// What a picture of these neurons belongs to.
    fn atlas_key(&self, ui: &Ui, session: &Session, bound: f64, neurons: &[usize]) -> AtlasKey {
        AtlasKey {
            run: session.run(),
            snapshot: self.figures.as_ref().map_or(0, |figures| figures.key.1),
            shown: self.shown,
            scale: bound.to_bits(),
            dark: ui.visuals().dark_mode,
            neurons: neurons.to_vec(),
        }
    }
}
