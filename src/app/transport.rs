//! The top bar: what the run is made of, and the buttons that move it.

mod counter;
mod going;
mod moving;
mod speed;
mod stops;

use egui::{Align, FontId, Layout, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::action::{Actions, LaneAction, UiAction};
use super::activity::lights_ui;
use super::commands::Deed;
use super::experiments::ExperimentsAction;
use super::history::History;
use super::layout;
use super::looks::Looks;
use super::memory::Memory;
use super::panels::Seen;
use super::session::Session;
use super::text::{counted, grouped, moment_name, percent};
use super::theme::{self, CONTROL_HEIGHT, Tokens, mix, size};
use super::widgets::{Emphasis, Icon, ToolButton, helped};
use crate::worker::Phase;

/// This many steps a second, or more, is as fast as possible.
pub const FASTEST: f64 = 5000.0;
/// Slow enough to watch a night of 566 steps, fast enough not to wait.
pub const DEFAULT_SPEED: f64 = 120.0;

/// Numbers of steps that one press can do.
pub const STEP_SIZES: [u64; 4] = [1, 10, 100, 1000];

/// Below this width of the window the layout is told by an icon alone.
const NARROW: f32 = 1200.0;
/// Below this width the buttons stand in two lines.
const ONE_LINE: f32 = 1220.0;
/// From this width on there is room for the names of the buttons.
const WIDE: f32 = 1640.0;
/// Below this width the name of the program is its moon alone.
const NAMED: f32 = 720.0;
/// Room for the menus at the right of the first line.
const MENUS: f32 = 236.0;

/// What the top bar shows besides the session.
#[derive(Clone, Debug)]
pub struct Transport {
    /// Steps a second; [`FASTEST`] is as fast as possible.
    pub speed: f64,
    /// Steps that one press of "Step" does.
    pub step_size: u64,
    /// The step that is typed into the counter, while it is open.
    target: Option<u64>,
    stops: stops::StopsView,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            speed: DEFAULT_SPEED,
            step_size: 1,
            target: None,
            stops: stops::StopsView::default(),
        }
    }
}

/// What the first line shows besides the run.
#[derive(Clone, Copy)]
pub struct Chosen<'a> {
    /// The panes.
    pub layout: &'a layout::Layout,
    /// What can be taken back.
    pub history: &'a History,
    /// Theme and scale.
    pub looks: Looks,
    /// How much memory going back may take.
    pub memory: Memory,
    /// Whether the settings are shown.
    pub settings: bool,
    /// Trials of experiments that are done, of how many, while some are being done.
    pub experiments: Option<(usize, usize)>,
}

/// The first line: the name of the program, the run as a sentence, and what concerns the window.
pub fn sentence_ui(ui: &mut Ui, session: &Session, chosen: Chosen<'_>, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let width = ui.available_width();
    let narrow = width < NARROW + longer(session);
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        let name = if chosen.settings {
            "Hide the settings"
        } else {
            "Show the settings"
        };
        let sidebar = ToolButton::new(Icon::Sidebar, name).icon_only();
        if ui.add(sidebar.emphasis(Emphasis::Quiet)).on_hover_text(name).clicked() {
            actions.push(UiAction::ToggleSettings);
        }
        let (mark, _) = ui.allocate_exact_size(vec2(18.0, 18.0), Sense::hover());
        Icon::Moon.paint(ui.painter(), mark, 16.0, tokens.accent);
        if width >= NAMED {
            ui.label(theme::strong("Somnoscope", 15.0).color(tokens.text_strong));
            ui.add_space(12.0);
        }
        egui::ScrollArea::horizontal()
            .id_salt("sentence")
            .max_width((ui.available_width() - MENUS).max(64.0))
            .show(ui, |ui| {
                ui.horizontal(|ui| {
                    if session.opened().is_some() {
                        phases_ui(ui, session);
                    } else {
                        let text = if session.phase() == Phase::Loading {
                            "Reading the images …"
                        } else {
                            "No run is open"
                        };
                        ui.label(RichText::new(text).color(tokens.text_weak));
                    }
                });
            });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            chosen
                .looks
                .menu_ui(ui, actions, |ui, actions| chosen.memory.choice_ui(ui, session, actions));
            layout::menu_ui(ui, chosen.layout, narrow, actions);
            let runs = ToolButton::new(Icon::Folder, "Runs").emphasis(Emphasis::Quiet);
            let runs = ui.add(if narrow { runs.icon_only() } else { runs });
            let help = "Save this run, its notes and bookmarks; open one that was saved";
            if runs.on_hover_text(help).clicked() {
                actions.push(UiAction::ToggleRuns);
            }
            experiments_ui(ui, chosen.experiments, narrow, actions);
            history_ui(ui, chosen.history, actions);
            // Half a name says nothing.
            if let Some(opened) = session.opened().filter(|_| ui.available_width() > 90.0) {
                let run = format!("{} · seed {}", opened.recipe.name, opened.recipe.seed);
                let label = egui::Label::new(RichText::new(run).color(tokens.text_weak)).truncate();
                ui.add(label).on_hover_text(&opened.recipe.note);
            }
        });
    });
}

/// The button of the experiments; it says how far they are while some are being done, for their window may be closed.
fn experiments_ui(ui: &mut Ui, under_way: Option<(usize, usize)>, narrow: bool, actions: &mut Actions) {
    let help = "Experiments of many trials: the published ones, run here, with means and intervals";
    let (name, emphasis, help) = match under_way {
        Some((done, all)) => {
            let far = format!("{}/{}", grouped(done as u64), grouped(all as u64));
            let help = format!("{help}. Under way: {far} done");
            (format!("Experiments {far}"), Emphasis::Selected, help)
        }
        None if narrow => (
            "Experiments of many trials".to_owned(),
            Emphasis::Quiet,
            help.to_owned(),
        ),
        None => ("Experiments".to_owned(), Emphasis::Quiet, help.to_owned()),
    };
    let button = ToolButton::new(Icon::Trials, &name).emphasis(emphasis);
    let button = ui.add(if narrow { button.icon_only() } else { button });
    if button.on_hover_text(help).clicked() {
        actions.push(ExperimentsAction::Toggle.into());
    }
}

/// How much wider the sentence of a run is that is fine-tuned, or whose accuracy is told balanced, too.
fn longer(session: &Session) -> f32 {
    const MORE: f32 = 160.0;
    let Some(opened) = session.opened() else { return 0.0 };
    let is_tuned = opened.recipe.fine_tuning.is_some();
    let is_uneven = !opened.recipe.data.balance.is_as_drawn();
    f32::from(u8::from(is_tuned) + u8::from(is_uneven)) * MORE
}

/// Every command, and the buttons that take changes back.
fn history_ui(ui: &mut Ui, history: &History, actions: &mut Actions) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let mut button = |deed: Deed, icon, action, of: Option<Option<&str>>| {
        let row = deed.row();
        let tool = ToolButton::new(icon, &row.name).icon_only().emphasis(Emphasis::Quiet);
        let response = ui.add_enabled(of.is_none_or(|of| of.is_some()), tool);
        let help = match of.flatten() {
            Some(what) => format!("{}: {what}", row.name),
            None => row.help.to_string(),
        };
        if helped(response, deed.hint(&help)).clicked() {
            actions.push(action);
        }
    };
    button(Deed::Palette, Icon::Search, UiAction::OpenPalette, None);
    button(Deed::Redo, Icon::Redo, UiAction::Redo, Some(history.redo_name()));
    button(Deed::Undo, Icon::Undo, UiAction::Undo, Some(history.undo_name()));
    ui.add_space(4.0);
}

/// The run as a sentence of phases; the present one is lit and fills as it goes on.
fn phases_ui(ui: &mut Ui, session: &Session) {
    let Some(opened) = session.opened() else { return };
    let phase = session.phase();
    let recipe = &opened.recipe;
    let data = format!("{} {}", opened.data_title, counted(opened.train_images as u64, "image"));
    let epochs = counted(recipe.training.epochs.into(), "epoch");
    let about = if session.estimate().is_some() { "about " } else { "" };
    let sample = session.sample();
    let woken = session.now().map_or_else(
        || match opened.test_images as u64 {
            0 => "test: no images".to_owned(),
            images => format!("test {}", counted(images, "image")),
        },
        |(moment, now)| {
            // While it runs, the newest test is always a little old.
            let is_old = moment != session.shown() && !session.is_running();
            let at = if is_old {
                format!(" at {}", moment_name(moment))
            } else {
                String::new()
            };
            let error = sample.map_or_else(String::new, |sample| format!(" ± {}", percent(sample.error)));
            let balanced = session
                .balanced()
                .and_then(|(_, now)| now)
                .map_or_else(String::new, |balanced| format!(", balanced {} %", percent(balanced)));
            format!("test {about}{}{error} %{balanced}{at}", percent(now.accuracy()))
        },
    );
    let trained = if phase >= Phase::Trained {
        1.0
    } else {
        part(session.trained(), opened.total_batches)
    };
    let slept = part(session.steps(), session.total_steps());
    let origin = format!(
        "{}. Trains on {} of {} images.",
        opened.data_origin,
        grouped(opened.train_images as u64),
        grouped(opened.train_available as u64)
    );
    let verb = if phase > Phase::Woken { "Fine-tuned" } else { "Woken" };
    let mut chips = vec![
        (
            data,
            origin,
            if phase >= Phase::Newborn { 1.0 } else { 0.0 },
            phase <= Phase::Loading,
        ),
        (
            format!("train {epochs}"),
            format!(
                "Training: {} of {}",
                grouped(session.trained()),
                counted(opened.total_batches, "batch")
            ),
            trained,
            matches!(phase, Phase::Newborn | Phase::Training),
        ),
        (
            format!("night {}", counted(recipe.night.steps, "step")),
            format!(
                "Night: {} of {}",
                grouped(session.steps()),
                counted(session.total_steps(), "step")
            ),
            slept,
            matches!(phase, Phase::Trained | Phase::Asleep),
        ),
        (
            woken,
            match opened.test_images as u64 {
                0 => format!("{verb}: the held-out images are not on this machine"),
                images => sample.map_or_else(
                    || format!("{verb}: tested on {}", counted(images, "held-out image")),
                    |sample| format!("{verb}: {}", sample.words()),
                ),
            },
            if session.is_over() { 1.0 } else { 0.0 },
            session.is_over(),
        ),
    ];
    chips.splice(3..3, tuning_chip(session));
    ui.spacing_mut().item_spacing.x = 4.0;
    for (index, (word, help, share, lit)) in chips.into_iter().enumerate() {
        if index > 0 {
            let (gap, _) = ui.allocate_exact_size(vec2(8.0, CONTROL_HEIGHT), Sense::hover());
            let (middle, tokens) = (gap.center(), Tokens::of(ui));
            let points = [vec2(-2.0, -4.0), vec2(2.0, 0.0), vec2(-2.0, 4.0)]
                .map(|offset| middle + offset)
                .to_vec();
            ui.painter()
                .add(egui::Shape::line(points, Stroke::new(1.5, tokens.text_weak)));
        }
        chip_ui(ui, &word, share, lit).on_hover_text(help);
    }
}

/// How much is done.
fn part(done: u64, of: u64) -> f32 {
    (done as f32 / of.max(1) as f32).clamp(0.0, 1.0)
}

/// What the chip of fine-tuning says, if there is any: its words, its help, how much of it is done, and whether it is lit.
fn tuning_chip(session: &Session) -> Option<(String, String, f32, bool)> {
    let tuning = session.opened()?.recipe.fine_tuning.as_ref()?;
    let (done, total) = (session.tuned(), session.total_tuning());
    let help = format!("Fine-tuning: {} of {}", grouped(done), counted(total, "batch"));
    Some((
        format!("fine-tune {}", counted(tuning.epochs.into(), "epoch")),
        help,
        part(done, total),
        session.phase() >= Phase::Woken && !session.is_over(),
    ))
}

/// One phase: its words over a line that fills.
fn chip_ui(ui: &mut Ui, word: &str, share: f32, lit: bool) -> egui::Response {
    let tokens = Tokens::of(ui);
    let ink = if lit { tokens.text_strong } else { tokens.text };
    let galley = ui
        .painter()
        .layout_no_wrap(word.to_owned(), FontId::proportional(size::BODY), ink);
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 16.0, CONTROL_HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
    let fill = if lit { tokens.accent_soft } else { tokens.raised };
    ui.painter().rect_filled(rect, 6.0, fill);
    let filled = Rect::from_min_max(rect.min, pos2(rect.left() + share * rect.width(), rect.bottom()));
    let tint = if lit {
        mix(tokens.accent_soft, tokens.accent, 0.3)
    } else {
        tokens.raised_hover
    };
    ui.painter()
        .with_clip_rect(filled.intersect(ui.clip_rect()))
        .rect_filled(rect, 6.0, tint);
    ui.painter().galley(rect.center() - 0.5 * galley.size(), galley, ink);
    response
}

impl Transport {
    /// The second line: go, stop, go about in the night, how fast, how far, and what to begin anew. In a narrow window it
    /// takes two.
    /// `hurries` while the run goes at full speed to its end, whatever speed is chosen.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, hurries: bool, actions: &mut Actions) {
        let session = seen.session;
        let (wide, one_line) = (ui.available_width() >= WIDE, ui.available_width() >= ONE_LINE);
        let line = |ui: &mut Ui| {
            ui.set_min_height(28.0);
            ui.spacing_mut().item_spacing.x = 6.0;
        };
        ui.horizontal(|ui| {
            line(ui);
            going::go_ui(ui, seen, wide, actions);
            ui.add_space(4.0);
            self.step_ui(ui, session, wide, actions);
            moving::jump_ui(ui, seen, actions);
            self.stops.ui(ui, seen, actions);
            branch_ui(ui, seen, actions);
            if one_line {
                ui.add_space(4.0);
                self.rest_ui(ui, seen, hurries, wide, actions);
            }
        });
        if !one_line {
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                line(ui);
                self.rest_ui(ui, seen, hurries, wide, actions);
            });
        }
    }

    /// How fast, how far, how the layers are, and what to begin anew.
    fn rest_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, hurries: bool, wide: bool, actions: &mut Actions) {
        let session = seen.session;
        let words = self.speed_words(session, hurries, wide);
        self.speed_ui(ui, words, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            going::again_ui(ui, session, wide, actions);
            ui.add_space(6.0);
            self.counter_ui(ui, session, actions);
            ui.add_space(6.0);
            lights_ui(ui, session, seen.activity, actions);
        });
    }
}

/// A button that is an icon where there is no room for its name.
fn button(icon: Icon, name: &str, wide: bool) -> ToolButton<'_> {
    let button = ToolButton::new(icon, name);
    if wide { button } else { button.icon_only() }
}

/// A lane from here.
fn branch_ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    let row = Deed::Branch.row();
    let button = ToolButton::new(Icon::Branch, &row.name).icon_only();
    let response = ui.add_enabled(seen.session.night().is_some(), button);
    let response = response.on_hover_text(Deed::Branch.hint(&row.help));
    let why_not = "Branch here: a lane can be made once the network sleeps";
    if response.on_disabled_hover_text(why_not).clicked() {
        actions.push(UiAction::Lane(LaneAction::Branch));
    }
}
