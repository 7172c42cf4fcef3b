//! The timeline under the panes: the whole run on one line, and the moment that is shown on it.
//!
//! Training on the left, then the night, then fine-tuning if there is one: phases shaded, accuracy in the background, epochs, parameter changes, bookmarks
//! and breakpoints as marks. Click or drag to go to a moment of either; what was done already stays known.

mod training;

use egui::{Align2, Color32, CursorIcon, FontId, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::action::{Actions, UiAction};
use super::breakpoints::Breakpoints;
use super::changes::marks_ui;
use super::panels::comparison::{Comparison, Parting, nights};
use super::panels::raster::brush::{Brush, span_ui};
use super::selection::Selection;
use super::session::Session;
use super::text::{counted, grouped, moment_name, percent};
use super::theme::{Tokens, faded, size};
use super::widgets::{Icon, time_keys, tooltip_rows};
use crate::run::Bookmark;
use crate::worker::{LaneOrigin, Moment, Phase};

/// Height of the timeline.
pub const HEIGHT: f32 = 58.0;
/// Its height in a low window.
pub const SLIM: f32 = 32.0;
/// Height of the row of a lane.
const LANE: f32 = 13.0;
/// Share of its width that training takes.
const DAY: f32 = 0.18;
/// Share of its width that fine-tuning takes, if there is one.
const TUNING: f32 = 0.12;
/// Height of the line of names at its top.
const NAMES: f32 = 15.0;

/// What is on the timeline besides the run.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    /// Moments with a name, rising.
    pub bookmarks: &'a [Bookmark],
    /// What the night waits at.
    pub breakpoints: &'a Breakpoints,
    /// Where lanes part from the baseline.
    pub comparison: &'a Comparison,
    /// The brushed span, and whether it is played over and over.
    pub selection: &'a Selection,
}

/// Where time is on the screen.
#[derive(Clone, Copy)]
struct Scale {
    day: Rect,
    night: Rect,
    /// Fine-tuning; without width if there is none.
    tuning: Rect,
    batches: u64,
    steps: u64,
    tuned: u64,
}

impl Scale {
    /// The day and fine-tuning take their shares of the place, the night the rest.
    fn new(place: Rect, session: &Session) -> Self {
        let border = place.left() + DAY * place.width();
        let tuned = session.total_tuning();
        let share = if tuned > 0 { TUNING } else { 0.0 };
        let morning = place.right() - share * place.width();
        Self {
            day: Rect::from_min_max(place.min, pos2(border, place.bottom())),
            night: Rect::from_min_max(pos2(border, place.top()), pos2(morning, place.bottom())),
            tuning: Rect::from_min_max(pos2(morning, place.top()), place.max),
            batches: session.total_batches().max(1),
            steps: session.total_steps().max(1),
            tuned,
        }
    }

    /// The place of a step of the night.
    fn step(&self, step: u64) -> f32 {
        self.night.left() + (step as f64 / self.steps as f64) as f32 * self.night.width()
    }

    /// The place of a moment.
    fn moment(&self, moment: Moment) -> f32 {
        match moment {
            Moment::Batch(batch) => self.day.left() + (batch as f64 / self.batches as f64) as f32 * self.day.width(),
            Moment::Step(step) => self.step(step),
            Moment::Tuned(batch) => {
                self.tuning.left() + (batch as f64 / self.tuned.max(1) as f64) as f32 * self.tuning.width()
            }
        }
    }

    /// The moment that is nearest to a place.
    fn at(&self, x: f32) -> Moment {
        let share = |place: Rect| f64::from(((x - place.left()) / place.width().max(1.0)).clamp(0.0, 1.0));
        let tuned = (share(self.tuning) * self.tuned as f64).round() as u64;
        if x < self.night.left() {
            Moment::Batch((share(self.day) * self.batches as f64).round() as u64)
        } else if x > self.tuning.left() && tuned > 0 {
            Moment::Tuned(tuned)
        } else {
            Moment::Step((share(self.night) * self.steps as f64).round() as u64)
        }
    }
}

/// The timeline.
pub fn ui(ui: &mut Ui, session: &Session, marks: Marks<'_>, height: f32, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let lanes = nights(session, tokens).len().saturating_sub(1) as f32;
    let whole = vec2(ui.available_width(), height + lanes * LANE);
    let (whole, response) = ui.allocate_exact_size(whole, Sense::click_and_drag());
    let place = whole.with_max_y(whole.top() + height);
    let scale = Scale::new(place, session);
    lanes_ui(ui, session, marks.comparison, (whole, height), &scale);
    let painter = ui.painter().with_clip_rect(place);
    painter.rect_filled(scale.day, 3.0, tokens.phase_training);
    painter.rect_filled(scale.night, 3.0, tokens.phase_night);
    painter.rect_filled(scale.tuning, 3.0, tokens.phase_tuning);
    training::curve(&painter, tokens, session, &scale);
    training::tuning_curve(&painter, tokens, session, &scale);
    accuracy(&painter, tokens, session, &scale);
    unknown(&painter, tokens, session, &scale);
    let steps = (0.0, scale.steps as f64);
    if let Some(span) = marks.selection.span() {
        span_ui(ui, scale.night, steps, &span);
        if marks.selection.looped().is_some() {
            let at = Rect::from_min_size(
                pos2(scale.step(span.start) + 3.0, scale.night.bottom() - 14.0),
                vec2(12.0, 12.0),
            );
            Icon::Loop.paint(&painter, at, 12.0, tokens.accent);
        }
    }
    let font = FontId::proportional(size::SMALL);
    let tuning = (scale.tuned > 0).then_some((scale.tuning, "fine-tuning"));
    for (rect, name) in [(scale.day, "training"), (scale.night, "night")]
        .into_iter()
        .chain(tuning)
    {
        painter.text(
            rect.min + vec2(5.0, 1.0),
            Align2::LEFT_TOP,
            name,
            font.clone(),
            tokens.text_weak,
        );
    }
    marks_ui(ui, session, scale.night, "timeline", |step| scale.step(step));
    breakpoints(&painter, tokens, (marks.breakpoints, session.hits()), &scale);
    bookmarks(&painter, tokens, marks.bookmarks, &scale);
    cursor(&painter, tokens, session, &scale);
    let words = words(session, marks.bookmarks.len());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Slider, true, &words));
    if response.has_focus() {
        ui.painter()
            .rect_stroke(place, 3.0, Stroke::new(1.5, tokens.accent), egui::StrokeKind::Inside);
    }
    let id = response.id.with("brush");
    let mut brush: Brush = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let brushes = brush.is_down();
    let brushed = brush.interact(ui, &response, scale.night, steps, scale.steps);
    ui.data_mut(|data| data.insert_temp(id, brush));
    if let Some(span) = brushed.filter(|span| marks.selection.span().as_ref() != Some(span)) {
        actions.push(UiAction::SelectSpan(Some(span)));
    }
    if let Some(moment) = moved_by_keys(ui, &response, session) {
        actions.push(UiAction::go_to(moment));
    }
    // Where the button was let go counts, wherever the pointer was in the picture before.
    let ends = response.drag_stopped() && !brushes;
    let last = || ui.input(|input| input.pointer.latest_pos()).filter(|_| ends);
    let hovered = response
        .hover_pos()
        .or_else(|| response.interact_pointer_pos())
        .or_else(last);
    let Some(moment) = hovered.map(|pointer| scale.at(pointer.x)) else {
        return;
    };
    if let Some(why_not) = why_not(session, moment) {
        response.on_hover_text(why_not);
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
    let x = scale.moment(moment);
    ui.painter()
        .vline(x, whole.y_range(), Stroke::new(1.0, faded(tokens.text, 0.5)));
    // On the way through training it is not sent anew for the same place: each sending interrupts it.
    let moves = ui.input(|input| input.pointer.delta() != egui::Vec2::ZERO);
    let drags = (response.dragged() && !brush.is_down() || ends)
        && moment != session.shown()
        && (moves || ends || matches!(moment, Moment::Step(_)));
    if response.clicked() || drags {
        actions.push(UiAction::go_to(moment));
    }
    if !response.dragged() {
        response.on_hover_ui_at_pointer(|ui| match moment {
            Moment::Batch(batch) => training::hover_ui(ui, session, batch),
            Moment::Step(step) => hover_ui(ui, session, marks, step),
            Moment::Tuned(batch) => training::tuning_hover_ui(ui, session, batch),
        });
    }
}

/// Why one cannot go to a moment, if one cannot.
fn why_not(session: &Session, moment: Moment) -> Option<&'static str> {
    match moment {
        Moment::Batch(batch) if batch > session.batches().len() as u64 => Some("It is not trained so far yet"),
        Moment::Batch(_) => None,
        Moment::Step(_) if session.phase() >= Phase::Trained || session.dreamt().is_some() => None,
        Moment::Step(_) => Some("One can go about in the night once the network is trained"),
        Moment::Tuned(_) if session.dreamt().is_some_and(|steps| steps >= session.total_steps()) => None,
        Moment::Tuned(_) => Some("One can go about in fine-tuning once the night is over"),
    }
}

/// The moment that the keys ask for: batch by batch through training, step by step through the night, and batch by batch again
/// through fine-tuning.
fn moved_by_keys(ui: &Ui, response: &egui::Response, session: &Session) -> Option<Moment> {
    let trained = session.batches().len() as u64;
    let place = |moment| match moment {
        Moment::Batch(batch) => batch,
        Moment::Step(step) => trained + step,
        Moment::Tuned(batch) => trained + session.total_steps() + batch,
    };
    let here = place(session.shown());
    let to = time_keys(ui, response, here, place(session.newest())).filter(|&to| to != here)?;
    Some(match to.checked_sub(trained) {
        Some(step) if session.dreamt().is_some() => match step.checked_sub(session.total_steps()) {
            Some(tuned) if tuned > 0 => Moment::Tuned(tuned),
            _ => Moment::Step(step),
        },
        _ => Moment::Batch(to),
    })
}

/// A thin row under the timeline for each lane: its name, from where it goes its own way, and where it parts from the baseline.
fn lanes_ui(ui: &Ui, session: &Session, comparison: &Comparison, (whole, height): (Rect, f32), scale: &Scale) {
    let tokens = Tokens::of(ui);
    let font = FontId::proportional(size::SMALL);
    let lanes = nights(session, tokens).into_iter().skip(1).zip(0_u8..);
    for (lane, row) in lanes {
        let top = whole.top() + height + f32::from(row) * LANE;
        let middle = top + 0.5 * LANE + 0.5;
        let names = Rect::from_min_max(pos2(scale.day.left(), top), pos2(scale.day.right() - 4.0, top + LANE));
        ui.painter().with_clip_rect(names).text(
            pos2(names.left() + 5.0, middle),
            Align2::LEFT_CENTER,
            lane.name,
            font.clone(),
            tokens.text,
        );
        let painter = ui
            .painter()
            .with_clip_rect(scale.night.with_max_y(top + LANE).with_min_y(top));
        let from = match lane.origin {
            Some(LaneOrigin::Branch(step)) => *step,
            _ => 0,
        };
        let end = scale.step(lane.total.min(scale.steps));
        let faint = Stroke::new(1.0, faded(lane.color, 0.4));
        painter.hline(scale.night.left()..=scale.step(from), middle, faint);
        painter.hline(scale.step(from)..=end, middle, Stroke::new(tokens.pen(3.0), lane.color));
        if let Some(first) = comparison.parting(lane.which).and_then(Parting::first) {
            let at = pos2(scale.step(first), middle);
            let corners = [vec2(0.0, -4.0), vec2(4.0, 0.0), vec2(0.0, 4.0), vec2(-4.0, 0.0)];
            let diamond = corners.map(|corner| at + corner).to_vec();
            painter.add(Shape::convex_polygon(
                diamond,
                tokens.worse,
                Stroke::new(1.0, tokens.surface),
            ));
        }
        let x = scale.step(session.steps());
        painter.vline(x, top..=top + LANE, Stroke::new(tokens.pen(2.0), tokens.text_strong));
    }
}

/// What screen readers say.
fn words(session: &Session, bookmarks: usize) -> String {
    let lanes = counted(session.lanes().list().len() as u64, "lane");
    let bookmarks = counted(bookmarks as u64, "bookmark");
    let (of, known) = match session.shown() {
        Moment::Batch(_) => (session.total_batches(), session.newest()),
        Moment::Step(_) => (session.total_steps(), Moment::Step(session.known_steps())),
        Moment::Tuned(_) => (session.total_tuning(), session.newest()),
    };
    format!(
        "Timeline: {} of {}, known to {}, {bookmarks}, {lanes}",
        moment_name(session.shown()),
        grouped(of),
        moment_name(known),
    )
}

/// The accuracy as a hill behind everything, from 0 at the bottom to 100 % at the top.
fn accuracy(painter: &Painter, tokens: &Tokens, session: &Session, scale: &Scale) {
    let floor = scale.night.bottom();
    let height = scale.night.height() - NAMES;
    let points: Vec<Pos2> = session
        .evaluations()
        .iter()
        .map(|test| {
            let y = floor - test.evaluation.accuracy() as f32 * height;
            pos2(scale.moment(test.moment), y)
        })
        .collect();
    for pair in points.windows(2) {
        let hill = vec![pair[0], pair[1], pos2(pair[1].x, floor), pos2(pair[0].x, floor)];
        painter.add(Shape::convex_polygon(hill, faded(tokens.accent, 0.16), Stroke::NONE));
    }
    painter.add(Shape::line(
        points,
        Stroke::new(tokens.pen(1.2), faded(tokens.accent, 0.8)),
    ));
}

/// What is not known yet lies under a veil.
fn unknown(painter: &Painter, tokens: &Tokens, session: &Session, scale: &Scale) {
    let known = session.dreamt().map_or(scale.night.left(), |steps| scale.step(steps));
    let tuned = session.tuned_batches().len() as u64;
    for (from, place) in [(known, scale.night), (scale.moment(Moment::Tuned(tuned)), scale.tuning)] {
        let veil = Rect::from_min_max(pos2(from, place.top()), place.max);
        painter.rect_filled(veil, 0.0, faded(tokens.surface, 0.6));
    }
}

/// The steps at which the night waits.
fn breakpoints(painter: &Painter, tokens: &Tokens, (breakpoints, hits): (&Breakpoints, &[u64]), scale: &Scale) {
    for (step, on) in breakpoints.steps().filter(|&(step, _)| step <= scale.steps) {
        let color = if on { tokens.worse } else { tokens.text_weak };
        painter.circle_filled(pos2(scale.step(step), scale.night.bottom() - 5.0), 3.5, color);
    }
    // Where one was hit, whatever it waited for.
    for &step in hits {
        let ring = Stroke::new(tokens.pen(1.4), tokens.worse);
        painter.circle_stroke(pos2(scale.step(step), scale.night.bottom() - 5.0), 5.5, ring);
    }
}

/// The bookmarks: a flag, and the name where the next one leaves room for it.
fn bookmarks(painter: &Painter, tokens: &Tokens, bookmarks: &[Bookmark], scale: &Scale) {
    let font = FontId::proportional(size::SMALL);
    for (index, bookmark) in bookmarks.iter().enumerate() {
        let x = scale.step(bookmark.step);
        let y = scale.night.top() + NAMES;
        painter.vline(x, y..=scale.night.bottom(), Stroke::new(1.0, faded(tokens.better, 0.8)));
        // At the end of the night there is room on its left only.
        let turned = x + 8.0 > scale.night.right();
        let side = if turned { -1.0 } else { 1.0 };
        let flag = vec![pos2(x, y), pos2(x + side * 8.0, y + 3.5), pos2(x, y + 7.0)];
        painter.add(Shape::convex_polygon(flag, tokens.better, Stroke::NONE));
        let next = bookmarks
            .get(index + 1)
            .map_or(scale.night.right(), |next| scale.step(next.step));
        let name = painter.layout_no_wrap(bookmark.name.clone(), font.clone(), tokens.text);
        let before = index
            .checked_sub(1)
            .map_or(scale.night.left(), |last| scale.step(bookmarks[last].step));
        let left = if turned { x - 12.0 - name.size().x } else { x + 12.0 };
        let fits = if turned {
            left - 2.0 >= before
        } else {
            left + name.size().x <= next
        };
        if fits {
            let behind = Rect::from_min_size(pos2(left - 2.0, y - 3.0), name.size() + vec2(4.0, 0.0));
            painter.rect_filled(behind, 2.0, faded(tokens.surface, 0.7));
            painter.galley(pos2(left, y - 3.0), name, Color32::PLACEHOLDER);
        }
    }
}

/// The moment that is shown.
fn cursor(painter: &Painter, tokens: &Tokens, session: &Session, scale: &Scale) {
    if session.phase() <= Phase::Loading {
        return;
    }
    let x = scale.moment(session.shown());
    painter.vline(
        x,
        scale.night.y_range(),
        Stroke::new(tokens.pen(2.0), tokens.text_strong),
    );
    let head = [vec2(-5.0, 0.0), vec2(5.0, 0.0), vec2(0.0, 7.0)].map(|offset| pos2(x, scale.night.top()) + offset);
    painter.add(Shape::convex_polygon(head.to_vec(), tokens.text_strong, Stroke::NONE));
}

/// What there is at a step.
fn hover_ui(ui: &mut Ui, session: &Session, marks: Marks<'_>, step: u64) {
    let mut rows = Vec::new();
    let here = Moment::Step(step);
    let tested = session.evaluations().iter().rev().find(|test| test.moment <= here);
    if let Some(test) = tested.filter(|_| session.dreamt().is_some_and(|known| step <= known)) {
        let at = match test.moment {
            Moment::Step(step) => format!("tested at step {}", grouped(step)),
            Moment::Batch(_) | Moment::Tuned(_) => "tested before sleep".to_owned(),
        };
        rows.push(("accuracy", format!("{} %, {at}", percent(test.evaluation.accuracy()))));
    }
    if let Some(bookmark) = marks.bookmarks.iter().rev().find(|bookmark| bookmark.step <= step) {
        rows.push((
            "bookmark before",
            format!("{} (step {})", bookmark.name, grouped(bookmark.step)),
        ));
    }
    if session.dreamt().is_none_or(|known| step > known) {
        rows.push(("not known yet", "a click goes on to there".to_owned()));
    }
    tooltip_rows(ui, &format!("Step {}", grouped(step)), &rows);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a click that goes to another step than the one under the pointer, or leaves the night.
    #[test]
    fn places_and_steps_agree() {
        let place = Rect::from_min_size(pos2(10.0, 0.0), vec2(1000.0, HEIGHT));
        let scale = Scale {
            steps: 566,
            batches: 60,
            ..Scale::new(place, &Session::default())
        };
        for step in [0, 1, 283, 566] {
            assert_eq!(scale.at(scale.step(step)), Moment::Step(step));
        }
        for batch in [0, 7, 59] {
            let moment = Moment::Batch(batch);
            assert_eq!(scale.at(scale.moment(moment)), moment);
        }
        assert_eq!(scale.at(5000.0), Moment::Step(566));
        assert!(scale.moment(Moment::Batch(1)) <= scale.step(0));
        let mut recipe = crate::experiment::presets().remove(0).recipe;
        recipe.fine_tuning = Some(crate::sim::train::TrainParams {
            epochs: 12,
            ..crate::experiment::Recipe::usual_fine_tuning()
        });
        let scale = Scale::new(place, &crate::app::session::testing::night(recipe, &[]));
        assert_eq!(scale.tuned, 12);
        for moment in [Moment::Step(566), Moment::Tuned(1), Moment::Tuned(12)] {
            assert_eq!(scale.at(scale.moment(moment)), moment);
        }
        assert_eq!(scale.at(5000.0), Moment::Tuned(12));
    }
}
