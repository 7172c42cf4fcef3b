//! The canvas on screen: drawn on with the pointer or with the keys.

use egui::{
    Event, EventFilter, Key, Modifiers, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::canvas::{Canvas, Tool};
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::Picture;

/// Speed, in pixels of the image a second, at which the pen presses half as much as it can.
const SWIFT: f32 = 120.0;
/// How much thinner a swift stroke is.
const THINNER: f32 = 0.4;
/// Share of the way that the pressure goes to its new value at each movement.
const FOLLOWS: f32 = 0.35;

/// A canvas, the tool in hand, and where the hand is.
pub struct Easel {
    /// What is drawn on.
    pub canvas: Canvas,
    /// What a stroke does.
    pub tool: Tool,
    /// Width of the pen in pixels of the image.
    pub width: f32,
    picture: Picture<(u64, bool)>,
    /// The last touch of a stroke under way: where, in pixels of the image, and its radius.
    stroke: Option<((f32, f32), f32)>,
    /// Where the keys are, in pixels of the image.
    cursor: (f32, f32),
    /// Whether the key that paints is held.
    paints: bool,
}

impl Easel {
    /// An empty canvas for images of this size.
    pub fn new(size: (usize, usize)) -> Self {
        Self {
            canvas: Canvas::new(size),
            tool: Tool::Pen,
            width: 3.0,
            picture: Picture::default(),
            stroke: None,
            cursor: (size.0 as f32 / 2.0, size.1 as f32 / 2.0),
            paints: false,
        }
    }

    /// Shows the canvas in a place of the proportions of the image, and takes in what is drawn.
    pub fn ui(&mut self, ui: &mut Ui, place: Rect) {
        let response = ui.interact(place, ui.scope_id().with("canvas"), Sense::click_and_drag());
        response.widget_info(|| {
            let help = "Drawing canvas: arrow keys move the cursor, Space paints, Delete clears, Ctrl+Z undoes";
            WidgetInfo::labeled(Role::Canvas, true, help)
        });
        self.draw_by_pointer(ui, &response);
        if response.has_focus() {
            self.draw_by_keys(ui, &response);
        } else {
            self.paints = false;
        }
        self.paint(ui, &response);
        response.on_hover_cursor(egui::CursorIcon::Crosshair);
    }

    /// Strokes of the pointer: the faster, the thinner.
    fn draw_by_pointer(&mut self, ui: &Ui, response: &Response) {
        if !response.is_pointer_button_down_on() {
            self.stroke = None;
            return;
        }
        let (moves, frame) = ui.input(|input| {
            let moved = |event: &Event| {
                if let Event::PointerMoved(at) = event {
                    Some(*at)
                } else {
                    None
                }
            };
            let moves: Vec<Pos2> = input.events.iter().filter_map(moved).collect();
            (moves, input.stable_dt.clamp(0.002, 0.1))
        });
        let here = response.interact_pointer_pos();
        let points = if moves.is_empty() || self.stroke.is_none() {
            here.into_iter().collect()
        } else {
            moves
        };
        let between = frame / points.len().max(1) as f32;
        for point in points {
            let at = self.pixel(response.rect, point);
            let Some((last, radius)) = self.stroke else {
                let radius = self.radius(0.5);
                self.canvas.begin();
                self.canvas.dab(self.tool, at, radius);
                self.stroke = Some((at, radius));
                continue;
            };
            let far = (at.0 - last.0).hypot(at.1 - last.1);
            if far < 0.02 {
                continue;
            }
            let speed = far / between;
            let wanted = self.radius(SWIFT / (SWIFT + speed));
            let next = radius + FOLLOWS * (wanted - radius);
            self.canvas.line(self.tool, (last, radius), (at, next));
            self.stroke = Some((at, next));
        }
    }

    /// The radius of the tool for a pressure of `0..=1`, in pixels of the image.
    fn radius(&self, pressure: f32) -> f32 {
        let half = 0.5 * self.width;
        match self.tool {
            Tool::Pen => half * (1.0 + THINNER * (pressure - 0.5)),
            // One wants to be rid of something.
            Tool::Eraser => 1.5 * half,
        }
    }

    /// Strokes of the keys.
    fn draw_by_keys(&mut self, ui: &Ui, response: &Response) {
        let ours = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, ours));
        let (moves, pressed, held, clears, undoes) = ui.input_mut(|input| {
            let mut steps = |key: Key, by: i32| {
                // Those without modifiers would take those with Shift for themselves.
                let fours = 4 * input.count_and_consume_key(Modifiers::SHIFT, key) as i32;
                by * (fours + input.count_and_consume_key(Modifiers::NONE, key) as i32)
            };
            let right = steps(Key::ArrowRight, 1) + steps(Key::ArrowLeft, -1);
            let down = steps(Key::ArrowDown, 1) + steps(Key::ArrowUp, -1);
            let clears =
                input.consume_key(Modifiers::NONE, Key::Delete) || input.consume_key(Modifiers::NONE, Key::Backspace);
            let undoes = input.consume_key(Modifiers::COMMAND, Key::Z);
            let held = input.key_down(Key::Space);
            let pressed = input.consume_key(Modifiers::NONE, Key::Space);
            ((right, down), pressed, held, clears, undoes)
        });
        if clears {
            self.canvas.clear();
        }
        if undoes {
            self.canvas.undo();
        }
        if pressed && !self.paints {
            self.canvas.begin();
        }
        let radius = self.radius(0.5);
        if pressed {
            self.canvas.dab(self.tool, self.cursor, radius);
        }
        let (width, height) = self.canvas.size();
        let from = self.cursor;
        self.cursor = (
            (from.0 + moves.0 as f32).clamp(0.0, width as f32),
            (from.1 + moves.1 as f32).clamp(0.0, height as f32),
        );
        if (pressed || self.paints) && self.cursor != from {
            self.canvas.line(self.tool, (from, radius), (self.cursor, radius));
        }
        self.paints = held;
    }

    /// Where a point of the screen lies, in pixels of the image.
    fn pixel(&self, place: Rect, point: Pos2) -> (f32, f32) {
        let (width, height) = self.canvas.size();
        (
            (point.x - place.left()) / place.width() * width as f32,
            (point.y - place.top()) / place.height() * height as f32,
        )
    }

    /// Paints the canvas, and where the hand is.
    fn paint(&mut self, ui: &Ui, response: &Response) {
        let tokens = Tokens::of(ui);
        let place = response.rect;
        let key = (self.canvas.version(), tokens.dark);
        if !self.picture.is_current(&key) {
            let lut = tokens.amount.lut();
            let colors = self.canvas.inks().iter().map(|&ink| lut.color(f32::from(ink) / 255.0));
            let (width, height) = self.canvas.cells();
            self.picture
                .set(ui.ctx(), "canvas", key, [width, height], colors.collect());
        }
        self.picture.paint(ui, place);
        let ring = if response.has_focus() {
            Stroke::new(2.0, tokens.accent)
        } else {
            Stroke::new(1.0, tokens.line)
        };
        ui.painter().rect_stroke(place, 2.0, ring, StrokeKind::Outside);
        let painter = ui.painter().with_clip_rect(place);
        if self.canvas.is_blank() && !response.has_focus() {
            let font = egui::FontId::proportional(crate::app::theme::size::BODY);
            painter.text(
                place.center(),
                egui::Align2::CENTER_CENTER,
                "Draw here",
                font,
                tokens.text_weak,
            );
        }
        let (width, _) = self.canvas.size();
        let pixel = place.width() / width as f32;
        let radius = self.radius(0.5) * pixel;
        let hand = Stroke::new(1.0, faded(tokens.text_strong, 0.7));
        if response.has_focus() {
            let at = place.min + vec2(self.cursor.0, self.cursor.1) * pixel;
            painter.circle_stroke(at, radius, Stroke::new(1.5, tokens.accent));
            for (x, y) in [(1.0, 0.0), (0.0, 1.0)] {
                let arm = vec2(x, y) * 3.0;
                painter.line_segment([at - arm, at + arm], hand);
            }
        }
        if let Some(at) = response.hover_pos().filter(|_| response.hovered()) {
            painter.circle_stroke(pos2(at.x, at.y), radius, hand);
        }
    }
}
