//! Going about in the night as a person means it: a step back, on to the next spike, differently from here on.

use std::time::{Duration, Instant};

use super::SomnoscopeApp;
use super::action::UiAction;
use super::breakpoints::Breakpoints;
use super::memory::Memory;
use super::text::counted;
use super::transport::FASTEST;
use crate::worker::{Command, Event, Goal, Moment, Phase, Stop};

/// A way through the night shorter than this is shown as any other; on a longer one the panes wait.
const BLIND_FROM: Duration = Duration::from_millis(400);

/// What is waited for on the way through the night.
#[derive(Default)]
pub(super) struct Steering {
    /// Since when the run has been on its way to some moment, as fast as it can.
    under_way: Option<Instant>,
    /// What should happen there.
    awaits: Option<Stop>,
    /// Whether the newest moment was left while it played.
    left_live: bool,
    /// What there is to say about it, and the step it was said at.
    notice: Option<(String, u64)>,
}

impl Steering {
    /// Takes note of what was told.
    pub(super) fn heed(&mut self, event: &Event) {
        match event {
            Event::Hit { .. } => self.awaits = None,
            Event::Running(false) => self.under_way = None,
            Event::Opened(_) => *self = Self::default(),
            _ => {}
        }
    }

    /// What there is to say at a step.
    pub(super) fn notice(&self, step: u64) -> Option<&str> {
        let (text, at) = self.notice.as_ref()?;
        (*at == step).then_some(text)
    }

    /// It has been read, or something else is done.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether the panes wait until the run is where it goes.
    pub(super) fn is_blind(&self) -> bool {
        self.under_way.is_some_and(|since| since.elapsed() > BLIND_FROM)
    }
}

impl SomnoscopeApp {
    /// Does what was asked for about the moment that is shown; gives everything else back.
    pub(super) fn about_time(&mut self, action: UiAction) -> Option<UiAction> {
        match action {
            UiAction::Seek(step) => self.seek(step),
            UiAction::SeekBatch(batch) => self.seek_batch(batch),
            UiAction::SeekTuned(batch) => self.seek_tuned(batch),
            UiAction::StepBack => self.step_back(),
            UiAction::ToTheEnd => {
                self.hurries = true;
                self.tell_speed();
                self.play(Goal::Tuned);
            }
            UiAction::SetSpeed(speed) => {
                self.transport.speed = speed.clamp(1.0, FASTEST);
                self.hurries = false;
                self.tell_speed();
            }
            UiAction::FollowLive => self.follow_live(),
            UiAction::ToggleLoop => self.selection.toggle_loop(),
            UiAction::SetMemory(megabytes) => {
                self.memory = Memory::new(megabytes);
                self.tell_memory();
            }
            other => return Some(other),
        }
        None
    }

    /// Whether the newest moment is being left while it plays, or was and nobody has played since.
    fn leaves_live(&self) -> bool {
        self.steering.left_live || self.session.is_running() && self.session.shown() >= self.session.newest()
    }

    /// Goes to the newest moment that is known, and plays on if it was left while it played.
    pub(super) fn follow_live(&mut self) {
        let (newest, plays_on) = (self.session.newest(), self.steering.left_live);
        if self.session.shown() < newest || !self.session.is_running() {
            match newest {
                Moment::Step(step) => self.seek(step),
                Moment::Batch(batch) => self.seek_batch(batch),
                Moment::Tuned(batch) => self.seek_tuned(batch),
            }
            if plays_on {
                self.play_on();
            }
        }
    }

    /// Goes to a step of the night.
    pub(super) fn seek(&mut self, step: u64) {
        let left_live = self.leaves_live();
        self.steering.clear();
        self.steering.left_live = left_live;
        if self.session.dreamt().is_some() {
            self.steering.under_way = Some(Instant::now());
            self.source.send(Command::Seek(step));
        } else if step > 0 {
            // The night has still to begin.
            self.play_until(Stop::Step(step));
        }
    }

    /// Goes to a batch of training.
    pub(super) fn seek_batch(&mut self, batch: u64) {
        let left_live = self.leaves_live();
        self.steering.clear();
        self.steering.left_live = left_live;
        self.source.send(Command::SeekBatch(batch));
    }

    /// Goes to a batch of fine-tuning.
    pub(super) fn seek_tuned(&mut self, batch: u64) {
        let left_live = self.leaves_live();
        self.steering.clear();
        self.steering.left_live = left_live;
        self.source.send(Command::SeekTuned(batch));
    }

    /// Plays on to the end from wherever the source is on its way to: a command after the jump.
    fn play_on(&mut self) {
        self.take_over_settings();
        self.steering.clear();
        self.source.send(Command::Play(Goal::Tuned));
    }

    /// As many steps back as one press does; before the night, as many batches.
    pub(super) fn step_back(&mut self) {
        if !self.session.is_running() {
            match self.session.moment_before(self.transport.step_size) {
                Moment::Step(step) => self.seek(step),
                Moment::Batch(batch) => self.seek_batch(batch),
                Moment::Tuned(batch) => self.seek_tuned(batch),
            }
        }
    }

    /// Goes on as fast as possible until something happens.
    pub(super) fn play_until(&mut self, stop: Stop) {
        if self.session.opened().is_some() {
            self.take_over_settings();
            self.has_played = true;
            self.steering.clear();
            self.steering.under_way = Some(Instant::now());
            self.steering.awaits = Some(stop.clone());
            self.source.send(Command::PlayUntil(stop));
        }
    }

    /// On to where one of the selected neurons spikes next.
    pub(super) fn next_spike(&mut self) {
        if let Some(stop) = self.spike_of_selection() {
            self.next(stop);
        }
    }

    /// Back to where one of the selected neurons spiked last.
    pub(super) fn previous_spike(&mut self) {
        let Some(stop) = self.spike_of_selection() else { return };
        match self.last_known(&stop) {
            Some(step) => self.seek(step),
            None => self.say(format!("No earlier spike than step {}", self.session.steps())),
        }
    }

    /// On to where a weight changes next.
    pub(super) fn next_change(&mut self) {
        self.next(Stop::WeightChange);
    }

    /// On to where something happens next: to a known moment at once, otherwise through the night.
    fn next(&mut self, stop: Stop) {
        if let Some(step) = self.first_known(&stop) {
            self.seek(step);
        } else if self.session.known_steps() < self.session.total_steps() || self.session.phase() < Phase::Asleep {
            self.play_until(stop);
        } else {
            self.say("It does not happen again in this night".to_owned());
        }
    }

    /// The spikes of the selected neurons, if any is selected.
    fn spike_of_selection(&self) -> Option<Stop> {
        let neurons = self.selection.neurons().iter();
        let units: Vec<_> = neurons.map(|neuron| (neuron.layer, neuron.unit)).collect();
        (!units.is_empty()).then_some(Stop::Spike(units))
    }

    /// The first known moment after the one that is shown at which this happens.
    fn first_known(&self, stop: &Stop) -> Option<u64> {
        let happens = self.happens(stop);
        let mut steps = self.session.spikes().range(self.session.steps()..u64::MAX);
        steps.find(|(_, units)| happens(units)).map(|(step, _)| step + 1)
    }

    /// The last moment before the one that is shown at which this happened.
    fn last_known(&self, stop: &Stop) -> Option<u64> {
        let happens = self.happens(stop);
        // The last step was done to come here.
        let steps = self.session.spikes().range(0..self.session.steps().saturating_sub(1));
        let spiked = steps.filter(|(_, units)| happens(units));
        spiked.last().map(|(step, _)| step + 1)
    }

    /// Whether the units that spiked in a step, rising, make this happen.
    fn happens(&self, stop: &Stop) -> impl Fn(&[u32]) -> bool {
        let layers = self.session.layers();
        let inputs = if layers.count() > 0 { layers.units(0).end } else { 0 };
        let wanted: Vec<u32> = match stop {
            Stop::Spike(units) => units
                .iter()
                .filter(|(layer, _)| *layer < layers.count())
                .map(|&(layer, unit)| layers.units(layer).start + unit)
                .collect(),
            _ => Vec::new(),
        };
        let any_change = *stop == Stop::WeightChange;
        move |units| {
            any_change && units.last().is_some_and(|&unit| unit >= inputs)
                || wanted.iter().any(|unit| units.binary_search(unit).is_ok())
        }
    }

    /// The night goes on with what the settings say.
    pub(super) fn change_night(&mut self) {
        if self.settings.draft.validate().is_ok() {
            let params = self.settings.draft.night.clone();
            self.settings.expect_night(&params, &self.session);
            self.source.send(Command::ChangeNight(Box::new(params)));
        }
    }

    /// The night goes on with what holds at the moment that is shown, and what was changed later is changed no more.
    pub(super) fn keep_night(&mut self) {
        if let Some(params) = self.session.params_at(self.session.steps()).cloned() {
            self.settings.draft.night.clone_from(&params);
            self.settings.expect_night(&params, &self.session);
            self.source.send(Command::ChangeNight(Box::new(params)));
        }
    }

    /// While the night is run again with every change: the next of it, if the last was answered.
    pub(super) fn run_live(&mut self) {
        if let Some(params) = self.settings.next_night(&self.session) {
            self.steering.clear();
            self.source.send(Command::Rerun(Box::new(params)));
        }
    }

    /// Looks for thresholds at which so much of each layer spikes, with what else the settings say.
    pub(super) fn find_thresholds(&mut self, wanted: Vec<f64>) {
        self.settings.search_thresholds();
        let params = Box::new(self.settings.draft.night.clone());
        self.source.send(Command::FindThresholds { params, wanted });
    }

    /// Changes what the night waits at.
    pub(super) fn change_breakpoints(&mut self, change: impl FnOnce(&mut Breakpoints)) {
        change(&mut self.breakpoints);
        self.tell_breakpoints();
    }

    /// Tells the source what to wait at.
    pub(super) fn tell_breakpoints(&self) {
        self.source.send(Command::SetBreakpoints(self.breakpoints.heeded()));
    }

    /// Says something about the moment that is shown.
    pub(super) fn say(&mut self, text: String) {
        self.steering.clear();
        self.steering.notice = Some((text, self.session.steps()));
    }

    /// Says so if what was waited for did not happen.
    pub(super) fn notice_end(&mut self) {
        if self.session.phase() == Phase::Woken
            && !self.session.is_running()
            && let Some(stop) = self.steering.awaits.take()
            && !matches!(stop, Stop::Step(_))
        {
            let slept = counted(self.session.steps(), "step");
            self.steering.notice = Some((
                format!("It did not happen again: the night is over after {slept}"),
                self.session.steps(),
            ));
        }
    }
}
