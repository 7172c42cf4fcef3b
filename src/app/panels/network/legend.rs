//! What the colours and the lines stand for, and how many of them are drawn.

use egui::{Align, Label, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, vec2};

use super::figure::Figure;
use super::lines::sign_color;
use super::paths::{Paths, Strongest, Tree};
use super::{Lines, NetworkView};
use crate::app::panels::weight_change::Shown;
use crate::app::panels::{Seen, neuron_name};
use crate::app::session::Session;
use crate::app::text::{grouped, number};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{color_bar, frame_key, key};

impl NetworkView {
    /// A line for the colours, a line for the lines. `shared` is how many units share a cell at most.
    pub(super) fn legend_ui(&self, ui: &mut Ui, seen: Seen<'_>, area: Rect, shared: usize) {
        let half = 0.5 * area.height();
        let [upper, lower] = [0.0, half].map(|top| {
            let corner = area.min + vec2(0.0, top);
            Rect::from_min_size(corner, vec2(area.width(), half))
        });
        let layout = Layout::left_to_right(Align::Center);
        let builder = |rect, name: &str| UiBuilder::new().max_rect(rect).layout(layout).id_salt(name);
        ui.scope_builder(builder(upper, "colours"), |ui| {
            self.colors_ui(ui, seen.session);
            if shared > 1 {
                let text = format!(
                    "up to {} units share a spot: the largest is shown",
                    grouped(shared as u64)
                );
                small_ui(ui, text);
            }
        });
        ui.scope_builder(builder(lower, "lines"), |ui| self.lines_key_ui(ui, seen));
    }

    /// The scale of the colours with its unit.
    fn colors_ui(&self, ui: &mut Ui, session: &Session) {
        let tokens = Tokens::of(ui);
        let figures = &self.figures;
        let map = figures.figure.map(tokens);
        let bound = number(figures.bound());
        match figures.figure {
            Figure::Spikes => {
                let Some(step) = session.steps().checked_sub(1) else {
                    small_ui(ui, "no step was slept yet: press Step".to_owned());
                    return;
                };
                key(ui, map.color(1.0), &format!("spiked in step {}", grouped(step + 1)));
                frame_key(ui, map.color(0.0), "silent");
            }
            Figure::Rate => {
                color_bar(ui, map, "0", &bound);
                let over = figures.window().map_or_else(
                    || "the whole night so far".to_owned(),
                    |steps| format!("the last {} steps", steps.min(session.slept())),
                );
                small_ui(ui, format!("Hz over {over}"));
            }
            Figure::Potential => {
                color_bar(ui, map, "−1", "+1");
                small_ui(ui, "of the threshold".to_owned());
            }
            Figure::Change => {
                color_bar(ui, map, "0", &bound);
                small_ui(ui, "Σ |weight now − before sleep| into the neuron".to_owned());
            }
        }
        if figures.figure != Figure::Spikes {
            key(ui, tokens.text_strong, "framed: spiked in this step");
        }
    }

    /// What the lines stand for.
    fn lines_key_ui(&self, ui: &mut Ui, seen: Seen<'_>) {
        let tokens = Tokens::of(ui);
        if self.lines != Lines::Paths {
            let (drawn, all) = self.flow.as_ref().map_or((0, 0), |(_, flow)| flow.counts());
            stroke_ui(ui, Stroke::new(1.5, tokens.text));
            let text = format!(
                "spike fed a spike: {} of {} shown",
                grouped(drawn as u64),
                grouped(all as u64)
            );
            small_ui(ui, text);
            ui.add_space(6.0);
        }
        if self.lines == Lines::Spikes {
            return;
        }
        let Some((of, _, tree)) = &self.tree else {
            small_ui(ui, "click a unit for its strongest paths".to_owned());
            return;
        };
        // How much is left out comes first: it must not be what has no room.
        let name = neuron_name(seen.session, of.neuron);
        small_ui(ui, described(seen.session, &name, tree));
        for (value, word) in [(1.0, "> 0"), (-1.0, "< 0")] {
            stroke_ui(ui, Stroke::new(3.0, sign_color(tokens, value)));
            small_ui(ui, word.to_owned());
        }
        let what = if of.shown == Shown::Change { "change" } else { "weight" };
        let largest = tree.synapses().last().map_or(0.0, |synapse| synapse.value.abs());
        small_ui(ui, format!("width: |{what}| up to {}", number(largest.into())));
    }
}

/// How many of which synapses and paths are shown.
fn described(session: &Session, name: &str, tree: &Tree) -> String {
    let direct = |strongest: &Strongest, way: &str| {
        let shown = strongest.synapses.len();
        (strongest.of > 0).then(|| format!("{shown} of {} {way}", grouped(strongest.of as u64)))
    };
    let ends = |paths: &Paths, way: &str, layer: usize| {
        let layer = session.layers().name(layer).to_lowercase();
        let shown = paths.paths.len();
        (paths.of > 0).then(|| format!("paths {way} {shown} of {} {layer}s", grouped(paths.of as u64)))
    };
    let last = session.layers().count().saturating_sub(1);
    let parts = [
        direct(&tree.incoming, "into it"),
        direct(&tree.outgoing, "out of it"),
        ends(&tree.from_inputs, "from", 0),
        ends(&tree.to_outputs, "to", last),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        format!("{name}: none that is not 0")
    } else {
        format!("{name}: {} shown", parts.join(", "))
    }
}

/// Small words that give way where there is no room, and are told in full under the pointer.
fn small_ui(ui: &mut Ui, text: String) {
    if ui.available_width() < 24.0 {
        return;
    }
    let text = RichText::new(text).size(size::SMALL).color(Tokens::of(ui).text_weak);
    ui.add(Label::new(text).truncate());
}

/// A piece of a line.
fn stroke_ui(ui: &mut Ui, stroke: Stroke) {
    ui.spacing_mut().item_spacing.x = 5.0;
    if ui.available_width() < 60.0 {
        return;
    }
    let (rect, _) = ui.allocate_exact_size(vec2(16.0, 9.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, stroke);
}
