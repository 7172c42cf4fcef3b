//! What each command would do now, or why it cannot be done.

use super::Deed;
use crate::app::SomnoscopeApp;
use crate::app::action::{LaneAction, MapAction, UiAction};
use crate::app::aside::Asides;
use crate::app::experiments::ExperimentsAction;
use crate::app::export::Wish;
use crate::app::history::History;
use crate::app::lanes::{ClosedLanes, NO_STEPS};
use crate::app::layout::Layout;
use crate::app::looks::{Looks, SCALES};
use crate::app::memory::Memory;
use crate::app::panels::map_hindrance;
use crate::app::selection::Selection;
use crate::app::session::Session;
use crate::app::settings::{Reach, Settings, reach};
use crate::app::transport::{FASTEST, Transport};
use crate::data::Set;
use crate::worker::{Goal, MAX_LANES, Moment, NightMap, Phase};

/// Why nothing can be done without a run.
const NO_RUN: &str = "no run is open";
/// Why nothing can be done after the night.
const WOKEN: &str = "it has woken: sleep again, or restart";

/// What the commands are possible in.
pub struct Situation<'a> {
    /// The run.
    pub session: &'a Session,
    /// Speed and number of steps.
    pub transport: &'a Transport,
    /// The panes.
    pub layout: &'a Layout,
    /// The settings as the person left them.
    pub settings: &'a Settings,
    /// The neurons that are looked at.
    pub selection: &'a Selection,
    /// What can be taken back.
    pub history: &'a History,
    /// Theme and scale.
    pub looks: Looks,
    /// How much memory going back may take.
    pub memory: Memory,
    /// Nights that another run took the place of.
    pub asides: &'a Asides,
    /// The lanes that were closed.
    pub closed_lanes: &'a ClosedLanes,
    /// Whether images are being downloaded.
    pub downloads: bool,
    /// Whether the window has something to complain about.
    pub complains: bool,
}

impl Situation<'_> {
    /// Every command there is.
    pub fn deeds(&self) -> Vec<Deed> {
        Deed::all(self.settings.presets(), &self.settings.draft)
    }

    /// What the command would do now, or in a few words why it cannot be done.
    pub fn action(&self, deed: Deed) -> Result<UiAction, &'static str> {
        match deed {
            Deed::PlayOrPause if self.session.is_running() => Ok(UiAction::Pause),
            Deed::PlayOrPause if self.selection.looped().is_some() => self.in_a_run(UiAction::Play(Goal::Tuned)),
            Deed::PlayOrPause => self.before_the_end(UiAction::Play(Goal::Tuned)),
            Deed::Step => self.at_rest().and_then(|()| self.before_the_end(UiAction::Step)),
            Deed::StepBy(steps) => self
                .at_rest()
                .and_then(|()| self.before_the_end(UiAction::StepBy(steps))),
            Deed::StepBack => self.back(UiAction::StepBack),
            Deed::BackBy(steps) => self.back(UiAction::go_to(self.session.moment_before(steps))),
            Deed::NextSpike | Deed::PreviousSpike if self.selection.neurons().is_empty() => {
                Err("select a neuron first")
            }
            Deed::NextSpike => self.onward(UiAction::NextSpike),
            Deed::NextChange => self.onward(UiAction::NextChange),
            Deed::SlowMotion if self.session.steps() == 0 => Err("no step was slept yet"),
            Deed::SlowMotion => self.in_the_night(UiAction::ToggleSlowMotion),
            Deed::Branch
                if self.session.night().is_some() && self.session.steps() >= self.settings.draft.night.steps =>
            {
                Err(NO_STEPS)
            }
            Deed::Branch => self.in_the_night(UiAction::Lane(LaneAction::Branch)),
            Deed::WithoutSpike => match SomnoscopeApp::shown_spike(self.session, self.selection) {
                Some(spike) => Ok(UiAction::Lane(LaneAction::Without(spike))),
                None => Err("select a neuron that spikes in the step that is shown"),
            },
            Deed::AddRun => self.in_the_night(UiAction::Lane(LaneAction::Browse)),
            Deed::BringNightBack if !self.asides.has_any() => Err("no unsaved night was replaced"),
            Deed::BringNightBack => Ok(UiAction::BringNightBack),
            Deed::ReopenLane if self.closed_lanes.last().is_none() => Err("no lane was closed"),
            Deed::ReopenLane if self.session.lanes().list().len() >= MAX_LANES => {
                Err("there are as many lanes as can be told apart: close one first")
            }
            Deed::ReopenLane => self.in_the_night(UiAction::Lane(LaneAction::Reopen)),
            Deed::LiveRerun => Ok(UiAction::SetLive(!self.settings.live.on)),
            Deed::PreviousSpike => self
                .back(UiAction::PreviousSpike)
                .and_then(|action| self.in_the_night(action)),
            Deed::StepSize(steps) => Ok(UiAction::SetStepSize(steps)),
            Deed::ToStart if self.session.steps() > 0 => self.in_the_night(UiAction::Seek(0)),
            Deed::ToStart => self.back(UiAction::SeekBatch(0)),
            Deed::ToKnown => self.in_a_run(UiAction::FollowLive),
            Deed::Loop | Deed::ExportSpan(_) if self.selection.span().is_none() => Err("brush a span of steps first"),
            Deed::Loop => self.in_the_night(UiAction::ToggleLoop),
            Deed::ToTheEnd => self.before_the_end(UiAction::ToTheEnd),
            Deed::Train if self.session.phase() >= Phase::Trained => Err("it is trained"),
            Deed::Train => self
                .at_rest()
                .and_then(|()| self.before_waking(UiAction::Play(Goal::Trained))),
            Deed::Sleep | Deed::SleepAgain if self.session.phase() < Phase::Trained => Err("it is not trained yet"),
            Deed::Sleep => self
                .at_rest()
                .and_then(|()| self.before_waking(UiAction::Play(Goal::Woken))),
            Deed::Slower if self.transport.speed <= 1.0 => Err("it cannot go slower"),
            Deed::Slower => Ok(UiAction::SetSpeed(self.transport.speed / 2.0)),
            Deed::Faster | Deed::Fastest if self.transport.speed >= FASTEST => Err("it goes as fast as possible"),
            Deed::Faster => Ok(UiAction::SetSpeed(self.transport.speed * 2.0)),
            Deed::Fastest => Ok(UiAction::SetSpeed(FASTEST)),
            Deed::SleepAgain => self.in_a_run(UiAction::SleepAgain),
            Deed::Restart => self.in_a_run(UiAction::Restart),
            Deed::NewSeed => self.in_a_run(UiAction::NewSeed),
            Deed::Runs => Ok(UiAction::ToggleRuns),
            Deed::Experiments => Ok(ExperimentsAction::Toggle.into()),
            Deed::OpenRun => Ok(UiAction::BrowseRuns),
            Deed::SaveRun => self.in_the_night(UiAction::SaveRun),
            Deed::SaveRunAs => self.in_the_night(UiAction::SaveRunAs),
            Deed::ExportPane(pane, _) if !self.layout.shows(pane) => Err("it is not shown"),
            Deed::ExportPane(pane, format) => self.in_a_run(UiAction::Export(Wish::Pane(pane, format))),
            Deed::ExportRun(format) => self.in_the_night(UiAction::Export(Wish::Run(format))),
            Deed::ExportSpan(format) => self.in_the_night(UiAction::Export(Wish::Span(format))),
            Deed::Bookmark => self.in_the_night(UiAction::ToggleBookmark),
            _ => self.window_action(deed),
        }
    }

    /// The commands that have nothing to do with where the run stands.
    fn window_action(&self, deed: Deed) -> Result<UiAction, &'static str> {
        let if_so = |is_so: bool, action, why_not| if is_so { Ok(action) } else { Err(why_not) };
        match deed {
            Deed::Undo => if_so(
                self.history.undo_name().is_some(),
                UiAction::Undo,
                "nothing was changed yet",
            ),
            Deed::Redo => if_so(
                self.history.redo_name().is_some(),
                UiAction::Redo,
                "nothing was taken back",
            ),
            Deed::Apply if self.settings.draft.validate().is_err() => Err("the settings do not fit together"),
            Deed::ChangeNight => {
                let pending = self.settings.pending(self.session);
                if pending.is_empty() {
                    return Err("no setting was changed");
                }
                let only_night = reach(&pending) == Reach::Night && self.session.phase() >= Phase::Asleep;
                if !only_night {
                    return Err("these settings need a new night or a new run");
                }
                let has_more = self.settings.draft.night.steps > self.session.steps();
                if_so(has_more, UiAction::ChangeNight, "no steps are left")
            }
            Deed::KeepNight => self.in_the_night(UiAction::KeepNight),
            Deed::Apply | Deed::Revert => {
                let action = if deed == Deed::Apply {
                    UiAction::Apply
                } else {
                    UiAction::Revert
                };
                let waits = !self.settings.pending(self.session).is_empty();
                if_so(waits, action, "no setting was changed")
            }
            Deed::MapNights if self.session.map().is_under_way() => Ok(MapAction::Stop.into()),
            Deed::MapNights => map_hindrance(self.session).map_or(Ok(MapAction::Make.into()), Err),
            Deed::UseHighest => {
                let best = self.session.map().known().and_then(NightMap::best);
                best.map(|cell| MapAction::Use(cell).into())
                    .ok_or("there is no map yet")
            }
            Deed::Value(path, layer) => Ok(UiAction::EditValue(path, layer)),
            Deed::Preset(id) => Ok(UiAction::ChoosePreset(id)),
            Deed::Layout(named) => Ok(UiAction::ChooseLayout(named)),
            Deed::DefaultLayout => Ok(UiAction::DefaultLayout),
            Deed::Pane(pane) if self.layout.is_last(pane) => Err("it is the last pane"),
            Deed::Pane(pane) if self.layout.has(pane) => Ok(UiAction::ClosePane(pane)),
            Deed::Pane(pane) => Ok(UiAction::AddPane(pane)),
            Deed::ClearSelection => if_so(
                !self.selection.is_empty(),
                UiAction::ClearSelection,
                "nothing is selected",
            ),
            Deed::Enlarge(pane) if !self.layout.has(pane) => Err("it is not shown"),
            Deed::Enlarge(pane) => Ok(UiAction::EnlargePane(pane)),
            Deed::ToggleSettings => Ok(UiAction::ToggleSettings),
            Deed::Memory(megabytes) if megabytes == self.memory.megabytes() => Err("it is so"),
            Deed::Memory(megabytes) => Ok(UiAction::SetMemory(megabytes)),
            Deed::Theme(look) => Ok(UiAction::ChooseLooks(Looks { look, ..self.looks })),
            Deed::Larger => if_so(
                self.looks.scale < SCALES[SCALES.len() - 1],
                UiAction::ChooseLooks(self.looks.scaled(true)),
                "it cannot be larger",
            ),
            Deed::Smaller => if_so(
                self.looks.scale > SCALES[0],
                UiAction::ChooseLooks(self.looks.scaled(false)),
                "it cannot be smaller",
            ),
            Deed::NormalSize => Ok(UiAction::ChooseLooks(Looks::new(self.looks.look, SCALES[0]))),
            Deed::BrowseFolder => Ok(UiAction::BrowseFolder),
            Deed::Download if self.downloads => Err("it is on its way"),
            Deed::Download => {
                let set = self.settings.draft.data.set;
                if_so(
                    set != Set::Own,
                    UiAction::Download(set),
                    "your own images have no mirror",
                )
            }
            Deed::StopDownload => if_so(self.downloads, UiAction::StopDownload, "nothing is on its way"),
            Deed::Palette => Ok(UiAction::OpenPalette),
            Deed::Sheet => Ok(UiAction::OpenSheet),
            _ => if_so(self.complains, UiAction::DismissFailure, "there is no message"),
        }
    }

    /// Something that needs a run.
    fn in_a_run(&self, action: UiAction) -> Result<UiAction, &'static str> {
        if self.session.opened().is_some() {
            Ok(action)
        } else {
            Err(NO_RUN)
        }
    }

    /// Something that needs a run that has not woken.
    fn before_waking(&self, action: UiAction) -> Result<UiAction, &'static str> {
        if self.session.phase() >= Phase::Woken {
            return Err(WOKEN);
        }
        self.in_a_run(action)
    }

    /// Something that needs a run in which something is left to be done.
    fn before_the_end(&self, action: UiAction) -> Result<UiAction, &'static str> {
        match self.session.phase() {
            Phase::Tuned => Err("it is fine-tuned"),
            _ if self.session.is_over() => Err(WOKEN),
            _ => self.in_a_run(action),
        }
    }

    /// Something that needs a night.
    fn in_the_night(&self, action: UiAction) -> Result<UiAction, &'static str> {
        if self.session.night().is_some() {
            Ok(action)
        } else {
            Err("it has not slept yet")
        }
    }

    /// Something earlier in the night or in training.
    fn back(&self, action: UiAction) -> Result<UiAction, &'static str> {
        self.at_rest()?;
        if self.session.shown() == Moment::Batch(0) {
            return Err("this is the newborn network");
        }
        self.in_a_run(action)
    }

    /// Something later in the night.
    fn onward(&self, action: UiAction) -> Result<UiAction, &'static str> {
        self.at_rest()?;
        let session = self.session;
        if session.phase() < Phase::Trained {
            Err("it is not trained yet")
        } else if session.steps() >= session.total_steps().max(session.known_steps()) {
            Err("this is the end of the night")
        } else {
            Ok(action)
        }
    }

    /// Whether nothing is being done.
    fn at_rest(&self) -> Result<(), &'static str> {
        if self.session.is_running() {
            Err("it is running: pause first")
        } else {
            Ok(())
        }
    }
}
