//! The pictures side by side: the drawing, and those that were pinned.

use egui::{Align2, Color32, FontId, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::outputs::{reading, small_bars};
use crate::app::session::Session;
use crate::app::text::{counted, number};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Icon, Picture, tooltip_rows};
use crate::worker::{JudgedPicture, ProbePicture};

/// Side of a picture on screen.
const SIDE: f32 = 40.0;
/// Height of the bars of its outputs.
const BARS: f32 = 16.0;
/// Height of what it is read as.
const LINE: f32 = 15.0;
/// Width of the button that takes a picture away.
const CLOSE: f32 = 14.0;

/// Height of the shelf.
pub const HEIGHT: f32 = SIDE + BARS + LINE + 8.0;

/// One place on the shelf.
pub struct Place<'a> {
    /// The picture, if there is one.
    pub picture: Option<&'a ProbePicture>,
    /// What it is called.
    pub name: String,
    /// What it is read as, if that is known.
    pub judged: Option<&'a JudgedPicture>,
    /// Whether it can be taken away.
    pub pinned: bool,
}

/// What was done to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// It is to be looked at.
    Look(usize),
    /// It is to be taken away.
    Unpin(usize),
}

/// The pictures side by side, in one picture of their own.
#[derive(Default)]
pub struct Shelf {
    /// The key is the numbers of the pictures and the theme.
    picture: Picture<(Vec<u64>, bool)>,
}

impl Shelf {
    /// Shows the places in rows; `looked_at` is the one whose outputs are shown large.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        size: (usize, usize),
        places: &[Place<'_>],
        looked_at: usize,
    ) -> Option<Touch> {
        self.upload(ui, size, places);
        let mut touch = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(6.0, 4.0);
            for (index, place) in places.iter().enumerate() {
                let touched = self.place_ui(ui, session, places.len(), index, place, index == looked_at);
                touch = touched.or(touch);
            }
        });
        touch
    }

    /// Puts all pictures into one.
    fn upload(&mut self, ui: &Ui, (width, height): (usize, usize), places: &[Place<'_>]) {
        let tokens = Tokens::of(ui);
        let ids = places.iter().map(|place| place.picture.map_or(0, |picture| picture.id));
        let key = (ids.collect(), tokens.dark);
        if self.picture.is_current(&key) {
            return;
        }
        let lut = tokens.amount.lut();
        let across = width * places.len();
        let mut colors: Vec<Color32> = vec![lut.color(0.0); across * height];
        for (index, place) in places.iter().enumerate() {
            let pixels = place.picture.map_or(&[][..], |picture| &picture.pixels);
            for (row, greys) in pixels.chunks(width.max(1)).take(height).enumerate() {
                for (column, &grey) in greys.iter().enumerate() {
                    colors[row * across + index * width + column] = lut.color(f32::from(grey) / 255.0);
                }
            }
        }
        self.picture
            .set(ui.ctx(), "pinned pictures", key, [across, height], colors);
    }

    /// One picture over its outputs.
    fn place_ui(
        &self,
        ui: &mut Ui,
        session: &Session,
        count: usize,
        index: usize,
        place: &Place<'_>,
        looked_at: bool,
    ) -> Option<Touch> {
        let tokens = Tokens::of(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(SIDE + 4.0, HEIGHT), Sense::click());
        response.widget_info(|| {
            let read = place.judged.map_or_else(
                || "not read yet".to_owned(),
                |judged| format!("read as {}", reading(session, &judged.now)),
            );
            WidgetInfo::selected(Role::Button, true, looked_at, format!("{}, {read}", place.name))
        });
        let image = Rect::from_min_size(rect.min + vec2(2.0, 2.0), vec2(SIDE, SIDE));
        let share = 1.0 / count.max(1) as f32;
        let part = Rect::from_min_max(pos2(index as f32 * share, 0.0), pos2((index + 1) as f32 * share, 1.0));
        self.picture.paint_part(ui, image, part);
        let ring = if looked_at || response.has_focus() {
            Stroke::new(2.0, tokens.accent)
        } else if response.hovered() {
            Stroke::new(1.0, tokens.accent)
        } else {
            Stroke::new(1.0, tokens.line)
        };
        ui.painter().rect_stroke(image, 2.0, ring, StrokeKind::Outside);
        let line = pos2(image.center().x, image.bottom() + 3.0);
        if let Some(judged) = place.judged {
            let name = |class: usize| session.class_name(class).chars().take(4).collect::<String>();
            let words = match &judged.before {
                Some(before) if before.class != judged.now.class && name(0).len() <= 2 => {
                    format!("{} → {}", name(before.class), name(judged.now.class))
                }
                _ => name(judged.now.class),
            };
            let font = FontId::new(size::SMALL, theme::strong_family());
            ui.painter()
                .text(line, Align2::CENTER_TOP, words, font, tokens.text_strong);
            let top = image.bottom() + LINE + 2.0;
            let bars = Rect::from_min_max(pos2(image.left(), top), pos2(image.right(), top + BARS));
            small_bars(ui, judged, bars);
        } else if !place.pinned {
            let font = FontId::proportional(size::SMALL);
            ui.painter()
                .text(line, Align2::CENTER_TOP, "Drawing", font, tokens.text_weak);
        }
        let unpinned = place.pinned && (response.contains_pointer() || looked_at) && unpin_ui(ui, image, place);
        let pressed = response.clicked();
        let delete = response.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete));
        response.on_hover_ui(|ui| tooltip_ui(ui, session, place));
        if unpinned || (delete && place.pinned) {
            Some(Touch::Unpin(index))
        } else {
            pressed.then_some(Touch::Look(index))
        }
    }
}

/// The button in the corner of a pinned picture. `true` if it was pressed.
fn unpin_ui(ui: &Ui, image: Rect, place: &Place<'_>) -> bool {
    let tokens = Tokens::of(ui);
    let corner = Rect::from_min_max(
        pos2(image.right() - CLOSE, image.top()),
        pos2(image.right(), image.top() + CLOSE),
    );
    let response = ui.interact(corner, ui.scope_id().with(("unpin", &place.name)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Unpin {}", place.name)));
    let ink = if response.hovered() || response.has_focus() {
        tokens.accent
    } else {
        tokens.text
    };
    ui.painter()
        .rect_filled(corner, 2.0, theme::faded(tokens.surface, 0.85));
    Icon::Close.paint(ui.painter(), corner, 7.0, ink);
    response.clicked()
}

/// What it is read as, and by how much.
fn tooltip_ui(ui: &mut Ui, session: &Session, place: &Place<'_>) {
    let mut rows = Vec::new();
    if let Some(judged) = place.judged {
        let largest = |values: &[f32]| values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        rows.push(("read as", reading(session, &judged.now)));
        rows.push(("largest output", number(largest(&judged.now.values).into())));
        if let Some(before) = &judged.before {
            rows.push(("before sleep", reading(session, before)));
        }
    } else {
        rows.push(("", "nothing is drawn yet".to_owned()));
    }
    if let Some(picture) = place.picture {
        let inked = picture.pixels.iter().filter(|&&grey| grey > 0).count();
        rows.push(("ink", counted(inked as u64, "pixel")));
    }
    tooltip_rows(ui, &place.name, &rows);
}
