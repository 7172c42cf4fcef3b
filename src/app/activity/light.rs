//! What to make of the activity of a layer: silent, healthy or running away.

/// What to make of the activity of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Too few steps to say so.
    Unsure,
    /// It spikes less than in any published night.
    Silent,
    /// It spikes as in the published nights.
    Healthy,
    /// It spikes more than in any published night.
    Runaway,
}

/// The share of units that spike in a step, from the least to the most of the nights that are known to work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Band {
    /// Hidden neurons: 0.001 % of the steps in the nights of the authors' task sequences, up to 1 % in the short nights with
    /// few images.
    pub const HIDDEN: Self = Self {
        least: 1e-5,
        most: 1e-2,
    };
    /// Outputs: 0.03 % of the steps in the nights made for all data sets, up to 5 % where whole images are dreamt.
    pub const OUTPUT: Self = Self {
        least: 3e-4,
        most: 5e-2,
    };
    /// A verdict needs this many spikes to be expected at the end of the band that was left: the logarithm of 20, for by
    /// chance alone one layer in twenty is then without any.
    const EXPECTED: f64 = 2.9957;

    /// The band of a layer; the inputs, layer 0, are driven by noise and have none.
    pub fn of(layer: usize, layers: usize) -> Option<Self> {
        match layer {
            0 => None,
            layer if layer + 1 == layers => Some(Self::OUTPUT),
            _ => Some(Self::HIDDEN),
        }
    }

    /// What to make of so many spikes, where each unit had the chance to spike in each step: `exposure` times.
    pub fn judge(self, spikes: u64, exposure: f64) -> Light {
        let spikes = spikes as f64;
        if spikes > self.most * exposure {
            if self.most * exposure >= Self::EXPECTED {
                Light::Runaway
            } else {
                Light::Unsure
            }
        } else if spikes < self.least * exposure {
            if self.least * exposure >= Self::EXPECTED {
                Light::Silent
            } else {
                Light::Unsure
            }
        } else if spikes == 0.0 {
            Light::Unsure
        } else {
            Light::Healthy
        }
    }

    /// The band as a person reads it, in per cent of the steps.
    pub fn words(self) -> String {
        use crate::app::text::number;
        format!("{} to {} %", number(100.0 * self.least), number(100.0 * self.most))
    }
}

impl Light {
    /// How much it asks to be looked at.
    fn urgency(self) -> u8 {
        match self {
            Self::Healthy => 0,
            Self::Unsure => 1,
            Self::Silent => 2,
            Self::Runaway => 3,
        }
    }

    /// The one to be told where there is room for one only, of a light a layer: the layer, if one stands out, and the light.
    pub fn worst(lights: &[(usize, Self)]) -> Option<(Option<usize>, Self)> {
        let (layer, worst) = *lights.iter().max_by_key(|(_, light)| light.urgency())?;
        let alike = lights.iter().filter(|(_, light)| *light == worst).count();
        let is_one = alike == 1 && worst != Self::Healthy && worst != Self::Unsure;
        Some((is_one.then_some(layer), worst))
    }

    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unsure => "too early",
            Self::Silent => "silent",
            Self::Healthy => "healthy",
            Self::Runaway => "runaway",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a summary that calls all layers well while one of them is not, or names one of several.
    #[test]
    fn the_worst_is_told() {
        use Light::{Healthy, Runaway, Silent, Unsure};
        assert_eq!(Light::worst(&[]), None);
        assert_eq!(Light::worst(&[(1, Healthy), (2, Healthy)]), Some((None, Healthy)));
        assert_eq!(Light::worst(&[(1, Healthy), (2, Unsure)]), Some((None, Unsure)));
        let lights = [(1, Silent), (2, Healthy), (3, Unsure)];
        assert_eq!(Light::worst(&lights), Some((Some(1), Silent)));
        let lights = [(1, Runaway), (2, Runaway), (3, Silent)];
        assert_eq!(Light::worst(&lights), Some((None, Runaway)));
    }

    /// Catches a layer that is called silent or runaway by chance, and one that is healthy without a spike.
    #[test]
    fn a_verdict_needs_steps() {
        let hidden = |spikes, steps: u32| Band::HIDDEN.judge(spikes, 1200.0 * f64::from(steps));
        assert_eq!(hidden(0, 100), Light::Unsure, "1.2 spikes are expected at the least");
        assert_eq!(hidden(0, 300), Light::Silent);
        assert_eq!(hidden(2, 300), Light::Silent);
        assert_eq!(hidden(4, 300), Light::Healthy);
        assert_eq!(hidden(12 * 300, 300), Light::Healthy);
        assert_eq!(hidden(12 * 300 + 1, 300), Light::Runaway);
        assert_eq!(hidden(0, 0), Light::Unsure);
        let output = |spikes, steps: u32| Band::OUTPUT.judge(spikes, 10.0 * f64::from(steps));
        assert_eq!(output(1, 1), Light::Unsure, "one spike in the first step is no fit");
        assert_eq!(output(0, 566), Light::Unsure);
        assert_eq!(output(0, 1000), Light::Silent);
        assert_eq!(output(60, 100), Light::Runaway);
        assert_eq!(Band::of(0, 4), None);
        assert_eq!(
            (Band::of(2, 4), Band::of(3, 4)),
            (Some(Band::HIDDEN), Some(Band::OUTPUT))
        );
        assert_eq!(Band::HIDDEN.words(), "0.001 to 1 %");
    }
}
