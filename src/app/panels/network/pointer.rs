//! What the pointer or the keyboard is on: a unit, with its numbers; a click selects it.

use egui::{Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::NetworkView;
use super::grid::Grid;
use super::paths::Weights;
use crate::app::action::{Actions, UiAction};
use crate::app::panels::weight_change::Shown;
use crate::app::panels::{Seen, neuron_name};
use crate::app::selection::Neuron;
use crate::app::session::Session;
use crate::app::text::{counted, grouped, number, percent, signed};
use crate::app::widgets::{canvas_keys, tooltip_rows};
use crate::sim::night::DT;

impl NetworkView {
    /// Reads the pointer and the keys over a layer, tells of the unit, and selects it where that is asked for.
    pub(super) fn pointed_ui(
        &mut self,
        ui: &Ui,
        seen: Seen<'_>,
        (layer, grid): (usize, &Grid),
        area: Rect,
        actions: &mut Actions,
    ) {
        let session = seen.session;
        let response = ui.interact(area, ui.scope_id().with(("map", layer)), Sense::click());
        self.move_cursor(ui, &response, session, layer, grid);
        // Asked before the context is locked for what screen readers say.
        let keyed = self
            .cursor
            .filter(|cursor| cursor.layer == layer && response.has_focus());
        let spiked = self.flow.as_ref().and_then(|(_, flow)| flow.spikes.get(layer));
        let spiked = spiked.map_or(0, Vec::len);
        response.widget_info(|| {
            let name = session.layers().name(layer);
            let units = counted(session.layers().size(layer) as u64, "unit");
            let at = keyed.map_or_else(String::new, |cursor| format!(", at #{}", cursor.unit));
            let text = format!("Map of {name}: {} of {units} spiked{at}", grouped(spiked as u64));
            WidgetInfo::labeled(Role::Image, true, text)
        });
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        let under = pointer.and_then(|at| {
            // The name of an output is part of it.
            let x = at.x.clamp(grid.rect.left() + 0.1, grid.rect.right() - 0.1);
            let units = grid.units_at(egui::pos2(if grid.is_named { x } else { at.x }, at.y));
            let unit = self.loudest(layer, &units)?;
            Some((Neuron { layer, unit }, units.len()))
        });
        if response.clicked()
            && let Some(neuron) = under.map(|(neuron, _)| neuron).or(keyed)
        {
            actions.push(if ui.input(|input| input.modifiers.command) {
                UiAction::ToggleSelected(neuron)
            } else {
                UiAction::Select(neuron)
            });
        }
        if let Some((neuron, shared)) = under.filter(|_| response.hovered()) {
            self.hovered = Some(neuron);
            response.on_hover_ui_at_pointer(|ui| self.facts_ui(ui, seen, neuron, shared));
        }
    }

    /// The arrows move the cursor over the units of the layer that has the keyboard.
    fn move_cursor(&mut self, ui: &Ui, response: &Response, session: &Session, layer: usize, grid: &Grid) {
        if !response.has_focus() {
            return;
        }
        let units = session.layers().size(layer) as i64;
        let here = self
            .cursor
            .filter(|cursor| cursor.layer == layer)
            .map_or(0, |cursor| cursor.unit);
        let [right, down] = canvas_keys(ui, response).map_or([0, 0], |keys| keys.steps);
        let moved = i64::from(here) + i64::from(right) + i64::from(down) * grid.columns() as i64;
        self.cursor = Some(Neuron {
            layer,
            unit: moved.clamp(0, (units - 1).max(0)) as u32,
        });
    }

    /// The unit that gives a cell its colour.
    fn loudest(&self, layer: usize, units: &[u32]) -> Option<u32> {
        let values = self.figures.layer(layer);
        let size = |unit: u32| {
            values
                .and_then(|values| values.get(unit as usize))
                .map_or(0.0, |value| value.abs())
        };
        let better = |best: u32, unit: u32| if size(unit) > size(best) { unit } else { best };
        units.iter().copied().reduce(better)
    }

    /// The unit and its numbers.
    fn facts_ui(&self, ui: &mut Ui, seen: Seen<'_>, neuron: Neuron, shared: usize) {
        let session = seen.session;
        let Neuron { layer, unit } = neuron;
        let is_output = layer > 0 && layer + 1 == session.layers().count();
        let mut title = neuron_name(session, neuron);
        if is_output {
            title = format!("{title}, class {}", session.class_name(unit as usize));
        }
        let spiked = self.flow.as_ref().and_then(|(_, flow)| flow.spikes.get(layer));
        let spiked = spiked.is_some_and(|units| units.binary_search(&unit).is_ok());
        let mut rows: Vec<(&str, String)> = Vec::new();
        if let Some(step) = session.steps().checked_sub(1) {
            let word = if spiked { "spikes" } else { "silent" };
            rows.push(("this step", format!("{word} (step {})", grouped(step + 1))));
        }
        let (spikes, steps) = spikes_of(session, neuron, self.figures.window());
        if steps > 0 {
            let rate = spikes as f64 / (steps as f64 * DT);
            rows.push((
                "rate",
                format!(
                    "{} Hz: {} in {}",
                    number(rate),
                    counted(spikes, "spike"),
                    counted(steps, "step")
                ),
            ));
        }
        if let (Some(potential), Some(threshold)) = (session.potential(layer, unit), session.threshold(layer)) {
            let share = percent(f64::from(potential) / threshold).replace('-', "−");
            let potential = number(potential.into()).replace('-', "−");
            rows.push(("potential", format!("{potential} of {}, {share} %", number(threshold))));
        }
        weight_rows(seen, neuron, &mut rows);
        if let Some(class) = session.preferred_class(layer, unit).filter(|_| !is_output) {
            rows.push(("prefers awake", format!("class {}", session.class_name(class))));
        }
        if shared > 1 {
            rows.push(("the largest of", format!("{} here", counted(shared as u64, "unit"))));
        }
        rows.push(("click", "selects it, Ctrl-click adds it".to_owned()));
        tooltip_rows(ui, &title, &rows);
    }
}

/// What became of the weights into the unit, and its synapse with the selected neuron.
fn weight_rows(seen: Seen<'_>, neuron: Neuron, rows: &mut Vec<(&str, String)>) {
    let Some((night, now)) = seen.session.night().zip(seen.session.weights_now()) else {
        return;
    };
    let of = |shown| Weights {
        before: &night.weights,
        now: &now.weights,
        shown,
    };
    if let Some(sum) = of(Shown::Change).sum_into(neuron) {
        rows.push(("Σ |weight change|", number(sum)));
    }
    let Some(&selected) = seen.selection.neurons().last() else {
        return;
    };
    let synapse = |shown| {
        if neuron.layer + 1 == selected.layer {
            of(shown).synapse(neuron.layer, neuron.unit, selected.unit)
        } else if selected.layer + 1 == neuron.layer {
            of(shown).synapse(selected.layer, selected.unit, neuron.unit)
        } else {
            None
        }
    };
    if let (Some(is), Some(change)) = (synapse(Shown::Now), synapse(Shown::Change)) {
        let way = if neuron.layer < selected.layer {
            "weight to the selected"
        } else {
            "weight from the selected"
        };
        let text = format!("{}, change {}", signed(is.value.into()), signed(change.value.into()));
        rows.push((way, text));
    }
}

/// Spikes of a unit in the last steps, and how many steps these are.
fn spikes_of(session: &Session, neuron: Neuron, window: Option<u64>) -> (u64, u64) {
    let end = session.slept();
    let begin = window.map_or(0, |window| end.saturating_sub(window));
    let unit = session.layers().units(neuron.layer).start + neuron.unit;
    let steps = session.spikes().range(begin..end);
    // The units of a step rise.
    let spikes = steps.filter(|(_, units)| units.binary_search(&unit).is_ok());
    (spikes.count() as u64, end - begin)
}

/// Where the pointer belongs to a layer: its grid, and the names beside it.
pub fn reach(grid: &Grid, names: f32) -> Rect {
    let right = if grid.is_named { names + 6.0 } else { 0.0 };
    Rect::from_min_size(grid.rect.min, grid.rect.size() + vec2(right, 0.0))
}
