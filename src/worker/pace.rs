//! How fast steps follow each other, and how fast they really do.

use std::time::{Duration, Instant};

use super::command::Speed;

/// Time over which the real speed is measured.
const MEASURED_OVER: Duration = Duration::from_millis(400);
/// Steps that were missed while the machine was busy are made up for, but not more than this many seconds' worth.
const CATCH_UP: f64 = 0.1;

/// Lets steps through at the wanted speed and measures the real one.
#[derive(Debug)]
pub(super) struct Pace {
    speed: Speed,
    /// When the next step may be done.
    next: Instant,
    /// Since when steps are counted, and how many there were.
    since: Instant,
    counted: u64,
    measured: f64,
}

impl Pace {
    /// A pace that begins now.
    pub(super) fn new(speed: Speed) -> Self {
        let now = Instant::now();
        Self {
            speed,
            next: now,
            since: now,
            counted: 0,
            measured: 0.0,
        }
    }

    /// Changes the speed; speeds that are no positive number are as slow as can be.
    pub(super) fn set_speed(&mut self, speed: Speed) {
        self.speed = match speed {
            Speed::PerSecond(rate) => Speed::PerSecond(if rate.is_finite() { rate.clamp(0.1, 1e9) } else { 0.1 }),
            Speed::Unlimited => Speed::Unlimited,
        };
        self.next = Instant::now();
    }

    /// Forgets the past: the next step may be done at once.
    pub(super) fn restart(&mut self) {
        *self = Self::new(self.speed);
    }

    /// How long to wait for the next step.
    pub(super) fn wait(&self) -> Duration {
        match self.speed {
            Speed::Unlimited => Duration::ZERO,
            Speed::PerSecond(_) => self.next.saturating_duration_since(Instant::now()),
        }
    }

    /// Whether a step may be done now.
    pub(super) fn allows(&self) -> bool {
        self.wait() == Duration::ZERO
    }

    /// Notes that a step was done.
    pub(super) fn count(&mut self) {
        let now = Instant::now();
        if let Speed::PerSecond(rate) = self.speed {
            let earliest = now.checked_sub(Duration::from_secs_f64(CATCH_UP)).unwrap_or(now);
            self.next = self.next.max(earliest) + Duration::from_secs_f64(1.0 / rate);
        }
        self.counted += 1;
        let elapsed = now - self.since;
        if elapsed >= MEASURED_OVER {
            self.measured = self.counted as f64 / elapsed.as_secs_f64();
            self.since = now;
            self.counted = 0;
        }
    }

    /// Steps a second, lately; 0 until enough time has passed.
    pub(super) fn measured(&self) -> f64 {
        self.measured
    }
}
