//! The gate: how a weight's own value scales its change, and the exponential it needs.

use pulp::Arch;

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
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
    /// The gate.
    pub gate: Gate,
    /// Raise before the gate.
    pub inc: f32,
    /// Drop before the gate.
    pub dec: f32,
}

impl Learning {
    /// The weight after a raise.
    #[inline(always)]
    pub(super) fn raise(self, weight: f32) -> f32 {
        weight + self.inc * gate_factor(self.gate, weight, true)
    }

    /// The weights after so many drops: `w - dec x gate(w)` each time.
    pub(super) fn drop_all(self, arch: Arch, weights: &mut [f32], times: u32) {
        // A loop for each gate, so that each is a straight run of arithmetic.
        let Self { gate, dec, .. } = self;
        match gate {
            Gate::Reference => repeat(
                arch,
                weights,
                times,
                #[inline(always)]
                move |w| w - dec * reference(w),
            ),
            Gate::PlainSigmoid => repeat(
                arch,
                weights,
                times,
                #[inline(always)]
                move |w| w - dec * falling_sigmoid(w),
            ),
            Gate::None => repeat(
                arch,
                weights,
                times,
                #[inline(always)]
                move |w| w - dec * 1.0,
            ),
            Gate::SoftBounds { bound } => {
                repeat(
                    arch,
                    weights,
                    times,
                    #[inline(always)]
                    move |w: f32| w - dec * soft_bounds(-w, bound),
                );
            }
        }
    }
}

/// Replaces every weight by what a function makes of it, so many times.
#[inline(always)]
fn repeat(arch: Arch, weights: &mut [f32], times: u32, change: impl Fn(f32) -> f32 + Copy) {
    arch.dispatch(
        // Only the body of a closure that uses up what it captures is compiled for this processor: one that could be called
        // again is called through a shim, which is not inlined.
        #[inline(always)]
        move || {
            let weights = weights;
            for _ in 0..times {
                for weight in weights.iter_mut() {
                    *weight = change(*weight);
                }
            }
        },
    );
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

    /// Catches a bulk drop that differs from a single one, and bounds that do not hold.
    #[test]
    fn many_drops_are_single_drops() {
        for gate in [
            Gate::Reference,
            Gate::PlainSigmoid,
            Gate::None,
            Gate::SoftBounds { bound: 0.1 },
        ] {
            let learning = Learning {
                gate,
                inc: 0.05,
                dec: 0.03,
            };
            let start: [f32; 16] = std::array::from_fn(|lane| lane as f32 * 0.012 - 0.09);
            let mut many = start;
            learning.drop_all(Arch::new(), &mut many, 200);
            let mut single = start;
            for weight in &mut single {
                for _ in 0..200 {
                    *weight -= learning.dec * gate_factor(gate, *weight, false);
                }
            }
            assert_eq!(many.map(f32::to_bits), single.map(f32::to_bits), "{gate}");
            if let Gate::SoftBounds { .. } = gate {
                assert!(
                    single.iter().all(|weight| (-0.100_001..-0.09).contains(weight)),
                    "{single:?}"
                );
            }
        }
    }
}
