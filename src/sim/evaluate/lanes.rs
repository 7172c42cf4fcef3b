//! Long sums in partial sums that stand side by side, so that a processor adds many at a time.

/// Number of partial sums.
pub(super) const LANES: usize = 32;

/// Partial sums.
pub(super) struct Lanes(pub(super) [f32; LANES]);

impl Default for Lanes {
    #[inline(always)]
    fn default() -> Self {
        Self([0.0; LANES])
    }
}

impl Lanes {
    /// The sum of all, added in pairs.
    #[inline(always)]
    pub(super) fn total(mut self) -> f32 {
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                self.0[lane] += self.0[lane + half];
            }
            half /= 2;
        }
        self.0[0]
    }
}
