//! Where the units of each layer lie: one grid a layer, from left to right.

use egui::emath::GuiRounding as _;
use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::app::widgets::MAX_SIDE;

/// Largest side of a unit in points.
const LARGEST: f32 = 24.0;
/// Room for the names of the outputs is left where a unit has at least this height.
const NAMED: f32 = 12.0;
/// Between two layers at least, and at most as far as there are units to spread.
const GAP: (f32, f32) = (14.0, 200.0);
/// Share of the width of a layer with the gap after it that the gap gets.
const GAP_SHARE: f32 = 0.42;

/// What a layer is laid out by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wanted {
    /// Units.
    pub units: usize,
    /// Units side by side, if that is not free: the width of an image.
    pub columns: Option<usize>,
    /// Width of the widest name beside a unit, if units have names.
    pub names: Option<f32>,
}

/// The units of a layer as a grid, row after row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    units: usize,
    columns: usize,
    rows: usize,
    /// This many columns and rows of units share a cell; more than one where a unit is smaller than a pixel.
    block: usize,
    /// Side of a cell in points: a whole number of pixels.
    cell: f32,
    /// Where it is on the screen.
    pub rect: Rect,
    /// Whether there is room for names at its right.
    pub is_named: bool,
}

impl Grid {
    /// The grid of largest units in so much room, its corner at the origin. `scale` is pixels per point.
    pub fn fit(room: Vec2, wanted: Wanted, scale: f32) -> Self {
        let units = wanted.units.max(1);
        let columns = wanted
            .columns
            .map_or_else(|| best_columns(units, room), |columns| columns.max(1));
        let rows = units.div_ceil(columns);
        let side = (room.x / columns as f32).min(room.y / rows as f32);
        let pixels = side.clamp(1e-3, LARGEST) * scale;
        let needed = if pixels < 1.0 {
            (1.0 / pixels).ceil() as usize
        } else {
            1
        };
        let block = needed.max(columns.max(rows).div_ceil(MAX_SIDE));
        let cell = (pixels * block as f32).floor().max(1.0) / scale;
        let cells = vec2(columns.div_ceil(block) as f32, rows.div_ceil(block) as f32);
        Self {
            units: wanted.units,
            columns,
            rows,
            block,
            cell,
            rect: Rect::from_min_size(Pos2::ZERO, cells * cell),
            is_named: false,
        }
    }

    /// Columns and rows of cells.
    pub fn cells(&self) -> [usize; 2] {
        [self.columns.div_ceil(self.block), self.rows.div_ceil(self.block)]
    }

    /// Side of a cell in points.
    pub fn cell(&self) -> f32 {
        self.cell
    }

    /// Most units that share a cell.
    pub fn shared(&self) -> usize {
        self.block * self.block
    }

    /// Units side by side.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The cell of a unit.
    pub fn place(&self, unit: u32) -> Rect {
        let unit = unit as usize;
        let at = [unit % self.columns / self.block, unit / self.columns / self.block];
        let corner = self.rect.min + self.cell * vec2(at[0] as f32, at[1] as f32);
        Rect::from_min_size(corner, Vec2::splat(self.cell))
    }

    /// The units of the cell at a point, rising; none beside the grid.
    pub fn units_at(&self, point: Pos2) -> Vec<u32> {
        if !self.rect.contains(point) || self.cell <= 0.0 {
            return Vec::new();
        }
        let at = (point - self.rect.min) / self.cell;
        let [columns, rows] = self.cells();
        let cell = [(at.x as usize).min(columns - 1), (at.y as usize).min(rows - 1)];
        let of = |cell: usize, length: usize| cell * self.block..((cell + 1) * self.block).min(length);
        let mut units = Vec::new();
        for row in of(cell[1], self.rows) {
            for column in of(cell[0], self.columns) {
                let unit = row * self.columns + column;
                if unit < self.units {
                    units.push(unit as u32);
                }
            }
        }
        units
    }

    /// The value of largest magnitude of each cell, with its sign, row after row; nothing where there is no unit.
    pub fn reduced(&self, values: &[f32]) -> Vec<Option<f32>> {
        let [columns, rows] = self.cells();
        let mut cells: Vec<Option<f32>> = vec![None; columns * rows];
        for (unit, &value) in values.iter().enumerate().take(self.units) {
            let at = unit / self.columns / self.block * columns + unit % self.columns / self.block;
            let cell = &mut cells[at];
            // What is no number is shown only where there is nothing else.
            if cell.is_none_or(|largest| largest.is_nan() || value.abs() > largest.abs()) {
                *cell = Some(value);
            }
        }
        cells
    }
}

/// Columns of the grid of largest squares that so many units make in so much room.
fn best_columns(units: usize, room: Vec2) -> usize {
    let ideal = (room.x * units as f32 / room.y.max(1.0)).sqrt();
    let rows = (units as f32 / ideal.max(1e-3)).floor().max(1.0) as usize;
    let side = |columns: usize| {
        let rows = units.div_ceil(columns);
        (room.x / columns as f32).min(room.y / rows as f32)
    };
    let near = [ideal.floor() as usize, ideal.ceil() as usize, units.div_ceil(rows)];
    let candidates = near.into_iter().map(|columns| columns.clamp(1, units));
    candidates.max_by(|&a, &b| side(a).total_cmp(&side(b))).unwrap_or(1)
}

/// The grids of all layers in an area, from left to right, as large as they can be, with equal gaps.
pub fn lay_out(area: Rect, layers: &[Wanted], scale: f32) -> Vec<Grid> {
    let count = layers.len().max(1) as f32;
    let gap = (GAP_SHARE * area.width() / count).clamp(GAP.0, GAP.1);
    // Names stand only beside a single column, and only where their lines do not overlap.
    let names = |wanted: &Wanted| {
        let height = area.height() / wanted.units.max(1) as f32;
        wanted.names.filter(|_| height >= NAMED).map(|width| width + 6.0)
    };
    let named: Vec<Option<f32>> = layers.iter().map(names).collect();
    let fixed: f32 = named.iter().flatten().map(|width| width + LARGEST).sum();
    let free = named.iter().filter(|name| name.is_none()).count().max(1) as f32;
    let width = ((area.width() - gap * (count - 1.0) - fixed) / free).max(4.0);
    let mut grids: Vec<Grid> = layers
        .iter()
        .zip(&named)
        .map(|(&wanted, name)| match name {
            Some(_) => {
                let column = Wanted {
                    columns: Some(1),
                    ..wanted
                };
                Grid {
                    is_named: true,
                    ..Grid::fit(vec2(LARGEST, area.height()), column, scale)
                }
            }
            None => Grid::fit(vec2(width, area.height()), wanted, scale),
        })
        .collect();
    let taken: f32 = grids.iter().map(|grid| grid.rect.width()).sum::<f32>() + named.iter().flatten().sum::<f32>();
    let gap = ((area.width() - taken) / (count - 1.0).max(1.0)).max(2.0);
    let mut left = area.left();
    for (grid, name) in grids.iter_mut().zip(&named) {
        let corner = pos2(left, area.center().y - 0.5 * grid.rect.height()).round_to_pixels(scale);
        grid.rect = Rect::from_min_size(corner, grid.rect.size());
        left += grid.rect.width() + name.unwrap_or(0.0) + gap;
    }
    grids
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn free(units: usize) -> Wanted {
        Wanted {
            units,
            columns: None,
            names: None,
        }
    }

    proptest! {
        /// Catches a unit without a place, one that the pointer reads as another, and a value that is lost where many
        /// units share a cell.
        #[test]
        fn every_unit_has_its_place(
            units in 1_usize..9000, width in 6.0_f32..400.0, height in 20.0_f32..400.0, scale in 1.0_f32..2.0
        ) {
            let grid = Grid::fit(vec2(width, height), free(units), scale);
            prop_assert!(grid.rect.width() <= width + 1.0 && grid.rect.height() <= height + 1.0, "{:?}", grid);
            prop_assert!(grid.cell() * scale >= 0.999, "a cell is at least a pixel");
            for unit in [0, units / 2, units - 1] {
                let there = grid.units_at(grid.place(unit as u32).center());
                prop_assert!(there.contains(&(unit as u32)), "{} in {:?}", unit, there);
                prop_assert!(there.len() <= grid.shared());
                let mut values = vec![0.0; units];
                values[unit] = -3.0;
                let shown = grid.reduced(&values).into_iter().flatten();
                prop_assert_eq!(shown.filter(|value| *value < -2.0).count(), 1);
            }
        }

        /// Catches layers that lie on each other or outside the pane, from one hidden layer to eight.
        #[test]
        fn layers_stand_side_by_side(hidden in 1_usize..9, units in 1_usize..5000, width in 420.0_f32..1500.0) {
            let area = Rect::from_min_size(pos2(10.0, 20.0), vec2(width, 300.0));
            let image = Wanted { columns: Some(28), ..free(784) };
            let output = Wanted { names: Some(30.0), ..free(10) };
            let layers = [vec![image], vec![free(units); hidden], vec![output]].concat();
            let grids = lay_out(area, &layers, 1.0);
            prop_assert_eq!(grids.len(), hidden + 2);
            prop_assert!(grids[hidden + 1].is_named);
            for pair in grids.windows(2) {
                prop_assert!(pair[0].rect.right() < pair[1].rect.left(), "{:?}", grids);
            }
            for grid in &grids {
                prop_assert!(area.expand(1.0).contains_rect(grid.rect), "{:?} in {:?}", grid, area);
            }
            prop_assert!(grids[hidden + 1].rect.right() + 30.0 <= area.right() + 1.0);
        }
    }

    /// Catches an image that is not laid out as it is seen, and names that overlap.
    #[test]
    fn images_keep_their_width_and_many_outputs_lose_their_names() {
        let image = Wanted {
            columns: Some(28),
            ..free(784)
        };
        let grid = Grid::fit(vec2(200.0, 300.0), image, 1.0);
        assert_eq!(grid.cells(), [28, 28]);
        assert!((grid.cell() - 7.0).abs() < 1e-6);
        let output = Wanted {
            names: Some(30.0),
            ..free(256)
        };
        let area = Rect::from_min_size(Pos2::ZERO, vec2(600.0, 300.0));
        let grids = lay_out(area, &[image, output], 1.0);
        assert!(!grids[1].is_named && grids[1].cells()[0] > 1);
    }
}
