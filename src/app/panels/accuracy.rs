//! Accuracy over the day, the night and fine-tuning.

mod per_class;

use std::sync::Arc;

use egui::{Align, Align2, FontId, Layout, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use egui_plot::{
    HLine, HoverPosition, Line, LineStyle, PlotPoint, PlotPoints, PlotTransform, PlotUi, Points, Span, VLine,
};

use super::exactness::sample_figure;
use super::training::whole;
use super::{Seen, exactness};
use crate::app::action::Actions;
use crate::app::changes::marks_ui;
use crate::app::session::Session;
use crate::app::text::{counted, grouped, moment_name, percent};
use crate::app::theme::{Tokens, faded, size};
use crate::app::widgets::{brushed, course_figure, empty_state, figure, fixed_plot, key, line_key, reduce, segmented};
use crate::sim::evaluate::{Evaluation, ExactCurve};
use crate::worker::{Evaluated, Moment, Phase};

/// Share of the plot's width that the day takes.
const DAY: f64 = 0.18;
/// Share of the plot's width that fine-tuning takes, if there is one.
const TUNING: f64 = 0.18;
/// How far towards the next step an exact line is drawn level.
const HOLDS: f64 = 0.999;
/// Upper end of the plot in percent: over the highest line there is room for the names of the phases.
const TOP: f64 = 114.0;

/// Of a moment of fine-tuning, what the network could do at the end of the night: the rest is not the night's.
fn morning(session: &Session) -> Option<f64> {
    let (Moment::Tuned(_), _) = session.now()? else {
        return None;
    };
    let mut tests = session.evaluations().iter();
    let morning = tests.rfind(|test| test.moment == Moment::Step(session.total_steps()))?;
    Some(morning.evaluation.accuracy())
}

/// Before and now, as numbers.
pub fn header_ui(ui: &mut Ui, session: &Session) {
    let Some(before) = session.before() else { return };
    let now = session.now();
    if now.is_none() && session.night().is_some() && session.steps() > 0 {
        // A night that was run again is known before it is tested: what there is to tell is not of this moment.
        figure(ui, "before sleep", format!("{} %", percent(before.accuracy())));
    } else {
        let now = now.map(|(_, evaluation)| evaluation.accuracy());
        course_figure(ui, before.accuracy(), morning(session), now);
    }
    if let Some(balanced) = session.balanced_words() {
        ui.add_space(8.0);
        figure(ui, "balanced", balanced);
    }
    ui.add_space(8.0);
    match session.sample() {
        Some(sample) => sample_figure(ui, &sample),
        None => figure(ui, "test images", grouped(before.images().into())),
    }
}

/// Height under the key from which there is room for the line that says how exact the curve is.
const ROOMY: f32 = 110.0;

/// The pane of the accuracy.
#[derive(Default)]
pub struct AccuracyView {
    /// Whether each class has its line.
    all_classes: bool,
}

impl AccuracyView {
    /// The curves.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        let Some(before) = session.before() else {
            empty_state(
                ui,
                "Here the accuracy on the held-out images climbs or falls while the network sleeps.",
                "Press Play",
            );
            return;
        };
        let estimate = session.estimate().map(|estimate| {
            let error = percent(
                session
                    .sample_of(&estimate.evaluation)
                    .map_or(0.0, |sample| sample.error),
            );
            let images = counted(estimate.evaluation.images().into(), "image");
            format!("estimate on {images}, ± {error} (95 %)")
        });
        let now = exactness::now_word(session);
        self.keys_ui(ui, (&session.before_name(), &now), estimate.as_deref());
        // In a low pane the curve comes first; enlarged, the pane has both.
        if ui.available_height() >= ROOMY || session.tracing().is_some() {
            exactness::line_ui(ui, session, actions);
        }
        let time = Time {
            night: (session.total_steps() as f64).max(1.0),
            batches: (session.total_batches() as f64).max(1.0),
            tuning: session.total_tuning() as f64,
            span: seen.selection.span(),
        };
        let transform = if self.all_classes {
            per_class::curves_ui(ui, session, &time, before.classes)
        } else {
            let chance = 100.0 / before.classes.max(1) as f64;
            curve_ui(ui, session, &time, before, chance)
        };
        let painter = ui.painter().with_clip_rect(*transform.frame());
        let font = FontId::proportional(size::SMALL);
        let ink = Tokens::of(ui).text_weak;
        let room = transform.position_from_point_x(time.end()) - transform.position_from_point_x(time.night);
        let whole = painter
            .layout_no_wrap("fine-tuning".to_owned(), font.clone(), ink)
            .size()
            .x;
        let tuned = if whole + 6.0 > room { "tuning" } else { "fine-tuning" };
        let tuned = (time.tuning > 0.0).then_some((time.night, tuned));
        for (x, text) in [(time.start(), "day"), (0.0, "night, steps")].into_iter().chain(tuned) {
            let at = transform.position_from_point(&PlotPoint::new(x, TOP)) + vec2(4.0, 3.0);
            painter.text(at, Align2::LEFT_TOP, text, font.clone(), ink);
        }
        let frame = *transform.frame();
        let x_of = |step: u64| transform.position_from_point_x(step as f64);
        breakpoints_ui(ui, seen, frame, x_of);
        marks_ui(ui, session, frame, "accuracy", x_of);
    }

    /// What the lines are, and the choice between them.
    fn keys_ui(&mut self, ui: &mut Ui, (before, now): (&str, &str), estimate: Option<&str>) {
        let tokens = Tokens::of(ui);
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let choices = [(false, "Mean".to_owned()), (true, "All classes".to_owned())];
                let help = |all| {
                    if all {
                        "A line for each class: the share of its images that is read correctly"
                    } else {
                        "One line: the share of all images that is read correctly"
                    }
                    .to_owned()
                };
                if let Some(all) = segmented(ui, "Accuracy:", &choices, self.all_classes, help) {
                    self.all_classes = all;
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    if self.all_classes {
                        let text = RichText::new("share of each class read correctly, %").size(size::SMALL);
                        ui.add(egui::Label::new(text.color(tokens.text_weak)).truncate());
                    } else {
                        key(ui, tokens.accent, estimate.unwrap_or(now));
                        line_key(ui, tokens.before, 4.0, before);
                        if estimate.is_none() {
                            line_key(ui, tokens.grid, 1.5, "chance");
                        }
                    }
                });
            });
        });
    }
}

/// The steps at which the night waits, on the axis of time.
fn breakpoints_ui(ui: &Ui, seen: Seen<'_>, frame: Rect, x_of: impl Fn(u64) -> f32) {
    let tokens = Tokens::of(ui);
    for (step, on) in seen.breakpoints.steps() {
        let at = pos2(x_of(step), frame.bottom() - 6.0);
        if step > seen.session.total_steps() || !frame.x_range().contains(at.x) {
            continue;
        }
        let color = if on { tokens.error } else { tokens.text_weak };
        ui.painter()
            .vline(at.x, frame.y_range(), Stroke::new(1.0, faded(color, 0.45)));
        ui.painter().circle(at, 4.0, color, Stroke::new(1.0, tokens.surface));
        let place = Rect::from_center_size(at, vec2(12.0, 12.0));
        let response = ui.interact(place, ui.scope_id().with(("breakpoint", step)), Sense::hover());
        let state = if on { "" } else { ", not heeded" };
        let text = format!("Breakpoint at step {}{state}", grouped(step));
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &text));
        response.on_hover_text(text);
    }
}

/// The axis of time: the day left of zero, squeezed into its share, then the night in steps, then fine-tuning in its share.
struct Time {
    /// Steps of the night.
    night: f64,
    /// Batches of the day.
    batches: f64,
    /// Batches of fine-tuning, 0 if there is none.
    tuning: f64,
    /// The brushed steps, if a span of the night is brushed.
    span: Option<std::ops::Range<u64>>,
}

impl Time {
    /// Steps of the night that would be as wide as this share of the plot.
    fn wide(&self, share: f64) -> f64 {
        let others = if self.tuning > 0.0 { DAY + TUNING } else { DAY };
        self.night * share / (1.0 - others)
    }

    /// Where the day begins.
    fn start(&self) -> f64 {
        -self.wide(DAY)
    }

    /// Where the run ends.
    fn end(&self) -> f64 {
        if self.tuning > 0.0 {
            self.night + self.wide(TUNING)
        } else {
            self.night
        }
    }

    /// The backgrounds of the phases.
    fn phases(&self, plot: &mut PlotUi<'_>, tokens: &Tokens) {
        let (start, night, end) = (self.start(), self.night, self.end());
        let tuning = (end > night).then_some((night..=end, tokens.phase_tuning));
        let phases = [(start..=0.0, tokens.phase_training), (0.0..=night, tokens.phase_night)];
        for (place, fill) in phases.into_iter().chain(tuning) {
            plot.span(Span::new("", place).fill(fill).border_width(0.0));
        }
    }

    /// The mark of a step on the axis; nothing where there is no night.
    fn mark(&self, value: f64) -> String {
        if value > self.night {
            String::new()
        } else {
            whole(value)
        }
    }

    /// Where a moment lies.
    fn x(&self, moment: Moment) -> f64 {
        match moment {
            Moment::Batch(batch) => self.start() * (1.0 - batch as f64 / self.batches),
            Moment::Step(step) => step as f64,
            Moment::Tuned(batch) => self.night + (self.end() - self.night) * batch as f64 / self.tuning.max(1.0),
        }
    }

    /// The points of a line through the tests of the day and of fine-tuning and, of the night, through every step if they are known exactly and
    /// through the tests otherwise. An accuracy holds until the next step, so exact lines have steps, too. `tested` finds a
    /// percentage in a test and `exact` in the exact curve.
    fn points(
        &self,
        session: &Session,
        tested: impl Fn(&Evaluation) -> Option<f64>,
        exact: impl Fn(&ExactCurve, u64) -> Option<f64>,
    ) -> Vec<[f64; 2]> {
        let curve = session.traced().map(|traced| &traced.curve);
        let is_drawn = |moment: &Moment| curve.is_none() || matches!(moment, Moment::Batch(_));
        let point = |e: &Arc<Evaluated>| Some([self.x(e.moment), tested(&e.evaluation)?]);
        let is_tuned = |e: &&Arc<Evaluated>| matches!(e.moment, Moment::Tuned(_));
        let tests = session.evaluations().iter();
        let awake = tests.clone().filter(|e| is_drawn(&e.moment) && !is_tuned(e));
        let mut points: Vec<[f64; 2]> = awake.filter_map(point).collect();
        if let Some(curve) = curve {
            for step in 0..=curve.steps() {
                let Some(value) = exact(curve, step) else { continue };
                points.push([step as f64, value]);
                if step < curve.steps() {
                    points.push([step as f64 + HOLDS, value]);
                }
            }
        }
        points.extend(tests.filter(is_tuned).filter_map(point));
        points
    }

    /// What a person calls the place.
    fn name(&self, x: f64) -> String {
        if x > self.night + 0.5 * (self.end() - self.night) / self.tuning.max(1.0) {
            let batch = (x - self.night) / (self.end() - self.night) * self.tuning;
            moment_name(Moment::Tuned(batch.round() as u64))
        } else if x < 0.0 {
            format!(
                "batch {}",
                grouped(((1.0 - x / self.start()) * self.batches).round() as u64)
            )
        } else {
            // The end of the stretch that a step holds for belongs to the step.
            format!("step {}", grouped((x + 0.5 * (1.0 - HOLDS)).floor() as u64))
        }
    }
}

/// The plot itself.
fn curve_ui(ui: &mut Ui, session: &Session, time: &Time, before: &Evaluation, chance: f64) -> PlotTransform {
    let base = 100.0 * before.accuracy();
    let tokens = Tokens::of(ui);
    let area = ui.available_size();
    let points = time.points(
        session,
        |test| Some(100.0 * test.accuracy()),
        |curve, step| curve.accuracy(step).map(|share| 100.0 * share),
    );
    let line = reduce(points.into_iter(), area.x as usize);
    let y_text = |value: f64| format!("{} %", value.round());
    let label = |hover: &HoverPosition<'_>| match hover {
        HoverPosition::NearDataPoint {
            position,
            plot_name: "accuracy",
            ..
        } => Some(format!(
            "{}\n{:.1} % of the test images",
            time.name(position.x),
            position.y
        )),
        _ => None,
    };
    let x_text = |value: f64| time.mark(value);
    let response = fixed_plot(("accuracy", session.run()), area, tokens, y_text, x_text)
        .label_formatter(label)
        .show(ui, |plot| {
            plot.set_plot_bounds_x(time.start()..=time.end());
            plot.set_plot_bounds_y(0.0..=TOP);
            time.phases(plot, tokens);
            brushed(plot, tokens, time.span.clone());
            let dotted = LineStyle::Dotted { spacing: 5.0 };
            plot.hline(
                HLine::new("chance", chance)
                    .color(tokens.grid)
                    .style(dotted)
                    .allow_hover(false),
            );
            let dashed = LineStyle::Dashed { length: 5.0 };
            plot.hline(
                HLine::new("before", base)
                    .color(tokens.before)
                    .style(dashed)
                    .width(tokens.pen(1.2))
                    .allow_hover(false),
            );
            if session.phase() >= Phase::Asleep || session.is_gone_back() {
                let here = time.x(session.shown());
                plot.vline(
                    VLine::new("step", here)
                        .color(tokens.grid)
                        .width(tokens.pen(1.0))
                        .allow_hover(false),
                );
            }
            let in_night = session.traced().filter(|_| session.phase() <= Phase::Woken);
            let exact = in_night.and_then(|traced| {
                let here = session.steps();
                Some([here as f64, 100.0 * traced.curve.accuracy(here)?])
            });
            // The dot is the number in the header: the newest test at or before the moment that is shown.
            let tested = session
                .now()
                .map(|(moment, now)| [time.x(moment), 100.0 * now.accuracy()]);
            let of_the_day = session.test_before().filter(|_| session.night().is_none());
            let of_the_day = of_the_day.map(|test| [time.x(test.moment), 100.0 * test.evaluation.accuracy()]);
            let last = exact.or(tested).or(of_the_day);
            plot.line(
                Line::new("accuracy", PlotPoints::from(line))
                    .color(tokens.accent)
                    .width(tokens.pen(2.0)),
            );
            if let Some(estimate) = session.estimate() {
                let (x, y) = (time.x(estimate.moment), 100.0 * estimate.evaluation.accuracy());
                let error = 100.0
                    * session
                        .sample_of(&estimate.evaluation)
                        .map_or(0.0, |sample| sample.error);
                let bar = PlotPoints::from(vec![[x, y - error], [x, y + error]]);
                plot.line(
                    Line::new("estimate", bar)
                        .color(tokens.accent)
                        .width(1.5)
                        .allow_hover(false),
                );
                let mark = Points::new("estimate", vec![[x, y]]).radius(3.5).filled(false);
                plot.points(mark.color(tokens.accent).allow_hover(false));
            }
            if let Some(last) = last {
                plot.points(
                    Points::new("last", vec![last])
                        .radius(tokens.pen(3.5))
                        .color(tokens.accent)
                        .allow_hover(false),
                );
            }
        });
    response.transform
}
