//! The equation of a step with the numbers of one neuron, term by term.

use egui::{Align2, FontId, Label, Rect, RichText, Sense, Stroke, Ui, pos2, vec2};

use super::scene::{Scene, Source};
use super::term::{Term, operator_ui, plain, term_ui};
use crate::app::text::grouped;
use crate::app::theme::{self, Tokens, faded, size};
use crate::app::widgets::tooltip_rows;
use crate::sim::night::{DT, Dream, Gate, Integration, Lesson};

/// Height of the gauge's bar, and of the numbers under it.
const BAR: f32 = 14.0;
const FOOT: f32 = 15.0;

/// The equation of a neuron.
pub fn ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration) {
    ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
    let rule = &integration.rule;
    let arriving = integration.arrivals.len();
    ui.horizontal_wrapped(|ui| {
        let from_inputs = matches!(scene.lit, Some(Source::Arrivals | Source::Input(_)));
        let help = "What reaches the neuron in this step: it is added to the potential";
        let term = term_ui(ui, Term::new("impulse", integration.impulse, help), false);
        scene.note(&term, Source::Arrivals);
        operator_ui(ui, "=");
        let help = "Gain of the layer's input";
        term_ui(ui, Term::new("gain α", rule.alpha, help), false);
        operator_ui(ui, "×");
        let help = "Sum of the weights from the units of the layer before that spike in this step";
        let term = term_ui(
            ui,
            Term::new(format!("Σ w of {arriving}"), integration.sum, help),
            from_inputs,
        );
        scene.note(&term, Source::Arrivals);
        if rule.inhibition != 0.0 {
            operator_ui(ui, "−");
            let help = "Global inhibition: a share of the layer's mean impulse, taken from every neuron";
            term_ui(ui, Term::new("inhibition", integration.taken, help), false);
        }
    });
    ui.horizontal_wrapped(|ui| {
        let own = scene.is_lit(Source::Own);
        let help = "The potential after decay and impulse, which is compared with the threshold";
        let term = term_ui(ui, Term::new("potential", integration.reached, help), own);
        scene.note(&term, Source::Own);
        operator_ui(ui, "=");
        let help = "What is left of a potential after a step of a millisecond";
        term_ui(ui, Term::new("decay", rule.decay, help), false);
        operator_ui(ui, "×");
        let help = "The potential after the step before";
        let term = term_ui(ui, Term::new("before", integration.before, help), own);
        scene.note(&term, Source::Own);
        operator_ui(ui, "+");
        let term = term_ui(
            ui,
            Term::new("impulse", integration.impulse, "From the line above"),
            false,
        );
        scene.note(&term, Source::Arrivals);
        operator_ui(ui, if integration.lesson.is_some() { "≥" } else { "<" });
        let help = "The potential at which a neuron of this layer spikes";
        term_ui(ui, Term::new("threshold", rule.threshold, help), false);
    });
    gauge_ui(ui, scene, integration);
    verdict_ui(ui, integration);
    if let Some(lesson) = &integration.lesson {
        lesson_ui(ui, scene, integration, lesson);
    }
}

/// Whether it spikes, by how much, and what follows.
fn verdict_ui(ui: &mut Ui, integration: &Integration) {
    let tokens = Tokens::of(ui);
    let margin = integration.margin();
    let (text, ink) = if integration.lesson.is_some() {
        let above = plain(margin);
        (
            format!("Spikes, {above} above the threshold; its potential is 0 again."),
            tokens.text_strong,
        )
    } else {
        let below = plain(-margin);
        (
            format!("Stays silent, {below} below the threshold; no weight into it changes."),
            tokens.text,
        )
    };
    ui.add(Label::new(RichText::new(text).color(ink)).wrap());
}

/// What the spike does to the weights into the neuron.
fn lesson_ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration, lesson: &Lesson) {
    let learning = integration.rule.learning;
    let gate = gate_formula(learning.gate);
    ui.horizontal_wrapped(|ui| {
        let from_inputs = matches!(scene.lit, Some(Source::Arrivals | Source::Input(_)));
        let raised = lesson.raised.iter().map(|change| change.by()).sum();
        let help = format!(
            "Sum of the changes of the synapses whose input spikes too: each is raised by raise × gate(w). {gate}"
        );
        let name = format!("{} raised", grouped(lesson.raised.len() as u64));
        let term = term_ui(ui, Term::change(name, raised, help), from_inputs);
        scene.note(&term, Source::Arrivals);
        operator_ui(ui, "= Σ");
        term_ui(
            ui,
            Term::new("raise", learning.inc, "Raise of a weight, before the gate"),
            false,
        );
        operator_ui(ui, "× gate(w)");
    });
    ui.horizontal_wrapped(|ui| {
        let help = format!(
            "Sum of the changes of the synapses whose input is silent: each is lowered by drop × gate(w). {gate}"
        );
        let name = format!("{} lowered", grouped(lesson.lowered as u64));
        let lit = scene.is_lit(Source::Lowered);
        let term = term_ui(ui, Term::change(name, lesson.lowered_by, help), lit);
        scene.note(&term, Source::Lowered);
        operator_ui(ui, "= −Σ");
        term_ui(
            ui,
            Term::new("drop", learning.dec, "Drop of a weight, before the gate"),
            false,
        );
        operator_ui(ui, "× gate(w)");
    });
}

/// The gate in words.
pub fn gate_formula(gate: Gate) -> String {
    match gate {
        Gate::Reference => "gate(w) = 2 / (1 + exp(w / 0.001)): positive weights hardly move.".to_owned(),
        Gate::PlainSigmoid => "gate(w) = 2 / (1 + exp(w)).".to_owned(),
        Gate::None => "gate(w) = 1.".to_owned(),
        Gate::SoftBounds { bound } => {
            format!("gate(w) = 1 ∓ w / {bound}, not below 0: weights stay within ±{bound}.")
        }
    }
}

/// The potential on its way to the threshold: what was left, and what this step brings.
fn gauge_ui(ui: &mut Ui, scene: &mut Scene<'_>, integration: &Integration) {
    let tokens = Tokens::of(ui);
    let wanted = vec2(ui.available_width().min(520.0) - 10.0, BAR + FOOT);
    let (area, response) = ui.allocate_exact_size(wanted, Sense::hover());
    let (decayed, reached) = (f64::from(integration.decayed), f64::from(integration.reached));
    let threshold = f64::from(integration.rule.threshold);
    response.widget_info(|| {
        let text = format!("Potential {} of threshold {}", plain(reached), plain(threshold));
        egui::WidgetInfo::labeled(egui::Role::Image, true, text)
    });
    let values = [0.0, decayed, reached, threshold];
    if !values.iter().all(|value| value.is_finite()) || area.width() < 16.0 {
        return;
    }
    let low = values.into_iter().fold(f64::INFINITY, f64::min);
    let high = values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let room = (high - low).max(1e-12);
    let bar = Rect::from_min_size(area.min, vec2(area.width(), BAR));
    let x = |value: f64| bar.left() + ((value - low) / room) as f32 * (bar.width() - 1.0);
    let between = |a: f64, b: f64| {
        let (a, b) = (x(a), x(b));
        Rect::from_x_y_ranges(a.min(b)..=a.max(b), bar.y_range())
    };
    let painter = ui.painter();
    painter.rect_filled(bar, 3.0, tokens.sunken);
    let own = tokens.layer(scene.neuron.layer, scene.session.layers().count());
    painter.rect_filled(between(0.0, decayed), 2.0, faded(own, 0.55));
    let step = if reached < decayed { tokens.worse } else { tokens.accent };
    painter.rect_filled(between(decayed, reached), 2.0, step);
    painter.vline(
        x(threshold).clamp(bar.left() + 1.0, bar.right() - 1.0),
        bar.y_range().expand(2.0),
        Stroke::new(2.0, tokens.worse),
    );
    let font = FontId::proportional(size::SMALL);
    let under = |value: f64, text: &str| {
        let at = x(value);
        let align = if at > bar.center().x {
            Align2::RIGHT_TOP
        } else {
            Align2::LEFT_TOP
        };
        painter.text(
            pos2(at, bar.bottom() + 2.0),
            align,
            text,
            font.clone(),
            tokens.text_weak,
        );
    };
    under(0.0, "0");
    under(threshold, "threshold");
    scene.note(&response, Source::Own);
    response.on_hover_ui(|ui| {
        let rows = [
            ("left of the potential", plain(decayed)),
            ("impulse", plain(integration.impulse.into())),
            ("potential", plain(reached)),
            ("threshold", plain(threshold)),
        ];
        tooltip_rows(ui, "On its way to the threshold", &rows);
    });
}

/// What makes an input spike.
pub fn input_ui(ui: &mut Ui, scene: &Scene<'_>) {
    let tokens = Tokens::of(ui);
    let (Some(opened), Some(params)) = (scene.session.opened(), scene.session.params_at(scene.anatomy.step)) else {
        return;
    };
    let unit = scene.neuron.unit as usize;
    let width = opened.image_size.0.max(1);
    let text = match params.dream {
        Dream::Windows => "An input has no potential: it spikes by chance, while the window covers its pixel.",
        Dream::WholeImage => "An input has no potential: it spikes by chance.",
        Dream::Uniform => "An input has no potential: it spikes by chance, as often as any other.",
        Dream::Silence => "An input has no potential, and in this night nothing drives it.",
    };
    ui.add(Label::new(RichText::new(text).color(tokens.text)).wrap());
    let Some(&intensity) = opened
        .mean_image
        .get(unit)
        .filter(|_| matches!(params.dream, Dream::Windows | Dream::WholeImage))
    else {
        return;
    };
    ui.spacing_mut().item_spacing = vec2(2.0, 4.0);
    ui.horizontal_wrapped(|ui| {
        let chance = (2.0 * f64::from(intensity) * DT * params.rate).min(1.0);
        let help = "Probability of a spike in one step, at most 1";
        term_ui(ui, Term::new("chance in a step", chance as f32, help), false);
        operator_ui(ui, "= 2 ×");
        let help = format!(
            "Intensity of its pixel in the mean image: column {}, row {}, from 0",
            unit % width,
            unit / width
        );
        term_ui(ui, Term::new("mean intensity", intensity, help), false);
        operator_ui(ui, "×");
        term_ui(ui, Term::new("step, s", DT as f32, "Length of a step"), false);
        operator_ui(ui, "×");
        let help = "Rate of a pixel of intensity one half";
        term_ui(ui, Term::new("rate, Hz", params.rate as f32, help), false);
    });
    let text = if scene.anatomy.spiked {
        "Spikes in this step."
    } else {
        "Stays silent in this step."
    };
    ui.label(theme::strong(text, size::BODY).color(tokens.text_strong));
}
