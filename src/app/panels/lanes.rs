//! Nights stacked on one axis of time: what differs, how accurate each is, who spikes, and where they part.

pub mod band;
mod night;

use std::collections::HashMap;

use egui::{Align2, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use self::band::Band;
use super::Seen;
use super::comparison::{Beside, Comparison, nights};
use crate::app::action::{Actions, LaneAction, UiAction};
use crate::app::commands::Deed;
use crate::app::text::{grouped, nice_ceiling};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, axis_text, empty_state, key};
use crate::worker::{LaneId, MAX_LANES, Which};

/// Width of what stands left of the plots.
const ABOUT: f32 = 184.0;
/// Between that and the plots.
const GAP: f32 = 10.0;
/// Height of the axis under the plots.
const FOOT: f32 = 18.0;
/// Height of a night at least, and at most.
const ROW: (f32, f32) = (120.0, 330.0);

/// The pane of the lanes.
#[derive(Default)]
pub struct LanesView {
    bands: HashMap<Which, (Band, Band)>,
    /// The lane that is being renamed, and what is typed.
    renaming: Option<(LaneId, String)>,
}

/// Where time is in the plots.
#[derive(Clone, Copy)]
struct Time {
    left: f32,
    right: f32,
    /// Steps of the longest night.
    steps: u64,
}

impl Time {
    /// The place of a step.
    fn x(&self, step: u64) -> f32 {
        self.left + (step as f64 / self.steps.max(1) as f64) as f32 * (self.right - self.left)
    }

    /// The step nearest to a place.
    fn at(&self, x: f32) -> u64 {
        let share = f64::from(((x - self.left) / (self.right - self.left).max(1.0)).clamp(0.0, 1.0));
        (share * self.steps as f64).round() as u64
    }
}

/// What the colours of the difference stand for.
fn difference_inks(tokens: &Tokens) -> [(egui::Color32, &'static str); 2] {
    [(tokens.accent, "only here"), (tokens.pending, "only in the baseline")]
}

impl LanesView {
    /// How many nights there are.
    pub fn header_ui(ui: &mut Ui, seen: Seen<'_>) {
        let lanes = seen.session.lanes().list().len();
        let text = format!("{lanes} of {MAX_LANES} lanes");
        let tokens = Tokens::of(ui);
        ui.label(RichText::new(text).size(size::SMALL).color(tokens.text_weak));
    }

    /// The nights.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, comparison: &mut Comparison, actions: &mut Actions) {
        let session = seen.session;
        let tokens = Tokens::of(ui);
        let nights = nights(session, tokens);
        if nights.is_empty() {
            let text = "Here nights stand one above the other: branches that go on with other parameters and the same noise, and saved runs.";
            return empty_state(
                ui,
                text,
                "Press Play, change a setting of the night, then \"Branch here\"",
            );
        }
        self.bands
            .retain(|which, _| nights.iter().any(|night| night.which == *which));
        tools_ui(ui, &nights, actions);
        let area = ui.available_rect_before_wrap();
        let time = Time {
            left: area.left() + ABOUT + GAP,
            right: area.right() - 12.0,
            steps: nights.iter().map(|night| night.total).max().unwrap_or(1),
        };
        if time.right - time.left < 48.0 || area.height() < FOOT + 40.0 {
            ui.allocate_rect(area, Sense::hover());
            return;
        }
        let body = Rect::from_min_max(area.min, area.max - vec2(0.0, FOOT));
        let high = (body.height() / nights.len() as f32).clamp(ROW.0, ROW.1) - 8.0;
        ui.scope_builder(egui::UiBuilder::new().max_rect(body), |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 8.0;
                for night in &nights {
                    self.night_ui(ui, seen, comparison, (&nights, night), (time, high), actions);
                }
                if nights.len() == 1 {
                    let hint = Deed::Branch.hint("Change a setting of the night, then branch here");
                    ui.add(egui::Label::new(RichText::new(hint).color(tokens.text_weak)).wrap());
                }
            });
        });
        axis_ui(ui, time, body.bottom());
        ui.advance_cursor_after_rect(area);
    }

    /// A night: what it is, and its plots.
    fn night_ui(
        &mut self,
        ui: &mut Ui,
        seen: Seen<'_>,
        comparison: &mut Comparison,
        (nights, night): (&[Beside<'_>], &Beside<'_>),
        (time, high): (Time, f32),
        actions: &mut Actions,
    ) {
        let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), high), Sense::hover());
        let about = Rect::from_min_size(row.min, vec2(ABOUT, high));
        let baseline = nights.iter().find(|other| other.which == comparison.baseline());
        let builder = egui::UiBuilder::new().max_rect(about).id_salt(("about", night.which));
        // It has its place already: nothing is put under it.
        let mut left = ui.new_child(builder);
        left.shrink_clip_rect(about);
        night::about_ui(
            &mut left,
            seen,
            (night, baseline),
            &mut self.renaming,
            comparison,
            actions,
        );
        let plot = Rect::from_min_max(pos2(time.left, row.top()), pos2(time.right, row.bottom()));
        let bands = self.bands.entry(night.which).or_default();
        night::plots_ui(ui, seen, (night, comparison), bands, (plot, time), actions);
    }
}

/// What can be added, and what the colours are.
fn tools_ui(ui: &mut Ui, nights: &[Beside<'_>], actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (deed, icon, name, action) in [
            (
                Deed::Branch,
                Icon::Branch,
                "Branch here",
                UiAction::Lane(LaneAction::Branch),
            ),
            (
                Deed::AddRun,
                Icon::Add,
                "Add a saved run …",
                UiAction::Lane(LaneAction::Browse),
            ),
        ] {
            let called = format!("Lanes: {name}");
            let button = ToolButton::new(icon, name).emphasis(Emphasis::Plain).called(&called);
            let help = deed.hint(&deed.row().help);
            if ui.add(button).on_hover_text(help).clicked() {
                actions.push(action);
            }
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let layers = nights[0].layers;
        for layer in 0..layers.count() {
            key(ui, tokens.layer(layer, layers.count()), &layers.name(layer));
        }
    });
    // On a line of its own: some of its colours are those of layers.
    if nights.len() > 1 {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.label(RichText::new("difference:").size(size::SMALL).color(tokens.text_weak));
            for (color, word) in difference_inks(tokens) {
                key(ui, color, word);
            }
            key(ui, tokens.worse, "where it parts");
        });
    }
    ui.add_space(4.0);
}

/// The steps under the plots.
fn axis_ui(ui: &Ui, time: Time, top: f32) {
    let wanted = ((time.right - time.left) / 90.0).clamp(2.0, 8.0);
    let apart = nice_ceiling(time.steps as f64 / f64::from(wanted)).max(1.0);
    let mut step = 0.0;
    while step <= time.steps as f64 {
        let x = time.x(step as u64);
        if x < time.right - 34.0 {
            axis_text(ui, pos2(x, top + 3.0), Align2::CENTER_TOP, grouped(step as u64));
        }
        step += apart;
    }
    axis_text(ui, pos2(time.right, top + 3.0), Align2::RIGHT_TOP, "step");
}
