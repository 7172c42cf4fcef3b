//! A step in slow motion: the layers are lit one after another, and the spikes travel between them.

use egui::Ui;

use crate::app::session::Session;

/// Seconds from one layer to the next when there is time.
const STRIDE: f64 = 0.45;
/// Share of the time between two steps that a pass may take.
const SHARE: f64 = 0.85;
/// A pass in which a layer takes less than this, in seconds, cannot be followed.
const LEAST: f64 = 0.08;

/// Whether steps pass slowly, and how far the pass of this one is.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Whether they do.
    pub is_on: bool,
    /// The step that passes, when it began, and how long a layer takes, in seconds.
    step: Option<((u64, u64), f64, f64)>,
    /// How many layers the spikes have come to; fractions are on the way to the next.
    reached: Option<f64>,
}

impl Pass {
    /// Begins the pass of this step again.
    pub fn again(&mut self) {
        self.step = None;
    }

    /// Goes on. Asks for the next picture as long as anything moves, and not after.
    pub fn update(&mut self, ui: &Ui, session: &Session) {
        let layers = session.layers().count();
        let time = ui.input(|input| input.time);
        self.reached = self.advance(
            (session.revision(), session.steps()),
            stride(session.is_running(), session.per_second(), layers),
            layers,
            time,
        );
        if self.reached.is_some() {
            ui.ctx().request_repaint();
        }
    }

    /// How far the pass of a step is; nothing if nothing moves. `stride` is how long a layer takes, if there is time.
    fn advance(&mut self, step: (u64, u64), stride: Option<f64>, layers: usize, time: f64) -> Option<f64> {
        let Some(stride) = stride.filter(|_| self.is_on && step.1 > 0) else {
            self.step = None;
            return None;
        };
        let begun = match self.step {
            Some((of, begun, stride)) if of == step => (begun, stride),
            _ => {
                self.step = Some((step, time, stride));
                (time, stride)
            }
        };
        let reached = (time - begun.0) / begun.1;
        (reached < layers.saturating_sub(1) as f64).then_some(reached.max(0.0))
    }

    /// Whether anything moves.
    pub fn moves(&self) -> bool {
        self.reached.is_some()
    }

    /// Whether the spikes have come to a layer.
    pub fn is_lit(&self, layer: usize) -> bool {
        self.reached.is_none_or(|reached| layer as f64 <= reached)
    }

    /// How far the spikes are on their way from a layer to the next, from 0 to 1.
    pub fn share(&self, layer: usize) -> f32 {
        self.reached
            .map_or(1.0, |reached| (reached - layer as f64).clamp(0.0, 1.0) as f32)
    }
}

/// How long a layer takes: as long as is good to look at while the night waits, less while it runs slowly, and nothing where
/// the next step comes too soon.
fn stride(is_running: bool, per_second: f64, layers: usize) -> Option<f64> {
    if !is_running || per_second <= 0.0 {
        return Some(STRIDE);
    }
    let stride = SHARE / (per_second * layers.saturating_sub(1).max(1) as f64);
    (stride >= LEAST).then_some(stride.min(STRIDE))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a pass that never ends and so paints for ever, begins by itself, or lights a layer too soon.
    #[test]
    fn a_pass_goes_through_the_layers_and_ends() {
        let mut pass = Pass::default();
        let at = |pass: &mut Pass, step, time| {
            pass.reached = pass.advance((1, step), Some(0.5), 4, time);
            (0..4).map(|layer| pass.is_lit(layer)).collect::<Vec<_>>()
        };
        assert_eq!(at(&mut pass, 7, 0.0), [true; 4], "it is off");
        assert!(!pass.moves());
        pass.is_on = true;
        assert_eq!(at(&mut pass, 7, 1.0), [true, false, false, false]);
        assert_eq!(at(&mut pass, 7, 1.75), [true, true, false, false]);
        assert!((pass.share(0) - 1.0).abs() < 1e-6 && (pass.share(1) - 0.5).abs() < 1e-6 && pass.share(2) == 0.0);
        assert!(pass.moves());
        assert_eq!(at(&mut pass, 7, 2.5), [true; 4]);
        assert!(!pass.moves(), "it has arrived");
        assert_eq!(
            at(&mut pass, 8, 9.0),
            [true, false, false, false],
            "the next step passes too"
        );
        assert_eq!(at(&mut pass, 8, 90.0), [true; 4]);
        pass.again();
        assert_eq!(at(&mut pass, 8, 91.0), [true, false, false, false]);
        assert_eq!(
            at(&mut pass, 0, 92.0),
            [true; 4],
            "before the first step there is nothing to pass"
        );
    }

    /// Catches a pass that is cut off by the next step, and flicker at full speed.
    #[test]
    fn a_pass_is_over_before_the_next_step() {
        assert_eq!(stride(false, 120.0, 4), Some(STRIDE));
        for speed in [1.0, 2.0, 3.0] {
            let stride = stride(true, speed, 4).expect("slow enough");
            assert!(3.0 * stride * speed < 1.0, "{speed}");
        }
        assert_eq!(stride(true, 30.0, 4), None);
        assert_eq!(stride(true, 2.0, 10), None);
    }
}
