//! Which images a point of an experiment uses for what.

use std::path::Path;

use crossbeam_channel::{Receiver, bounded};
use egui::{CollapsingHeader, RichText, Ui};

use super::doing::ExperimentsAction;
use super::study::Study;
use crate::app::action::Actions;
use crate::app::panels::images_list_ui;
use crate::app::settings::sentence;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Emphasis, ToolButton};
use crate::experiment::{ImagesUsed, Job, Library};

/// What is known of the images of a point.
#[derive(Default)]
pub struct Usage {
    /// The point that was asked for.
    point: usize,
    found: Option<Result<ImagesUsed, String>>,
    /// Where the answer comes from.
    asked: Option<Receiver<Result<ImagesUsed, String>>>,
}

impl Usage {
    /// The list, if it is known.
    pub fn known(&self) -> Option<&ImagesUsed> {
        self.found.as_ref()?.as_ref().ok()
    }
}

/// What a point is called.
fn point_name(study: &Study, point: usize) -> String {
    let levels = study.protocol.levels(point);
    let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
    if names.is_empty() {
        "the only point".to_owned()
    } else {
        names.join(", ")
    }
}

/// Finds the images of a point on a thread, for a set may have to be read first.
fn ask(study: &mut Study, point: usize, images: Option<&Path>, ctx: &egui::Context) {
    let (sender, receiver) = bounded(1);
    let (protocol, library, ctx) = (
        study.protocol.clone(),
        Library::new(images.map(Into::into)),
        ctx.clone(),
    );
    let thread = std::thread::Builder::new()
        .name("images used".to_owned())
        .spawn(move || {
            let found = protocol.images_used(Job { point, trial: 0 }, &library);
            let _ = sender.send(found.map_err(|error| error.to_string()));
            ctx.request_repaint();
        });
    study.usage = match thread {
        Ok(_) => Usage {
            point,
            found: None,
            asked: Some(receiver),
        },
        Err(error) => Usage {
            point,
            found: Some(Err(format!("no thread could be started: {error}"))),
            asked: None,
        },
    };
}

/// The points, the button, and the list.
pub fn ui(ui: &mut Ui, study: &mut Study, images: Option<&Path>, actions: &mut Actions) {
    let tokens = Tokens::of(ui);
    if let Some(found) = study.usage.asked.as_ref().and_then(|asked| asked.try_recv().ok()) {
        study.usage.found = Some(found);
        study.usage.asked = None;
    }
    let heading = RichText::new("Images used").color(tokens.text_strong);
    CollapsingHeader::new(heading).id_salt("images of the points").show(ui, |ui| {
        let mut point = study.usage.point.min(study.protocol.points().saturating_sub(1));
        let mut wants = false;
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(RichText::new("Point").color(tokens.text_weak));
            let combo = egui::ComboBox::from_id_salt("point of the images")
                .width(220.0)
                .truncate()
                .selected_text(point_name(study, point));
            let shown = combo.show_ui(ui, |ui| {
                for other in 0..study.protocol.points() {
                    if ui.selectable_label(other == point, point_name(study, other)).clicked() {
                        (point, wants) = (other, true);
                    }
                }
            });
            shown.response.labelled_by(label.id);
            let help = "Chooses the images of the first trial of this point as the trial does, and lists them phase by phase";
            wants |= ui.add(ToolButton::text("List the images")).on_hover_text(help).clicked();
            let export = ToolButton::text("Images (CSV) …").emphasis(Emphasis::Quiet);
            let export = ui.add_enabled(study.usage.known().is_some(), export);
            if export.on_hover_text("The list as a table").clicked() {
                actions.push(ExperimentsAction::ExportImages.into());
            }
            if study.usage.asked.is_some() {
                ui.spinner();
            }
        });
        if wants {
            let ctx = ui.ctx().clone();
            ask(study, point, images, &ctx);
        }
        match &study.usage.found {
            Some(Ok(used)) => {
                let first = format!("First trial of: {}", point_name(study, study.usage.point));
                ui.label(RichText::new(first).size(size::SMALL).color(tokens.text_weak));
                images_list_ui(ui, used);
            }
            Some(Err(fault)) => {
                ui.label(RichText::new(sentence(fault)).color(tokens.error));
            }
            None => {}
        }
    });
}
