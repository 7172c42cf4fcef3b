//! What varies along an axis of the map, and from where to where.

use egui::{ComboBox, DragValue, RichText, Ui, vec2};

use super::value_words;
use crate::app::theme::{CONTROL_HEIGHT, Tokens};
use crate::app::widgets::{Emphasis, ToolButton, in_room};
use crate::experiment::{Knob, Recipe, Spacing};

/// Width of the name of an axis.
const NAME: f32 = 58.0;
/// Width of an end.
const END: f32 = 62.0;

/// The choice for an axis.
pub struct AxisChoice {
    /// What varies.
    pub knob: Knob,
    /// From where to where; around the settings as long as nobody said otherwise.
    ends: Option<(f64, f64)>,
}

impl AxisChoice {
    /// An axis around the settings.
    pub fn new(knob: Knob) -> Self {
        Self { knob, ends: None }
    }

    /// From where to where.
    fn span(&self, base: &Recipe) -> (f64, f64) {
        self.ends.unwrap_or_else(|| self.knob.usual(base))
    }

    /// The values along it, which stay even if the settings become others.
    pub fn keep(&mut self, base: &Recipe, count: usize) -> Vec<f64> {
        let span = self.span(base);
        self.ends = Some(span);
        self.knob.values(span.0, span.1, count, self.knob.value(base, base))
    }

    /// How many values there are along it.
    pub fn count(&self, base: &Recipe, count: usize) -> usize {
        let (from, to) = self.span(base);
        self.knob.values(from, to, count, None).len()
    }

    /// The line of the axis; `other` is what varies along the other one.
    pub fn ui(&mut self, ui: &mut Ui, name: &str, base: &Recipe, other: Knob) {
        let knobs = Knob::all(base);
        if !knobs.contains(&self.knob) {
            // Another network has other layers.
            let free = knobs.iter().find(|knob| !knob.excludes(other));
            *self = Self::new(free.copied().unwrap_or(Knob::Thresholds));
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let tokens = Tokens::of(ui);
            let label = in_room(ui, vec2(NAME, CONTROL_HEIGHT), |ui| {
                ui.label(RichText::new(name).color(tokens.text))
            });
            let combo = ComboBox::from_id_salt(("axis of the map", name))
                .width(118.0)
                .selected_text(self.knob.title());
            let shown = combo.show_ui(ui, |ui| {
                for knob in knobs.into_iter().filter(|knob| !knob.excludes(other)) {
                    let entry = ui.selectable_label(knob == self.knob, knob.title());
                    if entry.on_hover_text(knob.help()).clicked() && knob != self.knob {
                        *self = Self::new(knob);
                    }
                }
            });
            shown.response.labelled_by(label.id).on_hover_text(self.knob.help());
            let (mut from, mut to) = self.span(base);
            let first = self.end_ui(ui, &format!("{name} from"), &mut from, base);
            ui.label(RichText::new("to").color(tokens.text_weak));
            let second = self.end_ui(ui, &format!("{name} to"), &mut to, base);
            if first || second {
                self.ends = Some((from, to));
            }
            let unit = match self.knob {
                Knob::Thresholds => "× the run's",
                Knob::Number(..) => self.knob.unit(),
            };
            if !unit.is_empty() {
                ui.label(RichText::new(unit).color(tokens.text_weak));
            }
            if self.ends.is_some_and(|ends| ends != self.knob.usual(base)) {
                let called = format!("{name} around the settings");
                let button = ToolButton::text("Around the settings")
                    .called(&called)
                    .emphasis(Emphasis::Quiet);
                if ui
                    .add(button)
                    .on_hover_text("From and to around the value of the settings")
                    .clicked()
                {
                    self.ends = None;
                }
            }
        });
    }

    /// One end. Whether it was changed.
    fn end_ui(&self, ui: &mut Ui, name: &str, value: &mut f64, base: &Recipe) -> bool {
        let knob = self.knob;
        let (from, to) = self.span(base);
        let speed = match knob.spacing() {
            Spacing::Steps => (0.01 * (to - from)).abs().max(0.001),
            Spacing::Factors => (0.01 * *value).max(1e-6),
            Spacing::TimeConstant => (0.03 * (1.0 - *value)).max(1e-6),
        };
        let drag = DragValue::new(value)
            .range(knob.range())
            .speed(speed)
            .custom_formatter(move |value, _| value_words(knob, value))
            .max_decimals(9);
        let response = ui.add_sized([END, CONTROL_HEIGHT - 2.0], drag);
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SpinButton, true, name));
        if response.changed() {
            *value = knob.rounded(*value);
        }
        response.changed()
    }
}
