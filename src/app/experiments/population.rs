//! The candidates of a search as a picture: scores by generation, and every candidate as a line across its parameters.

use egui::{Align2, Color32, Pos2, Rect, Response, Sense, Stroke, Ui, pos2, vec2};
use egui_plot::{Line, LineStyle, PlotPoints, Points};

use super::hunt::{Generation, Hunt};
use crate::app::export::{Axis, Chart, Figure, Kind, Series};
use crate::app::text::{number, percent};
use crate::app::theme::{Tokens, faded, mix, size};
use crate::app::widgets::{axis_text, fixed_plot, key, line_key, tooltip_rows};
use crate::experiment::Candidate;

/// Height of the scores.
const SCORES: f32 = 150.0;
/// Height of the lines across the parameters, with their names.
const LINES: f32 = 214.0;
/// Room for names above the axes and for bounds at their ends.
const ABOVE: f32 = 34.0;
const BELOW: f32 = 18.0;
/// How far under the axis of scores the candidates without a score end, and the room for the words under them.
const NO_SCORE: f32 = 30.0;
const NO_SCORE_ROOM: f32 = 30.0;
/// How strong the lines of earlier generations are.
const FAINT: f32 = 0.3;
/// How near the pointer must be to a line, in points.
const NEAR: f32 = 8.0;

/// The scores by generation.
pub fn scores_ui(ui: &mut Ui, hunt: &Hunt) {
    let tokens = Tokens::of(ui);
    let generations = hunt.generations();
    let first = hunt.candidates().get(&0).and_then(|it| it.score);
    ui.horizontal_wrapped(|ui| {
        key(ui, tokens.accent, "best so far");
        key(ui, tokens.text, "median of the generation");
        if first.is_some() {
            line_key(ui, tokens.before, 4.0, "first night");
        }
        let text = egui::RichText::new("dots: candidates").size(size::SMALL);
        ui.label(text.color(tokens.text_weak));
    });
    let (low, high) = range(hunt);
    let last = f64::from(hunt.newest().max(5));
    let y_text = |value: f64| format!("{} %", number(value));
    let x_text = |value: f64| number(value);
    let area = vec2(ui.available_width(), SCORES);
    let response = fixed_plot(("scores", &hunt.search.name), area, tokens, y_text, x_text).show(ui, |plot| {
        plot.set_plot_bounds_x(-0.3..=last + 0.3);
        plot.set_plot_bounds_y(low..=high);
        if let Some(first) = first {
            let line = PlotPoints::from(vec![[0.0, 100.0 * first], [last, 100.0 * first]]);
            let line = Line::new("", line).color(tokens.before).width(tokens.pen(1.2));
            plot.line(line.style(LineStyle::Dashed { length: 6.0 }).allow_hover(false));
        }
        let dots: Vec<[f64; 2]> = hunt
            .candidates()
            .values()
            .filter_map(|it| {
                let score = (100.0 * it.score?).max(low);
                Some([f64::from(hunt.search.generation_of(it.number)), score])
            })
            .collect();
        let dots = Points::new("", dots).radius(tokens.pen(2.0));
        plot.points(dots.color(faded(tokens.text_weak, 0.6)).allow_hover(false));
        for (name, color, points) in curves(&generations, low, tokens) {
            let points: Vec<[f64; 2]> = points.into_iter().map(|(x, y)| [x, y]).collect();
            let line = Line::new(name, PlotPoints::from(points)).color(color);
            plot.line(line.width(tokens.pen(1.8)).allow_hover(false));
        }
    });
    let told = generations.last().map_or_else(String::new, |it| {
        let share =
            |share: Option<f64>| share.map_or_else(|| "none".to_owned(), |share| format!("{} %", percent(share)));
        format!(
            "best {}, median {} in generation {}",
            share(it.best),
            share(it.median),
            it.number
        )
    });
    let words = format!("Score on validation images over generations: {told}");
    response
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
    ui.vertical_centered(|ui| {
        let text = egui::RichText::new("generation (score on validation images)").size(size::SMALL);
        ui.label(text.color(tokens.text_weak));
    });
}

/// A line over the generations: its name, its colour and its points, in per cent.
type Curve = (&'static str, Color32, Vec<(f64, f64)>);

/// Median and best, not below the low end of the axis.
fn curves(generations: &[Generation], low: f64, tokens: &Tokens) -> [Curve; 2] {
    let points = |of: fn(&Generation) -> Option<f64>| {
        let known = generations.iter();
        known
            .filter_map(|it| Some((f64::from(it.number), (100.0 * of(it)?).max(low))))
            .collect()
    };
    [
        ("median of the generation", tokens.text, points(|it| it.median)),
        ("best so far", tokens.accent, points(|it| it.best)),
    ]
}

/// The ends of the axis of scores, in per cent: the worst tenth lies at its lower end or below, so that the others can be told
/// apart.
fn range(hunt: &Hunt) -> (f64, f64) {
    let mut scores: Vec<f64> = hunt.candidates().values().filter_map(|it| it.score).collect();
    scores.sort_by(f64::total_cmp);
    let (low, high) = (scores.get(scores.len() / 10), scores.last());
    let (low, high) = (100.0 * low.unwrap_or(&0.0), 100.0 * high.unwrap_or(&1.0));
    let room = 0.06 * (high - low).max(1.0);
    (low - room, high + room)
}

/// The scores as a figure for paper; `None` while there is none.
pub fn figure(hunt: &Hunt) -> Option<Figure> {
    let tokens = Tokens::light();
    hunt.best()?;
    let (low, high) = range(hunt);
    let dots = hunt.candidates().values().filter_map(|it| {
        let score = (100.0 * it.score?).max(low);
        Some((f64::from(hunt.search.generation_of(it.number)), score))
    });
    let mut series = vec![Series {
        name: "candidates".to_owned(),
        color: tokens.text_weak,
        kind: Kind::Dots,
        points: dots.collect(),
    }];
    series.extend(
        curves(&hunt.generations(), low, &tokens).map(|(name, color, points)| Series::line(name, color, points)),
    );
    Some(Figure {
        name: hunt.search.name.clone(),
        title: format!("{}: score on validation images", hunt.search.title),
        charts: vec![Chart {
            x: Axis::new("generation", 0.0, f64::from(hunt.newest().max(1))),
            y: Axis::new("score, %", low, high),
            series,
            ..Chart::default()
        }],
    })
}

/// Where the axes stand, one for each parameter and one for the score.
struct Axes {
    area: Rect,
    count: usize,
    scores: (f64, f64),
}

impl Axes {
    /// The place of an axis across.
    fn x(&self, axis: usize) -> f32 {
        let last = self.count.saturating_sub(1).max(1) as f32;
        self.area.left() + self.area.width() * axis as f32 / last
    }

    /// A candidate as a line; one without a score ends under the axis of scores.
    fn line(&self, hunt: &Hunt, candidate: &Candidate) -> Vec<Pos2> {
        let parameters = hunt.search.parameters.iter().zip(&candidate.values);
        let places = parameters.map(|(parameter, &value)| parameter.place(value));
        let (low, high) = self.scores;
        let below = -f64::from(NO_SCORE / self.area.height().max(1.0));
        let score = candidate
            .score
            .map_or(below, |score| ((100.0 * score - low) / (high - low)).max(0.0));
        let y = |place: f64| self.area.bottom() - self.area.height() * place as f32;
        places
            .chain([score])
            .enumerate()
            .map(|(axis, place)| pos2(self.x(axis), y(place)))
            .collect()
    }
}

/// Every candidate as a line across its parameters, to be picked with the pointer; gives the one that was.
pub fn lines_ui(ui: &mut Ui, hunt: &Hunt) -> Option<usize> {
    let tokens = Tokens::of(ui);
    let newest = hunt.newest();
    let is_shown = |it: &&Candidate| !hunt.only_newest || hunt.search.generation_of(it.number) == newest;
    let fails = hunt.candidates().values().filter(is_shown).any(|it| it.score.is_none());
    keys_ui(ui, hunt, fails);
    let below = if fails { NO_SCORE_ROOM } else { 0.0 };
    let size = vec2(ui.available_width(), LINES + below);
    let (room, response) = ui.allocate_exact_size(size, Sense::click());
    let titles = hunt.titles();
    let axes = Axes {
        area: Rect::from_min_max(room.min + vec2(44.0, ABOVE), room.max - vec2(40.0, BELOW + below)),
        count: titles.len() + 1,
        scores: range(hunt),
    };
    let shown: Vec<(&Candidate, Vec<Pos2>)> = hunt
        .candidates()
        .values()
        .filter(is_shown)
        .map(|it| (it, axes.line(hunt, it)))
        .collect();
    axes_ui(ui, hunt, &axes, fails);
    if fails {
        let at = pos2(axes.x(titles.len()), axes.area.bottom() + NO_SCORE + 3.0);
        axis_text(ui, at, Align2::CENTER_TOP, "no score");
    }
    let near = response.hover_pos().and_then(|pointer| nearest(&shown, pointer));
    let looked_at = hunt.looked_at().map(|it| it.number);
    // The good ones last, so that they lie above.
    let mut order: Vec<usize> = (0..shown.len()).collect();
    order.sort_by(|&a, &b| {
        shown[a]
            .0
            .score
            .partial_cmp(&shown[b].0.score)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let scored = shown.iter().filter(|(it, _)| it.score.is_some()).count();
    let failed = shown.len() - scored;
    for (rank, place) in order.into_iter().enumerate() {
        let (candidate, line) = &shown[place];
        let is_newest = hunt.search.generation_of(candidate.number) == newest;
        // The share of the candidates with a score that are worse.
        let good = rank.saturating_sub(failed) as f32 / scored.max(1) as f32;
        let color = color(tokens, candidate, good, is_newest);
        let width = if is_newest { 1.5 } else { 0.9 };
        paint(ui, line, Stroke::new(tokens.pen(width), color));
    }
    let marked = [
        (looked_at, tokens.accent),
        (near.map(|place| shown[place].0.number), tokens.text_strong),
    ];
    for (wanted, color) in marked {
        if let Some((_, line)) = shown.iter().find(|(it, _)| Some(it.number) == wanted) {
            paint(ui, line, Stroke::new(tokens.pen(2.6), color));
            for &at in line {
                ui.painter().circle_filled(at, tokens.pen(3.0), color);
            }
        }
    }
    let failed = match failed {
        0 => String::new(),
        failed => format!(", {failed} without a score"),
    };
    let words = format!(
        "{} candidates across {}{failed}",
        shown.len(),
        titles.join(", ").to_lowercase()
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &words));
    let place = near?;
    let candidate = shown[place].0;
    let clicked = response.clicked();
    tip(response, hunt, candidate);
    clicked.then_some(candidate.number)
}

/// What the lines are.
fn keys_ui(ui: &mut Ui, hunt: &Hunt, fails: bool) {
    const WHOLE: f32 = 15.0;
    let tokens = Tokens::of(ui);
    ui.horizontal_wrapped(|ui| {
        line_key(ui, tokens.accent, WHOLE, "thick with dots: looked at");
        let strong = mix(tokens.text_weak, tokens.accent, 0.5);
        if hunt.only_newest || hunt.newest() == 0 {
            line_key(ui, strong, WHOLE, "candidates, the better the bluer");
        } else {
            line_key(ui, strong, WHOLE, "newest generation, the better the bluer");
            line_key(ui, faded(strong, FAINT), WHOLE, "faint: earlier generations");
        }
        if fails {
            line_key(ui, tokens.error, WHOLE, "no score: a night diverged or ran away");
        }
    });
}

/// The names and bounds of the axes.
fn axes_ui(ui: &Ui, hunt: &Hunt, axes: &Axes, fails: bool) {
    let tokens = Tokens::of(ui);
    let bounds = hunt.search.parameters.iter().map(|it| (number(it.from), number(it.to)));
    // The worst ones lie at the lower end, or below it.
    let is_below = |it: &Candidate| it.score.is_some_and(|score| 100.0 * score < axes.scores.0);
    let least = if hunt.candidates().values().any(is_below) {
        "≤ "
    } else {
        ""
    };
    let scores = (
        format!("{least}{:.0} %", axes.scores.0.max(0.0)),
        format!("{:.0} %", axes.scores.1),
    );
    let names = hunt.titles().iter().map(String::as_str).chain(["Score"]);
    for (axis, (name, (low, high))) in names.zip(bounds.chain([scores])).enumerate() {
        let x = axes.x(axis);
        let (top, bottom) = (axes.area.top(), axes.area.bottom());
        let stroke = Stroke::new(1.0, tokens.grid);
        ui.painter().line_segment([pos2(x, top), pos2(x, bottom)], stroke);
        axis_text(ui, pos2(x, top - 17.0), Align2::CENTER_BOTTOM, name);
        axis_text(ui, pos2(x, top - 3.0), Align2::CENTER_BOTTOM, high);
        // Lines of candidates without a score go past the lower end of the scores.
        if fails && axis + 1 == axes.count {
            axis_text(ui, pos2(x + 5.0, bottom), Align2::LEFT_CENTER, low);
        } else {
            axis_text(ui, pos2(x, bottom + 3.0), Align2::CENTER_TOP, low);
        }
    }
}

/// The colour of a candidate: the more others are worse, the nearer to the accent; one that failed has that of errors.
fn color(tokens: &Tokens, candidate: &Candidate, good: f32, is_newest: bool) -> Color32 {
    if candidate.score.is_none() {
        return faded(tokens.error, if is_newest { 0.7 } else { FAINT });
    }
    // The best few should stand out from the many.
    let good = good * good * good;
    let color = mix(tokens.text_weak, tokens.accent, good);
    faded(color, if is_newest { 0.85 } else { 0.14 + 0.56 * good })
}

/// A line through some points.
fn paint(ui: &Ui, line: &[Pos2], stroke: Stroke) {
    ui.painter().line(line.to_vec(), stroke);
}

/// The line that the pointer is nearest to, if it is near.
fn nearest(shown: &[(&Candidate, Vec<Pos2>)], pointer: Pos2) -> Option<usize> {
    let distance = |line: &[Pos2]| {
        let spans = line
            .windows(2)
            .filter(|span| (span[0].x..=span[1].x).contains(&pointer.x));
        let vertical = spans.map(|span| {
            let share = (pointer.x - span[0].x) / (span[1].x - span[0].x).max(1.0);
            let (run, rise) = (span[1].x - span[0].x, span[1].y - span[0].y);
            let at = span[0].y + share * rise;
            // Measured across the line, so that steep ones can be hit.
            (pointer.y - at).abs() * run / run.hypot(rise).max(1.0)
        });
        vertical.reduce(f32::min).unwrap_or(f32::INFINITY)
    };
    let distances = shown.iter().map(|(_, line)| distance(line)).enumerate();
    let near = distances.filter(|(_, distance)| *distance <= NEAR);
    near.reduce(|best, it| if it.1 <= best.1 { it } else { best })
        .map(|(place, _)| place)
}

/// What a candidate is, under the pointer.
fn tip(response: Response, hunt: &Hunt, candidate: &Candidate) {
    response.on_hover_ui_at_pointer(|ui| {
        let title = format!(
            "Candidate {}, generation {}",
            candidate.number,
            hunt.search.generation_of(candidate.number)
        );
        let score = candidate.score.map_or_else(
            || "failed: a night diverged or ran away".to_owned(),
            |score| format!("{:.2} %", 100.0 * score),
        );
        let values = hunt.titles().iter().zip(&candidate.values);
        let rows: Vec<(&str, String)> = [("Score", score)]
            .into_iter()
            .chain(values.map(|(title, &value)| (title.as_str(), number(value))))
            .collect();
        tooltip_rows(ui, &title, &rows);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::searches;

    /// Catches a candidate without a score that ends on the axis of scores, as if it had one, or off the picture; and one with a
    /// bad score that ends where those without one do.
    #[test]
    fn a_candidate_without_a_score_has_a_place_of_its_own() {
        let search = searches().remove(0);
        let candidate = |score| Candidate {
            version: String::new(),
            number: 0,
            values: search.first_values(),
            nights: Vec::new(),
            score,
        };
        let area = Rect::from_min_max(pos2(40.0, 34.0), pos2(400.0, 200.0));
        let axes = Axes {
            area,
            count: search.parameters.len() + 1,
            scores: (10.0, 60.0),
        };
        let hunt = Hunt::new(search.clone(), None);
        let end = |score| axes.line(&hunt, &candidate(score)).pop().unwrap();
        assert!((end(Some(0.6)).y - area.top()).abs() < 1e-3);
        assert!((end(Some(0.01)).y - area.bottom()).abs() < 1e-3);
        let without = end(None);
        assert!(without.y > area.bottom() + 20.0 && without.y < area.bottom() + NO_SCORE_ROOM + BELOW);
        let others = axes.line(&hunt, &candidate(None));
        assert!(others.iter().rev().skip(1).all(|at| area.contains(*at)));
    }

    /// Catches a pointer that picks another line than it is on, or one that is far away.
    #[test]
    fn the_pointer_picks_the_line_it_is_on() {
        let candidate = Candidate {
            version: String::new(),
            number: 0,
            values: searches()[0].first_values(),
            nights: Vec::new(),
            score: None,
        };
        let lines = [[(0.0, 0.0), (100.0, 0.0)], [(0.0, 100.0), (100.0, 20.0)]];
        let shown: Vec<(&Candidate, Vec<Pos2>)> = lines
            .iter()
            .map(|line| (&candidate, line.iter().map(|&(x, y)| pos2(x, y)).collect()))
            .collect();
        assert_eq!(nearest(&shown, pos2(50.0, 3.0)), Some(0));
        assert_eq!(nearest(&shown, pos2(50.0, 57.0)), Some(1));
        assert_eq!(nearest(&shown, pos2(50.0, 30.0)), None);
        assert_eq!(nearest(&shown, pos2(120.0, 0.0)), None);
    }
}
