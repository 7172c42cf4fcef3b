//! Spikes counted into pixels.

use egui::{Color32, Rect, Ui};

use crate::app::session::Session;
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::{MAX_SIDE, Picture};

/// Widest mark of one spike in physical pixels, however few steps are in view.
const WIDEST: f64 = 4.0;
/// Colours from one spike a pixel to the busiest.
const SHADES: usize = 32;

/// What the counts belong to. While it holds, only new steps are counted.
#[derive(Clone, Debug, Default, PartialEq)]
struct Frame {
    run: u64,
    size: [usize; 2],
    range: (f64, f64),
    /// First row and number of rows of each layer.
    rows: Vec<(usize, usize)>,
}

/// Spikes counted into the pixels of the plot.
#[derive(Default)]
pub struct Canvas {
    frame: Frame,
    counts: Vec<u16>,
    /// Steps below this are counted.
    done: u64,
    busiest: Vec<u16>,
    picture: Picture<(u64, u64, bool)>,
    /// Grows whenever the counts are begun anew.
    version: u64,
}

impl Canvas {
    /// Most spikes that share a pixel.
    pub fn busiest(&self) -> u16 {
        self.busiest.iter().copied().max().unwrap_or(0)
    }

    /// Counts what is new, and shows it if anything is.
    pub fn update(&mut self, ui: &Ui, session: &Session, plot: Rect, bands: &[Rect], range: (f64, f64)) {
        let scale = ui.pixels_per_point();
        let pixels = |points: f32| ((points * scale).round() as usize).clamp(1, MAX_SIDE);
        let size = [pixels(plot.width()), pixels(plot.height())];
        let row_of = |y: f32| (((y - plot.top()) / plot.height() * size[1] as f32).round() as usize).min(size[1]);
        let rows = bands
            .iter()
            .map(|band| (row_of(band.top()), row_of(band.bottom()) - row_of(band.top())))
            .collect();
        let frame = Frame {
            run: session.revision(),
            size,
            range,
            rows,
        };
        if frame != self.frame || session.spikes().steps() < self.done {
            self.counts.clear();
            self.counts.resize(size[0] * size[1], 0);
            self.busiest = vec![0; bands.len()];
            self.done = 0;
            self.version += 1;
            self.frame = frame;
        }
        self.count(session);
        let dark = ui.visuals().dark_mode;
        let key = (self.version, self.done, dark);
        if !self.picture.is_current(&key) {
            let colors = self.colors(Tokens::of(ui), session.layers().count());
            self.picture.set(ui.ctx(), "spikes", key, size, colors);
        }
    }

    /// Counts the steps that are known and not counted yet.
    fn count(&mut self, session: &Session) {
        let [width, height] = self.frame.size;
        let (from, to) = self.frame.range;
        let per_step = width as f64 / (to - from).max(1e-9);
        let mark = if per_step >= 2.0 {
            (per_step - 1.0).floor().min(WIDEST) as usize
        } else {
            1
        };
        let end = session.spikes().steps();
        let first = self.done.max(from.floor().max(0.0) as u64);
        let layers = session.layers();
        for (step, units) in session.spikes().range(first..end.min(to.ceil() as u64)) {
            let left = ((step as f64 + 0.5 - from) * per_step - 0.5 * mark as f64)
                .round()
                .max(0.0) as usize;
            let columns = left.min(width)..(left + mark).min(width);
            for &unit in units {
                let Some(layer) = layers.layer_of(unit) else { continue };
                let Some(&(top, rows)) = self.frame.rows.get(layer) else {
                    continue;
                };
                let (index, size) = ((unit - layers.units(layer).start) as usize, layers.size(layer));
                let row = top + index * rows / size;
                // At least two pixels: one would be lost to the eye.
                let tall = (rows / size).saturating_sub(1).max(2);
                for y in row..(row + tall).min(top + rows).min(height) {
                    for count in &mut self.counts[y * width + columns.start..y * width + columns.end] {
                        *count = count.saturating_add(1);
                        self.busiest[layer] = self.busiest[layer].max(*count);
                    }
                }
            }
        }
        self.done = end;
    }

    /// The counts as colours: one spike is already plain to see, more make it brighter.
    fn colors(&self, tokens: &Tokens, layers: usize) -> Vec<Color32> {
        let [width, _] = self.frame.size;
        let mut colors = vec![Color32::TRANSPARENT; self.counts.len()];
        for (layer, &(top, rows)) in self.frame.rows.iter().enumerate() {
            let color = tokens.layer(layer, layers);
            let busiest = f32::from(self.busiest.get(layer).copied().unwrap_or(0)).max(1.0);
            let shades: Vec<Color32> = (0..=SHADES)
                .map(|shade| {
                    faded(
                        color,
                        if busiest > 1.0 {
                            0.65 + 0.35 * shade as f32 / SHADES as f32
                        } else {
                            1.0
                        },
                    )
                })
                .collect();
            let range = top * width..((top + rows) * width).min(self.counts.len());
            for (color, &count) in colors[range.clone()].iter_mut().zip(&self.counts[range]) {
                if count > 0 {
                    let share = f32::from(count).ln() / busiest.ln().max(1e-6);
                    *color = shades[((share * SHADES as f32) as usize).min(SHADES)];
                }
            }
        }
        colors
    }

    /// Paints it over the plot.
    pub fn paint(&self, ui: &Ui, plot: Rect) {
        self.picture.paint(ui, plot);
    }
}
