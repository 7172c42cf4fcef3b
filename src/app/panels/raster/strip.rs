//! The line over the spikes: which part of the night is counted, and what a colour means.

use egui::{Align, Label, Layout, Mesh, RichText, Sense, Ui, pos2, vec2};

use super::canvas::{Canvas, shades};
use super::counts::Counts;
use super::intervals::Intervals;
use crate::app::action::{Actions, UiAction};
use crate::app::commands::Deed;
use crate::app::panels::potentials::spike_steps;
use crate::app::panels::{Seen, neuron_name};
use crate::app::text::{counted, grouped};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Icon, tooltip_rows};

/// Height of the line.
pub const HEIGHT: f32 = 18.0;
/// Width of the colours from one spike to the busiest pixel.
const BAR: f32 = 44.0;

/// The part that is counted to the left, the colours to the right.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, counts: &Counts, canvas: &Canvas, actions: &mut Actions) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        if ui.available_width() > 420.0 {
            legend_ui(ui, seen, canvas);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            part_ui(ui, seen, counts, actions);
        });
    });
}

/// The brushed span with a button that clears it, or what is in view. Under the pointer, the intervals of the selected neurons.
fn part_ui(ui: &mut Ui, seen: Seen<'_>, counts: &Counts, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let span = seen.selection.span();
    if span.is_some() {
        let (rect, response) = ui.allocate_exact_size(vec2(14.0, HEIGHT), Sense::click());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Clear the span"));
        let ink = if response.hovered() || response.has_focus() {
            tokens.text_strong
        } else {
            tokens.text_weak
        };
        Icon::Close.paint(ui.painter(), rect, 8.0, ink);
        if response.on_hover_text("Clear the span (Escape)").clicked() {
            actions.push(UiAction::SelectSpan(None));
        }
        let loops = seen.selection.looped().is_some();
        let (rect, response) = ui.allocate_exact_size(vec2(16.0, HEIGHT), Sense::click());
        let name = "Loop the span";
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, loops, name));
        let ink = if loops {
            tokens.accent
        } else if response.hovered() || response.has_focus() {
            tokens.text_strong
        } else {
            tokens.text_weak
        };
        Icon::Loop.paint(ui.painter(), rect, 13.0, ink);
        let help = Deed::Loop.hint("Loop: play these steps over and over, or no longer");
        if response.on_hover_text(help).clicked() {
            actions.push(UiAction::ToggleLoop);
        }
    }
    let (text, ink) = match &span {
        Some(span) => (words("Span", span.start..span.end, counts), tokens.text_strong),
        None => (words("In view", counts.part(), counts), tokens.text_weak),
    };
    let label = Label::new(RichText::new(text).size(size::SMALL).color(ink)).truncate();
    ui.add(label).on_hover_ui(|ui| intervals_ui(ui, seen, counts));
}

/// The part in words: "Span: steps 120–179, 60 steps, 60 ms, 34 spikes".
fn words(what: &str, part: std::ops::Range<u64>, counts: &Counts) -> String {
    let known = counts.part();
    let steps = part.end.saturating_sub(part.start);
    if steps == 0 {
        return format!("{what}: nothing yet");
    }
    let where_to = format!("{what}: steps {}–{}", grouped(part.start + 1), grouped(part.end));
    let spikes = counted(counts.total(), "spike");
    let steps_known = known.end.saturating_sub(known.start);
    let of_known = if steps_known < steps {
        format!(" in the {} known", grouped(steps_known))
    } else {
        String::new()
    };
    // A step is a millisecond.
    format!(
        "{where_to}, {}, {} ms, {spikes}{of_known}",
        counted(steps, "step"),
        grouped(steps)
    )
}

/// The intervals of the selected neurons.
fn intervals_ui(ui: &mut Ui, seen: Seen<'_>, counts: &Counts) {
    let neurons = seen.selection.neurons();
    let rows: Vec<(String, String)> = neurons
        .iter()
        .map(|&neuron| {
            let intervals = Intervals::of(spike_steps(seen.session, neuron, counts.part()));
            let spikes = counted(intervals.spikes, "spike");
            let text = match intervals.mean {
                Some(_) => format!("{spikes}, {}", intervals.text()),
                None => spikes,
            };
            (neuron_name(seen.session, neuron), text)
        })
        .collect();
    let mut rows: Vec<(&str, String)> = rows.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let title = if rows.is_empty() {
        rows.push((
            "here",
            "the intervals between the spikes of selected neurons".to_owned(),
        ));
        "Mean interval between spikes (ISI)"
    } else {
        "Mean interval between spikes (ISI), and its variation"
    };
    tooltip_rows(ui, title, &rows);
}

/// What the colours mean.
fn legend_ui(ui: &mut Ui, seen: Seen<'_>, canvas: &Canvas) {
    let tokens = Tokens::of(ui);
    let small = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    let busiest = canvas.busiest();
    if busiest <= 1 {
        ui.label(small("a mark is a spike".to_owned()));
        return;
    }
    let help = if canvas.is_dense() {
        "Several steps or units share a pixel: the stronger its colour, the more spikes it holds (logarithmic)"
    } else {
        "Several units share a pixel: the stronger its colour, the more spikes it holds (logarithmic)"
    };
    ui.label(small(format!("{} spikes a pixel", grouped(busiest.into()))))
        .on_hover_text(help);
    let (bar, _) = ui.allocate_exact_size(vec2(BAR, 8.0), Sense::hover());
    let color = tokens.layer(0, seen.session.layers().count());
    let shades = shades(tokens, color, busiest);
    ui.painter().rect_filled(bar, 0.0, tokens.sunken);
    // One shape: cells would show their seams.
    let mut mesh = Mesh::default();
    for (index, &shade) in shades.iter().enumerate() {
        let x = bar.left() + BAR * index as f32 / (shades.len() - 1) as f32;
        mesh.colored_vertex(pos2(x, bar.top()), shade);
        mesh.colored_vertex(pos2(x, bar.bottom()), shade);
        if let Some(corner) = (2 * index as u32).checked_sub(2) {
            mesh.add_triangle(corner, corner + 1, corner + 2);
            mesh.add_triangle(corner + 1, corner + 2, corner + 3);
        }
    }
    ui.painter().add(mesh);
    ui.label(small("1".to_owned()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::session::testing::session;

    /// Catches a span told with an end that is not in it, and spikes that are claimed for steps nobody knows.
    #[test]
    fn the_part_is_told_in_words() {
        let night = session(&[(0, &[0, 4]), (1, &[4]), (2, &[1])]);
        let mut counts = Counts::default();
        counts.update(&night, 1..3);
        assert_eq!(words("Span", 1..3, &counts), "Span: steps 2–3, 2 steps, 2 ms, 2 spikes");
        assert_eq!(
            words("Span", 1..9, &counts),
            "Span: steps 2–9, 8 steps, 8 ms, 2 spikes in the 2 known"
        );
        counts.update(&night, 0..0);
        assert_eq!(words("In view", 0..0, &counts), "In view: nothing yet");
    }
}
