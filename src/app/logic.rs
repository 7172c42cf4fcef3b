//! Between two pictures: take in what was told, carry out what was asked for.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::Context;

use super::SomnoscopeApp;
use super::action::{LaneAction, UiAction};
use super::commands::{Overlay, keys};
use super::history::{History, State};
use super::lanes::ClosedLanes;
use super::layout::{Layout, Named};
use super::looks::Looks;
use super::panels::Pane;
use super::settings::{Reach, reach, sentence};
use super::tasks::Wanted;
use super::transport::FASTEST;
use crate::experiment::{Recipe, find_preset};
use crate::run::{RECIPE_ENDING, is_recording, read_recipe};
use crate::worker::{Command, Event, Goal, Phase, Speed, Start};

/// Longest time spent on events before the next picture.
const BUDGET: Duration = Duration::from_millis(10);

impl SomnoscopeApp {
    /// Takes in events and files, reads the keys, carries out what was asked for in the last frame and by the keys.
    pub fn update(&mut self, ctx: &Context) {
        self.take_in_events(ctx);
        self.take_in_files(ctx);
        self.take_in_exports();
        self.read_keys(ctx);
        // What is lit is lit as long as somebody asks for it.
        self.selection.light(Vec::new());
        for action in std::mem::take(&mut self.actions) {
            self.carry_out(ctx, action);
        }
        self.run_live();
        self.watch();
    }

    /// Drawings that are pinned are kept with the run, and those that came with one are pinned.
    fn keep_drawings(&mut self) {
        let Some(size) = self.session.opened().map(|opened| opened.image_size) else {
            return;
        };
        if let Some(drawings) = self.runs.take_recalled_drawings() {
            self.panels.pin(&drawings, size);
        }
        self.runs.set_drawings(self.panels.pinned(size));
    }

    /// Asks for what somebody looks at, and for nothing else.
    fn watch(&mut self) {
        self.keep_drawings();
        self.tell_notes();
        let potentials = self
            .selection
            .neurons()
            .iter()
            .map(|neuron| (neuron.layer, neuron.unit));
        let potentials: Vec<_> = potentials.collect();
        if self.watches_potentials.as_ref() != Some(&potentials) {
            self.source.send(Command::WatchPotentials(potentials.clone()));
            self.watches_potentials = Some(potentials);
        }
        let last = self.selection.neurons().last();
        let inspected = last.filter(|_| self.layout.shows(Pane::Inspector) || self.slow_motion.part().is_some());
        let inspected = inspected.map(|neuron| (neuron.layer, neuron.unit));
        if self.inspects != inspected {
            self.inspects = inspected;
            self.source.send(Command::Inspect(inspected));
        }
        let looped = self.selection.looped();
        if self.loops != looped {
            self.source.send(Command::Loop(looped.clone()));
            self.loops = looped;
        }
        let of_weights = Pane::OF_WEIGHTS.iter().any(|pane| self.layout.shows(*pane));
        let watch = of_weights || (self.layout.shows(Pane::Raster) && self.panels.raster_reads_weights());
        let pictures = if self.layout.shows(Pane::Probe) {
            self.panels.pictures()
        } else {
            Vec::new()
        };
        if self.judges != pictures {
            self.source.send(Command::JudgePictures(pictures.clone()));
            self.judges = pictures;
        }
        let stress = if self.layout.shows(Pane::Fog) {
            self.panels.stress(&self.session)
        } else {
            None
        };
        if self.stresses != stress {
            self.source.send(Command::Stress(stress.clone().map(Box::new)));
            self.stresses = stress;
        }
        let rivals = if self.layout.shows(Pane::Controls) {
            self.panels.rivals(&self.session)
        } else {
            Vec::new()
        };
        if self.controls != rivals {
            self.source.send(Command::Control(rivals.clone()));
            self.controls = rivals;
        }
        let lists_images = self.layout.shows(Pane::ImagesUsed);
        if self.lists_images != Some(lists_images) {
            self.source.send(Command::ListImages(lists_images));
            self.lists_images = Some(lists_images);
        }
        let has_lanes = !self.session.lanes().list().is_empty();
        let compares = (has_lanes && self.layout.shows(Pane::Compare)).then(|| self.panels.comparison.baseline());
        if self.compares != compares {
            self.source.send(Command::CompareWeights(compares));
            self.compares = compares;
        }
        if self.watches_weights != Some(watch) {
            self.watches_weights = Some(watch);
            self.source.send(Command::WatchWeights(watch));
        }
    }

    /// Takes in what the source tells, for a short time.
    fn take_in_events(&mut self, ctx: &Context) {
        let begun = Instant::now();
        while let Some(event) = self.source.next_event() {
            let stopped = matches!(event, Event::Running(false) | Event::Opened(_));
            if let Event::Opened(opened) = &event {
                self.selection.keep_within(&opened.sizes);
                self.selection.select_span(None);
                self.closed_lanes = ClosedLanes::default();
                self.breakpoints.keep_within(&opened.sizes);
                self.tell_breakpoints();
            }
            if let Event::SetAside(left) = &event {
                self.asides.push(Arc::clone(left));
            }
            self.steering.heed(&event);
            let is_recalled = matches!(event, Event::Recalled(_) | Event::LanePromoted(_));
            self.settings.heed(&event);
            self.session.absorb(event);
            if let Some(opened) = self.session.opened().filter(|_| is_recalled) {
                self.settings.set(opened.recipe.clone());
                self.has_played = true;
            }
            if stopped && self.hurries {
                self.hurries = false;
                self.tell_speed();
            }
            if begun.elapsed() > BUDGET {
                ctx.request_repaint();
                break;
            }
        }
        self.session.show(self.source.frame());
        self.activity.update(&self.session);
        self.notice_end();
        if !self.source.is_alive() && self.complaint.is_none() {
            self.session.absorb(Event::Running(false));
            let text = "The simulation has ended through a fault of the program. Please start the program again.";
            self.complaint = Some(text.to_owned());
        }
    }

    /// Takes in what other threads have found, and folders dropped on the window.
    fn take_in_files(&mut self, ctx: &Context) {
        match self.tasks.picked() {
            Some((Wanted::Folder, folder)) => self.actions.push(UiAction::UseFolder(folder)),
            Some((Wanted::Picture, picture)) => self.actions.push(UiAction::OpenPicture(picture)),
            Some((Wanted::Lane, run)) => self.actions.push(UiAction::Lane(LaneAction::Add(run))),
            Some((Wanted::Results, folder)) => self.open_results(folder),
            Some((Wanted::TrialImages, folder)) => self.experiments.use_images(folder),
            None => {}
        }
        match self.tasks.finished_picture() {
            Some(Ok(ink)) => {
                self.panels.show_picture(&ink);
                // The picture is what one wants to see now.
                self.has_played = true;
                if !self.layout.shows(Pane::Probe) {
                    self.layout.choose(Named::Probe);
                }
            }
            Some(Err(fault)) => self.complaint = Some(sentence(&fault)),
            None => {}
        }
        if let Some(fault) = self.runs.update(&self.session, &mut self.actions) {
            self.complaint = Some(fault);
        }
        if let Some(fault) = self.experiments.update() {
            self.complaint = Some(fault);
        }
        match self.tasks.finished_download() {
            Some(Ok(set)) if self.settings.draft.data.set == set => self.actions.push(UiAction::Apply),
            Some(Err(fault)) => self.complaint = Some(sentence(&fault)),
            Some(Ok(_)) | None => {}
        }
        let dropped = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        let is_recipe = |path: &Path| {
            path.extension()
                .is_some_and(|end| end.eq_ignore_ascii_case(RECIPE_ENDING))
        };
        let is_png = |path: &Path| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
        if let Some(path) = dropped.as_ref().filter(|path| path.is_file() && is_recording(path)) {
            self.actions.push(UiAction::OpenRun(path.clone()));
        } else if let Some(path) = dropped.as_ref().filter(|path| is_png(path)) {
            self.actions.push(UiAction::OpenPicture(path.clone()));
        } else if let Some(path) = dropped.as_ref().filter(|path| path.is_file() && is_recipe(path)) {
            self.actions.push(UiAction::OpenRecipe(path.clone()));
        } else if let Some(path) = dropped {
            let folder = if path.is_dir() {
                Some(path)
            } else {
                path.parent().map(Into::into)
            };
            self.actions.extend(folder.map(UiAction::UseFolder));
        }
    }

    /// Does what the keys say, as far as they do not belong to what is typed or chosen.
    fn read_keys(&mut self, ctx: &Context) {
        let keyboard = self.focus.keyboard(ctx);
        let pressed = keys::pressed(ctx, keyboard, &self.situation());
        self.actions.extend(pressed);
    }

    /// Does what was asked for.
    fn carry_out(&mut self, ctx: &Context, action: UiAction) {
        let Some(action) = self.about_runs(action).and_then(|action| self.about_time(action)) else {
            return;
        };
        match action {
            UiAction::Play(goal) => self.play(goal),
            UiAction::Pause => self.source.send(Command::Pause),
            UiAction::Step => self.step(self.transport.step_size),
            UiAction::StepBy(steps) => self.step(steps),
            UiAction::GoOnWithLeft
            | UiAction::BringNightBack
            | UiAction::DismissAside
            | UiAction::DiscardLeft
            | UiAction::ToggleRuns
            | UiAction::SaveRun
            | UiAction::SaveRunTo(_)
            | UiAction::SaveRunAs
            | UiAction::BrowseRuns
            | UiAction::OpenRun(_)
            | UiAction::Export(_)
            | UiAction::NoteExported(_)
            | UiAction::Seek(_)
            | UiAction::SeekBatch(_)
            | UiAction::SeekTuned(_)
            | UiAction::FollowLive
            | UiAction::ToggleLoop
            | UiAction::SetMemory(_)
            | UiAction::StepBack
            | UiAction::ToTheEnd
            | UiAction::SetSpeed(_)
            | UiAction::ToggleBookmark => {}
            UiAction::Lane(action) => self.about_lanes(action),
            UiAction::Experiments(action) => self.about_experiments(action),
            UiAction::PlayUntil(stop) => self.play_until(stop),
            UiAction::NextSpike => self.next_spike(),
            UiAction::PreviousSpike => self.previous_spike(),
            UiAction::NextChange => self.next_change(),
            UiAction::ToggleSlowMotion => self.toggle_slow_motion(),
            UiAction::AddBreakpoint(stop) => self.change_breakpoints(|list| list.add(stop)),
            UiAction::ToggleBreakpoint(index) => self.change_breakpoints(|list| list.toggle(index)),
            UiAction::RemoveBreakpoint(index) => self.change_breakpoints(|list| list.remove(index)),
            UiAction::Tell(text) => self.say(text),
            UiAction::DismissNotice => self.dismiss_notice(),
            UiAction::TraceCurve { with_effects } => self.source.send(Command::TraceCurve { with_effects }),
            UiAction::StopTracing => self.source.send(Command::StopTracing),
            UiAction::Map(action) => self.about_map(action),
            UiAction::SetStepSize(steps) => self.transport.step_size = steps,
            UiAction::Restart => self.reopen(|_| {}, Start::Newborn),
            UiAction::SleepAgain => {
                self.reopen(|_| {}, Start::Trained);
                self.play(Goal::Woken);
            }
            UiAction::NewSeed => self.next_seed(),
            UiAction::Apply => self.apply(),
            UiAction::ChangeNight => self.change_night(),
            UiAction::FindThresholds(wanted) => self.find_thresholds(wanted),
            UiAction::StopFinding => {
                self.settings.finder.begin(None);
                self.source.send(Command::StopFinding);
            }
            UiAction::SetLive(on) => self.settings.live.on = on,
            UiAction::KeepNight => self.keep_night(),
            UiAction::Revert => self.revert(),
            UiAction::Undo => self.bring_back(History::undo),
            UiAction::Redo => self.bring_back(History::redo),
            UiAction::EditValue(path, layer) => self.edit_value(path, layer),
            UiAction::ChoosePreset(id) => self.choose_preset(id),
            UiAction::OpenRecipe(path) => self.open_recipe(&path),
            UiAction::UseFolder(folder) => self.settings.use_folder(folder),
            UiAction::BrowseFolder => self.tasks.pick(Wanted::Folder),
            UiAction::BrowsePicture => self.tasks.pick(Wanted::Picture),
            UiAction::OpenPicture(path) => self.tasks.read_picture(path),
            UiAction::ShowHeldOut(index) => self.source.send(Command::ShowHeldOut(index)),
            UiAction::Download(set) => self.tasks.download(set),
            UiAction::StopDownload => self.tasks.stop_download(),
            UiAction::ChooseLayout(named) => self.layout.choose(named),
            UiAction::DefaultLayout => self.touched_layout().reset(),
            UiAction::ClosePane(pane) => self.touched_layout().close(pane),
            UiAction::AddPane(pane) => self.touched_layout().add(pane),
            UiAction::Select(neuron) => self.selection.select(neuron),
            UiAction::ToggleSelected(neuron) => self.selection.toggle(neuron),
            UiAction::ClearSelection => self.selection.clear(),
            UiAction::Light(units) => self.selection.light(units),
            UiAction::PickSynapse(synapse) => self.selection.pick_synapse(synapse),
            UiAction::ShowLayer(layer) => self.show_layer(layer),
            UiAction::SelectSpan(span) => self.selection.select_span(span),
            UiAction::ShowCell(cell) => self.source.send(Command::ShowCell(cell)),
            UiAction::CloseImages => self.session.close_images(),
            UiAction::EnlargePane(pane) => self.layout.enlarge(pane),
            UiAction::ToggleSettings => self.settings_shown = Some(!self.shows_settings(ctx)),
            UiAction::ChooseLooks(looks) => self.choose_looks(ctx, looks),
            UiAction::OpenPalette => self.overlay = Overlay::palette(),
            UiAction::OpenSheet => self.overlay = Overlay::Sheet,
            UiAction::DismissFailure => self.dismiss_failure(),
        }
    }

    /// Theme and scale are others.
    fn choose_looks(&mut self, ctx: &Context, looks: Looks) {
        self.looks = looks;
        looks.show(ctx);
    }

    /// The sentence about what did not work has been read.
    fn dismiss_failure(&mut self) {
        self.session.dismiss_failure();
        self.complaint = None;
    }

    /// A run in which nothing has happened begins with the settings as they are: there is nothing to protect from them.
    pub(super) fn take_over_settings(&mut self) {
        if self.session.is_untouched() && !self.settings.pending(&self.session).is_empty() {
            self.apply();
        }
    }

    /// Goes on to a goal.
    pub(super) fn play(&mut self, goal: Goal) {
        if self.session.opened().is_some() {
            self.take_over_settings();
            self.has_played = true;
            self.steering.clear();
            self.source.send(Command::Play(goal));
        }
    }

    /// So many steps from rest.
    fn step(&mut self, steps: u64) {
        if self.session.opened().is_some() && !self.session.is_running() && !self.session.is_over() {
            self.take_over_settings();
            self.has_played = true;
            self.steering.clear();
            self.source.send(Command::Step(steps));
        }
    }

    /// Makes the settings or the panes what they were.
    fn bring_back(&mut self, step: fn(&mut History) -> Option<State>) {
        match step(&mut self.history) {
            Some(State::Settings(recipe)) => self.settings.set(*recipe),
            Some(State::Panes(named, tree)) => self.layout.put(named, *tree),
            None => {}
        }
    }

    /// The layout, about to be changed by a person.
    pub(super) fn touched_layout(&mut self) -> &mut Layout {
        self.history.touch();
        &mut self.layout
    }

    /// A layer alone in the pane of the spikes, which is added where it is missing.
    fn show_layer(&mut self, layer: usize) {
        if !self.layout.shows(Pane::Raster) {
            self.touched_layout().add(Pane::Raster);
        }
        self.panels.show_layer(layer);
    }

    /// Gives the keyboard to a value of the settings, which are shown for it.
    fn edit_value(&mut self, path: &'static str, layer: usize) {
        self.settings_shown = Some(true);
        self.settings.edit(path, layer);
    }

    /// The present run once more, changed a little.
    fn reopen(&mut self, change: impl FnOnce(&mut Recipe), from: Start) {
        if let Some(opened) = self.session.opened() {
            let mut recipe = opened.recipe.clone();
            change(&mut recipe);
            self.source.send(Command::Open {
                recipe: Box::new(recipe),
                from,
            });
        }
    }

    /// The settings say what a preset says.
    fn choose_preset(&mut self, id: &str) {
        if let Some(preset) = find_preset(id) {
            self.set_recipe(preset.recipe);
        }
    }

    /// The settings say what a file says.
    fn open_recipe(&mut self, path: &Path) {
        match read_recipe(path) {
            Ok(recipe) => self.set_recipe(recipe),
            Err(error) => self.complaint = Some(sentence(&error.to_string())),
        }
    }

    /// The settings say this from now on.
    fn set_recipe(&mut self, recipe: Recipe) {
        self.settings.set(recipe);
        // Nothing is lost while nothing was done.
        if self.session.is_untouched() {
            self.apply();
        }
    }

    /// The settings say what is being run.
    fn revert(&mut self) {
        if let Some(opened) = self.session.opened() {
            self.settings.set(opened.recipe.clone());
        }
    }

    /// The present run with the next seed. Settings that wait keep waiting.
    fn next_seed(&mut self) {
        let Some(seed) = self.session.opened().map(|opened| opened.recipe.seed.wrapping_add(1)) else {
            return;
        };
        self.settings.draft.seed = seed;
        self.reopen(|recipe| recipe.seed = seed, Start::Newborn);
    }

    /// Runs what the settings say. Another night begins at once, another life waits for "Play".
    fn apply(&mut self) {
        if self.settings.draft.validate().is_err() {
            return;
        }
        let pending = self.settings.pending(&self.session);
        // Without a run nothing is pending, and there is nothing to fine-tune.
        if !pending.is_empty() && reach(&pending) == Reach::Tuning {
            return self.apply_tuning();
        }
        let keeps = reach(&pending) <= Reach::Night && self.session.phase() >= Phase::Trained;
        let from = if keeps { Start::Trained } else { Start::Newborn };
        self.source.send(Command::Open {
            recipe: Box::new(self.settings.draft.clone()),
            from,
        });
        if keeps {
            self.play(Goal::Woken);
        }
    }

    /// Fine-tunes as the settings say: at once if the night is over, otherwise when it comes to that.
    fn apply_tuning(&mut self) {
        let params = self.settings.draft.fine_tuning.clone();
        let begins = params.is_some() && self.session.phase() >= Phase::Woken;
        self.source.send(Command::SetFineTuning(params.map(Box::new)));
        if begins {
            self.play(Goal::Tuned);
        }
    }

    /// Tells the source how much memory going back may take.
    pub(super) fn tell_memory(&self) {
        self.source.send(Command::SetMemory(self.memory.bytes()));
    }

    /// Tells the source how fast to go.
    pub(super) fn tell_speed(&self) {
        let fastest = self.hurries || self.transport.speed >= FASTEST;
        let speed = if fastest {
            Speed::Unlimited
        } else {
            Speed::PerSecond(self.transport.speed)
        };
        self.source.send(Command::SetSpeed(speed));
    }
}
