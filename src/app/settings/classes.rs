//! How many images of each class: as they were drawn, one class fewer, a long tail, or numbers of one's own.

use egui::{Align2, FontId, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::choice::choice_ui;
use super::line::{BACK, hint, named};
use super::row::{Against, Rail, Row};
use crate::app::session::Session;
use crate::app::text::grouped;
use crate::app::theme::{Tokens, size};
use crate::data::{Balance, DataSpec, Origin};
use crate::experiment::Recipe;

/// Height of the line of a class that cannot be dragged.
const LINE: f32 = 17.0;
/// Room for the number behind a bar.
const NUMBER: f32 = 58.0;
/// Most height that the classes take.
const HEIGHT: f32 = 300.0;
/// The class that is rare at first, with the share of a published experiment.
const RARE: Balance = Balance::OneRare { class: 8, share: 0.1 };
/// The long tail at first, that of the published experiments.
const TAIL: Balance = Balance::LongTail { ratio: 20.0 };
/// Images that come with the program, and images of a full published set.
const PUBLISHED: (usize, usize) = (7_000, 60_000);

/// The kinds of balance, without their numbers.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    AsDrawn,
    OneRare,
    LongTail,
    Counts,
}

impl Kind {
    /// The kind of a balance.
    fn of(balance: &Balance) -> Self {
        match balance {
            Balance::AsDrawn => Self::AsDrawn,
            Balance::OneRare { .. } => Self::OneRare,
            Balance::LongTail { .. } => Self::LongTail,
            Balance::Counts(_) => Self::Counts,
        }
    }
}

/// What is known of the classes of the images that the settings ask for.
struct Known {
    names: Vec<String>,
    /// Images of each class that there are, as far as it is known.
    available: Vec<usize>,
    /// Images of each class that are trained on.
    images: Vec<usize>,
    /// Whether these are counted, and not reckoned from shares.
    is_exact: bool,
}

impl Known {
    /// What is known before the images are drawn: of the run that is open if it is on the same set, otherwise of the published set.
    fn of(draft: &Recipe, session: &Session) -> Option<Self> {
        let spec = &draft.data;
        let opened = session.opened();
        let same = opened.filter(|opened| {
            let data = &opened.recipe.data;
            (data.set, &data.from) == (spec.set, &spec.from) && !opened.class_available.is_empty()
        });
        let (names, available) = if let Some(same) = same {
            (same.class_names.clone(), same.class_available.clone())
        } else {
            let classes = spec.set.classes()?;
            let total = match spec.from {
                Origin::BuiltIn => PUBLISHED.0,
                Origin::Full | Origin::Folder(_) => PUBLISHED.1,
            };
            (spec.set.class_names(classes), vec![total / classes; classes])
        };
        let drawn = same.filter(|opened| opened.recipe.data == *spec && opened.recipe.seed == draft.seed);
        Some(match (&spec.balance, drawn) {
            (_, Some(opened)) => Self {
                names,
                available,
                images: opened.class_images.clone(),
                is_exact: true,
            },
            (Balance::Counts(counts), None) => Self {
                names,
                available,
                images: counts.clone(),
                is_exact: true,
            },
            (_, None) => Self {
                images: expected(spec, &available)?,
                names,
                available,
                is_exact: false,
            },
        })
    }
}

/// The images of each class in the mean over draws, where so many of each are available.
fn expected(spec: &DataSpec, available: &[usize]) -> Option<Vec<usize>> {
    let all: usize = available.iter().sum();
    let drawn = spec.images.count(all).ok()? as f64;
    let shares = spec.balance.shares(available.len()).ok()?;
    let images = available.iter().zip(shares).map(|(&there, share)| {
        let of_class = drawn * there as f64 / all.max(1) as f64;
        ((share * of_class).round() as usize).max(1)
    });
    Some(images.collect())
}

/// The choice, its numbers, and what comes of it.
pub fn ui(ui: &mut Ui, draft: &mut Recipe, against: Against<'_>, session: &Session) {
    let preset = &against.preset.data.balance;
    let pending = against
        .applied
        .is_some_and(|applied| applied.data.balance != draft.data.balance);
    let mut kind = Kind::of(&draft.data.balance);
    let choices = [
        (
            Kind::AsDrawn,
            "As drawn",
            "All images that were drawn: about as many of each class",
        ),
        (
            Kind::OneRare,
            "One class fewer",
            "Of one class only a share, of the others all",
        ),
        (
            Kind::LongTail,
            "Long tail",
            "All of the first class, and of each further class the same factor less",
        ),
        (
            Kind::Counts,
            "Own numbers",
            "A number of images for each class, drawn from the whole set",
        ),
    ];
    let help = "Which classes have fewer images to train on. Where they do, balanced accuracy stands beside accuracy";
    if choice_ui(ui, "Classes", help, &mut kind, &choices, &Kind::of(preset), pending) {
        let known = Known::of(draft, session);
        draft.data.balance = if Kind::of(preset) == kind {
            preset.clone()
        } else {
            match kind {
                Kind::AsDrawn => Balance::AsDrawn,
                Kind::OneRare => RARE,
                Kind::LongTail => TAIL,
                Kind::Counts => Balance::Counts(known.map_or_else(|| vec![10; 10], |known| known.images)),
            }
        };
    }
    let known = Known::of(draft, session);
    let names = known.as_ref().map_or(&[][..], |known| &known.names);
    numbers_ui(ui, &mut draft.data.balance, preset, names, pending);
    if !draft.data.balance.is_as_drawn() {
        images_ui(ui, &mut draft.data.balance, preset, known.as_ref(), pending);
    }
}

/// How much rarer which classes are.
fn numbers_ui(ui: &mut Ui, balance: &mut Balance, preset: &Balance, names: &[String], pending: bool) {
    match (balance, preset) {
        (Balance::OneRare { class, share }, preset) => {
            let preset = match preset {
                Balance::OneRare { class, share } => Some((*class, *share)),
                _ => None,
            };
            let choices: Vec<(u8, &str, &str)> = (0..=u8::MAX)
                .zip(names)
                .map(|(class, name)| (class, &**name, "This class has fewer images"))
                .collect();
            let before = preset.map_or(*class, |preset| preset.0);
            choice_ui(
                ui,
                "Rare class",
                "The class with fewer images",
                class,
                &choices,
                &before,
                pending,
            );
            let row = Row {
                name: "Share left",
                unit: "%",
                help: "What is left of the images of that class.",
                source: "10 % is that of the published experiments with a rare class.",
                rail: Rail::Logarithmic,
                range: 0.1..=100.0,
                allowed: 0.001..=100.0,
                whole: false,
                wanted: false,
            };
            let mut percent = 100.0 * *share;
            if row.ui(ui, &mut percent, preset.map(|preset| 100.0 * preset.1), pending) {
                *share = (percent / 100.0).min(1.0);
            }
        }
        (Balance::LongTail { ratio }, preset) => {
            let preset = match preset {
                Balance::LongTail { ratio } => Some(*ratio),
                _ => None,
            };
            let row = Row {
                name: "First to last",
                unit: "to 1",
                help: "How many times more images the first class has than the last.",
                source: "20 to 1 is our choice for a published experiment that does not say it.",
                rail: Rail::Logarithmic,
                range: 1.0..=1000.0,
                allowed: 1.0..=1_000_000.0,
                whole: false,
                wanted: false,
            };
            row.ui(ui, ratio, preset, pending);
        }
        (Balance::AsDrawn | Balance::Counts(_), _) => {}
    }
}

/// How many images each class comes to: bars, or sliders where each class has its own number.
fn images_ui(ui: &mut Ui, balance: &mut Balance, preset: &Balance, known: Option<&Known>, pending: bool) {
    let Some(known) = known else {
        hint(ui, "How many images each class has is known once the images are there");
        return;
    };
    ScrollArea::vertical()
        .id_salt("classes")
        .max_height(HEIGHT)
        .auto_shrink([false, true])
        .show(ui, |ui| match balance {
            Balance::Counts(counts) => counts_ui(ui, counts, preset, known, pending),
            _ => bars_ui(ui, known, pending),
        });
    // What was dragged is counted at once.
    let total: usize = match balance {
        Balance::Counts(counts) => counts.iter().sum(),
        _ => known.images.iter().sum(),
    };
    let about = if known.is_exact { "" } else { "about " };
    hint(ui, &format!("{about}{} images in all", grouped(total as u64)));
}

/// A slider for each class.
fn counts_ui(ui: &mut Ui, counts: &mut [usize], preset: &Balance, known: &Known, pending: bool) {
    for (class, count) in counts.iter_mut().enumerate() {
        let there = known.available.get(class).copied().unwrap_or(*count).max(1) as f64;
        let name = known.names.get(class).cloned().unwrap_or_else(|| class.to_string());
        let row = Row {
            name: &format!("Images of {name}"),
            unit: "",
            help: "How many images of this class the network is trained on.",
            source: "",
            rail: Rail::Linear,
            range: 0.0..=there.max(*count as f64),
            allowed: 0.0..=there,
            whole: true,
            wanted: false,
        };
        let mut value = *count as f64;
        let preset = match preset {
            Balance::Counts(counts) => counts.get(class).map(|&count| count as f64),
            _ => None,
        };
        if row.ui(ui, &mut value, preset, pending) {
            *count = value.round().max(0.0) as usize;
        }
    }
}

/// A bar for each class: how many images it comes to.
fn bars_ui(ui: &mut Ui, known: &Known, pending: bool) {
    let tokens = Tokens::of(ui);
    let most = known.images.iter().copied().max().unwrap_or(1).max(1) as f32;
    for (name, &images) in known.names.iter().zip(&known.images) {
        named(ui, &format!("   {name}"), pending, |ui, _| {
            let wide = ui.available_width() - BACK - ui.spacing().item_spacing.x;
            let (rect, response) = ui.allocate_exact_size(vec2(wide, LINE), Sense::hover());
            let about = if known.is_exact { "" } else { "≈ " };
            let number = format!("{about}{}", grouped(images as u64));
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::Label, true, format!("class {name}: {number} images"))
            });
            let width = (rect.width() - NUMBER).max(1.0) * images as f32 / most;
            let bar = Rect::from_min_size(rect.min + vec2(0.0, 3.0), vec2(width.max(1.5), LINE - 6.0));
            ui.painter().rect_filled(bar, 2.0, tokens.accent);
            let at = pos2(bar.right() + 6.0, rect.center().y);
            let font = FontId::proportional(size::SMALL);
            ui.painter().text(at, Align2::LEFT_CENTER, number, font, tokens.text);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Amount;
    use crate::experiment::presets;

    /// Catches numbers that are not what a draw comes to: 600 of 7,000 images, a tenth of one class, and a tail of 20 to 1.
    #[test]
    fn what_a_draw_comes_to_is_reckoned() {
        let mut spec = presets().remove(0).recipe.data;
        spec.images = Amount::Count(600);
        let available = [700; 10];
        let of = |balance: Balance, spec: &DataSpec| {
            let spec = DataSpec {
                balance,
                ..spec.clone()
            };
            expected(&spec, &available)
        };
        assert_eq!(of(Balance::AsDrawn, &spec), Some(vec![60; 10]));
        let mut rare = vec![60; 10];
        rare[8] = 6;
        assert_eq!(of(RARE, &spec), Some(rare));
        let tail = of(TAIL, &spec).unwrap();
        assert_eq!((tail[0], tail[9]), (60, 3));
        assert!(tail.is_sorted_by(|a, b| a > b), "{tail:?}");
        spec.images = Amount::Count(8_000);
        assert_eq!(of(TAIL, &spec), None, "there are not so many");
    }
}
