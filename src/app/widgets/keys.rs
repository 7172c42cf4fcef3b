//! Keys for what is otherwise moved with the mouse.

use egui::{EventFilter, Key, Modifiers, Response, Ui};

/// One press moves by this share of the view.
const MOVE: f64 = 0.2;
/// One press comes closer by this factor.
const CLOSER: f64 = 1.5;

/// What the keys ask of a canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CanvasKeys {
    /// Presses to the right, less those to the left; downwards, less those upwards.
    pub steps: [i32; 2],
    /// Presses for closer, less those for farther.
    pub closer: i32,
    /// Whether all is to be seen.
    pub whole: bool,
}

impl CanvasKeys {
    /// By which share of the view to move, to the right and downwards.
    pub fn shares(self) -> [f64; 2] {
        self.steps.map(|steps| MOVE * f64::from(steps))
    }

    /// By which factor to come closer; 1 is as it is.
    pub fn factor(self) -> f64 {
        CLOSER.powi(self.closer)
    }
}

/// The keys of this frame, if the canvas has the keyboard: arrows, plus and minus, Home. The arrows then move the view
/// and not the keyboard to another control; Tab does that.
pub fn canvas_keys(ui: &Ui, response: &Response) -> Option<CanvasKeys> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        vertical_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let keys = ui.input_mut(|input| {
        let mut count = |key| input.count_and_consume_key(Modifiers::NONE, key) as i32;
        CanvasKeys {
            steps: [
                count(Key::ArrowRight) - count(Key::ArrowLeft),
                count(Key::ArrowDown) - count(Key::ArrowUp),
            ],
            closer: count(Key::Plus) + count(Key::Equals) - count(Key::Minus),
            whole: count(Key::Home) > 0,
        }
    });
    (keys != CanvasKeys::default()).then_some(keys)
}

/// The step of the night that the keys ask for, if a strip of time has the keyboard: arrows to the step before or after, with
/// Shift ten steps, Home to the start and End to the last of the `known` steps. `here` is the step that is shown.
pub fn time_keys(ui: &Ui, response: &Response, here: u64, known: u64) -> Option<u64> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter {
        horizontal_arrows: true,
        ..EventFilter::default()
    };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|input| {
        let mut count = |key| {
            // Those without modifiers would take those with Shift for themselves.
            let tens = 10 * input.count_and_consume_key(Modifiers::SHIFT, key) as u64;
            tens + input.count_and_consume_key(Modifiers::NONE, key) as u64
        };
        let (back, on) = (count(Key::ArrowLeft), count(Key::ArrowRight));
        let (start, end) = (count(Key::Home) > 0, count(Key::End) > 0);
        let to = match (start, end) {
            (true, _) => 0,
            (false, true) => known,
            (false, false) => (here + on).saturating_sub(back).min(known),
        };
        (start || end || on != back).then_some(to)
    })
}
