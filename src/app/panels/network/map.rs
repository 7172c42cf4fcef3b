//! One layer as a picture: a pixel a cell, made again only when what it shows has changed.

use egui::{Color32, Rect, Stroke, StrokeKind, Ui};

use super::figure::{Figure, Figures};
use super::grid::Grid;
use super::lacking_ui;
use crate::app::session::Session;
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::Picture;

/// Cells of at least this size are set apart by lines.
const LATTICE: f32 = 6.0;
/// Spikes in smaller cells get a dot, so that single ones are seen.
const SMALL: f32 = 4.0;

/// One layer as a picture.
#[derive(Default)]
pub struct Map {
    picture: Picture<Key>,
}

/// What a picture belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    run: u64,
    /// Counts the values that were worked out.
    version: u64,
    cells: [usize; 2],
    bound: u64,
    dark: bool,
    lit: bool,
}

impl Map {
    /// The units of a layer. Before the spikes have come to it, it is as if it were silent.
    pub fn ui(&mut self, ui: &Ui, session: &Session, figures: &Figures, layer: usize, grid: &Grid, lit: bool) {
        let tokens = Tokens::of(ui);
        let rect = grid.rect;
        ui.painter().rect_filled(rect, 0.0, tokens.sunken);
        if let Some(values) = figures.layer(layer) {
            let lit = lit || figures.figure != Figure::Spikes;
            let key = Key {
                run: session.run(),
                version: figures.version(),
                cells: grid.cells(),
                bound: figures.bound().to_bits(),
                dark: tokens.dark,
                lit,
            };
            if !self.picture.is_current(&key) {
                let lut = figures.figure.map(tokens).lut();
                let factor = if lit { (1.0 / figures.bound()) as f32 } else { 0.0 };
                let color = |value: Option<f32>| value.map_or(Color32::TRANSPARENT, |value| lut.color(value * factor));
                let colors = grid.reduced(values).into_iter().map(color).collect();
                self.picture.set(ui.ctx(), "network layer", key, grid.cells(), colors);
            }
            self.picture.paint(ui, rect);
            if grid.cell() >= LATTICE {
                lattice_ui(ui, grid);
            }
        } else {
            lacking_ui(ui, rect, figures.figure.lacking());
        }
        let stroke = Stroke::new(1.0, tokens.line);
        ui.painter().rect_stroke(rect, 1.0, stroke, StrokeKind::Outside);
    }
}

/// Lines between the cells.
fn lattice_ui(ui: &Ui, grid: &Grid) {
    let tokens = Tokens::of(ui);
    let stroke = Stroke::new(1.0 / ui.pixels_per_point(), faded(tokens.line, 0.6));
    let [columns, rows] = grid.cells();
    for column in 1..columns {
        let x = grid.rect.left() + column as f32 * grid.cell();
        ui.painter().vline(x, grid.rect.y_range(), stroke);
    }
    for row in 1..rows {
        let y = grid.rect.top() + row as f32 * grid.cell();
        ui.painter().hline(grid.rect.x_range(), y, stroke);
    }
}

/// Marks a unit that spiked in the step, where its colour does not say so or is too small to be seen.
pub fn spike_ui(ui: &Ui, grid: &Grid, unit: u32, figure: Figure) {
    let tokens = Tokens::of(ui);
    let place = grid.place(unit);
    if figure != Figure::Spikes {
        let rect = Rect::from_center_size(place.center(), place.size().max(egui::vec2(4.0, 4.0)));
        let stroke = Stroke::new(tokens.pen(1.2), tokens.text_strong);
        ui.painter().rect_stroke(rect, 0.0, stroke, StrokeKind::Inside);
    } else if place.width() < SMALL {
        let color = figure.map(tokens).color(1.0);
        ui.painter().circle_filled(place.center(), 0.5 * SMALL, color);
    }
}
