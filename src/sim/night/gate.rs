//! The gate: how a weight's own value scales its change, and the exponential it needs.

use super::params::Gate;

/// `exp(x)` for `x` in `-87..=88`, within 2 units in the last place.
///
/// Made of additions, multiplications and bit shifts only, so it gives the same bits on every machine, and the compiler
/// can do many at a time, which no library function called number by number allows: the gate is the dearest part of a
/// night. The method is the classical one (Cody and Waite): `x = n ln 2 + r`, a polynomial for `exp(r)`, and `n` put into
/// the exponent.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // Adding 1.5 x 2^23 rounds to a whole number and leaves it in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts, the first with few bits so that `n` times it is exact.
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = x - n * LN2_HIGH - n * LN2_LOW;
    // 1 + r + r^2 q(r), the Taylor series to the sixth power; |r| <= 0.347, so what is left out is
    // below r^7 / 5040 = 1.2e-7.
    let q = 1.0 / 720.0;
    let q = q * r + 1.0 / 120.0;
    let q = q * r + 1.0 / 24.0;
    let q = q * r + 1.0 / 6.0;
    let q = q * r + 0.5;
    let polynomial = 1.0 + (r + r * r * q);
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    polynomial * power
}

/// `2 / (1 + exp(x))`. Beyond 80 on either side it is 2 or as good as 0.
#[inline(always)]
fn falling_sigmoid(x: f32) -> f32 {
    2.0 / (1.0 + exp(x.clamp(-80.0, 80.0)))
}

/// How a spike changes the weights into its neuron: `w + inc x gate(w)` where the input spiked, `w - dec x gate(w)` where
/// it was silent.
#[derive(Clone, Copy, Debug)]
pub struct Learning {
    /// The gate.
    pub gate: Gate,
    /// Raise before the gate.
    pub inc: f32,
    /// Drop before the gate.
    pub dec: f32,
}

/// One kind of gate with its numbers: a type of its own, so that the inner loops are straight runs of arithmetic.
pub(super) trait Rule: Copy {
    /// The weight after a drop.
    fn drop(self, weight: f32) -> f32;
}

/// Something to be done with whatever rule it is.
pub(super) trait WithRule {
    /// Does it.
    fn run(self, rule: impl Rule);
}

/// A rule made of the size of the drop and a function from the weight to its gate.
#[derive(Clone, Copy)]
struct Gated<G>(f32, G);

impl<G: Fn(f32) -> f32 + Copy> Rule for Gated<G> {
    #[inline(always)]
    fn drop(self, weight: f32) -> f32 {
        weight - self.0 * self.1(weight)
    }
}

impl Learning {
    /// The weight after a raise.
    pub(super) fn raise(self, weight: f32) -> f32 {
        weight + self.inc * gate_factor(self.gate, weight, true)
    }

    /// Picks the rule and does something with it.
    #[inline(always)]
    pub(super) fn with_rule(self, work: impl WithRule) {
        match self.gate {
            Gate::Reference => work.run(Gated(
                self.dec,
                #[inline(always)]
                |weight| reference(weight),
            )),
            Gate::PlainSigmoid => work.run(Gated(
                self.dec,
                #[inline(always)]
                |weight| falling_sigmoid(weight),
            )),
            Gate::None => work.run(Gated(
                self.dec,
                #[inline(always)]
                |_| 1.0,
            )),
            Gate::SoftBounds { bound } => {
                work.run(Gated(
                    self.dec,
                    #[inline(always)]
                    move |weight: f32| soft_bounds(-weight, bound),
                ));
            }
        }
    }
}

/// The gate of `sleepnn_old.m`, whose sigmoid divides by 0.001.
#[inline(always)]
fn reference(weight: f32) -> f32 {
    falling_sigmoid(weight * 1000.0)
}

/// The share of the way to the bound that is left; `towards` is the weight in the direction of the change.
#[inline(always)]
fn soft_bounds(towards: f32, bound: f32) -> f32 {
    (1.0 - towards / bound).max(0.0)
}

/// The factor by which a raise (or else a drop) is scaled at this weight.
#[inline(always)]
pub fn gate_factor(gate: Gate, weight: f32, raise: bool) -> f32 {
    match gate {
        Gate::Reference => reference(weight),
        Gate::PlainSigmoid => falling_sigmoid(weight),
        Gate::None => 1.0,
        Gate::SoftBounds { bound } => soft_bounds(if raise { weight } else { -weight }, bound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a gate that is not the reference's: the values of `2 / (1 + exp(w / 0.001))`.
    #[test]
    fn reference_gate_has_the_published_values() {
        for (weight, expected) in [
            (-0.02, 2.0),
            (0.0, 1.0),
            (0.001, 0.5379),
            (0.005, 0.01339),
            (0.01, 9.08e-5),
        ] {
            let gate = gate_factor(Gate::Reference, weight, true);
            assert!(
                (gate / expected - 1.0).abs() < 1e-3,
                "gate({weight}) = {gate}, not {expected}"
            );
        }
    }

    /// Catches a wrong constant in the exponential.
    #[test]
    fn exponential_is_right_to_the_last_bits() {
        let mut x = -80.0_f32;
        while x <= 80.0 {
            let exact = f64::from(x).exp();
            let error = (f64::from(exp(x)) / exact - 1.0).abs();
            assert!(error < 3.0e-7, "exp({x}) is off by {error:e}");
            x += 0.003_7;
        }
    }

    #[test]
    fn soft_bounds_hold() {
        struct Drop(Vec<f32>);
        impl WithRule for &mut Drop {
            fn run(self, rule: impl Rule) {
                self.0.iter_mut().for_each(|weight| *weight = rule.drop(*weight));
            }
        }
        let learning = Learning {
            gate: Gate::SoftBounds { bound: 0.1 },
            inc: 0.05,
            dec: 0.05,
        };
        let mut weights = Drop(vec![0.0, 0.09, -0.09, 0.1]);
        for _ in 0..1000 {
            weights
                .0
                .iter_mut()
                .for_each(|weight| *weight = learning.raise(*weight));
        }
        assert!(
            weights.0.iter().all(|w| (0.09..=0.100_001).contains(w)),
            "{:?}",
            weights.0
        );
        for _ in 0..1000 {
            learning.with_rule(&mut weights);
        }
        assert!(
            weights.0.iter().all(|w| (-0.100_001..=-0.09).contains(w)),
            "{:?}",
            weights.0
        );
    }
}
