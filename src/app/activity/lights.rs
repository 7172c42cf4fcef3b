//! A light a layer, small enough for the top bar.

use egui::{CursorIcon, Painter, Pos2, Rect, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{Activity, Band, Light, RECENT};
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{counted, number, percent};
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};

/// Radius of a light.
const RADIUS: f32 = 4.0;
/// From one light to the next.
const APART: f32 = 14.0;

/// Paints a light. Form and colour say the same, for eyes that cannot tell the colours apart: a ring, a disc, a triangle.
pub fn paint(painter: &Painter, tokens: &Tokens, at: Pos2, light: Light) {
    match light {
        Light::Unsure => {
            painter.circle_stroke(at, RADIUS - 2.0, Stroke::new(1.2, tokens.text_weak));
        }
        Light::Silent => {
            painter.circle_stroke(at, RADIUS - 0.5, Stroke::new(2.0, tokens.pending));
        }
        Light::Healthy => {
            painter.circle_filled(at, RADIUS, tokens.better);
        }
        Light::Runaway => {
            let corner = |x: f32, y: f32| at + RADIUS * vec2(x, y);
            let points = vec![corner(0.0, -1.25), corner(1.25, 0.95), corner(-1.25, 0.95)];
            painter.add(Shape::convex_polygon(points, tokens.error, Stroke::NONE));
        }
    }
}

/// A light for each layer of neurons and a word for all of them, where there is room: every light is a button that shows its
/// layer, and tells under the pointer what it stands for. Nothing outside the night.
pub fn lights_ui(ui: &mut Ui, session: &Session, activity: &Activity, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    let lights: Vec<(usize, Light)> = activity
        .layers()
        .enumerate()
        .filter_map(|(layer, summary)| Some((layer, summary.light?)))
        .collect();
    let Some(worst) = Light::worst(&lights) else { return };
    let font = egui::FontId::proportional(size::SMALL);
    let text = match worst {
        (_, Light::Healthy) => "layers ok".to_owned(),
        (Some(layer), light) => format!("{} {}", session.layers().name(layer), light.word()),
        (None, light) => format!("layers {}", light.word()),
    };
    let word = ui.painter().layout_no_wrap(text, font, tokens.text);
    let dots = APART * lights.len() as f32;
    let room = ui.available_width();
    if room < dots {
        return;
    }
    let with_word = room >= dots + 4.0 + word.size().x;
    let width = if with_word { dots + 4.0 + word.size().x } else { dots };
    let (rect, response) = ui.allocate_exact_size(vec2(width, CONTROL_HEIGHT), Sense::hover());
    if with_word {
        let at = pos2(rect.left() + dots + 4.0, rect.center().y - 0.5 * word.size().y);
        ui.painter().galley(at, word, tokens.text);
    }
    response.widget_info(|| {
        let word = |(layer, light): &(usize, Light)| format!("{} {}", session.layers().name(*layer), light.word());
        let words: Vec<String> = lights.iter().map(word).collect();
        WidgetInfo::labeled(Role::Label, true, format!("Layers: {}", words.join(", ")))
    });
    response.on_hover_ui(|ui| help_ui(ui, session, activity));
    for (place, &(layer, light)) in lights.iter().enumerate() {
        let left = rect.left() + APART * place as f32;
        let button = Rect::from_min_size(pos2(left, rect.top()), vec2(APART, CONTROL_HEIGHT));
        let response = ui.interact(button, ui.scope_id().with(("light", layer)), Sense::click());
        let is_lit = response.hovered() || response.has_focus();
        if is_lit {
            ui.painter().rect_filled(button, 4.0, tokens.raised_hover);
        }
        paint(ui.painter(), tokens, button.center(), light);
        response.widget_info(|| {
            let name = session.layers().name(layer);
            WidgetInfo::labeled(
                Role::Button,
                true,
                format!("Light of {name}, {}: show its spikes", light.word()),
            )
        });
        if response.clicked() {
            actions.push(UiAction::ShowLayer(layer));
        }
        response
            .on_hover_cursor(CursorIcon::PointingHand)
            .on_hover_ui(|ui| help_ui(ui, session, activity));
    }
}

/// What each layer does, what the lights mean, and where their bounds come from.
pub fn help_ui(ui: &mut Ui, session: &Session, activity: &Activity) {
    let tokens = Tokens::of(ui);
    ui.set_max_width(380.0);
    let steps = counted(activity.recent_steps(), "step");
    let title = format!("Share of units that spike in a step, last {steps}");
    ui.label(theme::strong(title, size::BODY).color(tokens.text_strong));
    ui.spacing_mut().interact_size.y = 0.0;
    egui::Grid::new("lights")
        .num_columns(4)
        .spacing([10.0, 2.0])
        .show(ui, |ui| {
            let count = activity.layers().len();
            for (layer, summary) in activity.layers().enumerate() {
                let (mark, _) = ui.allocate_exact_size(vec2(12.0, 14.0), Sense::hover());
                if let Some(light) = summary.light {
                    paint(ui.painter(), tokens, mark.center(), light);
                }
                ui.label(RichText::new(session.layers().name(layer)).color(tokens.text_weak));
                let share = number(100.0 * summary.recent_share);
                ui.label(format!("{share} %, {} Hz", number(summary.recent_rate())));
                let verdict = summary.light.map_or("driven by noise", Light::word);
                let band =
                    Band::of(layer, count).map_or_else(String::new, |band| format!(" · healthy {}", band.words()));
                ui.label(format!("{verdict}{band}"));
                ui.end_row();
            }
        });
    let text = format!(
        "Healthy is what is known to work: hidden neurons spiked in {} of the steps of the published nights, outputs in {}. Below, a layer is silent and learns nothing: lower its threshold. Above, it runs away: raise it. Click a light to see the spikes of its layer alone. A verdict needs enough steps: at the bound, three spikes must be expected. Lights look back {} at most.",
        Band::HIDDEN.words(),
        Band::OUTPUT.words(),
        counted(RECENT, "step"),
    );
    ui.label(RichText::new(text).size(size::SMALL).color(tokens.text_weak));
    let ever = activity.layers().skip(1).map(|summary| percent(summary.active_share()));
    let ever: Vec<String> = ever.map(|share| format!("{share} %")).collect();
    let text = format!("Units that ever spiked, layer by layer: {}.", ever.join(", "));
    ui.label(RichText::new(text).size(size::SMALL).color(tokens.text_weak));
}
