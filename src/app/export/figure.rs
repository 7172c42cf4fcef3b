//! A plot as a picture that stays sharp at any size: SVG, in light colours, for paper and slides.
//!
//! A figure is only data: what the axes are called and where the points are. The drawing itself is the plotting library's.

use std::ops::Range;

use egui::Color32;
use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;

/// Width of a figure in pixels.
const WIDTH: u32 = 900;
/// Height of the title, and of the line of names over a chart.
const LINE: u32 = 30;
/// Width of a letter of the key, at most.
const LETTER: i32 = 7;
/// Where the key begins, and the height of its lines.
const KEY_LEFT: i32 = 64;
const KEY_LINE: i32 = 20;
/// How far beside the axes something is drawn at most, in lengths of the axis.
const BESIDE: f64 = 10.0;
/// The letters of a figure.
const FONT: &str = "sans-serif";

/// Something to be drawn: charts below each other, under a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The beginning of the file's name.
    pub name: String,
    /// What stands over it.
    pub title: String,
    /// The charts, from top to bottom.
    pub charts: Vec<Chart>,
}

/// Points between two axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// The axis along the bottom.
    pub x: Axis,
    /// The axis at the left.
    pub y: Axis,
    /// What is drawn, the first one lowest.
    pub series: Vec<Series>,
    /// Cells of a table, one unit wide and high.
    pub cells: Vec<Square>,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// What it measures, with its unit.
    pub label: String,
    /// Its ends.
    pub range: (f64, f64),
    /// How its numbers are written.
    pub text: Marks,
}

/// How the numbers of an axis are written.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Marks {
    /// As they are.
    #[default]
    Plain,
    /// Without sign: the axis runs downwards.
    Downwards,
    /// As counts whose height is 1 and the decimal logarithm.
    Powers,
    /// As shares whose decimal logarithm they are, in per cent.
    Shares,
    /// As the powers of ten that its numbers are the exponents of.
    Tens,
    /// A name at each whole number.
    Names(Vec<String>),
}

/// Points of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Its entry in the key; without one if it is empty.
    pub name: String,
    /// Its colour.
    pub color: Color32,
    /// What is drawn at its points.
    pub kind: Kind,
    /// The points.
    pub points: Vec<(f64, f64)>,
}

/// What is drawn at points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A line through them.
    Line,
    /// A dashed line through them.
    Dashed,
    /// A dot at each.
    Dots,
    /// A disc at each.
    Discs,
    /// A bar from 0 to each, of this width, moved to the right by so much.
    Bars(f64, f64),
    /// An upright line from each first to each second of them.
    Whiskers,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Square {
    /// Its middle.
    pub at: (f64, f64),
    /// Its colour.
    pub fill: Color32,
    /// What stands in it, and in which colour.
    pub text: (String, Color32),
}

impl Series {
    /// A line through points.
    pub fn line(name: impl Into<String>, color: Color32, points: Vec<(f64, f64)>) -> Self {
        Self {
            name: name.into(),
            color,
            kind: Kind::Line,
            points,
        }
    }
}

impl Axis {
    /// An axis with plain numbers. Ends that are no numbers, or the same, are set apart.
    pub fn new(label: impl Into<String>, low: f64, high: f64) -> Self {
        let low = if low.is_finite() { low } else { 0.0 };
        let high = if high.is_finite() && high > low {
            high
        } else {
            low + 1.0
        };
        Self {
            label: label.into(),
            range: (low, high),
            text: Marks::Plain,
        }
    }

    /// The same with other marks.
    #[must_use]
    pub fn marked(mut self, text: Marks) -> Self {
        self.text = text;
        self
    }

    /// A number of it as it is written.
    fn written(&self, value: f64) -> String {
        match &self.text {
            Marks::Plain => crate::app::text::number((value * 1e9).round() / 1e9),
            Marks::Downwards => crate::app::text::number(value.abs().round()),
            Marks::Powers | Marks::Shares | Marks::Tens if (value - value.round()).abs() > 1e-6 => String::new(),
            Marks::Shares => format!("{} %", crate::app::text::number(100.0 * 10_f64.powf(value.round()))),
            Marks::Powers if value < 0.5 => "0".to_owned(),
            Marks::Powers => crate::app::text::grouped(10_u64.saturating_pow(value.round() as u32 - 1)),
            Marks::Tens => crate::app::text::number(10_f64.powf(value.round())),
            Marks::Names(names) => {
                let is_whole = (value - value.round()).abs() < 1e-6 && value > -0.5;
                let name = names.get(value.round().max(0.0) as usize).filter(|_| is_whole);
                name.cloned().unwrap_or_default()
            }
        }
    }

    /// How many names it has.
    fn names(&self) -> usize {
        match &self.text {
            Marks::Names(names) => names.len(),
            _ => 0,
        }
    }

    /// How wide the marks of an upright axis are at most, in pixels.
    fn width(&self) -> i32 {
        let longest = match &self.text {
            Marks::Names(names) => names.iter().map(|name| name.chars().count()).max().unwrap_or(0),
            _ => 0,
        };
        (30 + LETTER * longest as i32).max(64)
    }

    /// How many marks are wanted.
    fn count(&self, most: usize) -> usize {
        match &self.text {
            Marks::Names(names) => names.len() + 2,
            Marks::Powers | Marks::Shares | Marks::Tens => (self.range.1 - self.range.0).ceil() as usize + 1,
            Marks::Plain | Marks::Downwards => most,
        }
    }
}

/// A colour in the words of the library.
fn ink(color: Color32) -> RGBAColor {
    let [red, green, blue, _] = color.to_srgba_unmultiplied();
    RGBAColor(red, green, blue, f64::from(color.a()) / 255.0)
}

/// The part of a figure that is drawn on.
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// What can go wrong: nothing, in memory.
type Fault<'a> = DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>;

impl Figure {
    /// The figure as the text of an SVG file.
    ///
    /// # Errors
    /// What the plotting library says.
    pub fn svg(&self) -> Result<String, String> {
        let mut text = String::new();
        let count = self.charts.len().max(1) as u32;
        let has_cells = self.charts.iter().any(|chart| !chart.cells.is_empty());
        // Names need a line each.
        let names = self.charts.iter().map(|chart| chart.y.names()).max().unwrap_or(0) as u32;
        let each = match count {
            _ if has_cells => WIDTH - 200,
            1 if 90 + 22 * names > 460 => 90 + 22 * names,
            1 => 460,
            2 => 320,
            _ => 230,
        };
        // A key of several lines takes nothing from its chart.
        let keys = self.charts.iter().map(Chart::key_height).max().unwrap_or(0);
        let each = each + keys.saturating_sub(LINE - 6);
        let size = (WIDTH, LINE + count * each);
        {
            let root = SVGBackend::with_string(&mut text, size).into_drawing_area();
            self.draw(&root, count as usize).map_err(|fault| fault.to_string())?;
        }
        Ok(text)
    }

    /// Draws everything.
    fn draw<'a>(&self, root: &Area<'a>, count: usize) -> Result<(), Fault<'a>> {
        root.fill(&WHITE)?;
        let strong = (FONT, 17).into_font().style(FontStyle::Bold);
        root.draw(&Text::new(self.title.clone(), (16, 10), strong))?;
        let (_, below) = root.split_vertically(LINE);
        for (area, chart) in below.split_evenly((count, 1)).iter().zip(&self.charts) {
            chart.draw(area)?;
        }
        root.present()
    }
}

impl Chart {
    /// The entries of the key, and where each stands: below each other where a line is full.
    fn key(&self) -> Vec<(&Series, (i32, i32))> {
        let (mut left, mut top) = (KEY_LEFT, 0);
        let mut key = Vec::new();
        for series in self.series.iter().filter(|series| !series.name.is_empty()) {
            let width = 40 + LETTER * series.name.chars().count() as i32;
            if left > KEY_LEFT && left + width > WIDTH as i32 {
                (left, top) = (KEY_LEFT, top + KEY_LINE);
            }
            key.push((series, (left, top)));
            left += width;
        }
        key
    }

    /// The height of the key in pixels.
    fn key_height(&self) -> u32 {
        match self.key().last() {
            Some((_, (_, top))) => LINE - 6 + *top as u32,
            None => 6,
        }
    }

    /// Draws the key, the axes and what is between them.
    fn draw<'a>(&self, area: &Area<'a>) -> Result<(), Fault<'a>> {
        let key = self.key();
        let (above, area) = area.split_vertically(self.key_height());
        for (series, (left, top)) in key {
            let color = ink(series.color);
            // The swatch of a dashed line is two dashes.
            let swatches = if series.kind == Kind::Dashed {
                vec![(0, 4), (7, 11)]
            } else {
                vec![(0, 11)]
            };
            for (from, to) in swatches {
                let corners = [(left + from, top + 6), (left + to, top + 17)];
                above.draw(&Rectangle::new(corners, color.filled()))?;
            }
            let words = (FONT, 13).into_font().color(&BLACK.mix(0.8));
            above.draw(&Text::new(series.name.clone(), (left + 17, top + 5), words))?;
        }
        let (x, y) = (self.x.range, self.y.range);
        let mut chart = ChartBuilder::on(&area)
            .margin_right(18)
            .margin_top(4)
            .x_label_area_size(44)
            .y_label_area_size(self.y.width())
            .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
        let (x_text, y_text) = (
            |value: &f64| self.x.written(*value),
            |value: &f64| self.y.written(*value),
        );
        let mut mesh = chart.configure_mesh();
        mesh.x_desc(self.x.label.clone())
            .y_desc(self.y.label.clone())
            .label_style((FONT, 13).into_font())
            .axis_desc_style((FONT, 13).into_font())
            .x_labels(self.x.count(9))
            .y_labels(self.y.count(7))
            .x_label_formatter(&x_text)
            .y_label_formatter(&y_text)
            .bold_line_style(BLACK.mix(0.12))
            .light_line_style(TRANSPARENT);
        if !self.cells.is_empty() {
            mesh.disable_mesh();
        }
        mesh.draw()?;
        for series in &self.series {
            series.draw(&mut chart)?;
        }
        for cell in &self.cells {
            let (x, y) = cell.at;
            let corners = [(x - 0.5, y - 0.5), (x + 0.5, y + 0.5)];
            chart.draw_series([Rectangle::new(corners, ink(cell.fill).filled())])?;
            let middle = plotters::style::text_anchor::Pos::new(
                plotters::style::text_anchor::HPos::Center,
                plotters::style::text_anchor::VPos::Center,
            );
            let style = (FONT, 13).into_font().color(&ink(cell.text.1)).pos(middle);
            chart.draw_series([Text::new(cell.text.0.clone(), (x, y), style)])?;
        }
        Ok(())
    }
}

/// A chart with its axes.
type Axes<'a, 'b> = ChartContext<'b, SVGBackend<'a>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

impl Series {
    /// Draws the points. What is no number is a gap, and what lies far beside the axes is drawn no further out than
    /// [`BESIDE`]: the library would count pixels, and the dashes to it, one by one.
    fn draw<'a>(&self, chart: &mut Axes<'a, '_>) -> Result<(), Fault<'a>> {
        let color = ink(self.color);
        let is_number = |&&(x, y): &&(f64, f64)| x.is_finite() && y.is_finite();
        let (x_range, y_range) = (chart.x_range(), chart.y_range());
        let near = |value: f64, axis: &Range<f64>| {
            let beside = BESIDE * (axis.end - axis.start);
            value.clamp(axis.start - beside, axis.end + beside)
        };
        let numbers = self.points.iter().filter(is_number);
        let points = numbers.map(|&(x, y)| (near(x, &x_range), near(y, &y_range)));
        match self.kind {
            Kind::Line => drop(chart.draw_series(LineSeries::new(points, color.stroke_width(2)))?),
            Kind::Dashed => {
                let style = color.stroke_width(2);
                chart.draw_series(DashedLineSeries::new(points, 6, 4, style))?;
            }
            Kind::Dots => {
                let dots = points.map(|point| Circle::new(point, 1, color.filled()));
                chart.draw_series(dots)?;
            }
            Kind::Discs => {
                let discs = points.map(|point| Circle::new(point, 4, color.filled()));
                chart.draw_series(discs)?;
            }
            Kind::Whiskers => {
                for ends in points.collect::<Vec<_>>().chunks_exact(2) {
                    let whisker = PathElement::new(ends.to_vec(), color.stroke_width(1));
                    chart.draw_series([whisker])?;
                }
            }
            Kind::Bars(width, shift) => {
                let bars = points.map(|(x, y)| {
                    let left = x + shift - 0.5 * width;
                    Rectangle::new([(left, 0.0), (left + width, y)], color.filled())
                });
                chart.draw_series(bars)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a figure without a curve, an axis without its unit, a key without its names, and a name that breaks the file.
    #[test]
    fn a_figure_has_its_axes_its_key_and_its_curves() {
        let figure = Figure {
            name: "test".to_owned(),
            title: "Accuracy of <own> & others".to_owned(),
            charts: vec![Chart {
                x: Axis::new("step", 0.0, 60.0),
                y: Axis::new("correct, %", 0.0, 100.0),
                series: vec![
                    Series::line("all", Color32::RED, vec![(0.0, 10.0), (30.0, f64::NAN), (60.0, 50.0)]),
                    Series {
                        name: "spikes".to_owned(),
                        color: Color32::BLUE,
                        kind: Kind::Dots,
                        points: vec![(1.0, 2.0), (2.0, 3.0)],
                    },
                ],
                cells: vec![Square {
                    at: (30.0, 50.0),
                    fill: Color32::GRAY,
                    text: ("17".to_owned(), Color32::WHITE),
                }],
            }],
        };
        let svg = figure.svg().unwrap();
        for wanted in [
            "step",
            "correct, %",
            "all",
            "spikes",
            "17",
            "#FF0000",
            "#0000FF",
            "</svg>",
        ] {
            assert!(svg.contains(wanted), "{wanted} is missing in {svg}");
        }
        assert!(
            svg.contains("&lt;own&gt; &amp; others") && !svg.contains("NaN"),
            "{svg}"
        );
        assert_eq!(svg.matches("<circle").count(), 2);
    }

    /// Catches an axis whose ends are the same or no numbers, on which nothing can be drawn.
    #[test]
    fn every_axis_has_two_ends() {
        for (low, high) in [(3.0, 3.0), (f64::NAN, f64::INFINITY), (5.0, 1.0)] {
            let (low, high) = Axis::new("", low, high).range;
            assert!(low.is_finite() && high > low);
        }
        let names = Axis::new("class", -0.5, 1.5).marked(Marks::Names(vec!["cat".to_owned(), "dog".to_owned()]));
        assert_eq!(
            [names.written(1.0), names.written(0.5), names.written(2.0)],
            ["dog".to_owned(), String::new(), String::new()]
        );
    }

    /// Catches dashes that are drawn one by one to a point far beside the axes.
    #[test]
    fn nothing_is_drawn_far_beside_the_axes() {
        let figure = Figure {
            name: "test".to_owned(),
            title: String::new(),
            charts: vec![Chart {
                x: Axis::new("step", 0.0, 1.0),
                y: Axis::new("correct, %", 0.0, 100.0),
                series: vec![Series {
                    kind: Kind::Dashed,
                    ..Series::line("far", Color32::RED, vec![(0.0, 50.0), (0.5, 1e6), (1.0, -1e6)])
                }],
                ..Chart::default()
            }],
        };
        let svg = figure.svg().unwrap();
        assert!(svg.len() < 500_000 && svg.contains("#FF0000"), "{} bytes", svg.len());
    }
}
