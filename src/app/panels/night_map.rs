//! What a whole night would do under other settings: a map of the gain over two of them, from the network that falls asleep.

mod axes;
mod heat;

use egui::{RichText, ScrollArea, Ui, vec2};

use self::axes::AxisChoice;
use super::Seen;
use crate::app::action::{Actions, MapAction};
use crate::app::export::{Axis, Chart, Marks, Square};
use crate::app::session::Session;
use crate::app::settings::sentence;
use crate::app::text::{counted, grouped, number, percent, points, signed, spoken};
use crate::app::theme::{Tokens, faded, readable_on, size};
use crate::app::widgets::{Emphasis, ToolButton, empty_state, figure, helped, segmented};
use crate::experiment::{CellOutcome, GridAxis, Knob, NightGrid, Recipe};
use crate::run::Table;
use crate::worker::{NightMap, Phase};

/// Values along an axis that can be chosen: each of these grids holds the one before.
const VALUES: [usize; 3] = [5, 9, 17];
/// Least height of the map; in less room the pane is scrolled.
const LEAST: f32 = 190.0;

/// The pane.
pub struct NightMapView {
    across: AxisChoice,
    upwards: AxisChoice,
    /// Values along each axis.
    values: usize,
}

impl Default for NightMapView {
    fn default() -> Self {
        Self {
            across: AxisChoice::new(Knob::Thresholds),
            upwards: AxisChoice::new(Knob::Number("night.decay", 0)),
            values: 9,
        }
    }
}

/// Why no map can be made.
pub fn hindrance(session: &Session) -> Option<&'static str> {
    if session.opened().is_none() {
        Some("wait for the images: no run is open")
    } else if !session.has_held_out() {
        Some("fetch or import the images of this run, which are not on this machine, then open it again")
    } else if session.phase() < Phase::Trained {
        Some("train the network first")
    } else {
        None
    }
}

impl NightMapView {
    /// The run whose night is varied: the one that is open, with the night that the settings say.
    fn base(session: &Session, draft: &Recipe) -> Option<Recipe> {
        let mut base = session.opened()?.recipe.clone();
        if draft.night.beta.len() == base.night.beta.len() {
            base.night.clone_from(&draft.night);
        }
        Some(base)
    }

    /// The grid that is chosen. From here on its ends stay, whatever becomes of the settings.
    pub fn wish(&mut self, session: &Session, draft: &Recipe) -> Option<NightGrid> {
        let base = Self::base(session, draft)?;
        let values = self.values;
        let axis = |choice: &mut AxisChoice| GridAxis {
            knob: choice.knob,
            values: choice.keep(&base, values),
        };
        let (across, upwards) = (axis(&mut self.across), axis(&mut self.upwards));
        let is_empty = across.values.is_empty() || upwards.values.is_empty();
        (!is_empty).then_some(NightGrid { base, across, upwards })
    }

    /// The highest gain.
    pub fn header_ui(ui: &mut Ui, session: &Session) {
        let Some(map) = session.map().known() else { return };
        if let Some(test) = map.best().and_then(|cell| map.test(cell)) {
            figure(ui, "highest", gain_words(map, test));
        }
    }

    /// The choices and the map.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        let what = "Here a map tells what a whole night would do under other settings: a night for each cell, from the network as it falls asleep, tested on training images that the run does not use.";
        let todo = hindrance(session).map(sentence);
        let base = Self::base(session, seen.draft).filter(|_| todo.is_none());
        let Some(base) = base else {
            empty_state(ui, what, todo.as_deref().unwrap_or_default());
            return;
        };
        let room = ui.available_height();
        ScrollArea::vertical()
            .id_salt("night map")
            .auto_shrink(false)
            .show(ui, |ui| {
                let top = ui.cursor().top();
                ui.spacing_mut().item_spacing.y = 4.0;
                self.choices_ui(ui, &base);
                self.buttons_ui(ui, seen, &base, actions);
                let map = session.map().known();
                if let Some(status) = status(session) {
                    let text = RichText::new(status).size(size::SMALL).color(Tokens::of(ui).text_weak);
                    ui.add(egui::Label::new(text).wrap());
                }
                let left = (room - (ui.cursor().top() - top)).max(LEAST);
                if let Some(map) = map {
                    heat::ui(ui, map, seen.draft, left, actions);
                } else {
                    let (rect, _) =
                        ui.allocate_exact_size(vec2(ui.available_width(), left - 4.0), egui::Sense::hover());
                    ui.scope_builder(egui::UiBuilder::new().max_rect(rect), |ui| {
                        let (what, todo) = match session.map().fault() {
                            Some(fault) => (sentence(fault), "No map can be made"),
                            None if session.map().is_under_way() => (what.to_owned(), "The first nights are slept …"),
                            None => (what.to_owned(), "Press \"Make the map\""),
                        };
                        empty_state(ui, &what, todo);
                    });
                }
            });
    }

    /// What varies, from where to where, and how finely.
    fn choices_ui(&mut self, ui: &mut Ui, base: &Recipe) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let pairs = [
                (
                    (Knob::Thresholds, Knob::Number("night.decay", 0)),
                    "Threshold × decay".to_owned(),
                ),
                (
                    (Knob::Number("night.inc", 0), Knob::Number("night.dec", 0)),
                    "Raise × drop".to_owned(),
                ),
                (
                    (Knob::Thresholds, Knob::Number("night.rate", 0)),
                    "Threshold × rate".to_owned(),
                ),
            ];
            let now = (self.across.knob, self.upwards.knob);
            let help =
                |(across, upwards): (Knob, Knob)| format!("{} across, {} upwards", across.title(), upwards.title());
            if let Some((across, upwards)) = segmented(ui, "Map of:", &pairs, now, help) {
                self.across = AxisChoice::new(across);
                self.upwards = AxisChoice::new(upwards);
            }
        });
        let (across, upwards) = (self.across.knob, self.upwards.knob);
        self.across.ui(ui, "Across", base, upwards);
        self.upwards.ui(ui, "Upwards", base, across);
    }

    /// How fine the map is, and the buttons that make it, call it off, and use what it found.
    fn buttons_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, base: &Recipe, actions: &mut Actions) {
        let session = seen.session;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let choices: Vec<(usize, String)> = VALUES.iter().map(|&values| (values, format!("{values} × {values}"))).collect();
            let help = |values: usize| format!("{} nights, coarse to fine", grouped((values * values) as u64));
            if let Some(values) = segmented(ui, "Cells:", &choices, self.values, help) {
                self.values = values;
            }
            if session.map().is_under_way() {
                let stop = ui.add(ToolButton::text("Stop the map"));
                if stop.on_hover_text("What is known of it stays").clicked() {
                    actions.push(MapAction::Stop.into());
                }
                ui.spinner();
            } else {
                let nights = self.across.count(base, self.values) * self.upwards.count(base, self.values);
                let button = ToolButton::text("Make the map").emphasis(Emphasis::Primary);
                let help = format!(
                    "{} of {}, on copies of the network; the run goes on meanwhile",
                    counted(nights as u64, "night"),
                    counted(base.night.steps, "step")
                );
                if ui.add(button).on_hover_text(help).clicked() {
                    actions.push(MapAction::Make.into());
                }
            }
            let best = session.map().known().and_then(NightMap::best);
            let button = ui.add_enabled(best.is_some(), ToolButton::text("Use the highest"));
            let help = "Puts the values of the highest cell into the settings. The highest of many numbers that are off by chance is too high on average: look at its error, and test it";
            if helped(button, help).clicked() {
                actions.extend(best.map(|cell| MapAction::Use(cell).into()));
            }
        });
    }

    /// The map as a table.
    pub fn table(session: &Session) -> Option<Table> {
        let map = session.map().known()?;
        let columns = [
            (map.grid.across.knob.title(), map.grid.across.knob.unit()),
            (map.grid.upwards.knob.title(), map.grid.upwards.knob.unit()),
            ("accuracy before the night".to_owned(), "%"),
            ("accuracy after the night".to_owned(), "%"),
            ("gain".to_owned(), "points"),
            ("half of the 95 % interval of the gain".to_owned(), "points"),
            ("validation images".to_owned(), ""),
            ("spikes of neurons".to_owned(), ""),
            ("what came of it".to_owned(), ""),
        ];
        let mut table = Table::new("night_map", columns);
        for (cell, outcome) in map.cells.iter().enumerate() {
            let Some(outcome) = outcome else { continue };
            let (across, upwards) = map.grid.values(cell);
            let test = map.test(cell);
            let gain = test.map(|test| map.gain(test));
            let came = match outcome {
                CellOutcome::Tested(_) => "tested",
                CellOutcome::Diverged => "a weight was no finite number any more",
                CellOutcome::Refused(fault) => fault,
            };
            table.push([
                across.into(),
                upwards.into(),
                (100.0 * map.share(map.before)).into(),
                test.map(|test| 100.0 * map.share(test.correct)).into(),
                gain.map(|(gain, _)| 100.0 * gain).into(),
                gain.map(|(_, error)| 100.0 * error).into(),
                map.images.into(),
                test.map(|test| test.spikes).into(),
                came.into(),
            ]);
        }
        Some(table)
    }

    /// The map for paper.
    pub fn charts(session: &Session) -> Vec<Chart> {
        let Some(map) = session.map().known().filter(|map| map.done() > 0) else {
            return Vec::new();
        };
        let paper = Tokens::light();
        let (columns, rows) = map.grid.size();
        let most = heat::most(map);
        let square = |cell: usize| {
            let gain = map.test(cell).map(|test| 100.0 * map.gain(test).0);
            let fill = match (gain, &map.cells[cell]) {
                (Some(gain), _) => paper.signed.color((gain / most) as f32),
                (None, Some(_)) => paper.grid,
                (None, None) => faded(paper.grid, 0.3),
            };
            let word = match (gain, &map.cells[cell]) {
                (Some(gain), _) => tenths(gain),
                (None, Some(CellOutcome::Diverged)) => "∞".to_owned(),
                (None, _) => String::new(),
            };
            Square {
                at: ((cell % columns) as f64, (cell / columns) as f64),
                fill,
                text: (word, readable_on(fill)),
            }
        };
        let names = |axis: &GridAxis| -> Vec<String> {
            axis.values.iter().map(|&value| value_words(axis.knob, value)).collect()
        };
        let gains = format!(
            "gain in points on {} images, of {} % before",
            grouped(map.images.into()),
            percent(map.share(map.before))
        );
        let across = format!("{}; {gains}", axis_words(map.grid.across.knob));
        vec![Chart {
            x: Axis::new(across, -0.5, columns as f64 - 0.5).marked(Marks::Names(names(&map.grid.across))),
            y: Axis::new(axis_words(map.grid.upwards.knob), -0.5, rows as f64 - 0.5)
                .marked(Marks::Names(names(&map.grid.upwards))),
            series: Vec::new(),
            cells: (0..map.cells.len()).map(square).collect(),
        }]
    }
}

/// What is being done, and on which images.
fn status(session: &Session) -> Option<String> {
    let map = session.map().known()?;
    let (done, all) = (map.done(), map.cells.len());
    let nights = if map.is_whole() {
        format!("{} in {}", counted(all as u64, "night"), time_words(map.took))
    } else {
        let so_far = format!("{} of {}", grouped(done as u64), counted(all as u64, "night"));
        match (session.map().is_under_way(), map.time_left()) {
            (true, Some(left)) => format!("{so_far}, about {} left", spoken(left)),
            (true, None) => so_far,
            (false, _) => format!("{so_far}, then stopped"),
        }
    };
    let of = if map.images < map.left {
        format!(
            "{} of the {} training images",
            grouped(map.images.into()),
            grouped(map.left.into())
        )
    } else {
        format!("the {}", counted(map.left.into(), "training image"))
    };
    Some(format!(
        "{nights}; tested on {of} that the run is not trained on, and on no held-out image. Before the night {} % correct.",
        percent(map.share(map.before))
    ))
}

/// A span of time as a person says it.
fn time_words(time: std::time::Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 119.5 {
        format!("{seconds:.0} s")
    } else {
        format!("{:.0} min", seconds / 60.0)
    }
}

/// A gain with its error: "+12.4 ± 2.1".
fn gain_words(map: &NightMap, test: &crate::experiment::CellTest) -> String {
    let (gain, error) = map.gain(test);
    format!("{} ± {}", tenths(100.0 * gain), percent(error))
}

/// A number of points with one decimal and its sign.
fn tenths(in_points: f64) -> String {
    signed(points(in_points / 100.0))
}

/// What an axis measures.
fn axis_words(knob: Knob) -> String {
    match (knob, knob.unit()) {
        (Knob::Thresholds, _) => "Thresholds, × those of the run".to_owned(),
        (_, "") => knob.title(),
        (_, unit) => format!("{}, {unit}", knob.title()),
    }
}

/// A value on an axis, without its unit.
fn value_words(knob: Knob, value: f64) -> String {
    if knob == Knob::Number("night.decay", 0) {
        // The digits of what is lost count.
        let text = format!("{value:.6}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        number(value)
    }
}
