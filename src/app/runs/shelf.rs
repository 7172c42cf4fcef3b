//! The runs that were kept, the newest first.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use egui::{Label, Mesh, Rect, RichText, ScrollArea, Sense, Shape, Stroke, TextEdit, Ui, pos2, vec2};

use strum::IntoEnumIterator as _;

use super::errand::{Errands, Verifying};
use crate::app::action::{Actions, LaneAction, UiAction};
use crate::app::export::RunFormat;
use crate::app::settings::sentence;
use crate::app::text::{counted, grouped, percent};
use crate::app::theme::{self, CONTROL_RADIUS, Tokens, size};
use crate::app::widgets::{Emphasis, Icon, ToolButton};
use crate::run::{Glance, Manifest, RecordingError, Shelved, Verdict, When};

/// Size of the picture of a night: its spikes, and its accuracy from falling asleep to waking.
const THUMBNAIL: egui::Vec2 = vec2(120.0, 44.0);

/// What is known of whether a run is what it says.
enum Check {
    /// It is being gone through again.
    UnderWay(Arc<Verifying>),
    /// The verdict, or why there is none, of the file as it was written then.
    Done(Option<SystemTime>, Result<Verdict, String>),
}

impl Check {
    /// How far it is or what came out, and whether that is good; `None` if the file is another by now.
    fn words(&self, run: &Shelved, steps: u64) -> Option<(String, Option<bool>)> {
        match self {
            Self::UnderWay(verifying) => {
                let done = verifying.done.load(Ordering::Relaxed);
                Some((format!("verifying: step {} of {}", grouped(done), grouped(steps)), None))
            }
            Self::Done(written, _) if *written != run.written => None,
            Self::Done(_, Ok(verdict)) => {
                let is_good = matches!(verdict, Verdict::Identical { .. });
                Some((sentence(&verdict.to_string()), Some(is_good)))
            }
            Self::Done(_, Err(reason)) => Some((sentence(reason), Some(false))),
        }
    }
}

/// The list as it is shown.
#[derive(Default)]
pub struct ShelfView {
    /// What was found at the last look; `None` before the first.
    runs: Option<Vec<Shelved>>,
    search: String,
    /// A run that is being renamed, and its title so far.
    renaming: Option<(PathBuf, String)>,
    /// The runs that were or are being gone through again.
    checks: BTreeMap<PathBuf, Check>,
    /// The file that the present run comes from.
    pub recalled: Option<PathBuf>,
    /// Whether there is a night that a run can be put beside.
    pub has_night: bool,
}

impl ShelfView {
    /// What was found.
    pub fn fill(&mut self, runs: Vec<Shelved>) {
        self.runs = Some(runs);
    }

    /// A run was gone through again.
    pub fn take_verdict(&mut self, path: PathBuf, verdict: Result<Verdict, RecordingError>) {
        let run = self.runs.iter().flatten().find(|run| run.path == path);
        let written = run.and_then(|run| run.written);
        self.checks
            .insert(path, Check::Done(written, verdict.map_err(|error| error.to_string())));
    }

    /// The list under its search.
    pub fn ui(&mut self, ui: &mut Ui, errands: &Errands, actions: &mut Actions) {
        let tokens = Tokens::of(ui);
        let words: Vec<String> = self
            .search
            .to_lowercase()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let all = self.runs.as_deref().unwrap_or_default();
        let shown: Vec<&Shelved> = all.iter().filter(|run| is_found(run, &words)).collect();
        ui.horizontal(|ui| {
            ui.label(theme::strong("Saved runs", size::TITLE).color(tokens.text_strong));
            let count = format!("{} of {} shown", grouped(shown.len() as u64), grouped(all.len() as u64));
            ui.label(RichText::new(count).size(size::SMALL).color(tokens.text_weak));
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let open = ui.add(ToolButton::new(Icon::Folder, "Open a file…"));
                if open.on_hover_text("Or drop one on the window").clicked() {
                    actions.push(UiAction::BrowseRuns);
                }
                let search = TextEdit::singleline(&mut self.search)
                    .hint_text("search")
                    .desired_width(160.0);
                let search = ui.add(search);
                search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search the saved runs"));
            });
        });
        ui.add_space(4.0);
        if shown.is_empty() {
            let text = match (&self.runs, all.is_empty()) {
                (None, _) => "Looking …",
                (Some(_), true) => "No run is kept yet. Save this one, or open a file.",
                (Some(_), false) => "No saved run has these words.",
            };
            ui.label(RichText::new(text).color(tokens.text_weak));
        }
        let (renaming, checks, has_night) = (&mut self.renaming, &mut self.checks, self.has_night);
        ScrollArea::vertical()
            .id_salt("shelf")
            .auto_shrink(false)
            .show(ui, |ui| {
                let (examples, own): (Vec<&Shelved>, Vec<&Shelved>) = shown.into_iter().partition(|run| run.is_example);
                for (index, runs) in [own, examples].into_iter().enumerate() {
                    if index == 1 && !runs.is_empty() {
                        ui.add_space(6.0);
                        ui.label(theme::strong("Examples", size::BODY).color(tokens.text));
                        ui.add_space(2.0);
                    }
                    for run in runs {
                        row_ui(ui, run, (renaming, checks, has_night), errands, actions);
                    }
                }
            });
    }
}

/// Whether a run has all these words, in small letters.
fn is_found(run: &Shelved, words: &[String]) -> bool {
    let mut text = run.path.display().to_string();
    if let Ok(manifest) = &run.manifest {
        for part in [
            &manifest.title,
            &manifest.notes,
            &manifest.recipe.name,
            &manifest.data.title,
        ] {
            text.push(' ');
            text.push_str(part);
        }
    }
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// One run.
fn row_ui(
    ui: &mut Ui,
    run: &Shelved,
    (renaming, checks, has_night): (&mut Option<(PathBuf, String)>, &mut BTreeMap<PathBuf, Check>, bool),
    errands: &Errands,
    actions: &mut Actions,
) {
    let tokens = Tokens::of(ui);
    let file = run
        .path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    ui.horizontal(|ui| {
        ui.set_min_height(THUMBNAIL.y + 6.0);
        let title = if let Ok(manifest) = &run.manifest {
            thumbnail_ui(ui, manifest, run.glance.as_ref());
            manifest.title.clone()
        } else {
            ui.allocate_exact_size(THUMBNAIL, Sense::hover());
            file.clone()
        };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            buttons_ui(ui, run, &title, (renaming, checks, has_night), errands, actions);
            ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                if let Some((_, text)) = renaming.as_mut().filter(|(path, _)| *path == run.path) {
                    let edit = ui.add(TextEdit::singleline(text).desired_width(f32::INFINITY));
                    edit.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "New title"));
                    if edit.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                        errands.rename(run.path.clone(), text.clone());
                        *renaming = None;
                    }
                } else {
                    ui.add(Label::new(theme::strong(&title, size::BODY).color(tokens.text_strong)).truncate());
                }
                let check = |manifest: &Manifest| checks.get(&run.path)?.words(run, manifest.recipe.night.steps);
                let (text, color) = match &run.manifest {
                    Ok(manifest) => match check(manifest) {
                        Some((text, None)) => (text, tokens.text),
                        Some((text, Some(true))) => (text, tokens.better),
                        Some((text, Some(false))) => (text, tokens.error),
                        None => (summary(run, manifest), tokens.text_weak),
                    },
                    Err(error) => (sentence(&error.to_string()), tokens.error),
                };
                ui.add(Label::new(RichText::new(text).size(size::SMALL).color(color)).truncate());
            });
        });
    });
}

/// A word to press in the row of a run, and what a screen reader says.
fn quiet<'a>(word: &'a str, called: &'a str) -> ToolButton<'a> {
    ToolButton::text(word).called(called).emphasis(Emphasis::Quiet)
}

/// What can be done with a run.
fn buttons_ui(
    ui: &mut Ui,
    run: &Shelved,
    title: &str,
    (renaming, checks, has_night): (&mut Option<(PathBuf, String)>, &mut BTreeMap<PathBuf, Check>, bool),
    errands: &Errands,
    actions: &mut Actions,
) {
    // Every run has these buttons: a screen reader says of which run.
    let [opens, verifies, stops] = ["Open", "Verify", "Stop verifying"].map(|word| format!("{word} {title}"));
    // What came with the program stays as it came.
    if !run.is_example {
        let name = format!("Move {title} to the bin");
        let away = ToolButton::new(Icon::Close, &name)
            .icon_only()
            .emphasis(Emphasis::Quiet);
        if ui.add(away).on_hover_text(&name).clicked() {
            errands.bin(run.path.clone());
        }
    }
    if run.manifest.is_err() {
        return;
    }
    let name = format!("More about {title}");
    let more = ToolButton::text("More").called(&name).emphasis(Emphasis::Quiet);
    let more = ui
        .add(more)
        .on_hover_text("Give it another title, or write it for other programs");
    egui::Popup::menu(&more).show(|ui| {
        ui.set_min_width(200.0);
        let rename = ui.add_enabled(!run.is_example, egui::Button::new("Rename"));
        let why_not = "What came with the program stays as it came";
        if rename.on_disabled_hover_text(why_not).clicked() {
            *renaming = Some((run.path.clone(), title.to_owned()));
        }
        for format in RunFormat::iter() {
            if ui.button(format.title()).on_hover_text(format.help()).clicked() {
                errands.export(run.path.clone(), title, format);
            }
        }
    });
    if let Some(Check::UnderWay(verifying)) = checks.get(&run.path) {
        if ui
            .add(quiet("Stop", &stops))
            .on_hover_text("Verify it another time")
            .clicked()
        {
            verifying.stop.store(true, Ordering::Relaxed);
            checks.remove(&run.path);
        }
    } else {
        let help = "Go through the night again and compare every spike and the last weights";
        if ui.add(quiet("Verify", &verifies)).on_hover_text(help).clicked() {
            let verifying = errands.verify(run.path.clone());
            checks.insert(run.path.clone(), Check::UnderWay(verifying));
        }
    }
    let called = format!("Put {title} beside the night");
    let beside = ToolButton::text("Beside").called(&called).emphasis(Emphasis::Quiet);
    let beside = ui.add_enabled(has_night, beside);
    let help = "Put it beside the present night as a lane, with its own data and weights";
    let why_not = "There must be a night to put it beside: play one first";
    if beside.on_hover_text(help).on_disabled_hover_text(why_not).clicked() {
        actions.push(UiAction::Lane(LaneAction::Add(run.path.clone())));
    }
    let open = ui.add(ToolButton::text("Open").called(&opens));
    if open
        .on_hover_text("Stand where it stood, and go on from there")
        .clicked()
    {
        actions.push(UiAction::OpenRun(run.path.clone()));
    }
}

/// What a run is, in a line.
fn summary(run: &Shelved, manifest: &Manifest) -> String {
    let accuracy = |test: Option<f64>| test.map_or_else(|| "–".to_owned(), percent);
    let night = nights_tests(manifest);
    let mut parts = vec![
        manifest.data.title.clone(),
        counted(manifest.recipe.night.steps, "step"),
        format!(
            "{} → {} %",
            accuracy(night.first().map(|test| test.1)),
            accuracy(night.last().map(|test| test.1))
        ),
        format!("{} kB", grouped(run.bytes.div_ceil(1000))),
    ];
    if !manifest.bookmarks.is_empty() {
        parts.push(counted(manifest.bookmarks.len() as u64, "bookmark"));
    }
    parts.extend(run.written.and_then(age));
    parts.push(place(&run.path));
    parts.join(" · ")
}

/// The folder and the name of a file, without the way there.
fn place(path: &Path) -> String {
    let mut parts: Vec<_> = path.iter().rev().take(2).map(|part| part.to_string_lossy()).collect();
    parts.reverse();
    parts.join("/")
}

/// How long ago something was, in words.
fn age(when: SystemTime) -> Option<String> {
    let minutes = when.elapsed().ok()?.as_secs() / 60;
    Some(match minutes {
        0 => "just now".to_owned(),
        1..60 => format!("{} ago", counted(minutes, "minute")),
        60..2880 => format!("{} ago", counted(minutes / 60, "hour")),
        _ => format!("{} ago", counted(minutes / 1440, "day")),
    })
}

/// The tests of the night, each with its step and accuracy; the first is that of falling asleep.
fn nights_tests(manifest: &Manifest) -> Vec<(u64, f64)> {
    let classes = manifest.sizes.last().copied().unwrap_or_default();
    let of_night = manifest.tests.iter().filter_map(|test| match test.when {
        When::Step(step) => Some((step, test.evaluation(classes).accuracy())),
        When::Batch(_) => None,
    });
    of_night.collect()
}

/// A night as a small picture: how busy its layers were, and its accuracy over them.
fn thumbnail_ui(ui: &mut Ui, manifest: &Manifest, glance: Option<&Glance>) {
    let tokens = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(THUMBNAIL, Sense::hover());
    let tests = nights_tests(manifest);
    ui.painter().rect_filled(rect, CONTROL_RADIUS, tokens.raised);
    let inner: Rect = rect.shrink(3.0);
    if let Some(glance) = glance.filter(|_| ui.is_rect_visible(rect)) {
        spikes_ui(ui, glance, inner);
    }
    let last = manifest.recipe.night.steps.max(1) as f32;
    let points = tests.iter().map(|&(step, accuracy)| {
        pos2(
            inner.left() + step as f32 / last * inner.width(),
            inner.bottom() - accuracy as f32 * inner.height(),
        )
    });
    let line = Shape::line(points.collect(), Stroke::new(tokens.pen(2.0), tokens.text_strong));
    ui.painter().with_clip_rect(rect).add(line);
    let words = "Spikes of the night, inputs on top, and its accuracy, from 0 at the bottom to 100 % at the top";
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, words));
    response.on_hover_text(words);
}

/// How busy each layer was: the brighter, the busier.
fn spikes_ui(ui: &Ui, glance: &Glance, place: Rect) {
    let tokens = Tokens::of(ui);
    let (columns, rows) = glance.size();
    let cell = place.size() / vec2(columns as f32, rows.max(1) as f32);
    let mut mesh = Mesh::default();
    for (column, row, layer, busy) in glance.cells() {
        let at = place.min + cell * vec2(column as f32, row as f32);
        let color = theme::faded(tokens.layer(layer, glance.layers()), 0.25 + 0.65 * busy);
        mesh.add_colored_rect(Rect::from_min_size(at, cell), color);
    }
    ui.painter().add(mesh);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::super::errand::Errand;

    use super::*;

    /// Catches a run that is not verified, a verdict that is not shown, and one that is always the same.
    #[test]
    fn a_run_is_verified_in_its_row() {
        let folder = tempfile::TempDir::new().unwrap();
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/recordings/format_1.somno");
        let path = folder.path().join("night.somno");
        std::fs::copy(sample, &path).unwrap();
        for (text, forged) in [
            ("Identical: ", false),
            ("Every spike is the same, but the weights", true),
        ] {
            if forged {
                let forge = |manifest: &mut Manifest| manifest.weights_after = "f".repeat(64);
                crate::run::Recording::annotate(&path, forge).unwrap();
            }
            let mut view = ShelfView::default();
            view.fill(crate::run::shelved_runs(&[folder.path().to_owned()]));
            let errands = Errands::new(egui::Context::default());
            let mut window = Harness::builder().with_size([900.0, 300.0]).build_ui_state(
                |ui, (view, errands): &mut (ShelfView, Errands)| {
                    if let Some(Errand::Verified(path, verdict)) = errands.done() {
                        view.take_verdict(path, verdict);
                    }
                    theme::install(ui.ctx());
                    view.ui(ui, errands, &mut Actions::new());
                },
                (view, errands),
            );
            window.get_by_label_contains("Verify ").click();
            window.run_steps(1);
            for _ in 0..6000 {
                window.run_steps(1);
                if window.query_by_label_contains(text).is_some() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            window.get_by_label_contains(text);
            window.get_by_label_contains("Verify ");
        }
    }

    /// Catches an age that is wrong by its unit.
    #[test]
    fn ages_are_told_in_the_largest_sensible_unit() {
        let ago = |seconds| age(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        assert_eq!(ago(5), "just now");
        assert_eq!(ago(61), "1 minute ago");
        assert_eq!(ago(3 * 3600 + 5), "3 hours ago");
        assert_eq!(ago(49 * 3600), "2 days ago");
        assert_eq!(place(Path::new("/home/me/runs/night.somno")), "runs/night.somno");
    }
}
