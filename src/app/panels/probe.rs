//! A person's own pictures: drawn, loaded or taken from the held-out images, and judged along the night.

mod canvas;
mod easel;
mod night;
mod outputs;
mod shelf;
mod tools;

use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, vec2};

use self::easel::Easel;
use self::night::NightView;
use self::outputs::{Scale, bars_ui};
use self::shelf::{Place, Shelf, Touch};
use crate::app::action::Actions;
use crate::app::session::Session;
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::{Picture, empty_state, figure, key, segmented};
use crate::data::picture::Ink;
use crate::run::Drawing;
use crate::worker::{JudgedPicture, MAX_PICTURES, ProbePicture};

/// Least height of the pane; in less room it is scrolled.
const LEAST: f32 = 560.0;
/// Width of the tools.
const TOOLS: f32 = 290.0;

/// The pane.
pub struct ProbeView {
    easel: Easel,
    /// Whether what is drawn is prepared as the images of MNIST were, or only made smaller.
    fits: bool,
    /// The drawing as the network sees it, and what it was made from; none while the canvas is blank.
    drawing: Option<ProbePicture>,
    drawn_from: Option<(u64, bool)>,
    /// The last judgement of the drawing, which stays until the next one is here: a moment later.
    judged: Option<JudgedPicture>,
    pinned: Vec<ProbePicture>,
    /// The number of the picture whose outputs are shown; none is the drawing.
    looked_at: Option<u64>,
    scale: Scale,
    next_id: u64,
    seen: Picture<(u64, bool)>,
    shelf: Shelf,
    night: NightView,
    path: String,
    held_out: usize,
    /// The held-out image that was asked for, to be put on the canvas.
    awaits: Option<usize>,
    run: u64,
}

impl Default for ProbeView {
    fn default() -> Self {
        Self {
            easel: Easel::new((28, 28)),
            fits: true,
            drawing: None,
            drawn_from: None,
            judged: None,
            pinned: Vec::new(),
            looked_at: None,
            scale: Scale::default(),
            next_id: 1,
            seen: Picture::default(),
            shelf: Shelf::default(),
            night: NightView::default(),
            path: String::new(),
            held_out: 0,
            awaits: None,
            run: 0,
        }
    }
}

impl ProbeView {
    /// The grey values of the pinned pictures that are of this size.
    pub fn pinned(&self, size: (usize, usize)) -> impl Iterator<Item = &[u8]> + Clone {
        let pixels = self.pinned.iter().map(|picture| &*picture.pixels);
        pixels.filter(move |pixels| pixels.len() == size.0 * size.1)
    }

    /// Pins the pictures that were kept with a run, before those that are pinned already, as far as there is room.
    pub fn pin(&mut self, drawings: &[Drawing], size: (usize, usize)) {
        if self.easel.canvas.size() != size {
            self.easel = Easel::new(size);
            self.pinned.clear();
            self.looked_at = None;
        }
        let mut pinned = Vec::new();
        for drawing in drawings {
            self.pinned.retain(|picture| *picture.pixels != *drawing.pixels);
            pinned.push(ProbePicture {
                id: self.next_id,
                pixels: drawing.pixels.as_slice().into(),
            });
            self.next_id += 1;
        }
        pinned.append(&mut self.pinned);
        pinned.truncate(MAX_PICTURES - 1);
        self.pinned = pinned;
    }

    /// How many pictures are pinned.
    pub fn header_ui(&self, ui: &mut Ui, session: &Session) {
        if session.opened().is_some() {
            let most = MAX_PICTURES - 1;
            figure(ui, "pinned", format!("{} of {most}", self.pinned.len()));
        }
    }

    /// The pictures to be judged: each once, the drawing first.
    pub fn pictures(&self) -> Vec<ProbePicture> {
        let mut pictures: Vec<ProbePicture> = self.drawing.iter().cloned().collect();
        for picture in &self.pinned {
            if pictures.iter().all(|other| other.id != picture.id) {
                pictures.push(picture.clone());
            }
        }
        pictures
    }

    /// Puts a picture on the canvas. One that is as large as the images, or a whole number of times as large, is taken as it is.
    pub fn show_picture(&mut self, ink: &Ink) {
        let size = self.easel.canvas.size();
        self.fits = ink.size() != size;
        self.easel.canvas.show(ink);
        self.looked_at = None;
    }

    /// Everything.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session, actions: &mut Actions) {
        let Some(opened) = session.opened() else {
            empty_state(
                ui,
                "Here you draw a digit and see what the network makes of it.",
                "Wait for the images",
            );
            return;
        };
        self.keep_up(session, opened.image_size, opened.test_images);
        let room = ui.available_size();
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let width = ui.available_width();
            let height = room.y.max(LEAST);
            let top = ui.cursor().top();
            let is_wide = width >= TOOLS + 150.0;
            let side = if is_wide {
                (0.4 * height).min(width - TOOLS - 12.0).clamp(140.0, 420.0)
            } else {
                width.min(260.0)
            };
            if is_wide {
                ui.horizontal_top(|ui| {
                    self.canvas_ui(ui, side);
                    ui.add_space(4.0);
                    ui.vertical(|ui| self.tools_ui(ui, session, actions));
                });
            } else {
                self.canvas_ui(ui, side);
                self.tools_ui(ui, session, actions);
            }
            ui.add_space(6.0);
            self.shelf_ui(ui, session);
            let left = (height - (ui.cursor().top() - top)).max(216.0);
            self.judgement_ui(ui, session, left, actions);
        });
        if self.prepare() {
            // It is asked about before the next frame.
            ui.ctx().request_repaint();
        }
    }

    /// Takes over what has happened since the last frame.
    fn keep_up(&mut self, session: &Session, size: (usize, usize), test_images: usize) {
        if self.run != session.run() {
            self.run = session.run();
            self.judged = None;
            self.awaits = None;
            self.held_out = self.held_out.min(test_images.saturating_sub(1));
            if self.easel.canvas.size() != size {
                // Pictures of another size mean nothing to this network.
                self.easel = Easel::new(size);
                self.pinned.clear();
                self.looked_at = None;
            }
        }
        if let Some(image) = self.awaits.and_then(|index| session.probes().held_out(index)) {
            let (width, height) = size;
            if let Some(ink) = Ink::new(width, height, image.pixels.to_vec()) {
                self.show_picture(&ink);
            }
            self.awaits = None;
        }
        let judged = session.judged().map_or(&[][..], |judged| &judged.pictures);
        match &self.drawing {
            None => self.judged = None,
            Some(drawing) => {
                // While one draws, the judgement is of the drawing a moment ago.
                let is_drawing = |judged: &&JudgedPicture| {
                    judged.id == drawing.id
                        || judged.id < drawing.id && self.pinned.iter().all(|pinned| pinned.id != judged.id)
                };
                if let Some(judged) = judged.iter().find(is_drawing) {
                    self.judged = Some(judged.clone());
                }
            }
        }
    }

    /// Makes the drawing into what the network sees, if it is another one than last time. Whether it was.
    fn prepare(&mut self) -> bool {
        let from = (self.easel.canvas.version(), self.fits);
        if self.drawn_from == Some(from) {
            return false;
        }
        self.drawn_from = Some(from);
        let canvas = &self.easel.canvas;
        let ink = if canvas.is_blank() { None } else { canvas.ink() };
        let pixels = ink.map(|ink| {
            if self.fits {
                ink.fitted(canvas.size())
            } else {
                ink.reduced(canvas.size())
            }
        });
        let is_known = |pixels: &Vec<u8>| {
            let drawing = self.drawing.as_ref();
            drawing.is_some_and(|drawing| drawing.pixels[..] == pixels[..])
        };
        match pixels {
            Some(pixels) if is_known(&pixels) => {}
            Some(pixels) => {
                self.drawing = Some(ProbePicture {
                    id: self.next_id,
                    pixels: pixels.into(),
                });
                self.next_id += 1;
            }
            None => self.drawing = None,
        }
        true
    }

    /// The canvas.
    fn canvas_ui(&mut self, ui: &mut Ui, side: f32) {
        let (width, height) = self.easel.canvas.size();
        let longer = width.max(height).max(1) as f32;
        let wanted = vec2(width as f32, height as f32) / longer * side;
        let (place, _) = ui.allocate_exact_size(wanted, Sense::hover());
        self.easel.ui(ui, place.shrink(1.0));
    }

    /// The drawing and the pinned pictures side by side.
    fn shelf_ui(&mut self, ui: &mut Ui, session: &Session) {
        let judged = session.judged().map_or(&[][..], |judged| &judged.pictures);
        let mut places = vec![Place {
            picture: self.drawing.as_ref(),
            name: "Drawing".to_owned(),
            judged: self.judged.as_ref(),
            pinned: false,
        }];
        for (index, picture) in self.pinned.iter().enumerate() {
            places.push(Place {
                picture: Some(picture),
                name: format!("Pinned picture {}", index + 1),
                judged: judged.iter().find(|judged| judged.id == picture.id),
                pinned: true,
            });
        }
        let is_looked_at = |picture: &ProbePicture| Some(picture.id) == self.looked_at;
        let looked_at = self.pinned.iter().position(is_looked_at).map_or(0, |place| place + 1);
        let size = self.easel.canvas.size();
        match self.shelf.ui(ui, session, size, &places, looked_at) {
            Some(Touch::Look(0)) => self.looked_at = None,
            Some(Touch::Look(place)) => self.looked_at = self.pinned.get(place - 1).map(|picture| picture.id),
            Some(Touch::Unpin(place)) if (1..=self.pinned.len()).contains(&place) => {
                let gone = self.pinned.remove(place - 1);
                self.looked_at = self.looked_at.filter(|id| *id != gone.id);
            }
            Some(Touch::Unpin(_)) | None => {}
        }
    }

    /// The outputs of the picture that is looked at: before, now, and along the night.
    fn judgement_ui(&mut self, ui: &mut Ui, session: &Session, height: f32, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let pinned = self
            .pinned
            .iter()
            .position(|picture| Some(picture.id) == self.looked_at);
        let id = pinned
            .map(|place| self.pinned[place].id)
            .or(self.drawing.as_ref().map(|drawing| drawing.id));
        let judged = match pinned {
            None => self.judged.as_ref(),
            Some(_) => session
                .judged()
                .and_then(|judged| judged.pictures.iter().find(|judged| Some(judged.id) == id)),
        };
        ui.horizontal(|ui| {
            let name = pinned.map_or_else(|| "Drawing".to_owned(), |place| format!("Pinned picture {}", place + 1));
            ui.label(theme::strong(format!("Outputs: {name}"), size::BODY).color(tokens.text_strong));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let choices = [
                    (Scale::Relative, "Relative".to_owned()),
                    (Scale::Absolute, "Absolute".to_owned()),
                ];
                let help = |scale| {
                    match scale {
                        Scale::Relative => {
                            "As shares of the largest output of the same network: the class that is read is at 1"
                        }
                        Scale::Absolute => "As they are. A night often makes all outputs smaller",
                    }
                    .to_owned()
                };
                if let Some(scale) = segmented(ui, "Outputs:", &choices, self.scale, help) {
                    self.scale = scale;
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    ui.add_space((ui.available_width() - 150.0).max(0.0));
                    key(ui, tokens.accent, "now");
                    if judged.is_some_and(|judged| judged.before.is_some()) {
                        key(ui, tokens.before, "before sleep");
                    }
                });
            });
        });
        let width = ui.available_width();
        let rest = (height - 36.0).max(180.0);
        let (place, _) = ui.allocate_exact_size(vec2(width, rest), Sense::hover());
        let Some(id) = id else {
            let hint = "Draw on the canvas";
            ui.scope_builder(egui::UiBuilder::new().max_rect(place), |ui| {
                empty_state(
                    ui,
                    "Here each output says how much the picture is like its class, now and before sleep.",
                    hint,
                );
            });
            return;
        };
        let between = place.top() + 0.42 * place.height();
        let bars = Rect::from_min_max(place.min, egui::pos2(place.right(), between));
        if let Some(judged) = judged {
            bars_ui(ui, session, judged, self.scale, bars);
        }
        let strip = Rect::from_min_max(egui::pos2(place.left(), between + 6.0), place.max);
        self.night.ui(ui, session, (id, self.scale), strip, actions);
    }
}
