//! The parts that equations are written with: numbers with their names under them.

use egui::{FontId, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::text::{number, percent, signed};
use crate::app::theme::{self, Tokens, size};
use crate::app::widgets::tooltip_rows;

/// Height of a term.
const HEIGHT: f32 = 32.0;

/// A number of an equation.
pub struct Term {
    name: String,
    /// As it is written in the equation.
    text: String,
    /// With all digits that it has.
    exact: String,
    help: String,
}

impl Term {
    /// A number of the simulation, its name, and what it is, in a sentence.
    pub fn new(name: impl Into<String>, value: f32, help: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: plain(value.into()),
            exact: minus(value.to_string()),
            help: help.into(),
        }
    }

    /// The same of a number that a sum of changes comes to.
    pub fn change(name: impl Into<String>, value: f64, help: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: change(value),
            exact: minus(value.to_string()),
            help: help.into(),
        }
    }

    /// A count.
    pub fn count(name: impl Into<String>, count: usize, help: impl Into<String>) -> Self {
        let text = crate::app::text::grouped(count as u64);
        Self {
            name: name.into(),
            exact: text.clone(),
            text,
            help: help.into(),
        }
    }
}

/// The number over its name. Hovered, it says what it is.
pub fn term_ui(ui: &mut Ui, term: Term, lit: bool) -> Response {
    let tokens = Tokens::of(ui);
    let Term {
        name,
        text,
        exact,
        help,
    } = term;
    let font = FontId::new(size::TITLE, theme::strong_family());
    let value = ui.painter().layout_no_wrap(text, font, tokens.text_strong);
    let under = FontId::proportional(size::SMALL);
    let under = ui.painter().layout_no_wrap(name.clone(), under, tokens.text_weak);
    let width = value.size().x.max(under.size().x) + 10.0;
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name} {exact}")));
    if lit || response.hovered() {
        let fill = if lit { tokens.accent_soft } else { tokens.raised };
        ui.painter().rect_filled(rect, 4.0, fill);
    }
    let center = rect.center();
    let half = |size: egui::Vec2| 0.5 * size.x;
    let at = egui::pos2(center.x - half(value.size()), rect.top() + 1.0);
    ui.painter().galley(at, value, tokens.text_strong);
    let at = egui::pos2(center.x - half(under.size()), rect.bottom() - under.size().y - 1.0);
    ui.painter().galley(at, under, tokens.text_weak);
    response.on_hover_ui(|ui| {
        ui.set_max_width(300.0);
        tooltip_rows(ui, &name, &[("exactly", exact)]);
        ui.label(help);
    })
}

/// A sign between two terms.
pub fn operator_ui(ui: &mut Ui, sign: &str) {
    let tokens = Tokens::of(ui);
    let font = FontId::proportional(size::TITLE);
    let galley = ui.painter().layout_no_wrap(sign.to_owned(), font, tokens.text_weak);
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x + 4.0, HEIGHT), Sense::hover());
    // On the line of the numbers, not of their names.
    let at = egui::pos2(rect.center().x - 0.5 * galley.size().x, rect.top() + 1.0);
    ui.painter().galley(at, galley, tokens.text_weak);
}

/// A number with a true minus sign, in powers of ten where it is tiny.
pub fn plain(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 {
        return minus(format!("{value:.3e}"));
    }
    minus(number(value))
}

/// A share of one in per cent, without its sign.
pub fn share(value: f64) -> String {
    minus(percent(value))
}

/// A signed change, in powers of ten where it is tiny.
pub fn change(value: f64) -> String {
    if value != 0.0 && value.abs() < 1e-4 {
        let sign = if value > 0.0 { "+" } else { "−" };
        return format!("{sign}{}", minus(format!("{:.1e}", value.abs())));
    }
    signed(value)
}

/// With the minus sign that is as wide as the plus.
fn minus(text: String) -> String {
    if text.contains('-') {
        text.replace('-', "−")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a tiny change that reads as none, and a hyphen for a minus.
    #[test]
    fn tiny_changes_are_told() {
        assert_eq!(
            [change(0.0102), change(-3.6e-7), change(0.0), plain(-1.5)],
            ["+0.0102", "−3.6e−7", "0", "−1.5"]
        );
    }
}
