//! Lines between units: spikes on their way, and the strongest paths of a neuron.

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::grid::Grid;
use super::pass::Pass;
use super::paths::{Strongest, Synapse, Tree, Weights, strongest};
use crate::app::theme::{Tokens, faded};

/// Most lines between two layers of the spikes of a step.
const MOST_SPIKES: usize = 150;
/// Points of a line.
const POINTS: u16 = 14;
/// How strong the colour of a path is, as a value of the signed map.
const STRONG: f32 = 0.7;

/// The spikes of a step, and the lines from each to those of the next layer, which it fed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flow {
    /// Who spiked, layer by layer.
    pub spikes: Vec<Vec<u32>>,
    /// From each layer but the last to the next.
    pub lines: Vec<Strongest>,
}

impl Flow {
    /// The lines of a step in which these spiked. A synapse of weight 0 feeds nothing and is no line.
    pub fn new(spikes: Vec<Vec<u32>>, weights: Weights<'_>) -> Self {
        let pairs = spikes.windows(2).enumerate();
        let lines = pairs.map(|(layer, pair)| {
            let all = pair[0]
                .iter()
                .flat_map(|&from| pair[1].iter().map(move |&to| (from, to)));
            let synapses = all.filter_map(|(from, to)| weights.synapse(layer, from, to));
            strongest(synapses.collect(), MOST_SPIKES)
        });
        Self {
            lines: lines.collect(),
            spikes,
        }
    }

    /// Lines that are drawn, and lines there are.
    pub fn counts(&self) -> (usize, usize) {
        let drawn = self.lines.iter().map(|lines| lines.synapses.len()).sum();
        (drawn, self.lines.iter().map(|lines| lines.of).sum())
    }

    /// Paints the lines, the stronger the more so, as far as the spikes have come. `strength` is 1 where nothing lies
    /// over them.
    pub fn paint(&self, painter: &Painter, tokens: &Tokens, grids: &[Grid], pass: &Pass, strength: f32) {
        for (layer, lines) in self.lines.iter().enumerate() {
            let share = pass.share(layer);
            let (Some(from), Some(to)) = (grids.get(layer), grids.get(layer + 1)) else {
                return;
            };
            if !pass.is_lit(layer) || share <= 0.0 {
                continue;
            }
            // Where many lines meet each is fainter, so that single strong ones stay in sight.
            let crowd = (24.0 / lines.synapses.len().max(1) as f32).clamp(0.3, 1.0);
            let largest = lines.synapses.first().map_or(1.0, |synapse| synapse.value.abs());
            for synapse in lines.synapses.iter().rev() {
                let size = (synapse.value / largest).abs().sqrt();
                let color = faded(tokens.text, strength * crowd * (0.15 + 0.75 * size));
                let stroke = Stroke::new(tokens.pen(0.7 + 0.9 * size), color);
                let points = curve(from, to, synapse, share);
                let head = points.last().copied();
                painter.add(Shape::line(points, stroke));
                if let Some(head) = head.filter(|_| share < 1.0) {
                    painter.circle_filled(head, tokens.pen(2.2), faded(tokens.accent, 0.4 + 0.6 * size));
                }
            }
        }
    }
}

/// Paints the paths of a neuron: sign by colour, magnitude by width.
pub fn tree_ui(painter: &Painter, tokens: &Tokens, grids: &[Grid], tree: &Tree) {
    let synapses = tree.synapses();
    let largest = synapses.last().map_or(1.0, |synapse| synapse.value.abs());
    for synapse in &synapses {
        let (Some(from), Some(to)) = (grids.get(synapse.layer), grids.get(synapse.layer + 1)) else {
            continue;
        };
        let size = (synapse.value / largest).abs();
        let color = faded(sign_color(tokens, synapse.value), 0.55 + 0.45 * size);
        let stroke = Stroke::new(tokens.pen(0.8 + 3.2 * size), color);
        painter.add(Shape::line(curve(from, to, synapse, 1.0), stroke));
    }
}

/// The colour of what raises, or of what lowers.
pub fn sign_color(tokens: &Tokens, value: f32) -> Color32 {
    tokens.signed.color(STRONG.copysign(value))
}

/// A line from a unit to a unit of the next layer, or the first `share` of it: it leaves and arrives level, so that the
/// lines of a unit part and meet beside it, not over the units around.
fn curve(from: &Grid, to: &Grid, synapse: &Synapse, share: f32) -> Vec<Pos2> {
    let begin = edge(from.place(synapse.from), true);
    let end = edge(to.place(synapse.to), false);
    let (left, right) = (from.rect.right().max(begin.x), to.rect.left().min(end.x));
    let mut points = Vec::with_capacity(usize::from(POINTS) + 2);
    points.push(begin);
    for point in 0..POINTS {
        let along = f32::from(point) / f32::from(POINTS - 1);
        let eased = along * along * (3.0 - 2.0 * along);
        points.push(pos2(left + (right - left) * along, begin.y + (end.y - begin.y) * eased));
    }
    points.push(end);
    if share < 1.0 {
        first_part(&points, share)
    } else {
        points
    }
}

/// The middle of the right or the left side of a unit; the middle of one that is too small to have sides.
fn edge(place: Rect, right: bool) -> Pos2 {
    if place.width() < 4.0 {
        return place.center();
    }
    pos2(if right { place.right() } else { place.left() }, place.center().y)
}

/// The first part of a line, by its way across.
fn first_part(points: &[Pos2], share: f32) -> Vec<Pos2> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let until = first.x + share * (last.x - first.x);
    let mut part = Vec::with_capacity(points.len());
    for pair in points.windows(2) {
        part.push(pair[0]);
        if pair[1].x >= until {
            let across = (pair[1].x - pair[0].x).max(1e-6);
            part.push(pair[0].lerp(pair[1], ((until - pair[0].x) / across).clamp(0.0, 1.0)));
            break;
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::panels::weight_change::Shown;
    use ndarray::Array2;

    /// Catches a line to a neuron that did not spike, one over a layer that was silent, and a count that hides lines.
    #[test]
    fn lines_join_spikes_of_neighbouring_layers() {
        let weights: Vec<_> = [(30, 40), (20, 30), (5, 20)]
            .map(|(to, from)| Array2::from_shape_fn((to, from), |(to, from)| (to + from) as f32 / 10.0 - 1.0))
            .to_vec();
        let weights = Weights {
            before: &weights,
            now: &weights,
            shown: Shown::Now,
        };
        let spikes = vec![(0..20).collect(), (5..25).collect(), Vec::new(), vec![1]];
        let flow = Flow::new(spikes.clone(), weights);
        let zero = (0..20).filter(|from| (5..25).contains(&(10 - from))).count();
        assert_eq!(flow.lines[0].of, 400 - zero, "a weight of 0 feeds nothing");
        assert_eq!(flow.counts(), (MOST_SPIKES, 400 - zero));
        assert!(flow.lines[0].synapses.iter().all(|line| spikes[1].contains(&line.to)));
        assert!(flow.lines[1].synapses.is_empty() && flow.lines[2].synapses.is_empty());
    }

    /// Catches a line on its way that is longer than it has come, or empty.
    #[test]
    fn a_part_of_a_line_ends_where_the_spike_is() {
        let line: Vec<_> = (0..5).map(|x| pos2(x as f32, 2.0 * x as f32)).collect();
        for share in [0.1, 0.5, 0.9] {
            let part = first_part(&line, share);
            let last = part.last().copied().expect("some of it");
            assert!(
                (last.x - 4.0 * share).abs() < 1e-5 && (last.y - 8.0 * share).abs() < 1e-5,
                "{part:?}"
            );
        }
        assert!(first_part(&[], 0.5).is_empty());
    }
}
