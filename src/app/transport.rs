//! The top bar: what the run is made of, and the buttons that move it.

use egui::{Align, Align2, FontId, Layout, Rect, RichText, Role, Sense, Slider, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::action::{Actions, UiAction};
use super::layout;
use super::looks::Looks;
use super::session::Session;
use super::text::{counted, grouped, percent};
use super::theme::{self, CONTROL_HEIGHT, Tokens, mix, size};
use super::widgets::{Emphasis, Icon, ToolButton, segmented};
use crate::worker::{Goal, Phase};

/// This many steps a second, or more, is as fast as possible.
pub const FASTEST: f64 = 5000.0;
/// Slow enough to watch a night of 566 steps, fast enough not to wait.
pub const DEFAULT_SPEED: f64 = 120.0;

/// Below this width some buttons are icons alone.
const WIDE: f32 = 1200.0;
/// Below this width the buttons stand in two lines.
const ONE_LINE: f32 = 960.0;
/// Below this width the name of the program is its moon alone.
const NAMED: f32 = 720.0;
/// Room for the menus at the right of the first line.
const MENUS: f32 = 84.0;

/// What the top bar shows besides the session.
#[derive(Clone, Debug)]
pub struct Transport {
    /// Steps a second; [`FASTEST`] is as fast as possible.
    pub speed: f64,
    /// Steps that one press of "Step" does.
    pub step_size: u64,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            speed: DEFAULT_SPEED,
            step_size: 1,
        }
    }
}

/// The first line: the name of the program, the run as a sentence, and what concerns the window.
pub fn sentence_ui(
    ui: &mut Ui,
    session: &Session,
    layout: &layout::Layout,
    looks: Looks,
    settings_shown: bool,
    actions: &mut Actions,
) {
    let tokens = Tokens::of(ui);
    let width = ui.available_width();
    let narrow = width < WIDE;
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        let name = if settings_shown {
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
            looks.menu_ui(ui, actions);
            layout::menu_ui(ui, layout, narrow, actions);
            // Half a name says nothing.
            if let Some(opened) = session.opened().filter(|_| ui.available_width() > 90.0) {
                let run = format!("{} · seed {}", opened.recipe.name, opened.recipe.seed);
                let label = egui::Label::new(RichText::new(run).color(tokens.text_weak)).truncate();
                ui.add(label).on_hover_text(&opened.recipe.note);
            }
        });
    });
}

/// The run as a sentence of phases; the present one is lit and fills as it goes on.
fn phases_ui(ui: &mut Ui, session: &Session) {
    let Some(opened) = session.opened() else { return };
    let phase = session.phase();
    let recipe = &opened.recipe;
    let data = format!("{} {}", opened.data_title, counted(opened.train_images as u64, "image"));
    let epochs = counted(recipe.training.epochs.into(), "epoch");
    let woken = session.now().map_or_else(
        || format!("test {}", counted(opened.test_images as u64, "image")),
        |(_, now)| format!("test {} %", percent(now.accuracy())),
    );
    let part = |done: u64, of: u64| (done as f32 / of.max(1) as f32).clamp(0.0, 1.0);
    let trained = if phase >= Phase::Trained {
        1.0
    } else {
        part(session.batches().len() as u64, opened.total_batches)
    };
    let slept = part(session.steps(), session.total_steps());
    let origin = format!(
        "{}. Trains on {} of {} images.",
        opened.data_origin,
        grouped(opened.train_images as u64),
        grouped(opened.train_available as u64)
    );
    let chips = [
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
                grouped(session.batches().len() as u64),
                counted(opened.total_batches, "batch").replace("batchs", "batches")
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
            format!(
                "Woken: tested on {}",
                counted(opened.test_images as u64, "held-out image")
            ),
            if phase == Phase::Woken { 1.0 } else { 0.0 },
            phase == Phase::Woken,
        ),
    ];
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
    /// The second line: go, stop, how far and how fast; and what to begin anew. In a narrow window it takes two.
    /// `hurries` while the run goes at full speed to its end, whatever speed is chosen.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, hurries: bool, actions: &mut Actions) {
        let (narrow, one_line) = (ui.available_width() < WIDE, ui.available_width() >= ONE_LINE);
        let line = |ui: &mut Ui| {
            ui.set_min_height(28.0);
            ui.spacing_mut().item_spacing.x = 6.0;
        };
        ui.horizontal(|ui| {
            line(ui);
            go_ui(ui, session, narrow, actions);
            ui.add_space(6.0);
            self.step_ui(ui, session, actions);
            if one_line {
                ui.add_space(6.0);
                self.rest_ui(ui, session, hurries, narrow, actions);
            }
        });
        if !one_line {
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                line(ui);
                self.rest_ui(ui, session, hurries, narrow, actions);
            });
        }
    }

    /// How fast, how far, and what to begin anew.
    fn rest_ui(&mut self, ui: &mut Ui, session: &Session, hurries: bool, narrow: bool, actions: &mut Actions) {
        let words = self.speed_words(session, hurries, narrow);
        self.speed_ui(ui, words, actions);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            again_ui(ui, session, narrow, actions);
            ui.add_space(10.0);
            counter_ui(ui, session);
        });
    }

    /// A number of steps.
    fn step_ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let can = session.opened().is_some() && session.phase() < Phase::Woken && !session.is_running();
        let noun = if session.phase() < Phase::Trained {
            "batch"
        } else {
            "step"
        };
        let help = format!("One press does this many: now a {noun} each (right arrow key)");
        if ui
            .add_enabled(can, ToolButton::new(Icon::Step, "Step"))
            .on_hover_text(help)
            .clicked()
        {
            actions.push(UiAction::Step);
        }
        let choices = [1, 10, 100].map(|steps| (steps, steps.to_string()));
        let help = |steps: u64| format!("One press of \"Step\" does {}", counted(steps, "step"));
        if let Some(steps) = segmented(ui, "Step by", &choices, self.step_size, help) {
            actions.push(UiAction::SetStepSize(steps));
        }
    }

    /// How fast, and how fast it really is.
    fn speed_ui(&mut self, ui: &mut Ui, text: String, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let label = ui.label(RichText::new("Speed").color(tokens.text_weak));
        let plain = std::sync::Arc::clone(ui.style());
        theme::slim_sliders(ui);
        ui.spacing_mut().slider_width = 104.0;
        let mut speed = self.speed;
        let slider = Slider::new(&mut speed, 1.0..=FASTEST)
            .logarithmic(true)
            .show_value(false);
        let help =
            "Batches or steps a second. All the way to the right: as fast as possible. Changes nothing in the run.";
        if ui.add(slider).labelled_by(label.id).on_hover_text(help).changed() {
            actions.push(UiAction::SetSpeed(speed));
        }
        ui.set_style(plain);
        let font = FontId::proportional(size::SMALL);
        let galley = ui
            .painter()
            .layout_no_wrap(text.clone(), font.clone(), tokens.text_weak);
        let room = galley.size().x.max(112.0);
        let (rect, response) = ui.allocate_exact_size(vec2(room, CONTROL_HEIGHT), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text.as_str()));
        ui.painter()
            .text(rect.left_center(), Align2::LEFT_CENTER, text, font, tokens.text_weak);
    }

    /// The wanted speed and the real one.
    fn speed_words(&self, session: &Session, hurries: bool, narrow: bool) -> String {
        let chosen = if hurries || self.speed >= FASTEST {
            if narrow { "fastest" } else { "as fast as possible" }.to_owned()
        } else {
            format!("{:.0}/s", self.speed)
        };
        if session.is_running() {
            format!("{chosen} · real {}/s", grouped(session.per_second().round() as u64))
        } else {
            chosen
        }
    }
}

/// Play or pause, train, sleep, to the end.
fn go_ui(ui: &mut Ui, session: &Session, narrow: bool, actions: &mut Actions) {
    let button = |icon, name| {
        let button = ToolButton::new(icon, name);
        if narrow { button.icon_only() } else { button }
    };
    let (phase, open) = (session.phase(), session.opened().is_some());
    if session.is_running() {
        let pause = ToolButton::new(Icon::Pause, "Pause").emphasis(Emphasis::Primary);
        if ui
            .add(pause)
            .on_hover_text("Stop before the next step (Space)")
            .clicked()
        {
            actions.push(UiAction::Pause);
        }
    } else {
        let emphasis = if phase < Phase::Woken {
            Emphasis::Primary
        } else {
            Emphasis::Plain
        };
        let play = ToolButton::new(Icon::Play, "Play").emphasis(emphasis);
        let help = "Train, sleep and wake, at the speed chosen here (Space)";
        if ui
            .add_enabled(open && phase < Phase::Woken, play)
            .on_hover_text(help)
            .clicked()
        {
            actions.push(UiAction::Play(Goal::Woken));
        }
    }
    let can_train = open && phase < Phase::Trained && !session.is_running();
    let train = ui.add_enabled(can_train, button(Icon::Train, "Train"));
    if train
        .on_hover_text("Train: to the end of training, then wait; the network stays awake")
        .clicked()
    {
        actions.push(UiAction::Play(Goal::Trained));
    }
    let can_sleep = matches!(phase, Phase::Trained | Phase::Asleep) && !session.is_running();
    let sleep = ui.add_enabled(can_sleep, button(Icon::Moon, "Sleep"));
    if sleep
        .on_hover_text("Sleep: put the trained network to sleep until it wakes")
        .clicked()
    {
        actions.push(UiAction::Play(Goal::Woken));
    }
    let end = ui.add_enabled(open && phase < Phase::Woken, button(Icon::ToTheEnd, "To the end"));
    if end
        .on_hover_text("To the end: go on to waking as fast as the machine can")
        .clicked()
    {
        actions.push(UiAction::ToTheEnd);
    }
}

/// What to begin anew; each says what it keeps.
fn again_ui(ui: &mut Ui, session: &Session, narrow: bool, actions: &mut Actions) {
    let button = |icon, name| {
        let button = ToolButton::new(icon, name);
        if narrow { button.icon_only() } else { button }
    };
    let open = session.opened().is_some();
    let dice = ui.add_enabled(open, button(Icon::Dice, "New seed"));
    if dice
        .on_hover_text(
            "New seed: begins a new run with the next seed: other images, weights and noise. Keeps all other settings",
        )
        .clicked()
    {
        actions.push(UiAction::NewSeed);
    }
    // After waking, another night is what comes next.
    let emphasis = if session.phase() == Phase::Woken {
        Emphasis::Primary
    } else {
        Emphasis::Plain
    };
    let again = button(Icon::Moon, "Sleep again").emphasis(emphasis);
    let again = ui.add_enabled(session.phase() >= Phase::Trained, again);
    let help = "Sleep again: another night. Keeps the trained network and the seed: with the same settings it is the same night";
    if again.on_hover_text(help).clicked() {
        actions.push(UiAction::SleepAgain);
    }
    let restart = ui.add_enabled(open, button(Icon::Restart, "Restart"));
    let help = "Restart: back to the newborn network. Keeps the seed and all settings: it becomes the very same run";
    if restart.on_hover_text(help).clicked() {
        actions.push(UiAction::Restart);
    }
}

/// How far it is.
fn counter_ui(ui: &mut Ui, session: &Session) {
    let tokens = Tokens::of(ui);
    let (noun, done, of) = match session.phase() {
        Phase::Empty | Phase::Loading => return,
        Phase::Newborn | Phase::Training => ("batch", session.batches().len() as u64, session.total_batches()),
        Phase::Trained | Phase::Asleep | Phase::Woken => ("step", session.steps(), session.total_steps()),
    };
    let text = format!("{noun} {} / {}", grouped(done), grouped(of));
    ui.label(theme::strong(text, 15.0).color(tokens.text_strong));
}
