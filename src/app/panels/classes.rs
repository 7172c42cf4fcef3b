//! Accuracy of each class, before sleep and now.

mod difference;

use egui::{Align2, FontId, Rect, Sense, Stroke, Ui, pos2};

use super::exactness::{now_word, sample_figure};
use crate::app::session::Session;
use crate::app::text::{grouped, percent, points, signed};
use crate::app::theme::{Tokens, faded, size};
use crate::app::widgets::{axis_text, empty_state, figure, key, segmented, tooltip_rows};
use crate::sim::evaluate::Evaluation;

/// The pane of the classes.
#[derive(Default)]
pub struct ClassesView {
    /// Whether the bars are the differences.
    difference: bool,
}

impl ClassesView {
    /// What the bars are, and how many classes are read at all.
    pub fn header_ui(&mut self, ui: &mut Ui, session: &Session) {
        if session.now().is_some() {
            let choices = [(false, "Both".to_owned()), (true, "Difference".to_owned())];
            let help = |difference| {
                if difference {
                    "One bar for each class: now minus before sleep, in percentage points"
                } else {
                    "Two bars for each class: before sleep and now"
                }
                .to_owned()
            };
            if let Some(difference) = segmented(ui, "Bars:", &choices, self.difference, help) {
                self.difference = difference;
            }
            ui.add_space(8.0);
        }
        if let Some(sample) = session.sample() {
            sample_figure(ui, &sample);
            ui.add_space(8.0);
        }
        if let Some(balanced) = session.balanced_words() {
            figure(ui, "balanced", balanced);
            ui.add_space(8.0);
        }
        read_ui(ui, session);
    }

    /// The bars.
    pub fn ui(&mut self, ui: &mut Ui, session: &Session) {
        if self.difference && session.now().is_some() {
            difference::ui(ui, session);
        } else {
            bars_ui(ui, session);
        }
    }
}

/// How many classes are read at all.
fn read_ui(ui: &mut Ui, session: &Session) {
    let read = |shares: Vec<Option<f64>>| shares.into_iter().flatten().filter(|&share| share >= 0.1).count();
    let Some(before) = session.before() else { return };
    let classes = before.classes;
    let count = session.now().map_or_else(
        || read(before.class_accuracy()).to_string(),
        |(_, now)| format!("{} → {}", read(before.class_accuracy()), read(now.class_accuracy())),
    );
    figure(ui, "classes above 10 %", format!("{count} of {classes}"));
}

/// A pair of bars for each class.
fn bars_ui(ui: &mut Ui, session: &Session) {
    let Some(before) = session.before() else {
        empty_state(
            ui,
            "A pair of bars for each class: how much of it is read correctly, before sleep and now.",
            "Press Play",
        );
        return;
    };
    let tokens = Tokens::of(ui);
    let now = now_word(session);
    let sample = if session.sample().is_some() { ", sample" } else { "" };
    keys_ui(ui, &session.before_name(), &format!("{now}{sample}"));
    let tests = Tests::of(session, before);
    let before = before.class_accuracy();
    let now = session.now().map(|(_, evaluation)| evaluation.class_accuracy());
    let area = ui.available_rect_before_wrap();
    let plot = Rect::from_min_max(area.min + egui::vec2(36.0, 16.0), area.max - egui::vec2(4.0, 18.0));
    if plot.height() < 8.0 || before.is_empty() {
        return;
    }
    let y_of = |share: f64| plot.bottom() - share as f32 * plot.height();
    for tick in [0.0, 0.5, 1.0] {
        let y = y_of(tick);
        ui.painter()
            .hline(plot.x_range(), y, Stroke::new(1.0, faded(tokens.grid, 0.5)));
        axis_text(
            ui,
            pos2(plot.left() - 6.0, y),
            Align2::RIGHT_CENTER,
            format!("{:.0} %", 100.0 * tick),
        );
    }
    let slot = plot.width() / before.len() as f32;
    let bar = (0.34 * slot).min(22.0);
    for (class, &was) in before.iter().enumerate() {
        let middle = plot.left() + (class as f32 + 0.5) * slot;
        let is = now.as_ref().map(|now| now.get(class).copied().flatten());
        let paint = |left: f32, share: f64, color| {
            // A class of which nothing is read keeps a sliver, so that it is not taken for a class without images.
            let top = y_of(share).min(plot.bottom() - 1.5);
            let rect = Rect::from_min_max(pos2(left, top), pos2(left + bar, plot.bottom()));
            ui.painter().rect_filled(
                rect,
                egui::CornerRadius {
                    nw: 2,
                    ne: 2,
                    sw: 0,
                    se: 0,
                },
                color,
            );
        };
        match is {
            None => {
                if let Some(was) = was {
                    paint(middle - 0.5 * bar, was, tokens.before);
                }
            }
            Some(is) => {
                if let Some(was) = was {
                    paint(middle - bar - 0.5, was, tokens.before);
                }
                if let Some(is) = is {
                    paint(middle + 0.5, is, tokens.accent);
                }
                if let (Some(was), Some(is)) = (was, is) {
                    change_ui(ui, pos2(middle, y_of(was.max(is)) - 1.0), slot, is - was);
                }
            }
        }
        let name = session.class_name(class);
        name_ui(ui, pos2(middle, plot.bottom() + 3.0), slot, &name);
        let place = Rect::from_x_y_ranges(middle - 0.5 * slot..=middle + 0.5 * slot, area.top()..=area.bottom());
        let response = ui.interact(place, ui.scope_id().with(("class", class)), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, tests.words(&name, class)));
        response.on_hover_ui_at_pointer(|ui| tests.numbers_ui(ui, &name, class));
    }
    ui.allocate_rect(area, Sense::hover());
}

/// The name of a class under its bars, as much of it as there is room for.
pub fn name_ui(ui: &Ui, top: egui::Pos2, slot: f32, name: &str) {
    let font = FontId::proportional(size::SMALL);
    let ink = Tokens::of(ui).text_weak;
    let width = ui.painter().layout_no_wrap(name.to_owned(), font, ink).size().x;
    let shown = if width <= slot - 2.0 {
        name.to_owned()
    } else {
        name.chars().take((slot / 7.0) as usize).collect()
    };
    axis_text(ui, top, Align2::CENTER_TOP, shown);
}

/// The tests that the bars come from, and of how many images they may be a sample.
#[derive(Clone, Copy)]
struct Tests<'a> {
    before: &'a Evaluation,
    now: Option<&'a Evaluation>,
    /// Images of the whole held-out set.
    of: u32,
}

impl<'a> Tests<'a> {
    /// Those that are shown.
    fn of(session: &'a Session, before: &'a Evaluation) -> Self {
        let of = session.opened().map_or(0, |opened| opened.test_available);
        Self {
            before,
            now: session.now().map(|(_, now)| now),
            of: u32::try_from(of).unwrap_or(u32::MAX),
        }
    }

    /// The share of a class that is read correctly: 0 to 1, none for a class without images.
    fn share(test: &Evaluation, class: usize) -> Option<f64> {
        test.class_accuracy().get(class).copied().flatten()
    }

    /// That share in words; where a sample was tested, how far off it may be.
    fn share_words(&self, test: &Evaluation, class: usize) -> String {
        let Some(share) = Self::share(test, class) else {
            return "no images".to_owned();
        };
        match test.class_sampling_error(class, self.of) {
            error if error > 0.0 => format!("{} ± {} %", percent(share), percent(error)),
            _ => format!("{} %", percent(share)),
        }
    }

    /// What the pointer tells of a class, line by line: its shares before sleep and, once there is such a test, now.
    fn rows(&self, class: usize) -> Vec<(&'static str, String)> {
        let mut rows = vec![("before sleep", self.share_words(self.before, class))];
        if let Some(now) = self.now {
            rows.push(("now", self.share_words(now, class)));
            if let Some((was, is)) = Self::share(self.before, class).zip(Self::share(now, class)) {
                let points = points(is - was);
                rows.push(("change", format!("{} points", signed(points))));
            }
        }
        let test = self.now.unwrap_or(self.before);
        let images = test.class_images(class);
        rows.push(("held-out images", grouped(images.into())));
        if test.class_sampling_error(class, self.of) > 0.0 {
            rows.push(("±", "95 % interval of this sample".to_owned()));
        }
        rows
    }

    /// The same in one line.
    fn words(&self, name: &str, class: usize) -> String {
        let rows = self.rows(class);
        let rows: Vec<_> = rows.iter().map(|(what, value)| format!("{what} {value}")).collect();
        format!("Class {name}: {}", rows.join(", "))
    }

    /// The same under the pointer.
    fn numbers_ui(&self, ui: &mut Ui, name: &str, class: usize) {
        tooltip_rows(ui, &format!("Class {name}"), &self.rows(class));
    }
}

/// What became of a class in whole percentage points, above its bars.
pub fn change_ui(ui: &Ui, at: egui::Pos2, slot: f32, change: f64) {
    let tokens = Tokens::of(ui);
    let points = (100.0 * change).round();
    let color = match points {
        points if points > 0.0 => tokens.better,
        points if points < 0.0 => tokens.worse,
        _ => tokens.text_weak,
    };
    let font = FontId::proportional(size::SMALL);
    let galley = ui.painter().layout_no_wrap(signed(points), font, color);
    // A number that does not fit says nothing; the pointer tells it.
    if galley.size().x <= slot - 2.0 {
        let at = at - egui::vec2(0.5 * galley.size().x, galley.size().y);
        ui.painter().galley(at, galley, color);
    }
}

/// What the bars and numbers are.
fn keys_ui(ui: &mut Ui, before: &str, now: &str) {
    let tokens = Tokens::of(ui);
    ui.horizontal(|ui| {
        key(ui, tokens.accent, now);
        key(ui, tokens.before, before);
        ui.label(
            egui::RichText::new("± percentage points")
                .size(size::SMALL)
                .color(tokens.text_weak),
        );
    });
}
