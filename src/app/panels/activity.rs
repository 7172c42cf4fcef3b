//! How lively each layer is: a light, its numbers, and its rate over the night.

mod plot;

use egui::{Align2, CursorIcon, FontId, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::Seen;
use crate::app::action::{Actions, UiAction};
use crate::app::activity::{Band, Summary, paint};
use crate::app::text::{counted, grouped, number, percent};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{axis_text, empty_state, figure, tooltip_rows};
use crate::run::Table;
use crate::sim::night::DT;

/// Height of a row.
const ROW: f32 = 18.0;
/// From this width on, the table and the plot stand side by side.
const WIDE: f32 = 700.0;
/// Least height of the plot.
const PLOT: f32 = 60.0;
/// Least width of a column.
const LEAST: f32 = 56.0;
/// The share of the width that the name of the layer gets; the numbers share the rest.
const NAME: f32 = 0.36;

/// A column of numbers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    /// Spikes a second and unit, lately.
    Lately,
    /// Spikes a second and unit.
    Rate,
    /// Units that spike in a step.
    Share,
    /// Units that ever spiked.
    Ever,
    /// Mean interval between two spikes.
    Interval,
    /// Coefficient of variation of the intervals.
    Variation,
}

impl Column {
    const ALL: [Self; 6] = [
        Self::Lately,
        Self::Rate,
        Self::Share,
        Self::Ever,
        Self::Interval,
        Self::Variation,
    ];

    /// Those that there is room for, the rates first; what is left out is told under the pointer.
    fn shown(width: f32) -> Vec<Self> {
        let fit = ((width * (1.0 - NAME) / LEAST) as usize).max(1);
        // The share of a step is the rate in other words, so it is the first to go.
        let kept: Vec<Self> = Self::ALL
            .into_iter()
            .filter(|column| *column != Self::Share)
            .take(fit)
            .collect();
        let shown = Self::ALL.into_iter();
        shown
            .filter(|column| fit >= Self::ALL.len() || kept.contains(column))
            .collect()
    }

    /// Its head, with the unit.
    fn head(self) -> &'static str {
        match self {
            Self::Lately => "Lately, Hz",
            Self::Rate => "Night, Hz",
            Self::Share => "A step, %",
            Self::Ever => "Ever, %",
            Self::Interval => "ISI, ms",
            Self::Variation => "CV",
        }
    }

    /// What it is, in a sentence.
    fn help(self) -> &'static str {
        match self {
            Self::Lately => "Mean rate of a unit over the last steps, as far as the lights look back",
            Self::Rate => "Mean rate of a unit over the night so far",
            Self::Share => {
                "Share of the units that spike in a step, in the mean of the night so far: the less, the sparser"
            }
            Self::Ever => "Share of the units that have spiked at least once in this night",
            Self::Interval => "Mean of all intervals between two spikes of the same unit; a step is a millisecond",
            Self::Variation => {
                "Coefficient of variation of the intervals, standard deviation over mean, in the mean of the units with at least three spikes: 0 is a clock, 1 is chance"
            }
        }
    }

    /// The number of a layer, if it has one.
    fn text(self, summary: &Summary) -> String {
        let text = match self {
            Self::Lately => Some(number(three(summary.recent_rate()))),
            Self::Rate => Some(number(three(summary.rate()))),
            Self::Share => Some(number(three(100.0 * summary.share()))),
            Self::Ever => Some(percent(summary.active_share())),
            Self::Interval => summary.interval.map(|steps| number(three(1e3 * DT * steps))),
            Self::Variation => summary.variation.map(|(cv, _)| format!("{cv:.2}")),
        };
        text.unwrap_or_else(|| "–".to_owned())
    }
}

/// Three significant digits: a table of more cannot be read.
fn three(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10.0_f64.powf(value.abs().log10().floor() - 2.0);
    (value / unit).round() * unit
}

/// The rate of each layer in each piece of the night; `None` before the first step.
pub fn table(seen: Seen<'_>) -> Option<Table> {
    seen.session.night()?;
    let columns = [
        ("layer", ""),
        ("from", "step"),
        ("to", "step"),
        ("rate of a unit", "Hz"),
    ];
    let mut table = Table::new("activity", columns);
    for layer in 0..seen.activity.layers().len() {
        for (from, to, rate) in seen.activity.rates(layer) {
            let name = seen.session.layers().name(layer);
            table.push([name.into(), (from + 1).into(), to.into(), rate.into()]);
        }
    }
    Some(table)
}

/// How far back the lights look.
pub fn header_ui(ui: &mut Ui, seen: Seen<'_>) {
    let steps = seen.activity.recent_steps();
    if steps > 0 {
        figure(ui, "lights: last", counted(steps, "step"));
    }
}

/// The table and the plot.
pub fn ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    if seen.session.night().is_none() {
        let what = "Here a light says of each layer whether it is silent, healthy or runs away, and its rate runs over the night.";
        empty_state(ui, what, "Press Play");
        return;
    }
    if seen.activity.layers().len() == 0 {
        let what = "No step was slept yet: there is no activity to count.";
        empty_state(ui, what, "Press Step");
        return;
    }
    let area = ui.available_rect_before_wrap();
    let wanted = ROW * (seen.activity.layers().len() + 1) as f32;
    let (table, plot) = if area.width() >= WIDE {
        let middle = area.left() + 0.5 * area.width();
        let left = Rect::from_min_max(area.min, pos2(middle - 8.0, area.bottom()));
        (left, Rect::from_min_max(pos2(middle + 8.0, area.top()), area.max))
    } else {
        // Without room for both, the numbers come first: enlarged, the pane has both.
        let both = area.height() >= wanted + PLOT;
        let height = if both { wanted } else { area.height() };
        let upper = Rect::from_min_size(area.min, vec2(area.width(), height));
        (
            upper,
            Rect::from_min_max(pos2(area.left(), upper.bottom() + 4.0), area.max),
        )
    };
    let inside = |rect| egui::UiBuilder::new().max_rect(rect);
    ui.scope_builder(inside(table).id_salt("table"), |ui| {
        ui.set_clip_rect(table.expand(2.0).intersect(ui.clip_rect()));
        egui::ScrollArea::vertical()
            .id_salt("activity table")
            .auto_shrink(false)
            .show(ui, |ui| table_ui(ui, seen, actions));
    });
    if plot.width() >= 80.0 && plot.height() >= 40.0 {
        ui.scope_builder(inside(plot).id_salt("plot"), |ui| plot::ui(ui, seen));
    }
    ui.allocate_rect(area, Sense::hover());
}

/// A row a layer.
fn table_ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width();
    let columns = Column::shown(width);
    let column = width * (1.0 - NAME) / columns.len() as f32;
    let right = |rect: Rect, place: usize| rect.left() + NAME * width + (place + 1) as f32 * column;
    let (head, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
    for (place, &what) in columns.iter().enumerate() {
        let at = pos2(right(head, place), head.center().y);
        axis_text(ui, at, Align2::RIGHT_CENTER, what.head());
        let cell = Rect::from_min_max(pos2(at.x - column, head.top()), pos2(at.x, head.bottom()));
        let response = ui.interact(cell, ui.scope_id().with(("head", place)), Sense::hover());
        response.on_hover_text(what.help());
    }
    let count = seen.activity.layers().len();
    for (layer, summary) in seen.activity.layers().enumerate() {
        let (row, response) = ui.allocate_exact_size(vec2(width, ROW), Sense::click());
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(row, 3.0, tokens.raised);
        }
        if response.clicked() {
            actions.push(UiAction::ShowLayer(layer));
        }
        let bar = Rect::from_center_size(row.left_center() + vec2(2.0, 0.0), vec2(3.0, ROW - 5.0));
        ui.painter().rect_filled(bar, 1.5, tokens.layer(layer, count));
        if let Some(light) = summary.light {
            paint(ui.painter(), tokens, row.left_center() + vec2(14.0, 0.0), light);
        }
        let name = seen.session.layers().name(layer);
        let verdict = summary.light.map_or("driven by noise", |light| light.word());
        let font = FontId::new(size::BODY, theme::strong_family());
        let at = row.left_center() + vec2(24.0, 0.0);
        let named = ui.painter().text(at, Align2::LEFT_CENTER, &name, font, tokens.text);
        axis_text(ui, named.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER, verdict);
        let spoken = Column::ALL.map(|what| format!("{} {}", what.head(), what.text(summary)));
        for (place, &what) in columns.iter().enumerate() {
            let text = what.text(summary);
            let at = pos2(right(row, place), row.center().y);
            let font = FontId::proportional(size::BODY);
            ui.painter().text(at, Align2::RIGHT_CENTER, text, font, tokens.text);
        }
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, format!("{name}, {verdict}: {}", spoken.join(", ")))
        });
        let response = response.on_hover_cursor(CursorIcon::PointingHand);
        response.on_hover_ui_at_pointer(|ui| {
            tooltip_rows(
                ui,
                &format!("{name}: {verdict}"),
                &facts(summary, Band::of(layer, count)),
            );
        });
    }
}

/// The numbers of a layer with what they are made of.
fn facts(summary: &Summary, band: Option<Band>) -> Vec<(&'static str, String)> {
    let units = counted(summary.units as u64, "unit");
    let mut rows = vec![
        (
            "spikes",
            format!("{} in {}", grouped(summary.spikes), counted(summary.steps, "step")),
        ),
        ("rate", format!("{} Hz a unit", number(summary.rate()))),
        ("ever active", format!("{} of {units}", grouped(summary.active as u64))),
    ];
    if let Some(interval) = summary.interval {
        let of = counted(summary.intervals, "interval");
        rows.push(("mean ISI", format!("{} ms, of {of}", number(1e3 * DT * interval))));
    }
    if let Some((cv, units)) = summary.variation {
        let units = counted(units as u64, "unit");
        rows.push(("mean CV", format!("{cv:.3}, of {units} with 3 spikes or more")));
    }
    if let Some(band) = band {
        rows.push((
            "lately",
            format!("{} % of the units a step", number(100.0 * summary.recent_share)),
        ));
        rows.push(("healthy", format!("{} of the units a step", band.words())));
        rows.push(("why", "as often as in the published nights".to_owned()));
    }
    rows.push(("click", "shows its spikes alone".to_owned()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a table with more digits than can be read, and a rounding that loses the size.
    #[test]
    fn three_digits_are_enough() {
        let text: Vec<_> = [0.0, 0.001_234_5, 12.3456, 98_765.0]
            .map(|value| number(three(value)))
            .into();
        assert_eq!(text, ["0", "0.00123", "12.3", "98800"]);
    }
}
