//! One picture along the night: the class it is read as, and every output over the steps.

use egui::{Align2, Color32, FontId, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::outputs::{Scale, relative};
use crate::app::action::{Actions, UiAction};
use crate::app::session::{Session, Strip};
use crate::app::text::{counted, grouped, number};
use crate::app::theme::{self, Tokens, faded, mix, readable_on, size};
use crate::app::widgets::{MAX_SIDE, Picture, axis_text, color_bar, time_keys, tooltip_rows};

/// Room for the names of the classes.
const NAMES: f32 = 36.0;
/// Height of the band of the class read.
const BAND: f32 = 16.0;
/// Room for the numbers of the steps.
const AXIS: f32 = 16.0;
/// Height of the line above: what the colours are.
const KEYS: f32 = 16.0;
/// Lowest row of a class that its name fits in.
const ROW: f32 = 10.5;

/// What the picture of the outputs belongs to: the run, what was told, the picture, the theme, the columns, the scale.
type Key = (u64, u64, u64, bool, usize, Scale);

/// The outputs along the night.
#[derive(Default)]
pub struct NightView {
    picture: Picture<Key>,
}

impl NightView {
    /// The strip of a picture in a place, and the step where it stands.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, (id, scale): (u64, Scale), area: Rect, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let plot = Rect::from_min_max(
            pos2(area.left() + NAMES, area.top() + KEYS + 4.0),
            pos2(area.right() - 4.0, area.bottom() - AXIS),
        );
        if plot.width() < 20.0 || plot.height() < BAND + 12.0 {
            return;
        }
        let band = Rect::from_min_size(plot.min, vec2(plot.width(), BAND));
        let map = Rect::from_min_max(pos2(plot.left(), band.bottom() + 3.0), plot.max);
        ui.painter().rect_filled(band, 2.0, tokens.sunken);
        ui.painter().rect_filled(map, 2.0, tokens.sunken);
        let total = session.total_steps().max(1);
        let x_of = |step: u64| plot.left() + step as f32 / total as f32 * plot.width();
        let strip = session.probes().strip(id).filter(|strip| !strip.steps().is_empty());
        if let Some(strip) = strip {
            keys_ui(ui, area, strip, scale);
            self.outputs_ui(ui, session, (id, scale), strip, map);
            band_ui(ui, session, strip, band);
            names_ui(ui, session, strip, map);
        } else {
            let words = if session.night().is_some() {
                "Judging along the night …"
            } else {
                "Here is what becomes of it while the network sleeps"
            };
            let font = FontId::proportional(size::BODY);
            ui.painter()
                .text(map.center(), Align2::CENTER_CENTER, words, font, tokens.text_weak);
        }
        for rect in [band, map] {
            ui.painter()
                .rect_stroke(rect, 2.0, Stroke::new(1.0, tokens.line), StrokeKind::Outside);
        }
        axis_text(ui, plot.left_bottom() + vec2(0.0, 3.0), Align2::LEFT_TOP, "0");
        axis_text(
            ui,
            plot.center_bottom() + vec2(0.0, 3.0),
            Align2::CENTER_TOP,
            "night, steps",
        );
        axis_text(
            ui,
            plot.right_bottom() + vec2(0.0, 3.0),
            Align2::RIGHT_TOP,
            grouped(total),
        );
        if session.night().is_some() {
            let x = x_of(session.steps());
            let line = Stroke::new(3.5, faded(tokens.surface, 0.8));
            ui.painter().vline(x, plot.y_range(), line);
            ui.painter()
                .vline(x, plot.y_range(), Stroke::new(1.5, tokens.text_strong));
        }
        pointer_ui(ui, session, strip, plot, actions);
    }

    /// Every output over the steps as a matrix.
    fn outputs_ui(&mut self, ui: &Ui, session: &Session, (id, scale): (u64, Scale), strip: &Strip, map: Rect) {
        let tokens = Tokens::of(ui);
        let columns = (map.width() as usize).clamp(1, MAX_SIDE);
        let key = (session.run(), session.probes().told(), id, tokens.dark, columns, scale);
        if !self.picture.is_current(&key) {
            let lut = tokens.amount.lut();
            let largest = strip.largest().max(1e-9);
            let mut colors = vec![Color32::TRANSPARENT; columns * strip.classes()];
            for (column, place) in places(session, strip, columns).enumerate() {
                let Some(place) = place else { continue };
                let shares = match scale {
                    Scale::Relative => relative(strip.outputs(place)),
                    Scale::Absolute => strip.outputs(place).iter().map(|output| output / largest).collect(),
                };
                for (class, share) in shares.into_iter().enumerate() {
                    colors[class * columns + column] = lut.color(share.max(0.0));
                }
            }
            let size = [columns, strip.classes()];
            self.picture.set(ui.ctx(), "outputs along the night", key, size, colors);
        }
        self.picture.paint(ui, map);
    }
}

/// The step under the pointer, and the way there by pointer and by keys.
fn pointer_ui(ui: &Ui, session: &Session, strip: Option<&Strip>, plot: Rect, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let response = ui.interact(plot, ui.scope_id().with("along the night"), Sense::click_and_drag());
    let judged = strip.map_or(0, |strip| strip.steps().len());
    response.widget_info(|| {
        let words = format!("Picture along the night, judged at {}", counted(judged as u64, "step"));
        WidgetInfo::slider(true, session.steps() as f64, words)
    });
    let total = session.total_steps().max(1);
    let step_at = |x: f32| {
        let share = ((x - plot.left()) / plot.width()).clamp(0.0, 1.0);
        ((share * total as f32).round() as u64).min(session.known_steps())
    };
    if session.night().is_some()
        && (response.clicked() || response.dragged())
        && let Some(at) = response.interact_pointer_pos()
        && step_at(at.x) != session.steps()
    {
        actions.push(UiAction::Seek(step_at(at.x)));
    }
    let (here, known) = (session.steps(), session.known_steps());
    if let Some(step) = time_keys(ui, &response, here, known).filter(|&step| session.night().is_some() && step != here)
    {
        actions.push(UiAction::Seek(step));
    }
    let Some(at) = response.hover_pos() else { return };
    let hovered = strip.and_then(|strip| Some((strip, strip.place(step_at(at.x))?)));
    let Some((strip, place)) = hovered else { return };
    let step = strip.steps()[place];
    let x = plot.left() + step as f32 / total as f32 * plot.width();
    ui.painter()
        .vline(x, plot.y_range(), Stroke::new(1.0, faded(tokens.text_strong, 0.5)));
    response.on_hover_ui_at_pointer(|ui| {
        let mut order: Vec<usize> = (0..strip.classes()).collect();
        let outputs = strip.outputs(place);
        order.sort_by(|&a, &b| outputs[b].total_cmp(&outputs[a]));
        let read = strip
            .class(place)
            .map_or_else(String::new, |class| session.class_name(class));
        let mut rows = vec![("read as".to_owned(), read)];
        for class in order.into_iter().take(5) {
            rows.push((
                format!("output {}", session.class_name(class)),
                number(outputs[class].into()),
            ));
        }
        let rows: Vec<(&str, String)> = rows.iter().map(|(what, value)| (&**what, value.clone())).collect();
        let title = if step == 0 {
            "Before sleep".to_owned()
        } else {
            format!("After {}", counted(step, "step"))
        };
        tooltip_rows(ui, &title, &rows);
        ui.label(
            egui::RichText::new("Click to go there; with the keyboard: arrows, Home, End")
                .size(size::SMALL)
                .color(tokens.text_weak),
        );
    });
}

/// For each column the place of the step that it shows, `None` beyond what is known.
fn places<'a>(session: &Session, strip: &'a Strip, columns: usize) -> impl Iterator<Item = Option<usize>> + 'a {
    let total = session.total_steps().max(1);
    let known = strip.steps().last().copied().unwrap_or(0);
    // A night that has just begun is a column wide at least.
    let per_column = total as f64 / columns as f64;
    (0..columns).map(move |column| {
        let step = ((column as f64 + 0.5) * per_column) as u64;
        let is_known = column as f64 * per_column <= known as f64;
        if is_known { strip.place(step.min(known)) } else { None }
    })
}

/// The class it is read as, as a band of colours with the names of the classes.
fn band_ui(ui: &Ui, session: &Session, strip: &Strip, band: Rect) {
    let tokens = Tokens::of(ui);
    let columns = (band.width() as usize).max(1);
    let classes: Vec<Option<usize>> = places(session, strip, columns)
        .map(|place| place.and_then(|place| strip.class(place)))
        .collect();
    let column = band.width() / columns as f32;
    let painter = ui.painter().with_clip_rect(band);
    let mut from = 0;
    for run in classes.chunk_by(|one, other| one == other) {
        let to = from + run.len();
        let left = band.left() + from as f32 * column;
        let rect = Rect::from_x_y_ranges(left..=band.left() + to as f32 * column, band.y_range());
        from = to;
        let Some(class) = run[0] else { continue };
        let (color, dashed) = tokens.class_line(class);
        let fill = if dashed {
            mix(color, tokens.surface, 0.45)
        } else {
            color
        };
        painter.rect_filled(rect, 0.0, fill);
        let font = FontId::new(size::SMALL, theme::strong_family());
        let galley = painter.layout_no_wrap(session.class_name(class), font, readable_on(fill));
        if galley.size().x + 4.0 <= rect.width() {
            painter.galley(rect.center() - 0.5 * galley.size(), galley, readable_on(fill));
        }
    }
    axis_text(ui, band.left_center() - vec2(6.0, 0.0), Align2::RIGHT_CENTER, "read");
}

/// The names of the classes beside their rows, as many as fit.
fn names_ui(ui: &Ui, session: &Session, strip: &Strip, map: Rect) {
    let classes = strip.classes();
    let row = map.height() / classes.max(1) as f32;
    let every = ((ROW / row).ceil() as usize).max(1);
    for class in (0..classes).step_by(every) {
        let y = map.top() + (class as f32 + 0.5) * row;
        let name: String = session.class_name(class).chars().take(5).collect();
        axis_text(ui, pos2(map.left() - 6.0, y), Align2::RIGHT_CENTER, name);
    }
}

/// What the colours are.
fn keys_ui(ui: &mut Ui, area: Rect, strip: &Strip, scale: Scale) {
    let tokens = Tokens::of(ui);
    let place = Rect::from_min_size(area.min, vec2(area.width() - 4.0, KEYS));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    ui.scope_builder(
        egui::UiBuilder::new().max_rect(place).layout(layout).id_salt("keys"),
        |ui| {
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let text = egui::RichText::new("Along the night")
                    .size(size::SMALL)
                    .color(tokens.text);
                ui.label(text);
                ui.add_space((ui.available_width() - 190.0).max(0.0));
                ui.label(egui::RichText::new("output").size(size::SMALL).color(tokens.text_weak));
                let largest = match scale {
                    Scale::Relative => "largest".to_owned(),
                    Scale::Absolute => number(strip.largest().into()),
                };
                color_bar(ui, tokens.amount, "0", &largest);
            });
        },
    );
}
