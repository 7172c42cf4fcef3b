//! Training on the timeline: its accuracy, its epochs, and the networks that are kept of it.

use egui::{Painter, Pos2, Shape, Stroke, Ui, pos2};

use super::{NAMES, Scale};
use crate::app::session::Session;
use crate::app::text::{counted, grouped, number, percent};
use crate::app::theme::{Tokens, faded};
use crate::app::widgets::{reduce, tooltip_rows};
use crate::worker::Moment;

/// Smallest distance of two epochs that each have a mark.
const APART: f32 = 4.0;
/// Height of the mark of an epoch, and of one whose network is kept.
const MARKS: (f32, f32) = (4.0, 8.0);

/// The share of each batch that was read correctly, and a mark for each epoch: a longer one where the network is kept.
pub fn curve(painter: &Painter, tokens: &Tokens, session: &Session, scale: &Scale) {
    let (floor, height) = (scale.day.bottom(), scale.day.height() - NAMES);
    let batches = session.batches().iter();
    let points = batches.map(|point| [point.batch as f64 + 1.0, f64::from(point.accuracy)]);
    let points = reduce(points, scale.day.width().max(1.0) as usize).into_iter();
    let points: Vec<Pos2> = points
        .map(|[batch, accuracy]| {
            pos2(
                scale.moment(Moment::Batch(batch as u64)),
                floor - accuracy as f32 * height,
            )
        })
        .collect();
    painter.add(Shape::line(
        points,
        Stroke::new(tokens.pen(1.0), faded(tokens.text_weak, 0.8)),
    ));
    let per_epoch = session.batches_per_epoch();
    let mark = |batch: u64, high: f32| {
        let x = scale.moment(Moment::Batch(batch));
        painter.vline(x, floor - high..=floor, Stroke::new(tokens.pen(1.0), tokens.text));
    };
    if scale.day.width() * per_epoch as f32 / scale.batches as f32 >= APART {
        for epoch in 1..scale.batches / per_epoch {
            mark(epoch * per_epoch, MARKS.0);
        }
    }
    for &batch in session.checkpoints() {
        mark(batch, MARKS.1);
    }
}

/// What there is after so many batches, and how its network is made again.
pub fn hover_ui(ui: &mut Ui, session: &Session, batch: u64) {
    let mut rows = Vec::new();
    let per_epoch = session.batches_per_epoch();
    let epochs = (session.total_batches() / per_epoch).max(1);
    let epoch = (batch.saturating_sub(1) / per_epoch + 1).min(epochs);
    rows.push(("epoch", format!("{} of {}", grouped(epoch), grouped(epochs))));
    let point = batch
        .checked_sub(1)
        .and_then(|last| session.batches().get(last as usize));
    if let Some(point) = point {
        let accuracy = percent(f64::from(point.accuracy));
        rows.push((
            "this batch",
            format!("{accuracy} % read correctly, loss {}", number(point.loss.into())),
        ));
    }
    let here = Moment::Batch(batch);
    let tested = session.evaluations().iter().rev().find(|test| test.moment <= here);
    if let Some(test) = tested {
        let at = match test.moment {
            Moment::Batch(0) => "at birth".to_owned(),
            Moment::Batch(batch) => format!("tested after batch {}", grouped(batch)),
            Moment::Step(_) | Moment::Tuned(_) => "before sleep".to_owned(),
        };
        rows.push((
            "held-out images",
            format!("{} %, {at}", percent(test.evaluation.accuracy())),
        ));
    }
    if batch < session.batches().len() as u64 {
        rows.push(("brought back", way(session.checkpoints(), batch)));
    }
    let title = match batch {
        0 => "Newborn network".to_owned(),
        _ => format!(
            "Training, batch {} of {}",
            grouped(batch),
            grouped(session.total_batches())
        ),
    };
    tooltip_rows(ui, &title, &rows);
}

/// The same of fine-tuning.
pub fn tuning_curve(painter: &Painter, tokens: &Tokens, session: &Session, scale: &Scale) {
    let (floor, height) = (scale.tuning.bottom(), scale.tuning.height() - NAMES);
    let batches = session.tuned_batches().iter();
    let points = batches.map(|point| {
        let x = scale.moment(Moment::Tuned(point.batch + 1));
        pos2(x, floor - point.accuracy * height)
    });
    let pen = Stroke::new(tokens.pen(1.0), faded(tokens.text_weak, 0.8));
    painter.add(Shape::line(points.collect(), pen));
    for &batch in session.tuning_checkpoints() {
        let x = scale.moment(Moment::Tuned(batch));
        painter.vline(x, floor - MARKS.1..=floor, Stroke::new(tokens.pen(1.0), tokens.text));
    }
}

/// What there is after so many batches of fine-tuning.
pub fn tuning_hover_ui(ui: &mut Ui, session: &Session, batch: u64) {
    let mut rows = Vec::new();
    let known = session.tuned_batches();
    let point = batch.checked_sub(1).and_then(|last| known.get(last as usize));
    if let Some(point) = point {
        let accuracy = percent(f64::from(point.accuracy));
        let loss = number(point.loss.into());
        rows.push(("this batch", format!("{accuracy} % read correctly, loss {loss}")));
        let here = Moment::Tuned(batch);
        if let Some(test) = session.evaluations().iter().rev().find(|test| test.moment <= here) {
            let at = match test.moment {
                Moment::Tuned(batch) => format!("tested after tuning batch {}", grouped(batch)),
                Moment::Batch(_) | Moment::Step(_) => "tested in the night".to_owned(),
            };
            let accuracy = percent(test.evaluation.accuracy());
            rows.push(("held-out images", format!("{accuracy} %, {at}")));
        }
    } else {
        rows.push(("not known yet", "a click goes on to there".to_owned()));
    }
    let total = grouped(session.total_tuning());
    tooltip_rows(ui, &format!("Fine-tuning, batch {} of {total}", grouped(batch)), &rows);
}

/// How the network after so many batches is made again, in words.
fn way(kept: &[u64], batch: u64) -> String {
    let from = kept.iter().rev().find(|&&kept| kept <= batch).copied().unwrap_or(0);
    let start = match from {
        0 => "made as at birth".to_owned(),
        from => format!("kept after batch {}", grouped(from)),
    };
    match batch - from {
        0 => start,
        again => format!("{start}, {} trained again", counted(again, "batch")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Catches a network that is said to come from a later one, or from one that is not kept.
    #[test]
    fn the_way_back_is_told() {
        assert_eq!(way(&[20, 40], 0), "made as at birth");
        assert_eq!(way(&[20, 40], 19), "made as at birth, 19 batches trained again");
        assert_eq!(way(&[20, 40], 40), "kept after batch 40");
        assert_eq!(way(&[20, 40], 41), "kept after batch 40, 1 batch trained again");
    }
}
