//! Changes of the night's parameters under way: which hold when, and their marks on an axis of time.

use egui::{Color32, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::session::Session;
use super::settings::{Difference, differences};
use super::text::grouped;
use super::theme::{Tokens, faded};
use super::widgets::tooltip_rows;
use crate::experiment::Recipe;
use crate::sim::night::NightParams;

/// Half the width of a mark's flag, and its height.
const FLAG: (f32, f32) = (5.0, 8.0);

/// The steps from which changed parameters hold, rising; what the night began with is no change.
pub fn change_steps(session: &Session) -> impl Iterator<Item = u64> + '_ {
    let steps = session.night_changes().iter().map(|change| change.step);
    steps.filter(|&step| step > 0)
}

/// In what the parameters of two nights differ, in words.
pub fn night_differences(session: &Session, from: &NightParams, to: &NightParams) -> Vec<Difference> {
    let Some(opened) = session.opened() else {
        return Vec::new();
    };
    let with = |night: &NightParams| Recipe {
        night: night.clone(),
        ..opened.recipe.clone()
    };
    differences(&with(from), &with(to))
}

/// What changed from a step on, in words.
pub fn changed_at(session: &Session, step: u64) -> Vec<Difference> {
    let before = step.checked_sub(1).and_then(|before| session.params_at(before));
    let Some((before, after)) = before.zip(session.params_at(step)) else {
        return Vec::new();
    };
    night_differences(session, before, after)
}

/// The lines of a table that says what changed from a step on.
pub fn change_rows(session: &Session, step: u64) -> Vec<(String, String)> {
    let changed = changed_at(session, step).into_iter();
    changed
        .map(|change| (change.label, format!("{} → {}", change.from, change.to)))
        .collect()
}

/// Marks each change on an axis of time: a line through the plot and a flag at its top, which says what changed. `x_of` is the
/// place of a step.
pub fn marks_ui(
    ui: &Ui,
    session: &Session,
    plot: Rect,
    salt: impl std::hash::Hash + std::fmt::Debug,
    x_of: impl Fn(u64) -> f32,
) {
    let color = Tokens::of(ui).pending;
    let id = ui.scope_id().with(("changes", salt));
    for step in change_steps(session) {
        let x = x_of(step);
        if !plot.x_range().contains(x) {
            continue;
        }
        paint_mark(ui, plot, x, color);
        let place = Rect::from_min_size(
            pos2(x - FLAG.0 - 2.0, plot.top()),
            vec2(2.0 * FLAG.0 + 4.0, FLAG.1 + 4.0),
        );
        let response = ui.interact(place, id.with(step), Sense::hover());
        let rows = change_rows(session, step);
        response.widget_info(|| {
            let words: Vec<_> = rows.iter().map(|(label, change)| format!("{label} {change}")).collect();
            let text = format!("Changed from step {} on: {}", grouped(step + 1), words.join(", "));
            WidgetInfo::labeled(Role::Image, true, text)
        });
        response.on_hover_ui(|ui| {
            let rows: Vec<_> = rows
                .iter()
                .map(|(label, change)| (label.as_str(), change.clone()))
                .collect();
            tooltip_rows(ui, &format!("Changed from step {} on", grouped(step + 1)), &rows);
        });
    }
}

/// A line with a flag.
pub fn paint_mark(ui: &Ui, plot: Rect, x: f32, color: Color32) {
    let painter = ui.painter().with_clip_rect(plot);
    painter.vline(x, plot.y_range(), Stroke::new(1.0, faded(color, 0.7)));
    let flag: Vec<Pos2> = [(-FLAG.0, 0.0), (FLAG.0, 0.0), (0.0, FLAG.1)]
        .map(|(dx, dy)| pos2(x + dx, plot.top() + dy))
        .to_vec();
    painter.add(Shape::convex_polygon(flag, color, Stroke::NONE));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::experiment::presets;
    use crate::worker::{Event, NightChange, NightStart, Opened, Phase};

    /// Catches parameters of another stretch of the night, a change told with the wrong values, and a beginning taken for a
    /// change.
    #[test]
    fn each_stretch_has_its_parameters() {
        let recipe = presets().remove(0).recipe;
        let night = recipe.night.clone();
        let mut session = Session::default();
        session.absorb(Event::Opened(Arc::new(Opened {
            recipe,
            data_title: String::new(),
            data_origin: String::new(),
            class_names: Vec::new(),
            image_size: (28, 28),
            train_images: 1,
            train_available: 1,
            class_images: Vec::new(),
            class_available: Vec::new(),
            test_images: 1,
            test_available: 1,
            sizes: vec![784, 4, 4, 2],
            total_batches: 1,
            mean_image: Vec::new(),
        })));
        session.absorb(Event::Entered(Phase::Asleep));
        assert!(session.params_at(0).is_none());
        session.absorb(Event::FellAsleep(Arc::new(NightStart {
            params: night.clone(),
            weights: Arc::new(Vec::new()),
            alpha: Vec::new(),
            class_means: Vec::new(),
        })));
        let change = |step: u64, decay: f64| {
            let params = NightParams { decay, ..night.clone() };
            let alpha = Vec::new();
            Event::NightChanged(Arc::new(NightChange { step, params, alpha }))
        };
        session.absorb(change(0, 0.5));
        session.absorb(change(30, 0.25));
        let decay = |step| session.params_at(step).map(|params| params.decay);
        assert_eq!((decay(0), decay(29), decay(30)), (Some(0.5), Some(0.5), Some(0.25)));
        assert_eq!(change_steps(&session).collect::<Vec<_>>(), [30]);
        assert_eq!(
            change_rows(&session, 30),
            [("Decay".to_owned(), "0.5 → 0.25".to_owned())]
        );
    }
}
