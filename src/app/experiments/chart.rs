//! The results as a plot: on the screen, and as a figure for paper.

use egui::{Color32, Ui, vec2};
use egui_plot::{GridMark, HoverPosition, Line, LineStyle, PlotPoints, Points};

use super::curves::{Across, Course, Curves, Mark, Role};
use super::study::Study;
use crate::app::export::{Axis, Chart, Figure, Kind, Marks, Series};
use crate::app::text::{counted, grouped, nice_ceiling, number};
use crate::app::theme::Tokens;
use crate::app::widgets::{Dot, dots, fixed_plot, key, line_key};
use crate::experiment::{BEFORE, Row, Summary, Unit, unit_of};

/// A mean over fewer trials is drawn hollow: its interval says next to nothing, if it has one.
const SURE: usize = 3;
/// Height of the plot.
const HEIGHT: f32 = 260.0;

/// The colour of a line, and whether it is dashed.
pub fn pen(tokens: &Tokens, role: Role) -> (Color32, bool) {
    tokens.compared_line(match role {
        Role::Before => 0,
        Role::After => 1,
        Role::Control(place) => 2 + place,
    })
}

/// A number with its unit, for a sentence.
pub fn told(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{} %", unit.write(value)),
        Unit::Points => format!("{} points", unit.write(value)),
        Unit::Count | Unit::Plain => unit.write(value),
    }
}

/// Mean, interval and number of trials in words.
pub fn words(summary: &Summary, diverged: usize, unit: Unit) -> String {
    let mut text = told(summary.mean, unit);
    if let Some((low, high)) = summary.interval {
        text = format!("{text}, 95 % from {} to {}", told(low, unit), told(high, unit));
    }
    text = format!("{text}, {}", counted(summary.count as u64, "trial"));
    if diverged > 0 {
        text = format!("{text}, {diverged} diverged");
    }
    text
}

/// What the means leave out, behind other words.
fn without(curves: &Curves) -> String {
    left_out(curves.diverged())
}

/// That at most so many trials diverged and are in no mean, behind other words.
pub fn left_out(diverged: usize) -> String {
    match diverged {
        0 => String::new(),
        diverged => format!("; up to {} diverged and left out", counted(diverged as u64, "trial")),
    }
}

/// The plot of what is looked at.
pub fn ui(ui: &mut Ui, study: &Study) {
    let rows: Vec<&Row> = study.rows().iter().filter(|row| study.shows(row.point)).collect();
    let curves = Curves::of(&study.protocol, &study.view, &rows);
    let unit = unit_of_view(study);
    if curves.courses.is_empty() {
        let text = if study.rows().is_empty() {
            "No trial is done yet. Press Run: the figure fills in as trials finish."
        } else {
            "No trial is done yet of what is chosen here."
        };
        let tokens = Tokens::of(ui);
        let frame = egui::Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(24);
        frame.show(ui, |ui| {
            ui.vertical_centered(|ui| ui.label(egui::RichText::new(text).color(tokens.text)));
        });
    } else if study.view.across == Across::Phases {
        phases_ui(ui, &curves, unit);
    } else {
        curves_ui(ui, study, &curves, unit);
    }
}

/// The measure that the plot shows.
fn measure(study: &Study) -> &str {
    match study.view.across {
        Across::Strength(_) => crate::experiment::ACCURACY,
        _ => &study.view.measure,
    }
}

/// The unit of what the plot shows; differences of phases are not drawn.
fn unit_of_view(study: &Study) -> Unit {
    unit_of(BEFORE, measure(study))
}

/// The upper end of the axis of values: 100 % for shares.
fn ceiling(curves: &Curves, unit: Unit) -> f64 {
    match unit.range().1 {
        most if most.is_finite() => unit.scale() * most,
        _ => nice_ceiling(curves.highest().max(1.0)),
    }
}

/// What the axis of values is called.
fn value_axis(study: &Study) -> String {
    format!("{}{}", measure(study), unit_of_view(study).behind())
}

/// A number one under the other for each phase.
fn phases_ui(ui: &mut Ui, curves: &Curves, unit: Unit) {
    let tokens = Tokens::of(ui);
    let scale = unit.scale();
    let mut lines = Vec::new();
    let all: Vec<Dot> = curves
        .courses
        .iter()
        .filter_map(|course| {
            let mark = course.marks.first()?;
            let color = match course.role {
                Role::Control(_) => tokens.text,
                _ => pen(tokens, course.role).0,
            };
            if !matches!(course.role, Role::Control(_)) {
                lines.push((scale * mark.summary.mean, color));
            }
            Some(Dot {
                name: course.name.clone(),
                value: Some(scale * mark.summary.mean),
                number: unit.write(mark.summary.mean),
                interval: mark.summary.interval.map(|(low, high)| (scale * low, scale * high)),
                color,
                words: words(&mark.summary, mark.diverged, unit),
            })
        })
        .collect();
    let note = format!("mean with its 95 % interval{}{}", unit.behind(), without(curves));
    dots(ui, &all, (0.0, ceiling(curves, unit)), &note, &lines);
}

/// A line for each phase.
fn curves_ui(ui: &mut Ui, study: &Study, curves: &Curves, unit: Unit) {
    let tokens = Tokens::of(ui);
    let scale = unit.scale();
    ui.horizontal_wrapped(|ui| {
        for course in &curves.courses {
            let (color, dashed) = pen(tokens, course.role);
            if dashed {
                line_key(ui, color, 4.0, &course.name);
            } else {
                key(ui, color, &course.name);
            }
        }
        let mut marks = curves.courses.iter().flat_map(|course| &course.marks);
        let hollow = if marks.all(is_sure) {
            String::new()
        } else {
            format!("; hollow: fewer than {SURE} trials")
        };
        let text = format!("bars: 95 % interval of the mean{hollow}{}", without(curves));
        let text = egui::RichText::new(text).size(crate::app::theme::size::SMALL);
        ui.label(text.color(tokens.text_weak));
    });
    let y_text = move |value: f64| match unit {
        Unit::Percent | Unit::Points => format!("{} %", value.round()),
        Unit::Count => grouped(value.round().max(0.0) as u64),
        Unit::Plain => number(value),
    };
    let ticks = curves.ticks.clone();
    let names = curves.ticks.clone();
    let x_text = move |value: f64| {
        let tick = names.iter().find(|tick| (tick.0 - value).abs() < 1e-9);
        tick.map_or_else(String::new, |tick| tick.1.clone())
    };
    let find = |name: &str, x: f64| -> Option<&Mark> {
        let course = curves.courses.iter().find(|course| course.name == name)?;
        let nearest = |a: &&Mark, b: &&Mark| (a.x - x).abs().total_cmp(&(b.x - x).abs());
        course.marks.iter().min_by(nearest)
    };
    let label = |hover: &HoverPosition<'_>| match hover {
        HoverPosition::NearDataPoint {
            position, plot_name, ..
        } => {
            let mark = find(plot_name, position.x)?;
            let words = words(&mark.summary, mark.diverged, unit);
            Some(format!("{plot_name}\n{}\n{}", mark.name, words.replace(", ", "\n")))
        }
        HoverPosition::Elsewhere { .. } => None,
    };
    let area = vec2(ui.available_width(), HEIGHT);
    let response = fixed_plot(("experiment", &study.protocol.name), area, tokens, y_text, x_text)
        .x_grid_spacer(move |_| {
            let mark = |tick: &(f64, String)| GridMark {
                value: tick.0,
                step_size: 1.0,
            };
            ticks.iter().map(mark).collect()
        })
        .label_formatter(label)
        .show(ui, |plot| {
            let (left, right) = curves.x_range();
            plot.set_plot_bounds_x(left..=right);
            plot.set_plot_bounds_y(0.0..=ceiling(curves, unit));
            for course in &curves.courses {
                let (color, dashed) = pen(tokens, course.role);
                for (low, high, x) in whiskers(course, scale) {
                    let bar = PlotPoints::from(vec![[x, low], [x, high]]);
                    let bar = Line::new("", bar).color(color).width(tokens.pen(1.2));
                    plot.line(bar.allow_hover(false));
                }
                let points: Vec<[f64; 2]> = points(course, scale).into_iter().map(|(x, y)| [x, y]).collect();
                let style = if dashed {
                    LineStyle::Dashed { length: 6.0 }
                } else {
                    LineStyle::Solid
                };
                for sure in [true, false] {
                    let marks = course.marks.iter().filter(|mark| is_sure(mark) == sure);
                    let dots: Vec<[f64; 2]> = marks.map(|mark| [mark.x, scale * mark.summary.mean]).collect();
                    let dots = Points::new("", dots)
                        .radius(tokens.pen(if sure { 3.0 } else { 4.0 }))
                        .filled(sure);
                    plot.points(dots.color(color).allow_hover(false));
                }
                let line = Line::new(course.name.clone(), PlotPoints::from(points)).color(color);
                plot.line(line.style(style).width(tokens.pen(1.8)));
            }
        });
    let words = format!("{} over {}: {}", value_axis(study), curves.axis, spoken(curves, unit));
    response
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
    ui.vertical_centered(|ui| {
        let text = egui::RichText::new(&curves.axis).size(crate::app::theme::size::SMALL);
        ui.label(text.color(tokens.text_weak));
    });
}

/// Whether a mean is over enough trials to be drawn as one.
fn is_sure(mark: &Mark) -> bool {
    mark.summary.count >= SURE
}

/// The last number of each line, for those who do not see them.
fn spoken(curves: &Curves, unit: Unit) -> String {
    let ends = curves.courses.iter().filter_map(|course| {
        let mark = course.marks.last()?;
        Some(format!(
            "{} {} at {}",
            course.name,
            told(mark.summary.mean, unit),
            mark.name
        ))
    });
    ends.collect::<Vec<_>>().join("; ")
}

/// The points of a line.
fn points(course: &Course, scale: f64) -> Vec<(f64, f64)> {
    course
        .marks
        .iter()
        .map(|mark| (mark.x, scale * mark.summary.mean))
        .collect()
}

/// The bars of a line: lower end, upper end and place of each.
fn whiskers(course: &Course, scale: f64) -> impl Iterator<Item = (f64, f64, f64)> {
    let bar = move |mark: &Mark| {
        let (low, high) = mark.summary.interval?;
        Some((scale * low, scale * high, mark.x))
    };
    course.marks.iter().filter_map(bar)
}

/// The plot for paper; `None` while there is nothing to draw.
pub fn figure(study: &Study) -> Option<Figure> {
    let rows: Vec<&Row> = study.rows().iter().filter(|row| study.shows(row.point)).collect();
    let curves = Curves::of(&study.protocol, &study.view, &rows);
    let unit = unit_of_view(study);
    let scale = unit.scale();
    let tokens = Tokens::light();
    let highest = ceiling(&curves, unit);
    let is_list = study.view.across == Across::Phases;
    let mut series = Vec::new();
    for (place, course) in curves.courses.iter().enumerate() {
        let (color, dashed) = pen(&tokens, course.role);
        let x = |x: f64| if is_list { place as f64 } else { x };
        let bars = whiskers(course, scale).map(|(low, high, at)| vec![(x(at), low), (x(at), high)]);
        series.extend(bars.map(|points| Series::line("", color, points)));
        let line: Vec<(f64, f64)> = points(course, scale).into_iter().map(|(at, y)| (x(at), y)).collect();
        series.push(Series {
            name: String::new(),
            color,
            kind: Kind::Dots,
            points: line.clone(),
        });
        if !is_list {
            series.push(Series {
                name: course.name.clone(),
                color,
                kind: if dashed { Kind::Dashed } else { Kind::Line },
                points: line,
            });
        }
    }
    if series.is_empty() {
        return None;
    }
    let x = if is_list {
        let names = curves.courses.iter().map(|course| course.name.clone()).collect();
        Axis::new("", -0.5, curves.courses.len() as f64 - 0.5).marked(Marks::Names(names))
    } else {
        let (left, right) = curves.x_range();
        let label = if curves.is_log && curves.ticks.iter().all(|tick| tick.1.ends_with('%')) {
            format!("{}, %", curves.axis)
        } else {
            curves.axis.clone()
        };
        let marks = if curves.is_log { Marks::Tens } else { Marks::Plain };
        Axis::new(label, left, right).marked(marks)
    };
    let at: Vec<&str> = study
        .protocol
        .axes
        .iter()
        .zip(&study.view.at)
        .enumerate()
        .filter(|(axis, (of, _))| of.levels.len() > 1 && study.view.across != Across::Levels(*axis))
        .filter_map(|(_, (axis, &at))| Some(axis.levels.get(at)?.name.as_str()))
        .collect();
    let title = if at.is_empty() {
        study.protocol.title.clone()
    } else {
        format!("{}: {}", study.protocol.title, at.join(", "))
    };
    Some(Figure {
        name: study.protocol.name.clone(),
        title: format!("{title} (bars: 95 % interval{})", without(&curves)),
        charts: vec![Chart {
            x,
            y: Axis::new(value_axis(study), 0.0, highest),
            series,
            ..Chart::default()
        }],
    })
}
