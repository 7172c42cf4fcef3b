//! One experiment: what it asks, what is set, how far it is, and what it found.

use egui::{DragValue, RichText, ScrollArea, Ui};

use super::curves::{Across, measures};
use super::study::Study;
use super::{Experiments, chart, night_ui, parts, table, usage};
use crate::app::action::Actions;
use crate::app::settings::sentence;
use crate::app::text::{counted, grouped};
use crate::app::theme::Tokens;
use crate::app::widgets::{Emphasis, Icon, ToolButton, segmented};
use crate::experiment::Plan;

/// Most trials of a point that can be set here.
const TRIALS: u32 = 1000;
/// Letters of a row of choices, beyond which it is a list that opens.
const LETTERS: usize = 44;
/// Most width of such a list.
const LIST: f32 = 320.0;

impl Experiments {
    /// The experiment that is looked at.
    pub(super) fn study_ui(&mut self, ui: &mut Ui, place: usize, actions: &mut Actions) {
        let ctx = self.ctx.clone();
        let Some(study) = self.studies.get_mut(place) else {
            return;
        };
        study.look(&ctx);
        ScrollArea::vertical()
            .id_salt("experiment")
            .auto_shrink(false)
            .show(ui, |ui| {
                let tokens = Tokens::of(ui);
                let outline = outline(study);
                let head = (&*study.protocol.title, &*study.protocol.note, &*outline);
                parts::head_ui(ui, head, |ui| export_ui(ui, study, actions));
                parts::row_ui(ui, |ui| {
                    let images = self.images.as_deref();
                    set_ui(ui, study, images, &mut self.side_by_side, actions);
                });
                place_ui(ui, study);
                ui.add_space(4.0);
                parts::row_ui(ui, |ui| {
                    if study.work.runs() {
                        let help = "Trials that are done are kept; Run goes on from there";
                        parts::stop_ui(ui, &study.work, help);
                    } else {
                        run_ui(ui, study, self.images.clone(), self.side_by_side, &ctx);
                    }
                    let (done, all) = study.done();
                    let text = (!study.work.is_reading()).then(|| study.progress());
                    parts::progress_ui(ui, (done, all), "Trials that are done", text);
                });
                if let Some(fault) = &study.work.fault {
                    ui.label(RichText::new(sentence(fault)).color(tokens.error));
                }
                if let Some(versions) = study.versions() {
                    ui.label(RichText::new(versions).color(tokens.text_weak));
                }
                ui.separator();
                look_ui(ui, study);
                ui.add_space(4.0);
                chart::ui(ui, study);
                night_ui::ui(ui, study, actions);
                ui.add_space(6.0);
                table::ui(ui, study);
                ui.add_space(6.0);
                usage::ui(ui, study, self.images.as_deref(), actions);
            });
    }
}

/// What is taken out of the window.
fn export_ui(ui: &mut Ui, study: &Study, actions: &mut Actions) {
    let any = !study.rows().is_empty();
    let helps = [
        "Every row: mean, standard deviation, interval and trials",
        "The plot with its axes and its key, in light colours, sharp at any size",
    ];
    let not_yet = "There is something to export once a trial is done";
    parts::export_ui(ui, any, helps, not_yet, actions);
}

/// What is varied and what is done, in a line.
fn outline(study: &Study) -> String {
    let protocol = &study.protocol;
    let mut parts: Vec<String> = protocol
        .axes
        .iter()
        .map(|axis| {
            let levels: Vec<&str> = axis.levels.iter().map(|level| level.name.as_str()).collect();
            format!("{}: {}", sentence(&axis.name).trim_end_matches('.'), levels.join("; "))
        })
        .collect();
    match &protocol.plan {
        Plan::Night {
            controls, conditions, ..
        } => {
            if !controls.is_empty() {
                parts.push(counted(controls.len() as u64, "control"));
            }
            if !conditions.is_empty() {
                parts.push(counted(conditions.len() as u64, "condition"));
            }
        }
        Plan::Tasks { tasks, arms, .. } => {
            parts.push(counted(tasks.len() as u64, "task"));
            parts.push(format!("{} of learning them", counted(arms.len() as u64, "way")));
        }
    }
    parts.push(counted(protocol.points() as u64, "point"));
    if !protocol.published.is_empty() {
        parts.push(counted(protocol.published.len() as u64, "published number"));
    }
    parts.join(" · ")
}

/// Trials, jobs, images.
fn set_ui(
    ui: &mut Ui,
    study: &mut Study,
    images: Option<&std::path::Path>,
    side_by_side: &mut usize,
    actions: &mut Actions,
) {
    let rests = !study.work.runs();
    let label = parts::word(ui, "Trials of each point");
    let mut trials = study.protocol.trials;
    // A folder may be of more.
    let most = study.protocol.most_trials().min(TRIALS).max(trials);
    let drag = DragValue::new(&mut trials).range(1..=most).speed(0.1);
    let drag = ui.add_enabled(rests, drag).labelled_by(label);
    let help = format!(
        "Each with its own seed, from {} on",
        grouped(study.protocol.recipe.seed)
    );
    if drag.on_hover_text(help).changed() && trials != study.protocol.trials {
        study.set_trials(trials);
    }
    ui.add_space(8.0);
    let help = "Trials that are done side by side, each on a core; the numbers do not depend on it";
    parts::side_by_side_ui(ui, rests, side_by_side, help);
    ui.add_space(8.0);
    let named = (images, "Images as the protocol names them");
    parts::images_ui(ui, rests, &study.protocol.recipe.data.from, named, actions);
}

/// Where the results are, and how the command line goes on with them.
fn place_ui(ui: &mut Ui, study: &Study) {
    let tokens = Tokens::of(ui);
    let Some(folder) = &study.folder else {
        let text = "There is no home folder to keep results in: choose an empty folder, or one with results, under \"Open results…\".";
        ui.label(RichText::new(text).color(tokens.error));
        return;
    };
    let command = format!("somnoscope experiment {}", study.protocol.name);
    parts::place_ui(ui, "Results", folder, (&command, "trials"));
}

/// The button that begins or goes on.
fn run_ui(
    ui: &mut Ui,
    study: &mut Study,
    images: Option<std::path::PathBuf>,
    side_by_side: usize,
    ctx: &egui::Context,
) {
    let (done, all) = study.done();
    let name = match done {
        0 => "Run",
        _ => "Go on",
    };
    let can = done < all && study.folder.is_some() && !study.work.is_reading();
    let run = ui.add_enabled(can, ToolButton::new(Icon::Play, name).emphasis(Emphasis::Primary));
    let run = run.on_hover_text("Do the trials that are not done yet; each is kept as soon as it is done");
    if run
        .on_disabled_hover_text("Every trial is done. Ask for more trials to go on")
        .clicked()
    {
        study.begin(images, side_by_side, ctx);
    }
    let choices = [(false, "All points".to_owned()), (true, "Shown below".to_owned())];
    let help = |only: bool| {
        if only {
            "Only the points that the plot below shows".to_owned()
        } else {
            "Every point of the protocol, the first trial of each first".to_owned()
        }
    };
    if let Some(only) = segmented(ui, "Points to run:", &choices, study.only_shown, help) {
        study.only_shown = only;
    }
}

/// What is looked at: along which axis, at which levels of the others, and which measure.
fn look_ui(ui: &mut Ui, study: &mut Study) {
    parts::row_ui(ui, |ui| {
        let across = Across::of(&study.protocol);
        if across.len() > 1 {
            let names: Vec<(Across, String)> = across
                .into_iter()
                .map(|across| (across, across.title(&study.protocol)))
                .collect();
            let names: Vec<(Across, &str)> = names.iter().map(|(across, name)| (*across, name.as_str())).collect();
            if let Some(chosen) = choice_ui(ui, "over", &names, study.view.across) {
                study.view.across = chosen;
            }
        }
        for axis in 0..study.protocol.axes.len() {
            let levels = &study.protocol.axes[axis].levels;
            if levels.len() < 2 || study.view.across == Across::Levels(axis) {
                continue;
            }
            let names: Vec<(usize, &str)> = levels.iter().map(|level| level.name.as_str()).enumerate().collect();
            let chosen = choice_ui(ui, &study.protocol.axes[axis].name, &names, study.view.at[axis]);
            if let Some(chosen) = chosen {
                study.view.at[axis] = chosen;
            }
        }
        let all = measures(study.rows());
        if all.len() > 1 && !matches!(study.view.across, Across::Strength(_)) {
            let names: Vec<(usize, &str)> = all.iter().map(String::as_str).enumerate().collect();
            let now = all
                .iter()
                .position(|measure| *measure == study.view.measure)
                .unwrap_or(0);
            if let Some(chosen) = choice_ui(ui, "measure", &names, now) {
                study.view.measure.clone_from(&all[chosen]);
            }
        }
    });
}

/// One of a few: side by side where they are short, otherwise a list that opens.
pub(super) fn choice_ui<T: Copy + PartialEq>(ui: &mut Ui, what: &str, names: &[(T, &str)], now: T) -> Option<T> {
    let letters: usize = names.iter().map(|(_, name)| name.chars().count() + 2).sum();
    let whole = ui.max_rect().width();
    let label = parts::width(ui, what) + ui.spacing().item_spacing.x;
    let words = names.iter().map(|(_, name)| parts::width(ui, name));
    let row = label + words.clone().map(|word| word + 16.0).sum::<f32>() + 4.0;
    if letters <= LETTERS && row <= whole {
        parts::make_room(ui, row);
        parts::word(ui, what);
        let choices: Vec<(T, String)> = names.iter().map(|&(value, name)| (value, name.to_owned())).collect();
        let pressed = segmented(ui, &format!("{what}:"), &choices, now, |_| {
            format!("Show it for this {what}")
        });
        ui.add_space(8.0);
        return pressed;
    }
    // The word and its list stay together, and the names are seen whole where there is room.
    let widest = words.fold(0.0, f32::max) + 40.0;
    let list = widest.clamp(120.0, (whole - label - 8.0).clamp(120.0, LIST));
    parts::make_room(ui, label + list + 8.0);
    let label = parts::word(ui, what);
    let shown = names
        .iter()
        .find(|(value, _)| *value == now)
        .map_or("", |(_, name)| *name);
    let combo = egui::ComboBox::from_id_salt(("experiment", what))
        .selected_text(shown)
        .width(list)
        .truncate();
    let mut pressed = None;
    let response = combo.show_ui(ui, |ui| {
        for &(value, name) in names {
            if ui.selectable_label(value == now, name).clicked() {
                pressed = Some(value);
            }
        }
    });
    response.response.labelled_by(label).on_hover_text(shown);
    ui.add_space(8.0);
    pressed
}
