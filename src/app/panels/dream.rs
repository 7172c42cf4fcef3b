//! What is dreamt: the input of this step, the mean of all steps, and which class the hidden layers look like.

mod meter;

use egui::{Align, Align2, Color32, FontId, Layout, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

pub use self::meter::LayerReplay;
use self::meter::Meter;
use crate::app::session::{DreamWindow, Session};
use crate::app::text::{counted, grouped, number};
use crate::app::theme::{Tokens, mix, size};
use crate::app::widgets::{MAX_SIDE, Picture, axis_text, empty_state, key, segmented, tooltip_rows};
use crate::sim::night::{DT, Dream};
use crate::worker::Opened;

/// Height of the line over and of the line under a picture.
const LINE: f32 = 16.0;
/// Least width of a picture with its captions.
const BLOCK: f32 = 104.0;
/// How much of the background covers what is not shown in a step.
const COVER: f32 = 0.72;

/// Header width from which there is room for the words beside the choice of steps.
const ROOMY: f32 = 360.0;

/// The pane of the dream.
#[derive(Default)]
pub struct DreamView {
    /// The input of the newest step; the key is the run, the step, what is dreamt in it and the theme.
    step: Picture<(u64, u64, Option<DreamWindow>, Dream, bool)>,
    /// The mean of all steps.
    mean: Picture<(u64, u64, bool)>,
    /// Spikes of each input neuron in the steps counted.
    counts: Vec<u32>,
    /// Steps below this are counted.
    counted: u64,
    run: u64,
    meter: Meter,
}

impl DreamView {
    /// What the replay meter shows: for each hidden layer and class the correlation and that of the control, and the steps that
    /// it looks back.
    pub fn replays(&self, session: &Session) -> (Vec<LayerReplay>, u64) {
        (self.meter.replays(session), self.meter.steps)
    }

    /// How many steps the replay meter looks back, and what its bars are.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.dream().is_none() {
            return;
        }
        let choices = [20, 100, 500].map(|steps| (steps, steps.to_string()));
        let help = |steps: u64| {
            format!(
                "The replay meter counts the spikes of the last {}",
                counted(steps, "step")
            )
        };
        if let Some(steps) = segmented(ui, "Replay over steps:", &choices, self.meter.steps, help) {
            self.meter.steps = steps;
        }
        let tokens = Tokens::of(ui);
        if ui.available_width() >= ROOMY {
            ui.label(RichText::new("last steps").size(size::SMALL).color(tokens.text_weak));
        }
        let choices = [(false, "Whole".to_owned()), (true, "Own part".to_owned())];
        let help = |own| {
            if own {
                "Correlates with what is a class's own: its mean activity awake minus the mean of all classes"
            } else {
                "Correlates with the whole mean activity of a class awake, much of which all classes share"
            }
            .to_owned()
        };
        if let Some(own) = segmented(ui, "Replay of:", &choices, self.meter.own, help) {
            self.meter.own = own;
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add_space((ui.available_width() - 116.0).max(0.0));
            key(ui, tokens.accent, "replay");
            key(ui, tokens.before, "shuffled");
        });
    }

    /// The pictures and the meter.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        let (Some((step, window)), Some(opened)) = (session.dream(), session.opened()) else {
            empty_state(
                ui,
                "Here is what the network dreams, step by step, and which class it looks like.",
                "Press Play",
            );
            return;
        };
        let (width, height) = opened.image_size;
        let area = ui.available_rect_before_wrap();
        if width == 0 || height == 0 || width.max(height) > MAX_SIDE || opened.mean_image.len() != width * height {
            return;
        }
        self.count(session, opened);
        self.upload(ui, session, opened, step, window);
        let side = (area.height() - 2.0 * LINE).min(0.24 * area.width()).max(8.0);
        let block = side.max(BLOCK);
        let place = |index: f32| {
            let left = area.left() + index * (block + 12.0);
            Rect::from_min_size(
                pos2(left, area.top() + LINE),
                vec2(side, side * height as f32 / width as f32),
            )
        };
        self.step_ui(ui, session, opened, place(0.0), (step, window));
        self.mean_ui(ui, session, opened, place(1.0));
        let left = area.left() + 2.0 * (block + 12.0) + 8.0;
        let meters = Rect::from_min_max(pos2(left, area.top()), area.max);
        if meters.width() > 60.0 {
            self.meter.ui(ui, session, meters);
        }
        ui.allocate_rect(area, Sense::hover());
    }

    /// Counts the input spikes that are not counted yet.
    fn count(&mut self, session: &Session, opened: &Opened) {
        let pixels = opened.mean_image.len();
        let steps = session.slept();
        if self.run != session.revision() || steps < self.counted || self.counts.len() != pixels {
            self.run = session.revision();
            self.counts = vec![0; pixels];
            self.counted = 0;
        }
        for (_, units) in session.spikes().range(self.counted..steps) {
            for &unit in units {
                if let Some(count) = self.counts.get_mut(unit as usize) {
                    *count += 1;
                }
            }
        }
        self.counted = steps;
    }

    /// Colours the pictures, if what they show has changed.
    fn upload(&mut self, ui: &Ui, session: &Session, opened: &Opened, step: u64, window: Option<DreamWindow>) {
        let tokens = Tokens::of(ui);
        let (width, height) = opened.image_size;
        let lut = tokens.amount.lut();
        let dream = dream_at(session, step);
        let key = (session.revision(), step, window, dream, tokens.dark);
        if !self.step.is_current(&key) {
            let mut colors = driven(opened, dream, window, tokens);
            for &unit in session.spikes().step(step) {
                if let Some(color) = colors.get_mut(unit as usize) {
                    *color = tokens.text_strong;
                }
            }
            self.step.set(ui.ctx(), "dream step", key, [width, height], colors);
        }
        let key = (session.revision(), self.counted, tokens.dark);
        if !self.mean.is_current(&key) {
            let most = self.counts.iter().copied().max().unwrap_or(0).max(1) as f32;
            let colors = self
                .counts
                .iter()
                .map(|&count| lut.color(count as f32 / most))
                .collect();
            self.mean.set(ui.ctx(), "dream mean", key, [width, height], colors);
        }
    }

    /// The input of the newest step.
    fn step_ui(
        &self,
        ui: &Ui,
        session: &Session,
        opened: &Opened,
        place: Rect,
        (step, window): (u64, Option<DreamWindow>),
    ) {
        let tokens = Tokens::of(ui);
        let dream = dream_at(session, step);
        frame_ui(ui, &self.step, place, &format!("Step {}", grouped(step + 1)));
        let (width, height) = opened.image_size;
        if let Some((left, top, side)) = window {
            let pixel = vec2(place.width() / width as f32, place.height() / height as f32);
            let corner = place.min + vec2(left as f32, top as f32) * pixel;
            let rect = Rect::from_min_size(corner, vec2(side as f32, side as f32) * pixel);
            ui.painter()
                .rect_stroke(rect, 0.0, Stroke::new(1.5, tokens.accent), egui::StrokeKind::Inside);
        }
        let inputs = opened.mean_image.len() as u32;
        let spikes = session
            .spikes()
            .step(step)
            .iter()
            .filter(|&&unit| unit < inputs)
            .count();
        let under = format!("dots: {}", counted(spikes as u64, "input spike"));
        axis_text(ui, place.left_bottom() + vec2(0.0, 3.0), Align2::LEFT_TOP, under);
        let response = ui.interact(place, ui.scope_id().with("dream step"), Sense::hover());
        let name = format!("Dream of step {}", grouped(step + 1));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
        response.on_hover_ui_at_pointer(|ui| {
            let shown = match (dream, window) {
                (Dream::Silence, _) => "nothing".to_owned(),
                (Dream::Uniform, _) => "every pixel alike".to_owned(),
                (_, None) => "the whole mean image".to_owned(),
                (_, Some((left, top, side))) => format!("{side} × {side} pixels at ({left}, {top})"),
            };
            let rows = [("shown", shown), ("input spikes", grouped(spikes as u64))];
            tooltip_rows(ui, &name, &rows);
        });
    }

    /// The mean of all steps.
    fn mean_ui(&self, ui: &Ui, session: &Session, opened: &Opened, place: Rect) {
        frame_ui(ui, &self.mean, place, "Mean so far");
        let rate = |count: u32| f64::from(count) / (self.counted.max(1) as f64 * DT);
        let most = rate(self.counts.iter().copied().max().unwrap_or(0));
        let under = format!("0 to {most:.0} Hz a pixel");
        axis_text(ui, place.left_bottom() + vec2(0.0, 3.0), Align2::LEFT_TOP, under);
        let response = ui.interact(place, ui.scope_id().with("dream mean"), Sense::hover());
        let name = format!("Mean of {} dreamt", counted(session.slept(), "step"));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &name));
        let Some(pointer) = response.hover_pos() else { return };
        let (width, height) = opened.image_size;
        let cell = |at: f32, cells: usize| (at.clamp(0.0, 0.999_99) * cells as f32) as usize;
        let x = cell((pointer.x - place.left()) / place.width(), width);
        let y = cell((pointer.y - place.top()) / place.height(), height);
        let pixel = y * width + x;
        let count = self.counts.get(pixel).copied().unwrap_or(0);
        response.on_hover_ui_at_pointer(|ui| {
            let rows = [
                ("pixel", format!("({x}, {y})")),
                ("spikes", grouped(count.into())),
                ("rate", format!("{} Hz", number(rate(count)))),
                ("mean image", number(opened.mean_image[pixel].into())),
            ];
            tooltip_rows(ui, &name, &rows);
        });
    }
}

/// What is dreamt in a step: it may have been changed under way.
fn dream_at(session: &Session, step: u64) -> Dream {
    session
        .params_at(step)
        .map_or_else(Dream::default, |params| params.dream)
}

/// The colours of what drives the inputs in a step: the mean image, covered where it is not shown.
fn driven(opened: &Opened, dream: Dream, window: Option<DreamWindow>, tokens: &Tokens) -> Vec<Color32> {
    let lut = tokens.amount.lut();
    let width = opened.image_size.0;
    let brightest = opened.mean_image.iter().copied().fold(0.0_f32, f32::max).max(1e-6);
    let colors = opened.mean_image.iter().enumerate().map(|(pixel, intensity)| {
        let color = match dream {
            Dream::Silence => lut.color(0.0),
            Dream::Uniform => lut.color(0.3),
            Dream::Windows | Dream::WholeImage => lut.color(intensity / brightest),
        };
        let (x, y) = (pixel % width, pixel / width);
        let shown =
            window.is_none_or(|(left, top, side)| (left..left + side).contains(&x) && (top..top + side).contains(&y));
        if shown { color } else { mix(color, tokens.sunken, COVER) }
    });
    colors.collect()
}

/// A picture in its frame, under its name.
fn frame_ui<Key: PartialEq>(ui: &Ui, picture: &Picture<Key>, place: Rect, name: &str) {
    let tokens = Tokens::of(ui);
    let font = FontId::new(size::SMALL, crate::app::theme::strong_family());
    let at = place.left_top() - vec2(0.0, 3.0);
    ui.painter().text(at, Align2::LEFT_BOTTOM, name, font, tokens.text);
    picture.paint(ui, place);
    ui.painter()
        .rect_stroke(place, 2.0, Stroke::new(1.0, tokens.line), egui::StrokeKind::Outside);
}
