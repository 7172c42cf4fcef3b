//! One night among others: what it is on the left, its curve, its spikes and what it does not share on the right.

use egui::{
    Color32, CursorIcon, Label, Rect, RichText, Role, Sense, Shape, Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::band::Band;
use super::{Time, difference_inks};
use crate::app::action::{Actions, LaneAction, UiAction};
use crate::app::panels::Seen;
use crate::app::panels::comparison::{Beside, Comparison, Parting};
use crate::app::text::{counted, grouped, percent, points, signed};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, plate_text, tooltip_rows};
use crate::worker::{LaneId, LaneOrigin, Which};

/// Shares of the height of a night that its curve and its spikes take; the rest is what it does not share.
const PARTS: (f32, f32) = (0.33, 0.33);
/// Height of the line over the spikes that are not shared.
const LINE: f32 = 14.0;
/// Between two plots.
const GAP: f32 = 3.0;
/// Half the size of the mark where nights part.
const MARK: f32 = 5.0;
/// Differences that are told in full; the others are behind the pointer.
const TOLD: usize = 2;

/// What a night is, and what can be done with it.
pub fn about_ui(
    ui: &mut Ui,
    seen: Seen<'_>,
    (night, baseline): (&Beside<'_>, Option<&Beside<'_>>),
    renaming: &mut Option<(LaneId, String)>,
    comparison: &mut Comparison,
    actions: &mut Actions,
) {
    let tokens = Tokens::of(ui);
    ui.spacing_mut().item_spacing = vec2(4.0, 2.0);
    ui.spacing_mut().interact_size.y = 20.0;
    if !name_field_ui(ui, night, renaming, actions) {
        ui.horizontal(|ui| {
            let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            ui.painter().rect_filled(swatch, 2.0, night.color);
            let name = theme::strong(night.name, size::BODY).color(tokens.text_strong);
            let label = ui.add(Label::new(name).truncate());
            label.on_hover_text(format!("{}: {}", night.name, night.origin_words()));
        });
    }
    accuracy_ui(ui, seen, (night, baseline));
    let is_baseline = baseline.is_some_and(|baseline| baseline.which == night.which);
    let small = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    if is_baseline {
        ui.label(small("baseline".to_owned()));
    } else if let Some(baseline) = baseline {
        let words = difference_words(night, baseline);
        let rest = words.len().saturating_sub(TOLD);
        let mut lines: Vec<String> = words.iter().take(TOLD).cloned().collect();
        if rest > 0 {
            lines.push(format!("and {rest} more"));
        }
        let label = ui.add(Label::new(small(lines.join("\n"))).wrap());
        label.on_hover_text(words.join("\n"));
    }
    buttons_ui(ui, night, renaming, comparison, actions);
}

/// In what a night differs from the baseline, in words.
fn difference_words(night: &Beside<'_>, baseline: &Beside<'_>) -> Vec<String> {
    let changed = night.differs_from(baseline).into_iter();
    let mut words: Vec<String> = changed
        .map(|change| format!("{} {} → {}", change.label, change.from, change.to))
        .collect();
    let missing = |from: &Beside<'_>, among: &Beside<'_>| -> Vec<String> {
        let among = among.left_out_words();
        let own = from.left_out_words().into_iter();
        own.filter(|spike| !among.contains(spike)).collect()
    };
    words.extend(
        missing(night, baseline)
            .into_iter()
            .map(|spike| format!("without {spike}")),
    );
    words.extend(
        missing(baseline, night)
            .into_iter()
            .map(|spike| format!("with {spike}")),
    );
    if words.is_empty() {
        words.push("the same settings at the end".to_owned());
    }
    words
}

/// The name of a lane while it is typed; whether it is.
fn name_field_ui(
    ui: &mut Ui,
    night: &Beside<'_>,
    renaming: &mut Option<(LaneId, String)>,
    actions: &mut Actions,
) -> bool {
    let Some((id, text)) = renaming.as_mut().filter(|(id, _)| night.which == Which::Lane(*id)) else {
        return false;
    };
    let field = TextEdit::singleline(text).desired_width(f32::INFINITY).char_limit(60);
    let response = ui.add(field);
    response.widget_info(|| WidgetInfo::labeled(Role::TextInput, true, "Name of the lane"));
    if response.lost_focus() {
        let is_kept = !ui.input(|input| input.key_pressed(egui::Key::Escape)) && !text.trim().is_empty();
        if is_kept {
            actions.push(UiAction::Lane(LaneAction::Rename(*id, text.trim().to_owned())));
        }
        *renaming = None;
    } else if !response.has_focus() {
        response.request_focus();
    }
    true
}

/// How accurate it is at the moment that is shown, and how much more than the baseline.
fn accuracy_ui(ui: &mut Ui, seen: Seen<'_>, (night, baseline): (&Beside<'_>, Option<&Beside<'_>>)) {
    let tokens = Tokens::of(ui);
    let step = seen.session.steps().min(night.total);
    let Some((at, test)) = night.test_at(step) else {
        ui.label(RichText::new("not tested").size(size::SMALL).color(tokens.text_weak));
        return;
    };
    ui.horizontal(|ui| {
        let accuracy = format!("{} %", percent(test.accuracy()));
        let label = ui.label(theme::strong(accuracy, size::FIGURE).color(tokens.text_strong));
        label.on_hover_text(format!(
            "Share of {} read correctly, tested at step {}",
            counted(test.images().into(), "held-out image"),
            grouped(at)
        ));
        let other = baseline.filter(|baseline| baseline.which != night.which);
        if let Some((_, base)) = other.and_then(|baseline| baseline.test_at(seen.session.steps().min(baseline.total))) {
            let points = points(test.accuracy() - base.accuracy());
            let color = match points {
                points if points > 0.0 => tokens.better,
                points if points < 0.0 => tokens.worse,
                _ => tokens.text_weak,
            };
            ui.label(
                RichText::new(format!("{} points", signed(points)))
                    .size(size::SMALL)
                    .color(color),
            );
        }
    });
}

/// What can be done with a night.
fn buttons_ui(
    ui: &mut Ui,
    night: &Beside<'_>,
    renaming: &mut Option<(LaneId, String)>,
    comparison: &mut Comparison,
    actions: &mut Actions,
) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        let press = |ui: &mut Ui, icon: Icon, word: &str, help: &str| {
            let called = format!("{word}: {}", night.name);
            let button = ToolButton::new(icon, word).icon_only().called(&called);
            ui.add(button.emphasis(Emphasis::Quiet)).on_hover_text(help).clicked()
        };
        let is_baseline = comparison.baseline() == night.which;
        if !is_baseline && press(ui, Icon::Pin, "Baseline", "Compare the other nights with this one") {
            comparison.choose(night.which);
        }
        let Which::Lane(id) = night.which else { return };
        if let Some(LaneOrigin::File(path)) = night.origin {
            if press(
                ui,
                Icon::Folder,
                "Open",
                "Open this run in the place of the present one",
            ) {
                actions.push(UiAction::OpenRun(path.clone()));
            }
        } else if press(
            ui,
            Icon::Promote,
            "Promote",
            "Make it the night that all panes show; the present night becomes a lane",
        ) {
            actions.push(UiAction::Lane(LaneAction::Promote(id)));
        }
        if matches!(night.origin, Some(LaneOrigin::Branch(_)))
            && press(
                ui,
                Icon::Change,
                "Take the settings",
                "Take the settings: it goes on from where it left the night with what the settings say now",
            )
        {
            actions.push(UiAction::Lane(LaneAction::TakeSettings(id)));
        }
        if press(ui, Icon::Pen, "Rename", "Call it something else") {
            *renaming = Some((id, night.name.to_owned()));
        }
        if press(
            ui,
            Icon::Close,
            "Close",
            "Take this lane away; a saved run stays where it is saved",
        ) {
            actions.push(UiAction::Lane(LaneAction::Close(id)));
        }
    });
}

/// The plots of a night. A click or a drag goes to the moment.
pub fn plots_ui(
    ui: &mut Ui,
    seen: Seen<'_>,
    (night, comparison): (&Beside<'_>, &Comparison),
    bands: &mut (Band, Band),
    (plot, time): (Rect, Time),
    actions: &mut Actions,
) {
    let tokens = Tokens::of(ui);
    let response = ui.interact(
        plot,
        ui.scope_id().with(("plots", night.which)),
        Sense::click_and_drag(),
    );
    let curve = Rect::from_min_size(plot.min, vec2(plot.width(), PARTS.0 * plot.height() - GAP));
    let middle = Rect::from_min_size(
        pos2(plot.left(), curve.bottom() + GAP),
        vec2(plot.width(), PARTS.1 * plot.height() - GAP),
    );
    let last = Rect::from_min_max(pos2(plot.left(), middle.bottom() + GAP), plot.max);
    for place in [curve, middle, last] {
        ui.painter().rect_filled(place, 3.0, tokens.sunken);
    }
    curve_ui(ui, night, curve, time);
    let now = time.x(seen.session.steps());
    let scale = (time.steps, seen.session.revision());
    bands
        .0
        .ui(ui, middle, night.layers, scale, &[(night.spikes, None)], now);
    let parting = comparison.parting(night.which);
    if let Some(parting) = parting {
        let [(here, _), (there, _)] = difference_inks(tokens);
        let inked = [(parting.only_there(), Some(there)), (parting.only_here(), Some(here))];
        let under = last.with_min_y((last.top() + LINE).min(last.bottom() - 1.0));
        bands.1.ui(ui, under, night.layers, scale, &inked, now);
    }
    let words = match parting {
        Some(parting) => parting_words(parting, night),
        None if comparison.baseline() == night.which => "the baseline".to_owned(),
        None => "other layers than the baseline: its spikes cannot be compared".to_owned(),
    };
    let ink = faded(tokens.text_strong, 0.8);
    ui.painter()
        .vline(now, plot.y_range(), Stroke::new(tokens.pen(1.4), ink));
    plate_text(ui, curve.min + vec2(4.0, 0.0), "accuracy, 0 to 100 %");
    plate_text(ui, last.min + vec2(4.0, 0.0), &words);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{}: {words}", night.name)));
    let total = seen.session.total_steps();
    let pointed = response.interact_pointer_pos().or(response.hover_pos());
    if let Some(step) = pointed.map(|at| time.at(at.x)) {
        let wanted = step.min(total);
        if response.clicked() || (response.dragged() && wanted != seen.session.steps()) {
            actions.push(UiAction::Seek(wanted));
        }
        if !response.dragged() {
            let line = Stroke::new(1.0, faded(tokens.text, 0.4));
            ui.painter().vline(time.x(step), plot.y_range(), line);
            response
                .on_hover_cursor(CursorIcon::ResizeHorizontal)
                .on_hover_ui_at_pointer(|ui| hover_ui(ui, night, parting, step));
        }
    }
    if let Some(first) = parting.and_then(Parting::first) {
        mark_ui(ui, plot, time, (night, first), actions);
    }
}

/// Where two nights part, in words.
fn parting_words(parting: &Parting, night: &Beside<'_>) -> String {
    match parting.first() {
        Some(first) => {
            let count = |log: &crate::app::session::SpikeLog| -> u64 {
                (0..night.layers.count()).map(|layer| log.total(layer)).sum()
            };
            format!(
                "parts in step {}: {} only here, {} only there",
                grouped(first + 1),
                grouped(count(parting.only_here())),
                grouped(count(parting.only_there()))
            )
        }
        None => format!("the same spikes in {}", counted(parting.compared(), "step")),
    }
}

/// The accuracy over the night.
fn curve_ui(ui: &Ui, night: &Beside<'_>, place: Rect, time: Time) {
    let tokens = Tokens::of(ui);
    let y = |share: f64| place.bottom() - 2.0 - share as f32 * (place.height() - 4.0);
    let points = night
        .slept_tests()
        .map(|(step, test)| pos2(time.x(step), y(test.accuracy())));
    let painter = ui.painter().with_clip_rect(place);
    if let Some(LaneOrigin::Branch(step)) = night.origin {
        let line = Shape::dashed_line(
            &[pos2(time.x(*step), place.top()), pos2(time.x(*step), place.bottom())],
            Stroke::new(1.0, tokens.text_weak),
            3.0,
            3.0,
        );
        painter.extend(line);
    }
    painter.add(Shape::line(points.collect(), Stroke::new(tokens.pen(1.8), night.color)));
}

/// The step in which nights part: a mark over the plots that leads there.
fn mark_ui(ui: &Ui, plot: Rect, time: Time, (night, first): (&Beside<'_>, u64), actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let x = time.x(first);
    let color: Color32 = tokens.worse;
    ui.painter()
        .vline(x, plot.y_range(), Stroke::new(1.0, faded(color, 0.8)));
    let middle = pos2(x, plot.top() + MARK);
    let corners = [vec2(0.0, -MARK), vec2(MARK, 0.0), vec2(0.0, MARK), vec2(-MARK, 0.0)];
    let diamond = corners.map(|corner| middle + corner).to_vec();
    ui.painter().add(Shape::convex_polygon(diamond, color, Stroke::NONE));
    let place = Rect::from_center_size(middle, vec2(4.0 * MARK, 3.0 * MARK));
    let response = ui.interact(place, ui.scope_id().with(("parts", night.which)), Sense::click());
    let text = format!("{} parts from the baseline in step {}", night.name, grouped(first + 1));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
    if response.clicked() {
        actions.push(UiAction::Seek(first + 1));
    }
    response
        .on_hover_cursor(CursorIcon::PointingHand)
        .on_hover_text(format!("{text}. Click to go there"));
}

/// What there is at a step of a night.
fn hover_ui(ui: &mut Ui, night: &Beside<'_>, parting: Option<&Parting>, step: u64) {
    let mut rows = Vec::new();
    if let Some((at, test)) = night.test_at(step) {
        let text = format!("{} %, tested at step {}", percent(test.accuracy()), grouped(at));
        rows.push(("accuracy", text));
    }
    if step < night.spikes.steps() {
        rows.push(("spikes", grouped(night.spikes.step(step).len() as u64)));
    } else {
        rows.push(("spikes", "not known yet".to_owned()));
    }
    if let Some(parting) = parting.filter(|parting| step < parting.compared()) {
        rows.push(("only here", grouped(parting.only_here().step(step).len() as u64)));
        rows.push((
            "only in the baseline",
            grouped(parting.only_there().step(step).len() as u64),
        ));
    }
    tooltip_rows(ui, &format!("{}, step {}", night.name, grouped(step)), &rows);
}
