//! One search: what it looks for, how far it is, its population, and how a candidate stands.

use egui::{DragValue, Label, RichText, ScrollArea, Ui, vec2};

use super::doing::ExperimentsAction;
use super::hunt::Hunt;
use super::{Experiments, parts, population};
use crate::app::action::Actions;
use crate::app::settings::sentence;
use crate::app::text::{counted, grouped, number, percent, points, signed};
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton, segmented};
use crate::experiment::{Candidate, Outcome, Validation};

/// Most generations that can be set here.
const GENERATIONS: u32 = 1000;
/// Widths of the columns of the table.
const SITUATION: f32 = 200.0;
const SHARE: f32 = 92.0;

impl Experiments {
    /// The search that is looked at.
    pub(super) fn hunt_ui(&mut self, ui: &mut Ui, place: usize, actions: &mut Actions) {
        let ctx = self.ctx.clone();
        let images = self.images.clone();
        let Some(hunt) = self.hunts.get_mut(place) else { return };
        hunt.look(&ctx);
        ScrollArea::vertical()
            .id_salt("search")
            .auto_shrink(false)
            .show(ui, |ui| {
                let tokens = Tokens::of(ui);
                let outline = outline(hunt);
                let head = (&*hunt.search.title, &*hunt.search.note, &*outline);
                parts::head_ui(ui, head, |ui| export_ui(ui, hunt, actions));
                parts::row_ui(ui, |ui| {
                    set_ui(ui, hunt, images.as_deref(), &mut self.side_by_side, actions);
                });
                place_ui(ui, hunt);
                ui.add_space(4.0);
                parts::row_ui(ui, |ui| {
                    run_ui(ui, hunt, images.clone(), self.side_by_side, &ctx);
                });
                if let Some(fault) = &hunt.work.fault {
                    ui.label(RichText::new(sentence(fault)).color(tokens.error));
                }
                ui.separator();
                if hunt.candidates().is_empty() {
                    let text =
                        "No candidate was tried yet. Press Search: the picture fills in as candidates are tried.";
                    let frame = egui::Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(24);
                    frame.show(ui, |ui| {
                        ui.vertical_centered(|ui| ui.label(RichText::new(text).color(tokens.text)));
                    });
                    return;
                }
                look_ui(ui, hunt, actions);
                if let Some(picked) = population::lines_ui(ui, hunt) {
                    hunt.picked = Some(picked);
                }
                ui.add_space(6.0);
                standings_ui(ui, hunt);
                ui.add_space(8.0);
                population::scores_ui(ui, hunt);
            });
    }
}

/// What is taken out of the window.
fn export_ui(ui: &mut Ui, hunt: &Hunt, actions: &mut Actions) {
    let any = hunt.best().is_some();
    let helps = [
        "Every candidate: its score, its situations and the values of its parameters",
        "The scores by generation, in light colours, sharp at any size",
    ];
    let not_yet = "There is something to export once a candidate has a score";
    parts::export_ui(ui, any, helps, not_yet, actions);
}

/// What is searched for what, in a line.
fn outline(hunt: &Hunt) -> String {
    let search = &hunt.search;
    let situations: Vec<&str> = search.situations.iter().map(|it| it.name.as_str()).collect();
    let titles = hunt.titles().join(", ").to_lowercase();
    let validation = match search.validation {
        Validation::Others(count) => format!("scored on {} other training images", grouped(count as u64)),
        Validation::Share(share) => format!("scored on {} % of the chosen images, held back", percent(share)),
    };
    [
        situations.join("; "),
        counted(search.seeds.len() as u64, "network") + " each",
        titles,
        validation,
        format!("{} a generation", counted(search.population as u64, "candidate")),
    ]
    .join(" · ")
}

/// Generations, jobs, images.
fn set_ui(
    ui: &mut Ui,
    hunt: &mut Hunt,
    images: Option<&std::path::Path>,
    side_by_side: &mut usize,
    actions: &mut Actions,
) {
    let rests = !hunt.work.runs();
    let label = parts::word(ui, "Generations");
    let drag = DragValue::new(&mut hunt.search.generations)
        .range(1..=GENERATIONS)
        .speed(0.1);
    let drag = ui.add_enabled(rests, drag).labelled_by(label);
    drag.on_hover_text("Each is bred from the better half of the one before; more go on from where it is");
    ui.add_space(8.0);
    let help = "Nights that are slept side by side, each on a core; the numbers do not depend on it";
    parts::side_by_side_ui(ui, rests, side_by_side, help);
    ui.add_space(8.0);
    let named = (images, "Images as the search names them");
    parts::images_ui(ui, rests, &hunt.search.recipe.data.from, named, actions);
}

/// Where the candidates are, and how the command line goes on with them.
fn place_ui(ui: &mut Ui, hunt: &Hunt) {
    let tokens = Tokens::of(ui);
    let Some(folder) = &hunt.folder else {
        let text = "There is no home folder to keep candidates in: open a folder with a search.";
        ui.label(RichText::new(text).color(tokens.error));
        return;
    };
    let command = format!("somnoscope search {}", hunt.search.name);
    parts::place_ui(ui, "Candidates", folder, (&command, "candidates"));
}

/// The button that begins, goes on or stops, and how far it is.
fn run_ui(ui: &mut Ui, hunt: &mut Hunt, images: Option<std::path::PathBuf>, side_by_side: usize, ctx: &egui::Context) {
    let (done, all) = hunt.done();
    if hunt.work.runs() {
        let help = "Candidates that were tried are kept; Go on goes on from there";
        parts::stop_ui(ui, &hunt.work, help);
    } else {
        let name = if done == 0 { "Search" } else { "Go on" };
        let can = done < all && hunt.folder.is_some() && !hunt.work.is_reading();
        let run = ui.add_enabled(can, ToolButton::new(Icon::Play, name).emphasis(Emphasis::Primary));
        let run = run.on_hover_text("Train the networks once, then try one candidate after the other");
        if run
            .on_disabled_hover_text("Every candidate was tried. Ask for more generations to go on")
            .clicked()
        {
            hunt.begin(images, side_by_side, ctx);
        }
    }
    let text = (!hunt.work.is_reading()).then(|| hunt.progress());
    parts::progress_ui(ui, (done, all), "Candidates that were tried", text);
}

/// Which candidates are drawn, which one is looked at, and its way into the settings.
fn look_ui(ui: &mut Ui, hunt: &mut Hunt, actions: &mut Actions) {
    parts::row_ui(ui, |ui| {
        let choices = [
            (false, "All generations".to_owned()),
            (true, format!("Generation {}", hunt.newest())),
        ];
        let help = |newest: bool| {
            if newest {
                "Only the newest generation".to_owned()
            } else {
                "Every candidate, the newest generation in full strength, those that failed in red".to_owned()
            }
        };
        if let Some(only) = segmented(ui, "Candidates drawn:", &choices, hunt.only_newest, help) {
            hunt.only_newest = only;
        }
        ui.add_space(12.0);
        let label = parts::word(ui, "Candidate");
        let last = hunt.candidates().last_key_value().map_or(0, |(&number, _)| number);
        let mut looked_at = hunt.looked_at().map_or(0, |it| it.number);
        let drag = ui
            .add(DragValue::new(&mut looked_at).range(0..=last).speed(0.2))
            .labelled_by(label);
        let help = "The candidate that is looked at; a click on its line picks it, too. 0 is the night that the search began with";
        if drag.on_hover_text(help).changed() {
            hunt.picked = Some(looked_at);
        }
        let best = hunt.best().map(|it| it.number);
        let is_best = best.is_none() || best == Some(looked_at);
        let button = ui.add_enabled(!is_best, ToolButton::text("Best").called("Look at the best candidate"));
        if button
            .on_hover_text("Look at the best candidate, also when a better one comes")
            .on_disabled_hover_text("It is looked at")
            .clicked()
        {
            hunt.picked = None;
        }
        let some = hunt.looked_at().is_some();
        let button = ui.add_enabled(some, ToolButton::text("Use this night"));
        let help = "Put the night of this candidate into the settings, where it waits until it is applied";
        if button
            .on_hover_text(help)
            .on_disabled_hover_text("No candidate has a score yet: choose one")
            .clicked()
        {
            actions.push(ExperimentsAction::UseNight.into());
        }
    });
}

/// How the candidate that is looked at stands, situation by situation.
fn standings_ui(ui: &mut Ui, hunt: &Hunt) {
    let Some(candidate) = hunt.looked_at() else { return };
    let standings = hunt.standings(candidate);
    let first = hunt.candidates().get(&0);
    let firsts = first.map_or_else(Vec::new, |it| hunt.standings(it));
    let tokens = Tokens::of(ui);
    let share = |share: Option<f64>| share.map_or_else(|| "failed".to_owned(), percent);
    ui.label(RichText::new(told(candidate)).size(size::SMALL).color(tokens.text_weak));
    ScrollArea::horizontal().id_salt("standings").show(ui, |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let weak = |text: &str| RichText::new(text).size(size::SMALL).color(tokens.text_weak);
        row_ui(
            ui,
            weak("read correctly, %"),
            [
                "before",
                "rescaled",
                "first night",
                "this night",
                "gain",
                "over rescaled",
            ]
            .map(|head| (weak(head), "")),
        );
        for (place, it) in standings.iter().enumerate() {
            let gain = |against: f64| {
                let gain = it.after.map(|after| after - against);
                let color = match gain {
                    Some(gain) if gain < -0.0005 => tokens.worse,
                    Some(gain) if gain > 0.0005 => tokens.better,
                    _ => tokens.text,
                };
                let text = gain.map_or_else(String::new, |gain| signed(points(gain)));
                RichText::new(text).color(color)
            };
            let plain = |text: String| RichText::new(text).color(tokens.text);
            let this = RichText::new(share(it.after)).color(match it.after {
                Some(_) => tokens.text_strong,
                None => tokens.error,
            });
            row_ui(
                ui,
                RichText::new(&it.situation).color(tokens.text_strong),
                [
                    (plain(share(Some(it.before))), "Before any night"),
                    (
                        plain(share(Some(it.rescaled))),
                        "Without a night: each output divided by its mean over the training images",
                    ),
                    (
                        plain(firsts.get(place).map_or_else(String::new, |it| share(it.after))),
                        "After the night that the search began with",
                    ),
                    (this, "After the night of this candidate"),
                    (gain(it.before), "Points that this night gains against before it"),
                    (
                        gain(it.rescaled),
                        "Points that this night is better than rescaled outputs, for which nobody has to sleep",
                    ),
                ],
            );
        }
    });
    let titles = hunt.titles().iter().zip(&candidate.values);
    let values: Vec<String> = titles
        .map(|(title, &value)| format!("{} {}", title.to_lowercase(), number(value)))
        .collect();
    ui.add(Label::new(RichText::new(values.join(" · ")).size(size::SMALL).color(tokens.text)).wrap());
}

/// A row of the table.
fn row_ui(ui: &mut Ui, name: RichText, shares: [(RichText, &str); 6]) {
    ui.horizontal(|ui| {
        parts::cell(ui, SITUATION, name, false);
        for (text, help) in shares {
            let response = parts::cell(ui, SHARE, text, true);
            if !help.is_empty() {
                response.on_hover_text(help);
            }
        }
    });
}

/// A candidate in a line.
fn told(candidate: &Candidate) -> String {
    let count = |is: fn(&Outcome) -> bool| candidate.nights.iter().filter(|it| is(it)).count() as u64;
    let failures = [
        (count(|it| matches!(it, Outcome::Diverged(_))), "diverged"),
        (count(|it| matches!(it, Outcome::RanAway(_))), "ran away"),
    ];
    let failures = failures.into_iter().filter(|(nights, _)| *nights > 0);
    let failures: Vec<String> = failures
        .map(|(nights, what)| format!("{} {what}", counted(nights, "night")))
        .collect();
    let worth = candidate.score.map_or_else(
        || format!("no score, {}", failures.join(", ")),
        |score| format!("score {:.2} % on validation images", 100.0 * score),
    );
    format!("Candidate {}: {worth}", candidate.number)
}
