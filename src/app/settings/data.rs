//! The images: which, from where, how many.

use std::path::{Path, PathBuf};

use egui::{DragValue, TextEdit, Ui};
use strum::VariantArray as _;

use super::choice::choice_ui;
use super::difference::amount;
use super::line::named;
use super::row::Against;
use super::typed::read;
use crate::app::action::{Actions, UiAction};
use crate::app::session::Session;
use crate::app::text::{grouped, number};
use crate::app::theme::CONTROL_HEIGHT;
use crate::app::widgets::{Emphasis, Icon, ToolButton, segmented};
use crate::data::{Amount, Draw, Origin, Set};
use crate::experiment::Recipe;

/// What is typed but not taken yet.
pub struct DataView {
    path: String,
}

/// Where the images come from, without the folder.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    BuiltIn,
    Full,
    Folder,
}

impl Place {
    /// Where images of this origin come from.
    fn of(origin: &Origin) -> Self {
        match origin {
            Origin::BuiltIn => Self::BuiltIn,
            Origin::Full => Self::Full,
            Origin::Folder(_) => Self::Folder,
        }
    }
}

impl DataView {
    /// Shows the folder of a recipe.
    pub fn new(recipe: &Recipe) -> Self {
        let path = if let Origin::Folder(folder) = &recipe.data.from {
            folder.display().to_string()
        } else {
            String::new()
        };
        Self { path }
    }

    /// Shows another folder.
    pub fn show_folder(&mut self, folder: &Path) {
        self.path = folder.display().to_string();
    }

    /// Set, source, number and draw.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        draft: &mut Recipe,
        against: Against<'_>,
        session: &Session,
        download: Option<&str>,
        actions: &mut Actions,
    ) {
        let applied = against.applied.map(|applied| &applied.data);
        let spec = &mut draft.data;
        let preset = &against.preset.data;
        let choices: Vec<_> = Set::VARIANTS
            .iter()
            .map(|&set| (set, set.title(), meaning(set)))
            .collect();
        let pending = applied.is_some_and(|applied| applied.set != spec.set);
        if choice_ui(ui, "Set", "Which images", &mut spec.set, &choices, &preset.set, pending) && spec.set == Set::Own {
            spec.from = Origin::Full;
        }
        self.source_ui(
            ui,
            &mut spec.from,
            spec.set,
            (applied.map(|applied| &applied.from), &preset.from),
            download,
            actions,
        );
        let pending = applied.is_some_and(|applied| applied.images != spec.images);
        amount_ui(ui, &mut spec.images, preset.images, session, pending);
        let choices = [
            (
                Draw::Random,
                "Random",
                "Each image equally likely: some classes get more than others",
            ),
            (
                Draw::Stratified,
                "Stratified",
                "Each class with its share of the whole set",
            ),
        ];
        let pending = applied.is_some_and(|applied| applied.draw != spec.draw);
        choice_ui(
            ui,
            "Draw",
            "How the images to train on are drawn",
            &mut spec.draw,
            &choices,
            &preset.draw,
            pending,
        );
    }

    /// Built in, full, or a folder.
    fn source_ui(
        &mut self,
        ui: &mut Ui,
        from: &mut Origin,
        set: Set,
        (applied, preset): (Option<&Origin>, &Origin),
        download: Option<&str>,
        actions: &mut Actions,
    ) {
        let pending = applied.is_some_and(|applied| applied != from);
        let mut place = Place::of(from);
        let mut choices = vec![
            (
                Place::BuiltIn,
                "Built in",
                "7,000 training and 3,000 test images that come with the program",
            ),
            (
                Place::Full,
                "Full set",
                "All images, from your data folder or after a download",
            ),
            (Place::Folder, "A folder", "IDX files in a folder of yours"),
        ];
        if set == Set::Own {
            choices.remove(0);
        }
        if choice_ui(
            ui,
            "Source",
            "Where the images come from. A folder can also be dropped on the window",
            &mut place,
            &choices,
            &Place::of(preset),
            pending,
        ) {
            *from = match place {
                Place::BuiltIn => Origin::BuiltIn,
                Place::Full => Origin::Full,
                Place::Folder => Origin::Folder(PathBuf::from(self.path.trim())),
            };
        }
        if place == Place::Folder {
            named(ui, "Folder", pending, |ui, label| {
                let width = ui.available_width() - 34.0;
                let edit = TextEdit::singleline(&mut self.path)
                    .hint_text("path of a folder")
                    .desired_width(width);
                if ui.add(edit).labelled_by(label.id).changed() {
                    *from = Origin::Folder(PathBuf::from(self.path.trim()));
                }
                let browse = ToolButton::new(Icon::Folder, "Choose a folder …").icon_only();
                if ui.add(browse).on_hover_text("Choose a folder …").clicked() {
                    actions.push(UiAction::BrowseFolder);
                }
            });
        }
        if place == Place::Full && set != Set::Own {
            download_ui(ui, set, download, actions);
        }
    }
}

/// The button that fetches a full set, and how far it is.
fn download_ui(ui: &mut Ui, set: Set, download: Option<&str>, actions: &mut Actions) {
    named(ui, "", false, |ui, _| {
        if let Some(progress) = download {
            ui.spinner();
            let stop = ui.add(ToolButton::text("Stop").emphasis(Emphasis::Quiet));
            if stop
                .on_hover_text("Stop the download; what has arrived is kept")
                .clicked()
            {
                actions.push(UiAction::StopDownload);
            }
            ui.add(egui::Label::new(progress).truncate()).on_hover_text(progress);
        } else {
            let button = ui.add(ToolButton::new(Icon::Download, "Download"));
            let help = format!(
                "Fetch all of {} from a public mirror into your data folder",
                set.title()
            );
            if button.on_hover_text(help).clicked() {
                actions.push(UiAction::Download(set));
            }
        }
    });
}

/// How many images, as a number or as a share.
fn amount_ui(ui: &mut Ui, images: &mut Amount, preset: Amount, session: &Session, pending: bool) {
    let available = session.opened().map_or(60_000, |opened| opened.train_available).max(1);
    named(ui, "Images", pending, |ui, label| {
        let help = format!(
            "How many of the {} images of this set the network is trained on.\n\nPreset: {}. Double-click on the name for it.",
            grouped(available as u64),
            amount(preset)
        );
        let label = label.on_hover_text(&help);
        if label.double_clicked() {
            *images = preset;
        }
        let is_share = matches!(images, Amount::Fraction(_));
        let words = [(false, "number".to_owned()), (true, "%".to_owned())];
        let width = ui.available_width() - 22.0 - 96.0;
        let size = [width, CONTROL_HEIGHT - 2.0];
        match images {
            Amount::Count(count) => {
                let drag = DragValue::new(count).range(1..=1_000_000).speed(5.0);
                ui.add_sized(size, drag).labelled_by(label.id).on_hover_text(help);
            }
            Amount::Fraction(share) => {
                let old = 100.0 * *share;
                let mut percent = old;
                let drag = DragValue::new(&mut percent)
                    .range(0.001..=100.0)
                    .speed(0.1)
                    .suffix(" %")
                    .custom_formatter(|value, _| number(value))
                    .custom_parser(move |text| read(text, old, number));
                let field = ui.add_sized(size, drag).labelled_by(label.id);
                if field.on_hover_text(help).changed() {
                    *share = percent / 100.0;
                }
            }
        }
        let help = |share: bool| {
            if share {
                "As a share of all training images"
            } else {
                "As a number of images"
            }
            .to_owned()
        };
        if let Some(share) = segmented(ui, "Images as", &words, is_share, help)
            && share != is_share
        {
            *images = match *images {
                Amount::Count(count) => Amount::Fraction((count as f64 / available as f64).min(1.0)),
                Amount::Fraction(share) => Amount::Count(((share * available as f64).round() as usize).max(1)),
            };
        }
    });
}

/// What a set is.
fn meaning(set: Set) -> &'static str {
    match set {
        Set::Mnist => "Handwritten digits",
        Set::FashionMnist => "Pictures of clothes",
        Set::Own => "IDX files of your own",
    }
}
