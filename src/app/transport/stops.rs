//! The menu of breakpoints: those that are set, and those that can be.

use egui::{Checkbox, ComboBox, DragValue, Popup, PopupCloseBehavior, RichText, Ui, vec2};

use crate::app::action::{Actions, UiAction};
use crate::app::breakpoints::{Breakpoint, stop_words};
use crate::app::panels::Seen;
use crate::app::theme::{self, CONTROL_HEIGHT, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, helped, in_room};
use crate::worker::Stop;

/// Width of the menu.
const WIDTH: f32 = 320.0;
/// Width of the names of what can be set.
const NAME: f32 = 132.0;

/// What is typed into the menu.
#[derive(Clone, Debug)]
pub(super) struct StopsView {
    /// Half of the night until something is typed.
    step: Option<u64>,
    /// In percent.
    accuracy: f64,
    layer: usize,
    silence: u64,
}

impl Default for StopsView {
    fn default() -> Self {
        Self {
            step: None,
            accuracy: 50.0,
            layer: 1,
            silence: 50,
        }
    }
}

impl StopsView {
    /// The button with the menu under it.
    pub(super) fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let heeded = seen.breakpoints.heeded().len();
        let name = match heeded {
            0 => "Breakpoints".to_owned(),
            count => format!("Breakpoints: {count}"),
        };
        let button = ToolButton::new(Icon::Stop, &name).icon_only();
        let button = button.emphasis(if heeded == 0 {
            Emphasis::Plain
        } else {
            Emphasis::Selected
        });
        let open = seen.session.opened().is_some();
        let response = ui.add_enabled(open, button);
        let response = helped(
            response,
            format!("{name}: what the night waits at, however it is being played"),
        );
        let popup = Popup::from_toggle_button_response(&response);
        let popup = popup.close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        popup.show(|ui| {
            ui.set_width(WIDTH);
            list_ui(ui, seen, actions);
            self.add_ui(ui, seen, actions);
        });
    }

    /// What can be set.
    fn add_ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        let layers = session.layers();
        let total = session.total_steps().max(1);
        let step = self.step.get_or_insert(total / 2);
        *step = (*step).clamp(1, total);
        if entry_ui(ui, "Step", true, |ui, label| {
            let drag = DragValue::new(step).range(1..=total).speed(total as f64 / 400.0);
            ui.add_sized(vec2(84.0, CONTROL_HEIGHT - 2.0), drag).labelled_by(label);
        }) {
            actions.push(UiAction::AddBreakpoint(Stop::Step(*step)));
        }
        let units = seen.selection.neurons().iter();
        let units: Vec<_> = units.map(|neuron| (neuron.layer, neuron.unit)).collect();
        let words = match units.len() {
            0 => "none is selected".to_owned(),
            1 => stop_words(&Stop::Spike(units.clone()), session).replace("a spike of ", ""),
            count => format!("any of {count}"),
        };
        if entry_ui(ui, "Spike of the selection", !units.is_empty(), |ui, _| {
            let text = RichText::new(words).size(size::SMALL).color(Tokens::of(ui).text_weak);
            ui.add(egui::Label::new(text).truncate());
        }) {
            actions.push(UiAction::AddBreakpoint(Stop::Spike(units)));
        }
        if entry_ui(ui, "Weight change", true, |_, _| {}) {
            actions.push(UiAction::AddBreakpoint(Stop::WeightChange));
        }
        let accuracy = &mut self.accuracy;
        if entry_ui(ui, "Accuracy below", session.has_held_out(), |ui, label| {
            let drag = DragValue::new(accuracy).range(0.0..=100.0).speed(0.5).suffix(" %");
            let help =
                "While this is set the network is tested after every step that changed a weight: the night goes slower";
            ui.add_sized(vec2(84.0, CONTROL_HEIGHT - 2.0), drag)
                .labelled_by(label)
                .on_hover_text(help);
        }) {
            actions.push(UiAction::AddBreakpoint(Stop::AccuracyBelow(0.01 * *accuracy)));
        }
        self.layer = self.layer.min(layers.count().saturating_sub(1));
        let (layer, silence) = (&mut self.layer, &mut self.silence);
        if entry_ui(ui, "Silence for", true, |ui, label| {
            let drag = DragValue::new(silence).range(1..=1_000_000).suffix(" steps");
            ui.add_sized(vec2(84.0, CONTROL_HEIGHT - 2.0), drag).labelled_by(label);
        }) {
            let (layer, steps) = (*layer, *silence);
            actions.push(UiAction::AddBreakpoint(Stop::Silent { layer, steps }));
        }
        ui.horizontal(|ui| {
            let label = name_ui(ui, "of the layer");
            let combo = ComboBox::from_id_salt("silent layer").width(84.0);
            let combo = combo.selected_text(layers.name(*layer)).show_ui(ui, |ui| {
                for other in 0..layers.count() {
                    ui.selectable_value(layer, other, layers.name(other));
                }
            });
            combo.response.labelled_by(label.id);
        });
    }
}

/// The breakpoints that are set: on or off, and away.
fn list_ui(ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    ui.label(theme::strong("The night waits at", size::BODY).color(tokens.text_strong));
    if seen.breakpoints.list().is_empty() {
        let text = "nothing yet: add what it should wait at";
        ui.label(RichText::new(text).size(size::SMALL).color(tokens.text_weak));
    }
    for (index, Breakpoint { stop, on }) in seen.breakpoints.list().iter().enumerate() {
        let words = stop_words(stop, seen.session);
        ui.horizontal(|ui| {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let name = format!("Remove {words}");
                let button = ToolButton::new(Icon::Close, &name).icon_only();
                if ui.add(button.emphasis(Emphasis::Quiet)).on_hover_text(&name).clicked() {
                    actions.push(UiAction::RemoveBreakpoint(index));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let mut on = *on;
                    let check = ui.add(Checkbox::new(&mut on, words.as_str()));
                    if check.on_hover_text("Whether it is heeded").changed() {
                        actions.push(UiAction::ToggleBreakpoint(index));
                    }
                });
            });
        });
    }
    ui.separator();
}

/// Something that can be set: its name, its number, and the button that sets it. Whether that was pressed.
fn entry_ui(ui: &mut Ui, name: &str, can: bool, contents: impl FnOnce(&mut Ui, egui::Id)) -> bool {
    let mut pressed = false;
    ui.horizontal(|ui| {
        // As high as its button, so that the name stands in the middle.
        ui.set_min_height(CONTROL_HEIGHT + 4.0);
        let label = name_ui(ui, name);
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let title = format!("Add {}", name.to_lowercase());
            let add = ui.add_enabled(can, ToolButton::new(Icon::Add, &title).icon_only());
            pressed = helped(add, title.as_str()).clicked();
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                contents(ui, label.id);
            });
        });
    });
    pressed
}

/// The name of something that can be set, as wide as every other.
fn name_ui(ui: &mut Ui, name: &str) -> egui::Response {
    in_room(ui, vec2(NAME, CONTROL_HEIGHT), |ui| {
        ui.label(RichText::new(name).color(Tokens::of(ui).text))
    })
}
