//! Every spike of the night: all layers over one axis of time.
//!
//! Painted into a texture as large as the plot in physical pixels, so that no spike falls between two pixels.

mod axis;
mod backdrop;
mod bands;
pub mod brush;
mod canvas;
mod counts;
pub mod density;
mod intervals;
mod marks;
mod order;
mod pointer;
mod rows;
mod strip;
mod tools;

use std::ops::Range;

use egui::{Rect, Sense, Ui, UiBuilder, vec2};

use self::axis::TimeAxis;
use self::bands::RowView;
use self::brush::Brush;
use self::canvas::Canvas;
use self::counts::Counts;
use self::marks::Spot;
use self::rows::{Choice, Rows};
use super::Seen;
use super::neurons::Tally;
use crate::app::action::{Actions, UiAction};
use crate::app::changes;
use crate::app::session::Session;
use crate::app::text::counted;
use crate::app::widgets::{empty_state, segmented};

/// Room for the names and numbers of the layers.
const GUTTER: f32 = 94.0;
/// Room for the numbers of the steps.
const FOOT: f32 = 20.0;
/// Below this height the line over the spikes is left out.
const LOW: f32 = 110.0;

/// The pane of the spikes.
#[derive(Default)]
pub struct RasterView {
    axis: TimeAxis,
    choice: Choice,
    rows: Rows,
    row_view: RowView,
    counts: Counts,
    /// The spike that the menu is about.
    menu: Option<Spot>,
    brush: Brush,
    canvas: Canvas,
    run: u64,
}

impl RasterView {
    /// Whether it sorts or filters by what the weights did.
    pub fn reads_weights(&self) -> bool {
        self.choice.reads_weights()
    }

    /// Follow and whole night, sorting, which rows, and jumps.
    pub fn header_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        if session.night().is_none() {
            return;
        }
        ui.spacing_mut().item_spacing.x = 5.0;
        // Not higher than the header.
        ui.spacing_mut().interact_size.y = tools::HEIGHT;
        ui.spacing_mut().button_padding.y = 1.0;
        let view = if self.axis.is_whole() {
            Some(false)
        } else {
            self.axis.follows().then_some(true)
        };
        let choices = [
            (Some(false), "Whole night".to_owned()),
            (Some(true), "Follow".to_owned()),
        ];
        let help = |view| match view {
            Some(true) => "Keep the newest step in view, at the present zoom",
            _ => "Show the whole night (double-click does the same)",
        };
        match segmented(ui, "View", &choices, view, |view| help(view).to_owned()) {
            Some(Some(true)) => self.axis.set_follow(true, session.steps(), session.total_steps()),
            Some(_) => self.axis.show_whole(),
            None => {}
        }
        tools::sort_ui(ui, &mut self.choice);
        tools::rows_ui(ui, &mut self.choice, self.rows.fault());
        tools::jump_ui(ui, seen, actions);
    }

    /// Shows a layer alone, without a zoom into its rows.
    pub fn show_layer(&mut self, layer: usize) {
        self.row_view.show_alone(layer);
    }

    /// First and last step in view.
    pub fn range(&self, session: &Session) -> (f64, f64) {
        let axis = if self.run == session.run() {
            self.axis.clone()
        } else {
            TimeAxis::default()
        };
        axis.range(session.total_steps())
    }

    /// The steps that are counted: the brushed span as far as it is known, or what is in view up to the moment that is shown.
    fn part(seen: Seen<'_>, range: (f64, f64)) -> Range<u64> {
        let (part, end) = match seen.selection.span() {
            Some(span) => (span, seen.session.spikes().steps()),
            None => (
                range.0.floor().max(0.0) as u64..range.1.ceil().max(0.0) as u64,
                seen.session.slept(),
            ),
        };
        let end = part.end.min(end);
        part.start.min(end)..end
    }

    /// The raster. `tally` counts what every neuron did in the whole night.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, tally: &mut Tally, actions: &mut Actions) {
        let session = seen.session;
        if self.run != session.run() {
            self.run = session.run();
            self.axis = TimeAxis::default();
            self.row_view = RowView::default();
            self.brush = Brush::default();
        }
        if session.night().is_none() {
            empty_state(
                ui,
                "Here every spike of the night appears, layer over layer, as soon as the network is asleep.",
                "Press Play",
            );
            return;
        }
        let area = ui.available_rect_before_wrap();
        let head = if area.height() < LOW { 0.0 } else { strip::HEIGHT + 4.0 };
        let body = Rect::from_min_max(area.min + vec2(0.0, head), area.max);
        let plot = Rect::from_min_max(body.min + vec2(GUTTER, 0.0), body.max - vec2(0.0, FOOT));
        if plot.width() < 32.0 || plot.height() < 32.0 {
            ui.allocate_rect(area, Sense::hover());
            return;
        }
        let plot = egui::emath::GuiRounding::round_to_pixels(plot, ui.pixels_per_point());
        let response = ui.interact(body, ui.scope_id().with("spikes"), Sense::click_and_drag());
        let total = session.total_steps();
        if let Some(span) = self.brush.interact(ui, &response, plot, self.axis.range(total), total)
            && seen.selection.span().as_ref() != Some(&span)
        {
            actions.push(UiAction::SelectSpan(Some(span)));
        }
        let may_move = !self.brush.is_down();
        let to_whole = self
            .axis
            .interact(ui, &response, plot, (total, session.steps()), may_move);
        if to_whole {
            self.row_view.show_whole();
        }
        let range = self.axis.range(total);
        self.counts.update(session, Self::part(seen, range));
        self.rows.update(ui, seen, &self.choice, &self.counts, tally);
        let bands = self.row_view.bands(session, &self.rows, plot);
        pointer::rows(ui, &response, plot, &mut self.row_view, &bands, may_move);
        let bands = self.row_view.bands(session, &self.rows, plot);
        let x_of = |step: u64| plot.left() + axis::share(step as f64, range) as f32 * plot.width();
        backdrop::ui(ui, session, plot, &bands, range);
        if let Some(span) = seen.selection.span() {
            brush::span_ui(ui, plot, range, &span);
        }
        self.canvas.update(ui, session, &self.rows, plot, (&bands, range));
        self.canvas.paint(ui, plot, x_of(session.steps()));
        marks::selected_ui(ui, seen, &self.rows, plot, &bands);
        marks::lit_ui(ui, seen, &self.rows, plot, (&bands, range));
        changes::marks_ui(ui, session, plot, "raster", x_of);
        pointer::now_ui(ui, plot, range, session.steps());
        let spot = response
            .hover_pos()
            .and_then(|pointer| Spot::find(session, &self.rows, plot, (&bands, range), pointer));
        pointer::hover_ui(ui, &response, seen, plot, spot.as_ref(), &self.counts);
        pointer::pick(ui, &response, spot.as_ref(), actions);
        pointer::menu_ui(&response, session, spot, &mut self.menu, actions);
        pointer::seek(seen, &response, plot, range, actions);
        let alone = self.row_view.alone().is_some();
        if let Some(layer) = backdrop::layers_ui(ui, session, body.left(), &bands, &self.counts, alone) {
            self.row_view.toggle_alone(layer);
        }
        if head > 0.0 {
            let line = Rect::from_min_size(area.min, vec2(area.width(), strip::HEIGHT));
            ui.scope_builder(UiBuilder::new().max_rect(line).id_salt("strip"), |ui| {
                strip::ui(ui, seen, &self.counts, &self.canvas, actions);
            });
        }
        ui.advance_cursor_after_rect(area);
        response.widget_info(|| {
            let steps = counted(session.steps(), "step");
            egui::WidgetInfo::labeled(egui::Role::Image, true, format!("Spikes of {steps}"))
        });
    }
}
