//! The inspector: one unit in the step that is shown, its equation with the live numbers, and what its spike did.

mod effect;
mod equation;
mod history;
mod inputs;
mod scene;
pub(super) mod table;
pub(super) mod term;

use egui::{Label, RichText, ScrollArea, Ui, vec2};

use self::history::History;
use self::scene::{Scene, Source};
use super::Seen;
use super::potentials::SELECT;
use crate::app::action::{Actions, UiAction};
use crate::app::selection::{Neuron, Synapse};
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{self, GRID, Tokens, size};
use crate::app::widgets::{ToolButton, empty_state, segmented};
use crate::sim::night::Anatomy;
use crate::worker::Stop;

/// From this width on, the equation and the effect stand side by side.
const WIDE: f32 = 720.0;

/// What is shown where there is room for one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tab {
    /// How the step came about.
    #[default]
    Equation,
    /// What the spike did.
    Effect,
}

/// The pane of the inspector.
#[derive(Default)]
pub struct InspectorView {
    tab: Tab,
    is_wide: bool,
    /// The input whose synapse is looked at, and the run and neuron it belongs to.
    picked: Option<(u64, Neuron, u32)>,
    /// What the pointer was on in the last picture.
    lit: Option<Source>,
    history: History,
}

impl InspectorView {
    /// Equation or effect, where there is no room for both.
    pub fn header_ui(&mut self, ui: &mut Ui, seen: Seen<'_>) {
        if self.is_wide || seen.selection.neurons().is_empty() || seen.session.steps() == 0 {
            return;
        }
        let choices = [
            (Tab::Equation, "Equation".to_owned()),
            (Tab::Effect, "What it did".to_owned()),
        ];
        let help = |tab| match tab {
            Tab::Equation => "What reached the unit in this step, and what it made of it",
            Tab::Effect => "Whom its spike fed, who spiked because of it, and which synapses it changed",
        };
        if let Some(tab) = segmented(ui, "Inspect", &choices, self.tab, |tab| help(tab).to_owned()) {
            self.tab = tab;
        }
    }

    /// The inspector.
    pub fn ui(&mut self, ui: &mut Ui, seen: Seen<'_>, actions: &mut Actions) {
        let session = seen.session;
        let what = "Here the equation of the step stands with the numbers of one neuron, and what its spike did.";
        if session.night().is_none() {
            return empty_state(ui, what, "Press Play");
        }
        let Some(&neuron) = seen.selection.neurons().last() else {
            return empty_state(ui, what, SELECT);
        };
        if session.steps() == 0 {
            let what = "The night stands before its first step: there is none to look into yet.";
            return empty_state(ui, what, "Press Step");
        }
        self.history.update(session, neuron);
        let anatomy = session
            .anatomy()
            .filter(|anatomy| anatomy.unit == (neuron.layer, neuron.unit));
        self.head_ui(ui, seen, neuron, anatomy, actions);
        let Some(anatomy) = anatomy else { return };
        ui.add_space(2.0);
        let picked = self.picked.filter(|&(run, of, _)| (run, of) == (session.run(), neuron));
        let mut scene = Scene {
            session,
            anatomy,
            neuron,
            picked: picked.map(|(_, _, input)| input),
            lit: self.lit,
            hovered: None,
        };
        self.is_wide = ui.available_width() >= WIDE;
        if self.is_wide {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            ui.columns(2, |columns| {
                equation_ui(&mut columns[0], &mut scene, actions);
                effect_ui(&mut columns[1], &mut scene, actions);
            });
        } else if self.tab == Tab::Equation {
            equation_ui(ui, &mut scene, actions);
        } else {
            effect_ui(ui, &mut scene, actions);
        }
        if let Some(input) = scene
            .picked
            .filter(|_| scene.picked != picked.map(|(_, _, input)| input))
        {
            actions.push(UiAction::PickSynapse(Synapse { neuron, input }));
        }
        self.picked = scene.picked.map(|input| (session.run(), neuron, input));
        let lit = scene.lit_units();
        if self.lit != scene.hovered {
            self.lit = scene.hovered;
            ui.ctx().request_repaint();
        }
        if !lit.is_empty() {
            actions.push(UiAction::Light(lit));
        }
    }

    /// Who, when, whether it spikes, and the way to its other spikes.
    fn head_ui(&self, ui: &mut Ui, seen: Seen<'_>, neuron: Neuron, anatomy: Option<&Anatomy>, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let session = seen.session;
        let here = session.steps().saturating_sub(1);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let layout = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(layout, |ui| {
                self.next_ui(ui, session, neuron, here, actions);
                let before = self.history.before(here);
                let help = before.map_or_else(
                    || "It has not spiked before".to_owned(),
                    |step| format!("Its last spike before this step: step {}", grouped(step + 1)),
                );
                let button = ui.add_enabled(before.is_some(), ToolButton::text("Spike before"));
                if button.on_hover_text(&help).on_disabled_hover_text(&help).clicked() {
                    actions.extend(before.map(|step| UiAction::Seek(step + 1)));
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let (swatch, _) = ui.allocate_exact_size(vec2(4.0, 14.0), egui::Sense::hover());
                    if let Some(place) = seen.selection.place(neuron) {
                        ui.painter().rect_filled(swatch, 2.0, tokens.selected(place));
                    }
                    let name = super::neuron_name(session, neuron);
                    ui.add(Label::new(theme::strong(name, size::TITLE).color(tokens.text_strong)).truncate());
                    let text = match anatomy {
                        Some(anatomy) => format!("in step {}", grouped(anatomy.step + 1)),
                        None => format!("making step {} again …", grouped(here + 1)),
                    };
                    let text = RichText::new(text).color(tokens.text_weak);
                    ui.add(Label::new(text).truncate()).on_hover_text(
                        "The last step that was slept at the moment shown. Step 1 is the first of the night.",
                    );
                });
            });
        });
    }

    /// The way to the next spike: to one that is known, or on in the night until there is one.
    fn next_ui(&self, ui: &mut Ui, session: &Session, neuron: Neuron, here: u64, actions: &mut Actions) {
        let after = self.history.after(here);
        let is_over = session.known_steps() >= session.total_steps();
        let (action, help) = match after {
            Some(step) => (
                Some(UiAction::Seek(step + 1)),
                format!("Its next spike: step {}", grouped(step + 1)),
            ),
            None if is_over => (None, "It does not spike again in this night".to_owned()),
            None => (
                Some(UiAction::PlayUntil(Stop::Spike(vec![(neuron.layer, neuron.unit)]))),
                "Go on in the night until it spikes".to_owned(),
            ),
        };
        let button = ui.add_enabled(action.is_some(), ToolButton::text("Spike after"));
        if button.on_hover_text(&help).on_disabled_hover_text(&help).clicked() {
            actions.extend(action);
        }
    }
}

/// How the step came about.
fn equation_ui(ui: &mut Ui, scene: &mut Scene<'_>, actions: &mut Actions) {
    let anatomy = scene.anatomy;
    ScrollArea::vertical()
        .id_salt("equation")
        .auto_shrink(false)
        .show(ui, |ui| match &anatomy.integration {
            Some(integration) => {
                equation::ui(ui, scene, integration);
                ui.add_space(4.0);
                inputs::synapse_ui(ui, scene, integration, actions);
                ui.add_space(4.0);
                inputs::list_ui(ui, scene, integration);
            }
            None => equation::input_ui(ui, scene),
        });
}

/// What the spike did.
fn effect_ui(ui: &mut Ui, scene: &mut Scene<'_>, actions: &mut Actions) {
    ScrollArea::vertical()
        .id_salt("effect")
        .auto_shrink(false)
        .show(ui, |ui| effect::ui(ui, scene, actions));
}
