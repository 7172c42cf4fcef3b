//! The counted spikes as a texture as large as the plot in physical pixels.

use std::ops::Range;

use egui::{Color32, Rect, Ui, pos2};

use super::bands::Band;
use super::density::{Density, Grid, UNSEEN};
use super::rows::Rows;
use crate::app::session::Session;
use crate::app::theme::{Tokens, faded, mix};
use crate::app::widgets::{MAX_SIDE, Picture};

/// Colours from one spike a pixel to the busiest.
const SHADES: usize = 32;
/// How much is left of what is known but lies after the moment that is shown.
const LATER: f32 = 0.28;
/// Least height of a mark in pixels: one would be lost to the eye.
const LOWEST: usize = 2;

/// The rows of pixels of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Strip {
    layer: usize,
    top: usize,
    bottom: usize,
    /// Height of a mark.
    mark: usize,
}

/// The spikes on the screen.
#[derive(Default)]
pub struct Canvas {
    density: Density,
    strips: Vec<Strip>,
    /// What the rows of pixels were made for.
    rows_key: Option<(u64, u64, [usize; 2], Vec<Band>)>,
    rows: Vec<u32>,
    /// The key is when the counting was begun, the busiest pixel, and the accent, which tells the themes apart.
    picture: Picture<(u64, u32, Color32)>,
}

impl Canvas {
    /// Most spikes that share a pixel.
    pub fn busiest(&self) -> u32 {
        self.density.busiest()
    }

    /// Whether a pixel holds more than one step.
    pub fn is_dense(&self) -> bool {
        self.density.grid().is_dense()
    }

    /// Counts what is new, and shows it if anything is.
    pub fn update(
        &mut self,
        ui: &Ui,
        session: &Session,
        rows: &Rows,
        plot: Rect,
        (bands, range): (&[Band], (f64, f64)),
    ) {
        let scale = ui.pixels_per_point();
        let pixels = |points: f32| ((points * scale).round() as usize).clamp(1, MAX_SIDE);
        let size = [pixels(plot.width()), pixels(plot.height())];
        let key = (session.run(), rows.version(), size, bands.to_vec());
        if self.rows_key.as_ref() != Some(&key) {
            self.strips = bands.iter().map(|band| strip(band, plot, size[1])).collect();
            self.rows = pixel_rows(session, rows, bands, &self.strips);
            self.rows_key = Some(key);
        }
        let grid = Grid {
            revision: session.revision(),
            size,
            range,
            rows: self.rows.clone(),
        };
        self.density.update(grid, session.spikes());
        let tokens = Tokens::of(ui);
        let key = (self.density.beginning(), self.density.busiest(), tokens.accent);
        let changed = self.density.take_changed();
        let layers = session.layers().count();
        if !self.picture.is_current(&key) {
            let colors = self.colors(tokens, layers, 0..size[0]);
            self.picture.set(ui.ctx(), "spikes", key, size, colors);
        } else if !changed.is_empty() {
            // The marks reach further than the pixels in which they are counted.
            let columns = changed.start..(changed.end + self.density.grid().mark()).min(size[0]);
            let colors = self.colors(tokens, layers, columns.clone());
            let part = [columns.len(), size[1]];
            self.picture.set_part([columns.start, 0], part, colors);
        }
    }

    /// The counts as marks, in some columns.
    fn colors(&self, tokens: &Tokens, layers: usize, columns: Range<usize>) -> Vec<Color32> {
        let [width, height] = self.density.grid().size;
        let (counts, busiest) = (self.density.counts(), self.density.busiest());
        let wide = self.density.grid().mark();
        let mut colors = vec![Color32::TRANSPARENT; columns.len() * height];
        let mut strongest = vec![0_u32; colors.len()];
        // Marks that begin before the columns may reach into them.
        let first = columns.start.saturating_sub(wide - 1);
        for strip in &self.strips {
            let shades = shades(tokens, tokens.layer(strip.layer, layers), busiest);
            let bottom = strip.bottom.min(height);
            for y in strip.top.min(bottom)..bottom {
                let line = &counts[y * width + first..y * width + columns.end];
                for (x, &count) in (first..).zip(line) {
                    if count == 0 {
                        continue;
                    }
                    let color = shades[shade(count, busiest)];
                    let mark = x.max(columns.start) - columns.start..(x + wide).min(columns.end) - columns.start;
                    for y in y..(y + strip.mark).min(bottom) {
                        let line = y * columns.len() + mark.start..y * columns.len() + mark.end;
                        let marks = colors[line.clone()].iter_mut().zip(&mut strongest[line]);
                        // Where two marks meet the stronger is seen.
                        for (pixel, there) in marks.filter(|(_, there)| **there < count) {
                            (*pixel, *there) = (color, count);
                        }
                    }
                }
            }
        }
        colors
    }

    /// Paints it over the plot. What lies beyond `now`, a place on the plot, is faint.
    pub fn paint(&self, ui: &Ui, plot: Rect, now: f32) {
        let cut = now.clamp(plot.left(), plot.right());
        let share = (cut - plot.left()) / plot.width();
        let before = Rect::from_min_max(plot.min, pos2(cut, plot.bottom()));
        let after = Rect::from_min_max(pos2(cut, plot.top()), plot.max);
        let part = |from: f32, to: f32| Rect::from_min_max(pos2(from, 0.0), pos2(to, 1.0));
        if before.width() > 0.0 {
            self.picture.paint_part(ui, before, part(0.0, share));
        }
        if after.width() > 0.0 {
            let tint = faded(Color32::WHITE, LATER);
            self.picture.paint_tinted(ui, after, part(share, 1.0), tint);
        }
    }
}

/// The rows of pixels of a band.
fn strip(band: &Band, plot: Rect, height: usize) -> Strip {
    let row_of = |y: f32| (((y - plot.top()) / plot.height() * height as f32).round().max(0.0) as usize).min(height);
    let (top, bottom) = (row_of(band.rect.top()), row_of(band.rect.bottom()));
    let per_row = (bottom - top) as f64 / (band.rows.1 - band.rows.0).max(1e-9);
    Strip {
        layer: band.layer,
        top,
        bottom,
        mark: (per_row.floor() as usize).saturating_sub(1).max(LOWEST),
    }
}

/// The row of pixels in which the mark of each unit begins, counted over all layers.
fn pixel_rows(session: &Session, rows: &Rows, bands: &[Band], strips: &[Strip]) -> Vec<u32> {
    let layers = session.layers();
    let units = (0..layers.count()).map(|layer| layers.size(layer)).sum();
    let mut pixels = vec![UNSEEN; units];
    for (band, strip) in bands.iter().zip(strips) {
        let tall = strip.bottom - strip.top;
        let per_row = tall as f64 / (band.rows.1 - band.rows.0).max(1e-9);
        let first = layers.units(band.layer).start;
        let Some(rows) = rows.of(band.layer).filter(|_| tall > 0) else {
            continue;
        };
        let in_view = band.rows.0.floor().max(0.0) as usize..(band.rows.1.ceil().max(0.0) as usize).min(rows.len());
        for row in in_view {
            let y = ((row as f64 - band.rows.0) * per_row).floor().max(0.0) as usize;
            if let Some(pixel) = rows.unit(row).and_then(|unit| pixels.get_mut((first + unit) as usize)) {
                *pixel = (strip.top + y.min(tall - 1)) as u32;
            }
        }
    }
    pixels
}

/// The colours of a layer from one spike a pixel, which is already plain to see, to the busiest.
pub fn shades(tokens: &Tokens, color: Color32, busiest: u32) -> [Color32; SHADES + 1] {
    std::array::from_fn(|shade| {
        if busiest <= 1 {
            return color;
        }
        let share = shade as f32 / SHADES as f32;
        faded(mix(color, tokens.text_strong, 0.5 * share * share), 0.55 + 0.45 * share)
    })
}

/// The shade of a count: logarithmic.
fn shade(count: u32, busiest: u32) -> usize {
    let share = (count.max(1) as f32).ln() / (busiest.max(2) as f32).ln();
    ((share * SHADES as f32) as usize).min(SHADES)
}

#[cfg(test)]
mod tests {
    use super::super::bands::RowView;
    use super::*;
    use crate::app::session::testing::session;
    use egui::vec2;

    /// Catches a unit that is drawn in the row of another after sorting, and one without a row that is drawn.
    #[test]
    fn units_are_drawn_in_their_rows() {
        let session = session(&[]);
        let mut rows = Rows::plain(&[4, 3, 2]);
        rows.reorder(0, &[3, 1]);
        let plot = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 90.0));
        let bands = RowView::default().bands(&session, &rows, plot);
        let strips: Vec<Strip> = bands.iter().map(|band| strip(band, plot, 90)).collect();
        let pixels = pixel_rows(&session, &rows, &bands, &strips);
        assert_eq!((pixels[0], pixels[2]), (UNSEEN, UNSEEN));
        let middle = (strips[0].bottom - strips[0].top) / 2;
        assert_eq!((pixels[3], pixels[1]), (0, middle as u32));
        assert_eq!(pixels[4] as usize, strips[1].top);
        assert!(pixels[8] as usize > strips[2].top && (pixels[8] as usize) < strips[2].bottom);
    }

    /// Catches columns that are painted otherwise when they are painted alone.
    #[test]
    fn a_part_is_painted_like_the_whole() {
        let units: Vec<Vec<u32>> = (0..30_u32)
            .map(|step| vec![step % 4, 4 + step % 3, 7 + step % 2])
            .collect();
        let spikes: Vec<(u64, &[u32])> = units
            .iter()
            .zip(0..)
            .map(|(units, step)| (step, units.as_slice()))
            .collect();
        let night = session(&spikes);
        let rows = Rows::plain(&[4, 3, 2]);
        let plot = Rect::from_min_size(pos2(0.0, 0.0), vec2(100.0, 90.0));
        let bands = RowView::default().bands(&night, &rows, plot);
        let strips: Vec<Strip> = bands.iter().map(|band| strip(band, plot, 90)).collect();
        let mut canvas = Canvas {
            rows: pixel_rows(&night, &rows, &bands, &strips),
            strips,
            ..Canvas::default()
        };
        for range in [(0.0, 30.0), (3.5, 16.0), (0.0, 90.0)] {
            let grid = Grid {
                revision: night.revision(),
                size: [100, 90],
                range,
                rows: canvas.rows.clone(),
            };
            canvas.density.update(grid, night.spikes());
            let tokens = Tokens::dark();
            let whole = canvas.colors(&tokens, 3, 0..100);
            assert!(whole.iter().any(|color| *color != Color32::TRANSPARENT));
            for columns in [0..1, 17..40, 99..100] {
                let part = canvas.colors(&tokens, 3, columns.clone());
                for (y, line) in part.chunks(columns.len()).enumerate() {
                    assert_eq!(line, &whole[y * 100..][columns.clone()], "{columns:?} of {range:?}");
                }
            }
        }
    }

    /// Catches a count beyond the scale, and a scale that does not rise.
    #[test]
    fn more_spikes_are_stronger() {
        for busiest in [0, 1, 2, 7, 1000] {
            let shades: Vec<usize> = (1..=busiest.max(1)).map(|count| shade(count, busiest)).collect();
            assert_eq!(shades[0], 0);
            assert!(shades.is_sorted() && shades.iter().all(|&shade| shade <= SHADES));
            assert!(busiest < 2 || shades.last() == Some(&SHADES), "{busiest}");
        }
    }
}
