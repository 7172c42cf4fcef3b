//! Spikes of a night in little room: every layer in its strip, each spike in exactly one pixel.

use egui::{Color32, Rect, Ui, pos2};

use crate::app::panels::raster::density::{Density, Grid};
use crate::app::session::{Layers, SpikeLog};
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::{MAX_SIDE, Picture};

/// Pixels between two layers.
const GAP: usize = 2;
/// Least height of a mark in pixels.
const MARK: usize = 2;
/// How much of its colour a single spike among many has.
const LEAST: f32 = 0.55;
/// How much is left of what lies after the moment that is shown.
const LATER: f32 = 0.35;

/// Spikes, and the colour they have: that of their layer, or one for all.
pub type Inked<'a> = (&'a SpikeLog, Option<Color32>);

/// What a picture was made for: when each counting was begun, its steps, the size, and the accent, which tells themes apart.
type Key = (Vec<(u64, u64)>, [usize; 2], Color32);

/// Spikes in little room.
#[derive(Default)]
pub struct Band {
    densities: Vec<Density>,
    picture: Picture<Key>,
}

impl Band {
    /// Paints spikes of the steps from 0 to `end` into a place; what lies beyond `now`, a place on it, is faint.
    pub fn ui(
        &mut self,
        ui: &Ui,
        place: Rect,
        layers: &Layers,
        (end, revision): (u64, u64),
        inked: &[Inked<'_>],
        now: f32,
    ) {
        let pixels = |points: f32| ((points * ui.pixels_per_point()).round() as usize).clamp(1, MAX_SIDE);
        let size = [pixels(place.width()), pixels(place.height())];
        let (rows, layer_of) = rows(layers, size[1]);
        let grid = Grid {
            revision,
            size,
            range: (0.0, end.max(1) as f64),
            rows,
        };
        self.densities.resize_with(inked.len(), Density::default);
        for (density, (spikes, _)) in self.densities.iter_mut().zip(inked) {
            density.update(grid.clone(), spikes);
        }
        let tokens = Tokens::of(ui);
        let counted = self.densities.iter().zip(inked);
        let counted = counted.map(|(density, (spikes, _))| (density.beginning(), spikes.steps()));
        let key = (counted.collect(), size, tokens.accent);
        if !self.picture.is_current(&key) {
            let mut colors = vec![Color32::TRANSPARENT; size[0] * size[1]];
            for (density, (_, ink)) in self.densities.iter().zip(inked) {
                paint(density, &layer_of, &mut colors, |layer| {
                    ink.unwrap_or_else(|| tokens.layer(layer, layers.count()))
                });
            }
            self.picture.set(ui.ctx(), "spikes of a lane", key, size, colors);
        }
        let cut = now.clamp(place.left(), place.right());
        let share = (cut - place.left()) / place.width().max(1.0);
        let part = |from: f32, to: f32| Rect::from_min_max(pos2(from, 0.0), pos2(to, 1.0));
        let before = Rect::from_min_max(place.min, pos2(cut, place.bottom()));
        let after = Rect::from_min_max(pos2(cut, place.top()), place.max);
        if before.width() > 0.0 {
            self.picture.paint_part(ui, before, part(0.0, share));
        }
        if after.width() > 0.0 {
            let tint = faded(Color32::WHITE, LATER);
            self.picture.paint_tinted(ui, after, part(share, 1.0), tint);
        }
    }
}

/// The row of pixels of every unit, and the layer of every row: large layers get more of them, small ones still enough.
fn rows(layers: &Layers, height: usize) -> (Vec<u32>, Vec<Option<usize>>) {
    let count = layers.count();
    let weight = |layer: usize| (layers.size(layer) as f64).sqrt().max(3.0);
    let all: f64 = (0..count).map(weight).sum();
    let room = height.saturating_sub(GAP * count.saturating_sub(1)) as f64;
    let mut rows = Vec::new();
    let mut layer_of = vec![None; height];
    let mut top = 0.0;
    for layer in 0..count {
        let high = room * weight(layer) / all.max(1.0);
        let first = (top + (GAP * layer) as f64) as usize;
        let last = ((top + high) as usize + GAP * layer).clamp(first + 1, height.max(first + 1));
        for row in layer_of.iter_mut().take(last).skip(first) {
            *row = Some(layer);
        }
        let units = layers.size(layer).max(1);
        // A mark is higher than a pixel and stays inside its strip.
        let reach = (last - first).saturating_sub(MARK - 1).max(1);
        rows.extend((0..layers.size(layer)).map(|unit| (first + unit * reach / units) as u32));
        top += high;
    }
    (rows, layer_of)
}

/// Paints counted spikes over what is there.
fn paint(density: &Density, layer_of: &[Option<usize>], colors: &mut [Color32], ink: impl Fn(usize) -> Color32) {
    let [width, height] = density.grid().size;
    let (wide, busiest) = (density.grid().mark(), f64::from(density.busiest().max(1)));
    for (y, line) in density.counts().chunks(width.max(1)).enumerate().take(height) {
        let Some(layer) = layer_of.get(y).copied().flatten() else {
            continue;
        };
        let full = ink(layer);
        for (x, &count) in line.iter().enumerate().filter(|(_, count)| **count > 0) {
            let share = (1.0 + f64::from(count)).ln() / (1.0 + busiest).ln();
            let color = faded(full, LEAST + (1.0 - LEAST) * share as f32);
            for y in (y..y + MARK).take_while(|&y| layer_of.get(y).copied().flatten() == Some(layer)) {
                for x in x..(x + wide).min(width) {
                    colors[y * width + x] = color;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a unit without a pixel, or with one of another layer's, in a strip that is higher or lower than its layer.
    #[test]
    fn every_unit_has_a_pixel_of_its_layer() {
        for height in [12, 40, 300] {
            let layers = Layers::new(&[784, 48, 32, 10]);
            let (rows, layer_of) = rows(&layers, height);
            assert_eq!(rows.len(), 874);
            for (unit, row) in (0..).zip(rows) {
                assert_eq!(
                    layer_of[row as usize],
                    layers.layer_of(unit),
                    "unit {unit} of {height} pixels"
                );
            }
        }
    }
}
