//! The map itself: a cell for each night, coloured by its gain.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::{axis_words, gain_words, tenths, value_words};
use crate::app::action::{Actions, MapAction};
use crate::app::text::{grouped, nice_ceiling, percent};
use crate::app::theme::{Tokens, mix, readable_on, size};
use crate::app::widgets::{axis_text, canvas_keys, color_bar, rotated_text, tooltip_rows};
use crate::experiment::{CellOutcome, GridAxis, Recipe};
use crate::worker::NightMap;

/// Room for the line of the scale, and under the map for its axis.
const SCALE: f32 = 22.0;
const FOOT: f32 = 34.0;
/// How much of its colour a cell has that only a neighbour speaks for.
const GUESS: f32 = 0.35;

/// The largest gain or loss of the scale, in points.
pub fn most(map: &NightMap) -> f64 {
    let tests = (0..map.cells.len()).filter_map(|cell| map.test(cell));
    let largest = tests.map(|test| 100.0 * map.gain(test).0.abs()).fold(0.0, f64::max);
    nice_ceiling(largest.max(1.0))
}

/// Where the cells are.
struct Places {
    grid: Rect,
    columns: usize,
    rows: usize,
}

impl Places {
    /// Width and height of a cell.
    fn cell_size(&self) -> egui::Vec2 {
        self.grid.size() / vec2(self.columns.max(1) as f32, self.rows.max(1) as f32)
    }

    /// The middle of a place that is counted in cells, the lowest row at the bottom.
    fn at(&self, x: f64, y: f64) -> Pos2 {
        let cell = self.cell_size();
        pos2(
            self.grid.left() + (x as f32 + 0.5) * cell.x,
            self.grid.bottom() - (y as f32 + 0.5) * cell.y,
        )
    }

    /// The place of a cell.
    fn rect(&self, cell: usize) -> Rect {
        let middle = self.at((cell % self.columns) as f64, (cell / self.columns) as f64);
        Rect::from_center_size(middle, self.cell_size()).shrink(0.5)
    }

    /// The cell under a point.
    fn under(&self, point: Pos2) -> Option<usize> {
        let cell = self.cell_size();
        let (x, y) = (
            (point.x - self.grid.left()) / cell.x,
            (self.grid.bottom() - point.y) / cell.y,
        );
        let is_inside = x >= 0.0 && y >= 0.0 && x < self.columns as f32 && y < self.rows as f32;
        is_inside.then(|| y as usize * self.columns + x as usize)
    }
}

/// The scale, the cells and the axes. A click on a cell puts its values into the settings.
pub fn ui(ui: &mut Ui, map: &NightMap, draft: &Recipe, height: f32, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let most = most(map);
    scale_ui(ui, tokens, most);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height - SCALE - 8.0), Sense::hover());
    let (columns, rows) = map.grid.size();
    let widest = |axis: &GridAxis| {
        let width = |value: f64| {
            let font = FontId::proportional(size::SMALL);
            let text = value_words(axis.knob, value);
            ui.painter().layout_no_wrap(text, font, tokens.text).size().x
        };
        axis.values.iter().map(|&value| width(value)).fold(0.0, f32::max)
    };
    let (left, wide) = (widest(&map.grid.upwards), widest(&map.grid.across));
    let grid = Rect::from_min_max(rect.min + vec2(left + 26.0, 2.0), rect.max - vec2(2.0, FOOT));
    let places = Places { grid, columns, rows };
    cells_ui(ui, map, &places, most);
    let all = 0..columns * rows;
    let small = places.cell_size();
    if small.x >= 34.0 && small.y >= 15.0 {
        for cell in all {
            words_ui(ui.painter(), map, &places, cell, most, tokens);
        }
    }
    axes_ui(ui, map, &places, wide, rect);
    if let Some(best) = map.best() {
        let outline = places.rect(best).shrink(1.0);
        ui.painter()
            .rect_stroke(outline, 1.5, Stroke::new(2.0, tokens.text_strong), StrokeKind::Inside);
    }
    if let Some((x, y)) = map.grid.place(draft) {
        ring(ui.painter(), places.at(x, y) + ring_aside(&places), tokens);
    }
    pointer_ui(ui, map, &places, actions);
}

/// Where the ring of the settings stands in its cell: aside, where a number is in the middle.
fn ring_aside(places: &Places) -> egui::Vec2 {
    let cell = places.cell_size();
    if cell.x >= 34.0 && cell.y >= 15.0 {
        vec2(-0.5 * cell.x + 8.0, -0.5 * cell.y + 8.0)
    } else {
        egui::Vec2::ZERO
    }
}

/// The ring of the present settings.
fn ring(painter: &Painter, at: Pos2, tokens: &Tokens) {
    painter.circle(at, 4.0, tokens.accent, Stroke::new(1.5, tokens.surface));
}

/// The colours and the marks, with what they mean.
fn scale_ui(ui: &mut Ui, tokens: &'static Tokens, most: f64) {
    let room = vec2(ui.available_width(), SCALE);
    ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        color_bar(ui, tokens.signed, &tenths(-most), &format!("{} points", tenths(most)));
        let mut mark = |word: &str, paint: &dyn Fn(&Painter, Rect)| {
            let font = FontId::proportional(size::SMALL);
            let galley = ui.painter().layout_no_wrap(word.to_owned(), font, tokens.text_weak);
            if galley.size().x + 26.0 > ui.available_width() {
                return;
            }
            ui.add_space(6.0);
            let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
            paint(ui.painter(), rect);
            ui.label(egui::RichText::new(word).size(size::SMALL).color(tokens.text_weak));
        };
        mark("settings", &|painter, rect| ring(painter, rect.center(), tokens));
        mark("highest", &|painter, rect| {
            painter.rect_stroke(rect, 1.5, Stroke::new(2.0, tokens.text_strong), StrokeKind::Inside);
        });
    });
}

/// The colour of a cell: its own, or faintly that of the nearest one of the coarser cells that is known.
fn color(map: &NightMap, cell: usize, most: f64, tokens: &Tokens) -> Color32 {
    let own = |cell: usize| {
        let test = map.test(cell)?;
        Some(tokens.signed.color((100.0 * map.gain(test).0 / most) as f32))
    };
    if map.cells[cell].is_some() {
        return own(cell).unwrap_or(tokens.raised);
    }
    let (columns, rows) = map.grid.size();
    let nearest = |place: usize, stride: usize, count: usize| {
        let below = place / stride * stride;
        let above = below + stride;
        if place - below > stride / 2 && above < count {
            above
        } else {
            below
        }
    };
    let coarse = [2, 4].into_iter().find_map(|stride| {
        own(nearest(cell % columns, stride, columns) + columns * nearest(cell / columns, stride, rows))
    });
    coarse.map_or(tokens.sunken, |color| mix(tokens.sunken, color, GUESS))
}

/// The cells.
fn cells_ui(ui: &Ui, map: &NightMap, places: &Places, most: f64) {
    let tokens = Tokens::of(ui);
    for (cell, outcome) in map.cells.iter().enumerate() {
        let rect = places.rect(cell);
        ui.painter().rect_filled(rect, 1.5, color(map, cell, most, tokens));
        if outcome.is_some() {
            // No gain has the colour of the background.
            ui.painter()
                .rect_stroke(rect, 1.5, Stroke::new(1.0, tokens.grid), StrokeKind::Inside);
        }
        if matches!(outcome, Some(CellOutcome::Diverged | CellOutcome::Refused(_))) {
            let stroke = Stroke::new(1.0, tokens.text_weak);
            ui.painter()
                .line_segment([rect.left_bottom(), rect.right_top()], stroke);
        }
    }
}

/// The number in a cell.
fn words_ui(painter: &Painter, map: &NightMap, places: &Places, cell: usize, most: f64, tokens: &Tokens) {
    let Some(test) = map.test(cell) else { return };
    let ink = readable_on(color(map, cell, most, tokens));
    let (rect, font) = (places.rect(cell), FontId::proportional(size::SMALL));
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        tenths(100.0 * map.gain(test).0),
        font,
        ink,
    );
}

/// The values along both axes, as many as there is room for, and what they are.
fn axes_ui(ui: &Ui, map: &NightMap, places: &Places, wide: f32, rect: Rect) {
    let (grid, cell) = (places.grid, places.cell_size());
    // Every value, every second, every fourth: the coarse cells keep theirs.
    let every = |room: f32, wanted: f32| {
        [1, 2, 4, 8]
            .into_iter()
            .find(|&every| room * every as f32 >= wanted)
            .unwrap_or(16)
    };
    let across = &map.grid.across;
    for column in (0..places.columns).step_by(every(cell.x, wide + 8.0)) {
        let at = pos2(places.at(column as f64, 0.0).x, grid.bottom() + 3.0);
        axis_text(
            ui,
            at,
            Align2::CENTER_TOP,
            value_words(across.knob, across.values[column]),
        );
    }
    let upwards = &map.grid.upwards;
    for row in (0..places.rows).step_by(every(cell.y, size::SMALL + 3.0)) {
        let at = pos2(grid.left() - 5.0, places.at(0.0, row as f64).y);
        axis_text(
            ui,
            at,
            Align2::RIGHT_CENTER,
            value_words(upwards.knob, upwards.values[row]),
        );
    }
    axis_text(
        ui,
        pos2(grid.center().x, rect.bottom() - 16.0),
        Align2::CENTER_TOP,
        axis_words(across.knob),
    );
    rotated_text(ui, pos2(rect.left(), grid.center().y), &axis_words(upwards.knob));
}

/// What the pointer or the arrows are on, and the click.
fn pointer_ui(ui: &Ui, map: &NightMap, places: &Places, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let response = ui.interact(places.grid, ui.scope_id().with("cells of the map"), Sense::click());
    let keyed = keyed_cell(ui, &response, places);
    response.widget_info(|| {
        let name = match keyed {
            Some(cell) => {
                let rows = rows(map, cell);
                let words: Vec<String> = rows.iter().map(|(what, much)| format!("{what} {much}")).collect();
                format!("Map of nights. {}", words.join(", "))
            }
            None => "Map of nights".to_owned(),
        };
        egui::WidgetInfo::labeled(egui::Role::Image, true, name)
    });
    let pointed = response
        .interact_pointer_pos()
        .or(response.hover_pos())
        .and_then(|point| places.under(point));
    let Some(cell) = pointed.or(keyed) else { return };
    if response.clicked() {
        actions.push(MapAction::Use(cell).into());
    }
    let outline = Stroke::new(1.5, tokens.accent);
    ui.painter()
        .rect_stroke(places.rect(cell), 1.5, outline, StrokeKind::Outside);
    let mut told = rows(map, cell);
    told.push(("click".to_owned(), "puts these into the settings".to_owned()));
    let title = match &map.cells[cell] {
        None => "Not slept yet".to_owned(),
        Some(CellOutcome::Diverged) => "A weight was no finite number any more".to_owned(),
        Some(CellOutcome::Refused(_)) => "No such night can be".to_owned(),
        Some(CellOutcome::Tested(test)) => format!("{} points (95 %)", gain_words(map, test)),
    };
    let numbers = |ui: &mut Ui| {
        let rows: Vec<(&str, String)> = told.iter().map(|(what, much)| (what.as_str(), much.clone())).collect();
        tooltip_rows(ui, &title, &rows);
    };
    if pointed.is_none() {
        response.show_tooltip_ui(numbers);
        return;
    }
    response
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_ui_at_pointer(numbers);
}

/// What is known of a cell.
fn rows(map: &NightMap, cell: usize) -> Vec<(String, String)> {
    let (across, upwards) = map.grid.values(cell);
    let value = |axis: &GridAxis, value: f64| {
        let text = value_words(axis.knob, value);
        match axis.knob.unit() {
            "×" => (axis.knob.title(), format!("×{text}")),
            unit => (axis.knob.title(), format!("{text} {unit}").trim_end().to_owned()),
        }
    };
    let mut rows = vec![value(&map.grid.across, across), value(&map.grid.upwards, upwards)];
    match &map.cells[cell] {
        Some(CellOutcome::Tested(test)) => {
            rows.push(("before".to_owned(), format!("{} %", percent(map.share(map.before)))));
            rows.push(("after".to_owned(), format!("{} %", percent(map.share(test.correct)))));
            rows.push(("gain".to_owned(), format!("{} points", gain_words(map, test))));
            rows.push(("spikes of neurons".to_owned(), grouped(test.spikes)));
        }
        Some(CellOutcome::Refused(fault)) => rows.push(("why".to_owned(), fault.clone())),
        Some(CellOutcome::Diverged) | None => {}
    }
    rows
}

/// The cell that the arrows have gone to, while the map has the keyboard.
fn keyed_cell(ui: &Ui, response: &egui::Response, places: &Places) -> Option<usize> {
    let keys = canvas_keys(ui, response).unwrap_or_default();
    if !response.has_focus() || places.columns * places.rows == 0 {
        return None;
    }
    let id = response.id.with("cell");
    let (column, row): (usize, usize) = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let moved = |at: usize, steps: i32, count: usize| at.saturating_add_signed(steps as isize).min(count - 1);
    let place = if keys.whole {
        (0, 0)
    } else {
        (
            moved(column, keys.steps[0], places.columns),
            moved(row, -keys.steps[1], places.rows),
        )
    };
    ui.data_mut(|data| data.insert_temp(id, place));
    Some(place.1 * places.columns + place.0)
}
