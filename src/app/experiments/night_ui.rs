//! What the night of one point did, drawn: confusion matrices and recalls before and after, the synapses that grew and shrank, and
//! how sparse the network got.

use egui::{
    Align, Align2, Color32, CornerRadius, FontId, Layout, Rect, Response, RichText, Sense, Stroke, Ui, pos2, vec2,
};

use super::chart::told;
use super::curves::Across;
use super::doing::ExperimentsAction;
use super::night::{Change, Night, PHASES, Pair, point};
use super::parts;
use super::study::Study;
use super::study_ui::choice_ui;
use crate::app::action::Actions;
use crate::app::panels::{ClassNames, class_change_ui, class_name_ui, confusion_cells_ui, confusion_names_ui};
use crate::app::text::{capitalised, counted, percent, signed};
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::{Emphasis, ToolButton, axis_text, key, tooltip_rows};
use crate::experiment::{BEFORE, Row, Summary, Unit, unit_of};

/// Side of a matrix at least and at most.
const SIDE: (f32, f32) = (120.0, 280.0);
/// Height of a caption.
const CAPTION: f32 = 20.0;
/// Between two pictures.
const GAP: f32 = 20.0;
/// Height of the bars of the classes.
const BARS: f32 = 190.0;
/// Height of a line of synapses, and of numbers.
const LINE: f32 = 20.0;
/// Room for the names of layers, and for a number at the end of a bar.
const NAMES: f32 = 116.0;
const NUMBER: f32 = 46.0;
/// Right ends of the columns of numbers, from the right: before, after, change.
const COLUMNS: [f32; 3] = [132.0, 52.0, 0.0];
/// Room of those columns.
const COLUMNS_ROOM: f32 = 212.0;

/// The night of the point that is looked at, once a trial of any tells of single classes.
pub fn ui(ui: &mut Ui, study: &mut Study, actions: &mut Actions) {
    let tells = |row: &Row| row.measure.starts_with("recall of ");
    let Some(point) = point(&study.protocol, &study.view.at).filter(|_| study.rows().iter().any(tells)) else {
        return;
    };
    let night = night(study);
    let tokens = Tokens::of(ui);
    ui.add_space(10.0);
    parts::row_ui(ui, |ui| {
        ui.label(theme::strong("Before and after the night", size::TITLE).color(tokens.text_strong));
        ui.add_space(8.0);
        along_ui(ui, study);
        if night.is_some() {
            let button = ToolButton::text("Picture (SVG) …").emphasis(Emphasis::Quiet);
            let help = "The matrices and the bars with their axes, in light colours, sharp at any size";
            if ui.add(button).on_hover_text(help).clicked() {
                actions.push(ExperimentsAction::ExportNight.into());
            }
        }
    });
    let weak = |text: String| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
    let of = point_name(study, point);
    let Some(night) = night else {
        ui.label(weak(format!("{of}: no trial of this point is done yet.")));
        return;
    };
    let mut about = format!("{of}: means over {}", counted(night.trials as u64, "trial"));
    if night.diverged > 0 {
        about = format!(
            "{about}; {} diverged, in no mean",
            counted(night.diverged as u64, "night")
        );
    }
    ui.label(weak(about));
    ui.horizontal_wrapped(|ui| {
        for (phase, color) in PHASES.into_iter().zip(colors(tokens)) {
            key(ui, color, phase);
        }
    });
    // The scroll bar lies over the right edge.
    let whole = ui.available_width() - 10.0;
    let flow = Layout::left_to_right(Align::Min).with_main_wrap(true);
    ui.allocate_ui_with_layout(vec2(whole, CAPTION), flow, |ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, 10.0);
        if night.classes() > 0 {
            let names = ClassNames::numbers(night.classes());
            let side = (0.5 * (whole - GAP) - names.left).clamp(SIDE.0, SIDE.1).floor();
            for when in 0..PHASES.len() {
                matrix_ui(ui, &night, when, (side, &names));
            }
        }
        // Bars beside each other where there is room for both.
        let half = 0.5 * (whole - GAP) - 1.0;
        let width = if half >= 330.0 { half } else { whole };
        recalls_ui(ui, &night, width);
        if !night.changes.is_empty() {
            changes_ui(ui, &night, width);
        }
        numbers_ui(ui, &night, width.min(520.0));
    });
}

/// What trials found of the night of the point that is looked at.
pub fn night(study: &Study) -> Option<Night> {
    let point = point(&study.protocol, &study.view.at)?;
    Night::of(study.rows().iter().filter(|row| row.point == point))
}

/// The level of the axis that lies along the plot; those of the others are chosen over the plot.
fn along_ui(ui: &mut Ui, study: &mut Study) {
    let Across::Levels(axis) = study.view.across else {
        return;
    };
    let Some(of) = study.protocol.axes.get(axis) else {
        return;
    };
    let names: Vec<(usize, &str)> = of.levels.iter().map(|level| level.name.as_str()).enumerate().collect();
    if let Some(chosen) = choice_ui(ui, &of.name, &names, study.view.at[axis]) {
        study.view.at[axis] = chosen;
    }
}

/// A point in words: the level of each axis.
pub fn point_name(study: &Study, point: usize) -> String {
    let axes = study.protocol.axes.iter().zip(study.protocol.levels(point));
    let names: Vec<String> = axes
        .map(|(axis, level)| format!("{} {}", axis.name, level.name))
        .collect();
    if names.is_empty() {
        study.protocol.title.clone()
    } else {
        capitalised(&names.join(" · "))
    }
}

/// The colours of the phases.
pub fn colors(tokens: &Tokens) -> [Color32; 2] {
    [tokens.before, tokens.accent]
}

/// The unit of a number of a night by its name.
fn unit(name: &str) -> Unit {
    unit_of(BEFORE, name)
}

/// A mean with its interval, in words.
fn in_words(number: Option<Summary>, unit: Unit) -> String {
    let Some(number) = number else {
        return "not known".to_owned();
    };
    let interval = number.interval.map_or_else(String::new, |(low, high)| {
        format!(", 95 % from {} to {}", unit.write(low.max(0.0)), told(high, unit))
    });
    format!("{}{interval}", told(number.mean, unit))
}

/// What became of a number, in its unit: of a share, in points.
fn change(unit: Unit, was: f64, is: f64) -> String {
    match unit {
        Unit::Percent => Unit::Points.write(is - was),
        _ => signed((100.0 * (is - was)).round() / 100.0),
    }
}

/// What the pointer tells of a pair.
fn pair_rows(pair: &Pair, unit: Unit) -> Vec<(&'static str, String)> {
    let told = pair.map(|number| in_words(number, unit));
    let mut rows: Vec<(&str, String)> = PHASES.into_iter().zip(told).collect();
    if let [Some(was), Some(is)] = pair {
        let behind = if unit == Unit::Percent { " points" } else { "" };
        rows.push(("change", format!("{}{behind}", change(unit, was.mean, is.mean))));
    }
    rows
}

/// The same in one line.
fn pair_words(name: &str, pair: &Pair, unit: Unit) -> String {
    let rows = pair_rows(pair, unit);
    let rows: Vec<String> = rows.iter().map(|(what, much)| format!("{what} {much}")).collect();
    format!("{name}: {}", rows.join("; "))
}

/// Small strong words over a picture.
fn caption(ui: &Ui, at: egui::Pos2, words: &str) {
    let font = FontId::new(size::SMALL, theme::strong_family());
    ui.painter()
        .text(at, Align2::LEFT_TOP, words, font, Tokens::of(ui).text);
}

/// A confusion matrix, as in the pane of that name.
fn matrix_ui(ui: &mut Ui, night: &Night, when: usize, (side, names): (f32, &ClassNames)) {
    let tokens = Tokens::of(ui);
    let classes = night.classes();
    let room = vec2(names.left + side, CAPTION + side + names.foot);
    let (rect, response) = ui.allocate_exact_size(room, Sense::hover());
    let grid = Rect::from_min_size(rect.min + vec2(names.left, CAPTION), vec2(side, side));
    let phase = PHASES[when];
    let correct = night.means("accuracy")[when];
    let correct = correct.map_or_else(String::new, |share| format!(", {} % correct", percent(share)));
    let title = format!("{} the night{correct}", capitalised(phase));
    caption(ui, pos2(grid.left(), rect.top()), &title);
    let shares = &night.confusion[when];
    if shares.is_empty() {
        ui.painter().rect_filled(grid, 4.0, tokens.sunken);
        return;
    }
    let share = |truth: usize, read: usize| shares.get(truth * classes + read).copied().unwrap_or(0.0);
    confusion_cells_ui(ui, grid, classes, 13.0, |truth, read| {
        let share = share(truth, read);
        (
            share,
            tokens.amount.color(share as f32),
            format!("{:.0}", 100.0 * share),
        )
    });
    confusion_names_ui(ui, grid, names, side / classes as f32, phase);
    let words = format!(
        "Confusion matrix {phase} the night{correct}, mean of {} trials",
        night.trials
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
    let pointed = response.hover_pos().filter(|at| grid.contains(*at));
    let cell = pointed.map(|at| (at - grid.min) * (classes as f32 / side));
    if let Some(at) = cell {
        let inside = |at: f32| (at as usize).min(classes - 1);
        let (truth, read) = (inside(at.y), inside(at.x));
        let rows = [("share of the class", format!("{} %", percent(share(truth, read))))];
        response.on_hover_ui_at_pointer(|ui| tooltip_rows(ui, &format!("{truth} read as {read}"), &rows));
    }
}

/// The recall of each class before and after, with the intervals, as in the pane of the classes.
fn recalls_ui(ui: &mut Ui, night: &Night, width: f32) {
    let tokens = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(width, CAPTION + BARS), Sense::hover());
    caption(
        ui,
        rect.min,
        "Read correctly by class, change in points; lines: 95 % interval",
    );
    let plot = Rect::from_min_max(rect.min + vec2(38.0, CAPTION + 18.0), rect.max - vec2(4.0, 18.0));
    let y_of = |share: f64| plot.bottom() - share.clamp(0.0, 1.0) as f32 * plot.height();
    for tick in [0.0, 0.5, 1.0] {
        let y = y_of(tick);
        ui.painter()
            .hline(plot.x_range(), y, Stroke::new(1.0, faded(tokens.grid, 0.5)));
        let at = pos2(plot.left() - 6.0, y);
        axis_text(ui, at, Align2::RIGHT_CENTER, format!("{:.0} %", 100.0 * tick));
    }
    let slot = plot.width() / night.recalls.len().max(1) as f32;
    let bar = (0.34 * slot).min(22.0);
    for (class, pair) in night.recalls.iter().enumerate() {
        let middle = plot.left() + (class as f32 + 0.5) * slot;
        let mut top = plot.bottom();
        for ((share, color), left) in pair.iter().zip(colors(tokens)).zip([middle - bar - 0.5, middle + 0.5]) {
            let Some(share) = share else { continue };
            // A class of which nothing is read keeps a sliver.
            let end = y_of(share.mean).min(plot.bottom() - 1.5);
            let rect = Rect::from_min_max(pos2(left, end), pos2(left + bar, plot.bottom()));
            let round = CornerRadius {
                nw: 2,
                ne: 2,
                ..CornerRadius::ZERO
            };
            ui.painter().rect_filled(rect, round, color);
            let reach = share.interval.map_or((end, end), |(low, high)| (y_of(high), y_of(low)));
            let stroke = Stroke::new(tokens.pen(1.2), tokens.text_strong);
            ui.painter().vline(left + 0.5 * bar, reach.0..=reach.1, stroke);
            top = top.min(end).min(reach.0);
        }
        if let [Some(was), Some(is)] = pair {
            class_change_ui(ui, pos2(middle, top - 1.0), slot, is.mean - was.mean);
        }
        class_name_ui(ui, pos2(middle, plot.bottom() + 3.0), slot, &class.to_string());
        let place = Rect::from_x_y_ranges(middle - 0.5 * slot..=middle + 0.5 * slot, rect.y_range());
        pair_response(ui, place, ("recall", class), &format!("Class {class}"), pair);
    }
}

/// What the pointer and a screen reader tell of a pair.
fn pair_response(ui: &Ui, place: Rect, salt: (&'static str, usize), name: &str, pair: &Pair) {
    let unit = unit(&name.to_lowercase());
    let response = ui.interact(place, ui.scope_id().with(salt), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, pair_words(name, pair, unit)));
    response.on_hover_ui_at_pointer(|ui| tooltip_rows(ui, name, &pair_rows(pair, unit)));
}

/// Which share of the synapses shrank (to the left) and grew (to the right), layer by layer.
fn changes_ui(ui: &mut Ui, night: &Night, width: f32) {
    let tokens = Tokens::of(ui);
    let height = CAPTION + 18.0 + LINE * night.changes.len() as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    caption(ui, rect.min, "Synapses changed by the night, % of those of their kind");
    let plot = Rect::from_min_max(
        rect.min + vec2(NAMES + NUMBER, CAPTION + 18.0),
        rect.max - vec2(NUMBER, 0.0),
    );
    let of = |change: &Change| [change.shrunk, change.grown].map(|it| it.map_or(0.0, |it| it.mean));
    let highest = night.changes.iter().flat_map(of).fold(0.0, f64::max);
    // Both directions on one scale, each with the room that it needs.
    let most = |side: usize| night.changes.iter().map(|change| of(change)[side]).fold(0.0, f64::max);
    let (left, right) = (most(0).max(0.02 * highest), most(1).max(0.02 * highest));
    let scale = plot.width() / ((left + right).max(f64::MIN_POSITIVE)) as f32;
    let zero = plot.left() + left as f32 * scale;
    let heads = [
        (pos2(zero - 6.0, plot.top() - 2.0), Align2::RIGHT_BOTTOM, "shrunk"),
        (pos2(zero + 6.0, plot.top() - 2.0), Align2::LEFT_BOTTOM, "grown"),
    ];
    for (at, align, word) in heads {
        axis_text(ui, at, align, word);
    }
    let paint = |share: f64, color: Color32, y: f32, direction: f32| {
        let end = zero + direction * share as f32 * scale;
        let bar = Rect::from_x_y_ranges(zero.min(end)..=zero.max(end), y - 6.0..=y + 6.0);
        ui.painter().rect_filled(bar, 1.5, color);
        let align = if direction < 0.0 {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        };
        let font = FontId::proportional(size::SMALL);
        let at = pos2(end + direction * 5.0, y);
        ui.painter().text(at, align, percent(share), font, tokens.text);
    };
    for (place, change) in night.changes.iter().enumerate() {
        let y = plot.top() + (place as f32 + 0.5) * LINE;
        let font = FontId::proportional(size::SMALL);
        let at = pos2(rect.left(), y);
        ui.painter()
            .text(at, Align2::LEFT_CENTER, &change.name, font, tokens.text);
        let [shrunk, grown] = of(change);
        paint(shrunk, tokens.signed.color(-0.75), y, -1.0);
        paint(grown, tokens.signed.color(0.75), y, 1.0);
        let line = Rect::from_x_y_ranges(rect.x_range(), y - 0.5 * LINE..=y + 0.5 * LINE);
        let response = ui.interact(line, ui.scope_id().with(("synapses", place)), Sense::hover());
        let rows = [
            ("grown", in_words(change.grown, Unit::Percent)),
            ("shrunk", in_words(change.shrunk, Unit::Percent)),
        ];
        let words = format!("Synapses of {}: grown {}; shrunk {}", change.name, rows[0].1, rows[1].1);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
        response.on_hover_ui_at_pointer(|ui| tooltip_rows(ui, &format!("Synapses of {}", change.name), &rows));
    }
    let stroke = Stroke::new(1.0, tokens.grid);
    ui.painter().vline(zero, plot.y_range(), stroke);
}

/// The few other numbers, before and after.
fn numbers_ui(ui: &mut Ui, night: &Night, width: f32) -> Response {
    let tokens = Tokens::of(ui);
    let height = CAPTION + LINE * night.numbers.len() as f32;
    let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let write = |text: String, right: f32, y: f32, color: Color32| {
        let font = FontId::proportional(size::SMALL);
        ui.painter()
            .text(pos2(right, y), Align2::RIGHT_CENTER, text, font, color);
    };
    let columns = COLUMNS.map(|place| rect.right() - place);
    caption(ui, rect.min, "Means ± 95 % interval");
    for (right, head) in columns.into_iter().zip(["before", "after", "change"]) {
        write(head.to_owned(), right, rect.top() + 8.0, tokens.text_weak);
    }
    let cell = |number: Option<Summary>, unit: Unit| {
        let number = number?;
        let half = number.interval.map(|(low, high)| 0.5 * (high - low));
        let reach = half.map_or_else(String::new, |half| format!(" ± {}", unit.write(half)));
        Some(format!("{}{reach}", unit.write(number.mean)))
    };
    for (place, (name, pair)) in night.numbers.iter().enumerate() {
        let y = rect.top() + CAPTION + (place as f32 + 0.5) * LINE;
        let unit = unit(name);
        let mut job = egui::text::LayoutJob::single_section(
            name.clone() + unit.behind(),
            egui::TextFormat::simple(FontId::proportional(size::SMALL), tokens.text),
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width((width - COLUMNS_ROOM).max(40.0));
        let galley = ui.painter().layout_job(job);
        let at = pos2(rect.left(), y - 0.5 * galley.size().y);
        ui.painter().galley(at, galley, tokens.text);
        for (&number, right) in pair.iter().zip(columns) {
            write(
                cell(number, unit).unwrap_or_else(|| "–".to_owned()),
                right,
                y,
                tokens.text,
            );
        }
        if let [Some(was), Some(is)] = pair {
            write(change(unit, was.mean, is.mean), columns[2], y, tokens.text_strong);
        }
        let line = Rect::from_x_y_ranges(rect.x_range(), y - 0.5 * LINE..=y + 0.5 * LINE);
        pair_response(ui, line, ("number", place), &capitalised(name), pair);
    }
    response
}
